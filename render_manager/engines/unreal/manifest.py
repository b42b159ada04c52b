"""What our script inside the editor is told: a JSON file beside the frames it is to write.

It goes by an environment variable, for a path with spaces does not survive Unreal's own reading of its
command line on Windows (`engines/unreal-python-api.md` section 9), and by a switch as well, where it has
none.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from render_manager.domain.jobspec import JobSpec
from render_manager.domain.naming import DEFAULT_PADDING
from render_manager.engines.unreal.options import UnrealOptions

MANIFEST_NAME = "render-manager-manifest.json"
EVENTS_NAME = "render-manager-events.jsonl"
RESULT_NAME = "render-manager-result.json"
MANIFEST_VARIABLE = "RENDER_MANAGER_UNREAL_MANIFEST"
MANIFEST_SWITCH = "RenderManagerManifest"


@dataclass(frozen=True, slots=True)
class FrameRange:
    """Frames that are rendered in one go."""

    start: int
    end: int
    """The frame after the last one, as Unreal counts."""
    step: int = 1


@dataclass(frozen=True, slots=True)
class Manifest:
    """Everything our script needs to know."""

    token: str
    events_file: str
    result_file: str
    output_folder: str
    file_name: str
    """Name of a frame's file without ending, with `{frame_number}` in it."""
    padding: int
    """Digits of the frame number."""
    sequence: str
    map: str
    preset: str
    queue: str
    graph: str
    ranges: tuple[FrameRange, ...]
    width: int
    height: int
    warm_up_frames: int | None
    image_format: str
    """Empty for the preset's own, or PNG where there is no preset."""
    stall_s: float
    """Seconds of ticks without progress after which the script gives up; 0 for never."""
    version: int = 1

    def text(self) -> str:
        """Return the manifest as JSON, in ASCII."""
        return json.dumps(asdict(self), ensure_ascii=True, indent=1)


def make_manifest(
    spec: JobSpec,
    options: UnrealOptions,
    frames: Sequence[int],
    folder: Path,
    *,
    sequence: str,
    map_package: str,
    token: str,
) -> Manifest:
    """Return the manifest for a run; `folder` is the staging folder, which holds the manifest as well."""
    file_name, padding = file_name_format(spec.output_name)
    return Manifest(
        token=token,
        events_file=str(folder / EVENTS_NAME),
        result_file=str(folder / RESULT_NAME),
        output_folder=str(folder),
        file_name=file_name,
        padding=padding,
        sequence=sequence,
        map=map_package,
        preset=options.preset,
        queue=options.queue,
        graph=options.graph,
        ranges=frame_ranges(frames),
        width=options.width,
        height=options.height,
        warm_up_frames=options.warm_up_frames,
        image_format=options.image_format,
        stall_s=options.stall_timeout_s,
    )


def file_name_format(pattern: str) -> tuple[str, int]:
    """Return the name Unreal is given, and the digits of its number, for a name with `#`.

    The number comes last, for frames are found by it; braces would be taken for Unreal's own fields.
    """
    if "#" not in pattern:
        pattern += DEFAULT_PADDING
    end = pattern.rindex("#") + 1
    before, rest = pattern[:end].rstrip("#"), pattern[end:]
    name = _plain(f"{before}{rest.strip('._-')}" if rest else before)
    if rest or name[-1:].isdigit():
        name += "."
    return f"{name}{{frame_number}}", end - len(before)


def _plain(name: str) -> str:
    return name.translate(str.maketrans("{}/\\", "()__"))


def frame_ranges(frames: Sequence[int]) -> tuple[FrameRange, ...]:
    """Cut sorted frames into as few ranges as can be; each costs Unreal a start of its own.

    Frames with even gaps, such as 1, 3, 5, 7, are one range with a step; two frames alone are no such.
    """
    ranges: list[FrameRange] = []
    place = 0
    while place < len(frames):
        step, end = _run_from(frames, place)
        ranges.append(FrameRange(frames[place], frames[end] + 1, step))
        place = end + 1
    return tuple(ranges)


def _run_from(frames: Sequence[int], place: int) -> tuple[int, int]:
    """Return the step of the run that begins at a place, and the place of its last frame."""
    if place + 1 == len(frames):
        return 1, place
    step = frames[place + 1] - frames[place]
    end = place + 1
    while end + 1 < len(frames) and frames[end + 1] - frames[end] == step:
        end += 1
    if step > 1 and end - place < 2:
        return 1, place
    return step, end
