"""Reading the Windows registry: empty answers on other systems, and for keys that are not there."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RegistryKey:
    """One key found, with its values as text."""

    path: str
    values: dict[str, str]


UNINSTALL = r"SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall"


def subkeys(hive: str, path: str) -> Iterator[RegistryKey]:
    """Yield the keys below `path` in `HKLM` or `HKCU`, 64-bit view first, then the 32-bit one."""
    if sys.platform == "win32":
        import winreg  # a module of the other system

        seen: set[str] = set()
        for view in (winreg.KEY_WOW64_64KEY, winreg.KEY_WOW64_32KEY):
            for key in _in_view(hive, path, view):
                if key.path.lower() not in seen:
                    seen.add(key.path.lower())
                    yield key
    yield from ()


def _in_view(hive: str, path: str, view: int) -> Iterator[RegistryKey]:
    if sys.platform == "win32":
        import winreg  # a module of the other system

        root = {"HKLM": winreg.HKEY_LOCAL_MACHINE, "HKCU": winreg.HKEY_CURRENT_USER}[hive]
        try:
            key = winreg.OpenKey(root, path, 0, winreg.KEY_READ | view)
        except OSError:
            return
        with key:
            for index in range(winreg.QueryInfoKey(key)[0]):
                try:
                    name = winreg.EnumKey(key, index)
                    child = winreg.OpenKey(key, name, 0, winreg.KEY_READ | view)
                except OSError:
                    continue
                with child:
                    places = range(winreg.QueryInfoKey(child)[1])
                    values = {
                        value[0]: str(value[1]) for value in (winreg.EnumValue(child, i) for i in places)
                    }
                yield RegistryKey(f"{hive}\\{path}\\{name}", values)
    yield from ()


def values(hive: str, path: str) -> dict[str, str]:
    """Return the values of one key as text, by name; the 64-bit view's where both views have one."""
    found: dict[str, str] = {}
    if sys.platform == "win32":
        import winreg  # a module of the other system

        root = {"HKLM": winreg.HKEY_LOCAL_MACHINE, "HKCU": winreg.HKEY_CURRENT_USER}[hive]
        for view in (winreg.KEY_WOW64_64KEY, winreg.KEY_WOW64_32KEY):
            try:
                key = winreg.OpenKey(root, path, 0, winreg.KEY_READ | view)
            except OSError:
                continue
            with key:
                for index in range(winreg.QueryInfoKey(key)[1]):
                    name, value, _kind = winreg.EnumValue(key, index)
                    found.setdefault(name, str(value))
    return found
