"""EXR headers and tables of blocks, read without a library."""

from pathlib import Path

import numpy as np
import OpenImageIO as oiio  # noqa: N813 - the name its own documentation gives it
import pytest

from render_manager.media import Fault, PictureError
from render_manager.media.exr_structure import read_structure


def test_reads_headers(images: Path) -> None:
    (part,) = read_structure(images / "crop.exr")
    assert part.data_window == (16, 8, 47, 27)
    assert (part.width, part.height, part.pixel_bytes, part.channel_count) == (32, 20, 6, 3)
    assert not part.is_tiled
    assert not part.is_deep


def test_reads_every_part(images: Path) -> None:
    parts = read_structure(images / "multipart.exr")
    assert [part.channel_count for part in parts] == [4, 1, 4, 3]
    assert [part.pixel_bytes for part in parts] == [16, 4, 8, 6]


def test_knows_the_kinds(images: Path) -> None:
    assert read_structure(images / "deep.exr")[0].is_deep
    assert read_structure(images / "tiled.exr")[0].is_tiled
    assert read_structure(images / "luminance_chroma.exr")[0].is_subsampled


@pytest.mark.parametrize(
    ("name", "blocks"),
    [
        ("half_none.exr", 36),
        ("half_zips.exr", 36),
        ("half_zip.exr", 3),
        ("half_piz.exr", 2),
        ("half_b44.exr", 2),
        ("half_dwaa.exr", 2),
        ("half_dwab.exr", 1),
        ("half_pxr24.exr", 3),
        ("tiled.exr", 12),
    ],
)
def test_counts_blocks(images: Path, name: str, blocks: int) -> None:
    assert read_structure(images / name)[0].blocks == blocks


@pytest.mark.parametrize("rounding", ["down", "up"])
@pytest.mark.parametrize("size", [(64, 64), (100, 36), (1, 77), (65, 33)])
def test_counts_the_blocks_of_smaller_levels(tmp_path: Path, rounding: str, size: tuple[int, int]) -> None:
    """The table ends where the first block starts, which a wrong count would contradict."""
    path = tmp_path / "levels.exr"
    output = oiio.ImageOutput.create(str(path))
    width, height = size
    mode = "Create"
    while True:
        spec = oiio.ImageSpec(width, height, 3, "half")
        spec.tile_width = spec.tile_height = 16
        spec.attribute("textureformat", "Plain Texture")
        spec.attribute("openexr:levelmode", 1)
        spec.attribute("openexr:roundingmode", int(rounding == "up"))
        assert output.open(str(path), spec, mode), output.geterror()
        assert output.write_image(np.ones((height, width, 3), np.float32))
        if (width, height) == (1, 1):
            break
        mode = "AppendMIPLevel"
        up = int(rounding == "up")
        width, height = max(1, (width + up) // 2), max(1, (height + up) // 2)
    output.close()
    del output  # only then is the file closed, when it has levels
    (part,) = read_structure(path)
    assert part.blocks is not None
    data = path.read_bytes()
    starts = [at for at in range(len(data) - 8) if _number(data, at) == at + 8 * part.blocks]
    assert starts, "no place in the file is the start of such a table"


def _number(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 8], "little")


def test_refuses_a_file_without_a_channel(images: Path, tmp_path: Path) -> None:
    data = (images / "half_zip.exr").read_bytes()
    at = data.index(b"channels\0chlist\0")
    bad = tmp_path / "bad.exr"
    bad.write_bytes(data[:at] + b"channelz" + data[at + 8 :])
    with pytest.raises(PictureError) as caught:
        read_structure(bad)
    assert caught.value.fault is Fault.DAMAGED


def test_refuses_more_pixels_than_the_bytes_can_hold(images: Path, tmp_path: Path) -> None:
    """Libraries hand over blocks that unpack to less than their size."""
    data = bytearray((images / "half_zip.exr").read_bytes())
    at = data.index(b"dataWindow\0box2i\0") + len(b"dataWindow\0box2i\0") + 4
    data[at + 8 : at + 12] = (100_000).to_bytes(4, "little")
    bad = tmp_path / "bad.exr"
    bad.write_bytes(data)
    with pytest.raises(PictureError) as caught:
        read_structure(bad)
    assert caught.value.fault is Fault.DAMAGED
