"""What becomes of frames and jobs when workers end: storage that is away, mistakes of ours, late orders."""

import errno
from pathlib import Path

import pytest
from support.fake_world import FakeWorker, FakeWorld
from support.jobs import make_spec
from support.log_watch import LogWatch

from render_manager.domain import commands, facts
from render_manager.domain.diagnosis import Diagnosis, Scope
from render_manager.domain.errors import StorageError
from render_manager.domain.limits import Limits
from render_manager.domain.outcome import ProcessOutcome
from render_manager.domain.scene import Severity
from render_manager.domain.states import AttemptOutcome, FrameState, JobState
from render_manager.engines import events as said
from render_manager.engines.events import Remark
from render_manager.scheduling import messages
from render_manager.scheduling.policy import START_FAILURES_LIMIT
from render_manager.scheduling.refusals import cannot_use_folder
from render_manager.scheduling.vigil import Cause, Intervention

AWAY = cannot_use_folder(Path("/nas/out"), OSError(errno.EHOSTDOWN, "Host is down"))


def end_without_folder(world: FakeWorld, worker: FakeWorker, diagnosis: Diagnosis = AWAY) -> None:
    outcome = ProcessOutcome(None, start_error=diagnosis.text)
    world.send(messages.WorkerEnded(worker.id, outcome, 0, diagnosis))
    worker.has_ended = True
    worker.tasks.clear()
    world.settle()


@pytest.mark.parametrize("mode", ["resident", "batch"])
def test_a_share_that_is_away_holds_the_job_and_marks_nothing(world: FakeWorld, mode: str) -> None:
    job = world.submit("1-4", options={"mode": mode})
    world.settle()
    started = world.clock.now()
    for _time in range(3 * START_FAILURES_LIMIT):
        (worker,) = world.working()
        end_without_folder(world, worker)
        snapshot = job.snapshot()
        assert (snapshot.state, snapshot.reason) == (JobState.PENDING, AWAY.sentence)
        assert world.alive() == []
        world.clock.advance(world.dispatcher.time_to_next())
        world.settle()
    assert world.clock.now() - started >= 3 * START_FAILURES_LIMIT * 60.0
    world.render_all()
    assert (job.state, job.snapshot().retry_count) == (JobState.COMPLETED, 0)
    warnings = [f for changes in world.published for f in changes.facts if isinstance(f, facts.EngineWarned)]
    assert [warning.text for warning in warnings] == [AWAY.text]


def test_another_job_goes_on_meanwhile(world: FakeWorld) -> None:
    job = world.submit("1", retry_delay_s=0.0)
    other = world.submit("1", token="other")
    world.settle()
    end_without_folder(world, world.working()[0])
    assert other.state is JobState.RUNNING
    world.render_all()
    assert job.state is JobState.COMPLETED


def test_the_user_need_not_wait(world: FakeWorld) -> None:
    job = world.submit("1-2", retry_delay_s=3600.0)
    world.settle()
    end_without_folder(world, world.working()[0])
    world.order(commands.RetryFrames(job.id))
    assert world.working()
    world.render_all()


def test_a_folder_without_rights_fails_the_job(world: FakeWorld) -> None:
    job = world.submit("1-2")
    world.settle()
    lasting = cannot_use_folder(Path("/out"), OSError(errno.EACCES, "Permission denied"))
    end_without_folder(world, world.working()[0], lasting)
    assert job.state is JobState.FAILED


def fail_to_explain(*_values: object) -> Diagnosis:
    raise ValueError("a bug in a rule")


@pytest.mark.parametrize("mode", ["resident", "batch"])
def test_a_bug_in_a_rule_costs_an_attempt_and_no_frame_hangs(
    world: FakeWorld, expected_logs: LogWatch, mode: str
) -> None:
    expected_logs.expect("explaining the end")
    explain = world.catalog.fake_engine.explain
    world.catalog.fake_engine.explain = fail_to_explain  # type: ignore[method-assign]
    job = world.submit("1-2", options={"mode": mode})
    world.settle()
    world.working()[0].begin()
    world.working()[0].end(-11)
    world.settle()
    assert [one.outcome for one in world.reader().attempts(job.id, 1)] == [AttemptOutcome.FAILED]
    world.catalog.fake_engine.explain = explain  # type: ignore[method-assign]
    world.render_all()
    assert job.state is JobState.COMPLETED


def test_a_bug_elsewhere_in_the_end_of_a_worker(world: FakeWorld, expected_logs: LogWatch) -> None:
    expected_logs.expect("concluding from the end")
    world.catalog.fake_engine.should_fall_back = fail_to_explain  # type: ignore[method-assign, assignment]
    job = world.submit("1", max_retries=0)
    world.settle()
    world.working()[0].end(1)
    world.settle()
    assert (job.state, job.counts[FrameState.FAILED]) == (JobState.FAILED, 1)


def test_a_bug_in_what_an_erring_frame_means(world: FakeWorld, expected_logs: LogWatch) -> None:
    expected_logs.expect("explaining the end")
    world.catalog.fake_engine.explain = fail_to_explain  # type: ignore[method-assign]
    job = world.submit("1", max_retries=0)
    world.settle()
    world.working()[0].err()
    world.settle()
    assert "a bug in a rule" in job.snapshot().reason


def test_a_bug_in_one_job_does_not_stop_those_after_it(world: FakeWorld, expected_logs: LogWatch) -> None:
    expected_logs.expect("serving job")
    expected_logs.expect("looking through")
    run_mode = world.catalog.fake_engine.run_mode

    def broken(spec: object) -> object:
        if spec.name == "odd":  # type: ignore[attr-defined]
            raise RuntimeError("a bug")
        return run_mode(spec)  # type: ignore[arg-type]

    world.catalog.fake_engine.run_mode = broken  # type: ignore[method-assign, assignment]
    odd = world.submit("1-2", name="odd")
    good = world.submit("1-2", token="good")
    world.render_all()
    assert (odd.state, good.state) == (JobState.FAILED, JobState.COMPLETED)


@pytest.mark.parametrize("order", ["cancel", "skip"])
def test_an_order_that_crosses_a_failing_move_counts(world: FakeWorld, order: str) -> None:
    job = world.submit("1")
    world.settle()
    world.working()[0].finish()
    world.turn()
    assert world.attempts.running[job.id, 1].claim.take(), "the files are being moved"
    command = commands.CancelFrames(job.id) if order == "cancel" else commands.SkipFrames(job.id)
    world.order(command)
    assert job.frame_state(1) is FrameState.RENDERING
    world.pool.waiting.clear()
    world.send(messages.FrameRejected(job.id, 1, 1, AWAY))
    world.settle()
    assert job.state is (JobState.CANCELLED if order == "cancel" else JobState.COMPLETED)
    assert world.reader().attempts(job.id, 1)[0].outcome is AttemptOutcome.CANCELLED
    world.render_all()
    assert len(world.workers) == 1


def test_a_retry_after_that_order_counts_more(world: FakeWorld) -> None:
    job = world.submit("1")
    world.settle()
    world.working()[0].finish()
    world.turn()
    assert world.attempts.running[job.id, 1].claim.take()
    world.order(commands.CancelFrames(job.id))
    world.order(commands.RetryFrames(job.id))
    world.pool.waiting.clear()
    world.send(messages.FrameRejected(job.id, 1, 1, AWAY))
    world.render_all()
    assert job.state is JobState.COMPLETED


def test_a_submission_that_cannot_be_stored_disturbs_nobody(
    world: FakeWorld, expected_logs: LogWatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected_logs.expect("storing job")
    job = world.submit("1-2")
    world.settle()
    (worker,) = world.working()

    def refuse(*_values: object) -> None:
        raise StorageError("NOT NULL constraint failed: jobs.retry_delay_s")

    with monkeypatch.context() as patch:
        patch.setattr(world.store, "add_job", refuse)
        world.order(commands.SubmitJob(make_spec("1-3"), "odd"))
    assert not worker.is_killed
    world.clock.advance(0.05)
    world.turn()
    notices = [notice for changes in world.published for notice in changes.notices]
    assert [notice.code for notice in notices] == ["submit"]
    world.render_all()
    assert job.state is JobState.COMPLETED


def test_a_remark_that_ends_a_run_is_explained_safely(world: FakeWorld, expected_logs: LogWatch) -> None:
    expected_logs.expect("explaining the end")
    world.catalog.fake_engine.explain = fail_to_explain  # type: ignore[method-assign]
    job = world.submit("1", options={"mode": "batch"}, max_retries=0)
    world.settle()
    (worker,) = world.working()
    worker.begin()
    worker.say(said.FrameAdvanced(1, 5.0, ""))
    worker.say(
        Remark("scene-missing", Severity.ERROR, "", "No.", "", fatal=True, permanent=True, scope=Scope.JOB)
    )
    world.turn()
    assert worker.is_killed
    worker.end()
    world.settle()
    assert job.state is JobState.FAILED


def crash(world: FakeWorld) -> None:
    world.settle()
    for worker in world.alive():
        worker.get_ready()
        worker.begin()
        worker.end(-11)
    world.settle()


def test_a_job_whose_every_frame_ends_the_engine_is_given_up_after_a_few(world: FakeWorld) -> None:
    job = world.submit("1-100", max_retries=3, retry_delay_s=60.0)
    crashed = []
    for _start in range(20):
        world.settle()
        if not world.alive():
            break
        crashed += [task.frame for worker in world.alive() for task in worker.tasks]
        crash(world)
    assert crashed[:5] == [1, 2, 3, 4, 5]
    assert len(crashed) == 7, "five in a row, then from the end and the middle"
    assert crashed[5] == 100
    assert 40 < crashed[6] < 60
    assert job.state is JobState.FAILED
    assert "7 times in a row the engine ended without a finished frame." in job.snapshot().reason


STUCK = Intervention(Cause.STALLED, 900.0)


@pytest.mark.parametrize("mode", ["resident", "batch"])
@pytest.mark.parametrize("is_stuck", [False, True])
def test_a_scene_that_loads_slowly_or_an_engine_that_hangs_burns_no_more_tries(
    world: FakeWorld, mode: str, is_stuck: bool
) -> None:
    job = world.submit("1-100", max_retries=3, options={"mode": mode})
    started = 0
    for _start in range(20):
        world.settle()
        if not world.alive():
            break
        (worker,) = world.alive()
        started += 1
        world.clock.advance(300.0)
        worker.begin()
        world.turn()
        world.clock.advance(900.0 if is_stuck else 2.0)
        outcome = ProcessOutcome(-9 if is_stuck else -11)
        ended = messages.WorkerEnded(worker.id, outcome, 0, intervention=STUCK if is_stuck else None)
        world.send(ended)
        worker.has_ended = True
        world.settle()
    assert started == 7, "five in a row, then from the end and the middle"
    assert job.state is JobState.FAILED


def test_frames_that_take_too_long_are_no_reason_to_leave_the_others_out(world: FakeWorld) -> None:
    job = world.submit("1-9", max_retries=0)
    for _frame in range(8):
        world.settle()
        (worker,) = world.alive()
        worker.begin()
        world.turn()
        world.clock.advance(900.0)
        slow = Intervention(Cause.FRAME_TOO_LONG, 900.0)
        world.send(messages.WorkerEnded(worker.id, ProcessOutcome(-9), 0, intervention=slow))
        worker.has_ended = True
    world.render_all()
    assert [job.counts[FrameState.FAILED], job.counts[FrameState.COMPLETED]] == [8, 1]


def test_too_many_failures_of_a_job_are_named_by_their_reasons(world: FakeWorld) -> None:
    job = world.submit("1-300", max_retries=0, limits=Limits(failures=4))
    for number in range(4):
        world.settle()
        (worker,) = world.alive()
        worker.err("It broke." if number % 2 else "It is out of memory.")
    world.settle()
    assert job.state is JobState.FAILED
    reason = job.snapshot().error_log
    assert "4 attempts of this job failed, so the rest is not tried: 4 × It broke." in reason
    assert {code: one.count for code, one in job.snapshot().failure_reasons.items()} == {"engine-error": 4}


def test_a_new_order_counts_failures_anew(world: FakeWorld) -> None:
    job = world.submit("1-3", max_retries=0, limits=Limits(failures=2))
    for _frame in range(2):
        world.settle()
        world.alive()[0].err()
    world.settle()
    assert job.state is JobState.FAILED
    world.order(commands.RetryFrames(job.id, failed_only=True))
    world.render_all()
    assert job.state is JobState.COMPLETED
    assert job.snapshot().failure_reasons == {}


def test_other_options_count_from_the_next_engine_on(world: FakeWorld) -> None:
    job = world.submit("1-3")
    world.settle()
    (first,) = world.alive()
    first.begin()
    world.order(commands.ChangeJob(job.id, {"mode": "resident", "device": "CPU"}, Limits(frame_s=5.0)))
    world.settle()
    first.finish()
    world.settle()
    assert first.is_dismissed, "it was started with options that hold no more"
    first.end()
    world.settle()
    (second,) = world.alive()
    assert second.order.spec.options["device"] == "CPU"
    assert second.order.vigil.frame_s == 5.0
    world.render_all()
    assert job.state is JobState.COMPLETED
    (stored,) = world.reader().jobs()
    assert (stored.options["device"], stored.limits) == ("CPU", Limits(frame_s=5.0))


def test_a_full_disk_takes_no_tries_from_a_frame(world: FakeWorld) -> None:
    job = world.submit("1", max_retries=1, retry_delay_s=5.0)
    full = Remark("disk-full", Severity.ERROR, "full", "The disk is full.", "Make room.", fatal=True)
    for _time in range(5):
        world.settle()
        (worker,) = world.alive()
        worker.begin()
        worker.say(full)
        worker.end(1)
        world.settle()
        world.clock.advance(3600)
        world.turn()
    assert job.frames.failures == {}
    world.settle()
    world.alive()[0].err()
    world.settle()
    assert job.state is JobState.PENDING, "it has its own tries still"
    world.clock.advance(3600)
    world.turn()
    world.render_all()
    assert job.state is JobState.COMPLETED


def test_failures_before_a_new_order_do_not_give_the_job_up(world: FakeWorld) -> None:
    job = world.submit("1-9", max_retries=0)
    for _start in range(START_FAILURES_LIMIT - 1):
        world.settle()
        world.alive()[0].end(1)
    world.settle()
    world.order(commands.RetryFrames(job.id, failed_only=True))
    world.settle()
    world.alive()[0].end(1)
    world.settle()
    assert job.state is not JobState.FAILED
    world.render_all()
    assert job.counts[FrameState.COMPLETED] == 8
