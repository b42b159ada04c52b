"""V-Ray's lines and their traps (`engines/maya.md` section 4)."""

import pytest
from support.maya_lines import check_order, codes, of, parse, parser_for, steps

from render_manager.engines.events import EngineEvent, FileWritten, FrameAdvanced


def frame(number: int, path: str = "") -> list[str]:
    return [
        f"V-Ray: Updating frame at time {number}",
        "V-Ray: Building light cache",
        "V-Ray: 80%",
        "V-Ray: Prepass 1 of 2",
        "V-Ray: 30 %",
        "V-Ray: Rendering image",
        "V-Ray: 25%",
        "75 % completed",
        f'V-Ray: Successfully written image file "{path or f"/out/x.{number:04d}.exr"}"',
        "V-Ray: Total frame time  0h  0m  1.6s",
    ]


def run(lines: list[str], *frames: int, layers: int = 1) -> list[EngineEvent]:
    events = parse(lines, parser_for("vray", frames, layers=layers))
    check_order(events)
    return events


def test_only_percentages_of_the_image_count_and_others_are_told_as_phases() -> None:
    events = run(frame(1), 1)
    assert steps(events) == ["+1", "1:25", "1:75", "-1"]
    told = [event.text for event in of(FrameAdvanced, events) if event.percent is None and event.text]
    assert told == ["light cache", "light cache, 80 %", "prepass 1 of 2", "prepass 1 of 2, 30 %"]


def test_percentages_without_any_phase_are_of_the_image() -> None:
    assert steps(run(["V-Ray: Updating frame at time 1", "V-Ray: 50%"], 1)) == ["+1", "1:50"]


def test_frames_follow_each_other_and_phases_begin_anew() -> None:
    told = steps(run([*frame(1), *frame(2)], 1, 2))
    assert told == ["+1", "1:25", "1:75", "-1", "+2", "2:25", "2:75", "-2"]


def test_the_closing_line_holds_the_word_error_and_is_none() -> None:
    lines = [*frame(1), "V-Ray: Render complete", "V-Ray: Closing log - 0 error(s), 0 warning(s)"]
    assert codes(run(lines, 1)) == []


def test_motion_blur_names_other_frames_which_are_not_begun() -> None:
    lines = [
        "V-Ray: Updating frame at time 2",
        "V-Ray: Updating frame at time 1.75",
        "V-Ray: Updating frame at time 3",
        *frame(2)[5:],
        "V-Ray: Updating frame at time 2",
        "V-Ray: Updating frame at time 3",
        *frame(3)[5:],
    ]
    assert steps(run(lines, 2, 3)) == ["+2", "2:25", "2:75", "-2", "+3", "3:25", "3:75", "-3"]


def test_the_file_goes_before_the_time_it_was_updated_at() -> None:
    lines = ["V-Ray: Updating frame at time 1", *frame(2)[5:]]
    assert steps(run(lines, 1, 2))[-2:] == ["2:75", "-2"]


def test_the_standalone_program_overwrites_its_line() -> None:
    stamp = "[2021/Jul/8|06:41:39] [2117 MB] "
    lines = [
        f"{stamp}Building light cache...: 12.3%\r{stamp}Building light cache...: 50.0%",
        f"{stamp}Rendering image...: 12.34%\r{stamp}Rendering image...: 56.78%\r",
        f'{stamp}Successfully written image file "/out/x.0007.exr"',
        f"{stamp}Total frame time  0h  0m  1.6s",
    ]
    assert steps(parse(lines)) == ["+7", "7:57", "-7"]
    assert steps(parse(lines, parser_for("vray", [7]))) == ["+7", "7:12", "7:57", "-7"]


def test_render_elements_are_files_of_the_same_frame() -> None:
    lines = frame(1)
    lines.insert(9, 'V-Ray: Successfully written image file "/out/x_Zdepth.0001.exr"')
    events = run(lines, 1)
    assert len(of(FileWritten, events)) == 2
    assert steps(events).count("-1") == 1


@pytest.mark.parametrize("line", ["50 % completed", "Rendering image", "Total frame time  0h  0m  1.6s"])
def test_lines_without_its_name_are_its_own_only_where_v_ray_is_at_work(line: str) -> None:
    assert steps(parse([line])) == []


def test_a_licence_that_cannot_be_had() -> None:
    for line in ("error: Could not obtain a license", "V-Ray error: Could not obtain a license (1006)."):
        assert codes(run([line], 1)) == ["no-licence"]


def test_errors_of_its_own_are_told_and_stop_nothing() -> None:
    (remark,) = run(["V-Ray error: Cannot open bitmap C:/tex/a.png"], 1)
    assert (remark.code, remark.fatal) == ("vray-error", False)  # type: ignore[union-attr]
    (remark,) = run(["Error: There was a fatal error building the scene for V-Ray."], 1)
    assert (remark.code, remark.fatal) == ("render-aborted", True)  # type: ignore[union-attr]
