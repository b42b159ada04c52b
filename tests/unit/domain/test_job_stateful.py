"""A job against a plain model of it: any order of events, and everything recounted after each.

The mirror is fed with nothing but the changes that a step reports, as the database and the viewers are.
"""

from dataclasses import dataclass

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from support.jobs import make_job

from render_manager.domain import events, facts
from render_manager.domain.changes import FrameChange, FrameResult
from render_manager.domain.diagnosis import Diagnosis
from render_manager.domain.frameset import FrameSet
from render_manager.domain.job import Job
from render_manager.domain.job_parts import JobStep
from render_manager.domain.states import (
    FINISHED_JOBS,
    FrameState,
    JobState,
    frame_may_become,
    roll_up,
)


@dataclass
class Frame:
    """What is known of one frame."""

    state: FrameState = FrameState.PENDING
    attempts: int = 0
    failures: int = 0
    retry_at: float | None = None
    forced: bool = False
    result: FrameResult | None = None


class Mirror:
    """Frames as a viewer or the database knows them, from changes alone."""

    def __init__(self, numbers: list[int]) -> None:
        self.frames = {number: Frame() for number in numbers}

    def apply(self, change: FrameChange) -> None:
        covered = []
        for first, last in change.runs:
            assert first <= last
            assert first in self.frames
            assert last in self.frames
            covered += [number for number in self.frames if first <= number <= last]
        assert len(covered) == len(set(covered)) == change.count
        is_wait_dropped = change.before is change.after is FrameState.PENDING
        assert is_wait_dropped or frame_may_become(change.before, change.after)
        for number in covered:
            frame = self.frames[number]
            assert frame.state is change.before, f"frame {number} was {frame.state}"
            frame.state = change.after
            frame.retry_at = change.retry_at
            if change.attempts is not None:
                frame.attempts = change.attempts
            if change.failures is not None:
                frame.failures = change.failures
            if change.forced is not None:
                frame.forced = change.forced
            if change.result is not None:
                frame.result = change.result


choices = st.one_of(
    st.none(),
    st.lists(st.integers(-3, 14), min_size=1, max_size=6).map(FrameSet.of),
    st.sampled_from(["1-10", "1-10x3", "10-1", "4-6", "-3-2"]).map(FrameSet.parse),
)
JOB_FRAMES = st.sampled_from(["1-10", "1-10x2", "10-1", "-2-3,7,8,11", "5"])
FAULT = Diagnosis("crashed", "It crashed.", "Try again.")


class JobMachine(RuleBasedStateMachine):
    """Drives one job and a model of it."""

    @initialize(text=JOB_FRAMES)
    def begin(self, text: str) -> None:
        self.now = 1000.0
        self.job: Job = make_job(text, max_retries=2)
        self.numbers = list(self.job.spec.frames)
        self.model = Mirror(self.numbers)
        self.mirror = Mirror(self.numbers)
        self.paused = False
        self.errors = 0
        self.retries = 0
        self.completions = 0

    def picked(self, choice: FrameSet | None) -> list[int]:
        return [number for number in self.numbers if choice is None or number in choice]

    def pick(self, data: st.DataObject, state: FrameState) -> int:
        """Draw a frame, most often one that is in `state`."""
        fitting = [number for number, frame in self.model.frames.items() if frame.state is state]
        is_fitting = data.draw(st.integers(0, 4)) > 0
        return data.draw(st.sampled_from(fitting if fitting and is_fitting else self.numbers))

    def expect(self, frames: list[int], before: FrameState, after: FrameState, **values: object) -> int:
        moved = 0
        for number in frames:
            frame = self.model.frames[number]
            if frame.state is before:
                frame.state = after
                frame.retry_at = None
                for name, value in values.items():
                    setattr(frame, name, value)
                moved += 1
        return moved

    def apply(self, event: events.JobEvent) -> JobStep:
        self.now += 1.0
        before = self.job.state
        step = self.job.apply(event, self.now)
        for change in step.frames:
            assert change.job_id == self.job.id
            self.mirror.apply(change)
        after = self.job.state
        finished = [fact for fact in step.facts if isinstance(fact, facts.JobFinished)]
        if after in FINISHED_JOBS and after is not before:
            (fact,) = finished
            counts = self.job.counts
            assert fact == facts.JobFinished(
                self.job.id,
                after,
                counts[FrameState.COMPLETED],
                counts[FrameState.FAILED],
                counts[FrameState.CANCELLED],
                counts[FrameState.SKIPPED],
            )
            assert step.facts[-1] is fact
            self.paused = False
        else:
            assert not finished
        return step

    def kinds(self, step: JobStep) -> list[type]:
        return [type(fact) for fact in step.facts if not isinstance(fact, facts.JobFinished)]

    @rule(data=st.data())
    def attempt_starts(self, data: st.DataObject) -> None:
        number = self.pick(data, FrameState.PENDING)
        frame = self.model.frames[number]
        step = self.apply(events.AttemptStarted(number))
        if frame.state is FrameState.PENDING:
            frame.state, frame.retry_at = FrameState.RENDERING, None
            frame.attempts += 1
            assert step.facts[0] == facts.FrameStarted(self.job.id, number, frame.attempts)
        else:
            assert not step.frames

    @rule(data=st.data())
    def attempt_completes(self, data: st.DataObject) -> None:
        number = self.pick(data, FrameState.RENDERING)
        frame = self.model.frames[number]
        result = FrameResult((f"/out/{number}.png",), f"/thumb/{number}.jpg", 1.5)
        step = self.apply(events.AttemptCompleted(number, result))
        if frame.state is FrameState.RENDERING:
            frame.state, frame.failures, frame.forced, frame.result = FrameState.COMPLETED, 0, False, result
            self.completions += 1
            assert step.facts[0] == facts.FrameCompleted(
                self.job.id, number, frame.attempts, result.outputs, 1.5
            )
        else:
            assert not step.frames
            assert not step.facts

    @rule(data=st.data(), delay=st.one_of(st.none(), st.floats(0, 100)))
    def attempt_fails(self, data: st.DataObject, delay: float | None) -> None:
        number = self.pick(data, FrameState.RENDERING)
        frame = self.model.frames[number]
        retry_at = None if delay is None else self.now + 1.0 + delay
        step = self.apply(events.AttemptFailed(number, FAULT, retry_at))
        if frame.state is FrameState.RENDERING:
            frame.state = FrameState.FAILED if retry_at is None else FrameState.PENDING
            frame.failures += 1
            frame.retry_at = retry_at
            self.errors += 1
            self.retries += retry_at is not None
            (fact,) = [fact for fact in step.facts if isinstance(fact, facts.FrameFailed)]
            assert (fact.frame, fact.attempt, fact.will_retry) == (
                number,
                frame.attempts,
                retry_at is not None,
            )
            assert (fact.reason, fact.advice, fact.code) == (FAULT.text, FAULT.advice, FAULT.code)
        else:
            assert not step.frames
            assert not step.facts

    @rule(data=st.data())
    def attempt_is_interrupted(self, data: st.DataObject) -> None:
        number = self.pick(data, FrameState.RENDERING)
        step = self.apply(events.AttemptInterrupted(number, "Stopped."))
        moved = self.expect([number], FrameState.RENDERING, FrameState.PENDING)
        assert len(step.frames) == moved

    @rule(choice=choices, data=st.data())
    def frames_are_cancelled(self, choice: FrameSet | None, data: st.DataObject) -> None:
        spared = frozenset(data.draw(st.lists(st.sampled_from(self.numbers), max_size=2)))
        step = self.apply(events.FramesCancelled(choice, "By you.", spared))
        frames = [number for number in self.picked(choice) if number not in spared]
        count = sum(
            self.expect(frames, before, FrameState.CANCELLED)
            for before in (FrameState.PENDING, FrameState.RENDERING)
        )
        expected = [facts.FramesCancelled(self.job.id, count)] if count else []
        assert [fact for fact in step.facts if not isinstance(fact, facts.JobFinished)] == expected

    @rule(choice=choices, data=st.data())
    def frames_are_skipped(self, choice: FrameSet | None, data: st.DataObject) -> None:
        spared = frozenset(data.draw(st.lists(st.sampled_from(self.numbers), max_size=2)))
        step = self.apply(events.FramesSkipped(choice, "Left out.", spared))
        frames = [number for number in self.picked(choice) if number not in spared]
        count = sum(
            self.expect(frames, before, FrameState.SKIPPED)
            for before in (
                FrameState.PENDING,
                FrameState.RENDERING,
                FrameState.FAILED,
                FrameState.CANCELLED,
            )
        )
        assert self.kinds(step) == ([facts.FramesSkipped] if count else [])

    @rule(
        choice=choices,
        undone=st.sampled_from(
            [
                (FrameState.CANCELLED, FrameState.PENDING),
                (FrameState.SKIPPED, FrameState.PENDING),
                (FrameState.SKIPPED, FrameState.FAILED),
                (FrameState.SKIPPED, FrameState.CANCELLED),
            ]
        ),
    )
    def an_order_is_undone(self, choice: FrameSet | None, undone: tuple[FrameState, FrameState]) -> None:
        state, back_to = undone
        frames = FrameSet.of(self.picked(choice))
        step = self.apply(events.StepTakenBack(frames, state, back_to, "Undone."))
        self.expect(self.picked(choice), state, back_to)
        assert set(self.kinds(step)) <= {facts.JobFinished}

    @rule(choice=choices, failed_only=st.booleans())
    def frames_are_retried(self, choice: FrameSet | None, failed_only: bool) -> None:
        step = self.apply(events.FramesRetried(choice, failed_only, "Again."))
        frames = self.picked(choice)
        if choice is not None:
            self.expect_no_wait(frames, failures=0)
        for before in (FrameState.FAILED, FrameState.CANCELLED):
            self.expect(frames, before, FrameState.PENDING, failures=0)
        if not failed_only:
            for before in (FrameState.COMPLETED, FrameState.SKIPPED):
                self.expect(frames, before, FrameState.PENDING, failures=0, forced=True)
        assert self.kinds(step) == []

    def expect_no_wait(self, frames: list[int], failures: int | None = None) -> int:
        waiting = [self.model.frames[number] for number in frames]
        waiting = [frame for frame in waiting if frame.retry_at is not None]
        for frame in waiting:
            frame.retry_at = None
            frame.failures = frame.failures if failures is None else failures
        return len(waiting)

    @rule(choice=choices.filter(lambda choice: choice is not None))
    def waits_are_dropped(self, choice: FrameSet) -> None:
        step = self.apply(events.WaitsDropped(choice, "Next."))
        moved = self.expect_no_wait(self.picked(choice))
        assert sum(change.count for change in step.frames) == moved
        assert step.facts == []

    @rule(data=st.data())
    def existing_files_are_found(self, data: st.DataObject) -> None:
        numbers = data.draw(st.lists(st.sampled_from(self.numbers), unique=True))
        results = {number: FrameResult((f"/old/{number}.png",), "", 0.0) for number in numbers}
        step = self.apply(events.ExistingFramesFound(results, "There already."))
        count = 0
        for number in numbers:
            frame = self.model.frames[number]
            if frame.state is FrameState.PENDING and not frame.forced:
                frame.state, frame.retry_at, frame.result = FrameState.SKIPPED, None, results[number]
                count += 1
        assert self.kinds(step) == ([facts.FramesSkipped] if count else [])

    @rule(data=st.data())
    def outputs_are_lost(self, data: st.DataObject) -> None:
        choice = FrameSet.of([self.pick(data, FrameState.COMPLETED) for _count in range(2)])
        self.apply(events.OutputsLost(choice, "Gone."))
        self.expect(self.picked(choice), FrameState.COMPLETED, FrameState.PENDING, forced=True)

    @rule()
    def frames_are_blocked(self) -> None:
        step = self.apply(events.FramesBlocked(FAULT))
        count = self.expect(self.numbers, FrameState.PENDING, FrameState.FAILED)
        self.errors += bool(count)
        assert self.kinds(step) == ([facts.FramesBlocked] if count else [])

    @rule()
    def job_is_held(self) -> None:
        assert not self.apply(events.JobHeld()).frames
        self.paused = self.job.state not in FINISHED_JOBS

    @rule()
    def job_is_released(self) -> None:
        assert not self.apply(events.JobReleased()).frames
        self.paused = False

    @rule(priority=st.integers(0, 10))
    def priority_changes(self, priority: int) -> None:
        assert not self.apply(events.PriorityChanged(priority)).frames
        assert self.job.snapshot().priority == priority

    @invariant()
    def memory_is_the_model(self) -> None:
        if not hasattr(self, "job"):
            return
        memory = self.job.frames
        for number, frame in self.model.frames.items():
            assert self.job.frame_state(number) is frame.state, number
            assert memory.attempts_of(number) == frame.attempts
            assert memory.failures.get(number, 0) == frame.failures
            assert memory.retry_at.get(number) == frame.retry_at
            assert (number in memory.forced) == frame.forced

    @invariant()
    def changes_alone_tell_the_whole_story(self) -> None:
        if hasattr(self, "job"):
            assert self.mirror.frames == self.model.frames

    @invariant()
    def snapshot_is_consistent(self) -> None:
        if not hasattr(self, "job"):
            return
        job, snapshot = self.job, self.job.snapshot()
        recount = {
            state: sum(frame.state is state for frame in self.model.frames.values()) for state in FrameState
        }
        assert job.counts == snapshot.counts == recount == job.frames.states.counts()
        assert sum(snapshot.counts.values()) == snapshot.total_frames == len(self.numbers)
        assert snapshot.paused == self.paused
        assert snapshot.state is job.state is roll_up(recount, paused=self.paused)
        done = recount[FrameState.COMPLETED] + recount[FrameState.SKIPPED]
        assert abs(snapshot.progress - 100.0 * done / len(self.numbers)) < 1e-9
        assert (snapshot.completed_frames, snapshot.failed_frames) == (
            recount[FrameState.COMPLETED],
            recount[FrameState.FAILED],
        )
        assert snapshot.rendered_frames == self.completions
        assert abs(snapshot.render_seconds - 1.5 * self.completions) < 1e-6
        assert snapshot.retry_count == self.retries
        assert len(job.record.error_log) == min(self.errors, 100)
        # Every state that is not "running" or "completed" says why.
        assert bool(snapshot.reason) == (snapshot.state not in (JobState.RUNNING, JobState.COMPLETED))
        assert (snapshot.finished_at is not None) == (snapshot.state in FINISHED_JOBS)
        assert snapshot.created_at <= snapshot.updated_at <= self.now
        if snapshot.state is JobState.RUNNING:
            assert snapshot.started_at is not None


JobMachine.TestCase.settings = settings(max_examples=120, stateful_step_count=30)
TestJob = JobMachine.TestCase
