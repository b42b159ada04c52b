"""The parser as a whole: lines and events of our script, in whatever order and however often they come."""

import json
import random
from collections.abc import Iterable, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from render_manager.domain.outcome import ProcessOutcome
from render_manager.domain.scene import Severity
from render_manager.engines.events import (
    EngineEvent,
    EngineGaveUp,
    EngineReady,
    FileWritten,
    FrameAdvanced,
    FrameBegan,
    FrameEnded,
    FrameErred,
    PhaseEntered,
    Remark,
)
from render_manager.engines.log_report import KnowsItsEnd, KnowsItsOwn, NamesRenderer, explain_log
from render_manager.engines.unreal.engine import UnrealEngine
from render_manager.engines.unreal.installations import UnrealFinder
from render_manager.engines.unreal.parser import UnrealParser

MRQ = "LogMovieRenderPipeline: "


def told(*messages: tuple[str, dict[str, Any]]) -> list[str]:
    return [
        "[2026.03.23-02.20.24:110][  3]LogPython: @RM-t "
        + json.dumps({"event": event, "n": number, **values})
        for number, (event, values) in enumerate(messages, 1)
    ]


def read(lines: Iterable[str], parser: UnrealParser | None = None) -> list[EngineEvent]:
    parser = parser or UnrealParser("t")
    return [event for line in lines for event in parser.feed(line)]


RUN = told(
    ("hello", {"unreal": "5.4.4", "python": "3.11"}),
    ("phase", {"phase": "loading"}),
    ("sequence", {"path": "/Game/A.A", "start": 0, "end": 24, "fps": 24.0, "shots": []}),
    ("ready", {"unreal": "5.4.4-12345+++UE5"}),
    ("phase", {"phase": "warming-up", "total": 40}),
    ("progress", {"frame": 1, "percent": None}),
    ("progress", {"frame": 1, "percent": 50.0, "sample": 2, "samples": 4}),
    ("progress", {"frame": 1, "percent": 25.0, "sample": 1, "samples": 4}),
    ("progress", {"frame": 3, "percent": None}),
    ("alive", {"phase": "rendering"}),
    ("files", {"files": ["/o/A.0001.png", "/o/A.0002.png"]}),
    ("frame_ended", {"frame": 1, "files": ["/o/A.0001.png"]}),
    ("frame_ended", {"frame": 2, "files": ["/o/A.0002.png"]}),
    ("frame_failed", {"frame": 3, "error": "It is empty"}),
    ("warning", {"code": "no-handles", "text": "Handles are left out"}),
    ("result", {"success": False, "frames": 2, "files": 2, "code": "frames-missing", "error": ""}),
)


def test_a_run() -> None:
    assert read(RUN) == [
        PhaseEntered("loading the sequence"),
        EngineReady("5.4.4"),
        PhaseEntered("warming up, 40 frames"),
        FrameBegan(1),
        FrameAdvanced(1, None, "rendering"),
        FrameAdvanced(1, 50.0, "sample 3 of 4"),
        FrameAdvanced(1, 50.0, "sample 2 of 4"),
        FrameAdvanced(1, 50.0, "being written"),
        FrameBegan(3),
        FrameAdvanced(3, None, "rendering"),
        FileWritten(1, "/o/A.0001.png"),
        FileWritten(2, "/o/A.0002.png"),
        FileWritten(1, "/o/A.0001.png"),
        FrameEnded(1),
        FrameBegan(2),
        FileWritten(2, "/o/A.0002.png"),
        FrameEnded(2),
        FrameErred(3, "It is empty"),
        Remark("no-handles", Severity.WARNING, "Handles are left out", "Handles are left out.", ""),
    ]


@given(st.lists(st.booleans(), min_size=len(RUN) * 2, max_size=len(RUN) * 2))
@settings(max_examples=50)
def test_by_file_and_by_log_it_is_the_same_run(choices: list[bool]) -> None:
    """Two readers feed one parser, each in its own order."""
    ways = [list(RUN), list(RUN)]
    lines = []
    for choice in choices:
        way = ways[choice] or ways[not choice]
        lines.append(way.pop(0))
    assert read(lines) == read(RUN)


def test_only_the_frame_at_work_is_spoken_of_last() -> None:
    """Whatever the editor goes down at is charged to it alone."""
    lines = told(
        ("progress", {"frame": 4}),
        ("progress", {"frame": 7}),
    )
    assert [event.frame for event in read(lines) if isinstance(event, FrameBegan)] == [4, 7]
    last = [event for event in read(lines) if isinstance(event, FrameBegan | FrameAdvanced)][-1]
    assert last == FrameAdvanced(7, None, "rendering")


def test_frames_that_never_began_begin_when_they_end() -> None:
    lines = told(("frame_ended", {"frame": 7}), ("frame_failed", {"frame": 8, "error": "x"}))
    assert read(lines) == [FrameBegan(7), FrameEnded(7), FrameBegan(8), FrameErred(8, "x")]


def test_a_frame_ends_once() -> None:
    lines = told(("frame_ended", {"frame": 7}), ("frame_ended", {"frame": 7}))
    assert read(lines) == [FrameBegan(7), FrameEnded(7)]


def test_the_script_gives_up() -> None:
    lines = told(
        ("failed", {"code": "sequence-missing", "error": "It is gone"}), ("result", {"success": False})
    )
    parser = UnrealParser("t")
    assert read(lines, parser) == [EngineGaveUp("sequence-missing", "It is gone")]
    assert parser.finish(ProcessOutcome(0)) == ()


@pytest.mark.parametrize(
    "values",
    [
        {"event": "progress", "frame": "1"},
        {"event": "frame_ended"},
        {"event": "files", "files": 7},
        {"event": "warning", "code": 1, "text": "x"},
        {"event": "phase"},
        {"event": "failed"},
        {"event": "something-new", "frame": 1},
        {"event": "alive"},
    ],
)
def test_broken_and_unknown_events_are_nothing(values: dict[str, Any]) -> None:
    assert read(["@RM-t " + json.dumps({**values, "n": 1})]) == []


def codes(events: Sequence[EngineEvent]) -> list[str]:
    return [event.code for event in events if isinstance(event, Remark)]


class TestEnds:
    """What it means that the output ends."""

    @pytest.mark.parametrize(
        ("lines", "outcome", "expected"),
        [
            (RUN[:-1], ProcessOutcome(0), ["no-result"]),
            (RUN[:-1], ProcessOutcome(1), ["no-result"]),
            (RUN, ProcessOutcome(0), []),
            (RUN[:-1], ProcessOutcome(-11), []),
            (RUN[:-1], ProcessOutcome(0, was_killed=True), []),
            ([], ProcessOutcome(0), ["script-silent"]),
            (["LogInit: hello"], ProcessOutcome(0), ["script-silent"]),
            ([], ProcessOutcome(None, start_error="It is not there."), []),
            (["Fatal error!"], ProcessOutcome(3), []),
        ],
    )
    def test_of_a_run(self, lines: list[str], outcome: ProcessOutcome, expected: list[str]) -> None:
        parser = UnrealParser("t")
        read(lines, parser)
        assert codes(parser.finish(outcome)) == expected

    @pytest.mark.parametrize(
        ("lines", "expected"),
        [
            ([], []),
            (["some text"], []),
            ([MRQ + "MoviePipelineLinearExecutorBase starting 1 jobs."], ["log-ends"]),
            ([MRQ + "MoviePipelineLinearExecutorBase finished 1 jobs in +00:00:01."], []),
            (["Movie Graph Render completed. Duration: 00:00:01"], []),
            (["LogShaderCompilers: Display: Worker (1/9): shaders left to compile 12"], ["log-ends"]),
            (["LogExit: Preparing to exit."], ["no-render"]),
            (
                ["LogPluginManager: Mounting Engine plugin MovieRenderPipeline", "LogExit: Exiting."],
                ["no-render"],
            ),
            (["Fatal error!"], []),
            (RUN[:-1], ["log-ends"]),
            (RUN, []),
        ],
    )
    def test_of_a_log(self, lines: list[str], expected: list[str]) -> None:
        parser = UnrealParser("")
        read(lines, parser)
        assert codes(parser.finish(None)) == expected

    def test_a_queue_of_several_jobs_is_done_at_its_end_only(self) -> None:
        parser = UnrealParser("")
        read([MRQ + "MoviePipelineLinearExecutorBase finished 1 jobs in +00:00:01"], parser)
        assert parser.is_complete
        read([MRQ + "MoviePipelineLinearExecutorBase starting 1 jobs."], parser)
        assert not parser.is_complete


class TestCrashes:
    """An editor that goes down."""

    CRASH = (
        "LogWindows: Error: appError called: Assertion failed: x [File:a.cpp] [Line: 1]",
        "LogWindows: Error: === Critical error: ===",
        "Fatal error!",
        "Signal 11 caught.",
    )

    def test_in_the_middle_it_is_said_once(self) -> None:
        (remark,) = [event for event in read([*RUN[:8], *self.CRASH]) if isinstance(event, Remark)]
        assert (remark.code, remark.fatal) == ("crashed", True)
        assert "(x)" in remark.meaning

    @pytest.mark.parametrize(
        "done",
        [
            told(("result", {"success": True})),
            [MRQ + "MoviePipelineLinearExecutorBase finished 1 jobs in +00:00:34.638"],
        ],
    )
    def test_after_all_is_rendered_it_is_a_warning(self, done: list[str]) -> None:
        (remark,) = read([*done, *self.CRASH, " with error DXGI_ERROR_DEVICE_HUNG"])[:1]
        assert isinstance(remark, Remark)
        assert (remark.code, remark.fatal, remark.severity) == ("crashed-at-exit", False, Severity.WARNING)
        assert "the frames are good" in remark.meaning

    def test_the_cause_counts_and_not_what_follows(self) -> None:
        lines = [" with error DXGI_ERROR_DEVICE_REMOVED with Reason: DXGI_ERROR_DEVICE_HUNG", *self.CRASH]
        assert codes(read(lines)) == ["gpu-lost"]


def test_a_worker_says_the_same_thing_a_few_times_only() -> None:
    line = "LogLinker: Warning: Failed to load '/Game/T/Oak': Can't find file."
    assert len(codes(read([line] * 50))) == 20
    assert len(codes(read([line] * 50, UnrealParser("")))) == 50


def test_it_fits_what_a_report_asks_for() -> None:
    parser = UnrealParser("")
    assert isinstance(parser, KnowsItsOwn)
    assert isinstance(parser, KnowsItsEnd)
    assert isinstance(parser, NamesRenderer)
    assert (parser.is_recognised, parser.renderer) == (False, "")
    read(["Movie Graph Render completed. Duration: 1"], parser)
    assert (parser.is_recognised, parser.renderer) == (True, "Movie Render Graph")


def test_a_log_of_ours_is_reported_with_its_frames() -> None:
    engine = UnrealEngine(finder=UnrealFinder(setting=None))
    report = explain_log(
        engine, [*told(*[("frame_ended", {"frame": n, "files": [f"/o/A.{n:04d}.png"]}) for n in (1, 2)])]
    )
    assert report.frames_completed == (1, 2)
    assert report.outputs == ("/o/A.0001.png", "/o/A.0002.png")
    report = explain_log(engine, RUN)
    assert (report.frames_completed, report.failed) == ((1, 2), True)


LINES = [
    *RUN,
    MRQ + "[3] Initializing Camera Cut [1/3] in [Shot0010] CameraCut.",
    MRQ + "Registering range: [800,19200) (Seq)",
    MRQ + "MoviePipelineLinearExecutorBase starting 2 jobs.",
    "LogShaderCompilers: Display: Worker (9/13): shaders left to compile 7944",
    "Fatal error!",
    "@RM-t {",
    "@RM",
    "",
]


@given(st.lists(st.sampled_from(LINES) | st.text(max_size=80), max_size=40), st.integers())
@settings(max_examples=60)
def test_any_lines_cut_anywhere(lines: list[str], seed: int) -> None:
    chance = random.Random(seed)
    for token in ("t", ""):
        parser = UnrealParser(token)
        began: set[int] = set()
        for line in lines:
            cut = line[: chance.randint(0, len(line))] if chance.random() < 0.3 else line
            for event in parser.feed(cut):
                if isinstance(event, FrameBegan):
                    assert event.frame not in began
                    began.add(event.frame)
                elif isinstance(event, FrameEnded | FrameErred | FrameAdvanced):
                    assert event.frame in began
                elif isinstance(event, PhaseEntered):
                    assert event.text
        parser.finish(None)
        parser.finish(ProcessOutcome(0))


def test_a_very_long_line() -> None:
    assert read(["x" * 1_000_000, "@RM-t {" * 100_000, "LogPython: Error: " + "y" * 1_000_000])[-1:] == read(
        ["LogPython: Error: " + "y" * 1_000_000]
    )
