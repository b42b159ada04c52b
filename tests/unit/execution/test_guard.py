"""The guard alone, when the program has died before it could say anything."""

import os
import socket
import subprocess
import sys
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


def test_the_guard_of_the_built_program_hands_on_what_the_user_had(tmp_path: Path) -> None:
    """The bootloader has put its own into the guard's environment, which the renderer inherits."""
    root = Path(__file__).resolve().parents[3]
    code = (
        f"import sys; sys.path.insert(0, {str(root)!r})\n"
        f"sys.frozen, sys._MEIPASS = True, {str(tmp_path)!r}\n"
        "from render_manager.execution.frozen_guard import be_guard; be_guard()"
    )
    env = {
        "LD_LIBRARY_PATH": str(tmp_path),
        "LD_LIBRARY_PATH_ORIG": "/users",
        "_PYI_ARCHIVE_FILE": "/ours",
        "QT_PLUGIN_PATH": str(tmp_path / "PySide6"),
        "PYTHONUTF8": "1",
    }
    ours, theirs = socket.socketpair()
    with ours, theirs:
        done = subprocess.run(
            [sys.executable, "-c", code, "--guard", str(theirs.fileno()), "", "0", "", "--", "/usr/bin/env"],
            env=env,
            pass_fds=(theirs.fileno(),),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
    found = dict(line.split("=", 1) for line in done.stdout.splitlines())
    found.pop("LC_CTYPE", None)
    assert found == {"LD_LIBRARY_PATH": "/users", "PYTHONUTF8": "1"}
