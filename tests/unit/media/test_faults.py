"""The limits past which no picture is decoded."""

import re
from pathlib import Path

import pytest

from render_manager.media import Fault, PictureError
from render_manager.media.faults import check_size, damaged_at

PATH = Path("shot/frame_0001.exr")


@pytest.mark.parametrize("size", [(1, 1), (7680, 4320), (32768, 32768), (131072, 8192)])
def test_lets_real_pictures_pass(size: tuple[int, int]) -> None:
    check_size(PATH, *size, 16)


@pytest.mark.parametrize(
    ("size", "bytes_per_pixel", "fault"),
    [
        ((100_000, 100_000), 3, Fault.TOO_LARGE),
        ((131_073, 1), 3, Fault.TOO_LARGE),
        ((32_768, 32_769), 1, Fault.TOO_LARGE),
        ((32_768, 32_768), 4096, Fault.TOO_LARGE),
        ((0, 10), 3, Fault.DAMAGED),
        ((10, -1), 3, Fault.DAMAGED),
    ],
)
def test_refuses_the_rest(size: tuple[int, int], bytes_per_pixel: int, fault: Fault) -> None:
    with pytest.raises(PictureError, match=re.escape(str(PATH))) as caught:
        check_size(PATH, *size, bytes_per_pixel)
    assert caught.value.fault is fault


def test_counts_lines_as_people_do() -> None:
    assert "from line 1 of 36 on" in str(damaged_at(PATH, 0, 36))
