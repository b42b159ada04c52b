"""What it means that an editor's output ends where it does."""

from dataclasses import dataclass

from render_manager.domain.outcome import ProcessOutcome
from render_manager.domain.scene import Severity
from render_manager.domain.texts import gettext as _
from render_manager.engines.events import Remark

_TICKS_PER_S = 24_000


@dataclass(slots=True)
class LogEnd:
    """What was seen until the end."""

    has_begun: bool = False
    """Whether Movie Render Queue said anything."""
    is_done: bool = False
    """Whether the whole render was said to be done."""
    has_failed: bool = False
    """Whether something was said that costs the render."""
    has_closed: bool = False
    """Whether the editor was closed in good order."""
    has_messages: bool = False
    """Whether our script reported anything."""
    has_result: bool = False
    """Whether our script reported its end."""
    ticks: tuple[int, int] | None = None
    """What part of the sequence was to be rendered, in ticks, the second one not included."""
    is_compiling: bool = False
    shaders_left: int = 0


def remark_at_end(end: LogEnd, outcome: ProcessOutcome | None, *, is_ours: bool) -> Remark | None:
    """Return what is to be said; `outcome` is None when only a log is at hand."""
    if end.is_done or end.has_failed:
        return None
    if outcome is not None or is_ours:
        return _of_a_run(end, outcome)
    return _of_a_log(end)


def _of_a_run(end: LogEnd, outcome: ProcessOutcome | None) -> Remark | None:
    """Return what a run of ours lacks that ended by itself."""
    if outcome is None or outcome.crashed or outcome.was_killed or outcome.failed_to_start or end.has_result:
        return None
    if end.has_messages:
        text = _("Unreal ended before the script that drives the render said that it is done.")
        return _error("no-result", text, _("Look at the last lines of the log of this attempt."))
    text = _("Unreal ended without running the script that drives the render.")
    advice = _(
        "Check that the plug-in Python Editor Script Plugin works in this engine, and look at the log."
    )
    return _error("script-silent", text, advice)


def _of_a_log(end: LogEnd) -> Remark | None:
    if end.is_compiling:
        text = _("The log ends while Unreal compiles shaders, with {left:,} left; nothing was rendered yet.")
        advice = _("Wait for it, it may take an hour at first; if it was ended, memory may have run out.")
        return _error("log-ends", text.format(left=end.shaders_left), advice)
    if end.has_begun or (end.has_messages and not end.has_result):
        text = _("The log ends without a word that the render was finished.")
        if end.ticks is not None:
            text = f"{text} {_range_sentence(*end.ticks)}"
        advice = _("Look whether Unreal was closed, stopped or ended by the system at that time.")
        return _error("log-ends", text, advice)
    if end.has_closed:
        text = _("Unreal was closed in good order, and no movie render was started.")
        return _error("no-render", text, _("Check that it was asked to render at all."))
    return None


def _range_sentence(start: int, end: int) -> str:
    """Return what a registered range is in seconds; the ticks are usually those of `engines/unreal.md`."""
    text = _("It was to cover {seconds:.2f} s of the sequence, if it counts {rate:,} ticks a second.")
    return text.format(seconds=(end - start) / _TICKS_PER_S, rate=_TICKS_PER_S)


def _error(code: str, text: str, advice: str) -> Remark:
    return Remark(code, Severity.ERROR, line="", meaning=text, advice=advice)
