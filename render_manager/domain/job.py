"""A job: its frames, the user's orders, and the only place where a frame's or job's state changes.

Pure: time comes in as a number. Owned by one thread (`scheduling.dispatcher`), never shared; others see
`JobSnapshot`s.
"""

from collections.abc import Callable
from typing import Any

from render_manager.domain import events, facts, job_notes
from render_manager.domain.changes import FrameChange, JobSnapshot
from render_manager.domain.frame_moves import forget, move, move_many, wait_again
from render_manager.domain.frameset import FrameSet
from render_manager.domain.job_parts import FrameMemory, JobRecord, JobStep
from render_manager.domain.job_standing import snapshot_of
from render_manager.domain.jobspec import JobSpec
from render_manager.domain.states import (
    FINISHED_JOBS,
    FrameState,
    JobState,
    roll_up,
)
from render_manager.domain.texts import gettext as _

ERROR_LOG_LINES = 100
"""How many failures a job's error log keeps, newest last."""


class Job:
    """One job and its frames.

    `memory` is None until the frames are needed; a job without it can be looked at, not changed frame by
    frame.
    """

    def __init__(self, spec: JobSpec, record: JobRecord, memory: FrameMemory | None) -> None:
        self.spec = spec
        self.record = record
        self.memory = memory
        if record.counts is None:
            record.counts = dict.fromkeys(FrameState, 0) | {FrameState.PENDING: len(spec.frames)}
        self._state = roll_up(record.counts, paused=record.paused)
        self._needs_help = False

    @property
    def id(self) -> int:
        """Return the job's number."""
        return self.record.id

    @property
    def state(self) -> JobState:
        """Return the job's state, rolled up from its frames and orders."""
        return self._state

    @property
    def counts(self) -> dict[FrameState, int]:
        """Return how many frames are in each state; not to be changed by the caller."""
        assert self.record.counts is not None
        return self.record.counts

    @property
    def frames(self) -> FrameMemory:
        """Return the job's frames; they must have been loaded."""
        assert self.memory is not None, f"frames of job {self.id} are not loaded"
        return self.memory

    def frame_state(self, frame: int) -> FrameState:
        """Return the state of a frame; raises KeyError when the job does not have it."""
        return self.frames.states.of(frame)

    def apply(self, event: events.JobEvent, now: float) -> JobStep:
        """Change state by one event that happened at `now` (seconds since the epoch).

        An event that no longer fits the state it finds (a frame that was cancelled meanwhile) does
        nothing and returns an empty step.
        """
        step = JobStep()
        self._HANDLERS[type(event)](self, event, now, step)
        self.record.updated_at = now
        if self.memory is not None:
            self.record.marked_frames = len(self.memory.marked)
        self._settle(now, step)
        return step

    @property
    def needs_help(self) -> bool:
        """Return whether the job waits for something that only a person can change."""
        return self._needs_help

    def wait_for(self, reason: str, *, needs_help: bool = False) -> bool:
        """Say why the job is not running although it has frames to render; return whether that is news.

        `needs_help` says that it will not go on before a person does something.
        """
        if self._state in FINISHED_JOBS or (self.record.reason, self._needs_help) == (reason, needs_help):
            return False
        self.record.reason = reason
        self._needs_help = needs_help
        return True

    def snapshot(self) -> JobSnapshot:
        """Return everything a viewer or the database needs to know of the job."""
        return snapshot_of(self.spec, self.record, self._state, needs_help=self.needs_help)

    def _settle(self, now: float, step: JobStep) -> None:
        before, after = self._state, roll_up(self.counts, paused=self.record.paused)
        if before is after:
            return
        self._state = after
        self.record.reason = ""
        self._needs_help = False
        if after is JobState.RUNNING and self.record.started_at is None:
            self.record.started_at = now
        if after in FINISHED_JOBS:
            self.record.finished_at = now
            self.record.paused = False
            counts = self.counts
            step.facts.append(
                facts.JobFinished(
                    job_id=self.id,
                    state=after,
                    completed=counts[FrameState.COMPLETED],
                    failed=counts[FrameState.FAILED],
                    cancelled=counts[FrameState.CANCELLED],
                    skipped=counts[FrameState.SKIPPED],
                )
            )
        elif before in FINISHED_JOBS:
            self.record.finished_at = None

    def _attempt_started(self, event: events.AttemptStarted, _now: float, step: JobStep) -> None:
        memory = self.frames
        index = memory.states.frames.index(event.frame)
        if memory.states.at(index) is not FrameState.PENDING:
            return
        attempt = memory.attempts[index] + 1
        memory.attempts[index] = attempt
        move(self, step, index, FrameState.RENDERING)
        step.facts.append(facts.FrameStarted(self.id, event.frame, attempt))

    def _attempt_completed(self, event: events.AttemptCompleted, _now: float, step: JobStep) -> None:
        index = self.frames.states.frames.index(event.frame)
        if self.frames.states.at(index) is not FrameState.RENDERING:
            return
        self.frames.failures.pop(event.frame, None)
        move(
            self,
            step,
            index,
            FrameState.COMPLETED,
            reason=event.result.note,
            result=event.result,
            forced=False,
        )
        self.record.render_seconds += event.result.seconds
        self.record.rendered_frames += 1
        attempt = self.frames.attempts[index]
        step.facts.append(
            facts.FrameCompleted(
                self.id,
                event.frame,
                attempt,
                event.result.outputs,
                event.result.seconds,
                event.result.note,
            )
        )
        job_notes.tell_marks(self.id, event.frame, event.result.portrait.marks, step)

    def _attempt_failed(self, event: events.AttemptFailed, now: float, step: JobStep) -> None:
        index = self.frames.states.frames.index(event.frame)
        if self.frames.states.at(index) is not FrameState.RENDERING:
            return
        memory, diagnosis = self.frames, event.diagnosis
        if event.counts:
            memory.failures[event.frame] = memory.failures.get(event.frame, 0) + 1
        attempt = memory.attempts[index]
        will_retry = event.retry_at is not None
        after = FrameState.PENDING if will_retry else FrameState.FAILED
        move(self, step, index, after, reason=diagnosis.sentence, retry_at=event.retry_at)
        if will_retry:
            self.record.retry_count += 1
        job_notes.count_failure(self.record, diagnosis)
        self._log_error(
            _("Frame {frame}, attempt {attempt}: {text}").format(
                frame=event.frame, attempt=attempt, text=diagnosis.sentence
            )
        )
        step.facts.append(
            facts.FrameFailed(
                job_id=self.id,
                frame=event.frame,
                attempt=attempt,
                reason=diagnosis.text,
                advice=diagnosis.advice,
                code=diagnosis.code,
                will_retry=will_retry,
                retry_delay_s=max(event.retry_at - now, 0.0) if event.retry_at is not None else 0.0,
            )
        )

    def _attempt_interrupted(self, event: events.AttemptInterrupted, _now: float, step: JobStep) -> None:
        index = self.frames.states.frames.index(event.frame)
        if self.frames.states.at(index) is FrameState.RENDERING:
            move(self, step, index, FrameState.PENDING, reason=event.reason)

    def _frames_cancelled(self, event: events.FramesCancelled, _now: float, step: JobStep) -> None:
        count = sum(
            move_many(
                self,
                step,
                before,
                FrameState.CANCELLED,
                wanted=event.frames,
                reason=event.reason,
                spared=event.spared,
            )
            for before in (FrameState.RENDERING, FrameState.PENDING)
        )
        if count:
            step.facts.append(facts.FramesCancelled(self.id, count))

    def _frames_skipped(self, event: events.FramesSkipped, _now: float, step: JobStep) -> None:
        states = (FrameState.RENDERING, FrameState.PENDING, FrameState.FAILED, FrameState.CANCELLED)
        count = sum(
            move_many(
                self,
                step,
                before,
                FrameState.SKIPPED,
                wanted=event.frames,
                reason=event.reason,
                spared=event.spared,
            )
            for before in states
        )
        if count:
            step.facts.append(facts.FramesSkipped(self.id, count, event.reason))

    def _existing_found(self, event: events.ExistingFramesFound, _now: float, step: JobStep) -> None:
        states = self.frames.states
        count = 0
        for frame, result in event.results.items():
            index = states.frames.index(frame)
            if states.at(index) is FrameState.PENDING and frame not in self.frames.forced:
                count += move(self, step, index, FrameState.SKIPPED, reason=event.reason, result=result)
        if count:
            step.facts.append(facts.FramesSkipped(self.id, count, event.reason))

    def _outputs_lost(self, event: events.OutputsLost, _now: float, step: JobStep) -> None:
        # Forced, since a frame of several files may have lost one and still have its picture.
        move_many(
            self,
            step,
            FrameState.COMPLETED,
            FrameState.PENDING,
            wanted=event.frames,
            reason=event.reason,
            forced=True,
        )

    def _frames_retried(self, event: events.FramesRetried, _now: float, step: JobStep) -> None:
        wanted = {FrameState.FAILED: False, FrameState.CANCELLED: False}
        if not event.failed_only:
            wanted |= {FrameState.COMPLETED: True, FrameState.SKIPPED: True}
        for before, forced in wanted.items():
            move_many(
                self,
                step,
                before,
                FrameState.PENDING,
                wanted=event.frames,
                reason=event.reason,
                failures=0,
                forced=forced or None,
            )
        self.record.failure_reasons.clear()
        if event.frames is not None:
            self._drop_waits(step, event.frames, event.reason, failures=0)

    def _waits_dropped(self, event: events.WaitsDropped, _now: float, step: JobStep) -> None:
        self._drop_waits(step, event.frames, event.reason)

    def _drop_waits(
        self, step: JobStep, wanted: FrameSet, reason: str, *, failures: int | None = None
    ) -> None:
        """Let frames that wait for their retry time be tried at once; they stay pending."""
        waiting = sorted(number for number in self.frames.retry_at if number in wanted)
        if not waiting:
            return
        spans = tuple((number, number) for number in waiting)
        forget(self, spans, failures=failures, forced=None)
        step.frames.append(
            FrameChange(
                job_id=self.id,
                runs=spans,
                count=len(spans),
                before=FrameState.PENDING,
                after=FrameState.PENDING,
                reason=reason,
                failures=failures,
            )
        )

    def _frames_blocked(self, event: events.FramesBlocked, _now: float, step: JobStep) -> None:
        count = move_many(
            self,
            step,
            FrameState.PENDING,
            FrameState.FAILED,
            wanted=None,
            reason=event.diagnosis.sentence,
        )
        if count:
            self._log_error(event.diagnosis.sentence)
            step.facts.append(facts.FramesBlocked(self.id, count, event.diagnosis.sentence))

    def _held(self, _event: events.JobHeld, _now: float, _step: JobStep) -> None:
        self.record.paused = self._state not in FINISHED_JOBS

    def _released(self, _event: events.JobReleased, _now: float, _step: JobStep) -> None:
        self.record.paused = False

    def _taken_back(self, event: events.StepTakenBack, _now: float, step: JobStep) -> None:
        move_many(self, step, event.state, event.back_to, wanted=event.frames, reason=event.reason)
        if event.back_to is FrameState.PENDING:
            wait_again(self, step, event.waits, wanted=event.frames)

    def _priority_changed(self, event: events.PriorityChanged, _now: float, _step: JobStep) -> None:
        self.record.priority = event.priority

    def _moved(self, event: events.JobMoved, _now: float, _step: JobStep) -> None:
        self.record.priority, self.record.position = event.priority, event.position

    def _log_error(self, text: str) -> None:
        line = " ".join(part.strip() for part in text.splitlines())
        self.record.error_log = (*self.record.error_log, line)[-ERROR_LOG_LINES:]

    _HANDLERS: dict[type, Callable[["Job", Any, float, JobStep], None]] = {
        events.AttemptStarted: _attempt_started,
        events.AttemptCompleted: _attempt_completed,
        events.AttemptFailed: _attempt_failed,
        events.AttemptInterrupted: _attempt_interrupted,
        events.FramesCancelled: _frames_cancelled,
        events.FramesSkipped: _frames_skipped,
        events.ExistingFramesFound: _existing_found,
        events.OutputsLost: _outputs_lost,
        events.FramesRetried: _frames_retried,
        events.WaitsDropped: _waits_dropped,
        events.FramesBlocked: _frames_blocked,
        events.JobHeld: _held,
        events.JobReleased: _released,
        events.PriorityChanged: _priority_changed,
        events.JobMoved: _moved,
        events.StepTakenBack: _taken_back,
        events.FramesMarked: job_notes.frames_marked,
        events.SceneSeen: job_notes.scene_seen,
        events.JobChanged: job_notes.job_changed,
    }
