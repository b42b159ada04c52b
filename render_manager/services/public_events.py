"""The events that scripts read, made from change sets; names and fields are public and stay.

One dictionary an event, ready for JSON. `docs/events.md` describes them.
"""

from collections.abc import Iterator
from dataclasses import fields
from enum import Enum
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
    values = {field.name: _plain(getattr(fact, field.name)) for field in fields(fact)}
    return {"event": _NAMES[type(fact)], "job": values.pop("job_id"), **values}


def _plain(value: Any) -> Any:
    """Return a value of a fact as JSON has it."""
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return value.value if isinstance(value, Enum) else value


_NAMES: dict[type, str] = {
    facts.JobSubmitted: "job_submitted",
    facts.FrameStarted: "frame_started",
    facts.FrameCompleted: "frame_completed",
    facts.FrameFailed: "frame_failed",
    facts.FramesCancelled: "frames_cancelled",
    facts.FramesSkipped: "frames_skipped",
    facts.FramesBlocked: "frames_blocked",
    facts.EngineWarned: "engine_warned",
    facts.FrameMarked: "frame_marked",
    facts.SceneChanged: "scene_changed",
    facts.FramesInterrupted: "frames_interrupted",
    facts.JobFinished: "job_finished",
}
"""Fields of an event are those of its fact; a new one in `domain.facts` is public at once."""
