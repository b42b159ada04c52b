"""A second log beside the first: what differs is tinted, and both are scrolled together."""

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QToolButton, QWidget

from render_manager.domain.texts import gettext as _
from render_manager.ui.elided_label import ElidedLabel
from render_manager.ui.log_compare import Comparison, Together, compare, read_side
from render_manager.ui.log_index import LogIndex
from render_manager.ui.log_sheet import LogPart, LogSheet
from render_manager.ui.log_view import LogView
from render_manager.ui.pools import Errands
from render_manager.ui.state_looks import Icons
from render_manager.ui.theme import Theme
from render_manager.ui.tied_errands import TiedErrands

READING_MS = 60
"""How often it is looked whether both logs are read."""
PAUSE_MS = 700
"""How long logs have to stand still before they are compared again."""


class LogComparing(QWidget):
    """The line above two logs, and what joins them; GUI thread.

    Signals:
        closed: the user wants one log only.
    """

    closed = Signal()

    def __init__(
        self, *, left: LogSheet, theme: Theme, errands: Errands, icons: Icons, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._icons = icons
        self._errands = TiedErrands(errands, self)
        self._left = left
        self.right = LogSheet(theme=theme, errands=errands, icons=icons)
        self.right.setVisible(False)
        self.comparison: Comparison | None = None
        self._is_comparing = self._is_scrolling = False
        self._wants_again = False
        self.result = ElidedLabel(mode=Qt.TextElideMode.ElideRight)
        self.result.setObjectName("dim")
        self.together = QComboBox()
        self.together.setToolTip(_("By what both logs are scrolled together"))
        self.together.setAccessibleName(self.together.toolTip())
        for way, word in _ways().items():
            self.together.addItem(word, way)
        self.shut = QToolButton()
        self.shut.setAutoRaise(True)
        self.shut.setIconSize(QSize(16, 16))
        self.shut.setToolTip(_("Show one log only"))
        self.shut.setAccessibleName(self.shut.toolTip())
        self.shut.clicked.connect(self.closed)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 0, 4, 4)
        layout.setSpacing(8)
        layout.addWidget(self.result, 1)
        layout.addWidget(self.together)
        layout.addWidget(self.shut)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PAUSE_MS)
        self._timer.timeout.connect(self._compare)
        for sheet in (self._left, self.right):
            sheet.grew.connect(self._on_grew)
        self._left.view.verticalScrollBar().valueChanged.connect(lambda _value: self._follow(self._left.view))
        self.right.view.verticalScrollBar().valueChanged.connect(lambda _value: self._follow(self.right.view))
        self.together.currentIndexChanged.connect(lambda _place: self._follow(self._left.view))
        self.hide()

    def load_icons(self) -> None:
        """Load what the first paint did not need."""
        self.shut.setIcon(self._icons.plain("mdi6.close"))

    def show_part(self, part: LogPart, name: str) -> None:
        """Show a log, called this, beside the first."""
        self._name = name
        self.right.setVisible(True)
        self.show()
        self.right.shows_all = self._left.shows_all
        self.right.show_part(part)
        self.right.view.set_following(False)
        self.right.view.set_wrapped(self._left.view.is_wrapped)
        self.right.view.set_font_px(self._left.view.font_px)
        self.compare_again()

    def end(self) -> None:
        """Show one log only."""
        self.comparison = None
        self._timer.stop()
        self.right.show_part(None)
        self.right.setVisible(False)
        self._tint()
        self.hide()

    def compare_again(self) -> None:
        """Forget what was compared: one of the logs is another now."""
        self.comparison = None
        self._tint()
        if not self.isHidden():
            self.result.setText(_("Comparing with {name}…").format(name=self._name))
            self._timer.start(READING_MS)

    def _on_grew(self) -> None:
        if not self.isHidden():
            self._timer.start(PAUSE_MS if self.comparison is not None else READING_MS)

    def _compare(self) -> None:
        left, right = self._left.index, self.right.index
        if left is None or right is None or self.isHidden():
            return
        if not (self._left.is_read and self.right.is_read):
            self._timer.start(READING_MS)
            return
        if self._is_comparing:
            self._wants_again = True
            return
        self._is_comparing = True
        first, second = _extent(left), _extent(right)

        def read() -> Comparison:
            return compare(
                read_side(left.path, *first, shows_all=left.shows_all),
                read_side(right.path, *second, shows_all=right.shows_all),
            )

        self._errands.run(lambda: _or_none(read), lambda found: self._take(found, left, right))

    def _take(self, found: Comparison | None, left: LogIndex, right: LogIndex) -> None:
        self._is_comparing = False
        if self._wants_again:
            self._wants_again = False
            self._compare()
        if left is not self._left.index or right is not self.right.index or self.isHidden():
            return
        self.comparison = found
        self._tint()
        self.result.setText(self._words(found))
        time_item = self.together.findData(Together.TIME)
        has_times = found is not None and found.has_times
        model = self.together.model()
        model.setData(model.index(time_item, 0), None if has_times else 0, Qt.ItemDataRole.UserRole - 1)
        if not has_times and self.together.currentIndex() == time_item:
            self.together.setCurrentIndex(0)
        self._follow(self._left.view)

    def _words(self, found: Comparison | None) -> str:
        if found is None:
            return _("The log of {name} cannot be read any more.").format(name=self._name)
        left, right = sum(found.left_differs), sum(found.right_differs)
        text = _(
            "Lines that only one log has: {left:,} on the left, {right:,} on the right ({name}). "
            "Numbers are not compared."
        ).format(name=self._name, left=left, right=right)
        if found.left.is_cut or found.right.is_cut:
            cut = _("Only the first {count:,} lines were compared: the logs are too long.")
            text = f"{text} {cut.format(count=min(len(found.left.keys), len(found.right.keys)))}"
        return text

    def _tint(self) -> None:
        found = self.comparison
        for view, differs in (
            (self._left.view, None if found is None else found.left_differs),
            (self.right.view, None if found is None else found.right_differs),
        ):
            view.tints.differs = _membership(differs)
            view.viewport().update()

    def _follow(self, moved: LogView) -> None:
        """Scroll the other log to what belongs beside the first line in sight."""
        if self.comparison is None or self._is_scrolling or self.isHidden():
            return
        is_left = moved is self._left.view
        other = self.right.view if is_left else self._left.view
        together = Together(self.together.currentData())
        bar = moved.verticalScrollBar()
        self._is_scrolling = True
        if bar.value() >= bar.maximum() and together is not Together.NUMBERS:
            other.verticalScrollBar().setValue(other.verticalScrollBar().maximum())
        else:
            line = self.comparison.partner(bar.value(), is_left=is_left, together=together)
            other.verticalScrollBar().setValue(line)
        self._is_scrolling = False

    _name = ""


def _ways() -> dict[Together, str]:
    return {
        Together.MATCHES: _("matching lines"),
        Together.NUMBERS: _("line numbers"),
        Together.TIME: _("time"),
    }


def _extent(index: LogIndex) -> tuple[int, int]:
    return index.start, index.read_to


def _or_none(read: Callable[[], Comparison]) -> Comparison | None:
    """Return what is read, None where a file is gone; pool thread."""
    try:
        return read()
    except OSError:
        return None


def _membership(differs: bytearray | None) -> Callable[[int], bool]:
    if differs is None:
        return lambda _line: False
    return lambda line: line < len(differs) and bool(differs[line])
