"""Layers with frame ranges of their own are told of before they are rendered for the job's frames."""

from pathlib import Path
from typing import Any

import pytest
from support.maya import installation_of, scene_info

from render_manager.domain.frameset import FrameSet
from render_manager.domain.scene import Problem, SceneInfo
from render_manager.engines.maya.checks import problems_with
from render_manager.engines.maya.options import checked_options
from render_manager.engines.maya.scene_reader import read_scene

SHARED = Path(__file__).resolve().parents[4].parent / "shared" / "engines" / "scenes"
SCENE: dict[str, Any] = {
    "layers": ("defaultRenderLayer", "rs_a", "rs_b", "rs_c"),
    "choices": {"layers": ("defaultRenderLayer", "rs_a", "rs_b", "rs_c", "rs_off")},
    "extra": {"layer_frame_ranges": "rs_a 20-30, rs_b -5-2.5, rs_off 7-8"},
}


def told(scene: SceneInfo, frames: str, **options: Any) -> list[Problem]:
    maya = installation_of(Path("/m/Render"))
    every = problems_with(scene, maya, checked_options(options), FrameSet.parse(frames))
    return [problem for problem in every if problem.code == "layer-ranges"]


@pytest.mark.parametrize(
    ("layers", "frames", "ranges"),
    [
        ((), "1-10", "rs_a 20-30, rs_b -5-2.5"),
        (("rs_a", "rs_c"), "20-30", "rs_a 20-30"),
        (("a",), "1-10", "rs_a 20-30"),
        (("off",), "1-10", "rs_off 7-8"),
        (("rs_a",), "20-30", ""),
        (("rs_a",), "22", ""),
        (("b",), "-5-2", ""),
        (("b",), "-6-2", "rs_b -5-2.5"),
        (("rs_c",), "1-10", ""),
    ],
)
def test_only_layers_that_are_rendered_beside_their_range(
    layers: tuple[str, ...], frames: str, ranges: str
) -> None:
    problems = told(scene_info(**SCENE), frames, layers=layers)
    assert [f"own: {ranges}. The job asks" in problem.text for problem in problems] == [True] * bool(ranges)


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared folder with all scenes is not beside the project")
def test_a_real_scene() -> None:
    (problem,) = told(read_scene(SHARED / "aws-layers.ma"), "1-10")
    assert "rs_renderSetupLayer2 20-30" in problem.text
    assert "1 to 10, in every layer" in problem.text
    assert "job of its own" in problem.advice
