"""Tray, task bar, notifications, and what happens when everything is rendered."""

import importlib
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPixmap
from PySide6.QtWidgets import QInputDialog, QLineEdit
from pytestqt.qtbot import QtBot
from support.log_watch import LogWatch

from qt.support import FakeReader, Posts, change, make_job, save_picture, with_counts
from render_manager.domain.changes import HELD_NOTICE, ChangeSet, FrameResult, JobSnapshot, Notice
from render_manager.domain.facts import JobFinished
from render_manager.domain.states import FrameState, JobState
from render_manager.ui import presence as presence_module
from render_manager.ui import sound, taskbar
from render_manager.ui.closing import Closing, LastFrames, ask_how_to_close
from render_manager.ui.main_window import MainWindow
from render_manager.ui.overall import Overall, overall_of
from render_manager.ui.pools import Errands
from render_manager.ui.presence import Presence
from render_manager.ui.tray import Tray, progress_pixmap
from render_manager.ui.when_done import COUNTDOWN_S, Afterwards, Wish, afterwards_words, countdown_text

RUNNING = replace(with_counts(make_job(1), completed=4, rendering=1), state=JobState.RUNNING)
DONE = replace(with_counts(make_job(1), completed=10), state=JobState.COMPLETED, reason="", finished_at=9.0)


@pytest.fixture
def awake() -> list[bool]:
    return []


@pytest.fixture
def played(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    played: list[Path] = []
    monkeypatch.setattr(presence_module, "play", played.append)
    return played


@pytest.fixture
def presence(
    window: MainWindow, reader: FakeReader, awake: list[bool], played: list[Path]
) -> Iterator[Presence]:
    reader.put(make_job(1))
    presence = Presence(window=window, keep_awake=awake.append, sound=Path("/done.wav"))
    yield presence
    presence.close()


class FakeTray:
    """Remembers what was told."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str, QPixmap | None]] = []
        self.shown: list[Overall] = []

    def tell(self, title: str, text: str, picture: QPixmap | None) -> None:
        self.told.append((title, text, picture))

    def show(self, overall: Overall) -> None:
        self.shown.append(overall)

    def close(self) -> None:
        pass


def see(window: MainWindow, presence: Presence, *jobs: JobSnapshot, **more: Any) -> None:
    changes = ChangeSet(jobs={job.id: job for job in jobs}, **more)
    window.apply(changes)
    presence.take(changes)
    presence.look()


def test_the_computer_is_kept_awake_only_while_something_renders(
    window: MainWindow, presence: Presence, awake: list[bool]
) -> None:
    see(window, presence, make_job(1))
    see(window, presence, RUNNING)
    see(window, presence, DONE)
    assert awake == [False, True, False]


def test_nothing_happens_when_done_unless_wished(
    window: MainWindow, presence: Presence, played: list[Path]
) -> None:
    see(window, presence, RUNNING)
    see(window, presence, DONE)
    window.when_done._on_settled()
    assert played == [Path("/done.wav")]
    assert window.when_done.seconds_left == 0


def test_the_sound_can_be_turned_off(window: MainWindow, presence: Presence, played: list[Path]) -> None:
    window.when_done_menu.sound.setChecked(False)
    see(window, presence, RUNNING)
    see(window, presence, DONE)
    window.when_done._on_settled()
    assert played == []


def test_the_end_is_waited_for_and_counted_down(qtbot: QtBot, window: MainWindow, presence: Presence) -> None:
    due: list[Wish] = []
    window.when_done.due.connect(due.append)
    window.when_done_menu.choices[Afterwards.SLEEP].trigger()
    see(window, presence, RUNNING)
    assert not window.when_done._settling.isActive()
    see(window, presence, DONE)
    assert window.when_done._settling.isActive()
    window.when_done._on_settled()
    assert window.when_done.seconds_left == COUNTDOWN_S
    for _second in range(COUNTDOWN_S - 1):
        window.when_done._tick()
    assert due == []
    window.when_done._tick()
    assert due == [Wish(Afterwards.SLEEP)]
    assert window.when_done.wish == Wish(), "it is for one run"
    assert window.when_done_menu.choices[Afterwards.NOTHING].isChecked()


def test_any_key_stops_the_countdown(qtbot: QtBot, window: MainWindow, presence: Presence) -> None:
    due: list[Wish] = []
    window.when_done.due.connect(due.append)
    window.when_done_menu.choices[Afterwards.SHUT_DOWN].trigger()
    see(window, presence, RUNNING)
    see(window, presence, DONE)
    window.when_done._on_settled()
    qtbot.keyClick(window.jobs.table, Qt.Key.Key_Space)
    assert window.when_done.seconds_left == 0
    qtbot.keyClick(window.jobs.table, Qt.Key.Key_Space)
    assert not window.when_done._second.isActive()
    assert due == []
    assert window.when_done.wish.what is Afterwards.SHUT_DOWN, "it still holds for the end of the next jobs"


def test_a_key_that_means_something_stops_it_and_does_nothing_else(
    qtbot: QtBot, window: MainWindow, presence: Presence, posts: Posts
) -> None:
    window.when_done_menu.choices[Afterwards.SHUT_DOWN].trigger()
    see(window, presence, RUNNING)
    see(window, presence, DONE)
    window.jobs.select_job(1)
    window.jobs.table.setFocus()
    window.when_done._on_settled()
    qtbot.keyClick(window.jobs.table, Qt.Key.Key_Delete)
    assert window.when_done.seconds_left == 0
    assert window.jobs.model.row_of(1) is not None, "the job is not deleted"
    assert posts.given == []


def test_the_countdown_comes_to_the_front(window: MainWindow, presence: Presence) -> None:
    came: list[bool] = []
    presence.opened.connect(lambda: came.append(True))
    tray = presence.tray = FakeTray()  # type: ignore[assignment]
    window.when_done_menu.choices[Afterwards.SHUT_DOWN].trigger()
    window.hide()
    see(window, presence, RUNNING)
    see(window, presence, DONE)
    window.when_done._on_settled()
    window.when_done._tick()
    assert came == [True]
    assert [text for _title, text, _picture in tray.told] == [
        "Nothing renders any more. The computer shuts down in 60 s."
    ]


def test_a_frame_of_a_paused_job_keeps_the_computer_awake(
    window: MainWindow, presence: Presence, awake: list[bool]
) -> None:
    see(window, presence, replace(RUNNING, state=JobState.PAUSED, paused=True))
    assert awake == [True]
    assert not window.when_done._settling.isActive()


def test_nobody_is_told_of_jobs_they_deleted(
    qtbot: QtBot, window: MainWindow, presence: Presence, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(window, "isActiveWindow", lambda: False)
    tray = presence.tray = FakeTray()  # type: ignore[assignment]
    see(window, presence, RUNNING)
    window.jobs.hide_jobs(frozenset({1}))
    see(window, presence, facts=(JobFinished(1, JobState.CANCELLED, 4, 0, 6, 0),))
    presence._tell()
    assert tray.told == []


def test_further_work_stops_the_countdown(window: MainWindow, presence: Presence) -> None:
    window.when_done_menu.choices[Afterwards.QUIT].trigger()
    see(window, presence, RUNNING)
    see(window, presence, DONE)
    window.when_done._on_settled()
    see(window, presence, make_job(2))
    assert window.when_done.seconds_left == 0


@pytest.mark.parametrize(
    ("jobs", "is_done"),
    [
        ([DONE], True),
        ([DONE, make_job(2)], False),
        ([DONE, replace(make_job(2), state=JobState.PAUSED, paused=True)], True),
        ([DONE, replace(with_counts(make_job(2), rendering=1), state=JobState.PAUSED, paused=True)], False),
        ([DONE, replace(make_job(2), needs_help=True)], True),
    ],
)
def test_what_counts_as_done(
    window: MainWindow, presence: Presence, reader: FakeReader, jobs: list[JobSnapshot], is_done: bool
) -> None:
    reader.put(make_job(2))
    see(window, presence, RUNNING)
    see(window, presence, *jobs)
    assert window.when_done._settling.isActive() is is_done


def test_a_queue_that_the_user_holds_is_not_done(window: MainWindow, presence: Presence) -> None:
    see(window, presence, RUNNING)
    window.hold.toggle()
    see(window, presence, DONE)
    assert not window.when_done._settling.isActive()


def test_a_command_is_asked_for(qtbot: QtBot, window: MainWindow) -> None:
    menu = window.when_done_menu
    menu.choices[Afterwards.COMMAND].trigger()
    dialog = window.findChild(QInputDialog)
    assert dialog is not None
    dialog.setTextValue("upload /show")
    dialog.accept()
    assert window.when_done.wish == Wish(Afterwards.COMMAND, "upload /show")
    menu.choices[Afterwards.COMMAND].trigger()
    for dialog in window.findChildren(QInputDialog):
        dialog.reject()
    assert window.when_done.wish == Wish(Afterwards.COMMAND, "upload /show")


def test_every_choice_has_words() -> None:
    assert set(afterwards_words()) == set(Afterwards)
    for what in Afterwards:
        text = countdown_text(Wish(what, "cp"), 7)
        assert ("7 s" in text) == (what is not Afterwards.NOTHING)


def test_notifications_tell_what_became_of_jobs(
    qtbot: QtBot,
    window: MainWindow,
    presence: Presence,
    reader: FakeReader,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reader.put(make_job(2))
    monkeypatch.setattr(window, "isActiveWindow", lambda: False)
    tray = presence.tray = FakeTray()  # type: ignore[assignment]
    path = str(save_picture(tmp_path / "last.png"))
    result = FrameResult((path,), path, 1.0)
    picture = change(10, FrameState.RENDERING, FrameState.COMPLETED, result=result)
    finished = JobFinished(1, JobState.COMPLETED, 10, 0, 0, 0)
    see(window, presence, DONE, facts=(finished,), frames=(picture,))
    presence._tell()
    qtbot.waitUntil(lambda: len(tray.told) == 1)
    failed_job = replace(
        with_counts(make_job(2), failed=3), state=JobState.FAILED, error_log="a\nFrame 3: No camera."
    )
    failed = JobFinished(2, JobState.FAILED, 0, 3, 0, 0)
    see(window, presence, failed_job, facts=(failed,))
    presence._tell()
    qtbot.waitUntil(lambda: len(tray.told) == 2)
    see(window, presence, facts=(finished, failed))
    presence._tell()
    qtbot.waitUntil(lambda: len(tray.told) == 3)
    titles = [title for title, _text, _picture in tray.told]
    assert titles == ["shot_001 is done", "shot_002: 3 of 10 frames failed", "2 jobs have ended"]
    assert tray.told[0][1].startswith("10 frames in ")
    assert tray.told[1][1] == "Frame 3: No camera."
    assert tray.told[2][1] == "1 done, 1 with failed frames, 0 cancelled."
    assert tray.told[0][2] is not None
    assert not tray.told[0][2].isNull()


def test_nobody_is_told_what_they_see(
    window: MainWindow, presence: Presence, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(window, "isActiveWindow", lambda: True)
    tray = presence.tray = FakeTray()  # type: ignore[assignment]
    see(window, presence, DONE, facts=(JobFinished(1, JobState.COMPLETED, 10, 0, 0, 0),))
    presence._tell()
    assert tray.told == []


def test_the_whole_queue_in_one_line() -> None:
    jobs = [
        replace(with_counts(make_job(1), completed=4, failed=1), state=JobState.RUNNING),
        make_job(2),
        DONE,
    ]
    overall = overall_of(jobs)
    assert (overall.percent, overall.running, overall.waiting, overall.failed) == (25, 1, 1, 1)
    assert overall.text() == "25 % of 2 jobs are done.\n1 frame failed."
    assert overall_of([]).is_idle
    assert overall_of([]).text() == "Nothing to render."


def test_the_trays_ring_fills_and_turns_red(qapp: object) -> None:
    def colors(overall: Overall) -> set[str]:
        image = progress_pixmap(overall).toImage()
        return {image.pixelColor(x, y).name() for x in range(64) for y in range(64)}

    assert "#56b4e9" in colors(Overall(50, 1, 0, 0))
    assert "#56b4e9" not in colors(Overall(0, 1, 0, 0))
    assert "#d55e00" in colors(Overall(50, 1, 0, 2))
    assert "#009e73" in colors(Overall(100, 0, 0, 0))
    half = progress_pixmap(Overall(50, 1, 0, 0)).toImage()
    assert half.pixelColor(60, 32) == QColor("#56b4e9"), "clockwise from the top"
    assert half.pixelColor(3, 32) != QColor("#56b4e9")


def test_the_trays_menu_speaks_to_the_program(qtbot: QtBot, window: MainWindow) -> None:
    tray = Tray(window)
    tray.show(Overall(50, 1, 0, 0))
    assert "50 %" in tray.icon.toolTip()
    show, hold, quit_action = [action for action in tray.icon.contextMenu().actions() if action.text()]
    for action, signal in ((show, tray.opened), (hold, tray.hold_wanted), (quit_action, tray.quit_wanted)):
        with qtbot.waitSignal(signal):
            action.trigger()
    tray.show_held(True)
    assert tray.hold.text().replace("&", "") == "Go on"
    tray.close()


@pytest.mark.parametrize("answer", [Closing.HIDE, Closing.FINISH, Closing.STOP, Closing.STAY])
def test_closing_is_asked_about_once(qtbot: QtBot, window: MainWindow, answer: Closing) -> None:
    given: list[Closing] = []
    box = ask_how_to_close(window, rendering=2, has_tray=True, then=given.append)
    assert "2 frames are being rendered." in box.text()
    words = {Closing.HIDE: "tray", Closing.FINISH: "Finish", Closing.STOP: "Stop now", Closing.STAY: "Cancel"}
    (button,) = [button for button in box.buttons() if words[answer] in button.text().replace("&", "")]
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert given == [answer]


HELD = ChangeSet(notices=(Notice(HELD_NOTICE, ""),))


def test_the_last_frames_are_waited_for(qtbot: QtBot, errands: Errands, reader: FakeReader) -> None:
    reader.put(make_job(1, "1-4"), FrameState.RENDERING, FrameState.RENDERING)
    last = LastFrames(errands)
    with qtbot.waitSignal(last.done):
        last.wait(lambda: [1], reader)
        last.take(ChangeSet(frames=(change(3, FrameState.PENDING, FrameState.RENDERING),)))
        last.take(HELD)
        last.take(ChangeSet(frames=(change(1, FrameState.RENDERING, FrameState.COMPLETED),)))
        assert last.is_waiting
        last.take(ChangeSet(frames=(change(2, FrameState.RENDERING, FrameState.FAILED),)))
    assert not last.is_waiting


def test_frames_of_jobs_that_are_deleted_are_not_waited_for(
    qtbot: QtBot, errands: Errands, reader: FakeReader
) -> None:
    reader.put(make_job(1, "1-4"), FrameState.RENDERING)
    last = LastFrames(errands)
    with qtbot.waitSignal(last.done):
        last.wait(lambda: [1], reader)
        last.take(HELD)
        last.take(ChangeSet(removed_jobs=(1,)))


def test_a_read_that_fails_ends_nothing(
    qtbot: QtBot, errands: Errands, reader: FakeReader, expected_logs: LogWatch
) -> None:
    expected_logs.expect("an errand failed")
    reader.put(make_job(1, "1-4"), FrameState.RENDERING)
    last = LastFrames(errands)
    tries: list[int] = []

    def jobs() -> list[int]:
        tries.append(1)
        if len(tries) == 1:
            raise OSError("the disk is away")
        return [1]

    last.wait(jobs, reader)
    last.take(HELD)
    qtbot.waitUntil(lambda: len(tries) == 2)
    with qtbot.waitSignal(last.done):
        last.take(ChangeSet(frames=(change(1, FrameState.RENDERING, FrameState.COMPLETED),)))


def test_waiting_can_be_given_up(qtbot: QtBot, errands: Errands, reader: FakeReader) -> None:
    reader.put(make_job(1, "1-4"))
    last = LastFrames(errands)
    ended: list[bool] = []
    last.done.connect(lambda: ended.append(True))
    last.wait(lambda: [1], reader)
    last.take(HELD)
    last.stop()
    done: list[bool] = []
    errands.run(lambda: True, done.append)
    qtbot.waitUntil(lambda: bool(done))
    assert ended == []


class List:
    """Stands in for the shell's object."""

    def __init__(self) -> None:
        self.calls: list[tuple[Any, ...]] = []

    def __getattr__(self, name: str) -> Any:
        return lambda *values: self.calls.append((name, *values[1:]))


@pytest.fixture
def windows_taskbar(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[ModuleType, List]]:
    made = List()
    comtypes = SimpleNamespace(
        COMMETHOD=lambda *parts: parts,
        GUID=str,
        IUnknown=object,
        CoCreateInstance=lambda _guid, interface: made,
        COMError=RuntimeError,
    )
    import ctypes

    monkeypatch.setitem(sys.modules, "comtypes", comtypes)  # type: ignore[arg-type]
    monkeypatch.setattr(ctypes, "HRESULT", int, raising=False)
    name = "render_manager.ui.windows_taskbar"
    monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setattr(sys, "platform", "win32")
    module = importlib.import_module(name)
    monkeypatch.undo()
    yield module, made
    sys.modules.pop(name, None)


def test_the_task_bar_of_windows(window: MainWindow, windows_taskbar: tuple[ModuleType, List]) -> None:
    module, shell = windows_taskbar
    bar = module.WindowsTaskbar(window)
    for overall in (Overall(41, 1, 0, 0), Overall(41, 1, 0, 0), Overall(50, 1, 0, 1), Overall(100, 0, 0, 0)):
        bar.show(overall)
    assert shell.calls == [
        ("HrInit",),
        ("SetProgressState", module.NORMAL),
        ("SetProgressValue", 41, 100),
        ("SetProgressState", module.ERROR),
        ("SetProgressValue", 50, 100),
        ("SetProgressState", module.NO_PROGRESS),
    ]
    assert module.flag_of(Overall(3, 0, 1, 0)) == module.PAUSED


def test_a_shell_that_was_started_anew_is_no_mistake(
    window: MainWindow, windows_taskbar: tuple[ModuleType, List], monkeypatch: pytest.MonkeyPatch
) -> None:
    module, _shell = windows_taskbar
    bar = module.WindowsTaskbar(window)

    def refuse(*_values: object) -> None:
        raise RuntimeError("the object was disconnected")

    bar._list = SimpleNamespace(SetProgressState=refuse, HrInit=refuse)
    bar.show(Overall(41, 1, 0, 0))
    monkeypatch.setattr(module, "CoCreateInstance", lambda _guid, interface: bar._list)
    with pytest.raises(OSError, match="no task bar"):
        module.WindowsTaskbar(window)


def test_a_desktop_without_a_task_bar_is_no_mistake(window: MainWindow) -> None:
    bar = taskbar.taskbar_of(window)
    bar.show(Overall(41, 1, 0, 0))
    bar.show(Overall(41, 1, 0, 0))
    taskbar.NoTaskbar().show(Overall(41, 1, 0, 0))


def test_a_sound_is_played_with_what_there_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    started: list[tuple[str, list[str]]] = []

    def start(program: str, arguments: list[str]) -> bool:
        started.append((program, arguments))
        return True

    beeps: list[bool] = []
    monkeypatch.setattr(sound, "start_detached", start)
    monkeypatch.setattr(sound.QApplication, "beep", lambda: beeps.append(True))
    monkeypatch.setattr(sound.sys, "platform", "linux")
    monkeypatch.setattr(sound, "find_program", lambda name: "/usr/bin/paplay" if name == "paplay" else None)
    sound.play(tmp_path / "a.wav")
    assert started == [("/usr/bin/paplay", [str(tmp_path / "a.wav")])]
    monkeypatch.setattr(sound, "find_program", lambda _name: None)
    sound.play(tmp_path / "a.wav")
    assert beeps == [True]


def test_the_sound_that_ships_is_a_sound() -> None:
    import wave

    from render_manager.system.resources import resource

    with wave.open(str(resource("sounds", "done.wav"))) as file:
        assert 0.5 < file.getnframes() / file.getframerate() < 3


def test_a_closed_window_takes_no_keys_for_its_countdown(
    qtbot: QtBot, window: MainWindow, presence: Presence
) -> None:
    window.when_done_menu.choices[Afterwards.SHUT_DOWN].trigger()
    see(window, presence, RUNNING)
    see(window, presence, DONE)
    window.when_done._on_settled()
    window.hide()
    field = QLineEdit()
    qtbot.addWidget(field)
    field.show()
    qtbot.keyClicks(field, "1-9")
    assert field.text() == "1-9"
    window.when_done.stop()
