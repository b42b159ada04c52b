"""What programs that are started get of our environment: nothing that leads to our libraries."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from render_manager.system.environment import users_environment, without_bundle, without_ours


@pytest.fixture
def bundle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A built program's folder of libraries."""
    folder = tmp_path / "_internal"
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "_MEIPASS", str(folder), raising=False)
    return folder


def test_folders_of_ours_leave_the_path_and_others_stay(bundle: Path) -> None:
    """PySide6 and its run-time hook put theirs in front on Windows."""
    beside = f"{bundle}-of-somebody-else"
    path = os.pathsep.join([str(bundle), str(bundle / "PySide6"), "/usr/bin", beside, ""])
    assert without_bundle({"PATH": path})["PATH"] == os.pathsep.join(["/usr/bin", beside, ""])


def test_a_list_that_was_only_ours_goes_as_a_whole(bundle: Path) -> None:
    assert without_bundle({"LD_LIBRARY_PATH": str(bundle), "A": ""}) == {"A": ""}


def test_variables_that_lead_into_the_bundle_go_whatever_their_names(bundle: Path) -> None:
    env = {
        "QT_PLUGIN_PATH": str(bundle / "PySide6" / "Qt" / "plugins"),
        "OpenImageIO_ROOT": str(bundle / "OpenImageIO"),
        "OCIO": "/studio/config.ocio",
        "_PYI_ARCHIVE_FILE": "/anywhere",
        "PYSIDE6_OPTION_PYTHON_ENUM": "1",
    }
    assert without_bundle(env) == {"OCIO": "/studio/config.ocio"}


def test_what_an_engine_is_given_on_purpose_passes_the_guard(bundle: Path) -> None:
    env = {"PYTHONUTF8": "1", "RENDER_MANAGER_TREE": "1", "QT_SCALE_FACTOR": "2"}
    assert without_bundle(env) == env
    assert without_ours(env) == {}


def test_the_library_path_that_was_put_back_already_stays(bundle: Path) -> None:
    assert without_bundle({"LD_LIBRARY_PATH": "/users"}) == {"LD_LIBRARY_PATH": "/users"}


def test_from_source_the_folder_of_packages_is_ours() -> None:
    import sysconfig

    package = Path(sysconfig.get_path("platlib")) / "PySide6"
    assert without_bundle({"PATH": f"{package}{os.pathsep}/usr/bin"}) == {"PATH": "/usr/bin"}


def names_in_a_child() -> list[str]:
    show = [sys.executable, "-I", "-S", "-c", "import os; print(*os.environ)"]
    return subprocess.run(show, stdout=subprocess.PIPE, text=True, check=True).stdout.split()


def test_the_users_environment_is_lent_and_ours_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_PLUGIN_PATH", "/ours")
    monkeypatch.setenv("STUDIO_TOOL", "yes")
    before = dict(os.environ)
    with users_environment():
        names = names_in_a_child()
        assert dict(os.environ) == before, "another thread may be going through it"
    assert "STUDIO_TOOL" in names
    assert "QT_PLUGIN_PATH" not in names
    assert dict(os.environ) == before
    assert "QT_PLUGIN_PATH" in names_in_a_child()


def test_it_comes_back_after_a_mistake_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", "/ours")
    with pytest.raises(KeyError), users_environment():
        raise KeyError
    assert "PYTHONPATH" in names_in_a_child()
