"""The program's core without a window, with a watch on what it publishes and when."""

import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path

from render_manager.assembly import Core, build_core, plain_pools
from render_manager.domain.changes import ChangeSet, JobSnapshot
from render_manager.domain.commands import SubmitJob
from render_manager.domain.jobspec import JobSpec
from render_manager.domain.states import FINISHED_JOBS
from render_manager.engines.catalog import Catalog
from render_manager.engines.protocols import Engine, FoundInstallations, Installation
from render_manager.scheduling.ports import Subscriber, WorkerFactory
from render_manager.system.paths import AppPaths, app_paths
from render_manager.system.settings import Settings

PATIENCE_S = 600.0


class KnownInstallations:
    """Finds what it was given, without starting a program to ask its version."""

    def __init__(self, *installations: Installation) -> None:
        self._found = FoundInstallations(installations)

    def find(self) -> FoundInstallations:
        """Return what was given."""
        return self._found


class Watch:
    """Waits for things to be published; notes when they were."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._changes: list[tuple[float, ChangeSet]] = []
        self.jobs: dict[int, JobSnapshot] = {}

    def receive(self, changes: ChangeSet) -> None:
        """Take a change set; the owner thread calls this."""
        now = time.perf_counter()
        with self._condition:
            self._changes.append((now, changes))
            self.jobs.update(changes.jobs)
            self._condition.notify_all()

    def wait_for(self, is_it: Callable[[ChangeSet], bool], patience_s: float = PATIENCE_S) -> float:
        """Return when the first change set that fits was published (perf_counter); forgets those before."""
        deadline = time.monotonic() + patience_s
        while True:
            with self._condition:
                while not self._changes:
                    left = deadline - time.monotonic()
                    if left <= 0:
                        raise TimeoutError(f"nothing that fits was published within {patience_s} s")
                    self._condition.wait(left)
                waiting, self._changes = self._changes, []
            for place, (when, changes) in enumerate(waiting):
                if is_it(changes):
                    with self._condition:
                        self._changes[:0] = waiting[place + 1 :]
                    return when


class Headless:
    """A core on a folder of its own; a context manager that stops it."""

    def __init__(
        self,
        folder: Path,
        engine: Engine,
        *,
        slots: int = 1,
        workers: WorkerFactory | None = None,
        subscribers: tuple[Subscriber, ...] = (),
    ) -> None:
        self.paths: AppPaths = app_paths(folder)
        self.paths.make()
        self.watch = Watch()
        self.settings = Settings()
        self.catalog = Catalog([engine])
        self.catalog.refresh()
        self.core: Core = build_core(
            paths=self.paths,
            settings=self.settings,
            catalog=self.catalog,
            subscribers=[self.watch.receive, *subscribers],
            pools=plain_pools(),
            slots=slots,
            workers=workers,
        )

    def __enter__(self) -> "Headless":
        self.core.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.core.stop()

    def render(self, spec: JobSpec) -> float:
        """Submit a job, return the seconds to its end; raises RuntimeError unless all frames are good."""
        start = time.perf_counter()
        self.core.post(SubmitJob(spec))
        finished = self.watch.wait_for(_is_any_finished)
        job = next(iter(self.watch.jobs.values()))
        if job.completed_frames != job.total_frames:
            raise RuntimeError(f"{job.completed_frames} of {job.total_frames} frames: {job.error_log}")
        return finished - start


def render_once(folder: Path, engine: Engine, spec: JobSpec, *, slots: int) -> float:
    """Render a job with a core of its own and return the seconds from submission to the end."""
    shutil.rmtree(spec.output_dir, ignore_errors=True)
    with Headless(folder, engine, slots=slots) as headless:
        seconds = headless.render(spec)
    shutil.rmtree(folder)
    return seconds


def _is_any_finished(changes: ChangeSet) -> bool:
    return any(job.state in FINISHED_JOBS for job in changes.jobs.values())
