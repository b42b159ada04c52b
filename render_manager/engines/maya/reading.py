"""What the reader of one renderer's lines offers to the parser."""

from typing import Protocol

from render_manager.engines.events import EngineEvent
from render_manager.engines.maya.progress import FrameTracker


class RendererReader(Protocol):
    """Reads the lines that one renderer prints, wherever in a line they begin; no clock, no files."""

    @property
    def name(self) -> str:
        """Return the renderer's name as its makers write it."""
        ...

    def read(self, text: str, tracker: FrameTracker) -> list[EngineEvent] | None:
        """Return what a line says about the frames, nothing or not; None when it is not this renderer's."""
        ...
