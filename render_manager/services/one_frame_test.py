"""Rendering one frame of a job as the night would, in a private folder: licences, plug-ins, cameras show.

It takes as long as a frame, so it is for a thread of its own. The queue and the output folder see nothing.
"""

import queue
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from render_manager.domain.changes import ChangeSet, JobSnapshot
from render_manager.domain.commands import SubmitJob
from render_manager.domain.errors import RenderManagerError
from render_manager.domain.facts import EngineWarned, FrameCompleted, FrameFailed, FramesBlocked, JobFinished
from render_manager.domain.frameset import FrameSet
from render_manager.domain.framestates import FrameStates
from render_manager.domain.jobspec import Existing
from render_manager.domain.moments import span_text
from render_manager.domain.readiness import Finding, Remedy, Weight
from render_manager.domain.states import FINISHED_JOBS, FrameState
from render_manager.domain.texts import gettext as _
from render_manager.scheduling.ports import StateReader, Subscriber
from render_manager.services.readiness import spec_of

LIMIT_S = 600.0
"""A frame that takes longer says at least that the engine starts and the scene loads."""
LOOK_EVERY_S = 0.25


class TrialCore(Protocol):
    """A scheduler of its own, as far as it is needed here."""

    def start(self) -> None:
        """Start working."""
        ...

    def post(self, command: SubmitJob) -> None:
        """Give an order."""
        ...

    def stop(self) -> None:
        """End its engines and threads."""
        ...


BuildTrial = Callable[[Path, Sequence[Subscriber]], TrialCore]
"""Builds a core that keeps everything below a folder, and tells subscribers."""


class OneFrameTest:
    """Tries jobs one after another; made and stopped on any thread, run on one."""

    def __init__(self, build: BuildTrial, *, limit_s: float = LIMIT_S) -> None:
        self._build = build
        self._limit_s = limit_s
        self._is_stopped = threading.Event()

    def stop(self) -> None:
        """End the frame that is tried and try no further one; returns at once."""
        self._is_stopped.set()

    @property
    def is_stopped(self) -> bool:
        """Return whether it was stopped."""
        return self._is_stopped.is_set()

    def run(
        self, jobs: Sequence[JobSnapshot], reader: StateReader, report: Callable[[Finding], None]
    ) -> None:
        """Try the first pending frame of each unfinished job, and report each."""
        for job in jobs:
            if self._is_stopped.is_set():
                return
            if job.state in FINISHED_JOBS:
                continue
            frame = first_pending(job, reader)
            if frame is not None:
                finding = self.try_frame(job, frame)
                if finding is not None:
                    report(finding)

    def try_frame(self, job: JobSnapshot, frame: int) -> Finding | None:
        """Render one frame with a job's settings and say how it went; None when it was stopped."""
        changes: queue.SimpleQueue[ChangeSet] = queue.SimpleQueue()
        with tempfile.TemporaryDirectory(prefix="render-manager-test-", ignore_cleanup_errors=True) as name:
            folder = Path(name)
            spec = replace(
                spec_of(job),
                frames=FrameSet.of([frame]),
                output_dir=folder / "frames",
                existing=Existing.OVERWRITE,
                max_retries=0,
                project="",
            )
            try:
                core = self._build(folder, [changes.put])
            except RenderManagerError as error:
                return _finding(job, Weight.UNKNOWN, str(error))
            core.start()
            try:
                core.post(SubmitJob(spec))
                return self._follow(job, frame, changes)
            finally:
                core.stop()

    def _follow(
        self, job: JobSnapshot, frame: int, changes: "queue.SimpleQueue[ChangeSet]"
    ) -> Finding | None:
        give_up_at = time.monotonic() + self._limit_s
        warnings: list[str] = []
        while not self._is_stopped.is_set():
            if time.monotonic() > give_up_at:
                return self._too_long(job, frame)
            try:
                batch = changes.get(timeout=LOOK_EVERY_S)
            except queue.Empty:
                continue
            warnings += [
                f"{fact.text} {fact.advice}".strip() for fact in batch.facts if isinstance(fact, EngineWarned)
            ]
            for fact in batch.facts:
                found = _conclusion(job, frame, fact, warnings)
                if found is not None:
                    return found
            for snapshot in batch.jobs.values():
                if snapshot.needs_help:
                    return _failed(job, frame, snapshot.reason, "")
        return None

    def _too_long(self, job: JobSnapshot, frame: int) -> Finding:
        text = _("Frame {frame} of {job} was not finished within {time}, and was given up; it may be good.")
        said = text.format(frame=frame, job=job.name, time=span_text(self._limit_s))
        return _finding(job, Weight.WARNS, said, _("Look whether frames of this scene take that long."))


def first_pending(job: JobSnapshot, reader: StateReader) -> int | None:
    """Return the first frame of a job that is still to be rendered, None for none."""
    states = FrameStates(job.frames, reader.frame_states(job.id))
    return next(iter(states.numbers_in(FrameState.PENDING)), None)


def _conclusion(job: JobSnapshot, frame: int, fact: object, warnings: Sequence[str]) -> Finding | None:
    if isinstance(fact, FrameFailed):
        return _failed(job, frame, fact.reason, fact.advice)
    if isinstance(fact, FramesBlocked):
        return _failed(job, frame, fact.reason, "")
    if isinstance(fact, FrameCompleted):
        text = _("Frame {frame} of {job} was rendered for a test in {time}, and is whole.").format(
            frame=frame, job=job.name, time=span_text(fact.seconds)
        )
        remarks = [*warnings, *([fact.note] if fact.note else [])]
        if remarks:
            return _finding(job, Weight.WARNS, text, " ".join(remarks))
        return _finding(job, Weight.FINE, text)
    if isinstance(fact, JobFinished):
        return _failed(job, frame, _("it ended without a picture."), "")
    return None


def _failed(job: JobSnapshot, frame: int, reason: str, advice: str) -> Finding:
    text = _("Frame {frame} of {job} cannot be rendered: {why}")
    return _finding(job, Weight.STOPS, text.format(frame=frame, job=job.name, why=reason), advice)


def _finding(job: JobSnapshot, weight: Weight, text: str, advice: str = "") -> Finding:
    remedy = Remedy.SHOW_JOB if weight is Weight.STOPS else Remedy.NONE
    return Finding("test-frame", weight, text, advice, job.id, remedy)
