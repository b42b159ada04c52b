"""Everything but the window works where PySide6 is not installed, and can be imported alone."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from support.source_tree import PACKAGE, Module, modules

from render_manager.self_test.installation import POSIX_MODULES, WINDOWS_MODULES

ROOT = Path(__file__).resolve().parents[2]
QT_PLACES = {
    "ui",
    "window",
    "program",
    "preferences",
    "intake",
    "leaving",
    "night",
    "departure",
    "doorbell",
    "renewing",
    "engine_words",
}
OTHER_SYSTEMS = POSIX_MODULES if sys.platform == "win32" else WINDOWS_MODULES
IMPORT_ALL = """
import importlib, sys
sys.path[:0] = [{root!r}, {tests!r}]
from support.no_qt import block_qt
block_qt()
for name in {names!r}:
    try:
        importlib.import_module(name)
    except BaseException as error:
        print(f"{{name}}: {{type(error).__name__}}: {{error}}")
"""


def inner() -> list[Module]:
    return [
        module
        for module in modules()
        if module.area not in QT_PLACES
        and not module.is_driver
        and ".migrations" not in module.name
        and module.name.removeprefix(f"{PACKAGE}.") not in OTHER_SYSTEMS
    ]


def run(code: str) -> str:
    env = {**os.environ, "PYTHONWARNINGS": "error"}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, env=env, cwd=ROOT
    )
    return done.stdout + done.stderr


def test_every_module_but_the_window_imports_without_qt() -> None:
    names = [module.name for module in inner()]
    assert len(names) > 80
    assert run(IMPORT_ALL.format(root=str(ROOT), tests=str(ROOT / "tests"), names=names)) == ""


def test_the_window_does_need_qt() -> None:
    """Else the test above would prove nothing."""
    names = [f"{PACKAGE}.ui.bridge"]
    said = run(IMPORT_ALL.format(root=str(ROOT), tests=str(ROOT / "tests"), names=names))
    assert "ModuleNotFoundError: PySide6" in said


@pytest.mark.parametrize(
    "name",
    ["app", "assembly", "scheduling.dispatcher", "services.cli.main", "engines.preparing", "storage.store"],
)
def test_modules_import_in_any_order(name: str) -> None:
    """A cycle shows when the module it goes through is the first to be imported."""
    assert run(f"import {PACKAGE}.{name}, sys; assert 'PySide6' not in sys.modules") == ""


def test_the_unit_tests_can_be_collected_without_qt() -> None:
    env = {**os.environ, "RENDER_MANAGER_TEST_NO_QT": "1"}
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-p", "no:pytest-qt", "-p", "no:cacheprovider"),
            *("tests/unit", "--collect-only", "-q"),
        ],
        capture_output=True,
        text=True,
        check=False,
        env=env,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
