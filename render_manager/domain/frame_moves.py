"""Taking frames of a job from one state to another, with the counts and what is remembered of each frame.

Used by `Job` alone, on the owner's thread.
"""

from collections.abc import Mapping
from typing import Protocol

from render_manager.domain.changes import FrameChange, FrameResult
from render_manager.domain.frameset import FrameSet
from render_manager.domain.health import Mark
from render_manager.domain.job_parts import FrameMemory, JobStep
from render_manager.domain.states import FrameState, frame_may_become
from render_manager.domain.texts import gettext as _


class HasFrames(Protocol):
    """What a job shows of itself to those who move its frames."""

    @property
    def id(self) -> int:
        """Return the job's number."""
        ...

    @property
    def frames(self) -> FrameMemory:
        """Return the job's frames, loaded."""
        ...

    @property
    def counts(self) -> dict[FrameState, int]:
        """Return how many frames are in each state."""
        ...


def move(
    job: HasFrames,
    step: JobStep,
    index: int,
    after: FrameState,
    *,
    reason: str = "",
    result: FrameResult | None = None,
    retry_at: float | None = None,
    forced: bool | None = None,
) -> bool:
    """Take one frame to another state if that is allowed; return whether it was."""
    memory = job.frames
    before = memory.states.at(index)
    if not frame_may_become(before, after):
        return False
    number = memory.states.frames.numbers[index]
    memory.states.fill(index, index, after)
    job.counts[before] -= 1
    job.counts[after] += 1
    if retry_at is None:
        memory.retry_at.pop(number, None)
    else:
        memory.retry_at[number] = retry_at
    if forced is False:
        memory.forced.discard(number)
    marks = _marks_after(before, result)
    if after is FrameState.COMPLETED and marks:
        memory.marked.add(number)
    else:
        memory.marked.discard(number)
    step.frames.append(
        FrameChange(
            job_id=job.id,
            runs=((number, number),),
            count=1,
            before=before,
            after=after,
            reason=reason,
            attempts=memory.attempts[index],
            failures=memory.failures.get(number, 0),
            retry_at=retry_at,
            forced=forced,
            result=result,
            marks=marks,
        )
    )
    return True


def _marks_after(before: FrameState, result: FrameResult | None) -> frozenset[Mark] | None:
    """Return the marks a frame has after a step; a picture that is rendered again leaves none."""
    if result is not None:
        return result.portrait.marks
    return frozenset() if before is FrameState.COMPLETED else None


def move_many(
    job: HasFrames,
    step: JobStep,
    before: FrameState,
    after: FrameState,
    *,
    wanted: FrameSet | None,
    reason: str,
    spared: frozenset[int] = frozenset(),
    failures: int | None = None,
    forced: bool | None = None,
) -> int:
    """Take all wanted frames in `before` to `after`; return how many went."""
    assert frame_may_become(before, after), f"{before} to {after}"
    memory = job.frames
    if spared and wanted is None:
        wanted = memory.states.frames
    if spared and wanted is not None and any(frame in wanted for frame in spared):
        wanted = FrameSet.of([frame for frame in wanted if frame not in spared])
    runs = list(memory.states.runs(before, wanted))
    if not runs:
        return 0
    numbers = memory.states.frames.numbers
    count = 0
    for first, last in runs:
        memory.states.fill(first, last, after)
        count += last - first + 1
    spans = tuple((numbers[first], numbers[last]) for first, last in runs)
    forget(job, spans, failures=failures, forced=forced)
    job.counts[before] -= count
    job.counts[after] += count
    step.frames.append(
        FrameChange(
            job_id=job.id,
            runs=spans,
            count=count,
            before=before,
            after=after,
            reason=reason,
            failures=failures,
            forced=forced,
            marks=_marks_after(before, None),
        )
    )
    return count


def forget(
    job: HasFrames, spans: tuple[tuple[int, int], ...], *, failures: int | None, forced: bool | None
) -> None:
    """Drop the waits of frames, their failures where those count as 0 now, and note which are forced."""
    memory = job.frames
    for first, last in spans:
        for table, stale in ((memory.retry_at, True), (memory.failures, failures == 0)):
            for number in [number for number in table if first <= number <= last] if stale else ():
                del table[number]
        memory.marked -= {number for number in memory.marked if first <= number <= last}
        if forced is False:
            memory.forced -= {number for number in memory.forced if first <= number <= last}
    if forced:
        states = memory.states.frames
        for first, last in spans:
            start, end = states.index(first), states.index(last)
            memory.forced.update(states.numbers[start : end + 1])


def wait_again(job: HasFrames, step: JobStep, waits: Mapping[int, float], *, wanted: FrameSet) -> None:
    """Have pending frames wait for their retry time again."""
    memory = job.frames
    for number, at in waits.items():
        if number not in wanted or memory.states.of(number) is not FrameState.PENDING:
            continue
        memory.retry_at[number] = at
        step.frames.append(
            FrameChange(
                job_id=job.id,
                runs=((number, number),),
                count=1,
                before=FrameState.PENDING,
                after=FrameState.PENDING,
                reason=_("To be tried again."),
                attempts=memory.attempts_of(number),
                failures=memory.failures.get(number, 0),
                retry_at=at,
            )
        )
