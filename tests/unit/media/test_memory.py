"""A picture of many layers is read without ever being in memory as a whole."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import OpenImageIO as oiio  # noqa: N813 - the name its own documentation gives it
import psutil

ROOT = Path(__file__).resolve().parents[3]
LAYERS, WIDTH, HEIGHT = 16, 1536, 864

MEASURE = """
import sys, psutil
from pathlib import Path
from render_manager.media import examine
small, large = map(Path, sys.argv[1:])
def peak():
    found = psutil.Process().memory_info()
    if hasattr(found, "peak_wset"):
        return found.peak_wset
    import resource
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
examine(small)
before = peak()
assert examine(large).width == 1536
print(peak() - before)
"""


def test_memory_does_not_grow_with_the_layers(images: Path, tmp_path: Path) -> None:
    path = tmp_path / "layers.exr"
    names = tuple(
        f"{layer}.{c}" for layer in ("beauty", *(f"light{n}" for n in range(LAYERS - 1))) for c in "RGBA"
    )
    spec = oiio.ImageSpec(WIDTH, HEIGHT, len(names), "float")
    spec.channelnames = names
    spec.attribute("compression", "zips")
    output = oiio.ImageOutput.create(str(path))
    assert output.open(str(path), spec)
    line = np.linspace(0, 1, WIDTH * len(names), dtype=np.float32).reshape(1, WIDTH, len(names))
    for y in range(0, HEIGHT, 48):
        assert output.write_scanlines(y, y + 48, 0, np.repeat(line, 48, axis=0))
    output.close()
    decoded = WIDTH * HEIGHT * len(names) * 4
    assert decoded > 300 << 20
    run = subprocess.run(
        [sys.executable, "-c", MEASURE, str(images / "half_zip.exr"), str(path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert int(run.stdout) < decoded / 4
    assert psutil.Process().is_running()
