import ast
import subprocess
import sys
from pathlib import Path

import pytest
from support.source_tree import ROOT

from render_manager import __version__
from render_manager.system import identity
from render_manager.system.identity import APP_USER_MODEL_ID, LICENCE_FILE, NOTICES_FILE, shipped_paper

WINDOWS_LIMIT = 128
"""Characters that an AppUserModelID may have."""
NOT_IMPLEMENTED = 0x80004001
"""E_NOTIMPL of winerror.h."""


def test_the_id_is_one_that_windows_takes() -> None:
    assert len(APP_USER_MODEL_ID) <= WINDOWS_LIMIT
    assert " " not in APP_USER_MODEL_ID
    assert APP_USER_MODEL_ID.count(".") >= 1


@pytest.mark.skipif(sys.platform != "win32", reason="only Windows has these ids")
def test_windows_knows_the_process_by_the_id() -> None:
    import ctypes

    identity.claim_taskbar_identity()
    said = ctypes.c_wchar_p()
    answer = ctypes.windll.shell32.GetCurrentProcessExplicitAppUserModelID(ctypes.byref(said))
    if answer & 0xFFFFFFFF == NOT_IMPLEMENTED:
        pytest.skip("wine keeps no such ids")
    assert answer == 0
    assert said.value == APP_USER_MODEL_ID


def test_other_systems_need_no_id() -> None:
    if sys.platform != "win32":
        identity.claim_taskbar_identity()


def test_packaging_can_read_the_constants_without_what_the_program_needs() -> None:
    code = "import sys; import render_manager.system.identity; print(sorted(sys.modules))"
    # Without what is installed beside Python; the folder it starts in is searched.
    words = [sys.executable, "-S", "-c", code]
    done = subprocess.run(words, capture_output=True, check=True, text=True, cwd=ROOT)
    loaded = set(ast.literal_eval(done.stdout))
    assert not loaded & {"PySide6", "pydantic", "psutil", "platformdirs", "sqlalchemy"}


def test_the_licence_is_found_from_source() -> None:
    paper = shipped_paper(LICENCE_FILE)
    assert paper is not None
    assert paper.read_text("utf-8").startswith("MIT License")


def test_papers_lie_beside_the_frozen_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "Render Manager" / "render-manager.exe"
    inner = program.parent / "_internal"
    inner.mkdir(parents=True)
    (inner / LICENCE_FILE).touch()
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "_MEIPASS", str(inner), raising=False)
    monkeypatch.setattr(sys, "executable", str(program))
    assert shipped_paper(LICENCE_FILE) == inner / LICENCE_FILE
    assert shipped_paper(NOTICES_FILE) is None
    for name in (LICENCE_FILE, NOTICES_FILE):
        (program.parent / name).touch()
        assert shipped_paper(name) == program.parent / name


def test_the_version_is_said_with_the_name() -> None:
    assert identity.program_and_version() == f"Render Manager {__version__}"
