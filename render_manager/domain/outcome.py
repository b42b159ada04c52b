"""How a process ended, as a value that can say its own sentence."""

import signal
from dataclasses import dataclass

from render_manager.domain.texts import gettext as _

_WINDOWS_EXCEPTIONS = {
    0xC0000005: "access violation",
    0xC0000017: "out of memory",
    0xC000001D: "illegal instruction",
    0xC00000FD: "stack overflow",
    0xC0000135: "a DLL was not found",
    0xC0000142: "a DLL could not be initialised",
    0xC000013A: "interrupted",
    0xC0000374: "heap corruption",
    0xC0000409: "stack buffer overrun",
    0xE06D7363: "uncaught C++ exception",
}
"""NTSTATUS values from Microsoft's list that renderers are seen to end with."""

_SMALL_NEGATIVES = (1 << 32) - 0x10000
"""Programs that end with -1 or the like end with such a code on Windows, where they are no exceptions."""


@dataclass(frozen=True, slots=True)
class ProcessOutcome:
    """The end of a process."""

    exit_code: int | None
    """Exit code; negative is the signal that ended it; None when it could not be started."""
    start_error: str = ""
    """Why it could not be started, a whole sentence; empty when it was."""
    was_killed: bool = False
    """Whether we ended it."""
    seconds: float = 0.0
    peak_memory_bytes: int | None = None

    @property
    def failed_to_start(self) -> bool:
        """Return whether no process came into being."""
        return self.exit_code is None

    @property
    def crashed(self) -> bool:
        """Return whether it was ended by a signal or an exception, and not by us."""
        if self.exit_code is None or self.was_killed:
            return False
        return self.exit_code < 0 or 0xC0000000 <= self.exit_code < _SMALL_NEGATIVES

    @property
    def code_as_given(self) -> int | None:
        """Return the exit code as the program gave it: -1, where Windows tells the largest of 32 bits."""
        if self.exit_code is None or self.exit_code < _SMALL_NEGATIVES:
            return self.exit_code
        return self.exit_code - (1 << 32)

    @property
    def was_successful(self) -> bool:
        """Return whether it ended by itself with exit code 0."""
        return self.exit_code == 0 and not self.was_killed

    @property
    def sentence(self) -> str:
        """Return one sentence: how it ended."""
        if self.exit_code is None:
            return self.start_error or _("It could not be started.")
        if self.was_killed:
            return _("It was stopped by Render Manager.")
        code = self.exit_code & 0xFFFFFFFF
        if self.exit_code < 0 and code not in _WINDOWS_EXCEPTIONS:
            return _("It crashed with {signal}.").format(signal=_signal_name(-self.exit_code))
        if self.crashed:
            what = _WINDOWS_EXCEPTIONS.get(code, _("exception"))
            return _("It crashed with {what} (0x{code:08X}).").format(what=what, code=code)
        return _("It ended with exit code {code}.").format(code=self.code_as_given)


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
