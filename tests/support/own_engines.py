"""A definition for the stand-in renderer, as a user would write it, and its program and scenes."""

import sys
from pathlib import Path

from render_manager.engines.commands.definition import Definition
from render_manager.engines.commands.engine import CommandEngine
from render_manager.engines.commands.reading import read_definition
from render_manager.engines.probing import ProbeMemory
from render_manager.system.resources import resource

EXE = ".exe" if sys.platform == "win32" else ""
"""Ending of programs."""
SOURCE = Path(__file__).with_name("stand_in_renderer.py")

TOY = """
id = "toy"
name = "ToyRender"
suffixes = [".toy"]

[program]
paths = ['{program}']
version_arguments = ["--version"]
version_pattern = 'ToyRender (?P<version>[\\d.]+)'

[run]
mode = "batch"
arguments = [
    ["--scene", "{{scene}}"],
    ["--out", "{{staging}}", "--name", "{{stem}}"],
    ["--from", "{{first}}", "--to", "{{last}}", "--step", "{{step}}"],
    ["--size", "{{size}}"],
]

[patterns]
frame_started = '^begin frame (?P<frame>-?\\d+)'
progress = '^progress (?P<percent>[\\d.]+) %'
file_written = '^wrote (?P<file>.+)$'
frame_done = '^end frame (?P<frame>-?\\d+)'
run_done = '^all done'
recognised = '^ToyRender'

[[messages]]
code = "missing-texture"
pattern = '^ERROR: texture (?P<file>\\S+) is missing'
meaning = "The texture {{file}} was not found."
advice = "Put it back."

[[messages]]
code = "no-camera"
pattern = '^FATAL: frame (?P<frame>-?\\d+) has no camera'
meaning = "Frame {{frame}} has no camera."
advice = "Add one."
kind = "fatal"
permanent = true

[exit_codes.7]
meaning = "ToyRender has no licence."
advice = "Start the licence server."
permanent = true
scope = "job"

[scene]
frame_start = '^start = (-?\\d+)'
frame_end = '^end = (-?\\d+)'
width = '^width = (\\d+)'
height = '^height = (\\d+)'
fps = '^fps = ([\\d.]+)'

[options.size]
label = "Size"
description = "Width and height, such as 64x36."

[limits]
stall_s = 600
leave_s = 1
"""
"""Batch, one process for a run of frames."""

BATCH_ARGUMENTS = TOY[TOY.index("\narguments") + 1 : TOY.index("[patterns]")]
FRAME = TOY.replace('mode = "batch"', 'mode = "frame"').replace(
    BATCH_ARGUMENTS,
    """arguments = [
    ["--scene", "{{scene}}", "--frame", "{{frame}}"],
    ["--file", "{{staging}}/{{frame_name}}{{suffix}}"],
]

""",
)
"""One process a frame, which is told the name of its file."""


def install(folder: Path, name: str = "toyrender") -> Path:
    """Write the stand-in as a program and return its path."""
    return make_program(folder / name, SOURCE.read_text("utf-8"))


def make_program(path: Path, code: str) -> Path:
    """Make a program of Python code; on Windows it gets the ending of programs there."""
    if sys.platform == "win32":
        from support.windows import make_exe

        return make_exe(path.with_name(f"{path.name}{EXE}"), code)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!{sys.executable} -ISu\n{code}", "utf-8")
    path.chmod(0o755)
    return path


def write_definition(folder: Path, program: Path, text: str = TOY, *, name: str = "toy") -> Path:
    """Write a definition with the program filled in."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.toml"
    path.write_text(text.format(program=program), "utf-8")
    return path


def write_scene(folder: Path, *wishes: str, name: str = "shot") -> Path:
    """Write a scene of the stand-in with lines that say what to do wrong."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.toy"
    path.write_text("\n".join(("toy scene", *wishes)), "utf-8")
    return path


def toy(folder: Path, text: str = TOY) -> CommandEngine:
    """Return the engine of a definition, with its program in the same folder."""
    return engine_of(read_definition(write_definition(folder, install(folder), text)))


def povray() -> CommandEngine:
    """Return the engine of the definition that comes with the program."""
    return engine_of(povray_definition())


def povray_definition() -> Definition:
    return read_definition(resource("commands", "povray.toml"))


def engine_of(definition: Definition) -> CommandEngine:
    return CommandEngine(definition, memory=ProbeMemory(None))
