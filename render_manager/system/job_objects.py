"""Windows: Job Objects, which hold a program with all that it starts, and end it with all of that."""

import contextlib
import sys
import threading
from collections.abc import Iterator, Sequence
from typing import Any

import psutil

assert sys.platform == "win32"

import pywintypes
import win32api
import win32job

CREATE_SUSPENDED = 0x4
"""How a program is started that is put into a job before it can start others."""
_NO_ERROR_BOXES = 0x0001 | 0x0002 | 0x8000
"""No boxes about drives without a disk, crashes, or files that cannot be opened (SetErrorMode)."""
_DLL_FOLDER_LOCK = threading.Lock()


def new_job() -> Any:
    """Return the handle of a new job; the system closes it with this program, and ends what is in it."""
    job = win32job.CreateJobObject(None, "")
    limits = win32job.QueryInformationJobObject(job, win32job.JobObjectExtendedLimitInformation)
    limits["BasicLimitInformation"]["LimitFlags"] |= (
        win32job.JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE | win32job.JOB_OBJECT_LIMIT_DIE_ON_UNHANDLED_EXCEPTION
    )
    win32job.SetInformationJobObject(job, win32job.JobObjectExtendedLimitInformation, limits)
    return job


def run_in(job: Any, handle: int, pid: int, *, processors: Sequence[int] = ()) -> None:
    """Put a program that was started suspended into a job and let it run, on some processors only.

    What it starts gets the same. Raises OSError when the system does not allow it.
    """
    try:
        win32job.AssignProcessToJobObject(job, handle)
        if processors:
            psutil.Process(pid).cpu_affinity(list(processors))
        psutil.Process(pid).resume()
    except (pywintypes.error, psutil.Error) as error:
        raise OSError(str(error)) from error


def end_all(job: Any) -> None:
    """End every process of a job; any thread, and more than once does no harm."""
    with contextlib.suppress(pywintypes.error):
        win32job.TerminateJobObject(job, 1)


def let_go(job: Any) -> None:
    """Have the processes of a job stay when it is closed."""
    with contextlib.suppress(pywintypes.error):
        limits = win32job.QueryInformationJobObject(job, win32job.JobObjectExtendedLimitInformation)
        limits["BasicLimitInformation"]["LimitFlags"] &= ~win32job.JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE
        win32job.SetInformationJobObject(job, win32job.JobObjectExtendedLimitInformation, limits)


@contextlib.contextmanager
def as_a_stranger() -> Iterator[None]:
    """Let a program be started that shows no boxes of the system, and has libraries of its own.

    What goes wrong in it must not wait for somebody to click a box away. The loader of a frozen program names
    its folder to the system (SetDllDirectory), and what it starts would look for libraries there
    (PyInstaller's manual, *Launching external programs*).
    """
    win32api.SetErrorMode(_NO_ERROR_BOXES)
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
