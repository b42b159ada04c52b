import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest

from render_manager.domain.scene import Severity
from render_manager.engines.blender.parser import BlenderParser
from render_manager.engines.events import (
    EngineEvent,
    EngineGaveUp,
    EngineReady,
    FileWritten,
    FrameAdvanced,
    FrameBegan,
    FrameEnded,
    FrameErred,
    Remark,
    WrittenFile,
)

LOGS = Path(__file__).resolve().parents[3] / "data" / "logs" / "blender"
MESSAGE = '{"event": "frame_failed", "frame": 1, "error": "lost"}'
CYCLES_3 = "Fra:{} Mem:9.91M (Peak 10.83M) | Time:00:00.16 | Mem:0.76M, Peak:0.76M | Scene, {} | Sample {}/{}"


def parse(lines: Iterable[str], parser: BlenderParser | None = None) -> list[EngineEvent]:
    parser = parser or BlenderParser("")
    events = [event for line in lines for event in parser.feed(line)]
    return [*events, *parser.finish(None)]


def of(kind: type, events: Sequence[EngineEvent]) -> list[Any]:
    return [event for event in events if isinstance(event, kind)]


def percents(events: Sequence[EngineEvent]) -> list[float | None]:
    return [event.percent for event in of(FrameAdvanced, events)]


def saying(**values: Any) -> str:
    return "@RM-ab12 " + json.dumps(values)


def test_events_of_the_script() -> None:
    events = parse(
        [
            saying(event="hello", blender="5.0.1"),
            saying(event="ready", scene="Scene", engine="CYCLES"),
            saying(event="frame_started", frame=-4),
            saying(event="progress", frame=-4, percent=12.5, text="Sample 1/8", remaining_s=3.5),
            saying(event="progress", frame=-4, percent=None, text="Denoising", remaining_s=None),
            saying(
                event="frame_rendered",
                frame=-4,
                files=[{"path": "/s/f_-0004.png"}, {"path": "/s/node0/a.exr", "final_dir": "/p/aov"}],
                seconds=1.25,
            ),
            saying(event="frame_started", frame=5),
            saying(event="frame_failed", frame=5, error="Error: Cannot render, no camera"),
            saying(event="warning", code="gpu-missing", text="It renders on the CPU."),
            saying(event="failed", code="load-failed", error="no such file"),
            saying(event="bye"),
        ],
        BlenderParser("ab12"),
    )
    assert events == [
        EngineReady("5.0.1"),
        FrameBegan(-4),
        FrameAdvanced(-4, 12.5, "Sample 1/8", 3.5),
        FrameAdvanced(-4, None, "Denoising", None),
        FrameEnded(-4, (WrittenFile("/s/f_-0004.png"), WrittenFile("/s/node0/a.exr", "/p/aov")), 1.25),
        FrameBegan(5),
        FrameErred(5, "Error: Cannot render, no camera"),
        Remark(
            "gpu-missing",
            Severity.WARNING,
            line="It renders on the CPU.",
            meaning="It renders on the CPU.",
            advice="",
        ),
        EngineGaveUp("load-failed", "no such file"),
    ]


def test_text_before_and_behind_a_message_is_still_blenders() -> None:
    line = (
        CYCLES_3.format(1, "ViewLayer", 1, 4) + saying(event="bye") + " and Error: Cannot render, no camera"
    )
    events = parse([line], BlenderParser("ab12"))
    assert [type(event) for event in events] == [FrameBegan, FrameAdvanced, Remark]


def test_two_messages_in_one_line() -> None:
    line = saying(event="frame_started", frame=1) + saying(event="frame_failed", frame=1, error="lost")
    assert parse([line], BlenderParser("ab12")) == [FrameBegan(1), FrameErred(1, "lost")]


@pytest.mark.parametrize(
    ("tag", "token", "believed"),
    [
        ("@RM-ab12 ", "ab12", True),
        ("@RM-ab123 ", "ab12", False),
        ("@RM-ab1 ", "ab12", False),
        ("@RM-AB12 ", "ab12", False),
        ("@RM ", "ab12", False),
        ("@RM-ab12", "ab12", False),
        ("@RM-other ", "", True),
        ("@RM ", "", True),
    ],
)
def test_only_the_own_token_is_believed_and_without_one_any(tag: str, token: str, believed: bool) -> None:
    events = parse([tag + MESSAGE], BlenderParser(token))
    assert of(FrameErred, events) == ([FrameErred(1, "lost")] if believed else [])


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "{}",
        "[1]",
        '{"event": 3}',
        '{"event": "frame_started"}',
        '{"event": "frame_started", "frame": "1"}',
        '{"event": "frame_started", "frame": true}',
        '{"event": "frame_started", "frame": 1.0}',
        '{"event": "frame_started", "frame": 99999999999999999999}',
        '{"event": "frame_started", "frame": ' + "9" * 5000 + "}",
        '{"event": "progress", "frame": 1, "percent": "10", "text": ""}',
        '{"event": "progress", "frame": 1, "percent": NaN, "text": ""}',
        '{"event": "progress", "frame": 1, "percent": -1, "text": ""}',
        '{"event": "progress", "frame": 1, "percent": 1, "text": 7}',
        '{"event": "progress", "frame": 1, "percent": 1' + "0" * 400 + ', "text": ""}',
        '{"event": "frame_rendered", "frame": 1, "files": {}}',
        '{"event": "frame_rendered", "frame": 1, "files": ["a"]}',
        '{"event": "frame_rendered", "frame": 1, "files": [{"path": 1}]}',
        '{"event": "frame_failed", "frame": 1}',
        '{"event": "failed", "code": "x"}',
        '{"event": "warning", "text": "x"}',
        '{"event": "hello", "blender": []}',
        '{"event":' + "[" * 60_000,
    ],
)
def test_broken_message_is_a_plain_line(text: str) -> None:
    assert parse(["@RM-ab12 " + text], BlenderParser("ab12")) == []


def test_older_events_of_the_script_are_passed_over() -> None:
    lines = (LOGS / "bpy-5.2-driver-handlers.log").read_text("utf-8").splitlines()
    events = parse(lines)
    assert of(EngineReady, events) == [EngineReady("5.2.3 LTS")]
    assert [event.frame for event in of(FrameEnded, events)] == [1, 2]


def test_with_a_script_only_it_says_where_frames_begin_and_end() -> None:
    events = parse(
        [
            saying(event="hello", blender="3.4.1"),
            CYCLES_3.format(8, "ViewLayer", 1, 4),
            saying(event="frame_started", frame=3),
            CYCLES_3.format(3, "ViewLayer", 2, 4),
            CYCLES_3.format(8, "ViewLayer", 1, 4),
            "Saved: '/s/f_0003.png'",
            "Append frame 9",
            "00:00.860  render           | Rendering frame 12",
            saying(event="frame_rendered", frame=3, files=[], seconds=None),
            CYCLES_3.format(3, "ViewLayer", 4, 4),
        ],
        BlenderParser("ab12"),
    )
    assert events == [
        FrameBegan(3),
        FrameAdvanced(3, 50.0, "Sample 2/4", None),
        FileWritten(3, "/s/f_0003.png"),
        FrameEnded(3),
    ]


def test_percent_of_the_script_and_of_blender_do_not_go_back_together() -> None:
    events = parse(
        [
            saying(event="frame_started", frame=3),
            saying(event="progress", frame=3, percent=60, text="a"),
            CYCLES_3.format(3, "ViewLayer", 2, 4),
            saying(event="progress", frame=3, percent=150.0, text="b"),
        ],
        BlenderParser("ab12"),
    )
    assert percents(events) == [60.0, 60.0, 100.0]


def test_another_attempt_at_a_frame_begins_again_at_nothing() -> None:
    attempt = [saying(event="frame_started", frame=3), CYCLES_3.format(3, "ViewLayer", 2, 4)]
    failed = saying(event="frame_failed", frame=3, error="lost")
    retry = [saying(event="frame_started", frame=3), CYCLES_3.format(3, "ViewLayer", 1, 4)]
    events = parse([*attempt, failed, *retry], BlenderParser("ab12"))
    assert [event.frame for event in of(FrameBegan, events)] == [3, 3]
    assert percents(events) == [50.0, 25.0]


def test_progress_of_a_frame_that_is_not_in_work_is_left_out() -> None:
    line = saying(event="progress", frame=3, percent=60, text="a")
    assert parse([line], BlenderParser("ab12")) == []
