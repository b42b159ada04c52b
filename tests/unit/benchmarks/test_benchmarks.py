"""Every benchmark runs in its quick mode and prints figures of the promised form; none of them is judged."""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

BENCHMARKS = Path(__file__).resolve().parents[3] / "benchmarks"
NO_QT = os.environ.get("RENDER_MANAGER_TEST_NO_QT") == "1"
KEYS = {"name", "value", "unit", "reference", "ratio", "budget", "budget_is", "within", "runs"}
MORE_KEYS = {"reference_name", "reference_runs", "at_least", "note"}
NEEDS_QT = (
    "analysis_drop",
    "cold_start",
    "grid_open",
    "gui_gap",
    "job_table",
    "log_view",
    "viewer_open",
)
NEEDS_ENGINE = ("overhead",)
NEEDS_NOTHING = (
    "stored_changes",
    "scene_inspection",
    "maya_scene",
    "unreal_scan",
    "thumbnail_exr",
    "thumbnail_formats",
)

WITHOUT_ENGINES = """
import importlib.util, os, pathlib, runpy, sys
find_spec = importlib.util.find_spec
importlib.util.find_spec = lambda name, *rest: None if name == "bpy" else find_spec(name, *rest)
pathlib.Path.is_file = lambda _path: False
sys.argv = ["overhead.py", "--json"]
sys.path.insert(0, os.environ["BENCHMARKS"])
runpy.run_path(os.path.join(os.environ["BENCHMARKS"], "overhead.py"), run_name="__main__")
"""
"""Runs a benchmark that needs an engine where none can be found."""


@pytest.fixture(scope="module")
def common() -> ModuleType:
    spec = importlib.util.spec_from_file_location("benchmarks_common", BENCHMARKS / "common.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def run_script(name: str, *arguments: str, expected: int = 0) -> str:
    """Run a benchmark from another folder and return what it printed."""
    done = subprocess.run(
        [sys.executable, str(BENCHMARKS / f"{name}.py"), *arguments],
        cwd=BENCHMARKS.anchor,
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert done.returncode == expected, done.stderr
    return done.stdout


def figures_of(name: str, *arguments: str) -> list[dict[str, Any]]:
    """Return the figures a benchmark prints in its quick mode, each of the promised form."""
    found = [json.loads(line) for line in run_script(name, "--json", "--quick", *arguments).splitlines()]
    assert found
    for figure in found:
        assert set(figure) >= KEYS
        assert set(figure) <= KEYS | MORE_KEYS
        assert figure["name"] and figure["unit"]
        assert isinstance(figure["value"], int | float)
        assert figure["runs"] and all(isinstance(run, int | float) for run in figure["runs"])
        assert (figure["reference"] is None) == (figure["ratio"] is None) == ("reference_runs" not in figure)
        assert (figure["budget"] is None) == (figure["budget_is"] is None)
        assert figure["budget_is"] in (None, "ratio", "value")
        assert figure["within"] is None, "a quick run must not be judged"
    assert len({figure["name"] for figure in found}) == len(found)
    return found


def has_engine() -> bool:
    return shutil.which("blender") is not None or importlib.util.find_spec("bpy") is not None


@pytest.mark.parametrize("name", NEEDS_NOTHING)
def test_core_benchmarks_print_figures(name: str) -> None:
    figures_of(name)


@pytest.mark.skipif(NO_QT, reason="this run does without Qt")
@pytest.mark.parametrize("name", NEEDS_QT)
def test_window_benchmarks_print_figures(name: str) -> None:
    pytest.importorskip("PySide6.QtWidgets")
    figures_of(name)


@pytest.mark.skipif(not has_engine(), reason="there is neither a blender program nor the bpy wheel")
@pytest.mark.parametrize("name", NEEDS_ENGINE)
def test_engine_benchmarks_print_figures(name: str) -> None:
    figures_of(name)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the stand-in needs a system with fork")
def test_cancelling_prints_figures_of_the_stand_in_and_of_an_engine_if_there_is_one() -> None:
    found = [figure["name"] for figure in figures_of("cancel_latency")]

    assert any("ignores signals" in name for name in found)
    assert any("mid-frame" in name for name in found) == has_engine()


BUILT = {
    "steps": [
        {"step": "installer", "passed": True, "figures": {"bytes": 52_000_000}},
        {"step": "linux-archive", "passed": False, "figures": {}},
        {
            "step": "install-test",
            "passed": True,
            "figures": {
                "windows": "wine 8.0", "install_s": 6.0, "upgrade_s": 7.0,
                "first_window_s": 3.0, "next_window_s": 1.5,
            },
        },
    ]
}  # fmt: skip


def test_what_was_built_is_told_from_its_report(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    report.write_text(json.dumps(BUILT), "utf-8")
    told = {
        figure["name"]: figure["value"] for figure in figures_of("built_program", "--report", str(report))
    }
    assert told["size, installer for Windows"] == 52
    assert told["installing silently, wine 8.0"] == 6
    assert "size, archive for Linux" not in told


def test_without_a_build_there_is_nothing_to_tell(tmp_path: Path) -> None:
    assert run_script("built_program", "--report", str(tmp_path / "none.json"), expected=77) == ""


def test_budgets_are_those_of_the_design() -> None:
    found = figures_of("stored_changes")

    assert found[0]["budget"] == 50_000
    assert found[0]["budget_is"] == "value"
    assert found[0]["at_least"] is True
    assert found[0]["reference_name"] == "plain sqlite3"


def test_lines_for_people_are_no_json() -> None:
    lines = run_script("scene_inspection", "--quick").splitlines()

    assert lines and all("ms" in line and not line.startswith("{") for line in lines)


def test_the_machine_is_named_when_asked_for() -> None:
    first = json.loads(run_script("scene_inspection", "--quick", "--json", "--machine").splitlines()[0])

    assert set(first["machine"]) == {"system", "processor", "cores", "python", "load"}


def test_every_script_is_run_by_run_all_and_by_a_test() -> None:
    scripts = {path.stem for path in BENCHMARKS.glob("*.py") if "__main__" in path.read_text("utf-8")}
    tested = {*NEEDS_QT, *NEEDS_ENGINE, *NEEDS_NOTHING, "cancel_latency", "built_program", "run_all"}

    assert scripts == tested
    named = (BENCHMARKS / "run_all.py").read_text("utf-8")
    assert all(f'"{name}"' in named for name in tested - {"run_all"})


def test_run_all_prints_a_table() -> None:
    lines = run_script("run_all", "--quick", "scene_inspection", "stored_changes").splitlines()

    rows = [line for line in lines if line.startswith("| ")]
    assert len({row.count("|") for row in rows}) == 1
    assert any("inspecting" in row for row in rows)
    assert any("≥ 50,000 a second" in row for row in rows)


def test_run_all_knows_its_benchmarks() -> None:
    run_script("run_all", "nonsense", expected=2)


def test_a_benchmark_that_cannot_run_here_says_why(tmp_path: Path) -> None:
    environment = {**os.environ, "PATH": str(tmp_path), "HOME": str(tmp_path), "BENCHMARKS": str(BENCHMARKS)}
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_ENGINES], env=environment, capture_output=True, text=True, check=False
    )

    assert done.returncode == 77, done.stderr
    assert done.stdout == ""
    assert "needs a blender program on the PATH or the bpy wheel" in done.stderr


class TestFigure:
    def test_value_and_ratio_are_of_medians(self, common: ModuleType) -> None:
        figure = common.Figure("x", "s", [1.0, 9.0, 2.0], "other", [4.0, 1.0, 8.0])

        assert figure.value == 2.0
        assert figure.reference == 4.0
        assert figure.ratio == 0.5
        assert figure.within is None

    @pytest.mark.parametrize(
        ("budget", "budget_is", "at_least", "within"),
        [
            (2.0, "value", False, True),
            (1.9, "value", False, False),
            (0.5, "ratio", False, True),
            (0.4, "ratio", False, False),
            (2.0, "value", True, True),
            (2.1, "value", True, False),
            (None, None, False, None),
        ],
    )
    def test_budget(
        self,
        common: ModuleType,
        budget: float | None,
        budget_is: str | None,
        at_least: bool,
        within: bool | None,
    ) -> None:
        figure = common.Figure(
            "x", "s", [2.0], "other", [4.0], budget=budget, budget_is=budget_is, at_least=at_least
        )

        assert figure.within is within
        assert figure.as_object()["within"] is within
        assert figure.as_object(is_judged=False)["within"] is None
        assert ("MISSED" in figure.as_line()) == (within is False)
        assert "MISSED" not in figure.as_line(is_judged=False)

    def test_a_ratio_without_reference_is_not_judged(self, common: ModuleType) -> None:
        figure = common.Figure("x", "s", [2.0], budget=1.0, budget_is="ratio")

        assert figure.ratio is None
        assert figure.within is None

    @pytest.mark.parametrize(
        ("value", "shown"),
        [(123456.7, 123457), (1.23456, 1.235), (0.000123456, 0.0001235), (0.0, 0.0), (-3.14159, -3.142)],
    )
    def test_numbers_are_as_exact_as_measurements(
        self, common: ModuleType, value: float, shown: float
    ) -> None:
        assert common.rounded(value) == shown


def test_things_are_measured_by_turns(common: ModuleType) -> None:
    order: list[str] = []

    def action(name: str) -> float:
        order.append(name)
        return float(len(order))

    assert common.by_turns(2, lambda: action("a"), lambda: action("b")) == [[1.0, 3.0], [2.0, 4.0]]
    assert order == ["a", "b", "a", "b"]
