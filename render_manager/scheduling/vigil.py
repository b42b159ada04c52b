"""When a worker is ended by us, and what is said then. Pure, but for `Pace`, which two threads share."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from render_manager.domain.diagnosis import Diagnosis
from render_manager.domain.limits import Limits, chosen
from render_manager.domain.moments import span_text
from render_manager.domain.texts import gettext as _
from render_manager.engines.protocols import Patience

CRASH_REPORTERS = frozenset(
    {
        "adskcrashreporter",
        "cer_dialog",
        "crashreportclient",
        "crashreportclienteditor",
        "drkonqi",
        "reportcrash",
        "senddmp",
        "werfault",
    }
)
"""Programs, without ending, that come up when a renderer crashed and wait for somebody to answer
(`engines/maya.md` section 4, `engines/unreal.md` section 4)."""
DIALOG_SILENCE_S = 60.0
"""An engine that shows a dialog and does nothing for so long waits for an answer that nobody will give."""
_GIBIBYTE = 2**30


@dataclass(frozen=True, slots=True)
class Vigil:
    """How long a worker may be silent, how long a frame may take, how much memory may be used."""

    silence_s: float | None = None
    start_s: float | None = None
    frame_s: float | None = None
    memory_bytes: int | None = None

    @classmethod
    def of(cls, patience: Patience, limits: Limits) -> "Vigil":
        """Return the limits of a job where they are set, else those of its engine."""
        silence_s = chosen(limits.silence_s, patience.stall_s)
        usual_start_s = None if silence_s is None else max(patience.start_s or 0.0, silence_s) or None
        memory_bytes = chosen(limits.memory_bytes, None)
        return cls(
            silence_s=silence_s,
            start_s=chosen(limits.start_s, usual_start_s),
            frame_s=chosen(limits.frame_s, patience.frame_s),
            memory_bytes=None if memory_bytes is None else int(memory_bytes),
        )


class Cause(StrEnum):
    """Why a worker was ended by us; these are diagnosis codes."""

    STALLED = "stalled"
    STALLED_AT_START = "stalled-at-start"
    FRAME_TOO_LONG = "frame-too-long"
    MEMORY_LIMIT = "memory-limit"
    MEMORY_FULL = "memory-full"
    CRASH_REPORTER = "crash-reporter"
    DIALOG = "dialog"


HANGS = frozenset({Cause.STALLED, Cause.STALLED_AT_START, Cause.CRASH_REPORTER, Cause.DIALOG})
"""Of a worker that did nothing any more; the others were at work."""


@dataclass(frozen=True, slots=True)
class Intervention:
    """What was seen when a worker was ended by us."""

    cause: Cause
    seconds: float = 0.0
    """Of silence, or since the frame began."""
    size_bytes: int = 0
    """Memory of its processes."""
    name: str = ""
    """The crash reporter, or the title of the dialog."""

    def diagnosis(self, engine: str) -> Diagnosis:
        """Return what is said of it; `engine` is the engine's name."""
        text, advice = _SENTENCES[self.cause]()
        time = span_text(self.seconds)
        text = text.format(engine=engine, seconds=self.seconds, time=time, name=self.name, size=self._size)
        return Diagnosis(self.cause.value, text, advice, crashed=self.cause is Cause.CRASH_REPORTER)

    @property
    def _size(self) -> str:
        return f"{self.size_bytes / _GIBIBYTE:.1f} GB"


def _stalled() -> tuple[str, str]:
    return (
        _("{engine} was stuck and was ended: for {seconds:.0f} s there was no output, no file and no work."),
        _("It may have waited for a licence or an answer; look at the last lines of the log."),
    )


def _stalled_at_start() -> tuple[str, str]:
    return (
        _(
            "{engine} was stuck before its first frame and was ended: for {seconds:.0f} s there was no "
            "output and no work."
        ),
        _("It may have waited for a licence or an answer; look at the last lines of the log."),
    )


def _too_long() -> tuple[str, str]:
    return (
        _("The frame was not done after {time}, the limit of this job, and was ended."),
        _("Give the job a higher limit if its frames may take longer, then retry."),
    )


def _memory_limit() -> tuple[str, str]:
    return (
        _("{engine} used {size} of memory, more than the limit of this job, and was ended."),
        _("Give the job a higher limit, or make the scene lighter, then retry."),
    )


def _memory_full() -> tuple[str, str]:
    return (
        _("{engine} was ended when the computer's memory was nearly full; it used {size}."),
        _("Let fewer engines run at the same time, or close other programs, then retry."),
    )


def _crash_reporter() -> tuple[str, str]:
    return (
        _("{engine} crashed: its crash reporter ({name}) came up and waited for an answer."),
        _("Look at the last lines of the log for the reason."),
    )


def _dialog() -> tuple[str, str]:
    return (
        _("{engine} showed the dialog “{name}” and waited for an answer; it was ended."),
        _("Open the scene once by hand and answer it there, then retry."),
    )


_SENTENCES: dict[Cause, Callable[[], tuple[str, str]]] = {
    Cause.STALLED: _stalled,
    Cause.STALLED_AT_START: _stalled_at_start,
    Cause.FRAME_TOO_LONG: _too_long,
    Cause.MEMORY_LIMIT: _memory_limit,
    Cause.MEMORY_FULL: _memory_full,
    Cause.CRASH_REPORTER: _crash_reporter,
    Cause.DIALOG: _dialog,
}


class Pace:
    """Where a worker is: starting, at a frame since when, or waiting for one. Any thread."""

    def __init__(self, now_s: float, *, is_waiting: bool = False) -> None:
        self._lock = threading.Lock()
        self._has_started = False
        self._since_s = now_s
        self._is_waiting = is_waiting

    def handed(self, now_s: float) -> None:
        """Take down that a frame was handed over."""
        with self._lock:
            self._is_waiting = False
            self._since_s = now_s

    def began(self, now_s: float) -> None:
        """Take down that the engine is up, or that it began a frame."""
        with self._lock:
            self._has_started = True
            self._since_s = now_s

    def ended(self, now_s: float, *, waits: bool) -> None:
        """Take down that a frame is done; `waits` says that the next one must be handed over."""
        with self._lock:
            self._has_started = True
            self._is_waiting = waits
            self._since_s = now_s

    def pass_over(self, seconds: float) -> None:
        """Leave a stretch of time out, in which the computer slept; some clocks go on meanwhile."""
        with self._lock:
            self._since_s += seconds

    @property
    def has_started(self) -> bool:
        """Return whether the engine came to a frame."""
        with self._lock:
            return self._has_started

    def at_frame_s(self, now_s: float) -> float | None:
        """Return the seconds since the frame began, or since the start; None while it waits for one."""
        with self._lock:
            return None if self._is_waiting else now_s - self._since_s
