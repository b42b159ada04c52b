"""A clock that somebody sets while frames render, and while the program is closed."""

import json
import os
import random
import time
from pathlib import Path
from typing import Any

from support.real import Program, pictures
from support.stand_in import install, installation_of, write_scene

from render_manager.domain import facts
from render_manager.domain.states import FINISHED_JOBS, AttemptOutcome, JobState
from render_manager.engines.protocols import Installation
from soak.tally import Tally

DAY_S = 86_400.0
JUMPS: dict[str, float] = {
    "an hour back": -3_600.0,
    "an hour on": 3_600.0,
    "a day back": -DAY_S,
    "a day on": DAY_S,
    "40 days back": -40 * DAY_S,
    "400 days on": 400 * DAY_S,
}
PLACES: dict[str, float] = {
    "to 1970": 0.0,
    "to 2038, past 31 bits": 2.0**31 + 60.0,
    "to 2106, past 32 bits": 2.0**32 + 60.0,
}


class SetClock:
    """The computer's clocks, of which the wall clock is set now and then."""

    def __init__(self) -> None:
        self._offset_s = 0.0

    def now(self) -> float:
        """Return seconds since the epoch; jumps."""
        return time.time() + self._offset_s

    def monotonic(self) -> float:
        """Return seconds that never go back."""
        return time.monotonic()

    def move(self, seconds: float) -> None:
        """Set the wall clock by so much."""
        # Nobody has lived through more than this.
        self._offset_s = max(self._offset_s + seconds, -time.time())

    def jump(self, dice: random.Random) -> str:
        """Set the wall clock somewhere; return what was done."""
        name = dice.choice([*JUMPS, *PLACES, "right again"])
        if name in JUMPS:
            self.move(JUMPS[name])
        elif name in PLACES:
            self._offset_s = PLACES[name] - time.time()
        else:
            self._offset_s = 0.0
        return name


def set_the_clock(folder: Path, tally: Tally, *, jumps: int, seed: int) -> None:
    """Set the clock so often while frames render, fail and wait for their next try."""
    dice, clock = random.Random(seed), SetClock()
    (folder / "marks").mkdir()
    installation = installation_of(install(folder / "bin"))
    scene = write_scene(folder / "scene.blend", end=60)
    wrong = list(range(3, 61, 6))
    os.environ["STAND_IN"] = json.dumps({"delay": 0.02, "error_at": wrong, "once": str(folder / "marks")})
    done = rounds = 0
    longest_s = 0.0
    try:
        with Program(folder, installation, slots=2, clock=clock, retry_delay=0.5, max_retries=3) as program:
            while done < jumps:
                rounds += 1
                for mark in (folder / "marks").iterdir():
                    mark.unlink()
                mode = "batch" if rounds % 2 == 0 else "resident"
                out = folder / f"out-{rounds}"
                began = time.monotonic()
                token = program.submit(scene, output=out, options={"mode": mode, "batch_size": 8})
                while done < jumps and not _is_finished(program, token):
                    program.take(dice.random() * 0.2)
                    tally.inject(f"clock set {clock.jump(dice)}")
                    done += 1
                job = program.wait_finished(token)
                longest_s = max(longest_s, time.monotonic() - began)
                assert job.state is JobState.COMPLETED, job.reason
                assert len(pictures(out)) == 60
                attempts = program.attempts(job)
                assert sum(one.outcome is AttemptOutcome.COMPLETED for one in attempts) == 60
                tally.check("whole frames, each once", 60)
                tally.check("frames that failed and were tried again, none waited for the clock", len(wrong))
        _set_between_runs(folder, tally, installation, scene, clock)
    finally:
        os.environ.pop("STAND_IN", None)
    tally.figures["longest job"] = f"{longest_s:.1f} s for 60 frames, of which 10 wait 0.5 s after a failure"


def _set_between_runs(
    folder: Path, tally: Tally, installation: Installation, scene: Path, clock: SetClock
) -> None:
    """Close the program while frames wait for their next try, set the clock, and start it again."""
    for back, seconds in (("a year back", -365 * DAY_S), ("a year on", 365 * DAY_S)):
        (folder / back).mkdir()
        os.environ["STAND_IN"] = json.dumps({"error_at": [2, 4], "once": str(folder / back)})
        values: dict[str, Any] = {"clock": clock, "retry_delay": 3.0, "max_retries": 3}
        with Program(folder, installation, **values) as program:
            token = program.submit(scene, frames="1-5", output=folder / f"out {back}")
            program.wait_fact(facts.FrameFailed, 2)
            program.wait_fact(facts.FrameCompleted, 3)
        clock.move(seconds)
        tally.inject(f"clock set {back} while the program is closed")
        with Program(folder, installation, **values) as program:
            job = program.wait_finished(token)
            assert job.state is JobState.COMPLETED, job.reason
        tally.check("retries of the run before, in time", 2)


def _is_finished(program: Program, token: str) -> bool:
    job = program.jobs.get(token)
    return job is not None and job.state in FINISHED_JOBS
