"""Slots and workers: who takes a slot, who is idle, who is sent home."""

from collections.abc import Callable
from pathlib import Path

import pytest
from support.clock import FakeClock
from support.fake_world import INSTALLATION
from support.jobs import make_job

from render_manager.domain.scene import Severity
from render_manager.engines.events import Remark
from render_manager.engines.protocols import FrameTask, RunMode
from render_manager.scheduling.policy import DISMISSED_GRACE_S
from render_manager.scheduling.ports import WorkerOrder
from render_manager.scheduling.workforce import REMARKS_KEPT, ActiveWorker, Workforce


class Handle:
    """What the workforce does to a worker."""

    def __init__(self) -> None:
        self.calls: list[str] = []

    def assign(self, task: FrameTask) -> None:
        self.calls.append(f"frame {task.frame}")

    def dismiss(self) -> None:
        self.calls.append("dismiss")

    def kill(self) -> None:
        self.calls.append("kill")


class Factory:
    def __init__(self) -> None:
        self.orders: list[WorkerOrder] = []

    def start(self, order: WorkerOrder, post: Callable[[object], None]) -> Handle:
        self.orders.append(order)
        return Handle()


@pytest.fixture
def factory() -> Factory:
    return Factory()


@pytest.fixture
def workforce(factory: Factory, fake_clock: FakeClock) -> Workforce:
    return Workforce(
        factory=factory,
        clock=fake_clock,
        log_dir=Path("/logs"),
        slots=2,
        engine_slots={"maya": 1},
        post=lambda _item: None,
    )


def start(workforce: Workforce, *frames: int, engine: str = "fake", job_id: int = 1) -> ActiveWorker:
    job = make_job("1-9", job_id=job_id, engine=engine)
    tasks = [FrameTask(job_id, frame, 1, Path("/staging"), f"a_{frame}") for frame in frames]
    return workforce.start(job, RunMode.RESIDENT, INSTALLATION, tasks)


def idle(workforce: Workforce, **values: object) -> ActiveWorker:
    worker = start(workforce, 1, **values)  # type: ignore[arg-type]
    workforce.is_up(worker)
    worker.tasks.clear()
    return worker


def calls(worker: ActiveWorker) -> list[str]:
    assert isinstance(worker.handle, Handle)
    return worker.handle.calls


def test_every_living_worker_takes_a_slot(workforce: Workforce) -> None:
    assert workforce.has_slot_for("fake")
    first = start(workforce, 1)
    start(workforce, 2)
    assert not workforce.has_slot_for("fake")
    assert not workforce.can_take_more
    workforce.kill(first)
    assert not workforce.has_slot_for("fake"), "its processes may still run"
    workforce.workers.pop(first.id)
    assert workforce.has_slot_for("fake")


def test_engines_have_limits_of_their_own(workforce: Workforce) -> None:
    start(workforce, 1, engine="maya")
    assert not workforce.has_slot_for("maya")
    assert workforce.has_slot_for("fake")


def test_what_a_worker_is_started_for(workforce: Workforce, factory: Factory) -> None:
    first, second = start(workforce, 3, 4), start(workforce, 5, job_id=2)
    order = factory.orders[0]
    assert [task.frame for task in order.tasks] == list(first.tasks) == [3, 4]
    assert (order.worker_id, order.mode, order.installation) == (first.id, RunMode.RESIDENT, INSTALLATION)
    assert order.log_path.parent == Path("/logs/00000001")
    assert factory.orders[1].log_path.parent == Path("/logs/00000002")
    assert order.log_path.name != factory.orders[1].log_path.name
    assert first.id != second.id


def test_idle_is_ready_and_without_a_frame(workforce: Workforce) -> None:
    worker = start(workforce, 1)
    assert not worker.is_idle
    worker.tasks.clear()
    assert not worker.is_idle, "the scene is still being opened"
    workforce.is_up(worker)
    assert worker.is_idle
    assert workforce.idle_worker_of(1) is worker
    assert workforce.idle_worker_of(2) is None
    workforce.assign(worker, FrameTask(1, 7, 2, Path("/s"), "a"))
    assert not worker.is_idle
    assert workforce.worker_with(1, 7) is worker
    assert calls(worker) == ["frame 7"]


def test_a_dismissed_worker_is_asked_once_and_killed_when_overdue(
    workforce: Workforce, fake_clock: FakeClock
) -> None:
    worker = idle(workforce)
    workforce.dismiss(worker)
    workforce.dismiss(worker)
    assert not worker.is_idle
    assert workforce.kill_overdue() == fake_clock.monotonic() + DISMISSED_GRACE_S
    fake_clock.advance(DISMISSED_GRACE_S)
    assert workforce.kill_overdue() is None
    assert workforce.kill_overdue() is None
    assert calls(worker) == ["dismiss", "kill"]


def test_a_killed_worker_is_killed_once(workforce: Workforce) -> None:
    worker = start(workforce, 1)
    workforce.kill(worker)
    workforce.kill(worker)
    workforce.dismiss(worker)
    assert calls(worker) == ["kill"]
    assert workforce.kill_overdue() is None


def test_surplus_workers_go_when_they_are_idle(workforce: Workforce) -> None:
    workforce.slots = 3
    busy, first, second = start(workforce, 1), idle(workforce), idle(workforce)
    workforce.dismiss_surplus()
    assert workforce.idle_workers() == [first, second]
    workforce.slots = 2
    workforce.dismiss_surplus()
    workforce.dismiss_surplus()
    assert len(workforce.idle_workers()) == 1
    workforce.slots = 0
    workforce.dismiss_surplus()
    assert workforce.idle_workers() == []
    assert calls(busy) == []


def test_a_flood_of_remarks_is_not_kept_but_the_fatal_ones_are(workforce: Workforce) -> None:
    worker = start(workforce, 1)
    for _count in range(1000):
        worker.remember(Remark("missing-texture", Severity.WARNING, "x", "A texture is missing.", ""))
    fatal = Remark("no-camera", Severity.ERROR, "x", "No camera.", "", fatal=True)
    worker.remember(fatal)
    assert len(worker.remarks) == REMARKS_KEPT + 1
    assert worker.remarks[-1] is fatal
    workforce.assign(worker, FrameTask(1, 7, 2, Path("/s"), "a"))
    assert worker.remarks == []
