"""Leaving no window of one test to the next."""

import sys


def delete_windows() -> None:
    """Delete every window of this process: a theme is laid over each that still exists, and that takes time.

    Does nothing where Qt's widgets were never imported. GUI thread.
    """
    if "PySide6.QtWidgets" not in sys.modules:
        return
    from PySide6.QtCore import QCoreApplication, QEvent
    from PySide6.QtWidgets import QApplication

    for widget in QApplication.topLevelWidgets():
        # What stays in sight takes the mouse away from the windows of the next test.
        widget.hide()
        # Plots of pyqtgraph have menus and forms without a parent, and delete them themselves.
        if widget.parent() is None and widget.metaObject().className() not in ("QMenu", "QWidget"):
            widget.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
