"""The thread that looks after a batch worker, since the worker's own thread waits for output."""

import logging
import threading
import time
from collections.abc import Callable, Sequence

from render_manager.engines.protocols import Invocation
from render_manager.scheduling.ports import WorkerOrder
from render_manager.scheduling.watching import LOOK_EVERY_S, EventsFile, LifeSigns, StagingWatch

log = logging.getLogger(__name__)


class Watcher:
    """Reads the events file, finds finished frames where no line tells of them, and sees a stuck process."""

    def __init__(
        self,
        *,
        order: WorkerOrder,
        invocation: Invocation,
        cpu_seconds: Callable[[], float | None],
        log_bytes: Callable[[], int],
        heard: Callable[[Sequence[str]], None],
        found: Callable[[Sequence[int]], None],
        stalled: Callable[[float], None],
    ) -> None:
        """Take what is told on the watching thread: lines heard, frames found, seconds of silence."""
        self._name = f"watch-{order.worker_id}"
        self._log_bytes = log_bytes
        self._heard = heard
        self._found = found
        self._stalled = stalled
        self._stall_s = order.stall_s
        self._ends_frames = invocation.watches_files
        self._staging = StagingWatch(
            folder=order.tasks[0].staging_dir,
            tasks=order.tasks,
            frames=order.spec.frames,
            pattern=order.spec.output_name,
            least_files=invocation.least_files,
        )
        self._events = None if invocation.events_file is None else EventsFile(invocation.events_file)
        self._life = LifeSigns(cpu_seconds=cpu_seconds, now_s=time.monotonic())
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._watch, name=self._name, daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """Stop looking, after a last look into the events file."""
        self._is_over.set()
        if self._thread.is_alive():
            self._thread.join()
        self._hear()

    def left(self) -> tuple[int, ...]:
        """Return the frames that have files in the staging folder, once the process is gone."""
        return self._staging.left()

    def _watch(self) -> None:
        has_complained = False
        while not self._is_over.wait(LOOK_EVERY_S):
            try:
                self._look()
            except Exception:  # the next look may go well, and nobody else ends a process that is stuck
                if not has_complained:
                    log.exception("%s", self._name)
                has_complained = True

    def _look(self) -> None:
        self._hear()
        done = self._staging.look()
        if self._ends_frames and done:
            self._found(done)
        told_bytes = 0 if self._events is None else self._events.bytes_read
        silent_s = self._life.silent_s(
            log_bytes=self._log_bytes() + told_bytes,
            staging_bytes=self._staging.bytes_seen,
            now_s=time.monotonic(),
        )
        if self._stall_s is not None and silent_s >= self._stall_s:
            self._is_over.set()
            self._stalled(silent_s)

    def _hear(self) -> None:
        lines = [] if self._events is None else self._events.lines()
        if lines:
            self._heard(lines)
