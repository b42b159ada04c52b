"""Looks at a batch worker from outside while it runs: its staging folder, its events file, its signs of life.

One thread. Files appear without a line that tells of them, and lines arrive late: what lies on the disk is
the truth (`engines/unreal.md` section 3).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from render_manager.engines.protocols import FrameTask
from render_manager.scheduling.collecting import StagedFile, Stream, staged_files

LOOK_EVERY_S = 1.0
LEAST_WORK = 0.02
"""Share of one processor below which a process tree does nothing; idle programs wake up now and then."""
LONGEST_READ_BYTES = 1 << 20


@dataclass(slots=True)
class _Seen:
    """What was there of one frame at the last look."""

    marks: dict[Path, tuple[int, int]] = field(default_factory=dict)
    """Size and time of change of each file."""
    streams: set[Stream] = field(default_factory=set)


class StagingWatch:
    """Finds the frames whose files are all there."""

    def __init__(
        self, *, folder: Path, tasks: Sequence[FrameTask], pattern: str, least_files: int = 1
    ) -> None:
        """Take the folder, the run, the job's name pattern, and how many files a whole frame has at least."""
        self._folder = folder
        self._pattern = pattern
        self._order = {task.frame: place for place, task in enumerate(tasks)}
        self._seen: dict[int, _Seen] = {}
        self._ended: set[int] = set()
        self._least_files = least_files
        self._most_streams = least_files
        self._furthest = -1
        self.bytes_seen = 0
        """Bytes in the folder at the last look; changes while the engine writes."""

    def look(self) -> list[int]:
        """Return the frames that are done since the last look.

        A frame is done when its files did not change since the last look, are as many as any frame had, and
        a later frame has begun to appear; the last frame is left to the end of the process.
        """
        now = self._look()
        done = []
        for frame, seen in now.items():
            before = self._seen.get(frame)
            is_steady = before is not None and before.marks == seen.marks
            is_full = len(seen.streams) >= self._most_streams and all(
                size for size, _at in seen.marks.values()
            )
            if is_steady and is_full and self._order[frame] < self._furthest and frame not in self._ended:
                self._ended.add(frame)
                done.append(frame)
        self._seen = now
        return sorted(done, key=self._order.__getitem__)

    def left(self) -> tuple[int, ...]:
        """Return the frames that have enough files in the folder, once nobody writes there any more."""
        found = [frame for frame, seen in self._look().items() if len(seen.streams) >= self._least_files]
        return tuple(sorted(found, key=self._order.__getitem__))

    def _look(self) -> dict[int, _Seen]:
        now: dict[int, _Seen] = {}
        self.bytes_seen = 0
        for file in self._files():
            seen = now.setdefault(file.frame, _Seen())
            seen.marks[file.path] = (file.size_bytes, file.changed_ns)
            seen.streams.add(file.stream)
            self.bytes_seen += file.size_bytes
            self._most_streams = max(self._most_streams, len(seen.streams))
            self._furthest = max(self._furthest, self._order[file.frame])
        return now

    def _files(self) -> list[StagedFile]:
        try:
            return list(staged_files(self._folder, self._order, self._pattern))
        except OSError:
            # A share that blinks; at the end of the process it is asked again.
            return []


class EventsFile:
    """Reads the lines that our script inside the engine adds to its events file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._offset = 0
        self._kept = b""

    def lines(self) -> list[str]:
        """Return the whole lines that are new; nothing while the file cannot be read."""
        found: list[str] = []
        try:
            with self._path.open("rb") as file:
                file.seek(self._offset)
                while chunk := file.read(LONGEST_READ_BYTES):
                    self._offset += len(chunk)
                    *whole, self._kept = (self._kept + chunk).split(b"\n")
                    found += [line.decode("utf-8", "replace").rstrip("\r") for line in whole]
        except OSError:
            # Not there yet, or held by the engine just now; the next look reads on.
            return found
        return found


class LifeSigns:
    """Tells how long a worker has shown no sign of life: no output, no bytes in its folder, no work."""

    def __init__(self, *, cpu_seconds: Callable[[], float | None], now_s: float) -> None:
        self._cpu_seconds = cpu_seconds
        self._marks: tuple[int, int] = (-1, -1)
        self._cpu_s = 0.0
        self._looked_at = now_s
        self._alive_at = now_s

    def silent_s(self, *, log_bytes: int, staging_bytes: int, now_s: float) -> float:
        """Return seconds since the last sign of life, measured with a monotonic clock."""
        cpu_s = self._cpu_seconds()
        elapsed_s = now_s - self._looked_at
        # Processes of the tree that ended take their times with them: any change counts, in either direction.
        works = cpu_s is not None and abs(cpu_s - self._cpu_s) > LEAST_WORK * elapsed_s
        marks = (log_bytes, staging_bytes)
        if works or marks != self._marks:
            self._alive_at = now_s
        self._marks, self._cpu_s, self._looked_at = marks, cpu_s or 0.0, now_s
        return now_s - self._alive_at
