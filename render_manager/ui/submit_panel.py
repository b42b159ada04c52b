"""The submit panel: scenes that were dropped, what each says and what will be done, and one key to queue."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from render_manager.domain.errors import UserError
from render_manager.domain.jobspec import Existing, JobSpec
from render_manager.domain.scene import SceneInfo, Severity
from render_manager.domain.texts import gettext as _
from render_manager.domain.texts import ngettext
from render_manager.engines.preparing import JobRequest, Preparation, told_apart
from render_manager.ui.draft_delegate import DRAFT_ROLE, DraftDelegate
from render_manager.ui.elided_label import ElidedLabel, plain_tip
from render_manager.ui.submit_draft import (
    Draft,
    FieldsOf,
    Prepare,
    Prepared,
    advice_on,
    facts_of,
    plan_of,
)
from render_manager.ui.submit_form import SubmitForm
from render_manager.ui.theme import Theme

EDIT_PAUSE_MS = 250
"""Typing pauses this long before the scene is looked at again."""
NARROWEST_LIST_PX = 200
WIDEST_LIST_PX = 300


class SubmitPanel(QWidget):
    """Scenes waiting to be queued; GUI thread.

    Signals:
        queued: a list of JobSpec to submit.
        closed: nothing waits any more.
    """

    queued = Signal(object)
    closed = Signal()

    def __init__(self, *, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._prepare: Prepare | None = None
        self._fields_of: FieldsOf | None = None
        self._default_priority = 5
        self._default_retries = 3
        self._edited: Draft | None = None
        self._queue_when_read = False
        self.drafts: list[Draft] = []
        self.list = QListWidget()
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setItemDelegate(DraftDelegate(theme=theme, parent=self.list))
        self.form = SubmitForm()
        self._title = ElidedLabel()
        self._title.setObjectName("title")
        self._path = ElidedLabel()
        self._path.setObjectName("dim")
        self._facts = QLabel()
        self._plan = QLabel()
        self._problems = QLabel()
        for label in (self._facts, self._plan):
            label.setTextFormat(Qt.TextFormat.PlainText)
        for label in (self._facts, self._plan, self._problems):
            label.setWordWrap(True)
            label.setMinimumWidth(1)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._queue = QPushButton()
        self._queue.setDefault(True)
        self._drop = QPushButton(_("Leave out"))
        self._drop.setObjectName("leave_out")
        self._cancel = QPushButton(_("Close"))
        self._lay_out()
        self._edit_timer = QTimer(self)
        self._edit_timer.setSingleShot(True)
        self._edit_timer.setInterval(EDIT_PAUSE_MS)
        self._edit_timer.timeout.connect(self._take_edit)
        self._connect()

    def prepare_with(self, prepare: Prepare, fields_of: FieldsOf) -> None:
        """Look at scenes in this way from now on; those that waited first."""
        self._prepare = prepare
        self._fields_of = fields_of
        for draft in self.drafts:
            self._look_at(draft)

    def set_defaults(self, *, priority: int, retries: int) -> None:
        """Show these where the user has chosen nothing."""
        self._default_priority, self._default_retries = priority, retries

    def add(
        self, paths: Sequence[Path], *, output: Path | None = None, existing: Existing | None = None
    ) -> None:
        """Look at further scenes; those already in the panel are not doubled."""
        known = {draft.request.path for draft in self.drafts}
        new = []
        for path in paths:
            if path not in known:
                known.add(path)
                new.append(Draft(JobRequest(path=path, output=output, existing=existing)))
        self.drafts += new
        self._refill()
        for draft in new:
            self._look_at(draft)

    def current(self) -> Draft | None:
        """Return the draft whose form is shown."""
        row = self.list.currentRow()
        return self.drafts[row] if 0 <= row < len(self.drafts) else None

    def queue(self) -> None:
        """Queue every draft that is sound; the others stay with their reasons."""
        self._take_edit()
        if any(draft.result is None for draft in self.drafts):
            # What was typed or dropped a moment ago must count: queue when it has been looked at.
            self._queue_when_read = True
            return
        self._queue_when_read = False
        sound = [draft for draft in self.drafts if draft.is_sound]
        specs: list[JobSpec] = [draft.result.spec for draft in sound]  # type: ignore[union-attr]
        if not specs:
            return
        self.drafts = [draft for draft in self.drafts if not draft.is_sound]
        self.queued.emit(specs)
        self._refill()
        if not self.drafts:
            self.closed.emit()

    def close_panel(self) -> None:
        """Forget all drafts."""
        self._edited = None
        self.drafts.clear()
        self._refill()
        self.closed.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Give the list a fair share, and the form what it needs."""
        super().resizeEvent(event)
        self.list.setFixedWidth(max(NARROWEST_LIST_PX, min(self.width() // 4, WIDEST_LIST_PX)))

    def _look_at(self, draft: Draft) -> None:
        draft.version += 1
        draft.result = None
        version = draft.version

        def done(result: Prepared | SceneInfo) -> None:
            if draft.version != version:
                return
            if isinstance(result, SceneInfo):
                draft.scene = result
            else:
                draft.result = result
                draft.scene = result.scene if isinstance(result, Preparation) else draft.scene
                self._tell_apart()
            self._learn_fields(draft)
            self._refresh(draft)

        self._learn_fields(draft)
        if self._prepare is not None:
            self._prepare(draft.request, done)

    def _learn_fields(self, draft: Draft) -> None:
        if self._fields_of is not None:
            draft.fields = self._fields_of(draft.request.path, draft.scene)

    def _tell_apart(self) -> None:
        """Mark scenes that would write the files of one above them in the list."""
        ready = [draft for draft in self.drafts if isinstance(draft.result, Preparation)]
        results = told_apart([draft.result for draft in ready])  # type: ignore[misc]
        for draft, result in zip(ready, results, strict=True):
            if draft.result != result:
                draft.result = result
                self._refresh(draft)

    def _refill(self) -> None:
        self._tell_apart()
        row = min(max(self.list.currentRow(), 0), max(len(self.drafts) - 1, 0))
        self.list.blockSignals(True)
        self.list.clear()
        for draft in self.drafts:
            item = QListWidgetItem()
            item.setData(DRAFT_ROLE, draft)
            self.list.addItem(item)
            self._tell(item, draft)
        self.list.setCurrentRow(row if self.drafts else -1)
        self.list.blockSignals(False)
        self._on_row_changed()

    def _tell(self, item: QListWidgetItem, draft: Draft) -> None:
        # The delegate paints it in its own way; the text is for those who hear it.
        item.setText(f"{draft.request.path.name}\n{draft.standing}")
        item.setToolTip(plain_tip(f"{draft.request.path}\n{draft.standing}"))

    def _refresh(self, draft: Draft) -> None:
        for row, other in enumerate(self.drafts):
            if other is draft:
                self._tell(self.list.item(row), draft)
                self.list.viewport().update()
        if draft is self.current():
            self.form.show_result(draft)
            self._show_words(draft)
        self._update_buttons()
        if self._queue_when_read and all(other.result is not None for other in self.drafts):
            self.queue()

    def _on_row_changed(self, *_row: int) -> None:
        self._take_edit()
        draft = self.current()
        if draft is not None:
            self.form.fill(draft, self._default_priority, self._default_retries)
        self._show_words(draft)
        self._update_buttons()

    def _show_words(self, draft: Draft | None) -> None:
        self._set_words(draft)
        for label in (self._facts, self._plan, self._problems):
            label.setVisible(bool(label.text()))
        cannot_be_read = draft is not None and draft.scene is None and isinstance(draft.result, UserError)
        self.form.setVisible(draft is not None and not cannot_be_read)

    def _set_words(self, draft: Draft | None) -> None:
        self._title.setText("" if draft is None else draft.request.path.name)
        self._path.setText("" if draft is None else str(draft.request.path.parent))
        self._facts.setText("")
        self._plan.setText("")
        self._problems.setText("")
        if draft is not None and draft.scene is not None:
            self._facts.setText(facts_of(draft.scene))
        if draft is None or draft.result is None:
            return
        if isinstance(draft.result, UserError):
            self._problems.setText(self._problem_html(str(draft.result), Severity.ERROR))
            return
        result = draft.result
        self._plan.setText("" if result.errors else plan_of(result))
        self._problems.setText(
            "<br>".join(
                self._problem_html(f"{problem.text} {advice_on(problem, result)}", problem.severity)
                for problem in result.problems
            )
        )

    def _problem_html(self, text: str, severity: Severity) -> str:
        color = self._theme.bad_text if severity is Severity.ERROR else self._theme.warning_text
        mark = "■" if severity is Severity.ERROR else "▲"
        escaped = text.strip().replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        return f'<span style="color:{color.name()}">{mark}</span> {escaped}'

    def _update_buttons(self) -> None:
        count = sum(draft.is_sound for draft in self.drafts)
        self._queue.setText(
            ngettext("Queue {count} job", "Queue {count} jobs", count).format(count=count)
            if count
            else _("Queue")
        )
        self._queue.setEnabled(count > 0)
        self._drop.setEnabled(self.current() is not None)

    def _on_edited(self) -> None:
        draft = self._edited = self.current()
        if draft is not None:
            # An answer on its way is to an older wish now.
            draft.version += 1
        self._edit_timer.start()

    def _take_edit(self) -> None:
        """Take over what was typed, for the draft it was typed for."""
        self._edit_timer.stop()
        draft, self._edited = self._edited, None
        if draft is not None and draft in self.drafts:
            draft.request = self.form.take(draft)
            self._look_at(draft)
            self._refresh(draft)

    def _leave_out(self) -> None:
        draft, self._edited = self.current(), None
        if draft is not None:
            self.drafts.remove(draft)
            self._refill()
            if not self.drafts:
                self.closed.emit()

    def _lay_out(self) -> None:
        page = QWidget()
        words = QVBoxLayout(page)
        words.setContentsMargins(16, 12, 16, 12)
        words.setSpacing(8)
        for widget in (self._title, self._path, self._facts, self._plan, self._problems, self.form):
            words.addWidget(widget)
        words.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidget(page)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        buttons = QHBoxLayout()
        buttons.setContentsMargins(16, 8, 16, 12)
        buttons.setSpacing(8)
        buttons.addWidget(self._drop)
        buttons.addStretch(1)
        buttons.addWidget(self._cancel)
        buttons.addWidget(self._queue)
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addWidget(scroll, 1)
        right.addLayout(buttons)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.list)
        layout.addLayout(right, 1)

    def _connect(self) -> None:
        self.list.currentRowChanged.connect(self._on_row_changed)
        self.form.edited.connect(self._on_edited)
        self._queue.clicked.connect(self.queue)
        self._drop.clicked.connect(self._leave_out)
        self._cancel.clicked.connect(self.close_panel)
        for key, slot in (("Ctrl+Return", self.queue), ("Escape", self.close_panel)):
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(slot)
