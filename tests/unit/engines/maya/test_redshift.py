"""Redshift's lines and their traps (`engines/maya.md` section 4)."""

import pytest
from support.maya_lines import check_order, codes, of, parse, parser_for, steps

from render_manager.engines.events import EngineEvent, FileWritten


def frame(number: int, layer: str = "masterLayer", path: str = "") -> list[str]:
    return [
        f"[Redshift] Rendering layer '{layer}', frame {number} (1/1)",
        "[Redshift] Block 2/4 (7,4) rendered by GPU 0 in 2ms",
        "[Redshift] Block 1/4 (7,4) rendered by GPU 1 in 9ms",
        "[Redshift] Block 4/4 (7,4) rendered by GPU 0 in 2ms",
        f"[Redshift] Saved file '{path or f'/out/x.{number:04d}.exr'}'",
        f"[Redshift] Frame done - total time for layer '{layer}', frame {number} (1/1): 1.2s",
    ]


def run(lines: list[str], *frames: int, layers: int = 1) -> list[EngineEvent]:
    events = parse(lines, parser_for("redshift", frames, layers=layers))
    check_order(events)
    return events


def test_the_highest_block_counts_since_they_end_out_of_order() -> None:
    assert steps(run(frame(1), 1)) == ["+1", "1:50", "1:50", "1:100", "-1"]


def test_the_line_of_the_start_looks_complete_and_is_not() -> None:
    assert steps(run(frame(1)[:1], 1)) == ["+1"]


@pytest.mark.parametrize(
    "line",
    [
        "[Redshift] Rendering frame 12...",
        "INFO : [Redshift] Rendering frame 12...",
        "Rendering layer 'layer_name', frame 12 (1/1)",
        "Rendering layer 'it is, frame 3', frame 12 (3/9)",
        "mel: [Redshift] Rendering layer 'a', frame 12 (1/1)",
    ],
)
def test_frames_begin_in_old_and_new_words(line: str) -> None:
    assert steps(parse([line])) == ["+12"]


@pytest.mark.parametrize(
    "line",
    [
        "[Redshift] Frame done - total time for frame 12: 3.2s",
        "Frame done - total time for layer 'X', frame 12 (1/1): ...",
    ],
)
def test_frames_end_in_old_and_new_words(line: str) -> None:
    assert steps(parse(["[Redshift] Rendering frame 12...", line])) == ["+12", "-12"]
    assert steps(parse([line])) == ["+12", "-12"]


def test_words_that_any_program_may_use_count_only_where_redshift_is_at_work() -> None:
    for line in (
        "Rendering frame 12",
        "Saved file 'a.0012.exr'",
        "Block 1/2 (1,1) rendered by me",
        "Skipping frame 1",
    ):
        assert steps(parse([line])) == []
    assert steps(parse(["Rendering frame 12..."], parser_for("redshift", [12]))) == ["+12"]


@pytest.mark.parametrize(
    "line",
    [
        "[Redshift]              Total triangles:                        18290255",
        "Rendering layer 'X' done - total time for 3 frames: 1m 3s",
        "Rendering frame 5 of 10",
        "[Redshift] Block 5/4 (7,4) rendered by GPU 0",
        "[Redshift] Block 0/0 (7,4) rendered by GPU 0",
    ],
)
def test_lines_that_tell_nothing_of_a_frame(line: str) -> None:
    assert steps(parse([line])) == []


def test_layers_are_passes() -> None:
    lines = [*frame(1, "a", "/o/a/x.0001.exr"), *frame(2, "a", "/o/a/x.0002.exr")]
    lines += [*frame(1, "b", "/o/b/x.0001.exr"), *frame(2, "b", "/o/b/x.0002.exr")]
    told = steps(run(lines, 1, 2, layers=2))
    assert [step for step in told if step[0] in "+-"] == ["+1", "+2", "-1", "-2"]


def test_aovs_are_files_of_the_same_frame() -> None:
    lines = frame(1)
    lines.insert(5, "[Redshift] Saved file '/out/x.Z.0001.exr'")
    events = run(lines, 1)
    assert len(of(FileWritten, events)) == 2
    assert steps(events).count("-1") == 1


def test_skipped_frames_are_told() -> None:
    events = run(["[Redshift] Skipping frame 1", *frame(2)], 1, 2)
    assert codes(events) == ["frame-exists"]
    assert steps(events)[0] == "+2"


def test_a_log_ends_right_after_the_last_frame_and_the_process_hangs() -> None:
    """Redshift 3.0.54 does so; the frames must be done all the same."""
    assert steps(run([*frame(1), *frame(2)], 1, 2))[-1] == "-2"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (
            "Error: [Redshift] License error: (RLM) All licenses in use (-22) //",
            "(RLM) All licenses in use (-22)",
        ),
        ("[Redshift] Maxon licensing error: User not logged in (7)", "User not logged in (7)"),
        ("Redshift Error: Maxon licensing error: User not logged in (7)", "User not logged in (7)"),
        ("[Redshift] Licence error: gone.", "gone"),
    ],
)
def test_licences(line: str, reason: str) -> None:
    (remark,) = parse([line], parser_for("redshift", [1]))
    assert remark.code == "no-licence"  # type: ignore[union-attr]
    assert remark.meaning == f"Redshift has no licence: {reason}."  # type: ignore[union-attr]
