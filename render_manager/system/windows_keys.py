"""Single values of the Windows registry, behind a protocol; other systems have none. Any thread."""

import sys
from typing import Protocol

MACHINE, USER = "HKLM", "HKCU"


class RegistryValues(Protocol):
    """Reads values of the registry, and writes those of this user."""

    def has_key(self, hive: str, key: str) -> bool:
        """Return whether a key is there; raises OSError when that cannot be found out."""
        ...

    def value(self, hive: str, key: str, name: str) -> object | None:
        """Return a value, None when it is not there; raises OSError when that cannot be found out."""
        ...

    def write(self, key: str, name: str, text: str) -> None:
        """Write a text below this user's part; raises OSError."""
        ...

    def delete(self, key: str, name: str) -> None:
        """Take away a value of this user's part, if it is there; raises OSError."""
        ...


class WindowsRegistry:
    """The registry of this computer; raises OSError on other systems."""

    def has_key(self, hive: str, key: str) -> bool:
        """Return whether a key is there."""
        if sys.platform == "win32":
            import winreg  # a module of the other system

            root = {MACHINE: winreg.HKEY_LOCAL_MACHINE, USER: winreg.HKEY_CURRENT_USER}[hive]
            try:
                winreg.OpenKey(root, key, 0, winreg.KEY_READ | winreg.KEY_WOW64_64KEY).Close()
            except FileNotFoundError:
                return False
            return True
        raise OSError(_NO_REGISTRY)

    def value(self, hive: str, key: str, name: str) -> object | None:
        """Return a value, None when it is not there."""
        if sys.platform == "win32":
            import winreg  # a module of the other system

            root = {MACHINE: winreg.HKEY_LOCAL_MACHINE, USER: winreg.HKEY_CURRENT_USER}[hive]
            try:
                with winreg.OpenKey(root, key, 0, winreg.KEY_READ | winreg.KEY_WOW64_64KEY) as opened:
                    return winreg.QueryValueEx(opened, name)[0]
            except FileNotFoundError:
                return None
        raise OSError(_NO_REGISTRY)

    def write(self, key: str, name: str, text: str) -> None:
        """Write a text below this user's part."""
        if sys.platform == "win32":
            import winreg  # a module of the other system

            with winreg.CreateKey(winreg.HKEY_CURRENT_USER, key) as opened:
                winreg.SetValueEx(opened, name, 0, winreg.REG_SZ, text)
            return
        raise OSError(_NO_REGISTRY)

    def delete(self, key: str, name: str) -> None:
        """Take away a value of this user's part, if it is there."""
        if sys.platform == "win32":
            import winreg  # a module of the other system

            try:
                with winreg.OpenKey(winreg.HKEY_CURRENT_USER, key, 0, winreg.KEY_SET_VALUE) as opened:
                    winreg.DeleteValue(opened, name)
            except FileNotFoundError:
                return
            return
        raise OSError(_NO_REGISTRY)


_NO_REGISTRY = "this system has no registry"
