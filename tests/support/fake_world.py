"""The scheduler with a real store and real files, and everything else under a test's control.

Workers do nothing by themselves: a test says when one is ready, finishes, crashes or ends. Media threads
are a list of functions that wait to be run. Time is a fake clock.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from render_manager.domain import commands
from render_manager.domain.changes import ChangeSet
from render_manager.domain.diagnosis import Diagnosis
from render_manager.domain.errors import StorageUnavailableError, UserError
from render_manager.domain.job import Job
from render_manager.domain.job_parts import FrameMemory
from render_manager.domain.jobspec import JobSpec
from render_manager.domain.outcome import ProcessOutcome
from render_manager.domain.states import FINISHED_JOBS, FrameState
from render_manager.engines import events as said
from render_manager.engines.events import EngineEvent, Remark, WrittenFile
from render_manager.engines.existing import existing_of
from render_manager.engines.protocols import FrameTask, Installation, InstallationKind, Patience, RunMode
from render_manager.scheduling import messages
from render_manager.scheduling.attempts import Attempts
from render_manager.scheduling.collecting import with_companions
from render_manager.scheduling.disk_watch import DiskWatch, Space
from render_manager.scheduling.dispatcher import Dispatcher, Inbox
from render_manager.scheduling.endings import Endings
from render_manager.scheduling.existing_files import ExistingFiles
from render_manager.scheduling.finishing import FrameFinisher
from render_manager.scheduling.foreman import Foreman
from render_manager.scheduling.job_book import JobBook
from render_manager.scheduling.ledger import Ledger
from render_manager.scheduling.orders import Orders
from render_manager.scheduling.policy import MAX_FRAMES_IN_CHECK
from render_manager.scheduling.ports import WorkerOrder
from render_manager.scheduling.recovery import Recovery
from render_manager.scheduling.same_files import write_same_files
from render_manager.scheduling.sweeping import Sweeper
from render_manager.scheduling.workforce import Workforce
from render_manager.storage.database import Database, open_database
from render_manager.storage.reader import StoreReader
from render_manager.storage.store import Store
from support.clock import FakeClock
from support.jobs import make_spec

GOOD = b"a whole picture"
BAD = b"half a pict"
INSTALLATION = Installation(
    engine="fake",
    key="fake:/opt/fake",
    version=(1, 0),
    version_text="1.0",
    executable=Path("/opt/fake"),
    kind=InstallationKind.PROGRAM,
    found_by="test",
)


class NotWholeError(UserError):
    """A picture file of the tests does not hold what a whole one holds."""


@dataclass(frozen=True)
class FakeHealth:
    """What a picture is judged by."""

    is_black: bool = False
    nan_pixels: int = 0
    inf_pixels: int = 0
    grey: bytes = b""
    checksum: int = 0


@dataclass(frozen=True)
class FakePicture:
    """What looking at a picture gives."""

    thumbnail: str
    width: int = 64
    height: int = 36
    channels: tuple[str, ...] = ("R", "G", "B")
    health: FakeHealth = FakeHealth()


def fake_examine(path: Path, *, thumbnail: Path | None = None) -> FakePicture:
    """Take the word `GOOD` in a file for a whole picture."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise NotWholeError(f"{path} cannot be read.") from error
    if data != GOOD:
        raise NotWholeError(f"{path.name} is not whole.")
    return FakePicture("" if thumbnail is None else str(thumbnail))


def fake_is_picture_name(path: Path) -> bool:
    return path.suffix == ".png"


class FakeEngine:
    """An engine of which the scheduler sees the few things it asks for."""

    id = "fake"
    name = "Fake"
    suffixes = (".fake",)

    def run_mode(self, spec: JobSpec) -> RunMode:
        return RunMode(spec.options.get("mode", "resident"))

    def run_length(self, spec: JobSpec, frames: Sequence[int], share: int) -> int:
        most = share if spec.options.get("shares") else len(frames)
        return min(int(spec.options.get("batch_size", 3)), most, len(frames))

    def patience(self, spec: JobSpec) -> Patience:
        return Patience(leave_s=float(spec.options.get("leave_s", 30.0)))

    def explain(
        self, outcome: ProcessOutcome | None, remarks: Sequence[Remark], error: str, error_code: str = ""
    ) -> Diagnosis:
        for remark in remarks:
            if remark.fatal:
                return Diagnosis(remark.code, remark.meaning, permanent=remark.permanent, scope=remark.scope)
        if error:
            return Diagnosis(error_code or "engine-error", error)
        if outcome is not None and outcome.crashed:
            return Diagnosis("crashed", "It crashed.", "Try again.", crashed=True)
        return Diagnosis("no-frame", "It ended without the frame.")

    def should_fall_back(self, installation: Installation, diagnosis: Diagnosis) -> bool:
        return diagnosis.code == "driver-error"


class FakeCatalog:
    """Knows one engine, installed unless a test says otherwise."""

    def __init__(self) -> None:
        self.fake_engine = FakeEngine()
        self.found: Installation | None = INSTALLATION
        self.problem = ""

    def engine(self, engine_id: str) -> Any:
        if engine_id != "fake":
            raise UserError(f"There is no engine {engine_id}.")
        return self.fake_engine

    def installation(self, key: str) -> Installation | None:
        if self.problem:
            raise UserError(self.problem)
        return self.found


class ManualPool:
    """Functions that wait until the test runs them."""

    def __init__(self) -> None:
        self.waiting: list[Callable[[], None]] = []

    def submit(self, function: Callable[[], None]) -> None:
        self.waiting.append(function)

    def run_one(self, place: int = 0) -> None:
        self.waiting.pop(place)()

    def run_all(self) -> None:
        while self.waiting:
            self.run_one()


class FlakyStore:
    """A store that can be told to be out of order, as on a full disk."""

    def __init__(self, store: Store) -> None:
        self.real = store
        self.is_broken = False
        self.commits = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)

    def commit(self, **parts: Any) -> None:
        if self.is_broken:
            raise StorageUnavailableError("The disk is full.")
        self.commits += 1
        self.real.commit(**parts)

    def add_job(self, spec: JobSpec, uuid: str, now: float) -> Job:
        if self.is_broken:
            raise StorageUnavailableError("The disk is full.")
        return self.real.add_job(spec, uuid, now)


@dataclass
class FakeWorker:
    """A worker that does what the test says, as real ones would: late, wrong, or not at all."""

    world: "FakeWorld"
    order: WorkerOrder
    tasks: list[FrameTask]
    is_ready: bool = False
    is_killed: bool = False
    is_dismissed: bool = False
    has_ended: bool = False
    log_size: int = 0

    @property
    def id(self) -> int:
        return self.order.worker_id

    @property
    def is_batch(self) -> bool:
        return self.order.mode is RunMode.BATCH

    def assign(self, task: FrameTask) -> None:
        assert not self.is_dismissed, "a dismissed worker got a frame"
        assert not self.is_killed, "a killed worker got a frame"
        assert not self.tasks, "a busy worker got a second frame"
        assert not self.is_batch, "a batch worker got a further frame"
        self.world.handed_out(self, [task])
        self.tasks.append(task)

    def dismiss(self) -> None:
        self.is_dismissed = True

    def kill(self) -> None:
        self.is_killed = True

    def say(self, event: EngineEvent) -> None:
        assert not self.has_ended
        self.log_size += 100
        self.world.send(messages.WorkerSaid(self.id, event, self.log_size))

    def get_ready(self) -> None:
        self.is_ready = True
        if not self.is_batch:
            self.say(said.EngineReady("1.0"))

    def begin(self) -> None:
        if not self.is_ready:
            self.get_ready()
        self.say(said.FrameBegan(self.tasks[0].frame))

    def advance(self, percent: float) -> None:
        self.say(said.FrameAdvanced(self.tasks[0].frame, percent, "sampling"))

    def write(self, content: bytes | None) -> list[WrittenFile]:
        """Write the frame's file as the engine would; None writes none."""
        task = self.tasks[0]
        task.staging_dir.mkdir(parents=True, exist_ok=True)
        path = task.staging_dir / f"{task.name}.png"
        if content is not None:
            path.write_bytes(content)
        return [] if self.is_batch or content is None else [WrittenFile(str(path))]

    def finish(self, content: bytes | None = GOOD) -> None:
        """Render the current frame to its end."""
        if not self.is_ready:
            self.get_ready()
        files = self.write(content)
        task = self.tasks.pop(0)
        self.say(said.FrameEnded(task.frame, tuple(files), 1.5))

    def err(self, text: str = "It broke.") -> None:
        if not self.is_ready:
            self.get_ready()
        self.say(said.FrameErred(self.tasks.pop(0).frame, text))

    def end(self, exit_code: int = 0) -> None:
        """End the process; a killed one says so."""
        assert not self.has_ended
        outcome = ProcessOutcome(137 if self.is_killed else exit_code, was_killed=self.is_killed)
        self.world.send(messages.WorkerEnded(self.id, outcome, self.log_size))
        self.has_ended = True
        self.tasks.clear()


@dataclass
class FakeWorld:
    """One run of the program on the data in `folder`."""

    folder: Path
    clock: FakeClock = field(default_factory=FakeClock)
    slots: int = 2
    serves_stored_jobs: bool = True
    waits_after_interruption: bool = False
    on_hand_out: Callable[["FakeWorld", FakeWorker, Sequence[FrameTask]], None] | None = None
    output: Path = field(init=False)

    def __post_init__(self) -> None:
        self.output = self.folder / "out"
        self.output.mkdir(exist_ok=True)
        self.pool = ManualPool()
        self.catalog = FakeCatalog()
        self.workers: list[FakeWorker] = []
        self.sent: list[object] = []
        self.published: list[ChangeSet] = []
        self.space: Space | None = Space(1, 1 << 40, 1 << 40)
        """The room on the one disk there is."""
        self.database: Database = open_database(self.folder / "store.db")
        self.store = FlakyStore(Store(self.database))
        self._readers: list[StoreReader] = []
        self.inbox = Inbox()
        self._assemble()
        self.dispatcher.start()

    def _assemble(self) -> None:
        post, clock = self.inbox.post, self.clock
        self.jobs = JobBook(self.store, serves_stored_jobs=self.serves_stored_jobs)
        self.ledger = Ledger(store=self.store, subscribers=[self.published.append])
        self.finisher = FrameFinisher(
            examine=fake_examine,
            is_picture_name=fake_is_picture_name,
            pool=self.pool,
            sleep=lambda _seconds: None,
        )
        self.sweeper = Sweeper(finisher=self.finisher, post=post)
        self.disk = DiskWatch(
            run=lambda function: function(), clock=clock, post=post, space_of=lambda _folder: self.space
        )
        self.workforce = Workforce(
            factory=self,
            clock=clock,
            log_dir=self.folder / "logs",
            slots=self.slots,
            engine_slots={},
            post=post,
        )
        common: Mapping[str, Any] = {
            "jobs": self.jobs,
            "ledger": self.ledger,
            "finisher": self.finisher,
            "clock": clock,
        }
        self.attempts = Attempts(**common, thumbnail_dir=self.folder / "thumbs", post=post)
        self.existing = ExistingFiles(
            **common,
            attempts=self.attempts,
            list_existing=self.list_existing,
            post=post,
        )
        self.foreman = Foreman(
            **common,
            attempts=self.attempts,
            workforce=self.workforce,
            catalog=self.catalog,
            existing=self.existing,
            endings=Endings(
                jobs=self.jobs,
                ledger=self.ledger,
                attempts=self.attempts,
                catalog=self.catalog,
                clock=clock,
            ),
            sweeper=self.sweeper,
            disk=self.disk,
        )
        self.orders = Orders(
            **common,
            store=self.store,
            attempts=self.attempts,
            workforce=self.workforce,
            log_dir=self.folder / "logs",
            thumbnail_dir=self.folder / "thumbs",
        )
        self.recovery = Recovery(**common, store=self.store, sweeper=self.sweeper, post=post)
        self.dispatcher = Dispatcher(
            inbox=self.inbox,
            store=self.store,
            jobs=self.jobs,
            ledger=self.ledger,
            attempts=self.attempts,
            workforce=self.workforce,
            foreman=self.foreman,
            orders=self.orders,
            recovery=self.recovery,
            sweeper=self.sweeper,
            clock=clock,
            waits_after_interruption=self.waits_after_interruption,
        )

    def list_existing(self, spec: JobSpec) -> dict[int, tuple[Path, ...]]:
        engine = self.catalog.engine(spec.engine)
        found = existing_of(spec, engine)
        if engine.run_mode(spec) is RunMode.RESIDENT:
            return {frame: (path,) for frame, path in found.items()}
        return with_companions(found, spec.output_dir, spec.frames, spec.output_name)

    def start(self, order: WorkerOrder, post: Callable[[object], None]) -> FakeWorker:
        """Be the worker factory."""
        alive = len(self.alive())
        assert alive < self.workforce.slots, f"{alive} workers alive with {self.workforce.slots} slots"
        worker = FakeWorker(self, order, [])
        self.handed_out(worker, order.tasks)
        worker.tasks = list(order.tasks)
        self.workers.append(worker)
        return worker

    def handed_out(self, worker: FakeWorker, tasks: Sequence[FrameTask]) -> None:
        if self.on_hand_out is not None:
            self.on_hand_out(self, worker, tasks)

    def alive(self) -> list[FakeWorker]:
        return [worker for worker in self.workers if not worker.has_ended]

    def working(self) -> list[FakeWorker]:
        """Return the workers that have a frame and were not killed."""
        return [worker for worker in self.alive() if worker.tasks and not worker.is_killed]

    def send(self, item: object) -> None:
        self.sent.append(item)
        self.inbox.post(item)

    def submit(self, frames: str = "1-5", *, token: str = "", **values: Any) -> Job:
        """Submit a job and return it as the scheduler knows it; it must be taken."""
        values.setdefault("output_dir", self.output / (token or "job"))
        values.setdefault("retry_delay_s", 60.0)
        token = token or f"{len(self.jobs):08x}-0000-4000-8000-000000000000"
        self.inbox.post(commands.SubmitJob(make_spec(frames, **values), token))
        self.turn()
        return next(job for job in self.jobs if job.record.uuid == token)

    def order(self, command: commands.Command) -> None:
        self.inbox.post(command)
        self.turn()

    def turn(self) -> None:
        self.dispatcher.turn(0)

    def settle(self) -> None:
        """Run media work and turns until nothing more comes of itself, and store everything."""
        for _round in range(200):
            self.pool.run_all()
            self.turn()
            self.clock.advance(0.05)
            self.turn()
            if not self.pool.waiting and (self.ledger.is_empty or self.ledger.is_in_trouble):
                return
        raise AssertionError("it never comes to rest")

    def render_on(self, content: bytes | None = GOOD) -> None:
        """Let every worker finish its frame, or end if it was asked to."""
        for worker in self.alive():
            if worker.is_killed or (worker.is_dismissed and not worker.tasks):
                worker.end()
            elif worker.tasks:
                worker.finish(content)
            elif worker.is_batch:
                worker.end()
        self.settle()

    def render_all(self, *, rounds: int = 300) -> None:
        """Work until every job is finished and every worker has gone."""
        for _round in range(rounds):
            self.render_on()
            if self.is_done():
                return
            if not self.alive() and not self.has_news():
                self.clock.advance(self.dispatcher.time_to_next())
        raise AssertionError(f"not done: {[job.snapshot().reason for job in self.jobs]}")

    def has_news(self) -> bool:
        return bool(self.pool.waiting) or not self.inbox._items.empty() or not self.ledger.is_empty

    def is_done(self) -> bool:
        done = all(
            not (job.counts[FrameState.PENDING] or job.counts[FrameState.RENDERING]) for job in self.jobs
        )
        return done and not self.alive() and not self.has_news()

    def memory(self, job: Job) -> FrameMemory:
        """Return a job's frames, from the store where the scheduler let go of them."""
        return job.memory or self.store.load_frames(job)

    def frames_in(self, job: Job, state: FrameState) -> list[int]:
        return self.memory(job).states.numbers_in(state)

    def startable(self, job: Job) -> list[int]:
        """Return the frames of a job that could be started now, found the slow way."""
        if job.record.paused or job.memory is None or self.waits_for_another(job):
            return []
        queue = self.jobs.frames_of(job)
        if queue.is_closed:
            return []
        now = self.clock.now()
        first = set(queue._first)
        return [
            frame
            for frame in job.frames.states.numbers_in(FrameState.PENDING)
            if frame not in queue.taken
            and frame not in queue.in_doubt
            and (frame in first or job.frames.retry_at.get(frame, now) <= now)
        ]

    def waits_for_another(self, job: Job) -> bool:
        """Return whether a job of the same files must be done first, found the slow way."""
        busy = {key[0] for key in self.attempts.running}
        busy |= {worker.job_id for worker in self.workforce.workers.values() if worker.tasks}
        return any(
            other.spec.output_dir == job.spec.output_dir
            and write_same_files(other.spec, job.spec)
            and (other.id in busy if other.id > job.id else other.state not in FINISHED_JOBS)
            for other in self.jobs
            if other is not job
        )

    @property
    def checks_are_full(self) -> bool:
        return self.attempts.in_check >= MAX_FRAMES_IN_CHECK

    def reader(self) -> StoreReader:
        self._readers.append(StoreReader(self.folder / "store.db"))
        return self._readers[-1]

    def die(self) -> None:
        """Be killed: nothing is stored, nothing is told, every worker is gone."""
        for worker in self.alive():
            worker.has_ended = True
        self._close_readers()
        self.database.abandon()

    def _close_readers(self) -> None:
        while self._readers:
            self._readers.pop().close()

    def close(self) -> None:
        self._close_readers()
        self.store.close()
