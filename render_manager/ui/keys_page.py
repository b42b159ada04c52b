"""All keys at a glance: what F1 shows."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QMenu,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from render_manager.domain.texts import gettext as _
from render_manager.ui.mnemonics import plain_title
from render_manager.ui.plain_label import PlainLabel
from render_manager.ui.theme import Theme, apply_style

COLUMNS = 3
Section = tuple[str, Sequence[tuple[str, str]]]
"""A title, and under it what something does with its keys."""


class KeysPage(QDialog):
    """Lists the actions that have a key, menu by menu; closes with Escape, F1 or ?. GUI thread."""

    def __init__(
        self, *, theme: Theme, menus: Sequence[QMenu], others: Sequence[Section] = (), parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("Keys"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        sections: list[Section] = [(plain_title(menu.title()), keyed(menu.actions())) for menu in menus]
        page = _columns([(title, rows) for title, rows in [*sections, *others] if rows])
        scroll = QScrollArea()
        scroll.setWidget(page)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(scroll)
        apply_style(self, theme)
        wanted = page.sizeHint()
        room = parent.size()
        self.resize(min(wanted.width() + 24, room.width()), min(wanted.height() + 8, room.height()))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Close with the keys that opened the page."""
        if event.key() in (Qt.Key.Key_F1, Qt.Key.Key_Question):
            self.close()
        else:
            super().keyPressEvent(event)


def pages_keys() -> list[Section]:
    """Return the keys of pages and windows whose orders are in no menu."""
    analysis = [
        (_("Queue all scenes that are sound"), "Ctrl+Return"),
        (_("Leave the selected scenes out"), "Del"),
        (_("Bring back what was left out"), "Ctrl+Z"),
        (_("Close the page"), "Esc"),
    ]
    viewer = [
        (_("Play or stop"), "Space"),
        (_("All keys of the viewer"), "?"),
        (_("Close the viewer"), "Esc"),
    ]
    return [
        (title, [(text, _native(keys)) for text, keys in rows])
        for title, rows in ((_("Dropped scenes"), analysis), (_("Viewer"), viewer))
    ]


def _native(keys: str) -> str:
    return QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)


def _columns(sections: Sequence[Section]) -> QWidget:
    """Return the sections in columns of about one height, each where there is most room yet."""
    page = QWidget()
    row = QHBoxLayout(page)
    row.setContentsMargins(24, 16, 24, 24)
    row.setSpacing(32)
    columns = [QVBoxLayout() for _number in range(COLUMNS)]
    heights = [0] * COLUMNS
    for column in columns:
        column.setSpacing(24)
        row.addLayout(column, 1)
    for title, rows in sections:
        shortest = heights.index(min(heights))
        columns[shortest].addWidget(_section(title, rows))
        heights[shortest] += len(rows) + 2
    for column in columns:
        column.addStretch(1)
    return page


def keyed(actions: Sequence[QAction]) -> list[tuple[str, str]]:
    """Return (what it does, its keys) of those actions that have a key, those of submenus too."""
    rows: list[tuple[str, str]] = []
    for action in actions:
        menu = action.menu()
        if isinstance(menu, QMenu):
            rows += keyed(menu.actions())
        elif action.shortcuts():
            keys = ", ".join(
                key.toString(QKeySequence.SequenceFormat.NativeText) for key in action.shortcuts()
            )
            rows.append((plain_title(action.text()), keys))
    return rows


def _section(title: str, rows: Sequence[tuple[str, str]]) -> QWidget:
    section = QWidget()
    grid = QGridLayout(section)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(16)
    grid.setVerticalSpacing(4)
    head = PlainLabel(title)
    head.setObjectName("title")
    grid.addWidget(head, 0, 0, 1, 2)
    for number, (text, keys) in enumerate(rows, start=1):
        key = PlainLabel(keys)
        key.setObjectName("dim")
        grid.addWidget(PlainLabel(text), number, 0)
        grid.addWidget(key, number, 1)
    grid.setRowStretch(len(rows) + 1, 1)
    grid.setColumnStretch(0, 1)
    return section
