"""Events of our script: by file and by log, twice, late, out of order, broken."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from render_manager.engines.unreal.messages import Message, MessageReader, WrongTypeError


def line(number: int, event: str = "alive", *, token: str = "t", **values: Any) -> str:  # noqa: S107
    return f"LogPython: @RM-{token} " + json.dumps({"event": event, "n": number, **values})


def numbers(reader: MessageReader, *lines: str) -> list[int]:
    return [message.number for text in lines for message in reader.read(text) or []]


def test_the_second_time_is_nothing_new() -> None:
    reader = MessageReader("t")
    assert numbers(reader, line(1), line(1), line(2), line(1), line(2)) == [1, 2]
    assert reader.read(line(1)) == []
    assert reader.read("a plain line") is None


def test_one_way_may_be_ahead_of_the_other() -> None:
    reader = MessageReader("t")
    assert numbers(reader, line(3), line(1), line(2), line(3), line(5), line(4), line(5)) == [3, 1, 2, 5, 4]


@given(st.permutations(range(1, 12)), st.permutations(range(1, 12)))
def test_each_comes_once_in_whatever_order(one: list[int], other: list[int]) -> None:
    reader = MessageReader("t")
    assert sorted(numbers(reader, *[line(number) for number in (*one, *other)])) == list(range(1, 12))


def test_only_ours_is_believed() -> None:
    reader = MessageReader("t")
    for text in (
        line(1, token="other"),
        '@RM {"event": "alive", "n": 1}',
        '@RM-t {"event": "alive"}',
        '@RM-t {"event": "alive", "n": true}',
        '@RM-t {"event": "alive", "n": 0}',
        '@RM-t {"event": 7, "n": 1}',
        '@RM-t {"event": "alive", "n": 1',
        "@RM-t {" * 2000,
        "@RM-t [1]",
    ):
        assert reader.read(text) is None, text
    assert not reader.has_any


def test_without_a_token_any_is_read_and_each_counts_for_itself() -> None:
    reader = MessageReader("")
    assert numbers(reader, line(1, token="a"), line(1, token="b"), '@RM {"event": "alive", "n": 1}') == [
        1,
        1,
        1,
    ]
    assert numbers(reader, line(1, token="a")) == []
    assert reader.has_any


def test_two_in_one_line() -> None:
    assert numbers(MessageReader("t"), line(1) + line(2)) == [1, 2]


@pytest.mark.parametrize(
    ("ask", "values"),
    [
        ("frame", {"frame": "7"}),
        ("frame", {"frame": True}),
        ("frame", {"frame": 1 << 31}),
        ("frame", {}),
        ("count", {"total": -1}),
        ("count", {"total": 1.5}),
        ("percent", {"percent": "50"}),
        ("percent", {"percent": True}),
        ("percent", {"percent": float("nan")}),
        ("percent", {"percent": 10**400}),
        ("text", {"text": 7}),
        ("text", {}),
        ("texts", {"files": "a"}),
        ("texts", {"files": [1]}),
    ],
)
def test_wrong_types(ask: str, values: dict[str, Any]) -> None:
    message = Message("x", 1, values)
    key = {"count": "total", "percent": "percent", "text": "text", "texts": "files"}.get(ask)
    with pytest.raises(WrongTypeError):
        getattr(message, ask)(*([key] if key else []))


def test_values() -> None:
    message = Message("x", 1, {"frame": -3, "percent": 140, "total": 4, "files": ["a"]})
    assert (message.frame(), message.percent(), message.count("total"), message.count("done")) == (
        -3,
        100.0,
        4,
        None,
    )
    assert (message.texts("files"), message.text("t", "d")) == (["a"], "d")
    assert message.texts("none") == []
    assert message.percent("none") is None


def test_memory_stays_small_when_the_first_one_never_comes() -> None:
    reader = MessageReader("t")
    for number in range(2, 100_010):
        reader._seen.setdefault("t", type(reader._seen.get("t") or _seen())()).add(number)
    assert len(reader._seen["t"].others) <= 100_000
    assert numbers(reader, line(100_009)) == []


def _seen() -> Any:
    reader = MessageReader("t")
    reader.read(line(1))
    return reader._seen["t"]
