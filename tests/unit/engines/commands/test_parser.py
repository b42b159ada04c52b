"""What the lines of a defined renderer become."""

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.jobs import make_spec
from support.own_engines import TOY, engine_of

from render_manager.domain.diagnosis import Scope
from render_manager.domain.outcome import ProcessOutcome
from render_manager.domain.scene import Severity
from render_manager.engines.commands import patterns
from render_manager.engines.commands.definition import Definition
from render_manager.engines.commands.parser import CommandParser
from render_manager.engines.commands.reading import read_definition
from render_manager.engines.events import (
    EngineEvent,
    FileWritten,
    FrameAdvanced,
    FrameBegan,
    FrameEnded,
    FrameErred,
    Remark,
    WrittenFile,
)
from render_manager.engines.log_report import explain_log

GOOD, BAD = ProcessOutcome(0), ProcessOutcome(1)


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Definition:
    path = tmp_path_factory.mktemp("definition") / "toy.toml"
    path.write_text(TOY.format(program="/opt/toy"), "utf-8")
    return read_definition(path)


def with_patterns(definition: Definition, **texts: str) -> Definition:
    """Return a definition with these patterns and no others."""
    fields = dict.fromkeys(type(definition.patterns).model_fields, "")
    return definition.model_copy(
        update={"patterns": definition.patterns.model_copy(update={**fields, **texts})}
    )


def read(
    definition: Definition,
    lines: str | Sequence[str],
    frames: Sequence[int] = (),
    outcome: ProcessOutcome | None = None,
    **spec: Any,
) -> list[EngineEvent]:
    parser = CommandParser(definition, frames, make_spec(**spec) if spec else None)
    events: list[EngineEvent] = []
    for line in lines.splitlines() if isinstance(lines, str) else lines:
        events += parser.feed(line)
    return [*events, *parser.finish(outcome)]


RUN = """\
ToyRender 2.5
begin frame 3
progress 50 %
wrote /out/shot_0003.png
end frame 3
begin frame 4
progress 25.5 %
end frame 4
all done"""


def test_a_run(toy: Definition) -> None:
    assert read(toy, RUN, [3, 4], GOOD) == [
        FrameBegan(3),
        FrameAdvanced(3, 50.0, "progress 50 %"),
        FileWritten(3, "/out/shot_0003.png"),
        FrameEnded(3),
        FrameBegan(4),
        FrameAdvanced(4, 25.5, "progress 25.5 %"),
        FrameEnded(4),
    ]
    assert read(toy, RUN, [3, 4], GOOD) == read(toy, RUN), "a log from anywhere says the same"


def test_only_frames_of_the_run_are_told_of(toy: Definition) -> None:
    assert read(toy, RUN, [4, 5], GOOD) == [
        FileWritten(None, "/out/shot_0003.png"),
        FrameBegan(4),
        FrameAdvanced(4, 25.5, "progress 25.5 %"),
        FrameEnded(4),
    ]


def test_the_next_frame_ends_the_one_before_where_nothing_else_does(toy: Definition) -> None:
    started = with_patterns(toy, frame_started=r"^begin frame (?P<frame>-?\d+)", run_done="^all done")
    frames = [type(event).__name__[5:] + str(event.frame) for event in read(started, RUN, [3, 4], GOOD)]  # type: ignore[union-attr]
    assert frames == ["Began3", "Ended3", "Began4", "Ended4"]
    assert read(started, "begin frame 3\nbegin frame 9", [3, 4]) == [FrameBegan(3), FrameEnded(3)]
    assert read(started, "begin frame 3\nbegin frame 3\n", [3, 4]) == [FrameBegan(3)], "printed twice"
    assert read(started, "begin frame 3", [3, 4], GOOD) == [FrameBegan(3)], (
        "its file tells whether it is done"
    )


def test_where_a_line_says_that_a_frame_is_done_the_next_one_does_not(toy: Definition) -> None:
    done = with_patterns(toy, frame_started=r"begin frame (?P<frame>\d+)", frame_done="^saved")
    events = read(done, "begin frame 3\nbegin frame 4\nsaved\nsaved", [3, 4], GOOD)
    assert events == [FrameBegan(3), FrameBegan(4), FrameEnded(4), FrameEnded(4)]


@pytest.mark.parametrize("name", ["frame_started", "frame_done"])
def test_frames_counted_from_the_beginning_of_the_run(toy: Definition, name: str) -> None:
    event = FrameBegan if name == "frame_started" else FrameEnded
    counted = with_patterns(toy, **{name: r"frame (?P<nth>\d+) of"})
    lines = "frame 1 of 3\nframe 2 of 3\nframe 9 of 3\nframe 0 of 3"
    told = [one for one in read(counted, lines, [10, 12, 14]) if isinstance(one, event)]
    assert told == [event(10), event(12)]
    assert event(2) in read(counted, lines), "nothing better is known of a log from anywhere"


def test_a_number_is_believed_before_a_count(toy: Definition) -> None:
    both = with_patterns(toy, frame_started=r"Rendering frame (?P<nth>\d+)|File .*?(?P<frame>\d+)\.png")
    lines = "Rendering frame 1\nFile a_10.png\nRendering frame 2\nFile a_11.png"
    live = [event for event in read(both, lines, [10, 11]) if isinstance(event, FrameBegan)]
    assert live == [FrameBegan(10), FrameBegan(11)]
    assert [event for event in read(both, lines) if isinstance(event, FrameBegan)] == live


@pytest.mark.parametrize(
    ("line", "percent"),
    [
        ("progress 50 %", 50.0),
        ("progress 100 %", 100.0),
        ("progress 100.1 %", None),
        ("progress 1.2.3 %", None),
        ("progress . %", None),
    ],
)
def test_percents(toy: Definition, line: str, percent: float | None) -> None:
    events = read(toy, line, [7])
    assert events == ([] if percent is None else [FrameAdvanced(7, percent, line)])


def test_progress_in_other_forms(toy: Definition) -> None:
    share = with_patterns(toy, progress=r"(?P<done>\S+) of (?P<total>\S+)")
    assert read(share, "1 of 4\n2 of 0\nx of 4\n9 of 4", [7]) == [FrameAdvanced(7, 25.0, "1 of 4")]
    comma = with_patterns(toy, progress=r"(?P<percent>[\d,]+) ?%")
    assert read(comma, "12,5 %", [7]) == [FrameAdvanced(7, 12.5, "12,5 %")]
    odd = with_patterns(toy, progress=r"(?P<percent>nan|inf|\d+)?%")
    assert read(odd, "nan%\ninf%\n%\n5%", [7]) == [FrameAdvanced(7, 5.0, "5%")]


def test_progress_never_goes_back_within_a_frame(toy: Definition) -> None:
    lines = "begin frame 1\nprogress 60 %\nprogress 40 %\nend frame 1\nbegin frame 2\nprogress 5 %"
    percents = [event.percent for event in read(toy, lines, [1, 2]) if isinstance(event, FrameAdvanced)]
    assert percents == [60.0, 60.0, 5.0]


def test_progress_before_any_frame_is_nobodys(toy: Definition) -> None:
    assert read(toy, "progress 50 %", [1, 2]) == []


@pytest.mark.parametrize(
    ("path", "frame"),
    [
        ("/out/shot_0007.png", 7),
        ("C:\\out\\shot.0007.exr", 7),
        ("/out/beauty.png", 8),
        ("/out/v002/beauty_2024.png", 8),
        (" '/out/a 7' ", 8),
    ],
)
def test_files_and_their_frames(toy: Definition, path: str, frame: int) -> None:
    events = read(toy, ["begin frame 8", f"wrote {path}"], [7, 8])
    assert events[1] == FileWritten(frame, path.strip())


def test_groups_that_are_optional(toy: Definition) -> None:
    loose = with_patterns(
        toy,
        frame_started=r"^begin(?: frame (?P<frame>\w+))?",
        file_written=r"^wrote(?: (?P<file>.+))?",
        frame_done=r"^end(?: frame (?P<frame>\w+))?",
        progress=r"^progress(?: (?P<done>\d+)(?: of (?P<total>\d+))?)?",
    )
    lines = "begin\nbegin frame x\nwrote\nprogress\nprogress 1\nend frame x\nend\nbegin frame " + "9" * 5000
    assert read(loose, lines, [1, 2]) == []


def test_what_lines_mean(toy: Definition) -> None:
    events = read(toy, "begin frame 2\n  ERROR: texture wood.png is missing\nbegin frame 3", [2, 3])
    assert events == [FrameBegan(2), FrameBegan(3)], "indented, and the pattern wants the line's beginning"
    events = read(toy, "ERROR: texture wood.png is missing  ", [2])
    assert events == [
        Remark(
            code="missing-texture",
            severity=Severity.ERROR,
            line="ERROR: texture wood.png is missing",
            meaning="The texture wood.png was not found.",
            advice="Put it back.",
        )
    ]


def test_messages_without_a_code_are_told_apart(toy: Definition) -> None:
    bare = toy.model_copy(
        update={"messages": tuple(message.model_copy(update={"code": ""}) for message in toy.messages)}
    )
    lines = "ERROR: texture a is missing\nFATAL: frame 1 has no camera"
    codes = [event.code for event in read(bare, lines, [1]) if isinstance(event, Remark)]
    assert codes == ["message-1", "message-2"]


LOST = "begin frame 1\nFATAL: frame 1 has no camera\nFATAL: frame 1 has no camera\n"


def test_a_frame_that_is_lost_while_the_program_goes_on(toy: Definition) -> None:
    """It must not be blamed on what goes wrong later, nor be taken for one that is done."""
    line = "FATAL: frame 1 has no camera"
    for rest in ("begin frame 2", "end frame 1\nbegin frame 2"):
        assert read(toy, LOST + rest, [1, 2]) == [FrameBegan(1), FrameErred(1, line), FrameBegan(2)]
    done = with_patterns(toy, frame_started=r"begin frame (?P<frame>\d+)", run_done="all done")
    assert read(done, LOST + "all done", [1, 2], GOOD) == [FrameBegan(1), FrameErred(1, line)]


def test_a_frame_that_is_lost_and_the_program_with_it(toy: Definition) -> None:
    began, remark = read(toy, LOST, [1, 2], BAD)
    assert began == FrameBegan(1)
    assert isinstance(remark, Remark)
    assert (remark.code, remark.fatal, remark.permanent, remark.scope) == (
        "no-camera",
        True,
        True,
        Scope.FRAME,
    )


def test_what_costs_the_whole_job_is_told_at_once(toy: Definition) -> None:
    message = toy.messages[1].model_copy(update={"scope": "job"})
    licence = toy.model_copy(update={"messages": (message,)})
    parser = CommandParser(licence, [1, 2])
    parser.feed("begin frame 1")
    (remark,) = parser.feed("FATAL: frame 1 has no camera")
    assert isinstance(remark, Remark)
    assert remark.scope is Scope.JOB


def test_a_lost_frame_in_a_log_from_anywhere(toy: Definition) -> None:
    events = read(toy, LOST + "end frame 1\nbegin frame 2\nend frame 2")
    assert FrameEnded(1) not in events
    assert [event.frame for event in events if isinstance(event, FrameErred)] == [1, 1]
    assert FrameEnded(2) in events


def test_a_message_for_every_pixel_is_told_a_few_times(toy: Definition) -> None:
    lines = ["ERROR: texture a is missing"] * 100
    assert len(read(toy, lines, [1])) == 20
    assert len(read(toy, lines)) == 100, "the report counts them"
    assert len(read(toy, [*lines, "begin frame 1", *lines], [1])) == 41


def test_colours_and_long_lines(toy: Definition) -> None:
    assert read(toy, "\x1b[32mbegin frame 5\x1b[0m", [5, 6]) == [FrameBegan(5)]
    (remark,) = read(toy, "ERROR: texture " + "x" * 3000 + " is missing", [5])
    assert isinstance(remark, Remark)
    assert len(remark.line) == 1000
    assert len(remark.meaning) < 400
    assert read(toy, "x" * 1_000_000 + "ERROR", [5]) == []


def test_a_pattern_that_takes_too_long_is_said_once(toy: Definition, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patterns, "LONGEST_SEARCH_S", 0.01)
    slow = with_patterns(toy, progress=r"(?P<percent>x|xx)+$1", frame_done="^end")
    message = toy.messages[0].model_copy(update={"pattern": "(x|xx)+$1", "meaning": "A."})
    slow = slow.model_copy(update={"messages": (message,)})
    events = read(slow, ["x" * 60, "x" * 60, "end"], [1])
    assert [event.meaning for event in events if isinstance(event, Remark)] == [
        f"The pattern {name} in the definition of ToyRender takes too long on a line, and is not used any "
        "more in this run."
        for name in ("patterns.progress", "messages (missing-texture)")
    ]
    assert events[-1] == FrameEnded(1)


@pytest.mark.parametrize(
    ("line", "is_recognised"),
    [
        ("ToyRender 2", True),
        ("begin frame x", False),
        ("begin frame 1", True),
        ("progress 1 %", False),
        ("wrote /a.png", True),
        ("end frame 1", True),
        ("all done", False),
        ("ERROR: texture a is missing", False),
        ("nothing", False),
    ],
)
def test_whose_log_it_is(toy: Definition, line: str, is_recognised: bool) -> None:
    parser = CommandParser(toy)
    assert not parser.is_recognised
    parser.feed(line)
    assert parser.is_recognised is is_recognised
    assert parser.renderer == ("ToyRender" if is_recognised else "")


def test_a_log_that_names_no_frame(toy: Definition) -> None:
    parser = CommandParser(toy)
    for line in ("progress 25 %", "progress 75 %", "progress 50 %"):
        assert list(parser.feed(line)) == []
    assert (parser.unnumbered_percent, parser.is_complete) == (75.0, False)
    parser.feed("all done")
    assert parser.is_complete
    report = explain_log(engine_of(toy), ["ToyRender 2", "progress 75 %", "all done"])
    assert (report.max_percent, report.failed, report.frames_completed) == (75.0, False, ())


def test_lines_that_were_broken(toy: Definition) -> None:
    broken = toy.model_copy(update={"patterns": toy.patterns.model_copy(update={"continued": r"^ \S"})})
    parser = CommandParser(broken, [1])
    assert parser.feed("ERROR: texture wood.png") == ()
    assert parser.feed(" is missing") == ()
    (remark,) = parser.feed("other")
    assert isinstance(remark, Remark)
    assert remark.line == "ERROR: texture wood.png is missing"
    assert parser.lines_behind == 2
    assert parser.feed("progress 5 %") == []
    assert parser.finish(GOOD) == [FrameAdvanced(1, 5.0, "progress 5 %")]
    assert parser.lines_behind == 0


OUT = Path("/out").absolute()
"""On Windows with the drive one is on."""


def written(paths: Sequence[str], **values: Any) -> list[EngineEvent]:
    return [FileWritten(7, path) for path in paths]


def test_a_picture_without_a_number(toy: Definition) -> None:
    """Of a program that renders one frame: its line tells which file the scheduler could not find."""
    files = with_patterns(toy, file_written=r"^wrote (?P<file>.+)$")
    spec = {"output_dir": OUT, "output_name": "shot_####"}
    path = str(OUT / ".render-manager/x/run-1/out.png")
    ended = FrameEnded(7, (WrittenFile(path, "", "shot_0007.png"),))
    assert read(files, f"wrote {path}", [7], GOOD, **spec) == [FileWritten(7, path), ended]
    for outcome in (BAD, replace(GOOD, was_killed=True), None):
        assert read(files, f"wrote {path}", [7], outcome, **spec) == [FileWritten(7, path)]
    assert ended not in read(files, f"wrote {path}", [7, 8], GOOD, **spec), "whose would it be?"
    for other in (str(OUT.with_name("elsewhere") / "out.png"), "out.png", str(OUT / "run-1/shot_07.png")):
        assert read(files, f"wrote {other}", [7], GOOD, **spec) == [FileWritten(7, other)]


def test_several_files_without_a_number(toy: Definition) -> None:
    files = with_patterns(toy, file_written=r"^wrote (?P<file>.+)$", run_done="done")
    paths = [str(OUT / "x" / name) for name in ("out.png", "depth.exr", "masks/out.png")]
    events = read(
        files, [*(f"wrote {path}" for path in paths), "done"], [-7], GOOD, output_dir=OUT, output_name="s_###"
    )
    assert events[3] == FrameEnded(
        -7,
        (
            WrittenFile(paths[0], "", "s_-007.png"),
            WrittenFile(paths[1], "", "depth_-0007.exr"),
            WrittenFile(paths[2], str(OUT / "masks"), "s_-007.png"),
        ),
    )


@given(
    lines=st.lists(
        st.sampled_from(RUN.splitlines() + LOST.splitlines())
        | st.text(max_size=20)
        | st.from_regex(re.compile(r"(begin|end) frame -?[0-9]{1,3}"), fullmatch=True),
        max_size=20,
    ),
    frames=st.lists(st.integers(-5, 5), unique=True, max_size=4).map(sorted),
    is_good=st.booleans(),
)
def test_whatever_is_printed(toy: Definition, lines: list[str], frames: list[int], is_good: bool) -> None:
    began: set[int] = set()
    best: dict[int, float] = {}
    for event in read(toy, lines, frames, GOOD if is_good else BAD):
        if isinstance(event, FrameBegan):
            began.add(event.frame)
            best.pop(event.frame, None)
        if isinstance(event, FrameBegan | FrameEnded | FrameErred | FrameAdvanced) and frames:
            assert event.frame in frames
        if isinstance(event, FrameAdvanced):
            assert event.percent is not None
            assert best.get(event.frame, 0.0) <= event.percent <= 100.0
            best[event.frame] = event.percent
        if isinstance(event, FrameErred):
            assert event.frame in began
