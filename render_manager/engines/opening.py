"""Opens scene files that people name; whatever is wrong with them is said in a sentence."""

import stat
from pathlib import Path
from typing import BinaryIO

from render_manager.domain.errors import UserError
from render_manager.domain.texts import gettext as _


def open_regular(path: Path, kind: str) -> BinaryIO:
    """Open a file unbuffered, without ever waiting on a pipe or device.

    `kind` says what is to be chosen instead, such as `.blend file`. Raises UserError for what cannot be
    opened, and lets an OSError of the disk itself through.
    """
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise UserError(_("{path} is a folder; choose a {kind} in it.").format(path=path, kind=kind))
        if not stat.S_ISREG(mode):
            raise UserError(_("{path} is not a file; choose a {kind}.").format(path=path, kind=kind))
        return path.open("rb", buffering=0)
    except (FileNotFoundError, NotADirectoryError):
        text = _("{path} does not exist. It may have been moved or renamed.")
        raise UserError(text.format(path=path)) from None
    except PermissionError:
        text = _("{path} may not be read by this user; change its permissions.")
        raise UserError(text.format(path=path)) from None
    except ValueError as error:
        text = _("{path} is not a possible file name.")
        raise UserError(text.format(path=ascii(str(path)))) from error
