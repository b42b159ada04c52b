import sys
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from render_manager import __version__
from render_manager.system.identity import LICENCE_FILE, NOTICES_FILE
from render_manager.system.paths import app_paths
from render_manager.ui import files
from render_manager.ui.about_page import AboutPage
from render_manager.ui.main_window import MainWindow
from render_manager.ui.paper_page import PaperPage


def opened(window: MainWindow) -> AboutPage:
    window.actions_by_name["about"].trigger()
    page = window.findChild(AboutPage)
    assert page is not None
    return page


def shown(page: AboutPage) -> list[str]:
    return [label.text() for label in page.findChildren(QLabel)]


def test_it_tells_the_version_and_where_data_lie(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    paths = window.help.paths = app_paths(tmp_path / "<b>data</b>")
    page = opened(window)
    texts = shown(page)
    assert f"Render Manager {__version__}" in texts
    for place in (paths.data_dir, paths.settings, paths.log_dir):
        assert str(place) in texts
    button = page.findChild(QPushButton, "about_copy")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    copied = QGuiApplication.clipboard().text()
    assert copied.startswith(f"Render Manager {__version__}\n")
    assert str(paths.data_dir) in copied
    qtbot.keyClick(page, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: window.findChild(AboutPage) is None)


def test_it_opens_the_data_folder(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened_paths: list[str] = []
    monkeypatch.setattr(
        files.QDesktopServices, "openUrl", lambda url: opened_paths.append(url.toLocalFile()) or True
    )
    paths = window.help.paths = app_paths(tmp_path / "base")
    page = opened(window)
    qtbot.mouseClick(page.findChild(QPushButton, paths.data_dir.name), Qt.MouseButton.LeftButton)
    assert [Path(path) for path in opened_paths] == [paths.data_dir]


def test_the_licence_can_be_read(qtbot: QtBot, window: MainWindow) -> None:
    page = opened(window)
    qtbot.mouseClick(page.findChild(QPushButton, LICENCE_FILE), Qt.MouseButton.LeftButton)
    paper = page.findChild(PaperPage)
    assert paper is not None
    assert paper.text.toPlainText().startswith("MIT License")
    assert paper.text.isReadOnly()
    assert paper.windowTitle() == "Licence"


def test_notices_beside_the_built_program_are_offered(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "Pillow 12.0\n<b>HPND</b> \N{COPYRIGHT SIGN}\n"
    (tmp_path / NOTICES_FILE).write_text(text, "utf-8")
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "render-manager"))
    page = opened(window)
    qtbot.mouseClick(page.findChild(QPushButton, NOTICES_FILE), Qt.MouseButton.LeftButton)
    paper = page.findChild(PaperPage)
    assert paper is not None
    assert paper.text.toPlainText() == text


def test_a_paper_that_cannot_be_read_is_said_to_be(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    page = PaperPage(tmp_path / "gone.txt", title="Licence", theme=window.theme, parent=window)
    assert "gone.txt cannot be read: No such file or directory." in page.text.toPlainText()


def test_without_anything_behind_the_window_no_place_is_named(window: MainWindow) -> None:
    page = opened(window)
    assert "Data" not in shown(page)
