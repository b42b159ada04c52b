"""How long each frame took, how much memory it needed, and when it was rendered: plots beside the frames."""

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from render_manager.domain.changes import ChangeSet, JobSnapshot
from render_manager.domain.texts import gettext as _
from render_manager.domain.texts import ngettext
from render_manager.ui.elided_label import ElidedLabel
from render_manager.ui.frame_figures import JobFigures, Series, job_figures, nearest
from render_manager.ui.frame_plots import FramePlot, HistoryPlot, SeriesPlot
from render_manager.ui.frame_words import GIBIBYTE, MEBIBYTE, memory_text, seconds_text
from render_manager.ui.pools import Errands
from render_manager.ui.theme import Theme

if TYPE_CHECKING:
    # Its module imports much that the first paint does not need.
    from render_manager.scheduling.ports import StateReader

READ_AGAIN_MS = 1500
"""How soon changed figures are read again at the earliest; later where reading takes long."""
READ_SHARE = 5
"""How many times as long as reading takes is waited before reading again."""


class FrameTimes(QWidget):
    """Plots of one job's attempts; GUI thread.

    Signals:
        frame_wanted: the frame number that was clicked.
    """

    frame_wanted = Signal(int)

    def __init__(self, *, theme: Theme, errands: Errands, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._errands = errands
        self._reader: StateReader | None = None
        self._job_id: int | None = None
        self._current: int | None = None
        self.figures: JobFigures | None = None
        self.seconds = SeriesPlot(theme, unit=_("seconds"))
        self.memory = SeriesPlot(theme, unit=_("GB"))
        self.history = HistoryPlot(theme)
        self.readout = ElidedLabel(mode=Qt.TextElideMode.ElideRight)
        self.readout.setObjectName("dim")
        self.next_slow = QToolButton()
        self.next_slow.setAutoRaise(True)
        self.next_slow.setText(_("Next unusual frame ▸"))
        self.next_slow.setToolTip(_("Go to the next frame that stands out from the others"))
        self.next_slow.clicked.connect(self._go_to_next)
        self.plots = QStackedWidget()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(READ_AGAIN_MS)
        self._timer.timeout.connect(self._read)
        self._is_reading = False
        self._lay_out()
        for plot in self._all_plots():
            plot.pointed.connect(self._on_pointed)
            plot.clicked.connect(self._on_clicked)
        self._show()

    def show_job(self, job: JobSnapshot | None, reader: "StateReader") -> None:
        """Show the figures of a job, or of none."""
        self._reader = reader
        job_id = None if job is None else job.id
        if job_id != self._job_id:
            self._job_id, self.figures = job_id, None
            self._show()
        self._read()

    def show_current(self, frame: tuple[int, int] | None) -> None:
        """Mark the frame that is current elsewhere."""
        self._current = None if frame is None else frame[1]
        for plot in self._all_plots():
            plot.mark(self._current)

    def apply(self, changes: ChangeSet) -> None:
        """Read the figures again when attempts began or ended."""
        is_mine = any(attempt.job_id == self._job_id for attempt in changes.attempts)
        if is_mine and not self._timer.isActive():
            self._timer.start()

    def show_plot(self, place: int) -> None:
        """Show the times (0), the memory (1) or the history (2)."""
        self._choices.button(place).setChecked(True)
        self.plots.setCurrentIndex(place)
        self._say()

    def _all_plots(self) -> tuple[FramePlot, ...]:
        return self.seconds, self.memory, self.history

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setContentsMargins(8, 4, 8, 0)
        top.setSpacing(4)
        self._choices = QButtonGroup(self)
        names = (_("Time"), _("Memory"), _("History"))
        for place, (name, plot) in enumerate(zip(names, self._all_plots(), strict=True)):
            button = QToolButton()
            button.setText(name)
            button.setAutoRaise(True)
            button.setCheckable(True)
            button.setChecked(place == 0)
            self._choices.addButton(button, place)
            top.addWidget(button)
            self.plots.addWidget(plot)
        self._choices.idClicked.connect(self.show_plot)
        top.addSpacing(8)
        top.addWidget(self.readout, 1)
        top.addWidget(self.next_slow)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(top)
        layout.addWidget(self.plots, 1)

    def _read(self) -> None:
        if self._reader is None or self._job_id is None or self._is_reading:
            return
        self._is_reading = True
        reader, job_id, start = self._reader, self._job_id, time.monotonic()
        self._errands.run(
            lambda: job_figures(reader.attempt_figures(job_id), now=time.time()),
            lambda figures: self._take(job_id, start, figures),
        )

    def _take(self, job_id: int, start: float, figures: JobFigures | None) -> None:
        self._is_reading = False
        self._timer.setInterval(max(READ_AGAIN_MS, round(READ_SHARE * 1000 * (time.monotonic() - start))))
        if job_id != self._job_id:
            self._read()
        elif figures is not None:
            self.figures = figures
            self._show()

    def _show(self) -> None:
        figures = self.figures
        if figures is not None:
            failed = figures.failed_frames, figures.failed_seconds
            self.seconds.show_series(figures.seconds, scale=1.0, unit=_("seconds"), failed=failed)
            is_large = figures.memory.usual >= GIBIBYTE
            self.memory.show_series(
                figures.memory,
                scale=float(GIBIBYTE if is_large else MEBIBYTE),
                unit=_("GB") if is_large else _("MB"),
            )
            self.history.show_history(figures)
        self._say()

    def _series(self) -> Series | None:
        """Return the series whose plot is shown; the history has the times'."""
        if self.figures is None:
            return None
        return self.figures.memory if self.plots.currentIndex() == 1 else self.figures.seconds

    def _value_text(self, value: float) -> str:
        return memory_text(round(value)) if self.plots.currentIndex() == 1 else seconds_text(value)

    def _usual_text(self, series: Series) -> str:
        text = _("usual memory: {value}") if self.plots.currentIndex() == 1 else _("usual time: {value}")
        return text.format(value=self._value_text(series.usual))

    def _say(self) -> None:
        """Say in words what the plot shows: what is usual, how many stand out, how many failed."""
        series = self._series()
        self.next_slow.setEnabled(series is not None and bool(series.is_outlier.any()))
        if series is None or self.figures is None:
            self.readout.setText("")
            return
        if not len(series.frames):
            self.readout.setText(_("No frame was rendered yet."))
            return
        parts = [self._usual_text(series)]
        unusual = int(series.is_outlier.sum())
        if unusual:
            text = ngettext("{count} unusual frame", "{count} unusual frames", unusual)
            parts.append(text.format(count=f"{unusual:,}"))
        failed = len(self.figures.failed_frames)
        if failed and self.plots.currentIndex() != 1:
            text = ngettext("{count} failed attempt ✕", "{count} failed attempts ✕", failed)
            parts.append(text.format(count=f"{failed:,}"))
        self.readout.setText("  ·  ".join(parts))

    def _on_pointed(self, frame: float, reach: float) -> None:
        series = self._series()
        place = None if series is None else nearest(series, frame, reach)
        if series is None or place is None:
            return
        text = _("frame {number}: {value}")
        if series.is_outlier[place]:
            text = _("frame {number}: {value}, most others about {usual}")
        value, usual = self._value_text(float(series.values[place])), self._value_text(series.usual)
        self.readout.setText(text.format(number=int(series.frames[place]), value=value, usual=usual))

    def _on_clicked(self, frame: float, reach: float) -> None:
        series = self._series()
        place = None if series is None else nearest(series, frame, reach)
        if series is not None and place is not None:
            self.frame_wanted.emit(int(series.frames[place]))

    def _go_to_next(self) -> None:
        series = self._series()
        if series is None:
            return
        unusual = [int(frame) for frame in series.frames[series.is_outlier]]
        later = [frame for frame in unusual if self._current is None or frame > self._current]
        if unusual:
            self.frame_wanted.emit((later or unusual)[0])
