"""What the program is: version, licences, and where it keeps its data."""

import platform
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, qVersion
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from render_manager.domain.texts import gettext as _
from render_manager.system.identity import LICENCE_FILE, NOTICES_FILE, program_and_version, shipped_paper
from render_manager.system.paths import AppPaths
from render_manager.ui.app_icon import app_icon
from render_manager.ui.files import open_file
from render_manager.ui.mnemonics import plain_title
from render_manager.ui.paper_page import PaperPage
from render_manager.ui.plain_label import PlainLabel, plain_tip
from render_manager.ui.theme import Theme, apply_style

ICON_PX = 64
WIDTH_PX = 620
Rows = Sequence[tuple[str, str]]


class AboutPage(QDialog):
    """Tells what the program is; closes with Escape. GUI thread."""

    def __init__(self, *, theme: Theme, paths: AppPaths | None, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("About Render Manager"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._theme = theme
        self._rows = [*_program_rows(), *_place_rows(paths)]
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 16)
        layout.setSpacing(16)
        layout.addLayout(self._head())
        layout.addLayout(_facts(self._rows))
        layout.addStretch(1)
        layout.addLayout(self._buttons(paths))
        apply_style(self, theme)
        self.resize(min(WIDTH_PX, parent.width()), self.sizeHint().height())

    def text(self) -> str:
        """Return what is told, for a message to whoever helps."""
        return "\n".join([program_and_version(), *(f"{name}: {value}" for name, value in self._rows)])

    def _head(self) -> QHBoxLayout:
        picture = PlainLabel()
        picture.setPixmap(app_icon().pixmap(ICON_PX, ICON_PX))
        title = PlainLabel(program_and_version())
        title.setObjectName("title")
        words = QVBoxLayout()
        words.addStretch(1)
        words.addWidget(title)
        words.addWidget(_dim(_("Renders scenes of Blender, Maya, Unreal and others on this computer.")))
        words.addStretch(1)
        head = QHBoxLayout()
        head.setSpacing(16)
        head.addWidget(picture)
        head.addLayout(words, 1)
        return head

    def _buttons(self, paths: AppPaths | None) -> QHBoxLayout:
        buttons = QHBoxLayout()
        for title, paper in (
            (_("&Licence"), shipped_paper(LICENCE_FILE)),
            (_("&Third-party notices"), shipped_paper(NOTICES_FILE)),
        ):
            if paper is not None:
                buttons.addWidget(_button(title, paper, partial(self._show_paper, paper, plain_title(title))))
        if paths is not None:
            folder = paths.data_dir
            buttons.addWidget(_button(_("&Data folder"), folder, partial(open_file, folder)))
        buttons.addStretch(1)
        copy = QPushButton(_("&Copy"))
        copy.setObjectName("about_copy")
        copy.setAutoDefault(False)
        copy.setToolTip(_("Copy all of it, for a message to whoever helps you"))
        copy.clicked.connect(lambda _checked=False: QGuiApplication.clipboard().setText(self.text()))
        close = QPushButton(_("Close"))
        close.setDefault(True)
        close.setFocus()
        close.clicked.connect(lambda _checked=False: self.close())
        buttons.addWidget(copy)
        buttons.addWidget(close)
        return buttons

    def _show_paper(self, paper: Path, title: str) -> None:
        PaperPage(paper, title=title, theme=self._theme, parent=self).open()


def _program_rows() -> Rows:
    return (
        (_("Licence"), _("MIT; the engines it starts have licences of their own")),
        (_("Made with"), f"Python {platform.python_version()}, Qt {qVersion()}"),
        (_("System"), platform.platform()),
    )


def _place_rows(paths: AppPaths | None) -> Rows:
    if paths is None:
        return ()
    return (
        (_("Data"), str(paths.data_dir)),
        (_("Settings"), str(paths.settings)),
        (_("Logs"), str(paths.log_dir)),
    )


def _facts(rows: Rows) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(16)
    grid.setVerticalSpacing(6)
    grid.setColumnStretch(1, 1)
    for number, (name, value) in enumerate(rows):
        grid.addWidget(_dim(name), number, 0, Qt.AlignmentFlag.AlignTop)
        label = PlainLabel(value)
        label.setWordWrap(True)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        grid.addWidget(label, number, 1, Qt.AlignmentFlag.AlignTop)
    return grid


def _dim(text: str) -> PlainLabel:
    label = PlainLabel(text)
    label.setObjectName("dim")
    return label


def _button(text: str, path: Path, do: Callable[[], object]) -> QPushButton:
    button = QPushButton(text)
    button.setObjectName(path.name)
    button.setToolTip(plain_tip(str(path)))
    button.setAutoDefault(False)
    button.clicked.connect(lambda _checked=False: do())
    return button
