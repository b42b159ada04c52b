"""Examining a 3840x2160 half-float EXR and writing its thumbnail, against decoding that file once.

The reference is OpenEXR where that module is installed, else a plain read by OpenImageIO, which is slower.
Examining does more than the reference: it decodes the file to its end, judges every value and writes the
thumbnail.

    python benchmarks/thumbnail_exr.py [--json]
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import OpenImageIO as oiio  # noqa: N813 - the name its own documentation gives it
from common import Figure, Options, by_turns, run, timed_ms

from render_manager.media import examine

try:
    import OpenEXR
except ImportError:
    OpenEXR = None

COMPRESSIONS = ("zip", "piz", "dwaa")
BUDGET = 1.2


def write_picture(path: Path, width: int, height: int, compression: str) -> None:
    """Write a noisy gradient with alpha, which packs about as well as a rendering."""
    noise = np.random.default_rng(1)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    wave = 0.5 + 0.5 * np.sin(x / 200) * np.cos(y / 150)
    picture = np.stack([x / width, y / height, wave, np.ones_like(x)], axis=-1)
    picture[..., :3] += noise.normal(0, 0.01, picture[..., :3].shape).astype(np.float32)
    spec = oiio.ImageSpec(width, height, 4, "half")
    spec.attribute("compression", compression)
    output = oiio.ImageOutput.create(str(path))
    if not output.open(str(path), spec) or not output.write_image(picture):
        raise RuntimeError(output.geterror())
    output.close()


def decode_with_openexr(path: Path) -> None:
    """Decode all channels once, as the reference does."""
    with OpenEXR.File(str(path)) as file:
        file.channels()


def decode_with_oiio(path: Path) -> None:
    """Read all channels once, as its documentation does: into 32-bit floats."""
    picture = oiio.ImageInput.open(str(path))
    if picture.read_image() is None:
        raise RuntimeError(picture.geterror())
    picture.close()


def measure(options: Options) -> Iterator[Figure]:
    """Measure the usual compressions one after the other."""
    width, height = options.size(3840, 384), options.size(2160, 216)
    decode = decode_with_oiio if OpenEXR is None else decode_with_openexr
    with tempfile.TemporaryDirectory() as folder:
        for compression in COMPRESSIONS:
            path, thumbnail = Path(folder, f"{compression}.exr"), Path(folder, "thumbnail.jpg")
            write_picture(path, width, height, compression)
            ours = timed_ms(lambda path=path, thumbnail=thumbnail: examine(path, thumbnail=thumbnail))
            theirs = timed_ms(lambda path=path: decode(path))
            by_turns(1, ours, theirs)
            runs, reference = by_turns(options.repeat, ours, theirs)
            yield Figure(
                name=f"thumbnail of a {width}x{height} half-float EXR, {compression.upper()}",
                unit="ms",
                runs=runs,
                reference_name="OpenImageIO, one read" if OpenEXR is None else "OpenEXR, one decode",
                reference_runs=reference,
                budget=BUDGET,
                budget_is="ratio",
            )


if __name__ == "__main__":
    run(__doc__, measure, repeat=9)
