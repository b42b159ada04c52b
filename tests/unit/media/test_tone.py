"""From light to the screen, against the figures of the standards."""

import numpy as np
import pytest

from render_manager.media import tone
from render_manager.media.source import Encoding


@pytest.mark.parametrize(
    ("linear", "display"),
    [(0, 0), (1, 1), (0.0031308, 0.04045), (0.18, 0.46135613), (0.5, 0.73535698), (-0.1, -1.292)],
)
def test_follows_the_srgb_curve(linear: float, display: float) -> None:
    assert tone.srgb_curve(np.array([linear]))[0] == pytest.approx(display, abs=1e-5)


def test_grey_is_as_bright_in_light_as_on_screen() -> None:
    light = tone.srgb_to_linear(tone.GREY / 255)
    assert tone.srgb_curve(np.array([light]))[0] * 255 == pytest.approx(tone.GREY, abs=1e-6)


@pytest.mark.parametrize(("code", "light"), [(95, 0), (685, 1), (445, 0.1492)])
def test_follows_the_film_curve(code: int, light: float) -> None:
    assert tone.log_to_linear(np.array([code / 1023]))[0] == pytest.approx(light, abs=2e-3)


def test_clips_what_a_screen_cannot_show() -> None:
    values = np.array([[[-5.0, 0.5, 1e30], [np.nan, np.inf, -np.inf]]])
    with np.errstate(all="ignore"):
        shown = tone.to_bytes(values)
    assert shown.tolist() == [[[0, 128, 255], [0, 255, 0]]]


def test_makes_grey_of_one_channel() -> None:
    assert tone.to_bytes(np.full((2, 3, 1), 0.5)).shape == (2, 3, 3)


def test_shows_a_single_distance_as_middle_grey() -> None:
    flat = tone.displayed(np.full((2, 2, 1), 7.0), Encoding.DEPTH)
    assert (flat == 0.5).all()
    nothing = tone.displayed(np.full((2, 2, 1), 1e10), Encoding.DEPTH)
    assert (nothing == 0).all()


def test_shows_directions_around_grey() -> None:
    shown = tone.displayed(np.array([[[-1.0, 0, 1]]]), Encoding.VECTOR)
    assert shown.tolist() == [[[0, 0.5, 1]]]


def test_opaque_pictures_are_not_mixed_with_grey() -> None:
    values = np.full((1, 1, 3), 0.25)
    for encoding in (Encoding.DISPLAY, Encoding.LINEAR):
        assert tone.over_grey(values, np.ones((1, 1, 1)), encoding).tolist() == values.tolist()
        assert tone.over_grey(values, None, encoding) is values


def test_weighs_luminance() -> None:
    pure = np.eye(3)[None]
    assert tone.luminance(pure)[0].tolist() == pytest.approx([0.2126, 0.7152, 0.0722])
