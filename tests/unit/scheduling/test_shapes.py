"""Pictures of another size, or without a channel, are found before their frame counts as done."""

from pathlib import Path

import pytest
from support.fake_world import FakePicture, FakeWorld

from render_manager.domain.facts import EngineWarned, FrameFailed
from render_manager.domain.job import Job
from render_manager.domain.states import FrameState, JobState


def render(
    world: FakeWorld,
    monkeypatch: pytest.MonkeyPatch,
    frames: str,
    odd: list[FakePicture | None],
    **values: int,
) -> Job:
    """Render a job whose pictures are looked at in this order; None is what all others are like."""
    looks = iter(odd)

    def look(_path: Path, *, thumbnail: Path | None = None) -> FakePicture:
        return next(looks, None) or FakePicture("")

    monkeypatch.setattr(world.finisher, "_examine", look)
    job = world.submit(frames, retry_delay_s=5.0, **values)
    world.render_all()
    return job


def failures(world: FakeWorld) -> list[tuple[int, str, str]]:
    return [
        (fact.frame, fact.code, fact.reason)
        for one in world.published
        for fact in one.facts
        if isinstance(fact, FrameFailed)
    ]


def test_a_picture_of_another_size_is_rendered_again(
    world: FakeWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = render(world, monkeypatch, "1-4", [None, FakePicture("", 32, 18)])
    assert failures(world) == [
        (2, "wrong-shape", "The picture is 32 x 18 pixels, where 64 x 36 were expected.")
    ]
    assert job.state is JobState.COMPLETED


def test_a_picture_without_a_channel_is_rendered_again(
    world: FakeWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    render(world, monkeypatch, "1-3", [None, None, FakePicture("", channels=("R", "G"))])
    assert failures(world) == [
        (3, "wrong-shape", "The picture lacks channels that the others of this job have: B.")
    ]


def test_more_channels_are_no_mistake(world: FakeWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    render(world, monkeypatch, "1-3", [None, FakePicture("", channels=("R", "G", "B", "A"))])
    assert failures(world) == []


@pytest.mark.parametrize("is_first", [False, True])
def test_a_fade_from_or_to_black_that_is_written_without_colours_is_no_mistake(
    world: FakeWorld, monkeypatch: pytest.MonkeyPatch, is_first: bool
) -> None:
    """ImageMagick, for one, writes a grey PNG as soon as a picture has no colours."""
    grey = FakePicture("", channels=("Y",))
    render(world, monkeypatch, "1-4", [grey if is_first else None, None, grey, None])
    assert failures(world) == []


def test_when_the_first_frame_is_the_odd_one_the_others_do_not_fail_all_night(
    world: FakeWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    render(world, monkeypatch, "1-6", [FakePicture("", 32, 18)])
    assert [frame for frame, _code, _reason in failures(world)] == [2], "one try, which it gets back"
    states = [row.state for row in world.reader().frames(1)]
    assert states == [FrameState.COMPLETED] * 6
    told = [
        fact.text
        for one in world.published
        for fact in one.facts
        if isinstance(fact, EngineWarned) and fact.text.startswith("From frame 3 on the pictures")
    ]
    assert len(told) == 1


def test_not_even_without_retries(world: FakeWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    job = render(world, monkeypatch, "1-6", [FakePicture("", 32, 18)], max_retries=0)
    assert job.state is JobState.COMPLETED
    assert world.memory(job).failures == {}
