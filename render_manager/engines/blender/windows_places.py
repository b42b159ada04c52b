"""Where Blender can lie on Windows: `engines/discovery.md` section 3, and what is said here.

Zips unpack to `blender-4.2.0-windows-x64`, often once more inside a folder of that name. The old installer's
script writes `Install_Dir` to `HKLM\\SOFTWARE\\BlenderFoundation`. Scoop keeps the version in use below
`apps\\<name>\\current` (paths in public project notes). Blender Launcher's source names its settings file
and the folders of its library.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from render_manager.engines.blender.usual_folders import Place, existing
from render_manager.engines.drives import fixed_drives
from render_manager.engines.windows_registry import UNINSTALL, folder_in, subkeys, values

_PORTABLE = ("blender*/blender.exe", "blender*/blender*/blender.exe")
"""The latter is also where the installer puts it: `Blender Foundation\\Blender 4.2`."""
_DRIVE_FOLDERS = ("", "Program Files", "Program Files (x86)", "Tools")
_STORE_PACKAGE = "BlenderFoundation.Blender_*"
_SHELL_FOLDERS = r"SOFTWARE\Microsoft\Windows\CurrentVersion\Explorer\User Shell Folders"
_OWN_FOLDERS = {
    "Desktop": "Desktop",
    "{374DE290-123F-4565-9164-39C4925E467B}": "Downloads",
    "Personal": "Documents",
}
"""Folders of the user by the names of the values that say where they are, since OneDrive moves them."""
_LAUNCHER_FOLDERS = ("stable", "daily", "experimental", "custom")
_LIBRARY = re.compile(r"^library_folder\s*=\s*(.+?)\s*$", re.MULTILINE)
_WRITTEN_SIGN = re.compile(r"\\x([0-9a-fA-F]{1,4})")
_COMMAND = re.compile(r'\s*"?([^"]+?\.exe)"?(?=\s|$)', re.IGNORECASE)


def windows_places() -> Iterator[Place]:
    """Yield each usual place with the programs found there."""
    for drive in fixed_drives():
        for name in _DRIVE_FOLDERS:
            yield _portable(Path(f"{drive}/{name}"))
    for folder in _folders_of_the_user():
        yield _portable(folder)
    scoop = Path(os.environ.get("SCOOP") or Path.home() / "scoop")
    yield (
        f"{scoop}\\apps\\blender*\\current\\blender.exe",
        existing(scoop, "apps/blender*/current/blender.exe"),
    )
    yield from _of_launcher()
    for hive in ("HKLM", "HKCU"):
        yield f"{hive}\\{UNINSTALL}\\*", _from_uninstall_keys(hive)
        yield f"{hive}\\SOFTWARE\\BlenderFoundation", _from_old_installer(hive)
        yield f"{hive}\\SOFTWARE\\Classes\\blend*", _from_file_association(hive)


def store_marks() -> list[Path]:
    """Return what shows that Blender from the Microsoft Store is installed; empty when it is not."""
    local = _local_data()
    if local is None:
        return []
    names = ("blender.exe", "blender-launcher.exe", f"{_STORE_PACKAGE}/blender-launcher.exe")
    marks = list(existing(local / "Microsoft" / "WindowsApps", *names))
    return marks[:1] or _matching(local / "Packages", _STORE_PACKAGE)[:1]


def is_of_store(path: Path) -> bool:
    """Return whether a program is of the Microsoft Store, or one of its aliases."""
    return any(part.lower() == "windowsapps" for part in path.parts)


def _portable(folder: Path) -> Place:
    return str(folder / "blender*"), existing(folder, *_PORTABLE)


def _folders_of_the_user() -> list[Path]:
    home, named = Path.home(), values("HKCU", _SHELL_FOLDERS)
    moved = [folder_in(named.get(value, "")) for value in _OWN_FOLDERS]
    folders = [home, *(home / name for name in _OWN_FOLDERS.values())]
    folders += [folder for folder in moved if folder is not None and folder not in folders]
    local = _local_data()
    return folders if local is None else [*folders, local / "Programs"]


def _of_launcher() -> Iterator[Place]:
    """Yield the builds that Blender Launcher keeps."""
    local = _local_data()
    if local is None:
        return
    settings = local / "Blender Launcher" / "Blender Launcher.ini"
    library = _library_in(settings)
    if library is None:
        yield str(settings), iter(())
        return
    yield (
        f"{settings}: {library}",
        existing(library, *(f"{name}/*/blender.exe" for name in _LAUNCHER_FOLDERS)),
    )


def _library_in(settings: Path) -> Path | None:
    """Return the folder named by the settings, which Qt wrote: signs beyond ASCII are numbers there."""
    try:
        match = _LIBRARY.search(settings.read_text("utf-8", errors="replace"))
    except OSError:
        return None
    if match is None:
        return None
    text = _WRITTEN_SIGN.sub(lambda sign: chr(int(sign[1], 16)), match[1])
    return folder_in(text.replace("\\\\", "\\"))


def _from_uninstall_keys(hive: str) -> Iterator[Path]:
    for key in subkeys(hive, UNINSTALL):
        folder = folder_in(key.values.get("InstallLocation", ""))
        if folder is not None and "blender" in key.values.get("DisplayName", "").lower():
            yield folder / "blender.exe"


def _from_old_installer(hive: str) -> Iterator[Path]:
    folder = folder_in(values(hive, r"SOFTWARE\BlenderFoundation").get("Install_Dir", ""))
    if folder is not None:
        yield folder / "blender.exe"


def _from_file_association(hive: str) -> Iterator[Path]:
    for key in subkeys(hive, r"SOFTWARE\Classes", prefix="blend"):
        for command in subkeys(hive, key.path.partition("\\")[2] + r"\shell\open", prefix="command"):
            match = _COMMAND.match(command.values.get("", ""))
            if match is not None:
                yield Path(match[1])


def _local_data() -> Path | None:
    folder = os.environ.get("LOCALAPPDATA")
    return Path(folder) if folder else None


def _matching(folder: Path, pattern: str) -> list[Path]:
    try:
        return list(folder.glob(pattern))
    except OSError:
        return []
