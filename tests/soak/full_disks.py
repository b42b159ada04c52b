"""The disk of the database, of the logs, of the thumbnails, of the frames: filled up, and emptied again.

Each is a small disk of its own. The program goes on by itself once there is room, and says a sentence.
"""

import json
import os
import re
from collections.abc import Callable
from pathlib import Path

from support.disks import fill
from support.processes import wait_until
from support.real import Program, frame_names, no_staging_left, pictures
from support.stand_in import install, installation_of, write_scene

from render_manager.domain import facts
from render_manager.domain.changes import JobSnapshot
from render_manager.domain.states import AttemptOutcome, JobState
from soak.tally import Tally

FRAMES = 24
RETRIES = 2
_NUMBERS = re.compile(r"[0-9a-f]{8}(?=/worker)|(?<=worker-)\d+-\d+|(?<=Frame )\d+")
NAMES = "f_{:04d}.png"


class Desk:
    """A program whose data, logs, thumbnails and frames can each be somewhere else."""

    def __init__(self, folder: Path, **wishes: object) -> None:
        self.folder = folder
        self.out = folder / "out"
        self.base = folder / "base"
        self.installation = installation_of(install(folder / "bin"))
        self.scene = write_scene(folder / "scene.blend", end=FRAMES)
        os.environ["STAND_IN"] = json.dumps({"delay": 0.05, **wishes})

    def put(self, place: Path, disk: Path) -> None:
        """Have one of the program's folders be on the small disk."""
        there = disk / place.name
        there.mkdir(parents=True, exist_ok=True)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.symlink_to(there, target_is_directory=True)

    def put_aside(self, place: Path) -> None:
        """Have one of the program's folders be elsewhere, though what is around it is on the small disk."""
        self.put(place, self.folder / "elsewhere")


def _rendered(
    desk: Desk,
    tally: Tally,
    disk: Path,
    *,
    said: Callable[[Program], list[str]],
    starves: Callable[[Program], bool],
    **settings: object,
) -> tuple[Program, JobSnapshot]:
    """Render, fill the disk in the middle, wait until that is felt and said, make room, and go on."""
    try:
        with Program(
            desk.folder, desk.installation, **{"retry_delay": 0.3, "max_retries": RETRIES, **settings}
        ) as program:
            token = program.submit(desk.scene, output=desk.out)
            program.wait_fact(facts.FrameCompleted, 4)
            plug = fill(disk)
            tally.inject("disk filled up")
            program.wait_for(lambda: starves(program) and said(program), "a sentence about the disk")
            sentence = said(program)[0].replace(str(desk.folder), "…")
            tally.see(f"said: {_NUMBERS.sub('…', sentence)}")
            plug.unlink()
            tally.inject("disk emptied")
            job = program.wait_finished(token)
            assert job.state is JobState.COMPLETED, job.reason
            _check(program, job, desk)
    finally:
        os.environ.pop("STAND_IN", None)
    tally.check("went on by itself")
    tally.check("whole frames, each once", FRAMES)
    return program, job


def _check(program: Program, job: JobSnapshot, desk: Desk) -> None:
    assert pictures(desk.out) == frame_names(range(1, FRAMES + 1), NAMES)
    wait_until(lambda: no_staging_left(desk.out), "no staging left")
    good = [one.frame for one in program.attempts(job) if one.outcome is AttemptOutcome.COMPLETED]
    assert sorted(good) == list(range(1, FRAMES + 1))


def _notices(program: Program) -> list[str]:
    return [notice.text for notice in program.notices if "disk is full" in notice.text]


def _warnings(program: Program) -> list[str]:
    return [fact.text for fact in program.of(facts.EngineWarned)]


def database_full(folder: Path, tally: Tally, disk: Path) -> None:
    """The database cannot grow."""
    desk = Desk(folder)
    desk.put(desk.base, disk)
    desk.put_aside(desk.base / "logs")
    desk.put_aside(desk.base / "cache")
    _rendered(desk, tally, disk, said=_notices, starves=lambda program: bool(program.notices))


def log_full(folder: Path, tally: Tally, disk: Path) -> None:
    """The logs of the engines cannot grow, and the engines print much."""
    desk = Desk(folder, flood=200_000)
    desk.put(desk.base / "logs" / "workers", disk)
    seen: list[int] = []

    def starves(program: Program) -> bool:
        seen.append(len(program.of(facts.FrameCompleted)))
        # Frames go on meanwhile.
        return seen[-1] >= 8

    program, job = _rendered(desk, tally, disk, said=_warnings, starves=starves)
    log = Path(program.core.reader.attempts(job.id, FRAMES)[0].log_path)
    tail = log.read_bytes()
    assert b"are missing here" in tail
    assert f'"frame": {FRAMES}'.encode() in tail[-400:], "the log does not go on"
    tally.check("the log goes on and says what is missing")


def thumbnails_full(folder: Path, tally: Tally, disk: Path) -> None:
    """No thumbnail can be written."""
    desk = Desk(folder)
    program, job = _rendered(
        desk,
        tally,
        disk,
        said=_warnings,
        starves=lambda program: len(program.of(facts.FrameCompleted)) >= 8,
        thumbnail_dir=disk / "thumbnails",
    )
    made = [row.thumbnail for row in program.rows(job).values() if row.thumbnail]
    assert len(made) >= 8, "there are none after there is room again"
    assert pictures(Path(made[0]).parent) == sorted(Path(name).name for name in made)
    tally.check("thumbnails are made again, none is half", len(made))


def output_full(folder: Path, tally: Tally, disk: Path) -> None:
    """No frame can be written."""
    desk = Desk(folder)
    desk.out = disk / "out"

    def said(program: Program) -> list[str]:
        return [job.reason for job in program.jobs.values() if "disk" in job.reason.lower()]

    program, _job = _rendered(
        desk, tally, disk, said=said, starves=lambda program: bool(said(program)), retry_delay=0.05
    )
    assert not program.of(facts.FrameFailed)
    tally.check("the job waits, and no frame bears a mark", FRAMES)


PARTS = {
    "database": database_full,
    "worker logs": log_full,
    "thumbnails": thumbnails_full,
    "frames": output_full,
}
