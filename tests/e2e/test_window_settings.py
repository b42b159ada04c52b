"""Settings in the real window over the real core: they are written, count at once, and renew the window."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.window import play, until

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

pytest.importorskip("PySide6.QtCore", reason="Qt is not installed here")

from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QApplication

from render_manager.domain.texts import gettext
from render_manager.system.language import speak_language
from render_manager.ui.models.job_order import JobColumn
from render_manager.ui.theme import DARK, apply_theme
from render_manager.ui.when_done import Afterwards

if TYPE_CHECKING:
    from render_manager.program import WindowProgram

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", r"does not support raise", extend=True)


@pytest.fixture
def program(qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> "Iterator[WindowProgram]":
    from render_manager.system.ownership import Ownership
    from render_manager.system.paths import app_paths
    from render_manager.window import open_painted, program_behind

    monkeypatch.chdir(tmp_path)
    paths = app_paths(tmp_path / "base")
    paths.make()
    ownership = Ownership(paths.lock)
    assert ownership.take()
    program = program_behind(open_painted(paths.window_state), paths, ownership)
    yield program
    ownership.release()
    speak_language("en")
    QLocale.setDefault(QLocale.c())
    apply_theme(qapp, DARK)


async def open_settings(program: "WindowProgram") -> None:
    program.window.actions_by_name["settings"].trigger()
    await until(lambda: program._preferences and program._preferences._dialog, "the dialog")


def choose(program: "WindowProgram", name: str, value: object) -> None:
    assert program._preferences is not None
    dialog = program._preferences._dialog
    assert dialog is not None
    dialog.changed.emit(name, value)


def test_settings_are_written_and_count_at_once(program: "WindowProgram", tmp_path: Path) -> None:
    async def change(running: "WindowProgram") -> None:
        await open_settings(running)
        workforce = running._core._dispatcher._workforce  # type: ignore[union-attr]
        choose(running, "slots", 3)
        await until(lambda: workforce.slots == 3, "it to count")
        choose(running, "blender_slots", 2)
        await until(lambda: workforce.engine_slots == {"blender": 2}, "it to count")
        choose(running, "blender_slots", None)
        await until(lambda: workforce.engine_slots == {}, "it to count")
        choose(running, "max_retries", 7)
        await until(lambda: running.intake.settings.max_retries == 7, "it to count")  # type: ignore[union-attr]
        text = running._paths.settings.read_text("utf-8")
        assert "slots = 3" in text
        assert "blender_slots" not in text

    play(program, change)


def test_a_value_that_cannot_be_is_told_and_not_written(program: "WindowProgram") -> None:
    async def change(running: "WindowProgram") -> None:
        await open_settings(running)
        choose(running, "engine_processors", "0")
        file = running._paths.settings
        await until(
            lambda: file.exists() and "engine_processors" in file.read_text("utf-8"), "it to be written"
        )
        choose(running, "engine_processors", "abc")
        dialog = running._preferences._dialog  # type: ignore[union-attr]
        await until(lambda: "abc" in dialog._problem.text(), "the reason")  # type: ignore[union-attr]
        assert file.read_text("utf-8").strip() == 'engine_processors = "0"'

    play(program, change)


def test_settings_that_are_changed_together_all_count(program: "WindowProgram") -> None:
    async def change(running: "WindowProgram") -> None:
        await open_settings(running)
        for name, value in (("slots", 3), ("max_retries", 7), ("default_priority", 9), ("slots", 4)):
            choose(running, name, value)
        await until(lambda: running.intake.settings.slots == 4, "all to count")  # type: ignore[union-attr]
        text = running._paths.settings.read_text("utf-8")
        assert [line for line in text.splitlines() if line] == [
            "slots = 4",
            "max_retries = 7",
            "default_priority = 9",
        ]
        assert [path.name for path in running._paths.settings.parent.glob("settings*")] == ["settings.toml"]

    play(program, change)


def test_settings_that_keep_the_program_from_starting_are_shown(
    program: "WindowProgram", monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Path] = []
    monkeypatch.setattr("render_manager.program.open_file", opened.append)
    program._paths.settings.write_text('slots = "many"\n', "utf-8")

    async def look(running: "WindowProgram") -> None:
        await until(lambda: "SLOTS" in running.window.banner.text(), "the reason")
        running.window.add_scenes([Path("/nowhere/a.blend")])
        await until(lambda: running.window.submit.drafts[0].result is not None, "an answer")
        assert "SLOTS" in str(running.window.submit.drafts[0].result)
        running.window.actions_by_name["settings"].trigger()
        await until(lambda: opened, "the file to be opened")
        assert opened == [running._paths.settings]
        running._on_system_looks()

    play(program, look)


def test_looks_in_a_dotenv_count(program: "WindowProgram") -> None:
    (program._paths.data_dir / ".env").write_text("APPEARANCE=light\n", "utf-8")

    async def look(running: "WindowProgram") -> None:
        await until(lambda: not running.window.theme.is_dark, "the light")

    play(program, look)


def test_a_window_that_is_renewed_goes_on_as_the_old_one(program: "WindowProgram") -> None:
    async def change(running: "WindowProgram") -> None:
        await open_settings(running)
        old = running.window
        old.jobs.chips.filter.setText("shot -x")
        old.jobs.model.look(replace(old.jobs.model.view, words=("shot", "-x"), column=JobColumn.NAME))
        old.when_done_menu.choices[Afterwards.SLEEP].trigger()
        old.when_done._on_settled()
        running._last_frames.wait(list, running._core.reader)  # type: ignore[union-attr]
        choose(running, "appearance", "light")
        await until(lambda: running.window is not old, "the new window")
        new = running.window
        assert new.jobs.model.view == old.jobs.model.view
        assert new.jobs.chips.filter.text() == "shot -x"
        assert new.when_done.seconds_left > 0
        assert new.when_done.wish.what is Afterwards.SLEEP
        assert running._last_frames.is_waiting
        assert "then Render Manager quits" in new.banner.text()
        new.when_done.stop()
        running._last_frames.stop()

    play(program, change)


def test_a_file_that_is_not_valid_is_told_in_the_dialog(program: "WindowProgram") -> None:
    async def change(running: "WindowProgram") -> None:
        await open_settings(running)
        running._paths.settings.write_text("slots = ", "utf-8")
        choose(running, "slots", 3)
        dialog = running._preferences._dialog  # type: ignore[union-attr]
        await until(lambda: "is not valid" in dialog._problem.text(), "it to count")  # type: ignore[union-attr]
        assert running._paths.settings.read_text("utf-8") == "slots = "

    play(program, change)


def test_a_program_that_is_named_is_looked_at_again(program: "WindowProgram", tmp_path: Path) -> None:
    async def change(running: "WindowProgram") -> None:
        await open_settings(running)
        choose(running, "maya_executable", str(tmp_path / "no such Render"))
        await until(lambda: "cannot be used" in running.window.banner.text(), "it to count")

    play(program, change)


def test_another_language_and_look_renew_the_window(program: "WindowProgram") -> None:
    async def change(running: "WindowProgram") -> None:
        old = running.window
        old.hold.toggle()
        old.resize(1000, 640)
        old.add_scenes([Path("/nowhere/a.blend")])
        await open_settings(running)
        choose(running, "ui_language", "zh_CN")
        await until(lambda: running.window is not old, "it to count")
        new = running.window
        assert gettext("&Cancel") == "取消(&C)"
        assert new.actions_by_name["cancel"].text() == "取消(&C)"
        assert QLocale().language() is QLocale.Language.Chinese
        assert new.hold.is_held
        assert "paused" not in new.banner.text()
        assert new.banner.text()
        assert [draft.request.path.name for draft in new.submit.drafts] == ["a.blend"]
        assert running._preferences._dialog is not None, "the dialog is open over the new window"  # type: ignore[union-attr]
        choose(running, "appearance", "light")
        await until(lambda: running.window is not new, "it to count")
        assert not running.window.theme.is_dark
        choose(running, "ui_language", "en")
        await until(lambda: running.window.actions_by_name["cancel"].text() == "&Cancel", "it to count")

    play(program, change)
    speak_language("en")
