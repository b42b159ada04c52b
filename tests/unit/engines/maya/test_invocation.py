"""How `Render` is called: even runs, the flags each renderer has, and names that keep files apart."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.jobs import make_spec
from support.maya import installation_of, scene_info

from render_manager.domain.errors import UserError
from render_manager.domain.naming import frame_name
from render_manager.domain.scene import SceneInfo
from render_manager.engines.maya.engine import MayaEngine
from render_manager.engines.maya.installations import MayaFinder
from render_manager.engines.maya.invocation import invocation, run_length
from render_manager.engines.maya.naming import NameScheme, PrefixPlace, file_names, output_of, place_of
from render_manager.engines.maya.options import checked_options
from render_manager.engines.maya.renderers import ARNOLD, VRAY
from render_manager.engines.protocols import FrameTask, Invocation

MAYA = installation_of(Path("/usr/autodesk/maya2024/bin/Render"))
SCENE = Path("/proj/scenes/a b 影.ma")
STAGING = Path("/out/.render-manager/ab/run-1")


def invoke(
    *frames: int, scene: SceneInfo | None = None, output_name: str = "shot.####", **options: Any
) -> Invocation:
    scene = scene or scene_info(SCENE)
    checked = checked_options(options).model_dump(mode="json", exclude_defaults=True)
    spec = make_spec(
        "1-9",
        engine="maya",
        scene=SCENE,
        output_name=output_name,
        options=checked,
        width=options.pop("spec_width", 0),
        height=0,
    )
    return invocation(spec, MAYA, tasks(frames), scene)


def tasks(frames: Sequence[int]) -> list[FrameTask]:
    return [FrameTask(1, frame, 1, STAGING, f"shot.{frame:04d}", owns_staging=False) for frame in frames]


def value(found: Invocation, flag: str) -> str:
    return found.argv[found.argv.index(flag) + 1]


def test_the_whole_command() -> None:
    assert invoke(1, 2, 3).argv == (
        str(MAYA.executable),
        "-r",
        "arnold",
        "-s",
        "1",
        "-e",
        "3",
        "-b",
        "1",
        "-rd",
        "/out/.render-manager/ab/run-1",
        "-im",
        "shot",
        "-pad",
        "4",
        "-fnc",
        "name.#.ext",
        "-proj",
        "/proj",
        "-ai:lve",
        "2",
        "-ai:ltc",
        "1",
        "/proj/scenes/a b 影.ma",
    )


def test_the_environment_of_section_1() -> None:
    env = invoke(1).env
    assert env["MAYA_UI_LANGUAGE"] == "en_US"
    assert env["MAYA_DISABLE_CER"] == env["MAYA_DISABLE_CIP"] == env["MAYA_DISABLE_CLIC_IPM"] == "1"
    assert env["MAYA_DEBUG_ENABLE_CRASH_REPORTING"] == "0"
    assert env["MAYA_LOCATION"] is None
    assert "REDSHIFT_FORCEQUITONINTERNALERROR" not in env
    assert invoke(1, renderer="redshift").env["REDSHIFT_FORCEQUITONINTERNALERROR"] == "1"


@pytest.mark.parametrize(
    ("frames", "flags"),
    [
        ((5,), ("5", "5", "1")),
        ((-3, -2, -1, 0), ("-3", "0", "1")),
        ((1, 6, 11), ("1", "11", "5")),
        ((10, 20), ("10", "20", "10")),
    ],
)
def test_frames_are_an_even_run(frames: tuple[int, ...], flags: tuple[str, str, str]) -> None:
    found = invoke(*frames)
    assert (value(found, "-s"), value(found, "-e"), value(found, "-b")) == flags


def test_uneven_frames_are_refused_with_a_sentence() -> None:
    with pytest.raises(UserError, match="cannot render frames 1 to 7 at once"):
        invoke(1, 2, 7)


@pytest.mark.parametrize(
    ("frames", "most", "length"),
    [
        ([1, 2, 3, 4], 1000, 4),
        ([1, 2, 3, 4], 3, 3),
        ([1, 2, 3, 4], 1, 1),
        ([1, 2, 3, 4], 0, 1),
        ([7], 10, 1),
        ([1, 3, 5, 6, 7], 10, 3),
        ([1, 5, 6, 7], 10, 1),
        ([1, 5], 10, 2),
        ([1, 2, 4, 5], 10, 2),
        ([-2, -1, 0, 5], 10, 3),
    ],
)
def test_how_many_frames_go_in_one(frames: list[int], most: int, length: int) -> None:
    assert run_length(frames, most) == length


@given(st.sets(st.integers(-50, 50), min_size=1).map(sorted), st.integers(0, 60))
def test_every_run_is_even_and_within_its_limit(frames: list[int], most: int) -> None:
    left = frames
    while left:
        length = run_length(left, most)
        assert 1 <= length <= max(most, 1)
        argv = invoke(*left[:length]).argv
        start, end, step = (int(argv[argv.index(flag) + 1]) for flag in ("-s", "-e", "-b"))
        assert list(range(start, end + 1, step)) == left[:length]
        left = left[length:]


FULL: dict[str, Any] = {
    "camera": "shotCam",
    "layers": ("rs_a", "rs_b"),
    "width": 640,
    "height": 360,
    "resolution_percent": 50,
    "image_format": "jpg",
    "threads": 8,
    "gpus": (0, 1),
    "device": "GPU",
    "skip_existing": True,
    "abort_without_licence": True,
    "project": "/other",
    "post_render_mel": "after();",
    "pre_frame_mel": "/s/frame.mel",
    "extra_arguments": ("-mb", "on"),
}
COMMON = {"-r", "-s", "-e", "-b", "-rd", "-of", "-cam", "-rl", "-proj", "-postRender", "-preFrame", "-mb"}


@pytest.mark.parametrize(
    ("renderer", "own"),
    [
        ("sw", {"-im", "-pad", "-fnc", "-x", "-y", "-percentRes", "-n", "-skipExistingFrames"}),
        ("hw2", {"-im", "-pad", "-fnc", "-x", "-y", "-percentRes", "-skipExistingFrames"}),
        (
            "arnold",
            {
                *("-im", "-pad", "-fnc", "-x", "-y", "-percentRes", "-skipExistingFrames"),
                *("-ai:threads", "-ai:lve", "-ai:ltc", "-ai:alf", "-ai:device"),
            },
        ),
        ("redshift", {"-im", "-pad", "-x", "-y", "-logLevel", "-gpu", "-preRender"}),
        ("vray", {"-im", "-pad", "-x", "-y", "-threads", "-rep", "-preRender"}),
        ("renderman", {"-res", "-t"}),
        ("mr", {"-im", "-pad", "-fnc", "-x", "-y", "-percentRes", "-skipExistingFrames", "-rt", "-v"}),
        ("octane", set()),
    ],
)
def test_each_renderer_gets_only_flags_it_has(renderer: str, own: set[str]) -> None:
    found = invoke(1, 2, renderer=renderer, **FULL)
    flags = {word for word in found.argv if word.startswith("-") and not word[1:2].isdigit()}
    assert flags == COMMON | own


def test_how_each_is_told() -> None:
    found = invoke(1, **FULL)
    assert value(found, "-rl") == "rs_a rs_b"
    assert value(found, "-cam") == "shotCam"
    assert value(found, "-percentRes") == "50"
    assert value(found, "-of") == "jpeg"
    assert value(found, "-ai:device") == "1"
    assert value(found, "-proj") == "/other"
    assert value(found, "-preFrame") == 'source "/s/frame.mel";'
    assert found.argv[-3:] == ("-mb", "on", SCENE.as_posix())
    assert value(invoke(1, renderer="redshift", gpus="0,1"), "-gpu") == "{0,1}"
    assert value(invoke(1, renderer="vray", skip_existing=True), "-rep") == "0"


def test_sizes_in_pixels_where_percent_is_not_known() -> None:
    spec = make_spec(
        scene=SCENE, options={"renderer": "vray", "resolution_percent": 50}, width=960, height=540
    )
    found = invocation(spec, MAYA, tasks([1]), scene_info())
    assert (value(found, "-x"), value(found, "-y")) == ("960", "540")
    spec = make_spec(
        scene=SCENE, options={"renderer": "renderman", "resolution_percent": 50}, width=960, height=540
    )
    found = invocation(spec, MAYA, tasks([1]), scene_info())
    place = found.argv.index("-res")
    assert found.argv[place + 1 : place + 3] == ("960", "540")
    with pytest.raises(UserError, match="RenderMan needs the width and the height"):
        invoke(1, renderer="renderman", width=100)


def test_the_renderer_is_named_whatever_the_scene_calls_it() -> None:
    assert value(invoke(1, scene=scene_info(renderer="mayaSoftware")), "-r") == "sw"
    assert value(invoke(1, scene=scene_info(renderer="mayaHardware2")), "-r") == "hw2"
    assert value(invoke(1, scene=scene_info(renderer="")), "-r") == "file"
    assert value(invoke(1, scene=scene_info(renderer="arnold"), renderer="vray"), "-r") == "vray"


def test_a_scene_that_cannot_be_read_just_now_is_left_to_maya() -> None:
    found = invocation(make_spec(scene=SCENE, output_name="shot.####"), MAYA, tasks([1, 2]), None)
    assert value(found, "-r") == "file"
    assert "-im" not in found.argv
    assert found.watches_files


def test_a_renderer_that_writes_where_it_likes_is_refused() -> None:
    with pytest.raises(UserError, match="3Delight cannot be told where to write"):
        invoke(1, renderer="3delight")


@pytest.mark.parametrize(
    ("options", "scene", "is_watched"),
    [
        ({}, {}, False),
        ({"verbosity": "scene"}, {}, True),
        ({"renderer": "sw"}, {}, False),
        ({"renderer": "redshift"}, {}, False),
        ({"renderer": "vray"}, {}, False),
        ({"renderer": "renderman"}, {}, True),
        ({"renderer": "hw2"}, {}, True),
        ({"renderer": "octane"}, {}, True),
        ({"renderer": "octane", "layers": "a,b"}, {}, False),
        ({"renderer": "octane"}, {"extra": {"renderable_cameras": "a, b"}}, False),
    ],
)
def test_frames_are_found_by_files_where_no_line_tells(
    options: dict[str, Any], scene: dict[str, Any], is_watched: bool
) -> None:
    assert invoke(1, 2, scene=scene_info(**scene), **options).watches_files is is_watched


@pytest.mark.parametrize(
    ("options", "scene", "least"),
    [
        ({}, {}, 1),
        ({}, {"layers": ("a", "b", "c")}, 3),
        ({"layers": "a"}, {"layers": ("a", "b", "c")}, 1),
        ({}, {"layers": ("a", "b"), "extra": {"renderable_cameras": "x, y, z"}}, 6),
        ({"camera": "x"}, {"extra": {"renderable_cameras": "x, y, z"}}, 1),
    ],
)
def test_a_whole_frame_has_a_file_of_every_layer_and_camera(
    options: dict[str, Any], scene: dict[str, Any], least: int
) -> None:
    assert invoke(1, 2, scene=scene_info(**scene), **options).least_files == least


@pytest.mark.parametrize("program", ["C:/tools/Render-2027.bat", "C:/tools/render.CMD"])
def test_a_script_of_the_command_prompt_gets_nothing_that_it_would_misread(program: str) -> None:
    script = installation_of(Path(program))
    spec = make_spec(scene=Path("/p/a.ma"), output_name="shot.####")
    assert invocation(spec, script, tasks([1]), scene_info()).argv[0] == str(Path(program))
    hostile = make_spec(scene=Path("/p/a.ma"), output_name="a&calc.####")
    with pytest.raises(UserError, match=r"cannot be given a&calc\. Name Maya's own Render\.exe"):
        invocation(hostile, script, tasks([1]), scene_info())
    with pytest.raises(UserError, match="cannot be given <RenderLayer>/shot"):
        invocation(spec, script, tasks([1]), scene_info(layers=("a", "b")))


@pytest.mark.parametrize(
    ("flag", "instead"),
    [
        ("-rd", "the output folder of the job"),
        ("-im", "the file name prefix"),
        ("-fnc", "Render Settings"),
        ("-pad", "Render Settings"),
        ("-s", "the frames of the job"),
        ("-e", "the frames of the job"),
        ("-b", "the frames of the job"),
        ("-seq", "the frames of the job"),
        ("-proj", "the option project"),
        ("-cam", "the option camera"),
        ("-rl", "the option layers"),
        ("-r", "the option renderer"),
        ("-of", "the option image_format"),
        ("-preRender", "the option pre_render_mel"),
    ],
)
def test_further_arguments_cannot_lead_the_pictures_astray(flag: str, instead: str) -> None:
    def read(path: Path, _scene: str) -> SceneInfo:
        return scene_info(path)

    def invoked(options: Mapping[str, Any]) -> Invocation:
        return invoke(1, **options)

    engine = MayaEngine(finder=MayaFinder(None, places=list), read_scene=read)
    for refuse in (engine.check_options, invoked):
        with pytest.raises(UserError) as caught:
            refuse({"extra_arguments": f"-mb on {flag} x"})
        assert f"extra_arguments cannot hold {flag}: " in str(caught.value)
        assert instead in str(caught.value)
        assert str(caught.value).endswith(".")
    assert engine.check_options({"extra_arguments": "-mb on"}) == {"extra_arguments": ["-mb", "on"]}


def test_hostile_names_stay_one_argument_each() -> None:
    hostile = 'a "b" $c `d` \\e ä影'
    found = invoke(1, camera=hostile, layers=(hostile,), output_name=f"{hostile}.####")
    assert value(found, "-cam") == hostile
    assert value(found, "-rl") == hostile
    assert hostile in value(found, "-im")


@pytest.mark.parametrize(
    ("pattern", "image", "scheme", "padding"),
    [
        ("shot.####", "shot", NameScheme.PERIOD, 4),
        ("shot_v001_#####", "shot_v001", NameScheme.UNDERLINE, 5),
        ("sh010####", "sh010", NameScheme.NOTHING, 4),
        ("shot.#", "shot", NameScheme.PERIOD, 1),
        ("shot.####.beauty", "shot.beauty", NameScheme.PERIOD, 4),
        ("a##b.###", "a##b", NameScheme.PERIOD, 3),
        ("plain", "plain", NameScheme.PERIOD, 4),
        ("####", "shot", NameScheme.PERIOD, 4),
    ],
)
def test_the_jobs_pattern_becomes_mayas_name(
    pattern: str, image: str, scheme: NameScheme, padding: int
) -> None:
    names = file_names(pattern, scene_info(Path("/p/shot.ma")), {}, ARNOLD)
    assert (names.image, names.scheme, names.padding) == (image, scheme, padding)


@pytest.mark.parametrize("pattern", ["shot.####", "shot_###", "shot####"])
@given(frame=st.integers(-20, 20_000))
def test_maya_writes_what_the_job_expects(pattern: str, frame: int) -> None:
    names = file_names(pattern, scene_info(), {}, ARNOLD)
    between = {NameScheme.PERIOD: ".", NameScheme.UNDERLINE: "_", NameScheme.NOTHING: ""}[names.scheme]
    sign = "-" if frame < 0 else ""
    written = f"{names.image}{between}{sign}{abs(frame):0{names.padding}d}"
    assert written == frame_name(pattern, frame)


@pytest.mark.parametrize(
    ("prefix", "scene", "folder", "name", "image"),
    [
        ("", {}, "/proj/images", "a b 影.####", "a b 影"),
        ("beauty", {}, "/proj/images", "beauty.####", "beauty"),
        ("renders/v01/beauty", {}, "/proj/images/renders/v01", "beauty.####", "beauty"),
        ("<Scene>", {}, "/proj/images", "a b 影.####", "a b 影"),
        ("%s", {}, "/proj/images", "a b 影.####", "a b 影"),
        ("<Scene>/<RenderLayer>/x", {}, "/proj/images/a b 影/masterLayer", "x.####", "x"),
        (
            "<Scene>/<RenderLayer>/<RenderLayer>_<RenderPass>",
            {},
            "/proj/images/a b 影/masterLayer",
            "masterLayer.####",
            "masterLayer_<RenderPass>",
        ),
        (
            "<Scene>/<RenderLayer>/<RenderLayer>_<RenderPass>",
            {"layers": ("rs_a", "rs_b")},
            "/proj/images/a b 影",
            "a b 影.####",
            "<RenderLayer>/<RenderLayer>_<RenderPass>",
        ),
        (
            "<RenderPass>/final/x_<Camera>",
            {},
            "/proj/images",
            "x_persp.####",
            "<RenderPass>/final/x_persp",
        ),
        ("x", {"layers": ("rs_a", "rs_b")}, "/proj/images", "x.####", "<RenderLayer>/x"),
        ("x", {"extra": {"renderable_cameras": "a,b"}}, "/proj/images", "x.####", "<Camera>/x"),
        (
            "<Camera>_x",
            {"extra": {"renderable_cameras": "2"}, "layers": ("a", "b")},
            "/proj/images",
            "x.####",
            "<RenderLayer>/<Camera>_x",
        ),
        ("renders/", {}, "/proj/images/renders", "a b 影.####", "a b 影"),
        ("a/../b/./x", {}, "/proj/images/b", "x.####", "x"),
        ("<Version>/x", {}, "/proj/images", "x.####", "x"),
        ("x.<f4>", {}, "/proj/images", "x.####", "x"),
        ("<RenderPass>", {}, "/proj/images", "a b 影.####", "<RenderPass>"),
        ("a:b|c", {}, "/proj/images", "a_b_c.####", "a_b_c"),
    ],
)
def test_what_one_token_can_only_mean_is_filled_in_and_the_others_stay(
    prefix: str, scene: dict[str, Any], folder: str, name: str, image: str
) -> None:
    extra = {"file_prefix": prefix, **scene.pop("extra", {})}
    info = scene_info(SCENE, extra=extra, **scene)
    place = output_of(info, {})
    assert (place.folder, place.name) == (Path(folder), name)
    assert file_names(place.name, info, {}, ARNOLD).image == image


def test_a_chosen_layer_or_camera_is_the_only_one() -> None:
    info = scene_info(
        layers=("a", "b"), extra={"file_prefix": "<RenderLayer>/<Camera>/x", "renderable_cameras": "c,d"}
    )
    options = {"layers": ("rs_b",), "camera": "|grp|ns:c"}
    place = output_of(info, options)
    assert place.folder == Path("/proj/images/rs_b/ns_c")
    assert file_names(place.name, info, options, ARNOLD).image == "x_rs_b_ns_c"


def test_v_ray_has_its_own_word_for_the_layer() -> None:
    info = scene_info(layers=("a", "b"))
    assert file_names("x.####", info, {}, VRAY).image == "<Layer>/x"


@pytest.mark.parametrize(
    ("extra", "folder", "name"),
    [
        ({"padding": "6"}, "/proj/images", "shot.######"),
        ({"padding": "1"}, "/proj/images", "shot.####"),
        ({"padding": "rubbish"}, "/proj/images", "shot.####"),
        ({"name_scheme": "name_#.ext"}, "/proj/images", "shot_####"),
        ({"name_scheme": "name#.ext"}, "/proj/images", "shot####"),
        ({"name_scheme": "name#.ext", "file_prefix": "sh010"}, "/proj/images", "sh010.####"),
        ({"name_scheme": "name.ext.#"}, "/proj/images", "shot.####"),
        ({"name_scheme": "name.ext"}, "/proj/images", "shot.####"),
        ({"images_folder": "renders"}, "/proj/renders", "shot.####"),
        ({"images_folder": ""}, "/proj/images", "shot.####"),
        ({"images_folder": "", "project": ""}, None, "shot.####"),
    ],
)
def test_the_images_folder_and_the_padding(extra: dict[str, str], folder: str | None, name: str) -> None:
    place = output_of(scene_info(extra=extra), {})
    assert (place.folder, place.name) == (None if folder is None else Path(folder), name)


@given(st.text(max_size=40))
def test_any_prefix_gives_a_name_that_can_be_a_file(prefix: str) -> None:
    info = scene_info(extra={"file_prefix": prefix})
    place = output_of(info, {})
    assert place.name.endswith(".####")
    assert not set(place.name) & set('/\\<>:"|?*')
    assert place.folder is not None
    assert ".." not in place.folder.parts
    if place_of(prefix.strip()) is not PrefixPlace.ABSOLUTE:
        assert place.folder.is_relative_to("/proj/images")
    image = file_names(place.name, info, {}, ARNOLD).image
    assert image
    assert not image.startswith("/")
    assert ".." not in image.split("/")
