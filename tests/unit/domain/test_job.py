"""Single behaviours of a job that deserve a name; any order of events is tried in test_job_stateful."""

import pytest
from support.jobs import make_job, make_spec

from render_manager.domain import events, facts
from render_manager.domain.changes import FrameResult
from render_manager.domain.diagnosis import Diagnosis
from render_manager.domain.frameset import FrameSet
from render_manager.domain.job import ERROR_LOG_LINES, Job
from render_manager.domain.job_parts import JobRecord
from render_manager.domain.states import FrameState, JobState

RESULT = FrameResult(("/out/a.png", "/out/a_aov.exr"), "/thumb/a.jpg", 2.0)


def start(job: Job, *frames: int, now: float = 1.0) -> None:
    for frame in frames:
        job.apply(events.AttemptStarted(frame), now)


def fail(job: Job, frame: int, *, text: str = "It broke.", retry_at: float | None = None) -> None:
    start(job, frame)
    job.apply(events.AttemptFailed(frame, Diagnosis("x", text), retry_at), 2.0)


def test_the_whole_life_of_a_small_job() -> None:
    job = make_job("1-2", now=10.0)
    assert (job.state, job.snapshot().reason) == (JobState.PENDING, "Waits for a free slot.")
    start(job, 1, now=11.0)
    assert job.state is JobState.RUNNING
    job.apply(events.AttemptCompleted(1, RESULT), 12.0)
    assert (job.state, job.snapshot().progress) == (JobState.PENDING, 50.0)
    start(job, 2, now=13.0)
    step = job.apply(events.AttemptCompleted(2, RESULT), 14.0)
    snapshot = job.snapshot()
    assert step.facts == [
        facts.FrameCompleted(1, 2, 1, RESULT.outputs, 2.0),
        facts.JobFinished(1, JobState.COMPLETED, 2, 0, 0, 0),
    ]
    assert (snapshot.started_at, snapshot.finished_at, snapshot.progress) == (11.0, 14.0, 100.0)
    assert (snapshot.render_seconds, snapshot.rendered_frames, snapshot.reason) == (4.0, 2, "")


def test_spec_fields_reach_the_snapshot() -> None:
    spec = make_spec("1-4", project="film", width=64, height=32, fps=24.0, options={"samples": 4})
    job = Job(spec, JobRecord(3, "uuid", 1.0, 2.0, 3.0, 9), None)
    snapshot = job.snapshot()
    for name in ("name", "engine", "installation", "project", "max_retries", "retry_delay_s", "options"):
        assert getattr(snapshot, name) == getattr(spec, name)
    for name in ("output_dir", "output_name", "output_suffix", "existing", "width", "height", "fps"):
        assert getattr(snapshot, name) == getattr(spec, name)
    assert (snapshot.project_file, snapshot.frames, snapshot.total_frames) == (spec.scene, spec.frames, 4)
    assert (snapshot.id, snapshot.uuid, snapshot.priority, snapshot.position) == (3, "uuid", 9, 3.0)


def test_a_finished_job_that_is_retried_is_not_finished() -> None:
    job = make_job("1")
    fail(job, 1)
    assert (job.state, job.snapshot().finished_at) == (JobState.FAILED, 2.0)
    job.apply(events.FramesRetried(None, failed_only=True, reason="Again."), 3.0)
    assert (job.state, job.snapshot().finished_at) == (JobState.PENDING, None)


@pytest.mark.parametrize(
    ("failed", "words"), [(1, "1 frame failed. Frame 1"), (3, "3 frames failed. Frame 3")]
)
def test_a_failed_job_says_how_many_and_the_last_reason(failed: int, words: str) -> None:
    job = make_job(FrameSet.span(1, failed))
    for frame in range(1, failed + 1):
        fail(job, frame, text="No camera.")
    assert job.snapshot().reason == f"{words}, attempt 1: No camera."


def test_other_states_say_why() -> None:
    job = make_job("1-3")
    assert job.wait_for("Waits for a licence.")
    assert not job.wait_for("Waits for a licence.")
    assert job.snapshot().reason == "Waits for a licence."
    start(job, 1)
    job.apply(events.JobHeld(), 1.0)
    assert job.snapshot().reason == "Paused; 1 frame is still finishing."
    start(job, 2)
    assert job.snapshot().reason == "Paused; 2 frames are still finishing."
    for frame in (1, 2):
        job.apply(events.AttemptInterrupted(frame, "Stopped."), 1.0)
    assert job.snapshot().reason == "Paused by you."
    job.apply(events.FramesCancelled(None, "By you."), 1.0)
    assert job.snapshot().reason == "3 frames were cancelled."
    assert not job.wait_for("never mind")


def test_holding_a_finished_job_does_not_hold_its_retry() -> None:
    job = make_job("1")
    job.apply(events.FramesSkipped(None, "Left out."), 1.0)
    job.apply(events.JobHeld(), 2.0)
    job.apply(events.FramesRetried(None, failed_only=False, reason="Again."), 3.0)
    assert job.state is JobState.PENDING


def test_error_log_keeps_the_newest_lines() -> None:
    job = make_job("1")
    for number in range(ERROR_LOG_LINES + 5):
        fail(job, 1, text=f"Reason {number}.", retry_at=0.0)
    lines = job.snapshot().error_log.split("\n")
    assert len(lines) == ERROR_LOG_LINES
    assert lines[-1].endswith(f"attempt {ERROR_LOG_LINES + 5}: Reason {ERROR_LOG_LINES + 4}.")


def test_a_reason_of_many_lines_is_one_line_of_the_log() -> None:
    job = make_job("1")
    fail(job, 1, text="First.\nSecond.\r\n Third.\u2028Fourth.")
    assert job.snapshot().error_log == "Frame 1, attempt 1: First. Second. Third. Fourth."


def test_frames_that_are_needed_must_be_loaded() -> None:
    job = Job(make_spec("1-4"), JobRecord(1, "uuid", 1.0, 1.0, 1.0, 5), None)
    with pytest.raises(AssertionError, match="not loaded"):
        job.apply(events.AttemptStarted(1), 1.0)


def test_events_about_frames_the_job_does_not_have() -> None:
    job = make_job("1-3")
    for event in (events.AttemptStarted(9), events.AttemptCompleted(9, RESULT)):
        with pytest.raises(KeyError):
            job.apply(event, 1.0)
    assert not job.apply(events.FramesCancelled(FrameSet.parse("9-12"), "By you."), 1.0).frames


def test_priority_of_the_record_wins_over_the_spec() -> None:
    job = make_job("1", priority=3)
    job.apply(events.PriorityChanged(9), 1.0)
    assert job.snapshot().priority == 9
    assert job.spec.priority == 3


def test_a_million_frames_are_cancelled_in_one_step() -> None:
    job = make_job("1-1000000")
    start(job, 500_000)
    (rendering, pending) = job.apply(events.FramesCancelled(None, "By you."), 2.0).frames
    assert (rendering.runs, rendering.before) == (((500_000, 500_000),), FrameState.RENDERING)
    assert pending.runs == ((1, 499_999), (500_001, 1_000_000))
    assert job.state is JobState.CANCELLED


def test_forced_frames_are_not_skipped_for_an_existing_file() -> None:
    job = make_job("1-2")
    start(job, 1)
    job.apply(events.AttemptCompleted(1, RESULT), 1.0)
    job.apply(events.FramesRetried(FrameSet.parse("1"), failed_only=False, reason="Again."), 2.0)
    job.apply(events.ExistingFramesFound({1: RESULT, 2: RESULT}, "There already."), 3.0)
    assert job.frame_state(1) is FrameState.PENDING
    assert job.frame_state(2) is FrameState.SKIPPED


def test_a_frame_that_lost_one_of_its_files_is_not_skipped_for_the_other() -> None:
    job = make_job("1-2")
    start(job, 1)
    job.apply(events.AttemptCompleted(1, RESULT), 1.0)
    job.apply(events.OutputsLost(FrameSet.parse("1"), "Gone."), 2.0)
    job.apply(events.ExistingFramesFound({1: RESULT}, "There already."), 3.0)
    assert job.frame_state(1) is FrameState.PENDING


def test_whether_a_waiting_job_needs_help_is_told_and_forgotten() -> None:
    job = make_job("1-2")
    assert job.wait_for("Fake is gone.", needs_help=True)
    assert not job.wait_for("Fake is gone.", needs_help=True)
    assert (job.snapshot().reason, job.snapshot().needs_help) == ("Fake is gone.", True)
    assert job.wait_for("Fake is gone."), "it goes on by itself, which is news"
    assert not job.snapshot().needs_help
    job.wait_for("Fake is gone.", needs_help=True)
    job.apply(events.AttemptStarted(1), 1.0)
    assert not job.snapshot().needs_help
