"""Programs that are asked for their version: scripts with what they start, and files that are no programs."""

import sys
from pathlib import Path

import psutil
import pytest
from support.processes import is_alive, pids_in, wait_gone

from render_manager.engines import probing
from render_manager.engines.probing import run_probe

SILENT = "import os, sys, time; print(os.getpid(), file=open(sys.argv[1], 'w')); time.sleep(600)"


def script(folder: Path, command: str) -> Path:
    """Write a script that starts Python with code that is handed over in a file."""
    code = folder / "silent.py"
    code.write_text(SILENT, "utf-8")
    path = folder / "ask me.cmd"
    python = f'"{sys.executable}" -I -S "{code}" "{folder / "pid"}"'
    path.write_text(f"@echo off\r\n{command.format(python=python)}\r\n", "utf-8")
    return path


@pytest.mark.timeout(60)
@pytest.mark.parametrize("command", ["{python}", 'start "" /b {python}'], ids=["waits", "has ended"])
def test_what_a_script_starts_ends_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    """It holds the pipe that the answer comes through, and would be waited for."""
    monkeypatch.setattr(probing, "PROBE_TIMEOUT_S", 8.0)
    probe = run_probe([str(script(tmp_path, command))])
    assert "ask me.cmd did not answer within 8 s." in probe.problem
    wait_gone(pids_in(tmp_path / "pid", 1))


def test_a_script_that_answers(tmp_path: Path) -> None:
    assert run_probe([str(script(tmp_path, "echo Toy 1.0"))]).output.split() == ["Toy", "1.0"]


def test_a_file_that_is_no_program(tmp_path: Path) -> None:
    """What the system says of it has a gap for the file's name, and is in its own language."""
    broken = tmp_path / "toy.exe"
    broken.write_bytes(b"\0\1\2")
    assert run_probe([str(broken)]).problem == (
        f"{broken} cannot be started: it is not a program for this computer."
    )


def test_what_a_program_that_answered_has_started_stays(tmp_path: Path) -> None:
    """It may be a service that others use; it holds no pipe of ours, and no console (DETACHED_PROCESS)."""
    starter = (
        "import subprocess, sys; no = subprocess.DEVNULL; "
        "subprocess.Popen([sys.executable, *sys.argv[1:]], stdin=no, stdout=no, stderr=no, creationflags=8); "
        "print('Toy 1.0')"
    )
    code, pid = tmp_path / "silent.py", tmp_path / "pid"
    code.write_text(SILENT, "utf-8")
    path = tmp_path / "starter.py"
    path.write_text(starter, "utf-8")
    probe = run_probe([sys.executable, "-I", "-S", *map(str, (path, code, pid))])
    (child,) = pids_in(pid, 1)
    try:
        assert probe.output.split() == ["Toy", "1.0"]
        assert is_alive(child)
    finally:
        psutil.Process(child).kill()
