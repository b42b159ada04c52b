"""The meter against plain numpy, on values of every kind."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from render_manager.media.meter import Meter

SHAPE = (5, 4, 3)
KINDS = (np.uint8, np.uint16, np.float16, np.float32)


@pytest.mark.parametrize("kind", KINDS)
def test_finds_extremes_and_broken_values(kind: type[np.generic]) -> None:
    @settings(max_examples=150, deadline=None, derandomize=True, database=None)
    @given(arrays.arrays(kind, SHAPE), st.integers(1, 4))
    def check(values: np.ndarray, cut: int) -> None:
        meter = Meter(3)
        with np.errstate(all="ignore"):
            judged = [meter.judge(part) for part in (values[:cut], values[cut:])]
        wide = values.astype(np.float64)
        finite = np.isfinite(wide)
        low = np.where(finite, wide, np.inf).min(axis=(0, 1))
        high = np.where(finite, wide, -np.inf).max(axis=(0, 1))
        np.testing.assert_array_equal(meter.low, low)
        np.testing.assert_array_equal(meter.high, high)
        nan = np.isnan(wide).any(axis=-1)
        assert meter.nan_pixels == nan.sum()
        assert meter.inf_pixels == (~finite.all(axis=-1) & ~nan).sum()
        for part, good in zip(judged, (finite[:cut], finite[cut:]), strict=True):
            assert np.isfinite(part.lines.astype(np.float64)).all()
            found = np.zeros(good.shape[:2], bool) if part.bad is None else part.bad
            np.testing.assert_array_equal(found, ~good.all(axis=-1))

    check()


@pytest.mark.parametrize(("kind", "scale"), [(np.uint8, 1 / 255), (np.uint16, 1 / 65535), (np.float16, 1)])
def test_scales_whole_numbers(kind: type[np.generic], scale: float) -> None:
    meter = Meter(1)
    meter.judge(np.ones((2, 2, 1), kind))
    assert meter.scale == scale
