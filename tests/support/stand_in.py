"""Puts the stand-in for Blender and scenes for it into a folder."""

import json
import sys
from pathlib import Path
from typing import Any

from blend_writer import Writer, add_scene

from render_manager.engines.protocols import Installation, InstallationKind

SOURCE = Path(__file__).with_name("stand_in_blender.py")


def install(folder: Path, name: str = "blender") -> Path:
    """Write the stand-in as a program and return its path; POSIX only."""
    program = folder / name
    program.parent.mkdir(parents=True, exist_ok=True)
    program.write_text(f"#!{sys.executable} -ISu\n" + SOURCE.read_text("utf-8"), "utf-8")
    program.chmod(0o755)
    return program


def installation_of(program: Path) -> Installation:
    return Installation(
        engine="blender",
        key=f"blender:{program}",
        version=(4, 2, 0),
        version_text="4.2.0",
        executable=program,
        kind=InstallationKind.PROGRAM,
        found_by="test",
    )


def wishes(**values: Any) -> dict[str, str]:
    """Return the environment that tells the stand-in what to do wrong."""
    return {"STAND_IN": json.dumps(values, default=str)}


def write_scene(path: Path, *, start: int = 1, end: int = 10, **values: Any) -> Path:
    """Write a .blend of Blender 2.93 that says so many frames, 64 x 36 pixels, PNG."""
    writer = Writer()
    writer.add("GLOB", "FileGlobal", 0x1, subversion=6, curscene=0x100)
    add_scene(writer, r__sfra=start, r__efra=end, **values)
    writer.add("OB", "Object", 0x10, id__name="OBCamera", type=11)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(writer.file())
    return path
