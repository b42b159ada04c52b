"""The events that scripts read, made from change sets; names and fields are public and stay.

One dictionary an event, ready for JSON. `docs/events.md` describes them.
"""

from collections.abc import Iterator
from typing import Any

from render_manager.domain import facts
from render_manager.domain.changes import ChangeSet
from render_manager.domain.facts import Fact

Event = dict[str, Any]


def events_of(changes: ChangeSet) -> Iterator[Event]:
    """Yield what happened in a change set, in order; progress after the facts."""
    for fact in changes.facts:
        yield _event(fact)
    for (job_id, frame), progress in changes.progress.items():
        if progress is not None:
            yield {
                "event": "frame_progress",
                "job": job_id,
                "frame": frame,
                "percent": progress.percent,
                "phase": progress.phase,
            }
    for notice in changes.notices:
        if notice.text:
            yield {"event": "notice", "code": notice.code, "text": notice.text, "token": notice.token}


def _event(fact: Fact) -> Event:
    match fact:
        case facts.JobSubmitted():
            return {"event": "job_submitted", "job": fact.job_id, "frames": fact.frames}
        case facts.FrameStarted():
            return {
                "event": "frame_started",
                "job": fact.job_id,
                "frame": fact.frame,
                "attempt": fact.attempt,
            }
        case facts.FrameCompleted():
            return {
                "event": "frame_completed",
                "job": fact.job_id,
                "frame": fact.frame,
                "attempt": fact.attempt,
                "outputs": list(fact.outputs),
                "seconds": fact.seconds,
                "note": fact.note,
            }
        case facts.FrameFailed():
            return {
                "event": "frame_failed",
                "job": fact.job_id,
                "frame": fact.frame,
                "attempt": fact.attempt,
                "reason": fact.reason,
                "advice": fact.advice,
                "code": fact.code,
                "will_retry": fact.will_retry,
                "retry_delay_s": fact.retry_delay_s,
            }
        case facts.FramesCancelled():
            return {"event": "frames_cancelled", "job": fact.job_id, "count": fact.count}
        case facts.FramesSkipped():
            return {
                "event": "frames_skipped",
                "job": fact.job_id,
                "count": fact.count,
                "reason": fact.reason,
            }
        case facts.FramesBlocked():
            return {
                "event": "frames_blocked",
                "job": fact.job_id,
                "count": fact.count,
                "reason": fact.reason,
            }
        case facts.EngineWarned():
            return {
                "event": "engine_warned",
                "job": fact.job_id,
                "frame": fact.frame,
                "text": fact.text,
                "advice": fact.advice,
            }
        case facts.SceneChanged():
            return {
                "event": "scene_changed",
                "job": fact.job_id,
                "version": fact.version,
                "older_frames": fact.older_frames,
            }
        case facts.FramesInterrupted():
            return {
                "event": "frames_interrupted",
                "job": fact.job_id,
                "frames": list(fact.frames),
                "last_seen_at": fact.last_seen_at,
            }
        case facts.JobFinished():
            return {
                "event": "job_finished",
                "job": fact.job_id,
                "state": fact.state.value,
                "completed": fact.completed,
                "failed": fact.failed,
                "cancelled": fact.cancelled,
                "skipped": fact.skipped,
            }
