"""What a job takes down without a frame changing its state: reasons, scene versions, marks, new options.

Handlers of `Job.apply`, on the owner's thread.
"""

from dataclasses import replace
from typing import Protocol

from render_manager.domain import events, facts
from render_manager.domain.changes import FrameChange
from render_manager.domain.diagnosis import Diagnosis, FailureReason
from render_manager.domain.frame_moves import HasFrames
from render_manager.domain.health import Mark
from render_manager.domain.job_parts import JobRecord, JobStep
from render_manager.domain.jobspec import JobSpec
from render_manager.domain.states import FrameState


class HasNotes(HasFrames, Protocol):
    """What a job shows of itself to those who take down notes about it."""

    spec: JobSpec
    record: JobRecord


def count_failure(record: JobRecord, diagnosis: Diagnosis) -> None:
    """Count a failed attempt by its reason."""
    before = record.failure_reasons.get(diagnosis.code)
    count = 1 if before is None else before.count + 1
    record.failure_reasons[diagnosis.code] = FailureReason(count, diagnosis.text)


def frames_marked(job: HasNotes, event: events.FramesMarked, _now: float, step: JobStep) -> None:
    """Give finished frames the marks that a look at their neighbours gave."""
    for frame, marks in event.marks.items():
        if job.frames.states.of(frame) is FrameState.COMPLETED:
            step.frames.append(
                FrameChange(
                    job_id=job.id,
                    runs=((frame, frame),),
                    count=1,
                    before=FrameState.COMPLETED,
                    after=FrameState.COMPLETED,
                    marks=marks,
                )
            )
            if marks:
                job.frames.marked.add(frame)
            else:
                job.frames.marked.discard(frame)
            tell_marks(job.id, frame, marks, step)


def tell_marks(job_id: int, frame: int, marks: frozenset[Mark], step: JobStep) -> None:
    """Tell that something is odd about a picture, if there is."""
    if marks:
        step.facts.append(facts.FrameMarked(job_id, frame, tuple(sorted(marks))))


def scene_seen(job: HasNotes, event: events.SceneSeen, _now: float, step: JobStep) -> None:
    """Take down the state of the scene file, and tell when it is not the one of earlier frames."""
    known = job.record.scene_versions
    if known and known[-1].digest == event.version.digest:
        job.record.scene_versions = (*known[:-1], event.version)
        return
    job.record.scene_versions = (*known, event.version)
    older = job.counts[FrameState.COMPLETED]
    if known and older:
        step.facts.append(facts.SceneChanged(job.id, len(known) + 1, older))


def job_changed(job: HasNotes, event: events.JobChanged, _now: float, _step: JobStep) -> None:
    """Take other options and limits."""
    options = job.spec.options if event.options is None else dict(event.options)
    limits = job.spec.limits if event.limits is None else event.limits
    job.spec = replace(job.spec, options=options, limits=limits)
