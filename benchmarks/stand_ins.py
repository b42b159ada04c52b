"""Stand-ins for an engine: real processes that print like Blender, read by the program's own parser.

`StandInEngine` is the Blender engine but for what it starts: a script of `children/`. So worker, guard,
reader thread, log file, parser and finishing are those of the program.
"""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from common import CHILDREN
from headless import KnownInstallations

from render_manager.domain.frameset import FrameSet
from render_manager.domain.jobspec import Existing, JobSpec
from render_manager.engines.blender.engine import BlenderEngine
from render_manager.engines.protocols import (
    FrameTask,
    Installation,
    InstallationKind,
    Invocation,
    RunMode,
)

FLOOD = CHILDREN / "flood.py"
STUBBORN = CHILDREN / "stubborn.py"


def stand_in_installation() -> Installation:
    """Return an installation that is this Python."""
    return Installation(
        engine="blender",
        key=f"blender:{sys.executable}",
        version=(3, 4, 1),
        version_text="3.4.1",
        executable=Path(sys.executable),
        kind=InstallationKind.PYTHON_MODULE,
        found_by="benchmark",
    )


class StandInEngine(BlenderEngine):
    """Starts a script of ours where Blender would be started."""

    def __init__(self, script: Path, *arguments: str) -> None:
        super().__init__(finder=KnownInstallations(stand_in_installation()))  # type: ignore[arg-type]
        self._script = script
        self._arguments = arguments

    def invocation(
        self,
        spec: JobSpec,
        installation: Installation,
        tasks: Sequence[FrameTask],
        *,
        mode: RunMode,
        token: str,
    ) -> Invocation:
        """Return how to start the script; it is greeted as the driver is."""
        original = super().invocation(spec, installation, tasks, mode=mode, token=token)
        argv = (sys.executable, "-S", "-u", str(self._script), *self._arguments)
        environment: Mapping[str, str | None] = original.env
        return Invocation(argv, env=environment, greeting=original.greeting)


def stand_in_spec(folder: Path, frames: int, *, name: str = "stand-in") -> JobSpec:
    """Return a job for a stand-in."""
    return JobSpec(
        name=name,
        scene=folder / f"{name}.blend",
        engine="blender",
        installation=stand_in_installation().key,
        frames=FrameSet.span(1, frames),
        output_dir=folder / name,
        output_name="frame_####",
        output_suffix=".png",
        existing=Existing.OVERWRITE,
        max_retries=0,
    )
