"""What the reader says about scenes real Blenders saved, against what those Blenders say themselves.

The scenes and the JSON beside them come from tools/make_test_scenes.py.
"""

import gzip
import json
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import zstandard
from blend_writer import Writer, add_scene, small_scene

from render_manager.domain.errors import UserError
from render_manager.domain.scene import Problem, SceneInfo, Severity
from render_manager.engines.blender.scene_reader import read_scene, read_thumbnail

HERE = Path(__file__).resolve()
SCENES = HERE.parents[3] / "data" / "scenes"
SHARED = HERE.parents[4].parent / "shared" / "engines" / "scenes"
REAL = sorted(path.stem for path in SCENES.glob("blender-*.blend"))


def truth_of(name: str) -> dict[str, Any]:
    truth: dict[str, Any] = json.loads((SCENES / f"{name}.json").read_text(encoding="utf-8"))
    return truth


def unpacked(path: Path) -> bytes:
    with (
        path.open("rb") as file,
        zstandard.ZstdDecompressor().stream_reader(file, read_across_frames=True) as reader,
    ):
        return reader.read()


def read(tmp_path: Path, writer: Writer, scene: str | None = None) -> SceneInfo:
    path = tmp_path / "scene.blend"
    path.write_bytes(writer.file())
    return read_scene(path, scene)


def problem(info: SceneInfo, code: str) -> Problem:
    (found,) = [each for each in info.problems if each.code == code]
    assert found.text.endswith(".")
    assert found.advice.endswith(".")
    return found


def test_there_are_scenes_of_every_generation() -> None:
    assert {name.split("-")[1] for name in REAL} >= {"3.4", "4.5", "5.0", "5.2"}


@pytest.mark.parametrize("name", REAL)
class TestRealScenes:
    def test_agrees_with_blender(self, name: str) -> None:
        truth = truth_of(name)

        info = read_scene(SCENES / f"{name}.blend")

        assert info.engine == "blender"
        assert info.engine_version == tuple(truth["version"][:2])
        assert info.extra["subversion"] == str(truth["version"][2])
        assert info.extra["compression"] == "zstd"
        assert info.scene == truth["scene"]
        assert sorted(info.scenes) == sorted(truth["scenes"])
        assert sorted(info.cameras) == truth["cameras"]

    def test_each_scene_agrees_with_blender(self, name: str) -> None:
        for scene, truth in truth_of(name)["scenes"].items():
            info = read_scene(SCENES / f"{name}.blend", scene)

            assert info.scene == scene
            assert (info.frame_start, info.frame_end) == (truth["frame_start"], truth["frame_end"])
            assert info.frame_step == truth["frame_step"]
            assert info.fps == pytest.approx(truth["fps"])
            assert info.camera == truth["camera"]
            assert list(info.layers) == truth["layers"]
            assert (info.renderer, info.output) == (truth["renderer"], truth["output"])
            assert (info.file_format, info.is_movie) == (truth["file_format"], truth["is_movie"])
            assert info.extra["compositor"] == ("yes" if truth["compositor"] else "no")
            assert info.extra["resolution"] == "{}x{}".format(*truth["full_size_px"])
            assert info.extra["resolution_percentage"] == str(truth["size_percent"])
            if truth["size_px"]:
                assert [info.width, info.height] == truth["size_px"]

    def test_missing_files_are_those_blender_could_not_load(self, name: str) -> None:
        truth = truth_of(name)
        expected = {*truth["missing_images"], *truth["missing_libraries"]}
        if name.endswith("missing"):
            expected |= {"//textures/skin.1002.png", "//textures/fur.u1_v1.png"}

        found = read_scene(SCENES / f"{name}.blend").missing_files

        assert {path.replace(f"{SCENES}", "/").replace("\\", "/") for path in found} == expected
        assert len(found) == len(expected)

    def test_scripts_are_those_blender_would_run(self, name: str) -> None:
        truth = truth_of(name)

        info = read_scene(SCENES / f"{name}.blend")

        text = "".join(each.text for each in info.problems if each.code == "embedded-scripts")
        assert bool(text) == bool(truth["scripts"] or truth["python_drivers"])
        assert all(f"'{script}'" in text for script in truth["scripts"])
        assert ("1 driver that needs Python" in text) == (truth["python_drivers"] == 1)

    @pytest.mark.parametrize("pack", [bytes, gzip.compress, zstandard.compress])
    def test_the_container_makes_no_difference(
        self, name: str, pack: Callable[[bytes], bytes], tmp_path: Path
    ) -> None:
        copy = tmp_path / "copy.blend"
        copy.write_bytes(pack(unpacked(SCENES / f"{name}.blend")))

        mine, other = read_scene(copy), read_scene(SCENES / f"{name}.blend")

        for attribute in (
            "engine_version",
            "frame_end",
            "fps",
            "width",
            "scenes",
            "cameras",
            "layers",
            "output",
        ):
            assert getattr(mine, attribute) == getattr(other, attribute)
        assert mine.extra == {**other.extra, "compression": mine.extra["compression"]}

    def test_thumbnail_is_whole(self, name: str) -> None:
        thumbnail = read_thumbnail(SCENES / f"{name}.blend")

        extra = read_scene(SCENES / f"{name}.blend").extra
        if thumbnail is None:
            assert "thumbnail" not in extra
        else:
            width, height, pixels = thumbnail
            assert extra["thumbnail"] == f"{width}x{height}"
            assert len(pixels) == 4 * width * height


def test_scene_of_blender_282_saved_by_an_artist() -> None:
    path = SHARED / "cgru-scene.blend"
    if not path.exists():
        pytest.skip("the shared folder with scenes of other programs is not beside the project")

    info = read_scene(path)

    assert info.engine_version == (2, 82)
    assert (info.frame_start, info.frame_end, info.frame_step, info.fps) == (1, 250, 1, 24)
    assert (info.width, info.height) == (1280, 720)
    assert (info.scene, info.camera, info.layers) == ("Scene", "Camera", ("View Layer",))
    assert (info.renderer, info.output, info.file_format) == ("BLENDER_EEVEE", "./render/render.####", "PNG")


class TestScenes:
    def test_unknown_scene_is_an_error_that_lists_those_there_are(self, tmp_path: Path) -> None:
        writer = small_scene()
        add_scene(writer, "Shot_020", 0x200)

        with pytest.raises(UserError, match=r"no scene 'Shot_999'; it has Scene, Shot_020\."):
            read(tmp_path, writer, "Shot_999")

    def test_file_without_scenes(self, tmp_path: Path) -> None:
        with pytest.raises(UserError, match="no scene of its own"):
            read(tmp_path, Writer())

    def test_summary_at_the_start_names_the_scene_when_the_globals_do_not(self, tmp_path: Path) -> None:
        writer = Writer()
        writer.add_raw("REND", struct.pack("<ii", 1, 10) + b"Second\0" + b"\0" * 57)
        add_scene(writer, "First", 0x100)
        add_scene(writer, "Second", 0x200)

        assert read(tmp_path, writer).scene == "Second"

    def test_globals_come_before_the_summary(self, tmp_path: Path) -> None:
        writer = Writer()
        writer.add_raw("REND", struct.pack("<ii", 1, 10) + b"Second\0" + b"\0" * 57)
        writer.add("GLOB", "FileGlobal", 1, curscene=0x300)
        for address, name in ((0x100, "First"), (0x200, "Second"), (0x300, "Third")):
            add_scene(writer, name, address)

        assert read(tmp_path, writer).scene == "Third"

    def test_file_that_opens_with_a_linked_scene(self, tmp_path: Path) -> None:
        writer = Writer()
        writer.add("GLOB", "FileGlobal", 1, curscene=0x300)
        add_scene(writer)
        writer.add("ID", "ID", 0x300, name="SCElsewhere")

        info = read(tmp_path, writer)

        assert info.scene == "Scene"
        assert "'Elsewhere'" in problem(info, "linked-scene").text
        assert not [each for each in read(tmp_path, writer, "Scene").problems if each.code == "linked-scene"]

    def test_render_layers_of_blender_27(self, tmp_path: Path) -> None:
        writer = Writer(version=279)
        layer = ["void *next", "void *prev", "char name[64]", "int layflag", "char _pad[4]"]
        writer.structs["SceneRenderLayer"] = layer
        writer.structs["Scene"] = writer.structs["Scene"][:-1]
        writer.add("SC", "Scene", 0x100, id__name="SCScene", r__xsch=9, r__ysch=9, r__size=100, r__frs_sec=24,
                   r__frs_sec_base=1.0, r__layers__first=0x20)  # fmt: skip
        writer.add("DATA", "SceneRenderLayer", 0x20, name="RenderLayer", layflag=0x7FFF, next=0x21)
        writer.add("DATA", "SceneRenderLayer", 0x21, name="Off", layflag=0x27FFF)

        assert read(tmp_path, writer).layers == ("RenderLayer",)

    def test_layers_chained_in_a_circle_come_once(self, tmp_path: Path) -> None:
        writer = Writer()
        add_scene(writer, view_layers__first=0x20)
        for address, after, name in ((0x20, 0x21, "A"), (0x21, 0x20, "B")):
            writer.blocks.append(
                (b"DATA", list(writer.structs).index("ViewLayer"), address,
                 writer.data("ViewLayer", {"name": name, "flag": 1, "next": after}))
            )  # fmt: skip

        assert set(read(tmp_path, writer).layers) == {"A", "B"}

    @pytest.mark.parametrize(
        "values",
        [
            {"r__efra": 1 << 30},
            {"r__sfra": -(1 << 30)},
            {"r__frs_sec": 0},
            {"r__frs_sec_base": 0.0},
            {"r__frs_sec_base": float("nan")},
            {"r__frs_sec_base": -1.0},
            {"r__xsch": 0},
            {"r__ysch": -5},
            {"r__xsch": 1 << 30},
            {"r__size": 0},
        ],
    )
    def test_values_that_cannot_be_are_damage(self, tmp_path: Path, values: dict[str, float]) -> None:
        writer = Writer()
        add_scene(writer, **values)

        with pytest.raises(
            UserError, match="is damaged: the frames, rate or size of its scene 'Scene' cannot be"
        ):
            read(tmp_path, writer)

    def test_step_of_zero_is_one(self, tmp_path: Path) -> None:
        writer = Writer()
        add_scene(writer, r__frame_step=0)

        assert read(tmp_path, writer).frame_step == 1

    @pytest.mark.parametrize(
        ("size", "percent", "expected"),
        [
            ((101, 67), 33, (33, 22)),
            ((1920, 1080), 1, (19, 10)),
            ((99, 51), 50, (49, 25)),
            ((333, 777), 7, (23, 54)),
        ],
    )
    def test_percentage_is_truncated_as_blender_does(
        self, tmp_path: Path, size: tuple[int, int], percent: int, expected: tuple[int, int]
    ) -> None:
        writer = Writer()
        add_scene(writer, r__xsch=size[0], r__ysch=size[1], r__size=percent)

        info = read(tmp_path, writer)

        assert (info.width, info.height) == expected

    @pytest.mark.parametrize(
        ("size", "region", "expected"),
        [
            ((101, 67), (0.25, 0.25, 0.75, 0.75), (50, 34)),
            ((101, 67), (0.1, 0.2, 0.33, 0.77), (23, 38)),
            ((101, 67), (0.013, 0.027, 0.999, 0.981), (99, 64)),
            ((100, 100), (0.1, 0.07, 0.29, 0.58), (19, 51)),
        ],
    )
    def test_cropped_region_has_the_size_blender_rendered(
        self, tmp_path: Path, size: tuple[int, int], region: tuple[float, ...], expected: tuple[int, int]
    ) -> None:
        edges = dict(
            zip(
                ("r__border__xmin", "r__border__ymin", "r__border__xmax", "r__border__ymax"),
                region,
                strict=True,
            )
        )
        writer = Writer()
        add_scene(writer, r__xsch=size[0], r__ysch=size[1], r__mode=0xA00, **edges)

        info = read(tmp_path, writer)

        assert (info.width, info.height) == expected
        assert info.extra["render_region"] == "cropped"

    def test_region_without_crop_leaves_the_size(self, tmp_path: Path) -> None:
        writer = Writer()
        add_scene(writer, r__mode=0x200, r__border__xmax=0.5, r__border__ymax=0.5)

        assert read(tmp_path, writer).width == 64

    def test_unknown_image_format_shows_its_number(self, tmp_path: Path) -> None:
        writer = Writer()
        add_scene(writer, r__im_format__imtype=99)

        assert read(tmp_path, writer).file_format == "UNKNOWN_99"


class TestProblems:
    def test_good_scene_has_none(self, tmp_path: Path) -> None:
        assert read(tmp_path, small_scene()).problems == ()

    def test_no_camera_although_the_scene_has_one_that_is_not_active(self, tmp_path: Path) -> None:
        writer = Writer()
        add_scene(writer, camera=0)
        writer.add("OB", "Object", 0x10, id__name="OBCamera", type=11)

        found = problem(read(tmp_path, writer), "no-camera")

        assert found.severity is Severity.ERROR
        assert "'Scene'" in found.text

    def test_no_camera_may_not_matter_to_a_compositor(self, tmp_path: Path) -> None:
        writer = Writer()
        add_scene(writer, camera=0, use_nodes=1, nodetree=0x50, r__scemode=0x40)

        assert problem(read(tmp_path, writer), "no-camera").severity is Severity.WARNING

    @pytest.mark.parametrize(
        ("first_strip", "scemode", "is_problem"), [(0x60, 1, False), (0, 1, True), (0x60, 0, True)]
    )
    def test_no_camera_does_not_matter_to_a_sequencer_with_strips(
        self, tmp_path: Path, first_strip: int, scemode: int, is_problem: bool
    ) -> None:
        writer = Writer()
        add_scene(writer, camera=0, ed=0x50, r__scemode=scemode)
        writer.add("DATA", "Editing", 0x50, seqbase__first=first_strip)

        info = read(tmp_path, writer)

        assert bool(info.problems) == is_problem
        assert info.extra["sequencer"] == ("no" if is_problem else "yes")

    def test_any_object_can_be_the_camera(self, tmp_path: Path) -> None:
        writer = Writer()
        writer.add("OB", "Object", 0x10, id__name="OBCube", type=1)
        add_scene(writer)

        info = read(tmp_path, writer)

        assert (info.camera, info.cameras, info.problems) == ("Cube", ("Cube",), ())

    def test_camera_linked_from_a_library_has_its_name(self, tmp_path: Path) -> None:
        writer = Writer()
        add_scene(writer)
        writer.add("ID", "ID", 0x10, name="OBLinked camera")

        info = read(tmp_path, writer)

        assert (info.camera, info.cameras) == ("Linked camera", ("Linked camera",))

    def test_empty_range(self, tmp_path: Path) -> None:
        writer = Writer()
        add_scene(writer, r__sfra=11)

        found = problem(read(tmp_path, writer), "empty-range")

        assert found.severity is Severity.ERROR
        assert "11" in found.text

    def test_picture_of_no_pixels(self, tmp_path: Path) -> None:
        writer = Writer()
        add_scene(writer, r__xsch=5, r__size=1)

        assert problem(read(tmp_path, writer), "image-too-small").severity is Severity.ERROR

    def test_no_layer_renders(self, tmp_path: Path) -> None:
        writer = Writer()
        add_scene(writer, view_layers__first=0)

        assert problem(read(tmp_path, writer), "no-layers").severity is Severity.WARNING

    @pytest.mark.parametrize(("number", "name"), [(24, "FFMPEG"), (16, "AVI_JPEG"), (15, "AVI_RAW")])
    def test_movie_output(self, tmp_path: Path, number: int, name: str) -> None:
        writer = Writer()
        add_scene(writer, r__im_format__imtype=number)

        info = read(tmp_path, writer)

        assert info.is_movie
        assert name in problem(info, "movie-output").text

    def test_embedded_scripts(self, tmp_path: Path) -> None:
        writer = small_scene()
        for number in range(5):
            writer.add("TX", "Text", 0x500 + number, id__name=f"TXrig_{number}.py", flags=0x415)
        writer.add("TX", "Text", 0x600, id__name="TXnotes", flags=0x405)
        for expression, kind in (("frame * 2", 1), ("bpy.data", 1), ("self.x", 1), ("bpy.data", 0)):
            writer.add("DATA", "ChannelDriver", 0x700, expression=expression, type=kind)

        text = problem(read(tmp_path, writer), "embedded-scripts").text

        assert (
            "text 'rig_0.py', text 'rig_1.py', text 'rig_2.py', 2 more texts, 2 drivers that need Python."
            in text
        )


@pytest.mark.parametrize("name", ["blender-3.4-missing", "blender-4.5-missing", "blender-5.2-missing"])
def test_eevee_s_samples_are_told(name: str) -> None:
    assert read_scene(SCENES / f"{name}.blend").extra["samples"] == "64"


def test_cycles_samples_are_not_known() -> None:
    assert "samples" not in read_scene(SCENES / "blender-5.0-scenes.blend").extra
