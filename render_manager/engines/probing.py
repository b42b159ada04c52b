"""Asking a program for its version, with an answer that is remembered while the file stays the same."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from render_manager.domain.texts import gettext as _
from render_manager.system.environment import without_ours
from render_manager.system.start_errors import reason_on_windows
from render_manager.system.whole_files import write_whole

if sys.platform == "win32":
    from render_manager.system.job_objects import (
        CREATE_SUSPENDED,
        as_a_stranger,
        end_all,
        let_go,
        new_job,
        run_in,
    )

PROBE_TIMEOUT_S = 30.0


@dataclass(frozen=True, slots=True)
class Probe:
    """What a program said when asked for its version."""

    output: str
    problem: str = ""
    """Why it could not be asked, one sentence; empty when it answered."""


def run_probe(argv: Sequence[str]) -> Probe:
    """Run a program that answers and ends; not for the GUI thread, it can take seconds."""
    timeout_s = PROBE_TIMEOUT_S
    started: _Started | None = None
    try:
        try:
            with _interrupts_held():
                started = _start(argv)
            # Not `with process`, which would wait for a program that never ends before it is ended below.
            output, _none = started.process.communicate(timeout=timeout_s)
        except BaseException:
            if started is not None:
                _end(started)
            raise
        _let_go(started)
    except subprocess.TimeoutExpired:
        return Probe(
            "",
            _("{program} did not answer within {seconds:.0f} s.").format(program=argv[0], seconds=timeout_s),
        )
    except OSError as error:
        why = reason_on_windows(error, argv[0]) if sys.platform == "win32" else error.strerror
        return Probe("", _("{program} cannot be started: {why}.").format(program=argv[0], why=why))
    return Probe(output.decode("utf-8", "replace"))


@dataclass(frozen=True, slots=True)
class _Started:
    """A program that was started to be asked."""

    process: "subprocess.Popen[bytes]"
    job: object = None
    """The Job Object on Windows that it is in, with what it starts."""


def _start(argv: Sequence[str]) -> _Started:
    if sys.platform == "win32":
        job = new_job()
        with as_a_stranger():
            process = _popen(argv, subprocess.CREATE_NO_WINDOW | CREATE_SUSPENDED)
        started = _Started(process, job)
        try:
            run_in(job, int(process._handle), process.pid)  # type: ignore[attr-defined]  # noqa: SLF001 - Popen keeps the handle there only
        except OSError:
            process.kill()
            _end(started)
            raise
        return started
    return _Started(_popen(argv, 0))


def _popen(argv: Sequence[str], flags: int) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        list(argv),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=without_ours(),
        creationflags=flags,
        start_new_session=True,
    )


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Let Ctrl+C wait until the process that is being started is known, or nobody would end it."""
    if sys.platform == "win32":
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _end(started: _Started) -> None:
    """End a program that is not waited for any more, and what a script in its place started."""
    process = started.process
    if sys.platform == "win32":
        end_all(started.job)
    else:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    if process.stdout is not None:
        process.stdout.close()


def _let_go(started: _Started) -> None:
    """Leave alone what a program that answered and ended has started, such as a service of its own."""
    if sys.platform == "win32":
        let_go(started.job)


class ProbeMemory:
    """Remembers answers by a program's path, size and time of change; one thread at a time."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._answers: dict[str, list[object]] = {}
        if path is not None:
            try:
                loaded = json.loads(path.read_text("utf-8"))
            except (OSError, ValueError, RecursionError):
                loaded = {}
            self._answers = loaded if isinstance(loaded, dict) else {}

    def ask(self, program: Path, ask: Callable[[], Probe], *, question: str = "") -> Probe:
        """Return the remembered answer of `program`, or ask and remember.

        `question` tells apart what one program may be asked by several engines.
        """
        try:
            facts = program.stat()
        except OSError as error:
            return Probe("", _("{program} is not there: {why}.").format(program=program, why=error.strerror))
        stamp = [facts.st_size, facts.st_mtime_ns]
        name = f"{program} {question}" if question else str(program)
        known = self._answers.get(name)
        if isinstance(known, list) and len(known) == 3 and known[:2] == stamp:
            return Probe(str(known[2]))
        probe = ask()
        if not probe.problem:
            self._answers[name] = [*stamp, probe.output]
        return probe

    def save(self) -> None:
        """Write the answers to their file; when that fails they are asked for again next time."""
        if self._path is None:
            return
        with suppress(OSError):
            write_whole(self._path, json.dumps(self._answers))
