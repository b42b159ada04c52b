"""Marks that finished pictures get, alone and beside their neighbours."""

import zlib
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from support.fake_world import FakeHealth, FakePicture, FakeWorld

from render_manager.domain import events
from render_manager.domain.changes import FrameResult
from render_manager.domain.health import Mark, Portrait, marks_of, marks_text
from render_manager.domain.states import FrameState
from render_manager.media import examine
from render_manager.scheduling.neighbours import Neighbours
from render_manager.scheduling.pictures import portrait_of

DARK, GREY, LIGHT = bytes([20] * 48), bytes([24] * 48), bytes([200] * 48)


def portrait(grey: bytes, checksum: int, *marks: Mark) -> Portrait:
    return Portrait(frozenset(marks), grey, checksum)


def complete(world: FakeWorld, portraits: Sequence[Portrait], order: Sequence[int]) -> dict[int, set[Mark]]:
    """Complete frames 1, 2, … with these portraits in an order; return the marks each has at the end."""
    job = world.submit(f"1-{len(portraits)}")
    world.jobs.with_frames(job)
    neighbours = Neighbours(world.store)
    marks: dict[int, set[Mark]] = {}
    for number in order:
        now = world.clock.now()
        for event in (
            events.AttemptStarted(number),
            events.AttemptCompleted(number, FrameResult((), "", 1.0, portrait=portraits[number - 1])),
        ):
            world.ledger.add(job, job.apply(event, now))
        marks[number] = set(portraits[number - 1].marks)
        for frame, found in neighbours.completed(job, number, portraits[number - 1]).items():
            marks[frame] = set(found)
    return {frame: found for frame, found in marks.items() if found}


ORDERS = [range(1, 6), range(5, 0, -1), [1, 5, 3, 2, 4], [3, 2, 4, 1, 5]]


@pytest.mark.parametrize("order", ORDERS)
def test_a_frame_that_falls_out_of_line(world: FakeWorld, order: Sequence[int]) -> None:
    shown = [portrait(grey, n) for n, grey in enumerate([DARK, GREY, LIGHT, GREY, DARK])]
    assert complete(world, shown, order) == {3: {Mark.OUTLIER}}


@pytest.mark.parametrize("order", ORDERS)
def test_a_cut_is_nothing_odd(world: FakeWorld, order: Sequence[int]) -> None:
    shown = [portrait(grey, n) for n, grey in enumerate([DARK, DARK, LIGHT, LIGHT, LIGHT])]
    assert complete(world, shown, order) == {}


@pytest.mark.parametrize("order", ORDERS)
def test_a_picture_that_was_written_twice(world: FakeWorld, order: Sequence[int]) -> None:
    shown = [portrait(GREY, checksum) for checksum in (1, 2, 2, 4, 5)]
    assert complete(world, shown, order) == {3: {Mark.FROZEN}}


@pytest.mark.parametrize("order", ORDERS)
def test_a_still_shot_is_nothing_odd(world: FakeWorld, order: Sequence[int]) -> None:
    assert complete(world, [portrait(GREY, 7)] * 5, order) == {}


@pytest.mark.parametrize("held", [2, 3])
@pytest.mark.parametrize("is_backwards", [False, True])
def test_what_is_animated_on_twos_is_nothing_odd(world: FakeWorld, held: int, is_backwards: bool) -> None:
    shown = [portrait(GREY, number // held) for number in range(12)]
    order = range(12, 0, -1) if is_backwards else range(1, 13)
    assert complete(world, shown, order) == {}


def test_jobs_of_which_nothing_is_kept_are_forgotten_without_a_search(world: FakeWorld) -> None:
    """Thousands may be deleted at once while a long one renders."""

    class Unsearchable(OrderedDict[tuple[int, int], Portrait]):
        def __iter__(self) -> Iterator[tuple[int, int]]:
            raise AssertionError("searched")

    neighbours = Neighbours(world.store)
    neighbours._portraits = Unsearchable()
    neighbours._keep((1, 1), portrait(GREY, 1))
    neighbours.forget(2)
    with pytest.raises(AssertionError, match="searched"):
        neighbours.forget(1)


def test_black_and_broken_frames_are_marked_alone(world: FakeWorld) -> None:
    black, broken = portrait(bytes(48), 3, Mark.BLACK), portrait(GREY, 4, Mark.BROKEN_PIXELS)
    shown = [portrait(GREY, 1), black, portrait(GREY, 2), broken, portrait(GREY, 5)]
    assert complete(world, shown, range(1, 6)) == {2: {Mark.BLACK}, 4: {Mark.BROKEN_PIXELS}}


def test_marks_are_stored_and_seen_after_a_start(world: FakeWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    greys = iter([DARK, GREY, LIGHT, GREY])

    def look(path: Path, *, thumbnail: Path | None = None) -> FakePicture:
        return FakePicture("", health=FakeHealth(grey=next(greys), checksum=zlib.crc32(path.name.encode())))

    monkeypatch.setattr(world.finisher, "_examine", look)
    job = world.submit("1-4")
    world.render_all()
    assert [set(row.marks) for row in world.reader().frames(job.id)] == [set(), set(), {Mark.OUTLIER}, set()]
    assert world.reader().noted_frames(job.id) == ([], [3])
    assert [job.snapshot().marked_frames, world.reader().jobs()[0].marked_frames] == [1, 1]
    portrait, marks = world.store.frame_portrait(job.id, 3)
    assert (portrait.grey, marks) == (LIGHT, {Mark.OUTLIER})
    changes = [change for one in world.published for change in one.frames if change.is_about_marks]
    assert [(change.runs, change.marks) for change in changes] == [(((3, 3),), {Mark.OUTLIER})]


def test_a_frame_that_is_rendered_again_loses_its_marks(
    world: FakeWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    black = FakePicture("", health=FakeHealth(is_black=True, grey=bytes(48)))
    monkeypatch.setattr(world.finisher, "_examine", lambda *_path, **_more: black)
    job = world.submit("1-2")
    world.render_all()
    assert [row.marks for row in world.reader().frames(job.id)] == [{Mark.BLACK}] * 2
    assert job.snapshot().marked_frames == 2
    event = events.FramesRetried(None, False, "again")
    world.ledger.add(job, world.jobs.with_frames(job).apply(event, 1.0))
    world.turn()
    assert [row.marks for row in world.reader().frames(job.id)] == [frozenset()] * 2
    assert job.snapshot().marked_frames == 0
    assert job.frames.states.of(1) is not FrameState.COMPLETED


def test_marks_as_text() -> None:
    assert marks_of(marks_text({Mark.BLACK, Mark.OUTLIER})) == {Mark.BLACK, Mark.OUTLIER}
    assert marks_of("black of-a-newer-version") == {Mark.BLACK}
    assert Portrait.read_back("nonsense").grey == b""
    assert Portrait.read_back(portrait(DARK, 5).text()) == portrait(DARK, 5)


def test_the_portraits_of_real_pictures(tmp_path: Path) -> None:
    rising = np.tile(np.linspace(0, 255, 320, dtype=np.uint8)[None, :, None], (180, 1, 3))
    Image.fromarray(rising).save(tmp_path / "a.png")
    Image.fromarray(np.zeros_like(rising)).save(tmp_path / "black.png")
    rising[90, 160] = 255
    Image.fromarray(rising).save(tmp_path / "b.png")
    first = portrait_of(examine(tmp_path / "a.png"))
    assert len(first.grey) == 48
    assert list(first.grey[:8]) == sorted(first.grey[:8])
    assert not first.marks
    assert portrait_of(examine(tmp_path / "a.png")) == first
    assert portrait_of(examine(tmp_path / "b.png")).checksum != first.checksum
    assert portrait_of(examine(tmp_path / "black.png")).marks == {Mark.BLACK}
