"""Measures a thumbnail of a 3840x2160 half-float EXR against decoding that file once.

The reference is OpenEXR where that module is installed, else a plain read by OpenImageIO. Examining a
file does more than the reference: it decodes it to the end, judges every value and writes the thumbnail.

    python benchmarks/thumbnail_exr.py [--json]
"""

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import OpenImageIO as oiio  # noqa: N813 - the name its own documentation gives it

from render_manager.media import examine

try:
    import OpenEXR
except ImportError:
    OpenEXR = None

WIDTH, HEIGHT = 3840, 2160
BUDGET = 1.2
ROUNDS = 9


def write_picture(path: Path, compression: str) -> None:
    """Write a noisy gradient with alpha, which packs about as well as a rendering."""
    noise = np.random.default_rng(1)
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    wave = 0.5 + 0.5 * np.sin(x / 200) * np.cos(y / 150)
    picture = np.stack([x / WIDTH, y / HEIGHT, wave, np.ones_like(x)], axis=-1)
    picture[..., :3] += noise.normal(0, 0.01, picture[..., :3].shape).astype(np.float32)
    spec = oiio.ImageSpec(WIDTH, HEIGHT, 4, "half")
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
    """Read all channels once, as stored."""
    picture = oiio.ImageInput.open(str(path))
    if picture.read_image(0, 0, 0, 4, "half") is None:
        raise RuntimeError(picture.geterror())
    picture.close()


def median_s(actions: list[Callable[[], object]]) -> list[float]:
    """Return the median seconds of each action; they take turns, so that a busy machine is fair to all."""
    for action in actions:
        action()
    times: list[list[float]] = [[] for _ in actions]
    for _ in range(ROUNDS):
        for action, taken in zip(actions, times, strict=True):
            start = time.perf_counter()
            action()
            taken.append(time.perf_counter() - start)
    return [statistics.median(taken) for taken in times]


def measure(folder: Path, compression: str) -> dict[str, object]:
    """Return one figure as the README shows it."""
    path, thumbnail = folder / f"{compression}.exr", folder / "thumbnail.jpg"
    write_picture(path, compression)
    decode = decode_with_oiio if OpenEXR is None else decode_with_openexr
    value, reference = median_s([lambda: examine(path, thumbnail=thumbnail), lambda: decode(path)])
    name = "OpenImageIO, one read" if OpenEXR is None else "OpenEXR, one decode"
    return {
        "name": f"thumbnail of a 3840x2160 half-float EXR, {compression.upper()}",
        "value": round(value * 1000, 1),
        "unit": "ms",
        "reference": {"name": name, "value": round(reference * 1000, 1)},
        "ratio": round(value / reference, 2),
        "budget": BUDGET,
    }


def main() -> None:
    """Print each figure, as one JSON object a line with --json."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--json", action="store_true", help="print one JSON object per figure")
    as_json = parser.parse_args().json
    with tempfile.TemporaryDirectory() as folder:
        for compression in ("zip", "piz", "dwaa"):
            figure = measure(Path(folder), compression)
            if as_json:
                print(json.dumps(figure))
            else:
                print(f"{figure['name']}: {figure['value']} ms, {figure['ratio']} x (budget {BUDGET} x)")


if __name__ == "__main__":
    main()
