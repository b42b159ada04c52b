"""Users' patterns, among them those that never come to an end."""

import time

import pytest

from render_manager.engines.commands import patterns
from render_manager.engines.commands.patterns import (
    LinePattern,
    checked_pattern,
    group_count,
    groups_of,
    search_file,
)

ENDLESS = {
    r"(a|aa)+$": "a" * 60 + "!",
    r"(.*a){20}x": "a" * 200,
    r"(?:(?:a{1,100}){1,100}){1,100}b": "a" * 2000,
    r"^(?:(?:x|y|xy)+)+$": "xy" * 40 + "!",
}


@pytest.mark.parametrize("text", ENDLESS)
def test_a_pattern_without_an_end_is_given_up(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(patterns, "LONGEST_SEARCH_S", 0.02)
    pattern = LinePattern(text)
    started = time.perf_counter()
    assert pattern.search(ENDLESS[text]) is None
    assert pattern.is_given_up
    for _time in range(1000):
        assert pattern.search(ENDLESS[text]) is None
    assert time.perf_counter() - started < 2.0


def test_a_pattern_without_an_end_on_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patterns, "LONGEST_FILE_SEARCH_S", 0.02)
    with pytest.raises(TimeoutError):
        search_file(r"(a|aa)+$", "a" * 60 + "!")


@pytest.mark.parametrize("text", [r"(.*)*x", r".*.*.*.*=", r"(.+)\1\1\1x", r"^(\w+\s?)*$"])
def test_patterns_that_only_look_bad_are_used(text: str) -> None:
    pattern = LinePattern(text)
    for line in ("a" * 4000 + "!", "word " * 800 + "!"):
        pattern.search(line)
    assert not pattern.is_given_up


def test_what_a_pattern_finds() -> None:
    pattern = LinePattern(r"frame (?P<frame>-?\d+)")
    assert pattern.search("begin frame -12 of 3")["frame"] == "-12"
    assert pattern.search("nothing") is None
    assert pattern.has_group("frame")
    assert not pattern.has_group("nth")


def test_lines_of_a_file() -> None:
    text = "a\nstart = 7\nend = 9\n"
    assert search_file(r"^start = (\d+)$", text)[1] == "7"
    assert search_file(r"^begin", text) is None


@pytest.mark.parametrize("text", ["", "a", r"(?P<x>a)|(?P<y>b)", "(?i)frame", r"\p{L}+", "é影"])
def test_good_patterns(text: str) -> None:
    assert checked_pattern(text) == text


@pytest.mark.parametrize("text", ["(", "*", "[a", r"\\"[:1], "(?P<1>a)", "a{99999999999}", "(?<x"])
def test_bad_patterns(text: str) -> None:
    with pytest.raises(ValueError, match="is no regular expression: "):
        checked_pattern(text)


def test_groups() -> None:
    assert groups_of(r"(?P<a>.)(.)(?:.)(?P<b>.)") == {"a", "b"}
    assert group_count(r"(?P<a>.)(.)(?:.)(?P<b>.)") == 3
