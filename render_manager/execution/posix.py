"""Linux and macOS: the renderer runs under a guard process that ends its tree (see `guard.py`)."""

import contextlib
import errno
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import psutil

from render_manager.domain.outcome import ProcessOutcome
from render_manager.domain.texts import gettext as _
from render_manager.execution.process import (
    Courtesy,
    StartError,
    cpu_seconds_below,
    memory_bytes_below,
    program_names_below,
)
from render_manager.system.frozen import is_frozen

_GUARD = Path(__file__).with_name("guard.py")
_CHUNK_BYTES = 64 * 1024
_MEASURE_EVERY_S = 0.5
_TREE = "RENDER_MANAGER_TREE"
"""Variable that a renderer and all it starts inherit; tells whose they are once their guard was killed."""
_LAST_WORDS_MS = 1000
"""After the guard's end output is waited for this long: who holds the pipe then is spared or has left."""


def start(
    argv: Sequence[str],
    *,
    env: Mapping[str, str],
    cwd: Path | None,
    spares: Sequence[str] = (),
    courtesy: Courtesy | None = None,
) -> "GuardedProcess":
    """Start `argv` under a guard; raises StartError."""
    courtesy = courtesy or Courtesy()
    program = shutil.which(argv[0], path=env.get("PATH"))
    if program is None:
        raise StartError(_cannot_start(argv[0], errno.ENOENT if not Path(argv[0]).exists() else errno.EACCES))
    if cwd is not None and not cwd.is_dir():
        why = _("the working folder {folder} does not exist").format(folder=cwd)
        raise StartError(_not_started(argv[0], why))
    tree = os.urandom(8).hex()
    ours, theirs = socket.socketpair()
    with theirs:
        try:
            guard = subprocess.Popen(
                [
                    *_guard_command(),
                    str(theirs.fileno()),
                    ",".join(spares),
                    str(courtesy.niceness),
                    ",".join(str(number) for number in courtesy.present_processors),
                    "--",
                    program,
                    *argv[1:],
                ],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                env={**env, _TREE: tree},
                cwd=cwd,
                pass_fds=(theirs.fileno(),),
                start_new_session=True,
                bufsize=0,
            )
        except OSError as error:
            ours.close()
            raise StartError(_cannot_start(argv[0], error.errno or 0)) from error
    return GuardedProcess(guard, ours, argv[0], tree, spares)


def _guard_command() -> list[str]:
    if is_frozen():
        return [sys.executable, "--guard"]
    return [sys.executable, "-I", "-S", str(_GUARD)]


def _cannot_start(program: str, code: int) -> str:
    is_there = Path(program).exists()
    absent = _("something it needs to run does not exist") if is_there else _("it does not exist")
    why = {
        errno.ENOENT: absent,
        errno.EACCES: _("this user may not run it"),
        errno.ENOEXEC: _("it is not a program for this computer"),
        errno.ENOMEM: _("there is not enough memory"),
        errno.EAGAIN: _("the system allows no further processes"),
    }.get(code, os.strerror(code))
    return _not_started(program, why)


def _not_started(program: str, why: str) -> str:
    return _("{program} could not be started: {why}.").format(program=program, why=why)


class GuardedProcess:
    """A renderer and its guard."""

    def __init__(
        self,
        guard: subprocess.Popen[bytes],
        control: socket.socket,
        program: str,
        tree: str,
        spares: Sequence[str] = (),
    ) -> None:
        self._guard = guard
        self._tree = tree
        self._spares = frozenset(name.lower() for name in spares)
        self._control = control
        self._started_at = time.monotonic()
        self._killed = False
        self._write_lock = threading.Lock()
        self._peak_memory_bytes: int | None = None
        self._measure_at = 0.0
        assert guard.stdout is not None
        self._output = guard.stdout
        self._ready = select.poll()
        self._ready.register(self._output, select.POLLIN)
        self._ready.register(control, select.POLLIN)
        self._has_guard = True
        self._listen_until = 0.0
        report = _first_line(control)
        if not report.startswith(b"S"):
            guard.wait()
            self._close()
            raise StartError(_cannot_start(program, int(report[1:] or errno.EIO)))
        self._pid = int(report[1:])

    @property
    def pid(self) -> int:
        """Return the renderer's pid."""
        return self._pid

    def read(self) -> bytes:
        """Wait for output and return it; empty at the end."""
        chunk = os.read(self._output.fileno(), _CHUNK_BYTES) if self._has_output() else b""
        if time.monotonic() >= self._measure_at:
            self._measure()
        return chunk

    def write_line(self, text: str) -> bool:
        """Write a line to the renderer's standard input; return False when it no longer listens."""
        with self._write_lock:
            stdin = self._guard.stdin
            if stdin is None or stdin.closed:
                return False
            try:
                stdin.write(text.encode() + b"\n")
            except OSError:
                return False
            return True

    def close_input(self) -> None:
        """Close the renderer's standard input."""
        with self._write_lock, contextlib.suppress(OSError):
            if self._guard.stdin is not None:
                self._guard.stdin.close()

    def kill(self) -> None:
        """Order the guard to end the tree."""
        self._killed = True
        with contextlib.suppress(OSError):
            self._control.send(b"K")

    def wait(self) -> ProcessOutcome:
        """Wait for the guard, which ends after the last process of the tree."""
        code = self._guard.wait()
        if code == -signal.SIGKILL:
            # Perhaps it was the guard itself, and nobody cleared up after the renderer.
            self._end_strays()
        outcome = ProcessOutcome(
            exit_code=code,
            was_killed=self._killed,
            seconds=time.monotonic() - self._started_at,
            peak_memory_bytes=self._peak_memory_bytes,
        )
        self._close()
        return outcome

    def cpu_seconds(self) -> float | None:
        """Return the processor time of the processes below the guard."""
        return cpu_seconds_below(self._guard.pid, self._spares)

    def memory_bytes(self, *, is_exact: bool = False) -> int | None:
        """Return the memory of the processes below the guard."""
        used = memory_bytes_below(self._pid, self._spares, is_exact=is_exact)
        if used is not None:
            self._peak_memory_bytes = max(used, self._peak_memory_bytes or 0)
        return used

    def peak_memory_bytes(self) -> int | None:
        """Return the most memory the renderer was seen to use, with its children where that was looked at."""
        self._measure()
        return self._peak_memory_bytes

    def program_names(self) -> tuple[str, ...]:
        """Return the names of the programs below the guard."""
        return program_names_below(self._guard.pid, self._spares)

    def dialog_titles(self) -> tuple[str, ...]:
        """Return nothing: what an engine shows cannot be asked of X, Wayland or macOS."""
        return ()

    def _has_output(self) -> bool:
        """Wait until there is output, or its end; return False when nobody is left who could make any."""
        while True:
            ready = self._ready.poll(None if self._has_guard else _LAST_WORDS_MS)
            if not ready:
                return False
            if any(descriptor == self._output.fileno() for descriptor, _events in ready):
                # What is spared may write for ever to the output that it inherited.
                is_over = not self._has_guard and self._spares and time.monotonic() > self._listen_until
                return not is_over
            # Still open: somebody killed the guard, whose work is left to do, or what is spared holds it.
            self._has_guard = False
            self._listen_until = time.monotonic() + _LAST_WORDS_MS / 1000
            self._ready.unregister(self._control)
            self._end_group()

    def _end_group(self) -> None:
        """End what is left of the renderer's process group, but for programs that others use as well."""
        if not self._spares:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._pid, signal.SIGKILL)
            return
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error, OSError):
                if os.getpgid(process.pid) == self._pid and process.name().lower() not in self._spares:
                    process.kill()

    def _end_strays(self) -> None:
        """End what bears this tree's mark, wherever it went; for when the guard cannot do it any more."""
        while strays := [process for process in psutil.process_iter() if self._is_stray(process)]:
            for process in strays:
                with contextlib.suppress(psutil.Error):
                    process.kill()
            psutil.wait_procs(strays, timeout=1.0)

    def _is_stray(self, process: psutil.Process) -> bool:
        try:
            if process.environ().get(_TREE) != self._tree or process.status() == psutil.STATUS_ZOMBIE:
                return False
            return process.name().lower() not in self._spares
        except (psutil.Error, OSError):
            return False

    def _measure(self) -> None:
        self._measure_at = time.monotonic() + _MEASURE_EVERY_S
        peak = peak_memory_bytes(self._pid)
        if peak is not None:
            self._peak_memory_bytes = max(peak, self._peak_memory_bytes or 0)

    def _close(self) -> None:
        self.close_input()
        self._output.close()
        self._control.close()


def peak_memory_bytes(pid: int) -> int | None:
    """Return the highest resident size of a process so far (Linux: VmHWM), or its present one."""
    try:
        with Path(f"/proc/{pid}/status").open("rb") as file:
            for line in file:
                if line.startswith(b"VmHWM:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    try:
        return int(psutil.Process(pid).memory_info().rss)
    except psutil.Error:
        return None


def _first_line(control: socket.socket) -> bytes:
    line = b""
    while not line.endswith(b"\n"):
        piece = control.recv(64)
        if not piece:
            break
        line += piece
    return line.strip()
