"""Lines that a program broke."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from render_manager.engines.commands.joining import LineJoiner


def joined(lines: list[str], *, continued: str = "", unfinished: str = "") -> list[tuple[str, int]]:
    """Return each whole line with the place of the line that it began in."""
    joiner = LineJoiner(continued=continued, unfinished=unfinished)
    found = []
    for place, line in enumerate(lines):
        whole = joiner.push(line)
        if whole is not None:
            found.append((whole, place - joiner.lines_behind))
    whole = joiner.rest()
    if whole is not None:
        found.append((whole, len(lines) - 1 - joiner.lines_behind))
    return found


@pytest.mark.parametrize(
    ("continued", "unfinished", "lines", "whole"),
    [
        ("", "", ["a", " b", "c"], [("a", 0), (" b", 1), ("c", 2)]),
        (r"^ \S", "", ["a", " b", " c", "d", "  e", "f"], [("a b c", 0), ("d", 3), ("  e", 4), ("f", 5)]),
        (r"^ \S", "", [" a", "b", " c"], [(" a", 0), ("b c", 1)]),
        ("", "^.{4}$", ["abcd", "efgh", "i", "j", "klmn"], [("abcdefghi", 0), ("j", 3), ("klmn", 4)]),
        (r"^ \S", "^.{4}$", ["abcd", " efg", "h", "i"], [("abcd efgh", 0), ("i", 3)]),
        ("", r"\\$", ["a\\", "b\\", "", "c"], [("a\\b\\", 0), ("c", 3)]),
        (r"^ \S", "", [], []),
    ],
)
def test_lines_are_put_together(
    continued: str, unfinished: str, lines: list[str], whole: list[tuple[str, int]]
) -> None:
    assert joined(lines, continued=continued, unfinished=unfinished) == whole


@given(lines=st.lists(st.text(st.sampled_from(" ab"), max_size=4), max_size=12))
def test_nothing_is_lost(lines: list[str]) -> None:
    whole = joined(lines, continued=r"^ \S", unfinished="^...$")
    assert "".join(text for text, _place in whole) == "".join(lines)
    assert [place for _text, place in whole] == sorted({place for _text, place in whole})


def test_what_never_ends_is_cut() -> None:
    whole = joined(["x" * 1000] * 50, continued="^x")
    assert whole == [("x" * 4000, 0)]
