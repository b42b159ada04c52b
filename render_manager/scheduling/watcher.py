"""The thread that looks after a worker, since the worker's own thread waits for output."""

import logging
import os
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from render_manager.engines.protocols import Invocation, RunMode
from render_manager.execution.process import RunningProcess
from render_manager.scheduling.memory_watch import MemoryWatch
from render_manager.scheduling.ports import WorkerOrder
from render_manager.scheduling.vigil import CRASH_REPORTERS, DIALOG_SILENCE_S, Cause, Intervention, Pace
from render_manager.scheduling.watching import (
    LONGEST_GAP_S,
    LOOK_EVERY_S,
    EventsFile,
    LifeSigns,
    StagingWatch,
)

log = logging.getLogger(__name__)

RARE_LOOKS = 5
"""Crash reporters, dialogs and the scene are looked at every so many looks; the first are believed when they
are seen twice in a row."""


class Watcher:
    """Reads the events file, finds finished frames where no line tells of them, and sees what went wrong."""

    def __init__(
        self,
        *,
        order: WorkerOrder,
        invocation: Invocation,
        process: RunningProcess,
        pace: Pace,
        memory: MemoryWatch,
        scene: Path,
        log_bytes: Callable[[], int],
        heard: Callable[[Sequence[str]], None],
        found: Callable[[Sequence[int]], None],
        ended: Callable[[Intervention], None],
        touched: Callable[[], None],
        staging_dir: Callable[[], Path | None],
    ) -> None:
        """Take what is told on the watching thread: lines heard, frames found, why it has to go, a new scene.

        `staging_dir` is the folder that a resident worker's frame of the moment goes to.
        """
        self._order = order
        self._process = process
        self._pace = pace
        self._memory = memory
        self._log_bytes = log_bytes
        self._heard = heard
        self._found = found
        self._ended = ended
        self._touched = touched
        self._scene = scene
        self._scene_mark: tuple[int, int] | None = None
        self._staging_dir = staging_dir
        self._ends_frames = invocation.watches_files
        self._looks = 0
        self._looked_s = time.monotonic()
        self._reporter = ""
        self._staging = None
        if order.mode is RunMode.BATCH:
            self._staging = StagingWatch(
                folder=order.tasks[0].staging_dir,
                tasks=order.tasks,
                frames=order.spec.frames,
                pattern=order.spec.output_name,
                least_files=invocation.least_files,
            )
        self._events = None if invocation.events_file is None else EventsFile(invocation.events_file)
        self._life = LifeSigns(cpu_seconds=process.cpu_seconds, now_s=time.monotonic())
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._watch, name=f"watch-{order.worker_id}", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """Stop looking, after a last look into the events file."""
        self._is_over.set()
        if self._thread.is_alive():
            self._thread.join()
        self._memory.forget(self._order.worker_id)
        self._hear()

    def left(self) -> tuple[int, ...]:
        """Return the frames that have files in the staging folder, once the process is gone."""
        return () if self._staging is None else self._staging.left()

    def _watch(self) -> None:
        has_complained = False
        while not self._is_over.wait(LOOK_EVERY_S):
            try:
                self._look()
            except Exception:  # the next look may go well, and nobody else ends a process that is stuck
                if not has_complained:
                    log.exception("worker %s", self._order.worker_id)
                has_complained = True

    def _look(self) -> None:
        self._looks += 1
        self._hear()
        now_s = time.monotonic()
        self._pace.pass_over(max(now_s - self._looked_s - LONGEST_GAP_S, 0.0))
        self._looked_s = now_s
        silent_s = self._silence(now_s)
        reason = self._too_hungry(now_s) or self._too_slow(silent_s, now_s) or self._blocked(silent_s)
        if reason is not None:
            self._is_over.set()
            self._ended(reason)

    def _silence(self, now_s: float) -> float:
        """Return how long there was no sign of life; none is expected of one that waits for a frame."""
        if self._staging is not None:
            done = self._staging.look()
            if self._ends_frames and done:
                self._found(done)
            staging_bytes = self._staging.bytes_seen
        else:
            staging_bytes = _bytes_in(self._staging_dir())
        told_bytes = 0 if self._events is None else self._events.bytes_read
        silent_s = self._life.silent_s(
            log_bytes=self._log_bytes() + told_bytes, staging_bytes=staging_bytes, now_s=now_s
        )
        if self._pace.at_frame_s(now_s) is None:
            self._life.rest()
            return 0.0
        return silent_s

    def _too_slow(self, silent_s: float, now_s: float) -> Intervention | None:
        vigil, has_started = self._order.vigil, self._pace.has_started
        limit_s = vigil.silence_s if has_started else vigil.start_s
        if limit_s is not None and silent_s >= limit_s:
            return Intervention(Cause.STALLED if has_started else Cause.STALLED_AT_START, silent_s)
        at_frame_s = self._pace.at_frame_s(now_s)
        if has_started and vigil.frame_s is not None and (at_frame_s or 0.0) >= vigil.frame_s:
            return Intervention(Cause.FRAME_TOO_LONG, at_frame_s or 0.0)
        return None

    def _too_hungry(self, now_s: float) -> Intervention | None:
        used_bytes = self._process.memory_bytes()
        limit_bytes = self._order.vigil.memory_bytes
        is_over = used_bytes is not None and limit_bytes is not None and used_bytes > limit_bytes
        # Going through all pages holds a large process up, so not at every look.
        if is_over and limit_bytes is not None and not self._looks % RARE_LOOKS:
            used_bytes = self._process.memory_bytes(is_exact=True)
            if used_bytes is not None and used_bytes > limit_bytes:
                return Intervention(Cause.MEMORY_LIMIT, size_bytes=used_bytes)
        if used_bytes is None:
            return None
        if self._memory.must_end(self._order.worker_id, used_bytes, now_s):
            return Intervention(Cause.MEMORY_FULL, size_bytes=used_bytes)
        return None

    def _blocked(self, silent_s: float) -> Intervention | None:
        """Return the crash reporter or the dialog that stands before an engine."""
        if self._looks % RARE_LOOKS:
            return None
        self._look_at_scene()
        before, self._reporter = (
            self._reporter,
            next((name for name in self._process.program_names() if name in CRASH_REPORTERS), ""),
        )
        if self._reporter and self._reporter == before:
            return Intervention(Cause.CRASH_REPORTER, name=self._reporter)
        if silent_s >= DIALOG_SILENCE_S:
            titles = self._process.dialog_titles()
            if titles:
                return Intervention(Cause.DIALOG, silent_s, name=titles[0])
        return None

    def _look_at_scene(self) -> None:
        """Tell when the scene is not what it was at the first look."""
        try:
            status = self._scene.stat()
        except OSError:
            # Away, or being saved just now.
            return
        before, self._scene_mark = self._scene_mark, (status.st_size, status.st_mtime_ns)
        if before is not None and before != self._scene_mark:
            self._touched()

    def _hear(self) -> None:
        lines = [] if self._events is None else self._events.lines()
        if lines:
            self._heard(lines)


def _bytes_in(folder: Path | None) -> int:
    """Return the bytes of the files in a folder, 0 for one that is not there."""
    if folder is None:
        return 0
    try:
        with os.scandir(folder) as entries:
            return sum(entry.stat(follow_symlinks=False).st_size for entry in entries)
    except OSError:
        # Not made yet, or a share that blinks; a file that vanished meanwhile is a sign of life, too.
        return 0
