from array import array
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from qt.support import FakeReader, make_job
from render_manager.domain.changes import AttemptRecord, ChangeSet
from render_manager.domain.figures import OUTCOMES, AttemptFigures
from render_manager.domain.states import AttemptOutcome
from render_manager.ui.frame_figures import (
    History,
    Series,
    busiest_time,
    job_figures,
    nearest,
    outliers,
    sticks,
    thinned,
)
from render_manager.ui.frame_plots import SeriesPlot
from render_manager.ui.frame_times import FrameTimes
from render_manager.ui.pools import Errands
from render_manager.ui.theme import Theme

DONE, FAILED, RUNNING = AttemptOutcome.COMPLETED, AttemptOutcome.FAILED, AttemptOutcome.RUNNING
GIB = 2**30


def record(frame: int, seconds: float, outcome: AttemptOutcome = DONE, number: int = 1) -> AttemptRecord:
    start = 1000.0 + 10.0 * frame + 500.0 * (number - 1)
    ended = None if outcome is RUNNING else start + seconds
    done_s = seconds if outcome is DONE else None
    return AttemptRecord(
        1, frame, number, outcome, start, ended, seconds=done_s, peak_memory_bytes=2 * GIB + frame * GIB // 64
    )


def series(values: list[float]) -> Series:
    found = np.array(values)
    is_outlier, usual = outliers(found)
    return Series(np.arange(1.0, len(values) + 1), found, is_outlier, usual)


def test_what_differs_from_the_others_stands_out() -> None:
    marks, usual = outliers(np.array([4.0, 4.1, 3.9, 4.2, 4.0, 12.0, 3.8]))
    assert list(np.flatnonzero(marks)) == [5]
    assert usual == pytest.approx(4.0)
    assert not outliers(np.full(50, 4.0))[0].any()
    alike, _usual = outliers(np.array([4.0] * 20 + [4.2]))
    assert not alike.any(), "a twentieth more is nothing, however alike the others are"
    assert not outliers(np.array([1.0, 9.0]))[0].any(), "two frames say nothing"
    assert outliers(np.zeros(0))[1] == 0.0


def test_many_values_become_as_few_sticks_as_can_be_seen_with_every_peak_in_them() -> None:
    values = [1.0] * 100_000
    values[54_321] = 99.0
    many = series(values)
    shown = sticks(many, 0.0, 100_001.0, 400)
    assert len(shown.frames) <= 401
    assert shown.values.max() == 99.0
    assert shown.frames[shown.values.argmax()] == 54_322
    assert list(shown.frames[shown.is_outlier]) == [54_322]
    near = sticks(many, 54_300.0, 54_340.0, 400)
    assert len(near.frames) == 41


def test_a_place_in_the_plot_means_the_largest_value_there() -> None:
    some = series([1.0, 5.0, 2.0, 1.0])
    assert nearest(some, 2.6, 1.0) == 1
    assert nearest(some, 3.1, 0.5) == 2
    assert nearest(some, 40.0, 0.5) == 3
    assert nearest(series([]), 1.0, 1.0) is None


def test_a_history_begins_with_the_time_most_was_done_in() -> None:
    def history(*started: float) -> History:
        times = np.array(started)
        none = np.zeros(len(times), np.bool_)
        return History(times, times, times + 5.0, none, ~none)

    assert busiest_time(history(0.0, 10.0, 20.0, 90_000.0)) == (0.0, 25.0)
    assert busiest_time(history(0.0, 300.0, 700.0)) == (0.0, 705.0)
    assert busiest_time(history()) == (0.0, 1.0)


def test_masks_are_thinned_evenly() -> None:
    assert list(thinned(np.array([True, False, True]), 10)) == [0, 2]
    assert len(thinned(np.ones(1000, np.bool_), 10)) == 10


def test_only_the_last_completed_attempt_counts() -> None:
    records = [record(1, 9.0, FAILED), record(1, 3.0, DONE, 2), record(2, 4.0), record(3, 0.0, RUNNING)]
    columns = AttemptFigures(
        array("q", [one.frame for one in records]),
        array("q", [one.number for one in records]),
        array("q", [OUTCOMES.index(one.outcome) for one in records]),
        array("d", [one.started_at for one in records]),
        array("d", [one.ended_at or 0.0 for one in records]),
        array("d", [one.seconds or 0.0 for one in records]),
        array("q", [one.peak_memory_bytes or 0 for one in records]),
    )
    figures = job_figures(columns, now=5000.0)
    assert list(figures.seconds.frames) == [1.0, 2.0]
    assert list(figures.seconds.values) == [3.0, 4.0]
    assert (list(figures.failed_frames), list(figures.failed_seconds)) == ([1.0], [9.0])
    assert list(figures.history.ended) == [1019.0, 1513.0, 1024.0, 5000.0]
    assert not len(job_figures(AttemptFigures(), now=1.0).memory.frames)


@pytest.fixture
def times(qtbot: QtBot, theme: Theme, errands: Errands, reader: FakeReader) -> Iterator[FrameTimes]:
    """Forty frames of about four seconds, of which frame 20 took fifteen; frame 30 failed first."""
    for frame in range(1, 41):
        reader.tries[1, frame] = [record(frame, 15.0 if frame == 20 else 4.0 + frame / 100)]
    reader.tries[1, 30] = [record(30, 2.0, FAILED), record(30, 4.0, DONE, 2)]
    times = FrameTimes(theme=theme, errands=errands)
    times.resize(800, 260)
    times.show()
    qtbot.waitExposed(times)
    times.show_job(make_job(1, "1-100"), reader)
    qtbot.waitUntil(lambda: times.figures is not None)
    yield times
    times.close()


def place(plot: SeriesPlot, x: float, y: float) -> QPoint:
    scene = plot.getPlotItem().vb.mapViewToScene(pg_point(x, y))
    return plot.mapFromScene(scene)  # type: ignore[no-any-return]


def pg_point(x: float, y: float) -> object:
    from PySide6.QtCore import QPointF

    return QPointF(x, y)


def test_the_plot_says_what_is_usual_and_what_is_not(times: FrameTimes) -> None:
    text = times.readout.text()
    for part in ("usual time: 4.2 s", "1 unusual frame", "1 failed attempt"):
        assert part in text
    assert times.next_slow.isEnabled()


def test_pointing_tells_and_clicking_goes_to_the_frame(qtbot: QtBot, times: FrameTimes) -> None:
    viewport, point = times.seconds.viewport(), place(times.seconds, 20.0, 5.0)
    at, everywhere, none = QPointF(point), QPointF(viewport.mapToGlobal(point)), Qt.MouseButton.NoButton

    def is_told() -> bool:
        # Again and again, as moves that follow each other too quickly are left out; and to the plot itself,
        # as a moved cursor is the business of whatever window lies on top.
        move = QMouseEvent(QEvent.Type.MouseMove, at, everywhere, none, none, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(viewport, move)
        return "frame 20: 15.0 s, most others about" in times.readout.text()

    qtbot.waitUntil(is_told)
    with qtbot.waitSignal(times.frame_wanted) as wanted:
        qtbot.mouseClick(times.seconds.viewport(), Qt.MouseButton.LeftButton, pos=point)
    assert wanted.args == [20]


def test_the_unusual_frames_can_be_gone_through(qtbot: QtBot, times: FrameTimes) -> None:
    with qtbot.waitSignal(times.frame_wanted) as wanted:
        qtbot.mouseClick(times.next_slow, Qt.MouseButton.LeftButton)
    assert wanted.args == [20]
    times.show_current((1, 25))
    assert times.seconds.marker.isVisible()
    assert times.seconds.marker.value() == 25
    with qtbot.waitSignal(times.frame_wanted) as wanted:
        qtbot.mouseClick(times.next_slow, Qt.MouseButton.LeftButton)
    assert wanted.args == [20], "from the last to the first"


def test_memory_and_history_have_plots_of_their_own(qtbot: QtBot, times: FrameTimes) -> None:
    qtbot.mouseClick(times._choices.button(1), Qt.MouseButton.LeftButton)
    assert times.plots.currentWidget() is times.memory
    assert "GB" in times.readout.text()
    assert times.memory.getPlotItem().getAxis("left").labelText == "GB"
    qtbot.mouseClick(times._choices.button(2), Qt.MouseButton.LeftButton)
    assert times.plots.currentWidget() is times.history
    times.grab()


def test_figures_follow_the_attempts(qtbot: QtBot, times: FrameTimes, reader: FakeReader) -> None:
    before = times.figures
    times._timer.setInterval(1)
    times.apply(ChangeSet(attempts=(replace(record(1, 1.0), job_id=2),)))
    assert not times._timer.isActive()
    new = record(41, 40.0)
    reader.tries[1, 41] = [new]
    times.apply(ChangeSet(attempts=(new,)))
    qtbot.waitUntil(lambda: times.figures is not before)
    assert times.figures is not None
    assert times.figures.seconds.frames[-1] == 41
    assert "2 unusual frames" in times.readout.text()


def test_a_job_without_attempts_says_so(qtbot: QtBot, times: FrameTimes, reader: FakeReader) -> None:
    reader.put(make_job(7, "1-3"))
    times.show_job(make_job(7, "1-3"), reader)
    assert times.readout.text() == ""
    qtbot.waitUntil(lambda: "No frame was rendered yet." in times.readout.text())
    assert not times.next_slow.isEnabled()
    times.grab()
    times.show_job(None, reader)
    assert times.figures is None
