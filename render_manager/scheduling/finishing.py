"""From a rendered frame to a finished one: decode its files, make the thumbnail, move them into place.

Runs on media threads. Ends with exactly one message to the owner, or none when the owner took the claim
first (the user cancelled).
"""

import errno
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from gettext import gettext as _
from pathlib import Path
from typing import Protocol

from render_manager.domain.changes import FrameResult
from render_manager.domain.diagnosis import Diagnosis, Scope
from render_manager.domain.errors import RenderManagerError
from render_manager.engines.events import WrittenFile
from render_manager.engines.protocols import FrameTask
from render_manager.scheduling.claim import Claim
from render_manager.scheduling.messages import ExistingChecked, FrameAccepted, FrameRejected
from render_manager.scheduling.ports import Pool
from render_manager.scheduling.staging import Move, MoveNote, move_file, write_note

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
_HELD_OPEN = frozenset({5, 32, 33})
"""Windows: access denied, sharing violation, lock violation; said of a file that another program shows."""


class Picture(Protocol):
    """What the finisher needs to know of a decoded picture."""

    @property
    def thumbnail(self) -> str:
        """Return the thumbnail's path, empty when none was made."""
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
    """What the engine's script says it wrote; empty to look for the frame's name in the staging folder."""
    output_dir: Path
    thumbnail: Path
    seconds: float
    claim: Claim


class FrameFinisher:
    """Finishes frames on a pool of media threads."""

    def __init__(self, *, examine: Examine, is_picture_name: IsPictureName, pool: Pool) -> None:
        self._examine = examine
        self._is_picture_name = is_picture_name
        self._pool = pool

    def finish(self, order: FinishOrder, post: Callable[[object], None]) -> None:
        """Finish a frame soon; FrameAccepted or FrameRejected comes to `post`."""
        self._pool.submit(lambda: self._finish(order, post))

    def check_existing(
        self, job_id: int, candidates: Sequence[tuple[int, Path, Path]], post: Callable[[object], None]
    ) -> None:
        """Decode files that were there before, (frame, file, thumbnail) each; every one gets its answer."""
        for frame, path, thumbnail in candidates:
            self._pool.submit(lambda f=frame, p=path, t=thumbnail: self._check(job_id, f, p, t, post))  # type: ignore[misc]

    def run(self, function: Callable[[], None]) -> None:
        """Run a function that only touches files, such as clearing a folder, on a media thread."""
        self._pool.submit(function)

    def _check(
        self, job_id: int, frame: int, path: Path, thumbnail: Path, post: Callable[[object], None]
    ) -> None:
        try:
            picture = self._examine(path, thumbnail=thumbnail)
        except RenderManagerError as error:
            log.info("the existing file of frame %s is not whole: %s", frame, error)
            post(ExistingChecked(job_id, frame, None))
        except Exception:
            log.exception("checking %s", path)
            post(ExistingChecked(job_id, frame, None))
        else:
            post(ExistingChecked(job_id, frame, FrameResult((str(path),), picture.thumbnail, 0.0)))

    def _finish(self, order: FinishOrder, post: Callable[[object], None]) -> None:
        task = order.task
        try:
            message = self._accepted(order)
        except _RejectedError as rejection:
            message = FrameRejected(task.job_id, task.frame, task.attempt, rejection.diagnosis)
        except Exception as error:  # a media thread must always answer, or the frame would wait for ever
            log.exception("finishing frame %s", task.frame)
            diagnosis = Diagnosis(
                code="internal",
                text=_("The frame's files could not be looked at: {error}.").format(error=error),
            )
            message = FrameRejected(task.job_id, task.frame, task.attempt, diagnosis)
        if message is not None:
            post(message)

    def _accepted(self, order: FinishOrder) -> FrameAccepted | FrameRejected | None:
        files = self._files(order)
        thumbnail = ""
        moves = []
        for number, file in enumerate(files):
            wanted = order.thumbnail if number == 0 else None
            try:
                thumbnail = self._decode(Path(file.path), wanted) or thumbnail
                moves.append(_move_of(file, order))
            except FileNotFoundError as error:
                raise _RejectedError(_not_written(Path(file.path))) from error
        note = MoveNote(
            job_uuid=order.job_uuid,
            frame=order.task.frame,
            attempt=order.task.attempt,
            moves=tuple(moves),
            thumbnail=thumbnail,
            seconds=order.seconds,
        )
        return self._move(order, note)

    def _files(self, order: FinishOrder) -> list[WrittenFile]:
        files = list(order.files)
        if not files:
            folder = order.task.staging_dir
            found = sorted(path for path in folder.iterdir() if path.is_file()) if folder.is_dir() else []
            files = [WrittenFile(str(path)) for path in found if path.stem == order.task.name]
        if not any(self._is_picture_name(Path(file.path)) for file in files):
            raise _RejectedError(
                Diagnosis(
                    code="no-file",
                    text=_("The engine said that the frame is done, but wrote no picture."),
                    advice=_("Look at the log of this attempt for the reason."),
                )
            )
        return sorted(files, key=lambda file: not self._is_picture_name(Path(file.path)))

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
        target: Path | None = None
        try:
            write_note(order.task.staging_dir, note)
            if not order.claim.take():
                return None
            for move in note.moves:
                target = Path(move.target)
                move_file(Path(move.source), target)
        except OSError as error:
            if target is not None and getattr(error, "winerror", None) in _HELD_OPEN and target.is_file():
                raise _RejectedError(_in_use(target)) from error
            raise _RejectedError(cannot_use_folder(order.output_dir, error)) from error
        targets = tuple(move.target for move in note.moves)
        result = FrameResult(targets, note.thumbnail, note.seconds)
        return FrameAccepted(order.task.job_id, order.task.frame, order.task.attempt, result)


class _RejectedError(Exception):
    """The frame is not good; carries the diagnosis."""

    def __init__(self, diagnosis: Diagnosis) -> None:
        super().__init__(diagnosis.text)
        self.diagnosis = diagnosis


def _move_of(file: WrittenFile, order: FinishOrder) -> Move:
    source = Path(file.path)
    final_dir = Path(file.final_dir) if file.final_dir else order.output_dir
    return Move(str(source), str(final_dir / source.name), source.stat().st_size)


def _not_written(path: Path) -> Diagnosis:
    return Diagnosis(
        code="no-file",
        text=_("The engine said that it wrote {name}, but the file is not there.").format(name=path.name),
        advice=_("Look at the log of this attempt for the reason."),
    )


def _in_use(target: Path) -> Diagnosis:
    return Diagnosis(
        code="file-in-use",
        text=_("{path} cannot be replaced, since another program has it open.").format(path=target),
        advice=_("Close the program that shows it; the frame is then rendered again."),
    )


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
