"""Keeps disks from running full: a job waits while there is too little room for its next frames.

Owner thread, but for `space_of`, which asks the system on a media thread: a share may take its time.
"""

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from render_manager.domain.job import Job
from render_manager.domain.moments import size_text
from render_manager.domain.states import FrameState
from render_manager.domain.texts import gettext as _
from render_manager.scheduling.messages import DiskMeasured
from render_manager.scheduling.ports import Clock, Post

LOOK_EVERY_S = 10.0
MOST_RESERVED_BYTES = 10**9
RESERVED_SHARE = 0.02
"""Of the disk, if that is less than the above: what is always left free."""
CRITICAL_SHARE = 0.25
"""Of what is to be left free: with less than that, engines that write are stopped."""
ROOM_TO_GO_ON = 1.2
"""Times the room that was lacking must be there again, so that jobs do not stop and go with every frame."""
_MOST_FOLDERS = 10_000


@dataclass(frozen=True, slots=True)
class Space:
    """The room on a disk."""

    device: int
    free_bytes: int
    total_bytes: int


@dataclass(slots=True)
class _Disk:
    """What is known of a disk."""

    space: Space
    looked_at: float
    """Monotonic seconds."""
    is_short: bool = False


class DiskWatch:
    """Knows how much room the folders of jobs have, and how much their frames need."""

    def __init__(
        self,
        *,
        run: Callable[[Callable[[], None]], None],
        clock: Clock,
        post: Post,
        reserved_bytes: int | None = None,
        space_of: "Callable[[Path], Space | None] | None" = None,
    ) -> None:
        """`run` runs a function on a media thread; `reserved_bytes` 0 lets disks run full."""
        self._run = run
        self._clock = clock
        self._post = post
        self.reserved_bytes = reserved_bytes
        """May be set by any thread."""
        self._space_of = space_of or measured_space
        self._devices: dict[Path, int] = {}
        self._guesses: dict[Path, int] = {}
        """By folder above: where one below it is. Jobs of one shot mostly write to folders side by side."""
        self._disks: dict[int, _Disk] = {}
        self._asked: dict[Path, float] = {}
        self._frame_bytes: dict[int, float] = {}
        self._warned: set[int] = set()

    def shortage_of(self, job: Job) -> str:
        """Return why a job has to wait for room, empty when it need not; asks for news when it is time."""
        folder = job.spec.output_dir
        known = self._disk_of(folder)
        if known is None or self._clock.monotonic() - known.looked_at >= LOOK_EVERY_S:
            self._ask(folder)
        # Or every folder would have an engine started once on a disk that is known to be full.
        disk = known or self._disks.get(self._guesses.get(folder.parent, -1))
        if disk is None or not self._reserve(disk.space):
            return ""
        needed = self._needed_bytes(job, disk.space)
        disk.is_short = disk.space.free_bytes < needed * (ROOM_TO_GO_ON if disk.is_short else 1.0)
        if not disk.is_short:
            return ""
        text = _("The disk of {folder} has only {free} left. It goes on by itself when there is {needed}.")
        return text.format(
            folder=folder,
            free=size_text(disk.space.free_bytes),
            needed=size_text(needed * ROOM_TO_GO_ON),
        )

    def is_critical(self, job: Job) -> bool:
        """Return whether engines that write to a job's disk must be stopped."""
        disk = self._disk_of(job.spec.output_dir)
        return disk is not None and disk.space.free_bytes < CRITICAL_SHARE * self._reserve(disk.space)

    def look_again(self, job: Job) -> float:
        """Ask for news of a job's disk if it is time, and return when it will be next (monotonic)."""
        disk = self._disk_of(job.spec.output_dir)
        now = self._clock.monotonic()
        if disk is None or now - disk.looked_at >= LOOK_EVERY_S:
            self._ask(job.spec.output_dir)
            return now + LOOK_EVERY_S
        return disk.looked_at + LOOK_EVERY_S

    def measured(self, message: DiskMeasured) -> None:
        """Take in how much room there is."""
        self._asked.pop(message.folder, None)
        if message.device is None:
            return
        if len(self._devices) > _MOST_FOLDERS:
            self._devices.clear()
            self._guesses.clear()
        self._devices[message.folder] = message.device
        self._guesses[message.folder.parent] = message.device
        space = Space(message.device, message.free_bytes, message.total_bytes)
        known = self._disks.get(message.device)
        is_short = known is not None and known.is_short
        self._disks[message.device] = _Disk(space, self._clock.monotonic(), is_short)

    def frame_done(self, job: Job, size_bytes: int) -> str:
        """Take in how large a finished frame is; return a warning, once a job, if the rest will not fit."""
        before = self._frame_bytes.get(job.id)
        self._frame_bytes[job.id] = size_bytes if before is None else 0.8 * before + 0.2 * size_bytes
        disk = self._disk_of(job.spec.output_dir)
        left = job.counts[FrameState.PENDING] + job.counts[FrameState.RENDERING]
        if disk is None or job.id in self._warned or not left:
            return ""
        room = disk.space.free_bytes - self._reserve(disk.space)
        needed = left * self._frame_bytes[job.id]
        if needed <= room:
            return ""
        self._warned.add(job.id)
        text = _(
            "The disk of {folder} has room for about {fitting} of the {left} frames that are left: {missing} "
            "are lacking. The job will wait when it comes to that."
        )
        return text.format(
            folder=job.spec.output_dir,
            fitting=max(int(room / max(self._frame_bytes[job.id], 1)), 0),
            left=left,
            missing=size_text(needed - max(room, 0)),
        )

    def forget(self, job_id: int) -> None:
        """Forget a job."""
        self._frame_bytes.pop(job_id, None)
        self._warned.discard(job_id)

    def _disk_of(self, folder: Path) -> _Disk | None:
        device = self._devices.get(folder)
        return None if device is None else self._disks.get(device)

    def _reserve(self, space: Space) -> int:
        reserved_bytes = self.reserved_bytes
        if reserved_bytes is not None:
            return reserved_bytes
        return min(MOST_RESERVED_BYTES, int(space.total_bytes * RESERVED_SHARE))

    def _needed_bytes(self, job: Job, space: Space) -> int:
        under_way = job.counts[FrameState.RENDERING] + 1
        return self._reserve(space) + int(under_way * self._frame_bytes.get(job.id, 0.0))

    def _ask(self, folder: Path) -> None:
        now = self._clock.monotonic()
        if now - self._asked.get(folder, -LOOK_EVERY_S * 7) < LOOK_EVERY_S * 6:
            # Asked a while ago and no answer yet: a share that is away must not fill the threads.
            return
        self._asked[folder] = now
        self._run(partial(self._measure, folder))

    def _measure(self, folder: Path) -> None:
        """Ask the system; on a media thread."""
        space = self._space_of(folder)
        if space is None:
            self._post(DiskMeasured(folder, None))
        else:
            self._post(DiskMeasured(folder, space.device, space.free_bytes, space.total_bytes))


def measured_space(folder: Path) -> Space | None:
    """Return the room where a folder is or will be, None when that cannot be told."""
    for place in (folder, *folder.parents):
        try:
            usage = shutil.disk_usage(place)
            return Space(os.stat(place).st_dev, usage.free, usage.total)  # noqa: PTH116 - beside disk_usage
        except FileNotFoundError:
            continue
        except OSError:
            return None
    return None
