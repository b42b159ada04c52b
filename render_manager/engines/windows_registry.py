"""Reading the Windows registry: empty answers on other systems, and for keys that are not there."""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_DRIVE = re.compile(r"[A-Za-z]:")


@dataclass(frozen=True, slots=True)
class RegistryKey:
    """One key found, with its values as text."""

    path: str
    values: dict[str, str]


UNINSTALL = r"SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall"


def subkeys(hive: str, path: str, *, prefix: str = "") -> Iterator[RegistryKey]:
    """Yield the keys below `path` in `HKLM` or `HKCU`, 64-bit view first, then the 32-bit one.

    `prefix` leaves those out whose names begin otherwise, in either case. A key that both views have comes
    twice when its values differ: one of them may be left over from a version that is gone.
    """
    if sys.platform == "win32":
        import winreg  # a module of the other system

        seen: list[RegistryKey] = []
        for view in (winreg.KEY_WOW64_64KEY, winreg.KEY_WOW64_32KEY):
            for key in _in_view(hive, path, view, prefix.lower()):
                if key not in seen:
                    seen.append(key)
                    yield key
    yield from ()


def _in_view(hive: str, path: str, view: int, prefix: str) -> Iterator[RegistryKey]:
    if sys.platform == "win32":
        import winreg  # a module of the other system

        try:
            key = winreg.OpenKey(_root(hive), path, 0, winreg.KEY_READ | view)
        except OSError:
            return
        with key:
            for name in _names(key):
                if not name.lower().startswith(prefix):
                    continue
                try:
                    child = winreg.OpenKey(key, name, 0, winreg.KEY_READ | view)
                except OSError:
                    continue
                with child:
                    found = _values(child)
                yield RegistryKey(f"{hive}\\{path}\\{name}", found)
    yield from ()


def values(hive: str, path: str) -> dict[str, str]:
    """Return the values of one key as text, by name; the 64-bit view's where both views have one."""
    found: dict[str, str] = {}
    if sys.platform == "win32":
        import winreg  # a module of the other system

        for view in (winreg.KEY_WOW64_64KEY, winreg.KEY_WOW64_32KEY):
            try:
                key = winreg.OpenKey(_root(hive), path, 0, winreg.KEY_READ | view)
            except OSError:
                continue
            with key:
                found = _values(key) | found
    return found


def folder_in(text: str) -> Path | None:
    """Return the folder that a value names; installers write them with quotes and a slash at the end."""
    text = text.strip().strip('"').rstrip("\\/")
    if not text or "\0" in text:
        return None
    # Without its slash a drive would mean the folder one happens to be in there.
    return Path(f"{text}\\" if _DRIVE.fullmatch(text) else text)


def _root(hive: str) -> int:
    if sys.platform == "win32":
        import winreg  # a module of the other system

        return {"HKLM": winreg.HKEY_LOCAL_MACHINE, "HKCU": winreg.HKEY_CURRENT_USER}[hive]
    raise OSError("this system has no registry")


def _names(key: Any) -> list[str]:
    """Return the names of the keys below one, as many as can be read: others may delete them meanwhile."""
    found: list[str] = []
    if sys.platform == "win32":
        import winreg  # a module of the other system

        try:
            while True:
                found.append(winreg.EnumKey(key, len(found)))
        except OSError:
            # Which also says that there are no more.
            return found
    return found


def _values(key: Any) -> dict[str, str]:
    """Return the values of a key as text, with the variables in them filled in where that is meant."""
    found: dict[str, str] = {}
    if sys.platform == "win32":
        import winreg  # a module of the other system

        try:
            for place in range(winreg.QueryInfoKey(key)[1]):
                name, value, kind = winreg.EnumValue(key, place)
                text = str(value)
                found[name] = winreg.ExpandEnvironmentStrings(text) if kind == winreg.REG_EXPAND_SZ else text
        except OSError:
            # Somebody deletes them just now.
            return found
    return found
