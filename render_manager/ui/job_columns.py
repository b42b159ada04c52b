"""Which columns the job table shows: those the user chose, as far as there is room for them."""

from PySide6.QtCore import QByteArray, QObject, QPoint, QSettings, Qt, Signal
from PySide6.QtWidgets import QHeaderView, QMenu, QTableView

from render_manager.domain.texts import gettext as _
from render_manager.ui.models.job_order import JobColumn
from render_manager.ui.models.jobs_model import column_titles

WIDTHS_PX = {
    JobColumn.PICTURE: 80,
    JobColumn.ENGINE: 108,
    JobColumn.PROGRESS: 180,
    JobColumn.DONE: 116,
    JobColumn.ELAPSED: 92,
    JobColumn.LEFT: 130,
    JobColumn.READY: 120,
    JobColumn.PRIORITY: 64,
    JobColumn.ADDED: 120,
}
FIRST_TO_GO = (
    JobColumn.ADDED,
    JobColumn.ENGINE,
    JobColumn.PRIORITY,
    JobColumn.READY,
    JobColumn.ELAPSED,
    JobColumn.LEFT,
    JobColumn.PICTURE,
)
HIDDEN_AT_FIRST = frozenset({JobColumn.ADDED})
NAME_PX = 240
"""What the jobs' names need at least."""
SCROLL_BAR_PX = 12
_FORM = f"jobs_header/{len(JobColumn)}"
"""Where the header's state is kept; one with another number of columns is not read."""


class JobColumns(QObject):
    """Looks after the header of the job table; GUI thread.

    Signals:
        sort_wanted: the JobColumn that was clicked.
    """

    sort_wanted = Signal(object)

    def __init__(self, table: QTableView) -> None:
        super().__init__(table)
        self._table = table
        self._hidden = set(HIDDEN_AT_FIRST)
        self._width_px = table.width()
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        header.setMinimumSectionSize(48)
        header.setSectionsClickable(True)
        header.setSectionsMovable(True)
        header.setSectionResizeMode(JobColumn.NAME, QHeaderView.ResizeMode.Stretch)
        for column, width in WIDTHS_PX.items():
            header.resizeSection(column, width)
        header.moveSection(header.visualIndex(JobColumn.PICTURE), 0)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._open_menu)
        header.sectionClicked.connect(lambda section: self.sort_wanted.emit(JobColumn(section)))

    def fit(self, width_px: int | None = None) -> None:
        """Hide columns, the least important ones first, until there is room for the jobs' names.

        Without a width it is the last one: the table itself is not laid out while it is not seen.
        """
        self._width_px = width_px or self._width_px
        header = self._table.horizontalHeader()
        wanted = [column for column in WIDTHS_PX if column not in self._hidden]
        widths = {column: header.sectionSize(column) or WIDTHS_PX[column] for column in wanted}
        room = self._width_px - sum(widths.values()) - SCROLL_BAR_PX
        for column in WIDTHS_PX:
            is_hidden = column in self._hidden
            if not is_hidden and column in FIRST_TO_GO:
                continue
            self._table.setColumnHidden(column, is_hidden)
        for column in FIRST_TO_GO:
            if column in self._hidden:
                continue
            is_too_much = room < NAME_PX
            self._table.setColumnHidden(column, is_too_much)
            room += widths[column] if is_too_much else 0

    def show_sort(self, column: JobColumn | None, *, is_descending: bool) -> None:
        """Mark the column by which the table is sorted, none for the order of the queue."""
        header = self._table.horizontalHeader()
        order = Qt.SortOrder.DescendingOrder if is_descending else Qt.SortOrder.AscendingOrder
        header.setSortIndicatorShown(column is not None)
        if column is not None:
            header.setSortIndicator(column, order)

    def set_hidden(self, column: JobColumn, *, is_hidden: bool) -> None:
        """Hide a column, or show it where there is room."""
        if is_hidden:
            self._hidden.add(column)
        else:
            self._hidden.discard(column)
        self.fit()

    def menu(self) -> QMenu:
        """Return a new menu of all columns."""
        menu = QMenu(self._table)
        titles = column_titles()
        for column in sorted(WIDTHS_PX, key=self._table.horizontalHeader().visualIndex):
            action = menu.addAction(titles[column])
            action.setCheckable(True)
            action.setChecked(column not in self._hidden)
            action.toggled.connect(
                lambda is_checked, column=column: self.set_hidden(column, is_hidden=not is_checked)
            )
        menu.addSeparator()
        menu.addAction(_("&Reset columns")).triggered.connect(lambda _checked=False: self.reset())
        menu.aboutToHide.connect(menu.deleteLater)
        return menu

    def reset(self) -> None:
        """Go back to the columns of a new window."""
        header = self._table.horizontalHeader()
        self._hidden = set(HIDDEN_AT_FIRST)
        for place, column in enumerate((JobColumn.PICTURE, *JobColumn)):
            if place == 0 or column is not JobColumn.PICTURE:
                header.moveSection(header.visualIndex(column), place)
        for column, width in WIDTHS_PX.items():
            self._table.setColumnHidden(column, False)
            header.resizeSection(column, width)
        self.fit()

    def save(self, settings: QSettings) -> None:
        """Note the columns, their order and widths."""
        settings.setValue(_FORM, self._table.horizontalHeader().saveState())
        settings.setValue("jobs_hidden", ",".join(sorted(column.name for column in self._hidden)))

    def restore(self, settings: QSettings) -> None:
        """Bring back the columns that were noted."""
        state = settings.value(_FORM)
        if isinstance(state, QByteArray):
            header = self._table.horizontalHeader()
            header.restoreState(state)
            header.setSortIndicatorShown(False)
        names = settings.value("jobs_hidden")
        if isinstance(names, str):
            self._hidden = {column for column in WIDTHS_PX if column.name in names.split(",")}
        for column in WIDTHS_PX:
            self._table.setColumnHidden(column, False)
        self.fit()

    def _open_menu(self, point: QPoint) -> None:
        self.menu().popup(self._table.horizontalHeader().mapToGlobal(point))
