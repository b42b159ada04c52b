"""Where each shipped file comes from: a Python package, Python itself, this project, or the system."""

import re
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from steps.freezing import MODULE_LIST
from steps.processes import run
from steps.product import PROGRAM, ROOT, TERMINAL_PROGRAM

_OURS = frozenset({"main.py", "packaging", "render_manager", "resources"})
_MADE_BY_PYINSTALLER = frozenset(
    {"base_library.zip", MODULE_LIST, PROGRAM, f"{PROGRAM}.exe", TERMINAL_PROGRAM, f"{TERMINAL_PROGRAM}.exe"}
)
_PYTHON_LIBRARY = re.compile(r"libpython3[\d.]*\.so[\d.]*|libpython3[\d.]*\.dylib")
_VERSION = re.compile(r'^#define PY_VERSION\s+"([^"]+)"', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class PythonHome:
    """The Python that is built in."""

    root: Path
    library: Path
    """The folder of its standard library."""
    site_packages: Path

    def has(self, file: Path) -> bool:
        """Return whether a file came with Python itself, and not with a package."""
        if _PYTHON_LIBRARY.fullmatch(file.name):
            return True
        # On Windows all of Python lies in one folder, elsewhere it shares its folders with others.
        folder = self.root if self.library.parent == self.root else self.library
        return _is_in(file, folder) and "site-packages" not in _lowered(file)[len(folder.parts) :]

    @property
    def licence_text(self) -> str:
        """Return its licence, or an empty text where it came without one."""
        for file in (self.root / "LICENSE.txt", self.library / "LICENSE.txt"):
            if file.is_file():
                return file.read_text("utf-8", errors="replace").strip()
        return ""

    @property
    def version(self) -> str:
        """Return its version, as far as its files say it."""
        for file in (
            self.root / "include" / "patchlevel.h",
            *self.root.glob("include/python3*/patchlevel.h"),
        ):
            found = _VERSION.search(file.read_text("utf-8")) if file.is_file() else None
            if found:
                return found[1]
        return self.library.name.removeprefix("python") if self.library.parent != self.root else "3"


def python_home(site_packages: Path) -> PythonHome:
    """Return the Python that packages are installed for; a virtual environment names it in `pyvenv.cfg`."""
    is_windows = site_packages.parent.name.lower() == "lib"
    root = site_packages.parents[1 if is_windows else 2]
    settings = root / "pyvenv.cfg"
    if settings.is_file():
        values = dict(line.split("=", 1) for line in settings.read_text("utf-8").splitlines() if "=" in line)
        home = Path(next(value.strip() for name, value in values.items() if name.strip() == "home"))
        root = home if is_windows else home.parent
    library = root / "Lib" if is_windows else root / "lib" / site_packages.parent.name
    return PythonHome(root, library, site_packages)


def is_ours(file: Path, project: Path = ROOT) -> bool:
    """Return whether a file is of this project, or was made of its files by PyInstaller."""
    if "build" in file.parts and (file.name in _MADE_BY_PYINSTALLER or file.parent.name == "localpycs"):
        return True
    return _is_in(file, project) and file.parts[len(project.parts)] in _OURS


def system_texts(files: Iterable[Path]) -> dict[str, str]:
    """Return, by file name, what Debian or a descendant of it tells of the copyright of its libraries."""
    names = sorted({file.name for file in files if _is_of_system(file)})
    if not names or shutil.which("dpkg-query") is None:
        return {}
    told = run(["dpkg-query", "--search", *(f"*/{name}" for name in names)], timeout_s=60).output
    texts = {}
    for line in told.splitlines():
        packages, _colon, place = line.partition(": ")
        copyright_file = Path("/usr/share/doc", packages.split(",")[0].split(":")[0], "copyright")
        if Path(place).name in names and copyright_file.is_file():
            texts[Path(place).name] = copyright_file.read_text("utf-8", errors="replace").strip()
    return texts


def _is_of_system(file: Path) -> bool:
    return any(_is_in(file, Path(folder)) for folder in ("/lib", "/usr/lib"))


def _is_in(file: Path, folder: Path) -> bool:
    parts = _lowered(folder)
    lowered = _lowered(file)
    return len(lowered) > len(parts) and lowered[: len(parts)] == parts


def _lowered(path: Path) -> tuple[str, ...]:
    return tuple(part.lower() for part in path.parts)
