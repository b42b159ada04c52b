"""A worker with a real process behind it: what it says, its log, and that it always says how it ended."""

import errno
import os
import queue
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from support.jobs import make_spec
from support.log_watch import LogWatch
from support.processes import is_alive, pids_in, wait_gone, with_mark
from support.stand_in import install, installation_of, wishes

from render_manager.domain.errors import UserError
from render_manager.domain.outcome import ProcessOutcome
from render_manager.engines.blender.engine import BlenderEngine
from render_manager.engines.blender.installations import BlenderFinder
from render_manager.engines.events import (
    EngineEvent,
    EngineReady,
    FrameAdvanced,
    FrameEnded,
    FrameErred,
    Remark,
)
from render_manager.engines.probing import ProbeMemory
from render_manager.engines.protocols import FrameTask, RunMode
from render_manager.scheduling import log_file
from render_manager.scheduling import worker as worker_module
from render_manager.scheduling.memory_watch import MemoryWatch
from render_manager.scheduling.messages import SceneRead, WorkerEnded, WorkerSaid
from render_manager.scheduling.ports import WorkerOrder
from render_manager.scheduling.staging import attempt_staging, run_staging
from render_manager.scheduling.worker import EngineWorker, EngineWorkerFactory
from render_manager.system.threads import ExecutorPool

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the stand-in is a script with a shebang line")
UUID = "01234567-89ab-cdef-0123-456789abcdef"


class Stage:
    """Starts workers and listens to them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.output = folder / "out"
        self.program = install(folder / "bin ä")
        self.messages: queue.Queue[object] = queue.Queue()
        self.pool = ExecutorPool(name="worker", max_threads=8)
        self.engine: Any = BlenderEngine(finder=BlenderFinder(setting=None, memory=ProbeMemory(None)))
        self.started = 0
        self.log_path = folder / "logs" / "worker.log"

    def task(self, frame: int, *, folder: Path | None = None) -> FrameTask:
        staging = folder or attempt_staging(self.output, UUID, frame, 1)
        return FrameTask(1, frame, 1, staging, f"shot_{frame:04d}", owns_staging=folder is None)

    def start(
        self, *frames: int, mode: RunMode = RunMode.RESIDENT, env: Mapping[str, str] | None = None
    ) -> EngineWorker:
        self.started += 1
        folder = run_staging(self.output, UUID, "1") if mode is RunMode.BATCH else None
        order = WorkerOrder(
            worker_id=self.started,
            job_uuid=UUID,
            spec=make_spec("1-9", engine="blender", output_dir=self.output),
            installation=installation_of(self.program),
            mode=mode,
            tasks=tuple(self.task(frame, folder=folder) for frame in frames),
            log_path=self.log_path,
        )
        factory = EngineWorkerFactory(
            engine_of=lambda _id: self.engine,
            pool=self.pool,
            env=env or {},
            memory=MemoryWatch(available_bytes=lambda: 1 << 40, total_bytes=1 << 40),
        )
        return factory.start(order, self.messages.put)

    def until(self, *kinds: type) -> list[object]:
        """Return the messages up to the first one of these kinds."""
        found: list[object] = []
        while True:
            message = self.messages.get(timeout=60)
            found.append(message)
            event = message.event if isinstance(message, WorkerSaid) else message
            if isinstance(event, kinds):
                return found

    def events(self, *kinds: type) -> list[EngineEvent]:
        return [message.event for message in self.until(*kinds) if isinstance(message, WorkerSaid)]

    def end(self) -> WorkerEnded:
        message = self.until(WorkerEnded)[-1]
        assert isinstance(message, WorkerEnded)
        return message


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    stage = Stage(tmp_path)
    yield stage
    stage.pool.finish()
    assert stage.messages.empty()


def test_frames_one_by_one_then_home(stage: Stage) -> None:
    worker = stage.start(1)
    first = stage.events(FrameEnded)
    assert isinstance(first[0], EngineReady)
    assert isinstance(first[-1], FrameEnded)
    assert (first[-1].frame, [file.path for file in first[-1].files]) == (
        1,
        [str(stage.task(1).staging_dir / "shot_0001.png")],
    )
    worker.assign(stage.task(2))
    assert isinstance(stage.events(FrameEnded)[-1], FrameEnded)
    worker.dismiss()
    ended = stage.end()
    assert ended.outcome.was_successful
    assert ended.diagnosis is None
    assert ended.log_offset == stage.log_path.stat().st_size


def test_what_comes_before_the_process_is_up_waits(stage: Stage) -> None:
    worker = stage.start(1, env=wishes(start_delay=0.2))
    worker.assign(stage.task(2))
    worker.assign(stage.task(3))
    worker.dismiss()
    ended = [event.frame for event in stage.events(WorkerEnded) if isinstance(event, FrameEnded)]
    assert ended == [1, 2, 3]


def test_a_batch_of_frames(stage: Stage) -> None:
    stage.start(2, 4, 6, mode=RunMode.BATCH)
    events = stage.events(WorkerEnded)
    assert [event.frame for event in events if isinstance(event, FrameEnded)] == [2, 4, 6]
    folder = run_staging(stage.output, UUID, "1")
    assert sorted(path.name for path in folder.iterdir()) == [f"shot_000{n}.png" for n in (2, 4, 6)]


def test_the_log_holds_every_byte_and_how_to_run_it_again(stage: Stage) -> None:
    stage.start(1, env=wishes(flood=300_000)).dismiss()
    messages = stage.until(WorkerEnded)
    text = stage.log_path.read_bytes()
    head = text.split(b"\n")[:3]
    assert all(line.startswith(b"# ") for line in head)
    assert b"blender_driver.py" in head[2]
    assert str(stage.program).encode() in head[2]
    assert text.count(b"x" * 90) == 300_000 // 97
    offsets = [message.log_offset for message in messages if isinstance(message, WorkerSaid)]
    assert offsets == sorted(offsets)
    (ended,) = [
        message
        for message in messages
        if isinstance(message, WorkerSaid) and isinstance(message.event, FrameEnded)
    ]
    assert text[: ended.log_offset].endswith(b"\n")
    assert b"frame_rendered" in text[: ended.log_offset].splitlines()[-1]
    assert ended.peak_memory_bytes


def test_progress_is_told_now_and_then_and_everything_else_always(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_module, "PROGRESS_EVERY_S", 3600.0)
    worker = stage.start(1)
    for frame in (2, 3, 4):
        worker.assign(stage.task(frame))
    worker.dismiss()
    events = stage.events(WorkerEnded)
    assert len([event for event in events if isinstance(event, FrameAdvanced)]) == 1
    assert len([event for event in events if isinstance(event, FrameEnded)]) == 4


def test_an_error_of_one_frame_leaves_the_process(stage: Stage) -> None:
    worker = stage.start(1, env=wishes(error_at=[1]))
    assert "does not like" in next(
        event.text for event in stage.events(FrameErred) if isinstance(event, FrameErred)
    )
    worker.assign(stage.task(2))
    worker.dismiss()
    assert any(isinstance(event, FrameEnded) for event in stage.events(WorkerEnded))


def test_a_crash_is_said_to_be_one(stage: Stage) -> None:
    stage.start(1, env=wishes(crash_at=[1]))
    messages = stage.until(WorkerEnded)
    ended = messages[-1]
    assert isinstance(ended, WorkerEnded)
    assert ended.outcome.crashed
    assert any(isinstance(m, WorkerSaid) and isinstance(m.event, Remark) for m in messages)


def test_kill_ends_the_tree_and_is_told(stage: Stage, tmp_path: Path) -> None:
    worker = stage.start(1, env=wishes(hang_at=[1], child=True, pids=tmp_path / "pids"))
    stage.until(FrameAdvanced)
    pids = pids_in(tmp_path / "pids", 2)
    worker.kill()
    ended = stage.end()
    assert ended.outcome.was_killed
    assert not [pid for pid in pids if is_alive(pid)]


def test_kill_before_the_process_is_up(stage: Stage) -> None:
    worker = stage.start(1, env=wishes(hang_at=[1]))
    worker.kill()
    assert stage.end().outcome.was_killed
    worker.kill()
    worker.assign(stage.task(2))
    worker.dismiss()


def test_one_that_does_not_leave_can_be_killed(stage: Stage) -> None:
    worker = stage.start(1, env=wishes(ignore_quit=True))
    worker.dismiss()
    stage.until(FrameEnded)
    worker.kill()
    assert stage.end().outcome.was_killed


def test_a_program_that_is_not_there(stage: Stage) -> None:
    stage.program.unlink()
    stage.start(1)
    ended = stage.end()
    assert ended.outcome.failed_to_start
    assert ended.outcome.sentence == f"{stage.program} could not be started: it does not exist."


@pytest.mark.parametrize("mode", RunMode)
def test_an_output_folder_that_became_a_file(stage: Stage, mode: RunMode) -> None:
    stage.output.write_text("in the way")
    stage.start(1, mode=mode)
    ended = stage.end()
    assert ended.outcome.failed_to_start
    assert ended.diagnosis is not None
    assert (ended.diagnosis.code, ended.diagnosis.permanent) == ("unwritable", True)
    assert str(stage.output) in ended.diagnosis.text


def test_a_log_that_cannot_be_written_costs_the_log_only(stage: Stage) -> None:
    (stage.folder / "logs").write_text("in the way")
    stage.start(1).dismiss()
    events = stage.events(WorkerEnded)
    assert any(isinstance(event, FrameEnded) for event in events)
    (remark,) = [event for event in events if isinstance(event, Remark) and event.code == "log-gaps"]
    assert str(stage.log_path) in remark.meaning


def test_a_log_stops_growing_at_its_limit(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_file, "LOG_LIMIT_BYTES", 50_000)
    worker = stage.start(1, env=wishes(flood=300_000))
    worker.assign(stage.task(2))
    worker.dismiss()
    messages = stage.until(WorkerEnded)
    size = stage.log_path.stat().st_size
    assert size < 51_000
    assert b"reached its largest size" in stage.log_path.read_bytes()[-200:]
    offsets = [message.log_offset for message in messages if isinstance(message, WorkerSaid)]
    assert len([m for m in messages if isinstance(m, WorkerSaid) and isinstance(m.event, FrameEnded)]) == 2
    assert max(offsets) <= size, "an attempt's place in the log must lie in the log"
    ended = messages[-1]
    assert isinstance(ended, WorkerEnded)
    assert ended.log_offset >= max(offsets)


class RefusingEngine:
    """An engine that cannot do what it is asked for."""

    def __init__(self, problem: Exception) -> None:
        self.problem = problem

    def invocation(self, *_arguments: object, **_values: object) -> Any:
        raise self.problem


def test_an_engine_that_refuses_is_an_answer(stage: Stage) -> None:
    stage.engine = RefusingEngine(UserError("The bpy wheel has no batch mode."))
    stage.start(1)
    assert stage.end().outcome == ProcessOutcome(None, start_error="The bpy wheel has no batch mode.")


def test_a_mistake_before_the_start_is_an_answer(stage: Stage, expected_logs: LogWatch) -> None:
    expected_logs.expect("worker 1")
    stage.engine = RefusingEngine(RuntimeError("a bug"))
    stage.start(1)
    assert "Internal error: a bug." in stage.end().outcome.sentence


class BrokenParser:
    """A parser with a bug."""

    def feed(self, line: str) -> Sequence[EngineEvent]:
        if "frame_started" in line:
            raise RuntimeError("a bug in the parser")
        return ()

    def finish(self, outcome: ProcessOutcome | None) -> Sequence[EngineEvent]:
        return ()


def test_a_mistake_while_it_runs_ends_the_process_before_it_is_told(
    stage: Stage, expected_logs: LogWatch, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    expected_logs.expect("worker 1")
    monkeypatch.setattr(stage.engine, "parser", lambda *_arguments: BrokenParser(), raising=False)
    stage.start(1, env=wishes(hang_at=[1], child=True, pids=tmp_path / "pids"))
    ended = stage.end()
    assert "a bug in the parser" in ended.outcome.sentence
    # The child may have been killed before it could write its own pid down.
    assert not [pid for pid in pids_in(tmp_path / "pids", 1) if is_alive(pid)]
    assert with_mark(str(stage.program)) == []


def test_many_workers_at_once(stage: Stage) -> None:
    stage.pool = ExecutorPool(name="worker", max_threads=6)
    for _count in range(6):
        stage.start(1, 2, 3).dismiss()
    ended = []
    while len(ended) < 6:
        ended.append(stage.end())
    assert all(one.outcome.was_successful for one in ended)
    assert sorted(one.worker_id for one in ended) == [1, 2, 3, 4, 5, 6]
    wait_gone([])


def test_workers_of_one_job_that_start_together_read_one_copy_of_the_scene(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One of them is held up in its copying, and the scene is saved meanwhile."""
    scene = stage.folder / "shot.blend"
    scene.write_bytes(b"as it was")
    both = threading.Barrier(2)
    copied: list[Path] = []

    def copy(source: Path, target: Path) -> None:
        copied.append(target)
        target.write_bytes(source.read_bytes())
        with suppress(threading.BrokenBarrierError):
            both.wait(timeout=0.5)
        source.write_bytes(b"saved since")

    monkeypatch.setattr("render_manager.scheduling.scene_files.shutil.copyfile", copy)
    factory = EngineWorkerFactory(
        engine_of=lambda _id: stage.engine,
        pool=stage.pool,
        env={},
        memory=MemoryWatch(available_bytes=lambda: 1 << 40, total_bytes=1 << 40),
    )
    spec = make_spec("1-9", engine="blender", output_dir=stage.output, scene=scene, keeps_copy=True)
    for number in (1, 2):
        factory.start(
            WorkerOrder(
                worker_id=number,
                job_uuid=UUID,
                spec=spec,
                installation=installation_of(stage.program),
                mode=RunMode.RESIDENT,
                tasks=(stage.task(number),),
                log_path=stage.folder / "logs" / f"{number}.log",
            ),
            stage.messages.put,
        ).dismiss()
    messages = [stage.messages.get(timeout=60)]
    while sum(isinstance(one, WorkerEnded) for one in messages) < 2:
        messages.append(stage.messages.get(timeout=60))
    assert len(copied) == 1
    assert len({one.version.digest for one in messages if isinstance(one, SceneRead)}) == 1


@pytest.mark.parametrize(
    ("number", "code"), [(errno.ENOSPC, "disk-full"), (errno.EHOSTDOWN, "unwritable"), (errno.EACCES, None)]
)
def test_a_scene_that_cannot_be_copied_just_now_holds_the_job(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, number: int, code: str | None
) -> None:
    def refuse(*_paths: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("render_manager.scheduling.scene_files.shutil.copyfile", refuse)
    scene = stage.folder / "shot.blend"
    scene.write_bytes(b"as it was")
    order = WorkerOrder(
        worker_id=1,
        job_uuid=UUID,
        spec=make_spec("1-9", engine="blender", output_dir=stage.output, scene=scene, keeps_copy=True),
        installation=installation_of(stage.program),
        mode=RunMode.RESIDENT,
        tasks=(stage.task(1),),
        log_path=stage.log_path,
    )
    memory = MemoryWatch(available_bytes=lambda: 1 << 40, total_bytes=1 << 40)
    factory = EngineWorkerFactory(engine_of=lambda _id: stage.engine, pool=stage.pool, env={}, memory=memory)
    factory.start(order, stage.messages.put)
    ended = stage.messages.get(timeout=60)
    assert isinstance(ended, WorkerEnded)
    assert "could not be copied to render from the copy" in (ended.outcome.start_error or "")
    assert (None if ended.diagnosis is None else ended.diagnosis.code) == code
    assert ended.diagnosis is None or not ended.diagnosis.permanent
