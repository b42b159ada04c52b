"""The files that a program says it wrote, where their names lack the frame's number.

The scheduler finds a frame's files by the number in their names. A process that renders one frame may well
write `out.png`; its line tells which file that is.
"""

import os
from pathlib import Path

from render_manager.domain.jobspec import JobSpec
from render_manager.domain.naming import frame_name, frame_number
from render_manager.engines.events import WrittenFile


class WrittenFiles:
    """Gathers the files of the frame that is rendered now; for one thread."""

    def __init__(self, spec: JobSpec | None, run: tuple[int, ...]) -> None:
        """Take the job, None for a log from anywhere, and the frames of the run."""
        self._spec = spec if len(run) == 1 else None
        self._run = run
        self._paths: dict[Path, None] = {}

    def add(self, text: str) -> None:
        """Take a file that a line names; one that is not below the output folder is none of this run's."""
        path = Path(text)
        if self._spec is not None and path.is_absolute() and path.is_relative_to(self._spec.output_dir):
            self._paths[path] = None

    def clear(self) -> None:
        """Forget the files; another frame begins."""
        self._paths.clear()

    @property
    def are_without_number(self) -> bool:
        """Return whether there are files, and one of them cannot be found by its name."""
        return any(frame_number(path.stem) != self._run[0] for path in self._paths)

    def files(self, frame: int) -> tuple[WrittenFile, ...]:
        """Return where each file belongs; nothing when all can be found by their names."""
        if self._spec is None or not self.are_without_number:
            return ()
        top = Path(os.path.commonpath([path.parent for path in self._paths]))
        name = frame_name(self._spec.output_name, frame)
        number = frame_name("####", frame)
        files = []
        for place, path in enumerate(self._paths):
            below = path.parent.relative_to(top)
            final_name = f"{name}{path.suffix}"
            if place and below == Path():
                final_name = f"{path.stem}_{number}{path.suffix}"
            final_dir = "" if below == Path() else str(self._spec.output_dir / below)
            files.append(WrittenFile(str(path), final_dir, final_name))
        return tuple(files)
