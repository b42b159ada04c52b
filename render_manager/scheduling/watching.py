"""Looks at a batch worker from outside while it runs: its staging folder, its events file, its signs of life.

One thread. Files appear without a line that tells of them, and lines arrive late: what lies on the disk is
the truth (`engines/unreal.md` section 3).
"""

import time
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from render_manager.engines.protocols import FrameTask
from render_manager.scheduling.collecting import StagedFile, Stream, lone_file, staged_files

LOOK_EVERY_S = 1.0
LEAST_WORK = 0.02
"""Share of one processor below which a process tree does nothing; idle programs wake up now and then."""
LONGEST_READ_BYTES = 1 << 20
LONGEST_GAP_S = 60.0
"""Time between two looks counts as silence no longer than this: the computer slept, or a share held up the
look, and the engine could do nothing either."""
_ASK_AGAIN_S = (0.5, 1.0, 2.0, 4.0, 8.0)
"""Waits between tries at a folder that cannot be read once the process is gone."""


@dataclass(slots=True)
class _Seen:
    """What was there of one frame at the last look."""

    marks: dict[Path, tuple[int, int]] = field(default_factory=dict)
    """Size and time of change of each file."""
    streams: set[Stream] = field(default_factory=set)


class StagingWatch:
    """Finds the frames whose files are all there."""

    def __init__(
        self,
        *,
        folder: Path,
        tasks: Sequence[FrameTask],
        frames: Container[int],
        pattern: str,
        least_files: int = 1,
    ) -> None:
        """Take folder and run, the job's frames and name pattern, and how many files a frame has at least."""
        self._folder = folder
        self._frames = frames
        self._pattern = pattern
        self._order = {task.frame: place for place, task in enumerate(tasks)}
        self._seen: dict[int, _Seen] = {}
        self._ended: set[int] = set()
        self._least_files = least_files
        self._most_streams = least_files
        self._furthest = -1
        self._is_away = False
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

    def left(self, sleep: Callable[[float], None] = time.sleep) -> tuple[int, ...]:
        """Return the frames that have enough files in the folder, once nobody writes there any more.

        A share that is away just now is asked again for some seconds: hours of rendering may lie there.
        """
        for delay_s in _ASK_AGAIN_S:
            now = self._look()
            if not self._is_away:
                break
            sleep(delay_s)
        else:
            now = self._look()
        found = [frame for frame, seen in now.items() if len(seen.streams) >= self._least_files]
        if not now and len(self._order) == 1 and self._has_lone_file():
            found = list(self._order)
        return tuple(sorted(found, key=self._order.__getitem__))

    def _has_lone_file(self) -> bool:
        try:
            return bool(lone_file(self._folder, name="", output_dir=self._folder))
        except OSError:
            return False

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
        self._is_away = False
        try:
            files = list(staged_files(self._folder, self._frames, self._pattern))
        except OSError:
            # A share that blinks (Windows says "not found"); at the end of the process it is asked again.
            self._is_away = True
            return []
        return [file for file in files if file.frame in self._order]


class EventsFile:
    """Reads the lines that our script inside the engine adds to its events file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._offset = 0
        self._kept = b""

    @property
    def bytes_read(self) -> int:
        """Return how much of it was read; grows while our script speaks."""
        return self._offset

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
        self._silent_s = 0.0

    def silent_s(self, *, log_bytes: int, staging_bytes: int, now_s: float) -> float:
        """Return watched seconds since the last sign of life; `now_s` is that of a monotonic clock."""
        cpu_s = self._cpu_seconds()
        elapsed_s = min(now_s - self._looked_at, LONGEST_GAP_S)
        # Processes of the tree that ended take their times with them: any change counts, in either direction.
        works = cpu_s is not None and abs(cpu_s - self._cpu_s) > LEAST_WORK * elapsed_s
        marks = (log_bytes, staging_bytes)
        self._silent_s = 0.0 if works or marks != self._marks else self._silent_s + elapsed_s
        self._marks, self._cpu_s, self._looked_at = marks, cpu_s or 0.0, now_s
        return self._silent_s

    def rest(self) -> None:
        """Begin to count anew; while it waits for a frame, silence says nothing."""
        self._silent_s = 0.0
