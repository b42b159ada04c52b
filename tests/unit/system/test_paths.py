"""Where files go: all in one folder if asked for, in the usual places otherwise."""

import os
from dataclasses import fields
from pathlib import Path

import pytest

from render_manager.domain.errors import UserError
from render_manager.system.paths import APP_NAME, BASE_DIR_VARIABLE, AppPaths, app_paths


def all_of(paths: AppPaths) -> list[Path]:
    names = [name for name, value in vars(AppPaths).items() if isinstance(value, property)]
    return [getattr(paths, name) for name in [*names, *(field.name for field in fields(AppPaths))]]


def test_a_base_folder_holds_everything(tmp_path: Path) -> None:
    paths = app_paths(tmp_path / "base")
    assert all(path == tmp_path / "base" or tmp_path / "base" in path.parents for path in all_of(paths))
    paths.make()
    assert paths.log_dir.is_dir()
    assert paths.cache_dir.is_dir()


def test_no_two_files_share_a_place(tmp_path: Path) -> None:
    paths = app_paths(tmp_path)
    files = [path for path in all_of(paths) if path not in (paths.data_dir, paths.config_dir)]
    assert len(files) == len(set(files))


def test_the_environment_names_the_base_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(BASE_DIR_VARIABLE, str(tmp_path / "env"))
    assert app_paths().data_dir == tmp_path / "env"
    assert app_paths(tmp_path / "given").data_dir == tmp_path / "given"
    monkeypatch.setenv(BASE_DIR_VARIABLE, "")
    assert app_paths().data_dir.name == APP_NAME


@pytest.mark.skipif(os.name != "posix", reason="XDG folders")
def test_the_usual_places(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    paths = app_paths()
    assert paths.database == tmp_path / "data" / APP_NAME / "render-manager.db"
    assert paths.thumbnails == tmp_path / "cache" / APP_NAME / "thumbnails"


def test_relative_and_home_folders_become_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert app_paths(Path("a/../b")).data_dir == tmp_path / "b"
    if os.name == "posix":
        assert app_paths(Path("~/rm")).data_dir == tmp_path / "home" / "rm"


@pytest.mark.parametrize("kind", ["file", "below-file", "kernel", "long"])
def test_a_base_folder_that_cannot_be(tmp_path: Path, kind: str) -> None:
    (tmp_path / "file").write_text("x")
    base = {
        "file": tmp_path / "file",
        "below-file": tmp_path / "file" / "base",
        "kernel": Path("/proc/render-manager"),
        "long": tmp_path / ("x" * 300),
    }[kind]
    if kind == "kernel" and not Path("/proc").is_dir():
        pytest.skip("there is no /proc")
    with pytest.raises(UserError, match=r"cannot be made: .*--base-dir"):
        app_paths(base).make()


def test_a_folder_without_the_right_to_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda path, _mode: Path(path).name != "logs")
    with pytest.raises(UserError, match=r"logs cannot be written to\. Choose another with --base-dir"):
        app_paths(tmp_path).make()
