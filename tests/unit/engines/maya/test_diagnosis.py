"""Why an attempt failed: from lines, exit codes, and what contradicts them."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from support.maya_lines import of, parse, parser_for

from render_manager.domain.diagnosis import Diagnosis, Scope
from render_manager.domain.outcome import ProcessOutcome
from render_manager.engines.events import Remark
from render_manager.engines.maya.diagnosis import explain

PERMANENT = (True, Scope.JOB)
RETRY = (False, Scope.FRAME)
LOAD_ERROR = "Error: file: /a.ma line 9: The attribute '.x' is not there."
FAILED = "Error: file: /var/tmp/ASTMP.1.mel line 36: Scene /proj/a.ma failed to render."


def diagnose(
    lines: Sequence[str], exit_code: int | None, *, renderer: str = "arnold", killed: bool = False
) -> Diagnosis:
    remarks = of(Remark, parse(lines, parser_for(renderer, [1])))
    return explain(ProcessOutcome(exit_code, was_killed=killed), remarks, "")


@pytest.mark.parametrize(
    ("lines", "exit_code", "code", "follows"),
    [
        (["[clm.v1] generic license checkout error (22)"], 0, "no-licence", PERMANENT),
        (["aborting render because ... abort_on_license_fail option is enabled"], 0, "no-licence", PERMANENT),
        (["[clm.v1] generic license checkout error (22)", FAILED], 210, "no-licence", PERMANENT),
        (["[Redshift] Maxon licensing error: User not logged in (7)"], 0, "no-licence", PERMANENT),
        (
            ["makeCameraRenderable.mel line 34: Camera [None] does not exist."],
            210,
            "camera-missing",
            PERMANENT,
        ),
        (
            ['Plug-in, "mtoa", was not found on MAYA_PLUG_IN_PATH', LOAD_ERROR],
            211,
            "plugin-missing",
            PERMANENT,
        ),
        (["Error: line 1: No object matches name: rs_fog", FAILED], 210, "layer-missing", PERMANENT),
        (["Invalid flag: -fnc"], 204, "bad-flag", PERMANENT),
        ([], 204, "bad-flag", PERMANENT),
        ([], 206, "bad-command", PERMANENT),
        ([], 210, "render-failed", RETRY),
        ([], 211, "scene-unreadable", PERMANENT),
        ([], 255, "not-working", (False, Scope.JOB)),
        ([], 304, "out-of-memory", RETRY),
        ([], 7, "exit-code", RETRY),
        ([], 0, "no-frame", RETRY),
        (["Error: Memory exception thrown: out of memory", FAILED], 210, "out-of-memory", RETRY),
        (["maya encountered a fatal error", "Signal: 11"], 1, "crashed", RETRY),
        (["Error: Memory exception thrown", "maya encountered a fatal error"], 1, "out-of-memory", RETRY),
        ([FAILED], 210, "render-aborted", RETRY),
    ],
)
def test_the_reason_and_what_follows_from_it(
    lines: list[str], exit_code: int, code: str, follows: tuple[bool, Scope]
) -> None:
    reason = diagnose(lines, exit_code)
    assert reason.code == code
    assert (reason.permanent, reason.scope) == follows
    assert reason.text.endswith(".")
    assert reason.advice


@pytest.mark.parametrize("exit_code", [-1073741819, 3221225477, -11, 139])
def test_exceptions_of_windows_and_signals_are_crashes(exit_code: int) -> None:
    reason = diagnose([], exit_code)
    assert (reason.code, reason.crashed, reason.permanent) == ("crashed", True, False)
    assert reason.text.startswith("Maya crashed")


@pytest.mark.parametrize("exit_code", [-1073741818, 3221225478])
def test_a_drive_that_went_away_under_maya(exit_code: int) -> None:
    reason = diagnose([], exit_code)
    assert reason.crashed
    assert "could not be read any more" in reason.text
    assert "drives" in reason.advice


def test_windows_without_memory() -> None:
    assert diagnose([], 0xC0000017).code == "out-of-memory"


def test_errors_while_loading_count_only_when_nothing_else_explains() -> None:
    assert diagnose([LOAD_ERROR, "No renderable cameras found."], 210).code == "no-camera"
    reason = diagnose([LOAD_ERROR], 0)
    assert reason.code == "engine-error"
    assert "'.x' is not there" in reason.text


def test_an_exit_code_that_says_little_is_told_with_the_last_error() -> None:
    for exit_code in (210, 211):
        reason = diagnose([LOAD_ERROR, "# Error: RuntimeError: the asset database is offline #"], exit_code)
        assert f"exit code {exit_code}" in reason.text
        assert "the asset database is offline" in reason.text
    reason = diagnose([LOAD_ERROR, FAILED], 210)
    assert reason.text == (
        "Maya could not render the scene. Maya reported an error: The attribute '.x' is not there."
    )


def test_a_missing_texture_is_not_why_maya_failed() -> None:
    texture = "00:00:01  512MB ERROR   | [texturesys] could not open /tex/a.tx"
    assert diagnose([texture, "No renderable cameras found."], 210).code == "no-camera"
    assert diagnose([texture], 0).code == "missing-texture"


def test_maya_that_ended_well_with_pictures_missing() -> None:
    reason = diagnose([], exit_code=0)
    assert "or without the pictures of one of its layers or cameras" in reason.text
    assert "choose for the job those that you want" in reason.advice


def test_what_we_ended_ourselves_was_stopped() -> None:
    assert diagnose([], -9, killed=True).code == "stopped"


def test_a_run_that_is_still_going() -> None:
    remarks = of(Remark, parse(["[Redshift] Maxon licensing error: x"], parser_for("redshift", [1])))
    assert explain(None, remarks, "").code == "no-licence"


def test_maya_that_cannot_be_started() -> None:
    reason = explain(ProcessOutcome(None, start_error="There is no such file."), [], "")
    assert (reason.code, reason.scope) == ("not-started", Scope.JOB)
    assert "Maya could not be started. There is no such file." in reason.text


def test_every_reason_is_whole_sentences() -> None:
    for exit_code in (*range(256), 304, -1073741819, 3221225477):
        reason = diagnose([], exit_code)
        assert reason.text[0].isupper()
        assert reason.text.endswith(".")
        assert Path(__file__).name not in reason.text
