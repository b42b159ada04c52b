"""How threads that serve other programs of this user reach the GUI thread."""

from PySide6.QtCore import QObject, Signal


class Doorbell(QObject):
    """Lets other threads knock at the GUI thread.

    Signals:
        rang: the files another start of the program was given.
        dismissed: another program of this user wants this one to end.
    """

    rang = Signal(object)
    dismissed = Signal()
