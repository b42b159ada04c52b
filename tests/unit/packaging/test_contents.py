import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from steps import installed, product
from steps.contents import EXCLUDED_MODULES, PLAIN_FILES, is_needed
from steps.reachable import Entry, reachable
from support.source_tree import ROOT

from render_manager.system import start_time


@pytest.mark.parametrize(
    "place",
    [
        "OpenImageIO/bin/OpenImageIO.dll",
        "OpenImageIO\\bin\\tiff.dll",
        "OpenImageIO/lib/libOpenImageIO.so.3.0.21",
        "PySide6/plugins/platforms/qwindows.dll",
        "PySide6/Qt/plugins/platforms/libqxcb.so",
        "PySide6/translations/qtbase_zh_CN.qm",
        "render_manager/engines/drivers/unreal/init_unreal.py",
    ],
)
def test_what_is_needed_is_shipped(place: str) -> None:
    assert is_needed(place)


@pytest.mark.parametrize(
    "place",
    [
        "OpenImageIO/bin/oiiotool.exe",
        "OpenImageIO/bin/idiff",
        "OpenImageIO/lib/tiff.lib",
        "PySide6/opengl32sw.dll",
        "PySide6\\plugins\\platforms\\qdirect2d.dll",
        "PySide6/Qt/plugins/platformthemes/libqgtk3.so",
        "PySide6/translations/qtbase_de.qm",
        "render_manager/engines/drivers/__pycache__/blender_driver.cpython-311.pyc",
    ],
)
def test_what_nobody_needs_is_left_out(place: str) -> None:
    assert not is_needed(place)


def test_folders_shipped_as_files_are_there_and_hold_every_script_that_other_programs_read() -> None:
    assert all((ROOT / source).is_dir() for source, _target in PLAIN_FILES)
    shipped = {ROOT / source for source, _target in PLAIN_FILES}
    assert ROOT / "render_manager" / "engines" / "drivers" in shipped
    assert ROOT / "render_manager" / "storage" / "migrations" in shipped


IMPORT_ALL = """
import importlib, json, sys

class Refuser:
    def find_spec(self, name, path=None, target=None):
        if name in excluded:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

excluded = frozenset(json.loads(sys.argv[1]))
for name in excluded & set(sys.modules):
    sys.modules.pop(name)
sys.meta_path.insert(0, Refuser())
from steps.contents import is_own_module
from render_manager.self_test.installation import module_names
# Alembic runs that one with a database at hand.
wanted = [name for name in module_names() if is_own_module(name) and not name.endswith("migrations.env")]
for name in wanted:
    importlib.import_module(name)
import qtawesome, pyqtgraph, alembic.command, sqlalchemy.dialects.sqlite
pyqtgraph.PlotItem, pyqtgraph.PlotDataItem
print(len(wanted))
"""


@pytest.mark.skipif(
    os.environ.get("RENDER_MANAGER_TEST_NO_QT") == "1", reason="it imports the window's modules"
)
def test_nothing_that_is_imported_is_left_out() -> None:
    paths = [str(ROOT), str(ROOT / "packaging")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-c", IMPORT_ALL, json.dumps(EXCLUDED_MODULES)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 400


def library(place: str, kind: str = "BINARY") -> Entry:
    return (place, f"/from/{Path(place).name}", kind)


def linked(table: dict[str, list[str]]):  # type: ignore[no-untyped-def]
    return lambda path: table.get(Path(path).name, [])


def test_libraries_of_plug_ins_that_were_left_out_go_with_them() -> None:
    module, plugin = library("PySide6/QtGui.abi3.so"), library("PySide6/Qt/plugins/platforms/libqxcb.so")
    gui, gtk, pango = (
        library("PySide6/Qt/lib/libQt6Gui.so.6"),
        library("libgtk-3.so.0"),
        library("libpango-1.0.so.0"),
    )
    table = {"QtGui.abi3.so": ["libQt6Gui.so.6"], "libgtk-3.so.0": ["libpango-1.0.so.0"]}
    assert reachable([module, plugin, gui, gtk, pango], linked(table)) == [module, plugin, gui]


def test_libraries_of_libraries_stay() -> None:
    module, first, second = library("PIL/_imaging.pyd"), library("Qt6Core.dll"), library("ICUUC.dll")
    table = {"_imaging.pyd": ["QT6CORE.dll"], "Qt6Core.dll": ["icuuc.dll"]}
    assert reachable([module, first, second], linked(table)) == [module, first, second]


def test_links_stay_with_what_they_lead_to() -> None:
    module, real = library("PySide6/QtGui.abi3.so"), library("PySide6/Qt/lib/libQt6Gui.so.6")
    link = ("libQt6Gui.so.6", "PySide6/Qt/lib/libQt6Gui.so.6", "SYMLINK")
    stray = ("libgone.so.6", "PySide6/Qt/lib/libgone.so.6", "SYMLINK")
    table = {"QtGui.abi3.so": ["libQt6Gui.so.6"]}
    assert reachable([module, real, link, stray], linked(table)) == [module, real, link]


def test_python_itself_stays() -> None:
    python = library("python311.dll"), library("libpython3.11.so.1.0"), library("python3.dll")
    assert reachable(python, linked({})) == list(python)


def test_windows_gets_the_version_as_four_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    for text, numbers in (("1.2.3", (1, 2, 3, 0)), ("0.10", (0, 10, 0, 0)), ("2.0.0rc1", (2, 0, 0, 1))):
        monkeypatch.setattr(product, "__version__", text)
        assert product.version_numbers() == numbers
        assert product.installer_name() == f"RenderManager-Setup-{text}.exe"


def test_the_build_listens_where_the_program_reports_its_first_paint() -> None:
    assert installed.REPORT_VARIABLE == start_time.REPORT_VARIABLE
