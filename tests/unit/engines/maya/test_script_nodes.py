"""Scripts that run in a scene."""

from pathlib import Path

import pytest
from scene_writers import Scene, as_ma, plain_scene

from render_manager.domain.scene import SceneInfo
from render_manager.engines.maya.interests import LONGEST_SCRIPT
from render_manager.engines.maya.scene_reader import read_scene

UI = "// Maya Mel UI Configuration File.\n// No UI generated in batch mode.\n"
PLAYBACK = "playbackOptions -min 1 -max 24 -ast 1 -aet 48 "


def read(tmp_path: Path, scene: Scene) -> SceneInfo:
    path = tmp_path / "shot.ma"
    path.write_bytes(as_ma(scene))
    return read_scene(path)


def codes(info: SceneInfo) -> list[str]:
    return [each.code for each in info.problems]


class TestOwnNodes:
    @pytest.mark.parametrize("prefix", ["", "imported_scene_", "ref:"])
    def test_mayas_own_are_no_problem(self, tmp_path: Path, prefix: str) -> None:
        scene = plain_scene().add("script", f"{prefix}uiConfigurationScriptNode", b=UI, st=3)
        scene.add("script", f"{prefix}sceneConfigurationScriptNode", b=PLAYBACK, st=6)

        assert codes(read(tmp_path, scene)) == []

    def test_copy_that_batch_mode_wrote(self, tmp_path: Path) -> None:
        scene = plain_scene().add("script", "backUp_uiConfigurationScriptNode", b=UI, st=2)

        assert codes(read(tmp_path, scene)) == []

    @pytest.mark.parametrize(
        "values",
        [
            {"b": UI, "st": 1},
            {"b": UI},
            {"b": 'system("x")', "st": 3},
            {"b": UI, "st": 3, "a": 'system("x")'},
        ],
    )
    def test_the_name_alone_is_not_enough(self, tmp_path: Path, values: dict[str, str | float]) -> None:
        scene = plain_scene().add("script", "uiConfigurationScriptNode", **values)

        assert codes(read(tmp_path, scene)) == ["script-nodes"]

    def test_playback_range_of_the_own_node_comes_first(self, tmp_path: Path) -> None:
        scene = plain_scene().add("script", "sceneConfigurationScriptNode", b=PLAYBACK, st=6)
        scene.add(
            "script", "imported_scene_sceneConfigurationScriptNode", b="playbackOptions -min 7 -max 9 ", st=6
        )

        assert read(tmp_path, scene).extra["playback_range"] == "1-24"

    def test_playback_range_of_the_last_copy(self, tmp_path: Path) -> None:
        scene = plain_scene()
        for number in (3, 7):
            body = f"playbackOptions -min {number} -max 9 "
            scene.add("script", f"imported{number}_sceneConfigurationScriptNode", b=body, st=6)

        assert read(tmp_path, scene).extra["playback_range"] == "7-9"


class TestWorms:
    @pytest.mark.parametrize(
        ("name", "values"),
        [
            ("vaccine_gene", {}),
            ("x:breed_gene", {"b": "import os"}),
            ("harmless", {"b": "cmds.evalDeferred('leukocyte = vaccine.phage()')", "st": 1, "stp": 1}),
            ("harmless", {"nts": "['class phage: leukocyte.antivirus()']"}),
            ("uiConfigurationScriptNode", {"b": UI + "vaccine_gene", "st": 3}),
        ],
    )
    def test_known_ones_are_named_firmly(
        self, tmp_path: Path, name: str, values: dict[str, str | float]
    ) -> None:
        info = read(tmp_path, plain_scene().add("script", name, **values))

        found = info.problems[0]
        assert found.code == "worm"
        assert name in found.text
        assert found.advice.startswith("Do not open or render this scene.")

    @pytest.mark.parametrize(
        "values",
        [
            {"b": 'python("import base64; x")'},
            {"b": 'python ("exec(\\"x\\")")'},
            {"b": "exec('x')", "stp": 1},
            {"b": "x" * (LONGEST_SCRIPT + 1)},
        ],
    )
    def test_code_nobody_can_read(self, tmp_path: Path, values: dict[str, str | float]) -> None:
        info = read(tmp_path, plain_scene().add("script", "mine", **values))

        assert codes(info) == ["hidden-script", "script-nodes"]

    def test_plain_code_is_only_named(self, tmp_path: Path) -> None:
        scene = plain_scene().add("script", "rig", b='python("executeDeferred(1)")', st=1)
        for number in range(9):
            scene.add("script", f"tool{number}", b="print 1")

        (found,) = read(tmp_path, scene).problems

        assert found.text.startswith("The scene holds 10 script nodes")
        assert "rig, tool0, tool1 and 7 more" in found.text

    @pytest.mark.parametrize(
        "line",
        [
            '  createNode script -n "hid";',
            'createNode\tscript -name "hid";',
            'createNode -n "hid" script;',
            'lockNode -l 1 ; createNode script -n "hid";',
        ],
    )
    def test_nodes_that_are_not_written_as_maya_does(self, tmp_path: Path, line: str) -> None:
        path = tmp_path / "shot.ma"
        path.write_bytes(
            as_ma(plain_scene()).replace(b"select -ne :time1;", line.encode() + b"\nselect -ne :time1;")
        )

        assert "hid" in read_scene(path).problems[0].text


class TestRenderScripts:
    def test_named_by_attribute(self, tmp_path: Path) -> None:
        scene = plain_scene(pram="print 1", postMel="print 2", prlm="", pom="  ")
        scene.add("RedshiftOptions", "redshiftOptions", preRenderFrameMel="x")

        (found,) = read(tmp_path, scene).problems

        assert found.code == "render-scripts"
        assert "defaultRenderGlobals.preMel, defaultRenderGlobals.postMel" in found.text
        assert "redshiftOptions.preRenderFrameMel" in found.text


class TestExpressions:
    @pytest.mark.parametrize(
        "body",
        [
            'python("import os")',
            '.O[0] = 1;\nsystem ("calc");',
            '$x = `system "calc"`;',
            'eval("sphere")',
            'int $f = fopen("/tmp/x", "w");',
            'source "worm.mel";',
        ],
    )
    @pytest.mark.parametrize("attribute", ["ixp", "internalExpression"])
    def test_one_that_reaches_out_is_named(self, tmp_path: Path, body: str, attribute: str) -> None:
        scene = plain_scene().add("expression", "expression7", **{attribute: body})
        info = read(tmp_path, scene)
        assert codes(info) == ["script-expressions"]
        assert "expression7" in info.problems[0].text
        assert "cannot be told to leave them out" in info.problems[0].advice

    @pytest.mark.parametrize(
        "body",
        [
            ".O[0]=sin(time*2)*rand(1);",
            "// the solar system: mine\n.O[0] = .I[0].system * 2;",
            "evaluation(1); $source = 3; pCube1.source (3);",
            "",
        ],
    )
    def test_one_that_moves_something_is_no_problem(self, tmp_path: Path, body: str) -> None:
        assert codes(read(tmp_path, plain_scene().add("expression", "expression1", ixp=body))) == []
