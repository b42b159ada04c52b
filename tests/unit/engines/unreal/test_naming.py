"""Jobs that differ in what is in the picture never share a file."""

from pathlib import Path
from typing import Any

import pytest
from support.unreal import make_film, write_asset, write_map

from render_manager.domain.scene import SceneInfo
from render_manager.engines.unreal.naming import output_of
from render_manager.engines.unreal.options import checked_options
from render_manager.engines.unreal.scene_reader import read_scene


def name_of(scene: SceneInfo, **options: Any) -> str:
    found = output_of(scene, checked_options(options).model_dump(mode="json", exclude_defaults=True))
    assert found.folder is not None
    assert found.folder.parent == scene.path.parent / "Saved" / "MovieRenders"
    assert found.name == f"{found.folder.name}.####"
    return found.folder.name


@pytest.mark.parametrize(
    ("options", "name"),
    [
        ({}, "Intro"),
        ({"sequence": "/Game/Shots/Intro"}, "Intro"),
        ({"map": "/Game/Maps/Main"}, "Intro"),
        ({"width": 64, "height": 36, "image_format": "EXR"}, "Intro"),
        ({"map": "/Game/Maps/Night"}, "Intro.Night"),
        ({"preset": "/Game/Presets/Final"}, "Intro.Final"),
        ({"preset": "/Game/Presets/Final", "map": "/Game/Maps/Night"}, "Intro.Final.Night"),
        ({"graph": "/Game/Graphs/Wide"}, "Intro.Wide"),
        ({"queue": "/Game/Queues/All"}, "Film.All"),
        ({"queue": "/Game/Queues/All", "sequence": "/Game/Shots/Intro"}, "Intro.All"),
    ],
)
def test_names(tmp_path: Path, options: dict[str, Any], name: str) -> None:
    assert name_of(read_scene(make_film(tmp_path)), **options) == name


def test_assets_of_one_name_in_several_folders(tmp_path: Path) -> None:
    path = make_film(tmp_path)
    for package, kind in (
        ("/Game/Old/Shots/Intro", "sequence"),
        ("/Game/Old/final", "preset"),
        ("/Game/Graphs/Final", "graph"),
    ):
        write_asset(tmp_path, package, kind)
    write_map(tmp_path, "/Game/Maps/Final")
    scene = read_scene(path)
    names = [
        name_of(scene, sequence=sequence, **options)
        for sequence in ("/Game/Shots/Intro", "/Game/Old/Shots/Intro")
        for options in (
            {},
            {"preset": "/Game/Presets/Final"},
            {"preset": "/Game/Old/final"},
            {"graph": "/Game/Graphs/Final"},
            {"map": "/Game/Maps/Final"},
        )
    ]
    assert len({name.lower() for name in names}) == len(names)
    assert names[:2] == ["Shots~Intro", "Shots~Intro.Presets~Final"]


def test_a_preset_is_no_other_sequences_name(tmp_path: Path) -> None:
    path = make_film(tmp_path)
    write_asset(tmp_path, "/Game/Shots/Intro_Final", "sequence")
    scene = read_scene(path)
    assert name_of(scene, sequence="/Game/Shots/Intro_Final") != name_of(
        scene, sequence="/Game/Shots/Intro", preset="/Game/Presets/Final"
    )
