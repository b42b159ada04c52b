"""Where a scene's output path leads on this computer."""

import sys
from pathlib import Path

import pytest

from render_manager.domain.naming import frame_name
from render_manager.domain.scene import SceneInfo
from render_manager.engines.blender.output import output_of

posix_only = pytest.mark.skipif(sys.platform == "win32", reason="paths of the other systems")


def scene(output: str, version: tuple[int, int] = (4, 2), path: str = "/proj/shots/a b.blend") -> SceneInfo:
    return SceneInfo(
        path=Path(path),
        engine="blender",
        engine_version=version,
        frame_start=1,
        frame_end=10,
        frame_step=1,
        fps=23.976,
        width=1920,
        height=1080,
        scene="Shot_010",
        scenes=("Shot_010",),
        camera="Nah",
        cameras=("Nah",),
        layers=(),
        renderer="CYCLES",
        output=output,
        file_format="PNG",
    )


@posix_only
@pytest.mark.parametrize(
    ("output", "folder", "name"),
    [
        ("//out/frame_####", "/proj/shots/out", "frame_####"),
        ("//out/frame_", "/proj/shots/out", "frame_"),
        ("//out/", "/proj/shots/out", "####"),
        ("//frame", "/proj/shots", "frame"),
        ("//../renders/x_##", "/proj/renders", "x_##"),
        ("//..\\renders\\x_##", "/proj/renders", "x_##"),
        ("//../../../../x", "/", "x"),
        ("/abs/ä b/x_####.png", "/abs/ä b", "x_####"),
        ("/abs/x_####.jpeg", "/abs", "x_####"),
        ("/abs/movie.mp4", "/abs", "movie"),
        ("out/x", "/proj/shots/out", "x"),
        ("x", "/proj/shots", "x"),
        ("//影/影_####", "/proj/shots/影", "影_####"),
        ("//a##b/c", "/proj/shots/a##b", "c"),
    ],
)
def test_paths(output: str, folder: str, name: str) -> None:
    found = output_of(scene(output))
    assert (found.folder, found.name) == (Path(folder), name)


@posix_only
@pytest.mark.parametrize("output", ["C:\\renders\\x_####", "d:/renders/x", "\\\\server\\share\\x_####"])
def test_paths_of_another_computer_name_no_folder_here(output: str) -> None:
    found = output_of(scene(output))
    assert found.folder is None
    assert found.name.startswith("x")


@pytest.mark.parametrize("output", ["", "/tmp/", "/tmp\\", "//", "  "])
def test_what_new_files_hold_is_nobodys_wish(output: str) -> None:
    found = output_of(scene(output))
    assert (found.folder, found.name) == (None, "")


@posix_only
@pytest.mark.parametrize(
    ("output", "folder", "name"),
    [
        ("//{blend_name}/{scene_name}_####", "/proj/shots/a b", "Shot_010_####"),
        ("{blend_dir}/x_{camera_name}", "/proj/shots", "x_Nah"),
        ("//{resolution_x}x{resolution_y}/{fps}_", "/proj/shots/1920x1080", "23.98_"),
        ("//{{braces}}/x", "/proj/shots/{braces}", "x"),
        ("//{unknown}/x", "/proj/shots/{unknown}", "x"),
    ],
)
def test_templates_of_blender_5(output: str, folder: str, name: str) -> None:
    found = output_of(scene(output, (5, 0)))
    assert (found.folder, found.name) == (Path(folder), name)


@posix_only
def test_braces_are_braces_before_blender_5() -> None:
    found = output_of(scene("//{blend_name}/x", (4, 5)))
    assert found.folder == Path("/proj/shots/{blend_name}")


def test_names_get_their_number_as_blender_gives_it() -> None:
    assert frame_name(output_of(scene("//out/frame_")).name, 7) == "frame_0007"
    assert frame_name(output_of(scene("//out/")).name, 7) == "0007"
