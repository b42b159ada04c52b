"""The lines of values in TOML files, in every way the language has to write them."""

import time
import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from render_manager.engines.commands.toml_lines import line_of

TEXT = (
    '''\
# [not.a.table]
id = "toy" # name = 1
"quoted key" = 'a = 1'

[program]
names = [ "a", # first
  "b]",
  'c', [ "d",
  "e" ],
]
'a.b' = 1
version . pattern = """
[fake]
name = "x\\""" ""
"""

[ run . environment ]   # [x]
"A\\"B" = '''
    + """'''
key = 1
''' """
    + """
B = { c = 1, d = [ 1,
  2 ], "e f" = { g = 7 } }
[[messages]]
code = "one"
[[messages]]
code = "two"
[messages.inner]
deep = 2024-01-01 07:32:00
[[messages.list]]
[[messages.list]]
x = -1.5e3
[[messages]]
[options.size]
label = "Size"
last = true"""
)

PLACES = {
    ("id",): 2,
    ("quoted key",): 3,
    ("program",): 5,
    ("program", "names"): 6,
    ("program", "names", 0): 6,
    ("program", "names", 1): 7,
    ("program", "names", 2): 8,
    ("program", "names", 3): 8,
    ("program", "names", 3, 0): 8,
    ("program", "names", 3, 1): 9,
    ("program", "a.b"): 11,
    ("program", "version", "pattern"): 12,
    ("run", "environment"): 17,
    ("run", "environment", 'A"B'): 18,
    ("run", "environment", "B"): 21,
    ("run", "environment", "B", "c"): 21,
    ("run", "environment", "B", "d", 0): 21,
    ("run", "environment", "B", "d", 1): 22,
    ("run", "environment", "B", "e f", "g"): 22,
    ("messages", 0): 23,
    ("messages", 0, "code"): 24,
    ("messages", 1): 25,
    ("messages", 1, "code"): 26,
    ("messages", 1, "inner", "deep"): 28,
    ("messages", 1, "list", 1, "x"): 31,
    ("messages", 2): 32,
    ("options", "size", "label"): 34,
    ("options", "size", "last"): 35,
}


def test_the_file_above_is_a_good_one() -> None:
    values: Any = tomllib.loads(TEXT)
    for place in PLACES:
        value = values
        for part in place:
            value = value[part]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_each_value_has_its_line(place: tuple[str | int, ...], ends: str) -> None:
    assert line_of(TEXT.replace("\n", ends), place) == PLACES[place]


@pytest.mark.parametrize(
    ("place", "line"),
    [
        (("program", "paths"), 5),
        (("program", "names", 9), 6),
        (("messages", 1, "pattern"), 25),
        (("run",), 17),
        (("run", "mode"), 0),
        (("options",), 33),
        (("messages",), 23),
        (("nothing",), 0),
        ((), 0),
    ],
)
def test_what_is_not_there_has_the_line_of_what_is_around_it(place: tuple[str | int, ...], line: int) -> None:
    assert line_of(TEXT, place) == line


KEYS = st.text(st.sampled_from("ab.#=\"'[] \\"), max_size=4)
VALUES = st.recursive(
    st.booleans() | st.integers() | st.text(st.sampled_from("ab\n\"'\\#[]{},= "), max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=6,
)


class Writer:
    """Writes values as TOML over several lines, and keeps the line of each."""

    def __init__(self) -> None:
        self.text = ""
        self.lines: dict[tuple[str | int, ...], int] = {}

    def value(self, place: tuple[str | int, ...], value: Any) -> None:
        if isinstance(value, dict):
            self.inside(place, "{}", list(value.items()))
        elif isinstance(value, list):
            self.inside(place, "[]", list(enumerate(value)))
        elif isinstance(value, str) and "\n" in value and "'''" not in value and not value.endswith("'"):
            self.text += f"'''\n{value}'''"
        else:
            self.text += quoted(value) if isinstance(value, str) else str(value).lower()

    def inside(self, place: tuple[str | int, ...], marks: str, items: list[tuple[Any, Any]]) -> None:
        # A table in braces stands on one line, a list may not.
        gap = " " if marks == "{}" else " # ] } =\n\n  "
        self.text += marks[0] + gap
        for number, (name, value) in enumerate(items):
            self.text += f",{gap}" if number else ""
            self.lines[(*place, name)] = self.text.count("\n") + 1
            if marks == "{}":
                self.text += f"{quoted(name)} = "
            self.value((*place, name), value)
        self.text += gap + marks[1]


def quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


@given(tables=st.dictionaries(KEYS, st.dictionaries(KEYS, VALUES, max_size=3), max_size=3))
def test_any_file_that_is_written(tables: dict[str, dict[str, Any]]) -> None:
    writer = Writer()
    for name, table in tables.items():
        writer.lines[(name,)] = writer.text.count("\n") + 1
        writer.text += f"[{quoted(name)}]\n"
        for key, value in table.items():
            writer.lines[(name, key)] = writer.text.count("\n") + 1
            writer.text += f"{quoted(key)} = "
            writer.value((name, key), value)
            writer.text += "\n"
    assert tomllib.loads(writer.text) == tables
    for place, line in writer.lines.items():
        assert line_of(writer.text, place) == line, (place, writer.text)


@given(text=st.text(st.sampled_from("ab=[]{}\"'\\\n#., "), max_size=80))
def test_no_text_makes_it_go_round_for_ever(text: str) -> None:
    line_of(text, ("a", "b", 0))


def test_a_long_file_takes_no_time() -> None:
    text = "[a]\n" + "".join(f"key{number} = [1, 2]\n" for number in range(10_000))
    started = time.perf_counter()
    assert line_of(text, ("a", "key9999")) == 10_001
    assert time.perf_counter() - started < 2.0
