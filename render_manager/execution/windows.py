"""Windows: every renderer runs in a Job Object of its own that the system closes, and kills, with us."""

import contextlib
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
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

assert sys.platform == "win32"

import msvcrt

import pywintypes
import win32api
import win32con
import win32gui
import win32job
import win32pipe
import win32process

_CREATE_SUSPENDED = 0x4
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
_NO_ERROR_BOXES = 0x0001 | 0x0002 | 0x8000
"""No boxes about drives without a disk, crashes, or files that cannot be opened (SetErrorMode)."""
_DIALOG_CLASS = "#32770"
"""Class of the windows that dialogs of the system and message boxes are."""
_DLL_FOLDER_LOCK = threading.Lock()
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
    # Children inherit it: what goes wrong in them must not wait in a box for somebody to click it away.
    win32api.SetErrorMode(_NO_ERROR_BOXES)
    job = win32job.CreateJobObject(None, "")
    limits = win32job.QueryInformationJobObject(job, win32job.JobObjectExtendedLimitInformation)
    limits["BasicLimitInformation"]["LimitFlags"] |= (
        win32job.JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE | win32job.JOB_OBJECT_LIMIT_DIE_ON_UNHANDLED_EXCEPTION
    )
    win32job.SetInformationJobObject(job, win32job.JobObjectExtendedLimitInformation, limits)
    try:
        with _without_dll_folder():
            process = subprocess.Popen(
                list(argv),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                env=dict(env),
                cwd=cwd,
                creationflags=_CREATE_SUSPENDED | subprocess.CREATE_NO_WINDOW | _PRIORITIES[courtesy.urgency],
                bufsize=0,
            )
    except OSError as error:
        raise StartError(
            _("{program} could not be started: {why}.").format(program=argv[0], why=_why(error, argv[0], cwd))
        ) from error
    try:
        win32job.AssignProcessToJobObject(job, int(process._handle))  # type: ignore[attr-defined]  # noqa: SLF001 - Popen keeps the handle there only
        if courtesy.present_processors:
            # Processes that it starts get the same.
            psutil.Process(process.pid).cpu_affinity(list(courtesy.present_processors))
        psutil.Process(process.pid).resume()
    except (pywintypes.error, psutil.Error) as error:
        process.kill()
        raise StartError(
            _("{program} could not be put under control: {why}").format(program=argv[0], why=error)
        ) from error
    return JobObjectProcess(process, job, spares)


@contextlib.contextmanager
def _without_dll_folder() -> Iterator[None]:
    """Let a program be started that does not look for its libraries among ours.

    The loader of a frozen program names its folder to the system (SetDllDirectory), and what it starts gets
    the same (PyInstaller's manual, *Launching external programs*).
    """
    with _DLL_FOLDER_LOCK:
        try:
            ours = win32api.GetDllDirectory()
        except pywintypes.error:
            # There is none.
            ours = ""
        if ours:
            win32api.SetDllDirectory(None)
        try:
            yield
        finally:
            if ours:
                win32api.SetDllDirectory(ours)


def _why(error: OSError, program: str, cwd: Path | None) -> str:
    """Return why a program was not started, the numbers being Microsoft's list of system error codes."""
    if cwd is not None and not cwd.is_dir():
        return _("the working folder {folder} does not exist").format(folder=cwd)
    may_not = _("this user may not run it")
    if Path(program).is_dir():
        return may_not
    absent = (
        _("something it needs to run does not exist") if Path(program).exists() else _("it does not exist")
    )
    no_program = _("it is not a program for this computer")
    no_memory = _("there is not enough memory")
    known = {
        **dict.fromkeys((2, 3, 123), absent),
        **dict.fromkeys((5, 740, 1260), may_not),
        **dict.fromkeys((193, 216), no_program),
        **dict.fromkeys((8, 14, 1455), no_memory),
        206: _("its path or its arguments are too long"),
        14001: absent,
    }
    code = getattr(error, "winerror", None)
    return known.get(code, error.strerror or str(error)) if code is not None else str(error)


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
        with contextlib.suppress(pywintypes.error):
            win32job.TerminateJobObject(self._job, 1)

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
        with contextlib.suppress(pywintypes.error):
            limits = win32job.QueryInformationJobObject(self._job, win32job.JobObjectExtendedLimitInformation)
            limits["BasicLimitInformation"]["LimitFlags"] &= ~win32job.JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE
            win32job.SetInformationJobObject(self._job, win32job.JobObjectExtendedLimitInformation, limits)

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
