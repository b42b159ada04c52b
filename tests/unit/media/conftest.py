"""The small pictures that tools/make_test_images.py makes: one chart in every format."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

IMAGES = Path(__file__).resolve().parents[2] / "data" / "images"
NAMES = sorted(path.name for path in IMAGES.iterdir())


@pytest.fixture
def images() -> Path:
    return IMAGES


@pytest.fixture(params=NAMES)
def picture_file(request: pytest.FixtureRequest) -> Path:
    """Each of the pictures in turn."""
    return IMAGES / str(request.param)


@pytest.fixture(scope="session")
def chart() -> NDArray[np.uint8]:
    """The chart as displayed: colour bars over a ramp, (36, 64, 3)."""
    with Image.open(IMAGES / "rgb8.png") as image:
        return np.asarray(image)
