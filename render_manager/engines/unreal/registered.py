"""What this computer says about its Unreal engines: the launcher's list, the registry, the builds' names.

Facts: `engines/unreal.md` section 1, `engines/discovery.md` section 2. Every entry is only a candidate:
uninstalled and moved engines stay in these lists.
"""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from render_manager.engines.unreal.config import read_values
from render_manager.engines.unreal.textfiles import decode, read_bytes
from render_manager.engines.windows_registry import folder_in, subkeys, values

LAUNCHER_KEY = r"SOFTWARE\EpicGames\Unreal Engine"
BUILDS_KEY = r"SOFTWARE\Epic Games\Unreal Engine\Builds"
"""With a space, unlike the launcher's."""
_LAUNCHER_FILE = Path("Epic/UnrealEngineLauncher/LauncherInstalled.dat")
_ENGINE_APP = "UE_"
"""How the launcher names engines; the rest of its list are plug-ins and games."""


def launcher_list() -> Path | None:
    """Return where the launcher keeps its list on this system; None where there is no launcher."""
    if sys.platform == "win32":
        return Path(os.environ.get("PROGRAMDATA") or "C:/ProgramData") / _LAUNCHER_FILE
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / _LAUNCHER_FILE
    return None


def launcher_folders(path: Path) -> list[Path]:
    """Return the engine folders in the launcher's list; empty when it cannot be read."""
    try:
        listed = json.loads(decode(read_bytes(path)))
    except (OSError, ValueError, RecursionError):
        return []
    entries = listed.get("InstallationList", []) if isinstance(listed, dict) else []
    return (
        [folder for entry in entries if (folder := _engine_of(entry)) is not None]
        if isinstance(entries, list)
        else []
    )


def _engine_of(entry: Any) -> Path | None:
    if not isinstance(entry, dict):
        return None
    name, folder = entry.get("AppName"), entry.get("InstallLocation")
    if not isinstance(name, str) or not name.startswith(_ENGINE_APP):
        return None
    return folder_in(folder) if isinstance(folder, str) else None


def registry_folders() -> Iterator[Path]:
    """Yield the launcher's engines as the Windows registry has them."""
    for key in subkeys("HKLM", LAUNCHER_KEY):
        folder = folder_in(key.values.get("InstalledDirectory", ""))
        if folder is not None:
            yield folder


def builds_file() -> Path | None:
    """Return the file that names source builds on this system; Windows has them in its registry."""
    if sys.platform == "win32":
        return None
    if sys.platform == "darwin":
        return Path.home() / "Library/Application Support/Epic/UnrealEngine/Install.ini"
    return (
        Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "Epic/UnrealEngine/Install.ini"
    )


def registered_builds() -> dict[str, Path]:
    """Return the folders of source builds by GUID or name, in lower case."""
    file = builds_file()
    if file is None:
        named = values("HKCU", BUILDS_KEY)
    else:
        named = {name: found[-1] for name, found in read_values(file, "Installations").items() if found}
    folders = {name.lower(): folder_in(text) for name, text in named.items()}
    return {name: folder for name, folder in folders.items() if folder is not None}
