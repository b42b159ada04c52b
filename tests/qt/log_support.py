"""Logs, attempts and panes for the tests of the log."""

from pathlib import Path

from pytestqt.qtbot import QtBot

from render_manager.domain.changes import AttemptRecord
from render_manager.domain.states import AttemptOutcome
from render_manager.engines.blender.engine import BlenderEngine
from render_manager.engines.blender.installations import BlenderFinder
from render_manager.engines.probing import ProbeMemory
from render_manager.engines.protocols import Engine
from render_manager.ui.log_index import LogIndex
from render_manager.ui.log_pane import LogPane
from render_manager.ui.pools import Errands
from render_manager.ui.theme import Theme

STATUS = "Fra:7 Mem:10.06M (Peak 10.83M) | Time:00:00.17 | Scene, ViewLayer | Sample {number}/400"
NO_CAMERA = "Error: Cannot render, no camera"


def blender(_id: str = "blender") -> Engine:
    return BlenderEngine(finder=BlenderFinder(setting=None, memory=ProbeMemory(None)))


def index_of(path: Path, start: int = 0, end: int | None = None) -> LogIndex:
    index = LogIndex(path, start, end)
    while index.extend(index.look()):
        pass
    return index


def attempt(
    path: Path,
    number: int = 1,
    *,
    frame: int = 7,
    start: int = 0,
    end: int | None = None,
    outcome: AttemptOutcome = AttemptOutcome.FAILED,
    code: str = "",
    reason: str = "",
    advice: str = "",
) -> AttemptRecord:
    return AttemptRecord(
        1,
        frame,
        number,
        AttemptOutcome.RUNNING if end is None else outcome,
        0.0,
        reason=reason,
        advice=advice,
        code=code,
        log_path=str(path),
        log_start=start,
        log_end=end,
    )


def ended(path: Path, number: int = 1, **values: object) -> AttemptRecord:
    """Return an attempt that has the whole file and is over."""
    return attempt(path, number, end=path.stat().st_size, **values)  # type: ignore[arg-type]  # by keyword


def write_lines(path: Path, *lines: str) -> Path:
    path.write_text("".join(f"{line}\n" for line in lines))
    return path


def shown_pane(qtbot: QtBot, theme: Theme, errands: Errands, width: int = 500, height: int = 300) -> LogPane:
    pane = LogPane(theme=theme, errands=errands)
    pane.explain_with(blender)
    qtbot.addWidget(pane)
    pane.resize(width, height)
    pane.show()
    qtbot.waitExposed(pane)
    pane.load_icons()
    return pane
