"""Frame lists: what people write, what is meant, what comes back, and what is refused."""

import itertools
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from render_manager.domain.errors import UserError
from render_manager.domain.frameset import MAX_FRAMES, MAX_TEXT_LENGTH, FrameSet, compact_text

Part = tuple[int, int, int]
numbers = st.integers(-300, 300)
parts = st.tuples(numbers, numbers, st.integers(1, 40))
part_lists = st.lists(parts, min_size=1, max_size=8)


def meant(part: Part) -> list[int]:
    """Return the frames of `start-endxstep`, the slow and plain way."""
    start, end, step = part
    sign = 1 if end >= start else -1
    return [start + sign * step * i for i in range(abs(end - start) // step + 1)]


def written(part: Part) -> str:
    start, end, step = part
    return f"{start}-{end}x{step}"


@given(part_lists)
def test_list_reads_as_it_is_meant(given_parts: list[Part]) -> None:
    frames = FrameSet.parse(",".join(map(written, given_parts)))
    order = list(itertools.chain.from_iterable(map(meant, given_parts)))
    assert list(frames.in_order()) == order
    assert list(frames) == sorted(set(order))
    assert len(frames) == len(set(order))


@given(part_lists)
def test_text_reads_back_as_the_same_set_in_the_same_order(given_parts: list[Part]) -> None:
    frames = FrameSet.parse(",".join(map(written, given_parts)))
    again = FrameSet.parse(frames.text())
    assert again == frames
    assert hash(again) == hash(frames)
    assert list(again.in_order()) == list(frames.in_order())
    assert again.text() == frames.text()


@given(part_lists, numbers)
def test_index_is_the_place_among_sorted_numbers(given_parts: list[Part], number: int) -> None:
    frames = FrameSet.parse(",".join(map(written, given_parts)))
    expected = sorted(set(itertools.chain.from_iterable(map(meant, given_parts))))
    for place, frame in enumerate(expected):
        assert frames.index(frame) == place
        assert frames.numbers[place] == frame
    assert (number in frames) == (number in expected)
    if number not in expected:
        with pytest.raises(KeyError):
            frames.index(number)


@given(st.lists(numbers))
def test_set_of_numbers(values: list[int]) -> None:
    frames = FrameSet.of(values)
    assert list(frames) == list(frames.in_order()) == sorted(set(values))
    if values:
        assert list(FrameSet.parse(compact_text(values))) == sorted(set(values))


@given(numbers, numbers, st.integers(-2, 40))
def test_span(start: int, end: int, step: int) -> None:
    assert list(FrameSet.span(start, end, step)) == list(range(start, end + 1, max(step, 1)))


@given(st.text(max_size=60))
def test_garbage_is_refused_in_words(text: str) -> None:
    try:
        frames = FrameSet.parse(text)
    except UserError as error:
        assert str(error).endswith(".")
    else:
        assert 0 < len(frames) <= MAX_FRAMES


@given(st.text(alphabet="0123456789-x:., ;..，、；\n", max_size=40))
def test_near_misses_are_refused_in_words(text: str) -> None:
    try:
        frames = FrameSet.parse(text)
    except UserError as error:
        assert str(error)
    else:
        assert FrameSet.parse(frames.text()) == frames


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("7", [7]),
        ("1-5", [1, 2, 3, 4, 5]),
        ("1-10x5,120", [1, 6, 120]),
        ("1 - 5 x 2", [1, 3, 5]),
        ("1..3", [1, 2, 3]),
        ("1-9:4", [1, 5, 9]),
        ("3-1", [3, 2, 1]),
        ("10-1x4", [10, 6, 2]),
        ("-5--1", [-5, -4, -3, -2, -1]),
        ("-1--5x2", [-1, -3, -5]),
        ("-2-2", [-2, -1, 0, 1, 2]),
        ("-7", [-7]),
        ("1,2;3，4、5；6", [1, 2, 3, 4, 5, 6]),
        (" 4 , , 5 ", [4, 5]),
        ("0010-0012", [10, 11, 12]),
        ("5-5x9", [5]),
        ("1-4x3", [1, 4]),
        ("1-10x10,1-3", [1, 1, 2, 3]),
    ],
)
def test_ways_of_writing(text: str, expected: list[int]) -> None:
    frames = FrameSet.parse(text)
    assert list(frames.in_order()) == expected
    assert list(frames) == sorted(set(expected))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        ",",
        "abc",
        "10-1x0",
        "1-10x0",
        "1-10x-2",
        "1-",
        "-",
        "--1",
        "1--",
        "1-2-3",
        "1.5",
        "1e3",
        "1-3x",
        "x2",
        "१-३",
        "1\x00",
        "{0}",
        "1-10x5 and 7",
        "1234567890123456789012",
    ],
)
def test_nonsense_is_refused(text: str) -> None:
    with pytest.raises(UserError) as refusal:
        FrameSet.parse(text)
    assert "Write" in str(refusal.value) or "step" in str(refusal.value)


@pytest.mark.parametrize(
    "text", ["1-1000000000", "1-1000001", "-999999999999999999-999999999999999999", "1-700000,1-700000"]
)
def test_too_many_frames_are_refused_at_once(text: str) -> None:
    with pytest.raises(UserError, match=r"1,000,000"):
        FrameSet.parse(text)


def test_the_most_frames_are_not_expanded() -> None:
    frames = FrameSet.parse("1-1000000")
    assert isinstance(frames.numbers, range)
    assert len(frames) == MAX_FRAMES
    assert sys.getsizeof(frames.numbers) < 100
    assert isinstance(FrameSet.parse("1-500,400-900,901-1000").numbers, range)
    assert isinstance(FrameSet.parse("1000-1x5").numbers, range)


def test_a_run_that_others_are_part_of_is_not_expanded() -> None:
    frames = FrameSet.parse("1-900000,1-900000x10")
    assert isinstance(frames.numbers, range)
    assert len(frames) == 900_000


def test_far_frames_with_few_members() -> None:
    frames = FrameSet.parse("0-900000000000000000x300000000000000000")
    assert list(frames) == [0, 3 * 10**17, 6 * 10**17, 9 * 10**17]


def test_too_long_text_is_refused() -> None:
    with pytest.raises(UserError, match="too long"):
        FrameSet.parse("1," * MAX_TEXT_LENGTH)


def test_what_a_set_wrote_reads_back_at_any_length() -> None:
    """A stored job must be readable, however its frames came about."""
    frames = FrameSet.of([number * number for number in range(40_000)])
    text = frames.text()
    assert len(text) > MAX_TEXT_LENGTH
    with pytest.raises(UserError, match="too long"):
        FrameSet.parse(text)
    assert FrameSet.read_back(text) == frames
    assert FrameSet.read_back("1-1000001").numbers == range(1, 1_000_002)
    with pytest.raises(UserError):
        FrameSet.read_back("abc")


def test_long_nonsense_is_shown_shortened() -> None:
    with pytest.raises(UserError) as refusal:
        FrameSet.parse("z" * 5000)
    assert len(str(refusal.value)) < 300


def test_sets_differ_by_order() -> None:
    assert FrameSet.parse("1-3") != FrameSet.parse("3-1")
    assert list(FrameSet.parse("1-3")) == list(FrameSet.parse("3-1"))
    assert FrameSet.parse("1-3") != "1-3"
    assert "1" not in FrameSet.parse("1-3")


def test_empty_set() -> None:
    frames = FrameSet([])
    assert len(frames) == 0
    assert frames.text() == ""
    assert 0 not in frames


@pytest.mark.parametrize(
    ("values", "limit", "expected"),
    [
        ([1, 2, 3], 0, "1-3"),
        ([3, 1, 2, 1], 0, "1-3"),
        ([1, 3, 5, 9], 0, "1-5x2,9"),
        ([1, 9], 0, "1,9"),
        ([1, 4, 5, 6], 0, "1,4-6"),
        ([1, 10, 20, 40, 50], 2, "1,10,…"),
        ([], 0, ""),
        ([-3, -2, -1], 0, "-3--1"),
    ],
)
def test_compact_text(values: list[int], limit: int, expected: str) -> None:
    assert compact_text(values, limit=limit) == expected


@given(part_lists, part_lists)
def test_overlap_is_a_common_number(some: list[Part], others: list[Part]) -> None:
    one, other = (FrameSet.parse(",".join(map(written, parts))) for parts in (some, others))
    assert one.overlaps(other) == other.overlaps(one) == bool(set(one) & set(other))


def test_overlap_of_long_runs_is_arithmetic() -> None:
    long = FrameSet.span(1, 1_000_000)
    assert long.overlaps(FrameSet.span(1_000_000, 2_000_000))
    assert not long.overlaps(FrameSet.span(1_000_001, 2_000_000))
    assert not FrameSet.span(1, 1_000_000, 2).overlaps(FrameSet.span(2, 1_000_000, 2))
    assert not long.overlaps(FrameSet([]))
