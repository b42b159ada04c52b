"""Windows: every renderer runs in a Job Object of its own that the system closes, and kills, with us."""

import contextlib
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
    Urgency,
    cpu_seconds_below,
    memory_bytes_below,
    processes_below,
    program_name,
    program_names_below,
)
from render_manager.system.start_errors import reason_on_windows

assert sys.platform == "win32"

import msvcrt

import pywintypes
import win32api
import win32con
import win32gui
import win32job
import win32pipe
import win32process

from render_manager.system.job_objects import (
    CREATE_SUSPENDED,
    as_a_stranger,
    end_all,
    let_go,
    new_job,
    run_in,
)

_CHUNK_BYTES = 64 * 1024
_MEASURE_EVERY_S = 0.5
_PEEK_EVERY_S = 0.05
_LAST_WORDS_S = 1.0
"""After the renderer's end output is waited for this long: who holds the pipe then is spared."""
_PRIORITIES = {
    Urgency.NORMAL: 0x20,
    Urgency.BELOW_NORMAL: 0x4000,
    Urgency.IDLE: 0x40,
}
"""Priority classes; processes that such a process starts get the same, but for a normal one."""
_DIALOG_CLASS = "#32770"
"""Class of the windows that dialogs of the system and message boxes are."""
_MOST_ROUNDS = 10
"""How often the processes of a job are gone through; each may start others meanwhile."""


def start(
    argv: Sequence[str],
    *,
    env: Mapping[str, str],
    cwd: Path | None,
    spares: Sequence[str] = (),
    courtesy: Courtesy | None = None,
) -> "JobObjectProcess":
    """Start `argv` suspended, put it into a Job Object, then let it run; raises StartError."""
    courtesy = courtesy or Courtesy()
    job = new_job()
    try:
        with as_a_stranger():
            process = subprocess.Popen(
                list(argv),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                env=dict(env),
                cwd=cwd,
                creationflags=CREATE_SUSPENDED | subprocess.CREATE_NO_WINDOW | _PRIORITIES[courtesy.urgency],
                bufsize=0,
            )
    except OSError as error:
        raise StartError(
            _("{program} could not be started: {why}.").format(program=argv[0], why=_why(error, argv[0], cwd))
        ) from error
    try:
        handle = int(process._handle)  # type: ignore[attr-defined]  # noqa: SLF001 - Popen keeps the handle there only
        run_in(job, handle, process.pid, processors=courtesy.present_processors)
    except OSError as error:
        process.kill()
        raise StartError(
            _("{program} could not be put under control: {why}").format(program=argv[0], why=error)
        ) from error
    return JobObjectProcess(process, job, spares)


def _why(error: OSError, program: str, cwd: Path | None) -> str:
    if cwd is not None and not cwd.is_dir():
        return _("the working folder {folder} does not exist").format(folder=cwd)
    return reason_on_windows(error, program)


class JobObjectProcess:
    """A renderer in a Job Object."""

    def __init__(self, process: subprocess.Popen[bytes], job: object, spares: Sequence[str] = ()) -> None:
        self._process = process
        self._job = job
        self._spares = frozenset(name.lower() for name in spares)
        self._started_at = time.monotonic()
        self._killed = False
        self._write_lock = threading.Lock()
        self._peak_memory_bytes: int | None = None
        self._measure_at = 0.0
        self._listen_until: float | None = None
        watch = threading.Thread(target=self._end_leftovers, name=f"end-of-{process.pid}", daemon=True)
        watch.start()

    @property
    def pid(self) -> int:
        """Return the renderer's pid."""
        return self._process.pid

    def read(self) -> bytes:
        """Wait for output and return it; empty at the end."""
        assert self._process.stdout is not None
        chunk = b""
        if not self._spares or self._has_output(self._process.stdout.fileno()):
            chunk = self._process.stdout.read(_CHUNK_BYTES) or b""
        if time.monotonic() >= self._measure_at:
            self._measure()
        return chunk

    def write_line(self, text: str) -> bool:
        """Write a line to the renderer's standard input; return False when it no longer listens."""
        with self._write_lock:
            stdin = self._process.stdin
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
            if self._process.stdin is not None:
                self._process.stdin.close()

    def kill(self) -> None:
        """End every process of the job."""
        self._killed = True
        self._terminate()

    def wait(self) -> ProcessOutcome:
        """Wait for the renderer, then end what it left behind."""
        code = self._process.wait()
        self._terminate()
        self.close_input()
        if self._process.stdout is not None:
            self._process.stdout.close()
        return ProcessOutcome(
            exit_code=code,
            was_killed=self._killed,
            seconds=time.monotonic() - self._started_at,
            peak_memory_bytes=self._peak_memory_bytes,
        )

    def cpu_seconds(self) -> float | None:
        """Return the processor time of the renderer and the processes below it."""
        return cpu_seconds_below(self._process.pid, self._spares)

    def memory_bytes(self, *, is_exact: bool = False) -> int | None:
        """Return the memory of the renderer and the processes below it."""
        used = memory_bytes_below(self._process.pid, self._spares, is_exact=is_exact)
        if used is not None:
            self._peak_memory_bytes = max(used, self._peak_memory_bytes or 0)
        return used

    def peak_memory_bytes(self) -> int | None:
        """Return the most memory the renderer was seen to use, with its children where that was looked at."""
        self._measure()
        return self._peak_memory_bytes

    def program_names(self) -> tuple[str, ...]:
        """Return the names of the renderer's program and of those below it."""
        return program_names_below(self._process.pid, self._spares)

    def dialog_titles(self) -> tuple[str, ...]:
        """Return the titles of the visible dialogs of the renderer's job."""
        titles: list[str] = []

        def look(window: int, _nothing: object) -> bool:
            if win32gui.IsWindowVisible(window) and win32gui.GetClassName(window) == _DIALOG_CLASS:
                _thread, pid = win32process.GetWindowThreadProcessId(window)
                with contextlib.suppress(psutil.Error):
                    if self._is_to_end(psutil.Process(pid)):
                        titles.append(win32gui.GetWindowText(window))
            return True

        with contextlib.suppress(pywintypes.error):
            win32gui.EnumWindows(look, None)
        return tuple(titles)

    def _end_leftovers(self) -> None:
        """Wait for the renderer's end, on a thread of its own, and end what it left behind.

        A child that inherited the standard output would keep `read` waiting for ever.
        """
        self._process.wait()
        try:
            self._terminate()
        finally:
            self._listen_until = time.monotonic() + _LAST_WORDS_S

    def _has_output(self, descriptor: int) -> bool:
        """Wait until there is output, or its end; return False when only what is spared holds it open.

        Programs inherit the pipe whether they want it or not; a plain read would wait for them for ever.
        """
        handle = msvcrt.get_osfhandle(descriptor)
        while self._listen_until is None or time.monotonic() < self._listen_until:
            try:
                if win32pipe.PeekNamedPipe(handle, 0)[1]:
                    return True
            except pywintypes.error:
                # Nobody holds it any more: reading it says so.
                return True
            time.sleep(_PEEK_EVERY_S)
        return False

    def _terminate(self) -> None:
        if self._spares:
            self._terminate_but_spared()
            return
        end_all(self._job)

    def _terminate_but_spared(self) -> None:
        """End the processes of the job one by one but for those that others use as well, and let those go.

        If this program dies, the system ends these too: a Job Object knows no exceptions.
        """
        for _round in range(_MOST_ROUNDS):
            ours = {process for process in psutil.process_iter() if self._is_to_end(process)}
            # Whether a process is in the job is not always told to those who ask.
            ours |= set(processes_below(self._process.pid, self._spares))
            for process in ours:
                with contextlib.suppress(psutil.Error):
                    process.kill()
            if not ours:
                break
            psutil.wait_procs(ours, timeout=1.0)
        let_go(self._job)

    def _is_to_end(self, process: psutil.Process) -> bool:
        if program_name(process) in self._spares:
            return False
        try:
            handle = win32api.OpenProcess(win32con.PROCESS_QUERY_LIMITED_INFORMATION, False, process.pid)
        except pywintypes.error:
            return False
        try:
            return bool(win32job.IsProcessInJob(handle, self._job))
        except pywintypes.error:
            return False
        finally:
            win32api.CloseHandle(handle)

    def _measure(self) -> None:
        self._measure_at = time.monotonic() + _MEASURE_EVERY_S
        with contextlib.suppress(psutil.Error):
            peak = int(psutil.Process(self._process.pid).memory_info().peak_wset)
            self._peak_memory_bytes = max(peak, self._peak_memory_bytes or 0)
