import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from render_manager.domain.diagnosis import Diagnosis
from render_manager.domain.outcome import ProcessOutcome
from render_manager.domain.scene import Severity
from render_manager.engines.blender.diagnosis import explain
from render_manager.engines.blender.parser import BlenderParser
from render_manager.engines.events import (
    EngineEvent,
    EngineGaveUp,
    FileWritten,
    FrameBegan,
    FrameEnded,
    FrameErred,
    Remark,
)
from render_manager.engines.log_report import LogReport, clean, explain_log

LOGS = Path(__file__).resolve().parents[2] / "data" / "logs" / "blender"
SHARED = Path(__file__).resolve().parents[3].parent / "shared" / "engines" / "logs"
EXPECTED = json.loads((LOGS / "expected-reports.json").read_text("utf-8"))
FIELDS = [
    "engine",
    "renderer",
    "frames_started",
    "frames_completed",
    "outputs",
    "errors",
    "warnings",
    "max_percent",
    "failed",
]


class BlenderStub:
    """As much of an engine as a report needs."""

    id = "blender"
    name = "Blender"

    def parser(self, token: str, spec: object = None, frames: object = ()) -> BlenderParser:
        return BlenderParser(token)

    def explain(self, outcome: ProcessOutcome | None, remarks: Sequence[Remark], error: str) -> Diagnosis:
        return explain(outcome, remarks, error)


class ScriptedEngine:
    """An engine whose lines are names of events that are given."""

    id = "scripted"

    def __init__(self, events: dict[str, Sequence[EngineEvent]]) -> None:
        self.events = events
        self.fed: list[str] = []

    def parser(self, token: str, spec: object = None, frames: object = ()) -> "ScriptedEngine":
        assert token == ""
        return self

    def feed(self, line: str) -> Sequence[EngineEvent]:
        self.fed.append(line)
        return self.events.get(line, ())

    def finish(self, outcome: ProcessOutcome | None) -> Sequence[EngineEvent]:
        assert outcome is None
        return self.events.get("finish", ())

    def explain(self, outcome: ProcessOutcome | None, remarks: Sequence[Remark], error: str) -> Diagnosis:
        return Diagnosis("known", f"Explained: {error}", "Do this.")


class LaggingEngine(ScriptedEngine):
    """One that says what a line means two lines later."""

    lines_behind = 0

    def feed(self, line: str) -> Sequence[EngineEvent]:
        self.lines_behind = 2
        super().feed(line)
        return self.events.get(self.fed[-3], ()) if len(self.fed) > 2 else ()

    def finish(self, outcome: ProcessOutcome | None) -> Sequence[EngineEvent]:
        self.lines_behind = 1
        return self.events.get(self.fed[-2], ())


def report_of(path: Path) -> LogReport:
    with path.open(encoding="utf-8", errors="replace", newline="\n") as lines:
        return explain_log(BlenderStub(), lines)  # type: ignore[arg-type]


def report(lines: Iterable[str]) -> LogReport:
    return explain_log(BlenderStub(), lines)  # type: ignore[arg-type]


def remark(
    code: str, *, fatal: bool = False, severity: Severity = Severity.ERROR, meaning: str = ""
) -> Remark:
    return Remark(
        code, severity, line=f"line of {code}", meaning=meaning or f"It is {code}.", advice="", fatal=fatal
    )


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_copied_logs_give_the_report_kept_beside_them(name: str) -> None:
    assert report_of(LOGS / f"{name}.log").to_json_dict() == EXPECTED[name]


def test_every_copied_log_has_a_report_beside_it() -> None:
    assert sorted(path.stem for path in LOGS.glob("*.log")) == sorted(EXPECTED)


SHARED_INDEX = SHARED / "index-blender-bpy-povray.json"
INDEX = (
    {
        name: facts
        for name, facts in json.loads(SHARED_INDEX.read_text("utf-8")).items()
        if not name.startswith("povray")
    }
    if SHARED_INDEX.exists()
    else {}
)
needs_shared = pytest.mark.skipif(
    not INDEX, reason="the shared folder with all logs is not beside the project"
)

FAILED_THOUGH_EXIT_0 = {
    "blender-3.4-no-arguments-render": "nothing was rendered",
    "blender-3.4-range-f-reversed": "nothing was rendered",
    "blender-3.4-range-list-bad": "nothing was rendered",
    "blender-3.4-range-notnumber": "nothing was rendered",
    "blender-3.4-range-reversed": "nothing was rendered",
    "blender-3.4-scene-missing": "the wrong scene was rendered",
}
FAILED_WITHOUT_EXIT_CODE = {
    "blender-3.4-driver-cancel": True,  # frame 1 was cancelled
    "blender-3.4-driver-handlers": True,  # its last commands ask for files that are no good
    "bpy-5.0-driver-cancel": True,  # an interrupted frame was saved half done
    "bpy-5.2-driver-handlers": False,
}


@needs_shared
@pytest.mark.parametrize("name", sorted(INDEX))
def test_frames_and_outputs_are_those_counted_in_each_shared_log(name: str) -> None:
    found = report_of(SHARED / f"{name}.log")
    outputs = INDEX[name]["outputs_named"]
    numbers = {int(match[1]) for path in outputs if (match := re.search(r"(\d+)\.\w+$", path))}
    seen = set(INDEX[name]["frames_seen"])
    # Workbench and bpy 5 print nothing but `Saved:`; then the names are all there is.
    assert set(found.frames_started) == (seen or numbers)
    assert list(found.outputs) == outputs
    completed = {1, 2, 3} if name == "blender-3.4-movie-mp4" else numbers
    assert set(found.frames_completed) == completed


@needs_shared
@pytest.mark.parametrize("name", sorted(INDEX))
def test_each_shared_log_fails_as_its_exit_code_says_but_for_known_lies(name: str) -> None:
    exit_code = INDEX[name]["exit_code"]
    if exit_code is None:
        expected = FAILED_WITHOUT_EXIT_CODE[name]
    else:
        expected = exit_code != 0 or name in FAILED_THOUGH_EXIT_0
    found = report_of(SHARED / f"{name}.log")
    assert found.failed is expected
    assert bool(found.errors) or not expected


def test_json_has_exactly_the_public_fields_and_plain_values() -> None:
    found = report_of(LOGS / "blender-3.4-missing-library.log")
    assert [field.name for field in fields(LogReport)] == FIELDS
    as_json = found.to_json_dict()
    assert list(as_json) == FIELDS
    assert json.loads(json.dumps(as_json)) == as_json
    assert as_json["frames_started"] == [1]
    assert list(as_json["warnings"][0]) == ["line", "text", "meaning", "advice"]


def test_line_numbers_and_texts_are_those_of_the_file() -> None:
    path = LOGS / "blender-3.4-disk-full.log"
    lines = path.read_text("utf-8").splitlines()
    found = report_of(path)
    assert found.errors
    for entry in found.errors:
        assert lines[entry.line - 1].strip() == entry.text


def test_the_same_error_on_many_lines_is_one_entry_with_the_first_line_and_a_count() -> None:
    lines = [f"Error: Render error (Bad) cannot save: '/p/shot_{frame:04d}.png'" for frame in range(1, 1001)]
    found = report(["Blender 4.2.0", *lines])
    (entry,) = found.errors
    assert entry.line == 2
    assert entry.text == lines[0]
    assert "1000 times" in entry.meaning


def test_different_errors_are_capped_and_the_rest_is_counted() -> None:
    names = [a + b for a in "abcdefghijklmnopqrst" for b in "abcdefghijklmnopqrst"]
    found = report(["Blender 3.4.1", *(f"Error: trouble with {name} here" for name in names)])
    assert len(found.errors) == 201
    assert "200 further" in found.errors[-1].meaning


def test_log_that_ends_in_a_frame_says_so_with_its_last_line() -> None:
    path = LOGS / "blender-3.4-kill-sigkill.log"
    found = report_of(path)
    (entry,) = found.errors
    assert found.failed
    assert entry.line == len(path.read_text("utf-8").splitlines())
    assert "frame 1" in entry.meaning
    assert found.max_percent == 92.0


def test_frame_without_an_end_is_told_though_an_earlier_frame_was_lost_for_a_known_reason() -> None:
    lines = [
        "Fra:1 Mem:9M (Peak 9M) | Time:00:00.01 | Rendering 1 / 64 samples",
        "Error: System is out of GPU memory",
        "Fra:2 Mem:9M (Peak 9M) | Time:00:00.01 | Rendering 1 / 64 samples",
    ]
    codes = [entry.meaning for entry in report(lines).errors]
    assert len(codes) == 2
    assert "frames 1, 2" in codes[1]
    assert len(report(lines[:2]).errors) == 1


def test_warnings_alone_do_not_make_a_failure() -> None:
    found = report_of(LOGS / "bpy-5.0-missingtex.log")
    assert found.warnings
    assert not found.errors
    assert not found.failed


def test_frames_that_were_left_out_because_they_exist_are_no_failure() -> None:
    assert not report(['skipping existing frame "/proj/out/frame_0001.png"', "Blender quit"]).failed


@pytest.mark.parametrize("lines", [[], [""], ["\n", "\r\n"], ["hello"]])
def test_log_without_a_frame_has_failed_and_says_so(lines: list[str]) -> None:
    found = report(lines)
    assert found.failed
    assert len(found.errors) == 1
    assert found.max_percent == 0.0


OTHERS = [path for path in sorted(SHARED.glob("*.log")) if path.name.startswith(("povray", "unreal-mrq"))]


@pytest.mark.skipif(not OTHERS, reason="the logs of other programs are not beside the project")
@pytest.mark.parametrize("path", OTHERS, ids=lambda path: path.stem)
def test_the_log_of_another_program_is_not_taken_for_blenders(path: Path) -> None:
    found = report_of(path)
    assert found.failed
    assert found.errors[0].meaning == "This does not look like a log of Blender."
    assert found.outputs == ()


def test_errors_without_a_frame_are_a_failure() -> None:
    found = report(["Blender 3.4.1", "Saved: /p/comp/Image0001.png", "Error: something broke"])
    assert found.failed


def test_empty_log_has_line_0() -> None:
    (entry,) = report([]).errors
    assert (entry.line, entry.text) == (0, "")


def test_progress_drawn_with_carriage_returns_counts_as_one_line() -> None:
    status = "\r".join(
        f"Fra:3 Mem:9M (Peak 9M) | Time:00:00.01 | Rendering {done} / 64 samples" for done in (1, 32, 64)
    )
    found = report([status + "\r\n", "Error: Cannot render, no camera\r\n"])
    assert found.frames_started == (3,)
    assert found.max_percent == 100.0
    assert found.errors[0].line == 2


def test_pieces_between_carriage_returns_are_read_one_by_one_and_cut() -> None:
    engine = ScriptedEngine({})
    explain_log(engine, ["a\rb\r\n", "c" * 70_000 + "\r" + "d" * 70_000])  # type: ignore[arg-type]
    assert [piece[:1] for piece in engine.fed] == ["a", "b", "c", "d"]
    assert max(map(len, engine.fed)) == 65_536


def test_colours_and_nul_bytes_and_byte_order_marks_are_taken_away() -> None:
    text = (LOGS / "blender-3.4-no-camera.log").read_text("utf-8")
    utf16 = text.encode("utf-16").decode("utf-8", "replace").split("\n")
    assert [entry.meaning for entry in report(utf16).errors] == ["The scene has no camera to render from."]
    colour = ["\ufeff\x1b[31;1mError:\x1b[0m Cannot render, no camera\x1b]0;title\x07\n"]
    (entry,) = report(colour).errors
    assert entry.text == "Error: Cannot render, no camera"


def test_clean_leaves_good_text_alone() -> None:
    assert clean("Куб\tdefault — 日本") == "Куб\tdefault — 日本"


def test_very_long_lines_are_cut_and_do_no_harm() -> None:
    found = report(["x" * 10_000_000, "Error: Cannot render, no camera" + "y" * 1_000_000])
    assert found.errors[0].line == 2
    assert len(found.errors[0].text) == 500


def test_header_of_a_kept_log_is_not_read_as_the_log() -> None:
    header = ["# source: somewhere\n", "# kind: verbatim\n", "# note: Error: Cannot render, no camera\n"]
    good = "Saved: '/proj/out/frame_0001.png'\n"
    assert not report([*header, good]).errors
    assert report([good, *header]).errors


def test_lines_are_read_one_at_a_time() -> None:
    engine = ScriptedEngine({})
    read: list[int] = []

    def lines() -> Iterator[str]:
        for number in range(3):
            assert len(engine.fed) == number
            read.append(number)
            yield f"line {number}\n"

    explain_log(engine, lines())  # type: ignore[arg-type]
    assert read == [0, 1, 2]


def test_errors_reported_by_a_script_are_explained_by_the_engine() -> None:
    engine = ScriptedEngine(
        {
            "begin": [FrameBegan(4)],
            "err": [FrameErred(4, "no camera")],
            "give up": [EngineGaveUp("driver-error", "no scene")],
        }
    )
    found = explain_log(engine, ["begin", "err", "give up"])  # type: ignore[arg-type]
    assert [(entry.line, entry.text, entry.meaning, entry.advice) for entry in found.errors] == [
        (2, "no camera", "Explained: no camera", "Do this."),
        (3, "no scene", "Explained: no scene", "Do this."),
    ]
    assert found.failed
    assert found.engine == "scripted"
    assert found.renderer == ""


def test_frame_that_failed_and_was_rendered_in_a_second_try_is_no_failure() -> None:
    engine = ScriptedEngine(
        {"begin": [FrameBegan(4)], "err": [FrameErred(4, "lost")], "end": [FrameEnded(4)]}
    )
    found = explain_log(engine, ["begin", "err", "begin", "end"])  # type: ignore[arg-type]
    assert not found.failed
    assert explain_log(engine, ["begin", "err", "begin"]).failed  # type: ignore[arg-type]


def test_a_fatal_line_fails_a_log_though_all_its_frames_are_there() -> None:
    events = {"end": [FrameEnded(1)], "bad": [remark("bad", fatal=True)], "so": [remark("so-so")]}
    assert explain_log(ScriptedEngine(events), ["end", "bad"]).failed  # type: ignore[arg-type]
    assert not explain_log(ScriptedEngine(events), ["end", "so"]).failed  # type: ignore[arg-type]


def test_what_the_parser_says_at_the_end_belongs_to_the_last_line() -> None:
    engine = ScriptedEngine({"one": [FrameEnded(1)], "finish": [remark("late")]})
    (entry,) = explain_log(engine, ["one", "two"]).errors  # type: ignore[arg-type]
    assert entry.line == 2


@given(st.lists(st.text(max_size=80), max_size=20))
def test_any_text_gives_a_report(lines: list[str]) -> None:
    found = report(lines)
    assert 0.0 <= found.max_percent <= 100.0
    assert list(found.frames_started) == sorted(set(found.frames_started))
    json.dumps(found.to_json_dict())


def test_a_parser_that_holds_lines_back_is_followed_back() -> None:
    events = {"a": [remark("one")], "d": [FrameErred(4, "lost")]}
    found = explain_log(LaggingEngine(events), ["# source: x", "a", "b", "c\r", "d", "e"])  # type: ignore[arg-type]
    assert [(entry.line, entry.text) for entry in found.errors] == [(2, "line of one"), (5, "lost")]
    begun = explain_log(LaggingEngine({"a": [FrameBegan(1)]}), ["a", "b", "c", "d"])  # type: ignore[arg-type]
    assert [(entry.line, entry.text) for entry in begun.errors] == [(4, "d")], "the log ends at its last line"


class TellingEngine(ScriptedEngine):
    """An engine whose parser tells more than its events."""

    name = "Telling"
    is_complete = False
    unnumbered_percent = 0.0


def test_a_run_that_is_said_to_be_complete_has_not_failed_though_no_frame_is_named() -> None:
    engine = TellingEngine({"tail": []})
    assert explain_log(engine, ["tail"]).failed  # type: ignore[arg-type]
    engine.is_complete = True
    found = explain_log(engine, ["tail"])  # type: ignore[arg-type]
    assert (found.failed, found.errors) == (False, ())


def test_errors_count_against_a_complete_run_only_while_it_has_no_picture() -> None:
    engine = TellingEngine({"tail": [remark("broken")], "file": [FileWritten(None, "/out/still.iff")]})
    engine.is_complete = True
    assert explain_log(engine, ["tail"]).failed  # type: ignore[arg-type]
    assert not explain_log(engine, ["tail", "file"]).failed  # type: ignore[arg-type]
    engine.is_complete = False
    assert explain_log(engine, ["tail", "file"]).failed  # type: ignore[arg-type]


def test_how_far_a_frame_of_unknown_number_came_is_told() -> None:
    engine = TellingEngine({"tail": []})
    engine.unnumbered_percent = 41.5
    assert explain_log(engine, ["tail"]).max_percent == 41.5  # type: ignore[arg-type]
