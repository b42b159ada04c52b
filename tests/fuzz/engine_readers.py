"""The readers of what engines and our scripts inside them print."""

import ast
import json
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

from support.own_engines import TOY

from fuzz.reader import Reader
from render_manager.domain.outcome import ProcessOutcome
from render_manager.engines.blender.engine import BlenderEngine
from render_manager.engines.blender.installations import BlenderFinder
from render_manager.engines.blender.parser import BlenderParser
from render_manager.engines.commands.engine import CommandEngine
from render_manager.engines.commands.parser import CommandParser
from render_manager.engines.commands.reading import read_definition
from render_manager.engines.events import EngineEvent, FrameAdvanced, FrameBegan, FrameEnded, Remark
from render_manager.engines.log_marking import LogMarker
from render_manager.engines.log_report import engine_of_log, explain_log
from render_manager.engines.maya.engine import MayaEngine
from render_manager.engines.maya.installations import MayaFinder
from render_manager.engines.maya.parser import MayaParser, Run
from render_manager.engines.maya.renderers import renderer_of
from render_manager.engines.maya.scene_reader import read_scene as read_maya
from render_manager.engines.probing import ProbeMemory
from render_manager.engines.protocols import Engine, LineParser
from render_manager.engines.unreal.engine import UnrealEngine
from render_manager.engines.unreal.installations import UnrealFinder
from render_manager.engines.unreal.parser import UnrealParser
from render_manager.execution.lines import MAX_LINE_BYTES, LineSplitter
from render_manager.system.resources import resource

TESTS = Path(__file__).resolve().parents[1]
LOGS = TESTS / "data" / "logs"
TOKEN = "t0ken"  # noqa: S105 - it marks our lines, and keeps no secret
MESSAGES = (
    {"event": "hello", "blender": "4.2.0", "unreal": "5.4.4", "python": "3.11"},
    {"event": "ready", "version": "4.2.0", "unreal": "5.4.4"},
    {"event": "phase", "phase": "loading", "total": 40},
    {"event": "frame_started", "frame": 1, "attempt": 1},
    {"event": "progress", "frame": 1, "percent": 50.0, "sample": 2, "samples": 4},
    {"event": "alive", "phase": "rendering"},
    {"event": "files", "files": ["/o/A.0001.png"]},
    {"event": "frame_ended", "frame": 1, "files": ["/o/A.0001.png"], "seconds": 1.5},
    {"event": "frame_failed", "frame": 1, "error": "It is empty", "attempt": 1},
    {"event": "warning", "code": "no-handles", "text": "Handles are left out"},
    {"event": "fatal", "error": "no", "code": "x"},
    {"event": "result", "success": False, "frames": 2, "files": 2, "code": "frames-missing", "error": ""},
)


def messages() -> bytes:
    """Return one line of each kind that our scripts inside engines print."""
    told = (json.dumps({**message, "n": number}) for number, message in enumerate(MESSAGES, 1))
    return "".join(f"@RM-{TOKEN} {text}\n" for text in told).encode()


@cache
def logs(engine: str) -> Sequence[bytes]:
    """Return recorded logs, and the lines that the tests of an engine know."""
    recorded = [path.read_bytes() for path in sorted((LOGS / engine).glob("*.log"))]
    return [*recorded, "\n".join(known_lines(engine)).encode(), messages()]


@cache
def known_lines(engine: str) -> Sequence[str]:
    """Return texts of the tests of an engine that may be lines of its output."""
    found: dict[str, None] = {}
    for path in sorted((TESTS / "unit" / "engines" / engine).glob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) > 20:
                found.setdefault(node.value)
    return list(found)


@cache
def words(engine: str) -> Sequence[bytes]:
    return [f"\n{line}\n".encode() for line in known_lines(engine)[:400]] + [f"@RM-{TOKEN} {{".encode()]


def parse(make: Callable[[], LineParser]) -> Callable[[bytes, Path], object]:
    """Return a reader that gives a log to a parser as a worker does."""

    def read(data: bytes, _folder: Path) -> None:
        parser, splitter = make(), LineSplitter()
        for start in range(0, len(data), 4096):
            for line in splitter.feed(data[start : start + 4096]):
                assert len(line.text) <= MAX_LINE_BYTES
                check_events(parser.feed(line.text))
        for line in splitter.finish():
            check_events(parser.feed(line.text))
        check_events(parser.finish(ProcessOutcome(exit_code=1)))

    return read


def check_events(events: Sequence[EngineEvent]) -> None:
    for event in events:
        if isinstance(event, FrameBegan | FrameEnded):
            assert isinstance(event.frame, int)
        elif isinstance(event, FrameAdvanced):
            assert event.percent is None or 0 <= event.percent <= 100
        elif isinstance(event, Remark):
            assert event.meaning.strip()


@cache
def engines() -> Sequence[Engine]:
    return (
        BlenderEngine(finder=BlenderFinder(setting=None, memory=ProbeMemory(None))),
        MayaEngine(finder=MayaFinder(None), read_scene=read_maya),
        UnrealEngine(finder=UnrealFinder(setting=None)),
        CommandEngine(povray(), memory=ProbeMemory(None)),
    )


@cache
def povray():  # type: ignore[no-untyped-def]
    return read_definition(resource("commands") / "povray.toml")


def explain(data: bytes, folder: Path) -> None:
    """Read a log from anywhere, as `explain` and the log pane do."""
    path = folder / "some.log"
    path.write_bytes(data)
    with path.open(encoding="utf-8", errors="replace", newline="\n") as lines:
        engine_of_log(engines(), lines)
    for engine in engines():
        with path.open(encoding="utf-8", errors="replace", newline="\n") as lines:
            json.dumps(explain_log(engine, lines).to_json_dict())
        marker = LogMarker(engine)
        for line in data.decode("utf-8", "replace").split("\n")[:400]:
            marker.read(line)
        marker.finish()


def read_own_definition(data: bytes, folder: Path) -> None:
    path = folder / "own.toml"
    path.write_bytes(data)
    definition = read_definition(path)
    engine = CommandEngine(definition, memory=ProbeMemory(None))
    assert engine.option_help() is not None
    engine.fields(None)
    parser = CommandParser(definition, [1, 2])
    for line in ("ToyRender 1.0", "begin frame 1", "x" * 1000, "end frame 1"):
        check_events(parser.feed(line))


def all_logs() -> Sequence[bytes]:
    return [data for engine in ("blender", "maya", "unreal", "povray") for data in logs(engine)]


READERS = (
    Reader("log-blender", lambda: logs("blender"), parse(lambda: BlenderParser(TOKEN)), words("blender"), ()),
    Reader(
        "log-maya",
        lambda: logs("maya"),
        parse(lambda: MayaParser(TOKEN, Run((1, 2, 3), layers=2, cameras=1, renderer=renderer_of("arnold")))),
        words("maya"),
        (),
    ),
    Reader("log-unreal", lambda: logs("unreal"), parse(lambda: UnrealParser(TOKEN)), words("unreal"), ()),
    Reader(
        "log-povray",
        lambda: logs("povray"),
        parse(lambda: CommandParser(povray(), [1, 2])),
        words("commands"),
        (),
    ),
    Reader("explain", all_logs, explain, [*words("blender"), *words("maya"), *words("unreal")], ()),
    Reader(
        "own-engine",
        lambda: [TOY.format(program="/x").encode(), (resource("commands") / "povray.toml").read_bytes()],
        read_own_definition,
        (
            b"[program]",
            b"[run]",
            b"[[messages]]",
            b"pattern = ",
            b"arguments = ",
            b"{frame}",
            b"(?P<x>",
            b"[exit_codes.7]",
            b"mode = ",
            b"id = ",
            b"[options.x]",
            b"default = ",
            b"(a+)+$",
            b"= inf",
            b"= nan",
            b"= 1979-05-27",
        ),
    ),
)
