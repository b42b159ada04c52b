"""Where a Blender scene writes its frames, from the output path in the file.

Rules from the manual's output page, tried with 3.4, 5.0 and 5.2: `//` is the scene's folder, the last run
of `#` is the frame, without one four digits are added; 5.0 and later fill in `{blend_name}` and the like.
"""

import re
import sys
from pathlib import Path, PurePosixPath, PureWindowsPath

from render_manager.domain.naming import DEFAULT_PADDING
from render_manager.domain.scene import SceneInfo
from render_manager.engines.blender.options import IMAGE_SUFFIXES
from render_manager.engines.protocols import ScenePaths

_FACTORY_OUTPUTS = frozenset({"", "/tmp/", "/tmp\\", "/tmp", "//"})  # noqa: S108 - what new files hold
_DRIVE = re.compile(r"^[A-Za-z]:[\\/]")
_TEMPLATE = re.compile(r"\{\{|\}\}|\{([a-z_]+)(?::([^{}]*))?\}")


def output_of(scene: SceneInfo) -> ScenePaths:
    """Return the folder and the name a scene's output path stands for."""
    raw = scene.output.strip()
    if raw in _FACTORY_OUTPUTS:
        return ScenePaths(None, "")
    if scene.engine_version >= (5, 0):
        raw = _filled_in(raw, scene)
    folder_text, name = _split(raw)
    return ScenePaths(_folder(folder_text, scene.path.parent), _without_suffix(name) or DEFAULT_PADDING)


def _split(raw: str) -> tuple[str, str]:
    place = max(raw.rfind("/"), raw.rfind("\\"))
    return raw[: place + 1], raw[place + 1 :]


def _folder(text: str, home: Path) -> Path | None:
    if text.startswith("//"):
        return _joined(home, text[2:])
    if _DRIVE.match(text):
        return Path(PureWindowsPath(text)) if sys.platform == "win32" else None
    if text.startswith("\\\\"):
        return Path(text) if sys.platform == "win32" else None
    if text.startswith("/"):
        return None if sys.platform == "win32" else Path(PurePosixPath(text))
    # Blender takes a path without a root as beside its working folder, which is nobody's wish.
    return _joined(home, text)


def _joined(home: Path, text: str) -> Path:
    parts = [part for part in re.split(r"[\\/]+", text) if part not in ("", ".")]
    folder = home
    for part in parts:
        folder = folder.parent if part == ".." else folder / part
    return folder


def _without_suffix(name: str) -> str:
    lowered = name.lower()
    for suffix in (*IMAGE_SUFFIXES.values(), ".jpeg", ".tiff", ".mp4", ".mkv", ".avi", ".mov"):
        if lowered.endswith(suffix):
            return name[: -len(suffix)]
    return name


def _filled_in(raw: str, scene: SceneInfo) -> str:
    """Fill in the templates this program knows; others stay as written."""
    values = {
        "blend_name": scene.path.stem,
        "blend_name_lib": scene.path.stem,
        "blend_dir": str(scene.path.parent),
        "scene_name": scene.scene,
        "camera_name": scene.camera,
        "fps": f"{scene.fps:.2f}".rstrip("0").rstrip("."),
        "resolution_x": str(scene.width),
        "resolution_y": str(scene.height),
    }

    def fill(match: re.Match[str]) -> str:
        if match[0] in ("{{", "}}"):
            return match[0][0]
        return values.get(match[1], match[0])

    return _TEMPLATE.sub(fill, raw)
