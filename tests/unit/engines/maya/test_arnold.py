"""Arnold's lines and their traps (`engines/maya.md` section 4)."""

import pytest
from support.maya_lines import check_order, codes, of, parse, parser_for, steps

from render_manager.engines.events import EngineEvent, FileWritten

AT = "00:00:09   514MB         | "


def frame(number: int, *paths: str) -> list[str]:
    return [
        f"{AT} starting 4 bucket workers of size 64x64 ...",
        f"{AT}     0% done - 64 rays/pixel",
        f"{AT}    50% done - 49 rays/pixel",
        f"{AT}   100% done - 25 rays/pixel",
        f"{AT} render done in 0:08.090",
        *(f"{AT} [driver_exr] writing file `{path}'" for path in paths or (f"/out/x.{number:04d}.exr",)),
        f"{AT}render done",
    ]


def run(lines: list[str], *frames: int, layers: int = 1, cameras: int = 1) -> list[EngineEvent]:
    events = parse(lines, parser_for("arnold", frames, layers=layers, cameras=cameras))
    check_order(events)
    return events


def test_a_frame_is_done_after_its_files_and_not_before() -> None:
    assert steps(run(frame(1)[:-1], 1)) == ["+1", "1:0", "1:50", "1:100"]
    assert steps(run(frame(1), 1))[-1] == "-1"
    assert steps(run([f"{AT} render done in 0:08.090"], 1)) == []


def test_frames_follow_each_other() -> None:
    events = run([*frame(1), *frame(2)], 1, 2)
    assert steps(events) == ["+1", "1:0", "1:50", "1:100", "-1", "+2", "2:0", "2:50", "2:100", "-2"]


def test_several_files_a_frame_are_one_frame() -> None:
    events = run(frame(1, "/out/beauty/x.0001.exr", "/out/Z/x.0001.exr", "/out/N/x.0001.exr"), 1)
    assert steps(events).count("-1") == 1
    assert [file.frame for file in of(FileWritten, events)] == [1, 1, 1]


def test_two_layers() -> None:
    lines = [*frame(1, "/o/a/x.0001.exr"), *frame(2, "/o/a/x.0002.exr")]
    lines += [*frame(1, "/o/b/x.0001.exr"), *frame(2, "/o/b/x.0002.exr")]
    told = steps(run(lines, 1, 2, layers=2))
    assert told == [
        *("+1", "1:0", "1:25", "1:50", "+2", "2:0", "2:25", "2:50"),
        *("1:50", "1:75", "1:100", "-1", "2:50", "2:75", "2:100", "-2"),
    ]


@pytest.mark.parametrize(
    "quoted", ["`/out/x.0001.exr'", "'/out/x.0001.exr'", '"/out/x.0001.exr"', "`/out/artist's x.0001.exr'"]
)
def test_quotes_differ_by_version(quoted: str) -> None:
    (file,) = of(FileWritten, run([f"{AT} [driver_exr] writing file {quoted}"], 1))
    assert file.path == quoted[1:-1]


@pytest.mark.parametrize(
    "line",
    [
        f"{AT}scene creation time          0:02.10  machine utilization (15.2%)",
        f"{AT}Rendering utilization was only 15%.  Your render may be bound by I/O.",
        f"{AT}  Tile: 120384 main cache misses (1.34482%)",
        f"{AT}    1:  Rendering utilization was only %d%%",
        f"{AT}  101% done - 3 rays/pixel",
        f"{AT}  0.5% done",
    ],
)
def test_percentages_of_statistics_are_no_progress(line: str) -> None:
    assert steps(run([*frame(1)[:3], line], 1)) == ["+1", "1:0", "1:50"]


def test_passes_that_start_again() -> None:
    lines = [*frame(1)[1:4], *frame(1)]
    assert steps(run(lines, 1)) == ["+1", "1:0", "1:50", "1:100", "1:100", "1:100", "1:100", "-1"]


@pytest.mark.parametrize("prefix", ["mel: ", "2023-02-03 09:11:51:  0: STDOUT: ", "INFO : ", "[farm 12] "])
def test_any_prefix(prefix: str) -> None:
    assert steps(run([prefix + line for line in frame(1)], 1)) == ["+1", "1:0", "1:50", "1:100", "-1"]


def test_the_closing_summary_of_a_good_run_holds_no_trouble() -> None:
    lines = [
        f"{AT}number of errors, error type:",
        f"{AT}    2:  [maketx] Couldn't convert the texture to TX %s",
        f"{AT}number of warnings, warning type:",
        f"{AT}    2:  [AiMakeTx] %s",
        f"{AT}Arnold shutdown",
    ]
    assert codes(run(lines, 1)) == []


def test_a_watermark_taints_and_is_no_failure() -> None:
    line = "00:00:01   512MB WARNING | rendering with watermarks because of failed authorization:"
    for summary in (line, f"{AT}    1:  rendering with watermarks because of failed authorization:"):
        events = run([summary, *frame(1)], 1)
        assert codes(events) == ["watermark"]
        assert steps(events)[-1] == "-1"


def test_a_log_of_unknown_frames_tells_them_by_their_files() -> None:
    events = parse([*frame(12), *frame(13)])
    assert steps(events) == ["+12", "12:100", "-12", "+13", "13:100", "-13"]


def test_a_log_that_was_cut_behind_the_file_is_of_a_frame_that_is_done() -> None:
    assert steps(parse(frame(12)[:-1])) == ["+12", "12:100", "-12"]
    # A worker's frames are looked at on the disk instead.
    assert steps(run(frame(1)[:-1], 1))[-1] == "1:100"


def test_a_log_that_ends_under_a_frame_says_how_far_it_was() -> None:
    events = parse(frame(12)[:3])
    assert codes(events) == ["log-ends"]
    assert "50 % done" in events[-1].meaning  # type: ignore[union-attr]


def test_a_missing_texture_is_an_error_that_stops_nothing() -> None:
    line = "00:00:01   512MB ERROR   | [texturesys] could not open /tex/a.tx"
    events = run([line, *frame(1)], 1)
    assert codes(events) == ["missing-texture"]
    assert steps(events)[-1] == "-1"
