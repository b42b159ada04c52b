"""The keys of the viewer, and the sheet that lists them."""

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from render_manager.domain.texts import gettext as _
from render_manager.ui.plain_label import PlainLabel
from render_manager.ui.theme import CORNER_PX, Theme


@dataclass(frozen=True, slots=True)
class KeySpec:
    """What a key does."""

    name: str
    keys: tuple[str, ...]
    """The first is the one that is told of."""
    text: str


def key_specs() -> tuple[KeySpec, ...]:
    """Return all keys in the present language, in the order of the sheet."""
    return (
        KeySpec("play", ("Space",), _("Play and stop")),
        KeySpec("previous", ("Left",), _("Previous frame")),
        KeySpec("next", ("Right",), _("Next frame")),
        KeySpec("first", ("Home",), _("First frame")),
        KeySpec("last", ("End",), _("Last frame")),
        KeySpec("hold", ("H",), _("Show gaps, or hold the last picture over them")),
        KeySpec("fit", ("F",), _("Fit the window")),
        KeySpec("zoom_1", ("1",), _("100 %: one pixel is one pixel")),
        KeySpec("zoom_2", ("2",), _("200 %")),
        KeySpec("zoom_in", ("+", "="), _("Zoom in (also the wheel)")),
        KeySpec("zoom_out", ("-",), _("Zoom out")),
        KeySpec("full_screen", ("F11",), _("Full screen")),
        KeySpec("bare", ("U",), _("Picture alone, or with its controls")),
        KeySpec("rgb", ("C",), _("Colour")),
        KeySpec("r", ("R",), _("Red alone; again for colour")),
        KeySpec("g", ("G",), _("Green alone")),
        KeySpec("b", ("B",), _("Blue alone")),
        KeySpec("a", ("A",), _("Alpha alone")),
        KeySpec("l", ("L",), _("Luminance")),
        KeySpec("layer_next", ("PgDown",), _("Next layer")),
        KeySpec("layer_previous", ("PgUp",), _("Previous layer")),
        KeySpec("brighter", ("E",), _("Exposure up, half a stop")),
        KeySpec("darker", ("Shift+E",), _("Exposure down, half a stop")),
        KeySpec("gamma_up", ("Y",), _("Gamma up")),
        KeySpec("gamma_down", ("Shift+Y",), _("Gamma down")),
        KeySpec("normalise", ("N",), _("Stretch the values from black to white")),
        KeySpec("view", ("V",), _("Next colour view")),
        KeySpec("reset", ("Backspace", "Ctrl+0"), _("Exposure and gamma back to normal")),
        KeySpec("wipe", ("W",), _("Wipe against an earlier picture")),
        KeySpec("difference", ("D",), _("Difference to it")),
        KeySpec("reload", ("F5",), _("Read the files again")),
        KeySpec("keys", ("?", "F1"), _("This list")),
        KeySpec("close", ("Esc",), _("Leave full screen, then close")),
    )


class KeySheet(QWidget):
    """Lists the keys over the picture; any click takes it away. GUI thread."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._over = parent
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(6)
        specs = key_specs()
        rows = -(-len(specs) // 2)
        for number, spec in enumerate(specs):
            column = number // rows * 3
            key = PlainLabel(spec.keys[0])
            key.setAlignment(Qt.AlignmentFlag.AlignRight)
            text = PlainLabel(spec.text)
            text.setObjectName("dim")
            grid.addWidget(key, number % rows, column)
            grid.addWidget(text, number % rows, column + 1)
        grid.setColumnMinimumWidth(2, 16)
        title = PlainLabel(_("Keys of the viewer"))
        title.setObjectName("title")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 20)
        layout.setSpacing(12)
        layout.addWidget(title)
        layout.addLayout(grid)
        self.hide()

    def toggle(self) -> None:
        """Show or hide it, in the middle of its parent."""
        if self.isVisible():
            self.hide()
            return
        self.adjustSize()
        self.move(self._over.rect().center() - self.rect().center())
        self.raise_()
        self.show()

    def mousePressEvent(self, _event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Go away."""
        self.hide()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Paint the ground."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(self._theme.window)
        painter.setPen(self._theme.line)
        painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), CORNER_PX * 2, CORNER_PX * 2)
