"""A renderer's process and everything it starts, as one thing that can be read, written and ended.

`posix` and `windows` are the two ways to have that; `start` picks one.
"""

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
