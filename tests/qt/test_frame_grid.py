import pytest
from PySide6.QtCore import QItemSelectionModel, QPoint, QRect, QStringListModel, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QAbstractItemView, QApplication
from pytestqt.qtbot import QtBot

from render_manager.ui.cell_flow import GAP_PX, SMALLEST_CELL_PX
from render_manager.ui.frame_grid import FrameGrid


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
    line = grid.cell_size().height() + GAP_PX
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
