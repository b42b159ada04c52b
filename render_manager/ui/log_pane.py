"""The log of the selected frame's attempt, live, with a choice of its earlier attempts."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from render_manager.domain.changes import AttemptRecord
from render_manager.domain.states import AttemptOutcome
from render_manager.domain.texts import gettext as _
from render_manager.domain.texts import ngettext
from render_manager.ui.elided_label import ElidedLabel
from render_manager.ui.log_index import Extension, LogIndex
from render_manager.ui.log_view import LogView
from render_manager.ui.pools import Errands
from render_manager.ui.theme import Theme

LOOK_EVERY_MS = 200
"""How often a growing log is looked at; file systems do not report appended bytes reliably."""
NOTE_MS = 8000
"""How long the pane says what was copied."""


class LogPane(QWidget):
    """Shows the log of one attempt; GUI thread."""

    def __init__(self, *, theme: Theme, errands: Errands, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._errands = errands
        self._attempts: tuple[AttemptRecord, ...] = ()
        self._index: LogIndex | None = None
        self._is_looking = False
        self.view = LogView(theme, errands)
        self._title = QLabel(_("Log"))
        self._choice = QComboBox()
        self._choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self._choice.setToolTip(_("Attempt whose log is shown"))
        self._follow = QCheckBox(_("Follow"))
        self._follow.setToolTip(_("Keep the end of the log in sight"))
        self._follow.setChecked(True)
        self.everything = QCheckBox(_("Show everything"))
        self.everything.setToolTip(_("Show what the engine tells Render Manager, too"))
        self.note = ElidedLabel(mode=Qt.TextElideMode.ElideRight)
        self.note.setObjectName("dim")
        top = QHBoxLayout()
        top.setContentsMargins(8, 4, 8, 4)
        top.setSpacing(8)
        top.addWidget(self._title)
        top.addWidget(self._choice)
        top.addWidget(self.note, 1)
        top.addWidget(self.everything)
        top.addWidget(self._follow)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(top)
        layout.addWidget(self.view, 1)
        self._note_timer = QTimer(self)
        self._note_timer.setSingleShot(True)
        self._note_timer.setInterval(NOTE_MS)
        self._note_timer.timeout.connect(lambda: self.note.setText(""))
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_EVERY_MS)
        self._timer.timeout.connect(self._look)
        self._choice.currentIndexChanged.connect(self._on_attempt_chosen)
        self.everything.toggled.connect(self._on_everything_toggled)
        self._follow.toggled.connect(self.view.set_following)
        self.view.follow_changed.connect(self._follow.setChecked)
        self.view.copied.connect(self._on_copied)

    @property
    def attempt(self) -> AttemptRecord | None:
        """Return the attempt whose log is shown."""
        place = self._choice.currentIndex()
        return self._attempts[place] if 0 <= place < len(self._attempts) else None

    def show_attempts(self, attempts: Sequence[AttemptRecord]) -> None:
        """Show the last of these attempts; the others can be chosen. Keeps an earlier choice if it can."""
        kept = self.attempt
        known = {_key(attempt) for attempt in self._attempts}
        self._attempts = tuple(attempts)
        place = len(self._attempts) - 1
        if kept is not None and all(_key(attempt) in known for attempt in self._attempts):
            keys = [_key(attempt) for attempt in self._attempts]
            place = keys.index(_key(kept)) if _key(kept) in keys else place
        self._fill(place)
        self._show(self.attempt)

    def choose(self, number: int) -> None:
        """Show the log of the attempt with this number."""
        for place, attempt in enumerate(self._attempts):
            if attempt.number == number:
                self._choice.setCurrentIndex(place)

    def _fill(self, place: int) -> None:
        self._choice.blockSignals(True)
        self._choice.clear()
        for attempt in self._attempts:
            self._choice.addItem(
                _("attempt {number}: {outcome}").format(
                    number=attempt.number, outcome=outcome_word(attempt.outcome)
                )
            )
        self._choice.setCurrentIndex(place)
        self._choice.setVisible(bool(self._attempts))
        self._choice.blockSignals(False)

    def _on_attempt_chosen(self, _place: int) -> None:
        self._show(self.attempt)

    def _show(self, attempt: AttemptRecord | None) -> None:
        if attempt is None or not attempt.log_path:
            self._index = None
            self.view.show_index(None)
            self._timer.stop()
            return
        path = Path(attempt.log_path)
        same = self._index is not None and self._index.path == path and self._shown_start == attempt.log_start
        if same and self._index is not None and attempt.log_end is not None:
            self._index.close_at(attempt.log_end)
            self.view.lines_changed()
        elif not same:
            self._shown_start = attempt.log_start
            self._index = LogIndex(path, attempt.log_start, attempt.log_end)
            self._index.shows_all = self.everything.isChecked()
            self.view.set_following(True)
            self.view.show_index(self._index)
        self._timer.start()
        self._look()

    def _look(self) -> None:
        """Have the file looked at for further lines; stops by itself at the attempt's end."""
        index = self._index
        if index is None or self._is_looking or not self.isVisible():
            return
        self._is_looking = True
        self._errands.run(index.look, lambda extension: self._looked(index, extension))

    def _looked(self, index: LogIndex, extension: Extension | None) -> None:
        self._is_looking = False
        if index is not self._index or extension is None:
            return
        if index.extend(extension):
            self.view.lines_changed()
        elif not index.is_open_ended:
            self._timer.stop()

    def _on_everything_toggled(self, shows_all: bool) -> None:
        if self._index is not None:
            self._index.shows_all = shows_all
            self.view.show_index(self._index)

    def _on_copied(self, copied: int, chosen: int) -> None:
        if copied < chosen:
            text = _("Only the first {copied:,} of {chosen:,} lines were copied: the others are too many.")
            self.note.setText(text.format(copied=copied, chosen=chosen))
        else:
            text = ngettext("{copied:,} line copied", "{copied:,} lines copied", copied)
            self.note.setText(text.format(copied=copied))
        self._note_timer.start()

    _shown_start = -1


def outcome_word(outcome: AttemptOutcome) -> str:
    """Return an outcome in the present language."""
    return {
        AttemptOutcome.RUNNING: _("running"),
        AttemptOutcome.COMPLETED: _("completed"),
        AttemptOutcome.FAILED: _("failed"),
        AttemptOutcome.CRASHED: _("crashed"),
        AttemptOutcome.CANCELLED: _("cancelled"),
        AttemptOutcome.INTERRUPTED: _("interrupted"),
    }[outcome]


def _key(attempt: AttemptRecord) -> tuple[int, int, int]:
    return attempt.job_id, attempt.frame, attempt.number
