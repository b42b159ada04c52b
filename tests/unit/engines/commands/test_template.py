"""Texts with placeholders."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from render_manager.engines.commands.template import fill, fill_arguments, placeholders_in

VALUES = {"scene": "/a {b} %d 'c'", "first": "1", "empty": "", "last": "-5"}


@pytest.mark.parametrize(
    ("text", "names", "filled"),
    [
        ("", set(), ""),
        ("+FN", set(), "+FN"),
        ("{scene}", {"scene"}, "/a {b} %d 'c'"),
        ("-f={first}..{last}", {"first", "last"}, "-f=1..-5"),
        ("{{first}}", set(), "{first}"),
        ("{{{first}}}", {"first"}, "{1}"),
        ("a{{b}}c {{", set(), "a{b}c {"),
        ("%04d {empty}!", {"empty"}, "%04d !"),
    ],
)
def test_texts_and_what_they_hold(text: str, names: set[str], filled: str) -> None:
    assert placeholders_in(text) == names
    assert fill(text, VALUES) == filled


@pytest.mark.parametrize(
    "text", ["{", "}", "a{b", "a}b", "{}", "{ a}", "{a b}", "{a.b}", "{a!r}", "{a:04}", "{0}", "{{}"]
)
def test_braces_that_stand_alone(text: str) -> None:
    with pytest.raises(ValueError, match=r"has a brace that stands alone; write \{\{ or \}\} for one"):
        placeholders_in(text)


def test_a_value_is_never_read_as_a_template_again() -> None:
    assert fill("{scene}", {"scene": "{first} {{ }"}) == "{first} {{ }"


def test_arguments_without_a_value_are_left_out_with_those_they_belong_to() -> None:
    arguments = (("{scene}",), ("--size", "{empty}"), ("-x{empty}",), ("--from", "{first}"), ("+FN",))
    assert fill_arguments(arguments, VALUES) == [VALUES["scene"], "--from", "1", "+FN"]


@given(
    parts=st.lists(st.tuples(st.text(max_size=5), st.sampled_from(["", "one", "two_2"])), max_size=6),
    values=st.fixed_dictionaries({"one": st.text(), "two_2": st.text()}),
)
def test_any_text_comes_back_as_it_was_written(parts: list[tuple[str, str]], values: dict[str, str]) -> None:
    template = "".join(
        text.replace("{", "{{").replace("}", "}}") + (f"{{{name}}}" if name else "") for text, name in parts
    )
    assert placeholders_in(template) == {name for _text, name in parts if name}
    assert fill(template, values) == "".join(text + (values[name] if name else "") for text, name in parts)


@given(text=st.text(st.sampled_from("{}ab"), max_size=12))
def test_what_is_taken_can_be_filled(text: str) -> None:
    try:
        names = placeholders_in(text)
    except ValueError:
        return
    fill(text, dict.fromkeys(names, "x"))
