"""Batch workers from start to end: phases, files without words, neighbours, watermarks, ends of all kinds."""

from typing import Any

import pytest
from support.fake_world import BAD, GOOD, FakeWorker, FakeWorld
from unit.scheduling.conftest import NewWorld

from render_manager.domain import commands
from render_manager.domain.facts import EngineWarned, FrameCompleted, FrameFailed
from render_manager.domain.frameset import FrameSet
from render_manager.domain.job import Job
from render_manager.domain.outcome import ProcessOutcome
from render_manager.domain.scene import Severity
from render_manager.domain.states import FrameState, JobState
from render_manager.engines import events as said
from render_manager.scheduling import messages
from render_manager.scheduling.vigil import Cause, Intervention

BATCH = {"mode": "batch", "batch_size": 10}


def start(world: FakeWorld, frames: str = "1-4", **options: Any) -> tuple[Job, FakeWorker]:
    job = world.submit(frames, options={**BATCH, **options})
    world.settle()
    (worker,) = world.alive()
    return job, worker


def put(worker: FakeWorker, name: str, content: bytes = GOOD) -> None:
    path = worker.order.tasks[0].staging_dir / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def end(
    world: FakeWorld,
    worker: FakeWorker,
    code: int = 0,
    *,
    found: tuple[int, ...] = (),
    stalled_s: float | None = None,
) -> None:
    outcome = ProcessOutcome(code, was_killed=stalled_s is not None)
    reason = None if stalled_s is None else Intervention(Cause.STALLED, stalled_s)
    world.send(messages.WorkerEnded(worker.id, outcome, worker.log_size, found=found, intervention=reason))
    worker.has_ended = True
    worker.tasks.clear()
    world.settle()


def facts(world: FakeWorld, kind: type) -> list[Any]:
    return [fact for changes in world.published for fact in changes.facts if isinstance(fact, kind)]


def phase_of(world: FakeWorld, frame: int) -> str:
    phases = [
        progress.phase
        for changes in world.published
        for key, progress in changes.progress.items()
        if key[1] == frame and progress is not None
    ]
    return phases[-1]


def test_the_first_frame_shows_what_the_engine_does_before_it_renders(world: FakeWorld) -> None:
    job, worker = start(world)
    assert job.frame_state(1) is FrameState.RENDERING
    assert phase_of(world, 1) == "starting Fake 1.0"
    worker.say(said.PhaseEntered("compiling shaders, 812 left"))
    world.settle()
    assert phase_of(world, 1) == "compiling shaders, 812 left"
    world.clock.advance(500.0)
    worker.begin()
    world.turn()
    world.clock.advance(2.0)
    put(worker, "shot_0001.png")
    worker.say(said.FrameEnded(1))
    world.settle()
    (done,) = facts(world, FrameCompleted)
    assert 1.5 < done.seconds < 5.0, "the start of the engine is no time of the frame"


def test_files_nobody_spoke_of_are_found_at_the_end(world: FakeWorld) -> None:
    job, worker = start(world)
    for frame in (1, 2, 3, 4):
        put(worker, f"shot_{frame:04d}.png")
        put(worker, f"fog/shot_{frame:04d}.png")
    end(world, worker, found=(1, 2, 3, 4))
    assert job.state is JobState.COMPLETED
    assert sorted(path.name for path in (world.output / "job" / "fog").iterdir()) == [
        f"shot_{frame:04d}.png" for frame in (1, 2, 3, 4)
    ]
    assert facts(world, EngineWarned) == []


def test_a_crash_at_the_end_with_every_frame_there_is_success_with_a_warning(world: FakeWorld) -> None:
    job, worker = start(world)
    for frame in (1, 2, 3, 4):
        put(worker, f"shot_{frame:04d}.png")
    end(world, worker, -11, found=(1, 2, 3, 4))
    assert job.state is JobState.COMPLETED
    (warning,) = facts(world, EngineWarned)
    assert warning.text.startswith(
        "Fake ended badly after its last frame; the frames that are whole are kept."
    )


def test_a_half_file_of_a_crash_has_the_crash_as_its_reason(world: FakeWorld) -> None:
    job, worker = start(world)
    put(worker, "shot_0001.png")
    put(worker, "shot_0002.png", BAD)
    end(world, worker, -11, found=(1, 2))
    assert world.frames_in(job, FrameState.COMPLETED) == [1]
    (failure,) = facts(world, FrameFailed)
    assert (failure.frame, failure.code) == (2, "crashed")
    assert failure.reason.endswith("not whole. It crashed.")


def test_a_half_file_of_a_good_end_is_told_as_what_it_is(world: FakeWorld) -> None:
    _job, worker = start(world, "1-2")
    put(worker, "shot_0001.png", BAD)
    put(worker, "shot_0002.png")
    end(world, worker, found=(1, 2))
    (failure,) = facts(world, FrameFailed)
    assert (failure.frame, failure.code) == (1, "bad-file")


def test_a_stuck_process_costs_the_frame_it_was_at(world: FakeWorld) -> None:
    job, worker = start(world)
    worker.begin()
    worker.finish()
    worker.begin()
    end(world, worker, 137, stalled_s=900.0)
    assert world.frames_in(job, FrameState.COMPLETED) == [1]
    (failure,) = facts(world, FrameFailed)
    assert (failure.frame, failure.code) == (2, "stalled")
    assert "for 900 s there was no output" in failure.reason
    (second,) = world.alive()
    assert [task.frame for task in second.tasks] == [3, 4], "the others go on; frame 2 waits for its retry"


def test_a_stuck_process_that_said_why_has_that_as_its_reason(world: FakeWorld) -> None:
    _job, worker = start(world, "1-2")
    worker.say(said.Remark("no-licence", Severity.ERROR, "licence?", "No licence.", "Get one.", fatal=True))
    end(world, worker, 137, stalled_s=900.0)
    assert facts(world, FrameFailed)[0].code == "no-licence"


def test_a_process_that_hangs_after_its_last_frame_is_ended(world: FakeWorld) -> None:
    job, worker = start(world, "1-2", leave_s=30.0)
    worker.finish()
    worker.finish()
    world.settle()
    assert job.state is JobState.COMPLETED
    world.clock.advance(29.0 - 5.0)
    world.turn()
    assert not worker.is_killed
    world.clock.advance(10.0)
    world.turn()
    assert worker.is_killed
    worker.end()
    world.settle()
    (warning,) = facts(world, EngineWarned)
    assert warning.text == "Fake did not end by itself after its last frame, and was ended."
    assert job.state is JobState.COMPLETED


def test_a_watermark_marks_the_frames_and_warns_once(world: FakeWorld) -> None:
    _job, worker = start(world, "1-2")
    worker.begin()
    remark = said.Remark(
        "watermark", Severity.WARNING, "watermarks", "It has a watermark.", "Get a licence.", taints=True
    )
    worker.say(remark)
    worker.finish()
    worker.finish()
    worker.end()
    world.settle()
    assert [fact.note for fact in facts(world, FrameCompleted)] == ["It has a watermark."] * 2
    assert [fact.text for fact in facts(world, EngineWarned)] == ["It has a watermark."]
    reader = world.reader()
    assert [(row.state, row.reason) for row in reader.frames(1)] == [
        (FrameState.COMPLETED, "It has a watermark.")
    ] * 2
    assert [(one.code, one.reason, one.advice) for one in reader.attempts(1)] == [
        ("watermark", "It has a watermark.", "Get a licence.")
    ] * 2


def render_with_masks(world: FakeWorld, job: Job, without: dict[int, int]) -> None:
    """Render with a mask beside each picture, but for frames that go without so many times."""
    for _round in range(40):
        for worker in world.alive():
            if not worker.tasks:
                worker.end()
                continue
            frame = worker.tasks[0].frame
            if without.get(frame, 0) > 0:
                without[frame] -= 1
            else:
                put(worker, f"mask/shot_{frame:04d}.png")
            worker.finish()
        world.settle()
        if world.is_done():
            return
        if not world.alive():
            world.clock.advance(world.dispatcher.time_to_next())
    raise AssertionError(job.snapshot().reason)


def test_a_frame_without_a_file_its_neighbours_have_is_rendered_again(world: FakeWorld) -> None:
    job, _worker = start(world, "1-6")
    render_with_masks(world, job, {3: 1})
    assert job.state is JobState.COMPLETED
    assert world.memory(job).attempts_of(3) == 2
    assert len(list((world.output / "job" / "mask").iterdir())) == 6


def test_a_frame_that_never_gets_the_file_fails_with_its_name(world: FakeWorld) -> None:
    job, _worker = start(world, "1-6")
    render_with_masks(world, job, {3: 99})
    assert job.state is JobState.FAILED
    assert world.frames_in(job, FrameState.FAILED) == [3]
    failure = facts(world, FrameFailed)[-1]
    assert failure.code == "file-missing"
    assert failure.reason == "The frame lacks mask/shot_####.png, which the frames beside it have."


@pytest.mark.parametrize("frames", [(1,), (6,), (1, 2, 3), (4, 5, 6)])
def test_a_layer_that_begins_later_or_ends_earlier_is_no_fault(
    world: FakeWorld, frames: tuple[int, ...]
) -> None:
    job, _worker = start(world, "1-6")
    render_with_masks(world, job, dict.fromkeys(frames, 99))
    assert job.state is JobState.COMPLETED
    assert world.memory(job).attempts_of(3) == 1


def test_a_run_that_ended_is_cleared_away(world: FakeWorld) -> None:
    job, worker = start(world, "1-2")
    worker.finish()
    worker.finish()
    worker.end()
    world.settle()
    assert job.state is JobState.COMPLETED
    names = {path.name for path in (world.output / "job").iterdir()}
    assert names == {"shot_0001.png", "shot_0002.png"}


def test_what_is_to_be_rendered_next_begins_the_next_run(world: FakeWorld) -> None:
    job, worker = start(world, "1-12", batch_size=4)
    assert [task.frame for task in worker.tasks] == [1, 2, 3, 4]
    world.order(commands.RenderNext(job.id, FrameSet.parse("9,7")))
    for _frame in range(4):
        worker.finish()
    worker.end()
    world.settle()
    (second,) = world.alive()
    assert [task.frame for task in second.tasks] == [7, 8, 9, 10]
    world.render_all()
    assert job.state is JobState.COMPLETED
    runs = [[task.frame for task in one.order.tasks] for one in world.workers]
    assert runs == [[1, 2, 3, 4], [7, 8, 9, 10], [5, 6, 11, 12]]


def test_a_job_to_be_rendered_backwards_is_not_cut_into_single_frames(world: FakeWorld) -> None:
    _job, worker = start(world, "8-1", batch_size=4)
    assert [task.frame for task in worker.tasks] == [1, 2, 3, 4]


@pytest.mark.parametrize(("slots", "runs"), [(1, [10]), (2, [5, 5]), (3, [4, 3, 3])])
def test_a_run_is_shared_among_the_slots(new_world: NewWorld, slots: int, runs: list[int]) -> None:
    world = new_world(slots=slots)
    world.submit("1-10", options={**BATCH, "shares": True})
    world.settle()
    assert [len(worker.tasks) for worker in world.alive()] == runs


def test_an_error_of_a_frame_that_was_cancelled_leaves_it_free_to_be_rendered_again(world: FakeWorld) -> None:
    job, worker = start(world, "1-3")
    world.order(commands.CancelFrames(job.id, FrameSet.of([2])))
    worker.say(said.FrameBegan(2))
    worker.say(said.FrameErred(2, "It broke."))
    world.settle()
    worker.tasks = [task for task in worker.tasks if task.frame != 2]
    world.order(commands.RetryFrames(job.id, FrameSet.of([2])))
    world.render_all()
    assert job.state is JobState.COMPLETED


def test_an_error_of_a_frame_nobody_saw_begin_fails_it(world: FakeWorld) -> None:
    job, worker = start(world, "1-3")
    worker.say(said.FrameErred(2, "It broke."))
    worker.tasks = [task for task in worker.tasks if task.frame != 2]
    world.settle()
    (failure,) = facts(world, FrameFailed)
    assert (failure.frame, failure.reason) == (2, "It broke.")
    world.render_all()
    assert job.state is JobState.COMPLETED


@pytest.mark.parametrize("stalled_s", [None, 900.0])
def test_a_crash_between_passes_costs_the_frame_it_was_at_and_no_other(
    world: FakeWorld, stalled_s: float | None
) -> None:
    job, worker = start(world, "1-4")
    for frame in (1, 2, 3, 4):
        worker.say(said.FrameBegan(frame))
    worker.say(said.FrameAdvanced(2, 60.0, "second layer"))
    world.settle()
    end(world, worker, -11, stalled_s=stalled_s)
    (failure,) = facts(world, FrameFailed)
    assert failure.frame == 2
    assert world.memory(job).failures == {2: 1}
    (second,) = world.alive()
    assert [task.frame for task in second.tasks] == [1, 3, 4]


def test_frames_an_engine_wrote_nothing_for_all_fail_when_it_came_to_its_end(world: FakeWorld) -> None:
    _job, worker = start(world, "1-3")
    for frame in (1, 2, 3):
        worker.say(said.FrameBegan(frame))
    world.settle()
    end(world, worker)
    assert sorted(failure.frame for failure in facts(world, FrameFailed)) == [1, 2, 3]


def test_frames_that_are_rendered_anew_are_not_held_to_what_they_were_before(world: FakeWorld) -> None:
    """Someone takes a layer out of the scene and renders frames again before the job is done."""
    job, worker = start(world, "1-9")
    for frame in range(1, 7):
        put(worker, f"mask/shot_{frame:04d}.png")
        worker.finish()
    world.settle()
    world.order(commands.RetryFrames(job.id, FrameSet.parse("1-6")))
    world.order(commands.RenderNext(job.id, FrameSet.parse("3")))
    render_with_masks(world, job, dict.fromkeys(range(1, 10), 99))
    assert job.state is JobState.COMPLETED
    assert [world.memory(job).attempts_of(frame) for frame in range(1, 10)] == [2] * 6 + [1] * 3


def test_frames_that_fell_together_are_tried_alone(world: FakeWorld) -> None:
    """A crash costs the frame beside the guilty one as well; together they would never get further."""
    job, worker = start(world, "1-6")
    for frame in (1, 2, 3, 4):
        put(worker, f"shot_{frame:04d}.png", BAD if frame in (3, 4) else GOOD)
    end(world, worker, -11, found=(1, 2, 3, 4))
    assert world.frames_in(job, FrameState.COMPLETED) == [1, 2]
    world.render_all()
    runs = [[task.frame for task in one.order.tasks] for one in world.workers]
    assert runs == [[1, 2, 3, 4, 5, 6], [5, 6], [3], [4]]
    assert job.state is JobState.COMPLETED


def test_cancelling_a_frame_of_several_under_way_costs_only_that_one(world: FakeWorld) -> None:
    """As where layers are rendered one after the other, and every frame has its first one already."""
    job, worker = start(world, "1-4")
    for frame in (1, 2, 3, 4):
        worker.say(said.FrameBegan(frame))
    world.settle()
    world.order(commands.CancelFrames(job.id, FrameSet.parse("2")))
    assert not worker.is_killed
    for frame in (1, 2, 3, 4):
        put(worker, f"shot_{frame:04d}.png")
        worker.say(said.FrameEnded(frame))
    worker.end()
    world.settle()
    assert world.frames_in(job, FrameState.COMPLETED) == [1, 3, 4]
    assert world.frames_in(job, FrameState.CANCELLED) == [2]


def test_cancelling_the_only_frame_under_way_stops_the_engine(world: FakeWorld) -> None:
    job, worker = start(world, "1-4")
    worker.begin()
    world.settle()
    world.order(commands.CancelFrames(job.id, FrameSet.parse("1")))
    assert worker.is_killed


def test_existing_frames_need_all_files_that_most_have(world: FakeWorld) -> None:
    folder = world.output / "job"
    for layer in ("beauty", "fog"):
        (folder / layer).mkdir(parents=True)
        for frame in range(1, 7):
            (folder / layer / f"shot_{frame:04d}.png").write_bytes(GOOD)
    (folder / "fog" / "shot_0002.png").unlink()
    (folder / "fog" / "shot_0005.png").write_bytes(BAD)
    job, worker = start(world, "1-6")
    assert world.frames_in(job, FrameState.SKIPPED) == [1, 3, 4, 6]
    assert [task.frame for task in worker.tasks] in ([2, 5], [2])
