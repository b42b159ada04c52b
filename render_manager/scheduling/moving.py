"""Moving a frame's files to their final places: all of them or none.

Media threads, and the owner thread at the start. Folders are made and files copied to other drives before
the first file gets its final name; when a later one fails, those before it go back to where they came from.
"""

import errno
import logging
import os
import shutil
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from render_manager.domain.naming import KEPT_PREFIX, PREVIOUS_PREFIX
from render_manager.scheduling.staging import Move, MoveNote

log = logging.getLogger(__name__)

T = TypeVar("T")
Sleep = Callable[[float], None]

_HELD_OPEN = frozenset({5, 32, 33})
"""Windows: access denied, sharing violation, lock violation; said of a file that another program holds."""
_PATIENCE_S = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 2.0)
"""Waits between tries at such a file; a virus scanner looks at every new one for a moment."""


class MoveFailedError(Exception):
    """A file could not be moved; nothing of the frame is in its final place."""

    def __init__(
        self, target: Path, error: OSError, *, is_target: bool = True, is_folder: bool = False
    ) -> None:
        super().__init__(f"{target}: {error}")
        self.target = target
        self.error = error
        self.is_folder = is_folder
        """Whether `target` is a folder that could not be made."""
        self.is_target = is_target
        """Whether the target's folder failed, and not the file in the staging folder."""


def is_held_open(error: OSError) -> bool:
    """Return whether Windows says that another program holds a file.

    Opening one, which goes through the C library, fails with less: that it is denied.
    """
    code = getattr(error, "winerror", None)
    is_denied = sys.platform == "win32" and code is None and error.errno == errno.EACCES
    return is_denied or code in _HELD_OPEN


def patiently(action: Callable[[], T], sleep: Sleep) -> T:
    """Do something with a file; while another program holds it, try again for some seconds."""
    for delay_s in _PATIENCE_S:
        try:
            return action()
        except OSError as error:
            if not is_held_open(error):
                raise
        sleep(delay_s)
    return action()


def place_for_old(target: Path, job_uuid: str) -> Path:
    """Return where a file that was there before the job is kept when the job's own takes its place."""
    folder = target.parent / f"{KEPT_PREFIX}{job_uuid[:8]}"
    place, number = folder / target.name, 1
    while os.path.lexists(place):
        number += 1
        place = folder / f"{target.stem}-{number}{target.suffix}"
    return place


def place_for_previous(target: Path, job_uuid: str) -> Path:
    """Return where the earlier picture of a frame is kept that was ordered to be rendered again."""
    return target.parent / f"{KEPT_PREFIX}{job_uuid[:8]}" / f"{PREVIOUS_PREFIX}{target.name}"


def finish_moves(note: MoveNote, *, sleep: Sleep = time.sleep) -> bool:
    """Move what a note names and is not moved yet; return whether every file is in its final place.

    Raises MoveFailedError and OSError.
    """
    left = []
    for move in note.moves:
        target = Path(move.target)
        if Path(move.source).exists():
            left.append(move)
        elif not target.exists() or target.stat().st_size != move.size_bytes:
            return False
    move_all(left, sleep=sleep)
    return True


def move_all(moves: Sequence[Move], *, sleep: Sleep = time.sleep) -> None:
    """Move whole files so that no final place ever holds half of one; raises MoveFailedError."""
    transfer = _Transfer(sleep)
    try:
        for move in moves:
            transfer.prepare(move)
        for move in moves:
            transfer.copy_to_other_drive(move)
        for move in moves:
            transfer.rename(move, is_last=move is moves[-1])
    except MoveFailedError:
        transfer.undo()
        raise
    transfer.clear()


class _Transfer:
    """The files of one frame on their way."""

    def __init__(self, sleep: Sleep) -> None:
        self._sleep = sleep
        self._parts: dict[str, Path] = {}
        """Copies beside their final place, by source."""
        self._set_aside: list[Path] = []
        """Previous pictures that could not be kept, until the new ones are in their places."""
        self._steps: list[Callable[[], object]] = []
        """What takes each step back, the oldest first."""

    def prepare(self, move: Move) -> None:
        """Make the folder, and have the file written to disk: a power cut must not leave an empty one."""
        target, source = Path(move.target), Path(move.source)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise MoveFailedError(target.parent, error, is_folder=True) from error
        self._try(target, lambda: _flush(source), is_target=False)

    def copy_to_other_drive(self, move: Move) -> None:
        """Copy a file whose final place is on another drive beside that place."""
        source, target = Path(move.source), Path(move.target)
        if self._try(target, lambda: source.stat().st_dev != target.parent.stat().st_dev):
            self._copy(source, target)

    def rename(self, move: Move, *, is_last: bool) -> None:
        """Give a file its final name; what had that name before may be kept."""
        source, target = Path(move.source), Path(move.target)
        if move.is_previous:
            self._keep_previous(target, Path(move.kept_as), is_last=is_last)
        elif move.kept_as and not os.path.lexists(move.kept_as):
            # Not `replace`: on Windows `rename` refuses where another program was quicker.
            self._keep(target, Path(move.kept_as), by=Path.rename)
        if move.source not in self._parts:
            try:
                patiently(lambda: source.replace(target), self._sleep)
            except OSError as error:
                if error.errno != errno.EXDEV:
                    raise MoveFailedError(target, error) from error
                # Two mounts of one drive look like one and are not.
                self._copy(source, target)
            else:
                self._steps.append(lambda: target.replace(source))
                return
        part = self._parts[move.source]
        self._try(target, lambda: part.replace(target))
        self._steps.append(target.unlink)

    def clear(self) -> None:
        """Remove the originals of copies and what was not kept; everything is in its place."""
        for path in (*map(Path, self._parts), *self._set_aside):
            try:
                path.unlink()
            except OSError as error:
                log.info("%s stays: %s", path, error)

    def undo(self) -> None:
        """Take everything back as far as that is possible."""
        for part in self._parts.values():
            self._steps.append(lambda part=part: part.unlink(missing_ok=True))  # type: ignore[misc]
        for step in reversed(self._steps):
            try:
                patiently(step, self._sleep)
            except OSError as error:
                log.warning("a move could not be taken back: %s", error)

    def _keep_previous(self, target: Path, place: Path, *, is_last: bool) -> None:
        """Keep the picture to compare the new one with, if that can be done: the new one does not wait."""
        try:
            self._keep(target, place, by=Path.replace)
        except MoveFailedError as failure:
            log.info("the previous picture is not kept as %s: %s", place, failure.error)
            if not is_last:
                # Until the files after this one are in their places, it may have to come back.
                aside = target.with_name(f".{target.name}.before")
                self._keep(target, aside, by=Path.replace)
                self._set_aside.append(aside)

    def _keep(self, target: Path, place: Path, *, by: Callable[[Path, Path], object]) -> None:
        if os.path.lexists(target):
            self._try(target, lambda: place.parent.mkdir(exist_ok=True))
            self._try(target, lambda: by(target, place))
            self._steps.append(lambda: place.replace(target))

    def _copy(self, source: Path, target: Path) -> None:
        part = target.with_name(f".{target.name}.part")
        self._parts[str(source)] = part
        self._try(target, lambda: _copy_whole(source, part))

    def _try(self, target: Path, action: Callable[[], T], *, is_target: bool = True) -> T:
        try:
            return patiently(action, self._sleep)
        except OSError as error:
            raise MoveFailedError(target, error, is_target=is_target) from error


def _copy_whole(source: Path, part: Path) -> None:
    shutil.copy2(source, part)
    _flush(part)


def _flush(path: Path) -> None:
    with path.open("r+b") as file:
        os.fsync(file.fileno())
