"""What a frame is in words: for tool tips, for those who hear the screen, and for the table."""

import time

from render_manager.domain.health import mark_sentences
from render_manager.domain.texts import gettext as _
from render_manager.domain.texts import ngettext
from render_manager.ui.estimates import duration_text, wait_text
from render_manager.ui.models.frame_cell import FrameCell
from render_manager.ui.plain_label import plain_tip
from render_manager.ui.state_looks import StateLook, frame_looks, marked_look, retry_look

MEBIBYTE = 2**20
GIBIBYTE = 2**30


class CellLooks:
    """How frames look, in the present language; looked up once, since every word is searched for anew."""

    def __init__(self) -> None:
        self._states = frame_looks()
        self._retry = retry_look()
        self._marked = marked_look()

    def of(self, cell: FrameCell) -> StateLook:
        """Return how a frame looks."""
        if cell.is_marked:
            return self._marked
        return self._states[cell.state] if cell.retry_at is None else self._retry


def tool_tip(cell: FrameCell) -> str:
    """Return everything that is known of a frame, a line each."""
    if not cell.is_read:
        return _("{frame}: its state is being read").format(frame=cell.number)
    now = time.time()
    lines = [f"{cell.number}: {CellLooks().of(cell).word}"]
    if cell.progress is not None:
        lines.append(cell.progress.phase)
    if cell.sign is not None:
        if cell.sign.is_suspicious(now):
            quiet = _("Nothing was written to its log for {duration}.")
            lines.append(quiet.format(duration=cell.sign.quiet_text(now)))
        if cell.sign.last_line:
            lines.append(cell.sign.last_line)
    if cell.row is not None:
        lines += _row_lines(cell, now)
    return plain_tip("\n".join(line for line in lines if line))


def accessible_text(cell: FrameCell) -> str:
    """Return a frame in a sentence."""
    word = CellLooks().of(cell).word
    if cell.progress is None or cell.progress.percent is None:
        return _("frame {number}, {state}").format(number=cell.number, state=word)
    return _("frame {number}, {state}, {percent} percent").format(
        number=cell.number, state=word, percent=round(cell.progress.percent)
    )


def seconds_text(seconds: float) -> str:
    """Return the time of a frame: `4.2 s`, `12:40`."""
    return f"{seconds:.1f} s" if seconds < 60 else duration_text(seconds)


def memory_text(size_bytes: int) -> str:
    """Return an amount of memory: `900 MB`, `12.4 GB`."""
    if size_bytes >= GIBIBYTE:
        return f"{size_bytes / GIBIBYTE:.1f} GB"
    return f"{size_bytes / MEBIBYTE:.0f} MB"


def _row_lines(cell: FrameCell, now: float) -> list[str]:
    assert cell.row is not None
    row = cell.row
    lines = [row.reason, *mark_sentences(row.marks)]
    if cell.retry_at is not None:
        text = ngettext("{count} attempt so far", "{count} attempts so far", row.attempts)
        lines += [text.format(count=row.attempts), wait_text(cell.retry_at, now)]
    elif row.attempts > 1:
        lines.append(_("attempt {number}").format(number=row.attempts))
    figures = [] if row.seconds is None else [seconds_text(row.seconds)]
    if cell.attempt is not None and cell.attempt.peak_memory_bytes:
        figures.append(memory_text(cell.attempt.peak_memory_bytes))
    return [*lines, "  ·  ".join(figures), *row.outputs]
