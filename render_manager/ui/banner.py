"""The line at the top of the window for what concerns everything."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from render_manager.ui.plain_label import PlainLabel
from render_manager.ui.state_looks import WARNING
from render_manager.ui.theme import Theme, mixed


class Banner(PlainLabel):
    """Sentences by code, shown one under the other; hidden when there are none. GUI thread."""

    def __init__(self, *, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.sentences: dict[str, str] = {}
        """What is said, by code."""
        self.setWordWrap(True)
        # A path without a break must not widen the window.
        self.setMinimumWidth(1)
        self.setContentsMargins(12, 6, 12, 6)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        background = mixed(theme.window, WARNING, 0.25)
        self.setStyleSheet(
            f"background: {background.name()}; color: {theme.text.name()}; "
            f"border-left: 4px solid {WARNING.name()};"
        )
        self.hide()

    def say(self, code: str, text: str) -> None:
        """Show a sentence; an empty one takes away what was said under this code."""
        if text:
            self.sentences[code] = text
        else:
            self.sentences.pop(code, None)
        self.setText("\n".join(self.sentences.values()))
        self.setVisible(bool(self.sentences))
