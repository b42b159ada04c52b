"""Floods: lines without end and of ten megabytes cost a bounded amount of memory, whoever reads them."""

import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from fuzz.readers import READERS
from render_manager.execution.lines import MAX_LINE_BYTES, LineSplitter
from render_manager.services.cli.looking import LONGEST_LINE, bounded_lines
from render_manager.ui.log_index import read_text

CHUNK = b"x" * 262_144
CHUNKS = 256
"""64 MB altogether."""
LINE_OF_10_MB = b"Error: " + b"<b>\x1b[31m%s " * (10 * 2**20 // 12)
PARSERS = ["log-blender", "log-maya", "log-unreal", "log-povray"]


@contextmanager
def at_most(most_bytes: int) -> Iterator[None]:
    tracemalloc.start()
    try:
        yield
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < most_bytes


def test_a_line_without_end() -> None:
    splitter = LineSplitter()
    with at_most(2 * 2**20):
        for _count in range(CHUNKS):
            assert splitter.feed(CHUNK) == []
        (line,) = splitter.finish()
    assert len(line.text) == MAX_LINE_BYTES
    assert line.end == CHUNKS * len(CHUNK)


@pytest.mark.parametrize("end", [b"\n", b"\r", b""])
@pytest.mark.parametrize("name", PARSERS)
def test_a_line_of_ten_megabytes(tmp_path: Path, name: str, end: bytes) -> None:
    data = b"before\n" + LINE_OF_10_MB + end + b"behind\n"
    with at_most(8 * 2**20):
        READERS[name].try_out(data, tmp_path)


def test_a_log_without_line_ends_is_explained_by_its_beginning(tmp_path: Path) -> None:
    path = tmp_path / "endless.log"
    with path.open("wb") as file:
        for _count in range(CHUNKS):
            file.write(CHUNK)
        file.write(b"\nend\n")
    with path.open(encoding="utf-8", newline="\n") as file_of_text, at_most(6 * LONGEST_LINE):
        lengths = [len(line) for line in bounded_lines(file_of_text)]
    assert lengths == [LONGEST_LINE, 4]


@pytest.mark.parametrize("limit", [1000, 100_000])
def test_what_is_copied_of_a_log_is_bounded(tmp_path: Path, limit: int) -> None:
    path = tmp_path / "endless.log"
    with path.open("wb") as file:
        file.truncate(1 << 40)
    read: Callable[..., tuple[str, int]] = read_text
    with at_most(2**20 + 8 * limit):
        text, _lines = read(path, (0, 1 << 40), limit)
    assert len(text) <= limit
