"""Makes the small pictures and the old database in `resources/selftest` that the self-test reads.

python -m tools.make_selftest_files
"""

import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from PIL import Image
from sqlalchemy import create_engine

from render_manager.storage.migrate import run_migrations
from render_manager.system.resources import resource

SIZE_PX = (48, 27)
REVISION = "0001"
PAGE_BYTES = 512
JOB = {
    "id": 7,
    "uuid": "00000007-0000-4000-8000-000000000000",
    "name": "shot",
    "project_file": "/scenes/shot.blend",
    "engine": "blender",
    "installation": "blender:/opt/blender",
    "state": "pending",
    "reason": "",
    "priority": 5,
    "position": 1.0,
    "paused": 0,
    "frames": "1-3",
    "total_frames": 3,
    "pending_frames": 2,
    "rendering_frames": 0,
    "completed_frames": 1,
    "failed_frames": 0,
    "cancelled_frames": 0,
    "skipped_frames": 0,
    "progress": 33.3,
    "retry_count": 0,
    "max_retries": 3,
    "retry_delay_s": 60.0,
    "error_log": "",
    "output_dir": "/frames/shot",
    "output_name": "shot_####",
    "output_suffix": ".png",
    "existing": "skip",
    "options": "{}",
    "width": 64,
    "height": 36,
    "fps": 24.0,
    "render_seconds": 2.5,
    "rendered_frames": 1,
    "created_at": 1.0,
    "updated_at": 2.0,
}


def make_pictures(folder: Path) -> None:
    """Write the same picture as PNG, JPEG and TIFF."""
    width, height = SIZE_PX
    picture = Image.new("RGB", SIZE_PX)
    for y in range(height):
        for x in range(width):
            picture.putpixel((x, y), (x * 255 // width, y * 255 // height, 96))
    picture.save(folder / "small.png", optimize=True)
    picture.save(folder / "small.jpg", quality=90)
    picture.save(folder / "small.tif", compression="tiff_lzw")


def make_database(path: Path) -> None:
    """Write a database of the first version, with a job that is a third done."""
    with tempfile.TemporaryDirectory() as folder:
        large = Path(folder) / "large.db"
        engine = create_engine(f"sqlite:///{large}")
        run_migrations(engine, REVISION)
        engine.dispose()
        with closing(sqlite3.connect(large)) as connection:
            marks = ", ".join(f":{name}" for name in JOB)
            connection.execute(f"INSERT INTO jobs ({', '.join(JOB)}) VALUES ({marks})", JOB)  # noqa: S608 - names of ours
            for number, state in ((1, "completed"), (2, "pending"), (3, "pending")):
                connection.execute(
                    "INSERT INTO frames (job_id, number, state, attempts) VALUES (7, ?, ?, ?)",
                    (number, state, int(state == "completed")),
                )
            connection.execute(
                "INSERT INTO attempts (job_id, frame, number, outcome, started_at) "
                "VALUES (7, 1, 1, 'completed', 1.5)"
            )
            connection.commit()
            connection.execute("PRAGMA journal_mode = DELETE")
            connection.execute(f"PRAGMA page_size = {PAGE_BYTES}")
            path.unlink(missing_ok=True)
            connection.execute("VACUUM INTO ?", (str(path),))


if __name__ == "__main__":
    make_pictures(resource("selftest"))
    make_database(resource("selftest", f"database_{REVISION}.db"))
