"""Shows a log of any length: only the lines in sight and some around them are read, on a pool thread."""

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QColor,
    QFontMetrics,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QWidget
from shiboken6 import isValid

from render_manager.ui.log_index import OUR_MARK, LogIndex, read_text
from render_manager.ui.log_lines import LogLines
from render_manager.ui.pools import Errands
from render_manager.ui.theme import Theme, fixed_font

MARGIN_PX = 8
MOST_BYTES_COPIED = 16 * 1024 * 1024
"""A clipboard with more than this makes other programs stand still."""
_BAD_WORDS = ("error", "traceback", "exception", "fatal", "crash")
_WARNING_WORDS = ("warn",)
_OUR_MARKS = ("# ", OUR_MARK)
"""How lines begin that are not the engine's: the head of the log, what our script in the engine reports."""


class LogView(QAbstractScrollArea):
    """Lines of a log, selectable by line, following the end if wished; GUI thread.

    Signals:
        follow_changed: whether the view keeps to the end.
        copied: how many lines went to the clipboard, and how many were selected.
    """

    follow_changed = Signal(bool)
    copied = Signal(int, int)

    def __init__(self, theme: Theme, errands: Errands, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("log_view")
        self._theme = theme
        self._errands = errands
        self._index: LogIndex | None = None
        self._lines = LogLines(errands, self)
        self._lines.arrived.connect(self._on_lines_arrived)
        self._is_following = True
        self._anchor: int | None = None
        self._cursor: int | None = None
        self._widest = 0
        self.setFont(fixed_font())
        self.viewport().setFont(self.font())
        self.viewport().setCursor(Qt.CursorShape.IBeamCursor)
        self.verticalScrollBar().valueChanged.connect(self._on_scrolled)
        copy = QAction(self)
        copy.setShortcut(QKeySequence.StandardKey.Copy)
        copy.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        copy.triggered.connect(self.copy)
        self.addAction(copy)

    @property
    def is_following(self) -> bool:
        """Return whether the view keeps to the end."""
        return self._is_following

    @property
    def is_whole(self) -> bool:
        """Return whether all lines in sight have been read."""
        first = self.verticalScrollBar().value()
        return None not in self._lines.get(first, first + self._lines_in_sight() + 1)

    def show_index(self, index: LogIndex | None) -> None:
        """Show another log."""
        self._index = index
        self._lines.show_index(index)
        self._anchor = self._cursor = None
        self._widest = 0
        self.horizontalScrollBar().setValue(0)
        self.lines_changed()

    def lines_changed(self) -> None:
        """Take note that the log grew."""
        bar = self.verticalScrollBar()
        was_blocked = bar.blockSignals(True)
        count = 0 if self._index is None else len(self._index)
        bar.setRange(0, max(count - self._lines_in_sight(), 0))
        bar.setPageStep(max(self._lines_in_sight(), 1))
        if self._is_following:
            bar.setValue(bar.maximum())
        bar.blockSignals(was_blocked)
        self.viewport().update()

    def set_following(self, is_following: bool) -> None:
        """Keep to the end, or stay."""
        if is_following != self._is_following:
            self._is_following = is_following
            self.follow_changed.emit(is_following)
        if is_following:
            self.lines_changed()

    def selected_lines(self) -> range:
        """Return the numbers of the selected lines."""
        if self._anchor is None or self._cursor is None:
            return range(0)
        return range(min(self._anchor, self._cursor), max(self._anchor, self._cursor) + 1)

    def copy(self) -> None:
        """Put the selected lines on the clipboard, as soon as they are read."""
        chosen = self.selected_lines()
        if self._index is None or not chosen:
            return
        path, span = self._index.path, self._index.span(chosen.start, chosen.stop)
        shows_all = self._index.shows_all

        def take(result: tuple[str, int] | None) -> None:
            if result is not None and isValid(self):
                QGuiApplication.clipboard().setText(result[0])
                self.copied.emit(result[1], len(chosen))

        self._errands.run(lambda: read_text(path, span, MOST_BYTES_COPIED, shows_all=shows_all), take)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Paint the lines in sight."""
        painter = QPainter(self.viewport())
        painter.fillRect(self.viewport().rect(), self._theme.pane)
        if self._index is None:
            return
        first = self.verticalScrollBar().value()
        lines = self._lines.get(first, first + self._lines_in_sight() + 1)
        metrics = QFontMetrics(self.font())
        height, left = metrics.lineSpacing(), MARGIN_PX - self.horizontalScrollBar().value()
        chosen = self.selected_lines()
        for place, text in enumerate(lines):
            top = place * height
            if first + place in chosen:
                painter.fillRect(0, top, self.viewport().width(), height, self._theme.selection)
            if text is None:
                continue
            painter.setPen(self._theme.text if first + place in chosen else self._color(text))
            painter.drawText(left, top + metrics.ascent(), text)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Keep the scroll bar right."""
        super().resizeEvent(event)
        self.lines_changed()
        self._fit_width()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Begin or extend a selection."""
        line = self._line_at(event.position().toPoint())
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier and self._anchor is not None:
            self._cursor = line
        else:
            self._anchor = self._cursor = line
        self.viewport().update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Extend the selection while dragging."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._cursor = self._line_at(event.position().toPoint())
            self.viewport().update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """End a selection."""
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Scroll by keys; Ctrl+A selects everything."""
        bar = self.verticalScrollBar()
        steps = {
            Qt.Key.Key_Up: -1,
            Qt.Key.Key_Down: 1,
            Qt.Key.Key_PageUp: -bar.pageStep(),
            Qt.Key.Key_PageDown: bar.pageStep(),
            Qt.Key.Key_Home: -bar.maximum(),
            Qt.Key.Key_End: bar.maximum(),
        }
        step = steps.get(Qt.Key(event.key()))
        if step is not None:
            bar.setValue(bar.value() + step)
        elif event.matches(QKeySequence.StandardKey.SelectAll) and self._index is not None:
            self._anchor, self._cursor = 0, max(len(self._index) - 1, 0)
            self.viewport().update()
        else:
            super().keyPressEvent(event)

    def _on_scrolled(self, value: int) -> None:
        is_at_end = value >= self.verticalScrollBar().maximum()
        if is_at_end != self._is_following:
            self._is_following = is_at_end
            self.follow_changed.emit(is_at_end)
        self._fit_width()
        self.viewport().update()

    def _on_lines_arrived(self) -> None:
        self._fit_width()
        self.viewport().update()

    def _fit_width(self) -> None:
        """Let the longest line seen so far be scrolled to."""
        first, metrics = self.verticalScrollBar().value(), QFontMetrics(self.font())
        texts = self._lines.get(first, first + self._lines_in_sight() + 1)
        self._widest = max([self._widest, *(metrics.horizontalAdvance(text) for text in texts if text)])
        bar, width = self.horizontalScrollBar(), self.viewport().width()
        bar.setRange(0, max(self._widest + 2 * MARGIN_PX - width, 0))
        bar.setPageStep(width)

    def _lines_in_sight(self) -> int:
        return max(self.viewport().height() // max(QFontMetrics(self.font()).lineSpacing(), 1), 1)

    def _line_at(self, point: QPoint) -> int:
        height = max(QFontMetrics(self.font()).lineSpacing(), 1)
        last = max(len(self._index) - 1, 0) if self._index is not None else 0
        return max(0, min(self.verticalScrollBar().value() + point.y() // height, last))

    def _color(self, text: str) -> QColor:
        lowered = text.lower()
        if any(word in lowered for word in _BAD_WORDS):
            return self._theme.bad_text
        if any(word in lowered for word in _WARNING_WORDS):
            return self._theme.warning_text
        return self._theme.dim_text if text.startswith(_OUR_MARKS) else self._theme.text
