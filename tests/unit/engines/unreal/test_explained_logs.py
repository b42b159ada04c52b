"""Every shared log of Unreal, explained as a person who reads it would."""

from collections.abc import Iterable
from pathlib import Path

import pytest

from render_manager.engines.blender.engine import BlenderEngine
from render_manager.engines.blender.installations import BlenderFinder
from render_manager.engines.log_report import LogReport, engine_of_log, explain_log
from render_manager.engines.maya.engine import MayaEngine
from render_manager.engines.maya.installations import MayaFinder
from render_manager.engines.maya.scene_reader import read_scene as read_maya_scene
from render_manager.engines.probing import ProbeMemory
from render_manager.engines.unreal.engine import UnrealEngine
from render_manager.engines.unreal.installations import UnrealFinder
from render_manager.engines.unreal.parser import UnrealParser

LOGS = Path(__file__).resolve().parents[5] / "shared" / "engines" / "logs"
NAMES = sorted(path.stem for path in LOGS.glob("unreal-*.log"))
needs_shared = pytest.mark.skipif(
    not NAMES, reason="the shared folder with all logs is not beside the project"
)
ENGINE = UnrealEngine(finder=UnrealFinder(setting=None))

FAILED = {
    "unreal-editor-exit-01": "Unreal was closed in good order, and no movie render was started.",
    "unreal-gpu-crash-01": (
        "The graphics card stopped working or its driver was reset (DXGI_ERROR_DEVICE_HUNG)."
    ),
    "unreal-mrq-failure-resolution-01": (
        "The picture size 200000x200000 is larger than this graphics card can render (16384x16384)."
    ),
    "unreal-mrq-queue-accumulation-01": "The log ends without a word that the render was finished.",
    "unreal-mrq-range-01": (
        "The log ends without a word that the render was finished. It was to cover 0.77 s of the sequence, "
        "if it counts 24,000 ticks a second."
    ),
    "unreal-shader-compile-01": (
        "The log ends while Unreal compiles shaders, with 7,914 left; nothing was rendered yet."
    ),
}
FINISHED = {"unreal-mrq-session-from-source-01", "unreal-mrq-success-01", "unreal-python-executor-01"}
LINES = {
    "unreal-gpu-crash-01": 6,
    "unreal-mrq-failure-resolution-01": 4,
    "unreal-shader-compile-01": 9,
}
WARNINGS = {
    "unreal-mrq-queue-accumulation-01": (
        "The queue still holds the jobs of renders before: 2 are started now, 1 were then. "
        "This comes 2 times in the log."
    )
}


def lines_of(name: str) -> Iterable[str]:
    with (LOGS / f"{name}.log").open(encoding="utf-8", errors="replace", newline="\n") as lines:
        yield from lines


def report_of(name: str) -> LogReport:
    return explain_log(ENGINE, lines_of(name))


@needs_shared
def test_each_log_is_known_here() -> None:
    assert set(NAMES) == set(FAILED) | FINISHED


@needs_shared
@pytest.mark.parametrize("name", sorted(FAILED))
def test_what_went_wrong(name: str) -> None:
    found = report_of(name)
    assert found.failed
    assert [entry.meaning for entry in found.errors] == [FAILED[name]]
    assert found.errors[0].advice
    if name in LINES:
        assert found.errors[0].line == LINES[name]
    warnings = [entry.meaning for entry in found.warnings]
    assert warnings == ([WARNINGS[name]] if name in WARNINGS else [])


@needs_shared
@pytest.mark.parametrize("name", sorted(FINISHED))
def test_a_render_that_was_finished_has_nothing_wrong_with_it(name: str) -> None:
    parser = UnrealParser("")
    events = [event for line in lines_of(name) for event in parser.feed(line.rstrip("\n"))]
    events += parser.finish(None)
    assert parser.is_complete
    assert parser.is_recognised
    assert parser.renderer == "Movie Render Queue"
    assert not [event for event in events if not hasattr(event, "text")], "there are phases and nothing else"


@needs_shared
@pytest.mark.parametrize("name", sorted(FINISHED))
def test_a_render_that_was_finished_is_reported_so(name: str) -> None:
    found = report_of(name)
    assert not found.failed
    assert found.errors == ()
    assert found.warnings == ()


@needs_shared
@pytest.mark.parametrize("name", NAMES)
def test_the_renderer_is_named_where_it_shows(name: str) -> None:
    expected = "Movie Render Queue" if "mrq" in name or "python" in name else ""
    if name == "unreal-mrq-failure-resolution-01":
        expected = ""
    assert report_of(name).renderer == expected


@needs_shared
@pytest.mark.parametrize("prefix", ["0: STDOUT: ", "2026-03-23 02:10:11,201 | ", "\x1b[32m"])
@pytest.mark.parametrize("name", NAMES)
def test_what_a_farm_puts_in_front_changes_nothing(name: str, prefix: str) -> None:
    wrapped = explain_log(ENGINE, [prefix + line for line in lines_of(name) if not line.startswith("# ")])
    plain = report_of(name)
    assert [entry.meaning for entry in wrapped.errors] == [entry.meaning for entry in plain.errors]
    assert wrapped.failed == plain.failed


OTHERS = sorted(path.stem for path in LOGS.glob("*.log") if not path.name.startswith("unreal-"))


@needs_shared
@pytest.mark.parametrize("name", OTHERS)
def test_the_log_of_another_program_is_not_taken_for_unreals(name: str) -> None:
    found = report_of(name)
    assert found.failed
    assert found.frames_started == found.frames_completed == ()
    parser = UnrealParser("")
    for line in lines_of(name):
        parser.feed(line.rstrip("\n"))
    assert parser.renderer == ""
    assert not parser.is_recognised


@needs_shared
@pytest.mark.parametrize("name", NAMES)
def test_no_other_engine_takes_the_log_for_its_own(name: str) -> None:
    blender = BlenderEngine(finder=BlenderFinder(setting=None, memory=ProbeMemory(None)))
    maya = MayaEngine(finder=MayaFinder(None), read_scene=read_maya_scene)
    assert engine_of_log([blender, maya, ENGINE], lines_of(name)) is ENGINE
    assert engine_of_log([ENGINE, maya, blender], lines_of(name)) is ENGINE
