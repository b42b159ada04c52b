"""Comparing frames with their neighbours costs the same however many frames a job has."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

from support.jobs import make_spec

from render_manager.domain.job import Job
from render_manager.domain.job_parts import FrameMemory, JobRecord
from render_manager.domain.states import FrameState
from render_manager.scheduling.collecting import Stream
from render_manager.scheduling.companions import Companions


class Shelf:
    """The part of a store that companions ask: every frame has a picture, and most have fog."""

    def __init__(self, folder: Path, without_fog: Sequence[int]) -> None:
        self.folder = folder
        self.without_fog = without_fog
        self.asked: list[int] = []

    def files(self, number: int) -> tuple[str, ...]:
        picture, fog = self.folder / f"shot_{number:04d}.png", self.folder / "fog" / f"shot_{number:04d}.png"
        return (str(picture),) if number in self.without_fog else (str(picture), str(fog))

    def frame_outputs(self, _job_id: int, numbers: Sequence[int] | None = None) -> dict[int, tuple[str, ...]]:
        assert numbers is not None, "all frames of the job were asked for"
        self.asked += numbers
        return {number: self.files(number) for number in numbers}


def test_after_a_restart_only_the_neighbours_are_asked_for(tmp_path: Path) -> None:
    spec = make_spec("1-100000", output_dir=tmp_path)
    record = JobRecord(id=1, uuid="j", created_at=0.0, updated_at=0.0, position=0.0, priority=5)
    job = Job(spec, record, FrameMemory.fresh(spec.frames))
    job.frames.states.fill(0, 99_999, FrameState.COMPLETED)
    shelf = Shelf(tmp_path, without_fog=[50_001])
    companions = Companions(cast("Any", shelf))
    lacking = companions.completed(job, 50_000, shelf.files(50_000))
    assert lacking == {50_001: {Stream("fog", "shot_", ".png")}}
    assert set(shelf.asked) <= set(range(49_997, 50_004))
    assert companions.completed(job, 50_002, shelf.files(50_002)) == {}, "each frame once"
