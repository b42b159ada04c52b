"""The page before one leaves: findings as they come, buttons that mend, a frame for a test."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from qt.support import FakeReader, Posts, make_job, with_counts
from render_manager.departure import Departure
from render_manager.domain.changes import ChangeSet
from render_manager.domain.commands import HoldQueue, ResumeJobs
from render_manager.domain.readiness import Finding, Remedy, Weight
from render_manager.domain.states import JobState
from render_manager.engines.catalog import Catalog
from render_manager.system.paths import app_paths
from render_manager.system.settings import Settings
from render_manager.ui.bridge import Bridge
from render_manager.ui.leaving_page import Checkers, LeavingPage
from render_manager.ui.main_window import MainWindow
from render_manager.ui.theme import Theme

FINE = Finding("power", Weight.FINE, "The computer is plugged in.")
STOPS = Finding("scene", Weight.STOPS, "The scene is gone.", "Put it back.", 1, Remedy.SHOW_JOB)


@pytest.fixture
def checkers(qtbot: QtBot) -> Iterator[Checkers]:
    checkers = Checkers()
    yield checkers
    checkers.finish()


@pytest.fixture
def page(theme: Theme, checkers: Checkers, qtbot: QtBot) -> LeavingPage:
    page = LeavingPage(theme=theme, checkers=checkers)
    qtbot.addWidget(page)
    return page


def words_of(page: LeavingPage) -> str:
    return "\n".join(label.text() for label in page.findChildren(QLabel))


def test_findings_come_from_threads_and_the_worst_stands_first(page: LeavingPage, qtbot: QtBot) -> None:
    gate, threads = threading.Event(), set()

    def slow() -> list[Finding]:
        threads.add(threading.current_thread())
        gate.wait(10)
        return [STOPS]

    page.check([lambda: [FINE], slow])
    qtbot.waitUntil(lambda: FINE in page.findings)
    assert "1 check to go" in page.sentence.text()
    gate.set()
    qtbot.waitUntil(lambda: len(page.findings) == 2)
    assert page.sentence.text() == "1 thing would stop the night."
    said = words_of(page)
    assert said.index("The scene is gone.") < said.index("plugged in")
    assert threading.main_thread() not in threads


def test_no_label_shows_markup(page: LeavingPage, qtbot: QtBot) -> None:
    page.check([lambda: [FINE, STOPS]])
    qtbot.waitUntil(lambda: len(page.findings) == 2)
    said = words_of(page).splitlines()
    assert {"stops the night", "in order"} <= set(said)
    assert not [text for text in said if "<" in text or "&" in text]


def test_an_earlier_round_says_nothing_any_more(page: LeavingPage, qtbot: QtBot) -> None:
    gate = threading.Event()
    page.check([lambda: (gate.wait(10) and [STOPS]) or [STOPS]])
    page.check([lambda: [FINE]])
    qtbot.waitUntil(lambda: FINE in page.findings)
    gate.set()
    page._checkers.finish()
    qtbot.wait(20)
    assert page.findings == [FINE]
    assert page.sentence.text() == "Nothing speaks against leaving."


def test_a_test_can_be_stopped_and_its_findings_join_the_others(page: LeavingPage, qtbot: QtBot) -> None:
    page.check([lambda: [FINE]])
    qtbot.waitUntil(lambda: FINE in page.findings)
    stopped = threading.Event()
    page.stop_wanted.connect(stopped.set)
    tried = Finding("test-frame", Weight.FINE, "Frame 1 is whole.")

    def test(report: Callable[[Finding], None]) -> None:
        report(tried)
        stopped.wait(10)

    page.test(test)
    qtbot.waitUntil(lambda: tried in page.findings)
    assert page.is_testing
    qtbot.mouseClick(page.test_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not page.is_testing)
    assert page.findings == [FINE, tried]


def test_what_a_test_finds_counts_though_everything_is_checked_again_meanwhile(
    page: LeavingPage, qtbot: QtBot
) -> None:
    goes_on = threading.Event()
    first = Finding("test-frame", Weight.FINE, "Frame 1 is whole.")
    bad = Finding("test-frame", Weight.STOPS, "Frame 1 of another job cannot be rendered.")

    def test(report: Callable[[Finding], None]) -> None:
        report(first)
        goes_on.wait(10)
        report(bad)

    page.test(test)
    qtbot.waitUntil(lambda: first in page.findings)
    page.check([lambda: [FINE]])
    qtbot.waitUntil(lambda: FINE in page.findings)
    goes_on.set()
    qtbot.waitUntil(lambda: not page.is_testing)
    assert page.findings == [first, FINE, bad]
    assert page.sentence.text() == "1 thing would stop the night."


def test_labels_show_words_and_no_marks_of_html(page: LeavingPage, qtbot: QtBot) -> None:
    page.check([lambda: [FINE, STOPS]])
    qtbot.waitUntil(lambda: len(page.findings) == 2)
    words = [label.text() for label in page.findChildren(QLabel)]
    assert {"stops the night", "in order"} <= set(words)
    assert not [one for one in words if "<" in one or "&" in one]


def test_frames_are_not_tried_while_others_are_rendered(page: LeavingPage) -> None:
    page.allow_test("Frames are being rendered just now.")
    assert not page.test_button.isEnabled()
    assert page.test_button.toolTip() == "Frames are being rendered just now."
    page.allow_test("")
    assert page.test_button.isEnabled()


@pytest.fixture
def departure(window: MainWindow, posts: Posts, reader: FakeReader, tmp_path: Path) -> Iterator[Departure]:
    bridge = Bridge()
    bridge.connect_to(posts)
    departure = Departure(window=lambda: window, bridge=bridge, paths=app_paths(tmp_path))
    departure.attach(window)
    departure.read_from(reader, Settings(), Catalog([]))
    yield departure
    departure.end()


def opened(window: MainWindow, qtbot: QtBot) -> LeavingPage:
    window.actions_by_name["leave"].trigger()
    page = window.findChild(LeavingPage)
    assert page is not None
    qtbot.waitUntil(lambda: page._waiting == 0, timeout=60_000)
    return page


def press(page: LeavingPage, words: str) -> None:
    next(one for one in page.findChildren(QPushButton) if one.text() == words).click()


def test_the_page_finds_what_is_wrong_with_the_queue_and_mends_it(
    departure: Departure,
    window: MainWindow,
    posts: Posts,
    reader: FakeReader,
    qtbot: QtBot,
    tmp_path: Path,
) -> None:
    scene = tmp_path / "shot.blend"
    scene.touch()
    values: dict[str, Any] = {"project_file": scene, "output_dir": tmp_path}
    paused = replace(make_job(1, **values), paused=True, state=JobState.PAUSED)
    reader.put(paused)
    window.apply(ChangeSet(jobs={1: paused}))
    window.hold.toggle()
    page = opened(window, qtbot)
    assert window.pages.currentWidget() is page
    found = {finding.code: finding for finding in page.findings}
    assert found["held"].weight is Weight.STOPS
    assert "is not on this computer" in found["engine"].text or "no engine" in found["engine"].text
    press(page, "Resume")
    assert posts.given[-1] == ResumeJobs((1,))
    resumed = ChangeSet(jobs={1: make_job(1, **values)})
    window.apply(resumed)
    departure.take(resumed)
    qtbot.waitUntil(lambda: page._waiting == 0, timeout=60_000)
    assert all(finding.code != "paused" for finding in page.findings)
    press(page, "Go on")
    assert posts.given[-1] == HoldQueue(False)
    qtbot.waitUntil(lambda: page._waiting == 0, timeout=60_000)
    assert all(finding.code != "held" for finding in page.findings)
    qtbot.keyClick(page, Qt.Key.Key_Escape)
    assert not window.pages.is_covered


def test_while_frames_are_rendered_no_other_is_tried(
    departure: Departure, window: MainWindow, reader: FakeReader, qtbot: QtBot
) -> None:
    reader.put(make_job(1))
    window.apply(ChangeSet(jobs={1: replace(with_counts(make_job(1), rendering=1), state=JobState.RUNNING)}))
    page = opened(window, qtbot)
    assert not page.test_button.isEnabled()
    window.apply(ChangeSet(jobs={1: make_job(1)}))
    departure.allow_test()
    assert page.test_button.isEnabled()
