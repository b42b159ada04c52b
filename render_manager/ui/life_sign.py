"""What was last heard of an attempt under way, and from when on its silence is suspicious. No Qt."""

from dataclasses import dataclass

from render_manager.ui.estimates import duration_text

LEAST_QUIET_S = 60.0
"""Less silence than this is nothing to speak of."""
UNKNOWN_QUIET_S = 300.0
"""The same for a job of which no frame was rendered yet."""
QUIET_FRAMES = 1.5
"""How many times the job's usual frame a log must be silent to look suspicious."""


@dataclass(frozen=True, slots=True)
class LifeSign:
    """What was last heard of an attempt under way."""

    size_bytes: int
    """Length of the log when it was looked at."""
    heard_at: float
    """Seconds since the epoch at which the log last grew."""
    last_line: str
    quiet_is_long_s: float = UNKNOWN_QUIET_S
    """From how many seconds of silence on it looks suspicious."""

    def quiet_s(self, now: float) -> float:
        """Return for how long nothing has been heard, in seconds."""
        return max(now - self.heard_at, 0.0)

    def is_suspicious(self, now: float) -> bool:
        """Return whether the silence is longer than it should be."""
        return self.quiet_s(now) >= self.quiet_is_long_s

    def quiet_text(self, now: float) -> str:
        """Return the length of the silence for people."""
        return duration_text(self.quiet_s(now))


def long_quiet_s(usual_s: float | None) -> float:
    """Return from how many seconds of silence on a frame looks suspicious; `usual_s` is the usual frame's."""
    return UNKNOWN_QUIET_S if usual_s is None else max(LEAST_QUIET_S, QUIET_FRAMES * usual_s)
