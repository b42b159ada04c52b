"""The widgets of the submit panel and where they stand: notes, list, page, buttons."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QListView,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from render_manager.domain.texts import gettext as _
from render_manager.domain.texts import ngettext
from render_manager.ui.draft_delegate import DraftDelegate
from render_manager.ui.drafts_model import DraftsModel
from render_manager.ui.elided_label import ElidedLabel
from render_manager.ui.note_line import NoteLines
from render_manager.ui.plain_label import PlainLabel
from render_manager.ui.preset_menu import PresetButton
from render_manager.ui.remembered import Remembered
from render_manager.ui.scene_page import ScenePage
from render_manager.ui.scene_pictures import ScenePictures
from render_manager.ui.several_form import SeveralForm
from render_manager.ui.submit_draft import Draft
from render_manager.ui.submit_looks import submit_style
from render_manager.ui.theme import Theme

NARROWEST_LIST_PX = 200
WIDEST_LIST_PX = 400


class SubmitLayout:
    """What the panel is made of; GUI thread."""

    def __init__(
        self, panel: QWidget, *, theme: Theme, pictures: ScenePictures, remembered: Remembered
    ) -> None:
        panel.setStyleSheet(submit_style(theme))
        self.notes = NoteLines(theme=theme)
        self.model = DraftsModel(panel)
        self.list = _list(self.model)
        self.list.setItemDelegate(DraftDelegate(theme=theme, pictures=pictures, parent=self.list))
        pictures.arrived.connect(lambda _path: self.list.viewport().update())
        self.page = ScenePage(theme=theme, pictures=pictures)
        self.several = SeveralForm()
        self.add = QPushButton(_("&Add scenes…"))
        self._empty = _empty_page(self.add)
        self._stack = QStackedWidget()
        self._pages = (self.page, _scrolled(self.several), _scrolled(self._empty))
        for page in self._pages:
            self._stack.addWidget(page)
        self.queue = QPushButton()
        self.queue.setObjectName("queue")
        self.queue.setDefault(True)
        self.queue.setToolTip(
            _("Queue all scenes that are sound; the others stay with their reasons (Ctrl+Return)")
        )
        self.drop = QPushButton(_("&Leave out"))
        self.drop.setObjectName("leave_out")
        self.drop.setToolTip(_("Take the selected scenes out of the list (Delete); Ctrl+Z brings them back"))
        self.presets = PresetButton(remembered)
        self.cancel = QPushButton(_("&Close"))
        self.cancel.setToolTip(_("Queue nothing and go back (Escape)"))
        self.standing = ElidedLabel(mode=Qt.TextElideMode.ElideRight)
        self.standing.setObjectName("dim")
        self.standing.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._has_sound = False
        self._lay_out(panel)

    def fit(self, width_px: int) -> None:
        """Share a width among list and page."""
        self.list.setFixedWidth(max(NARROWEST_LIST_PX, min(width_px // 5, WIDEST_LIST_PX)))

    def show_page(self, *, is_empty: bool) -> None:
        """Show the page of one scene, or what to do when there is none."""
        self._stack.setCurrentWidget(self._pages[2 if is_empty else 0])

    def show_several(self) -> None:
        """Show what can be set for several scenes at once."""
        self._stack.setCurrentWidget(self._pages[1])

    def show_count(self, drafts: Sequence[Draft], *, has_selection: bool, queues_when_read: bool) -> None:
        """Say how many scenes can be queued, how many stay, and whether all are queued by themselves."""
        sound = sum(draft.is_sound for draft in drafts)
        reading = sum(draft.result is None for draft in drafts)
        self._has_sound = sound > 0
        self.queue.setText(
            ngettext("&Queue {count} job", "&Queue {count} jobs", sound).format(count=sound)
            if sound
            else _("&Queue")
        )
        stay = len(drafts) - sound - reading
        texts = []
        if reading:
            texts.append(ngettext("{count} is being read", "{count} are being read", reading))
        if stay:
            texts.append(ngettext("{count} cannot be queued yet", "{count} cannot be queued yet", stay))
        counts = [count for count in (reading, stay) if count]
        words = [text.format(count=count) for text, count in zip(texts, counts, strict=True)]
        if queues_when_read:
            words.insert(0, _("Queues when everything is read; a change calls it off"))
        self.standing.setText("  ·  ".join(words))
        self.list.setVisible(bool(drafts))
        self.mark_ready(has_selection=has_selection)

    def mark_ready(self, *, has_selection: bool) -> None:
        """Allow the buttons that can do something."""
        self.queue.setEnabled(self._has_sound)
        self.drop.setEnabled(has_selection)
        self.presets.setEnabled(has_selection)

    def bind_keys(
        self,
        panel: QWidget,
        *,
        queue: Callable[[], None],
        close: Callable[[], None],
        drop: Callable[[], None],
        undo: Callable[[], None],
    ) -> None:
        """Give the keys their meanings; fields keep those that edit text."""
        keys = (
            ("Ctrl+Return", queue, panel),
            ("Ctrl+Enter", queue, panel),
            ("Escape", close, panel),
            ("Ctrl+Z", undo, panel),
            ("Delete", drop, self.list),
            ("Backspace", drop, self.list),
        )
        for key, slot, widget in keys:
            shortcut = QShortcut(QKeySequence(key), widget)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(slot)

    def _lay_out(self, panel: QWidget) -> None:
        footer = QWidget()
        footer.setObjectName("footer")
        buttons = QHBoxLayout(footer)
        buttons.setContentsMargins(16, 8, 16, 8)
        buttons.setSpacing(8)
        buttons.addWidget(self.drop)
        buttons.addWidget(self.presets)
        buttons.addWidget(self.standing, 1)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.queue)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self.list)
        middle.addWidget(self._stack, 1)
        layout = QVBoxLayout(panel)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.notes)
        layout.addLayout(middle, 1)
        layout.addWidget(footer)


def _scrolled(page: QWidget) -> QScrollArea:
    """Return a page that does not ask the window for more width than there is."""
    area = QScrollArea()
    area.setWidget(page)
    area.setWidgetResizable(True)
    area.setFrameShape(QScrollArea.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return area


def _list(model: DraftsModel) -> QListView:
    view = QListView()
    view.setModel(model)
    view.setUniformItemSizes(True)
    view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
    view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    view.setAccessibleName(_("Scenes to be queued"))
    return view


def _empty_page(add: QPushButton) -> QWidget:
    """Return what is shown without scenes: what can be done here, and how."""
    page = QWidget()
    title = PlainLabel(_("Drop Maya, Unreal or Blender scenes here"))
    title.setObjectName("title")
    title.setWordWrap(True)
    words = PlainLabel(
        _(
            "Scene files (.blend, .ma, .mb, .uproject), many at once, or whole folders.\n"
            "Each is looked at without opening its program; nothing is rendered before you queue it."
        )
    )
    words.setObjectName("dim")
    words.setWordWrap(True)
    add.setToolTip(_("Choose scene files to render (Ctrl+O)"))
    column = QVBoxLayout(page)
    column.setContentsMargins(24, 24, 24, 24)
    column.setSpacing(12)
    column.addStretch(1)
    for widget in (title, words):
        widget.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column.addWidget(widget)
    column.addWidget(add, 0, Qt.AlignmentFlag.AlignCenter)
    column.addStretch(2)
    return page
