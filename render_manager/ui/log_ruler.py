"""The whole log at a glance beside its scroll bar: where marked lines and matches are; a click goes there."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import QHelpEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QToolTip, QWidget

from render_manager.domain.scene import Severity
from render_manager.domain.texts import gettext as _
from render_manager.ui.log_index import LogIndex
from render_manager.ui.log_marks import Mark
from render_manager.ui.plain_label import plain_tip
from render_manager.ui.state_looks import FAILED, WARNING
from render_manager.ui.theme import Theme

WIDTH_PX = 14
MARK_PX = 3
FAINT = 0.6
REACH_PX = 5
"""How far from a mark a click still means it."""


@dataclass(frozen=True, slots=True)
class _Tick:
    y: int
    mark: Mark


class LogRuler(QWidget):
    """Shows the marks of one log on its height; GUI thread.

    Signals:
        offset_wanted: the offset in the file of the line that was clicked at.
        share_wanted: a place without a mark was clicked at, 0 for the beginning of the log to 1 for its end.
    """

    offset_wanted = Signal(object)
    share_wanted = Signal(float)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._index: LogIndex | None = None
        self._marks: Sequence[Mark] = ()
        self._matches: Sequence[int] = ()
        self._ticks: list[_Tick] | None = None
        self._match_ys: list[int] | None = None
        self.setFixedWidth(WIDTH_PX)
        self.setMouseTracking(True)
        self.setAccessibleName(_("Errors, warnings and matches in the log"))

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return a narrow strip."""
        return QSize(WIDTH_PX, 40)

    def show_index(self, index: LogIndex | None) -> None:
        """Stand beside another log."""
        self._index = index
        self.refresh()

    def show_marks(self, marks: Sequence[Mark]) -> None:
        """Show these marks."""
        self._marks = marks
        self.refresh()

    def show_matches(self, offsets: Sequence[int]) -> None:
        """Show the lines a search found."""
        self._matches = offsets
        self.refresh()

    def refresh(self) -> None:
        """Take note that the log grew."""
        self._ticks = self._match_ys = None
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Paint a tick for each marked line: errors over the whole width, warnings over half of it."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.window)
        for y in self._matched():
            painter.fillRect(QRect(0, y, 4, 2), self._theme.accent)
        for severity in (Severity.WARNING, Severity.ERROR):
            for tick in self._placed():
                if tick.mark.severity is severity:
                    self._paint_tick(painter, tick)

    def _paint_tick(self, painter: QPainter, tick: _Tick) -> None:
        is_error = tick.mark.severity is Severity.ERROR
        left = 2 if is_error else WIDTH_PX // 2
        painter.setOpacity(1.0 if tick.mark.meaning is not None else FAINT)
        painter.fillRect(QRect(left, tick.y, WIDTH_PX - 2 - left, MARK_PX), FAILED if is_error else WARNING)
        painter.setOpacity(1.0)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Go to the mark that was clicked at, or to the place."""
        tick = self._at(event.position())
        if tick is not None:
            self.offset_wanted.emit(tick.mark.offset)
        else:
            self.share_wanted.emit(max(0.0, min(event.position().y() / max(self.height(), 1), 1.0)))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Show where a click does something of its own."""
        has_mark = self._at(event.position()) is not None
        self.setCursor(Qt.CursorShape.PointingHandCursor if has_mark else Qt.CursorShape.ArrowCursor)

    def resizeEvent(self, _event: object) -> None:  # noqa: N802 - Qt's name
        """Place the ticks anew."""
        self.refresh()

    def event(self, event: QEvent) -> bool:
        """Tell what a mark means."""
        if isinstance(event, QHelpEvent):
            tick = self._at(QPointF(event.pos()))
            words = "" if tick is None else meaning_text(tick.mark)
            QToolTip.showText(event.globalPos(), plain_tip(words))
            return True
        return super().event(event)

    def _at(self, point: QPointF) -> _Tick | None:
        ticks = sorted(
            self._placed(), key=lambda tick: (abs(tick.y - point.y()), tick.mark.severity is Severity.WARNING)
        )
        return ticks[0] if ticks and abs(ticks[0].y - point.y()) <= REACH_PX else None

    def _placed(self) -> list[_Tick]:
        if self._ticks is None:
            thinned: dict[tuple[int, Severity, bool], Mark] = {}
            for mark in self._marks:
                key = self._roughly(mark.offset), mark.severity, mark.meaning is not None
                thinned.setdefault(key, mark)
            self._ticks = [_Tick(self._y_of(mark.offset), mark) for mark in thinned.values()]
        return self._ticks

    def _matched(self) -> list[int]:
        if self._match_ys is None:
            # Of very many only some are placed: the strip has no more room.
            step = max(len(self._matches) // 2000, 1)
            rough = {self._roughly(offset): offset for offset in self._matches[::step]}
            self._match_ys = [self._y_of(offset) for offset in rough.values()]
        return self._match_ys

    def _roughly(self, offset: int) -> int:
        """Return about where an offset is, without looking for its line."""
        if self._index is None:
            return 0
        span = max(self._index.read_to - self._index.start, 1)
        return (offset - self._index.start) * self.height() // span

    def _y_of(self, offset: int) -> int:
        if self._index is None:
            return 0
        room = max(self.height() - MARK_PX, 1)
        return self._index.line_at(offset) * room // max(len(self._index), 1)


def meaning_text(mark: Mark) -> str:
    """Return what a mark means and what to do, in whole sentences."""
    if mark.meaning is None:
        if mark.severity is Severity.ERROR:
            return _("This line looks like an error. Render Manager has no explanation for it.")
        return _("This line looks like a warning. Render Manager has no explanation for it.")
    return f"{mark.meaning.text} {mark.meaning.advice}".strip()
