"""What the definition of a renderer says cannot be, found out before anything is rendered."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from render_manager.domain.frameset import FrameSet
from render_manager.domain.scene import Problem, Severity
from render_manager.domain.texts import gettext as _
from render_manager.engines.commands.definition import Definition
from render_manager.engines.commands.patterns import LinePattern
from render_manager.engines.commands.template import fill
from render_manager.engines.commands.values import scene_values

_LONGEST_PATH = 4_000


def path_problems(definition: Definition, scene: Path) -> tuple[Problem, ...]:
    """Return an error when the arguments hold a part of the scene's path that the program does not take."""
    if not definition.run.refused_in_paths:
        return ()
    pattern = LinePattern(definition.run.refused_in_paths)
    values = scene_values(scene)
    for name in sorted(definition.run.scene_placeholders):
        match = pattern.search(values[name][:_LONGEST_PATH])
        if match is not None:
            text = _("{engine} cannot open {path}, since its name holds “{found}”.").format(
                engine=definition.name, path=scene, found=match[0]
            )
            return (Problem("path", Severity.ERROR, text, _("Rename the file or the folder.")),)
    return ()


def frame_problems(
    definition: Definition, frames: FrameSet, values: Mapping[str, str]
) -> tuple[Problem, ...]:
    """Return an error when there are frames that the program does not render."""
    lowest = max(_limits(definition.run.lowest_frame, values), default=None)
    highest = min(_limits(definition.run.highest_frame, values), default=None)
    if not len(frames):
        return ()
    first, last = frames.numbers[0], frames.numbers[-1]
    if lowest is not None and first < lowest:
        text = _("{engine} renders no frames below {limit} here, and the job has frame {frame}.")
        limit, frame = lowest, first
    elif highest is not None and last > highest:
        text = _("{engine} renders no frames above {limit} here, and the job has frame {frame}.")
        limit, frame = highest, last
    else:
        return ()
    sentence = text.format(engine=definition.name, limit=limit, frame=frame)
    return (Problem("frames", Severity.ERROR, sentence, _("Leave such frames out of the frame list.")),)


def _limits(texts: Sequence[str], values: Mapping[str, str]) -> list[int]:
    filled = [fill(text, values) for text in texts]
    return [int(text) for text in filled if re.fullmatch("-?[0-9]{1,18}", text)]
