"""The options of a Blender job: what they take, in which forms, and what is said of bad ones."""

import pytest

from render_manager.domain.errors import UserError
from render_manager.engines.blender.engine import BlenderEngine
from render_manager.engines.blender.installations import BlenderFinder
from render_manager.engines.blender.options import IMAGE_SUFFIXES, BlenderOptions, checked_options
from render_manager.engines.probing import ProbeMemory

ENGINE = BlenderEngine(finder=BlenderFinder(setting=None, memory=ProbeMemory(None)))


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("scene", "Shot 20 影", "Shot 20 影"),
        ("camera", "Nah", "Nah"),
        ("view_layers", "a, b ,c", ["a", "b", "c"]),
        ("view_layers", '["a, with comma", "b"]', ["a, with comma", "b"]),
        ("view_layers", ["a", "b"], ["a", "b"]),
        ("resolution_percent", "50", 50),
        ("samples", "16", 16),
        ("samples", 16, 16),
        ("file_format", "open_exr", "OPEN_EXR"),
        ("device", "gpu", "GPU"),
        ("device", "Cpu", "CPU"),
        ("threads", "2", 2),
        ("factory_startup", "true", True),
        ("factory_startup", "yes", True),
        ("scripts", "1", True),
        ("mode", "batch", "batch"),
        ("batch_size", "10", 10),
        ("extra_arguments", "--debug,--verbose", ["--debug", "--verbose"]),
        ("installation", "4.5", "4.5"),
    ],
)
def test_values_as_the_command_line_has_them(name: str, text: object, value: object) -> None:
    assert ENGINE.check_options({name: text}) == {name: value}
    assert ENGINE.check_options(ENGINE.check_options({name: text})) == {name: value}


@pytest.mark.parametrize("device", ["scene", "Scene", "SCENE"])
def test_what_is_the_default_is_left_out(device: str) -> None:
    assert ENGINE.check_options({"device": device, "mode": "resident", "samples": None}) == {}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("samples", "0"),
        ("samples", "many"),
        ("samples", "1.5"),
        ("samples", ""),
        ("resolution_percent", "1001"),
        ("resolution_percent", "-1"),
        ("device", "quantum"),
        ("mode", "Batch!"),
        ("threads", "0"),
        ("scripts", "perhaps"),
        ("batch_size", "0"),
        ("view_layers", "[1"),
        ("view_layers", "{}"),
        ("file_format", "GIF"),
        ("file_format", "FFMPEG"),
        ("camera", 3),
    ],
)
def test_bad_values_are_named(name: str, text: object) -> None:
    if (name, text) == ("view_layers", "{}"):
        assert ENGINE.check_options({name: text}) == {"view_layers": ["{}"]}
        return
    with pytest.raises(UserError) as problem:
        checked_options({name: text})
    sentence = str(problem.value)
    assert sentence.endswith(".")
    assert "pydantic" not in sentence
    assert name in sentence or "image format" in sentence or "options" in sentence


def test_unknown_options_are_named_with_those_there_are() -> None:
    with pytest.raises(UserError, match=r"Blender has no option “sampels”. It has: scene, camera"):
        checked_options({"sampels": "4"})


def test_every_option_has_a_line_of_help() -> None:
    help_lines = ENGINE.option_help()
    assert set(help_lines) == set(BlenderOptions.model_fields)
    assert all(line.endswith(".") for line in help_lines.values())


def test_endings_are_endings() -> None:
    assert all(suffix.startswith(".") and suffix == suffix.lower() for suffix in IMAGE_SUFFIXES.values())
