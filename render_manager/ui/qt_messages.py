"""What Qt says of itself, written into the program's own log; any thread."""

import logging
from collections.abc import Callable

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

log = logging.getLogger(__name__)

_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}
_SAID_BY_PLATFORM = "This plugin does not support"
"""How platforms without a screen begin what they say of every window; it tells nothing about ours."""


def hear_qt(on_fatal: Callable[[str], None]) -> Callable[[], None]:
    """Send Qt's messages to the log from now on; return what ends that.

    `on_fatal` gets the text after which Qt ends the whole process, before it does so.
    """

    def hear(kind: QtMsgType, _context: QMessageLogContext, text: str) -> None:
        level = logging.DEBUG if text.startswith(_SAID_BY_PLATFORM) else _LEVELS.get(kind, logging.WARNING)
        log.log(level, "Qt: %s", text)
        if kind is QtMsgType.QtFatalMsg:
            on_fatal(text)

    before = qInstallMessageHandler(hear)

    def stop() -> None:
        qInstallMessageHandler(before)

    return stop
