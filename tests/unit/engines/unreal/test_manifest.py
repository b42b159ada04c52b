"""What our script is told: frames as ranges, and names that Unreal understands."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.jobs import make_spec

from render_manager.domain.naming import frame_name, frame_number
from render_manager.engines.unreal.manifest import (
    FrameRange,
    file_name_format,
    frame_ranges,
    make_manifest,
)
from render_manager.engines.unreal.options import UnrealOptions


@pytest.mark.parametrize(
    ("frames", "ranges"),
    [
        ([5], [(5, 6, 1)]),
        ([1, 2, 3], [(1, 4, 1)]),
        ([-2, -1, 0], [(-2, 1, 1)]),
        ([1, 2, 5, 6, 7], [(1, 3, 1), (5, 8, 1)]),
        ([1, 3, 5, 7], [(1, 8, 2)]),
        ([1, 9], [(1, 2, 1), (9, 10, 1)]),
        ([1, 3, 4, 5], [(1, 2, 1), (3, 6, 1)]),
        ([1, 2, 4, 6, 8], [(1, 3, 1), (4, 9, 2)]),
    ],
)
def test_ranges(frames: list[int], ranges: list[tuple[int, int, int]]) -> None:
    assert frame_ranges(frames) == tuple(FrameRange(*one) for one in ranges)


@given(st.sets(st.integers(-50, 50), min_size=1).map(sorted))
def test_ranges_hold_the_frames_and_no_other(frames: list[int]) -> None:
    found = [frame for one in frame_ranges(frames) for frame in range(one.start, one.end, one.step)]
    assert found == frames


@pytest.mark.parametrize(
    ("pattern", "name", "padding"),
    [
        ("Intro.####", "Intro.{frame_number}", 4),
        ("shot_######", "shot_{frame_number}", 6),
        ("####", "{frame_number}", 4),
        ("#", "{frame_number}", 1),
        ("shot", "shot{frame_number}", 4),
        ("shot_####_L", "shot_L.{frame_number}", 4),
        ("take2####", "take2.{frame_number}", 4),
        ("take2", "take2.{frame_number}", 4),
        ("a#b####", "a#b{frame_number}", 4),
        ("{x}/y\\z.####", "(x)_y_z.{frame_number}", 4),
    ],
)
def test_names(pattern: str, name: str, padding: int) -> None:
    assert file_name_format(pattern) == (name, padding)


@given(st.from_regex(r"[a-z0-9_. -]{0,12}#{0,6}[a-z_]{0,3}", fullmatch=True), st.integers(0, 99_999))
def test_a_frame_is_found_again_in_its_name(pattern: str, frame: int) -> None:
    name, padding = file_name_format(pattern)
    written = name.replace("{frame_number}", f"{frame:0{padding}d}")
    assert abs(frame_number(written) or 0) == frame
    if pattern.endswith("#") and not pattern.rstrip("#")[-1:].isdigit():
        assert written == frame_name(pattern, frame)


def test_all_of_it_goes_through_json(tmp_path: Path) -> None:
    options = UnrealOptions(preset="/Game/P.P", width=64, height=36, warm_up_frames=8, image_format="EXR")
    folder = tmp_path / "a b 影"
    made = make_manifest(
        make_spec(output_name="Intro.####"),
        options,
        [1, 2, 9],
        folder,
        sequence="/Game/Shots/Intro.Intro",
        map_package="/Game/Maps/Main",
        token="t0ken",
    )
    assert made.text().isascii()
    values = json.loads(made.text())
    assert values["ranges"] == [
        {"start": 1, "end": 3, "step": 1},
        {"start": 9, "end": 10, "step": 1},
    ]
    assert (values["width"], values["height"], values["warm_up_frames"]) == (64, 36, 8)
    assert values["output_folder"] == str(folder)
    assert values["file_name"] == "Intro.{frame_number}"
    assert Path(values["events_file"]).parent == Path(values["result_file"]).parent == folder
    assert (values["stall_s"], values["image_format"]) == (1800.0, "EXR")
