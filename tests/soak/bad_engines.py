"""Engines that hang, flood, print lines without end, end at once, leave children, write half pictures."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from support import own_engines
from support.processes import wait_gone, wait_until, with_mark
from support.real import Program, frame_names, no_staging_left, pictures
from support.stand_in import install, installation_of, write_scene

from render_manager.domain import commands, facts
from render_manager.domain.frameset import FrameSet
from render_manager.domain.states import FrameState, JobState
from soak.tally import Tally

FRAMES = 6
MODES = ("resident", "batch")


class Bench:
    """One scene and the stand-in for Blender, told what to do wrong."""

    def __init__(self, folder: Path, tally: Tally) -> None:
        self.folder, self.tally = folder, tally
        self.marks = folder / "marks"
        self.marks.mkdir(parents=True)
        self.installation = installation_of(install(folder / "bin"))
        self.scene = write_scene(folder / "scene.blend", end=FRAMES)
        self.number = 0

    def wish(self, **wishes: Any) -> None:
        values = {"pids": str(self.folder / "pids"), "delay": 0.02, **wishes}
        os.environ["STAND_IN"] = json.dumps(values)

    def open(self, **settings: Any) -> Program:
        self.number += 1
        return Program(self.folder / str(self.number), self.installation, **settings)

    @property
    def out(self) -> Path:
        return self.folder / f"out-{self.number}"

    def check(self, missing: tuple[int, ...] = ()) -> None:
        """See that every frame but the missing ones is there and whole, and nothing else."""
        wanted = [frame for frame in range(1, FRAMES + 1) if frame not in missing]
        assert pictures(self.out) == frame_names(wanted, "f_{:04d}.png")
        wait_until(lambda: no_staging_left(self.out), "no staging left")
        self.tally.check("whole frames, and no other file", len(wanted))

    def check_gone(self) -> None:
        mark = str(self.folder / "bin")
        wait_until(lambda: not with_mark(mark), lambda: f"the end of {with_mark(mark)}")
        wait_gone(int(pid) for pid in (self.folder / "pids").read_text().split())
        self.tally.check("no process left")


def _goes_wrong_once(bench: Bench, mode: str, kind: str, what: str) -> None:
    for mark in bench.marks.iterdir():
        mark.unlink()
    bench.wish(once=str(bench.marks), child=True, **{kind: [2, 5]})
    with bench.open() as program:
        job = program.render(bench.scene, output=bench.out, options={"mode": mode})
        assert job.state is JobState.COMPLETED, job.reason
    bench.tally.inject(f"{what}, frames", 2)
    bench.tally.see("frame tried again and completed", 2)
    bench.check()


def _hangs(bench: Bench, mode: str, kind: str, what: str) -> None:
    bench.wish(child=True, **{kind: [1]})
    with bench.open() as program:
        token = program.submit(bench.scene, output=bench.out, options={"mode": mode})
        program.wait_for(lambda: any(one.percent == 50.0 for one in program.progress), "the frame")
        job_id = program.jobs[token].id
        bench.wish(child=True)
        program.post(commands.CancelFrames(job_id, FrameSet.parse("1")))
        job = program.wait_finished(token)
        assert program.states(job)[1] is FrameState.CANCELLED
    bench.tally.inject(f"{what}, and the artist cancels the frame")
    bench.check(missing=(1,))


def _floods(bench: Bench, mode: str) -> None:
    bench.wish(flood=3_000_000)
    with bench.open() as program:
        job = program.render(bench.scene, output=bench.out, options={"mode": mode})
        assert job.state is JobState.COMPLETED, job.reason
        logs = {one.log_path for one in program.attempts(job)}
        assert sum(Path(path).stat().st_size for path in logs) > FRAMES * 2_900_000
    bench.tally.inject("3 MB of output before each frame", FRAMES)
    bench.tally.check("the log is complete")
    bench.check()


def _ends_at_once(bench: Bench) -> None:
    bench.wish(exit_zero=True)
    with bench.open(retry_delay=0.0, max_retries=20) as program:
        job = program.render(bench.scene, output=bench.out)
        assert job.state is JobState.FAILED
        assert "5 times in a row" in job.reason, job.reason
        bench.tally.see(f"said: {job.reason}")
        tries = len(program.attempts(job))
    bench.tally.inject("engine that ends at once", tries)
    bench.check(missing=tuple(range(1, FRAMES + 1)))


def _own_engine(bench: Bench, what: str, text: str, *wishes: str, missing: tuple[int, ...] = ()) -> None:
    bench.number += 1
    place = bench.folder / str(bench.number)
    engine = own_engines.toy(place / "toy", text)
    scene = own_engines.write_scene(place, "start = 1", f"end = {FRAMES}", *wishes)
    with Program(place, engines=[engine], max_retries=1, retry_delay=0.0) as program:
        job = program.render(scene, output=bench.out)
        assert job.state is (JobState.FAILED if missing else JobState.COMPLETED), job.reason
        for failure in program.of(facts.FrameFailed):
            bench.tally.see(f"said: {failure.reason}")
    names = [name.rpartition("_")[2] for name in pictures(bench.out)]
    wanted = [f"{frame:04d}.png" for frame in range(1, FRAMES + 1) if frame not in missing]
    assert names == wanted
    bench.tally.inject(what)
    bench.tally.check("whole frames, and no other file", len(wanted))


def misbehave(folder: Path, tally: Tally, *, rounds: int) -> None:
    """Let engines do everything wrong that they can, so many times."""
    quick = own_engines.TOY.replace("stall_s = 600", "stall_s = 2")
    bench = Bench(folder, tally)
    steps: list[Callable[[], None]] = [lambda: _ends_at_once(bench)]
    for mode in MODES:
        steps.append(lambda mode=mode: _floods(bench, mode))
        for kind, what in (
            ("crash_at", "crash under a frame"),
            ("truncate_at", "half picture"),
            ("empty_at", "empty picture"),
            ("no_file_at", "no picture"),
            ("error_at", "error of the engine"),
        ):
            steps.append(lambda mode=mode, kind=kind, what=what: _goes_wrong_once(bench, mode, kind, what))
        for kind, what in (
            ("hang_at", "engine that hangs"),
            ("half_at", "engine that hangs in a half picture"),
        ):
            steps.append(lambda mode=mode, kind=kind, what=what: _hangs(bench, mode, kind, what))
    toy = own_engines.TOY
    steps.append(lambda: _own_engine(bench, "lines of 10 MB", toy, "flood = 10000000"))
    steps.append(lambda: _own_engine(bench, "engine that stays after its last frame", toy, "hang_at_end = 1"))
    steps.append(
        lambda: _own_engine(bench, "engine that hangs, nobody there", quick, "hang_at = 3", missing=(3,))
    )
    try:
        for _round in range(rounds):
            for step in steps:
                step()
    finally:
        os.environ.pop("STAND_IN", None)
    bench.check_gone()
