"""One computer with every engine there is: stand-ins for Blender, Maya and Unreal, an own one, and real ones.

What the stand-ins do wrong is told to those that start from then on, through the environment.
"""

import importlib.util
import json
import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from support import maya, own_engines, stand_in, unreal
from support.real import OneInstallation, find_installation, make_scenes

from render_manager.engines.blender.engine import BlenderEngine
from render_manager.engines.maya.engine import MayaEngine
from render_manager.engines.maya.scene_reader import read_scene
from render_manager.engines.protocols import Engine
from render_manager.engines.unreal.engine import UnrealEngine

POVRAY_SCENE = """\
#version 3.7;
global_settings { assumed_gamma 1.0 }
camera { location <0, 1, -4> look_at 0 }
light_source { <2, 4, -3> rgb 1 }
sphere { <2 * clock - 1, 0, 0>, 0.7 pigment { rgb <1, 0.3, 0.1> } }
"""
VARIABLES = ("STAND_IN", "STAND_IN_MAYA", "STAND_IN_UNREAL")


@dataclass(frozen=True)
class Kind:
    """A kind of job."""

    name: str
    scene: Path
    frames: str
    count: int
    options: dict[str, Any] = field(default_factory=dict)
    is_heavy: bool = False
    """Whether a real renderer does it, which takes more of the processor."""


class Studio:
    """Engines, scenes and what the stand-ins do wrong."""

    def __init__(self, folder: Path, *, delay_s: float, with_real: bool) -> None:
        self.folder = folder
        self.delay_s = delay_s
        (folder / "once").mkdir(parents=True)
        blender = stand_in.installation_of(stand_in.install(folder / "bin"))
        blenders, self.kinds = [blender], self._stand_in_kinds(blender.key)
        self.engines: list[Engine] = [
            MayaEngine(
                finder=_only(maya.installation_of(maya.install(folder / "autodesk"))), read_scene=read_scene
            ),
            UnrealEngine(finder=_only(unreal.installation_of(unreal.install(folder / "UE_5.4")))),
            own_engines.toy(folder / "toy"),
        ]
        if with_real and importlib.util.find_spec("bpy") is not None:
            bpy = find_installation(Path(sys.executable))
            blenders.append(bpy)
            (folder / "bpy").mkdir()
            made = make_scenes(bpy, folder / "bpy")
            self.kinds.append(
                Kind("bpy", made.scenes / "plain.blend", "1-30", 30, {"installation": bpy.key}, is_heavy=True)
            )
        if with_real and shutil.which("povray"):
            self.engines.append(own_engines.povray())
            scene = folder / "turn.pov"
            scene.write_text(POVRAY_SCENE, "utf-8")
            small = {"width": 64, "height": 36, "threads": 1}
            self.kinds.append(Kind("POV-Ray", scene, "1-12", 12, small, is_heavy=True))
        self.engines.insert(0, BlenderEngine(finder=_only(*blenders)))
        self.wish()

    def _stand_in_kinds(self, blender: str) -> list[Kind]:
        scene = stand_in.write_scene(self.folder / "scene.blend", end=40)
        maya_scene = maya.write_scene(self.folder / "maya" / "scenes" / "shot.ma", end=24)
        (self.folder / "maya" / "workspace.mel").write_text('workspace -fr "images" "images";\n', "utf-8")
        film = unreal.make_film(self.folder / "Film")
        toy = own_engines.write_scene(self.folder, "start = 1", "end = 20", f"delay = {self.delay_s}")
        here = {"installation": blender}
        return [
            Kind("Blender, resident", scene, "1-40", 40, {**here, "mode": "resident"}),
            Kind("Blender, batch", scene, "1-40", 40, {**here, "mode": "batch", "batch_size": 9}),
            Kind("Maya", maya_scene, "1-24", 24, {"batch_size": 8}),
            Kind("Unreal", film, "0-15", 16),
            Kind("own engine", toy, "1-20", 20),
        ]

    def wish(self, **values: Any) -> None:
        """Tell the stand-ins that start from now on what to do wrong."""
        common = {
            "delay": self.delay_s,
            "once": str(self.folder / "once"),
            "pids": str(self.folder / "pids"),
            **values,
        }
        for name in VARIABLES:
            os.environ[name] = json.dumps(common)

    def forget_marks(self) -> None:
        """Let what goes wrong only once go wrong again."""
        for mark in (self.folder / "once").iterdir():
            mark.unlink()

    @staticmethod
    def clear() -> None:
        """Take the wishes out of the environment."""
        for name in VARIABLES:
            os.environ.pop(name, None)


def _only(*installations: Any) -> Any:
    return OneInstallation(*installations)


Fault = Callable[[], None]
