"""After a crash: what is told, the minute to look, and what each answer does."""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from qt.support import FakeReader, Posts, make_job
from render_manager.domain.changes import WAITING_NOTICE, ChangeSet, Notice
from render_manager.domain.commands import HoldQueue
from render_manager.domain.facts import FramesInterrupted
from render_manager.night import Night
from render_manager.system.paths import app_paths
from render_manager.system.settings import Settings
from render_manager.ui.bridge import Bridge
from render_manager.ui.crash_bar import CrashBar
from render_manager.ui.main_window import MainWindow
from render_manager.ui.resuming import COUNTDOWN_S, ResumeBar, Resuming, interruption_text

AT = time.mktime((2026, 3, 7, 2, 14, 0, 0, 0, -1))
NOW = time.mktime((2026, 3, 7, 8, 0, 0, 0, 0, -1))


def found(*facts: FramesInterrupted) -> ChangeSet:
    jobs = {fact.job_id: make_job(fact.job_id) for fact in facts}
    return ChangeSet(jobs=jobs, facts=facts, notices=(Notice(WAITING_NOTICE, ""),))


@pytest.fixture
def night(window: MainWindow, posts: Posts, tmp_path: Path) -> Iterator[Night]:
    bridge = Bridge()
    bridge.connect_to(posts)

    def spawn(work: Any) -> None:
        work.close()

    async def at_desk(function: Any) -> Any:
        return function()

    night = Night(
        window=lambda: window, bridge=bridge, paths=app_paths(tmp_path), spawn=spawn, at_desk=at_desk
    )
    night.attach(window)
    yield night
    night.end()


def bar_of(window: MainWindow) -> ResumeBar:
    bar = window.findChild(ResumeBar)
    assert bar is not None
    return bar


def test_one_job_is_told_with_its_frames_and_the_time() -> None:
    text = interruption_text([FramesInterrupted(1, (41, 42), AT)], {1: "shot_010"}, NOW)
    assert text == "1 job was interrupted at 02:14. To be rendered again: frames 41-42 of shot_010."


def test_of_many_jobs_two_are_named_and_another_day_is_told() -> None:
    facts = [FramesInterrupted(number, (number,), AT - number) for number in (1, 2, 3, 4)]
    text = interruption_text(facts, {1: "a", 2: "b", 3: "c", 4: "d"}, NOW + 86400)
    assert text == (
        "4 jobs were interrupted at 2026-03-07 02:13. "
        "To be rendered again: frame 1 of a; frame 2 of b; 2 frames of other jobs."
    )


def test_it_counts_down_and_goes_on_by_itself(night: Night, window: MainWindow, posts: Posts) -> None:
    night.resuming.begin(goes_on=True)
    night.resuming.take(found(FramesInterrupted(1, (41,), AT)), NOW)
    bar = bar_of(window)
    assert not bar.isHidden()
    assert f"It goes on in {COUNTDOWN_S} s." in bar.text.text()
    assert window.hold.is_held
    assert "paused" not in window.banner.text(), "the bar says it already"
    for _second in range(COUNTDOWN_S):
        assert not posts.given
        night.resuming._tick()
    assert posts.given == [HoldQueue(False)]
    assert bar.isHidden()
    assert not window.hold.is_held


def test_whoever_looks_first_finds_a_paused_queue(
    night: Night, window: MainWindow, posts: Posts, qtbot: QtBot
) -> None:
    night.resuming.begin(goes_on=True)
    night.resuming.take(found(FramesInterrupted(1, (41,), AT)), NOW)
    bar = bar_of(window)
    qtbot.mouseClick(bar.buttons[1], Qt.MouseButton.LeftButton)
    assert bar.isHidden()
    assert not night.resuming._second.isActive()
    assert window.hold.is_held
    assert "paused" in window.banner.text()
    assert not posts.given, "the owner holds it already"
    window.actions_by_name["hold"].trigger()
    assert posts.given == [HoldQueue(False)]


def test_continue_goes_on_at_once(night: Night, window: MainWindow, posts: Posts, qtbot: QtBot) -> None:
    night.resuming.begin(goes_on=False)
    night.resuming.take(found(FramesInterrupted(1, (41,), AT)), NOW)
    bar = bar_of(window)
    assert "It goes on in" not in bar.text.text(), "only when the user says so"
    qtbot.mouseClick(bar.buttons[0], Qt.MouseButton.LeftButton)
    assert posts.given == [HoldQueue(False)]
    assert not window.hold.is_held


def test_letting_the_queue_go_on_in_the_tool_bar_is_an_answer(
    night: Night, window: MainWindow, posts: Posts
) -> None:
    night.resuming.begin(goes_on=True)
    night.resuming.take(found(FramesInterrupted(1, (41,), AT)), NOW)
    window.actions_by_name["hold"].trigger()
    assert not night.resuming.is_asking
    assert bar_of(window).isHidden()
    assert HoldQueue(False) in posts.given
    assert HoldQueue(True) not in posts.given


def test_a_new_window_asks_the_same_question(night: Night, make_window: Any) -> None:
    night.resuming.begin(goes_on=True)
    night.resuming.take(found(FramesInterrupted(1, (41,), AT)), NOW)
    other = make_window()
    night.attach(other)
    other.hold.show(is_held=True)
    assert not bar_of(other).isHidden()
    assert "paused" not in other.banner.text()


def test_what_is_interrupted_later_in_a_run_asks_nothing(qtbot: QtBot) -> None:
    resuming = Resuming()
    resuming.begin(goes_on=True)
    resuming.take(replace(found(FramesInterrupted(1, (41,), AT)), notices=()), NOW)
    assert not resuming.is_asking
    assert resuming.text() == ""


def finish(work: Any) -> None:
    """Run a coroutine that waits for nothing to its end."""
    with pytest.raises(StopIteration):
        work.send(None)


def test_it_starts_with_the_computer_while_jobs_are_unfinished(
    night: Night, window: MainWindow, reader: FakeReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader.put(make_job(1))
    wanted: list[bool] = []
    monkeypatch.setattr(night._autostart, "want", lambda *, is_wanted: wanted.append(is_wanted))
    monkeypatch.setattr(night, "_spawn", finish)
    window.jobs.apply(ChangeSet(jobs={1: make_job(1)}))
    night.set(Settings())
    night.set(Settings(start_with_computer=True))
    window.jobs.apply(ChangeSet(removed_jobs=(1,)))
    night._look()
    assert wanted == [False, True, False]


def test_a_crash_that_was_dismissed_is_not_told_in_a_new_window(
    night: Night, window: MainWindow, make_window: Any, tmp_path: Path
) -> None:
    night.show_crash(tmp_path / "last-crash.txt")
    bar = window.findChild(CrashBar)
    assert bar is not None
    assert not bar.isHidden()
    bar.buttons[2].click()
    other = make_window()
    night.attach(other)
    again = other.findChild(CrashBar)
    assert again is not None
    assert again.isHidden()


def test_a_database_that_could_not_be_written_at_once_asks_later(qtbot: QtBot) -> None:
    resuming = Resuming()
    resuming.begin(goes_on=True)
    resuming.take(ChangeSet(jobs={1: make_job(1)}), NOW)
    resuming.take(found(FramesInterrupted(1, (41,), AT)), NOW)
    assert resuming.is_asking


def test_settings_say_that_it_goes_on(night: Night) -> None:
    assert Settings().continue_after_start
    assert not Settings().start_with_computer
    assert not Settings(continue_after_start=False).continue_after_start
