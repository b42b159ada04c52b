"""Scene files as the patterns of a definition read them."""

from pathlib import Path

import pytest
from support.own_engines import TOY, povray, write_definition

from render_manager.domain.errors import UserError
from render_manager.domain.scene import SceneInfo, Severity
from render_manager.engines.commands import patterns
from render_manager.engines.commands.reading import read_definition
from render_manager.engines.commands.scene import read_scene


def read(folder: Path, text: str | bytes, definition: str = TOY) -> SceneInfo:
    path = folder / "shot.toy"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_scene(path, read_definition(write_definition(folder, folder / "toyrender", definition)))


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_what_a_scene_says(tmp_path: Path, ends: str) -> None:
    text = "toy scene\nstart = -3\nend = 12\nwidth = 64\nheight = 36\nfps = 23.976\n".replace("\n", ends)
    scene = read(tmp_path, text)
    assert (scene.engine, scene.renderer, scene.file_format) == ("toy", "ToyRender", "PNG")
    assert (scene.has_frame_range, scene.frame_start, scene.frame_end, scene.frame_step) == (True, -3, 12, 1)
    assert (scene.width, scene.height, scene.fps) == (64, 36, 23.976)
    assert scene.problems == ()


@pytest.mark.parametrize(
    "text", ["toy scene", "start = 1", "end = 9", "xstart = 1\nend = 9", "start = x\nend = 2"]
)
def test_a_scene_that_does_not_say_its_frames(tmp_path: Path, text: str) -> None:
    scene = read(tmp_path, text)
    assert (scene.has_frame_range, scene.frame_start, scene.frame_end) == (False, 0, 0)
    assert (scene.width, scene.height, scene.fps) == (0, 0, 0.0)


def test_numbers_that_are_none(tmp_path: Path) -> None:
    wild = TOY.replace("'^width = (\\d+)'", "'^width = (\\S+)'").replace(
        "'^fps = ([\\d.]+)'", "'^fps = (.*)'"
    )
    for number in ("inf", "nan", "1e999", "-1e13", "", "x" * 100, "9" * 400):
        scene = read(tmp_path, f"width = {number}\nfps = {number}", wild)
        assert (scene.width, scene.fps) == (0, 0.0)
    assert read(tmp_path, "width = -5", wild).width == 0
    assert read(tmp_path, "width = 64.0", wild).width == 64


def test_a_step(tmp_path: Path) -> None:
    stepped = TOY.replace("[scene]", "[scene]\nframe_step = 'step (\\d+)'")
    assert read(tmp_path, "start = 1\nend = 9\nstep 4", stepped).frame_step == 4
    assert read(tmp_path, "start = 1\nend = 9\nstep 0", stepped).frame_step == 1


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    assert read(tmp_path, b"\xff\xfe\0\nstart = 1\nend = 2\n").frame_end == 2


def test_a_pattern_that_takes_too_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patterns, "LONGEST_FILE_SEARCH_S", 0.02)
    slow = TOY.replace("'^fps = ([\\d.]+)'", "'(x|xx)+$1'")
    scene = read(tmp_path, "x" * 60 + "\nstart = 1\nend = 2\n", slow)
    assert scene.frame_end == 2
    (problem,) = scene.problems
    assert problem.severity is Severity.WARNING
    assert problem.text.startswith("The pattern scene.fps in the definition of ToyRender takes too long")


def test_files_that_are_no_scenes(tmp_path: Path) -> None:
    engine = povray()
    with pytest.raises(UserError, match=r"gone\.pov does not exist\. It may have been moved"):
        engine.inspect(tmp_path / "gone.pov")
    with pytest.raises(UserError, match="is a folder, not a scene file"):
        engine.inspect(tmp_path)
    (tmp_path / "empty.pov").touch()
    with pytest.raises(UserError, match=r"is empty\. Save the scene again"):
        engine.inspect(tmp_path / "empty.pov")
    # Windows looks for such a file, and does not find it.
    with pytest.raises(UserError, match=r"cannot be read: File name too long|x does not exist\."):
        engine.inspect(tmp_path / ("x" * 300))
