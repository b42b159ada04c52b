"""SIGKILL of single processes of a running engine: itself, its child, its guard, or all of them."""

import json
import os
import random
import signal
import time
from collections import Counter
from contextlib import suppress
from functools import partial
from pathlib import Path

import psutil
from support.processes import is_alive, wait_until, with_mark
from support.real import Program, no_staging_left, pictures
from support.stand_in import install, installation_of, write_scene

from render_manager.domain import facts
from render_manager.domain.states import AttemptOutcome, FrameState, JobState
from soak.studio import VARIABLES, Studio
from soak.tally import Tally

GUARD = "guard.py"
VICTIMS = ("the renderer", "a child of the renderer", "the guard", "the whole group")


def kill_one(folder: Path, dice: random.Random) -> str:
    """Kill something of an engine whose program is in `folder`; return what, empty when there was nothing."""
    guards = [process for process in psutil.Process().children() if _is_guard(process, folder)]
    if not guards:
        return ""
    guard, what = dice.choice(guards), dice.choice(VICTIMS)
    with suppress(psutil.NoSuchProcess, ProcessLookupError):
        if what == "the guard":
            guard.kill()
            return f"SIGKILL of {what}"
        renderers = guard.children()
        if what == "a child of the renderer":
            # What left the group and lost its parent is the guard's, too.
            renderers = [below for below in guard.children(recursive=True) if below not in renderers[:1]]
        if not renderers:
            return ""
        if what == "the whole group":
            os.killpg(os.getpgid(renderers[0].pid), signal.SIGKILL)
            guard.kill()
        else:
            dice.choice(renderers).kill()
        return f"SIGKILL of {what}"
    return ""


def _is_guard(process: psutil.Process, folder: Path) -> bool:
    try:
        line = process.cmdline()
    except psutil.Error:
        return False
    return any(GUARD in part for part in line) and any(str(folder) in part for part in line)


def kill_engines(folder: Path, tally: Tally, *, kills: int, seed: int, mode: str) -> None:
    """Kill something of the engines of one job so often; the job gets to its end."""
    dice = random.Random(seed)
    program_file = install(folder / "bin")
    scene = write_scene(folder / "scene.blend", end=40)
    studio_wishes = {"delay": 0.05, "child": True, "pids": str(folder / "pids")}
    os.environ[VARIABLES[0]] = json.dumps(studio_wishes)
    done: Counter[str] = Counter()
    try:
        with Program(
            folder, installation_of(program_file), slots=2, retry_delay=0.0, max_retries=100
        ) as program:
            jobs = 0
            while sum(done.values()) < kills:
                jobs += 1
                out = folder / f"out-{jobs}"
                token = program.submit(scene, output=out, options={"mode": mode, "batch_size": 9})
                _harass(program, token, folder, dice, done, kills)
                job = program.wait_finished(token)
                assert job.state is JobState.COMPLETED, job.reason
                assert len(pictures(out)) == 40
                attempts = program.attempts(job)
                good = Counter(one.frame for one in attempts if one.outcome is AttemptOutcome.COMPLETED)
                assert set(good.values()) == {1}
                assert all(row.state is FrameState.COMPLETED for row in program.rows(job).values())
                wait_until(partial(no_staging_left, out), "empty staging")
                tally.check("whole frames, each once", 40)
                tally.see("attempt that was lost", len(attempts) - 40)
    finally:
        Studio.clear()
    for what, count in done.items():
        tally.inject(f"{what} ({mode})", count)
    wait_until(
        lambda: not with_mark(str(program_file)),
        lambda: f"the end of {[(p.pid, p.ppid(), p.cmdline()) for p in with_mark(str(program_file))]}",
    )
    pids = {int(line) for line in (folder / "pids").read_text().split()}
    assert not [pid for pid in pids if is_alive(pid) and _is_ours(pid, folder)]
    tally.check("engine process and child gone", len(pids))


def _harass(
    program: Program, token: str, folder: Path, dice: random.Random, done: Counter[str], kills: int
) -> None:
    """Kill while the job runs, after a random while each; every third time a frame comes to its end first."""
    in_row = 0
    while sum(done.values()) < kills:
        completed = len(program.of(facts.FrameCompleted))
        until = time.monotonic() + dice.random() * 0.4
        while time.monotonic() < until:
            program.take(0.02)
        if in_row >= 3:
            # Five in a row without a frame, and a job is rightly given up.
            _wait_frame(program, token, completed)
            in_row = 0
        job = program.jobs.get(token)
        if job is not None and job.finished_at is not None:
            return
        what = kill_one(folder, dice)
        if what:
            done[what] += 1
            in_row += 1


def _wait_frame(program: Program, token: str, before: int) -> None:
    def has_come() -> bool:
        job = program.jobs.get(token)
        done = len(program.of(facts.FrameCompleted)) > before
        return done or (job is not None and job.finished_at is not None)

    program.wait_for(has_come, "a frame")


def _is_ours(pid: int, folder: Path) -> bool:
    with suppress(psutil.Error):
        return any(str(folder) in part for part in psutil.Process(pid).cmdline())
    return False
