"""A watcher whose thread is not started, and a process tree of which a test says what is seen."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

from render_manager.engines.protocols import FrameTask, Invocation, RunMode
from render_manager.execution.process import RunningProcess
from render_manager.scheduling import watcher
from render_manager.scheduling.memory_watch import MemoryWatch
from render_manager.scheduling.ports import WorkerOrder
from render_manager.scheduling.vigil import Pace, Vigil
from support.fake_world import INSTALLATION
from support.jobs import make_spec


def batch_order(folder: Path) -> WorkerOrder:
    return WorkerOrder(
        worker_id=1,
        job_uuid="j",
        spec=make_spec("1-2"),
        installation=INSTALLATION,
        mode=RunMode.BATCH,
        tasks=(FrameTask(1, 1, 1, folder, "shot_0001", owns_staging=False),),
        log_path=folder / "log",
        vigil=Vigil(silence_s=0.05, start_s=0.05),
    )


class FakeProcess:
    """A process tree of which a test says what is seen."""

    def __init__(self, cpu_seconds: Callable[[], float | None] = lambda: 0.0) -> None:
        self.cpu = cpu_seconds
        self.used_bytes: int | None = 100
        self.programs: tuple[str, ...] = ("engine",)
        self.titles: tuple[str, ...] = ()

    def cpu_seconds(self) -> float | None:
        return self.cpu()

    def memory_bytes(self, *, is_exact: bool = False) -> int | None:
        return self.used_bytes

    def program_names(self) -> tuple[str, ...]:
        return self.programs

    def dialog_titles(self) -> tuple[str, ...]:
        return self.titles


def watcher_of(
    order: WorkerOrder,
    *,
    process: FakeProcess | None = None,
    pace: Pace | None = None,
    memory: MemoryWatch | None = None,
    events_file: Path | None = None,
    log_bytes: int = 0,
    staging_dir: Path | None = None,
    **told: Callable[..., None],
) -> watcher.Watcher:
    """Return a watcher whose thread is not started; what it tells goes nowhere unless a test listens."""
    deaf: dict[str, Any] = dict.fromkeys(("heard", "found", "ended", "touched"), lambda *_told: None)
    return watcher.Watcher(
        order=order,
        invocation=Invocation(("x",), events_file=events_file),
        process=cast("RunningProcess", process or FakeProcess()),
        pace=pace or Pace(0.0),
        memory=memory or MemoryWatch(available_bytes=lambda: 1 << 40, total_bytes=1 << 40),
        scene=order.spec.scene,
        log_bytes=lambda: log_bytes,
        staging_dir=lambda: staging_dir,
        **{**deaf, **told},
    )
