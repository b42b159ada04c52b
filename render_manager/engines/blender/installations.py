"""Finding Blender: the program wherever it usually is, and the bpy wheel of this Python.

Places are those of `engines/discovery.md` section 3. Every hit is only a candidate until the program has
told its version.
"""

import importlib.metadata
import importlib.util
import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from render_manager.domain.texts import gettext as _
from render_manager.engines import steam
from render_manager.engines.blender.usual_folders import Place, existing
from render_manager.engines.blender.windows_places import is_of_store, store_marks, windows_places
from render_manager.engines.probing import Probe, ProbeMemory, run_probe
from render_manager.engines.protocols import (
    FoundInstallations,
    Installation,
    InstallationKind,
    SearchedPlace,
)
from render_manager.system.frozen import is_frozen
from render_manager.system.programs import find_program

ENGINE_ID = "blender"
_VERSION = re.compile(r"^[ \t]*Blender (\d+)\.(\d+)(?:\.(\d+))?", re.MULTILINE)
_BPY_QUESTION = "import bpy; print('Blender', bpy.app.version_string)"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A program that may be Blender."""

    path: Path
    place: str
    is_setting: bool = False


def ask(path: Path) -> Probe:
    """Ask a program or a Python whether it starts as Blender; waits for it."""
    if is_of_store(path):
        return Probe("", _of_store())
    probe = run_probe(_question(path))
    if not probe.problem and _version_of(probe) is None:
        return Probe(probe.output, _no_version(path, is_python=_is_python(path)))
    return probe


def _question(path: Path) -> list[str]:
    return [str(path), "-c", _BPY_QUESTION] if _is_python(path) else [str(path), "--version"]


def _is_python(path: Path) -> bool:
    return path.stem.lower().startswith(("python", "pypy"))


class BlenderFinder:
    """Looks for Blender; starts programs to ask their version."""

    def __init__(self, *, setting: Path | None, memory: ProbeMemory) -> None:
        self.setting = setting
        self._memory = memory

    def find(self) -> FoundInstallations:
        """Return every usable installation, and every place that was looked at."""
        found: dict[str, Installation] = {}
        searched: list[SearchedPlace] = []
        if self.setting is not None:
            self._add(Candidate(self.setting, _("setting BLENDER_EXECUTABLE"), True), found, searched)
        if not is_frozen():
            self._add_bpy(found, searched)
        marks = store_marks() if sys.platform == "win32" else []
        searched += [
            SearchedPlace(ENGINE_ID, f"Microsoft Store: {mark}", False, _of_store()) for mark in marks
        ]
        for place, candidates in _places():
            hits = list(candidates)
            for path in hits:
                self._add(Candidate(path, place), found, searched)
            if not hits:
                searched.append(SearchedPlace(ENGINE_ID, place, found=False))
        self._memory.save()
        return FoundInstallations(tuple(found.values()), tuple(searched))

    def _add(
        self, candidate: Candidate, found: dict[str, Installation], searched: list[SearchedPlace]
    ) -> None:
        path = _console_program(candidate.path)
        place = f"{candidate.place}: {path}" if str(path) not in candidate.place else candidate.place
        if is_of_store(path):
            # Not even asked for its version: it detaches, and opens a window.
            searched.append(SearchedPlace(ENGINE_ID, place, False, _of_store(), candidate.is_setting))
            return
        if not path.is_file():
            note = _("There is no such file.")
            searched.append(SearchedPlace(ENGINE_ID, place, False, note, candidate.is_setting))
            return
        installation, problem = self._installation(path, candidate.place)
        if installation is None:
            searched.append(SearchedPlace(ENGINE_ID, place, False, problem, candidate.is_setting))
            return
        identity = os.path.normcase(os.path.realpath(path))
        is_new = identity not in found
        found.setdefault(identity, installation)
        note = installation.version_text if is_new else _("already found")
        searched.append(SearchedPlace(ENGINE_ID, place, True, note, candidate.is_setting))

    def _installation(self, path: Path, place: str) -> tuple[Installation | None, str]:
        is_python = _is_python(path)
        probe = self._memory.ask(path, lambda: run_probe(_question(path)))
        if probe.problem:
            return None, probe.problem
        version = _version_of(probe)
        if version is None:
            return None, _no_version(path, is_python=is_python)
        kind = InstallationKind.PYTHON_MODULE if is_python else InstallationKind.PROGRAM
        return _installation(path, version, kind, place), ""

    def _add_bpy(self, found: dict[str, Installation], searched: list[SearchedPlace]) -> None:
        """Look for the bpy wheel in the Python that runs this program, without importing it."""
        place = _("bpy wheel in this Python ({path})").format(path=sys.executable)
        path = wheel_python()
        if path is None:
            note = _bpy_advice()
            searched.append(SearchedPlace(ENGINE_ID, place, found=False, note=note))
            return
        try:
            version = _numbers(importlib.metadata.version("bpy"))
        except importlib.metadata.PackageNotFoundError:
            version = ()
        if len(version) < 2:
            searched.append(SearchedPlace(ENGINE_ID, place, found=False, note=_("Its version is unknown.")))
            return
        installation = _installation(path, version, InstallationKind.PYTHON_MODULE, place)
        found[os.path.normcase(str(path))] = installation
        searched.append(SearchedPlace(ENGINE_ID, place, found=True, note=installation.version_text))


def wheel_python() -> Path | None:
    """Return the Python that runs this program if the bpy wheel is installed in it; imports nothing."""
    if is_frozen() or importlib.util.find_spec("bpy") is None:
        return None
    return Path(sys.executable)


def _bpy_advice() -> str:
    if sys.version_info[:2] == (3, 12):
        return _(
            "There is no bpy wheel for Python 3.12. Install Blender 3.6 or newer from blender.org, "
            "or use Python 3.11 or 3.13."
        )
    return _("It is not installed; it comes with the extra [bpy].")


def _installation(path: Path, version: tuple[int, ...], kind: InstallationKind, place: str) -> Installation:
    return Installation(
        engine=ENGINE_ID,
        key=f"{ENGINE_ID}:{path}",
        version=version,
        version_text=".".join(str(part) for part in version),
        executable=path,
        kind=kind,
        found_by=place,
    )


def _console_program(path: Path) -> Path:
    """Return `blender.exe` for its launcher, which detaches: no output and no exit code come from it."""
    if path.name.lower() == "blender-launcher.exe":
        return path.with_name("blender.exe")
    if path.suffix == ".app" and path.is_dir():
        return path / "Contents" / "MacOS" / "Blender"
    return path


def _version_of(probe: Probe) -> tuple[int, ...] | None:
    match = _VERSION.search(probe.output)
    return None if match is None else tuple(int(part) for part in match.groups(default="0"))


def _numbers(text: str) -> tuple[int, ...]:
    match = re.match(r"(\d+)\.(\d+)(?:\.(\d+))?", text)
    return () if match is None else tuple(int(part) for part in match.groups(default="0"))


def _of_store() -> str:
    return _("The Store version of Blender cannot be controlled; install the one from blender.org.")


def _no_version(path: Path, *, is_python: bool) -> str:
    if is_python:
        return _("This Python cannot import bpy: {path}.").format(path=path)
    return _("It does not answer as Blender does: {path}.").format(path=path)


def _places() -> Iterator[Place]:
    """Yield each usual place with the programs found there."""
    yield "PATH", _on_path()
    if sys.platform == "win32":
        yield from windows_places()
    elif sys.platform == "darwin":
        for folder in (Path("/Applications"), Path.home() / "Applications"):
            yield f"{folder}/Blender*.app", existing(folder, "Blender*.app/Contents/MacOS/Blender")
    else:
        yield from _linux_places()
    program = _STEAM_PROGRAMS.get(sys.platform, "steamapps/common/Blender/blender")
    for library in steam.libraries():
        yield str(library / program), existing(library, program)


_STEAM_PROGRAMS = {
    "win32": "steamapps/common/Blender/blender.exe",
    "darwin": "steamapps/common/Blender/Blender.app/Contents/MacOS/Blender",
}


def _on_path() -> Iterator[Path]:
    found = find_program("blender")
    if found is not None:
        yield Path(found)


def _linux_places() -> Iterator[Place]:
    home = Path.home()
    for path in (
        Path("/usr/bin/blender"),
        Path("/usr/local/bin/blender"),
        Path("/snap/bin/blender"),
        Path("/var/lib/flatpak/exports/bin/org.blender.Blender"),
        home / ".local/share/flatpak/exports/bin/org.blender.Blender",
    ):
        yield str(path), iter([path] if path.is_file() else [])
    for folder in (Path("/opt"), home, home / "Applications", home / "blender", home / "Downloads"):
        yield f"{folder}/blender*/blender", existing(folder, "blender*/blender")
