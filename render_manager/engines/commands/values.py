"""What the placeholders of a definition stand for, for a scene and for one process."""

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from render_manager.domain.jobspec import JobSpec
from render_manager.engines.protocols import FrameTask


def scene_values(scene: Path) -> dict[str, str]:
    """Return what is filled in for a scene file."""
    return {
        "scene": str(scene),
        "scene_file": scene.name,
        "scene_name": scene.stem,
        "scene_folder": str(scene.parent),
    }


def run_values(spec: JobSpec, tasks: Sequence[FrameTask]) -> dict[str, str]:
    """Return what is filled in for the process that renders these frames; without `staging_relative`."""
    frames = [task.frame for task in tasks]
    numbers = spec.frames.numbers
    first, last = numbers[0], numbers[-1]
    return {
        **scene_values(spec.scene),
        "staging": str(tasks[0].staging_dir),
        "stem": spec.output_name.rstrip("#"),
        "padding": str(len(spec.output_name) - len(spec.output_name.rstrip("#"))),
        "suffix": spec.output_suffix,
        "first": str(frames[0]),
        "last": str(frames[-1]),
        "step": str(frames[1] - frames[0] if len(frames) > 1 else 1),
        "count": str(len(frames)),
        "frames": ",".join(str(frame) for frame in frames),
        "frame": str(frames[0]),
        "frame_name": tasks[0].name,
        "job_first": str(first),
        "job_last": str(last),
        # Some programs make no animation of a single frame, and leave its number out of the name.
        "animation_last": str(max(last, first + 1)),
    }


def relative_to(folder: Path, start: Path) -> str:
    """Return the way from one folder to another; the folder itself where there is none, as across drives."""
    with suppress(ValueError):
        return os.path.relpath(folder, start)
    return str(folder)
