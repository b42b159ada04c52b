"""Pictures are decoded on threads of a QThreadPool, which have another Python state at each call."""

import subprocess
import sys
from pathlib import Path

from qt.support import save_picture
from render_manager.system.resources import resource

DECODE = """
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from render_manager.ui.pools import QtPool
app = QCoreApplication([])
import render_manager.media as media
pool = QtPool(name="media", max_threads=2)
for name in sys.argv[1:]:
    pool.submit(lambda name=name: media.examine(Path(name)))
pool.finish()
print("whole")
"""


def test_the_first_film_picture_comes_after_others(qapp: object, tmp_path: Path) -> None:
    """The image library that reads it is loaded then, on such a thread."""
    png = str(save_picture(tmp_path / "a.png", size=(640, 360)))
    exr = str(resource("selftest", "half_zip.exr"))
    root = Path(__file__).parents[2]
    for _time in range(4):
        argv = [sys.executable, "-c", DECODE, *[png] * 8, *[exr] * 8]
        done = subprocess.run(argv, capture_output=True, text=True, check=False, cwd=root)
        assert (done.returncode, done.stdout.strip()) == (0, "whole"), done.stderr[-2000:]
