"""What is said when a file cannot be written, moved or replaced. Any thread; some of it tries the folder."""

import errno
import tempfile
from pathlib import Path

from render_manager.domain.diagnosis import Diagnosis, Scope
from render_manager.domain.texts import gettext as _
from render_manager.scheduling.moving import MoveFailedError, is_held_open
from render_manager.scheduling.policy import DISK_FULL

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


def not_written(path: Path) -> Diagnosis:
    """Return the diagnosis of a file that the engine named and that is not there."""
    return Diagnosis(
        code="no-file",
        text=_("The engine said that it wrote {name}, but the file is not there.").format(name=path.name),
        advice=_("Look at the log of this attempt for the reason."),
    )


def not_moved(failure: MoveFailedError, output_dir: Path) -> Diagnosis:
    """Return the diagnosis of a frame whose files could not be put in place; tries the folder itself."""
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
            code=DISK_FULL,
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
