"""The log of the selected frame's attempt, live: searched, explained, and compared with another's."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSettings, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from render_manager.domain.changes import AttemptRecord
from render_manager.domain.scene import Severity
from render_manager.domain.states import AttemptOutcome
from render_manager.domain.texts import gettext as _
from render_manager.domain.texts import ngettext
from render_manager.ui.attempt_words import attempt_words, neighbour_words
from render_manager.ui.elided_label import ElidedLabel
from render_manager.ui.log_find_bar import LogFindBar
from render_manager.ui.log_header import LogHeader
from render_manager.ui.log_index import Trouble
from render_manager.ui.log_meaning import LogMeaning
from render_manager.ui.log_note import LogNote
from render_manager.ui.log_searching import LogSearching
from render_manager.ui.log_sheet import LogPart, LogSheet
from render_manager.ui.pools import Errands
from render_manager.ui.state_looks import Icons
from render_manager.ui.theme import Theme, fixed_font

if TYPE_CHECKING:
    # Their modules import much that the first paint does not need.
    from render_manager.engines.protocols import Engine
    from render_manager.ui.log_comparing import LogComparing

SIDE_BY_SIDE_PX = 460
"""In a narrower pane two logs are one above the other."""
MEANING_MS = 50
"""How long scrolling has to rest before the line in sight is explained."""
WHOLE = -1
"""Stands for the whole log of the worker among the attempts' places."""
_BAD = frozenset({AttemptOutcome.FAILED, AttemptOutcome.CRASHED})


class LogPane(QWidget):
    """Shows the log of one attempt; GUI thread.

    Signals:
        follow_changed: whether the view keeps to the end.
        changed: another log is shown, or what can be done with it is something else.
    """

    follow_changed = Signal(bool)
    changed = Signal()

    def __init__(
        self, *, theme: Theme, errands: Errands, icons: Icons | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        icons = icons or Icons(theme)
        self._attempts: tuple[AttemptRecord, ...] = ()
        self._neighbours: tuple[AttemptRecord, ...] = ()
        self._beside: AttemptRecord | None = None
        self._engine_id = ""
        self._engine_of: Callable[[str], Engine | None] = lambda _id: None
        self._comparing: LogComparing | None = None
        self._theme, self._errands, self._icons = theme, errands, icons
        self.sheet = LogSheet(theme=theme, errands=errands, icons=icons)
        self.view = self.sheet.view
        self.header = LogHeader(icons)
        self.trouble = ElidedLabel(mode=Qt.TextElideMode.ElideMiddle)
        self.trouble.setObjectName("warning")
        self.trouble.setContentsMargins(8, 0, 8, 4)
        self.trouble.hide()
        self.find_bar = LogFindBar(icons)
        self.meaning = LogMeaning(icons)
        self.sheets = QSplitter(Qt.Orientation.Horizontal)
        self.sheets.addWidget(self.sheet)
        self.sheets.setChildrenCollapsible(False)
        self.note = LogNote(over=self.sheets, parent=self)
        self._rows = layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for row in (self.header, self.trouble, self.find_bar):
            layout.addWidget(row)
        layout.addWidget(self.sheets, 1)
        layout.addWidget(self.meaning)
        self._meaning_timer = _rest(self, MEANING_MS, self._explain)
        self._searching = LogSearching(sheet=self.sheet, bar=self.find_bar, say=self.say)
        self._connect()

    @property
    def attempt(self) -> AttemptRecord | None:
        """Return the attempt whose log is shown, or whose worker's."""
        place = self.header.choice.currentIndex()
        if self.shows_whole:
            return self._attempts[-1]
        return self._attempts[place] if 0 <= place < len(self._attempts) else None

    @property
    def shows_whole(self) -> bool:
        """Return whether the log of the worker is shown, with all its attempts."""
        return bool(self._attempts) and self.header.choice.currentData() == WHOLE

    @property
    def shows_everything(self) -> bool:
        """Return whether the lines of our script in the engine are shown, too."""
        return self.sheet.shows_all

    @property
    def path(self) -> Path | None:
        """Return the file that is shown."""
        return None if self.sheet.part is None else self.sheet.part.path

    @property
    def others(self) -> Sequence[tuple[str, AttemptRecord]]:
        """Return what the log shown can be compared with, and what it is called; the likeliest first."""
        shown = None if self.shows_whole else self.attempt
        mine = [(attempt_words(one), one) for one in reversed(self._attempts) if one is not shown]
        theirs = [(neighbour_words(one), one) for one in self._neighbours]
        return [(words, one) for words, one in (*mine, *theirs) if one.log_path]

    @property
    def comparing(self) -> "LogComparing":
        """Return what shows a second log; it is made when it is first asked for."""
        if self._comparing is None:
            from render_manager.ui.log_comparing import LogComparing  # few logs are compared

            made = LogComparing(
                left=self.sheet, theme=self._theme, errands=self._errands, icons=self._icons, parent=self
            )
            self._comparing = made
            made.load_icons()
            made.right.view.copied.connect(self._on_copied)
            made.closed.connect(self.end_comparison)
            self._rows.insertWidget(self._rows.indexOf(self.sheets), made)
            self.sheets.addWidget(made.right)
        return self._comparing

    def explain_with(self, engine_of: "Callable[[str], Engine | None]") -> None:
        """Explain lines with the engine that this returns for an id, from now on."""
        self._engine_of = engine_of
        self._show()

    def show_attempts(
        self,
        attempts: Sequence[AttemptRecord],
        *,
        engine_id: str = "",
        neighbours: Sequence[AttemptRecord] = (),
    ) -> None:
        """Show the last of these attempts; the others can be chosen. Keeps an earlier choice if it can.

        `neighbours` are good attempts of frames nearby, to compare with.
        """
        kept, kept_whole = self.attempt, self.shows_whole
        known = {_key(attempt) for attempt in self._attempts}
        is_same_frame = {key[:2] for key in known} == {_key(attempt)[:2] for attempt in attempts}
        self._attempts, self._neighbours = tuple(attempts), tuple(neighbours)
        self._engine_id = engine_id
        place = len(self._attempts) - 1
        keys = [_key(attempt) for attempt in self._attempts]
        if kept_whole and is_same_frame:
            place = len(self._attempts)
        elif kept is not None and all(key in known for key in keys):
            place = keys.index(_key(kept)) if _key(kept) in keys else place
        if not is_same_frame:
            self.end_comparison()
        self._fill(place)
        self._show()

    def choose(self, number: int) -> None:
        """Show the log of the attempt with this number."""
        for place, attempt in enumerate(self._attempts):
            if attempt.number == number:
                self.header.choice.setCurrentIndex(place)

    def show_whole(self) -> None:
        """Show the log of the worker, with all its attempts."""
        self.header.choice.setCurrentIndex(self.header.choice.findData(WHOLE))

    def set_everything(self, shows_all: bool) -> None:
        """Show the lines of our script in the engine, too, or leave them out."""
        self.sheet.set_shows_all(shows_all)
        if self._comparing is not None:
            self._comparing.right.set_shows_all(shows_all)
            self._comparing.compare_again()

    def set_wrapped(self, is_wrapped: bool) -> None:
        """Let long lines go on in a further row, or be scrolled to."""
        self.view.set_wrapped(is_wrapped)
        if self._comparing is not None:
            self._comparing.right.view.set_wrapped(is_wrapped)
        self.changed.emit()

    def zoom(self, step: int) -> None:
        """Make the letters larger or smaller; 0 for their usual size."""
        self.view.set_font_px(self.view.font_px + step if step else fixed_font().pixelSize())

    def step_error(self, step: int, severity: Severity | None = Severity.ERROR) -> None:
        """Go to the next marked line, or with -1 to the one before; to warnings where there are no errors."""
        marks = self.sheet.marks
        mark = marks.next(self.sheet.here(), step, severity) or marks.next(self.sheet.here(), step)
        if mark is None:
            self.say(_("No line of this log looks like an error or a warning."))
        else:
            self.sheet.go_to_offset(mark.offset)

    def step_match(self, step: int) -> None:
        """Go to the next line found, or with -1 to the one before."""
        self._searching.step(step)

    def compare_with(self, attempt: AttemptRecord) -> None:
        """Show another attempt's log beside this one."""
        self._beside = attempt
        names = {id(one): words for words, one in self.others}
        self.comparing.show_part(self._part(attempt), names.get(id(attempt), attempt_words(attempt)))
        self._turn()
        self.sheets.setSizes([1, 1])
        self.changed.emit()

    def end_comparison(self) -> None:
        """Show one log only."""
        if self._beside is not None:
            self._beside = None
            self.comparing.end()
            self.changed.emit()

    def say(self, text: str) -> None:
        """Say something for some seconds."""
        self.note.say(text)

    def save(self, settings: QSettings) -> None:
        """Write down how the log is shown."""
        settings.setValue("log/font_px", self.view.font_px)
        settings.setValue("log/wraps", "yes" if self.view.is_wrapped else "no")
        settings.setValue("log/explains", "yes" if self.meaning.is_unfolded else "no")

    def restore(self, settings: QSettings) -> None:
        """Bring back how the log was shown, as far as it can be read."""
        size = settings.value("log/font_px")
        if isinstance(size, str | int) and str(size).isdecimal():
            self.view.set_font_px(int(size))
        self.set_wrapped(settings.value("log/wraps") == "yes")
        self.meaning.button.setChecked(settings.value("log/explains") == "yes")

    def load_icons(self) -> None:
        """Load what the first paint did not need."""
        for part in (self.header, self.find_bar, self.meaning):
            part.load_icons()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Leave the search, or two logs, with Escape."""
        if event.key() == Qt.Key.Key_Escape and self.find_bar.isVisible():
            self.find_bar.close_bar()
        elif event.key() == Qt.Key.Key_Escape and self._beside is not None:
            self.end_comparison()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Put two logs one above the other where there is no room beside."""
        super().resizeEvent(event)
        self._turn()

    def _turn(self) -> None:
        is_wide = self.width() >= SIDE_BY_SIDE_PX
        self.sheets.setOrientation(Qt.Orientation.Horizontal if is_wide else Qt.Orientation.Vertical)

    def _connect(self) -> None:
        self.header.choice.currentIndexChanged.connect(lambda _place: self._show())
        self.view.follow_changed.connect(self.follow_changed)
        self.view.zoomed.connect(self._on_zoomed)
        self.view.moved.connect(self._meaning_timer.start)
        self.view.copied.connect(self._on_copied)
        self.sheet.marks.changed.connect(self._on_marks_changed)
        self.sheet.marks.finished.connect(self._meaning_timer.start)
        self.sheet.troubled.connect(self._on_trouble)

    def _on_zoomed(self) -> None:
        if self._comparing is not None:
            self._comparing.right.view.set_font_px(self.view.font_px)

    def _fill(self, place: int) -> None:
        choice = self.header.choice
        choice.blockSignals(True)
        choice.clear()
        for number, attempt in enumerate(self._attempts):
            choice.addItem(attempt_words(attempt), number)
        if self._attempts:
            choice.addItem(_("whole log of the worker"), WHOLE)
        choice.setCurrentIndex(place)
        choice.setVisible(bool(self._attempts))
        choice.blockSignals(False)

    def _show(self) -> None:
        attempt = self.attempt
        old = self.sheet.part
        if attempt is None or not attempt.log_path:
            self.sheet.show_part(None)
        elif self.shows_whole:
            engine = self._engine_of(self._engine_id)
            self.sheet.show_part(LogPart(Path(attempt.log_path), engine=engine))
        else:
            self.sheet.show_part(self._part(attempt))
        part = self.sheet.part
        if old is None or part is None or (old.path, old.start) != (part.path, part.start):
            if self._comparing is not None:
                self._comparing.compare_again()
            self._on_trouble(None)
        self._meaning_timer.start()
        self.changed.emit()

    def _part(self, attempt: AttemptRecord) -> LogPart:
        return LogPart(
            path=Path(attempt.log_path),
            start=attempt.log_start,
            end=attempt.log_end,
            engine=self._engine_of(self._engine_id),
            has_failed=attempt.outcome in _BAD,
            code=attempt.code,
            reason=attempt.reason,
        )

    def _on_marks_changed(self) -> None:
        self.header.show_counts(self.sheet.marks.counts)
        self._meaning_timer.start()

    def _explain(self) -> None:
        """Say what the line at the cursor means, or else why the attempt failed."""
        mark = self.sheet.mark_in_sight()
        attempt = None if self.shows_whole else self.attempt
        if mark is None and attempt is not None and attempt.outcome in _BAD:
            self.meaning.show_mark(None, attempt.reason, attempt.advice)
        else:
            self.meaning.show_mark(mark)

    def _on_trouble(self, trouble: Trouble | None) -> None:
        part = self.sheet.part
        text = ""
        if trouble is not None and part is not None and not (trouble is Trouble.MISSING and self._may_come()):
            text = trouble_words()[trouble].format(path=part.path)
        self.trouble.setText(text)
        self.trouble.setVisible(bool(text))

    def _may_come(self) -> bool:
        """Return whether the log of an attempt that just began is not written yet."""
        index = self.sheet.index
        return index is not None and index.is_open_ended and index.read_to == index.start

    def _on_copied(self, copied: int, chosen: int) -> None:
        if copied < chosen:
            text = _("Only the first {copied:,} of {chosen:,} lines were copied: the others are too many.")
            self.say(text.format(copied=copied, chosen=chosen))
        else:
            text = ngettext("{copied:,} line copied", "{copied:,} lines copied", copied)
            self.say(text.format(copied=copied))


def trouble_words() -> dict[Trouble, str]:
    """Return what is said about a file that changed under our eyes."""
    return {
        Trouble.MISSING: _(
            "The log {path} is not there any more. What is not in sight cannot be read again."
        ),
        Trouble.UNREADABLE: _(
            "The log {path} cannot be read. Check who may read it and whether its disk is there."
        ),
        Trouble.SHORTER: _("The log {path} was cut short. It is shown as it is now."),
        Trouble.REPLACED: _("The log {path} was replaced by another file. That one is shown now."),
    }


def _rest(parent: QWidget, interval_ms: int, then: Callable[[], None]) -> QTimer:
    """Return a timer that fires once after something rested so long."""
    timer = QTimer(parent)
    timer.setSingleShot(True)
    timer.setInterval(interval_ms)
    timer.timeout.connect(then)
    return timer


def _key(attempt: AttemptRecord) -> tuple[int, int, int]:
    return attempt.job_id, attempt.frame, attempt.number
