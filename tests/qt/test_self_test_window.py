"""The self-test's look at the window: what is missing around Qt is found, and said in the user's language."""

from pathlib import Path

import pytest
from PySide6.QtCore import QLibraryInfo, QTranslator
from PySide6.QtGui import QImage, QImageReader
from PySide6.QtWidgets import QApplication

from render_manager.domain.texts import gettext
from render_manager.self_test import looks
from render_manager.self_test.results import Bench, FailedCheck
from render_manager.system.settings import Settings

pytestmark = pytest.mark.usefixtures("qapp")


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(Settings(ui_language="en"), tmp_path, tmp_path / "window 窗口.png")


def test_every_language_and_appearance_is_painted(bench: Bench) -> None:
    assert "in 4 ways" in looks.check_window(bench)
    assert bench.screenshot is not None
    picture = QImage(str(bench.screenshot))
    assert (picture.width(), picture.height()) == looks.PICTURE_PX
    # The last one is dark.
    assert picture.pixelColor(5, 5).lightness() < 90
    assert gettext("Cancel") == "Cancel"


def test_a_platform_without_its_plug_in_is_found(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QLibraryInfo, "path", lambda _which: str(tmp_path))
    with pytest.raises(FailedCheck, match="plug-in for the platform offscreen is missing"):
        looks.check_window(bench)


def test_missing_translations_of_qt_are_found(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QTranslator, "load", lambda *_arguments: False)
    with pytest.raises(FailedCheck, match="not there in the language zh_CN"):
        looks.check_window(bench)
    assert gettext("Cancel") == "Cancel"


def test_a_missing_reader_of_thumbnails_is_found(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QImageReader, "read", lambda _self: QImage())
    with pytest.raises(FailedCheck, match="Qt cannot read the thumbnail"):
        looks.check_window(bench)


def test_fonts_of_icons_that_are_missing_are_found(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    from PySide6.QtGui import QIcon

    from render_manager.ui import state_looks

    monkeypatch.setattr(state_looks.Icons, "colored", lambda *_arguments: QIcon())
    with pytest.raises(FailedCheck, match="The icon mdi6"):
        looks.check_window(bench)
    assert isinstance(QApplication.instance(), QApplication)
