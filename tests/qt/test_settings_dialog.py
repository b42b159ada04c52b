"""The settings dialog: what it shows, and what it asks for."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QPushButton, QSpinBox, QWidget
from pytestqt.qtbot import QtBot

from render_manager.engines.protocols import Installation, InstallationKind, SearchedPlace
from render_manager.system.settings import Settings
from render_manager.ui.empty_page import EmptyPage
from render_manager.ui.settings.dialog import SettingsDialog
from render_manager.ui.settings.view import EngineView, SettingsView
from render_manager.ui.theme import Theme

LEFT = Qt.MouseButton.LeftButton
BLENDER = Installation(
    engine="blender",
    key="blender:/opt/b",
    version=(4, 2, 1),
    version_text="4.2.1",
    executable=Path("/opt/b/blender"),
    kind=InstallationKind.PROGRAM,
    found_by="PATH",
)


def make_view(**values: object) -> SettingsView:
    engines = [
        EngineView(
            "blender", "Blender", [BLENDER], [], "blender_executable", "blender_slots", "https://b.org"
        ),
        EngineView(
            "maya",
            "Maya",
            [],
            [SearchedPlace("maya", "/usr/autodesk", False)] * 3,
            "maya_executable",
            "maya_slots",
            "https://m.com",
        ),
        EngineView("own", "Own <b>one</b>", [], []),
    ]
    given: dict[str, object] = {
        "values": Settings().model_dump(),
        "engines": engines,
        "file": Path("/config/settings.toml"),
        "languages": {"en": "English", "zh_CN": "简体中文"},
    }
    return SettingsView(**{**given, **values})  # type: ignore[arg-type]


@pytest.fixture
def dialog(qtbot: QtBot, theme: Theme) -> Iterator[SettingsDialog]:
    window = QWidget()
    window.resize(1280, 720)
    qtbot.addWidget(window)
    dialog = SettingsDialog(theme=theme, view=make_view(), parent=window)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    dialog.open()
    # The window, which owns the dialog, lives as long as this generator.
    yield dialog


def editor(dialog: SettingsDialog, name: str) -> QWidget:
    return dialog.fields.editors[name]


@pytest.fixture
def wishes(dialog: SettingsDialog) -> list[tuple[str, object]]:
    wishes: list[tuple[str, object]] = []
    dialog.changed.connect(lambda name, value: wishes.append((name, value)))
    return wishes


def test_showing_settings_changes_none(dialog: SettingsDialog, wishes: list[tuple[str, object]]) -> None:
    values = {**Settings().model_dump(), "slots": 3, "render_output_dir": Path("/out"), "appearance": "light"}
    dialog.show_view(make_view(values=values))
    slots, folder = editor(dialog, "slots"), editor(dialog, "render_output_dir")
    assert isinstance(slots, QSpinBox)
    assert isinstance(folder, QLineEdit)
    assert (slots.value(), folder.text()) == (3, "/out")
    assert wishes == []


def test_every_kind_of_field_asks_for_its_value(
    qtbot: QtBot, dialog: SettingsDialog, wishes: list[tuple[str, object]]
) -> None:
    slots, limit = editor(dialog, "slots"), editor(dialog, "maya_slots")
    assert isinstance(slots, QSpinBox)
    assert isinstance(limit, QSpinBox)
    slots.stepUp()
    limit.stepUp()
    limit.stepUp()
    limit.stepDown()
    limit.stepDown()
    assert wishes == [
        ("slots", 2),
        ("maya_slots", 0),
        ("maya_slots", 1),
        ("maya_slots", 0),
        ("maya_slots", None),
    ]
    wishes.clear()
    language = editor(dialog, "ui_language")
    assert isinstance(language, QComboBox)
    language.setCurrentIndex(language.findData("zh_CN"))
    language.activated.emit(language.currentIndex())
    language.activated.emit(0)
    folder = editor(dialog, "render_output_dir")
    dialog.sections.setCurrentRow(2)
    folder.setFocus()
    qtbot.keyClicks(folder, "/renders")
    qtbot.keyClick(folder, Qt.Key.Key_Return)
    assert wishes[:2] == [("ui_language", "zh_CN"), ("ui_language", None)]
    assert ("render_output_dir", "/renders") in wishes


def test_a_setting_from_elsewhere_says_where(dialog: SettingsDialog) -> None:
    dialog.show_view(make_view(overridden={"slots": "the environment variable SLOTS"}))
    assert not editor(dialog, "slots").isEnabled()
    assert "SLOTS" in editor(dialog, "slots").toolTip()
    dialog.show_view(make_view())
    assert editor(dialog, "slots").isEnabled()


def test_an_installation_is_tested(qtbot: QtBot, dialog: SettingsDialog) -> None:
    asked: list[Installation] = []
    dialog.test_wanted.connect(asked.append)
    button = dialog.engines.tests[BLENDER.key]
    qtbot.mouseClick(button, LEFT)
    assert asked == [BLENDER]
    assert not button.isEnabled()
    dialog.show_answer(BLENDER, "It answers: Blender 4.2.1", is_good=True)
    assert dialog.engines.answers[BLENDER.key].text() == "It answers: Blender 4.2.1"
    assert button.isEnabled()


def test_what_is_not_found_says_where_to_get_it(dialog: SettingsDialog) -> None:
    texts = [label.text() for label in dialog.engines.findChildren(QLabel)]
    assert any("3 places were looked at" in text and "https://m.com" in text for text in texts)
    dialog.show_view(make_view(is_searching=True))
    buttons = [button for button in dialog.engines.findChildren(QPushButton) if "Looking" in button.text()]
    assert not buttons[0].isEnabled()


def test_a_problem_is_shown_and_taken_away(dialog: SettingsDialog) -> None:
    dialog.show_problem("The disk is full.")
    assert dialog._problem.isVisible()
    dialog.show_problem("")
    assert not dialog._problem.isVisible()


def test_every_setting_of_the_page_is_a_setting(dialog: SettingsDialog) -> None:
    assert set(dialog.fields.editors) <= set(Settings.model_fields)
    assert set(Settings.model_fields) - set(dialog.fields.editors) == {
        "unreal_slots",
        "ue_executable",
    }, "Unreal is not among this test's engines"


def test_the_first_page_teaches(qtbot: QtBot) -> None:
    page = EmptyPage()
    qtbot.addWidget(page)
    page.show()
    page.show_engines(["Blender 4.2", "<i>Own</i>"], [], has_sample=True)
    assert "Blender 4.2, &lt;i&gt;Own&lt;/i&gt;" in page._engines.text()
    assert page.sample.isVisible()
    page.show_engines([], [("Blender", "https://b.org")], has_sample=False)
    assert "https://b.org" in page._engines.text()
    assert not page.sample.isVisible()
    for button, signal in (
        (page.open, page.open_wanted),
        (page.settings, page.settings_wanted),
        (page.sample, page.sample_wanted),
    ):
        with qtbot.waitSignal(signal):
            button.click()


def test_a_program_that_cannot_be_used_is_told_beside_its_field(qtbot: QtBot, dialog: SettingsDialog) -> None:
    refusal = dialog.engines.refusals["blender"]
    assert refusal.isHidden()
    place = SearchedPlace("blender", "setting blender_executable: /no", False, "There is no such file.", True)
    view = make_view()
    first = replace(view.engines[0], searched=[place])
    dialog.show_view(make_view(engines=[first, *view.engines[1:]]))
    assert not refusal.isHidden()
    assert refusal.text() == (
        "The setting blender_executable: /no cannot be used: There is no such file. "
        "Another installation is taken."
    )
    dialog.show_view(view)
    assert refusal.isHidden()
