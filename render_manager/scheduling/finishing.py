"""From a rendered frame to a finished one: decode its files, make the thumbnail, move them into place.

Runs on media threads. Ends with exactly one message to the owner, or none when the owner took the claim
first (the user cancelled).
"""

import errno
import logging
import stat
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from render_manager.domain.changes import FrameResult
from render_manager.domain.diagnosis import Diagnosis, Scope
from render_manager.domain.errors import RenderManagerError
from render_manager.domain.frameset import FrameSet
from render_manager.domain.texts import gettext as _
from render_manager.engines.events import WrittenFile
from render_manager.engines.protocols import FrameTask
from render_manager.scheduling.claim import Claim
from render_manager.scheduling.collecting import Stream, lone_file, streams_of, written_files
from render_manager.scheduling.listings import Listings
from render_manager.scheduling.messages import ExistingChecked, FrameAccepted, FrameRejected
from render_manager.scheduling.moving import (
    MoveFailedError,
    Sleep,
    is_held_open,
    move_all,
    patiently,
    place_for_old,
    place_for_previous,
)
from render_manager.scheduling.ports import Pool
from render_manager.scheduling.staging import Move, MoveNote, write_note

log = logging.getLogger(__name__)

_LASTING = frozenset(
    {
        errno.EACCES,
        errno.EPERM,
        errno.EROFS,
        errno.ENOTDIR,
        errno.EISDIR,
        errno.EEXIST,
        errno.ENAMETOOLONG,
        errno.EINVAL,
        errno.ELOOP,
    }
)
"""Why a folder cannot be used, where waiting does not help."""


class Picture(Protocol):
    """What the finisher needs to know of a decoded picture."""

    @property
    def thumbnail(self) -> str:
        """Return the thumbnail's path, empty when none was made."""
        ...

    @property
    def width(self) -> int:
        """Return the width in pixels."""
        ...

    @property
    def height(self) -> int:
        """Return the height in pixels."""
        ...


class Examine(Protocol):
    """Decodes a picture to its end; raises RenderManagerError with a sentence when it is not whole."""

    def __call__(self, path: Path, *, thumbnail: Path | None = None) -> Picture:
        """Decode `path` and write its thumbnail."""
        ...


class IsPictureName(Protocol):
    """Says whether a file's ending is one of a picture."""

    def __call__(self, path: Path) -> bool:
        """Return whether `path` should decode as a picture."""
        ...


@dataclass(frozen=True, slots=True)
class FinishOrder:
    """A rendered frame to be finished."""

    task: FrameTask
    job_uuid: str
    files: tuple[WrittenFile, ...]
    """What the engine's script says it wrote; empty to look for the frame's number in the staging folder."""
    frames: FrameSet
    """All frames of the job."""
    output_dir: Path
    output_name: str
    thumbnail: Path
    seconds: float
    claim: Claim
    keeps_older_than: float | None = None
    """A file in a final place that was written before this time, in seconds since the epoch, is kept under
    another name; None where every file may be replaced."""
    keeps_previous: bool = False
    """Whether a file in a final place, which the user ordered to be replaced, is kept to compare with."""
    known_bad: Path | None = None
    """A file that was there before and is not whole; it may be replaced."""
    expected: frozenset[Stream] = frozenset()
    """Files that the frame must have besides, since its neighbours have them."""
    asked_at_s: float = field(default_factory=time.monotonic)
    """Monotonic seconds; the frame's files were all there by then."""


class FrameFinisher:
    """Finishes frames on a pool of media threads."""

    def __init__(
        self, *, examine: Examine, is_picture_name: IsPictureName, pool: Pool, sleep: Sleep = time.sleep
    ) -> None:
        self._sleep = sleep
        self._examine = examine
        self._is_picture_name = is_picture_name
        self._pool = pool
        self._listings = Listings()

    def finish(self, order: FinishOrder, post: Callable[[object], None]) -> None:
        """Finish a frame soon; FrameAccepted or FrameRejected comes to `post`."""
        self._pool.submit(lambda: self._finish(order, post))

    def check_existing(
        self,
        job_id: int,
        frame: int,
        paths: tuple[Path, ...],
        thumbnail: Path,
        post: Callable[[object], None],
        *,
        size_px: tuple[int, int] = (0, 0),
    ) -> None:
        """Decode a frame's files that were there before, the picture first; ExistingChecked comes to `post`.

        A picture of another size than `size_px` is not one of the job's; (0, 0) when it is not known.
        """
        self._pool.submit(lambda: post(self._checked(job_id, frame, paths, thumbnail, size_px)))

    def run(self, function: Callable[[], None]) -> None:
        """Run a function that only touches files, such as clearing a folder, on a media thread."""
        self._pool.submit(function)

    def _checked(
        self, job_id: int, frame: int, paths: tuple[Path, ...], thumbnail: Path, size_px: tuple[int, int]
    ) -> ExistingChecked:
        try:
            picture = self._examine(paths[0], thumbnail=thumbnail)
            for path in paths[1:]:
                self._decode(path, None)
        except (RenderManagerError, _RejectedError) as error:
            log.info("the existing files of frame %s are not whole: %s", frame, error)
            return ExistingChecked(job_id, frame, None)
        except Exception:
            log.exception("checking %s", paths)
            return ExistingChecked(job_id, frame, None)
        if all(size_px) and (picture.width, picture.height) != size_px:
            log.info("%s is %s x %s pixels, not %s", paths[0], picture.width, picture.height, size_px)
            return ExistingChecked(job_id, frame, None, is_foreign=True)
        outputs = tuple(str(path) for path in paths)
        return ExistingChecked(job_id, frame, FrameResult(outputs, picture.thumbnail, 0.0))

    def _finish(self, order: FinishOrder, post: Callable[[object], None]) -> None:
        task = order.task
        message: FrameAccepted | FrameRejected | None
        try:
            message = self._accepted(order)
        except _RejectedError as rejection:
            message = FrameRejected(task.job_id, task.frame, task.attempt, rejection.diagnosis)
        except OSError as error:
            diagnosis = cannot_use_folder(order.output_dir, error)
            message = FrameRejected(task.job_id, task.frame, task.attempt, diagnosis)
        except Exception as error:  # a media thread must always answer, or the frame would wait for ever
            log.exception("finishing frame %s", task.frame)
            diagnosis = Diagnosis(
                code="internal",
                text=_("The frame's files could not be looked at: {error}.").format(error=error),
            )
            message = FrameRejected(task.job_id, task.frame, task.attempt, diagnosis)
        if message is not None:
            post(message)

    def _accepted(self, order: FinishOrder) -> FrameAccepted | None:
        files = self._files(order)
        thumbnail = ""
        sizes = []
        for number, file in enumerate(files):
            wanted = order.thumbnail if number == 0 else None
            try:
                thumbnail = self._decode(Path(file.path), wanted) or thumbnail
                sizes.append(Path(file.path).stat().st_size)
            except FileNotFoundError as error:
                raise _RejectedError(_not_written(Path(file.path))) from error
        try:
            has_previous = order.keeps_previous and all(_target_of(file, order).is_file() for file in files)
            moves = [
                _move_of(file, size, order, has_previous=has_previous)
                for file, size in zip(files, sizes, strict=True)
            ]
            note = MoveNote(
                job_uuid=order.job_uuid,
                frame=order.task.frame,
                attempt=order.task.attempt,
                moves=tuple(moves),
                thumbnail=thumbnail,
                seconds=order.seconds,
            )
            return self._move(order, note)
        except MoveFailedError as failure:
            raise _RejectedError(_not_moved(failure, order.output_dir)) from failure

    def _files(self, order: FinishOrder) -> list[WrittenFile]:
        files = list(order.files)
        if not files:
            task = order.task
            with suppress(FileNotFoundError):
                found = self._listings.files(
                    task.staging_dir,
                    task.frame,
                    frames=order.frames,
                    pattern=order.output_name,
                    since_s=order.asked_at_s,
                )
                files = written_files(found, name=task.name, output_dir=order.output_dir)
                if not files and task.is_alone:
                    files = lone_file(task.staging_dir, name=task.name, output_dir=order.output_dir)
        if not any(self._is_picture_name(Path(file.path)) for file in files):
            raise _RejectedError(
                Diagnosis(
                    code="no-file",
                    text=_("The engine said that the frame is done, but wrote no picture."),
                    advice=_("Look at the log of this attempt for the reason."),
                )
            )
        self._miss(order, files)
        return sorted(files, key=lambda file: not self._is_picture_name(Path(file.path)))

    def _miss(self, order: FinishOrder, files: list[WrittenFile]) -> None:
        """Reject a frame that lacks a file its neighbours have."""
        if not order.expected:
            return
        targets = tuple(str(_target_of(file, order)) for file in files)
        there = streams_of(targets, order.task.frame, order.output_dir, order.output_name, order.frames)
        missing = sorted(stream.text for stream in order.expected - there)
        if missing:
            raise _RejectedError(
                Diagnosis(
                    code="file-missing",
                    text=_("The frame lacks {names}, which the frames beside it have.").format(
                        names=", ".join(missing)
                    ),
                    advice=_("Look at the log of this attempt for the reason."),
                )
            )

    def _decode(self, path: Path, thumbnail: Path | None) -> str:
        if not self._is_picture_name(path):
            if path.stat().st_size == 0:
                raise _RejectedError(
                    Diagnosis(code="bad-file", text=_("The file {name} is empty.").format(name=path.name))
                )
            return ""
        try:
            return self._examine(path, thumbnail=thumbnail).thumbnail
        except RenderManagerError as error:
            raise _RejectedError(
                Diagnosis(
                    code="bad-file",
                    text=_("The picture is not whole: {why}").format(why=error),
                    advice=_("It was thrown away, and nothing was written to the output folder."),
                )
            ) from error

    def _move(self, order: FinishOrder, note: MoveNote) -> FrameAccepted | None:
        patiently(lambda: write_note(order.task.staging_dir, note), self._sleep)
        if not order.claim.take():
            return None
        move_all(note.moves, sleep=self._sleep)
        targets = tuple(move.target for move in note.moves)
        result = FrameResult(targets, note.thumbnail, note.seconds)
        kept = next((move.kept_as for move in note.moves if move.kept_as and not move.is_previous), "")
        warning = ""
        if kept:
            warning = _("Files that were there before this job are kept in {folder}.").format(
                folder=Path(kept).parent
            )
        return FrameAccepted(order.task.job_id, order.task.frame, order.task.attempt, result, warning)


class _RejectedError(Exception):
    """The frame is not good; carries the diagnosis."""

    def __init__(self, diagnosis: Diagnosis) -> None:
        super().__init__(diagnosis.text)
        self.diagnosis = diagnosis


def _move_of(file: WrittenFile, size_bytes: int, order: FinishOrder, *, has_previous: bool) -> Move:
    target = _target_of(file, order)
    try:
        kept_as = str(place_for_old(target, order.job_uuid)) if _is_kept(target, order) else ""
    except OSError as error:
        raise MoveFailedError(target, error) from error
    # Of a picture that had lost some of its files there is nothing to compare with.
    is_previous = has_previous and not kept_as and target != order.known_bad
    if is_previous:
        kept_as = str(place_for_previous(target, order.job_uuid))
    return Move(file.path, str(target), size_bytes, kept_as, is_previous)


def _target_of(file: WrittenFile, order: FinishOrder) -> Path:
    final_dir = Path(file.final_dir) if file.final_dir else order.output_dir
    return final_dir / (file.final_name or Path(file.path).name)


def _is_kept(target: Path, order: FinishOrder) -> bool:
    """Return whether a file of somebody else is at the target that must not be lost."""
    if order.keeps_older_than is None or target == order.known_bad:
        return False
    try:
        status = target.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    # Several frames may write one file; what this job wrote itself is replaced, as the engine would.
    return not stat.S_ISDIR(status.st_mode) and status.st_mtime < order.keeps_older_than


def _not_written(path: Path) -> Diagnosis:
    return Diagnosis(
        code="no-file",
        text=_("The engine said that it wrote {name}, but the file is not there.").format(name=path.name),
        advice=_("Look at the log of this attempt for the reason."),
    )


def _not_moved(failure: MoveFailedError, output_dir: Path) -> Diagnosis:
    target = failure.target
    if not failure.is_target:
        folder = output_dir
    elif failure.is_folder:
        folder = target
    else:
        folder = target.parent
    why = failure.error if failure.is_folder or not is_held_open(failure.error) else _refusal_of(folder)
    if why is not None:
        return cannot_use_folder(folder, why)
    if target.is_file():
        text = _("{path} cannot be replaced, since another program has it open.").format(path=target)
        advice = _("Close the program that shows it; the frame is then rendered again.")
    else:
        text = _("{path} cannot be written, since another program holds the new file.").format(path=target)
        advice = _("This is mostly a virus scanner; have it leave out the output folder.")
    return Diagnosis(code="file-in-use", text=text, advice=advice)


def _refusal_of(folder: Path) -> OSError | None:
    """Return why no file can be made in a folder, None when one can; Windows says the same of a held file."""
    try:
        with tempfile.TemporaryFile(dir=folder, prefix=".render-manager-"):
            return None
    except OSError as error:
        return error


def cannot_use_folder(folder: Path, error: OSError) -> Diagnosis:
    """Return the diagnosis of a folder that could not be made or written to.

    What rights and names forbid stays so until somebody acts; a share that is away may come back.
    """
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Diagnosis(
            code="disk-full",
            text=_("The disk of {folder} is full.").format(folder=folder),
            advice=_("Make room there; the frame is then rendered again."),
        )
    return Diagnosis(
        code="unwritable",
        text=_("{folder} cannot be written to: {why}.").format(
            folder=folder, why=error.strerror or type(error).__name__
        ),
        advice=_("Give this user the right to write there, or choose another output folder, then retry."),
        permanent=error.errno in _LASTING,
        scope=Scope.JOB if error.errno in _LASTING else Scope.FRAME,
    )
