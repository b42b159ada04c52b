"""What of the Windows way can be tried elsewhere: the module with stand-ins for the two system libraries."""

import importlib
import os
import signal
import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from types import ModuleType, SimpleNamespace

import pytest

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

    libraries = {
        "pywintypes": SimpleNamespace(error=OSError),
        "win32api": SimpleNamespace(),
        "win32con": SimpleNamespace(),
        "win32job": SimpleNamespace(TerminateJobObject=terminate),
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


def test_a_child_left_behind_does_not_keep_the_output_open(windows: ModuleType) -> None:
    popen = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(LEAVES_A_CHILD)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
        bufsize=0,
    )
    process = windows.JobObjectProcess(popen, popen.pid)
    said = []

    def read() -> None:
        while chunk := process.read():
            said.append(chunk)

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    reader.join(10)
    is_over = not reader.is_alive()
    outcome = process.wait()
    assert is_over, "read never came to its end"
    assert b"".join(said) == b"said\n"
    assert (outcome.exit_code, outcome.was_killed) == (3, False)
