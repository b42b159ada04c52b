"""Workers for trying a frame: what they write stays in a private folder, whatever the scene says."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from render_manager.engines.events import FrameEnded, WrittenFile
from render_manager.scheduling.messages import WorkerSaid
from render_manager.scheduling.ports import Worker, WorkerFactory, WorkerOrder


class PrivateWorkers:
    """Starts workers of another factory, and sends their files nowhere but below a folder."""

    def __init__(self, factory: WorkerFactory, folder: Path) -> None:
        self._factory = factory
        self._folder = folder

    def start(self, order: WorkerOrder, post: Callable[[object], None]) -> Worker:
        """Start a worker whose further files, as of File Output nodes, do not go to their folders."""

        def privately(message: object) -> None:
            if isinstance(message, WorkerSaid) and isinstance(message.event, FrameEnded):
                files = tuple(self._kept(file) for file in message.event.files)
                message = replace(message, event=replace(message.event, files=files))
            post(message)

        return self._factory.start(order, privately)

    def _kept(self, file: WrittenFile) -> WrittenFile:
        return replace(file, final_dir=str(self._folder)) if file.final_dir else file
