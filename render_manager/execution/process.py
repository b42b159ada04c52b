"""A renderer's process and everything it starts, as one thing that can be read, written and ended.

`posix` and `windows` are the two ways to have that; `start` picks one.
"""

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

import psutil

from render_manager.domain.outcome import ProcessOutcome


class StartError(Exception):
    """The process could not be started; the text is a whole sentence."""


class Urgency(StrEnum):
    """How much of the processor engines get when others want it as well."""

    NORMAL = "normal"
    """As much as any program."""
    BELOW_NORMAL = "below_normal"
    """Less than the programs somebody works with."""
    IDLE = "idle"
    """What nobody else wants."""


@dataclass(frozen=True, slots=True)
class Courtesy:
    """How engines make room for whoever works at the computer meanwhile."""

    urgency: Urgency = Urgency.NORMAL
    processors: tuple[int, ...] = ()
    """Numbers of the logical processors they may use, from 0; empty for all of them."""

    @property
    def niceness(self) -> int:
        """Return the same as the `nice` value of POSIX."""
        return {Urgency.NORMAL: 0, Urgency.BELOW_NORMAL: 5, Urgency.IDLE: 19}[self.urgency]

    @property
    def present_processors(self) -> tuple[int, ...]:
        """Return those of the processors that this computer has; empty, for all, when it has none of them."""
        return tuple(number for number in self.processors if 0 <= number < (os.cpu_count() or 1))


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

    def memory_bytes(self, *, is_exact: bool = False) -> int | None:
        """Return the memory that the processes of the tree use now, None when unknown. Any thread.

        What they share counts several times unless it is to be exact, which takes the system a while.
        """
        ...

    def peak_memory_bytes(self) -> int | None:
        """Return the most memory the tree was seen to use, None when unknown. Any thread."""
        ...

    def program_names(self) -> tuple[str, ...]:
        """Return the names of the tree's programs in lower case, without ending. Any thread."""
        ...

    def dialog_titles(self) -> tuple[str, ...]:
        """Return the titles of the dialogs that the tree shows, where that can be known. Any thread."""
        ...


def cpu_seconds_below(pid: int, spares: frozenset[str] = frozenset()) -> float | None:
    """Return the processor time of a process and those below it; None when it is not there any more.

    `spares` are names in lower case, without ending, of programs that work for others as well: they and what
    is below them do not count.
    """
    times = [
        times.user + times.system
        for process in processes_below(pid, spares)
        if (times := _asked(process, "cpu_times")) is not None
    ]
    return float(sum(times)) if times else None


def memory_bytes_below(
    pid: int, spares: frozenset[str] = frozenset(), *, is_exact: bool = False
) -> int | None:
    """Return the memory of a process and those below it; None when it is not there any more.

    Memory that several of them share is counted once if it is to be exact, on Linux, where the system tells;
    it goes through all pages for that, and holds up a large process meanwhile.
    """
    processes = list(processes_below(pid, spares))
    sizes = [_memory_bytes(one, is_exact=is_exact and len(processes) > 1) for one in processes]
    known = [size for size in sizes if size is not None]
    return sum(known) if known else None


def program_names_below(pid: int, spares: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """Return the names, in lower case and without ending, of a process and those below it."""
    return tuple(name for process in processes_below(pid, spares) if (name := program_name(process)))


def program_name(process: psutil.Process) -> str:
    """Return the name of a process's program in lower case, without ending; empty when it cannot be told."""
    name = _asked(process, "name")
    if not name:
        # Not every system tells it of every process; its command line begins with the program.
        name = next(iter(_asked(process, "cmdline") or ()), "")
    return Path(name).stem.lower()


def _memory_bytes(process: psutil.Process, *, is_exact: bool) -> int | None:
    if sys.platform == "linux" and is_exact:
        try:
            with Path(f"/proc/{process.pid}/smaps_rollup").open("rb") as file:
                for line in file:
                    if line.startswith(b"Pss:"):
                        return int(line.split()[1]) * 1024
        except (OSError, ValueError):
            # Ended meanwhile, or somebody else's: its plain figure will do, if there is one.
            pass
    info = _asked(process, "memory_info")
    return None if info is None else int(info.rss)


def _asked(process: psutil.Process, question: str) -> Any:
    try:
        return getattr(process, question)()
    except (psutil.Error, OSError):
        return None


def processes_below(pid: int, spares: frozenset[str]) -> Iterator[psutil.Process]:
    """Yield a process and those below it, but spared ones and what is below them."""
    try:
        yield from _tree(psutil.Process(pid), spares)
    except psutil.Error:
        return


def _tree(top: psutil.Process, spares: frozenset[str]) -> list[psutil.Process]:
    if not spares:
        return [top, *top.children(recursive=True)]
    tree, generation = [top], [top]
    while generation:
        below = [child for parent in generation for child in _children(parent)]
        generation = [child for child in below if program_name(child) not in spares]
        tree += generation
    return tree


def _children(process: psutil.Process) -> list[psutil.Process]:
    try:
        return list(process.children())
    except psutil.Error:
        return []
