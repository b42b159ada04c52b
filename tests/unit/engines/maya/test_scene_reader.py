"""Real scenes, and files that are none."""

import gzip
import os
import sys
import zipfile
from pathlib import Path

import pytest
from scene_writers import as_ma, as_mb, plain_scene

from render_manager.domain.errors import UserError
from render_manager.domain.scene import Problem
from render_manager.engines.maya.scene_reader import read_scene

SHARED = Path(__file__).resolve().parents[4].parent / "shared" / "engines" / "scenes"
needs_shared = pytest.mark.skipif(
    not SHARED.exists(), reason="the shared folder with scenes of other programs is not beside the project"
)
EVERY_CAMERA = ("persp", "top", "front", "side")


def problem_codes(problems: tuple[Problem, ...]) -> list[str]:
    for each in problems:
        assert each.text.endswith(".") and each.advice.endswith(".")
    return [each.code for each in problems]


@needs_shared
class TestRealScenes:
    """What is expected of the scenes from a farm's tests is what their own expected jobs say."""

    def test_one_frame_with_everything_at_its_default(self) -> None:
        info = read_scene(SHARED / "aws-cube.ma")

        assert info.engine_version == (2023,)
        assert (info.frame_start, info.frame_end, info.fps) == (537, 537, 24)
        assert (info.width, info.height, info.renderer) == (960, 540, "mayaSoftware")
        assert (info.camera, info.cameras) == ("persp", EVERY_CAMERA)
        assert (info.layers, info.output, info.file_format) == (("defaultRenderLayer",), "aws-cube", "iff")
        assert [path.rpartition("/")[2] for path in info.missing_files] == [
            "scene_file_to_reference.mb",
            "deadline_logo_48x48.png",
        ]
        assert info.extra["plugins"] == "stereoCamera 10.0, mtoa 5.1.0"
        assert (info.extra["playback_range"], info.extra["animation_range"]) == ("537-583", "0-3000")
        assert (info.extra["codeset"], info.extra["saved_by"]) == ("1252", "Maya 2023")
        assert problem_codes(info.problems) == ["missing-references", "missing-files"]

    def test_render_setup_layers(self) -> None:
        info = read_scene(SHARED / "aws-layers.ma")

        assert (info.frame_start, info.frame_end, info.frame_step) == (1, 10, 1)
        assert info.layers == (
            "defaultRenderLayer",
            "rs_layerFrameRange1",
            "rs_renderSetupLayer2",
            "rs_layerDefaultFrames",
            "rs_renderSetupLayer4",
        )
        assert info.choices["layers"] == (*info.layers, "rs_notRenderableLayer")
        assert "rs_renderSetupLayer2 20-30, rs_renderSetupLayer4 1-20" in info.extra["layer_frame_ranges"]
        assert info.cameras == (*EVERY_CAMERA, "camera1", "camera2", "camera3")
        assert info.extra["renderable_cameras"] == "persp, camera1"
        assert (info.renderer, info.file_format) == ("arnold", "exr")
        assert (info.extra["image_suffix"], info.extra["name_scheme"]) == ("exr", "name.#.ext")
        assert problem_codes(info.problems) == ["several-cameras", "missing-references"]

    def test_layers_an_import_brought(self) -> None:
        info = read_scene(SHARED / "aws-referenced_layers.ma")

        assert (info.frame_start, info.frame_end) == (1, 1)
        assert info.choices["layers"] == ("defaultRenderLayer",)
        assert info.extra["references"] == "ref.ma, scene_file_to_reference.ma"
        assert info.extra["renderer_version"] == "5.2.0"
        assert problem_codes(info.problems) == ["missing-references"]

    def test_binary_of_2023(self) -> None:
        info = read_scene(SHARED / "aws-scene_file_to_reference.mb")

        assert info.engine_version == (2023,)
        assert (info.frame_start, info.frame_end, info.fps) == (537, 537, 24)
        assert (info.width, info.height, info.renderer, info.file_format) == (960, 540, "arnold", "exr")
        assert (info.cameras, info.camera) == (EVERY_CAMERA, "persp")
        assert info.extra["playback_range"] == "537-583"
        assert info.problems == ()

    def test_binary_of_2009(self) -> None:
        info = read_scene(SHARED / "cgru-scene.mb")

        assert info.engine_version == (2009,)
        assert (info.frame_start, info.frame_end, info.fps) == (1, 10, 24)
        assert (info.renderer, info.output, info.file_format) == ("mentalRay", "img", "jpeg")
        assert (info.extra["padding"], info.extra["name_scheme"]) == ("4", "name.#.ext")
        assert (info.extra["playback_range"], info.extra["image_suffix"]) == ("1-24", "jpg")
        assert (info.cameras, info.camera) == (EVERY_CAMERA, "persp")
        assert info.problems == ()

    @pytest.mark.parametrize("name", ["aws-cube.ma", "aws-layers.ma", "aws-scene_file_to_reference.mb"])
    def test_the_ending_makes_no_difference(self, name: str, tmp_path: Path) -> None:
        copy = tmp_path / Path(name).with_suffix(".mb" if name.endswith("ma") else ".ma").name
        copy.write_bytes((SHARED / name).read_bytes())

        mine, other = read_scene(copy), read_scene(SHARED / name)

        assert (mine.layers, mine.cameras, mine.renderer) == (other.layers, other.cameras, other.renderer)


class TestProject:
    def test_folders_of_the_project(self, tmp_path: Path) -> None:
        (tmp_path / "scenes").mkdir()
        (tmp_path / "workspace.mel").write_text('workspace -fr "images" "out";\n', encoding="utf-8")
        path = tmp_path / "scenes" / "shot.ma"
        path.write_bytes(as_ma(plain_scene()))

        extra = read_scene(path).extra

        assert (extra["project"], extra["images_folder"]) == (str(tmp_path), str(tmp_path / "out"))


class TestName:
    def test_a_file_holds_one_scene_named_like_it(self, tmp_path: Path) -> None:
        path = tmp_path / "shot.ma"
        path.write_bytes(as_ma(plain_scene()))

        assert read_scene(path, "shot").scene == "shot"
        with pytest.raises(UserError, match=r"has no scene 'other'; a Maya file holds one scene, 'shot'\."):
            read_scene(path, "other")


class TestNoScenes:
    """Whatever is wrong is said in whole sentences with the path in them."""

    def sentence(self, path: Path) -> str:
        with pytest.raises(UserError) as raised:
            read_scene(path)
        text = str(raised.value)
        assert str(path) in text or ascii(str(path)) in text
        assert text.endswith(".")
        return text

    def test_missing(self, tmp_path: Path) -> None:
        assert "does not exist" in self.sentence(tmp_path / "gone.ma")
        assert "does not exist" in self.sentence(Path(__file__) / "a.ma")

    def test_folder(self, tmp_path: Path) -> None:
        assert "is a folder; choose a Maya scene in it." in self.sentence(tmp_path)

    @pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")
    def test_device(self) -> None:
        assert "is not a file" in self.sentence(Path("/dev/null"))

    @pytest.mark.skipif(sys.platform == "win32", reason="permissions of Windows are others")
    def test_no_permission(self, tmp_path: Path) -> None:
        path = tmp_path / "shot.ma"
        path.write_bytes(as_ma(plain_scene()))
        path.chmod(0)
        if os.access(path, os.R_OK):
            pytest.skip("this user may read everything")

        assert "may not be read" in self.sentence(path)

    def test_impossible_name(self) -> None:
        self.sentence(Path("a\0b.ma"))

    @pytest.mark.parametrize(
        ("data", "expected"),
        [
            (b"", "is empty"),
            (b"\0" * 70_000, "holds nothing but zeros"),
            (b"version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 2\n", "is not downloaded"),
            (gzip.compress(as_ma(plain_scene())), "is packed (gzip); unpack it"),
            (b"7z\xbc\xaf\x27\x1c...", "is packed (7-Zip); unpack it"),
            (b"Kaydara FBX Binary  \0", "is not a Maya scene but a FBX file"),
            (b"BLENDER-v405", "is not a Maya scene but a Blender file"),
            (b"#usda 1.0\n", "is not a Maya scene but a USD file"),
            (b"print 'hello'\n", "it does not begin as one"),
            (b"\xff\xfe\0\0rubbish" * 1000, "it does not begin as one"),
            (b"FORM\0\0\0\0Maya", "it does not begin as one"),
            (b"FOR4\0\0\0\4", "is incomplete"),
            (b"FOR8", "is incomplete"),
            (b"//Maya ASCII 2023 scene\n", "is incomplete"),
        ],
    )
    def test_contents(self, tmp_path: Path, data: bytes, expected: str) -> None:
        path = tmp_path / "shot.ma"
        path.write_bytes(data)

        assert expected in self.sentence(path)

    def test_archive(self, tmp_path: Path) -> None:
        path = tmp_path / "shot.mb"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("shot.mb", as_mb(plain_scene()))

        assert "is packed (ZIP); unpack it and choose the scene in it." in self.sentence(path)
