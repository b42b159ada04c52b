"""Which frame comes next: the order of the list, those put first, those that came back, those that wait."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from render_manager.domain.frameset import FrameSet
from render_manager.domain.job_parts import FrameMemory
from render_manager.domain.states import FrameState
from render_manager.scheduling.frame_queue import FrameQueue

NOW = 1000.0
lists = st.one_of(
    st.sampled_from(["1-9", "9-1", "1-9x2", "1-9x4,1-9", "5-1,9-2x3", "-3-3", "1,4,2,8", "3-3", "10-1x4"]),
    st.lists(st.integers(-9, 20), min_size=1, max_size=12).map(lambda numbers: ",".join(map(str, numbers))),
)


def make(text: str) -> tuple[FrameMemory, FrameQueue]:
    memory = FrameMemory.fresh(FrameSet.parse(text))
    return memory, FrameQueue(memory, retry_delay_s=60.0)


def put(memory: FrameMemory, frame: int, state: FrameState) -> None:
    index = memory.states.frames.index(frame)
    memory.states.fill(index, index, state)


def take_all(memory: FrameMemory, queue: FrameQueue, now: float = NOW) -> list[int]:
    taken = []
    while (frame := queue.next_frame(now)) is not None:
        put(memory, frame, FrameState.RENDERING)
        taken.append(frame)
    return taken


@given(lists)
def test_every_frame_once_in_the_order_of_the_list(text: str) -> None:
    memory, queue = make(text)
    order = list(dict.fromkeys(FrameSet.parse(text).in_order()))
    assert take_all(memory, queue) == order


@given(lists, st.data())
def test_only_pending_frames_are_handed_out(text: str, data: st.DataObject) -> None:
    memory, queue = make(text)
    frames = list(memory.states.frames)
    done = set(data.draw(st.lists(st.sampled_from(frames))))
    for frame in done:
        put(memory, frame, FrameState.COMPLETED)
    expected = [frame for frame in dict.fromkeys(FrameSet.parse(text).in_order()) if frame not in done]
    assert take_all(memory, queue) == expected


@given(lists, st.data())
def test_nothing_is_lost_and_nothing_comes_twice(text: str, data: st.DataObject) -> None:
    """Frames handed out, put back, put first, in doubt, waiting: in the end each was handed out."""
    memory, queue = make(text)
    frames = list(memory.states.frames)
    now = NOW
    for _step in range(data.draw(st.integers(0, 25))):
        kind = data.draw(st.integers(0, 6))
        frame = data.draw(st.sampled_from(frames))
        state = memory.states.of(frame)
        if kind == 0:
            taken = queue.next_frame(now)
            if taken is not None:
                assert memory.states.of(taken) is FrameState.PENDING
                put(memory, taken, FrameState.RENDERING)
        elif kind == 1 and state is FrameState.RENDERING:
            put(memory, frame, FrameState.PENDING)
            if data.draw(st.booleans()):
                memory.retry_at[frame] = now + data.draw(st.floats(0, 50))
            queue.put_back(frame)
        elif kind == 2:
            memory.retry_at.pop(frame, None)
            queue.put_first([frame])
        elif kind == 3:
            assert queue.has_next(now) == queue.has_next(now)
        elif kind == 4 and state is FrameState.PENDING:
            queue.in_doubt.add(frame)
        elif kind == 5 and frame in queue.in_doubt:
            queue.in_doubt.discard(frame)
            queue.put_back(frame)
        else:
            now += 10.0
    for frame in list(queue.in_doubt):
        queue.in_doubt.discard(frame)
        queue.put_back(frame)
    expected = set(memory.states.numbers_in(FrameState.PENDING))
    rest = take_all(memory, queue, now + 1000.0)
    assert sorted(rest) == sorted(expected)


@pytest.mark.parametrize("text", ["1-5", "5-1", "1,3,2,5,4"])
def test_looking_does_not_change_the_order(text: str) -> None:
    memory, queue = make(text)
    expected = list(FrameSet.parse(text).in_order())
    found = []
    while queue.has_next(NOW) and queue.has_next(NOW):
        frame = queue.next_frame(NOW)
        assert frame is not None
        found.append(frame)
        put(memory, frame, FrameState.RENDERING)
    assert found == expected
    assert not queue.has_next(NOW)


def test_frames_put_first_keep_their_own_order() -> None:
    memory, queue = make("1-6")
    queue.put_first([5, 2])
    queue.put_first([6])
    assert take_all(memory, queue) == [6, 5, 2, 1, 3, 4]


def test_frames_that_came_back_come_after_the_list() -> None:
    memory, queue = make("1-4")
    first = queue.next_frame(NOW)
    assert first == 1
    queue.put_back(1)
    assert take_all(memory, queue) == [2, 3, 4, 1]


def test_a_retry_waits_for_its_time_and_comes_last() -> None:
    memory, queue = make("1-3")
    assert queue.next_frame(NOW) == 1
    memory.retry_at[1] = NOW + 10
    queue.put_back(1)
    assert (queue.next_retry_at(), queue.next_retry_frame()) == (NOW + 10, 1)
    assert take_all(memory, queue, NOW + 9.9) == [2, 3]
    assert queue.next_frame(NOW + 9.9) is None
    assert queue.next_frame(NOW + 10) == 1


def test_retries_known_from_the_store_wait_too() -> None:
    memory = FrameMemory.fresh(FrameSet.parse("1-3"))
    memory.retry_at = {2: NOW + 5, 3: NOW + 1}
    queue = FrameQueue(memory, retry_delay_s=60.0)
    assert (queue.next_retry_at(), queue.next_retry_frame()) == (NOW + 1, 3)
    assert take_all(memory, queue, NOW) == [1]
    assert take_all(memory, queue, NOW + 100) == [3, 2]


def test_a_wait_that_was_dropped_counts_no_more() -> None:
    memory, queue = make("1-2")
    assert queue.next_frame(NOW) == 1
    memory.retry_at[1] = NOW + 10
    queue.put_back(1)
    del memory.retry_at[1]
    assert queue.next_retry_at() is None
    queue.put_first([1])
    assert take_all(memory, queue) == [1, 2]


def test_a_closed_queue_hands_out_nothing() -> None:
    memory, queue = make("1-2")
    queue.is_closed = True
    assert queue.next_frame(NOW) is None
    assert not queue.has_next(NOW)
    queue.is_closed = False
    assert take_all(memory, queue) == [1, 2]


def test_frames_of_a_batch_and_frames_in_doubt_are_passed_over() -> None:
    memory, queue = make("1-4")
    queue.taken.add(1)
    queue.in_doubt.add(2)
    assert take_all(memory, queue) == [3, 4]


def test_finished_frames_that_are_wanted_again() -> None:
    memory, queue = make("1-4")
    assert take_all(memory, queue) == [1, 2, 3, 4]
    put(memory, 3, FrameState.PENDING)
    assert queue.next_frame(NOW) is None
    queue.restart()
    assert queue.next_frame(NOW) == 3


def test_a_million_frames_are_searched_without_looking_at_each() -> None:
    memory, queue = make("1-1000000")
    memory.states.fill(0, 999_998, FrameState.COMPLETED)
    assert queue.next_frame(NOW) == 1_000_000


@pytest.mark.parametrize("back_s", [3600.0, 86400.0 * 40, NOW])
def test_a_retry_does_not_wait_for_a_clock_that_was_set_back(back_s: float) -> None:
    memory, queue = make("1-2")
    take_all(memory, queue)
    for frame, at in ((1, NOW + 60.0), (2, NOW + 120.0)):
        put(memory, frame, FrameState.PENDING)
        memory.failures[frame], memory.retry_at[frame] = frame, at
        queue.put_back(frame)
    assert take_all(memory, queue, NOW + 1.0) == []
    now = NOW - back_s
    assert queue.has_next(now)
    assert sorted(take_all(memory, queue, now)) == [1, 2]


def test_a_clock_set_back_a_little_costs_no_more_than_the_delay() -> None:
    memory, queue = make("1")
    take_all(memory, queue)
    put(memory, 1, FrameState.PENDING)
    memory.failures[1], memory.retry_at[1] = 1, NOW + 60.0
    queue.put_back(1)
    assert take_all(memory, queue, NOW + 50.0) == []
    assert take_all(memory, queue, NOW + 20.0) == []
    assert queue.next_retry_at() == NOW + 60.0
    assert take_all(memory, queue, NOW + 60.0) == [1]


def test_a_retry_stored_before_the_clock_was_set_back_is_due_at_the_start() -> None:
    memory = FrameMemory.fresh(FrameSet.parse("1"))
    memory.failures[1], memory.retry_at[1] = 3, NOW + 86400.0
    queue = FrameQueue(memory, retry_delay_s=60.0)
    assert queue.next_frame(NOW) == 1


def test_a_clock_that_ran_ahead_while_a_frame_failed() -> None:
    memory, queue = make("1")
    take_all(memory, queue)
    put(memory, 1, FrameState.PENDING)
    memory.failures[1], memory.retry_at[1] = 1, NOW + 86400.0 + 60.0
    queue.put_back(1)
    assert take_all(memory, queue, NOW + 10.0) == [1]
