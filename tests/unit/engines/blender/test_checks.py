"""What is known to go wrong before Blender is started."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from support.stand_in import installation_of

from render_manager.domain.frameset import FrameSet
from render_manager.domain.scene import Problem, SceneInfo, Severity
from render_manager.engines.blender.checks import FIRST_FRAME, LAST_FRAME, problems_with
from render_manager.engines.blender.options import checked_options
from render_manager.engines.protocols import InstallationKind

SCENE = SceneInfo(
    path=Path("/proj/a.blend"),
    engine="blender",
    engine_version=(4, 2),
    frame_start=1,
    frame_end=10,
    frame_step=1,
    fps=24.0,
    width=64,
    height=64,
    scene="Scene",
    scenes=("Scene",),
    camera="Nah",
    cameras=("Nah", "Weit"),
    layers=("fg", "bg"),
    renderer="CYCLES",
    output="//out/",
    file_format="PNG",
)
BLENDER = installation_of(Path("/usr/bin/blender"))
WHEEL = replace(BLENDER, kind=InstallationKind.PYTHON_MODULE)


def codes(
    scene: SceneInfo = SCENE, frames: str = "1-10", installation: Any = BLENDER, **options: Any
) -> list[str]:
    found = problems_with(scene, installation, checked_options(options), FrameSet.parse(frames))
    assert all(problem.text.endswith(".") for problem in found)
    return [problem.code for problem in found if problem.severity is Severity.ERROR]


def test_a_good_job_has_no_problems() -> None:
    assert codes() == []
    assert codes(camera="Weit", view_layers="bg", mode="batch") == []


@pytest.mark.parametrize(
    ("problem", "options", "settles"),
    [
        ("no-camera", {"camera": "Nah"}, True),
        ("no-camera", {}, False),
        ("empty-range", {}, True),
        ("other", {"camera": "Nah", "scripts": True, "file_format": "PNG"}, False),
    ],
)
def test_problems_that_the_job_settles(problem: str, options: dict[str, Any], settles: bool) -> None:
    scene = replace(SCENE, problems=(Problem(problem, Severity.ERROR, "Something."),))
    assert codes(scene, **options) == ([] if settles else [problem])


def test_warnings_that_the_job_settles() -> None:
    warnings = tuple(
        Problem(code, Severity.WARNING, "Something.") for code in ("embedded-scripts", "movie-output")
    )
    scene = replace(SCENE, problems=warnings)
    frames = FrameSet.parse("1")
    assert len(problems_with(scene, BLENDER, checked_options({}), frames)) == 2
    options = checked_options({"scripts": True, "file_format": "PNG"})
    assert problems_with(scene, BLENDER, options, frames) == []


def test_names_that_the_scene_does_not_have() -> None:
    assert codes(camera="Fern") == ["camera-missing"]
    assert codes(view_layers="fg,aus") == ["layer-missing"]


def test_a_scene_from_a_newer_blender() -> None:
    assert codes(replace(SCENE, engine_version=(4, 3))) == ["newer-scene"]
    assert codes(replace(SCENE, engine_version=(5, 0))) == ["newer-scene"]
    assert codes(replace(SCENE, engine_version=(2, 93))) == []


@pytest.mark.parametrize(
    ("frames", "expected"),
    [
        (f"{LAST_FRAME}", []),
        (f"{LAST_FRAME + 1}", ["frame-limit"]),
        (f"{FIRST_FRAME}", []),
        (f"{FIRST_FRAME - 1}", ["frame-limit"]),
    ],
)
def test_frames_that_blender_does_not_have(frames: str, expected: list[str]) -> None:
    assert codes(frames=frames) == expected


def test_a_scene_with_too_long_a_path() -> None:
    assert codes(replace(SCENE, path=Path("/" + "x/" * 600 + "a.blend"))) == ["long-path"]


@pytest.mark.parametrize(
    ("installation", "frames", "expected"),
    [
        (BLENDER, "1-10", []),
        (BLENDER, "-5-10", ["batch-negative"]),
        (WHEEL, "1-10", ["batch-bpy"]),
    ],
)
def test_what_batch_mode_cannot_do(installation: Any, frames: str, expected: list[str]) -> None:
    """Said at submission, and not by frames that fail one after the other."""
    assert codes(frames=frames, installation=installation, mode="batch") == expected
    assert codes(frames=frames, installation=installation) == []
