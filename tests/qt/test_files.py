"""Other programs that are opened from the window get the user's own environment."""

import os
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QProcessEnvironment, QUrl
from support.processes import wait_until

from render_manager.ui import files
from render_manager.ui.files import open_file, start_detached

pytestmark = [
    pytest.mark.usefixtures("qapp"),
    pytest.mark.skipif(os.name != "posix", reason="starts a shell to see its environment"),
]


def test_a_program_that_is_started_does_not_get_our_variables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QT_PLUGIN_PATH", "/ours")
    monkeypatch.setenv("STUDIO_TOOL", "yes")
    seen = tmp_path / "seen"
    assert start_detached("/bin/sh", ["-c", 'env > "$1.new" && mv "$1.new" "$1"', "sh", str(seen)])
    wait_until(seen.exists, "the environment of a program")
    names = {line.partition("=")[0] for line in seen.read_text("utf-8").splitlines()}
    assert "STUDIO_TOOL" in names
    assert "QT_PLUGIN_PATH" not in names


def test_one_that_is_not_there_is_told(tmp_path: Path) -> None:
    assert not start_detached(str(tmp_path / "nothing"), [])


def test_what_opens_a_file_does_not_get_them_either(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[str, bool]] = []

    def open_url(url: QUrl) -> bool:
        # What the system hands on to the program.
        seen.append((url.toLocalFile(), QProcessEnvironment.systemEnvironment().contains("PYTHONPATH")))
        return True

    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
    monkeypatch.setattr(files.QDesktopServices, "openUrl", open_url)
    assert open_file(tmp_path / "a 场景.blend")
    assert seen == [(str(tmp_path / "a 场景.blend"), False)]
    assert QProcessEnvironment.systemEnvironment().contains("PYTHONPATH")
