"""The frame grid of the selected job, with counts by state that select their frames."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSlider, QToolButton, QVBoxLayout, QWidget

from render_manager.domain.changes import ChangeSet, JobSnapshot
from render_manager.domain.states import FrameState
from render_manager.domain.texts import gettext as _
from render_manager.domain.texts import ngettext
from render_manager.ui.elided_label import ElidedLabel, plain_tip
from render_manager.ui.frame_delegate import FrameDelegate
from render_manager.ui.frame_grid import DEFAULT_CELL_PX, LARGEST_CELL_PX, SMALLEST_CELL_PX, FrameGrid
from render_manager.ui.frame_selection import FrameSelection
from render_manager.ui.models.frames_model import FramesModel
from render_manager.ui.pools import Errands
from render_manager.ui.state_looks import Icons, frame_looks
from render_manager.ui.theme import Theme
from render_manager.ui.thumbnails import Thumbnails

if TYPE_CHECKING:
    # Its module imports much that the first paint does not need.
    from render_manager.scheduling.ports import StateReader

TITLE_PX = 130
"""What is kept free for the job's name; where the chips' words leave less, they go."""
BESIDE_WORDS_PX = 40
"""A chip's icon, its margins and the gap to the next."""


class FramesPane(QWidget):
    """The frames of one job; GUI thread.

    Signals:
        frame_selected: (job id, frame number) of the current frame, or None.
        frame_opened: (job id, frame number) that was double-clicked.
        menu_wanted: the point, in global coordinates, at which the selected frames' menu should open.
    """

    frame_selected = Signal(object)
    frame_opened = Signal(object)
    menu_wanted = Signal(QPoint)

    def __init__(
        self, *, theme: Theme, icons: Icons, errands: Errands, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._job: JobSnapshot | None = None
        self._looks = frame_looks()
        self.model = FramesModel(errands, self)
        self.thumbnails = Thumbnails(errands, self)
        self.grid = FrameGrid()
        self.grid.setModel(self.model)
        delegate = FrameDelegate(theme=theme, icons=icons, thumbnails=self.thumbnails, parent=self.grid)
        self.grid.setItemDelegate(delegate)
        self.countdown = QTimer(self)
        self.countdown.setSingleShot(True)
        self.countdown.setInterval(1000)
        # What is not painted is not counted down: the next second begins when a cell has shown this one.
        delegate.countdown_painted.connect(self._on_countdown_painted)
        self.countdown.timeout.connect(self._repaint_waits)
        self.selection = FrameSelection(self.model, self.grid.selectionModel(), self)
        self._title = ElidedLabel(_("Frames"))
        self.warning = ElidedLabel(mode=Qt.TextElideMode.ElideRight)
        self.warning.setObjectName("warning")
        self.warning.setContentsMargins(8, 0, 8, 4)
        self.warning.hide()
        self._icons = icons
        self._chips = {state: self._chip(state) for state in FrameState}
        self._zoom = QSlider(Qt.Orientation.Horizontal)
        self._zoom.setRange(SMALLEST_CELL_PX, LARGEST_CELL_PX)
        self._zoom.setValue(DEFAULT_CELL_PX)
        self._zoom.setFixedWidth(110)
        self._zoom.setToolTip(_("Size of the pictures (Ctrl and mouse wheel)"))
        self._lay_out()
        self.thumbnails.arrived.connect(lambda _path: self.grid.viewport().update())
        self.model.states_changed.connect(self._update_chips)
        self._zoom.valueChanged.connect(self.grid.set_cell_width)
        self.grid.zoomed.connect(self._zoom.setValue)
        self.grid.selectionModel().currentChanged.connect(self._on_current_changed)
        self.grid.doubleClicked.connect(self._on_double_clicked)
        self.grid.customContextMenuRequested.connect(self._on_menu_requested)
        self._update_chips()

    def read_from(self, reader: "StateReader") -> None:
        """Read from this reader from now on."""
        self.model.read_from(reader)
        job, self._job = self._job, None
        if job is not None:
            self.show_job(job)

    def show_job(self, job: JobSnapshot | None) -> None:
        """Show the frames of a job, or of none."""
        is_other = (job.id if job else None) != (self._job.id if self._job else None)
        self._job = job
        self._title.setText(job.name if job is not None else _("Frames"))
        if is_other:
            self.model.show_job(job)
            self.frame_selected.emit(None)

    def show_warnings(self, warnings: Sequence[str]) -> None:
        """Show the newest of what the engine warned of; the tool tip tells the others."""
        self.warning.setVisible(bool(warnings))
        if warnings:
            more = len(warnings) - 1
            line = f"▲  {warnings[-1]}"
            if more:
                line += "  " + ngettext("(and {count} more)", "(and {count} more)", more).format(count=more)
            self.warning.setText(line)
            self.warning.setToolTip(plain_tip("\n".join(warnings)))

    def apply(self, changes: ChangeSet) -> None:
        """Take in what changed."""
        self.model.apply(changes)

    def current_frame(self) -> tuple[int, int] | None:
        """Return (job id, frame number) of the current frame."""
        return self._frame_of(self.grid.currentIndex())

    def select_frame(self, number: int) -> None:
        """Make a frame the current and only selected one, and bring it into sight."""
        place = self.model.place_of(number)
        if place is not None:
            self._make_current(self.model.index(place))

    def select_state(self, state: FrameState) -> None:
        """Select all frames in a state."""
        selection = QItemSelection()
        first_place: int | None = None
        for first, last in self.model.states.runs(state):
            first_place = first if first_place is None else first_place
            selection.select(self.model.index(first), self.model.index(last))
        flags = QItemSelectionModel.SelectionFlag
        if first_place is not None:
            index = self.model.index(first_place)
            self.grid.selectionModel().setCurrentIndex(index, flags.NoUpdate)
            self.grid.scrollTo(index)
        self.grid.selectionModel().select(selection, flags.ClearAndSelect)

    def load_icons(self) -> None:
        """Give the chips their icons; after the first paint, since icon fonts take time."""
        for state, chip in self._chips.items():
            chip.setIcon(self._icons.colored(self._looks[state].icon_name, self._looks[state].color))

    def _chip(self, state: FrameState) -> QToolButton:
        look = self._looks[state]
        chip = QToolButton()
        chip.setAutoRaise(True)
        chip.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        chip.setToolTip(_("Select the frames that are {state}").format(state=look.word))
        chip.clicked.connect(lambda _checked=False: self.select_state(state))
        return chip

    def _lay_out(self) -> None:
        # A width of its own: the chips' words must not widen the window.
        self._top = QWidget()
        self._top.setMinimumWidth(1)
        top = QHBoxLayout(self._top)
        top.setContentsMargins(8, 4, 8, 4)
        top.setSpacing(4)
        top.addWidget(self._title, 1)
        top.addSpacing(8)
        for chip in self._chips.values():
            top.addWidget(chip)
        top.addWidget(self._zoom)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._top)
        layout.addWidget(self.warning)
        layout.addWidget(self.grid, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Leave out the chips' words where there is no room for them; icons and tool tips stay."""
        super().resizeEvent(event)
        self._update_chips()

    def _update_chips(self) -> None:
        counts = {state: count for state, count in self.model.states.counts().items() if count}
        words = {state: f"{self._looks[state].word} {count}" for state, count in counts.items()}
        metrics = self.fontMetrics()
        wanted = sum(metrics.horizontalAdvance(text) + BESIDE_WORDS_PX for text in words.values())
        is_narrow = wanted > self.width() - self._zoom.width() - TITLE_PX
        for state, chip in self._chips.items():
            chip.setVisible(state in counts)
            chip.setText(str(counts.get(state, "")) if is_narrow else words.get(state, ""))

    def _on_countdown_painted(self) -> None:
        if not self.countdown.isActive():
            self.countdown.start()

    def _repaint_waits(self) -> None:
        for row in self.grid.visible_rows():
            if self.model.cell(row).retry_at is not None:
                self.grid.viewport().update(self.grid.visualRect(self.model.index(row)))

    def _make_current(self, index: QModelIndex) -> None:
        """Select one frame and nothing else, whatever keys are held down."""
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect
        self.grid.selectionModel().setCurrentIndex(index, flags)
        self.grid.scrollTo(index)

    def _frame_of(self, index: QModelIndex) -> tuple[int, int] | None:
        if not index.isValid() or self.model.job_id is None:
            return None
        return self.model.job_id, self.model.states.frames.numbers[index.row()]

    def _on_current_changed(self, current: QModelIndex, _before: QModelIndex) -> None:
        self.frame_selected.emit(self._frame_of(current))

    def _on_double_clicked(self, index: QModelIndex) -> None:
        self.frame_opened.emit(self._frame_of(index))

    def _on_menu_requested(self, point: QPoint) -> None:
        index = self.grid.indexAt(point)
        if not index.isValid():
            return
        if not self.grid.selectionModel().isSelected(index):
            self._make_current(index)
        self.menu_wanted.emit(self.grid.viewport().mapToGlobal(point))
