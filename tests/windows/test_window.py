"""The window on Windows' own platform plug-in, and the file manager's command line."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from support.processes import wait_until
from support.windows import make_exe

from render_manager.ui import files

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("platform", ["windows", "offscreen"])
def test_the_program_finds_nothing_wrong_with_itself(tmp_path: Path, platform: str) -> None:
    env = {**os.environ, "QT_QPA_PLATFORM": platform, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    command = [sys.executable, "-m", "render_manager.app", "self-test", "--json"]
    done = subprocess.run(
        [*command, "--base-dir", str(tmp_path / "数据")],
        stdin=subprocess.PIPE,
        capture_output=True,
        env=env,
        check=False,
    )
    checks = [json.loads(line) for line in done.stdout.decode("utf-8").splitlines()]
    text = json.dumps(checks)
    assert done.returncode == 0, text + done.stderr.decode("utf-8", "replace")
    assert f"on the platform {platform}" in text


# Said once, where the Windows is older than 10 of 2017 or is wine's.
@pytest.mark.qt_log_ignore("DpiAwareness")
@pytest.mark.parametrize("name", ["a, b & (c).png", "影_0001.exr", "50%.png"])
def test_a_file_is_shown_in_the_file_manager(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    heard, shown = tmp_path / "heard", tmp_path / "pictures, old" / name
    shown.parent.mkdir()
    shown.touch()
    code = (
        "import ctypes, os\n"
        "ask = ctypes.windll.kernel32.GetCommandLineW\n"
        "ask.restype = ctypes.c_wchar_p\n"
        f"with open({str(heard) + '.part'!r}, 'w', encoding='utf-8') as file: file.write(ask())\n"
        f"os.replace({str(heard) + '.part'!r}, {str(heard)!r})\n"
    )
    stand_in = make_exe(tmp_path / "explorer.exe", code)
    monkeypatch.setattr(files, "_explorer", lambda: str(stand_in))
    assert files.show_in_folder(shown)
    wait_until(heard.exists, "the file manager to be started")
    assert heard.read_text("utf-8").endswith(f'/select,"{shown}"')


def test_the_file_manager_is_windows_own() -> None:
    assert Path(files._explorer()).is_file()
