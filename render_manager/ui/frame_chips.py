"""How many frames are in each state, as buttons that select them."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from render_manager.domain.states import FrameState
from render_manager.domain.texts import ngettext
from render_manager.ui.plain_label import plain_tip
from render_manager.ui.state_looks import Icons, frame_looks

BESIDE_WORDS_PX = 36
"""A chip's icon, its margins and the gap to the next."""


class FrameChips(QWidget):
    """A button for each state that frames are in; GUI thread.

    Signals:
        pressed: the state whose button was pressed.
    """

    pressed = Signal(object)

    def __init__(self, chosen: Callable[[], FrameState | None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chosen = chosen
        self._looks = frame_looks()
        self._counts: Mapping[FrameState, int] = {}
        self._has_words = True
        self.buttons = {state: self._button(state) for state in FrameState}
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        for button in self.buttons.values():
            layout.addWidget(button)
        self._update()

    def load_icons(self, icons: Icons) -> None:
        """Give the buttons their icons."""
        for state, button in self.buttons.items():
            button.setIcon(icons.colored(self._looks[state].icon_name, self._looks[state].color))

    def show_counts(self, counts: Mapping[FrameState, int]) -> None:
        """Show how many frames are in each state; states without frames are left out."""
        present = {state: count for state, count in counts.items() if count}
        if present != self._counts:
            self._counts = present
            self._update()

    def wanted_width(self) -> int:
        """Return how many pixels all buttons take with their words."""
        metrics = self.fontMetrics()
        return sum(metrics.horizontalAdvance(self._words(state)) + BESIDE_WORDS_PX for state in self._counts)

    def set_words(self, *, are_shown: bool) -> None:
        """Leave out the words where there is no room for them; icons and tool tips stay."""
        if are_shown != self._has_words:
            self._has_words = are_shown
            self._update()

    def refresh(self) -> None:
        """Show anew which state is chosen."""
        self._update()

    def _button(self, state: FrameState) -> QToolButton:
        button = QToolButton()
        button.setAutoRaise(True)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.clicked.connect(lambda _checked=False: self.pressed.emit(state))
        return button

    def _words(self, state: FrameState) -> str:
        mark = " ▸" if state is self._chosen() else ""
        return f"{self._looks[state].word} {self._counts[state]:,}{mark}"

    def _update(self) -> None:
        chosen = self._chosen()
        for state, button in self.buttons.items():
            count = self._counts.get(state, 0)
            button.setVisible(bool(count))
            if not count:
                continue
            mark = " ▸" if state is chosen else ""
            button.setText(self._words(state) if self._has_words else f"{count:,}{mark}")
            tip = ngettext(
                "{count} frame is {state}: press to select it",
                "{count} frames are {state}: press to select them, again to go from one to the next",
                count,
            )
            button.setToolTip(plain_tip(tip.format(count=f"{count:,}", state=self._looks[state].word)))
