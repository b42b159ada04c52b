"""The guard alone, when the program has died before it could say anything."""

import os
import socket
import subprocess
from pathlib import Path

import pytest
from support.processes import PYTHON

from render_manager.execution import posix

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the guard is for Linux and macOS")


@pytest.mark.parametrize("argv", [[*PYTHON, "-c", "import time; time.sleep(600)"], ["/no/such/engine"]])
def test_a_program_that_died_at_once_is_no_reason_to_leave_anything_running(
    tmp_path: Path, argv: list[str]
) -> None:
    ours, theirs = socket.socketpair()
    ours.close()
    with theirs:
        guard = subprocess.Popen(
            [*posix._guard_command(), str(theirs.fileno()), "", "0", "", "--", *argv],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            pass_fds=(theirs.fileno(),),
            start_new_session=True,
            cwd=tmp_path,
        )
    said, _nothing = guard.communicate(timeout=30)
    assert said == b"", "the guard itself must not break: what it guards would live on"
    assert guard.returncode == (127 if argv[0].startswith("/no") else 137)
