import dataclasses
from collections.abc import Sequence
from pathlib import Path

import pytest

from render_manager.domain.diagnosis import Diagnosis, Scope
from render_manager.domain.outcome import ProcessOutcome
from render_manager.engines.blender.diagnosis import explain
from render_manager.engines.blender.parser import BlenderParser
from render_manager.engines.events import Remark

LOGS = Path(__file__).resolve().parents[3] / "data" / "logs" / "blender"

PERMANENT = (True, Scope.JOB)
RETRY = (False, Scope.FRAME)


def remarks_of(lines: Sequence[str]) -> list[Remark]:
    parser = BlenderParser("ab12")
    events = [event for line in lines for event in parser.feed(line)]
    return [event for event in (*events, *parser.finish(None)) if isinstance(event, Remark)]


def diagnose(name: str, exit_code: int) -> Diagnosis:
    text = (LOGS / f"{name}.log").read_text("utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("# ")]
    return explain(ProcessOutcome(exit_code), remarks_of(lines), "")


@pytest.mark.parametrize(
    ("name", "exit_code", "code", "follows", "crashed"),
    [
        ("blender-3.4-missing-file", 1, "file-missing", PERMANENT, False),
        ("blender-3.4-scene-permission", 1, "file-unreadable", PERMANENT, False),
        ("blender-3.4-corrupt-truncated", 1, "file-damaged", PERMANENT, False),
        ("blender-3.4-corrupt-flip", 1, "file-damaged", PERMANENT, False),
        ("blender-3.4-corrupt-random", 1, "not-a-scene", PERMANENT, False),
        ("blender-3.4-corrupt-empty", 1, "not-a-scene", PERMANENT, False),
        ("blender-3.4-newer-file-5.0", 1, "newer-format", PERMANENT, False),
        ("blender-3.4-newer-file-5.2-zstd", 1, "newer-format", PERMANENT, False),
        ("blender-3.4-newer-file-4.5", -11, "crashed", RETRY, True),
        ("blender-3.4-no-camera", 1, "no-camera", PERMANENT, False),
        ("blender-3.4-output-readonly-anim", 1, "output-unwritable", RETRY, False),
        ("blender-3.4-output-parent-is-file", 1, "output-unwritable", PERMANENT, False),
        ("blender-3.4-output-permission", 1, "output-unwritable", PERMANENT, False),
        ("blender-3.4-movie-unwritable", 0, "output-unwritable", RETRY, False),
        ("blender-3.4-disk-full", 1, "disk-full", RETRY, False),
        ("blender-3.4-denoiser-missing", 1, "denoiser-missing", PERMANENT, False),
        ("blender-3.4-engine-unknown", 1, "engine-missing", PERMANENT, False),
        ("blender-3.4-arg-unknown", 1, "unknown-argument", PERMANENT, False),
        ("blender-3.4-gpu-cuda-arg", 1, "no-gpu", PERMANENT, False),
        ("blender-3.4-range-reversed", 0, "no-frame", RETRY, False),
        ("blender-3.4-range-notnumber", 0, "not-a-number", PERMANENT, False),
        ("blender-3.4-range-f-reversed", 0, "range-reversed", PERMANENT, False),
        ("blender-3.4-no-arguments-render", 0, "no-frame", RETRY, False),
        ("blender-3.4-scene-missing", 0, "scene-missing", PERMANENT, False),
        ("blender-3.4-python-error-exitcode", 47, "script-failed", PERMANENT, False),
        ("blender-3.4-python-missing-script", 47, "script-failed", PERMANENT, False),
        ("blender-3.4-python-expr-syntax", 47, "script-failed", PERMANENT, False),
        ("blender-3.4-script-memory", 7, "out-of-memory", RETRY, False),
        ("blender-3.4-python-sys-exit", 3, "exit-code", RETRY, False),
        ("blender-3.4-python-error-rc0", 0, "python-error", RETRY, False),
        ("blender-3.4-crash-segfault", -11, "crashed", RETRY, True),
        ("blender-3.4-calloc-null", 139, "out-of-memory", RETRY, True),
        ("blender-3.4-out-of-memory", -6, "out-of-memory", RETRY, True),
        ("blender-3.4-no-egl-eevee", -6, "no-graphics", PERMANENT, True),
        ("blender-3.4-kill-sigkill", -9, "killed", RETRY, True),
        ("blender-3.4-kill-sigterm", -15, "stopped-outside", RETRY, True),
        ("blender-3.4-kill-sigint", 1, "interrupted", RETRY, False),
        ("blender-3.4-missing-texture", 1, "exit-code", RETRY, False),
        ("blender-3.4-missing-library", 0, "no-frame", RETRY, False),
        ("blender-3.4-engine-unavailable", 1, "engine-unavailable", RETRY, False),
        ("bpy-5.0-nocam", 1, "no-camera", PERMANENT, False),
        ("bpy-5.0-engine", 1, "engine-missing", PERMANENT, False),
        ("bpy-5.0-unwritable", 1, "output-unwritable", PERMANENT, False),
        ("bpy-5.0-movie-unwritable", 0, "output-unwritable", RETRY, False),
        ("bpy-5.0-missingtex", 1, "exit-code", RETRY, False),
        ("bpy-5.0-reversed_arg", 1, "range-reversed", PERMANENT, False),
        ("modelled-2.93-farm-crash", 11, "crashed", RETRY, True),
        ("modelled-4.2-gpu-out-of-memory", 1, "gpu-out-of-memory", RETRY, False),
        ("modelled-2.82-container-no-display", 139, "no-graphics", PERMANENT, True),
    ],
)
def test_reason_of_each_case(
    name: str, exit_code: int, code: str, follows: tuple[bool, Scope], crashed: bool
) -> None:
    diagnosis = diagnose(name, exit_code)
    assert diagnosis.code == code
    assert (diagnosis.permanent, diagnosis.scope) == follows
    assert diagnosis.crashed is crashed
    assert diagnosis.text.endswith(".")
    assert not diagnosis.advice or diagnosis.advice.endswith(".")


def said(*lines: str) -> list[Remark]:
    return remarks_of(lines)


OOM = "Error: System is out of GPU memory"
CRASH = "Writing: /tmp/shot.crash.txt"
WARNING = "cycles           | ERROR Image file '/proj/wood.png' does not exist."


def test_the_first_telling_line_goes_before_vague_ones_and_before_how_it_ended() -> None:
    diagnosis = explain(ProcessOutcome(-11), said(CRASH, OOM, "Error: Cannot render, no camera"), "")
    assert diagnosis.code == "gpu-out-of-memory"
    assert diagnosis.crashed


def test_error_text_of_the_script_goes_through_the_rules() -> None:
    diagnosis = explain(None, (), "RuntimeError: Error: Cannot render, no camera\n")
    assert (diagnosis.code, diagnosis.permanent, diagnosis.scope) == ("no-camera", True, Scope.JOB)


def test_error_text_nobody_knows_is_quoted_without_the_python_around_it() -> None:
    diagnosis = explain(None, (), "Traceback:\n  x\nRuntimeError: Error: Something new went wrong.\n")
    assert diagnosis.text == "Blender reported an error: Something new went wrong."
    assert not diagnosis.permanent


def test_error_text_with_the_name_of_an_exception_keeps_it() -> None:
    assert "KeyError: 'Scene'" in explain(None, (), "KeyError: 'Scene'").text


def test_telling_error_text_goes_before_a_vague_line() -> None:
    diagnosis = explain(ProcessOutcome(-11), said(CRASH), "Error: Cannot render, no camera")
    assert diagnosis.code == "no-camera"


def test_cancelled_render_is_an_interruption() -> None:
    assert explain(None, (), "Blender cancelled the render").code == "interrupted"


def test_crash_names_the_signal_and_the_report() -> None:
    diagnosis = explain(ProcessOutcome(-11), said(CRASH), "")
    assert "SIGSEGV" in diagnosis.text
    assert "/tmp/shot.crash.txt" in diagnosis.advice


def test_crash_on_a_newer_file_says_so() -> None:
    diagnosis = explain(
        ProcessOutcome(-11), said("Warning: File written by newer Blender binary (502.45), expect x"), ""
    )
    assert diagnosis.code == "crashed"
    assert "502.45" in diagnosis.text
    assert "newer" in diagnosis.advice


def test_crash_after_lines_about_memory_is_put_down_to_memory() -> None:
    flood = said(*["<jemalloc>: background thread creation failed (11)"] * 50)
    diagnosis = explain(ProcessOutcome(-6), flood, "")
    assert (diagnosis.code, diagnosis.crashed) == ("out-of-memory", True)


@pytest.mark.parametrize(
    ("exit_code", "code"),
    [
        (-9, "killed"),
        (137, "killed"),
        (-15, "stopped-outside"),
        (-2, "stopped-outside"),
        (143, "stopped-outside"),
        (0xC000013A, "stopped-outside"),
        (-1073741510, "stopped-outside"),
        (0xC0000017, "out-of-memory"),
        (0xC0000005, "crashed"),
        (-1073741819, "crashed"),
        (-6, "crashed"),
        (139, "crashed"),
        (11, "crashed"),
    ],
)
def test_ends_that_are_crashes(exit_code: int, code: str) -> None:
    diagnosis = explain(ProcessOutcome(exit_code), (), "")
    assert diagnosis.code == code
    assert diagnosis.crashed
    assert not diagnosis.permanent


@pytest.mark.parametrize("exit_code", [-9, -15, 11, 137, 1, 0])
def test_end_by_us_is_no_crash(exit_code: int) -> None:
    diagnosis = explain(ProcessOutcome(exit_code, was_killed=True), (), "")
    assert (diagnosis.code, diagnosis.crashed) == ("stopped", False)
    lost = explain(ProcessOutcome(exit_code, was_killed=True), said(OOM), "")
    assert (lost.code, lost.crashed) == ("gpu-out-of-memory", False)


def test_process_that_could_not_be_started() -> None:
    outcome = ProcessOutcome(None, start_error="The file /opt/blender is not there.")
    diagnosis = explain(outcome, (), "")
    assert diagnosis.code == "not-started"
    assert "/opt/blender" in diagnosis.text


def test_warnings_are_never_the_reason() -> None:
    remarks = said(WARNING, "Warning: the camera is far away")
    assert len(remarks) == 2
    assert explain(ProcessOutcome(0), remarks, "").code == "no-frame"
    assert explain(ProcessOutcome(1), remarks, "").code == "exit-code"
    assert explain(None, remarks, "").code == "unknown"


def test_error_that_is_not_fatal_is_the_reason_when_there_is_no_better_one() -> None:
    remarks = said("Error: some odd thing", "Error: another odd thing")
    assert explain(ProcessOutcome(1), remarks, "").text == "Blender reported an error: another odd thing."
    script = said(
        "Traceback (most recent call last):", '  File "/proj/setup.py", line 3, in f', "ValueError: bad"
    )
    assert "ValueError: bad" in explain(ProcessOutcome(0), script, "").text


def test_broken_picture_is_no_reason_while_another_error_is_known() -> None:
    remarks = said("Error: some odd thing", "libpng error: Write Error")
    assert explain(ProcessOutcome(1), remarks, "").code == "engine-error"
    assert explain(ProcessOutcome(1), remarks[1:], "").code == "write-error"


def test_failed_script_is_told_with_its_own_error() -> None:
    diagnosis = diagnose("blender-3.4-python-error-exitcode", 47)
    assert "'Scene' object has no attribute 'nothere'" in diagnosis.text


def test_script_that_failed_without_a_word() -> None:
    diagnosis = explain(ProcessOutcome(47), said("Error: script failed, file: 'a.py', exiting."), "")
    assert diagnosis.code == "script-failed"
    assert "a.py" in diagnosis.text


def test_exit_code_stands_in_the_text() -> None:
    assert "exit code 3" in explain(ProcessOutcome(3), (), "").text


def test_every_remark_can_be_a_reason_by_itself() -> None:
    for remark in said(OOM, CRASH, WARNING, "Error: x", "Error: script failed, file: 'a.py', exiting."):
        for outcome in (None, ProcessOutcome(0), ProcessOutcome(1), ProcessOutcome(-11)):
            diagnosis = explain(outcome, [dataclasses.replace(remark)], "")
            assert diagnosis.sentence
