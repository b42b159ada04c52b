"""What the program writes for itself is for this user alone; frames are as the umask says."""

import stat
import sys
from pathlib import Path

import pytest
from support import stand_in
from support.command_line import CommandLine

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="modes mean nothing there")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


def open_to_others(folder: Path) -> list[str]:
    return [
        f"{path.relative_to(folder)} {mode(path):o}"
        for path in sorted(folder.rglob("*"))
        if not path.is_symlink() and mode(path) & 0o077
    ]


@pytest.mark.parametrize("umask", [0o000, 0o022])
@pytest.mark.parametrize("is_there", [False, True], ids=["new folder", "folder of others"])
def test_data_is_private_and_frames_are_not(tmp_path: Path, umask: int, is_there: bool) -> None:
    desk = CommandLine(tmp_path)
    if is_there:
        desk.base.mkdir(mode=0o755)
    desk.env = {"BLENDER_EXECUTABLE": str(stand_in.install(tmp_path / "bin"))}
    scene = stand_in.write_scene(tmp_path / "scene.blend", end=2)
    out = tmp_path / "frames"

    answer = desk.run("render", scene, "--output", out, umask=umask)

    assert answer.code == 0, answer.err
    kinds = {path.suffix for path in desk.base.rglob("*") if path.is_file()}
    assert {".db", ".log", ".lock", ".jpg", ".json"} <= kinds
    assert open_to_others(desk.base) == []
    assert mode(desk.base) == (0o755 if is_there else 0o700)
    for picture in out.glob("*.png"):
        assert mode(picture) == 0o666 & ~umask
    assert mode(out) == 0o777 & ~umask


def test_what_an_earlier_version_left_open_is_closed(tmp_path: Path) -> None:
    desk = CommandLine(tmp_path)
    desk.env = {"XDG_DATA_HOME": str(tmp_path / "data"), "XDG_CONFIG_HOME": str(tmp_path / "config")}
    desk.env |= {"XDG_CACHE_HOME": str(tmp_path / "cache"), "XDG_STATE_HOME": str(tmp_path / "state")}
    desk.env["HOME"] = str(tmp_path)
    folders = [path / "RenderManager" for path in (tmp_path / "data", tmp_path / "config")]
    for folder in folders:
        folder.mkdir(parents=True)
        folder.chmod(0o755)
    assert desk.run("jobs", base=False).code == 0
    if sys.platform == "linux":
        assert [mode(folder) for folder in folders] == [0o700, 0o700]
        assert mode(tmp_path / "data") & 0o055, "the system's own folder stays as it is"
