"""Lines of the renderers that are built into Maya (`engines/maya.md` section 4)."""

import pytest
from support.maya_lines import check_order, of, parse, parser_for, steps

from render_manager.engines.events import EngineEvent, FileWritten, FrameAdvanced


def frame(path: str) -> list[str]:
    return [
        f"Starting Rendering {path}.",
        "Constructing shading groups.",
        "",
        "Rendering current frame.",
        "Frame triangle count: 760",
        "Time For Frame Render (hh:mm:ss): 00:00:00",
        f"Finished Rendering {path}.",
    ]


def run(lines: list[str], *frames: int, renderer: str = "sw", layers: int = 1) -> list[EngineEvent]:
    events = parse(lines, parser_for(renderer, frames, layers=layers))
    check_order(events)
    return events


def test_the_period_at_the_end_is_not_part_of_the_path() -> None:
    events = run(frame("C:/out dir/shot.v01.0005.iff"), 5)
    assert of(FileWritten, events) == [FileWritten(5, "C:/out dir/shot.v01.0005.iff")]
    assert steps(events) == ["+5", "-5"]


def test_what_is_being_done_is_told_where_percentages_are_not() -> None:
    told = [event.text for event in of(FrameAdvanced, run(frame("/o/x.0001.iff"), 1))]
    assert told == ["preparing shading", "rendering"]


def test_a_still_without_a_number() -> None:
    assert steps(run(frame("/o/untitled.iff"), 3)) == ["+3", "-3"]
    events = parse(frame("/o/untitled.iff"))
    assert of(FileWritten, events) == [FileWritten(None, "/o/untitled.iff")]
    assert steps(events) == []


def test_layers_in_their_folders() -> None:
    lines = [line for layer in "ab" for number in (1, 2) for line in frame(f"/o/{layer}/x.{number:04d}.iff")]
    told = [step for step in steps(run(lines, 1, 2, layers=2)) if step[0] in "+-"]
    assert told == ["+1", "+2", "-1", "-2"]


@pytest.mark.parametrize("prefix", ["mel: ", "0: STDOUT: ", "// "])
def test_any_prefix(prefix: str) -> None:
    assert steps(run([prefix + line for line in frame("/o/x.0001.png")], 1)) == ["+1", "-1"]


def test_hardware_2_says_the_same_of_its_files() -> None:
    parser = parser_for("mayaHardware2", [1])
    block = ["Initialized VP2.0 renderer {", "  Version : 2016.3", "}", "Detected 1 OpenCL Platforms: "]
    events = parse([*block, *frame("/o/x.0001.png")], parser)
    assert steps(events) == ["+1", "-1"]
    assert parser.renderer == "Maya Hardware 2.0"
    assert parse(block) == []
