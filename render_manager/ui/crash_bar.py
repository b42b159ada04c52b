"""The bar that tells of a crash of the last run, with what it left."""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication

from render_manager.domain.texts import gettext as _
from render_manager.ui.bars import BarStack, NoticeBar
from render_manager.ui.files import open_file
from render_manager.ui.theme import Theme

LONGEST_COPY_BYTES = 1 << 20


class CrashBar(NoticeBar):
    """Offers to show, copy or forget the file of a crash; GUI thread.

    Signals:
        dismissed: the user has seen it.
    """

    dismissed = Signal()

    def __init__(self, *, theme: Theme, stack: BarStack, path: Path | None) -> None:
        super().__init__(
            theme=theme,
            stack=stack,
            name="crash_bar",
            buttons=[
                (_("S&how"), self._show),
                (_("Co&py"), self._copy),
                (_("&Dismiss"), self._dismiss),
            ],
            is_warning=True,
        )
        self._path: Path | None = None
        self.show_crash(path)

    def show_crash(self, path: Path | None) -> None:
        """Tell of a crash whose last words are in this file; None for none."""
        self._path = path
        text = _("Render Manager ended unexpectedly the last time. {path} tells more.")
        self.say("" if path is None else text.format(path=path))

    def _dismiss(self) -> None:
        self.say("")
        self.dismissed.emit()

    def _show(self) -> None:
        if self._path is not None:
            open_file(self._path)

    def _copy(self) -> None:
        if self._path is None:
            return
        try:
            with self._path.open("rb") as file:
                text = file.read(LONGEST_COPY_BYTES).decode("utf-8", "replace")
        except OSError as error:
            text = _("{path} cannot be read: {why}.").format(path=self._path, why=error.strerror)
        QGuiApplication.clipboard().setText(text)
