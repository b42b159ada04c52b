"""Following jobs to their end: when it ends, with which exit code, and what is said on the way."""

import io
import json
import os
import signal
import threading
from typing import Any

import pytest
from support.jobs import make_job

from render_manager.domain import events
from render_manager.domain.changes import ChangeSet, FrameResult, Notice
from render_manager.domain.diagnosis import Diagnosis
from render_manager.domain.job import Job
from render_manager.domain.states import JobState
from render_manager.services.cli.following import Follower, interruptible
from render_manager.services.cli.session import Speaker
from render_manager.services.updates import JobBrief, Update


class View:
    """Writes down what it was to show."""

    def __init__(self) -> None:
        self.updates: list[Update] = []
        self.is_closed = False

    def show(self, update: Update) -> None:
        self.updates.append(update)

    def close(self) -> None:
        self.is_closed = True


class Scene:
    """A follower and the two streams it talks to."""

    def __init__(self, *, is_json: bool = False) -> None:
        self.out, self.err, self.view = io.StringIO(), io.StringIO(), View()
        speaker = Speaker(is_json=is_json, out=self.out, err=self.err)
        self.follower = Follower(speaker=speaker, view=None if is_json else self.view)

    def tell(self, *jobs: Job, **parts: Any) -> None:
        changes = ChangeSet(jobs={job.id: job.snapshot() for job in jobs}, **parts)
        self.follower.receive_changes(changes)


@pytest.fixture
def scene() -> Scene:
    return Scene()


def ended(job: Job, how: str) -> Job:
    job.apply(events.AttemptStarted(1), 1.0)
    if how == "completed":
        job.apply(events.AttemptCompleted(1, FrameResult(("/a.png",), "", 1.0)), 2.0)
    elif how == "failed":
        job.apply(events.AttemptFailed(1, Diagnosis("x", "It broke."), None), 2.0)
    elif how == "cancelled":
        job.apply(events.FramesCancelled(None, "By you."), 2.0)
    else:
        job.apply(events.FramesSkipped(None, "Left out."), 2.0)
    return job


@pytest.mark.parametrize(("how", "code"), [("completed", 0), ("skipped", 0), ("failed", 1), ("cancelled", 1)])
def test_exit_codes(scene: Scene, how: str, code: int) -> None:
    job = make_job("1")
    scene.follower.watch({job.record.uuid})
    scene.tell(make_job("1"))
    scene.tell(ended(job, how))
    assert scene.follower.follow() == code
    assert scene.view.is_closed
    assert len(scene.view.updates) == 2


def test_all_watched_jobs_and_no_others_are_waited_for(scene: Scene) -> None:
    one, two, other = (make_job("1", job_id=number) for number in (1, 2, 3))
    scene.follower.watch({one.record.uuid, two.record.uuid})
    scene.tell(ended(one, "completed"))
    scene.tell(ended(other, "failed"))
    scene.tell(ended(two, "completed"))
    assert scene.follower.follow() == 0


def test_an_interrupt_ends_it(scene: Scene) -> None:
    scene.follower.watch({"x"})
    scene.follower.interrupt()
    assert scene.follower.follow() == 130
    assert scene.view.is_closed


def test_a_job_that_was_not_queued_is_bad_input(scene: Scene) -> None:
    scene.follower.watch({"x"})
    scene.tell(notices=(Notice("submit", "shot was not queued. The disk is full."),))
    assert scene.follower.follow() == 2
    assert scene.err.getvalue() == "shot was not queued. The disk is full.\n"


def test_a_scheduler_that_gave_up_is_not_waited_for(scene: Scene) -> None:
    scene.follower.watch({"x"})
    scene.tell(notices=(Notice("stopped", "The database is damaged."),))
    assert scene.follower.follow() == 2
    assert scene.err.getvalue() == "The database is damaged.\n"


def test_a_job_that_somebody_deleted_is_not_waited_for(scene: Scene) -> None:
    job = make_job("1")
    scene.follower.watch({job.record.uuid})
    scene.tell(job)
    scene.tell(removed_jobs=(job.id,))
    assert scene.follower.follow() == 1


def test_trouble_is_said_and_waited_out(scene: Scene) -> None:
    job = make_job("1")
    scene.follower.watch({job.record.uuid})
    scene.tell(notices=(Notice("store", "The disk is full."),))
    scene.tell(ended(job, "completed"), notices=(Notice("store", ""),))
    assert scene.follower.follow() == 0
    assert scene.err.getvalue() == "The disk is full.\n"


def test_json_is_one_object_a_line() -> None:
    scene = Scene(is_json=True)
    job = make_job("1", name="Küche 影")
    scene.follower.watch({job.record.uuid})
    steps = [job.apply(events.AttemptStarted(1), 1.0), job.apply(events.FramesCancelled(None, "a\nb"), 1.0)]
    scene.tell(
        job,
        facts=tuple(fact for step in steps for fact in step.facts),
        notices=(Notice("store", "A\nB"),),
    )
    assert scene.follower.follow() == 1
    lines = [json.loads(line) for line in scene.out.getvalue().splitlines()]
    assert [line["event"] for line in lines] == [
        "frame_started",
        "frames_cancelled",
        "job_finished",
        "notice",
    ]
    assert scene.err.getvalue() == ""


@pytest.mark.skipif(os.name != "posix", reason="signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signals_stop_it_and_are_given_back(scene: Scene, number: signal.Signals) -> None:
    before = signal.getsignal(number)
    scene.follower.watch({"x"})
    with interruptible(scene.follower):
        threading.Timer(0.05, os.kill, (os.getpid(), number)).start()
        assert scene.follower.follow() == 130
    assert signal.getsignal(number) is before


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_a_second_signal_ends_the_program_at_once(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    codes: list[int] = []
    monkeypatch.setattr("render_manager.services.cli.following.os._exit", codes.append)
    with interruptible(scene.follower):
        os.kill(os.getpid(), signal.SIGINT)
        assert codes == []
        os.kill(os.getpid(), signal.SIGINT)
    assert codes == [130]


def test_a_job_that_needs_somebody_is_not_waited_for(scene: Scene) -> None:
    scene.follower.watch({"u"})
    brief = JobBrief(1, "u", "shot", JobState.PENDING, "Blender is gone.", 3, 1, 0, 0, 0, needs_help=True)
    scene.follower.receive(Update((), (brief,)))
    assert scene.follower.follow() == 1
    assert "shot waits. Blender is gone." in scene.err.getvalue()
