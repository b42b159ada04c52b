"""The same scene written as .ma and as .mb says the same about its render."""

from collections.abc import Callable
from pathlib import Path

import pytest
from scene_writers import Scene, as_ma, as_mb, plain_scene

from render_manager.domain.errors import UserError
from render_manager.domain.scene import SceneInfo
from render_manager.engines.maya.scene_reader import read_scene

Write = Callable[[Scene], bytes]
KINDS: dict[str, Write] = {
    "ma": as_ma,
    "ma with CRLF": lambda scene: as_ma(scene, newline="\r\n"),
    "ma with CR": lambda scene: as_ma(scene, newline="\r"),
    "mb of 8 bytes": as_mb,
    "mb of 4 bytes": lambda scene: as_mb(scene, is_wide=False),
    "mb of 8 bytes, old times": lambda scene: as_mb(scene, is_old=True),
    "mb of 4 bytes, old times": lambda scene: as_mb(scene, is_wide=False, is_old=True),
}


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def read(tmp_path: Path, kind: str) -> Callable[[Scene], SceneInfo]:
    def do_read(scene: Scene) -> SceneInfo:
        path = tmp_path / f"shot.{kind[:2]}"
        path.write_bytes(KINDS[kind](scene))
        return read_scene(path)

    return do_read


Read = Callable[[Scene], SceneInfo]


class TestDefaults:
    def test_scene_that_says_nothing(self, read: Read) -> None:
        info = read(Scene())

        assert (info.engine, info.engine_version) == ("maya", (2023,))
        assert (info.frame_start, info.frame_end, info.frame_step, info.fps) == (0, 0, 1, 24)
        assert (info.width, info.height) == (960, 540)
        assert (info.renderer, info.file_format, info.is_movie) == ("mayaSoftware", "iff", False)
        assert (info.scene, info.scenes, info.output) == ("shot", ("shot",), "shot")
        assert (info.cameras, info.camera) == ((), "")
        assert info.layers == ("defaultRenderLayer",)
        assert info.extra["animation"] == "off"
        assert (info.extra["padding"], info.extra["name_scheme"]) == ("4", "name.ext")
        assert info.extra["image_suffix"] == "iff"
        assert not {"project", "file_prefix", "references", "playback_range"} & set(info.extra)

    def test_old_maya_had_other_defaults(self, read: Read) -> None:
        scene = plain_scene(an=True)
        scene.version = "2012"

        info = read(scene)

        assert (info.width, info.height) == (640, 480)
        assert info.extra["padding"] == "1"

    def test_lines_of_flags_hold_no_values(self, read: Read) -> None:
        scene = plain_scene(fs=None, ef=None, an=None, ren=None, outf=None)
        scene.select("defaultResolution", w=None, h=None)

        info = read(scene)

        assert (info.frame_start, info.frame_end, info.extra["animation"]) == (1, 1, "off")
        assert (info.width, info.height, info.renderer) == (960, 540, "mayaSoftware")


class TestFrames:
    def test_range(self, read: Read) -> None:
        info = read(plain_scene(an=True, fs=1001, ef=1100, bfs=2))

        assert (info.frame_start, info.frame_end, info.frame_step) == (1001, 1100, 2)
        assert info.extra["animation"] == "on"

    def test_range_at_its_default(self, read: Read) -> None:
        info = read(plain_scene(an=True))

        assert (info.frame_start, info.frame_end, info.frame_step) == (1, 10, 1)
        assert not info.problems

    @pytest.mark.parametrize(
        ("unit", "fps", "last"), [("ntsc", 30, 12), ("pal", 25, 10), ("game", 15, 6), ("48fps", 48, 20)]
    )
    def test_default_range_counts_at_24_a_second(self, read: Read, unit: str, fps: float, last: int) -> None:
        scene = plain_scene(an=True)
        scene.time_unit, scene.fps = unit, fps

        info = read(scene)

        assert (info.frame_start, info.frame_end) == (max(1, round(fps / 24)), last)
        assert not info.problems

    def test_without_animation_it_is_the_current_frame(self, read: Read) -> None:
        scene = plain_scene(fs=1, ef=100).select("time1", o=537)

        info = read(scene)

        assert (info.frame_start, info.frame_end, info.frame_step) == (537, 537, 1)

    def test_frames_before_zero(self, read: Read) -> None:
        info = read(plain_scene(an=True, fs=-24, ef=-3))

        assert (info.frame_start, info.frame_end) == (-24, -3)

    def test_frames_are_those_of_the_unit(self, read: Read) -> None:
        scene = plain_scene(an=True, fs=1001, ef=1025)
        scene.time_unit, scene.fps = "pal", 25

        info = read(scene)

        assert (info.frame_start, info.frame_end, info.fps) == (1001, 1025, 25)
        assert info.extra["time_unit"] == "pal"

    def test_between_frames(self, read: Read) -> None:
        info = read(plain_scene(an=True, fs=0.5, ef=300))

        assert (info.frame_start, info.frame_end) == (1, 300)
        assert [each.code for each in info.problems] == ["between-frames"]

    def test_no_frames(self, read: Read) -> None:
        info = read(plain_scene(an=True, fs=20, ef=10))

        assert [(each.code, each.severity) for each in info.problems] == [("empty-range", "error")]


class TestRest:
    def test_size_and_renderer(self, read: Read) -> None:
        scene = plain_scene(
            ren="arnold", outf=51, imfkey="exr", ifp="<Scene>/<RenderLayer>", pff=True, an=True
        )
        scene.select("defaultResolution", w=1920, h=1080)
        scene.add("aiAOVDriver", "defaultArnoldDriver", ai_translator="exr")
        scene.add("aiAOVDriver", "defaultArnoldDisplayDriver", ai_translator="maya")
        scene.plugins["mtoa"] = "5.1.0"

        info = read(scene)

        assert (info.width, info.height) == (1920, 1080)
        assert (info.renderer, info.file_format, info.output) == ("arnold", "exr", "<Scene>/<RenderLayer>")
        assert info.extra["renderer_version"] == "5.1.0"
        assert "mtoa 5.1.0" in info.extra["plugins"]
        assert (info.extra["file_prefix"], info.extra["name_scheme"]) == (
            "<Scene>/<RenderLayer>",
            "name.#.ext",
        )
        assert info.extra["image_suffix"] == "exr"

    def test_cameras(self, read: Read) -> None:
        scene = plain_scene().add("transform", "group1").add("camera", "shotCamShape", "group1|shotCam")

        info = read(scene)

        assert info.cameras == ("persp", "top", "front", "side", "group1|shotCam")
        assert info.choices["camera"] == info.cameras
        assert info.camera == "persp"
        assert info.extra["renderable_cameras"] == "persp, group1|shotCam"
        assert [each.code for each in info.problems] == ["several-cameras"]

    def test_layers_with_frames_of_their_own(self, read: Read) -> None:
        scene = plain_scene(an=True)
        scene.add("renderLayer", "rs_a").add("renderLayer", "rs_b", rndr=False).add("renderLayer", "rs_c")
        for name in "abc":
            scene.add("renderSetupLayer", name)
        start = {"atr": "startFrame", "tgName": "defaultRenderGlobals"}
        end = {"atr": "endFrame", "tgName": "defaultRenderGlobals"}
        scene.add("absUniqueOverride", "startA", **start, atv=20).add(
            "absUniqueOverride", "endA", **end, atv=30
        )
        scene.add("relUniqueOverride", "endB", **end, mul=2, ofs=5)
        scene.add("absUniqueOverride", "wide", atr="width", tgName="defaultResolution", atv=10)
        above = {"startA": "colA", "endA": "colA2", "colA2": "colA", "colA": "a", "endB": "colB", "colB": "b"}
        for child, parent in {**above, "wide": "c", "a": "renderSetup"}.items():
            scene.connections.append((f"{parent}.lit", f"{child}.pls"))

        info = read(scene)

        assert info.layers == ("defaultRenderLayer", "rs_a", "rs_c")
        assert info.choices["layers"] == ("defaultRenderLayer", "rs_a", "rs_b", "rs_c")
        assert info.extra["layer_frame_ranges"] == "rs_a 20-30, rs_b 1-25"

    def test_layers_an_import_brought_are_dead(self, read: Read) -> None:
        scene = plain_scene().add("renderLayer", "layer1")
        scene.add("renderLayerManager", "old_renderLayerManager")
        scene.add("renderLayer", "old_defaultRenderLayer", g=True).add("renderLayer", "old_layer1")
        scene.connections += [
            ("renderLayerManager.rlmi[1]", "layer1.rlid"),
            ("old_renderLayerManager.rlmi[1]", "old_layer1.rlid"),
        ]

        assert read(scene).choices["layers"] == ("defaultRenderLayer", "layer1")

    def test_missing_references_and_textures(self, read: Read, tmp_path: Path) -> None:
        (tmp_path / "there.png").touch()
        scene = plain_scene().add("file", "file1", ftn="there.png").add("file", "file2", ftn="gone.png")
        scene.add("aiImage", "aiImage1", filename="/nowhere/a.exr").references.append("assets/chair.ma")

        info = read(scene)

        assert info.missing_files == ("assets/chair.ma", "gone.png", "/nowhere/a.exr")
        assert info.extra["references"] == "chair.ma"
        assert [each.code for each in info.problems] == ["missing-references", "missing-files"]

    def test_scripts(self, read: Read) -> None:
        scene = plain_scene(pram="print 1").add("script", "mine", b='print "hello"', st=1)
        scene.add(
            "script",
            "sceneConfigurationScriptNode",
            st=6,
            b="playbackOptions -min 5 -max 50 -ast 0 -aet 99.5 ",
        )

        info = read(scene)

        assert (info.extra["playback_range"], info.extra["animation_range"]) == ("5-50", "0-99.5")
        assert [each.code for each in info.problems] == ["script-nodes", "render-scripts"]

    def test_who_saved_it(self, read: Read) -> None:
        scene = plain_scene()
        scene.file_info = {"application": "maya", "product": "Maya Unlimited 2009", "version": "2009 x64"}

        info = read(scene)

        assert info.extra["saved_by"] == "Maya Unlimited 2009 (2009 x64)"
        assert info.extra["units"] == "centimeter, degree"

    def test_paths_with_letters_of_the_world(self, read: Read, tmp_path: Path) -> None:
        (tmp_path / "Märchen_北.png").touch()
        scene = (
            plain_scene().add("file", "file1", ftn="Märchen_北.png").add("file", "file2", ftn="fehlt_ß.png")
        )

        assert read(scene).missing_files == ("fehlt_ß.png",)


@pytest.mark.timeout(10)
@pytest.mark.parametrize("blank", [b"\n", b"\r\n", b" \n", b"\r", b"\t", b" "])
def test_blank_lines_are_soon_passed_over(tmp_path: Path, blank: bytes) -> None:
    """Each was the beginning of a new search through all that follow: 30 s and more for 64 KiB."""
    path = tmp_path / "blank.ma"
    path.write_bytes(blank * 70_000)
    with pytest.raises(UserError, match="is not a Maya scene"):
        read_scene(path)
    path.write_bytes(blank * 20_000 + as_ma(plain_scene(), newline="\n"))
    assert read_scene(path).cameras
