"""The analysis page: scenes that were dropped, what each says and what will be done, and one key to queue."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QItemSelectionModel, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from render_manager.domain.jobspec import Existing
from render_manager.engines.preparing import JobRequest
from render_manager.system.json_store import JsonStore
from render_manager.ui.draft_looks import DraftLooks, tell_apart
from render_manager.ui.draft_memory import DraftMemory, set_field
from render_manager.ui.dropped_files import Found, Walk
from render_manager.ui.pools import Errands
from render_manager.ui.remembered import Remembered
from render_manager.ui.scene_pictures import ScenePictures
from render_manager.ui.submit_draft import Draft, FieldsOf, Lookout, Prepare
from render_manager.ui.submit_layout import SubmitLayout
from render_manager.ui.submit_notes import SubmitNotes
from render_manager.ui.surroundings import Surroundings
from render_manager.ui.theme import Theme
from render_manager.ui.tied_errands import TiedErrands

EDIT_PAUSE_MS = 250
"""Typing pauses this long before the scene is looked at again."""
SETTLE_MS = 150
"""Answers about scenes that are not shown are taken together."""


class SubmitPanel(QWidget):
    """Scenes waiting to be queued; GUI thread.

    Signals:
        queued: a list of JobSpec to submit.
        closed: the page is left.
        add_wanted: the user wants to choose files.
    """

    queued = Signal(object)
    closed = Signal()
    add_wanted = Signal()

    def __init__(self, *, theme: Theme, errands: Errands, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._errands = TiedErrands(errands, self)
        self._fields_of: FieldsOf | None = None
        self._default_priority = 5
        self._default_retries = 3
        self._edited: Draft | None = None
        self._queue_when_read = False
        self._is_rearranging = False
        """Whether rows come and go just now, and with each of them another one is the current."""
        self._looks = DraftLooks(self._refresh)
        self.remembered = Remembered(self._errands, self)
        self.memory = DraftMemory(self.remembered)
        self.pictures = ScenePictures(self._errands, self)
        self.surroundings = Surroundings(self._errands, self)
        self.view = SubmitLayout(self, theme=theme, pictures=self.pictures, remembered=self.remembered)
        self.model, self.list = self.view.model, self.view.list
        self.page, self.form = self.view.page, self.view.page.form
        self.notes = SubmitNotes(self.view.notes)
        self._edit_timer = self._timer(EDIT_PAUSE_MS, self._take_edit)
        self._settle_timer = self._timer(SETTLE_MS, self._settle)
        self._connect()
        self._show_current()

    @property
    def drafts(self) -> list[Draft]:
        """Return the scenes that wait, in their order."""
        return self.model.drafts

    def prepare_with(self, prepare: Prepare, fields_of: FieldsOf) -> None:
        """Look at scenes in this way from now on; those that waited first."""
        self._fields_of = fields_of
        self._looks.prepare_with(prepare)
        for draft in self.drafts:
            self._looks.put(draft)

    def learn_from(self, fields_of: FieldsOf, lookout: Lookout) -> None:
        """Know more from now on: what forms offer, what is around a scene."""
        self._fields_of = fields_of
        self.pictures.read_with(lookout)
        self.surroundings.look_with(lookout)
        self._show_current()

    def set_defaults(self, *, priority: int, retries: int) -> None:
        """Show these where the user has chosen nothing."""
        self._default_priority, self._default_retries = priority, retries

    def remember_in(self, *, presets: JsonStore, scenes: JsonStore) -> None:
        """Keep presets and what is chosen for scenes in these files."""
        self.remembered.use(presets=presets, scenes=scenes)

    def add(
        self, paths: Sequence[Path], *, output: Path | None = None, existing: Existing | None = None
    ) -> None:
        """Look at further scenes; those already in the panel are not doubled."""
        known = {draft.request.path for draft in self.drafts}
        new = [
            Draft(JobRequest(path=path, output=output, existing=existing))
            for path in dict.fromkeys(paths)
            if path not in known
        ]
        for draft in new:
            self.memory.fill_in_last(draft)
        self._add(new)
        if len(paths) == 1 and not new:
            self._select(paths[0])

    def hand_over(self) -> list[Draft]:
        """Return what is chosen for each scene, for another window's panel; nothing is looked at any more."""
        self._looks.prepare_with(None)
        self._take_edit()
        return [draft.anew() for draft in self.drafts]

    def take_over(self, drafts: Sequence[Draft], row: int) -> None:
        """Go on with the scenes of another window's panel, the one in `row` being shown."""
        for draft in drafts:
            self._learn_fields(draft)
        self._add(drafts)
        self._go_to(max(row, 0))

    def _add(self, new: Sequence[Draft]) -> None:
        if new:
            # They are not among those that the user ordered to be queued.
            self._queue_when_read = False
        was_empty = not self.drafts
        self.model.add(new)
        for draft in new:
            self._looks.put(draft)
        if was_empty and self.drafts:
            self._go_to(0)
        self._show_current()
        self._settle()

    def show_found(self, found: Found, suffixes: Sequence[str]) -> None:
        """Say what of the dropped files is not in the list, and why."""
        self.notes.say_found(found, suffixes)

    def show_walk(self, walk: Walk) -> None:
        """Say how far a search through folders has come, until it is over."""
        self.notes.follow(walk)

    def current(self) -> Draft | None:
        """Return the draft whose form is shown."""
        row = self.list.currentIndex().row()
        return self.drafts[row] if 0 <= row < len(self.drafts) else None

    def selected(self) -> list[Draft]:
        """Return the drafts that are selected, in their order."""
        rows = sorted(index.row() for index in self.list.selectionModel().selectedRows())
        return [self.drafts[row] for row in rows if row < len(self.drafts)]

    def queue(self) -> None:
        """Queue every draft that is sound; the others stay with their reasons."""
        self._take_edit()
        if any(draft.result is None for draft in self.drafts):
            # What was typed or dropped a moment ago must count: queue when it has been looked at.
            self._queue_when_read = True
            self._settle()
            return
        self._queue_when_read = False
        self._tell_apart()
        sound = [draft for draft in self.drafts if draft.is_sound]
        specs = [draft.preparation.spec for draft in sound if draft.preparation is not None]
        if not specs:
            return
        self.memory.remember(sound)
        self._take_out(sound)
        self.notes.forget_undo()
        self.queued.emit(specs)
        if not self.drafts:
            self.closed.emit()

    def close_panel(self) -> None:
        """Leave the page; what was edited is filled in again when the scene is dropped again."""
        self._take_edit()
        self.memory.remember(self.drafts)
        self._edited = None
        self._queue_when_read = False
        self._take_out(self.drafts)
        self.closed.emit()

    def leave_out(self) -> None:
        """Take the selected scenes out of the list; `undo` brings them back."""
        self._take_edit()
        leaving = self.selected() or [draft for draft in (self.current(),) if draft is not None]
        if not leaving:
            return
        self._call_off()
        self.notes.offer_undo(self._take_out(leaving), self.undo)

    def undo(self) -> None:
        """Put back what was left out last."""
        placed = self.notes.take_undo()
        if not placed:
            return
        self._is_rearranging = True
        self.model.put_back(placed)
        for _place, draft in placed:
            if draft.result is None:
                self._looks.put(draft)
        self._go_on_at(self.drafts.index(placed[0][1]))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Give the list a fair share, and the page what it needs."""
        super().resizeEvent(event)
        self.view.fit(self.width())

    def _look_again(self, draft: Draft) -> None:
        """Look at a draft whose request is another one now."""
        self._looks.put_again(draft)
        self._refresh(draft)

    def _learn_fields(self, draft: Draft) -> None:
        if self._fields_of is not None:
            draft.fields = self._fields_of(draft.request.path, draft.scene)

    def _tell_apart(self) -> None:
        """Mark scenes that would write the files of one above them in the list."""
        for draft in tell_apart(self.drafts):
            self.model.tell(draft)
            if draft is self.current():
                self._show_words(draft)

    def _refresh(self, draft: Draft) -> None:
        if draft not in self.drafts:
            return
        self.model.tell(draft)
        if draft is self.current():
            self._learn_fields(draft)
            self.form.show_result(draft)
            self._show_words(draft)
            self.surroundings.look(draft)
            self._settle()
        elif not self._settle_timer.isActive():
            self._settle_timer.start()

    def _settle(self) -> None:
        """Do what concerns all scenes at once."""
        self._settle_timer.stop()
        self._tell_apart()
        self._show_count()
        chosen = self.selected()
        if len(chosen) > 1:
            self.view.several.show_count(chosen)
        if self._queue_when_read and all(draft.result is not None for draft in self.drafts):
            self.queue()

    def _show_count(self) -> None:
        self.view.show_count(
            self.drafts,
            has_selection=self.current() is not None,
            queues_when_read=self._queue_when_read,
        )

    def _call_off(self) -> None:
        """Queue nothing by itself any more: what was ordered to be queued is being changed."""
        if self._queue_when_read:
            self._queue_when_read = False
            self._show_count()

    def _show_current(self, *_what: object) -> None:
        """Show the form of the scene that is selected, or what several have in common."""
        if self._is_rearranging:
            return
        self._take_edit()
        chosen = self.selected()
        draft = self.current()
        if len(chosen) > 1:
            self.surroundings.look(None)
            self.view.several.show_drafts(chosen, self._default_priority, self._default_retries)
            self.view.show_several()
            return
        self.view.show_page(is_empty=draft is None)
        if draft is not None:
            self._looks.hurry(draft)
            self._learn_fields(draft)
            self.form.fill(draft, self._default_priority, self._default_retries)
        self._show_words(draft)
        self.surroundings.look(draft)

    def _show_words(self, draft: Draft | None) -> None:
        self.page.show_draft(draft)
        self.view.mark_ready(has_selection=draft is not None)

    def _on_surroundings(self, draft: Draft) -> None:
        if draft is self.current():
            self.page.show_draft(draft)

    def _on_edited(self) -> None:
        self._call_off()
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
            draft.is_edited = True
            self._look_again(draft)

    def _change_several(self, name: str, value: object) -> None:
        self._call_off()
        for draft in self.selected():
            set_field(draft, name, value)
            self._look_again(draft)
        self._settle()

    def _on_loaded(self) -> None:
        """Fill in what was chosen the last time for scenes that were faster than the file."""
        self.form.set_more(is_shown=self.remembered.shows_more)
        for draft in self.drafts:
            if self.memory.fill_in_last(draft):
                self._look_again(draft)
        self._show_current()

    def _forget_last(self) -> None:
        draft = self.current()
        if draft is not None:
            self._call_off()
            self._edited = None
            self.memory.forget_last(draft)
            self._look_again(draft)
            self._show_current()

    def _save_preset(self, name: str) -> None:
        self._take_edit()
        draft = self.current()
        if draft is not None:
            self.notes.say(self.memory.save_preset(name, draft))

    def _use_preset(self, name: str) -> None:
        self._call_off()
        self._take_edit()
        chosen = self.selected()
        self.notes.say(self.memory.use_preset(name, chosen))
        for draft in chosen:
            self._look_again(draft)
        self._show_current()

    def _take_out(self, leaving: Sequence[Draft]) -> list[tuple[int, Draft]]:
        """Take scenes out of the list; return them with their places."""
        self._is_rearranging = True
        for draft in leaving:
            self._looks.drop(draft)
        placed = self.model.take_out(leaving)
        self._go_on_at(placed[0][0] if placed else 0)
        return placed

    def _go_on_at(self, row: int) -> None:
        """Show the scene in a row after the list has changed, or the last one, or that there is none."""
        self._is_rearranging = False
        if self.drafts:
            self._go_to(min(row, len(self.drafts) - 1))
        self._show_current()
        self._settle()

    def _go_to(self, row: int) -> None:
        flag = QItemSelectionModel.SelectionFlag.ClearAndSelect
        self.list.selectionModel().setCurrentIndex(self.model.index(row), flag)

    def _select(self, path: Path) -> None:
        """Lead to a scene that is dropped a second time."""
        for row, draft in enumerate(self.drafts):
            if draft.request.path == path:
                self._go_to(row)

    def _timer(self, interval_ms: int, do: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(interval_ms)
        timer.timeout.connect(do)
        return timer

    def _connect(self) -> None:
        view = self.view
        self.list.selectionModel().currentRowChanged.connect(self._show_current)
        self.list.selectionModel().selectionChanged.connect(self._show_current)
        self.form.edited.connect(self._on_edited)
        self.form.more_toggled.connect(lambda is_shown: self.remembered.show_more(is_shown=is_shown))
        self.page.forget_wanted.connect(self._forget_last)
        self.surroundings.learned.connect(self._on_surroundings)
        self.remembered.loaded.connect(self._on_loaded)
        self.remembered.complained.connect(self.notes.complain)
        view.several.changed.connect(self._change_several)
        view.presets.wanted.connect(self._use_preset)
        view.presets.save_wanted.connect(self._save_preset)
        view.queue.clicked.connect(self.queue)
        view.drop.clicked.connect(self.leave_out)
        view.cancel.clicked.connect(self.close_panel)
        view.add.clicked.connect(self.add_wanted)
        view.bind_keys(self, queue=self.queue, close=self.close_panel, drop=self.leave_out, undo=self.undo)
