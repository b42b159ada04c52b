"""What the self-test finds when something is missing or broken: a check that cannot fail is none."""

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from render_manager.domain.errors import RenderManagerError
from render_manager.self_test import installation, own_program, pictures, processes, rendering, storing
from render_manager.self_test.results import Bench, Check, FailedCheck, SkippedCheck
from render_manager.self_test.running import CHECKS, checked
from render_manager.system import resources
from render_manager.system.settings import Settings


def test_the_modules_of_windows_are_known() -> None:
    root = Path(installation.render_manager.__path__[0])
    marked = [
        path for path in root.rglob("*.py") if '\nassert sys.platform == "win32"' in path.read_text("utf-8")
    ]
    assert sorted(installation.WINDOWS_MODULES) == sorted(
        ".".join(path.relative_to(root).with_suffix("").parts) for path in marked
    )


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    folder = tmp_path / "self test 自检"
    folder.mkdir()
    return Bench(Settings(), folder)


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the resources, in the place of the real ones, that can be spoiled."""
    copy = tmp_path / "bundle" / "resources"
    shutil.copytree(resources.resource_dir(), copy)
    for module in (installation, pictures, storing, rendering):
        if hasattr(module, "resource"):
            monkeypatch.setattr(module, "resource", copy.joinpath)
    monkeypatch.setattr(installation, "languages", lambda: resources_languages(copy))
    return copy


def resources_languages(folder: Path) -> tuple[str, ...]:
    from render_manager.system.language import languages

    return languages(folder / "translations")


NEEDS_QT = pytest.mark.skipif(
    os.environ.get("RENDER_MANAGER_TEST_NO_QT") == "1", reason="this run does without Qt"
)
LIGHT_CHECKS = [
    "versions",
    pytest.param("libraries", marks=NEEDS_QT),
    "resources",
    "drivers",
    "languages",
    "database",
    "upgrade",
    "surroundings",
    "pictures",
]


@pytest.mark.parametrize("name", LIGHT_CHECKS)
def test_a_whole_installation_passes(bench: Bench, name: str) -> None:
    result = checked(name, CHECKS[name], bench)
    assert result.passed, result.detail
    assert result.detail


def spoil(name: str, *, how: Callable[[Path], None]) -> Callable[[Path], None]:
    return lambda folder: how(folder / name)


def empty(path: Path) -> None:
    path.write_bytes(b"")


def halve(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])


FAULTS: dict[str, tuple[str, Callable[[Path], None]]] = {
    "no sample": ("resources", spoil("sample/sample_scene.blend", how=Path.unlink)),
    "half a sample": ("resources", spoil("sample/sample_scene.blend", how=halve)),
    "no sound": ("resources", spoil("sounds/done.wav", how=Path.unlink)),
    "no definitions": ("resources", spoil("commands", how=shutil.rmtree)),
    "a broken definition": ("resources", spoil("commands/povray.toml", how=halve)),
    "no translations": ("languages", spoil("translations", how=shutil.rmtree)),
    "an empty catalogue": (
        "languages",
        spoil("translations/zh_CN/LC_MESSAGES/render_manager.mo", how=empty),
    ),
    "no old database": ("upgrade", spoil("selftest/database_0001.db", how=Path.unlink)),
    "an empty old database": ("upgrade", spoil("selftest/database_0001.db", how=empty)),
    "no picture": ("pictures", spoil("selftest/small.tif", how=Path.unlink)),
    "half a picture": ("pictures", spoil("selftest/half_zip.exr", how=halve)),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_is_missing_or_broken_is_found(bench: Bench, shipped: Path, fault: str) -> None:
    name, spoil_it = FAULTS[fault]
    spoil_it(shipped)
    result = checked(name, CHECKS[name], bench)
    assert not result.passed
    assert not result.skipped
    assert result.detail


def test_scripts_that_are_no_files_are_found(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(installation.drivers, "__path__", [str(tmp_path)])
    with pytest.raises(FailedCheck, match=r"scripts are missing in .*: blender_driver\.py"):
        installation.check_drivers(bench)


def test_a_script_that_does_not_compile_is_found(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "drivers"
    shutil.copytree(str(installation.drivers.__path__[0]), copy)
    (copy / "unreal" / "init_unreal.py").write_text("def broken(", "utf-8")
    monkeypatch.setattr(installation.drivers, "__path__", [str(copy)])
    result = checked("drivers", installation.check_drivers, bench)
    assert not result.passed
    assert "SyntaxError" in result.detail


def test_a_module_that_the_build_forgot_is_found(
    bench: Bench, shipped: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(installation, "is_frozen", lambda: True)
    with pytest.raises(FailedCheck, match="list of modules is missing"):
        installation.check_modules(bench)
    (shipped / "selftest" / "modules.txt").write_text(
        "render_manager.domain.job\nrender_manager.domain.forgotten\n", "utf-8"
    )
    with pytest.raises(FailedCheck, match=r"render_manager\.domain\.forgotten: ModuleNotFoundError"):
        installation.check_modules(bench)
    (shipped / "selftest" / "modules.txt").write_text("render_manager.domain.job\n", "utf-8")
    assert installation.check_modules(bench) == "1 modules imported"


def test_the_list_of_modules_has_what_the_source_has() -> None:
    from support.source_tree import modules

    # Scripts of engines are files for other Pythons; the check of drivers looks for them.
    ours = {module.name for module in modules() if not module.is_driver}
    found = {name for name in installation.module_names() if ".drivers." not in name}
    assert ours - {"render_manager"} == found


def test_a_library_that_does_not_work_is_named(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    uses = [("json", lambda library: library.loads("1")), ("forgotten", bool), ("math", lambda _library: 0)]
    monkeypatch.setattr(installation, "_uses", lambda: iter(uses))
    with pytest.raises(FailedCheck) as failed:
        installation.check_libraries(bench)
    assert "forgotten: ModuleNotFoundError" in str(failed.value)
    assert "math." in str(failed.value)
    assert "json" not in str(failed.value)


def test_a_variable_of_ours_in_a_child_is_named(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_PLUGIN_PATH", "/ours")
    assert "none of them ours" in processes.check_surroundings(bench)
    monkeypatch.setattr(processes, "engine_environment", lambda _changes: dict(os.environ))
    with pytest.raises(FailedCheck, match="QT_PLUGIN_PATH"):
        processes.check_surroundings(bench)


@pytest.mark.parametrize("check", [processes.check_process, processes.check_second_start])
def test_processes_that_cannot_be_started_are_found(
    bench: Bench, check: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert check(bench)
    silent = [sys.executable, "-I", "-S", "-c", "pass"]
    monkeypatch.setattr(processes, "stand_in_command", lambda: silent)
    monkeypatch.setattr(processes, "second_start_command", lambda: silent)
    again = Bench(bench.settings, bench.folder / "again")
    again.folder.mkdir()
    with pytest.raises(FailedCheck):
        check(again)


def test_the_built_program_starts_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "render-manager-cli"
    program.touch()
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "render-manager"))
    assert own_program.stand_in_command() == [str(program), "--stand-in-engine"]
    assert own_program.second_start_command() == [str(program), "--second-start"]


@pytest.mark.parametrize(
    ("error", "passed", "skipped", "detail"),
    [
        (FailedCheck("It is broken."), False, False, "It is broken."),
        (RenderManagerError("It cannot be."), False, False, "It cannot be."),
        (SkippedCheck("Not here."), False, True, "Not here."),
        (ValueError("a bug"), False, False, "ValueError: a bug"),
    ],
)
def test_no_check_ends_the_others(
    bench: Bench, error: Exception, detail: str, *, passed: bool, skipped: bool
) -> None:
    def check(_bench: Bench) -> str:
        raise error

    result = checked("one", check, bench)
    assert (result.passed, result.skipped, result.detail) == (passed, skipped, detail)
