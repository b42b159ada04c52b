"""The sentences said of files that are no good pictures, and the limits past which none is decoded."""

from pathlib import Path

from render_manager.domain.texts import gettext as _
from render_manager.media.picture import Fault, PictureError

MAX_PIXELS = 1 << 30
"""Pixels a picture may have: 32768 x 32768."""
MAX_SIDE = 1 << 17
"""Width and height a picture may have, and so may each of its tiles."""
MAX_DECODED_BYTES = 64 << 30
"""Bytes all channels of all parts may have together. They are never in memory at once; it bounds time."""


def damaged(path: Path, detail: str = "") -> PictureError:
    """Return what to say of a file whose bytes make no picture."""
    text = _("{path} is damaged: its picture cannot be decoded to the end.").format(path=path)
    return PictureError(text, fault=Fault.DAMAGED, detail=detail)


def damaged_at(path: Path, line: int, height: int, detail: str = "") -> PictureError:
    """Return what to say of a file that could be decoded up to some line, counted from 0."""
    text = _("{path} is damaged or cut off: it cannot be decoded from line {line} of {height} on.")
    text = text.format(path=path, line=line + 1, height=height)
    return PictureError(text, fault=Fault.DAMAGED, detail=detail)


def truncated(path: Path, detail: str = "") -> PictureError:
    """Return what to say of a file that ends before its picture does."""
    text = _("{path} is cut off: the file ends before its picture does.").format(path=path)
    return PictureError(text, fault=Fault.TRUNCATED, detail=detail)


def no_memory(path: Path) -> PictureError:
    """Return what to say when memory did not suffice for a file, which may be good."""
    text = _("{path} is not decoded: there is not enough memory for it.").format(path=path)
    return PictureError(text, fault=Fault.TOO_LARGE)


def unsupported(path: Path, what: str) -> PictureError:
    """Return what to say of a rare kind of file; `what` names it, such as `Cineon with 8 bits`."""
    text = _("{path} cannot be checked: {what} is not a kind of picture that Render Manager reads.")
    return PictureError(text.format(path=path, what=what), fault=Fault.UNKNOWN_FORMAT)


def too_large(path: Path, width: int, height: int) -> PictureError:
    """Return what to say of a file that claims more than will be decoded."""
    text = _("{path} is not decoded: its header claims {width} x {height} pixels, which is too large.")
    return PictureError(text.format(path=path, width=width, height=height), fault=Fault.TOO_LARGE)


def check_size(path: Path, width: int, height: int, bytes_per_pixel: int) -> None:
    """Refuse a picture that is empty or past the limits, before memory is taken for it.

    Raises:
        PictureError: it is.
    """
    if width < 1 or height < 1:
        raise damaged(path, f"its size is {width} x {height}")
    is_within = max(width, height) <= MAX_SIDE and width * height <= MAX_PIXELS
    if not is_within or width * height * bytes_per_pixel > MAX_DECODED_BYTES:
        raise too_large(path, width, height)
