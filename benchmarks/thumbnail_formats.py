"""Examining a picture of every format and writing its thumbnail, against decoding the same file once.

The reference is Pillow for the formats that it reads to their full depth, else a plain read by OpenImageIO.
Examining does more than the reference: it decodes the file to its end, judges every value, checks what the
libraries leave out (checksums, missing strips), and writes the thumbnail. There is no budget: beside a file
that is hardly packed, whose decode costs next to nothing, the 6 ms for all that are many times as much.

    python benchmarks/thumbnail_formats.py [--json]
"""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import OpenImageIO as oiio  # noqa: N813 - the name its own documentation gives it
from common import Figure, Options, by_turns, run, timed_ms
from numpy.typing import NDArray
from PIL import Image

from render_manager.media import examine


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file that renderers write."""

    name: str
    ending: str
    stored: str
    attributes: dict[str, Any] = field(default_factory=dict)
    is_pillow: bool = False


KINDS = (
    Kind("PNG, 8 bit", "png", "uint8", is_pillow=True),
    Kind("PNG, 16 bit", "png", "uint16"),
    Kind("JPEG", "jpg", "uint8", is_pillow=True),
    Kind("TIFF, 8 bit, LZW", "tif", "uint8", {"compression": "lzw"}),
    Kind("TIFF, 16 bit, ZIP", "tif", "uint16", {"compression": "zip"}),
    Kind("TIFF, 32 bit float", "tif", "float", {"compression": "none"}),
    Kind("Targa, run lengths", "tga", "uint8", {"compression": "rle"}, is_pillow=True),
    Kind("EXR, half, ZIP", "exr", "half", {"compression": "zip"}),
    Kind("EXR, float, ZIP", "exr", "float", {"compression": "zip"}),
    Kind("DPX, 10 bit", "dpx", "uint16", {"oiio:BitsPerSample": 10}),
    Kind("Radiance HDR", "hdr", "float"),
    Kind("Maya IFF, 8 bit", "iff", "uint8"),
    Kind("Maya IFF, 16 bit", "iff", "uint16"),
)


def picture(width: int, height: int) -> NDArray[np.float32]:
    """Return a noisy gradient, which packs about as well as a rendering."""
    noise = np.random.default_rng(1)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    wave = 0.5 + 0.5 * np.sin(x / 200) * np.cos(y / 150)
    values = np.stack([x / width, y / height, wave], axis=-1)
    return np.clip(values + noise.normal(0, 0.01, values.shape), 0, 1).astype(np.float32)


def write(path: Path, kind: Kind, values: NDArray[np.float32]) -> None:
    """Write the picture as a file of a kind."""
    spec = oiio.ImageSpec(values.shape[1], values.shape[0], 3, kind.stored)
    for name, value in kind.attributes.items():
        spec.attribute(name, value)
    output = oiio.ImageOutput.create(str(path))
    if not output.open(str(path), spec) or not output.write_image(values):
        raise RuntimeError(output.geterror())
    output.close()


def decode(path: Path, *, is_pillow: bool) -> None:
    """Decode the file once."""
    if is_pillow:
        with Image.open(path) as image:
            image.load()
        return
    source = oiio.ImageInput.open(str(path))
    if source.read_image(source.spec().format) is None:
        raise RuntimeError(source.geterror())
    source.close()


def measure(options: Options) -> Iterator[Figure]:
    """Measure one kind after the other."""
    values = picture(options.size(1920, 192), options.size(1080, 108))
    with tempfile.TemporaryDirectory() as folder:
        for number, kind in enumerate(KINDS):
            path, thumbnail = Path(folder, f"{number}.{kind.ending}"), Path(folder, f"{number}-thumbnail.jpg")
            write(path, kind, values)
            ours = timed_ms(lambda path=path, thumbnail=thumbnail: examine(path, thumbnail=thumbnail))
            theirs = timed_ms(lambda path=path, kind=kind: decode(path, is_pillow=kind.is_pillow))
            by_turns(1, ours, theirs)
            runs, reference = by_turns(options.repeat, ours, theirs)
            yield Figure(
                name=f"thumbnail of a {values.shape[1]}x{values.shape[0]} {kind.name}",
                unit="ms",
                runs=runs,
                reference_name="Pillow, one decode" if kind.is_pillow else "OpenImageIO, one read",
                reference_runs=reference,
            )


if __name__ == "__main__":
    run(__doc__, measure, repeat=7)
