"""The bar under the picture: every frame of the job, which are rendered or missing, and where one is."""

from collections.abc import Callable, Iterator

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from render_manager.domain.states import FRAME_CODES, FrameState
from render_manager.domain.texts import gettext as _
from render_manager.ui.plain_label import plain_tip
from render_manager.ui.state_looks import frame_looks
from render_manager.ui.theme import SMALL_FONT_PX, Theme, mixed, small_font
from render_manager.ui.viewer.frame_feed import FrameFeed

BAR_PX, READY_PX, HEIGHT_PX = 12, 3, 40
MARGIN_PX = 12
_WORST_FIRST = (
    FrameState.FAILED,
    FrameState.RENDERING,
    FrameState.CANCELLED,
    FrameState.PENDING,
    FrameState.SKIPPED,
    FrameState.COMPLETED,
)
_DONE = {FrameState.COMPLETED, FrameState.SKIPPED}


class Timeline(QWidget):
    """A bar to see and to scrub; GUI thread.

    Signals:
        sought: the place of the frame that was clicked on or dragged to.
        let_go: the mouse button was let go after dragging.
    """

    sought = Signal(int)
    let_go = Signal()

    def __init__(
        self, *, theme: Theme, feed: FrameFeed, is_ready: Callable[[int], bool], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._feed = feed
        self._is_ready = is_ready
        self._looks = frame_looks()
        self._place = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        self.setAccessibleName(_("Frames of the job"))

    @property
    def place(self) -> int:
        """Return the place of the frame that is marked."""
        return self._place

    def set_place(self, place: int) -> None:
        """Mark another frame."""
        if place != self._place:
            self._place = place
            self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return a height, whatever the width."""
        return QSize(320, HEIGHT_PX)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return the least that can be used."""
        return QSize(120, HEIGHT_PX)

    def place_at(self, x: float) -> int:
        """Return the place of the frame at a distance from the left edge."""
        count = len(self._feed)
        share = (x - MARGIN_PX) / max(1, self.width() - 2 * MARGIN_PX)
        return min(max(int(share * count), 0), max(count - 1, 0))

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Go to the frame that is clicked on."""
        if event.button() is Qt.MouseButton.LeftButton and len(self._feed):
            self.sought.emit(self.place_at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Scrub."""
        if event.buttons() & Qt.MouseButton.LeftButton and len(self._feed):
            self.sought.emit(self.place_at(event.position().x()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Tell that scrubbing is over."""
        if event.button() is Qt.MouseButton.LeftButton:
            self.let_go.emit()

    def event(self, event: QEvent) -> bool:
        """Tell which frame is under the cursor and how it is."""
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent) and len(self._feed):
            QToolTip.showText(event.globalPos(), plain_tip(self._tip(event.pos())), self)
            return True
        return super().event(event)

    def _tip(self, at: QPoint) -> str:
        place = self.place_at(at.x())
        if not self._feed.knows_states:
            return _("{frame}: its state is being read").format(frame=self._feed.numbers[place])
        word = self._looks[self._feed.state_of(place)].word
        text = _("frame {number}: {state}").format(number=self._feed.numbers[place], state=word)
        return text + "\n" + _("The line below marks frames that play without waiting.")

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Paint the states as runs, one column of the screen at a time, and the mark."""
        painter = QPainter(self)
        count = len(self._feed)
        if not count:
            return
        width, top = self.width() - 2 * MARGIN_PX, 6
        painter.fillRect(QRectF(MARGIN_PX, top, width, BAR_PX), self._theme.raised)
        for first, last, state in self._spans(width) if self._feed.knows_states else ():
            left = MARGIN_PX + width * first / count
            right = MARGIN_PX + width * last / count
            painter.fillRect(QRectF(left, top, max(right - left, 1), BAR_PX), self._color(state))
        self._paint_ready(painter, width, top + BAR_PX + 2)
        self._paint_mark(painter, width, top)

    def _spans(self, width: int) -> Iterator[tuple[int, int, FrameState]]:
        """Yield (first place, place after the last, state); the one to look at counts for a column."""
        count, codes = len(self._feed), self._feed.states.codes
        columns = max(1, min(width, count))
        begun, before = 0, None
        for column in range(columns):
            first, last = column * count // columns, (column + 1) * count // columns
            part = codes[first:last]
            state = next(one for one in _WORST_FIRST if FRAME_CODES[one] in part)
            if before is not None and state is not before:
                yield begun, first, before
                begun = first
            before = state
        if before is not None:
            yield begun, count, before

    def _paint_ready(self, painter: QPainter, width: int, top: int) -> None:
        """Mark what is ready; of more frames than columns, those that columns fall on."""
        count = len(self._feed)
        for column in range(min(width, count)):
            place = column * count // min(width, count)
            if self._is_ready(place):
                left = MARGIN_PX + width * place / count
                painter.fillRect(QRectF(left, top, max(width / count, 1.5), READY_PX), self._theme.dim_text)

    def _paint_mark(self, painter: QPainter, width: int, top: int) -> None:
        count = len(self._feed)
        left = MARGIN_PX + width * self._place / count
        thick = max(width / count, 3)
        painter.fillRect(QRectF(left, top - 4, thick, BAR_PX + 8), self._theme.accent)
        painter.setFont(small_font(self.font()))
        line = QRectF(MARGIN_PX, HEIGHT_PX - SMALL_FONT_PX - 4, width, SMALL_FONT_PX + 4)
        numbers, left_edge = self._feed.numbers, int(Qt.AlignmentFlag.AlignLeft)
        text, first, final = str(numbers[self._place]), str(numbers[0]), str(numbers[-1])
        metrics = painter.fontMetrics()
        wide = metrics.horizontalAdvance(text)
        start = min(max(left + thick / 2 - wide / 2, MARGIN_PX), MARGIN_PX + width - wide)
        painter.setPen(self._theme.text)
        painter.drawText(QRectF(start, line.top(), wide + 2, line.height()), left_edge, text)
        painter.setPen(self._theme.dim_text)
        # The ends give way to the number of the frame that is shown.
        if start > MARGIN_PX + metrics.horizontalAdvance(first) + 8:
            painter.drawText(line, left_edge, first)
        if start + wide < MARGIN_PX + width - metrics.horizontalAdvance(final) - 8:
            painter.drawText(line, int(Qt.AlignmentFlag.AlignRight), final)

    def _color(self, state: FrameState) -> QColor:
        """Finished frames are the rule and stay quiet; what is not as it should be stands out."""
        if state in _DONE:
            return mixed(self._theme.raised, self._looks[FrameState.COMPLETED].color, 0.55)
        if state is FrameState.PENDING:
            return self._theme.raised
        return self._looks[state].color
