"""A large file seen through a small window."""

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from render_manager.engines.maya.window import Window

PIECE = 1024


def window_of(data: bytes) -> Window:
    return Window(io.BytesIO(data), len(data), piece=PIECE)


@given(
    gaps=st.lists(st.integers(0, 3000), max_size=6),
    needle=st.sampled_from([b"x", b"xy", b"\ncreateNode", b"x" * 500]),
    starts=st.lists(st.integers(0, 12_000), min_size=1, max_size=4),
)
def test_finds_what_bytes_find(gaps: list[int], needle: bytes, starts: list[int]) -> None:
    data = needle.join(b"." * gap for gap in gaps)
    window = window_of(data)

    for start in starts:
        assert window.find(needle, start) == data.find(needle, start)
        assert window.find(needle, start, start + 700) == data.find(needle, start, start + 700)


@given(ranges=st.lists(st.tuples(st.integers(0, 6000), st.integers(0, 3000)), min_size=1, max_size=8))
def test_slices_are_those_of_bytes(ranges: list[tuple[int, int]]) -> None:
    data = bytes(number % 251 for number in range(5000))
    window = window_of(data)

    for start, length in ranges:
        assert window.slice(start, start + length) == data[start : start + length]


def test_file_that_shrinks_while_it_is_read_ends_there(tmp_path: Path) -> None:
    path = tmp_path / "scene.ma"
    path.write_bytes(b"." * 5000)
    with path.open("rb", buffering=0) as file:
        window = Window(file, 5000, piece=PIECE)
        path.write_bytes(b"." * 1500 + b"x")

        assert window.find(b"x", 0) == 1500
        assert window.find(b"y", 0) == -1
        assert window.slice(1400, 4000) == b"." * 100 + b"x"
        assert window.size == 1501


@pytest.mark.parametrize("start", [0, 10, 11, 5000])
def test_nothing_is_found_behind_the_end(start: int) -> None:
    window = window_of(b"." * 10)

    assert window.find(b"...........", start) == -1
    assert window.slice(max(10, start), start + 10) == b""
