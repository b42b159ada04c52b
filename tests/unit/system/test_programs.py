"""Programs are found on the PATH, and not in the folder one happens to be in."""

import sys
from pathlib import Path

import pytest

from render_manager.system.programs import find_program, search

ENDINGS = [".COM", ".exe", "", ".bat"]


def put(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"")
    path.chmod(0o755)
    return str(path)


def test_the_first_folder_and_the_first_ending_win(tmp_path: Path) -> None:
    put(tmp_path / "b" / "blender.exe")
    bat = put(tmp_path / "a" / "blender.bat")
    folders = [str(tmp_path / name) for name in ("missing", "a", "b")]
    assert search("blender", folders, ENDINGS) == bat
    exe = put(tmp_path / "a" / "blender.exe")
    assert search("blender", folders, ENDINGS) == exe
    assert search("blender.BAT", folders, ENDINGS) is None or sys.platform == "win32"
    assert search("blender.bat", folders, ENDINGS) == bat
    assert search("maya", folders, ENDINGS) is None


def test_a_file_without_an_ending_and_a_folder_are_no_programs(tmp_path: Path) -> None:
    put(tmp_path / "blender")
    (tmp_path / "blender.exe").mkdir()
    assert search("blender", [str(tmp_path)], ENDINGS) is None


@pytest.mark.parametrize("folder", ["", ".", "bin", "..", '""'])
def test_nothing_is_taken_from_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str
) -> None:
    put(tmp_path / "blender.exe")
    put(tmp_path / "bin" / "blender.exe")
    monkeypatch.chdir(tmp_path)
    assert search("blender", [folder], ENDINGS) is None


def test_the_path_of_this_computer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = "toyrender.exe" if sys.platform == "win32" else "toyrender"
    program = put(tmp_path / "bin" / name)
    put(tmp_path / "here" / name)
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    assert find_program("toyrender") == program
    monkeypatch.setenv("PATH", str(tmp_path / "missing"))
    assert find_program("toyrender") is None
