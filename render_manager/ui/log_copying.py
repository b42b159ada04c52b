"""Puts lines of a log on the clipboard, read on a pool thread."""

from collections.abc import Callable

from PySide6.QtGui import QGuiApplication

from render_manager.ui.log_index import LogIndex, read_text
from render_manager.ui.tied_errands import TiedErrands

MOST_BYTES_COPIED = 16 * 1024 * 1024
"""A clipboard with more than this makes other programs stand still."""


def copy_lines(
    errands: TiedErrands, index: LogIndex, chosen: range, then: Callable[[int, int], None]
) -> None:
    """Copy lines as soon as they are read; `then` gets how many were, and how many were chosen."""
    path, span, shows_all = index.path, index.span(chosen.start, chosen.stop), index.shows_all

    def take(result: tuple[str, int] | None) -> None:
        if result is not None:
            QGuiApplication.clipboard().setText(result[0])
            then(result[1], len(chosen))

    errands.run(lambda: read_text(path, span, MOST_BYTES_COPIED, shows_all=shows_all), take)
