"""A Windows on Linux: a folder of wine with a screen of its own, for building and for trying the program.

What wine wants, and why (found by trying, wine 8): the screen has to be there before its first process, or
programs with a window hang at their end; Python wants pipes; three small libraries of ours stand in for
functions that wine does not have (`packaging/wine`).
"""

import contextlib
import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from steps.machine import build_folder
from steps.processes import Finished, asked, must, run, started
from steps.product import ROOT
from steps.report import StepFailedError, StepSkippedError, say

COMPILER = "x86_64-w64-mingw32-gcc-win32"
PACKAGES = (
    "wine", "wine64", "xvfb", "xauth", "nsis", "gcc-mingw-w64-x86-64-win32", "osslsigncode", "imagemagick",
    "ca-certificates", "fonts-dejavu-core", "fonts-wqy-microhei",
)  # fmt: skip
"""Debian's packages that make Linux able to build and try the program for Windows."""
_PROGRAMS = ("wine", "wineserver", "Xvfb", "makensis", COMPILER, "osslsigncode", "import")
_SHIMS = ("bcryptprimitives", "icuuc", "mscms")
_SCREEN = "1600x1000x24"


def provide_programs() -> None:
    """Install what is missing of wine and its companions; raises StepSkippedError where that cannot be."""
    missing = missing_programs()
    if missing and shutil.which("apt-get") and os.geteuid() == 0:
        say(f"installing {' '.join(PACKAGES)}")
        env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        with contextlib.suppress(StepFailedError):
            run(["apt-get", "update", "-qq"], timeout_s=300, env=env)
            install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *PACKAGES]
            say(run(install, timeout_s=900, env=env).last_lines)
        missing = missing_programs()
    if missing:
        raise StepSkippedError(
            f"The Windows program cannot be built and tried here: {', '.join(missing)} could not be found. "
            f"On Debian 12: apt-get install {' '.join(PACKAGES)}"
        )


def missing_programs() -> list[str]:
    """Return the programs that are not on this computer."""
    return [name for name in _PROGRAMS if shutil.which(name, path=_search_path()) is None]


def _search_path() -> str:
    # Debian keeps wineserver out of the PATH.
    return os.pathsep.join([os.environ.get("PATH", ""), "/usr/lib/wine"])


class Screen:
    """A screen that nobody sees; there from its first use to `close`."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._display = ""

    def display(self) -> str:
        """Return its name, such as `:1`."""
        if self._process is None:
            read_end, write_end = os.pipe()
            command = ["Xvfb", "-displayfd", str(write_end), "-screen", "0", _SCREEN, "-nolisten", "tcp"]
            self._process = subprocess.Popen(command, pass_fds=(write_end,), stderr=subprocess.DEVNULL)
            os.close(write_end)
            with os.fdopen(read_end) as answer:
                self._display = f":{answer.readline().strip()}"
        if self._display == ":":
            raise StepFailedError("Xvfb did not start.")
        return self._display

    @property
    def is_open(self) -> bool:
        """Return whether it was used."""
        return self._process is not None

    def close(self) -> None:
        """Take it away."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait()


class Wine:
    """One Windows of its own: `prefix` is its drive C and its registry."""

    def __init__(self, name: str, screen: Screen) -> None:
        self.prefix = ROOT / "build" / f"wine-{name}"
        self._home = ROOT / "build" / f"wine-{name}-home"
        self._screen = screen

    @property
    def name(self) -> str:
        """Return which wine this is."""
        version = run(["wine", "--version"], timeout_s=60, env=self._env).output
        found = re.search(r"wine-([0-9.]+)", version)
        return f"wine {found[1] if found else version.strip()}"

    @property
    def _env(self) -> dict[str, str]:
        return {
            **{
                name: value
                for name, value in os.environ.items()
                if not name.startswith(("PYTHON", "QT_", "PIP_"))
            },
            "PATH": _search_path(),
            # Wine links the desktop and other folders to those of the home.
            "HOME": str(self._home),
            "WINEPREFIX": str(self.prefix),
            "WINEARCH": "win64",
            "WINEDEBUG": "-all",
            "WINEDLLOVERRIDES": "mscms=n;mscoree,mshtml=;winemenubuilder.exe=d",
            "DISPLAY": self._screen.display(),
        }

    def make(self) -> None:
        """Make it anew: a Windows 10 on which nothing was ever installed."""
        build_folder(self.prefix.name)
        build_folder(self._home.name)
        must(run(["wineboot", "-i"], timeout_s=300, env=self._env), "wineboot")
        self.settle(120)
        system = self.prefix / "drive_c" / "windows" / "system32"
        for shim in _SHIMS:
            source = ROOT / "packaging" / "wine" / f"{shim}.c"
            command: list[str | Path] = [
                COMPILER,
                "-O1",
                "-shared",
                "-s",
                "-o",
                system / f"{shim}.dll",
                source,
                "-ladvapi32",
            ]
            must(run(command, timeout_s=120), f"Compiling {source.name}")
        must(self.run(["winecfg", "-v", "win10"], timeout_s=120), "winecfg")
        self.settle(120)

    def run(
        self,
        argv: Sequence[str | Path],
        *,
        timeout_s: float,
        variables: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        hears: bool = True,
    ) -> Finished:
        """Run a program of Windows; ends everything in this Windows when it takes too long."""
        words = [self.named(word) if isinstance(word, Path) else word for word in argv]
        env = {**self._env, **(variables or {})}
        try:
            return run(["wine", *words], timeout_s=timeout_s, env=env, cwd=cwd, hears=hears)
        except StepFailedError:
            self.end()
            raise

    def started(self, argv: Sequence[str | Path]) -> "AbstractContextManager[subprocess.Popen[bytes]]":
        """Start a program that stays, and end it when the context closes."""
        words = [self.named(word) if isinstance(word, Path) else word for word in argv]
        return started(["wine", *words], env=self._env)

    def named(self, path: Path) -> str:
        """Return how this Windows names a file of Linux."""
        drive_c = self.prefix / "drive_c"
        if path.is_relative_to(drive_c):
            return "\\".join(["C:", *path.relative_to(drive_c).parts])
        return "Z:" + str(path).replace("/", "\\")

    def of_linux(self, name: str) -> Path:
        """Return the file of Linux that this Windows names so."""
        drive, _colon, rest = name.partition(":")
        root = self.prefix / "drive_c" if drive.lower() == "c" else Path("/")
        return root.joinpath(*(part for part in rest.split("\\") if part))

    def folder(self, variable: str) -> Path:
        """Return the folder that a variable of Windows names."""
        command = ["cmd", "/c", f"echo %{variable}%"]
        return self.of_linux(asked(lambda: self.run(command, timeout_s=60), "echo").output.strip())

    def settle(self, timeout_s: float) -> None:
        """Wait until every program of this Windows has ended."""
        run(["wineserver", "-w"], timeout_s=timeout_s, env=self._env, hears=False)

    def end(self) -> None:
        """End every program of this Windows, if there were any."""
        if not (self._screen.is_open and self.prefix.is_dir()):
            return
        run(["wineserver", "-k"], timeout_s=60, env=self._env, hears=False)

    def photograph(self, picture: Path) -> None:
        """Save what is on its screen."""
        must(run(["import", "-window", "root", picture], timeout_s=60, env=self._env), "import")
