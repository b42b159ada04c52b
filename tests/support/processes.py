"""Watching real processes come and go."""

import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import psutil

PYTHON = (sys.executable, "-I", "-S", "-u")
"""A Python that starts in 15 ms: no site folder, no environment, no buffering."""


def wait_until(
    condition: Callable[[], object], what: str | Callable[[], str], *, timeout_s: float = 30.0
) -> None:
    """Wait for something another process does; fails the test when it does not come."""
    until = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > until:
            raise AssertionError(f"did not happen: {what if isinstance(what, str) else what()}")
        time.sleep(0.005)


def is_alive(pid: int) -> bool:
    """Return whether a process runs; one that ended and was not collected does not."""
    try:
        return psutil.Process(pid).status() not in (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD)
    except psutil.NoSuchProcess:
        return False


def wait_gone(pids: Iterable[int], *, timeout_s: float = 30.0) -> None:
    """Wait until all of these processes have ended."""
    watched = list(pids)
    wait_until(
        lambda: not any(is_alive(pid) for pid in watched),
        f"the end of processes {watched}",
        timeout_s=timeout_s,
    )


def with_mark(mark: str) -> list[psutil.Process]:
    """Return the running processes that have `mark` in their command line, but not this one."""
    found = []
    for process in psutil.process_iter():
        try:
            named = any(mark in part for part in process.cmdline())
            if named and process.pid != psutil.Process().pid and is_alive(process.pid):
                found.append(process)
        except psutil.Error:
            continue
    return found


def pids_in(path: Path, count: int) -> list[int]:
    """Wait until a file holds so many whole lines of pids and return them."""
    wait_until(lambda: path.exists() and path.read_text().count("\n") >= count, f"{count} pids in {path}")
    return [int(line) for line in path.read_text().split()]
