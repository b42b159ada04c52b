"""Running programs, with their output and a limit."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from steps.report import StepFailedError

_KEPT_LINES = 40
ATTEMPTS = 3
"""How often a program is started that only answers a question."""


@dataclass(frozen=True, slots=True)
class Finished:
    """How a program ended, and what it printed."""

    code: int
    output: str

    @property
    def last_lines(self) -> str:
        """Return the end of the output."""
        return "\n".join(self.output.splitlines()[-_KEPT_LINES:])


def run(
    argv: Sequence[str | Path],
    *,
    timeout_s: float,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    hears: bool = True,
    said: str = "",
) -> Finished:
    """Run a program to its end; raises StepFailedError when it takes longer than `timeout_s`.

    `said` is what it reads from its standard input, such as a password, which others could see in a command.
    Without `hears` its output is thrown away: a program with a window may outlive the one that started
    it, and would keep a pipe open.
    """
    pipe = subprocess.PIPE if hears else subprocess.DEVNULL
    process = subprocess.Popen(
        [str(word) for word in argv],
        # Windows' Python does not start under wine with a file or nothing instead of pipes.
        stdin=pipe,
        stdout=pipe,
        stderr=subprocess.STDOUT if hears else subprocess.DEVNULL,
        env=None if env is None else dict(env),
        cwd=cwd,
        start_new_session=sys.platform != "win32",
    )
    try:
        output, _none = process.communicate(said.encode() or None, timeout=timeout_s)
    except subprocess.TimeoutExpired:
        _end(process)
        raise StepFailedError(f"{argv[0]} did not end within {timeout_s:.0f} s.") from None
    return Finished(process.returncode, (output or b"").decode("utf-8", "replace").replace("\r\n", "\n"))


@contextlib.contextmanager
def started(
    argv: Sequence[str | Path], *, env: Mapping[str, str] | None = None
) -> "Iterator[subprocess.Popen[bytes]]":
    """Start a program that stays, and end it when the context closes."""
    process = subprocess.Popen(
        [str(word) for word in argv],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=None if env is None else dict(env),
        start_new_session=sys.platform != "win32",
    )
    with process:
        try:
            yield process
        finally:
            _end(process)


def must(finished: Finished, what: str) -> Finished:
    """Return what ended well; raises StepFailedError with the end of the output otherwise."""
    if finished.code:
        raise StepFailedError(f"{what} ended with {finished.code}:\n{finished.last_lines}")
    return finished


def asked(ask: Callable[[], Finished], what: str) -> Finished:
    """Return the answer of a program that changes nothing, asked again if need be; raises StepFailedError.

    On a busy computer wine sometimes does not start a program, and tells no more than exit code 1.
    """
    for _attempt in range(ATTEMPTS - 1):
        finished = ask()
        if not finished.code:
            return finished
    return must(ask(), what)


def _end(process: "subprocess.Popen[bytes]") -> None:
    if sys.platform == "win32":
        process.kill()
    else:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
