"""Drivers that need Python, as Blender itself tells them apart."""

import pytest

from render_manager.engines.blender.expressions import needs_python


class TestExpressions:
    """Each verdict is what `is_simple_expression` said in Blender 3.4 to 5.2."""

    @pytest.mark.parametrize(
        "expression",
        [
            "frame*0.1", "sin(frame)*2", "frame if frame>3 else 2", "max(1,frame)", "lerp(0,1,.5)",
            "abs (-frame)", "1 if 2 > 1 and 3 else 4", "not (1)", "pi*frame", "True", "1e3*frame",
            ".5+1.", "1.5e-3", "min(1,2,3)", "(frame+1)*(2)", "1 < 2 < 3", "frame != 1", "fmod(3,2)",
            "atan2(1,2)", "round(1)",
        ],
    )  # fmt: skip
    def test_arithmetic(self, expression: str) -> None:
        assert not needs_python(expression)

    @pytest.mark.parametrize(
        "expression",
        [
            "bpy.context.scene.frame_current", "noise.random()", '"a"', "frame**2", "[1,2][0]",
            "self.x", "self", "depsgraph.x", "foo(1)", "hypot(1,2)", "#frame", "frame % 2",
            "frame // 2", "1_000", "frame & 1", "~1", "0x10", "lambda: 1", "frame is 1", "5 .real",
            "a=1", "sum(1,2)", "log10(2)", '"', "None",
        ],
    )  # fmt: skip
    def test_python(self, expression: str) -> None:
        assert needs_python(expression)
