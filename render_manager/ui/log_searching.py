"""Joins the find bar to the log it searches."""

from collections.abc import Callable

from PySide6.QtCore import QObject

from render_manager.domain.errors import UserError
from render_manager.domain.texts import gettext as _
from render_manager.ui.log_find_bar import LogFindBar
from render_manager.ui.log_search import Query
from render_manager.ui.log_sheet import LogSheet


class LogSearching(QObject):
    """Searches one sheet for what is typed, and says how many lines were found; GUI thread."""

    def __init__(self, *, sheet: LogSheet, bar: LogFindBar, say: Callable[[str], None]) -> None:
        super().__init__(sheet)
        self._sheet = sheet
        self._bar = bar
        self._say = say
        sheet.finder.changed.connect(self._count)
        sheet.finder.arrived.connect(self._on_found)
        bar.query_changed.connect(self._search)
        bar.step_wanted.connect(self.step)
        bar.closed.connect(sheet.view.setFocus)

    def step(self, step: int) -> None:
        """Go to the next line found, or with -1 to the one before; ask for words if there are none."""
        finder = self._sheet.finder
        if finder.matcher is None:
            self._bar.open_bar()
        else:
            finder.go(self._sheet.here() if finder.current is None else finder.current, step)

    def _search(self, query: Query | None) -> None:
        try:
            self._sheet.finder.search(query, self._sheet.here())
        except UserError as error:
            self._bar.say(_("no pattern"), str(error), is_bad=True)

    def _count(self) -> None:
        finder = self._sheet.finder
        tip = _("Lines of the log that hold what is looked for")
        more = "…" if finder.is_under_way else ""
        if finder.matcher is None:
            self._bar.say("")
        elif finder.is_given_up:
            tip = _("This expression takes too long on a line of the log. Try a simpler one.")
            self._bar.say(_("takes too long"), tip, is_bad=True)
        elif finder.lines and not finder.place:
            self._bar.say(_("{count:,} found").format(count=len(finder.lines)) + more, tip)
        elif finder.lines:
            text = _("{place:,} of {count:,}{more}")
            self._bar.say(text.format(place=finder.place, count=len(finder.lines), more=more), tip)
        else:
            self._bar.say(more or _("not found"), tip)

    def _on_found(self, _offset: object, went_round: bool) -> None:
        if went_round:
            self._say(_("The search went on at the other end of the log."))
