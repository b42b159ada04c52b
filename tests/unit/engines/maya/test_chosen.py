"""Jobs that choose a layer, a camera or a renderer have file names of their own."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.maya import scene_info

from render_manager.domain.scene import SceneInfo
from render_manager.engines.maya.naming import file_names, output_of
from render_manager.engines.maya.renderers import ARNOLD

LAYERS: dict[str, Any] = {
    "layers": ("defaultRenderLayer", "rs_bg"),
    "choices": {"layers": ("defaultRenderLayer", "rs_bg", "rs_fg")},
}
CAMERAS: dict[str, Any] = {"cameras": ("a", "b"), "camera": "a", "extra": {"renderable_cameras": "a, b"}}


def name_of(scene: SceneInfo, **options: Any) -> str:
    """Return the name without its number, which Maya is told as well."""
    place = output_of(scene, options)
    stem = place.name.rstrip("#").rstrip(".")
    assert file_names(place.name, scene, options, ARNOLD).image.split("/")[-1] == stem
    return stem


@pytest.mark.parametrize(
    ("scene", "options", "name"),
    [
        ({}, {}, "shot"),
        (LAYERS, {}, "shot"),
        (LAYERS, {"layers": ["rs_bg"]}, "shot_rs_bg"),
        (LAYERS, {"layers": ["bg"]}, "shot_rs_bg"),
        (LAYERS, {"layers": ["rs_fg"]}, "shot_rs_fg"),
        (LAYERS, {"layers": ["masterLayer"]}, "shot_masterLayer"),
        (LAYERS, {"layers": ["rs_fg", "rs_bg"]}, "shot_rs_bg-rs_fg"),
        (LAYERS, {"layers": ["bg", "masterLayer"]}, "shot"),
        ({}, {"layers": ["defaultRenderLayer"]}, "shot"),
        (CAMERAS, {}, "shot"),
        (CAMERAS, {"camera": "a"}, "shot_a"),
        (CAMERAS, {"camera": "bShape"}, "shot_b"),
        (CAMERAS, {"camera": "|grp|b"}, "shot_b"),
        ({}, {"camera": "persp"}, "shot"),
        ({}, {"camera": "perspShape"}, "shot"),
        ({}, {"camera": "shotCam"}, "shot_shotCam"),
        ({}, {"camera": "ns:far"}, "shot_ns_far"),
        ({"cameras": ("l|cam", "r|cam"), "camera": "l|cam"}, {"camera": "r|cam"}, "shot_r_cam"),
        ({}, {"renderer": "vray"}, "shot_vray"),
        ({}, {"renderer": "arnold"}, "shot"),
        ({"renderer": "mayaSoftware"}, {"renderer": "sw"}, "shot"),
        (LAYERS, {"layers": ["rs_fg"], "camera": "shotCam", "renderer": "sw"}, "shot_rs_fg_shotCam_sw"),
    ],
)
def test_a_choice_is_told_by_the_name_where_it_is_one(
    scene: dict[str, Any], options: dict[str, Any], name: str
) -> None:
    assert name_of(scene_info(**scene), **options) == name


@pytest.mark.parametrize(
    ("prefix", "name"),
    [
        ("<RenderLayer>_x", "rs_fg_x_shotCam"),
        ("%l_<Camera>", "rs_fg_shotCam"),
        ("<RenderLayer>/<Camera>/x", "x_rs_fg_shotCam"),
    ],
)
def test_what_the_scenes_name_tells_is_not_told_twice(prefix: str, name: str) -> None:
    scene = scene_info(**{**LAYERS, "extra": {"file_prefix": prefix}})
    assert name_of(scene, layers=["rs_fg"], camera="shotCam") == name


def test_open_tokens_stay_in_what_maya_is_told() -> None:
    scene = scene_info(**{**LAYERS, "extra": {"file_prefix": "x_<RenderPass>"}})
    place = output_of(scene, {"layers": ["rs_fg"]})
    assert place.name == "x_rs_fg.####"
    assert file_names(place.name, scene, {"layers": ["rs_fg"]}, ARNOLD).image == "x_<RenderPass>_rs_fg"


def test_many_layers_stay_a_name_that_can_be_a_file() -> None:
    layers = tuple(f"rs_layer{number}" for number in range(60))
    scene = scene_info(choices={"layers": layers})
    first, second = (output_of(scene, {"layers": chosen}).name for chosen in (layers[:50], layers[:51]))
    assert first != second
    assert len(first.encode()) < 130


@given(st.text(min_size=1, max_size=60), st.text(min_size=1, max_size=60))
def test_any_name_can_be_part_of_a_file(layer: str, camera: str) -> None:
    name = output_of(scene_info(Path("/p/shot.ma")), {"layers": (layer,), "camera": camera}).name
    assert name.startswith("shot")
    assert name.endswith(".####")
    assert not set(name) & set('/\\<>:"|?*\n\0')
