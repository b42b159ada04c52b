"""Packed states against a dictionary that does the same the plain way."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from render_manager.domain.frameset import FrameSet
from render_manager.domain.framestates import FrameStates
from render_manager.domain.states import FrameState

frame_sets = st.one_of(
    st.builds(
        lambda start, count, step: FrameSet.span(start, start + count * step, step),
        st.integers(-20, 20),
        st.integers(0, 40),
        st.integers(1, 5),
    ),
    st.lists(st.integers(-30, 60), min_size=1, max_size=40).map(FrameSet.of),
)
states = st.sampled_from(FrameState)


@st.composite
def packed(draw: st.DrawFn) -> FrameStates:
    frames = draw(frame_sets)
    # Few different states, so that runs come about.
    codes = draw(st.lists(st.integers(0, 5), min_size=len(frames), max_size=len(frames)))
    runs = draw(st.booleans())
    return FrameStates(frames, bytes(code if runs else code % 2 for code in codes))


@given(packed(), states, st.one_of(st.none(), frame_sets))
def test_runs_are_the_longest_runs(held: FrameStates, state: FrameState, wanted: FrameSet | None) -> None:
    runs = list(held.runs(state, wanted))
    expected = [
        index
        for index, number in enumerate(held.frames)
        if held.at(index) is state and (wanted is None or number in wanted)
    ]
    assert [index for first, last in runs for index in range(first, last + 1)] == expected
    for (_first, last), (first, _last) in pairwise(runs):
        assert first > last + 1 or wanted is not None
    assert held.numbers_in(state, wanted) == [held.frames.numbers[index] for index in expected]


@given(packed(), states)
def test_runs_without_a_choice_never_touch(held: FrameStates, state: FrameState) -> None:
    runs = list(held.runs(state))
    assert all(after > last + 1 for (_, last), (after, _) in pairwise(runs))


@given(packed())
def test_counts_are_a_recount(held: FrameStates) -> None:
    found = [held.at(index) for index in range(len(held))]
    assert held.counts() == {state: found.count(state) for state in FrameState}
    assert sum(held.counts().values()) == len(held) == len(held.frames)


@given(packed(), states, st.data())
def test_fill_changes_just_the_run(held: FrameStates, state: FrameState, data: st.DataObject) -> None:
    first = data.draw(st.integers(0, len(held) - 1))
    last = data.draw(st.integers(first, len(held) - 1))
    before = [held.at(index) for index in range(len(held))]
    held.fill(first, last, state)
    assert [held.at(index) for index in range(len(held))] == [
        state if first <= index <= last else before[index] for index in range(len(before))
    ]


@given(packed(), states, st.integers(0, 60))
def test_next_in(held: FrameStates, state: FrameState, start: int) -> None:
    expected = next((i for i in range(start, len(held)) if held.at(i) is state), None)
    assert held.next_in(state, start) == expected


@given(packed())
def test_state_of_a_frame_number(held: FrameStates) -> None:
    for index, number in enumerate(held.frames):
        assert held.of(number) is held.at(index)
    with pytest.raises(KeyError):
        held.of(10_000)


def test_codes_must_fit_the_frames() -> None:
    with pytest.raises(ValueError, match="3 states for 4 frames"):
        FrameStates(FrameSet.parse("1-4"), bytes(3))


def test_no_frames() -> None:
    held = FrameStates(FrameSet([]))
    assert list(held.runs(FrameState.PENDING)) == []
    assert sum(held.counts().values()) == 0
