"""Paints the lines of a log: text, marks in the margin, what was found, what is selected or differs."""

from collections.abc import Callable
from dataclasses import dataclass, field

from PySide6.QtCore import QRect, QRectF, QSize
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPixmap

from render_manager.domain.scene import Severity
from render_manager.ui.log_layout import PlacedLine
from render_manager.ui.log_marks import Mark, is_not_the_engines, looks_like
from render_manager.ui.log_search import Matcher
from render_manager.ui.state_looks import FAILED, WARNING, Icons
from render_manager.ui.theme import Theme, mixed

GUTTER_PX = 20
TEXT_LEFT_PX = GUTTER_PX + 4
MARK_PX = 12
FAINT = 0.45
"""How much is seen of the mark of a line that no rule knows."""
MOST_SPANS = 200
"""Matches in one line that are shown."""


@dataclass
class Tints:
    """What is said about lines besides their text; by line number."""

    mark: Callable[[int], Mark | None] = field(default=lambda _line: None)
    matcher: Matcher | None = None
    found_line: int | None = None
    """The line that a search went to."""
    differs: Callable[[int], bool] = field(default=lambda _line: False)


class LogPainter:
    """Paints placed lines; GUI thread."""

    def __init__(self, theme: Theme, icons: Icons) -> None:
        self._theme = theme
        self._icons = icons
        self._pixmaps: dict[tuple[Severity, bool, float], QPixmap] = {}
        self.found = mixed(theme.pane, WARNING, 0.35)
        self.found_here = mixed(theme.pane, WARNING, 0.42 if theme.is_dark else 0.75)
        self.differing = mixed(theme.pane, theme.accent, 0.16)
        self.gutter = mixed(theme.pane, theme.window, 0.7)

    def paint_line(
        self, painter: QPainter, placed: PlacedLine, where: QRect, left: int, tints: Tints, *, is_chosen: bool
    ) -> None:
        """Paint one line; `where` is its first row, `left` where the text begins."""
        height = where.height() * len(placed.rows)
        whole = QRect(where.left(), where.top(), where.width(), height)
        differs = tints.differs(placed.line)
        if is_chosen:
            painter.fillRect(whole, self._theme.selection)
        elif differs:
            painter.fillRect(whole, self.differing)
        painter.fillRect(QRect(0, where.top(), GUTTER_PX, height), self.gutter)
        if differs:
            painter.fillRect(QRect(GUTTER_PX - 3, where.top(), 3, height), self._theme.accent)
        mark = tints.mark(placed.line)
        if placed.text is not None:
            painter.setClipRect(whole.adjusted(GUTTER_PX, 0, 0, 0))
            painter.setPen(self._theme.text if is_chosen else self.color(placed.text, mark))
            self._paint_text(painter, placed, where, left, tints)
            painter.setClipping(False)
        if mark is not None:
            self._paint_mark(painter, mark, where)

    def color(self, text: str, mark: Mark | None) -> QColor:
        """Return the colour of a line."""
        severity = mark.severity if mark is not None and mark.meaning is not None else looks_like(text)
        if severity is Severity.ERROR:
            return self._theme.bad_text
        if severity is Severity.WARNING:
            return self._theme.warning_text
        return self._theme.dim_text if is_not_the_engines(text) else self._theme.text

    def _paint_text(
        self, painter: QPainter, placed: PlacedLine, where: QRect, left: int, tints: Tints
    ) -> None:
        metrics = painter.fontMetrics()
        is_here = placed.line == tints.found_line
        spans = [] if tints.matcher is None else tints.matcher.spans(placed.text or "")[:MOST_SPANS]
        start, top = 0, where.top()
        for row in placed.rows:
            for begin, end in spans:
                first, last = max(begin - start, 0), min(end - start, len(row))
                if first < last:
                    x = left + metrics.horizontalAdvance(row[:first])
                    width = metrics.horizontalAdvance(row[first:last])
                    ground = self.found_here if is_here else self.found
                    box = QRect(x, top, width, where.height())
                    painter.fillRect(box, ground)
                    if is_here:
                        painter.setPen(WARNING)
                        painter.drawRect(box.adjusted(0, 0, -1, -1))
            if spans:
                # Matches are painted on a ground of their own, on which only plain text is sure to be read.
                painter.setPen(self._theme.text)
            _draw_in_sight(painter, metrics, row, left, top, where.right())
            start += len(row)
            top += where.height()

    def _paint_mark(self, painter: QPainter, mark: Mark, where: QRect) -> None:
        ratio = painter.device().devicePixelRatioF()
        is_known = mark.meaning is not None
        pixmap = self._pixmap(mark.severity, ratio, is_known=is_known)
        top = where.top() + (where.height() - MARK_PX) / 2
        painter.setOpacity(1.0 if is_known else FAINT)
        painter.drawPixmap(QRectF(3, top, MARK_PX, MARK_PX), pixmap, QRectF(pixmap.rect()))
        painter.setOpacity(1.0)

    def _pixmap(self, severity: Severity, ratio: float, *, is_known: bool) -> QPixmap:
        key = severity, is_known, ratio
        if key not in self._pixmaps:
            icon = self._icons.colored(*mark_look(severity, is_known=is_known))
            self._pixmaps[key] = icon.pixmap(QSize(MARK_PX, MARK_PX), ratio)
        return self._pixmaps[key]


def mark_look(severity: Severity, *, is_known: bool) -> tuple[str, QColor]:
    """Return the icon and the colour of a mark: filled for a known line, an outline for another."""
    if severity is Severity.ERROR:
        return ("mdi6.alert-octagon" if is_known else "mdi6.alert-octagon-outline"), FAILED
    return ("mdi6.alert" if is_known else "mdi6.alert-outline"), WARNING


def _draw_in_sight(
    painter: QPainter, metrics: QFontMetrics, row: str, left: int, top: int, right: int
) -> None:
    """Draw what is seen of a row; the face has a fixed width, so the rest of a long one can be left out."""
    if len(row) > 300 and row.isascii():
        width = max(metrics.horizontalAdvance("M"), 1)
        first = max(-left // width - 1, 0)
        row = row[first : first + (right - left) // width + 3]
        left += first * width
    painter.drawText(left, top + metrics.ascent(), row)
