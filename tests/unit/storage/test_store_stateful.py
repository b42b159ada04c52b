"""Random batches of random steps: what is loaded again is what memory holds, snapshots and frames alike."""

import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from support.jobs import make_spec

from render_manager.domain import events
from render_manager.domain.changes import FrameChange, FrameResult
from render_manager.domain.diagnosis import Diagnosis
from render_manager.domain.frameset import FrameSet
from render_manager.domain.job import Job
from render_manager.domain.states import FRAME_CODES, FrameState
from render_manager.storage.database import open_database
from render_manager.storage.reader import StoreReader
from render_manager.storage.store import Store

FRAMES = st.sampled_from(["1-12", "1-23x2", "9-1", "-3-2,7,8,20", "4"])
texts = st.text(max_size=20)
results = st.builds(
    FrameResult,
    outputs=st.lists(texts, min_size=1, max_size=3).map(tuple),
    thumbnail=texts,
    seconds=st.floats(0, 1e6),
)
faults = st.builds(Diagnosis, code=texts, text=texts, advice=texts)
choices = st.one_of(st.none(), st.lists(st.integers(-4, 24), min_size=1, max_size=8).map(FrameSet.of))


class StoreMachine(RuleBasedStateMachine):
    """Some jobs, changed in memory and stored in batches."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "store.db"
        self.store = Store(open_database(self.path))
        self.jobs: dict[int, Job] = {}
        self.changed: dict[int, Job] = {}
        self.changes: list[FrameChange] = []
        self.now = 100.0
        self.uuids = 0

    def teardown(self) -> None:
        self.store.close()
        self.folder.cleanup()

    @initialize(text=FRAMES)
    def begin(self, text: str) -> None:
        self.add_one(text)

    @rule(text=FRAMES)
    def add(self, text: str) -> None:
        self.add_one(text)

    def add_one(self, text: str) -> None:
        if len(self.jobs) < 4:
            self.uuids += 1
            spec = make_spec(text, project="film" if self.uuids % 2 else "")
            job = self.store.add_job(spec, f"uuid-{self.uuids}", self.now)
            self.jobs[job.id] = job

    def apply(self, data: st.DataObject, make_event: object) -> None:
        job = data.draw(st.sampled_from(sorted(self.jobs.values(), key=lambda job: job.id)))
        self.now += 1.0
        event = make_event(job) if callable(make_event) else make_event
        if event is not None:
            self.changes += job.apply(event, self.now).frames
            self.changed[job.id] = job

    def one(self, data: st.DataObject, job: Job, state: FrameState) -> int | None:
        found = job.frames.states.numbers_in(state)
        return data.draw(st.sampled_from(found)) if found else None

    @rule(data=st.data())
    def start(self, data: st.DataObject) -> None:
        def event(job: Job) -> events.JobEvent | None:
            frame = self.one(data, job, FrameState.PENDING)
            return None if frame is None else events.AttemptStarted(frame)

        self.apply(data, event)

    @rule(data=st.data(), result=results)
    def complete(self, data: st.DataObject, result: FrameResult) -> None:
        def event(job: Job) -> events.JobEvent | None:
            frame = self.one(data, job, FrameState.RENDERING)
            return None if frame is None else events.AttemptCompleted(frame, result)

        self.apply(data, event)

    @rule(data=st.data(), fault=faults, retry_at=st.one_of(st.none(), st.floats(0, 1e9)))
    def fail(self, data: st.DataObject, fault: Diagnosis, retry_at: float | None) -> None:
        def event(job: Job) -> events.JobEvent | None:
            frame = self.one(data, job, FrameState.RENDERING)
            return None if frame is None else events.AttemptFailed(frame, fault, retry_at)

        self.apply(data, event)

    @rule(data=st.data(), choice=choices, reason=texts)
    def change_many(self, data: st.DataObject, choice: FrameSet | None, reason: str) -> None:
        some = choice or FrameSet.parse("1-6")
        event = data.draw(
            st.sampled_from(
                [
                    events.FramesCancelled(choice, reason),
                    events.FramesSkipped(choice, reason),
                    events.FramesRetried(choice, failed_only=False, reason=reason),
                    events.FramesRetried(choice, failed_only=True, reason=reason),
                    events.WaitsDropped(some, reason),
                    events.OutputsLost(some, reason),
                    events.FramesBlocked(Diagnosis("x", reason)),
                    events.JobHeld(),
                    events.JobReleased(),
                    events.PriorityChanged(len(reason) % 11),
                ]
            )
        )
        self.apply(data, event)

    @rule()
    def commit(self) -> None:
        self.store.commit(
            job_snapshots=[job.snapshot() for job in self.changed.values()], frame_changes=self.changes
        )
        self.changed, self.changes = {}, []

    @precondition(lambda self: len(self.jobs) > 1)
    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        job_id = data.draw(st.sampled_from(sorted(self.jobs)))
        self.changes = [change for change in self.changes if change.job_id != job_id]
        self.changed.pop(job_id, None)
        del self.jobs[job_id]
        self.store.commit(removed_jobs=[job_id])

    @rule()
    def open_again(self) -> None:
        self.commit()
        self.store.close()
        self.store = Store(open_database(self.path))

    @invariant()
    def loaded_is_what_memory_holds(self) -> None:
        if self.changed:
            return
        loaded = {job.id: job for job in self.store.load_jobs()}
        reader = StoreReader(self.path)
        read = {snapshot.id: snapshot for snapshot in reader.jobs()}
        assert set(loaded) == set(self.jobs) == set(read)
        for job_id, job in self.jobs.items():
            assert loaded[job_id].snapshot() == job.snapshot() == read[job_id]
            memory = self.store.load_frames(loaded[job_id])
            assert memory.states.codes == job.frames.states.codes == reader.frame_states(job_id)
            assert memory.attempts == job.frames.attempts
            assert memory.failures == job.frames.failures
            assert memory.retry_at == job.frames.retry_at
            assert memory.forced == job.frames.forced
            self.rows_fit(reader, job)
        reader.close()

    def rows_fit(self, reader: StoreReader, job: Job) -> None:
        rows = reader.frames(job.id)
        assert [row.number for row in rows] == list(job.spec.frames)
        assert bytes(FRAME_CODES[row.state] for row in rows) == bytes(job.frames.states.codes)
        for row in rows:
            assert row.retry_at == job.frames.retry_at.get(row.number)
            if row.state is FrameState.COMPLETED:
                assert row.outputs


StoreMachine.TestCase.settings = settings(max_examples=30, stateful_step_count=25)
TestStore = StoreMachine.TestCase
