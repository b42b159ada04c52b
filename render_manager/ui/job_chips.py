"""Over the job table: how many jobs are in each state, one click to see only those, and words to look for."""

from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QToolButton, QWidget

from render_manager.domain.states import JobState
from render_manager.domain.texts import gettext as _
from render_manager.ui.models.job_order import JobView, words_of
from render_manager.ui.plain_label import plain_tip
from render_manager.ui.state_looks import Icons, job_looks
from render_manager.ui.theme import ICON_PX

TYPING_PAUSE_MS = 150
SHOWN_STATES = (
    JobState.RUNNING,
    JobState.PENDING,
    JobState.PAUSED,
    JobState.FAILED,
    JobState.COMPLETED,
    JobState.CANCELLED,
)
WORDS_NEED_PX = 880
"""In a narrower pane the chips show icons and numbers only."""


class JobChips(QWidget):
    """A row of chips and a filter box; GUI thread.

    Signals:
        view_wanted: the JobView the user asks for.
    """

    view_wanted = Signal(object)

    def __init__(self, *, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icons = icons
        self._view = JobView()
        self._counts: dict[JobState, int] = dict.fromkeys(JobState, 0)
        self.chips: dict[JobState | None, QToolButton] = {}
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 0, 8, 4)
        layout.setSpacing(4)
        for state in (None, *SHOWN_STATES):
            chip = QToolButton()
            chip.setObjectName("chip")
            chip.setCheckable(True)
            chip.setIconSize(QSize(ICON_PX, ICON_PX))
            chip.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            chip.clicked.connect(lambda _checked=False, state=state: self._choose(state))
            self.chips[state] = chip
            layout.addWidget(chip)
        layout.addStretch(1)
        self.filter = QLineEdit()
        self.filter.setObjectName("job_filter")
        self.filter.setClearButtonEnabled(True)
        self.filter.setPlaceholderText(_("Filter jobs"))
        self.filter.setToolTip(
            _("Words in a job's name, scene, folder, engine or reason; -word for those that are not.")
        )
        self.filter.setMaximumWidth(260)
        layout.addWidget(self.filter, 1)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(TYPING_PAUSE_MS)
        self._typing.timeout.connect(self._take_words)
        self.filter.textChanged.connect(lambda _text: self._typing.start())
        self._tell()

    def set_text(self, text: str) -> None:
        """Put words into the filter that count already."""
        with QSignalBlocker(self.filter):
            self.filter.setText(text)

    def show_counts(self, counts: Mapping[JobState, int]) -> None:
        """Show how many jobs are in each state."""
        if counts != self._counts:
            self._counts = dict(counts)
            self._tell()

    def show_view(self, view: JobView) -> None:
        """Show what the table shows."""
        self._view = view
        self._tell()

    def load_icons(self) -> None:
        """Give the chips their icons; after the first paint."""
        for state, look in job_looks().items():
            self.chips[state].setIcon(self._icons.colored(look.icon_name, look.color))

    def clear(self) -> None:
        """Show all jobs again."""
        self.filter.clear()
        self._typing.stop()
        self._want(replace(self._view, words=(), states=None))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Escape clears the filter."""
        if event.key() == Qt.Key.Key_Escape and (self.filter.text() or self._view.states is not None):
            self.clear()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Leave the words out where there is no room for them."""
        super().resizeEvent(event)
        self._tell()

    def _choose(self, state: JobState | None) -> None:
        is_chosen = state is not None and self._view.states == frozenset({state})
        states = None if state is None or is_chosen else frozenset({state})
        self._want(replace(self._view, states=states))

    def _take_words(self) -> None:
        self._want(replace(self._view, words=words_of(self.filter.text())))

    def _want(self, view: JobView) -> None:
        self.show_view(view)
        self.view_wanted.emit(view)

    def _tell(self) -> None:
        has_words = self.width() >= WORDS_NEED_PX
        looks = job_looks()
        for state, chip in self.chips.items():
            word = _("all") if state is None else looks[state].word
            count = sum(self._counts.values()) if state is None else self._counts[state]
            is_chosen = self._view.states is None if state is None else state in (self._view.states or ())
            chip.setText(f"{word} {count}" if has_words or state is None else str(count))
            only = _("Show only jobs with the state “{state}”").format(state=word)
            chip.setToolTip(plain_tip(only if state else _("Show all jobs")))
            chip.setAccessibleName(f"{word} {count}")
            chip.setChecked(is_chosen)
            chip.setEnabled(bool(count) or is_chosen or state is None)
