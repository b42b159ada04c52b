"""Does the database work: a new one, and one of an older version that is brought up to date."""

import shutil
import time

from render_manager.domain.frameset import FrameSet
from render_manager.domain.jobspec import JobSpec
from render_manager.domain.states import FrameState
from render_manager.domain.texts import gettext as _
from render_manager.self_test.results import Bench, FailedCheck
from render_manager.storage.database import open_database
from render_manager.storage.migrate import migrated
from render_manager.storage.reader import StoreReader
from render_manager.storage.schema import HEAD_REVISION
from render_manager.storage.store import Store
from render_manager.system.resources import resource

OLD_REVISION = "0001"
OLD_DATABASE = ("selftest", f"database_{OLD_REVISION}.db")
"""Made by `tools/make_selftest_files.py`: one job with three frames, the first of them completed."""
_OLD_FRAMES = [FrameState.COMPLETED, FrameState.PENDING, FrameState.PENDING]


def check_database(bench: Bench) -> str:
    """Store a job and read it back."""
    folder = bench.place("new database")
    database = open_database(folder / "test.db")
    store = Store(database)
    spec = JobSpec(
        name="self-test",
        scene=folder / "none.blend",
        engine="blender",
        installation="none",
        frames=FrameSet.parse("1-1000x2"),
        output_dir=folder,
        output_name="test_####",
    )
    job = store.add_job(spec, "self-test", time.time())
    reader = StoreReader(database.path)
    counted = len(reader.frame_states(job.id))
    reader.close()
    store.close()
    if counted != len(spec.frames):
        raise FailedCheck(_("{found} of {wanted} frames were stored.").format(found=counted, wanted=500))
    revision = migrated(folder / "migrated.db")
    return _("500 frames stored and read; migrations reach schema {revision}").format(revision=revision)


def check_upgrade(bench: Bench) -> str:
    """Open a database of an older version as a start of the program would, and read its job."""
    path = bench.place("old database") / "store.db"
    shutil.copyfile(resource(*OLD_DATABASE), path)
    Store(open_database(path)).close()
    copy = path.with_name(f"store.from-{OLD_REVISION}.db")
    if not copy.is_file():
        raise FailedCheck(_("No copy was made at {path} before the upgrade.").format(path=copy))
    reader = StoreReader(path)
    try:
        jobs = reader.jobs()
        states = [row.state for job in jobs for row in reader.frames(job.id)]
    finally:
        reader.close()
    if states != _OLD_FRAMES:
        raise FailedCheck(
            _("The upgraded database has the frames {found}, not {wanted}.").format(
                found=", ".join(states), wanted=", ".join(_OLD_FRAMES)
            )
        )
    return _("from schema {old} to {new}, with {jobs} job and {frames} frames; the copy is there").format(
        old=OLD_REVISION, new=HEAD_REVISION, jobs=len(jobs), frames=len(states)
    )
