"""What every test gets: no folders of the user, no silent warnings, and the engines of this computer.

`RENDER_MANAGER_TEST_NO_QT=1 pytest -p no:pytest-qt tests/unit` runs where PySide6 cannot be imported.
"""

import importlib.util
import logging
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.database import DirectoryBasedExampleDatabase
from support.clock import FakeClock
from support.log_watch import LogWatch
from support.no_qt import block_qt
from support.real import RealBlender, find_installation, make_scenes
from support.widgets import delete_windows
from support.wine_defects import is_wine, leave_out

from render_manager.storage.database import open_database
from render_manager.storage.store import Store

ROOT = Path(__file__).resolve().parents[1]
NO_QT = os.environ.get("RENDER_MANAGER_TEST_NO_QT") == "1"
SETTING_NAMES = (
    "RENDER_OUTPUT_DIR",
    "THUMBNAIL_DIR",
    "MAX_RETRIES",
    "RETRY_DELAY",
    "DEFAULT_PRIORITY",
    "SLOTS",
    "BLENDER_SLOTS",
    "MAYA_SLOTS",
    "UNREAL_SLOTS",
    "BLENDER_EXECUTABLE",
    "MAYA_EXECUTABLE",
    "UE_EXECUTABLE",
    "CONTINUE_AFTER_START",
    "START_WITH_COMPUTER",
)

if NO_QT:
    block_qt()

# Time limits of single examples would fail on a busy computer; pytest-timeout watches the whole test.
settings.register_profile(
    "render-manager",
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    database=DirectoryBasedExampleDatabase(ROOT / ".hypothesis" / "examples"),
)
settings.load_profile("render-manager")


def pytest_configure(config: pytest.Config) -> None:
    """Let the programs that tests start share what was compiled, away from the sources."""
    if hasattr(config, "workerinput"):
        return
    folder = tempfile.mkdtemp(prefix="render-manager-compiled-")
    os.environ["PYTHONPYCACHEPREFIX"] = folder
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if is_wine():
        leave_out(items)


def pytest_addoption(parser: pytest.Parser) -> None:
    if NO_QT:
        # pytest-qt is left out then, and its settings in pyproject.toml would be unknown.
        for name in ("qt_api", "qt_log_level_fail"):
            parser.addini(name, "setting of pytest-qt")


@pytest.fixture(scope="session")
def _home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(autouse=True)
def _own_surroundings(_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the user's folders and settings out of every test, and the test out of them."""
    for name in list(os.environ):
        if name.upper() in SETTING_NAMES or name.upper().startswith("RENDER_MANAGER_"):
            monkeypatch.delenv(name)
    for name in ("HOME", "USERPROFILE", "LOCALAPPDATA", "APPDATA"):
        monkeypatch.setenv(name, str(_home))
    for name, folder in (
        ("XDG_DATA_HOME", "data"),
        ("XDG_CONFIG_HOME", "config"),
        ("XDG_CACHE_HOME", "cache"),
        ("XDG_STATE_HOME", "state"),
    ):
        monkeypatch.setenv(name, str(_home / folder))


@pytest.fixture(autouse=True)
def _no_window_left() -> Iterator[None]:
    yield
    delete_windows()


@pytest.fixture(autouse=True)
def log_watch() -> Iterator[LogWatch]:
    """Fail a test in which the program logs a warning or an error that was not expected."""
    watch = LogWatch()
    logger = logging.getLogger("render_manager")
    logger.addHandler(watch)
    yield watch
    logger.removeHandler(watch)
    complaints = watch.complaints()
    if complaints:
        pytest.fail("\n".join(complaints), pytrace=False)


@pytest.fixture(autouse=True)
def _no_blender_inside() -> Iterator[None]:
    """Fail a test that imports bpy: it sets OCIO, which breaks every other Blender started afterwards."""
    yield
    assert "bpy" not in sys.modules, "a test imported bpy into the process of the tests"


@pytest.fixture
def expected_logs(log_watch: LogWatch) -> LogWatch:
    """Say with `expected_logs.expect(pattern)` which warnings belong to the test."""
    return log_watch


@pytest.fixture
def fake_clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store in a real database file."""
    store = Store(open_database(tmp_path / "store" / "render-manager.db"))
    yield store
    store.close()


@pytest.fixture(scope="session")
def blender_program() -> Path:
    """The blender program of this computer."""
    found = shutil.which("blender")
    if found is None:
        pytest.skip("there is no blender on the PATH")
    return Path(found)


@pytest.fixture(scope="session")
def povray_program() -> Path:
    """The povray program of this computer."""
    found = shutil.which("povray")
    if found is None:
        pytest.skip("there is no povray on the PATH")
    return Path(found)


@pytest.fixture(scope="session")
def bpy_python() -> Path:
    """A Python that can import bpy: the one that runs the tests."""
    if importlib.util.find_spec("bpy") is None:
        pytest.skip("the bpy wheel is not installed in this Python")
    return Path(sys.executable)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own with 2 MB, to be filled; only root may make one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)]
    if sys.platform != "linux" or os.geteuid() or subprocess.run(mount, check=False).returncode:
        pytest.skip("this user cannot mount a small disk")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.fixture(scope="session")
def blender_34(blender_program: Path, tmp_path_factory: pytest.TempPathFactory) -> RealBlender:
    """The blender program and scenes that it made."""
    folder = tmp_path_factory.mktemp("blender-scenes")
    return make_scenes(find_installation(blender_program), folder)


@pytest.fixture(scope="session")
def bpy_wheel(bpy_python: Path, tmp_path_factory: pytest.TempPathFactory) -> RealBlender:
    """The bpy wheel and scenes that it made."""
    folder = tmp_path_factory.mktemp("bpy-scenes")
    return make_scenes(find_installation(bpy_python), folder)


@pytest.fixture(
    params=[
        pytest.param("bpy_wheel", marks=pytest.mark.bpy, id="bpy"),
        pytest.param("blender_34", marks=pytest.mark.blender, id="blender"),
    ]
)
def real_blender(request: pytest.FixtureRequest) -> RealBlender:
    """Each Blender of this computer in turn."""
    found: RealBlender = request.getfixturevalue(request.param)
    return found
