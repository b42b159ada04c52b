"""Puts the stand-in for Maya and scenes for it into a folder."""

import json
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from render_manager.domain.scene import SceneInfo
from render_manager.engines.protocols import Installation, InstallationKind

SOURCES = Path(__file__).resolve().parents[1] / "standins"
RENDERERS = ("sw", "hw2", "arnold", "redshift", "vray", "renderman")


def install(folder: Path, version: str = "2024", renderers: Sequence[str] = RENDERERS) -> Path:
    """Write the stand-in as `maya<version>/bin/Render` and return its path; POSIX only."""
    program = folder / f"maya{version}" / "bin" / "Render"
    described = program.parent / "rendererDesc"
    described.mkdir(parents=True, exist_ok=True)
    source = (SOURCES / "maya_render.py").read_text("utf-8")
    program.write_text(f"#!{sys.executable} -ESu\n{source}", "utf-8")
    program.chmod(0o755)
    for part in ("maya_pictures.py", "maya_voices.py"):
        shutil.copyfile(SOURCES / part, program.with_name(part))
    for name in renderers:
        (described / f"{name}Renderer.xml").touch()
    return program


def installation_of(program: Path, version: tuple[int, ...] = (2024,)) -> Installation:
    return Installation(
        engine="maya",
        key=f"maya:{program}",
        version=version,
        version_text=".".join(map(str, version)),
        executable=program,
        kind=InstallationKind.PROGRAM,
        found_by="test",
    )


def scene_info(path: Path = Path("/proj/scenes/shot.ma"), **values: Any) -> SceneInfo:
    """Return what a reader says about a scene; every field can be given, `extra` adds to the usual."""
    defaults: dict[str, Any] = {
        "path": path,
        "engine": "maya",
        "engine_version": (2023,),
        "frame_start": 1,
        "frame_end": 10,
        "frame_step": 1,
        "fps": 24.0,
        "width": 1920,
        "height": 1080,
        "scene": "",
        "scenes": (),
        "camera": "persp",
        "cameras": ("persp", "shotCam"),
        "layers": ("defaultRenderLayer",),
        "renderer": "arnold",
        "output": "",
        "file_format": "exr",
    }
    usual = {
        "project": "/proj",
        "images_folder": "/proj/images",
        "file_prefix": "",
        "image_suffix": "exr",
        "renderable_cameras": "persp",
    }
    extra = {**usual, **values.pop("extra", {})}
    return SceneInfo(**{**defaults, **values}, extra=extra)


def wishes(**values: Any) -> dict[str, str]:
    """Return the environment that tells the stand-in what to do wrong."""
    return {"STAND_IN_MAYA": json.dumps(values, default=str)}


def write_scene(
    path: Path,
    *,
    renderer: str = "arnold",
    start: int = 1,
    end: int = 10,
    version: str = "2024",
    cameras: Sequence[str] = ("persp",),
    layers: Sequence[str] = (),
    prefix: str = "",
) -> Path:
    """Write a .ma that says so many frames of 64 x 36 pixels."""
    lines = [f"//Maya ASCII {version} scene", f"//Name: {path.name}", "//Codeset: UTF-8"]
    lines += [
        f'requires maya "{version}";',
        'fileInfo "application" "maya";',
        f'fileInfo "version" "{version}";',
    ]
    for camera in cameras:
        lines += [
            f'createNode transform -n "{camera}";',
            f'createNode camera -n "{camera}Shape" -p "{camera}";',
        ]
    lines += [f'createNode renderLayer -n "{layer}";' for layer in layers]
    lines += [
        "select -ne :defaultRenderGlobals;",
        f'\tsetAttr ".ren" -type "string" "{renderer}";',
        '\tsetAttr ".outf" 51;',
        '\tsetAttr ".imfkey" -type "string" "exr";',
        '\tsetAttr ".an" yes;',
        f'\tsetAttr ".fs" {start};',
        f'\tsetAttr ".ef" {end};',
        '\tsetAttr ".pff" yes;',
        '\tsetAttr ".ep" 4;',
    ]
    lines += [f'\tsetAttr ".ifp" -type "string" "{prefix}";'] if prefix else []
    lines += [
        "select -ne :defaultResolution;",
        '\tsetAttr ".w" 64;',
        '\tsetAttr ".h" 36;',
        f"// End of {path.name}",
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path
