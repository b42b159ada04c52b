"""Every log of Maya in the shared folder, explained as a person who reads it would."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from render_manager.domain.scene import SceneInfo
from render_manager.engines.log_report import LogReport, explain_log
from render_manager.engines.maya.engine import MayaEngine
from render_manager.engines.maya.installations import MayaFinder
from render_manager.engines.maya.parser import MayaParser

LOGS = Path(__file__).resolve().parents[4].parent / "shared" / "engines" / "logs"
NAMES = sorted(path.stem for path in LOGS.glob("maya-*.log"))
needs_shared = pytest.mark.skipif(
    not NAMES, reason="the shared folder with all logs is not beside the project"
)


@dataclass(frozen=True)
class Expected:
    failed: bool
    renderer: str = ""
    started: tuple[int, ...] = ()
    completed: tuple[int, ...] = ()
    outputs: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()
    """A piece of what each error means."""
    warnings: tuple[str, ...] = ()
    percent: float = 0.0


EXPECTED = {
    "maya-arnold-crash-01": Expected(
        True,
        "Arnold",
        errors=("Maya crashed: munmap_chunk(): invalid pointer", "Maya crashed", "exit code 1"),
    ),
    "maya-arnold-license-failure-01": Expected(
        True, "Arnold", errors=("Arnold got no licence", "stop rather than to draw watermarks")
    ),
    "maya-arnold-shutdown-01": Expected(
        True,
        "Arnold",
        errors=("No frame was rendered",),
        warnings=("Writing Photon Cloud", "Rereducing compiled photons", "Rereduction"),
    ),
    "maya-arnold-stats-trap-01": Expected(
        False,
        "Arnold",
        started=(12,),
        completed=(12,),
        outputs=("C:/jobs/demo/images/beauty/demo.0012.exr",),
        percent=100.0,
    ),
    "maya-arnold-success-01": Expected(
        False,
        "Arnold",
        started=(1,),
        completed=(1,),
        outputs=("/tmp/output/maya2019-mtoa3.2.0.1-basic_01.0001.exr",),
        warnings=("draws watermarks",),
        percent=100.0,
    ),
    "maya-camera-missing-failure-01": Expected(True, errors=("no camera “[None]”", "exit code 210")),
    "maya-crash-lines-01": Expected(True, errors=("Maya crashed. This comes 2 times",)),
    "maya-crash-linux-01": Expected(True, errors=("Maya crashed",)),
    "maya-deadline-wrapped-01": Expected(
        False,
        "Arnold",
        started=(1001,),
        completed=(1001,),
        outputs=("P:/demo/renders/beauty/demo.1001.exr",),
        percent=100.0,
    ),
    "maya-hw2-startup-01": Expected(True, errors=("before any frame began",)),
    "maya-mentalray-hang-01": Expected(True, errors=("Maya hung there or was ended",)),
    "maya-redshift-lines-01": Expected(
        True, "Redshift", errors=("Redshift has no licence: (RLM) All licenses in use (-22)",), percent=93.33
    ),
    "maya-redshift-lines-02": Expected(
        False,
        "Redshift",
        started=(1001,),
        completed=(1001,),
        outputs=("V:/path/to/file.exr",),
        percent=100.0,
    ),
    "maya-render-success-tail-01": Expected(False),
    "maya-renderman-lines-01": Expected(
        True,
        "RenderMan",
        errors=("ran out of memory", "most often it got no licence"),
        warnings=("aiVolume.filename",),
        percent=24.0,
    ),
    "maya-software-success-01": Expected(
        False, "Maya Software", outputs=("/home/artist/maya/projects/default/images/tmp/untitled.iff",)
    ),
    "maya-vray-pluginload-errors-01": Expected(
        True, "V-Ray", errors=("vray_Demo.dll", "vray_Other.dll", "before any frame began")
    ),
    "maya-vray-success-01": Expected(
        False,
        "V-Ray",
        started=(1, 2),
        completed=(1, 2),
        outputs=("C:/jobs/demo/images/demo.0001.exr", "C:/jobs/demo/images/demo.0002.exr"),
        percent=100.0,
    ),
}


def unused(path: Path, scene: str) -> SceneInfo:
    raise AssertionError(path)


def report_of(path: Path) -> LogReport:
    engine = MayaEngine(finder=MayaFinder(None, places=list), read_scene=unused)
    with path.open(encoding="utf-8", errors="replace", newline="\n") as lines:
        return explain_log(engine, lines)


@needs_shared
def test_every_log_is_expected() -> None:
    assert sorted(EXPECTED) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_log_is_explained_as_a_person_would(name: str) -> None:
    report, expected = report_of(LOGS / f"{name}.log"), EXPECTED[name]
    assert report.failed is expected.failed
    assert report.renderer == expected.renderer
    assert (report.frames_started, report.frames_completed) == (expected.started, expected.completed)
    assert report.outputs == expected.outputs
    assert report.max_percent == pytest.approx(expected.percent, abs=0.01)
    for entries, pieces in ((report.errors, expected.errors), (report.warnings, expected.warnings)):
        assert len(entries) == len(pieces), [entry.meaning for entry in entries]
        for entry, piece in zip(entries, pieces, strict=True):
            assert piece in entry.meaning
            assert entry.line > 0


OTHERS = [
    *(path for path in sorted(LOGS.glob("*.log")) if not path.stem.startswith("maya-")),
    *sorted((Path(__file__).resolve().parents[3] / "data" / "logs").glob("*/*.log")),
]


@pytest.mark.parametrize("path", OTHERS, ids=lambda path: path.stem)
def test_logs_of_other_programs_are_not_taken_for_mayas(path: Path) -> None:
    parser = MayaParser("")
    for line in path.read_text("utf-8", "replace").splitlines():
        if not line.startswith(("# source:", "# kind:", "# note:")):
            parser.feed(line)
            assert not parser.is_recognised, line


def test_a_log_of_another_program_is_doubted(tmp_path: Path) -> None:
    path = tmp_path / "other.log"
    path.write_text("Fra:1 Mem:9.05M | Time:00:00.10 | Scene, ViewLayer | Sample 2/4\nSaved: '/a_0001.png'\n")
    report = report_of(path)
    assert report.failed
    assert report.errors[0].meaning == "This does not look like a log of Maya."
