"""The icon: every size is what its drawing shows, and a check that notices when one is not."""

import shutil
import struct
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtGui import QColor, QImage

from render_manager.ui.app_icon import app_icon
from render_manager.ui.theme import DARK, LIGHT, contrast
from tools import icons

Copy = tuple[Path, Path, Path]


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    """The icon's folder, its .ico and the installer's picture, to be spoiled."""
    folder = tmp_path / "icons"
    shutil.copytree(icons.FOLDER, folder)
    ico, side = tmp_path / "render-manager.ico", tmp_path / "installer-side.bmp"
    shutil.copy(icons.ICO, ico)
    shutil.copy(icons.SIDE, side)
    assert not list(icons.problems(folder, ico, side))
    return folder, ico, side


def test_pictures_are_what_the_drawings_show() -> None:
    """Mended by `python -m tools.icons make`."""
    assert not list(icons.problems())


def test_a_picture_of_an_older_drawing_is_noticed(copy: Copy) -> None:
    folder, ico, side = copy
    path = icons.drawing(16, folder)
    path.write_text(path.read_text("utf-8").replace("#e69f00", "#d55e00"), "utf-8")
    found = list(icons.problems(folder, ico, side))
    assert len(found) == 2
    assert "render-manager-16.png is not what render-manager-16.svg shows" in found[0]
    assert "no picture of 16 px" in found[1]
    list(icons.make(folder, ico, side))
    assert not list(icons.problems(folder, ico, side))


def test_what_is_missing_is_noticed(copy: Copy) -> None:
    folder, ico, side = copy
    icons.png(512, folder).unlink()
    ico.unlink()
    side.unlink()
    assert [sentence.rpartition(" is ")[2] for sentence in icons.problems(folder, ico, side)] == [
        "missing"
    ] * 3


def test_the_installers_picture_is_noticed_when_the_drawing_changes(copy: Copy) -> None:
    folder, ico, side = copy
    path = icons.drawing(icons.SIDE_ICON_PX, folder)
    path.write_text(path.read_text("utf-8").replace("#009e73", "#d55e00"), "utf-8")
    assert f"{side} is not what render-manager.svg shows" in list(icons.problems(folder, ico, side))


@pytest.mark.qt_log_ignore("Cannot read file", extend=True)
def test_a_drawing_that_is_no_drawing_is_refused(copy: Copy) -> None:
    folder, _ico, _side = copy
    icons.drawing(48, folder).write_text("no drawing", "utf-8")
    with pytest.raises(ValueError, match="cannot be read"):
        icons.rendered(48, folder)


def test_the_ico_has_bitmaps_and_one_png() -> None:
    data = icons.ICO.read_bytes()
    _zero, kind, count = struct.unpack_from("<HHH", data)
    assert (kind, count) == (1, len(icons.ICO_SIZES_PX))
    for number, size in enumerate(icons.ICO_SIZES_PX):
        *_head, bits, length, place = struct.unpack_from("<BBBBHHII", data, 6 + 16 * number)
        body = data[place : place + length]
        assert bits == 32
        assert body.startswith(b"\x89PNG") is (size == 256)
        if size != 256:
            mask_bytes = (size + 31) // 32 * 4 * size
            assert length == 40 + 4 * size * size + mask_bytes


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=["dark", "light"])
@pytest.mark.parametrize("size", [16, 20, 24])
def test_its_marks_are_seen_on_a_dark_and_a_light_task_bar(theme: object, size: int) -> None:
    """On a dark one by its bright holes, on a light one by the film's body."""
    ground = (DARK if theme is DARK else LIGHT).window
    with Image.open(icons.png(size)) as picture:
        colours = picture.convert("RGBA").getcolors() or []
    solid = [QColor(*colour[:3]) for _count, colour in colours if colour[3] == 255]
    assert max(contrast(colour, ground) for colour in solid) > 7


def test_the_window_has_every_size(qapp: object) -> None:
    icon = app_icon()
    for size in (16, 20, 24, 32, 48, 256):
        shown = icon.pixmap(size, size).toImage().convertToFormat(QImage.Format.Format_RGBA8888)
        wanted = QImage(str(icons.png(size))).convertToFormat(QImage.Format.Format_RGBA8888)
        assert shown == wanted
