"""Shows a log of any length: only the lines in sight and some around them are read, on a pool thread."""

from PySide6.QtCore import QPoint, QRect, Qt, Signal
from PySide6.QtGui import (
    QFontMetrics,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

from render_manager.ui.log_copying import copy_lines
from render_manager.ui.log_index import LogIndex
from render_manager.ui.log_layout import PlacedLine, place_lines, stand_on
from render_manager.ui.log_lines import LogLines
from render_manager.ui.log_painting import TEXT_LEFT_PX, LogPainter, Tints
from render_manager.ui.pools import Errands
from render_manager.ui.state_looks import Icons
from render_manager.ui.theme import Theme, fixed_font
from render_manager.ui.tied_errands import TiedErrands

MARGIN_PX = 8
SMALLEST_FONT_PX, LARGEST_FONT_PX = 8, 32


class LogView(QAbstractScrollArea):
    """Lines of a log, selectable by line, following the end if wished; GUI thread.

    Signals:
        follow_changed: whether the view keeps to the end.
        copied: how many lines went to the clipboard, and how many were selected.
        moved: the cursor is in another line, or other lines are in sight.
        zoomed: the size of the letters was changed.
    """

    follow_changed = Signal(bool)
    copied = Signal(int, int)
    moved = Signal()
    zoomed = Signal()

    def __init__(
        self, theme: Theme, errands: Errands, icons: Icons | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("log_view")
        self._theme = theme
        self._errands = errands
        self._index: LogIndex | None = None
        self._lines = LogLines(errands, self)
        self._lines.arrived.connect(self._on_lines_arrived)
        self._painter = LogPainter(theme, icons or Icons(theme))
        self.tints = Tints()
        """What is said about lines besides their text; `viewport().update()` after a change."""
        self._is_following = True
        self._is_wrapped = False
        self._anchor: int | None = None
        self._cursor: int | None = None
        self._widest = 0
        self._last_page_lines: int | None = None
        self.setFont(fixed_font())
        self.viewport().setFont(self.font())
        self.viewport().setCursor(Qt.CursorShape.IBeamCursor)
        self.verticalScrollBar().valueChanged.connect(self._on_scrolled)

    @property
    def is_following(self) -> bool:
        """Return whether the view keeps to the end."""
        return self._is_following

    @property
    def is_wrapped(self) -> bool:
        """Return whether long lines go on in a further row."""
        return self._is_wrapped

    @property
    def font_px(self) -> int:
        """Return the size of the letters."""
        return self.font().pixelSize()

    @property
    def cursor_line(self) -> int | None:
        """Return the line the user chose last."""
        return self._cursor

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
        self._last_page_lines = None
        self.horizontalScrollBar().setValue(0)
        self.lines_changed()

    def lines_changed(self) -> None:
        """Take note that the log grew."""
        bar = self.verticalScrollBar()
        was_blocked = bar.blockSignals(True)
        count = 0 if self._index is None else len(self._index)
        page = self._lines_in_sight()
        if self._is_wrapped and self._last_page_lines is not None:
            page = min(page, self._last_page_lines)
        bar.setRange(0, max(count - page, 0))
        bar.setPageStep(max(page, 1))
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

    def set_wrapped(self, is_wrapped: bool) -> None:
        """Let long lines go on in a further row, or be scrolled to."""
        self._is_wrapped = is_wrapped
        self._last_page_lines = None
        self.horizontalScrollBar().setValue(0)
        self._fit()

    def set_font_px(self, size: int) -> None:
        """Give the letters another size, within bounds."""
        size = max(SMALLEST_FONT_PX, min(size, LARGEST_FONT_PX))
        if size == self.font_px:
            return
        font = self.font()
        font.setPixelSize(size)
        self.setFont(font)
        self.viewport().setFont(font)
        self._widest, self._last_page_lines = 0, None
        self._fit()
        self.zoomed.emit()

    def go_to(self, line: int) -> None:
        """Choose a line and bring it into sight, with some lines around it."""
        if self._index is None or not len(self._index):
            return
        self._anchor = self._cursor = max(0, min(line, len(self._index) - 1))
        self.show_line(self._cursor, around=True)
        self.viewport().update()
        self.moved.emit()

    def show_line(self, line: int, *, around: bool = False) -> None:
        """Bring a line into sight; `around` for its surroundings, too."""
        bar, page = self.verticalScrollBar(), max(self._lines_in_sight() - 1, 1)
        first = bar.value()
        if around and not first + 2 <= line < first + page - 2:
            bar.setValue(line - page // 3)
        elif line < first:
            bar.setValue(line)
        elif line > first + page - 1:
            bar.setValue(line - page + 1)

    def show_match(self, line: int) -> bool:
        """Scroll sideways to the first match in a line; return whether the line is read already."""
        text = self._lines.get(line, line + 1)
        if not text or text[0] is None:
            return False
        spans = [] if self.tints.matcher is None else self.tints.matcher.spans(text[0])
        if spans and not self._is_wrapped:
            metrics, bar = QFontMetrics(self.font()), self.horizontalScrollBar()
            begin, end = (metrics.horizontalAdvance(text[0][:place]) for place in spans[0])
            room = self.viewport().width() - TEXT_LEFT_PX - MARGIN_PX
            if not bar.value() <= begin or end > bar.value() + room:
                self._fit_width()
                bar.setValue(begin - room // 2)
        return True

    def lines_in_sight(self) -> range:
        """Return the numbers of the lines that are seen."""
        placed = self._placed()
        return range(placed[0].line, placed[-1].line + 1) if placed else range(0)

    def selected_lines(self) -> range:
        """Return the numbers of the selected lines."""
        if self._anchor is None or self._cursor is None:
            return range(0)
        return range(min(self._anchor, self._cursor), max(self._anchor, self._cursor) + 1)

    def select_all(self) -> None:
        """Select every line."""
        if self._index is not None and len(self._index):
            self._anchor, self._cursor = 0, len(self._index) - 1
            self.viewport().update()

    def copy(self) -> None:
        """Put the selected lines on the clipboard, as soon as they are read."""
        self._copy(self.selected_lines())

    def copy_all(self) -> None:
        """Put all lines on the clipboard, as soon as they are read."""
        self._copy(range(0 if self._index is None else len(self._index)))

    def _copy(self, chosen: range) -> None:
        if self._index is not None and chosen:
            copy_lines(TiedErrands(self._errands, self), self._index, chosen, self.copied.emit)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Paint the lines in sight."""
        painter = QPainter(self.viewport())
        painter.fillRect(self.viewport().rect(), self._theme.pane)
        if self._index is None:
            return
        painter.fillRect(0, 0, TEXT_LEFT_PX - 4, self.viewport().height(), self._painter.gutter)
        height, width = self._row_px(), self.viewport().width()
        left = TEXT_LEFT_PX - self.horizontalScrollBar().value()
        chosen = self.selected_lines()
        for placed in self._placed():
            where = QRect(0, placed.top_px, width, height)
            self._painter.paint_line(
                painter, placed, where, left, self.tints, is_chosen=placed.line in chosen
            )

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Keep the scroll bar right, and the chosen line in sight if it was."""
        super().resizeEvent(event)
        first, cursor = self.verticalScrollBar().value(), self._cursor
        self._last_page_lines = None
        self._fit()
        if cursor is not None and first <= cursor <= first + event.oldSize().height() // self._row_px():
            self.show_line(cursor)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - Qt's name
        """Scroll; with Ctrl, change the size of the letters."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            step = event.angleDelta().y()
            self.set_font_px(self.font_px + (1 if step > 0 else -1 if step < 0 else 0))
            event.accept()
        else:
            super().wheelEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Begin or extend a selection."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        keeps = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        self._put_cursor(self._line_at(event.position().toPoint()), keeps_anchor=keeps)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Extend the selection while dragging, scrolling at the edges."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            line = self._line_at(event.position().toPoint())
            y = event.position().y()
            line += -1 if y < 0 else 1 if y > self.viewport().height() else 0
            self._put_cursor(line, keeps_anchor=True)
            self.show_line(self._cursor or 0)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """End a selection."""
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Scroll, or move the cursor if there is one; Shift selects, Ctrl+A everything."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.matches(QKeySequence.StandardKey.SelectAll):
            self.select_all()
        elif event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            bar = self.horizontalScrollBar()
            step = 4 * QFontMetrics(self.font()).horizontalAdvance("M")
            bar.setValue(bar.value() + (step if event.key() == Qt.Key.Key_Right else -step))
        elif not self._scroll_by(Qt.Key(event.key()), selects=_has_shift(event)):
            super().keyPressEvent(event)

    def _scroll_by(self, key: Qt.Key, *, selects: bool) -> bool:
        bar, count = self.verticalScrollBar(), 0 if self._index is None else len(self._index)
        steps = {
            Qt.Key.Key_Up: -1,
            Qt.Key.Key_Down: 1,
            Qt.Key.Key_PageUp: -bar.pageStep(),
            Qt.Key.Key_PageDown: bar.pageStep(),
            Qt.Key.Key_Home: -count,
            Qt.Key.Key_End: count,
        }
        step = steps.get(key)
        if step is None:
            return False
        if selects and self._cursor is None:
            self._anchor = self._cursor = bar.value()
        if self._cursor is None or (not selects and abs(step) > 1):
            bar.setValue(bar.value() + step)
            if self._cursor is not None:
                self._put_cursor(self._cursor + step, keeps_anchor=False)
        else:
            self._put_cursor(self._cursor + step, keeps_anchor=selects)
            self.show_line(self._cursor)
        return True

    def _put_cursor(self, line: int, *, keeps_anchor: bool) -> None:
        last = max(len(self._index) - 1, 0) if self._index is not None else 0
        self._cursor = max(0, min(line, last))
        if not keeps_anchor or self._anchor is None:
            self._anchor = self._cursor
        self.viewport().update()
        self.moved.emit()

    def _on_scrolled(self, value: int) -> None:
        is_at_end = value >= self.verticalScrollBar().maximum()
        if is_at_end != self._is_following:
            self._is_following = is_at_end
            self.follow_changed.emit(is_at_end)
        self._fit_width()
        self.viewport().update()
        self.moved.emit()

    def _on_lines_arrived(self) -> None:
        self._fit()
        self.moved.emit()

    def _fit(self) -> None:
        """Let what is in sight, and the scroll bars, be right for the lines that are known."""
        if self._is_wrapped:
            self._measure_last_page()
        self.lines_changed()
        self._fit_width()

    def _fit_width(self) -> None:
        """Let the longest line seen so far be scrolled to."""
        bar, width = self.horizontalScrollBar(), self.viewport().width()
        if self._is_wrapped:
            bar.setRange(0, 0)
            return
        first, metrics = self.verticalScrollBar().value(), QFontMetrics(self.font())
        character = metrics.horizontalAdvance("M")
        for text in self._lines.get(first, first + self._lines_in_sight() + 1):
            if text:
                long = len(text) * character if text.isascii() else metrics.horizontalAdvance(text)
                self._widest = max(self._widest, long)
        bar.setRange(0, max(self._widest + TEXT_LEFT_PX + MARGIN_PX - width, 0))
        bar.setPageStep(width)
        bar.setSingleStep(character)

    def _measure_last_page(self) -> None:
        """Find how many of the last lines fill the view, if they are read."""
        count, page = 0 if self._index is None else len(self._index), self._lines_in_sight()
        first = max(count - page, 0)
        if not self._is_following or not count:
            return
        texts = self._lines.get(first, count)
        if None not in texts:
            placed = place_lines(texts, first, self._row_px(), columns=self._columns())
            seen = stand_on(placed, self.viewport().height(), self._row_px())
            self._last_page_lines = max(sum(1 for one in seen if one.top_px >= 0), 1)

    def _placed(self) -> list[PlacedLine]:
        """Return the lines in sight and where they stand."""
        bar, page, row = self.verticalScrollBar(), self._lines_in_sight(), self._row_px()
        first = bar.value()
        if not self._is_wrapped:
            return place_lines(self._lines.get(first, first + page + 1), first, row)
        count = 0 if self._index is None else len(self._index)
        if first >= bar.maximum() and count:
            first = max(count - page - 1, 0)
            placed = place_lines(self._lines.get(first, count), first, row, columns=self._columns())
            return stand_on(placed, self.viewport().height(), row)
        placed = place_lines(self._lines.get(first, first + page + 1), first, row, columns=self._columns())
        return [one for one in placed if one.top_px < self.viewport().height()]

    def _columns(self) -> int | None:
        if not self._is_wrapped:
            return None
        room = self.viewport().width() - TEXT_LEFT_PX - MARGIN_PX
        return max(room // max(QFontMetrics(self.font()).horizontalAdvance("M"), 1), 8)

    def _row_px(self) -> int:
        return max(QFontMetrics(self.font()).lineSpacing(), 1)

    def _lines_in_sight(self) -> int:
        return max(self.viewport().height() // self._row_px(), 1)

    def _line_at(self, point: QPoint) -> int:
        placed = self._placed()
        row = self._row_px()
        for one in placed:
            if point.y() < one.bottom_px(row):
                return one.line
        return placed[-1].line if placed else 0


def _has_shift(event: QKeyEvent) -> bool:
    return bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
