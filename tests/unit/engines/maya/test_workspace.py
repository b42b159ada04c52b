"""The project a scene belongs to."""

import os
from pathlib import Path

import pytest

from render_manager.engines.maya.workspace import find_project

MEL = """//Maya 2023 Project Definition

workspace -fr "fluidCache" "cache/nCache/fluid";
workspace -fr "images" "renders/out";
workspace -rt "sourceImages" "maps";
workspace -fr "scene" "";
"""


def test_nearest_folder_with_a_definition(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "show" / "shot"):
        (folder / "scenes" / "light").mkdir(parents=True)
        (folder / "workspace.mel").write_text(MEL, encoding="utf-8")

    project = find_project(tmp_path / "show" / "shot" / "scenes" / "light" / "a.ma")

    assert project is not None
    assert project.folder == tmp_path / "show" / "shot"
    assert project.folder_of("images") == project.folder / "renders" / "out"
    assert project.folder_of("sourceImages") == project.folder / "maps"
    assert project.folder_of("scene") == project.folder / "scenes"


def test_definition_that_says_nothing(tmp_path: Path) -> None:
    (tmp_path / "workspace.mel").write_bytes(b'\xff\0 rubbish " -fr "images" ;')

    project = find_project(tmp_path / "a.ma")

    assert project is not None
    assert project.folder_of("images") == tmp_path / "images"
    assert project.folder_of("sourceImages") == tmp_path / "sourceimages"


def test_absolute_folders(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    text = f'workspace -fr "images" "{elsewhere.as_posix()}";\nworkspace -fr "sourceImages" "Z:/maps";\n'
    (tmp_path / "workspace.mel").write_text(text, encoding="utf-8")

    project = find_project(tmp_path / "a.ma")

    assert project is not None
    assert project.folder_of("images") == elsewhere
    if os.name != "nt":
        assert project.folder_of("sourceImages") == tmp_path / "sourceimages"


@pytest.mark.parametrize("name", ["scenes", "Scenes"])
def test_folder_above_scenes_without_a_definition(tmp_path: Path, name: str) -> None:
    project = find_project(tmp_path / name / "shot" / "a.ma")

    assert project is not None
    assert project.folder == tmp_path


def test_neither(tmp_path: Path) -> None:
    assert find_project(tmp_path / "a.ma") is None


def test_folder_of_that_name_is_no_definition(tmp_path: Path) -> None:
    (tmp_path / "workspace.mel").mkdir()

    assert find_project(tmp_path / "a.ma") is None
