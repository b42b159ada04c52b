"""The options of defined renderers: what they take, what they stand for, and what is said of bad ones."""

from typing import Any

import pytest
from support.own_engines import TOY, povray_definition

from render_manager.domain.errors import UserError
from render_manager.engines.commands.definition import Definition
from render_manager.engines.commands.options import (
    checked_options,
    option_fields,
    option_help,
    option_values,
)
from render_manager.engines.commands.reading import read_definition
from render_manager.engines.protocols import FieldKind

OPTIONS = """
[options.name]
label = "Name"
pattern = '[a-z]+|[0-9]'

[options.samples]
label = "Samples"
kind = "number"
default = 64
largest = 4096

[options.seed]
label = "Seed"
kind = "number"

[options.look]
label = "Look"
kind = "choice"
choices = ["draft", "final"]
default = "final"

[options.noise]
label = "Denoise"
kind = "flag"
on = "--denoise"
"""


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Definition:
    path = tmp_path_factory.mktemp("definition") / "toy.toml"
    path.write_text(TOY.format(program="/opt/toy") + OPTIONS, "utf-8")
    return read_definition(path)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("size", "64x36", "64x36"),
        ("size", " a b ", " a b "),
        ("name", "abc", "abc"),
        ("name", "7", "7"),
        ("samples", "16", 16),
        ("samples", " 16 ", 16),
        ("samples", 16, 16),
        ("samples", "0", 0),
        ("samples", "", 0),
        ("look", "draft", "draft"),
        ("look", "", ""),
        ("noise", "yes", True),
        ("noise", True, True),
        ("noise", "1", True),
        ("executable", " ~/toy ", "~/toy"),
        ("installation", "2.5.1", "2.5.1"),
        ("extra_arguments", "-a  'b c' \"d e\" f", ["-a", "b c", "d e", "f"]),
        ("extra_arguments", r"+LC:\lib -x # no", [r"+LC:\lib", "-x", "#", "no"]),
        ("extra_arguments", '["a b", "c"]', ["a b", "c"]),
        ("extra_arguments", ["a b", 1], ["a b", "1"]),
    ],
)
def test_values_as_window_and_command_line_have_them(
    toy: Definition, name: str, text: object, value: object
) -> None:
    checked = checked_options(toy, {name: text})
    assert checked == {name: value}
    assert checked_options(toy, checked) == checked


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"size": "", "name": "", "samples": "64", "look": "final", "noise": "no"},
        {"seed": 0, "noise": False},
        {"executable": " ", "installation": "", "extra_arguments": ""},
        {"samples": None, "extra_arguments": []},
    ],
)
def test_what_is_the_default_is_left_out(toy: Definition, options: dict[str, Any]) -> None:
    assert checked_options(toy, options) == {}


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        (
            "colour",
            "x",
            "ToyRender has no option “colour”. Options are: size, name, samples, seed, look, noise,",
        ),
        (
            "samples",
            "many",
            "The option samples of ToyRender is “many”; it has to be a whole number from 0 to 4096.",
        ),
        ("samples", "4097", "a whole number from 0 to 4096"),
        ("samples", "-1", "a whole number"),
        ("samples", 1.5, "a whole number"),
        ("samples", "9" * 5000, "a whole number"),
        ("name", "77", "is “77”; it has to be text that fits [a-z]+|[0-9]."),
        ("name", "a\n", "it has to be text that fits"),
        ("name", "x7", "it has to be text that fits"),
        ("look", "fine", "is “fine”; it has to be one of draft, final."),
        ("noise", "perhaps", "is “perhaps”; it has to be yes or no."),
        ("size", "a\0b", "is “a␀b”; it has to be text without NUL bytes."),
        ("size", "a\udcffb", "it has to be text in UTF-8."),
        ("extra_arguments", "a 'b", "The extra arguments “a 'b” have an open quotation mark."),
        ("extra_arguments", "[a", "it has to be arguments, or a JSON list."),
        ("extra_arguments", 7, "it has to be arguments, or a JSON list."),
        ("extra_arguments", ["\0"], "NUL bytes"),
    ],
)
def test_what_is_said_of_bad_ones(toy: Definition, name: str, value: object, sentence: str) -> None:
    with pytest.raises(UserError) as caught:
        checked_options(toy, {name: value})
    assert sentence in str(caught.value)


def test_what_they_stand_for(toy: Definition) -> None:
    assert option_values(toy, {}) == {
        "size": "",
        "name": "",
        "samples": "64",
        "seed": "",
        "look": "final",
        "noise": "",
    }
    chosen = {"size": "4x4", "name": "0", "samples": 0, "seed": 7, "look": "draft", "noise": True}
    assert option_values(toy, chosen) == {
        "size": "4x4",
        "name": "0",
        "samples": "",
        "seed": "7",
        "look": "draft",
        "noise": "--denoise",
    }


def test_a_job_outlives_a_change_of_its_definition(toy: Definition) -> None:
    """A stored job may have options that the definition has lost, and lack those that are new."""
    assert option_values(toy, {"gone": 1, "samples": "text"})["samples"] == "text"


def test_fields_of_the_form(toy: Definition) -> None:
    fields = {field.name: field for field in option_fields(toy)}
    assert [field.kind for field in fields.values()] == [
        FieldKind.TEXT,
        FieldKind.TEXT,
        FieldKind.NUMBER,
        FieldKind.NUMBER,
        FieldKind.CHOICE,
        FieldKind.FLAG,
    ]
    assert (fields["samples"].unset, fields["samples"].maximum) == ("64 (default)", 4096)
    assert fields["seed"].unset == "none"
    assert fields["look"].choices == (("draft", "draft"), ("final", "final"))
    assert fields["size"].tip == "Width and height, such as 64x36."


def test_help(toy: Definition) -> None:
    texts = option_help(toy)
    assert texts["size"] == "Width and height, such as 64x36."
    assert texts["seed"] == "Seed."
    assert list(texts)[-3:] == ["executable", "installation", "extra_arguments"]


def test_the_options_of_povray() -> None:
    definition = povray_definition()
    chosen = checked_options(
        definition, {"width": "320", "quality": "0", "antialias": "on", "height": "1080"}
    )
    assert chosen == {"width": 320, "quality": "0", "antialias": True}
    values = option_values(definition, chosen)
    assert (values["width"], values["height"], values["quality"]) == ("320", "1080", "0")
    assert (values["antialias"], values["threads"], values["deep"]) == ("+A", "", "")
