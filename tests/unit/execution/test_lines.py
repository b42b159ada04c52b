"""Lines out of chunks: however the stream is cut, the lines are the same."""

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from render_manager.execution.lines import MAX_LINE_BYTES, Line, LineSplitter

streams = st.lists(
    st.sampled_from([b"a", b"bc", b"\r", b"\n", b"\r\n", b" ", "ü".encode(), b"\xff", b"\0"])
).map(b"".join)


def expected(stream: bytes) -> list[str]:
    """Return the lines of a whole stream, the plain way."""
    parts = re.split(rb"\r\n|\r|\n", stream)
    if parts[-1] == b"":
        parts.pop()
    return [part.decode("utf-8", "replace") for part in parts]


def cut(stream: bytes, places: list[int]) -> list[bytes]:
    bounds = [0, *sorted(place % (len(stream) + 1) for place in places), len(stream)]
    return [stream[start:end] for start, end in pairwise(bounds)]


def split(chunks: list[bytes]) -> list[Line]:
    splitter = LineSplitter()
    lines = [line for chunk in chunks for line in splitter.feed(chunk)]
    return lines + splitter.finish()


@given(streams, st.lists(st.integers(0, 100), max_size=12))
def test_any_cutting_gives_the_same_lines(stream: bytes, places: list[int]) -> None:
    lines = split(cut(stream, places))
    assert [line.text for line in lines] == expected(stream)


@given(streams, st.lists(st.integers(0, 100), max_size=12))
def test_offsets_are_places_in_the_stream(stream: bytes, places: list[int]) -> None:
    lines = split(cut(stream, places))
    start = 0
    for line in lines:
        piece = stream[start : line.end]
        if start and stream[start - 1 : start + 1] == b"\r\n":
            piece = piece[1:]  # the line before ended with what could have been a lone \r
        assert piece.rstrip(b"\r\n").decode("utf-8", "replace") == line.text
        assert line.end > start
        start = line.end
    assert start == len(stream) or stream[start:] == b"\n"


@given(streams)
def test_byte_by_byte(stream: bytes) -> None:
    lines = split([bytes([byte]) for byte in stream])
    assert [line.text for line in lines] == expected(stream)


def test_carriage_return_before_a_newline_of_its_own() -> None:
    assert [line.text for line in split([b"a\r", b"\n", b"\n", b"b\n"])] == ["a", "", "b"]
    assert [line.text for line in split([b"a\r", b"", b"\nb\n"])] == ["a", "b"]


def test_progress_with_lone_carriage_returns() -> None:
    lines = split([b"10%\r20%\r3", b"0%\rdone\n"])
    assert [line.text for line in lines] == ["10%", "20%", "30%", "done"]


def test_a_huge_line_is_cut_and_the_next_is_whole() -> None:
    splitter = LineSplitter()
    lines = []
    for _count in range(160):
        lines += splitter.feed(b"x" * 65536)
    assert lines == []
    lines = splitter.feed(b"y\nnext\n")
    assert [len(line.text) for line in lines] == [MAX_LINE_BYTES, 4]
    assert set(lines[0].text) == {"x"}
    assert lines[1] == Line("next", 160 * 65536 + 7)


def test_a_huge_line_in_one_piece() -> None:
    (line,) = LineSplitter().feed(b"z" * 10_000_000 + b"\n")
    assert len(line.text) == MAX_LINE_BYTES
    assert line.end == 10_000_001


def test_a_character_cut_by_a_chunk_is_whole() -> None:
    data = "影\n".encode()
    assert split([data[:1], data[1:2], data[2:]]) == [Line("影", 4)]


def test_finish_says_what_is_left_once() -> None:
    splitter = LineSplitter()
    splitter.feed(b"half")
    assert splitter.finish() == [Line("half", 4)]
    assert splitter.finish() == []


@pytest.mark.parametrize("separator", ["\x0b", "\x0c", "\x1c", "\x85", "\u2028"])
def test_only_newlines_end_lines(separator: str) -> None:
    data = f"a{separator}b\n".encode()
    assert [line.text for line in split([data])] == [f"a{separator}b"]
