"""The events that scripts read: every name and field that was promised, and nothing that is no JSON."""

import json
from typing import Any, get_args

import pytest
from support.jobs import make_job

from render_manager.domain import facts
from render_manager.domain.changes import ChangeSet, FrameProgress, Notice
from render_manager.domain.health import Mark
from render_manager.domain.states import JobState
from render_manager.services.public_events import events_of
from render_manager.services.updates import JobBrief, Update

CASES: list[tuple[Any, dict[str, Any]]] = [
    (facts.JobSubmitted(3, 10), {"event": "job_submitted", "job": 3, "frames": 10}),
    (facts.FrameStarted(3, -5, 2), {"event": "frame_started", "job": 3, "frame": -5, "attempt": 2}),
    (
        facts.FrameCompleted(3, 4, 1, ("/a.png", "/b.exr"), 1.5),
        {
            "event": "frame_completed",
            "job": 3,
            "frame": 4,
            "attempt": 1,
            "outputs": ["/a.png", "/b.exr"],
            "seconds": 1.5,
            "note": "",
        },
    ),
    (
        facts.FrameFailed(3, 4, 1, "No camera.", "Set one.", "no-camera", True, 60.0),
        {
            "event": "frame_failed",
            "job": 3,
            "frame": 4,
            "attempt": 1,
            "reason": "No camera.",
            "advice": "Set one.",
            "code": "no-camera",
            "will_retry": True,
            "retry_delay_s": 60.0,
        },
    ),
    (
        facts.FramesInterrupted(3, (41, 42), 9.5),
        {"event": "frames_interrupted", "job": 3, "frames": [41, 42], "last_seen_at": 9.5},
    ),
    (facts.FramesCancelled(3, 2), {"event": "frames_cancelled", "job": 3, "count": 2}),
    (
        facts.FramesSkipped(3, 2, "There already."),
        {"event": "frames_skipped", "job": 3, "count": 2, "reason": "There already."},
    ),
    (
        facts.FramesBlocked(3, 2, "Not installed."),
        {"event": "frames_blocked", "job": 3, "count": 2, "reason": "Not installed."},
    ),
    (
        facts.EngineWarned(3, None, "Texture missing.", "Find it."),
        {
            "event": "engine_warned",
            "job": 3,
            "frame": None,
            "text": "Texture missing.",
            "advice": "Find it.",
        },
    ),
    (
        facts.JobFinished(3, JobState.FAILED, 5, 1, 2, 3),
        {
            "event": "job_finished",
            "job": 3,
            "state": "failed",
            "completed": 5,
            "failed": 1,
            "cancelled": 2,
            "skipped": 3,
        },
    ),
    (
        facts.FrameMarked(3, 7, (Mark.BLACK, Mark.OUTLIER)),
        {"event": "frame_marked", "job": 3, "frame": 7, "marks": ["black", "outlier"]},
    ),
    (
        facts.SceneChanged(3, 2, 40),
        {"event": "scene_changed", "job": 3, "version": 2, "older_frames": 40},
    ),
]


def test_no_fact_is_forgotten() -> None:
    assert {type(fact) for fact, _event in CASES} == set(get_args(facts.Fact))


@pytest.mark.parametrize(("fact", "event"), CASES, ids=lambda value: type(value).__name__)
def test_facts_become_events(fact: facts.Fact, event: dict[str, Any]) -> None:
    (found,) = events_of(ChangeSet(facts=(fact,)))
    assert found == event
    assert json.loads(json.dumps(found)) == event


def test_progress_and_notices() -> None:
    changes = ChangeSet(
        progress={(3, 4): FrameProgress(3, 4, 12.5, "sampling", 1.0), (3, 5): None},
        notices=(Notice("store", "The disk is full."), Notice("store", "")),
        facts=(facts.FrameStarted(3, 4, 1),),
    )
    assert [event["event"] for event in events_of(changes)] == ["frame_started", "frame_progress", "notice"]
    assert list(events_of(changes))[1:] == [
        {"event": "frame_progress", "job": 3, "frame": 4, "percent": 12.5, "phase": "sampling"},
        {"event": "notice", "code": "store", "text": "The disk is full.", "token": ""},
    ]


def test_updates_come_back_from_the_wire() -> None:
    job = make_job("1-4", name="Küche 影")
    changes = ChangeSet(
        jobs={1: job.snapshot()}, facts=tuple(fact for fact, _event in CASES), removed_jobs=(7,)
    )
    update = Update.of(changes)
    again = Update.from_json(json.loads(json.dumps(update.to_json())))
    assert again == update
    assert again.removed == (7,)
    (brief,) = again.jobs
    assert (brief.state, brief.total, brief.done, brief.is_finished) == (JobState.PENDING, 4, 0, False)
    assert brief == JobBrief.of(job.snapshot())


@pytest.mark.parametrize(
    "values", [{}, {"jobs": [{}], "events": []}, {"jobs": 3}, {"jobs": [{"state": "x"}]}]
)
def test_updates_that_are_none_are_refused(values: dict[str, Any]) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        Update.from_json(values)
