from collections.abc import Iterable

import pytest

from render_manager.engines.blender.parser import BlenderParser
from render_manager.engines.blender.progress import split_status
from render_manager.engines.events import EngineEvent, FrameAdvanced

CYCLES_3 = "Fra:{} Mem:9.91M (Peak 10.83M) | Time:00:00.16 | Mem:0.76M, Peak:0.76M | Scene, {} | Sample {}/{}"
CYCLES_5 = "00:04.230  render           | Fra: {} | Remaining: 01:43.73 | Mem: 1699M | Sample {}/{}"


def advances(lines: Iterable[str], parser: BlenderParser | None = None) -> list[FrameAdvanced]:
    parser = parser or BlenderParser("")
    events: list[EngineEvent] = [event for line in lines for event in parser.feed(line)]
    return [event for event in events if isinstance(event, FrameAdvanced)]


def percents(lines: Iterable[str], parser: BlenderParser | None = None) -> list[float | None]:
    return [event.percent for event in advances(lines, parser)]


@pytest.mark.parametrize(
    ("status", "layer", "text"),
    [
        (
            " Mem:9M (Peak 9M) | Time:00:00.1 | Mem:0M, Peak:0M | Scene, fg | Sample 1/4",
            "Scene, fg",
            "Sample 1/4",
        ),
        (" Mem:9M | Time:00:00.1 | Scene, fg, left | A | B", "Scene, fg, left", "A | B"),
        (" Mem:9M (Peak 9M) | Time:00:00.1 | Syncing Cube, red", "", "Syncing Cube, red"),
        (" | Remaining: 01:43.73 | Mem: 1699M | Sample 1/4", "", "Sample 1/4"),
        (" | Rendering 1 / 64 samples", "", "Rendering 1 / 64 samples"),
        (" Mem:9M (Peak 9M) Sce: Scene Ve:0 Fa:0 La:0", "", ""),
        ("", "", ""),
    ],
)
def test_parts_of_a_status_line(status: str, layer: str, text: str) -> None:
    assert split_status(status) == (layer, text)


@pytest.mark.parametrize(
    ("status", "percent"),
    [
        ("Sample 16/400", 4.0),
        ("Sample 0/0", None),
        ("Rendering 26 / 64 samples", 40.625),
        ("Rendered 0/4 Tiles, Sample 0/8", 0.0),
        ("Rendered 3/4 Tiles", 75.0),
        ("Rendered 1/0 Tiles", None),
        ("Path Tracing Tile 3/4", 50.0),
        ("Path Tracing Tile 0/4, Sample 0/8", 0.0),
        ("Updating Scene BVH | Building BVH 0%", None),
        ("Compositing | Tile 1-1", None),
    ],
)
def test_percent_of_a_status_line(status: str, percent: float | None) -> None:
    line = (
        f"Fra:1 Mem:9.91M (Peak 10.83M) | Time:00:00.16 | Mem:0.76M, Peak:0.76M | Scene, ViewLayer | {status}"
    )
    (event,) = advances([line])
    assert event.percent == percent
    assert event.text == status


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("Remaining:00:15.70", 15.7),
        ("Remaining: 01:43.73", 103.73),
        ("Remaining:02:01:00.00", 7260.0),
        ("Remaining:soon", None),
    ],
)
def test_remaining_time(text: str, seconds: float | None) -> None:
    (event,) = advances([f"Fra:1 Mem:9.91M | {text} | Scene, ViewLayer | Sample 1/4"])
    assert event.remaining_s == pytest.approx(seconds)


def test_first_line_of_a_tile_shows_the_samples_of_the_tile_before() -> None:
    steps = [(0, 0), (0, 128), (1, 128), (1, 64)]
    lines = [f"Fra:1 Mem:9M | Rendered {tile}/2 Tiles, Sample {done}/128" for tile, done in steps]
    assert percents(lines) == [0.0, 50.0, 50.0, 75.0]


def test_known_view_layers_share_the_way() -> None:
    parser = BlenderParser("", layers=2)
    lines = [CYCLES_3.format(1, layer, done, 4) for layer in ("ViewLayer", "fg") for done in (0, 2, 4)]
    assert percents(lines, parser) == [0.0, 25.0, 50.0, 50.0, 75.0, 100.0]


def test_number_of_view_layers_is_learnt_from_the_frame_before() -> None:
    lines = [CYCLES_3.format(1, layer, done, 4) for layer in ("ViewLayer", "fg") for done in (0, 2, 4)]
    lines.append("Saved: '/p/x_0001.png'")
    lines += [CYCLES_3.format(2, layer, done, 4) for layer in ("ViewLayer", "fg") for done in (0, 2, 4)]
    assert percents(lines)[-6:] == [0.0, 25.0, 50.0, 50.0, 75.0, 100.0]


def test_samples_that_start_again_are_the_next_layer_in_blender_5() -> None:
    parser = BlenderParser("", layers=2)
    lines = [CYCLES_5.format(1, done, 4) for done in (0, 2, 4)] * 2
    assert percents(lines, parser) == [0.0, 25.0, 50.0, 50.0, 75.0, 100.0]


def test_a_number_that_was_cut_off_does_not_count() -> None:
    lines = [CYCLES_5.format(1, 1, 128), CYCLES_5.format(1, 12, 1), CYCLES_5.format(1, 12, 12)]
    assert percents(lines) == [0.78125, None, None]


def test_the_same_status_line_is_told_once() -> None:
    line = CYCLES_3.format(1, "ViewLayer", 1, 4)
    assert len(advances([line, line, line])) == 1


def test_percent_does_not_go_back_when_a_frame_is_named_again() -> None:
    lines = [CYCLES_5.format(1, 3, 4), CYCLES_5.format(2, 1, 4), CYCLES_5.format(1, 1, 4)]
    assert percents(lines) == [75.0, 25.0, 75.0]
