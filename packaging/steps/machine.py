"""The Windows that programs are built and tried on: a real one, or wine on Linux."""

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from steps.processes import Finished, must, run, started
from steps.product import ROOT


class WindowsMachine(Protocol):
    """What the steps want of a Windows."""

    @property
    def name(self) -> str:
        """Return which one it is, such as `wine 8.0` or `Windows 10.0.20348`."""
        ...

    def run(
        self,
        argv: Sequence[str | Path],
        *,
        timeout_s: float,
        variables: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        hears: bool = True,
    ) -> Finished:
        """Run a program with words and paths, which it is told as Windows names them."""
        ...

    def started(self, argv: Sequence[str | Path]) -> "AbstractContextManager[subprocess.Popen[bytes]]":
        """Start a program that stays, and end it when the context closes."""
        ...

    def named(self, path: Path) -> str:
        """Return how Windows names a file of this computer."""
        ...

    def folder(self, variable: str) -> Path:
        """Return the folder that a variable of Windows names, as this computer calls it."""
        ...

    def settle(self, timeout_s: float) -> None:
        """Wait until all programs have ended, where that can be waited for; raises StepFailedError."""
        ...

    def photograph(self, picture: Path) -> None:
        """Save what is on the screen."""
        ...


class RealWindows:
    """The Windows that this runs on."""

    def __init__(self, python: Path) -> None:
        self._python = python

    @property
    def name(self) -> str:
        """Return which Windows this is."""
        return f"Windows {platform.version()}"

    def run(
        self,
        argv: Sequence[str | Path],
        *,
        timeout_s: float,
        variables: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        hears: bool = True,
    ) -> Finished:
        """Run a program."""
        env = {**os.environ, **(variables or {})}
        return run(argv, timeout_s=timeout_s, env=env, cwd=cwd, hears=hears)

    def started(self, argv: Sequence[str | Path]) -> "AbstractContextManager[subprocess.Popen[bytes]]":
        """Start a program."""
        return started(argv)

    def named(self, path: Path) -> str:
        """Return the path."""
        return str(path)

    def folder(self, variable: str) -> Path:
        """Return the folder."""
        return Path(os.environ[variable])

    def settle(self, timeout_s: float) -> None:
        """Do nothing: other programs of this computer never end."""

    def photograph(self, picture: Path) -> None:
        """Save the screen with Pillow."""
        code = "import sys; from PIL import ImageGrab; ImageGrab.grab().save(sys.argv[1])"
        must(run([self._python, "-c", code, picture], timeout_s=60), "The screenshot")


def build_folder(name: str) -> Path:
    """Return an empty folder for what a step makes on the way."""
    folder = ROOT / "build" / name
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    return folder


def venv_python(folder: Path) -> Path:
    """Return the Python of a virtual environment, which is made if there is none."""
    python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    if not python.is_file():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True, stdout=subprocess.DEVNULL)
    return python
