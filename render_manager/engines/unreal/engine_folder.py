"""An engine's own folder: its editor program, its version, and the plug-ins it brings.

Facts: `engines/unreal.md` section 1, `engines/discovery.md` section 2. Nothing here starts a program.
"""

import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from render_manager.engines.unreal.textfiles import decode, read_bytes

PLATFORM_FOLDER = {"win32": "Win64", "darwin": "Mac"}.get(sys.platform, "Linux")
"""Name of this system's folder below `Binaries`."""
BUILD_VERSION = Path("Engine/Build/Build.version")
_IN_PATH = re.compile(
    r"(?:UE|UnrealEngine|Unreal Engine)[_ -]?(\d{1,2})\.(\d{1,2})(?:\.(\d{1,2}))?", re.IGNORECASE
)
_HIGHEST_FOLDERS = 8
"""Folders above a program among which the engine's is looked for; macOS hides it deepest."""
_SEARCHED_PLUGIN_FOLDERS = ("MovieScene", "Experimental", "Scripting", "Editor", "Runtime", "")


@dataclass(frozen=True, slots=True)
class EngineVersion:
    """Which version an engine is."""

    numbers: tuple[int, ...]
    """Such as (5, 3, 2); empty when it is not known."""
    text: str
    """As shown to people."""


UNKNOWN_VERSION = EngineVersion((), "?")


def programs(platform: str = sys.platform) -> tuple[str, ...]:
    """Return where the editor program can lie below an engine's folder, the best one first.

    `-Cmd` is the one that waits and prints; the other one of Windows prints nothing.
    """
    folder = {"win32": "Win64", "darwin": "Mac"}.get(platform, "Linux")
    ending = ".exe" if platform == "win32" else ""
    found = []
    for name in ("UnrealEditor", "UE4Editor"):
        found.append(f"Engine/Binaries/{folder}/{name}-Cmd{ending}")
        if platform == "darwin":
            found.append(f"Engine/Binaries/Mac/{name}.app/Contents/MacOS/{name}")
        if platform != "win32":
            found.append(f"Engine/Binaries/{folder}/{name}")
    return tuple(found)


def program_of(root: Path) -> Path | None:
    """Return the editor program of an engine's folder; None when it has none, as before it is built."""
    for place in programs():
        path = root / place
        if _is_file(path):
            return path
    return None


def is_root(folder: Path) -> bool:
    """Return whether a folder is an engine's own."""
    return _is_file(folder / BUILD_VERSION) or program_of(folder) is not None


def root_of(path: Path) -> Path | None:
    """Return the engine's folder that a program or a folder lies in, None when there is none."""
    for folder in (path, *path.parents[:_HIGHEST_FOLDERS]):
        if folder.name == "Engine" and _is_file(folder.parent / BUILD_VERSION):
            return folder.parent
        if is_root(folder):
            return folder
    return None


def version_of(root: Path) -> EngineVersion:
    """Return the version of an engine's folder: what its file says, else what its name says."""
    values = _build_version(root / BUILD_VERSION)
    numbers = tuple(values.get(key) for key in ("MajorVersion", "MinorVersion", "PatchVersion"))
    if all(isinstance(number, int) and not isinstance(number, bool) and number >= 0 for number in numbers):
        found = tuple(int(str(number)) for number in numbers)
        if found[0]:
            return EngineVersion(found, ".".join(map(str, found)))
    return version_in_path(root)


def version_in_path(path: Path) -> EngineVersion:
    """Return the version that a path names, such as `UE_5.3`."""
    for part in reversed(path.parts):
        match = _IN_PATH.search(part)
        if match is not None:
            found = tuple(int(number) for number in match.groups() if number is not None)
            return EngineVersion(found, ".".join(map(str, found)))
    return UNKNOWN_VERSION


def lacks_plugin(root: Path, name: str) -> bool:
    """Return whether an engine surely does not bring a plug-in: its plug-ins are here, and not this one."""
    plugins = root / "Engine" / "Plugins"
    try:
        if not plugins.is_dir():
            return False
        if any(_is_file(plugins / group / name / f"{name}.uplugin") for group in _SEARCHED_PLUGIN_FOLDERS):
            return False
        return next(plugins.glob(f"**/{name}.uplugin"), None) is None
    except OSError:
        return False


def _build_version(path: Path) -> dict[str, Any]:
    try:
        values = json.loads(decode(read_bytes(path)))
    except (OSError, ValueError, RecursionError):
        return {}
    return values if isinstance(values, dict) else {}


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False
