"""What lies across the top of the window: one bar under the other, each with its sentence and its buttons."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from render_manager.ui.plain_label import PlainLabel
from render_manager.ui.state_looks import WARNING
from render_manager.ui.theme import Theme, mixed

Button = tuple[str, Callable[[], object]]
"""The words on a button, and what it does."""


class BarStack(QWidget):
    """Bars one under the other; takes no room while none is shown. GUI thread."""

    def __init__(self, *bars: QWidget) -> None:
        super().__init__()
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(0)
        for bar in bars:
            self.add(bar)

    def add(self, bar: QWidget) -> None:
        """Put a bar under the others."""
        self._layout.addWidget(bar)


class NoticeBar(QWidget):
    """A sentence with buttons, the first of which is the usual answer; hidden until it says something.

    GUI thread.
    """

    def __init__(
        self, *, theme: Theme, stack: BarStack, name: str, buttons: Sequence[Button], is_warning: bool
    ) -> None:
        super().__init__(stack)
        stack.add(self)
        self.setObjectName(name)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        edge = WARNING if is_warning else theme.accent
        self.setStyleSheet(f"#{name} {{ {_ground(theme, edge)} }} QLabel {{ color: {theme.text.name()}; }}")
        self.text = PlainLabel()
        self.text.setWordWrap(True)
        # A path without a break must not widen the window.
        self.text.setMinimumWidth(1)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 6, 12, 6)
        layout.setSpacing(8)
        layout.addWidget(self.text, 1)
        self.buttons: list[QPushButton] = []
        for words, deed in buttons:
            button = QPushButton(words)
            button.clicked.connect(lambda _checked=False, deed=deed: deed())
            layout.addWidget(button)
            self.buttons.append(button)
        self.hide()

    def say(self, text: str) -> None:
        """Show a sentence; an empty one takes the bar away."""
        self.text.setText(text)
        self.setVisible(bool(text))


def _ground(theme: Theme, edge: QColor) -> str:
    ground = mixed(theme.window, edge, 0.25)
    line = f"border-bottom: 1px solid {theme.line.name()};"
    return f"background: {ground.name()}; border-left: 4px solid {edge.name()}; {line}"
