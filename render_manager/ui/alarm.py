"""How an exception that nobody caught, on whatever thread, comes to be told in the window."""

from PySide6.QtCore import QObject, Qt, Signal, Slot


class Alarm(QObject):
    """Rung on any thread, heard on the thread it was made on.

    Signals:
        rang: the traceback of what went wrong; on the GUI thread, not while it goes wrong.
    """

    rang = Signal(str)
    _rung = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rung.connect(self._on_rung, Qt.ConnectionType.QueuedConnection)

    def ring(self, text: str) -> None:
        """Let it be known; returns at once."""
        self._rung.emit(text)

    @Slot(str)
    def _on_rung(self, text: str) -> None:
        self.rang.emit(text)
