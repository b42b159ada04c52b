"""Puts the core together, without Qt: store, scheduler, engines, media. Used by `app` and nobody else."""

import logging
import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from render_manager.domain.commands import Command, Shutdown
from render_manager.domain.jobspec import JobSpec
from render_manager.engines.blender.engine import BlenderEngine
from render_manager.engines.blender.installations import BlenderFinder
from render_manager.engines.catalog import Catalog
from render_manager.engines.commands.engine import CommandEngine
from render_manager.engines.commands.loading import load_definitions
from render_manager.engines.existing import existing_of
from render_manager.engines.maya.engine import MayaEngine
from render_manager.engines.maya.installations import MayaFinder
from render_manager.engines.maya.scene_reader import read_scene
from render_manager.engines.probing import ProbeMemory
from render_manager.engines.protocols import Engine, RunMode
from render_manager.engines.unreal.engine import UnrealEngine
from render_manager.engines.unreal.installations import UnrealFinder
from render_manager.execution.process import Courtesy, Urgency
from render_manager.media import examine, is_picture_name
from render_manager.scheduling.attempts import Attempts
from render_manager.scheduling.collecting import with_companions
from render_manager.scheduling.disk_watch import DiskWatch
from render_manager.scheduling.dispatcher import Dispatcher, Inbox
from render_manager.scheduling.endings import Endings
from render_manager.scheduling.existing_files import ExistingFiles
from render_manager.scheduling.finishing import FrameFinisher
from render_manager.scheduling.foreman import Foreman
from render_manager.scheduling.job_book import JobBook
from render_manager.scheduling.ledger import Ledger
from render_manager.scheduling.log_keeping import KeepingFactory, LogKeeper
from render_manager.scheduling.memory_watch import MemoryWatch
from render_manager.scheduling.messages import EnginesFound
from render_manager.scheduling.orders import Orders
from render_manager.scheduling.ports import Clock, Pool, Post, Subscriber, WorkerFactory
from render_manager.scheduling.private_workers import PrivateWorkers
from render_manager.scheduling.recovery import Recovery
from render_manager.scheduling.sweeping import Sweeper
from render_manager.scheduling.worker import EngineWorkerFactory
from render_manager.scheduling.workforce import Workforce
from render_manager.storage.backups import BackupKeeper
from render_manager.storage.database import open_database
from render_manager.storage.reader import StoreReader
from render_manager.storage.store import Store
from render_manager.system.clock import SystemClock
from render_manager.system.memory import available_bytes, total_bytes
from render_manager.system.paths import AppPaths, app_paths
from render_manager.system.resources import resource
from render_manager.system.settings import Settings
from render_manager.system.threads import ExecutorPool

log = logging.getLogger(__name__)

MOST_WORKER_THREADS = 128
"""Slots limit how many workers run; this only has to be more, since killed ones take a moment to end."""


def media_threads() -> int:
    """Return how many threads decode pictures: few, the engines need the processor."""
    return max(1, min(4, (os.cpu_count() or 1) // 4))


class ClosablePool(Pool, Protocol):
    """A pool that can be waited for."""

    def finish(self) -> None:
        """Take nothing more and wait for what runs."""
        ...


@dataclass(frozen=True, slots=True)
class Pools:
    """The threads the core works on."""

    workers: ClosablePool
    media: ClosablePool


def plain_pools() -> Pools:
    """Return pools of plain threads, for runs without a window."""
    return Pools(
        workers=ExecutorPool(name="worker", max_threads=MOST_WORKER_THREADS),
        media=ExecutorPool(name="media", max_threads=media_threads()),
    )


def build_catalog(paths: AppPaths, settings: Settings) -> Catalog:
    """Return the engines this program knows; what is installed is found by `Catalog.refresh`."""
    memory, closing = ProbeMemory(paths.installations), threading.Event()
    finder = BlenderFinder(setting=settings.executables.get("blender"), memory=memory)
    engines: list[Engine] = [
        BlenderEngine(finder=finder),
        MayaEngine(finder=MayaFinder(settings.executables.get("maya")), read_scene=read_scene),
        UnrealEngine(
            finder=UnrealFinder(setting=settings.executables.get("unreal")), is_closing=closing.is_set
        ),
    ]
    definitions, complaints = load_definitions(
        [paths.own_engines, resource("commands")], taken=[engine.id for engine in engines]
    )
    engines += [CommandEngine(definition, memory=memory) for definition in definitions]
    return Catalog(engines, complaints=complaints, closing=closing)


class Core:
    """The running program behind every face: an owner thread, its pools and its inbox."""

    def __init__(
        self,
        *,
        dispatcher: Dispatcher,
        inbox: Inbox,
        pools: Pools,
        reader: StoreReader,
        notices: Sequence[str],
        backups: BackupKeeper,
        disk: DiskWatch,
        factory: EngineWorkerFactory | None = None,
    ) -> None:
        self._factory = factory
        self._disk = disk
        self._backups = backups
        self._dispatcher = dispatcher
        self._inbox = inbox
        self._pools = pools
        self._thread = threading.Thread(target=dispatcher.run, name="owner")
        self.reader = reader
        self.notices = tuple(notices)

    def start(self) -> None:
        """Start the owner thread."""
        self._backups.start()
        self._thread.start()

    def post(self, command: Command) -> None:
        """Give an order; any thread."""
        self._inbox.post(command)

    def set_courtesy(self, courtesy: Courtesy) -> None:
        """Let engines that are started from now on make room for others in this way; any thread."""
        if self._factory is not None:
            self._factory.set_courtesy(courtesy)

    def reserve_disk(self, size_bytes: int | None) -> None:
        """Leave so much of every disk free from the next look on, None for what is sensible; any thread."""
        self._disk.reserved_bytes = size_bytes

    def engines_found(self) -> None:
        """Say that the catalog is complete; any thread."""
        self._inbox.post(EnginesFound())

    @property
    def is_running(self) -> bool:
        """Return whether the owner thread works."""
        return self._thread.is_alive()

    def stop(self) -> None:
        """Stop the engines, store everything, and wait for all threads."""
        if self._thread.is_alive():
            self._inbox.post(Shutdown())
            self._thread.join()
        self._pools.workers.finish()
        self._pools.media.finish()
        self.reader.close()
        self._backups.stop()


def build_core(
    *,
    paths: AppPaths,
    settings: Settings,
    catalog: Catalog,
    subscribers: Sequence[Subscriber],
    pools: Pools,
    slots: int | None = None,
    serves_stored_jobs: bool = True,
    workers: WorkerFactory | None = None,
    clock: Clock | None = None,
    waits_after_interruption: bool = False,
) -> Core:
    """Open the database and build everything that works on it; nothing runs before `Core.start`.

    With `serves_stored_jobs` False only jobs submitted from now on are rendered. With
    `waits_after_interruption` the queue is held from the start if frames had been interrupted, until
    somebody orders it to go on. Raises UserError or StorageError with a sentence.
    """
    database = open_database(paths.database, traces=paths.worker_logs)
    thumbnail_dir = settings.thumbnail_dir or paths.thumbnails
    store, clock, inbox = Store(database), clock or SystemClock(), Inbox()
    jobs = JobBook(store, serves_stored_jobs=serves_stored_jobs)
    backups = BackupKeeper(paths.database)
    # Before those that may end the program at what they hear.
    ledger = Ledger(store=store, subscribers=[backups.changed, *subscribers])
    finisher = FrameFinisher(examine=examine, is_picture_name=is_picture_name, pool=pools.media)
    sweeper = Sweeper(finisher=finisher, post=inbox.post)
    disk = DiskWatch(
        run=finisher.run, clock=clock, post=inbox.post, reserved_bytes=settings.reserved_disk_bytes
    )
    plain = workers or _worker_factory(catalog, pools, settings)
    reader = StoreReader(paths.database)
    factory = KeepingFactory(plain, LogKeeper(paths.worker_logs, last_of_failed=reader.last_logs_of_failed))
    workforce = Workforce(
        factory=factory,
        clock=clock,
        log_dir=paths.worker_logs,
        slots=settings.slots if slots is None else slots,
        engine_slots=settings.engine_slots,
        post=inbox.post,
    )
    attempts = Attempts(
        jobs=jobs,
        ledger=ledger,
        finisher=finisher,
        clock=clock,
        thumbnail_dir=thumbnail_dir,
        post=inbox.post,
    )
    foreman = _build_foreman(
        jobs=jobs,
        ledger=ledger,
        attempts=attempts,
        workforce=workforce,
        catalog=catalog,
        finisher=finisher,
        sweeper=sweeper,
        disk=disk,
        clock=clock,
        post=inbox.post,
    )
    orders = Orders(
        store=store,
        jobs=jobs,
        ledger=ledger,
        attempts=attempts,
        workforce=workforce,
        finisher=finisher,
        clock=clock,
        log_dir=paths.worker_logs,
        thumbnail_dir=thumbnail_dir,
    )
    recovery = Recovery(
        store=store,
        jobs=jobs,
        ledger=ledger,
        finisher=finisher,
        sweeper=sweeper,
        clock=clock,
        post=inbox.post,
    )
    dispatcher = Dispatcher(
        inbox=inbox,
        store=store,
        jobs=jobs,
        ledger=ledger,
        attempts=attempts,
        workforce=workforce,
        foreman=foreman,
        orders=orders,
        recovery=recovery,
        sweeper=sweeper,
        clock=clock,
        waits_after_interruption=waits_after_interruption,
    )
    return Core(
        dispatcher=dispatcher,
        inbox=inbox,
        pools=pools,
        reader=reader,
        notices=database.notices,
        backups=backups,
        disk=disk,
        factory=plain if isinstance(plain, EngineWorkerFactory) else None,
    )


def build_trial_core(
    folder: Path, *, settings: Settings, catalog: Catalog, subscribers: Sequence[Subscriber]
) -> Core:
    """Return a core of its own for trying single frames: everything it writes is below `folder`.

    It knows nothing of the queue, tries nothing twice, and goes through the same engines as the real one.
    """
    paths, pools = app_paths(folder), plain_pools()
    paths.make()
    plain = _worker_factory(catalog, pools, settings)
    return build_core(
        paths=paths,
        settings=settings.model_copy(
            update={"max_retries": 0, "thumbnail_dir": None, "render_output_dir": None}
        ),
        catalog=catalog,
        subscribers=subscribers,
        pools=pools,
        slots=1,
        workers=PrivateWorkers(plain, folder / "elsewhere"),
    )


def _build_foreman(
    *,
    jobs: JobBook,
    ledger: Ledger,
    attempts: Attempts,
    workforce: Workforce,
    catalog: Catalog,
    finisher: FrameFinisher,
    sweeper: Sweeper,
    disk: DiskWatch,
    clock: Clock,
    post: Post,
) -> Foreman:
    existing = ExistingFiles(
        jobs=jobs,
        ledger=ledger,
        attempts=attempts,
        finisher=finisher,
        list_existing=lambda spec: _list_existing(spec, catalog),
        clock=clock,
        post=post,
    )
    return Foreman(
        jobs=jobs,
        ledger=ledger,
        attempts=attempts,
        workforce=workforce,
        catalog=catalog,
        finisher=finisher,
        existing=existing,
        endings=Endings(jobs=jobs, ledger=ledger, attempts=attempts, catalog=catalog, clock=clock),
        sweeper=sweeper,
        disk=disk,
        clock=clock,
    )


def _worker_factory(catalog: Catalog, pools: Pools, settings: Settings) -> EngineWorkerFactory:
    return EngineWorkerFactory(
        engine_of=catalog.engine,
        pool=pools.workers,
        env={},
        memory=MemoryWatch(available_bytes=available_bytes, total_bytes=total_bytes()),
        courtesy=courtesy_of(settings),
    )


def courtesy_of(settings: Settings) -> Courtesy:
    """Return how engines make room for others by the settings."""
    return Courtesy(Urgency(settings.engine_priority), settings.processors)


def _list_existing(spec: JobSpec, catalog: Catalog) -> dict[int, tuple[Path, ...]]:
    """Return the files of a job's frames that are there already; raises OSError."""
    engine = catalog.engine(spec.engine)
    found = existing_of(spec, engine)
    if engine.run_mode(spec) is RunMode.RESIDENT:
        return {frame: (path,) for frame, path in found.items()}
    return with_companions(found, spec.output_dir, spec.frames, spec.output_name)
