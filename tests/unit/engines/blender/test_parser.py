import json
import random
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from render_manager.engines.blender.parser import BlenderParser
from render_manager.engines.events import (
    EngineEvent,
    FileWritten,
    FrameAdvanced,
    FrameBegan,
    FrameEnded,
    Remark,
)

LOGS = Path(__file__).resolve().parents[3] / "data" / "logs" / "blender"
EXPECTED = json.loads((LOGS / "expected-events.json").read_text("utf-8"))
HEADER = ("# source:", "# kind:", "# note:")
MESSAGE = '{"event": "frame_failed", "frame": 1, "error": "lost"}'

CYCLES_3 = "Fra:{} Mem:9.91M (Peak 10.83M) | Time:00:00.16 | Mem:0.76M, Peak:0.76M | Scene, {} | Sample {}/{}"
CYCLES_5 = "00:04.230  render           | Fra: {} | Remaining: 01:43.73 | Mem: 1699M | Sample {}/{}"


def lines_of(name: str) -> list[str]:
    text = (LOGS / f"{name}.log").read_text("utf-8")
    return [line for line in text.splitlines() if not line.startswith(HEADER)]


def parse(lines: Iterable[str], parser: BlenderParser | None = None) -> list[EngineEvent]:
    parser = parser or BlenderParser("")
    events = [event for line in lines for event in parser.feed(line)]
    return [*events, *parser.finish(None)]


def as_json(event: EngineEvent) -> dict[str, Any]:
    values = json.loads(json.dumps(asdict(event)))
    assert not values.pop("taints", False)
    return {"event": type(event).__name__, **values}


def of(kind: type, events: Sequence[EngineEvent]) -> list[Any]:
    return [event for event in events if isinstance(event, kind)]


def check_percents(events: Sequence[EngineEvent]) -> None:
    best: dict[int, float] = {}
    for event in events:
        if isinstance(event, FrameBegan):
            best.pop(event.frame, None)
        if isinstance(event, FrameAdvanced) and event.percent is not None:
            assert 0.0 <= event.percent <= 100.0
            assert event.percent >= best.get(event.frame, 0.0)
            best[event.frame] = event.percent


def saying(**values: Any) -> str:
    return "@RM-ab12 " + json.dumps(values)


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_logs_give_the_events_kept_beside_them(name: str) -> None:
    parser = BlenderParser("ab12" if name.startswith("driver") else "")
    assert [as_json(event) for event in parse(lines_of(name), parser)] == EXPECTED[name]


def frames(events: Sequence[EngineEvent]) -> tuple[set[int], set[int], set[str]]:
    return (
        {event.frame for event in of(FrameBegan, events)},
        {event.frame for event in of(FrameEnded, events)},
        {event.path for event in of(FileWritten, events)},
    )


@pytest.mark.parametrize(
    "name",
    [
        "blender-3.4-eevee-ok",
        "blender-3.4-workbench-ok",
        "blender-3.4-disk-full",
        "blender-3.4-compositor-file-output",
        "bpy-5.0-anim-cycles-ok",
        "driver-3.4-three-frames",
        "modelled-5.1-program-eevee",
        "modelled-2.93-farm-crash",
    ],
)
def test_lines_that_run_together_give_the_same_frames_and_files(name: str) -> None:
    lines = lines_of(name)
    joined = ["".join(lines[at : at + 2]) for at in range(0, len(lines), 2)]
    shifted = [lines[0], *("".join(lines[at : at + 2]) for at in range(1, len(lines), 2))]
    assert frames(parse(joined)) == frames(parse(lines)) == frames(parse(shifted))


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize(
    "name", ["blender-3.4-eevee-ok", "blender-3.4-two-layers", "driver-3.4-three-frames"]
)
def test_output_cut_at_random_places_invents_no_frame(name: str, seed: int) -> None:
    rng = random.Random(seed)
    whole = lines_of(name)
    pieces: list[str] = []
    for line in whole:
        cut = rng.randrange(len(line) + 1)
        pieces += [line[:cut], line[cut:]] if rng.random() < 0.3 else [line]
    began, ended, _ = frames(parse(whole))
    events = parse(pieces)
    cut_began, cut_ended, _ = frames(events)
    check_percents(events)
    assert cut_began <= began
    assert cut_ended <= ended


@pytest.mark.parametrize("name", sorted(path.stem for path in LOGS.glob("*.log")))
def test_percent_is_sane_in_every_log_and_each_frame_begins_once(name: str) -> None:
    events = parse(lines_of(name))
    check_percents(events)
    began = [event.frame for event in of(FrameBegan, events)]
    assert len(began) == len(set(began))


def test_logs_of_good_runs_hold_no_remark() -> None:
    names = [
        path.stem for path in LOGS.glob("*.log") if path.stem.endswith("-ok") or "workbench" in path.stem
    ]
    assert len(names) > 8
    for name in names:
        assert of(Remark, parse(lines_of(name))) == [], name


def test_frame_begins_once_and_ends_with_its_own_file() -> None:
    events = parse(
        [
            CYCLES_3.format(7, "ViewLayer", 0, 4),
            CYCLES_3.format(7, "ViewLayer", 4, 4),
            "Saved: /proj/out/comp/Image0007.png",
            "Saved: '/proj/out/shot_0007.png'",
            " Time: 00:00.56 (Saving: 00:00.38)",
        ]
    )
    assert [event for event in events if not isinstance(event, FrameAdvanced)] == [
        FrameBegan(7),
        FileWritten(7, "/proj/out/comp/Image0007.png"),
        FileWritten(7, "/proj/out/shot_0007.png"),
        FrameEnded(7, seconds=0.16),
    ]


@pytest.mark.parametrize(
    ("path", "frame"),
    [
        ("/proj/out/b5_0012.png", 12),
        ("X:\\out\\shot 7\\b5_0012.exr", 12),
        ("/proj/artist's/0003.png", 3),
        ("/proj/out/frame_-0004.png", -4),
        ("/proj/out/frame-0004.png", 4),
        ("/proj/out/x_0001_L.png", 1),
        ("/proj/out/x_0009", 9),
    ],
)
def test_number_comes_from_the_file_name_where_no_line_says_it(path: str, frame: int) -> None:
    line = f"00:00.620  render           | Saved: '{path}'"
    assert parse([line]) == [FrameBegan(frame), FileWritten(frame, path), FrameEnded(frame)]


def test_number_in_work_goes_before_the_number_in_a_file_name() -> None:
    events = parse([CYCLES_3.format(3, "ViewLayer", 4, 4), "Saved: '/proj/out/poster_1080.png'"])
    assert of(FrameEnded, events) == [FrameEnded(3, seconds=0.16)]


def test_file_without_any_number_is_only_a_file() -> None:
    assert parse(["Saved: '/proj/out/still.png'"]) == [FileWritten(None, "/proj/out/still.png")]


@pytest.mark.parametrize(
    "line", ["Saved: 12 objects", "Saved: '/proj/scenes/shot.blend'", "Saved: ", 'Info: Saved "shot.blend"']
)
def test_other_lines_about_saving_are_no_files(line: str) -> None:
    assert parse([line]) == []


def test_time_on_the_same_line_marks_the_own_file_of_old_versions() -> None:
    events = parse(["Saved: /proj/out/26885_0151.png Time: 00:04.67 (Saving: 00:00.22)"])
    assert events == [FrameBegan(151), FileWritten(151, "/proj/out/26885_0151.png"), FrameEnded(151)]


@pytest.mark.parametrize("line", ["Append frame 12", "00:00.9  video.write      | Video append frame 12"])
def test_movie_frame_begins_and_ends_without_a_file(line: str) -> None:
    assert parse([line]) == [FrameBegan(12), FrameEnded(12)]


def test_existing_frame_that_is_skipped_neither_begins_nor_ends() -> None:
    events = parse(['skipping existing frame "/proj/out/frame_0001.png"'])
    assert [event.code for event in of(Remark, events)] == ["frame-exists"]
    assert len(events) == 1


@pytest.mark.parametrize(
    ("line", "began"),
    [
        ("00:00.860  render           | Rendering frame 2", [2]),
        ("00:00.860  render           | Rendering frame -2", [-2]),
        ("Rendering frame 2", []),
        ("farm | Rendering frame 2 of 10", []),
        ("Fra:9 Mem:9.05M (Peak 10.83M) | Time:00:00.00 | Syncing Cube", [9]),
        ("Fra:-9 Mem:9.05M", [-9]),
        ("Fra: 9 | Rendering 1 / 64 samples", [9]),
        ("Fra:9", []),
        ("Fra:9999999999 Mem:1M", []),
        ("Fra:x Mem:1M", []),
        ("[12:00:01] Fra:3 Mem:1M", [3]),
        ("2024-05-01 12:00:00:  0: STDOUT: Fra:12 Mem:9M", [12]),
        ("2024-05-01T12:00:00.1+00:00: > Fra:12 Mem:9M", [12]),
        ("[frame-001 stdout] Fra:5 Mem:9M", [5]),
    ],
)
def test_frame_begins_behind_any_prefix(line: str, began: list[int]) -> None:
    assert [event.frame for event in of(FrameBegan, parse([line]))] == began


def test_two_statements_in_one_line_are_read_in_their_order() -> None:
    both = "00:01.5  render           | Saved: '/p/x_0001.png'" + CYCLES_5.format(2, 1, 16)
    events = parse([CYCLES_5.format(1, 16, 16), both])
    assert [event.frame for event in of(FrameEnded, events)] == [1]
    assert [event.frame for event in of(FrameBegan, events)] == [1, 2]


@pytest.mark.parametrize(
    ("lines", "renderer"),
    [
        ([CYCLES_5.format(1, 1, 4)], "Cycles"),
        (["Fra:1 Mem:1M (Peak 1M) | Time:00:00.1 | Rendering 1 / 64 samples"], "Eevee"),
        (["Fra:1 Mem:1M (Peak 1M) | Time:00:00.1 | Syncing Cube"], "Eevee"),
        (["00:00.1  render           | Engine: EEVEE"], "Eevee"),
        (["00:00.1  render           | Engine: BLENDER_EEVEE_NEXT"], "Eevee"),
        (["00:00.1  cycles           | ERROR Image file 'x' does not exist."], "Cycles"),
        (["EGL Error (0x3009): EGL_BAD_MATCH", "Saved: '/p/x_0001.png'"], "Workbench"),
        (["EGL Error (0x3009): EGL_BAD_MATCH", "00:00.1  render           | Saved: '/p/x_0001.png'"], ""),
        (["Saved: '/p/x_0001.png'"], ""),
        ([saying(event="ready", engine="BLENDER_WORKBENCH")], "Workbench"),
        ([saying(event="ready", engine="LUXCORE")], "LUXCORE"),
    ],
)
def test_renderer_is_told_where_lines_tell_it(lines: list[str], renderer: str) -> None:
    parser = BlenderParser("")
    parse(lines, parser)
    assert parser.renderer == renderer


def test_error_inside_a_status_line_is_told() -> None:
    for status in ("Error | CUDA error at cuCtxCreate: Out of memory", "Error: System is out of GPU memory"):
        line = f"Fra:151 Mem:405.91M (0.00M, Peak 633.81M) | Scene, RenderLayer | {status}"
        assert [event.code for event in of(Remark, parse([line]))] == ["gpu-out-of-memory"]


def test_names_of_objects_in_status_lines_are_no_trouble() -> None:
    line = "Fra:1 Mem:9M (Peak 9M) | Scene, ViewLayer | Synchronizing object | Error out of memory sign"
    assert of(Remark, parse([line])) == []


def test_a_flood_of_one_error_is_told_some_times_for_each_frame_and_always_when_explaining() -> None:
    flood = ["<jemalloc>: background thread creation failed (11)"] * 500
    lines = [*flood, "Fra:1 Mem:9M (Peak 9M) | Syncing Cube", *flood]
    assert len(of(Remark, parse(lines, BlenderParser("ab12")))) == 40
    assert len(of(Remark, parse(lines, BlenderParser("")))) == 1000


def test_traceback_is_one_remark_with_its_last_line() -> None:
    events = parse(lines_of("blender-3.4-python-handler-error"))
    assert [(event.code, event.line) for event in of(Remark, events)] == [
        ("python-error", "RuntimeError: asset database is offline")
    ] * 2
    assert [event.frame for event in of(FrameEnded, events)] == [1, 2]


def test_output_that_ends_inside_a_traceback_still_tells_of_it() -> None:
    lines = [
        "Error: Python: Traceback (most recent call last):",
        '  File "/proj/setup.py", line 3, in <module>',
    ]
    parser = BlenderParser("")
    assert [event for line in lines for event in parser.feed(line)] == []
    assert [event.code for event in of(Remark, parser.finish(None))] == ["python-error"]
    assert parser.finish(None) == ()


PIECES = st.sampled_from(
    [
        "Fra:1 ",
        "Fra: 2 |",
        "Fra:",
        "Saved: ",
        "Saved: '",
        "'",
        " | ",
        "Sample 1/4",
        "Sample 9/",
        "Rendering 3 / 4 samples",
        "Rendered 1/2 Tiles, Sample 3/4",
        "Path Tracing Tile 0/5",
        "Remaining:00:01.5",
        "Time:9:9.9",
        "Scene, ViewLayer",
        "Finished",
        "Append frame 3",
        "| Rendering frame 4",
        "@RM ",
        "@RM-ab12 ",
        MESSAGE,
        '{"event": "frame_started", "frame": 1}',
        '{"event": "progress", "frame": 1, "percent": 50, "text": ""}',
        "Error: ",
        "Traceback (most recent call last):",
        'Error: Python:   File "',
        "ValueError: x",
        "Exception ignored in",
        "/p/x_0001.png",
        "\x00",
        "²",
        "٣",
    ]
)


@given(st.lists(st.lists(PIECES | st.text(max_size=6), max_size=8).map("".join), max_size=25), st.booleans())
def test_no_text_raises_and_percent_stays_sane(lines: list[str], with_token: bool) -> None:
    parser = BlenderParser("ab12" if with_token else "")
    check_percents(parse(lines, parser))
    assert isinstance(parser.renderer, str)


@given(st.text())
def test_no_single_line_raises(line: str) -> None:
    check_percents(parse([line]))


@pytest.mark.parametrize(
    "line",
    [
        "Fra:1 " + "| " * 40_000,
        "Saved: '" * 10_000,
        "@RM {" * 20_000,
        "Error: " * 10_000,
        "cannot /" * 10_000,
        "Fra:1 " * 12_000,
        "Traceback (most recent call last):" * 2000,
        "x" * 1_000_000,
    ],
)
def test_huge_lines_are_read_without_harm(line: str) -> None:
    check_percents(parse([line, line]))
