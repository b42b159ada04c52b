"""A renderer's process and everything it starts, as one thing that can be read, written and ended.

`posix` and `windows` are the two ways to have that; `start` picks one.
"""

from pathlib import Path
from typing import Protocol

import psutil

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

    def cpu_seconds(self) -> float | None:
        """Return the processor time that the processes of the tree used; None when unknown. Any thread.

        Those that ended are not counted any more.
        """
        ...

    def peak_memory_bytes(self) -> int | None:
        """Return the most memory the renderer was seen to use, None when unknown. Any thread."""
        ...


def cpu_seconds_below(pid: int, spares: frozenset[str] = frozenset()) -> float | None:
    """Return the processor time of a process and those below it; None when it is not there any more.

    `spares` are names in lower case, without ending, of programs that work for others as well: they and what
    is below them do not count.
    """
    try:
        tree = _tree(psutil.Process(pid), spares)
    except psutil.Error:
        return None
    total = 0.0
    for process in tree:
        try:
            times = process.cpu_times()
        except psutil.Error:
            continue
        total += float(times.user + times.system)
    return total


def _tree(top: psutil.Process, spares: frozenset[str]) -> list[psutil.Process]:
    if not spares:
        return [top, *top.children(recursive=True)]
    tree, generation = [top], [top]
    while generation:
        below = [child for parent in generation for child in _children(parent)]
        generation = [child for child in below if _name(child) not in spares]
        tree += generation
    return tree


def _children(process: psutil.Process) -> list[psutil.Process]:
    try:
        return list(process.children())
    except psutil.Error:
        return []


def _name(process: psutil.Process) -> str:
    try:
        return Path(process.name()).stem.lower()
    except psutil.Error:
        return ""
