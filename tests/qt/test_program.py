import errno
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from qt.support import make_job, with_counts
from render_manager import __version__, app
from render_manager.app import open_window
from render_manager.assembly import build_catalog
from render_manager.domain.changes import ChangeSet
from render_manager.domain.commands import Command, SubmitJob
from render_manager.domain.errors import UserError
from render_manager.engines.preparing import JobRequest
from render_manager.program import WindowProgram
from render_manager.services.control import ControlServer
from render_manager.system.identity import DESKTOP_ID
from render_manager.system.ownership import Ownership
from render_manager.system.paths import AppPaths, app_paths
from render_manager.system.settings import Settings
from render_manager.ui.alarm import Alarm
from render_manager.ui.dropped_files import MOST_SCENES_IN_FOLDER
from render_manager.window import open_painted, program_behind


class Core:
    """Remembers when it was stopped."""

    def __init__(self) -> None:
        self.stopped_at: float | None = None
        self.thread = ""

    def stop(self) -> None:
        self.stopped_at = time.monotonic()
        self.thread = threading.current_thread().name


@pytest.fixture
def program(qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[WindowProgram]:
    async def no_start(self: WindowProgram, *_args: Any, **_values: Any) -> None:
        pass

    monkeypatch.setattr(WindowProgram, "_start", no_start)
    paths = app_paths(tmp_path / "base")
    paths.make()
    ownership = Ownership(paths.lock)
    assert ownership.take()
    program = program_behind(open_painted(None), paths, ownership)
    yield program
    program._loop.close()
    ownership.release()


def test_the_program_is_introduced_by_its_name(program: WindowProgram, qapp: QApplication) -> None:
    assert qapp.applicationName() == "Render Manager"
    assert qapp.applicationVersion() == __version__
    assert qapp.desktopFileName() == DESKTOP_ID
    assert program.window.help.paths == program._paths
    program.window.load_icons()
    assert not program.window.windowIcon().isNull()


def test_quitting_waits_for_no_queue_of_inspections(program: WindowProgram) -> None:
    core = program._core = Core()  # type: ignore[assignment]
    done: list[int] = []

    async def inspect(number: int) -> None:
        await program._in_background(lambda: time.sleep(0.2))
        done.append(number)

    for number in range(60):
        program.spawn(inspect(number))
    start: list[float] = []

    async def leave() -> None:
        start.append(time.monotonic())
        program.stop()

    program.spawn(leave())
    program.run([], is_demo=False)
    assert core.stopped_at is not None
    assert core.stopped_at - start[0] < 0.2, "before the first three inspections are over"
    assert core.thread.startswith("stop")
    assert len(done) < 10
    assert "mistake" not in program.window.banner.text()


def test_a_folder_that_is_too_large_is_said_to_be(program: WindowProgram, tmp_path: Path) -> None:
    for number in range(MOST_SCENES_IN_FOLDER + 1):
        (tmp_path / f"{number:03d}.blend").touch()

    async def drop() -> None:
        await program.intake.take_files([tmp_path])
        program.stop()

    program.window.submit.prepare_with(lambda _request, _then: None, lambda _path, _scene: ())
    program.spawn(drop())
    program.run([], is_demo=False)
    assert len(program.window.submit.drafts) == MOST_SCENES_IN_FOLDER
    assert str(MOST_SCENES_IN_FOLDER) in program.window.submit.view.notes.text("cut")


def test_a_share_that_is_away_is_named_and_its_search_is_over(
    program: WindowProgram, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    away, stat = tmp_path / "away", Path.stat

    def refusing(self: Path, **values: Any) -> os.stat_result:
        if self == away:
            raise OSError(errno.EHOSTDOWN, "Host is down")
        return stat(self, **values)

    monkeypatch.setattr(Path, "stat", refusing)
    (tmp_path / "shot.blend").touch()
    notes = program.window.submit.view.notes

    async def drop() -> None:
        await program.intake.take_files([away, tmp_path / "shot.blend"])
        program.window.submit.notes._show_walk()
        program.stop()

    program.window.submit.prepare_with(lambda _request, _then: None, lambda _path, _scene: ())
    program.spawn(drop())
    program.run([], is_demo=False)
    assert [draft.request.path.name for draft in program.window.submit.drafts] == ["shot.blend"]
    assert notes.text("unreadable") == f"{away} cannot be read: Host is down."
    assert notes.text("walk") == ""
    assert "mistake" not in program.window.banner.text()


def test_guests_are_told_the_cores_last_words(program: WindowProgram) -> None:
    done: list[str] = []

    class Channel:
        def refuse(self) -> None:
            done.append("refuse")

        def stop(self) -> None:
            done.append("channel")

    class LastWords(Core):
        def stop(self) -> None:
            done.append("core")

    program._core, program._channel = LastWords(), Channel()  # type: ignore[assignment]

    async def leave() -> None:
        program.stop()

    program.spawn(leave())
    program.run([], is_demo=False)
    assert done == ["refuse", "core", "channel"]


def test_guests_hear_before_the_window(program: WindowProgram, monkeypatch: pytest.MonkeyPatch) -> None:
    parts: dict[str, Any] = {}
    monkeypatch.setattr("render_manager.assembly.build_core", lambda **given: parts.update(given))
    program._build()
    program.window.let_close()
    assert program._channel is not None
    assert parts["subscribers"] == [program._channel.publish, program.bridge.receive]


def test_closing_while_rendering_keeps_rendering_by_default(program: WindowProgram) -> None:
    window = program.window
    window.apply(ChangeSet(jobs={1: with_counts(make_job(1), rendering=1)}))
    window.close()
    box = window.findChild(QMessageBox)
    assert box is not None
    assert "Keep rendering" in box.defaultButton().text().replace("&", "")
    assert box.escapeButton().text() == "Cancel"
    box.reject()
    assert not program._is_stopping
    window.let_close()


def test_a_file_that_can_be_read_is_told_from_one_that_cannot(
    program: WindowProgram, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    told: list[object] = []

    async def refused(_request: JobRequest) -> UserError:
        return UserError("The output folder is full.")

    async def scene(_request: JobRequest) -> str:
        return "the scene"

    async def look() -> None:
        program.intake.prepare(JobRequest(path=tmp_path / "a.blend"), told.append)
        for _turn in range(20):
            await _soon()
        program.stop()

    program.intake.engines_known.set()
    monkeypatch.setattr(program.intake, "prepared", refused)
    monkeypatch.setattr(program.intake, "scene_of", scene)
    program.spawn(look())
    program.run([], is_demo=False)
    assert [str(what) for what in told] == ["the scene", "The output folder is full."]


async def _soon() -> None:
    import asyncio  # as the program: not for every test of the window

    await asyncio.sleep(0)


class Owner:
    """Another program that owns the data, as its channel is."""

    def __init__(self, paths: AppPaths, *, has_window: bool) -> None:
        paths.make()
        self._ownership = Ownership(paths.lock)
        assert self._ownership.take()
        self.orders: list[Command] = []
        self.shown: list[list[Path]] = []
        self._channel = ControlServer()
        show = (lambda files: self.shown.append(list(files))) if has_window else None
        self._channel.start(self._ownership, post=self.orders.append, show=show)

    def stop(self) -> None:
        self._channel.stop()
        self._ownership.release()


def test_no_window_opens_beside_a_command(
    qapp: QApplication, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    owner = Owner(app_paths(tmp_path), has_window=False)
    try:
        assert open_window(tmp_path, [], False) == 2
    finally:
        owner.stop()
    assert "A Render Manager command (process " in capsys.readouterr().err


def test_the_demo_goes_to_the_window_that_is_open(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bpy_python: Path
) -> None:
    monkeypatch.setenv("BLENDER_EXECUTABLE", str(bpy_python))
    owner = Owner(app_paths(tmp_path), has_window=True)
    try:
        assert open_window(tmp_path, [], True) == 0
    finally:
        owner.stop()
    (order,) = owner.orders
    assert isinstance(order, SubmitJob)
    assert order.spec.scene.parent == app_paths(tmp_path).samples
    assert owner.shown == [[]]


def test_the_alarm_is_heard_on_the_gui_thread(qtbot: QtBot) -> None:
    alarm, heard = Alarm(), []
    alarm.rang.connect(lambda text: heard.append((text, threading.current_thread())))
    thread = threading.Thread(target=lambda: alarm.ring("one"))
    thread.start()
    thread.join()
    alarm.ring("two")
    assert heard == [], "not in the midst of what failed"
    qtbot.waitUntil(lambda: len(heard) == 2)
    assert heard == [("one", threading.main_thread()), ("two", threading.main_thread())]


def test_a_wrong_definition_of_a_renderer_is_said_in_the_window(
    program: WindowProgram, tmp_path: Path
) -> None:
    paths = app_paths(tmp_path / "base")
    paths.own_engines.mkdir()
    (paths.own_engines / "toy.toml").write_text('name = "Toy"\nsuffixes = 7\n', "utf-8")
    program._catalog = build_catalog(paths, Settings())
    program._say_engines()
    said = program.window.banner.text()
    assert "An engine of your own was left out." in said
    assert "toy.toml, line 2: suffixes: it has to be a list such as" in said


class TestProblemsWithoutATerminal:
    """The program for the window has no terminal; what it cannot do has to be seen all the same."""

    @pytest.fixture
    def boxes(self, monkeypatch: pytest.MonkeyPatch) -> list[str]:
        boxes: list[str] = []
        monkeypatch.setattr(app, "is_read_by_people", lambda: False)
        monkeypatch.setattr(app, "show_box", lambda text: boxes.append(text) is None)
        return boxes

    def test_a_window_that_cannot_open_says_so_in_a_box(
        self, qapp: QApplication, tmp_path: Path, boxes: list[str]
    ) -> None:
        owner = Owner(app_paths(tmp_path), has_window=False)
        try:
            assert open_window(tmp_path, [], False) == 2
        finally:
            owner.stop()
        (text,) = boxes
        assert "A Render Manager command (process " in text

    def test_where_the_system_has_no_boxes_qt_has(
        self, qapp: QApplication, tmp_path: Path, boxes: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        seen: list[str] = []

        def read_and_close() -> None:
            (box,) = [one for one in QApplication.topLevelWidgets() if isinstance(one, QMessageBox)]
            seen.append(box.text())
            box.accept()

        monkeypatch.setattr(app, "show_box", lambda _text: False)
        owner = Owner(app_paths(tmp_path), has_window=False)
        QTimer.singleShot(0, read_and_close)
        try:
            assert open_window(tmp_path, [], False) == 2
        finally:
            owner.stop()
        (text,) = seen
        assert "A Render Manager command (process " in text

    def test_a_command_that_nobody_hears_says_where_it_is_heard(
        self, boxes: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(app, "provide_streams", lambda *, is_command: not is_command)
        assert app.main(["dance"]) == 2
        (text,) = boxes
        assert "Run it in a terminal with" in text
