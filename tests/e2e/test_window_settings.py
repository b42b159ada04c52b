"""Settings in the real window over the real core: they are written, count at once, and renew the window."""

import os
from collections.abc import Iterator
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
from render_manager.ui.theme import DARK, apply_theme

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
