"""Faults of the program itself, for real: a process of its own crashes, and what the next start finds."""

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

pytest.importorskip("PySide6.QtCore", reason="Qt is not installed here")

ROOT = Path(__file__).resolve().parents[2]
RUN = """
import os, sys, threading
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from PySide6.QtCore import QTimer, qFatal, qWarning
from PySide6.QtWidgets import QLabel
from render_manager.ui.crash_bar import CrashBar
from render_manager.ui.faults import FaultDialog
import render_manager.window as window

def fault_dialogs(program):
    return [one for one in program.window.findChildren(FaultDialog) if one.isVisible()]

def behind(*parts):
    program = make(*parts)
    QTimer.singleShot(0, lambda: trouble(program))
    return program

make, window.program_behind = window.program_behind, behind
"""
END = "\nsys.exit(window.run_window(Path(sys.argv[2]), [], is_demo=False))\n"


def run(base: Path, trouble: str) -> "subprocess.CompletedProcess[str]":
    """Run the program with something that goes wrong in it, in a process of its own."""
    code = textwrap.dedent(RUN) + textwrap.dedent(trouble) + END
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PATH": str(base), "BLENDER_EXECUTABLE": ""}
    command = [sys.executable, "-c", code, str(ROOT), str(base)]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=90, env=environment, cwd=base
    )


@pytest.mark.skipif(os.name != "posix", reason="signals")
@pytest.mark.parametrize(
    ("trouble", "number", "words"),
    [
        ("os.kill(os.getpid(), 11)", signal.SIGSEGV, "Segmentation fault"),
        ("__import__('ctypes').string_at(0)", signal.SIGSEGV, "Segmentation fault"),
        ("qFatal('the display is gone')", signal.SIGABRT, "qFatal() call"),
    ],
)
def test_a_hard_crash_is_shown_at_the_next_start(
    tmp_path: Path, trouble: str, number: int, words: str
) -> None:
    crashed = run(tmp_path, f"def trouble(program):\n    {trouble}\n")
    assert crashed.returncode == -number, crashed.stderr
    shown = run(
        tmp_path,
        """
        def trouble(program):
            bar = program.window.findChild(CrashBar)
            print(bar.isHidden(), bar.text.text(), flush=True)
            bar.buttons[2].click()
            print(bar.isHidden(), flush=True)
            program.stop()
        """,
    )
    assert shown.returncode == 0, shown.stderr
    left = tmp_path / "logs" / "last-crash.txt"
    assert shown.stdout.splitlines() == [
        f"False Render Manager ended unexpectedly the last time. {left} tells more.",
        "True",
    ]
    assert words in left.read_text("utf-8")
    third = run(
        tmp_path,
        "def trouble(program):\n    print(program.window.findChild(CrashBar).isHidden())\n"
        "    program.stop()\n",
    )
    assert third.stdout.strip() == "True", "it is told once"


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param("QTimer.singleShot(0, lambda: 1 / 0)", id="slot"),
        pytest.param("threading.Thread(target=lambda: 1 / 0).start()", id="thread"),
        pytest.param("program.spawn(task())", id="task"),
        pytest.param("program._reading_pool.submit(lambda: 1 / 0)", id="pool thread"),
    ],
)
def test_a_survived_mistake_opens_one_dialog_however_often_it_comes(tmp_path: Path, fault: str) -> None:
    done = run(
        tmp_path,
        f"""
        async def task():
            1 / 0

        def trouble(program):
            for _time in range(5):
                {fault}
            wait(program)

        def wait(program):
            if program.night.faults.count < 5:
                QTimer.singleShot(10, lambda: wait(program))
                return
            (dialog,) = fault_dialogs(program)
            print(dialog.count.text())
            print("ZeroDivisionError" in dialog.text.toPlainText())
            program.stop()
        """,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["Mistakes so far: 5. The newest one is shown.", "True"]
    log = (tmp_path / "logs" / "render-manager.log").read_text("utf-8")
    assert 1 <= log.count("ZeroDivisionError: division by zero") <= 5
    survived = tmp_path / "logs" / "survived-crash.txt"
    assert "ZeroDivisionError" in survived.read_text("utf-8")
    assert not (tmp_path / "logs" / "crash.txt").exists()


def test_what_qt_says_is_in_the_programs_log(tmp_path: Path) -> None:
    done = run(tmp_path, "def trouble(program):\n    qWarning('a font is missing')\n    program.stop()\n")
    assert done.returncode == 0, done.stderr
    log = (tmp_path / "logs" / "render-manager.log").read_text("utf-8")
    assert "WARNING MainThread render_manager.ui.qt_messages: Qt: a font is missing" in log
