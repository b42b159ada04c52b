import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QItemSelectionModel, QPoint, QSettings, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QToolButton, QWidget
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot
from support.log_watch import LogWatch

from qt.support import FakeReader, change, make_job, save_picture, with_counts
from render_manager.domain.changes import AttemptRecord, ChangeSet, FrameProgress, FrameResult, FrameRow
from render_manager.domain.states import AttemptOutcome, FrameState
from render_manager.ui.actions import Actions
from render_manager.ui.frame_view_orders import FrameViewOrders
from render_manager.ui.frames_pane import FramesPane
from render_manager.ui.life_sign import LifeSign
from render_manager.ui.models.frame_table_model import FrameColumn
from render_manager.ui.models.job_cells import clock_text
from render_manager.ui.motion import wants_stillness
from render_manager.ui.pools import Errands
from render_manager.ui.state_looks import Icons
from render_manager.ui.theme import Theme
from render_manager.ui.thumbnails import MOST_WAITING, Thumbnails

P, R, C, F, S = (
    FrameState.PENDING,
    FrameState.RENDERING,
    FrameState.COMPLETED,
    FrameState.FAILED,
    FrameState.SKIPPED,
)
GIB = 2**30
STATES = (C, C, F, C, F, R, S)


class Host(QWidget):
    """A window with the pane and its actions."""

    def __init__(self, theme: Theme, icons: Icons, errands: Errands) -> None:
        super().__init__()
        self.actions_by_name = Actions(self, icons)
        # The views' own key is tried here, without the action that has it in the whole window.
        self.actions_by_name.allow("frame_view", "Not here.")
        self.pane = FramesPane(theme=theme, icons=icons, errands=errands, parent=self)
        self.orders = FrameViewOrders(actions=self.actions_by_name, pane=self.pane, parent=self)
        self.resize(900, 600)
        self.pane.resize(900, 600)


@pytest.fixture
def host(qtbot: QtBot, theme: Theme, icons: Icons, errands: Errands, reader: FakeReader) -> Iterator[Host]:
    """Frames 10 to 29: two rendered, one failed, one rendered, one failed, one under way, one left out."""
    host = Host(theme, icons, errands)
    host.pane.read_from(reader)
    host.pane.load_icons()
    reader.put(make_job(1, "10-29"), *STATES)
    for frame, seconds, memory in ((10, 4.0, 2), (11, 61.0, 1), (13, 2.0, 3)):
        output = f"/out/{frame}.png"
        reader.rows[1, frame] = FrameRow(1, frame, C, outputs=(output,), attempts=1, seconds=seconds)
        record = AttemptRecord(1, frame, 1, AttemptOutcome.COMPLETED, 100.0 * frame, 100.0 * frame + seconds)
        reader.tries[1, frame] = [replace(record, peak_memory_bytes=memory * GIB, seconds=seconds)]
    reader.rows[1, 12] = FrameRow(1, 12, F, reason="Out of memory.", attempts=2, failures=2)
    reader.tries[1, 12] = [
        AttemptRecord(1, 12, number, AttemptOutcome.FAILED, 5000.0 * number, 5000.0 * number + 3.0)
        for number in (1, 2)
    ]
    with qtbot.waitSignal(host.pane.model.states_changed):
        host.pane.show_job(make_job(1, "10-29"))
    host.show()
    qtbot.waitExposed(host)
    host.activateWindow()
    yield host
    host.close()


def refuse(*_values: object, **_more: object) -> bytes:
    raise OSError("the disk does not answer")


def table_text(host: Host, row: int, column: FrameColumn) -> str:
    return host.pane.table.model.index(row, column).data()  # type: ignore[no-any-return]


def shown_numbers(host: Host) -> list[int]:
    model = host.pane.table.model
    return [int(model.index(row, 0).data()) for row in range(model.rowCount())]


def sort(qtbot: QtBot, host: Host, column: FrameColumn, order: Qt.SortOrder) -> None:
    with qtbot.waitSignal(host.pane.table.view.sorted_by):
        host.pane.table.view.horizontalHeader().setSortIndicator(column, order)


def test_a_chip_selects_its_frames_and_then_goes_through_them(qtbot: QtBot, host: Host) -> None:
    pane = host.pane
    chip = pane.chips.buttons[F]
    assert chip.isVisible()
    assert not pane.chips.buttons[FrameState.CANCELLED].isVisible()
    qtbot.mouseClick(chip, Qt.MouseButton.LeftButton)
    assert list(pane.selection.frames()) == [12, 14]
    assert pane.current_frame() == (1, 12)
    assert chip.text().endswith("▸")
    for frame in (14, 12, 14):
        qtbot.mouseClick(chip, Qt.MouseButton.LeftButton)
        assert pane.current_frame() == (1, frame)
        assert list(pane.selection.frames()) == [12, 14]
    pane.select_frame(10)
    assert not chip.text().endswith("▸")


def test_states_are_chosen_by_keys(qtbot: QtBot, host: Host) -> None:
    pane = host.pane
    pane.grid.setFocus()
    qtbot.waitUntil(pane.grid.hasFocus)
    for key, frames in ((Qt.Key.Key_3, [10, 11, 13]), (Qt.Key.Key_6, [16]), (Qt.Key.Key_2, [15])):
        qtbot.keyClick(pane.grid, key, Qt.KeyboardModifier.AltModifier)
        assert list(pane.selection.frames()) == frames
    assert not host.actions_by_name["frames_cancelled"].isEnabled()
    qtbot.keyClick(pane.grid, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert len(pane.selection.frames()) == 20
    qtbot.keyClick(pane.grid, Qt.Key.Key_QuoteLeft, Qt.KeyboardModifier.AltModifier)
    assert not pane.selection.frames()
    assert pane.current_frame() is None


def test_typing_a_number_goes_to_that_frame(qtbot: QtBot, host: Host) -> None:
    pane = host.pane
    pane.grid.setFocus()
    qtbot.waitUntil(pane.grid.hasFocus)
    qtbot.keyClick(pane.grid, Qt.Key.Key_2)
    jump = pane._jump
    assert jump is not None
    assert jump.isVisible()
    assert "10-29" in jump.note.text()
    qtbot.keyClick(jump.field, Qt.Key.Key_7)
    assert pane.current_frame() == (1, 27)
    qtbot.keyClick(jump.field, Qt.Key.Key_0)
    assert jump.note.text() == "This job has no frame 270. Its frames: 10-29"
    assert pane.current_frame() == (1, 27)
    qtbot.keyClick(jump.field, Qt.Key.Key_Return)
    assert not jump.isVisible()
    qtbot.waitUntil(pane.grid.hasFocus)
    host.actions_by_name["frames_jump"].trigger()
    assert jump.isVisible()
    assert jump.field.text() == ""
    qtbot.keyClick(jump.field, Qt.Key.Key_Escape)
    assert not jump.isVisible()


def test_space_opens_the_current_frame_in_either_view(qtbot: QtBot, host: Host) -> None:
    pane = host.pane
    pane.select_frame(13)
    with qtbot.waitSignal(pane.frame_opened) as opened:
        qtbot.keyClick(pane.grid, Qt.Key.Key_Space)
    assert opened.args == [(1, 13)]
    pane.show_view("table")
    sort(qtbot, host, FrameColumn.SECONDS, Qt.SortOrder.DescendingOrder)
    pane.select_frame(10)
    with qtbot.waitSignal(pane.frame_opened) as opened:
        qtbot.keyClick(pane.table.view, Qt.Key.Key_Space)
    assert opened.args == [(1, 10)]


def test_the_table_keeps_qts_rules(qtbot: QtBot, qtmodeltester: ModelTester, host: Host) -> None:
    host.pane.show_view("table")
    qtmodeltester.check(host.pane.table.model)
    sort(qtbot, host, FrameColumn.STATE, Qt.SortOrder.DescendingOrder)
    qtmodeltester.check(host.pane.table.model)
    host.pane.apply(ChangeSet(frames=(change(15, R, C),)))
    host.pane.show_job(None)
    assert host.pane.table.model.rowCount() == 0


def test_the_table_tells_everything_of_a_frame(qtbot: QtBot, host: Host, tmp_path: Path) -> None:
    host.pane.show_view("table")
    qtbot.waitUntil(lambda: table_text(host, 1, FrameColumn.MEMORY) != "")
    texts = [table_text(host, 1, column) for column in FrameColumn]
    assert texts[:5] == ["11", "completed", "1", "1:01", "1.0 GB"]
    assert texts[6] == clock_text(1100.0, time.time())
    assert texts[8] == "11.png"
    assert table_text(host, 2, FrameColumn.LAST_LINE) == "Out of memory."
    assert table_text(host, 2, FrameColumn.ATTEMPTS) == "2"
    now = time.time()
    host.pane.apply(ChangeSet(progress={(1, 15): FrameProgress(1, 15, 12.0, "", now - 75.0)}))
    assert table_text(host, 5, FrameColumn.STATE) == "rendering 12 %"
    assert table_text(host, 5, FrameColumn.SECONDS) == "1:15"
    host.pane.model.set_signs({15: LifeSign(9, now - 250.0, "Sample 3/4", 60.0)})
    assert table_text(host, 5, FrameColumn.STATE) == "rendering, quiet 4:10"
    assert table_text(host, 5, FrameColumn.LAST_LINE) == "Sample 3/4"


@pytest.mark.parametrize(
    ("column", "order", "first"),
    [
        (FrameColumn.FRAME, Qt.SortOrder.DescendingOrder, [29, 28, 27]),
        (FrameColumn.STATE, Qt.SortOrder.DescendingOrder, [16, 12, 14, 10, 11, 13, 15, 17]),
        (FrameColumn.SECONDS, Qt.SortOrder.DescendingOrder, [11, 10, 13, 12]),
        (FrameColumn.MEMORY, Qt.SortOrder.AscendingOrder, [11, 10, 13, 12]),
        (FrameColumn.ATTEMPTS, Qt.SortOrder.DescendingOrder, [12, 10, 11, 13]),
        (FrameColumn.FINISHED, Qt.SortOrder.DescendingOrder, [12, 13, 11, 10]),
    ],
)
def test_the_table_is_sorted_by_a_column(
    qtbot: QtBot, host: Host, column: FrameColumn, order: Qt.SortOrder, first: list[int]
) -> None:
    host.pane.show_view("table")
    sort(qtbot, host, column, order)
    assert shown_numbers(host)[: len(first)] == first
    host.pane.apply(ChangeSet(frames=(change(29, P, C, result=FrameResult(("/o.png",), "", 9e5)),)))
    assert shown_numbers(host)[: len(first)] == first, "nothing moves by itself"


def test_another_job_is_in_frame_order_again(qtbot: QtBot, host: Host, reader: FakeReader) -> None:
    host.pane.show_view("table")
    sort(qtbot, host, FrameColumn.SECONDS, Qt.SortOrder.DescendingOrder)
    reader.put(make_job(2, "1-3"))
    with qtbot.waitSignal(host.pane.model.states_changed):
        host.pane.show_job(make_job(2, "1-3"))
    assert shown_numbers(host) == [1, 2, 3]
    assert host.pane.table.view.horizontalHeader().sortIndicatorSection() == FrameColumn.FRAME


def test_grid_and_table_have_one_selection(qtbot: QtBot, host: Host) -> None:
    pane = host.pane
    pane.choice.all_in(F)
    pane.show_view("table")
    view = pane.table.view
    assert {index.row() for index in view.selectionModel().selectedRows()} == {2, 4}
    sort(qtbot, host, FrameColumn.STATE, Qt.SortOrder.DescendingOrder)
    assert {index.row() for index in view.selectionModel().selectedRows()} == {1, 2}
    assert view.currentIndex().row() == 1
    point = view.visualRect(pane.table.model.index(3, 0)).center()
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=point)
    assert list(pane.selection.frames()) == [10]
    assert pane.current_frame() == (1, 10)
    qtbot.mouseClick(
        view.viewport(),
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.ShiftModifier,
        view.visualRect(pane.table.model.index(5, 0)).center(),
    )
    assert list(pane.selection.frames()) == [10, 11, 13]
    pane.show_view("grid")
    pane.select_frame(29)
    assert list(pane.selection.frames()) == [29]
    pane.show_view("table")
    assert [index.row() for index in view.selectionModel().selectedRows()] == [pane.table.model.row_of(19)]


def test_all_frames_are_selected_in_any_order(qtbot: QtBot, host: Host) -> None:
    pane = host.pane
    pane.show_view("table")
    sort(qtbot, host, FrameColumn.SECONDS, Qt.SortOrder.DescendingOrder)
    pane.table.view.setFocus()
    qtbot.waitUntil(pane.table.view.hasFocus)
    qtbot.keyClick(pane.table.view, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert len(pane.selection.frames()) == 20
    assert len(pane.table.view.selectionModel().selectedRows()) == 20
    qtbot.keyClick(pane.table.view, Qt.Key.Key_Escape)
    assert not pane.selection.frames()


def test_the_tables_menu_is_the_frames_menu(qtbot: QtBot, host: Host) -> None:
    pane = host.pane
    pane.show_view("table")
    view = pane.table.view
    point = view.visualRect(pane.table.model.index(3, 0)).center()
    with qtbot.waitSignal(pane.menu_wanted):
        view.customContextMenuRequested.emit(point)
    assert list(pane.selection.frames()) == [13]
    with qtbot.assertNotEmitted(pane.menu_wanted):
        view.customContextMenuRequested.emit(QPoint(5, view.viewport().height() - 2))


def test_columns_are_chosen_and_remembered(
    qtbot: QtBot, host: Host, theme: Theme, icons: Icons, errands: Errands, tmp_path: Path
) -> None:
    pane = host.pane
    pane.show_view("table")
    menu = pane.table.view.header_menu()
    names = {action.text(): action for action in menu.actions()}
    assert not names["Frame"].isEnabled()
    names["Memory"].setChecked(False)
    assert pane.table.view.isColumnHidden(FrameColumn.MEMORY)
    settings = QSettings(str(tmp_path / "w.ini"), QSettings.Format.IniFormat)
    pane.save(settings)
    again = FramesPane(theme=theme, icons=icons, errands=errands)
    qtbot.addWidget(again)
    again.restore(settings)
    qtbot.waitUntil(lambda: again.view == "table")
    assert again.table.view.isColumnHidden(FrameColumn.MEMORY)
    assert not again.table.view.isColumnHidden(FrameColumn.SECONDS)
    kept = QSettings(str(tmp_path / "v.ini"), QSettings.Format.IniFormat)
    again.save(kept)
    assert kept.value("frames/columns") is not None


def test_views_are_changed_by_buttons_and_keys(qtbot: QtBot, host: Host) -> None:
    pane = host.pane
    buttons = [one for one in pane.header.findChildren(QToolButton) if one.defaultAction() is not None]
    assert [one.defaultAction().text() for one in buttons] == ["&Grid", "&Table", "Ti&mes"]
    assert all(not one.defaultAction().toolTip().startswith("&") for one in buttons)
    qtbot.mouseClick(buttons[1], Qt.MouseButton.LeftButton)
    assert pane.view == "table"
    assert pane.header.zoom.isHidden()
    assert not host.actions_by_name["frames_grid"].isChecked()
    qtbot.keyClick(pane.table.view, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    assert pane.view == "grid"
    assert [one.isChecked() for one in buttons] == [True, False, False]
    qtbot.mouseClick(buttons[0], Qt.MouseButton.LeftButton)
    assert [one.isChecked() for one in buttons] == [True, False, False], "one of them is always shown"
    pane.show_view("table")
    assert [one.isChecked() for one in buttons] == [False, True, False]


def test_words_give_way_in_a_narrow_pane(host: Host) -> None:
    pane = host.pane
    pane.resize(1600, 400)
    assert pane.chips.buttons[C].text() == "completed 3"
    style = Qt.ToolButtonStyle.ToolButtonTextBesideIcon
    assert all(view.toolButtonStyle() is style for view in pane.header._views)
    pane.resize(420, 400)
    assert pane.chips.buttons[C].text() == "3"
    assert pane.header.width() == 420


def test_the_slider_goes_from_bars_to_pictures(host: Host) -> None:
    pane = host.pane
    pane.header.zoom.setValue(pane.header.zoom.minimum())
    assert pane.grid.cell_width == 2
    pane.header.zoom.setValue(pane.header.zoom.maximum())
    assert pane.grid.cell_width == 420
    pane.grid.set_cell_width(132)
    assert pane.header.zoom.value() not in (pane.header.zoom.minimum(), pane.header.zoom.maximum())


def test_a_new_picture_fades_in_and_others_are_there_at_once(
    qtbot: QtBot, errands: Errands, tmp_path: Path
) -> None:
    old, new = str(save_picture(tmp_path / "old.png")), str(save_picture(tmp_path / "new.png"))
    thumbnails = Thumbnails(errands, fades=True)
    thumbnails.fade_in(new)
    for path in (old, new):
        with qtbot.waitSignal(thumbnails.arrived):
            assert thumbnails.get(path) is None
    assert thumbnails.opacity(old) == 1.0
    assert thumbnails.appearing == {new}
    qtbot.waitUntil(lambda: thumbnails.opacity(new) == 1.0)
    assert not thumbnails.appearing
    still = Thumbnails(errands)
    still.fade_in(new)
    with qtbot.waitSignal(still.arrived):
        still.get(new)
    assert still.opacity(new) == 1.0


def test_a_picture_that_is_seen_long_after_it_was_made_is_there_at_once(
    qtbot: QtBot, errands: Errands, tmp_path: Path
) -> None:
    now = [100.0]
    path, other = str(save_picture(tmp_path / "a.png")), str(save_picture(tmp_path / "b.png"))
    thumbnails = Thumbnails(errands, fades=True, clock=lambda: now[0])
    thumbnails.fade_in(path)
    now[0] += 3600.0
    with qtbot.waitSignal(thumbnails.arrived):
        thumbnails.get(path)
    assert thumbnails.opacity(path) == 1.0
    thumbnails.fade_in(other)
    with qtbot.waitSignal(thumbnails.arrived):
        thumbnails.get(other)
    assert thumbnails.opacity(other) == 0.0
    now[0] += 10.0
    assert not thumbnails.appearing, "one that went out of sight while it appeared does not appear for ever"


def test_pictures_made_out_of_sight_are_not_noted_for_ever(errands: Errands) -> None:
    now = [100.0]
    thumbnails = Thumbnails(errands, fades=True, clock=lambda: now[0])
    for number in range(2 * MOST_WAITING):
        thumbnails.fade_in(f"/t/{number}.jpg")
    assert len(thumbnails._new) == MOST_WAITING
    now[0] += 2.0
    thumbnails.fade_in("/t/last.jpg")
    assert list(thumbnails._new) == ["/t/last.jpg"]


def test_frames_that_could_not_be_read_are_said_to_be_unknown_and_read_when_shown_again(
    qtbot: QtBot, host: Host, reader: FakeReader, expected_logs: LogWatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected_logs.expect("an errand failed")
    pane = host.pane
    reader.put(make_job(2, "1-5", name="broken"), C, C)
    with monkeypatch.context() as broken:
        broken.setattr(reader, "frame_states", refuse)
        pane.show_job(with_counts(make_job(2, "1-5", name="broken"), completed=2))
        qtbot.waitUntil(pane.problem.isVisible)
    assert "The frames of broken could not be read" in pane.problem.text()
    assert pane.model.rowCount() == 0, "no frame is shown in a state it is not in"
    assert "2" in pane.chips.buttons[C].text(), "the job's own counts are known"
    pane.hide()
    pane.show()
    qtbot.waitUntil(lambda: not pane.problem.isVisible())
    assert [pane.model.cell(place).state for place in range(5)] == [C, C, P, P, P]


def test_sorting_again_reads_frames_that_could_not_be_read(
    qtbot: QtBot, host: Host, reader: FakeReader, expected_logs: LogWatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected_logs.expect("an errand failed")
    host.pane.show_view("table")
    reader.put(make_job(2, "1-5"), C, C)
    with monkeypatch.context() as broken:
        broken.setattr(reader, "frame_states", refuse)
        host.pane.show_job(make_job(2, "1-5"))
        qtbot.waitUntil(host.pane.problem.isVisible)
    host.pane.table.view.sort_again()
    qtbot.waitUntil(lambda: shown_numbers(host) == [1, 2, 3, 4, 5])
    assert not host.pane.problem.isVisible()


def test_another_job_takes_the_sentence_of_the_unreadable_one_away(
    qtbot: QtBot, host: Host, reader: FakeReader, expected_logs: LogWatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected_logs.expect("an errand failed")
    reader.put(make_job(2, "1-5"))
    with monkeypatch.context() as broken:
        broken.setattr(reader, "frame_states", refuse)
        host.pane.show_job(make_job(2, "1-5"))
        qtbot.waitUntil(host.pane.problem.isVisible)
    host.pane.show_job(make_job(1, "10-29"))
    assert not host.pane.problem.isVisible()
    qtbot.waitUntil(lambda: host.pane.model.rowCount() == 20)


def test_the_frames_of_a_job_with_steps_are_named_as_they_are(
    qtbot: QtBot, host: Host, reader: FakeReader
) -> None:
    reader.put(make_job(2, "1-100x5"))
    host.pane.show_job(make_job(2, "1-100x5"))
    qtbot.waitUntil(lambda: host.pane.model.rowCount() == 20)
    host.pane.ask_for_frame("5")
    jump = host.pane._jump
    assert jump is not None
    assert jump.note.text() == "This job has no frame 5. Its frames: 1-96x5"
    qtbot.keyClick(jump.field, Qt.Key.Key_6)
    assert jump.note.text() == "Frames of this job: 1-96x5"
    assert host.pane.current_frame() == (2, 56)


def test_the_cell_of_a_new_picture_is_painted_until_it_is_there(
    qtbot: QtBot, host: Host, reader: FakeReader, tmp_path: Path
) -> None:
    pane = host.pane
    pane.thumbnails._fades = True
    qtbot.waitUntil(lambda: pane.model.cell(5).row is not None)
    picture = str(save_picture(tmp_path / "15.png", "#ff0000"))
    pane.apply(ChangeSet(frames=(change(15, R, C, result=FrameResult(("/o.png",), picture, 1.0)),)))

    def shown() -> bool:
        image: QImage = pane.grid.viewport().grab().toImage()
        rect = pane.grid.visualRect(pane.model.index(5))
        color = image.pixelColor(rect.center() - QPoint(0, 10))
        return color.red() > 250 and color.green() < 5

    qtbot.waitUntil(shown)
    qtbot.waitUntil(lambda: not pane.thumbnails.appearing)


@pytest.mark.parametrize(
    ("file", "text", "still"),
    [
        ("gtk-3.0/settings.ini", "[Settings]\ngtk-enable-animations=0\n", True),
        ("gtk-3.0/settings.ini", "[Settings]\ngtk-enable-animations=1\n", False),
        ("kdeglobals", "[KDE]\nAnimationDurationFactor=0\n", True),
        ("kdeglobals", "[KDE]\nAnimationDurationFactor=1\n", False),
        ("other", "", False),
    ],
)
def test_the_systems_wish_for_stillness_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str, text: str, still: bool
) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    (tmp_path / ".config/gtk-3.0").mkdir(parents=True)
    (tmp_path / ".config" / file).write_text(text)
    assert wants_stillness(tmp_path) is still


def test_a_context_menu_keeps_a_selection_it_is_opened_on(qtbot: QtBot, host: Host) -> None:
    pane = host.pane
    flags = QItemSelectionModel.SelectionFlag
    for place in (0, 3):
        pane.grid.selectionModel().select(pane.model.index(place), flags.Select)
    with qtbot.waitSignal(pane.menu_wanted):
        pane.grid.customContextMenuRequested.emit(pane.grid.visualRect(pane.model.index(3)).center())
    assert list(pane.selection.frames()) == [10, 13]
