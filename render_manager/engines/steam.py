"""Where Steam keeps what it installs, for engines that are sold there; reads files, so on a thread.

Steam writes its own folder into the registry (`HKCU\\Software\\Valve\\Steam`, value `SteamPath`, and
`HKLM\\SOFTWARE\\Valve\\Steam`, value `InstallPath`, in the 32-bit view), and the libraries on other drives
into `steamapps/libraryfolders.vdf`: `"path"` before each since 2021, a number before. Several public finders
read both; the usual folders are those of `engines/discovery.md` section 3.
"""

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from render_manager.engines.drives import fixed_drives
from render_manager.engines.windows_registry import folder_in, values

_KEY = r"SOFTWARE\Valve\Steam"
_USUAL = ("Program Files (x86)/Steam", "Steam", "SteamLibrary")
_LISTS = ("steamapps/libraryfolders.vdf", "config/libraryfolders.vdf")
_LIBRARY = re.compile(r'"(?:path|\d{1,3})"\s+"((?:[^"\\\n]|\\.)+)"', re.IGNORECASE)
_LARGEST_LIST = 1 << 20


def libraries() -> list[Path]:
    """Return every folder that may be a library of Steam's, those of which something is known first."""
    found: dict[str, Path] = {}
    for root in _steam_folders():
        for library in (root, *listed_libraries(root)):
            found.setdefault(os.path.normcase(library), library)
    return list(found.values())


def listed_libraries(steam: Path) -> list[Path]:
    """Return the libraries that Steam's own list names; empty when it cannot be read."""
    found: list[Path] = []
    for name in _LISTS:
        try:
            with (steam / name).open(encoding="utf-8", errors="replace") as file:
                text = file.read(_LARGEST_LIST)
        except OSError:
            continue
        # Numbers also stand before sizes of programs; only folders have a slash.
        named = (match[1].replace("\\\\", "\\") for match in _LIBRARY.finditer(text))
        found += [Path(one) for one in named if "/" in one or "\\" in one]
    return found


def _steam_folders() -> Iterator[Path]:
    home = Path.home()
    if sys.platform == "win32":
        for hive, name in (("HKCU", "SteamPath"), ("HKLM", "InstallPath")):
            folder = folder_in(values(hive, _KEY).get(name, ""))
            if folder is not None:
                yield folder
        yield from (Path(f"{drive}/{name}") for drive in fixed_drives() for name in _USUAL)
    elif sys.platform == "darwin":
        yield home / "Library/Application Support/Steam"
    else:
        yield from (home / ".steam/steam", home / ".local/share/Steam")
