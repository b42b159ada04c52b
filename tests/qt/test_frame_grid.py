import pytest
from PySide6.QtCore import QEvent, QItemSelectionModel, QPoint, QPointF, QRect, QStringListModel, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractItemView, QApplication
from pytestqt.qtbot import QtBot

from render_manager.domain.changes import FrameProgress
from render_manager.ui.cell_flow import GAP_PX, LARGEST_CELL_PX, SMALLEST_CELL_PX
from render_manager.ui.frame_bars import FrameBars
from render_manager.ui.frame_grid import BarSource, FrameGrid
from render_manager.ui.state_looks import marked_look
from render_manager.ui.theme import DARK


@pytest.fixture
def grid(qtbot: QtBot) -> FrameGrid:
    grid = FrameGrid()
    grid.setModel(QStringListModel([str(number) for number in range(1000)], grid))
    qtbot.addWidget(grid)
    grid.resize(700, 400)
    grid.show()
    qtbot.waitExposed(grid)
    return grid


def test_cells_flow_in_lines_and_are_found_where_they_are_painted(grid: FrameGrid) -> None:
    columns = grid.columns()
    assert columns == (grid.viewport().width() - GAP_PX) // (grid.cell_width + GAP_PX)
    for row in (0, 1, columns, 3 * columns + 2):
        rect = grid.visualRect(grid.model().index(row, 0))
        assert grid.indexAt(rect.center()).row() == row
    assert not grid.indexAt(QPoint(GAP_PX // 2, GAP_PX // 2)).isValid()


def test_only_cells_in_sight_are_visible_rows(grid: FrameGrid) -> None:
    line = grid.flow().size.height() + GAP_PX
    lines = grid.viewport().height() // line + 2
    assert len(grid.visible_rows()) <= lines * grid.columns()
    assert grid.visible_rows().start == 0
    grid.verticalScrollBar().setValue(grid.verticalScrollBar().maximum())
    assert grid.visible_rows().stop == 1000


def test_scrolling_to_a_frame_brings_it_into_sight(grid: FrameGrid) -> None:
    for row, hint in (
        (900, QAbstractItemView.ScrollHint.EnsureVisible),
        (10, QAbstractItemView.ScrollHint.PositionAtTop),
        (500, QAbstractItemView.ScrollHint.PositionAtCenter),
        (500, QAbstractItemView.ScrollHint.PositionAtBottom),
    ):
        index = grid.model().index(row, 0)
        grid.scrollTo(index, hint)
        assert grid.viewport().rect().contains(grid.visualRect(index))


def test_arrow_keys_move_by_cell_line_and_page(qtbot: QtBot, grid: FrameGrid) -> None:
    columns = grid.columns()
    grid.setCurrentIndex(grid.model().index(0, 0))
    for key, row in (
        (Qt.Key.Key_Right, 1),
        (Qt.Key.Key_Down, 1 + columns),
        (Qt.Key.Key_Left, columns),
        (Qt.Key.Key_Up, 0),
        (Qt.Key.Key_Up, 0),
        (Qt.Key.Key_End, 999),
        (Qt.Key.Key_Right, 999),
        (Qt.Key.Key_Home, 0),
    ):
        qtbot.keyClick(grid, key)
        assert grid.currentIndex().row() == row, key
    qtbot.keyClick(grid, Qt.Key.Key_PageDown)
    assert grid.currentIndex().row() > columns


def test_shift_selects_the_run_between(qtbot: QtBot, grid: FrameGrid) -> None:
    grid.setCurrentIndex(grid.model().index(1, 0))
    qtbot.keyClick(grid, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClick(grid, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    chosen = sorted(index.row() for index in grid.selectionModel().selectedIndexes())
    assert chosen == [1, 2, 3]


def test_a_selection_between_two_places_is_the_run_between(grid: FrameGrid) -> None:
    first = grid.visualRect(grid.model().index(0, 0)).center()
    last = grid.visualRect(grid.model().index(grid.columns() + 1, 0)).center()
    grid.setSelection(QRect(first, last), QItemSelectionModel.SelectionFlag.ClearAndSelect)
    chosen = sorted(index.row() for index in grid.selectionModel().selectedIndexes())
    assert chosen == list(range(grid.columns() + 2))
    region = grid.visualRegionForSelection(grid.selectionModel().selection())
    assert region.contains(first)


def test_selecting_everything_of_a_large_job_is_one_range(qtbot: QtBot, grid: FrameGrid) -> None:
    grid.selectAll()
    assert grid.selectionModel().selection().count() <= grid.model().rowCount()
    assert len(grid.selectionModel().selectedIndexes()) == 1000


def test_ctrl_and_wheel_zoom_and_keep_the_current_frame_in_sight(qtbot: QtBot, grid: FrameGrid) -> None:
    grid.setCurrentIndex(grid.model().index(400, 0))
    before = grid.cell_width
    with qtbot.waitSignal(grid.zoomed):
        _wheel(grid, 120, Qt.KeyboardModifier.ControlModifier)
    assert grid.cell_width > before
    assert grid.viewport().rect().intersects(grid.visualRect(grid.currentIndex()))
    for _turn in range(60):
        _wheel(grid, -120, Qt.KeyboardModifier.ControlModifier)
    assert grid.cell_width == SMALLEST_CELL_PX
    value = grid.verticalScrollBar().value()
    _wheel(grid, -120, Qt.KeyboardModifier.NoModifier)
    assert grid.verticalScrollBar().value() >= value


def test_keys_zoom(qtbot: QtBot, grid: FrameGrid) -> None:
    before = grid.cell_width
    qtbot.keyClick(grid, Qt.Key.Key_Plus, Qt.KeyboardModifier.ControlModifier)
    larger = grid.cell_width
    qtbot.keyClick(grid, Qt.Key.Key_Minus, Qt.KeyboardModifier.ControlModifier)
    assert before < larger
    assert grid.cell_width < larger


def test_an_empty_grid_paints_and_answers(qtbot: QtBot) -> None:
    grid = FrameGrid()
    qtbot.addWidget(grid)
    grid.resize(300, 200)
    grid.show()
    qtbot.waitExposed(grid)
    assert list(grid.visible_rows()) == []
    grid.setModel(QStringListModel([], grid))
    grid.repaint()
    assert not grid.indexAt(QPoint(10, 10)).isValid()
    qtbot.keyClick(grid, Qt.Key.Key_Right)


def _wheel(grid: FrameGrid, delta: int, modifiers: Qt.KeyboardModifier) -> None:
    point = grid.viewport().rect().center()
    event = QWheelEvent(
        point,
        grid.viewport().mapToGlobal(point),
        QPoint(0, 0),
        QPoint(0, delta),
        Qt.MouseButton.NoButton,
        modifiers,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(grid.viewport(), event)


def test_cells_fill_their_lines(grid: FrameGrid) -> None:
    for width in (20, 132, 200, 420):
        grid.set_cell_width(width)
        columns = grid.columns()
        right = grid.visualRect(grid.model().index(columns - 1, 0)).right()
        assert 0 <= grid.viewport().width() - GAP_PX - right <= columns


def rows_of(grid: FrameGrid) -> list[int]:
    return sorted(index.row() for index in grid.selectionModel().selectedIndexes())


def centre(grid: FrameGrid, row: int) -> QPoint:
    return grid.visualRect(grid.model().index(row, 0)).center()


def test_shift_and_a_click_select_the_run_from_the_last_click(qtbot: QtBot, grid: FrameGrid) -> None:
    left, columns = Qt.MouseButton.LeftButton, grid.columns()
    qtbot.mouseClick(grid.viewport(), left, pos=centre(grid, columns - 1))
    # Left of and below the first one: no rectangle between them holds these frames.
    qtbot.mouseClick(grid.viewport(), left, Qt.KeyboardModifier.ShiftModifier, centre(grid, 2 * columns))
    assert rows_of(grid) == list(range(columns - 1, 2 * columns + 1))
    qtbot.mouseClick(grid.viewport(), left, Qt.KeyboardModifier.ShiftModifier, centre(grid, 0))
    assert rows_of(grid) == list(range(columns))
    qtbot.mouseClick(grid.viewport(), left, Qt.KeyboardModifier.ControlModifier, centre(grid, columns + 1))
    assert rows_of(grid) == [*range(columns), columns + 1]


def test_shift_and_arrows_select_whole_lines_of_frames(qtbot: QtBot, grid: FrameGrid) -> None:
    columns = grid.columns()
    qtbot.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=centre(grid, 2))
    qtbot.keyClick(grid, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert rows_of(grid) == list(range(2, columns + 3))
    qtbot.keyClick(grid, Qt.Key.Key_Up, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClick(grid, Qt.Key.Key_Home, Qt.KeyboardModifier.ShiftModifier)
    assert rows_of(grid) == [0, 1, 2]


def test_dragging_selects_the_run_between(qtbot: QtBot, grid: FrameGrid) -> None:
    start, end = centre(grid, grid.columns() - 1), centre(grid, grid.columns() + 1)
    qtbot.mousePress(grid.viewport(), Qt.MouseButton.LeftButton, pos=start)
    for point in ((start + end) / 2, end):
        event = QMouseEvent(
            QEvent.Type.MouseMove,
            QPointF(point),
            QPointF(grid.viewport().mapToGlobal(point)),
            Qt.MouseButton.NoButton,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
        QApplication.sendEvent(grid.viewport(), event)
    qtbot.mouseRelease(grid.viewport(), Qt.MouseButton.LeftButton, pos=end)
    assert rows_of(grid) == list(range(grid.columns() - 1, grid.columns() + 2))


def test_a_click_in_the_empty_lets_go(qtbot: QtBot) -> None:
    grid = FrameGrid()
    grid.setModel(QStringListModel(["1", "2"], grid))
    qtbot.addWidget(grid)
    grid.resize(700, 400)
    grid.show()
    grid.selectAll()
    qtbot.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(600, 380))
    assert rows_of(grid) == []


def test_space_opens_and_digits_are_handed_on(qtbot: QtBot, grid: FrameGrid) -> None:
    grid.setCurrentIndex(grid.model().index(7, 0))
    with qtbot.waitSignal(grid.opened) as opened:
        qtbot.keyClick(grid, Qt.Key.Key_Space)
    assert opened.args[0].row() == 7
    with qtbot.waitSignal(grid.typed) as typed:
        qtbot.keyClick(grid, Qt.Key.Key_4)
    assert typed.args == ["4"]


def test_each_step_of_the_zoom_changes_something(grid: FrameGrid) -> None:
    grid.set_cell_width(SMALLEST_CELL_PX)
    seen = [grid.cell_width]
    for _step in range(60):
        grid.zoom(1)
        seen.append(grid.cell_width)
    assert seen == sorted(seen)
    assert seen[:4] == [2, 3, 4, 5]
    assert seen[-1] == LARGEST_CELL_PX


def test_zooming_leaves_a_frame_in_sight_where_it_is(grid: FrameGrid) -> None:
    grid.scrollTo(grid.model().index(500, 0), QAbstractItemView.ScrollHint.PositionAtTop)
    grid.setCurrentIndex(grid.model().index(505, 0))
    top = grid.visualRect(grid.currentIndex()).top()
    grid.set_cell_width(100)
    assert grid.visualRect(grid.currentIndex()).top() == top


@pytest.fixture
def bars(grid: FrameGrid) -> FrameGrid:
    codes = bytearray(b"\x00\x02\x03\x07" * 250)
    progress = {2: FrameProgress(1, 3, 50.0, "", 0.0)}
    selection = grid.selectionModel()

    def selected() -> list[tuple[int, int]]:
        chosen = selection.selection()
        return [(chosen.at(at).top(), chosen.at(at).bottom()) for at in range(chosen.count())]

    source = BarSource(FrameBars(DARK), codes=lambda: codes, selected=selected, rendering=lambda: progress)
    grid.paint_bars_from(source)
    return grid


@pytest.mark.parametrize("width", [2, 5, 11, 20, 40])
def test_small_cells_have_their_states_colours(bars: FrameGrid, width: int) -> None:
    bars.set_cell_width(width)
    image = bars.viewport().grab().toImage()
    painter = FrameBars(DARK)
    for row in (0, 1, 3, bars.columns() + 1, bars.visible_rows().stop - 1):
        rect = bars.visualRect(bars.model().index(row, 0))
        colors = {image.pixel(rect.topLeft()), image.pixel(rect.topRight())}
        assert colors == {painter.color((0, 2, 3, 7)[row % 4]).rgb()}, row
    assert painter.color(7) == marked_look().color


def test_many_bars_fit_and_selected_ones_are_framed(bars: FrameGrid) -> None:
    bars.set_cell_width(SMALLEST_CELL_PX)
    assert bars.visible_rows() == range(1000)
    bars.setSelection(bars.visualRect(bars.model().index(5, 0)), QItemSelectionModel.SelectionFlag.Select)
    image = bars.viewport().grab().toImage()
    rect = bars.visualRect(bars.model().index(5, 0))
    for x, y in (
        (rect.left() - 1, rect.top()),
        (rect.right() + 1, rect.top()),
        (rect.left(), rect.top() - 1),
    ):
        assert image.pixelColor(x, y) == DARK.accent
    assert image.pixelColor(rect.left(), rect.top()) == FrameBars(DARK).color(2)


def test_progress_is_painted_on_blocks_of_some_size(bars: FrameGrid) -> None:
    bars.set_cell_width(40)
    image = bars.viewport().grab().toImage()
    rect = bars.visualRect(bars.model().index(2, 0))
    assert image.pixelColor(rect.left() + 2, rect.bottom()) == DARK.text
    assert image.pixelColor(rect.right() - 2, rect.bottom()) == DARK.pane
