"""Which files of a staging folder belong to which frame, and what they are called in the end."""

from collections.abc import Container
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from render_manager.domain.frameset import FrameSet
from render_manager.domain.naming import frame_name
from render_manager.engines.events import WrittenFile
from render_manager.scheduling.collecting import (
    Stream,
    staged_files,
    streams_of,
    with_companions,
    written_files,
)


def put(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"x")


def found(folder: Path, frames: Container[int], pattern: str = "shot.####") -> dict[str, tuple[int, str]]:
    return {
        file.path.relative_to(folder).as_posix(): (file.frame, file.final_name)
        for file in staged_files(folder, frames, pattern)
    }


def test_layers_passes_and_other_padding(tmp_path: Path) -> None:
    put(
        tmp_path,
        "shot.0001.exr",
        "shot.1.png",
        "shot.depth.0001.exr",
        "rs_fog/shot.0001.exr",
        "rs_fog/beauty/shot.00001.exr",
        "shot_0001_L.png",
        "shot.0002.exr",
        "shot.0030.exr",
        "shot.exr",
        "notes.txt",
        "moves-1-1.json",
        ".engine/manifest-1.json",
    )
    assert found(tmp_path, range(1, 11)) == {
        "shot.0001.exr": (1, "shot.0001.exr"),
        "shot.1.png": (1, "shot.0001.png"),
        "shot.depth.0001.exr": (1, "shot.depth.0001.exr"),
        "rs_fog/shot.0001.exr": (1, "shot.0001.exr"),
        "rs_fog/beauty/shot.00001.exr": (1, "shot.0001.exr"),
        "shot_0001_L.png": (1, "shot_0001_L.png"),
        "shot.0002.exr": (2, "shot.0002.exr"),
    }


def test_the_files_of_a_frame_with_their_places_the_beauty_first(tmp_path: Path) -> None:
    staging, output = tmp_path / "staging", tmp_path / "out"
    put(staging, "rs_fog/shot.0007.exr", "a.0007.exr", "shot.007.exr", "shot.0008.exr")
    files = list(staged_files(staging, {7}, "shot.####"))
    assert written_files(files, name="shot.0007", output_dir=output) == [
        WrittenFile(str(staging / "shot.007.exr"), "", "shot.0007.exr"),
        WrittenFile(str(staging / "a.0007.exr")),
        WrittenFile(str(staging / "rs_fog" / "shot.0007.exr"), str(output / "rs_fog")),
    ]


@pytest.mark.parametrize(
    ("name", "pattern", "frames", "frame"),
    [
        ("shot-0004.png", "shot-####", range(1, 9), 4),
        ("shot.-0004.png", "shot.####", range(-5, 6), -4),
        ("shot-0004.png", "shot-####", range(-5, 6), 4),
        ("shot-0004.png", "shot####", range(-5, 6), -4),
        ("shot0004.png", "shot####", range(-5, 6), 4),
        ("shot--0004.png", "shot-####", range(-5, 6), -4),
        ("-0004.png", "####", range(-5, 6), -4),
        ("shot.0004_v2.png", "shot.####_v2", range(1, 9), 4),
        ("shot_0004_take3.png", "shot_####_take3", range(1, 9), 4),
        ("mask_sh0100007.png", "sh010####", range(1, 9), 7),
        ("shot_-0004.png", "shot_####", range(-5, 0), -4),
        ("sh0100007.png", "sh010####", range(1, 9), 7),
        ("sh010.0007.png", "sh010.####", range(1, 20), 7),
        ("shot.12345.png", "shot.####", range(12340, 12350), 12345),
        ("shot.0009.png", "shot.####", range(1, 9), None),
        ("shot.99999999999999999999999.png", "shot.####", range(1, 9), None),
    ],
)
def test_numbers(tmp_path: Path, name: str, pattern: str, frames: range, frame: int | None) -> None:
    put(tmp_path, name)
    assert [file.frame for file in staged_files(tmp_path, frames, pattern)] == (
        [] if frame is None else [frame]
    )


@given(
    prefix=st.text("abz019._-", max_size=6),
    frame=st.integers(-9999, 99999),
    padding=st.integers(1, 6),
)
def test_a_frame_named_by_the_pattern_is_always_found(
    tmp_path_factory: pytest.TempPathFactory, prefix: str, frame: int, padding: int
) -> None:
    folder = tmp_path_factory.mktemp("staging")
    pattern = f"x{prefix}{'#' * padding}"
    put(folder, f"{frame_name(pattern, frame)}.png")
    (file,) = staged_files(folder, {frame}, pattern)
    assert file.frame == frame
    if not prefix[-1:].isdigit():
        assert file.final_name == f"{frame_name(pattern, frame)}.png"


@pytest.mark.parametrize("pattern", ["shot.####", "shot####", "shot_####", "shot-####", "####"])
def test_no_file_is_taken_for_that_of_the_frame_on_the_other_side_of_zero(
    tmp_path: Path, pattern: str
) -> None:
    frames = range(-3, 4)
    names = {frame: f"{frame_name(pattern, frame)}.png" for frame in frames}
    put(tmp_path, *names.values())
    assert {file.frame: file.path.name for file in staged_files(tmp_path, frames, pattern)} == names
    for frame, name in names.items():
        assert streams_of((str(tmp_path / name),), frame, tmp_path, pattern, frames)


def test_streams_of_finished_files_leave_out_those_elsewhere(tmp_path: Path) -> None:
    outputs = ("shot.0007.exr", "fog/shot.0007.EXR", "../other/mask.0007.exr", "shot.0008.exr")
    streams = streams_of(tuple(str(tmp_path / name) for name in outputs[:2]), 7, tmp_path, "shot.####", {7})
    assert streams == {Stream("", "shot.", ".exr"), Stream("fog", "shot.", ".exr")}
    assert sorted(stream.text for stream in streams) == ["fog/shot.####.exr", "shot.####.exr"]
    elsewhere = (str(tmp_path.parent / "mask.0007.exr"), str(tmp_path / "shot.0008.exr"))
    assert streams_of(elsewhere, 7, tmp_path, "shot.####", {7, 8}) == frozenset()


def test_the_picture_comes_before_the_passes_below_it(tmp_path: Path) -> None:
    put(tmp_path, "rs_a/Z/shot.0007.exr", "rs_a/shot.0007.exr", "rs_b/shot.0007.exr")
    found = staged_files(tmp_path, FrameSet.parse("7"), "shot.####")
    files = written_files(found, name="shot.0007", output_dir=Path("/out"))
    assert [Path(file.path).relative_to(tmp_path).as_posix() for file in files] == [
        "rs_a/shot.0007.exr",
        "rs_b/shot.0007.exr",
        "rs_a/Z/shot.0007.exr",
    ]


def test_finished_frames_need_every_file_most_have(tmp_path: Path) -> None:
    frames = FrameSet.parse("1-4")
    put(tmp_path, *(f"shot.{frame:04d}.exr" for frame in range(1, 5)))
    put(tmp_path, *(f"Z/shot.{frame:04d}.exr" for frame in (1, 2, 4)))
    put(tmp_path, "proxy/shot.0001.jpg", "proxy/shot.0002.jpg", "proxy/shot.0004.jpg", "once.0002.exr")
    put(tmp_path, *(f"replaced-1/shot.{frame:04d}.exr" for frame in (1, 2, 3)))
    main = {frame: tmp_path / f"shot.{frame:04d}.exr" for frame in range(1, 5)}
    found = with_companions(main, tmp_path, frames, "shot.####")
    assert found == {
        1: (main[1], tmp_path / "Z/shot.0001.exr"),
        2: (main[2], *sorted([tmp_path / "Z/shot.0002.exr", tmp_path / "once.0002.exr"])),
        4: (main[4], tmp_path / "Z/shot.0004.exr"),
    }
    assert with_companions({}, tmp_path / "none", frames, "shot.####") == {}
