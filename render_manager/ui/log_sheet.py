"""One log with its ruler, marks and search, kept up to date while it grows."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from render_manager.ui.log_finder import LogFinder
from render_manager.ui.log_index import Extension, LogIndex, Trouble
from render_manager.ui.log_marks import LogMarks, Mark
from render_manager.ui.log_ruler import LogRuler
from render_manager.ui.log_view import LogView
from render_manager.ui.pools import Errands
from render_manager.ui.state_looks import Icons
from render_manager.ui.theme import Theme
from render_manager.ui.tied_errands import TiedErrands

if TYPE_CHECKING:
    # Its module imports much that the first paint does not need.
    from render_manager.engines.protocols import Engine

LOOK_EVERY_MS = 200
"""How often a growing log is looked at; file systems do not report appended bytes reliably."""
WATCH_EVERY_MS = 3000
"""How often it is seen to that a log that grows no more is still there."""


@dataclass(frozen=True, slots=True)
class LogPart:
    """What is shown: a part of a file, and what is known of it."""

    path: Path
    start: int = 0
    end: int | None = None
    """None while it grows."""
    engine: "Engine | None" = None
    """Whose lines they are, if that is known."""
    has_failed: bool = False
    code: str = ""
    """Diagnosis code of the failure."""
    reason: str = ""
    """The failure in a sentence."""


class LogSheet(QWidget):
    """Shows one part of a log file; GUI thread.

    Signals:
        grew: there are further lines.
        troubled: a Trouble with the file, or None when it is over.
    """

    grew = Signal()
    troubled = Signal(object)

    def __init__(
        self, *, theme: Theme, errands: Errands, icons: Icons, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._errands = TiedErrands(errands, self)
        self.part: LogPart | None = None
        self.index: LogIndex | None = None
        self.shows_all = False
        self._is_looking = False
        self._wants_reason = False
        self._unseen_match: int | None = None
        self._is_read = False
        self._trouble: Trouble | None = None
        self.view = LogView(theme, errands, icons)
        self.ruler = LogRuler(theme)
        self.marks = LogMarks(errands, self)
        self.finder = LogFinder(errands, self)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.view, 1)
        layout.addWidget(self.ruler)
        self.view.tints.mark = self.mark_of
        self.looking = QTimer(self)
        self.looking.setInterval(LOOK_EVERY_MS)
        self.looking.timeout.connect(self.look)
        self._watch = QTimer(self)
        self._watch.setInterval(WATCH_EVERY_MS)
        self._watch.timeout.connect(self.look)
        self.marks.changed.connect(self._on_marks_changed)
        self.marks.finished.connect(self._show_reason)
        self.marks.end_marked.connect(self._show_reason)
        self.finder.changed.connect(self._on_found)
        self.finder.arrived.connect(self._on_arrived)
        self.view.moved.connect(self._show_match)
        self.ruler.offset_wanted.connect(self.go_to_offset)
        self.ruler.share_wanted.connect(self._on_share_wanted)

    @property
    def is_read(self) -> bool:
        """Return whether the file was read to its end, as far as it is written."""
        return self._is_read

    @property
    def is_marked(self) -> bool:
        """Return whether all lines that are known were looked at for errors."""
        return not self.marks.is_under_way

    def show_part(self, part: LogPart | None) -> None:
        """Show another part, or the same that ended meanwhile."""
        old, index = self.part, self.index
        self.part = part
        if part is None:
            self._show_index(None)
            self.looking.stop()
            self._watch.stop()
            return
        is_same = old is not None and (old.path, old.start, old.engine) == (
            part.path,
            part.start,
            part.engine,
        )
        if is_same and old == part:
            pass
        elif is_same and index is not None and old is not None and old.end is None and part.end is not None:
            index.close_at(part.end)
            self._close(part)
        else:
            self._begin(part)
        self.looking.start()
        self._watch.start()
        self.look()

    def set_shows_all(self, shows_all: bool) -> None:
        """Show the lines of our script in the engine, too, or leave them out."""
        self.shows_all = shows_all
        if self.index is not None:
            self.index.shows_all = shows_all
            self.view.show_index(self.index)
            self.finder.show_index(self.index)
            self.ruler.refresh()

    def look(self) -> None:
        """Have the file looked at for further lines; seldom once the part is known to its end."""
        index = self.index
        if index is None or self._is_looking or not self.isVisible():
            return
        self._is_looking = True
        self._errands.run(index.look, lambda extension: self._looked(index, extension))

    def mark_of(self, line: int) -> Mark | None:
        """Return the mark of a line, or of the hidden ones behind it."""
        if self.index is None:
            return None
        start = self.index.start if line == 0 else self.index.start_of(line)
        marks = self.marks.between(start, self.index.start_of(line + 1))
        known = (mark for mark in marks if mark.meaning is not None)
        return next(known, marks[0] if marks else None)

    def mark_in_sight(self) -> Mark | None:
        """Return the mark of the line at the cursor, or else of the last known one in sight."""
        cursor, seen = self.view.cursor_line, self.view.lines_in_sight()
        if cursor is not None and cursor in seen:
            mark = self.mark_of(cursor)
            if mark is not None:
                return mark
        if self.index is None or not seen:
            return None
        marks = self.marks.between(self.index.start_of(seen.start), self.index.start_of(seen.stop))
        is_seen = cursor is not None and cursor in seen
        middle = self.index.start_of(cursor if is_seen and cursor is not None else seen.stop - 1)
        known = [mark for mark in marks if mark.meaning is not None]
        return min(known, key=lambda mark: abs(mark.offset - middle), default=None)

    def go_to_offset(self, offset: int) -> None:
        """Choose the line that an offset is in."""
        if self.index is not None:
            self._wants_reason = False
            self.view.set_following(False)
            self.view.go_to(self.index.line_at(offset))

    def here(self) -> int:
        """Return the offset of the line at the cursor, or of the first in sight."""
        if self.index is None:
            return 0
        seen = self.view.lines_in_sight()
        line = self.view.cursor_line
        return self.index.start_of(seen.start if line is None else line)

    def _begin(self, part: LogPart) -> None:
        self.index = LogIndex(part.path, part.start, part.end)
        self.index.shows_all = self.shows_all
        self._wants_reason = part.has_failed
        self._say(None)
        self.view.set_following(True)
        self._show_index(self.index)

    def _close(self, part: LogPart) -> None:
        self._wants_reason = part.has_failed and self.view.is_following and self.view.cursor_line is None
        self.marks.set_reads_end(part.has_failed)
        self.view.lines_changed()
        self.marks.go_on()
        self.finder.go_on()

    def _show_index(self, index: LogIndex | None) -> None:
        self.index = index
        self._is_looking = self._is_read = False
        self._unseen_match = None
        part = self.part
        self.view.show_index(index)
        self.ruler.show_index(index)
        engine = None if part is None else part.engine
        self.marks.begin(index, engine, reads_end=part is not None and part.has_failed)
        self.finder.show_index(index)

    def _looked(self, index: LogIndex, extension: Extension | None) -> None:
        if index is not self.index:
            return
        self._is_looking = False
        if extension is None:
            return
        if extension.trouble in (Trouble.SHORTER, Trouble.REPLACED) and self.part is not None:
            self._begin(self.part)
            self._say(extension.trouble)
            self.look()
        elif extension.trouble is not None:
            self._is_read = True
            self._say(extension.trouble)
        elif index.extend(extension):
            if self._trouble not in (Trouble.SHORTER, Trouble.REPLACED):
                self._say(None)
            self.view.lines_changed()
            self.ruler.refresh()
            self.grew.emit()
            self._is_read = not extension.has_more
            self.look()
            self._catch_up()
        else:
            self._is_read = True
            if not index.is_open_ended:
                self.looking.stop()
            self._catch_up()

    def _catch_up(self) -> None:
        """Go through what was read, once all is: others that read would only keep it from coming."""
        index = self.index
        if index is None or not self._is_read:
            return
        if self._wants_reason and not index.is_open_ended:
            self.marks.mark_end_first()
        self.marks.go_on()
        self.finder.go_on()
        self._show_reason()

    def _say(self, trouble: Trouble | None) -> None:
        if trouble is not self._trouble:
            self._trouble = trouble
            self.troubled.emit(trouble)

    def _on_marks_changed(self) -> None:
        self.ruler.show_marks(self.marks.marks)
        self.view.viewport().update()

    def _show_reason(self) -> None:
        """Go to the line that explains the failure, unless the user went elsewhere meanwhile."""
        part, index = self.part, self.index
        if not self._wants_reason or part is None or index is None or index.is_open_ended:
            return
        if not self._is_read:
            return
        is_sure = not self.marks.is_under_way
        mark = self.marks.reason(part.code, part.reason, is_sure=is_sure)
        if mark is None and not is_sure:
            return
        self._wants_reason = False
        if mark is not None and self.view.is_following and self.view.cursor_line is None:
            self.go_to_offset(mark.offset)

    def _on_found(self) -> None:
        self.view.tints.matcher = self.finder.matcher
        self.ruler.show_matches(self.finder.lines)
        self._tint_current()

    def _on_arrived(self, offset: int, _went_round: bool) -> None:
        self.go_to_offset(offset)
        self._tint_current()
        self._unseen_match = self.view.tints.found_line
        self._show_match()

    def _show_match(self) -> None:
        """Bring the match itself into sight as soon as its line is read."""
        line = self._unseen_match
        if line is not None and self.view.show_match(line):
            self._unseen_match = None

    def _tint_current(self) -> None:
        index, current = self.index, self.finder.current
        line = None if index is None or current is None else index.line_at(current)
        self.view.tints.found_line = line
        self.view.viewport().update()

    def _on_share_wanted(self, share: float) -> None:
        bar = self.view.verticalScrollBar()
        bar.setValue(round(share * bar.maximum()))
