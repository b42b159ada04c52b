"""The job table under the mouse and the keys: order, filter, dragging, columns."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from qt.support import FakeReader, Posts, change, make_job, save_picture, with_counts
from render_manager.domain import commands
from render_manager.domain.changes import ChangeSet, FrameResult, JobSnapshot
from render_manager.domain.states import FrameState, JobState
from render_manager.ui.job_moves import Move, plan_move
from render_manager.ui.main_window import MainWindow
from render_manager.ui.models.job_mime import mime_of
from render_manager.ui.models.job_order import JobColumn, JobView, words_of
from render_manager.ui.models.jobs_model import JobsModel

LEFT = Qt.MouseButton.LeftButton
DONE = {"state": JobState.COMPLETED, "reason": ""}


def jobs() -> dict[int, JobSnapshot]:
    """Two low, two default, one high, and one that is done."""
    made = [
        make_job(1, name="low_1", priority=2),
        make_job(2, name="low_2", priority=2),
        make_job(3, name="mid_6", priority=6),
        make_job(4, name="mid_5", priority=5),
        make_job(5, name="high", priority=9, engine="maya"),
        replace(with_counts(make_job(6, name="done"), completed=10), finished_at=50.0, **DONE),
    ]
    return {job.id: job for job in made}


def names(window: MainWindow) -> list[str]:
    return [job.name for job in window.jobs.model.shown()]


@pytest.fixture
def filled(window: MainWindow, reader: FakeReader) -> MainWindow:
    for job in jobs().values():
        reader.put(job)
    window.apply(ChangeSet(jobs=jobs()))
    return window


def drag(window: MainWindow, job_ids: list[int], y: int) -> None:
    """Drag rows to a height of the table and drop them, as Qt tells a widget of it."""
    table = window.jobs.table
    data, point = mime_of(job_ids), QPoint(60, y)
    actions, none = Qt.DropAction.MoveAction, Qt.KeyboardModifier.NoModifier
    for event in (
        QDragEnterEvent(point, actions, data, LEFT, none),
        QDragMoveEvent(point, actions, data, LEFT, none),
        QDropEvent(QPointF(point), actions, data, LEFT, none),
    ):
        QApplication.sendEvent(table.viewport(), event)
        assert event.isAccepted()


def y_before(window: MainWindow, job_id: int) -> int:
    row = window.jobs.model.row_of(job_id)
    assert row is not None
    return window.jobs.table.rowViewportPosition(row) + 4


def test_jobs_stand_as_they_will_be_rendered(filled: MainWindow) -> None:
    assert names(filled) == ["high", "mid_6", "mid_5", "low_1", "low_2", "done"]


def test_rows_keep_their_places_while_the_cursor_is_on_them(qtbot: QtBot, filled: MainWindow) -> None:
    table = filled.jobs.table
    hover(table.viewport(), QPointF(100, 60))
    assert not table.is_at_rest()
    done = replace(jobs()[5], finished_at=99.0, **DONE)
    filled.apply(ChangeSet(jobs={5: done}))
    before = names(filled)
    filled.jobs._settle()
    assert names(filled) == before == ["high", "mid_6", "mid_5", "low_1", "low_2", "done"]
    filled.jobs.table.viewportEvent(leave())
    qtbot.waitUntil(lambda: names(filled)[-2:] == ["high", "done"])
    assert names(filled)[:4] == ["mid_6", "mid_5", "low_1", "low_2"]


def hover(widget: QWidget, point: QPointF) -> None:
    """Move the cursor over a widget; where the real one is does not matter."""
    none = Qt.MouseButton.NoButton
    event = QMouseEvent(
        QEvent.Type.MouseMove, point, widget.mapToGlobal(point), none, none, Qt.KeyboardModifier.NoModifier
    )
    QApplication.sendEvent(widget, event)


def leave():  # type: ignore[no-untyped-def]
    return QEvent(QEvent.Type.Leave)


def test_the_selection_stays_on_its_job_when_rows_move(filled: MainWindow) -> None:
    filled.jobs.select_job(5)
    filled.apply(ChangeSet(jobs={5: replace(jobs()[5], finished_at=99.0, **DONE)}))
    filled.jobs.model.settle()
    current = filled.jobs.current_job()
    assert current is not None
    assert (current.id, [job.id for job in filled.jobs.selected_jobs()]) == (5, [5])


def test_words_and_chips_filter(qtbot: QtBot, filled: MainWindow) -> None:
    chips = filled.jobs.chips
    filled.actions_by_name["find"].trigger()
    qtbot.keyClicks(chips.filter, "MID -mid_5")
    qtbot.waitUntil(lambda: names(filled) == ["mid_6"])
    qtbot.keyClick(chips.filter, Qt.Key.Key_Escape)
    assert len(names(filled)) == 6
    assert chips.filter.text() == ""
    qtbot.mouseClick(chips.chips[JobState.COMPLETED], LEFT)
    assert names(filled) == ["done"]
    assert "done 1" in chips.chips[JobState.COMPLETED].accessibleName()
    qtbot.mouseClick(chips.chips[JobState.COMPLETED], LEFT)
    assert len(names(filled)) == 6
    assert not chips.chips[JobState.FAILED].isEnabled()


def test_a_filter_that_nothing_fits_says_so(qtbot: QtBot, filled: MainWindow, reader: FakeReader) -> None:
    qtbot.keyClicks(filled.jobs.chips.filter, "nothing like this")
    qtbot.waitUntil(lambda: names(filled) == [])
    assert "No job fits" in filled.jobs._stack.currentWidget().text()
    reader.put(make_job(7))
    filled.apply(ChangeSet(jobs={7: make_job(7, name="nothing like this")}))
    assert names(filled) == ["nothing like this"]
    assert filled.jobs._stack.currentWidget() is filled.jobs.table


def test_a_header_sorts_up_down_and_back_to_the_queue(qtbot: QtBot, filled: MainWindow) -> None:
    header = filled.jobs.table.horizontalHeader()
    queue = names(filled)

    def click() -> None:
        x = header.sectionViewportPosition(JobColumn.NAME) + 20
        qtbot.mouseClick(header.viewport(), LEFT, pos=QPoint(x, 8))

    click()
    assert names(filled) == ["done", "high", "low_1", "low_2", "mid_5", "mid_6"]
    assert header.isSortIndicatorShown()
    click()
    assert names(filled) == ["mid_6", "mid_5", "low_2", "low_1", "high", "done"]
    filled.apply(ChangeSet(jobs={8: make_job(8, name="k")}))
    assert names(filled)[4:6] == ["k", "high"] or names(filled).index("k") == 4
    click()
    assert [name for name in names(filled) if name != "k"] == queue
    assert not header.isSortIndicatorShown()


def test_rows_are_dragged_inside_their_band(filled: MainWindow, posts: Posts) -> None:
    drag(filled, [2], y_before(filled, 1))
    assert posts.given == [commands.MoveJobs((2,), 2, 1)]
    moved = replace(jobs()[2], position=0.5)
    filled.apply(ChangeSet(jobs={2: moved}))
    assert names(filled)[3:5] == ["low_2", "low_1"]
    drag(filled, [4], y_before(filled, 3))
    assert posts.given[-1] == commands.MoveJobs((4,), 6, 3), "it gets the priority of that place"


def test_a_drop_in_another_band_is_refused_with_the_reason(filled: MainWindow, posts: Posts) -> None:
    drag(filled, [1], y_before(filled, 5))
    assert posts.given == []
    assert "stays among the jobs of its band" in filled.orders.undo_bar.text.text()
    drag(filled, [6], y_before(filled, 1))
    assert "finished job" in filled.orders.undo_bar.text.text()
    filled.jobs.model.look(JobView(column=JobColumn.NAME))
    drag(filled, [2], y_before(filled, 1))
    assert "sorted by a column" in filled.orders.undo_bar.text.text()
    assert posts.given == []


def test_files_are_not_taken_by_the_table(filled: MainWindow) -> None:
    from PySide6.QtCore import QMimeData, QUrl

    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile("/show/a.blend")])
    event = QDragEnterEvent(
        QPoint(5, 5), Qt.DropAction.CopyAction, data, LEFT, Qt.KeyboardModifier.NoModifier
    )
    filled.jobs.table.dragEnterEvent(event)
    assert not event.isAccepted(), "they are for the window"


def test_keys_move_jobs(qtbot: QtBot, filled: MainWindow, posts: Posts) -> None:
    table = filled.jobs.table
    table.setFocus()
    filled.jobs.select_job(2)
    control = Qt.KeyboardModifier.ControlModifier
    qtbot.keyClick(table, Qt.Key.Key_Up, control)
    assert posts.given[-1] == commands.MoveJobs((2,), 2, 1)
    filled.jobs.select_job(1)
    qtbot.keyClick(table, Qt.Key.Key_Down, control)
    assert posts.given[-1] == commands.MoveJobs((1,), 2, None)
    filled.jobs.select_job(4)
    qtbot.keyClick(table, Qt.Key.Key_Up, control | Qt.KeyboardModifier.ShiftModifier)
    assert posts.given[-1] == commands.MoveJobs((4,), 6, 3)
    qtbot.keyClick(table, Qt.Key.Key_Down, control | Qt.KeyboardModifier.ShiftModifier)
    assert posts.given[-1] == commands.MoveJobs((4,), 5, None)
    filled.jobs.select_job(6)
    assert not filled.actions_by_name["job_up"].isEnabled()
    assert "finished job" in filled.actions_by_name["job_up"].toolTip()


@pytest.mark.parametrize("modifier", [Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.NoModifier])
@pytest.mark.parametrize(
    ("key", "name"), [(Qt.Key.Key_Home, "high"), (Qt.Key.Key_End, "done"), (Qt.Key.Key_Down, "low_1")]
)
def test_the_current_job_is_the_selected_one(
    qtbot: QtBot, filled: MainWindow, key: Qt.Key, name: str, modifier: Qt.KeyboardModifier
) -> None:
    filled.jobs.table.setFocus()
    filled.jobs.select_job(4)
    if key == Qt.Key.Key_Down:
        filled.actions_by_name.allow("job_down", "Not now.")
    qtbot.keyClick(filled.jobs.table, key, modifier)
    current = filled.jobs.current_job()
    assert current is not None
    assert current.name == name
    assert filled.jobs.selected_jobs() == [current]


def test_a_range_to_the_end_ends_at_the_current_job(qtbot: QtBot, filled: MainWindow) -> None:
    filled.jobs.table.setFocus()
    filled.jobs.select_job(2)
    keys = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(filled.jobs.table, Qt.Key.Key_End, keys)
    assert [job.name for job in filled.jobs.selected_jobs()] == ["low_2", "done"]
    current = filled.jobs.current_job()
    assert current is not None
    assert current.name == "done"


def test_what_is_shown_is_selected_after_a_filter_and_a_delete(qtbot: QtBot, filled: MainWindow) -> None:
    filled.jobs.select_job(5)
    qtbot.keyClicks(filled.jobs.chips.filter, "mid")
    qtbot.waitUntil(lambda: len(names(filled)) == 2)
    assert filled.jobs.selected_jobs() == [filled.jobs.current_job()]
    filled.actions_by_name["job_delete"].trigger()
    assert len(names(filled)) == 1
    assert filled.jobs.selected_jobs() == [filled.jobs.current_job()]


def test_all_jobs_are_selected_by_the_usual_key(qtbot: QtBot, filled: MainWindow) -> None:
    filled.jobs.table.setFocus()
    qtbot.keyClick(filled.jobs.table, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert len(filled.jobs.selected_jobs()) == 6


def test_columns_are_chosen_and_remembered(qtbot: QtBot, filled: MainWindow, make_window: object) -> None:
    columns = filled.jobs.columns
    texts = [action.text() for action in columns.menu().actions() if action.isCheckable()]
    assert {"Priority", "Added", "Ready at"} <= set(texts)
    (added,) = [action for action in columns.menu().actions() if action.text() == "Added"]
    filled.resize(1800, 800)
    assert filled.jobs.table.isColumnHidden(JobColumn.ADDED)
    added.trigger()
    qtbot.waitUntil(lambda: not filled.jobs.table.isColumnHidden(JobColumn.ADDED))
    columns.set_hidden(JobColumn.PRIORITY, is_hidden=True)
    filled.jobs.table.horizontalHeader().resizeSection(JobColumn.DONE, 133)
    filled.let_close()
    again = make_window()  # type: ignore[operator]
    again.resize(1800, 800)
    qtbot.waitUntil(lambda: not again.jobs.table.isColumnHidden(JobColumn.ADDED))
    assert again.jobs.table.isColumnHidden(JobColumn.PRIORITY)
    assert again.jobs.table.columnWidth(JobColumn.DONE) == 133
    again.jobs.columns.reset()
    assert not again.jobs.table.isColumnHidden(JobColumn.PRIORITY)
    assert again.jobs.table.isColumnHidden(JobColumn.ADDED)


def test_the_last_picture_is_shown(qtbot: QtBot, filled: MainWindow, tmp_path) -> None:  # type: ignore[no-untyped-def]
    path = str(save_picture(tmp_path / "t.png", "#ff0000"))
    result = FrameResult((path,), path, 1.0)
    done = change(1, FrameState.RENDERING, FrameState.COMPLETED, job_id=1, result=result)
    filled.apply(ChangeSet(frames=(done,)))
    table, row = filled.jobs.table, filled.jobs.model.row_of(1)
    assert row is not None
    rect = table.visualRect(filled.jobs.model.index(row, JobColumn.PICTURE))

    def is_red() -> bool:
        image = table.viewport().grab(rect).toImage()
        return bool(image.pixelColor(image.width() // 2, image.height() // 2).name() == "#ff0000")

    qtbot.waitUntil(is_red)


def test_many_jobs_keep_qts_rules(qtmodeltester: ModelTester) -> None:
    model = JobsModel()
    many = {number: make_job(number, priority=number % 11) for number in range(1, 200)}
    model.apply(ChangeSet(jobs=many))
    qtmodeltester.check(model)
    model.look(JobView(words=words_of("shot_01")))
    model.look(JobView(column=JobColumn.PRIORITY, is_descending=True))
    model.hide({5, 6, 7})
    model.apply(ChangeSet(removed_jobs=(5, 9)))
    model.apply(ChangeSet(jobs={300: make_job(300)}))
    model.look(JobView())
    qtmodeltester.check(model)
    assert len(model.shown()) == 196
    ordered = [(-job.priority, job.position) for job in model.shown()]
    assert ordered == sorted(ordered)


@pytest.mark.parametrize(
    ("moving", "place", "expected"),
    [
        ({3}, 3, Move((3,), 5, None)),
        ({4}, 1, Move((4,), 6, 3)),
        ({1, 2}, 3, Move((1, 2), 2, None)),
        ({5}, 1, Move((5,), 9, None)),
        ({1}, 0, "stays among"),
        ({5}, 4, "stays among"),
        ({1, 5}, 0, "together"),
        (set(), 0, "Select a job"),
    ],
)
def test_where_jobs_may_go(moving: set[int], place: int, expected: Move | str) -> None:
    plan = plan_move(JobView().sorted(jobs().values()), moving, place, JobView())
    if isinstance(expected, str):
        assert isinstance(plan, str)
        assert expected in plan
    else:
        assert plan == expected
