"""Words found in numbers and in text."""

from hypothesis import given
from hypothesis import strategies as st

from render_manager.engines.maya.needles import Needle

NEEDLE = Needle(b"createNode", b"N")


@given(
    parts=st.lists(
        st.one_of(
            st.sampled_from([b"createNode", b"createNod", b"Node", b"N", b"reateNode", b"createNodeN"]),
            st.integers(0, 5000).map(lambda length: b"1.25 -3e-05\n" * (length // 12)),
            st.integers(0, 5000).map(lambda length: b"aN" * (length // 2)),
        ),
        max_size=12,
    ),
    cuts=st.tuples(st.integers(0, 9000), st.integers(0, 30_000)),
)
def test_finds_what_searching_finds(parts: list[bytes], cuts: tuple[int, int]) -> None:
    data = b"".join(parts)
    start, end = cuts
    expected, at = [], data.find(NEEDLE.word, start)
    while 0 <= at < end:
        expected.append(at)
        at = data.find(NEEDLE.word, at + 1)

    assert NEEDLE.places(data, start, end) == expected
