"""Options of an Unreal job, and what a form makes of them."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from support.unreal import make_film, write_asset

from render_manager.domain.errors import UserError
from render_manager.engines.protocols import FieldKind
from render_manager.engines.unreal.fields import option_fields
from render_manager.engines.unreal.options import Python, UnrealOptions, checked_options
from render_manager.engines.unreal.scene_reader import read_scene


def test_defaults_ask_for_nothing() -> None:
    options = checked_options({})
    assert options == UnrealOptions()
    assert (options.python, options.cut_shots, options.warm_up_frames) == (Python.AUTO, False, None)


def test_texts_of_the_command_line() -> None:
    options = checked_options(
        {
            "sequence": "LevelSequence'/Game/Shots/Intro.Intro'",
            "map": "/Game/Maps/Main.Main",
            "preset": "/Game/Presets/Final",
            "width": "640",
            "height": "360",
            "warm_up_frames": "0",
            "image_format": "jpeg",
            "python": "ON",
            "cut_shots": "true",
            "extra_arguments": "-dx12 -dpcvars=r.A=1,r.B=2",
            "stall_timeout_s": "0",
        }
    )
    assert options.sequence == "/Game/Shots/Intro.Intro"
    assert options.map == "/Game/Maps/Main"
    assert options.preset == "/Game/Presets/Final.Final"
    assert (options.width, options.height, options.warm_up_frames) == (640, 360, 0)
    assert (options.image_format, options.python, options.cut_shots) == ("JPG", Python.ON, True)
    assert options.extra_arguments == ("-dx12", "-dpcvars=r.A=1,r.B=2")


@pytest.mark.parametrize(("value", "found"), [(True, Python.ON), (False, Python.OFF), ("Auto", Python.AUTO)])
def test_python(value: Any, found: Python) -> None:
    assert checked_options({"python": value}).python is found


def test_arguments_as_json() -> None:
    assert checked_options({"extra_arguments": '["-a,b"]'}).extra_arguments == ("-a,b",)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"camera": "x"}, "Unreal has no option “camera”. It has: sequence, map,"),
        ({"width": "wide"}, "option width cannot be “wide”"),
        ({"width": 640}, "width and height go together"),
        ({"sequence": "Intro"}, "sequence cannot be “Intro”: an asset is named by its path"),
        ({"map": "C:/x.umap"}, "map cannot be"),
        ({"preset": "/Game/A/B", "graph": "/Game/A/C"}, "preset and graph exclude each other"),
        ({"image_format": "TIFF"}, "no image format “TIFF”. It has: PNG, JPG, BMP, EXR"),
        ({"python": "perhaps"}, "option python cannot be “perhaps”"),
        ({"warm_up_frames": -1}, "option warm_up_frames cannot be “-1”"),
        ({"extra_arguments": "[1"}, "cannot be"),
    ],
)
def test_what_is_refused(values: dict[str, Any], words: str) -> None:
    with pytest.raises(UserError) as caught:
        checked_options(values)
    assert words in str(caught.value)


def test_fields_without_and_with_a_project(tmp_path: Path) -> None:
    path = make_film(tmp_path)
    write_asset(tmp_path, "/Game/Shots/Second", "sequence")
    before, after = option_fields(None), option_fields(read_scene(path))
    assert [field.name for field in before] == [field.name for field in after]
    assert set(UnrealOptions.model_fields) >= {field.name for field in before}
    fields = {field.name: field for field in after}
    assert fields["sequence"].choices == (
        ("/Game/Shots/Intro.Intro", "/Game/Shots/Intro"),
        ("/Game/Shots/Second.Second", "/Game/Shots/Second"),
    )
    assert fields["map"].unset == "/Game/Maps/Main"
    assert fields["preset"].choices == (("/Game/Presets/Final.Final", "/Game/Presets/Final"),)
    assert all(fields[name].is_editable for name in ("sequence", "map", "preset", "queue", "graph"))
    assert fields["sequence"].unset == "choose one"
    assert fields["width"].kind is FieldKind.NUMBER


def test_the_only_sequence_is_shown_as_what_an_empty_field_means(tmp_path: Path) -> None:
    scene = read_scene(make_film(tmp_path))
    fields = {field.name: field for field in option_fields(scene)}
    assert fields["sequence"].unset == "/Game/Shots/Intro"
    fields = {field.name: field for field in option_fields(replace(scene, extra={}))}
    assert fields["map"].unset == "the project's default map"
