"""What a scene file of text says, by the patterns of a definition."""

from pathlib import Path

from render_manager.domain.errors import UserError
from render_manager.domain.scene import Problem, SceneInfo, Severity
from render_manager.domain.texts import gettext as _
from render_manager.engines.commands.definition import Definition, ScenePart
from render_manager.engines.commands.patterns import search_file

READ_BYTES = 4 << 20
"""Bytes at the head of a scene that are searched."""
_LARGEST_NUMBER = 10**12


def read_scene(path: Path, definition: Definition) -> SceneInfo:
    """Read a scene file; raises UserError when it is not there, cannot be read or is empty."""
    numbers, problems = _numbers(definition, _head(path))
    start, end = numbers.get("frame_start"), numbers.get("frame_end")
    has_range = start is not None and end is not None
    return SceneInfo(
        path=path,
        engine=definition.id,
        engine_version=(),
        frame_start=int(start or 0) if has_range else 0,
        frame_end=int(end or 0) if has_range else 0,
        frame_step=max(int(numbers.get("frame_step", 1)), 1),
        fps=max(numbers.get("fps", 0.0), 0.0),
        width=max(int(numbers.get("width", 0)), 0),
        height=max(int(numbers.get("height", 0)), 0),
        scene="",
        scenes=(),
        camera="",
        cameras=(),
        layers=(),
        renderer=definition.name,
        output="",
        file_format=definition.output.suffix.lstrip(".").upper(),
        has_frame_range=has_range,
        problems=tuple(problems),
    )


def _numbers(definition: Definition, text: str) -> tuple[dict[str, float], list[Problem]]:
    """Return what was found by its entry, and a warning for each pattern that takes too long."""
    found: dict[str, float] = {}
    problems = []
    for name in ScenePart.model_fields:
        try:
            number = _number(getattr(definition.scene, name), text)
        except TimeoutError:
            sentence = _(
                "The pattern scene.{entry} in the definition of {engine} takes too long on this file, and "
                "was not used."
            ).format(entry=name, engine=definition.name)
            problems.append(
                Problem("slow-pattern", Severity.WARNING, sentence, _("Make the pattern simpler."))
            )
            continue
        if number is not None:
            found[name] = number
    return found, problems


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
    return data.decode("utf-8", "replace").replace("\r\n", "\n")


def _number(pattern: str, text: str) -> float | None:
    match = search_file(pattern, text) if pattern else None
    if match is None:
        return None
    try:
        number = float(match[1])
    except (TypeError, ValueError):
        return None
    return number if abs(number) < _LARGEST_NUMBER else None
