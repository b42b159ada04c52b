"""The shrinker against a plain mean of boxes, for all places of the stored pixels in the picture."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from render_manager.media.shrink import Shrinker
from render_manager.media.source import Box

sides = st.integers(1, 60)


@settings(max_examples=400, deadline=None, derandomize=True, database=None)
@given(
    display=st.tuples(sides, sides),
    data=st.tuples(sides, sides),
    offset=st.tuples(st.integers(-30, 40), st.integers(-30, 40)),
    step=st.integers(1, 25),
    strip=st.integers(1, 70),
    samples_only=st.booleans(),
)
def test_takes_the_mean_of_boxes(
    display: tuple[int, int],
    data: tuple[int, int],
    offset: tuple[int, int],
    step: int,
    strip: int,
    samples_only: bool,
) -> None:
    pixels = np.random.default_rng(1).random((data[1], data[0], 2)).astype(np.float32)
    shrinker = Shrinker(
        Box(7, -3, *display), Box(7 + offset[0], -3 + offset[1], *data), 2, step, samples_only=samples_only
    )
    for top in range(0, data[1], strip):
        shrinker.add(pixels[top : top + strip])
    small, bad = shrinker.result()
    whole = _placed(pixels, display, offset)
    height, width = -(-display[1] // small.shape[0]), -(-display[0] // small.shape[1])
    assert max(height, width) <= step, "no smaller than asked for"
    size = shrinker._step
    for row in range(small.shape[0]):
        for column in range(small.shape[1]):
            box = whole[row * size : (row + 1) * size, column * size : (column + 1) * size]
            skip = shrinker._skip
            wanted = box[0, 0] if samples_only else box[::skip, ::skip].mean(axis=(0, 1))
            np.testing.assert_allclose(small[row, column], wanted, atol=1e-5)
    assert not bad.any()


def _placed(pixels: np.ndarray, display: tuple[int, int], offset: tuple[int, int]) -> np.ndarray:
    margin = 200
    canvas = np.zeros((display[1] + 2 * margin, display[0] + 2 * margin, 2), np.float32)
    top, left = margin + offset[1], margin + offset[0]
    canvas[top : top + pixels.shape[0], left : left + pixels.shape[1]] = pixels
    return canvas[margin : margin + display[1], margin : margin + display[0]]


def test_marks_the_box_of_every_broken_pixel() -> None:
    shrinker = Shrinker(Box(0, 0, 20, 20), Box(0, 0, 20, 20), 1, 5, samples_only=False)
    bad = np.zeros((20, 20), bool)
    bad[13, 6] = bad[19, 19] = True
    for top in (0, 7, 14):
        shrinker.add(np.zeros((len(bad[top : top + 7]), 20, 1), np.float32), bad[top : top + 7])
    marked = shrinker.result()[1]
    assert list(zip(*np.nonzero(marked), strict=True)) == [(2, 1), (3, 3)]


def test_half_floats_do_not_overflow_in_their_sum() -> None:
    shrinker = Shrinker(Box(0, 0, 40, 40), Box(0, 0, 40, 40), 1, 20, samples_only=False)
    shrinker.add(np.full((40, 40, 1), 60_000, np.float16))
    np.testing.assert_allclose(shrinker.result()[0], 60_000, rtol=1e-3)
