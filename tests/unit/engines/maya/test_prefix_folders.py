"""Where file prefixes lead that name a folder in full, or one outside the images folder."""

import os
from pathlib import Path, PureWindowsPath

import pytest
from support.maya import installation_of, scene_info

from render_manager.domain.frameset import FrameSet
from render_manager.domain.scene import Problem, SceneInfo
from render_manager.engines.maya import naming
from render_manager.engines.maya.checks import problems_with
from render_manager.engines.maya.naming import PrefixPlace, file_names, output_of, place_of
from render_manager.engines.maya.options import checked_options
from render_manager.engines.maya.renderers import ARNOLD

posix_only = pytest.mark.skipif(os.name != "posix", reason="what is absolute differs by system")
OUTSIDE = [
    "../../evil/x",
    "a/../../x",
    "D:/renders/x",
    r"D:\renders\x",
    r"\\server\share\x",
    "//server/share/x",
]


def with_prefix(prefix: str, path: Path = Path("/proj/scenes/shot.ma"), **values: object) -> SceneInfo:
    return scene_info(path, extra={"file_prefix": prefix, **values})


def told(scene: SceneInfo) -> list[Problem]:
    every = problems_with(scene, installation_of(Path("/m/Render")), checked_options({}), FrameSet.parse("1"))
    return [problem for problem in every if problem.code == "folder-not-used"]


@posix_only
@pytest.mark.parametrize(
    ("prefix", "folder", "name", "image"),
    [
        ("/show/010/beauty", "/show/010", "beauty.####", "beauty"),
        ("/show/<Scene>/<RenderPass>/x", "/show/shot", "x.####", "<RenderPass>/x"),
        ("/show/a/../b/x", "/show/b", "x.####", "x"),
        ("/../x", "/", "x.####", "x"),
        ("/show/010/", "/show/010", "shot.####", "shot"),
    ],
)
def test_an_absolute_folder_is_the_scenes_own(prefix: str, folder: str, name: str, image: str) -> None:
    scene = with_prefix(prefix)
    place = output_of(scene, {})
    assert (place.folder, place.name) == (Path(folder), name)
    assert file_names(place.name, scene, {}, ARNOLD).image == image, "Maya is told the staging folder"
    assert told(scene) == []
    assert output_of(with_prefix(prefix, project="", images_folder=""), {}).folder == Path(folder)


@posix_only
@pytest.mark.parametrize("prefix", OUTSIDE)
def test_a_folder_that_cannot_be_used_is_named_and_shots_stay_apart(prefix: str) -> None:
    scene, other = with_prefix(prefix), with_prefix(prefix, Path("/proj/scenes/sh020.ma"))
    assert output_of(scene, {}).folder == Path("/proj/images/shot")
    assert output_of(other, {}).folder == Path("/proj/images/sh020")
    assert file_names(output_of(scene, {}).name, scene, {}, ARNOLD).image == "x"
    (problem,) = told(scene)
    assert f"leads to {prefix[:-1]}, which" in problem.text
    assert "/proj/images/shot" in problem.text
    assert problem.advice


@posix_only
def test_without_a_project_they_go_beside_the_scene() -> None:
    scene = with_prefix("D:/renders/x", project="", images_folder="")
    assert output_of(scene, {}).folder is None
    assert "a folder beside the scene" in told(scene)[0].text


@pytest.mark.parametrize(
    ("prefix", "place"),
    [
        ("D:/renders/x", PrefixPlace.ABSOLUTE),
        (r"\\server\share\a\x", PrefixPlace.ABSOLUTE),
        ("/show/x", PrefixPlace.OUTSIDE),
        ("../x", PrefixPlace.OUTSIDE),
        ("a/x", PrefixPlace.INSIDE),
        ("C:x", PrefixPlace.INSIDE),
    ],
)
def test_windows_knows_drives_and_servers(
    monkeypatch: pytest.MonkeyPatch, prefix: str, place: PrefixPlace
) -> None:
    monkeypatch.setattr(naming, "Path", PureWindowsPath)
    monkeypatch.setattr(naming.os, "name", "nt")
    assert place_of(prefix) is place


@pytest.mark.parametrize(
    ("prefix", "folder"),
    [("D:/renders/a/x", "D:/renders/a"), (r"\\server\share\a\x", r"\\server\share\a"), ("C:/x", "C:/")],
)
def test_a_windows_folder_is_put_together_again(
    monkeypatch: pytest.MonkeyPatch, prefix: str, folder: str
) -> None:
    scene = with_prefix(prefix)
    monkeypatch.setattr(naming, "Path", PureWindowsPath)
    monkeypatch.setattr(naming.os, "name", "nt")
    place = output_of(scene, {})
    monkeypatch.undo()
    assert place.folder == PureWindowsPath(folder)
