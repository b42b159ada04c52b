"""A renderer's process and everything it starts, as one thing that can be read, written and ended.

`start_process` picks the way of the system: a guard process on Linux and macOS (`guard.py`), a Job
Object on Windows. Either way nothing of the tree outlives `kill`, or this program.
"""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from render_manager.domain.outcome import ProcessOutcome


class StartError(Exception):
    """The process could not be started; the text is a whole sentence."""


class RunningProcess(Protocol):
    """A process tree that was started."""

    @property
    def pid(self) -> int:
        """Return the id of the renderer's process."""
        ...

    def read(self) -> bytes:
        """Wait for output (standard output and error together) and return it; empty at the end."""
        ...

    def write_line(self, text: str) -> bool:
        """Write a line to its standard input; return False when it no longer listens. Any thread."""
        ...

    def close_input(self) -> None:
        """Close its standard input. Any thread, any number of times."""
        ...

    def kill(self) -> None:
        """End the whole tree at once, without waiting for it. Any thread, any number of times."""
        ...

    def wait(self) -> ProcessOutcome:
        """Wait for the end of the tree and return how the renderer ended. One thread only."""
        ...

    def peak_memory_bytes(self) -> int | None:
        """Return the most memory the renderer was seen to use, None when unknown. Any thread."""
        ...


def start_process(argv: Sequence[str], *, env: Mapping[str, str], cwd: Path | None = None) -> RunningProcess:
    """Start a renderer; raises StartError with a sentence when that fails."""
    if sys.platform == "win32":
        from render_manager.execution.windows import start  # a module of the other system

        return start(argv, env=env, cwd=cwd)
    from render_manager.execution.posix import start  # a module of the other system

    return start(argv, env=env, cwd=cwd)
