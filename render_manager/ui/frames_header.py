"""The line above the frames: the job's name, which view, how many frames in each state, how large."""

import math

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSlider, QToolButton, QWidget

from render_manager.domain.texts import gettext as _
from render_manager.ui.cell_flow import LARGEST_CELL_PX, SMALLEST_CELL_PX
from render_manager.ui.elided_label import ElidedLabel
from render_manager.ui.frame_chips import FrameChips
from render_manager.ui.frame_grid import DEFAULT_CELL_PX

TITLE_PX = 72
"""What is kept free for the job's name; where the words leave less, they go."""
LONG_TITLE_PX = 220
"""Of a longer name only so much is kept free before the views get words."""
ZOOM_PX = 84
ZOOM_STEPS = 200


class FramesHeader(QWidget):
    """The frames pane's controls; GUI thread.

    Signals:
        cell_width_wanted: a width of cells, in pixels.
    """

    cell_width_wanted = Signal(int)

    def __init__(self, chips: FrameChips, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        # A width of its own: the chips' words must not widen the window.
        self.setMinimumWidth(1)
        self.title = ElidedLabel(_("Frames"))
        self.chips = chips
        self.zoom = QSlider(Qt.Orientation.Horizontal)
        self.zoom.setRange(0, ZOOM_STEPS)
        self.zoom.setFixedWidth(ZOOM_PX)
        self.zoom.setToolTip(_("Size of the frames, from bars to pictures (Ctrl and mouse wheel)"))
        self.zoom.setAccessibleName(_("Size of the frames"))
        self.show_cell_width(DEFAULT_CELL_PX)
        self.zoom.valueChanged.connect(lambda step: self.cell_width_wanted.emit(_width_at(step)))
        self._views: list[QToolButton] = []
        self._view_box = QHBoxLayout()
        self._view_box.setSpacing(0)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 4, 8, 4)
        layout.setSpacing(4)
        layout.addWidget(self.title, 1)
        layout.addSpacing(4)
        layout.addLayout(self._view_box)
        layout.addSpacing(8)
        layout.addWidget(chips)
        layout.addWidget(self.zoom)

    def offer(self, actions: list[QAction]) -> None:
        """Show buttons for these views."""
        for action in actions:
            button = QToolButton()
            button.setAutoRaise(True)
            button.setDefaultAction(action)
            button.setIconSize(QSize(16, 16))
            self._views.append(button)
            self._view_box.addWidget(button)
        self.give_room()

    def show_cell_width(self, width: int) -> None:
        """Put the slider where it belongs for a width of cells."""
        step = _step_at(width)
        if _width_at(self.zoom.value()) != width:
            self.zoom.blockSignals(True)
            self.zoom.setValue(step)
            self.zoom.blockSignals(False)

    def show_zoom(self, *, is_shown: bool) -> None:
        """Show the slider only where cells have a size."""
        self.zoom.setVisible(is_shown)
        self.give_room()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Leave out words where there is no room for them."""
        super().resizeEvent(event)
        self.give_room()

    def give_room(self) -> None:
        """Decide which words there is room for: those of the chips first."""
        zoom = 0 if self.zoom.isHidden() else ZOOM_PX
        room = self.width() - TITLE_PX - zoom - 40
        icons = 30 * len(self._views)
        metrics = self.fontMetrics()
        words = sum(metrics.horizontalAdvance(view.text()) + 34 for view in self._views)
        chips = self.chips.wanted_width()
        self.chips.set_words(are_shown=chips + icons <= room)
        style = Qt.ToolButtonStyle.ToolButtonIconOnly
        name = min(metrics.horizontalAdvance(self.title.text()), LONG_TITLE_PX) - TITLE_PX
        if chips + words + max(name, 0) <= room:
            style = Qt.ToolButtonStyle.ToolButtonTextBesideIcon
        for view in self._views:
            view.setToolButtonStyle(style)


def _width_at(step: int) -> int:
    share = step / ZOOM_STEPS
    return round(SMALLEST_CELL_PX * math.pow(LARGEST_CELL_PX / SMALLEST_CELL_PX, share))


def _step_at(width: int) -> int:
    share = math.log(width / SMALLEST_CELL_PX) / math.log(LARGEST_CELL_PX / SMALLEST_CELL_PX)
    return round(share * ZOOM_STEPS)
