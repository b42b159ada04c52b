"""Coming back: the bar, the page with what was done, its buttons, the report, and when the user was there."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from qt.support import FakeReader, Posts, make_job, save_picture, with_counts
from render_manager.domain.commands import RetryFrames
from render_manager.domain.morning import FailureGroup, JobNight, Morning, Shown
from render_manager.domain.states import JobState
from render_manager.night import Night
from render_manager.services.morning import MorningDesk
from render_manager.system.json_store import JsonStore
from render_manager.system.paths import app_paths
from render_manager.system.settings import Settings
from render_manager.system.visits import Visits
from render_manager.ui.attendance import AWAY_S, Attendance
from render_manager.ui.bars import NoticeBar
from render_manager.ui.bridge import Bridge
from render_manager.ui.main_window import MainWindow
from render_manager.ui.morning_page import MorningPage

FAILED = replace(with_counts(make_job(2), completed=7, failed=3), state=JobState.FAILED)
DONE = replace(with_counts(make_job(1), completed=10), state=JobState.COMPLETED)


def nights(folder: Path) -> list[JobNight]:
    picture = save_picture(folder / "thumb.jpg")
    failure = FailureGroup("There is no camera.", "Add one.", "no-camera", 3, (8, 9, 10))
    return [
        JobNight(DONE, completed=10, tries=10, seconds=100.0, pictures=(Shown(1, str(picture)),)),
        JobNight(FAILED, completed=7, failed=3, tries=10, seconds=50.0, failures=(failure,)),
    ]


@pytest.fixture
def night(window: MainWindow, posts: Posts, reader: FakeReader, tmp_path: Path) -> Night:
    bridge = Bridge()
    bridge.connect_to(posts)
    for job in (DONE, FAILED):
        reader.put(job)
        window.jobs.apply(_only(job))

    def spawn(work: Any) -> None:
        work.close()

    async def at_desk(function: Callable[[], Any]) -> Any:
        return function()

    reader.nights = nights(tmp_path)
    night = Night(
        window=lambda: window, bridge=bridge, paths=app_paths(tmp_path), spawn=spawn, at_desk=at_desk
    )
    night.attach(window)
    night.read_from(reader, Settings(), None)  # type: ignore[arg-type]
    return night


def _only(job: Any) -> Any:
    from render_manager.domain.changes import ChangeSet

    return ChangeSet(jobs={job.id: job})


def page_of(window: MainWindow, qtbot: QtBot) -> MorningPage:
    qtbot.waitUntil(lambda: window.findChild(MorningPage) is not None)
    page = window.findChild(MorningPage)
    assert page is not None
    qtbot.waitUntil(lambda: page.morning is not None)
    return page


def words_of(page: MorningPage) -> str:
    return "\n".join(label.text() for label in page.findChildren(QLabel))


def button(page: MorningPage, words: str) -> QPushButton:
    return next(one for one in page.findChildren(QPushButton) if one.text() == words)


def test_the_page_tells_what_failed_first(night: Night, window: MainWindow, qtbot: QtBot) -> None:
    window.actions_by_name["morning"].trigger()
    page = page_of(window, qtbot)
    assert window.pages.currentWidget() is page
    said = words_of(page)
    assert "17 frames done, 3 failed, 1 job completed." in said
    assert "Frames 8-10: There is no camera." in said
    assert "Add one." in said
    assert said.index("shot_002") < said.index("shot_001"), "what needs somebody comes first"
    assert not window.actions_by_name["cancel"].isEnabled(), "no key acts on what is not seen"
    qtbot.waitUntil(lambda: any(not label.pixmap().isNull() for label in page.findChildren(QLabel)))
    qtbot.keyClick(page, Qt.Key.Key_Escape)
    assert not window.pages.is_covered


def test_five_pictures_do_not_widen_a_small_window(
    night: Night, window: MainWindow, reader: FakeReader, tmp_path: Path, qtbot: QtBot
) -> None:
    picture = str(save_picture(tmp_path / "five.jpg"))
    five = tuple(Shown(frame, picture) for frame in range(1, 6))
    reader.nights = [replace(nights(tmp_path)[1], pictures=five)]
    window.resize(window.minimumSizeHint().width(), 600)
    night.show_morning()
    page = page_of(window, qtbot)
    body = page.area.widget()
    assert body is not None
    qtbot.waitUntil(lambda: body.minimumSizeHint().width() > 0)
    assert body.minimumSizeHint().width() <= page.area.viewport().width()
    assert page.area.horizontalScrollBar().maximum() == 0


def test_retry_renders_again_and_shows_the_last_log(
    night: Night, window: MainWindow, posts: Posts, qtbot: QtBot
) -> None:
    night.show_morning()
    page = page_of(window, qtbot)
    shown: list[tuple[int, int]] = []
    page.frame_wanted.connect(lambda job, frame: shown.append((job, frame)))
    button(page, "Retry failed").click()
    assert posts.given == [RetryFrames(2, failed_only=True)]
    assert shown == [(2, 10)]
    assert not window.pages.is_covered
    current = window.jobs.current_job()
    assert current is not None
    assert current.id == 2


def test_other_stretches_of_time_can_be_chosen(night: Night, window: MainWindow, qtbot: QtBot) -> None:
    night.show_morning()
    page = page_of(window, qtbot)
    assert page.morning is not None
    first = page.morning.since
    page.since.setCurrentIndex(3)
    page.since.activated.emit(3)
    qtbot.waitUntil(lambda: page.morning is not None and page.morning.since < first)


def test_the_report_is_copied_and_saved(
    night: Night, window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    night.show_morning()
    page = page_of(window, qtbot)
    page.copy_button.click()
    assert "There is no camera." in QGuiApplication.clipboard().text()
    met: list[str] = []
    page.problem_met.connect(met.append)
    page.save_to(tmp_path / "report.html")
    page.save_to(tmp_path / "report.txt")
    page.save_to(tmp_path / "thumb.jpg" / "no-folder.html")
    qtbot.waitUntil(lambda: len(met) == 3)
    assert sum(bool(one) for one in met) == 1
    assert "data:image/jpeg;base64," in (tmp_path / "report.html").read_text("utf-8")
    assert "no camera" in (tmp_path / "report.txt").read_text("utf-8")


def test_who_comes_back_is_told_what_was_done(night: Night, window: MainWindow, qtbot: QtBot) -> None:
    bar = window.findChild(NoticeBar, "away_bar")
    assert bar is not None
    night.attendance.came_back.emit(5.0)
    qtbot.waitUntil(lambda: not bar.isHidden())
    assert bar.text.text() == "While you were away: 17 frames done, 3 failed, 1 job completed."
    bar.buttons[0].click()
    page = page_of(window, qtbot)
    assert page.morning is not None
    assert page.morning.since == 5.0
    assert bar.isHidden()


def test_who_comes_back_to_nothing_is_told_nothing(
    night: Night, window: MainWindow, reader: FakeReader, qtbot: QtBot
) -> None:
    reader.nights = []
    night.attendance.came_back.emit(5.0)
    done: list[object] = []
    window.errands.run(lambda: None, done.append)
    qtbot.waitUntil(lambda: bool(done))
    bar = window.findChild(NoticeBar, "away_bar")
    assert bar is not None
    assert bar.isHidden()


class Desk:
    """A pointer and a clock."""

    def __init__(self) -> None:
        self.place, self.now = (0, 0), 1000.0
        self.attendance = Attendance(pointer=lambda: self.place, clock=lambda: self.now)
        self.back: list[float] = []
        self.seen: list[float] = []
        self.attendance.came_back.connect(self.back.append)
        self.attendance.seen.connect(self.seen.append)

    def move(self) -> None:
        self.place = (self.place[0] + 1, 0)
        self.attendance.look()


def test_a_pointer_that_moves_after_an_hour_is_somebody_coming_back(qtbot: QtBot) -> None:
    desk = Desk()
    desk.attendance.begin(None)
    desk.move()
    desk.now += AWAY_S / 2
    desk.move()
    assert not desk.back
    last = desk.now
    for _look in range(3):
        desk.now += AWAY_S
        desk.attendance.look()
    assert not desk.back, "nobody moved it"
    desk.move()
    assert desk.back == [last]


def test_an_absence_goes_over_a_restart(qtbot: QtBot, tmp_path: Path) -> None:
    visits = Visits(JsonStore(tmp_path / "visits.json"))
    assert visits.begin(100.0) is None
    visits.seen(200.0)
    assert visits.begin(50_000.0) == 200.0
    assert visits.starts(0.0, 60_000.0) == (100.0, 50_000.0)
    desk = Desk()
    desk.now = 50_000.0
    desk.attendance.begin(200.0)
    assert not desk.back, "the computer started it, not the user"
    desk.move()
    assert desk.back == [200.0]


def test_a_window_that_is_chosen_is_a_sign_of_life_but_not_at_its_start(
    window: MainWindow, qtbot: QtBot
) -> None:
    from PySide6.QtCore import QEvent
    from PySide6.QtWidgets import QApplication

    desk = Desk()
    desk.attendance.begin(1000.0)
    desk.attendance.watch(window)
    desk.now += 2 * AWAY_S
    QApplication.sendEvent(window, QEvent(QEvent.Type.WindowActivate))
    assert not desk.back
    QApplication.sendEvent(window, QEvent(QEvent.Type.WindowActivate))
    assert desk.back == [1000.0]
    assert len(desk.seen) == 1


def test_the_desk_finds_the_movie_beside_the_frames(reader: FakeReader, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "shot.mp4").touch()
    reader.nights = [JobNight(replace(DONE, output_dir=folder)), JobNight(replace(DONE, output_dir=tmp_path))]
    desk = MorningDesk(reader, Visits(JsonStore(tmp_path / "visits.json")))
    morning: Morning = desk.collect(0.0, 1.0)
    assert [night.movie for night in morning.jobs] == [str(folder / "shot.mp4"), ""]
