"""What is special about .ma: how it is written, and how it may be broken."""

from pathlib import Path

import pytest
from scene_writers import Scene, as_ma, plain_scene

from render_manager.domain.errors import UserError
from render_manager.domain.scene import SceneInfo
from render_manager.engines.maya.scene_reader import read_scene

LONG_NAMES = b"""//Maya ASCII 2023 scene
//Codeset: 1252
requires maya "2023";
requires "mtoa" "5.1.0";
currentUnit -linear meter -angle radian -time pal;
createNode transform -shared -name "persp";
createNode camera -shared -name "perspShape" -parent "persp";
	setAttr -keyable off ".visibility" no;
	setAttr ".renderable" no;
createNode transform -name "cam";
createNode camera -name "camShape" -parent "cam";
	setAttr -keyable off ".visibility";
createNode renderLayer -name "defaultRenderLayer";
	setAttr ".global" yes;
	setAttr ".renderable" no;
createNode renderLayer -name "beauty";
createNode file -name "file1";
	setAttr ".fileTextureName" -type "string" "gone.png";
createNode aiAOVDriver -shared -name "defaultArnoldDriver";
	setAttr ".aiTranslator" -type "string" "exr";
select -noExpand :time1;
	setAttr ".outTime" 5;
select -noExpand :defaultRenderGlobals;
	setAttr ".currentRenderer" -type "string" "arnold";
	setAttr ".imageFormat" 51;
	setAttr ".imfPluginKey" -type "string" "exr";
	setAttr ".animation" yes;
	setAttr ".startFrame" 3;
	setAttr ".endFrame" 150;
	setAttr ".byFrameStep" 3;
	setAttr ".extensionPadding" 5;
	setAttr ".putFrameBeforeExt" yes;
	setAttr ".imageFilePrefix" -type "string" "img/<Camera>";
select -noExpand :defaultResolution;
	setAttr ".width" 320;
	setAttr ".height" 240;
"""


def read(tmp_path: Path, data: bytes | Scene) -> SceneInfo:
    path = tmp_path / "shot.ma"
    path.write_bytes(as_ma(data) if isinstance(data, Scene) else data)
    return read_scene(path)


def codes(info: SceneInfo) -> list[str]:
    return [each.code for each in info.problems]


class TestWriting:
    def test_long_names_of_flags_and_attributes(self, tmp_path: Path) -> None:
        info = read(tmp_path, LONG_NAMES)

        assert (info.frame_start, info.frame_end, info.frame_step, info.fps) == (3, 150, 3, 25)
        assert (info.width, info.height) == (320, 240)
        assert (info.renderer, info.file_format, info.output) == ("arnold", "exr", "img/<Camera>")
        assert (info.cameras, info.camera) == (("persp", "cam"), "cam")
        assert info.layers == ("beauty",)
        assert info.missing_files == ("gone.png",)
        assert info.extra["padding"] == "5"
        assert info.extra["units"] == "meter, radian"
        assert codes(info) == ["missing-files"]

    @pytest.mark.parametrize("codeset", ["1252", "932", "936", "UTF-8"])
    def test_texts_are_in_the_code_set(self, tmp_path: Path, codeset: str) -> None:
        text = {"1252": "fehlt_ß", "932": "表示", "936": "贴图"}.get(codeset, "北\\é")
        scene = plain_scene().add("file", "file1", ftn=f"{text}.png")
        scene.codeset = codeset

        info = read(tmp_path, scene)

        assert info.missing_files == (f"{text}.png",)
        assert info.extra["codeset"] == codeset

    def test_byte_order_mark(self, tmp_path: Path) -> None:
        assert read(tmp_path, b"\xef\xbb\xbf" + as_ma(plain_scene(ren="arnold"))).renderer == "arnold"

    def test_no_line_end_at_the_end(self, tmp_path: Path) -> None:
        data = as_ma(plain_scene(ren="arnold"), end=False).rstrip().rstrip(b";")

        info = read(tmp_path, data)

        assert info.renderer == "arnold"

    def test_version_of_the_first_line_when_nothing_is_required(self, tmp_path: Path) -> None:
        assert read(tmp_path, b'//Maya ASCII 8.5 scene\ncreateNode camera -n "a";\n').engine_version == (8, 5)

    def test_later_values_win(self, tmp_path: Path) -> None:
        more = b'select -ne :defaultRenderGlobals;\n\tsetAttr ".ef" 7;\n\tsetAttr ".ef" 8;\n'
        data = as_ma(plain_scene(an=True, ef=5)).replace(b"// End of", more + b"// End of")

        assert read(tmp_path, data).frame_end == 8

    def test_what_follows_a_node_is_not_its_own(self, tmp_path: Path) -> None:
        data = as_ma(plain_scene(an=True, ef=50)).replace(
            b"// End of",
            b'connectAttr "a.b" "c.d";\n\tsetAttr ".ef" 60;\n'
            b'select -ne :ikSystem;\n\tsetAttr ".ef" 70;\n// End of',
        )

        assert read(tmp_path, data).frame_end == 50

    def test_great_texts_and_numbers_between(self, tmp_path: Path) -> None:
        scene = plain_scene(ren="arnold")
        numbers = b'\tsetAttr -s 9 ".vt[0:99]"  ' + b"0.125 -3.5e-05 7\n\t\t" * 100_000 + b";\n"
        texts = (
            b'\tsetAttr ".b" -type "string" (\n'
            + b'\t\t+ "createNode camera -n \\"no\\";\\n"\n' * 20_000
            + b");\n"
        )
        data = as_ma(scene).replace(
            b"createNode renderLayerManager",
            b'createNode mesh -n "m";\n' + numbers + texts + b"createNode renderLayerManager",
        )

        info = read(tmp_path, data)

        assert info.renderer == "arnold"
        assert info.cameras == ("persp", "top", "front", "side")

    @pytest.mark.parametrize(
        "text",
        [
            'setAttr ".nts" -type "string" "x; createNode camera -n no;";',
            'setAttr ".nts" -type "string" "a\ncreateNode camera -n no; b";',
            'setAttr ".nts" -type "string" "say \\"x\\"; createNode camera -n no;";',
            '// createNode camera -n "no";',
            'createNodes camera -n "no";',
            'print "createNode camera";',
        ],
    )
    def test_texts_and_comments_create_no_nodes(self, tmp_path: Path, text: str) -> None:
        data = as_ma(plain_scene()).replace(
            b"createNode renderLayerManager",
            b'createNode mesh -n "m";\n\t' + text.encode() + b"\ncreateNode renderLayerManager",
        )

        assert read(tmp_path, data).cameras == ("persp", "top", "front", "side")

    @pytest.mark.parametrize("before", [b"\n", b"// a comment\n", b"lockNode -l 1 ;\n", b"    "])
    def test_what_may_stand_before_a_node(self, tmp_path: Path, before: bytes) -> None:
        data = as_ma(plain_scene()).replace(
            b"createNode renderLayerManager",
            before + b'createNode camera -n "yes";\ncreateNode renderLayerManager',
        )

        assert read(tmp_path, data).cameras[-1] == "yes"


class TestReferences:
    HEAD = (
        'file -rdi 1 -ns "a" -rfn "aRN" -op "v=0;" -typ "mayaAscii" "a.ma";',
        'file -rdi 1 -ns "b" -dr 1 -rfn "bRN" -op "v=0;" -typ "mayaAscii" "b.ma";',
        'file -rdi 2 -ns "c" -rfn "a:cRN" "deep/c.ma";',
        'file -r -ns "a" -dr 1 -rfn "aRN" -op "v=0;" -typ "mayaAscii" "a.ma";',
        'file -r -ns "b" -dr 1 -rfn "bRN" -op "v=0;" -typ "mayaAscii" "b.ma";',
    )

    def test_one_that_is_not_loaded(self, tmp_path: Path) -> None:
        scene = plain_scene()
        scene.head = list(self.HEAD)

        info = read(tmp_path, scene)

        assert info.extra["references"] == "a.ma, b.ma"
        assert info.missing_files == ("a.ma",)
        assert codes(info) == ["missing-references", "unloaded-references"]
        assert info.problems[1].text == "1 referenced scene is not loaded, so it is not rendered: b.ma."

    def test_many_are_counted(self, tmp_path: Path) -> None:
        scene = plain_scene()
        scene.references = [f"sets/part{number}.ma" for number in range(8)]

        info = read(tmp_path, scene)

        assert info.extra["references"] == "part0.ma, part1.ma, part2.ma, part3.ma, part4.ma and 3 more"
        assert "sets/part2.ma and 5 more" in info.problems[0].text

    def test_cameras_of_references_that_the_scene_switches(self, tmp_path: Path) -> None:
        edits = (
            b'createNode reference -n "shotRN";\n\tsetAttr ".ed" -type "dataReferenceEdits"\n'
            b'\t\t"shotRN"\n\t\t"shotRN" 2\n'
            b'\t\t2 "|shot:cam|shot:camShape" "renderable" " 1"\n'
            b'\t\t2 "|shot:rig|shot:cam2|shot:camShape2" \n\t\t"renderable" " -av 0"\n'
            b'\t\t3 "x" "renderable" " 1"\n\t\t2 "shot:lone" "renderable" " -k on yes";\n'
            b'createNode mesh -n "m";\n\tsetAttr ".atr" -type "string" "renderable";\n'
        )
        scene = plain_scene()
        scene.references = ["shot.ma"]
        scene.nodes[1].values["rnd"] = False
        data = as_ma(scene).replace(b"select -ne :time1", edits + b"select -ne :time1")

        info = read(tmp_path, data)

        assert info.cameras == ("persp", "top", "front", "side", "shot:cam", "shot:cam2", "shot:lone")
        assert info.extra["renderable_cameras"] == "shot:cam, shot:lone"


class TestCameras:
    def test_none_is_renderable(self, tmp_path: Path) -> None:
        scene = plain_scene()
        scene.nodes[1].values["rnd"] = False

        (found,) = read(tmp_path, scene).problems

        assert (found.code, found.severity) == ("no-camera", "error")

    def test_one_may_be_in_a_reference(self, tmp_path: Path) -> None:
        scene = plain_scene()
        scene.nodes[1].values["rnd"] = False
        (tmp_path / "cam.ma").touch()
        scene.references = ["cam.ma"]

        (found,) = read(tmp_path, scene).problems

        assert (found.code, found.severity) == ("no-camera", "warning")

    def test_without_a_transform_it_goes_by_the_shape(self, tmp_path: Path) -> None:
        assert read(tmp_path, plain_scene().add("camera", "lone")).cameras[-1] == "lone"

    def test_stereo(self, tmp_path: Path) -> None:
        scene = plain_scene().add("stereoRigCamera", "stereoCenterShape", "stereo", rnd=False)

        assert read(tmp_path, scene).cameras[-1] == "stereo"


class TestLayers:
    def test_none_is_on(self, tmp_path: Path) -> None:
        scene = plain_scene()
        scene.nodes[-1].values["rndr"] = False

        info = read(tmp_path, scene)

        assert info.layers == ()
        assert [(each.code, each.severity) for each in info.problems] == [("no-layers", "error")]


class TestDamage:
    def test_cut_behind_the_settings_is_a_warning(self, tmp_path: Path) -> None:
        info = read(tmp_path, as_ma(plain_scene(ren="arnold"), end=False))

        assert codes(info) == ["incomplete-file"]

    @pytest.mark.parametrize("size", [30, 200, 400, 700])
    def test_cut_before_the_settings_is_an_error(self, tmp_path: Path, size: int) -> None:
        with pytest.raises(UserError, match=r"shot\.ma is incomplete: it ends before its render settings"):
            read(tmp_path, as_ma(plain_scene())[:size])

    def test_lost_semicolon_costs_one_statement(self, tmp_path: Path) -> None:
        data = as_ma(plain_scene(ren="arnold", an=True)).replace(b'"string" "arnold";', b'"string" "arnold"')

        info = read(tmp_path, data)

        assert info.extra["animation"] == "off"

    def test_lost_quote_costs_one_statement(self, tmp_path: Path) -> None:
        data = as_ma(plain_scene(ren="arnold", an=True, ef=5)).replace(
            b'"string" "arnold";', b'"string" "arnold;'
        )

        assert read(tmp_path, data).frame_end in (1, 5)

    def test_of_other_programs_without_an_end_mark(self, tmp_path: Path) -> None:
        scene = Scene(file_info={}).add("camera", "camShape", "cam")

        info = read(tmp_path, as_ma(scene, end=False))

        assert (info.cameras, info.problems) == (("cam",), ())
