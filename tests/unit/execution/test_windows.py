"""What of the Windows way can be tried elsewhere: the module with stand-ins for the two system libraries."""

import array
import importlib
import os
import select
import signal
import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from render_manager.domain.outcome import ProcessOutcome

pytestmark = pytest.mark.skipif(os.name != "posix", reason="there the real libraries are used")

LEAVES_A_CHILD = """
import os, sys, time
print("said", flush=True)
if os.fork() == 0:
    time.sleep(60)  # with the standard output it inherited
    os._exit(0)
sys.exit(3)
"""


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    def terminate(group: int, _code: int) -> None:
        try:
            os.killpg(group, signal.SIGKILL)
        except ProcessLookupError as error:
            raise OSError("there is nothing left") from error

    def refuse(*_parts: object) -> None:
        raise OSError("no such job")

    libraries = {
        "pywintypes": SimpleNamespace(error=OSError),
        "win32api": SimpleNamespace(OpenProcess=refuse),
        "win32con": SimpleNamespace(PROCESS_QUERY_LIMITED_INFORMATION=0x1000),
        "win32job": SimpleNamespace(
            TerminateJobObject=terminate,
            QueryInformationJobObject=refuse,
            JobObjectExtendedLimitInformation=9,
        ),
        "win32pipe": SimpleNamespace(PeekNamedPipe=peek),
        "win32gui": SimpleNamespace(),
        "win32process": SimpleNamespace(),
        "msvcrt": SimpleNamespace(get_osfhandle=lambda descriptor: descriptor),
    }
    for name, library in libraries.items():
        monkeypatch.setitem(sys.modules, name, library)  # type: ignore[arg-type]
    importlib.import_module("psutil")  # which asks for the system when it is imported
    monkeypatch.setattr(sys, "platform", "win32")
    name = "render_manager.execution.windows"
    monkeypatch.delitem(sys.modules, name, raising=False)
    module = importlib.import_module(name)
    monkeypatch.undo()
    monkeypatch.setattr(module.JobObjectProcess, "_measure", lambda self: None)
    yield module
    sys.modules.pop(name, None)


def peek(descriptor: int, _size: int) -> tuple[bytes, int, int]:
    """Do what PeekNamedPipe does: say how much is there, fail when nobody can write any more."""
    fcntl, termios = pytest.importorskip("fcntl"), pytest.importorskip("termios")
    waiting = array.array("i", [0])
    fcntl.ioctl(descriptor, termios.FIONREAD, waiting)
    if not waiting[0] and select.select([descriptor], [], [], 0)[0]:
        raise OSError("the pipe is broken")
    return b"", waiting[0], 0


def test_a_spared_program_that_goes_on_does_not_keep_the_output_open(windows: ModuleType) -> None:
    popen = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(LEAVES_A_CHILD)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
        bufsize=0,
    )
    try:
        output, outcome = read_to_its_end(windows.JobObjectProcess(popen, popen.pid, ("zenserver",)))
    finally:
        os.killpg(popen.pid, signal.SIGKILL)
    assert output == b"said\n"
    assert (outcome.exit_code, outcome.was_killed) == (3, False)


def test_all_that_is_said_is_read_where_programs_are_spared(windows: ModuleType) -> None:
    code = "import time; print('a' * 300000, flush=True); time.sleep(0.2); print('end')"
    popen = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0
    )
    output, outcome = read_to_its_end(windows.JobObjectProcess(popen, popen.pid, ("zenserver",)))
    assert output == b"a" * 300000 + b"\nend\n"
    assert outcome.exit_code == 0


def test_a_child_left_behind_does_not_keep_the_output_open(windows: ModuleType) -> None:
    popen = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(LEAVES_A_CHILD)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
        bufsize=0,
    )
    output, outcome = read_to_its_end(windows.JobObjectProcess(popen, popen.pid))
    assert output == b"said\n"
    assert (outcome.exit_code, outcome.was_killed) == (3, False)


def read_to_its_end(process: Any) -> tuple[bytes, ProcessOutcome]:
    said: list[bytes] = []

    def read() -> None:
        while chunk := process.read():
            said.append(chunk)

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    reader.join(10)
    assert not reader.is_alive(), "read never came to its end"
    return b"".join(said), process.wait()
