import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication

from render_manager.program import WindowProgram
from render_manager.system.ownership import Ownership
from render_manager.system.paths import app_paths
from render_manager.ui.submit_draft import MOST_SCENES_IN_FOLDER
from render_manager.window import open_painted, program_behind


class Core:
    """Remembers when it was stopped."""

    def __init__(self) -> None:
        self.stopped_at: float | None = None
        self.thread = ""

    def stop(self) -> None:
        self.stopped_at = time.monotonic()
        self.thread = threading.current_thread().name


@pytest.fixture
def program(qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[WindowProgram]:
    async def no_start(self: WindowProgram, *_args: Any, **_values: Any) -> None:
        pass

    monkeypatch.setattr(WindowProgram, "_start", no_start)
    paths = app_paths(tmp_path / "base")
    paths.make()
    ownership = Ownership(paths.lock)
    assert ownership.take()
    yield program_behind(open_painted(None), paths, ownership)
    ownership.release()


def test_quitting_waits_for_no_queue_of_inspections(program: WindowProgram) -> None:
    core = program._core = Core()  # type: ignore[assignment]
    done: list[int] = []

    async def inspect(number: int) -> None:
        await program._in_background(lambda: time.sleep(0.2))
        done.append(number)

    for number in range(60):
        program._spawn(inspect(number))
    start: list[float] = []

    async def leave() -> None:
        start.append(time.monotonic())
        program._stop()

    program._spawn(leave())
    program.run([], is_demo=False)
    assert core.stopped_at is not None
    assert core.stopped_at - start[0] < 0.2, "before the first three inspections are over"
    assert core.thread.startswith("stop")
    assert len(done) < 10
    assert "mistake" not in program.window.banner.text()


def test_a_folder_that_is_too_large_is_said_to_be(program: WindowProgram, tmp_path: Path) -> None:
    for number in range(MOST_SCENES_IN_FOLDER + 1):
        (tmp_path / f"{number:03d}.blend").touch()

    async def drop() -> None:
        await program._take_files([tmp_path])
        program._stop()

    program.window.submit.prepare_with(lambda _request, _then: None)
    program._spawn(drop())
    program.run([], is_demo=False)
    assert len(program.window.submit.drafts) == MOST_SCENES_IN_FOLDER
    assert str(MOST_SCENES_IN_FOLDER) in program.window.banner.text()
