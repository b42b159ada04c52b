"""Files and folders for this user alone."""

import logging
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from render_manager.scheduling.staging import make_job_staging
from render_manager.storage.database import open_database
from render_manager.system.crash import CrashFile
from render_manager.system.logs import start_logging
from render_manager.system.paths import app_paths
from render_manager.system.private_files import begin_private, make_private
from render_manager.system.whole_files import write_whole

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="modes mean nothing there")


@pytest.fixture(params=[0o000, 0o022], ids=oct)
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_folders_database_logs_and_crash_file(tmp_path: Path, umask: int) -> None:
    paths = app_paths(tmp_path / "base")
    paths.make()
    open_database(paths.database).close()
    crash = CrashFile(paths.crash_file)
    crash.start()
    start_logging(paths, is_verbose=False)
    try:
        logging.getLogger("render_manager.test").info("x")
        write_whole(paths.settings, "slots = 1\n")
        made = [path for path in (tmp_path / "base").rglob("*") if mode(path) & 0o077]
        assert made == []
        assert paths.program_log.stat().st_size
        assert mode(tmp_path / "base") == 0o700
    finally:
        crash.stop()
        logger = logging.getLogger("render_manager")
        for handler in list(logger.handlers):
            if isinstance(handler, logging.FileHandler):
                logger.removeHandler(handler)
                handler.close()
        logger.propagate = True


def test_staging_of_a_job_is_private_and_the_folder_above_it_is_not(tmp_path: Path, umask: int) -> None:
    folder = make_job_staging(tmp_path, "abcdef0123456789")
    assert mode(folder) == 0o700
    assert mode(folder.parent) == 0o777 & ~umask


def test_an_old_database_is_closed_to_others(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    open_database(path).close()
    path.chmod(0o644)
    open_database(path).close()
    assert mode(path) == 0o600


def test_what_cannot_be_made_or_changed_is_left_to_those_who_need_it(tmp_path: Path) -> None:
    begin_private(tmp_path / "missing" / "file")
    make_private(tmp_path / "missing")
    assert list(tmp_path.iterdir()) == []
