"""The definition of POV-Ray that comes with the program, on the lines that POV-Ray prints."""

from pathlib import Path

import pytest
from support.jobs import make_spec
from support.own_engines import povray, povray_definition

from render_manager.domain.diagnosis import Scope
from render_manager.domain.outcome import ProcessOutcome
from render_manager.engines.commands.parser import CommandParser
from render_manager.engines.events import EngineEvent, FrameBegan, FrameEnded, FrameErred, Remark
from render_manager.engines.log_report import LogReport, explain_log

LOGS = Path(__file__).resolve().parents[3] / "data" / "logs" / "povray"

ABOVE = "Look at the lines above it in the log of this attempt."
IN_PARSER = f"POV-Ray stopped in its parser: Cannot parse input. {ABOVE}"
TWICE = "This comes 2 times in the log."
BESIDE = "Put it beside the scene, or name its folder: extra_arguments=+LFOLDER."
STOPPED = (
    f"POV-Ray was stopped by something other than Render Manager. {TWICE} Render the frame again.",
    f"POV-Ray stopped in its renderer: Frontend halted render. {ABOVE}",
)

SAID: dict[str, tuple[tuple[int, ...], tuple[int, ...], tuple[str, ...]]] = {
    "anim-ok": ((1, 2, 3), (1, 2, 3), ()),
    "subset-ok": ((4, 5), (4, 5), ()),
    "subset-outside": ((20, 21, 22), (20, 21, 22), ()),
    # +KFI10 +KFF1: it renders the first frame and is content.
    "range-reversed": ((10,), (10,), ()),
    "bad-option": (
        (),
        (),
        (
            f"POV-Ray cannot read one of its arguments. {TWICE} Check the option extra_arguments, and that "
            "the output folder has only letters of ASCII in its name.",
        ),
    ),
    "frame3-error": (
        (1, 2, 3),
        (1, 2),
        (
            "The scene itself stopped the render, in frame3.pov, line 5: cache for frame 3 is missing. "
            "Look at what the scene asks for there, then render the frame again.",
            IN_PARSER,
        ),
    ),
    "parse-error": (
        (1,),
        (),
        (
            "There is a mistake in broken.pov, line 3: No matching } in 'sphere', End of File found instead. "
            "Correct that line, then render again.",
            IN_PARSER,
        ),
    ),
    "missing-include": (
        (),
        (),
        (
            f"The file studio_materials.inc was not found, which missinginc.pov needs in line 2. {BESIDE}",
            f"The file studio_materials.inc was not found, which missinginc.pov includes in line 2. {BESIDE}",
            IN_PARSER,
        ),
    ),
    "missing-file": (
        (),
        (),
        (
            "POV-Ray could not open the scene file. Look whether it was moved or renamed, then "
            "submit it again.",
            IN_PARSER,
        ),
    ),
    "unwritable": (
        (1,),
        (),
        (
            f"POV-Ray cannot write to the folder it was given. {TWICE} Look whether the disk is full, "
            "whether the folder may be written to, and whether its name has only letters of ASCII.",
        ),
    ),
    "sigint": ((1,), (), STOPPED),
    "sigterm": ((1,), (), STOPPED),
}
"""Frames started and completed, and what is said of each fault, as a person would say it."""


def lines_of(name: str) -> list[str]:
    text = (LOGS / f"povray-3.7-{name}.log").read_bytes().decode()
    return [line for line in text.replace("\r", "\n").split("\n") if not line.startswith("# ")]


def report_of(name: str) -> LogReport:
    with (LOGS / f"povray-3.7-{name}.log").open(encoding="utf-8", newline="\n") as lines:
        return explain_log(povray(), lines)


def test_no_log_is_forgotten() -> None:
    assert {path.stem.removeprefix("povray-3.7-") for path in LOGS.glob("*.log")} == set(SAID)


@pytest.mark.parametrize("name", SAID)
def test_what_a_log_says(name: str) -> None:
    report = report_of(name)
    started, completed, said = SAID[name]
    assert report.renderer == "POV-Ray"
    assert (report.frames_started, report.frames_completed) == (started, completed)
    assert tuple(f"{entry.meaning} {entry.advice}".strip() for entry in report.errors) == said
    assert report.warnings == ()
    assert report.failed is (not completed or started != completed)


@pytest.mark.parametrize("name", SAID)
def test_the_line_that_is_named_is_the_one_that_says_it(name: str) -> None:
    lines = (LOGS / f"povray-3.7-{name}.log").read_bytes().decode().split("\n")
    for entry in report_of(name).errors:
        assert entry.text.startswith(lines[entry.line - 1].strip())


def read(lines: list[str], frames: list[int], exit_code: int = 0) -> tuple[list[EngineEvent], CommandParser]:
    parser = CommandParser(povray_definition(), frames, make_spec())
    events = [event for line in lines for event in parser.feed(line)]
    return [*events, *parser.finish(ProcessOutcome(exit_code))], parser


def frames_in(events: list[EngineEvent]) -> list[str]:
    kinds = (FrameBegan, FrameEnded, FrameErred)
    return [f"{type(event).__name__[5:]} {event.frame}" for event in events if isinstance(event, kinds)]


def test_a_run_as_it_is_followed() -> None:
    events, _parser = read(lines_of("subset-ok"), [4, 5])
    assert frames_in(events) == ["Began 4", "Ended 4", "Began 5", "Ended 5"]
    assert not [event for event in events if isinstance(event, Remark)]


def test_frames_are_known_where_the_path_is_broken_over_lines() -> None:
    lines = [
        "Rendering frame 1 of 2",
        "",
        "  Output file........../a/very/long/folder/without/a/space/so/that/it/is/broken/",
        "in/a/word/turn_12.png_04.png, 24 bpp PNG",
        "Rendering frame 2 of 2",
        "  Output file........../a long/folder that goes on for ever and ever so that lines",
        " wrap/turn_12.png_05.png, 24 bpp PNG",
        "POV-Ray finished",
    ]
    events, _parser = read(lines, [4, 5])
    assert frames_in(events) == ["Began 4", "Ended 4", "Began 5", "Ended 5"]
    report = explain_log(povray(), lines)
    assert (report.frames_completed, report.failed) == ((4, 5), False)


@pytest.mark.parametrize(
    ("name", "exit_code", "code", "is_permanent", "scope"),
    [
        ("frame3-error", 1, "halted", True, Scope.FRAME),
        ("parse-error", 1, "parse-error", True, Scope.FRAME),
        ("missing-include", 1, "missing-file", True, Scope.FRAME),
        ("missing-file", 1, "no-scene", True, Scope.JOB),
        ("bad-option", 1, "bad-option", True, Scope.JOB),
        ("unwritable", 1, "unwritable", False, Scope.FRAME),
        ("sigint", 2, "stopped", False, Scope.FRAME),
        ("sigterm", 2, "stopped", False, Scope.FRAME),
    ],
)
def test_why_a_frame_failed(name: str, exit_code: int, code: str, is_permanent: bool, scope: Scope) -> None:
    """What one frame asks for, another may not: only the others tell whether the job is lost."""
    events, _parser = read(lines_of(name), [1, 2, 3, 4, 5], exit_code)
    remarks = [event for event in events if isinstance(event, Remark)]
    diagnosis = povray().explain(ProcessOutcome(exit_code), remarks, "")
    assert (diagnosis.code, diagnosis.permanent, diagnosis.scope) == (code, is_permanent, scope)
    assert diagnosis.advice


@pytest.mark.parametrize(
    ("lines", "code", "meaning"),
    [
        (
            [
                "File 'tex.pov' line 4: Possible Parse Error: Cannot find file 'nix.png', even",
                " after trying to append file type extension.",
                "File 'tex.pov' line 4: Possible Parse Error: Cannot find image file.",
                "Fatal error in parser: Cannot open file.",
                "Render failed",
            ],
            "missing-file",
            "The file nix.png was not found, which tex.pov needs in line 4.",
        ),
        (
            [
                "File 'inc.pov' line 1: Parse Error: Cannot open include file missing_materials.i",
                "nc.",
                "Fatal error in parser: Cannot parse input.",
            ],
            "missing-file",
            "The file missing_materials.inc was not found, which inc.pov includes in line 1.",
        ),
        (
            [
                "terminate called after throwing an instance of 'pov_base::Exception'",
                "  what():  Cannot access data in file.",
            ],
            "no-access",
            "POV-Ray could not go on writing or reading one of its files.",
        ),
        (["something new"], "exit-code", "POV-Ray ended with an error before the frame was written."),
    ],
)
def test_other_ends(lines: list[str], code: str, meaning: str) -> None:
    events, _parser = read(lines, [1], 1)
    remarks = [event for event in events if isinstance(event, Remark)]
    diagnosis = povray().explain(ProcessOutcome(1), remarks, "")
    assert (diagnosis.code, diagnosis.text) == (code, meaning)


def test_what_a_scene_warns_of() -> None:
    lines = [
        "File 'warn.pov' line 3: Parse Warning: careful now",
        "Parse Warning: assumed_gamma not specified",
    ]
    events, _parser = read(lines, [1])
    assert [event.meaning for event in events if isinstance(event, Remark)] == [
        "POV-Ray warns of warn.pov, line 3: careful now."
    ]


def test_the_log_of_another_program() -> None:
    report = explain_log(povray(), ["Blender 4.5.0", "Fra:1 Mem:9.91M"])
    assert report.errors[0].meaning == "This does not look like a log of POV-Ray."
