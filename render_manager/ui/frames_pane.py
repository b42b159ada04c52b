"""The frames of the selected job: as a grid or a table, with the times of frames below if wanted."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QItemSelectionModel, QModelIndex, QPoint, QSettings, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from render_manager.domain.changes import ChangeSet, JobSnapshot
from render_manager.domain.texts import gettext as _
from render_manager.domain.texts import ngettext
from render_manager.ui.elided_label import ElidedLabel
from render_manager.ui.frame_bars import FrameBars
from render_manager.ui.frame_chips import FrameChips
from render_manager.ui.frame_choice import FrameChoice
from render_manager.ui.frame_delegate import FrameDelegate
from render_manager.ui.frame_grid import BarSource, FrameGrid
from render_manager.ui.frame_refresh import FrameRefresh
from render_manager.ui.frame_selection import FrameSelection
from render_manager.ui.frames_header import FramesHeader
from render_manager.ui.models.frames_model import FramesModel
from render_manager.ui.motion import wants_stillness
from render_manager.ui.plain_label import plain_tip
from render_manager.ui.pools import Errands
from render_manager.ui.state_looks import Icons
from render_manager.ui.theme import Theme
from render_manager.ui.thumbnails import Thumbnails

if TYPE_CHECKING:
    # Their modules import much that the first paint does not need.
    from render_manager.scheduling.ports import StateReader
    from render_manager.ui.frame_jump import FrameJump
    from render_manager.ui.frame_times import FrameTimes
    from render_manager.ui.frames_table import FramesTable
    from render_manager.ui.life_signs import LifeSigns
    from render_manager.ui.table_page import TablePage


class FramesPane(QWidget):
    """The frames of one job; GUI thread.

    Signals:
        frame_selected: (job id, frame number) of the current frame, or None.
        frame_opened: (job id, frame number) that was double-clicked, or on which Space was pressed.
        menu_wanted: the point, in global coordinates, at which the selected frames' menu should open.
        view_changed: "grid" or "table" is shown now, or the times came or went.
    """

    frame_selected = Signal(object)
    frame_opened = Signal(object)
    menu_wanted = Signal(QPoint)
    view_changed = Signal()

    def __init__(
        self, *, theme: Theme, icons: Icons, errands: Errands, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icons = icons
        self._errands = errands
        self._job: JobSnapshot | None = None
        self._reader: StateReader | None = None
        self._table: TablePage | None = None
        self._times: FrameTimes | None = None
        self._jump: FrameJump | None = None
        self._table_header: QByteArray | None = None
        self.model = FramesModel(errands, self)
        self.thumbnails = Thumbnails(errands, self, fades=not wants_stillness())
        self.grid = FrameGrid()
        self.grid.setModel(self.model)
        delegate = FrameDelegate(theme=theme, icons=icons, thumbnails=self.thumbnails, parent=self.grid)
        self.grid.setItemDelegate(delegate)
        self.selection = FrameSelection(self.model, self.grid.selectionModel(), self)
        self.choice = FrameChoice(self.model, self.grid, self)
        self.grid.paint_bars_from(
            BarSource(
                FrameBars(theme),
                codes=lambda: self.model.codes,
                selected=self.selection.runs,
                rendering=self.model.rendering_places,
            )
        )
        self.refresh = FrameRefresh(
            model=self.model, grid=self.grid, delegate=delegate, thumbnails=self.thumbnails, parent=self
        )
        self.life_signs: LifeSigns | None = None
        self.chips = FrameChips(lambda: self.choice.state)
        self.header = FramesHeader(self.chips)
        self.warning = ElidedLabel(mode=Qt.TextElideMode.ElideRight)
        self.warning.setObjectName("warning")
        self.warning.setContentsMargins(8, 0, 8, 4)
        self.warning.hide()
        self.problem = ElidedLabel(mode=Qt.TextElideMode.ElideRight)
        self.problem.setObjectName("warning")
        self.problem.setContentsMargins(8, 0, 8, 4)
        self.problem.hide()
        self._lay_out()
        self._connect()
        self._update_chips()

    def read_from(self, reader: "StateReader") -> None:
        """Read from this reader from now on."""
        self._reader = reader
        self.model.read_from(reader)
        job, self._job = self._job, None
        if job is not None:
            self.show_job(job)

    def show_job(self, job: JobSnapshot | None) -> None:
        """Show the frames of a job, or of none."""
        is_other = (job.id if job else None) != (self._job.id if self._job else None)
        self._job = job
        self.header.title.setText(job.name if job is not None else _("Frames"))
        if is_other:
            self.model.show_job(job)
            self.frame_selected.emit(None)
            self._show_times_of_job()

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
        if self._times is not None:
            self._times.apply(changes)

    def current_frame(self) -> tuple[int, int] | None:
        """Return (job id, frame number) of the current frame."""
        return self._frame_at(self.grid.currentIndex().row())

    def select_frame(self, number: int) -> None:
        """Make a frame the current and only selected one, and bring it into sight."""
        self.choice.frame(number)

    @property
    def view(self) -> str:
        """Return which view is shown: "grid" or "table"."""
        return "grid" if self.views.currentWidget() is self.grid else "table"

    @property
    def shows_times(self) -> bool:
        """Return whether the times are shown."""
        return self._times is not None and not self._times.isHidden()

    def show_view(self, name: str) -> None:
        """Show the frames as a grid or as a table."""
        if name == "table":
            self.views.setCurrentWidget(self.table.view)
        else:
            self.views.setCurrentWidget(self.grid)
        if self._table is not None:
            self._table.twin.follow(is_live=name == "table")
        self.header.show_zoom(is_shown=name != "table")
        self._focus_view()
        self.view_changed.emit()

    def show_times(self, *, is_shown: bool) -> None:
        """Show or hide how long each frame took, below the frames."""
        if is_shown or self._times is not None:
            self.times.setVisible(is_shown)
            self._show_times_of_job()
        self.view_changed.emit()

    @property
    def table(self) -> "TablePage":
        """Return the table; it is made when it is first asked for."""
        if self._table is None:
            from render_manager.ui.table_page import TablePage  # the first paint does not show it

            self._table = TablePage(
                model=self.model,
                selection=self.selection,
                grid=self.grid,
                icons=self._icons,
                errands=self._errands,
            )
            if self._table_header is not None:
                self._table.view.restore_header(self._table_header)
            self.views.addWidget(self._table.view)
            self._connect_view(self._table.view, self._table.model.place_of)
        return self._table

    @property
    def times(self) -> "FrameTimes":
        """Return the plots; they are made when they are first asked for."""
        if self._times is None:
            from render_manager.ui.frame_times import FrameTimes  # plotting is slow to import

            self._times = FrameTimes(theme=self._theme, errands=self._errands)
            self.splitter.addWidget(self._times)
            self.splitter.setSizes([2 * self.height() // 3, self.height() // 3])
            self._times.frame_wanted.connect(self.select_frame)
            self.frame_selected.connect(self._times.show_current)
        return self._times

    def ask_for_frame(self, text: str = "") -> None:
        """Ask for a frame to go to, of which some digits may be typed already."""
        if self._jump is None:
            from render_manager.ui.frame_jump import FrameJump  # the first paint does not show it

            self._jump = FrameJump(self.views)
            self._jump.frame_wanted.connect(self.select_frame)
            self._jump.closed.connect(self._focus_view)
        self._jump.ask(self.model.states.frames, text)

    def load_icons(self) -> None:
        """Load what the first paint did not need: the chips' icons, and who looks at logs."""
        self.chips.load_icons(self._icons)
        self._watch_logs()

    def save(self, settings: QSettings) -> None:
        """Note the size of cells, the view, and the table's columns."""
        settings.setValue("cell_width_px", self.grid.cell_width)
        settings.setValue("frames/view", self.view)
        settings.setValue("frames/times", "yes" if self.shows_times else "no")
        header = self._table_header if self._table is None else self._table.view.save_header()
        if header is not None:
            settings.setValue("frames/columns", header)

    def restore(self, settings: QSettings) -> None:
        """Bring back what was noted."""
        width = settings.value("cell_width_px")
        # Qt gives back a number or its text, depending on whether the file was read anew.
        if str(width).isdigit():
            self.grid.set_cell_width(int(str(width)))
        header = settings.value("frames/columns")
        if isinstance(header, QByteArray):
            self._table_header = header
        # Not during the start: neither is needed for the first paint.
        view, times = settings.value("frames/view"), settings.value("frames/times")
        if view == "table" or times == "yes":
            QTimer.singleShot(0, self, lambda: self._restore_views(str(view), has_times=times == "yes"))

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Look at the logs of frames under way while they are seen."""
        super().showEvent(event)
        self.model.read_again()
        if self.life_signs is not None:
            self.life_signs.watch(is_wanted=True)

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802 - Qt's name
        """Look at nothing that is not seen."""
        super().hideEvent(event)
        if self.life_signs is not None:
            self.life_signs.watch(is_wanted=False)

    def _watch_logs(self) -> None:
        from render_manager.ui.life_signs import LifeSigns  # the first paint does not need it

        self.life_signs = LifeSigns(
            model=self.model,
            errands=self._errands,
            in_sight=self._in_sight,
            usual_s=self._usual_s,
            parent=self,
        )
        self.life_signs.watch(is_wanted=self.isVisible())

    def _lay_out(self) -> None:
        self.views = QStackedWidget()
        self.views.addWidget(self.grid)
        self.splitter = QSplitter(Qt.Orientation.Vertical)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(self.views)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.header)
        layout.addWidget(self.warning)
        layout.addWidget(self.problem)
        layout.addWidget(self.splitter, 1)

    def _connect(self) -> None:
        self.model.states_changed.connect(self._update_chips)
        self.model.unreadable_changed.connect(self._show_problem)
        self.model.picture_made.connect(self.thumbnails.fade_in)
        self.header.cell_width_wanted.connect(self.grid.set_cell_width)
        self.grid.zoomed.connect(self.header.show_cell_width)
        self.choice.changed.connect(self.chips.refresh)
        self.chips.pressed.connect(self.choice.all_or_next)
        self.grid.selectionModel().currentChanged.connect(self._on_current_changed)
        self._connect_view(self.grid, lambda row: row)

    def _connect_view(self, view: "FrameGrid | FramesTable", place_of: Callable[[int], int]) -> None:
        view.doubleClicked.connect(lambda index: self._open(place_of(index.row())))
        view.opened.connect(lambda index: self._open(place_of(index.row())))
        view.typed.connect(self.ask_for_frame)
        view.customContextMenuRequested.connect(lambda point: self._on_menu_requested(view, point))

    def _focus_view(self) -> None:
        view: QAbstractItemView = (
            self.grid if self._table is None or self.view == "grid" else self._table.view
        )
        view.setFocus()

    def _restore_views(self, view: str, *, has_times: bool) -> None:
        if view == "table":
            self.show_view(view)
        if has_times:
            self.show_times(is_shown=True)

    def _show_times_of_job(self) -> None:
        if self._times is not None and self._reader is not None and not self._times.isHidden():
            self._times.show_job(self._job, self._reader)
            self._times.show_current(self.current_frame())

    def _update_chips(self) -> None:
        is_loading = self.model.is_loading and self._job is not None
        counts = self._job.counts if is_loading and self._job else self.model.states.counts()
        self.chips.show_counts(counts)
        self.header.give_room()

    def _show_problem(self) -> None:
        self.problem.setVisible(self.model.is_unreadable)
        if self.model.is_unreadable and self._job is not None:
            text = _(
                "The frames of {job} could not be read from the database. This is tried again by itself; "
                "the log of the program tells what went wrong."
            )
            self.problem.setText("▲  " + text.format(job=self._job.name))
            # Those of the job shown before would stay until the frames are read.
            self._update_chips()

    def _in_sight(self) -> range:
        if self.view == "grid" or self._table is None:
            return self.grid.visible_rows()
        return range(self.model.rowCount())

    def _usual_s(self) -> float | None:
        job = self._job
        return job.render_seconds / job.rendered_frames if job is not None and job.rendered_frames else None

    def _frame_at(self, place: int) -> tuple[int, int] | None:
        if place < 0 or self.model.job_id is None or place >= self.model.rowCount():
            return None
        return self.model.job_id, self.model.states.frames.numbers[place]

    def _on_current_changed(self, current: QModelIndex, _before: QModelIndex) -> None:
        self.frame_selected.emit(self._frame_at(current.row()))

    def _open(self, place: int) -> None:
        self.frame_opened.emit(self._frame_at(place))

    def _on_menu_requested(self, view: QAbstractItemView, point: QPoint) -> None:
        index = view.indexAt(point)
        if not index.isValid():
            return
        if not view.selectionModel().isSelected(index):
            flags = QItemSelectionModel.SelectionFlag
            view.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
        self.menu_wanted.emit(view.viewport().mapToGlobal(point))
