"""What tests on Windows need: registry keys that go away again, programs that answer, a drive of one's own.

Imported on Windows only.
"""

import ctypes
import io
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import resources
from pathlib import Path

import pytest

from support.processes import wait_until
from support.wine_defects import is_wine

assert sys.platform == "win32"

import winreg  # noqa: E402 - only Windows has it

ROOTS = {"HKLM": winreg.HKEY_LOCAL_MACHINE, "HKCU": winreg.HKEY_CURRENT_USER}
VIEWS = {64: winreg.KEY_WOW64_64KEY, 32: winreg.KEY_WOW64_32KEY}
NO_OUTPUT = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
"""Wine gives a Windows program no other streams than pipes."""


class Planted:
    """Keys of the registry that a test wrote."""

    def __init__(self) -> None:
        self._made: list[tuple[str, str, int]] = []
        self._before: list[tuple[str, str, int, str, tuple[object, int] | None]] = []

    def plant(self, hive: str, path: str, values: Mapping[str, str], *, view: int = 64) -> None:
        """Write texts into a key, which is made; skips the test where this user may not."""
        parts = path.split("\\")
        for count in range(1, len(parts) + 1):
            self._make(hive, "\\".join(parts[:count]), view)
        access = winreg.KEY_READ | winreg.KEY_WRITE | VIEWS[view]
        with winreg.OpenKey(ROOTS[hive], path, 0, access) as key:
            for name, text in values.items():
                try:
                    before = winreg.QueryValueEx(key, name)
                except FileNotFoundError:
                    before = None
                self._before.append((hive, path, view, name, before))
                kind = winreg.REG_EXPAND_SZ if "%" in text else winreg.REG_SZ
                winreg.SetValueEx(key, name, 0, kind, text)

    def _make(self, hive: str, path: str, view: int) -> None:
        try:
            winreg.OpenKey(ROOTS[hive], path, 0, winreg.KEY_READ | VIEWS[view]).Close()
        except FileNotFoundError:
            try:
                winreg.CreateKeyEx(ROOTS[hive], path, 0, winreg.KEY_WRITE | VIEWS[view]).Close()
            except PermissionError:
                pytest.skip(f"this user may not write to {hive}")
            self._made.append((hive, path, view))

    def remove(self) -> None:
        """Take everything away again, and put back what was there before."""
        for hive, path, view, name, before in reversed(self._before):
            with winreg.OpenKey(ROOTS[hive], path, 0, winreg.KEY_WRITE | VIEWS[view]) as key:
                if before is None:
                    winreg.DeleteValue(key, name)
                else:
                    winreg.SetValueEx(key, name, 0, before[1], before[0])  # type: ignore[arg-type]
        for hive, path, view in reversed(self._made):
            winreg.DeleteKeyEx(ROOTS[hive], path, VIEWS[view], 0)


def make_exe(path: Path, code: str) -> Path:
    """Make a real program that runs Python code: the launcher that pip writes for commands, and the code."""
    launcher = resources.files("pip._vendor.distlib").joinpath("t64.exe").read_bytes()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("__main__.py", code)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(launcher + f'#!"{sys.executable}"\r\n'.encode() + packed.getvalue())
    return path


def make_blender(path: Path, version: str = "4.2.1") -> Path:
    """Make a program that answers as Blender of this version does."""
    return make_exe(path, f"print('Blender {version}')\nprint('\\tbuild date: 2024-07-16')\n")


def named_python(folder: Path, name: str) -> Path:
    """Make a Python of another name, as a process of its own and not behind a launcher."""
    home = Path(sys.base_prefix)
    folder.mkdir(parents=True, exist_ok=True)
    for library in (*home.glob("python3*.dll"), *home.glob("vcruntime*.dll")):
        shutil.copy2(library, folder)
    program = folder / f"{name}.exe"
    shutil.copy2(home / "python.exe", program)
    (folder / f"{name}._pth").write_text(f"{home / 'Lib'}\n{home / 'DLLs'}\n", "utf-8")
    return program


@contextmanager
def other_drive(folder: Path, letter: str = "W") -> Iterator[Path]:
    """Make a folder a drive of its own; skips the test where that letter is taken or cannot be had."""
    kernel, root = ctypes.windll.kernel32, Path(f"{letter}:\\")
    if root.exists():
        pytest.skip(f"there is a drive {letter}: already")
    _link_drive(letter, folder)
    try:
        if not root.exists() or kernel.GetDriveTypeW(str(root)) != 3:
            pytest.skip("a folder cannot be made a drive here")
        wait_until(lambda: os.path.realpath(root) == str(root), f"{root} to have a name of its own")
        yield root
    finally:
        _link_drive(letter, None)


def _link_drive(letter: str, folder: Path | None) -> None:
    if not is_wine():
        remove = 2
        target = None if folder is None else str(folder)
        ctypes.windll.kernel32.DefineDosDeviceW(remove if folder is None else 0, f"{letter}:", target)
        return
    # Wine's drives are links in a folder of the system below it.
    link = f"{os.environ['WINEPREFIX']}/dosdevices/{letter.lower()}:"
    command = ["/bin/rm", link] if folder is None else ["/bin/ln", "-sfn", _unix_path(folder), link]
    subprocess.run(["cmd", "/c", "start", "/wait", "/unix", *command], check=True, **NO_OUTPUT)  # type: ignore[call-overload]


def _unix_path(folder: Path) -> str:
    done = subprocess.run(["winepath", "-u", str(folder)], check=True, **NO_OUTPUT)  # type: ignore[call-overload]
    return str(done.stdout.decode("utf-8").strip())
