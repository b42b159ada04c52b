"""Playing a scenario in the real window, as a user would: drop, choose, wait for what is seen."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDragEnterEvent, QDropEvent, QImage
from PySide6.QtWidgets import QApplication

from render_manager.domain.states import FrameState

if TYPE_CHECKING:
    from render_manager.program import WindowProgram

PATIENCE_S = 90.0
Scenario = Callable[["WindowProgram"], Awaitable[None]]


def play(program: "WindowProgram", scenario: Scenario) -> None:
    """Run the program's own loop with a scenario in it, then close the window as a user would."""
    problems: list[BaseException] = []

    async def run() -> None:
        try:
            await asyncio.wait_for(scenario(program), PATIENCE_S * 2)
        except BaseException as problem:  # noqa: BLE001 - raised again outside the loop
            problems.append(problem)
        program.stop()

    program.spawn(run())
    assert program.run([], is_demo=False) == 0
    if problems:
        raise problems[0]


async def until(condition: Callable[[], object], what: str) -> None:
    for _turn in range(int(PATIENCE_S / 0.02)):
        if condition():
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"waited {PATIENCE_S} s for {what}")


def drop(program: "WindowProgram", *paths: Path) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(300, 300), Qt.DropAction.CopyAction, mime, buttons, keys)
    QApplication.sendEvent(program.window, enter)
    assert enter.isAccepted()
    event = QDropEvent(QPointF(300, 300), Qt.DropAction.CopyAction, mime, buttons, keys)
    QApplication.sendEvent(program.window, event)


def select(program: "WindowProgram", *frames: int) -> None:
    pane = program.window.frames
    pane.grid.clearSelection()
    for number in frames:
        place = pane.model.place_of(number)
        assert place is not None
        flags = pane.grid.selectionModel().SelectionFlag
        pane.grid.selectionModel().setCurrentIndex(pane.model.index(place), flags.Select)


def state_of(program: "WindowProgram", frame: int) -> FrameState:
    return program.window.frames.model.states.of(frame)


def count(program: "WindowProgram", state: FrameState) -> int:
    return program.window.frames.model.states.counts()[state]


def engines_of_this_program() -> list[psutil.Process]:
    children = psutil.Process().children(recursive=True)
    return [child for child in children if child.status() != psutil.STATUS_ZOMBIE]


def mean_color(image: QImage) -> tuple[float, float, float]:
    small = image.scaled(1, 1, mode=Qt.TransformationMode.SmoothTransformation)
    color = QColor(small.pixelColor(0, 0))
    return color.red(), color.green(), color.blue()


def cell_pixmap(program: "WindowProgram", frame: int):  # type: ignore[no-untyped-def]
    pane = program.window.frames
    row = pane.model.cell(pane.model.place_of(frame)).row
    return pane.thumbnails.get(row.thumbnail) if row is not None and row.thumbnail else None
