"""The dispatcher under any order of submissions, commands, worker behaviour, kills and clock jumps.

Real store, real files, fake workers (support/fake_world.py). After every step everything that must hold is
recounted; at the end everything is let go and must come to rest.
"""

import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from support.clock import FakeClock
from support.fake_world import BAD, GOOD, FakeWorker, FakeWorld
from support.log_watch import LogWatch

from render_manager.domain import commands
from render_manager.domain.changes import HELD_NOTICE
from render_manager.domain.facts import FrameStarted, JobFinished
from render_manager.domain.frameset import FrameSet
from render_manager.domain.job import Job
from render_manager.domain.jobspec import Existing
from render_manager.domain.naming import frame_name
from render_manager.domain.states import FINISHED_JOBS, AttemptOutcome, FrameState, JobState
from render_manager.engines.protocols import FrameTask
from render_manager.scheduling.policy import queue_key
from render_manager.scheduling.same_files import write_same_files
from render_manager.scheduling.staging import STAGING_NAME, job_staging
from render_manager.storage.reader import StoreReader

SHM = Path("/dev/shm")
frame_lists = st.sampled_from(["1-3", "1-6", "5-1", "1-9x4,1-9", "-2-1", "7"])
choices = st.one_of(st.none(), st.sampled_from(["1", "2-4", "1-9x2", "5-1", "-2-0"]).map(FrameSet.parse))
contents = st.sampled_from([GOOD, GOOD, GOOD, BAD, None])


@pytest.fixture(autouse=True)
def _full_disks_are_logged(log_watch: LogWatch) -> None:
    log_watch.allow("The disk is full")


def same_files(one: Job, other: Job) -> bool:
    return one.spec.output_dir == other.spec.output_dir and write_same_files(one.spec, other.spec)


class DispatcherMachine(RuleBasedStateMachine):
    """One set of data, used by one program run after another."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(dir=SHM if SHM.is_dir() else None))
        self.clock = FakeClock()
        self.slots = 2
        self.tokens = 0
        self.kills = 0
        self.is_held = False
        self.begin_run()

    def begin_run(self) -> None:
        self.is_held = False
        self.world = FakeWorld(
            self.folder, clock=self.clock, slots=self.slots, on_hand_out=self.check_hand_out
        )

    def teardown(self) -> None:
        try:
            self.drain()
        finally:
            self.world.close()
            shutil.rmtree(self.folder)

    # What the user does.

    @initialize()
    def first_job(self) -> None:
        self.submit("1-6", 5, 1, Existing.OVERWRITE, "resident", [], shares_folder=False)

    @precondition(lambda self: len(self.world.jobs) < 5 and not self.world.store.is_broken)
    @rule(
        frames=frame_lists,
        priority=st.integers(0, 10),
        retries=st.integers(0, 2),
        existing=st.sampled_from(Existing),
        mode=st.sampled_from(["resident", "resident", "batch"]),
        old=st.lists(st.tuples(st.integers(-2, 9), st.sampled_from([GOOD, BAD])), max_size=3),
        shares_folder=st.booleans(),
    )
    def submit(
        self,
        frames: str,
        priority: int,
        retries: int,
        existing: Existing,
        mode: str,
        old: Sequence[tuple[int, bytes]],
        *,
        shares_folder: bool,
    ) -> None:
        self.tokens += 1
        folder = self.world.output / ("shared" if shares_folder else f"job{self.tokens}")
        for frame, content in () if shares_folder else old:
            folder.mkdir(exist_ok=True)
            (folder / f"{frame_name('shot_####', frame)}.png").write_bytes(content)
        self.world.submit(
            frames,
            token=f"{self.tokens:08x}-0000-4000-8000-000000000000",
            priority=priority,
            max_retries=retries,
            retry_delay_s=10.0,
            existing=existing,
            output_dir=folder,
            options={"mode": mode, "batch_size": 3},
        )

    def some_job(self, data: st.DataObject) -> int:
        return data.draw(st.sampled_from(sorted(job.id for job in self.world.jobs)))

    @precondition(lambda self: len(self.world.jobs))
    @rule(data=st.data(), choice=choices, number=st.integers(0, 13), turn=st.booleans())
    def give_an_order(self, data: st.DataObject, choice: FrameSet | None, number: int, turn: bool) -> None:
        job_id = self.some_job(data)
        command = [
            commands.PauseJobs((job_id,)),
            commands.ResumeJobs((job_id,)),
            commands.CancelJobs((job_id,)),
            commands.CancelFrames(job_id, choice),
            commands.SkipFrames(job_id, choice),
            commands.RetryFrames(job_id, choice, failed_only=True),
            commands.RetryFrames(job_id, choice),
            commands.CancelJobs((job_id,), "cancel"),
            commands.SkipFrames(job_id, choice, "skip"),
            commands.UndoOrder("cancel"),
            commands.UndoOrder("skip"),
            commands.MoveJobs((job_id,), 5, before=1),
            commands.RenderNext(job_id, choice or FrameSet.parse("3")),
            commands.SetPriority((job_id,), len(choice or ()) % 11),
        ][number]
        self.world.inbox.post(command)
        if turn:
            self.world.turn()

    @precondition(lambda self: len(self.world.jobs) > 2)
    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        self.world.order(commands.DeleteJobs((self.some_job(data),)))

    @rule(slots=st.integers(0, 4))
    def change_slots(self, slots: int) -> None:
        self.slots = slots
        self.world.order(commands.SetSlots(slots))

    @rule(held=st.booleans())
    def hold(self, held: bool) -> None:
        self.is_held = held
        self.world.order(commands.HoldQueue(held))

    # What engines do.

    def one_of(self, data: st.DataObject, workers: list[FakeWorker]) -> FakeWorker:
        return data.draw(st.sampled_from(workers))

    @precondition(lambda self: any(worker.tasks for worker in self.world.alive()))
    @rule(data=st.data(), content=contents, turn=st.booleans())
    def worker_finishes(self, data: st.DataObject, content: bytes | None, turn: bool) -> None:
        # Killed workers may still speak: what they said was in the pipe.
        self.one_of(data, [worker for worker in self.world.alive() if worker.tasks]).finish(content)
        if turn:
            self.world.turn()

    @precondition(lambda self: any(worker.tasks for worker in self.world.alive()))
    @rule(data=st.data(), kind=st.integers(0, 3), turn=st.booleans())
    def worker_speaks(self, data: st.DataObject, kind: int, turn: bool) -> None:
        worker = self.one_of(data, [worker for worker in self.world.alive() if worker.tasks])
        if kind == 0:
            worker.get_ready()
        elif kind == 1:
            worker.begin()
        elif kind == 2:
            worker.advance(50.0)
        elif not worker.is_batch:
            worker.err()
        if turn:
            self.world.turn()

    @precondition(lambda self: self.world.alive())
    @rule(data=st.data(), code=st.sampled_from([0, 1, -11]), turn=st.booleans())
    def worker_ends(self, data: st.DataObject, code: int, turn: bool) -> None:
        self.one_of(data, self.world.alive()).end(code)
        if turn:
            self.world.turn()

    @precondition(lambda self: any(w.is_killed or w.is_dismissed for w in self.world.alive()))
    @rule(data=st.data())
    def worker_obeys(self, data: st.DataObject) -> None:
        asked = [worker for worker in self.world.alive() if worker.is_killed or worker.is_dismissed]
        self.one_of(data, asked).end()
        self.world.turn()

    @precondition(lambda self: self.world.sent)
    @rule(data=st.data())
    def a_message_comes_twice(self, data: st.DataObject) -> None:
        self.world.inbox.post(data.draw(st.sampled_from(self.world.sent[-12:])))
        self.world.turn()

    # What the computer does.

    @precondition(lambda self: self.world.pool.waiting)
    @rule(data=st.data(), turn=st.booleans())
    def media_thread_works(self, data: st.DataObject, turn: bool) -> None:
        self.world.pool.run_one(data.draw(st.integers(0, len(self.world.pool.waiting) - 1)))
        if turn:
            self.world.turn()

    @rule()
    def everything_that_waits_is_done(self) -> None:
        self.world.settle()

    @rule(seconds=st.floats(0.01, 30.0))
    def time_passes(self, seconds: float) -> None:
        self.clock.advance(seconds)
        self.world.turn()

    @rule(seconds=st.sampled_from([-86400.0, -3600.0, 30.0, 86400.0]))
    def the_clock_is_set(self, seconds: float) -> None:
        self.clock.jump(seconds)
        self.world.turn()

    @rule(broken=st.booleans())
    def the_disk_fills_or_empties(self, broken: bool) -> None:
        self.world.store.is_broken = broken
        self.clock.advance(0.1)
        self.world.turn()

    @precondition(lambda self: not self.world.store.is_broken)
    @rule(data=st.data())
    def the_program_is_killed(self, data: st.DataObject) -> None:
        """Some media threads get their work done, but nobody hears of it any more."""
        waiting = self.world.pool.waiting
        done = data.draw(st.lists(st.booleans(), min_size=len(waiting), max_size=len(waiting)))
        for function, is_done in zip(list(waiting), done, strict=True):
            if is_done:
                function()
        self.world.die()
        self.kills += 1
        self.begin_run()

    # What must hold.

    def check_hand_out(self, world: FakeWorld, worker: FakeWorker, tasks: Sequence[FrameTask]) -> None:
        """Check that these frames may be handed to this worker, at the moment it happens."""
        assert not world.ledger.is_in_trouble
        assert not self.is_held
        for task in tasks:
            job = world.jobs.get(task.job_id)
            assert job is not None
            assert not job.record.paused
            assert job.frame_state(task.frame) is FrameState.PENDING
            assert task.attempt == job.frames.attempts_of(task.frame) + 1
            for other in world.working():
                held = {(one.job_id, one.frame) for one in other.tasks}
                assert other is worker or (task.job_id, task.frame) not in held, "two workers, one frame"
                theirs = [world.jobs.get(one.job_id) for one in other.tasks[:1]]
                assert not any(one and one is not job and same_files(one, job) for one in theirs)
        mine = world.jobs.get(tasks[0].job_id)
        assert mine is not None
        key = queue_key(mine.record.priority, mine.record.position)
        for job in world.jobs.queue_order():
            if queue_key(job.record.priority, job.record.position) < key:
                assert not world.startable(job), f"job {job.id} should have come before job {mine.id}"

    @invariant()
    def nothing_went_wrong_inside(self) -> None:
        notices = [notice.code for changes in self.world.published for notice in changes.notices]
        assert set(notices) <= {"store", "submit", HELD_NOTICE}, notices

    @invariant()
    def counts_are_a_recount(self) -> None:
        for job in self.world.jobs:
            assert sum(job.counts.values()) == len(job.spec.frames)
            if job.memory is not None:
                assert job.counts == job.memory.states.counts()

    @invariant()
    def rendering_frames_have_an_attempt(self) -> None:
        rendering = {
            (job.id, frame)
            for job in self.world.jobs
            if job.memory is not None
            for frame in job.memory.states.numbers_in(FrameState.RENDERING)
        }
        assert rendering == set(self.world.attempts.running)
        for job in self.world.jobs:
            if job.memory is None:
                assert not job.counts[FrameState.RENDERING]

    @invariant()
    def the_scheduler_knows_the_workers_that_live(self) -> None:
        known = {worker.id for worker in self.world.alive()}
        # A worker whose end was told may still be in the book until the message is read.
        assert known <= set(self.world.workforce.workers)

    @invariant()
    def nobody_waits_without_a_reason(self) -> None:
        world = self.world
        if not world.inbox._items.empty() or world.ledger.is_in_trouble or self.is_held:
            return
        if len(world.workforce.workers) < world.workforce.slots and not world.checks_are_full:
            idle = {job.id: world.startable(job) for job in world.jobs.queue_order()}
            assert not any(idle.values()), f"could be started: {idle}"

    @invariant()
    def waiting_ends_when_it_is_due(self) -> None:
        world = self.world
        if not world.inbox._items.empty() or world.ledger.is_in_trouble or self.is_held:
            return
        if world.workforce.can_take_more and not world.alive():
            due = [
                at
                for job in world.jobs.queue_order()
                if not job.record.paused and job.memory is not None
                for at in job.memory.retry_at.values()
            ]
            if due and not world.pool.waiting:
                assert world.dispatcher.time_to_next() <= max(min(due) - self.clock.now(), 0.0) + 0.001

    @invariant()
    def memory_is_what_is_stored(self) -> None:
        world = self.world
        if not world.ledger.is_empty or world.ledger.is_in_trouble:
            return
        reader = world.reader()
        try:
            stored = {snapshot.id: snapshot for snapshot in reader.jobs()}
            assert set(stored) == {job.id for job in world.jobs}
            for job in world.jobs:
                assert stored[job.id] == job.snapshot()
                self.check_stored_frames(reader, job)
        finally:
            reader.close()

    def check_stored_frames(self, reader: StoreReader, job: Job) -> None:
        attempts: dict[int, list[AttemptOutcome]] = {}
        for record in reader.attempts(job.id):
            outcomes = attempts.setdefault(record.frame, [])
            outcomes.append(record.outcome)
            assert record.number == len(outcomes), f"attempts of frame {record.frame} have a gap"
            assert (record.ended_at is None) == (record.outcome is AttemptOutcome.RUNNING)
        memory = job.memory
        for index, row in enumerate(reader.frames(job.id)):
            outcomes = attempts.get(row.number, [])
            assert len(outcomes) == row.attempts
            is_running = bool(outcomes) and outcomes[-1] is AttemptOutcome.RUNNING
            assert is_running == (row.state is FrameState.RENDERING)
            assert AttemptOutcome.RUNNING not in outcomes[:-1]
            if row.state is FrameState.COMPLETED:
                assert outcomes[-1] is AttemptOutcome.COMPLETED
                assert row.outputs
                assert all(Path(file).read_bytes() == GOOD for file in row.outputs)
            if memory is not None:
                assert memory.states.at(index) is row.state
                assert memory.attempts[index] == row.attempts
                assert memory.failures.get(row.number, 0) == row.failures
                assert memory.retry_at.get(row.number) == row.retry_at
        if memory is not None:
            assert self.world.store.load_frames(job).forced == memory.forced

    @invariant()
    def output_folders_hold_whole_files_only(self) -> None:
        for path in self.world.output.glob("*/*"):
            if path.name == STAGING_NAME or path.read_bytes() == GOOD:
                continue
            assert path.read_bytes() == BAD, path  # was there before, and not overwritten yet

    def drain(self) -> None:
        """Let everything go on, with obedient workers, until it comes to rest."""
        world = self.world
        world.store.is_broken = False
        self.clock.advance(5.0)
        world.order(commands.SetSlots(2))
        self.is_held = False
        world.order(commands.HoldQueue(held=False))
        world.order(commands.ResumeJobs(tuple(job.id for job in world.jobs)))
        world.settle()
        world.render_all()
        self.counts_are_a_recount()
        self.memory_is_what_is_stored()
        for job in world.jobs:
            assert job.state in FINISHED_JOBS, job.snapshot()
            assert job.memory is None, "frames of finished jobs are let go"
        assert not world.alive()
        assert not world.attempts.running
        # A kill right after a job was deleted can leave its folder, since nobody knows of it any more.
        known = [job_staging(job.spec.output_dir, job.record.uuid) for job in world.jobs]
        left = list(world.output.glob(f"*/{STAGING_NAME}"))
        assert not ([path for path in known if path.exists()] if self.kills else left), "folders are left"
        self.check_facts()

    def check_facts(self) -> None:
        facts = [fact for changes in self.world.published for fact in changes.facts]
        started = Counter((fact.job_id, fact.frame) for fact in facts if isinstance(fact, FrameStarted))
        attempts = [
            (fact.job_id, fact.frame, fact.attempt) for fact in facts if isinstance(fact, FrameStarted)
        ]
        assert len(set(attempts)) == len(attempts) == sum(started.values())
        last = {fact.job_id: fact.state for fact in facts if isinstance(fact, JobFinished)}
        for job in self.world.jobs:
            if job.id in last:
                assert last[job.id] is job.state
        assert JobState.RUNNING not in last.values()


DispatcherMachine.TestCase.settings = settings(max_examples=60, stateful_step_count=40)
TestDispatcher = DispatcherMachine.TestCase


class LongDispatcherMachine(DispatcherMachine):
    """The same, for a night."""


LongDispatcherMachine.TestCase.settings = settings(
    max_examples=int(os.environ.get("RENDER_MANAGER_TEST_EXAMPLES", "3000")), stateful_step_count=60
)
TestDispatcherForLong = pytest.mark.soak(pytest.mark.timeout(0)(LongDispatcherMachine.TestCase))
