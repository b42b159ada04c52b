"""Finding the files a job would write: each is found under its own number, and nothing else is."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from render_manager.domain.frameset import FrameSet
from render_manager.domain.naming import frame_name
from render_manager.engines import existing
from render_manager.engines.existing import existing_frames

FRAMES = FrameSet.parse("-20-120")
patterns = st.builds(
    lambda before, hashes, after: before + "#" * hashes + after,
    st.text(alphabet="ab_-.0179 影v{}#", max_size=8).map(lambda text: text.lstrip(".")),
    st.integers(0, 5),
    st.text(alphabet="ab_-.0179 影v", max_size=5),
).filter(lambda pattern: pattern.strip(". #"))


class Names:
    """A folder that is only a list of names."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.names: list[str] = []
        monkeypatch.setattr(existing.os, "listdir", lambda _folder: self.names)


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch) -> Names:
    return Names(monkeypatch)


@given(pattern=patterns, numbers=st.sets(st.integers(-20, 120), max_size=8))
def test_every_written_file_is_found_under_its_number(folder: Names, pattern: str, numbers: set[int]) -> None:
    """Or it would be overwritten without a word."""
    folder.names = [f"{frame_name(pattern, number)}.png" for number in numbers]
    found = existing_frames(Path("/out"), pattern, ".png", FRAMES)
    assert found == {number: Path("/out") / f"{frame_name(pattern, number)}.png" for number in numbers}


@given(pattern=patterns, name=st.text(alphabet="ab_-.0179 影v#", min_size=1, max_size=14))
def test_nothing_else_is_found(folder: Names, pattern: str, name: str) -> None:
    folder.names = [f"{name}.png"]
    for number, path in existing_frames(Path("/out"), pattern, ".png", FRAMES).items():
        assert path.name == f"{frame_name(pattern, number)}.png"


@pytest.mark.parametrize(
    ("pattern", "stem", "number"),
    [
        ("shot_####", "shot_0042", 42),
        ("shot####", "shot0042", 42),
        ("shot010_####", "shot010_0042", 42),
        ("sh010####", "sh0100042", 42),
        ("v2##", "v2-07", -7),
        ("####_L", "0007_L", 7),
        ("a-####", "a-0001", 1),
        ("a####", "a-0001", -1),
        ("a##b##", "a##b12", 12),
        ("frame", "frame0012", 12),
    ],
)
def test_names_that_mislead(folder: Names, pattern: str, stem: str, number: int) -> None:
    folder.names = [f"{stem}.png"]
    assert list(existing_frames(Path("/out"), pattern, ".png", FRAMES)) == [number]


@pytest.mark.parametrize(
    "name",
    [
        "shot_0001.exr",
        "shot_0001",
        ".shot_0001.png",
        "shot_0001.png.part",
        "shot_001.png",
        "shot_00001.png",
        "other_0001.png",
        "shot_0001x.png",
        "shot_1.png",
        "shot_0121.png",
        "shot_+001.png",
        "shot_ 001.png",
        "shot_००१२.png",
    ],
)
def test_names_that_are_none_of_ours(folder: Names, name: str) -> None:
    folder.names = [name]
    assert existing_frames(Path("/out"), "shot_####", ".png", FRAMES) == {}


def test_any_ending_counts_where_none_is_known(folder: Names) -> None:
    folder.names = ["shot_0001.exr", "shot_0002.tif", "shot_0003"]
    assert list(existing_frames(Path("/out"), "shot_####", "", FRAMES)) == [1, 2]


def test_endings_in_capitals_count(folder: Names) -> None:
    folder.names = ["shot_0001.PNG"]
    assert list(existing_frames(Path("/out"), "shot_####", ".png", FRAMES)) == [1]


def test_a_folder_that_is_not_there_holds_nothing(tmp_path: Path) -> None:
    assert existing_frames(tmp_path / "missing", "a_####", ".png", FRAMES) == {}


def test_a_folder_that_is_a_file_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(NotADirectoryError):
        existing_frames(tmp_path / "file", "a_####", ".png", FRAMES)


def test_many_files_are_looked_through_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(1, 21):
        (tmp_path / f"a_{number:04d}.png").touch()
    calls = []
    listdir = os.listdir
    monkeypatch.setattr(existing.os, "listdir", lambda path: (calls.append(path), listdir(path))[1])
    assert len(existing_frames(tmp_path, "a_####", ".png", FrameSet.parse("1-1000000"))) == 20
    assert calls == [tmp_path]


def test_layers_in_folders_of_their_own(tmp_path: Path) -> None:
    """A frame is there when every layer that has any frame has it."""
    for layer, numbers in (("beauty", (1, 2, 3)), ("fog/left", (2, 3, 4)), (".staging", (9,)), ("old", ())):
        (tmp_path / layer).mkdir(parents=True)
        for number in numbers:
            (tmp_path / layer / f"shot_{number:04d}.png").write_bytes(b"x")
    (tmp_path / "replaced-1").mkdir()
    (tmp_path / "replaced-1" / "shot_0002.png").write_bytes(b"x")
    assert existing_frames(tmp_path, "shot_####", ".png", FrameSet.parse("1-9"), below=True) == {
        number: tmp_path / "beauty" / f"shot_{number:04d}.png" for number in (2, 3)
    }
    assert existing_frames(tmp_path, "shot_####", ".png", FrameSet.parse("1-9")) == {}
    (tmp_path / "shot_0007.png").write_bytes(b"x")
    assert existing_frames(tmp_path, "shot_####", ".png", FrameSet.parse("1-9"), below=True) == {
        7: tmp_path / "shot_0007.png"
    }
