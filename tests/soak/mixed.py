"""Hours of everything at once: all engines, many jobs, random faults and orders; our process is measured."""

import logging
import random
import shutil
import sqlite3
import statistics
import time
from collections import Counter
from pathlib import Path

import psutil
from support.disks import fill
from support.log_watch import LogWatch
from support.processes import wait_until, with_mark
from support.real import Program, no_staging_left, pictures

from render_manager.domain import commands, facts
from render_manager.domain.changes import JobSnapshot
from render_manager.domain.frameset import FrameSet
from render_manager.domain.states import FINISHED_JOBS, AttemptOutcome, FrameState, JobState
from soak.clocks import SetClock
from soak.engine_kills import kill_one
from soak.studio import Kind, Studio
from soak.tally import Tally

SAMPLE_EVERY_S = 2.0
FAULT_EVERY_S = (1.0, 6.0)
JOBS_AT_ONCE = 4
STUCK_S = 15.0
"""A job that does nothing for so long has an engine that hangs; the artist takes the frame out."""
WARM_UP = 0.1
"""Share of the time before which nothing is measured."""
LEAST_JUDGED_S = 1500.0
"""A run that is shorter tells its figures, which are not judged: caches fill up in the first ten minutes."""
MOST_GROWTH = {"memory, MB": (0.05, 6.0), "open files": (0.0, 4.0), "threads": (0.0, 4.0)}
"""By how much the last fifth may lie above the first: a share, or so many if that is more."""
WRONGS = ("crash_at", "error_at", "truncate_at", "empty_at", "no_file_at")


class Meter:
    """What our own process uses, over time."""

    def __init__(self) -> None:
        self._process = psutil.Process()
        self._began = time.monotonic()
        self._next = 0.0
        self.samples: list[tuple[float, float, int, int]] = []

    def look(self) -> None:
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + SAMPLE_EVERY_S
        with self._process.oneshot():
            self.samples.append(
                (
                    round(now - self._began, 1),
                    round(self._process.memory_info().rss / 1e6, 2),
                    self._process.num_fds(),
                    self._process.num_threads(),
                )
            )

    def verdict(self) -> tuple[dict[str, str], list[str]]:
        """Return what is told of each figure, and what grew."""
        whole = self.samples[-1][0]
        measured = [sample for sample in self.samples if sample[0] >= WARM_UP * whole]
        fifth = max(len(measured) // 5, 1)
        told, grown = {}, []
        for place, (name, (share, least)) in enumerate(MOST_GROWTH.items(), start=1):
            first = statistics.median(sample[place] for sample in measured[:fifth])
            last = statistics.median(sample[place] for sample in measured[-fifth:])
            most = max(sample[place] for sample in self.samples)
            told[name] = f"{first:g} in the first fifth, {last:g} in the last, {most:g} at most"
            if last - first > max(share * first, least) and whole >= LEAST_JUDGED_S:
                grown.append(f"{name} grew: {told[name]}.")
        tenth = max(len(measured) // 10, 1)
        parts = [measured[at : at + tenth] for at in range(0, len(measured), tenth)]
        told["memory by tenths"] = " ".join(
            f"{statistics.median(one[1] for one in part):.0f}" for part in parts
        )
        return told, grown


class Night:
    """The program under everything at once, and the artist who looks after it."""

    def __init__(
        self, folder: Path, tally: Tally, dice: random.Random, studio: Studio, disk: Path | None
    ) -> None:
        self.folder, self.tally, self.dice, self.studio, self.disk = folder, tally, dice, studio, disk
        self.clock = SetClock()
        self.program = Program(
            folder,
            engines=studio.engines,
            slots=3,
            clock=self.clock,
            retry_delay=0.5,
            max_retries=8,
        )
        self.kinds: dict[str, Kind] = {}
        self.active: dict[str, float] = {}
        self.left_out: set[str] = set()
        """Jobs of which the artist took frames out; they are put back in at the end."""
        self.number = 0
        self.plug: tuple[float, Path] | None = None
        self.held_until = 0.0
        self.verified: Counter[str] = Counter()

    def submit(self) -> None:
        kinds = [kind for kind in self.studio.kinds if not kind.is_heavy or self.dice.random() < 0.25]
        kind = self.dice.choice(kinds)
        self.number += 1
        place = self.folder / "out"
        if (
            self.disk is not None
            and self.plug is None
            and kind.name.startswith("Blender")
            and self.dice.random() < 0.4
        ):
            place = self.disk
        spec = self.program.spec(
            kind.scene,
            frames=kind.frames,
            output=place / f"job-{self.number}",
            options=kind.options,
            priority=self.dice.randrange(11),
        )
        token = self.program.submit_spec(spec)
        self.kinds[token], self.active[token] = kind, time.monotonic()

    def take(self) -> None:
        """Take in what happened; nothing of it is kept."""
        self.program.take(0.1)
        while self.program.take(0.0):
            pass
        by_id = {job.id: token for token, job in self.program.jobs.items()}
        for fact in self.program.facts:
            self.tally.see(_NAMES.get(type(fact), type(fact).__name__))
            token = by_id.get(getattr(fact, "job_id", -1))
            if token in self.active and isinstance(fact, facts.FrameCompleted | facts.FrameFailed):
                self.active[token] = time.monotonic()
        for progress in self.program.progress:
            token = by_id.get(progress.job_id)
            if token in self.active and self.kinds[token].is_heavy:
                self.active[token] = time.monotonic()
        for notice in self.program.notices:
            if notice.text:
                self.tally.see(f"said: {notice.text}")
        self.program.facts.clear()
        self.program.progress.clear()
        self.program.notices.clear()

    def look_after(self) -> None:
        """Do what an artist does: wait, take hanging frames out, retry, and look at what is finished."""
        now = time.monotonic()
        if self.plug is not None and now >= self.plug[0]:
            self.plug[1].unlink()
            self.plug = None
        for token, job in list(self.program.jobs.items()):
            if token not in self.active:
                continue
            rendering = job.counts[FrameState.RENDERING]
            if job.state in FINISHED_JOBS:
                self._finished(token, job)
            elif not rendering:
                self.active[token] = max(self.active[token], now - STUCK_S / 2)
            elif now - self.active[token] > STUCK_S:
                self._take_out(token, job)

    def _take_out(self, token: str, job: JobSnapshot) -> None:
        stuck = [row.number for row in self.program.core.reader.frames(job.id, state=FrameState.RENDERING)]
        if stuck:
            self.program.post(commands.CancelFrames(job.id, FrameSet.of(stuck)))
            self.tally.see("hanging frame taken out by the artist", len(stuck))
        self.active[token] = time.monotonic()

    def _finished(self, token: str, job: JobSnapshot) -> None:
        if job.state is not JobState.COMPLETED:
            self.tally.see(f"job ended as {job.state.value}, retried by the artist")
            self.program.post(commands.RetryFrames(job.id, failed_only=True))
            # Until the answer comes, the old state must not be acted on again.
            del self.program.jobs[token]
            self.active[token] = time.monotonic()
            return
        kind = self.kinds[token]
        names = pictures(job.output_dir)
        assert len(names) == kind.count, f"{kind.name}: {len(names)} of {kind.count} pictures"
        rows = self.program.rows(job)
        assert all(row.state is FrameState.COMPLETED for row in rows.values())
        tries: dict[int, list[AttemptOutcome]] = {}
        for attempt in self.program.attempts(job):
            tries.setdefault(attempt.frame, []).append(attempt.outcome)
            assert attempt.number == len(tries[attempt.frame]), f"{kind.name}, frame {attempt.frame}"
        for frame, outcomes in tries.items():
            assert outcomes[-1] is AttemptOutcome.COMPLETED, f"{kind.name}, frame {frame}: {outcomes}"
            assert AttemptOutcome.RUNNING not in outcomes
            assert len(outcomes) == rows[frame].attempts
        wait_until(lambda: no_staging_left(job.output_dir), f"an empty {job.output_dir}")
        self.tally.check("whole frames, each once", kind.count)
        self.tally.check("attempts numbered without a gap, the last completed", kind.count)
        self.tally.check("job completed, nothing of ours in its folder")
        self.verified[kind.name] += 1
        self.program.post(commands.DeleteJobs((job.id,)))
        del self.active[token], self.kinds[token], self.program.jobs[token]
        shutil.rmtree(job.output_dir)

    def break_something(self) -> None:
        """Inject one fault, or give one order."""
        chosen = self.dice.choice(
            [
                self._wish_wrong,
                self._wish_hang,
                self._wish_flood,
                self._kill,
                self._kill,
                self._kill,
                self._set_clock,
                self._pause,
                self._slots,
                self._priority,
                self._delete,
                self._fill_disk,
            ]
        )
        what = chosen()
        if what:
            self.tally.inject(what)

    def _wish_wrong(self) -> str:
        wrong = self.dice.choice(WRONGS)
        self.studio.forget_marks()
        self.studio.wish(**{wrong: self.dice.sample(range(1, 41), 6)})
        return f"engines that go wrong at 6 frames ({wrong})"

    def _wish_hang(self) -> str:
        self.studio.forget_marks()
        self.studio.wish(
            **{self.dice.choice(["hang_at", "half_at"]): [self.dice.randrange(1, 41)]}, child=True
        )
        return "engines that hang, with children"

    def _wish_flood(self) -> str:
        self.studio.wish(flood=300_000)
        return "engines that print 0.3 MB a frame"

    def _kill(self) -> str:
        return kill_one(self.folder, self.dice)

    def _set_clock(self) -> str:
        return f"clock set {self.clock.jump(self.dice)}"

    def _pause(self) -> str:
        jobs = tuple(job.id for token, job in self.program.jobs.items() if token in self.active)
        if not jobs:
            return ""
        self.program.post(commands.PauseJobs(jobs[:1]))
        self.program.post(commands.ResumeJobs(jobs[:1]))
        return "job paused and resumed"

    def _slots(self) -> str:
        self.program.post(commands.SetSlots(self.dice.randrange(1, 5)))
        return "number of slots changed"

    def _priority(self) -> str:
        jobs = tuple(job.id for token, job in self.program.jobs.items() if token in self.active)
        self.program.post(commands.SetPriority(jobs, self.dice.randrange(11)))
        return "priority changed"

    def _delete(self) -> str:
        tokens = [token for token in self.active if token in self.program.jobs]
        if not tokens or self.dice.random() < 0.5:
            return ""
        token = self.dice.choice(tokens)
        job = self.program.jobs.pop(token)
        del self.active[token], self.kinds[token]
        self.program.post(commands.DeleteJobs((job.id,)))
        return "job deleted while it renders"

    def _fill_disk(self) -> str:
        if self.disk is None or self.plug is not None:
            return ""
        self.plug = (time.monotonic() + 3.0, fill(self.disk))
        return "output disk full for 3 s"


_NAMES = {
    facts.FrameStarted: "attempt begun",
    facts.FrameCompleted: "frame completed",
    facts.FrameFailed: "attempt failed",
    facts.FramesCancelled: "cancel",
    facts.EngineWarned: "warning told",
    facts.JobFinished: "job finished",
    facts.JobSubmitted: "job submitted",
}


def mixed(
    folder: Path,
    tally: Tally,
    *,
    seconds: float,
    seed: int,
    delay_s: float,
    with_real: bool,
    disk: Path | None,
) -> None:
    """Let everything happen for so long, then let all jobs come to their end and look at what is left."""
    dice, watch = random.Random(seed), LogWatch()
    logging.getLogger("render_manager").addHandler(watch)
    studio = Studio(folder / "studio", delay_s=delay_s, with_real=with_real)
    night = Night(folder, tally, dice, studio, disk)
    meter = Meter()
    try:
        with night.program:
            _live(night, meter, seconds)
            _finish(night, meter)
    finally:
        studio.clear()
        logging.getLogger("render_manager").removeHandler(watch)
    wait_until(
        lambda: not with_mark(str(folder)),
        lambda: f"the end of {[p.cmdline() for p in with_mark(str(folder))]}",
    )
    tally.check("no process left at the end")
    connection = sqlite3.connect(night.program.paths.database)
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    connection.close()
    tally.check("`integrity_check` ok")
    mistakes = [record.getMessage() for record in watch.records if record.exc_info]
    assert not mistakes, mistakes[:3]
    tally.check("no mistake of ours in the log")
    told, grown = meter.verdict()
    tally.figures.update(told)
    tally.figures["samples"] = str(len(meter.samples))
    tally.figures["jobs looked at"] = ", ".join(
        f"{count} {name}" for name, count in sorted(night.verified.items())
    )
    tally.figures["seconds"] = str(round(meter.samples[-1][0]))
    assert not grown, grown


def _live(night: Night, meter: Meter, seconds: float) -> None:
    end, next_fault = time.monotonic() + seconds, time.monotonic() + 1.0
    while time.monotonic() < end:
        while len(night.active) < JOBS_AT_ONCE:
            night.submit()
        night.take()
        night.look_after()
        meter.look()
        if time.monotonic() >= next_fault:
            night.break_something()
            next_fault = time.monotonic() + night.dice.uniform(*FAULT_EVERY_S)


def _finish(night: Night, meter: Meter) -> None:
    night.studio.wish()
    night.program.post(commands.SetSlots(3))
    end = time.monotonic() + 300.0
    while night.active:
        assert time.monotonic() < end, {
            night.kinds[token].name: (job.state.value, job.reason)
            for token, job in night.program.jobs.items()
            if token in night.active
        }
        night.take()
        night.look_after()
        meter.look()
