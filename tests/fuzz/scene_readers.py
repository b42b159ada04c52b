"""The readers of scene files and of the files beside them."""

import json
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import zstandard
from blend_writer import PACKINGS, small_scene
from scene_writers import as_ma, as_mb, full_scene
from support.unreal import LFS_POINTER, MAGIC, make_film

from fuzz.reader import Reader
from render_manager.domain.scene import SceneInfo
from render_manager.engines.blender import scene_reader as blender
from render_manager.engines.commands.reading import read_definition
from render_manager.engines.commands.scene import read_scene as read_own_scene
from render_manager.engines.maya import scene_reader as maya
from render_manager.engines.maya.workspace import find_project
from render_manager.engines.unreal import scene_reader as unreal
from render_manager.engines.unreal.config import default_map, read_values, startup_scripts
from render_manager.engines.unreal.content import asset_kind
from render_manager.engines.unreal.engine_folder import version_of
from render_manager.engines.unreal.registered import launcher_folders
from render_manager.system.resources import resource

SCENES = Path(__file__).resolve().parents[1] / "data" / "scenes"
PROJECT = {
    "EngineAssociation": "5.4",
    "Plugins": [{"Name": "A", "Enabled": True}],
    "Modules": [{"Name": "Film"}],
    "AdditionalPluginDirectories": ["../x"],
}
BUILD_VERSION = {"MajorVersion": 5, "MinorVersion": 4, "PatchVersion": 4, "Changelist": 27405482}
INSTALLED = {"InstallationList": [{"AppName": "UE_5.4", "InstallLocation": "C:/Program Files/UE_5.4/"}]}
WORKSPACE = b'//Maya 2024 Project Definition\nworkspace -fr "images" "images";\nworkspace -rt "x" "y";\n'
INI = b"""[/Script/EngineSettings.GameMapsSettings]
GameDefaultMap=/Game/Maps/Main.Main
EditorStartupMap="/Game/Maps/Other.Other" ; note
[/Script/PythonScriptPlugin.PythonScriptPluginSettings]
+StartupScripts=one.py
-StartupScripts=one.py
!StartupScripts=
"""
POVRAY_SCENE = b"// +KFI1 +KFF48\n#declare x = 1;\ncamera { location <0,0,-3> }\n"


def at(name: str, read: Callable[[Path], object]) -> Callable[[bytes, Path], object]:
    """Return a reader of bytes made of a reader of files."""

    def read_bytes(data: bytes, folder: Path) -> object:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return read(path)

    return read_bytes


@cache
def blend_bases() -> Sequence[bytes]:
    bases = []
    for path in sorted(SCENES.glob("blender-*.blend")):
        packed = path.read_bytes()
        bases += [packed, zstandard.ZstdDecompressor().stream_reader(packed, read_across_frames=True).read()]
    for version, size, order in ((405, 8, "<"), (279, 4, ">"), (278, 8, ">"), (280, 4, "<"), (501, 8, "<")):
        data = small_scene(version=version, pointer_size=size, byte_order=order).file()
        bases += [pack(data) for pack in PACKINGS.values()]
    return bases


@cache
def maya_bases() -> Sequence[bytes]:
    scene = full_scene()
    bases = [as_ma(scene, newline=newline) for newline in ("\n", "\r\n", "\r")]
    return bases + [
        as_mb(scene, is_wide=is_wide, is_old=is_old) for is_wide in (True, False) for is_old in (True, False)
    ]


def read_blend(path: Path) -> None:
    blender.read_thumbnail(path)
    check_scene(blender.read_scene(path))


def read_maya(path: Path) -> None:
    check_scene(maya.read_scene(path))


def read_uproject(data: bytes, folder: Path) -> None:
    path = folder / "film" / "Film.uproject"
    if not path.exists():
        make_film(path.parent)
    path.write_bytes(data)
    check_scene(unreal.read_scene(path))


def read_ini(data: bytes, folder: Path) -> None:
    path = folder / "Config" / "DefaultEngine.ini"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)
    read_values(path, "Installations")
    assert isinstance(default_map(folder), str)
    assert all(startup_scripts(folder))


def read_version(data: bytes, folder: Path) -> None:
    path = folder / "Engine" / "Build" / "Build.version"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    found = version_of(folder)
    assert all(isinstance(number, int) for number in found.numbers)


def read_workspace(data: bytes, folder: Path) -> None:
    (folder / "workspace.mel").write_bytes(data)
    project = find_project(folder / "scenes" / "a.ma")
    assert project is not None
    for kind in ("images", "sourceImages", *project.rules):
        project.folder_of(kind)


def read_povray(path: Path) -> None:
    check_scene(read_own_scene(path, read_definition(resource("commands") / "povray.toml")))


def check_scene(scene: SceneInfo) -> None:
    """Look at what a reader made of a file, as the window does."""
    assert scene.frame_step >= 1
    assert scene.width >= 0 and scene.height >= 0 and scene.fps >= 0
    for text in (scene.scene, scene.camera, scene.renderer, scene.output, *scene.cameras, *scene.layers):
        assert isinstance(text, str)
    for problem in scene.problems:
        assert problem.text.strip()


JSON_WORDS = (b'"EngineAssociation"', b'"Plugins"', b'"Name"', b'"Enabled"', b'"Modules"', b":", b"{", b"[")
READERS = (
    Reader(
        "blend",
        blend_bases,
        at("scene.blend", read_blend),
        (
            b"SDNA",
            b"NAME",
            b"TYPE",
            b"TLEN",
            b"STRC",
            b"DNA1",
            b"ENDB",
            b"GLOB",
            b"REND",
            b"TEST",
            b"SC\0\0",
            b"OB\0\0",
            b"IM\0\0",
            b"LI\0\0",
            b"ID\0\0",
            b"*camera",
            b"\x28\xb5\x2f\xfd",
            b"\x1f\x8b",
        ),
    ),
    Reader(
        "maya",
        maya_bases,
        at("scene.ma", read_maya),
        (
            b"createNode ",
            b"select -ne :",
            b"\tsetAttr ",
            b"FOR4",
            b"FOR8",
            b"LIS8",
            b"CONS",
            b"HEAD",
            b";\n",
            b"connectAttr ",
            b"file -rdi 1 ",
            b"requires ",
            b"//Codeset: ",
            b'-n "',
            b"-type ",
            b"fileInfo ",
        ),
    ),
    Reader(
        "uproject",
        lambda: [
            json.dumps(
                {
                    "EngineAssociation": "5.4",
                    "Plugins": [{"Name": "A", "Enabled": True}],
                    "Modules": [{"Name": "Film"}],
                    "AdditionalPluginDirectories": ["../x"],
                }
            ).encode()
        ],
        read_uproject,
        JSON_WORDS,
    ),
    Reader(
        "unreal-package",
        lambda: [MAGIC + b"\0" * 40 + b"None\0/Script/LevelSequence.LevelSequence\0" * 2, LFS_POINTER],
        at("a.uasset", asset_kind),
        (MAGIC, b"LevelSequence", b"MoviePipelineQueue", b"/Script/"),
    ),
    Reader(
        "unreal-ini",
        lambda: [INI, b"\xff\xfe" + INI.decode().encode("utf-16-le")],
        read_ini,
        (b"[", b"=", b"+", b"!"),
    ),
    Reader(
        "unreal-version",
        lambda: [json.dumps(BUILD_VERSION).encode()],
        read_version,
        (b'"MajorVersion"', b":"),
    ),
    Reader(
        "unreal-launcher",
        lambda: [json.dumps(INSTALLED).encode()],
        at("LauncherInstalled.dat", launcher_folders),
        JSON_WORDS,
    ),
    Reader("maya-workspace", lambda: [WORKSPACE], read_workspace, (b"workspace", b"-fr", b'"', b";")),
    Reader("povray-scene", lambda: [POVRAY_SCENE], at("scene.pov", read_povray), (b"+KFI", b"+KFF", b"//")),
)
