"""Names of frame files: numbers in, numbers out, versions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from render_manager.domain.naming import frame_name, frame_number, next_version


@pytest.mark.parametrize(
    ("pattern", "frame", "name"),
    [
        ("frame_####", 7, "frame_0007"),
        ("frame_####", -4, "frame_-0004"),
        ("frame_####", 12345, "frame_12345"),
        ("frame_#", 123, "frame_123"),
        ("frame", 3, "frame0003"),
        ("", 3, "0003"),
        ("a##b###c", 5, "a##b005c"),
        ("##_x_##", 5, "##_x_05"),
        ("####", 0, "0000"),
        ("影_####_终", 42, "影_0042_终"),
    ],
)
def test_frame_name(pattern: str, frame: int, name: str) -> None:
    assert frame_name(pattern, frame) == name


@given(st.text(alphabet="ab_ 影{}%.", max_size=10), st.integers(1, 6), st.integers(-(10**7), 10**7))
def test_number_comes_back_out_of_the_name(prefix: str, padding: int, frame: int) -> None:
    assert frame_number(frame_name(prefix + "#" * padding, frame)) == frame


@pytest.mark.parametrize(
    ("stem", "number"),
    [
        ("shot_0042", 42),
        ("shot_-0004", -4),
        ("shot_0007_L", 7),
        ("shot_0007_left", 7),
        ("0001", 1),
        ("a1b", None),
        ("", None),
        ("shot", None),
        ("shot_0007_12345678901", 12345678901),
    ],
)
def test_frame_number(stem: str, number: int | None) -> None:
    assert frame_number(stem) == number


@pytest.mark.parametrize(
    ("name", "taken", "expected"),
    [
        ("render", set(), "render_v002"),
        ("render", {"render_v002"}, "render_v003"),
        ("render", {"RENDER_V002", "render_v003"}, "render_v004"),
        ("render_v009", set(), "render_v010"),
        ("render_v01", {"render_v02"}, "render_v03"),
        ("shotV7", set(), "shotV8"),
        ("v3", set(), "v4"),
        ("2024_v1_final", set(), "2024_v1_final_v002"),
    ],
)
def test_next_version(name: str, taken: set[str], expected: str) -> None:
    assert next_version(name, taken) == expected


@given(st.text(alphabet="avV_01", min_size=1, max_size=8), st.lists(st.integers(1, 12)))
def test_next_version_is_free_and_stable(name: str, numbers: list[int]) -> None:
    taken = {f"{name}_v{number:03d}" for number in numbers}
    new = next_version(name, taken)
    assert new.lower() not in {other.lower() for other in taken}
    assert new != name
