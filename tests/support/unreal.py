"""Puts the stand-in for Unreal's editor, and projects for it, into a folder."""

import json
import sys
from pathlib import Path
from typing import Any

from render_manager.engines.protocols import Installation, InstallationKind

STANDINS = Path(__file__).resolve().parents[1] / "standins"
STUB = STANDINS / "unreal_stub"
EDITOR = STANDINS / "unreal_editor.py"
MAGIC = b"\xc1\x83\x2a\x9e"
LFS_POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 12345\n"
CLASSES = {
    "sequence": "/Script/LevelSequence.LevelSequence",
    "preset": "/Script/MovieRenderPipelineCore.MoviePipelinePrimaryConfig",
    "queue": "/Script/MovieRenderPipelineCore.MoviePipelineQueue",
    "graph": "/Script/MovieRenderPipelineCore.MovieGraphConfig",
    "other": "/Script/Engine.StaticMesh",
}
_SLEEPER = "import time\nwhile True:\n    time.sleep(60)\n"


def install(root: Path, version: str = "5.4.4") -> Path:
    """Write an engine's folder with the stand-in as its editor; return the program. POSIX only."""
    folder = root / "Engine" / "Binaries" / "Linux"
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / "UnrealEditor-Cmd"
    source = (
        "import os, runpy\nos.environ['STAND_IN_PROGRAM'] = os.path.abspath(__file__)\n"
        f"runpy.run_path({str(EDITOR)!r}, run_name='__main__')\n"
    )
    write_program(program, source)
    for name in ("ShaderCompileWorker", "CrashReportClient", "zenserver"):
        write_program(folder / name, _SLEEPER)
    write_version(root, version)
    return program


def write_program(path: Path, source: str) -> None:
    path.write_text(f"#!{sys.executable} -ISu\n{source}", "utf-8")
    path.chmod(0o755)


def write_version(root: Path, version: str) -> None:
    major, minor, patch = (int(part) for part in version.split("."))
    path = root / "Engine" / "Build" / "Build.version"
    path.parent.mkdir(parents=True, exist_ok=True)
    values = {"MajorVersion": major, "MinorVersion": minor, "PatchVersion": patch, "Changelist": 27405482}
    path.write_text(json.dumps(values, indent=1), "utf-8")


def installation_of(program: Path, version: str = "5.4.4") -> Installation:
    return Installation(
        engine="unreal",
        key=f"unreal:{program}",
        version=tuple(int(part) for part in version.split(".")),
        version_text=version,
        executable=program,
        kind=InstallationKind.PROGRAM,
        found_by="test",
    )


def wishes(**values: Any) -> dict[str, str]:
    """Return the environment that tells the stand-in what to do wrong."""
    return {"STAND_IN_UNREAL": json.dumps(values, default=str)}


def make_project(
    folder: Path,
    *,
    association: str = "5.4",
    plugins: dict[str, bool] | None = None,
    default_map: str = "/Game/Maps/Main",
    name: str = "Film",
    **values: Any,
) -> Path:
    """Write a project with one map, and return its `.uproject`."""
    folder.mkdir(parents=True, exist_ok=True)
    on = {"MovieRenderPipeline": True, "PythonScriptPlugin": True} if plugins is None else plugins
    content = {
        "FileVersion": 3,
        "EngineAssociation": association,
        "Plugins": [{"Name": plugin, "Enabled": state} for plugin, state in on.items()],
        **values,
    }
    path = folder / f"{name}.uproject"
    path.write_text(json.dumps(content, indent="\t"), "utf-8")
    if default_map:
        config = folder / "Config" / "DefaultEngine.ini"
        config.parent.mkdir(exist_ok=True)
        short = default_map.rpartition("/")[2]
        config.write_text(
            f"[/Script/EngineSettings.GameMapsSettings]\nGameDefaultMap={default_map}.{short}\n", "utf-8"
        )
    write_map(folder, "/Game/Maps/Main")
    return path


def content_path(folder: Path, package: str, suffix: str) -> Path:
    path = folder.joinpath("Content", *package.split("/")[2:])
    path = path.with_name(path.name + suffix)
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def write_map(folder: Path, package: str) -> Path:
    path = content_path(folder, package, ".umap")
    path.write_bytes(MAGIC + b"\0" * 2000)
    return path


def write_asset(folder: Path, package: str, kind: str, *, is_sure: bool = True, **facts: Any) -> Path:
    """Write a fake `.uasset`: the bytes that tell its kind, and for the stub what is in it, as JSON.

    One that is not sure only mentions its class, as those of engines before 5.4 do.
    """
    path = content_path(folder, package, ".uasset")
    name = CLASSES[kind] if is_sure else CLASSES[kind].rpartition(".")[2]
    body = b"\0None\0" + name.encode() + b"\0"
    told = json.dumps({"kind": kind, **facts}).encode()
    path.write_bytes(MAGIC + body + b"\0" * 300 + b"STAND-IN:" + told)
    return path


def make_film(folder: Path, **values: Any) -> Path:
    """Write a project with a sequence of frames 0 to 23, a preset, and a map; return its `.uproject`."""
    path = make_project(folder, **values)
    write_asset(folder, "/Game/Shots/Intro", "sequence", start=0, end=24, fps=[24, 1])
    write_asset(folder, "/Game/Presets/Final", "preset")
    return path
