"""The plots themselves, with pyqtgraph; imported when the first of them is shown."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QColor, QResizeEvent
from PySide6.QtWidgets import QWidget

from render_manager.domain.texts import gettext as _
from render_manager.ui.frame_figures import (
    Floats,
    JobFigures,
    Mask,
    Series,
    busiest_time,
    pairs,
    sticks,
    thinned,
)
from render_manager.ui.state_looks import COMPLETED, FAILED, PENDING, WARNING
from render_manager.ui.theme import SMALL_FONT_PX, Theme, mixed

MOST_LINES = 20_000
"""Attempts drawn in the history at most, and as many that failed."""
MOST_MARKS = 2_000
STICK_PX = 3.0
"""How much room a frame has at least; else several share one."""


class FramePlot(pg.PlotWidget):  # type: ignore[misc]  # pyqtgraph has no types
    """A plot that is moved sideways and zoomed by the wheel, with one frame marked; GUI thread.

    Signals:
        pointed: (frame, reach in frames) under the mouse.
        clicked: (frame, reach in frames) that was clicked.
    """

    pointed = Signal(float, float)
    clicked = Signal(float, float)

    def __init__(self, theme: Theme, parent: QWidget | None = None, **options: object) -> None:
        super().__init__(parent, background=theme.pane, **options)
        self.theme = theme
        self.setFrameShape(self.Shape.NoFrame)
        self.setMenuEnabled(False)
        self.hideButtons()
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        item = self.getPlotItem()
        item.setContentsMargins(4, 4, 12, 4)
        for name in ("left", "bottom"):
            axis = item.getAxis(name)
            axis.setPen(pg.mkPen(theme.line))
            axis.setTextPen(pg.mkPen(theme.dim_text))
            axis.enableAutoSIPrefix(False)
            font = self.font()
            font.setPixelSize(SMALL_FONT_PX)
            axis.setStyle(tickFont=font, tickLength=-4)
        item.getAxis("left").setWidth(56)
        item.getAxis("bottom").setHeight(38)
        self.setMouseEnabled(x=True, y=False)
        self.marker = pg.InfiniteLine(angle=self.marker_angle, pen=pg.mkPen(theme.accent, width=1))
        self.marker.hide()
        self.addItem(self.marker)
        self.scene().sigMouseMoved.connect(self._on_moved)
        self.scene().sigMouseClicked.connect(self._on_clicked)

    marker_angle = 90

    def label(self, axis: str, text: str) -> None:
        """Say what an axis shows."""
        self.getPlotItem().setLabel(axis, text, color=self.theme.dim_text.name(), size=f"{SMALL_FONT_PX}px")

    def mark(self, frame: int | None) -> None:
        """Mark the current frame."""
        self.marker.setVisible(frame is not None)
        if frame is not None:
            self.marker.setValue(frame)

    def frame_at(self, point: QPointF) -> tuple[float, float]:
        """Return the frame at a point of the view, and how many frames around it share that place."""
        raise NotImplementedError

    def _on_moved(self, position: QPointF) -> None:
        if self.getPlotItem().sceneBoundingRect().contains(position):
            self.pointed.emit(*self.frame_at(self._in_view(position)))

    def _on_clicked(self, event: object) -> None:
        button, position = event.button(), event.scenePos()  # type: ignore[attr-defined]  # pyqtgraph's event
        if button == Qt.MouseButton.LeftButton and self.getPlotItem().sceneBoundingRect().contains(position):
            self.clicked.emit(*self.frame_at(self._in_view(position)))

    def _in_view(self, position: QPointF) -> QPointF:
        point: QPointF = self.getPlotItem().vb.mapSceneToView(position)
        return point


class SeriesPlot(FramePlot):
    """A stick for each frame, outliers in another colour; failed attempts as crosses."""

    def __init__(self, theme: Theme, *, unit: str, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._scale = 1.0
        self._series: Series | None = None
        self._failed: tuple[Floats, Floats] = (np.zeros(0), np.zeros(0))
        self.label("bottom", _("frame"))
        self.label("left", unit)
        self._usual = pg.PlotCurveItem(connect="pairs")
        self._outliers = pg.PlotCurveItem(connect="pairs")
        self._median = pg.InfiniteLine(angle=0, pen=pg.mkPen(theme.dim_text, style=Qt.PenStyle.DotLine))
        self._crosses = pg.ScatterPlotItem(symbol="x", size=8, pen=None, brush=pg.mkBrush(FAILED))
        for one in (self._usual, self._outliers, self._median, self._crosses):
            self.addItem(one)
        self.getPlotItem().vb.sigXRangeChanged.connect(self._draw)

    def show_series(
        self, series: Series, *, scale: float, unit: str, failed: tuple[Floats, Floats] | None = None
    ) -> None:
        """Show values, each divided by `scale`; keeps the range that is looked at."""
        is_first = self._series is None or not len(self._series.frames)
        before = None if self._series is None or is_first else self._span()
        self._series, self._scale = series, scale
        self._failed = failed if failed is not None else (np.zeros(0), np.zeros(0))
        self.label("left", unit)
        low, high = self._span()
        box = self.getPlotItem().vb
        box.setLimits(xMin=low, xMax=high, minXRange=min(8.0, high - low))
        if before != (low, high):
            self.setXRange(low, high, padding=0)
        self._median.setVisible(len(series.frames) > 1)
        self._median.setValue(series.usual / scale)
        self._draw()

    def frame_at(self, point: QPointF) -> tuple[float, float]:
        """Return the frame at a point of the view, and how many frames around it share that place."""
        low, high = self.getPlotItem().vb.viewRange()[0]
        return point.x(), max((high - low) / self._most() / 2.0, 0.5)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Draw as many sticks as there is room for."""
        super().resizeEvent(event)
        if getattr(self, "_series", None) is not None:
            self._draw()

    def _span(self) -> tuple[float, float]:
        found = [frames for frames in (self._failed[0], self._frames()) if len(frames)]
        if not found:
            return 0.0, 1.0
        return float(min(f[0] for f in found)) - 1.0, float(max(f[-1] for f in found)) + 1.0

    def _frames(self) -> Floats:
        return np.zeros(0) if self._series is None else self._series.frames

    def _most(self) -> int:
        return max(int(self.getPlotItem().vb.width() / STICK_PX), 50)

    def _draw(self, *_range: object) -> None:
        if self._series is None:
            return
        low, high = self.getPlotItem().vb.viewRange()[0]
        shown = sticks(self._series, low, high, self._most())
        width_px = self.getPlotItem().vb.width() / max(high - low, 1.0) * 0.7
        width = float(min(max(width_px, 1.0), 24.0))
        values = shown.values / self._scale
        plain = mixed(COMPLETED, self.theme.pane, 0.15)
        self._set(self._usual, shown.frames, values, ~shown.is_outlier, plain, width)
        self._set(self._outliers, shown.frames, values, shown.is_outlier, WARNING, max(width, 2.0))
        frames, seconds = self._failed
        inside = (frames >= low) & (frames <= high)
        places = thinned(inside, MOST_MARKS)
        self._crosses.setData(x=frames[places], y=seconds[places] / self._scale)
        tallest = max(
            [float(column.max()) for column in (values, seconds[places] / self._scale) if len(column)],
            default=1.0,
        )
        self.setYRange(0.0, max(tallest * 1.08, 1e-6), padding=0)

    @staticmethod
    def _set(curve: object, x: Floats, y: Floats, mask: Mask, color: QColor, width: float) -> None:
        pen = pg.mkPen(color, width=width)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        curve.setData(  # type: ignore[attr-defined]  # pyqtgraph has no types
            x=pairs(x[mask], x[mask]), y=pairs(np.zeros(int(mask.sum())), y[mask]), pen=pen
        )


class HistoryPlot(FramePlot):
    """Each attempt as a line from its start to its end, at the height of its frame."""

    marker_angle = 0

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        axis = pg.DateAxisItem(orientation="bottom")
        super().__init__(theme, parent, axisItems={"bottom": axis})
        self.label("left", _("frame"))
        self._lines = {
            "other": pg.PlotCurveItem(connect="pairs", pen=pg.mkPen(PENDING, width=2)),
            "done": pg.PlotCurveItem(connect="pairs", pen=pg.mkPen(COMPLETED, width=2)),
            "bad": pg.PlotCurveItem(connect="pairs", pen=pg.mkPen(FAILED, width=3)),
        }
        for line in self._lines.values():
            self.addItem(line)

    def show_history(self, figures: JobFigures) -> None:
        """Show when each frame was rendered."""
        history = figures.history
        masks = {
            "other": ~(history.is_bad | history.is_done),
            "done": history.is_done,
            "bad": history.is_bad,
        }
        for name, mask in masks.items():
            places = thinned(mask, MOST_LINES)
            height = history.frames[places]
            self._lines[name].setData(
                x=pairs(history.started[places], history.ended[places]), y=pairs(height, height)
            )
        if len(history.frames):
            low, high = float(history.started.min()), float(history.ended.max())
            margin = max(high - low, 1.0) * 0.02
            self.getPlotItem().vb.setLimits(xMin=low - margin, xMax=high + margin)
            self.setXRange(*busiest_time(history), padding=0.02)
            first, last = float(history.frames.min()), float(history.frames.max())
            self.setYRange(first - 0.5, last + 0.5, padding=0.02)

    def frame_at(self, point: QPointF) -> tuple[float, float]:
        """Return the frame at a point of the view, and how many frames around it share that place."""
        low, high = self.getPlotItem().vb.viewRange()[1]
        return point.y(), max((high - low) / max(self.getPlotItem().vb.height(), 1.0) * 3.0, 0.5)
