"""From a rendered frame to a finished one: decode its files, make the thumbnail, move them into place.

Runs on media threads. Ends with exactly one message to the owner, or none when the owner took the claim
first (the user cancelled).
"""

import logging
import stat
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from render_manager.domain.changes import FrameResult
from render_manager.domain.diagnosis import Diagnosis
from render_manager.domain.errors import RenderManagerError
from render_manager.domain.frameset import FrameSet
from render_manager.domain.health import Portrait, marks_text
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
    move_all,
    patiently,
    place_for_old,
    place_for_previous,
)
from render_manager.scheduling.pictures import Examine, IsPictureName, Picture, portrait_of
from render_manager.scheduling.ports import Pool
from render_manager.scheduling.refusals import cannot_use_folder, not_moved, not_written
from render_manager.scheduling.shapes import Shape, Shapes
from render_manager.scheduling.staging import Move, MoveNote, write_note

log = logging.getLogger(__name__)

_LATE_S = (0.25, 0.5, 1.0, 2.0)
"""Waits between looks for a file that the engine named."""
_IN_FUTURE_S = 120.0
"""A file with a time so far ahead is not this job's; clocks of file servers differ by less."""
_MAY_COME_LATE = frozenset({"no-file", "bad-file"})


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
    shapes: Shapes = field(default_factory=dict)
    """Size and channels that the pictures of this job have."""
    scene_version: int = 0
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
        result = FrameResult(outputs, picture.thumbnail, 0.0, portrait=portrait_of(picture))
        return ExistingChecked(job_id, frame, result)

    def _finish(self, order: FinishOrder, post: Callable[[object], None]) -> None:
        task = order.task
        message: FrameAccepted | FrameRejected | None
        try:
            message = self._accepted_when_there(order)
        except _RejectedError as rejection:
            message = FrameRejected(
                task.job_id, task.frame, task.attempt, rejection.diagnosis, rejection.shapes
            )
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

    def _accepted_when_there(self, order: FinishOrder) -> FrameAccepted | None:
        """Wait some seconds for a file that the engine named and that is not there, or not whole, yet.

        Network folders show what another process wrote after a while.
        """
        for delay_s in _LATE_S:
            before = _signs_of(order.files)
            try:
                return self._accepted(order)
            except _RejectedError as rejection:
                if not order.files or rejection.diagnosis.code not in _MAY_COME_LATE:
                    raise
                if None not in before and before == _signs_of(order.files):
                    # All of it is there and stands still: it will not get better.
                    raise
            self._sleep(delay_s)
        return self._accepted(order)

    def _accepted(self, order: FinishOrder) -> FrameAccepted | None:
        files = self._files(order)
        thumbnail, portrait = "", Portrait()
        sizes: list[int] = []
        shapes: dict[Stream, Shape] = {}
        for number, file in enumerate(files):
            wanted = order.thumbnail if number == 0 else None
            try:
                picture = self._decode(Path(file.path), wanted)
                sizes.append(Path(file.path).stat().st_size)
            except FileNotFoundError as error:
                raise _RejectedError(not_written(Path(file.path))) from error
            if picture is not None:
                shapes |= _shape_of(file, picture, order)
            if picture is not None and number == 0:
                thumbnail, portrait = picture.thumbnail, portrait_of(picture)
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
                portrait=portrait.text(),
                marks=marks_text(portrait.marks),
                scene_version=order.scene_version,
            )
            return self._move(order, note, portrait, shapes)
        except MoveFailedError as failure:
            raise _RejectedError(not_moved(failure, order.output_dir)) from failure

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

    def _decode(self, path: Path, thumbnail: Path | None) -> Picture | None:
        """Return a picture decoded to its end, None for a file that is not one."""
        if not self._is_picture_name(path):
            if path.stat().st_size == 0:
                raise _RejectedError(
                    Diagnosis(code="bad-file", text=_("The file {name} is empty.").format(name=path.name))
                )
            return None
        try:
            return self._examine(path, thumbnail=thumbnail)
        except RenderManagerError as error:
            raise _RejectedError(
                Diagnosis(
                    code="bad-file",
                    text=_("The picture is not whole: {why}").format(why=error),
                    advice=_("It was thrown away, and nothing was written to the output folder."),
                )
            ) from error

    def _move(
        self, order: FinishOrder, note: MoveNote, portrait: Portrait, shapes: Shapes
    ) -> FrameAccepted | None:
        patiently(lambda: write_note(order.task.staging_dir, note), self._sleep)
        if not order.claim.take():
            return None
        move_all(note.moves, sleep=self._sleep)
        targets = tuple(move.target for move in note.moves)
        result = FrameResult(
            targets, note.thumbnail, note.seconds, portrait=portrait, scene_version=order.scene_version
        )
        kept = next((move.kept_as for move in note.moves if move.kept_as and not move.is_previous), "")
        warning = ""
        if kept:
            warning = _("Files that were there before this job are kept in {folder}.").format(
                folder=Path(kept).parent
            )
        return FrameAccepted(
            order.task.job_id,
            order.task.frame,
            order.task.attempt,
            result,
            warning,
            shapes=shapes,
            size_bytes=sum(move.size_bytes for move in note.moves),
        )


def _signs_of(files: Sequence[WrittenFile]) -> list[tuple[int, int] | None]:
    """Return size and time of each file, None for one that is not there or cannot be seen."""
    signs: list[tuple[int, int] | None] = []
    for file in files:
        try:
            status = Path(file.path).stat()
        except OSError:
            signs.append(None)
        else:
            signs.append((status.st_size, status.st_mtime_ns))
    return signs


class _RejectedError(Exception):
    """The frame is not good; carries the diagnosis, and the shapes of pictures that are not as expected."""

    def __init__(self, diagnosis: Diagnosis, shapes: Shapes | None = None) -> None:
        super().__init__(diagnosis.text)
        self.diagnosis = diagnosis
        self.shapes = shapes or {}


def _shape_of(file: WrittenFile, picture: Picture, order: FinishOrder) -> dict[Stream, Shape]:
    """Return the shape of one of a frame's pictures; raises _RejectedError if it is not that of the job's."""
    target = (str(_target_of(file, order)),)
    shape = Shape(picture.width, picture.height, frozenset(picture.channels))
    streams = streams_of(target, order.task.frame, order.output_dir, order.output_name, order.frames)
    for stream in streams:
        expected = order.shapes.get(stream)
        complaint = "" if expected is None else expected.complaint(shape)
        if complaint:
            advice = _("It was thrown away, and nothing was written to the output folder.")
            raise _RejectedError(
                Diagnosis(code="wrong-shape", text=complaint, advice=advice), {stream: shape}
            )
    return dict.fromkeys(streams, shape)


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
    is_older = status.st_mtime < order.keeps_older_than or status.st_mtime > time.time() + _IN_FUTURE_S
    return not stat.S_ISDIR(status.st_mode) and is_older
