"""Fix and retry, frames of an older scene again, the limits of a job, and marks in words."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from qt.support import FakeReader, Posts, make_job
from render_manager.domain import commands
from render_manager.domain.changes import ChangeSet, FrameChange, FrameResult
from render_manager.domain.diagnosis import FailureReason
from render_manager.domain.facts import SceneChanged
from render_manager.domain.frameset import FrameSet
from render_manager.domain.health import Mark, mark_sentences
from render_manager.domain.limits import Limits
from render_manager.domain.scene_version import SceneVersion
from render_manager.domain.states import FrameState, JobState
from render_manager.engines.preparing import JobRequest
from render_manager.ui.draft_choices import choices_from, choices_of, fill_in
from render_manager.ui.main_window import MainWindow
from render_manager.ui.submit_draft import Draft
from render_manager.ui.submit_form import SubmitForm

RESULT = FrameResult((), "", 1.0)
OUT_OF_GPU_MEMORY = {"gpu-out-of-memory": FailureReason(3, "The graphics card is out of memory.")}


@pytest.fixture(autouse=True)
def known(reader: FakeReader) -> None:
    job = make_job(1)
    reader.put(job, *[FrameState.FAILED] * job.total_frames)


def failed_job(**values: Any) -> Any:
    job = make_job(1)
    counts = dict.fromkeys(FrameState, 0) | {FrameState.FAILED: 3, FrameState.COMPLETED: job.total_frames - 3}
    return replace(
        job,
        **{"engine": "blender", "state": JobState.FAILED, "counts": counts, **values},
    )


def test_a_known_fix_has_its_name_in_the_menu_and_does_what_it_says(window: MainWindow, posts: Posts) -> None:
    window.apply(ChangeSet(jobs={1: failed_job(failure_reasons=OUT_OF_GPU_MEMORY, options={"samples": 4})}))
    window.jobs.select_job(1)
    action = window.actions_by_name["job_fix"]
    assert action.isEnabled()
    assert action.text() == "Render on the CPU and retry"
    action.trigger()
    assert posts.plain[-2:] == [
        commands.ChangeJob(1, {"samples": 4, "device": "CPU"}, Limits()),
        commands.RetryFrames(1, failed_only=True),
    ]


def test_fewer_at_once_for_a_full_memory(window: MainWindow, posts: Posts) -> None:
    reasons = {"out-of-memory": FailureReason(1, "Out of memory.")}
    window.orders.fixes.count_slots_by(lambda _engine: 2)
    window.apply(ChangeSet(jobs={1: failed_job(failure_reasons=reasons)}))
    window.jobs.select_job(1)
    window.actions_by_name["job_fix"].trigger()
    assert posts.plain[-3] == commands.SetSlots(1, "blender")


def test_without_a_known_fix_it_says_so(window: MainWindow) -> None:
    reasons = {"no-camera": FailureReason(3, "There is no camera.")}
    window.apply(ChangeSet(jobs={1: failed_job(failure_reasons=reasons)}))
    window.jobs.select_job(1)
    action = window.actions_by_name["job_fix"]
    assert not action.isEnabled()
    assert "No change is known" in action.toolTip()


def test_the_fix_stands_beside_a_failed_frame(qtbot: QtBot, window: MainWindow, reader: FakeReader) -> None:
    job = failed_job(failure_reasons=OUT_OF_GPU_MEMORY)
    reader.put(job, *[FrameState.FAILED] * job.total_frames)
    window.read_from(reader)
    window.show()
    window.apply(ChangeSet(jobs={1: job}))
    window.jobs.select_job(1)
    window.inspector.show_frame(1, 5)
    qtbot.waitUntil(window.inspector.fix.isVisible)
    assert window.inspector.fix.text() == "Render on the CPU and retry"
    window.inspector.show_frame(None, None)
    assert not window.inspector.fix.isVisible()


def test_frames_of_an_older_scene_are_rendered_again(
    qtbot: QtBot, window: MainWindow, posts: Posts, reader: FakeReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[int, int]] = []

    def older(job_id: int, version: int) -> FrameSet:
        asked.append((job_id, version))
        return FrameSet.parse("1-40")

    monkeypatch.setattr(reader, "older_frames", older, raising=False)
    window.read_from(reader)
    versions = (SceneVersion(1, 1, "a"), SceneVersion(2, 2, "b"))
    job = failed_job(scene_versions=versions)
    reader.put(job, *[FrameState.COMPLETED] * job.total_frames)
    window.apply(ChangeSet(jobs={1: job}, facts=(SceneChanged(1, 2, 40),)))
    window.jobs.select_job(1)
    assert "40 frames are from the older one" in window.jobs.model.warnings(1)[0]
    window.actions_by_name["job_older"].trigger()
    qtbot.waitUntil(lambda: commands.RetryFrames(1, FrameSet.parse("1-40")) in posts.plain)
    assert asked == [(1, 2)]


def test_a_scene_that_did_not_change_has_no_older_frames(window: MainWindow) -> None:
    window.apply(ChangeSet(jobs={1: failed_job(scene_versions=(SceneVersion(1, 1, "a"),))}))
    window.jobs.select_job(1)
    assert not window.actions_by_name["job_older"].isEnabled()


def test_limits_go_through_the_form(qtbot: QtBot) -> None:
    form = SubmitForm()
    qtbot.addWidget(form)
    limits = Limits(silence_s=600.0, memory_bytes=8 << 30, start_s=5.0, failures=7)
    draft = Draft(JobRequest(Path("/s/a.blend"), limits=limits, keeps_copy=True))
    form.fill(draft, 5, 3)
    assert (form.limits.silence.value(), form.limits.frame.value(), form.limits.memory.value()) == (10, 0, 8)
    assert form.take(draft).limits == limits
    edits: list[None] = []
    form.edited.connect(lambda: edits.append(None))
    form.limits.frame.setValue(30)
    form.limits.copy.setChecked(False)
    request = form.take(draft)
    assert (request.limits.frame_s, request.keeps_copy, len(edits)) == (1800.0, False, 2)
    assert "(3 set)" in form.more.text()


def test_limits_are_remembered_with_a_scene() -> None:
    draft = Draft(JobRequest(Path("/s/a.blend"), limits=Limits(frame_s=60.0), keeps_copy=True))
    found = choices_from(choices_of(draft, at=1.0).to_json())
    assert found is not None
    other = Draft(JobRequest(Path("/s/b.blend")))
    fill_in(other, found, keeps_output=False)
    assert (other.request.limits, other.request.keeps_copy) == (Limits(frame_s=60.0), True)
    nonsense = choices_from({"limits": {"frame_s": "long", "silence_s": -1, "zzz": 3, "failures": True}})
    assert nonsense is not None
    assert nonsense.limits == Limits()


def test_marks_come_and_go_in_the_grid(qtbot: QtBot, window: MainWindow, reader: FakeReader) -> None:
    window.read_from(reader)
    job = make_job(1)
    reader.put(job, *[FrameState.RENDERING] * job.total_frames)
    window.apply(ChangeSet(jobs={1: job}))
    window.jobs.select_job(1)
    model = window.frames.model
    qtbot.waitUntil(lambda: model.rowCount() == job.total_frames)
    done = FrameChange(1, ((3, 3),), 1, FrameState.RENDERING, FrameState.COMPLETED, result=RESULT)
    window.apply(ChangeSet(frames=(done,)))
    marked = FrameChange(
        1, ((3, 3),), 1, FrameState.COMPLETED, FrameState.COMPLETED, marks=frozenset({Mark.OUTLIER})
    )
    place = model.place_of(3)
    assert place is not None
    window.apply(ChangeSet(frames=(marked,)))
    assert model.cell(place).is_marked
    window.actions_by_name["frames_marked"].trigger()
    assert window.frames.selection.frames() == FrameSet.parse("3")
    window.apply(ChangeSet(frames=(replace(marked, marks=frozenset()),)))
    assert not model.cell(place).is_marked
    assert not window.actions_by_name["frames_marked"].isEnabled()


@pytest.mark.parametrize("mark", Mark)
def test_every_mark_has_a_sentence(mark: Mark) -> None:
    (sentence,) = mark_sentences({mark})
    assert sentence.endswith(".")


def test_a_retry_begins_with_the_log_of_the_failure(
    qtbot: QtBot, window: MainWindow, reader: FakeReader
) -> None:
    job = failed_job()
    reader.put(job, FrameState.COMPLETED, FrameState.FAILED, FrameState.FAILED)
    window.read_from(reader)
    window.apply(ChangeSet(jobs={1: job}))
    window.jobs.select_job(1)
    qtbot.waitUntil(lambda: window.frames.model.rowCount() == job.total_frames)
    window.actions_by_name["job_retry"].trigger()
    assert window.inspector.shown == (1, 2)


def test_fewer_at_once_is_a_setting_where_there_is_one(window: MainWindow, posts: Posts) -> None:
    limited: list[tuple[str, int]] = []
    window.orders.fixes.count_slots_by(
        lambda _engine: 2, lambda engine, slots: limited.append((engine, slots))
    )
    reasons = {"out-of-memory": FailureReason(1, "Out of memory.")}
    window.apply(ChangeSet(jobs={1: failed_job(failure_reasons=reasons)}))
    window.jobs.select_job(1)
    window.actions_by_name["job_fix"].trigger()
    assert limited == [("blender", 1)]
    assert not [one for one in posts.plain if isinstance(one, commands.SetSlots)]
