"""Maya IFF, read by us, against what OpenImageIO wrote."""

from pathlib import Path

import numpy as np
import OpenImageIO as oiio  # noqa: N813 - the name its own documentation gives it
import pytest

from render_manager.media import Fault, PictureError, examine
from render_manager.media.iff_source import IffSource


@pytest.mark.parametrize("kind", [np.uint8, np.uint16])
@pytest.mark.parametrize("channels", [3, 4])
@pytest.mark.parametrize("compression", ["none", "rle"])
@pytest.mark.parametrize("size", [(64, 64), (200, 130), (8, 8), (96, 200)])
def test_reads_what_another_program_wrote(
    tmp_path: Path, kind: type[np.generic], channels: int, compression: str, size: tuple[int, int]
) -> None:
    width, height = size
    chance = np.random.default_rng(1)
    noise = chance.integers(0, np.iinfo(kind).max, (height, width, channels), kind, endpoint=True)
    noise[:, : width // 2] = 77
    path = tmp_path / "a.iff"
    spec = oiio.ImageSpec(width, height, channels, np.dtype(kind).name)
    spec.attribute("compression", compression)
    output = oiio.ImageOutput.create(str(path))
    assert output.open(str(path), spec)
    assert output.write_image(noise)
    output.close()
    read = np.concatenate(list(IffSource(path).strips()))
    # OpenImageIO turns the bytes of 16-bit colour round, as the format wants it, but not those of alpha.
    sure = 3 if kind is np.uint16 else channels
    np.testing.assert_array_equal(read[..., :sure], noise[..., :sure])


@pytest.mark.parametrize(
    ("at", "value", "fault"),
    [
        (20, b"\0\0\0\x41", Fault.TRUNCATED),  # one column more than its tiles have
        (24, b"\0\0\0\0", Fault.DAMAGED),  # no height
        (38, b"\0\x05", Fault.TRUNCATED),  # more tiles than there are
        (38, b"\0\0", Fault.UNKNOWN_FORMAT),  # no tiles
        (40, b"\0\0\0\x09", Fault.UNKNOWN_FORMAT),  # an unknown packing
        (32, b"\0\0\0\x04", Fault.UNKNOWN_FORMAT),  # depth without colour
    ],
)
def test_refuses_headers_that_do_not_fit(
    images: Path, tmp_path: Path, at: int, value: bytes, fault: Fault
) -> None:
    data = bytearray((images / "rle8.iff").read_bytes())
    data[at : at + len(value)] = value
    path = tmp_path / "a.iff"
    path.write_bytes(data)
    with pytest.raises(PictureError) as caught:
        examine(path)
    assert caught.value.fault is fault


def test_refuses_a_tile_outside_the_picture(images: Path, tmp_path: Path) -> None:
    data = bytearray((images / "rle8.iff").read_bytes())
    at = data.index(b"RGBA") + 8
    data[at : at + 8] = b"\0\x01\0\0\0\x40\0\x23"
    path = tmp_path / "a.iff"
    path.write_bytes(data)
    with pytest.raises(PictureError):
        examine(path)
