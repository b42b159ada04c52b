"""Thumbnails are there as a whole or not at all."""

import errno
import os
from pathlib import Path

import pytest
from PIL import Image

from render_manager.media.small import fit, step_for
from render_manager.media.thumbnail import write_thumbnail


def test_a_disk_that_fills_up_leaves_the_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.jpg"
    write_thumbnail(Image.new("RGB", (10, 10), (9, 9, 9)), path)
    before = path.read_bytes()

    def fill_up(image: Image.Image, file: object, **options: object) -> None:
        file.write(b"half a picture")  # type: ignore[attr-defined]
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Image.Image, "save", fill_up)
    with pytest.raises(OSError, match=os.strerror(errno.ENOSPC)):
        write_thumbnail(Image.new("RGB", (10, 10)), path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("size", "aspect", "px", "wanted"),
    [
        ((3840, 2160), 1, 320, (320, 180)),
        ((2160, 3840), 1, 320, (180, 320)),
        ((100, 50), 1, 320, (100, 50)),
        ((1920, 1080), 2, 320, (320, 90)),
        ((1000, 1000), 0.5, 100, (50, 100)),
        ((100_000, 1), 1, 320, (320, 1)),
    ],
)
def test_fits_pictures_into_a_square(
    size: tuple[int, int], aspect: float, px: int, wanted: tuple[int, int]
) -> None:
    assert fit(*size, aspect, px) == wanted


@pytest.mark.parametrize("size", [(3840, 2160), (64, 520_093_732), (131_072, 1), (321, 200), (64, 36)])
@pytest.mark.parametrize("aspect", [0.1, 0.5, 1, 2, 10])
def test_never_shrinks_below_what_is_needed(size: tuple[int, int], aspect: float) -> None:
    step = step_for(*size, aspect, 320)
    wide, high = fit(*size, aspect, 320)
    if step > 1:
        assert -(-size[0] // step) >= wide
        assert -(-size[1] // step) >= high
    assert max(size) // step <= 3300, "and the small picture stays small"
