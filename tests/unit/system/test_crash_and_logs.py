"""What is left of a crash, and the program's own log."""

import logging
import logging.handlers
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.disks import fill

from render_manager.system.crash import CrashFile
from render_manager.system.logs import start_logging
from render_manager.system.paths import AppPaths, app_paths

ROOT = Path(__file__).resolve().parents[3]
PROGRAM = """
    import sys, threading
    sys.path.insert(0, sys.argv[1])
    from pathlib import Path
    from render_manager.system.crash import CrashFile
    crash = CrashFile(Path(sys.argv[2]))
    crash.start()
    """


@pytest.fixture
def root_logger() -> Iterator[logging.Logger]:
    """The program's logger, put back as it was."""
    logger = logging.getLogger("render_manager")
    before = logger.handlers[:], logger.level, logger.propagate
    logger.handlers = []
    yield logger
    for handler in logger.handlers:
        handler.close()
    logger.handlers, logger.level, logger.propagate = before


@pytest.fixture
def paths(tmp_path: Path) -> AppPaths:
    paths = app_paths(tmp_path)
    paths.make()
    return paths


def crash_with(path: Path, code: str) -> "subprocess.CompletedProcess[str]":
    program = textwrap.dedent(PROGRAM) + textwrap.dedent(code)
    command = [sys.executable, "-c", program, str(ROOT), str(path)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("raise RuntimeError('main thread')", "RuntimeError: main thread"),
        (
            "def f(): raise RuntimeError('other thread')\n"
            "t = threading.Thread(target=f); t.start(); t.join()",
            "RuntimeError: other thread",
        ),
        ("import faulthandler; faulthandler._sigsegv()", "Segmentation fault"),
    ],
)
def test_a_crash_is_left_for_the_next_start(tmp_path: Path, code: str, words: str) -> None:
    path = tmp_path / "crash.txt"
    crash_with(path, code)
    crash = CrashFile(path)
    kept = crash.take_last()
    assert kept is not None
    assert words in kept.read_text("utf-8")
    assert crash.take_last() is None
    assert not path.exists()


def test_a_good_end_leaves_nothing(tmp_path: Path) -> None:
    assert crash_with(tmp_path / "crash.txt", "crash.stop()").returncode == 0
    assert list(tmp_path.iterdir()) == []


def test_an_interrupt_is_no_crash(tmp_path: Path) -> None:
    done = crash_with(tmp_path / "crash.txt", "raise KeyboardInterrupt")
    assert "KeyboardInterrupt" in done.stderr
    assert CrashFile(tmp_path / "crash.txt").take_last() is None


def test_a_crash_file_that_cannot_be_made_is_no_reason_not_to_start(tmp_path: Path) -> None:
    crash = CrashFile(tmp_path / "missing" / "crash.txt")
    crash.start()
    crash.stop()
    assert crash.take_last() is None


def test_the_log_goes_to_its_file(paths: AppPaths, root_logger: logging.Logger) -> None:
    start_logging(paths, is_verbose=False)
    logging.getLogger("render_manager.x").info("Küche %s", "影")
    logging.getLogger("render_manager.x").debug("not this")
    text = paths.program_log.read_text("utf-8")
    assert "INFO" in text
    assert "Küche 影" in text
    assert "not this" not in text


def test_a_talkative_run_tells_the_terminal_too(
    paths: AppPaths, root_logger: logging.Logger, capsys: pytest.CaptureFixture[str]
) -> None:
    start_logging(paths, is_verbose=True)
    logging.getLogger("render_manager.x").debug("details")
    assert "details" in capsys.readouterr().err
    assert "details" in paths.program_log.read_text("utf-8")


def test_starting_twice_logs_once(paths: AppPaths, root_logger: logging.Logger) -> None:
    for _time in range(2):
        start_logging(paths, is_verbose=False)
    logging.getLogger("render_manager.x").info("once")
    assert paths.program_log.read_text("utf-8").count("once") == 1


def test_the_log_does_not_grow_for_ever(paths: AppPaths, root_logger: logging.Logger) -> None:
    start_logging(paths, is_verbose=False)
    (handler,) = [h for h in root_logger.handlers if isinstance(h, logging.handlers.RotatingFileHandler)]
    handler.maxBytes = 1000
    for number in range(200):
        logging.getLogger("render_manager.x").info("line %d", number)
    names = sorted(path.name for path in paths.log_dir.iterdir() if path.is_file())
    assert names == ["render-manager.log", *(f"render-manager.log.{number}" for number in (1, 2, 3))]


@pytest.mark.parametrize("is_verbose", [False, True])
def test_a_log_that_cannot_be_written_is_no_reason_not_to_render(
    paths: AppPaths, root_logger: logging.Logger, capsys: pytest.CaptureFixture[str], is_verbose: bool
) -> None:
    paths.program_log.mkdir()
    start_logging(paths, is_verbose=is_verbose)
    for number in range(3):
        logging.getLogger("render_manager.x").info("line %d", number)
    errors = capsys.readouterr().err
    assert "Traceback" not in errors
    assert str(paths.program_log) in errors


def test_a_disk_that_fills_up_does_not_fill_the_terminal(
    small_disk: Path, root_logger: logging.Logger, capsys: pytest.CaptureFixture[str]
) -> None:
    paths = app_paths(small_disk)
    paths.make()
    start_logging(paths, is_verbose=False)
    plug = fill(small_disk)
    for number in range(500):
        logging.getLogger("render_manager.x").info("line %d %s", number, "x" * 100)
    assert capsys.readouterr().err == ""
    plug.unlink()
