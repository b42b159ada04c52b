"""The one dialog for mistakes of ours that were survived: what to copy, where more stands, how often."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from render_manager.domain.texts import gettext as _
from render_manager.domain.texts import ngettext
from render_manager.ui.files import show_in_folder
from render_manager.ui.plain_label import PlainLabel
from render_manager.ui.theme import Theme, apply_style, fixed_font

SIZE_PX = (680, 420)


class FaultDialog(QDialog):
    """Shows one mistake with its traceback; not modal, nothing waits for it. GUI thread."""

    def __init__(self, *, theme: Theme, crash_file: Path, program_log: Path, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("A mistake in Render Manager"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        title = PlainLabel(_("Render Manager made a mistake. Rendering goes on."))
        title.setObjectName("title")
        title.setWordWrap(True)
        self.count = PlainLabel()
        self.count.setObjectName("dim")
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setFont(fixed_font())
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        places = PlainLabel(
            _("It is written down in {crash} and in {log}.").format(crash=crash_file, log=program_log)
        )
        places.setObjectName("dim")
        places.setWordWrap(True)
        places.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.copy_button = QPushButton(_("&Copy text"))
        self.copy_button.clicked.connect(self._copy)
        self.show_button = QPushButton(_("Show in &folder"))
        self.show_button.clicked.connect(lambda: show_in_folder(program_log))
        self.close_button = QPushButton(_("Close"))
        self.close_button.setDefault(True)
        self.close_button.clicked.connect(self.close)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for button in (self.copy_button, self.show_button):
            buttons.addWidget(button)
        buttons.addStretch(1)
        buttons.addWidget(self.close_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 16, 24, 16)
        layout.setSpacing(8)
        for widget in (title, self.count):
            layout.addWidget(widget)
        layout.addWidget(self.text, 1)
        layout.addWidget(places)
        layout.addLayout(buttons)
        apply_style(self, theme)
        self.resize(*SIZE_PX)

    def show_fault(self, text: str, count: int) -> None:
        """Show the newest traceback and how many there have been."""
        self.text.setPlainText(text)
        words = ngettext(
            "It happened once.", "Mistakes so far: {count}. The newest one is shown.", count
        ).format(count=count)
        self.count.setText(words)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text.toPlainText())


class Faults(QObject):
    """Opens at most one dialog, and none again for a mistake that was looked at; GUI thread."""

    def __init__(
        self,
        *,
        window: Callable[[], QWidget],
        theme: Callable[[], Theme],
        say: Callable[[str], None],
        crash_file: Path,
        program_log: Path,
    ) -> None:
        super().__init__()
        self._window = window
        self._theme = theme
        self._say = say
        self._crash_file = crash_file
        self._program_log = program_log
        self._seen: set[str] = set()
        self.count = 0
        self.dialog: FaultDialog | None = None

    def take(self, text: str) -> None:
        """Tell of a mistake."""
        self.count += 1
        if self.dialog is None and text in self._seen:
            # It was looked at and closed; one that comes with every paint must not open for ever.
            said = _("Render Manager made the same mistake again ({count} so far); {path} tells more.")
            self._say(said.format(count=self.count, path=self._program_log))
            return
        self._seen.add(text)
        if self.dialog is None:
            self.dialog = self._open()
        self.dialog.show_fault(text, self.count)

    def _open(self) -> FaultDialog:
        dialog = FaultDialog(
            theme=self._theme(),
            crash_file=self._crash_file,
            program_log=self._program_log,
            parent=self._window(),
        )
        dialog.finished.connect(lambda _result: self._forget(dialog))
        dialog.show()
        return dialog

    def _forget(self, dialog: FaultDialog) -> None:
        if self.dialog is dialog:
            self.dialog = None
