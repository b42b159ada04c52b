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
from render_manager.system.whole_files import write_whole

PROBE_TIMEOUT_S = 30.0


@dataclass(frozen=True, slots=True)
class Probe:
    """What a program said when asked for its version."""

    output: str
    problem: str = ""
    """Why it could not be asked, one sentence; empty when it answered."""


def run_probe(argv: Sequence[str]) -> Probe:
    """Run a program that answers and ends; not for the GUI thread, it can take seconds."""
    flags = 0
    if sys.platform == "win32":
        flags = subprocess.CREATE_NO_WINDOW
    timeout_s = PROBE_TIMEOUT_S
    process: subprocess.Popen[bytes] | None = None
    try:
        try:
            with _interrupts_held():
                process = subprocess.Popen(
                    list(argv),
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    env=without_ours(),
                    creationflags=flags,
                    start_new_session=True,
                )
            # Not `with process`, which would wait for a program that never ends before it is ended below.
            output, _none = process.communicate(timeout=timeout_s)
        except BaseException:
            if process is not None:
                _end(process)
            raise
    except subprocess.TimeoutExpired:
        return Probe(
            "",
            _("{program} did not answer within {seconds:.0f} s.").format(program=argv[0], seconds=timeout_s),
        )
    except OSError as error:
        return Probe("", _("{program} cannot be started: {why}.").format(program=argv[0], why=error.strerror))
    return Probe(output.decode("utf-8", "replace"))


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


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End a program that is not waited for any more, and on POSIX what a script in its place started."""
    if sys.platform == "win32":
        process.kill()
    else:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    if process.stdout is not None:
        process.stdout.close()


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
