"""Every pair of states, written down once more by hand, and roll-ups tried with every small count."""

import itertools

import pytest

from render_manager.domain.states import (
    FINISHED_FRAMES,
    FINISHED_JOBS,
    FRAME_CODES,
    FRAME_STATES,
    FrameState,
    JobState,
    frame_may_become,
    roll_up,
    roll_up_project,
)

#                                                to: P  R  C  F  X  S
FRAME_TABLE = {
    FrameState.PENDING: (0, 1, 0, 1, 1, 1),
    FrameState.RENDERING: (1, 0, 1, 1, 1, 1),
    FrameState.COMPLETED: (1, 0, 0, 0, 0, 0),
    FrameState.FAILED: (1, 0, 0, 0, 0, 1),
    FrameState.CANCELLED: (1, 0, 0, 0, 0, 1),
    FrameState.SKIPPED: (1, 0, 0, 1, 1, 0),
}


@pytest.mark.parametrize(("before", "after"), list(itertools.product(FrameState, FrameState)))
def test_frame_moves(before: FrameState, after: FrameState) -> None:
    assert frame_may_become(before, after) == bool(FRAME_TABLE[before][FRAME_STATES.index(after)])


def test_words_are_the_words_of_the_database() -> None:
    assert [str(state) for state in FrameState] == [
        "pending",
        "rendering",
        "completed",
        "failed",
        "cancelled",
        "skipped",
    ]
    assert [str(state) for state in JobState] == [
        "pending",
        "running",
        "paused",
        "completed",
        "failed",
        "cancelled",
    ]


def test_codes_follow_the_order_of_states() -> None:
    assert [FRAME_CODES[state] for state in FRAME_STATES] == list(range(len(FRAME_STATES)))


def test_finished_states_are_those_that_only_an_order_leaves() -> None:
    assert frozenset(FrameState) - {FrameState.PENDING, FrameState.RENDERING} == FINISHED_FRAMES
    assert {JobState.COMPLETED, JobState.FAILED, JobState.CANCELLED} == FINISHED_JOBS


def _expected(counts: dict[FrameState, int], *, paused: bool) -> JobState:
    if counts[FrameState.RENDERING] + counts[FrameState.PENDING] > 0:
        if paused:
            return JobState.PAUSED
        return JobState.PENDING if counts[FrameState.RENDERING] == 0 else JobState.RUNNING
    for frame_state, job_state in (
        (FrameState.FAILED, JobState.FAILED),
        (FrameState.CANCELLED, JobState.CANCELLED),
    ):
        if counts[frame_state]:
            return job_state
    return JobState.COMPLETED


@pytest.mark.parametrize("paused", [False, True])
def test_roll_up_of_every_mixture(paused: bool) -> None:
    for numbers in itertools.product(range(3), repeat=len(FrameState)):
        counts = dict(zip(FrameState, numbers, strict=True))
        assert roll_up(counts, paused=paused) is _expected(counts, paused=paused), counts


@pytest.mark.parametrize(
    ("jobs", "project"),
    [
        ([], JobState.COMPLETED),
        ([JobState.COMPLETED], JobState.COMPLETED),
        ([JobState.COMPLETED, JobState.CANCELLED], JobState.CANCELLED),
        ([JobState.CANCELLED, JobState.FAILED], JobState.FAILED),
        ([JobState.FAILED, JobState.PAUSED], JobState.PAUSED),
        ([JobState.PAUSED, JobState.PENDING], JobState.PENDING),
        ([JobState.PENDING, JobState.RUNNING, JobState.FAILED], JobState.RUNNING),
    ],
)
def test_project_roll_up(jobs: list[JobState], project: JobState) -> None:
    assert roll_up_project(jobs) is project
    assert roll_up_project(list(reversed(jobs))) is project
