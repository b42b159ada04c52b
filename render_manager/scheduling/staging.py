"""Staging folders: where attempts render, and how their files get from there to their final place.

Layout below a job's output folder: `.render-manager/<first 8 of the job's UUID>/<frame>-<attempt>/`, or
`run-<run>/` for the whole run of a batch worker. A note (`moves-<frame>-<attempt>.json`) is written there
before the first file is moved; if we die between moving the files and storing the frame as completed, the
next start reads the note, finishes the moves and does not render the frame again. The folder goes only
after the frame is stored.
"""

import errno
import json
import logging
import os
import shutil
import sys
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

log = logging.getLogger(__name__)

STAGING_NAME = ".render-manager"
_NOTES = "moves-*.json"


@dataclass(frozen=True, slots=True)
class Move:
    """One file on its way."""

    source: str
    target: str
    size_bytes: int
    kept_as: str = ""
    """Where a file that was at the target before goes; empty where it may be replaced."""
    is_previous: bool = False
    """Whether that is the frame's own earlier picture, of which only the last one is kept."""


@dataclass(frozen=True, slots=True)
class MoveNote:
    """What is about to be moved, and what the frame's record will say."""

    job_uuid: str
    frame: int
    attempt: int
    moves: tuple[Move, ...]
    thumbnail: str
    seconds: float
    portrait: str = ""
    """As `Portrait.text` returns it."""
    marks: str = ""
    """As `marks_text` returns them."""
    scene_version: int = 0


def job_staging(output_dir: Path, job_uuid: str) -> Path:
    """Return the folder below which a job's attempts render."""
    return output_dir / STAGING_NAME / job_uuid[:8]


def attempt_staging(output_dir: Path, job_uuid: str, frame: int, attempt: int) -> Path:
    """Return the folder of one attempt."""
    return job_staging(output_dir, job_uuid) / f"{frame}-{attempt}"


def make_job_staging(output_dir: Path, job_uuid: str) -> Path:
    """Make the private folder below which a job's attempts render, and return it; raises OSError.

    That above it is as the output folder's are: other users may render into the same one.
    """
    folder = job_staging(output_dir, job_uuid)
    is_new = not folder.parent.exists()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except FileNotFoundError:
        # The end of another job took away the empty folder above it in this moment.
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if is_new:
        _hide(folder.parent)
    return folder


def remove_attempt_staging(folder: Path) -> None:
    """Remove an attempt's folder and whatever is in it."""
    shutil.rmtree(folder, ignore_errors=True)


def remove_job_staging(output_dir: Path, job_uuid: str) -> None:
    """Remove a job's folder, and the one above it if no other job uses it."""
    folder = job_staging(output_dir, job_uuid)
    shutil.rmtree(folder, ignore_errors=True)
    try:
        folder.parent.rmdir()
    except OSError as error:
        if error.errno not in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOENT):
            log.info("%s stays: %s", folder.parent, error)


def run_staging(output_dir: Path, job_uuid: str, run: str) -> Path:
    """Return the folder of a batch worker's whole run."""
    return job_staging(output_dir, job_uuid) / f"run-{run}"


def write_note(folder: Path, note: MoveNote) -> None:
    """Write down what is about to be moved; raises OSError."""
    path = _note_path(folder, note.frame, note.attempt)
    part = path.with_suffix(".part")
    with part.open("w", encoding="utf-8") as file:
        json.dump(asdict(note), file)
    part.replace(path)


def forget_note(folder: Path, frame: int, attempt: int) -> None:
    """Remove an attempt's note from a folder that it shares with others, and that may never have been."""
    with suppress(FileNotFoundError, NotADirectoryError):
        _note_path(folder, frame, attempt).unlink()


def read_notes(output_dir: Path, job_uuid: str) -> list[MoveNote]:
    """Return the notes of a job's attempts; those that cannot be read or are none of ours are left out."""
    notes = []
    staging = job_staging(output_dir, job_uuid)
    for path in sorted(staging.glob(f"*/{_NOTES}")):
        try:
            values = json.loads(path.read_text("utf-8"))
            moves = tuple(Move(**move) for move in values.pop("moves"))
            note = MoveNote(moves=moves, **values)
            _check(note, staging)
            notes.append(note)
        except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            log.info("the note %s cannot be read: %s", path, error)
    return notes


def _check(note: MoveNote, staging: Path) -> None:
    """Raise TypeError if a note is not what we write; a start must not stumble over a damaged one.

    Others may write into folders of frames: a note of theirs must not have files moved but an attempt's.
    """
    texts = [note.job_uuid, note.thumbnail, note.portrait, note.marks]
    numbers: list[object] = [note.frame, note.attempt, note.scene_version]
    for move in note.moves:
        texts += [move.source, move.target, move.kept_as]
        numbers += [move.size_bytes, move.is_previous]
    if not all(isinstance(one, str) and "\0" not in one for one in texts):
        raise TypeError(texts)
    if not all(isinstance(one, int) for one in numbers) or not isinstance(note.seconds, int | float):
        raise TypeError(numbers)
    for move in note.moves:
        if not Path(os.path.normpath(move.source)).is_relative_to(os.path.normpath(staging)):
            raise ValueError(move.source)


def _note_path(folder: Path, frame: int, attempt: int) -> Path:
    return folder / f"moves-{frame}-{attempt}.json"


def _hide(folder: Path) -> None:
    if sys.platform == "win32":
        import ctypes  # only Windows needs it

        ctypes.windll.kernel32.SetFileAttributesW(str(folder), 0x2)
