"""The viewer as it is used: keys, mouse and wheel on real files, while frames come in."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from support.log_watch import LogWatch

from qt.support import FakeReader, change, make_job, save_picture
from render_manager.domain.changes import ChangeSet, FrameResult, FrameRow, JobSnapshot
from render_manager.domain.framestates import FrameStates
from render_manager.domain.states import FRAME_CODES, FrameState
from render_manager.media.look import Channels
from render_manager.ui.state_looks import Icons
from render_manager.ui.theme import DARK, Theme
from render_manager.ui.viewer.comparison import Against, old_version, previous_attempt
from render_manager.ui.viewer.facts import file_of, stream_of
from render_manager.ui.viewer.keys import key_specs
from render_manager.ui.viewer.viewer_window import ViewerWindow

C, P, F, R = FrameState.COMPLETED, FrameState.PENDING, FrameState.FAILED, FrameState.RENDERING
COLORS = {1: "#cc3333", 2: "#33cc33", 3: "#3333cc"}
IMAGES = Path(__file__).resolve().parents[1] / "data" / "images"
Key = Qt.Key


@pytest.fixture
def output(tmp_path: Path) -> Path:
    return tmp_path / "shot_v002"


@pytest.fixture
def job(reader: FakeReader, output: Path) -> JobSnapshot:
    """Six frames: three rendered, one failed, one rendering, one pending."""
    job = make_job(1, "1-6", name="shot", output_dir=output, uuid="0123456789ab", fps=25.0)
    reader.put(job, C, C, C, F, R)
    for number, color in COLORS.items():
        path = save_picture(output / f"frame_{number:04d}.png", color)
        reader.rows[1, number] = FrameRow(1, number, C, attempts=1, outputs=(str(path),), seconds=12.3)
    reader.rows[1, 4] = FrameRow(1, 4, F, reason="Out of GPU memory.")
    return job


@pytest.fixture
def viewer(
    qtbot: QtBot, theme: Theme, icons: Icons, reader: FakeReader, tmp_path: Path, job: JobSnapshot
) -> Iterator[ViewerWindow]:
    window = ViewerWindow(theme=theme, icons=icons, state_file=tmp_path / "viewer.ini")
    window.read_from(reader)
    window.resize(1000, 700)
    window.look_at(job, 1)
    qtbot.waitUntil(lambda: window.canvas.shown is not None)
    qtbot.waitUntil(lambda: window._views is not None)
    yield window
    window.finish()
    window.deleteLater()


def middle_color(viewer: ViewerWindow) -> str:
    """What is seen in the middle of the canvas."""
    image: QImage = viewer.canvas.grab().toImage()
    return QColor(image.pixelColor(image.width() // 2, image.height() // 2)).name()


def shows(qtbot: QtBot, viewer: ViewerWindow, color: str) -> None:
    qtbot.waitUntil(lambda: viewer.canvas.shown is not None and middle_color(viewer) == color)


def looks_at(reader: FakeReader, number: int, path: Path, *more: Path) -> None:
    files = (str(path), *map(str, more))
    reader.rows[1, number] = FrameRow(1, number, C, attempts=1, outputs=files, seconds=1.0)


def test_shows_a_frame_and_its_facts(qtbot: QtBot, viewer: ViewerWindow) -> None:
    shows(qtbot, viewer, COLORS[1])
    assert viewer.title.text() == "shot  ·  frame 1  (1 of 6)"
    for part in ("frame_0001.png", "64 × 36", "8 bit", "PNG", "rendered in 12.3 s"):
        assert part in viewer.facts.text()
    assert viewer.speed.text() == "25 fps"


def test_arrows_go_from_frame_to_frame(qtbot: QtBot, viewer: ViewerWindow) -> None:
    qtbot.keyClick(viewer, Key.Key_Right)
    shows(qtbot, viewer, COLORS[2])
    qtbot.keyClick(viewer, Key.Key_Left)
    shows(qtbot, viewer, COLORS[1])
    qtbot.keyClick(viewer, Key.Key_Left)
    qtbot.waitUntil(lambda: viewer.canvas.words == "Frame 6 is not rendered yet.")
    qtbot.keyClick(viewer, Key.Key_Home)
    shows(qtbot, viewer, COLORS[1])
    qtbot.keyClick(viewer, Key.Key_End)
    assert viewer.session.number == 6


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        (4, "Frame 4 failed. Out of GPU memory."),
        (5, "Frame 5 is being rendered."),
        (6, "Frame 6 is not rendered yet."),
    ],
)
def test_a_frame_without_a_picture_says_why(
    qtbot: QtBot, viewer: ViewerWindow, job: JobSnapshot, frame: int, words: str
) -> None:
    viewer.look_at(job, frame)
    qtbot.waitUntil(lambda: viewer.canvas.words == words)
    assert viewer.facts.text() == ""


def test_a_held_picture_says_which_frame_is_missing(qtbot: QtBot, viewer: ViewerWindow) -> None:
    qtbot.keyClick(viewer, Key.Key_H)
    for _step in range(3):
        qtbot.keyClick(viewer, Key.Key_Right)
    qtbot.waitUntil(lambda: viewer.canvas.shown is not None and "Frame 4 failed" in viewer.canvas.shown.badge)


def test_a_damaged_file_is_told_in_its_place(
    qtbot: QtBot, viewer: ViewerWindow, reader: FakeReader, output: Path
) -> None:
    (output / "frame_0003.png").write_bytes((output / "frame_0001.png").read_bytes()[:60])
    viewer.session.show(2)
    qtbot.waitUntil(lambda: "frame_0003.png" in viewer.canvas.words)


def test_a_file_that_is_gone_is_told_in_its_place(qtbot: QtBot, viewer: ViewerWindow, output: Path) -> None:
    (output / "frame_0003.png").unlink()
    viewer.session.show(2)
    qtbot.waitUntil(lambda: "does not exist" in viewer.canvas.words)


def test_a_frame_that_is_finished_appears(
    qtbot: QtBot, viewer: ViewerWindow, job: JobSnapshot, output: Path
) -> None:
    viewer.look_at(job, 5)
    qtbot.waitUntil(lambda: bool(viewer.canvas.words))
    path = save_picture(output / "frame_0005.png", "#cccc33")
    result = FrameResult((str(path),), "", 4.0)
    viewer.apply(ChangeSet(frames=(change(5, R, C, result=result),)))
    shows(qtbot, viewer, "#cccc33")


def test_a_frame_that_is_rendered_again_is_replaced(qtbot: QtBot, viewer: ViewerWindow, output: Path) -> None:
    shows(qtbot, viewer, COLORS[1])
    viewer.apply(ChangeSet(frames=(change(1, C, P),)))
    qtbot.waitUntil(
        lambda: viewer.canvas.shown is not None and "earlier picture" in viewer.canvas.shown.badge
    )
    path = save_picture(output / "frame_0001.png", "#ffffff")
    viewer.apply(
        ChangeSet(frames=(change(1, P, R), change(1, R, C, result=FrameResult((str(path),), "", 1.0))))
    )
    viewer.apply(ChangeSet(frames=()))
    qtbot.waitUntil(lambda: viewer.canvas.shown is not None and not viewer.canvas.shown.badge)


def test_keys_zoom_and_fit(qtbot: QtBot, viewer: ViewerWindow) -> None:
    canvas = viewer.canvas
    assert canvas.is_fitted
    fitted = canvas.zoom
    assert fitted > 1
    qtbot.keyClick(viewer, Key.Key_1)
    assert canvas.zoom == 1.0
    assert viewer.bar.actual.isChecked()
    qtbot.keyClick(viewer, Key.Key_2)
    assert canvas.zoom == 2.0
    qtbot.keyClick(viewer, Key.Key_Minus)
    assert canvas.zoom == pytest.approx(1.6)
    qtbot.keyClick(viewer, Key.Key_F)
    assert canvas.zoom == fitted
    assert viewer.bar.fit.isChecked()


def test_the_wheel_zooms_at_the_cursor(qtbot: QtBot, viewer: ViewerWindow) -> None:
    canvas, at = viewer.canvas, QPointF(300, 200)
    before = canvas.pixel_at(at)
    assert before is not None
    for _turn in range(6):
        event = QWheelEvent(
            at,
            canvas.mapToGlobal(at),
            QPoint(),
            QPoint(0, 120),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(canvas, event)
    assert not canvas.is_fitted
    after = canvas.pixel_at(at)
    assert after is not None
    assert max(abs(after[0] - before[0]), abs(after[1] - before[1])) <= 1


def test_dragging_moves_a_zoomed_picture(qtbot: QtBot, viewer: ViewerWindow) -> None:
    canvas = viewer.canvas
    canvas.set_zoom(40)
    before = canvas.pixel_at(QPointF(300, 200))
    qtbot.mousePress(canvas, Qt.MouseButton.LeftButton, pos=QPoint(300, 200))
    qtbot.mouseMove(canvas, QPoint(500, 240))
    qtbot.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=QPoint(500, 240))
    assert canvas.pixel_at(QPointF(500, 240)) == before


def test_a_double_click_goes_between_the_whole_and_its_pixels(qtbot: QtBot, viewer: ViewerWindow) -> None:
    qtbot.mouseDClick(viewer.canvas, Qt.MouseButton.LeftButton, pos=QPoint(300, 200))
    assert viewer.canvas.zoom == 1.0
    qtbot.mouseDClick(viewer.canvas, Qt.MouseButton.LeftButton, pos=QPoint(300, 200))
    assert viewer.canvas.is_fitted


def test_the_pixel_under_the_cursor_is_told(qtbot: QtBot, viewer: ViewerWindow) -> None:
    shows(qtbot, viewer, COLORS[1])
    qtbot.mouseMove(viewer.canvas, QPoint(200, 200))
    qtbot.mouseMove(viewer.canvas, viewer.canvas.rect().center())
    assert viewer.pixel.text().startswith(("x 31  y 17 ", "x 32  y 18 "))
    assert "R 204   G 51   B 51" in viewer.pixel.text()


def test_values_of_a_float_picture_are_told_as_they_are(
    qtbot: QtBot, viewer: ViewerWindow, reader: FakeReader, job: JobSnapshot
) -> None:
    looks_at(reader, 2, IMAGES / "float_zip.exr")
    viewer.feed.show_job(job, 1)
    viewer.look_at(job, 2)
    qtbot.waitUntil(
        lambda: viewer.session.picture is not None and viewer.session.picture.path.suffix == ".exr"
    )
    viewer._on_pointed((3, 3))
    assert "R 0.521   G 0.521   B 0.521" in viewer.pixel.text()
    assert "32-bit float" in viewer.facts.text()


def test_keys_change_exposure_and_gamma_and_bring_them_back(qtbot: QtBot, viewer: ViewerWindow) -> None:
    shows(qtbot, viewer, COLORS[1])
    qtbot.keyClick(viewer, Key.Key_E, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClick(viewer, Key.Key_Y)
    assert viewer.session.look.exposure == -0.5
    assert viewer.session.look.gamma == 1.1
    assert viewer.bar.exposure_text.text() == "−0.50"
    qtbot.waitUntil(lambda: middle_color(viewer) != COLORS[1])
    qtbot.keyClick(viewer, Key.Key_Backspace)
    shows(qtbot, viewer, COLORS[1])


def test_sliders_change_exposure_and_gamma(qtbot: QtBot, viewer: ViewerWindow) -> None:
    viewer.bar.exposure.setValue(8)
    viewer.bar.gamma.setValue(40)
    assert (viewer.session.look.exposure, viewer.session.look.gamma) == (2.0, 2.0)


def test_a_channel_is_shown_alone_and_colour_again(qtbot: QtBot, viewer: ViewerWindow) -> None:
    for key, channels, color in ((Key.Key_R, Channels.RED, "#cccccc"), (Key.Key_B, Channels.BLUE, "#333333")):
        qtbot.keyClick(viewer, key)
        shows(qtbot, viewer, color)
        assert viewer.bar.channels.currentData() == channels
    qtbot.keyClick(viewer, Key.Key_B)
    shows(qtbot, viewer, COLORS[1])


def test_channels_are_chosen_from_the_list(qtbot: QtBot, viewer: ViewerWindow) -> None:
    viewer.bar.channels.activated.emit(5)
    assert viewer.session.look.channels is Channels.LUMINANCE
    light = [((v / 255 + 0.055) / 1.055) ** 2.4 for v in (0xCC, 0x33, 0x33)]
    mixed = 0.2126 * light[0] + 0.7152 * light[1] + 0.0722 * light[2]
    level = round((1.055 * mixed ** (1 / 2.4) - 0.055) * 255)
    qtbot.waitUntil(lambda: QColor(middle_color(viewer)).green() != 0x33)
    color = QColor(middle_color(viewer))
    assert color.red() == color.green() == color.blue()
    assert abs(color.green() - level) <= 1


def test_what_to_compare_with_is_chosen_from_a_menu(qtbot: QtBot, viewer: ViewerWindow) -> None:
    actions = {action.text(): action for action in viewer.bar.compare.menu().actions()}
    actions["Old version"].trigger()
    assert viewer.session.against is Against.OLD_VERSION
    assert actions["Old version"].isChecked()
    assert viewer.bar.compare.text() == "Old version"


def test_a_view_is_chosen_from_a_menu(qtbot: QtBot, viewer: ViewerWindow) -> None:
    qtbot.waitUntil(lambda: len(viewer.bar.view.menu().actions()) > 6)
    actions = {action.text(): action for action in viewer.bar.view.menu().actions()}
    actions["ACEScg"].trigger()
    assert viewer.session.look.view.space == "acescg"
    assert viewer.session.look.view.key == "standard"


def test_layers_of_the_file_are_listed_and_chosen(
    qtbot: QtBot, viewer: ViewerWindow, reader: FakeReader, job: JobSnapshot
) -> None:
    looks_at(reader, 1, IMAGES / "blender_multilayer.exr", IMAGES / "half_zip.exr")
    viewer.feed.show_job(job, 1)
    qtbot.waitUntil(lambda: viewer.bar.layers.count() == 4)
    texts = [viewer.bar.layers.itemText(place) for place in range(4)]
    assert texts == ["ViewLayer.Combined", "ViewLayer.Depth", "ViewLayer.Normal", "half_zip.exr"]
    qtbot.keyClick(viewer, Key.Key_PageDown)
    qtbot.waitUntil(lambda: viewer.session.picture is not None and viewer.session.picture.is_distance)
    qtbot.waitUntil(lambda: viewer.bar.layers.currentText() == "ViewLayer.Depth")
    assert viewer.bar.normalise.isChecked(), "distances are stretched by themselves"
    qtbot.keyClick(viewer, Key.Key_N)
    assert not viewer.session.is_stretched
    viewer.bar.layers.activated.emit(3)
    qtbot.waitUntil(
        lambda: viewer.session.picture is not None and viewer.session.picture.path.name == "half_zip.exr"
    )
    assert not viewer.session.is_stretched


def test_the_view_is_remembered_for_its_job(
    qtbot: QtBot, viewer: ViewerWindow, job: JobSnapshot, theme: Theme, icons: Icons, tmp_path: Path
) -> None:
    qtbot.keyClick(viewer, Key.Key_V)
    chosen = viewer.session.look.view
    assert chosen.key.startswith("ACES")
    viewer.close()
    again = ViewerWindow(theme=theme, icons=icons, state_file=tmp_path / "viewer.ini")
    again.read_from(viewer.feed._reader)  # type: ignore[arg-type]  # the same reader
    again.look_at(job, 1)
    assert again.session.look.view == chosen
    other = make_job(2, "1-2", uuid="another")
    again.feed._reader.put(other)  # type: ignore[union-attr]  # the tests' own
    again.look_at(other, 1)
    assert again.session.look.view.key == "standard"
    again.finish()
    again.deleteLater()


def test_a_wipe_shows_the_previous_attempt_on_the_right(
    qtbot: QtBot, viewer: ViewerWindow, output: Path
) -> None:
    save_picture(output / "replaced-01234567" / "previous-frame_0001.png", "#111111")
    qtbot.keyClick(viewer, Key.Key_W)
    canvas = viewer.canvas
    qtbot.waitUntil(lambda: canvas.shown is not None and canvas.shown.other is not None)
    assert viewer.session.against is Against.PREVIOUS_ATTEMPT
    image = canvas.grab().toImage()
    line, y = canvas.width() // 2, canvas.height() // 2
    assert QColor(image.pixelColor(line - 40, y)).name() == COLORS[1]
    assert QColor(image.pixelColor(line + 40, y)).name() == "#111111"
    qtbot.mousePress(canvas, Qt.MouseButton.LeftButton, pos=QPoint(line, y))
    qtbot.mouseMove(canvas, QPoint(line - 200, y))
    qtbot.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=QPoint(line - 200, y))
    assert QColor(canvas.grab().toImage().pixelColor(line - 40, y)).name() == "#111111"
    qtbot.keyClick(viewer, Key.Key_W)
    qtbot.waitUntil(lambda: canvas.shown is not None and canvas.shown.other is None)


def test_a_wipe_without_an_earlier_picture_takes_the_frame_before(qtbot: QtBot, viewer: ViewerWindow) -> None:
    qtbot.keyClick(viewer, Key.Key_Right)
    shows(qtbot, viewer, COLORS[2])
    qtbot.keyClick(viewer, Key.Key_W)
    qtbot.waitUntil(lambda: viewer.canvas.shown is not None and viewer.canvas.shown.other is not None)
    assert viewer.session.against is Against.NEIGHBOUR


@pytest.mark.parametrize(
    ("against", "part"),
    [
        (Against.PREVIOUS_ATTEMPT, "no earlier picture of this frame was kept"),
        (Against.OLD_VERSION, "has no older version with this frame"),
        (Against.NEIGHBOUR, "no frame before it is rendered"),
    ],
)
def test_nothing_to_compare_with_is_said(
    qtbot: QtBot, viewer: ViewerWindow, against: Against, part: str
) -> None:
    viewer.session.set_against(against)
    qtbot.waitUntil(lambda: part in viewer.note.text())
    shows(qtbot, viewer, COLORS[1])


def test_the_difference_to_an_old_version_is_shown_and_told(
    qtbot: QtBot, viewer: ViewerWindow, tmp_path: Path
) -> None:
    save_picture(tmp_path / "shot_v001" / "frame_0001.png", COLORS[1])
    qtbot.keyClick(viewer, Key.Key_D)
    qtbot.waitUntil(lambda: "Difference: 0 on average, 0 at most" in viewer.note.text())
    assert viewer.session.against is Against.OLD_VERSION
    assert middle_color(viewer) == "#000000"


def test_pictures_of_two_sizes_are_wiped_and_their_difference_is_refused(
    qtbot: QtBot, viewer: ViewerWindow, tmp_path: Path
) -> None:
    save_picture(tmp_path / "shot_v001" / "frame_0001.png", "#222222", size=(32, 18))
    qtbot.keyClick(viewer, Key.Key_W)
    qtbot.waitUntil(lambda: viewer.canvas.shown is not None and viewer.canvas.shown.other is not None)
    qtbot.keyClick(viewer, Key.Key_D)
    qtbot.waitUntil(lambda: "differ in size" in viewer.note.text())


def test_plays_round_and_round_with_gaps(qtbot: QtBot, viewer: ViewerWindow) -> None:
    seen: set[int] = set()
    viewer.session.flipbook.turned.connect(seen.add)
    qtbot.keyClick(viewer, Key.Key_Space)
    assert viewer.session.flipbook.is_playing
    qtbot.waitUntil(lambda: seen == {0, 1, 2, 3, 4, 5})
    qtbot.waitUntil(lambda: all(viewer.session.is_ready(place) for place in range(3)))
    qtbot.waitUntil(lambda: "not rendered yet" in viewer.canvas.words)
    qtbot.waitUntil(lambda: viewer.canvas.shown is not None)
    qtbot.keyClick(viewer, Key.Key_Space)
    assert not viewer.session.flipbook.is_playing


def test_new_frames_play_as_they_come(qtbot: QtBot, viewer: ViewerWindow, output: Path) -> None:
    qtbot.keyClick(viewer, Key.Key_Space)
    path = save_picture(output / "frame_0005.png", "#cccc33")
    viewer.apply(ChangeSet(frames=(change(5, R, C, result=FrameResult((str(path),), "", 4.0)),)))
    qtbot.waitUntil(lambda: viewer.session.is_ready(4))
    shows(qtbot, viewer, "#cccc33")


def test_exposure_changes_while_it_plays(qtbot: QtBot, viewer: ViewerWindow) -> None:
    qtbot.keyClick(viewer, Key.Key_Space)
    qtbot.waitUntil(lambda: viewer.session.is_ready(0))
    qtbot.keyClick(viewer, Key.Key_C)
    qtbot.keyClick(viewer, Key.Key_R)
    shows(qtbot, viewer, "#cccccc")
    assert viewer.session.flipbook.is_playing
    qtbot.keyClick(viewer, Key.Key_E)
    assert viewer.bar.exposure.value() > 0, "the controls follow the keys"


@pytest.mark.parametrize("key", [Key.Key_W, Key.Key_D, Key.Key_PageDown])
def test_what_needs_a_still_picture_stops_playing(qtbot: QtBot, viewer: ViewerWindow, key: Key) -> None:
    qtbot.keyClick(viewer, Key.Key_Space)
    qtbot.keyClick(viewer, key)
    assert not viewer.session.flipbook.is_playing


def test_time_and_not_pictures_decides_which_frame_is_due(qtbot: QtBot, viewer: ViewerWindow) -> None:
    now = [0.0]
    flipbook = viewer.session.flipbook
    flipbook._clock = lambda: now[0]
    flipbook.play(0)
    flipbook._timer.stop()
    for passed, place in ((0.039, 0), (0.041, 1), (0.13, 3), (0.201, 5), (0.245, 0)):
        now[0] = passed
        flipbook._tick()
        assert flipbook.place == place


def test_the_cache_of_the_flipbook_is_bounded(qtbot: QtBot, viewer: ViewerWindow) -> None:
    flipbook = viewer.session.flipbook
    flipbook._limit_bytes = 64 * 36 * 4 * 2
    flipbook.set_look(viewer.session.look, viewer.canvas.size_px())
    qtbot.keyClick(viewer, Key.Key_Space)
    seen: set[int] = set()
    flipbook.turned.connect(seen.add)
    qtbot.waitUntil(lambda: len(seen) == 6)
    assert 0 < flipbook._bytes <= flipbook._limit_bytes


def test_dragging_over_the_bar_scrubs(qtbot: QtBot, viewer: ViewerWindow) -> None:
    bar = viewer.timeline
    step = (bar.width() - 24) / 6
    qtbot.mousePress(bar, Qt.MouseButton.LeftButton, pos=QPoint(int(12 + step / 2), 10))
    qtbot.mouseMove(bar, QPoint(int(12 + step * 1.5), 10))
    qtbot.mouseMove(bar, QPoint(int(12 + step * 2.5), 10))
    assert viewer.session.number == 3
    shows(qtbot, viewer, COLORS[3])
    qtbot.mouseRelease(bar, Qt.MouseButton.LeftButton, pos=QPoint(int(12 + step * 2.5), 10))
    qtbot.waitUntil(lambda: viewer.session.picture is not None)
    shows(qtbot, viewer, COLORS[3])


def test_files_can_be_read_again(qtbot: QtBot, viewer: ViewerWindow, output: Path) -> None:
    shows(qtbot, viewer, COLORS[1])
    save_picture(output / "frame_0001.png", "#123456")
    qtbot.keyClick(viewer, Key.Key_F5)
    shows(qtbot, viewer, "#123456")


def test_pixels_that_are_not_square_keep_their_shape(
    qtbot: QtBot, viewer: ViewerWindow, reader: FakeReader, job: JobSnapshot
) -> None:
    looks_at(reader, 2, IMAGES / "anamorphic.exr")
    viewer.feed.show_job(job, 2)
    viewer.session.show(1)
    qtbot.waitUntil(lambda: viewer.canvas.shown is not None and viewer.canvas.shown.aspect == 2.0)
    target = viewer.canvas._target()
    assert target.width() / target.height() == pytest.approx(128 / 36, abs=0.02)
    assert viewer.canvas.pixel_at(target.center()) == (32, 18)


def test_the_controls_can_be_hidden(qtbot: QtBot, viewer: ViewerWindow) -> None:
    qtbot.keyClick(viewer, Key.Key_U)
    assert viewer.bar.isHidden() or not viewer.bar.isVisible()
    qtbot.waitUntil(lambda: viewer.canvas.height() == viewer.height())
    qtbot.keyClick(viewer, Key.Key_U)
    assert viewer.bar.isVisible()


def test_controls_take_two_rows_in_a_narrow_window(qtbot: QtBot, viewer: ViewerWindow) -> None:
    viewer.resize(1300, 700)
    qtbot.waitUntil(lambda: viewer.bar.exposure.y() - viewer.bar.layers.y() < 16)
    viewer.resize(700, 700)
    qtbot.waitUntil(lambda: viewer.bar.exposure.y() > viewer.bar.layers.geometry().bottom())
    assert viewer.width() == 700


def test_the_menu_of_the_picture_copies_its_path(
    qtbot: QtBot, viewer: ViewerWindow, output: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Path] = []
    monkeypatch.setattr("render_manager.ui.viewer.viewer_window.open_file", opened.append)
    menu = viewer.file_menu(viewer.session.path)
    actions = {action.text().replace("&", ""): action for action in menu.actions()}
    actions["Copy path"].trigger()
    assert QApplication.clipboard().text() == str(output / "frame_0001.png")
    actions["Open image"].trigger()
    assert opened == [output / "frame_0001.png"]


def test_what_needs_a_look_is_seen_in_the_bar_of_a_long_job(qtbot: QtBot, viewer: ViewerWindow) -> None:
    job = make_job(9, "1-100000")
    viewer.feed.job = job
    viewer.feed.states = FrameStates(job.frames, bytes([FRAME_CODES[C]]) * 100_000)
    viewer.feed.states.fill(50_000, 50_000, F)
    spans = list(viewer.timeline._spans(500))
    assert [state for _first, _last, state in spans] == [C, F, C]
    assert spans[0][0] == 0
    assert spans[-1][1] == 100_000
    first, last, _state = spans[1]
    assert first <= 50_000 < last
    assert last - first == 200


def test_every_key_does_something(viewer: ViewerWindow) -> None:
    names = [spec.name for spec in key_specs()]
    assert set(names) == set(viewer.deeds)
    keys = [key for spec in key_specs() for key in spec.keys]
    assert len(keys) == len(set(keys)), "no key means two things"


def test_the_list_of_keys_comes_and_goes(qtbot: QtBot, viewer: ViewerWindow) -> None:
    qtbot.keyClick(viewer, Key.Key_F1)
    assert viewer.sheet.isVisible()
    qtbot.keyClick(viewer, Key.Key_Escape)
    assert not viewer.sheet.isVisible()
    assert viewer.isVisible()


def test_escape_closes_and_says_where_one_was(qtbot: QtBot, viewer: ViewerWindow) -> None:
    qtbot.keyClick(viewer, Key.Key_Right)
    with qtbot.waitSignal(viewer.left) as signal:
        qtbot.keyClick(viewer, Key.Key_Escape)
    assert signal.args == [(1, 2)]
    assert not viewer.isVisible()


def test_the_job_that_is_deleted_takes_the_viewer_along(qtbot: QtBot, viewer: ViewerWindow) -> None:
    viewer.apply(ChangeSet(removed_jobs=(1,)))
    assert not viewer.isVisible()


def test_closing_frees_the_memory_and_opening_again_shows_the_frame(
    qtbot: QtBot, viewer: ViewerWindow, job: JobSnapshot
) -> None:
    session = viewer.session
    qtbot.keyClick(viewer, Key.Key_Space)
    qtbot.waitUntil(lambda: session.is_ready(0) and session.is_ready(1))
    qtbot.keyClick(viewer, Key.Key_Space)
    qtbot.waitUntil(lambda: session.picture is not None)
    qtbot.keyClick(viewer, Key.Key_Space)
    viewer.close()
    qtbot.waitUntil(lambda: not viewer._errands._under_way)
    assert not session.flipbook.is_playing
    assert not session.flipbook._pages
    assert session.flipbook._bytes == 0
    assert not session.shelf._found
    assert session.shelf.is_idle
    assert session.darkroom._wish is None
    assert session.picture is None
    assert viewer.canvas.shown is None
    assert not viewer.feed._rows
    viewer.look_at(job, 2)
    shows(qtbot, viewer, COLORS[2])


@pytest.fixture
def long_job(reader: FakeReader, output: Path) -> JobSnapshot:
    """A hundred frames, none of them rendered."""
    job = make_job(2, "1-100", name="long", output_dir=output, uuid="fedcba987654")
    reader.put(job)
    return job


def test_a_shorter_job_is_opened_from_a_late_frame_of_a_long_one(
    qtbot: QtBot, viewer: ViewerWindow, job: JobSnapshot, long_job: JobSnapshot
) -> None:
    viewer.look_at(long_job, 100)
    qtbot.waitUntil(lambda: viewer.canvas.words == "Frame 100 is not rendered yet.")
    viewer.look_at(job, 3)
    assert viewer.session.number == 3
    shows(qtbot, viewer, COLORS[3])
    assert viewer.title.text() == "shot  ·  frame 3  (3 of 6)"


def test_a_shorter_job_is_opened_while_a_long_one_plays(
    qtbot: QtBot, viewer: ViewerWindow, job: JobSnapshot, long_job: JobSnapshot
) -> None:
    viewer.look_at(long_job, 90)
    qtbot.waitUntil(lambda: viewer.canvas.words == "Frame 90 is not rendered yet.")
    qtbot.keyClick(viewer, Key.Key_Space)
    qtbot.waitUntil(lambda: viewer.session.place > 89)
    viewer.look_at(job, 2)
    assert not viewer.session.flipbook.is_playing
    assert viewer.session.number == 2
    shows(qtbot, viewer, COLORS[2])


def test_a_frame_the_job_does_not_have_changes_nothing(
    qtbot: QtBot, viewer: ViewerWindow, long_job: JobSnapshot
) -> None:
    viewer.look_at(long_job, 4711)
    assert viewer.session.number == 1
    shows(qtbot, viewer, COLORS[1])


def test_a_comparison_wanted_in_another_job_is_not_switched_on_in_this_one(
    qtbot: QtBot, viewer: ViewerWindow, job: JobSnapshot, long_job: JobSnapshot, output: Path
) -> None:
    save_picture(output / "replaced-01234567" / "previous-frame_0001.png", "#111111")
    shows(qtbot, viewer, COLORS[1])
    qtbot.keyClick(viewer, Key.Key_W)
    viewer.look_at(long_job, 1)
    qtbot.waitUntil(lambda: not viewer._errands._under_way)
    assert viewer.session.against is Against.NOTHING
    assert not viewer.session.earlier._known


def test_frames_that_could_not_be_read_are_said_to_be_and_read_with_f5(
    qtbot: QtBot,
    viewer: ViewerWindow,
    reader: FakeReader,
    long_job: JobSnapshot,
    expected_logs: LogWatch,
) -> None:
    expected_logs.expect("an errand failed")
    codes = reader.codes.pop(2)
    viewer.look_at(long_job, 7)
    qtbot.waitUntil(lambda: "Frame 7 could not be read" in viewer.canvas.words)
    assert not viewer.feed.knows_states, "the bar shows no states then"
    assert "state is being read" in viewer.timeline._tip(QPoint(100, 10))
    codes[6] = FRAME_CODES[F]
    reader.codes[2] = codes
    qtbot.keyClick(viewer, Key.Key_F5)
    qtbot.waitUntil(lambda: viewer.canvas.words.startswith("Frame 7 failed"))
    assert viewer.feed.knows_states
    assert "failed" in viewer.timeline._tip(QPoint(12 + (viewer.timeline.width() - 24) * 65 // 1000, 10))


def test_pictures_lie_on_dark_grey_in_the_light_theme_too(viewer: ViewerWindow) -> None:
    assert viewer.canvas._theme is DARK


def test_finds_earlier_pictures(tmp_path: Path) -> None:
    path = tmp_path / "shot_v003" / "frame_0001.png"
    assert previous_attempt(path, "0123456789") is None
    assert old_version(path, path.parent) is None
    kept = path.parent / "replaced-01234567"
    kept.mkdir(parents=True)
    for name in ("frame_0001.png", "frame_0001-2.png", "frame_0010.png"):
        (kept / name).touch()
    assert previous_attempt(path, "0123456789") == kept / "frame_0001-2.png"
    (kept / "previous-frame_0001.png").touch()
    assert previous_attempt(path, "0123456789") == kept / "previous-frame_0001.png"
    for name in ("shot", "shot_v001", "shot_v002", "shot_v004", "other_v002"):
        (tmp_path / name).mkdir()
    (tmp_path / "shot" / "frame_0001.png").touch()
    assert old_version(path, path.parent) == tmp_path / "shot" / "frame_0001.png"
    (tmp_path / "shot_v001" / "frame_0001.png").touch()
    (tmp_path / "shot_v004" / "frame_0001.png").touch()
    assert old_version(path, path.parent) == tmp_path / "shot_v001" / "frame_0001.png"


def test_files_of_one_kind_are_found_in_every_frame() -> None:
    first = ("/out/beauty/a_0001.exr", "/out/depth/a_0001.exr")
    other = ("/out/beauty/a_0107.exr", "/out/depth/a_0107.exr")
    assert file_of(other, stream_of(first[1])) == other[1]
    assert file_of(other, "something else") == other[0]
