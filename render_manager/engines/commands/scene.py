"""What a scene file of text says, by the patterns of a definition."""

import re
from gettext import gettext as _
from pathlib import Path

from render_manager.domain.errors import UserError
from render_manager.domain.scene import SceneInfo
from render_manager.engines.commands.definition import Definition

READ_BYTES = 4 << 20
"""Bytes at the head of a scene that are searched."""


def read_scene(path: Path, definition: Definition) -> SceneInfo:
    """Read a scene file; raises UserError when it is not there, cannot be read or is empty."""
    text = _head(path)
    scene = definition.scene
    start, end = _number(scene.frame_start, text), _number(scene.frame_end, text)
    has_range = start is not None and end is not None
    fps = _number(scene.fps, text)
    return SceneInfo(
        path=path,
        engine=definition.id,
        engine_version=(),
        frame_start=int(start) if has_range and start is not None else 0,
        frame_end=int(end) if has_range and end is not None else 0,
        frame_step=1,
        fps=fps or 0.0,
        width=int(_number(scene.width, text) or 0),
        height=int(_number(scene.height, text) or 0),
        scene="",
        scenes=(),
        camera="",
        cameras=(),
        layers=(),
        renderer=definition.name,
        output="",
        file_format=definition.output.suffix.lstrip(".").upper(),
        has_frame_range=has_range,
    )


def _head(path: Path) -> str:
    try:
        if path.is_dir():
            raise UserError(_("{path} is a folder, not a scene file.").format(path=path))
        with path.open("rb") as file:
            data = file.read(READ_BYTES)
    except FileNotFoundError as error:
        raise UserError(
            _("{path} does not exist. It may have been moved or renamed.").format(path=path)
        ) from error
    except OSError as error:
        raise UserError(_("{path} cannot be read: {why}.").format(path=path, why=error.strerror)) from error
    if not data:
        raise UserError(_("{path} is empty. Save the scene again.").format(path=path))
    return data.decode("utf-8", "replace")


def _number(pattern: str, text: str) -> float | None:
    match = re.search(pattern, text, re.MULTILINE) if pattern else None
    if match is None:
        return None
    try:
        return float(match[match.lastindex or 0])
    except ValueError:
        return None
