"""Opens a file with the reader for what it is, and refuses what is no picture file at all.

This is the one border where anything an image library raises on damaged bytes becomes a `PictureError`.
"""

import errno
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from render_manager.domain.texts import gettext as _
from render_manager.media import cineon_source, faults, iff_source, oiio_source, pillow_source
from render_manager.media.formats import Format, sniff
from render_manager.media.picture import Fault, PictureError
from render_manager.media.png_check import check_png
from render_manager.media.source import Pixels, Source

_MAX_WHOLE_FILE_BYTES = 8 << 30
"""Files of formats that are decoded as a whole are not read above this."""


@contextmanager
def opened(path: Path, layer: str | None = None, *, full_depth: bool = False) -> Iterator[Source]:
    """Open a picture file and close it after the block; read its pixels with `strips_of`.

    `layer` names the layer to hand over; without it, or where there is none of that name, it is the one
    that is most like the finished picture. `full_depth` asks for all bits where the quicker reader cuts to 8.

    Raises:
        PictureError: its head is not that of a whole, good picture.
    """
    with _guarded(path):
        source = _open(path, layer, full_depth=full_depth)
    try:
        yield source
    except MemoryError as error:
        raise faults.no_memory(path) from error
    finally:
        source.close()


def strips_of(source: Source, path: Path) -> Iterator[Pixels]:
    """Yield the pixels of an open picture from top to bottom.

    Raises:
        PictureError: the file is not whole.
    """
    strips = source.strips()
    while True:
        with _guarded(path):
            strip = next(strips, None)
        if strip is None:
            return
        yield strip


@contextmanager
def _guarded(path: Path) -> Iterator[None]:
    try:
        yield
    except PictureError:
        raise
    except MemoryError as error:
        raise faults.no_memory(path) from error
    except OSError as error:
        raise _meaning_of(error, path) from error
    # Image libraries raise nearly everything on damaged bytes: ValueError, KeyError, struct.error, warnings
    # made errors. None of it may stop the thread that looks at frames.
    except Exception as error:
        raise faults.damaged(path, repr(error)) from error


def _open(path: Path, layer: str | None, *, full_depth: bool) -> Source:
    size = _check_regular_file(path)
    sniffed = sniff(path)
    kind = sniffed.by_content
    if kind is None:
        raise _unknown(path, sniffed.by_name)
    if kind is Format.CINEON:
        return cineon_source.CineonSource(path)
    if kind in oiio_source.FORMATS:
        return oiio_source.OiioSource(path, kind, layer)
    if size > _MAX_WHOLE_FILE_BYTES:
        text = _("{path} is not decoded: at {size} GB it is too large.").format(path=path, size=size >> 30)
        raise PictureError(text, fault=Fault.TOO_LARGE)
    if full_depth and kind is Format.PNG and check_png(path.read_bytes(), path).bit_depth > 8:
        return oiio_source.OiioSource(path, kind)
    if kind is Format.IFF:
        return iff_source.IffSource(path)
    return pillow_source.PillowSource(path, kind)


def _check_regular_file(path: Path) -> int:
    """Return the size in bytes; a pipe or a device is not opened, because that can wait for ever."""
    status = path.stat()
    if stat.S_ISDIR(status.st_mode):
        text = _("{path} is a folder, not a picture.").format(path=path)
        raise PictureError(text, fault=Fault.NOT_A_FILE)
    if not stat.S_ISREG(status.st_mode):
        text = _("{path} is a pipe or a device, not a picture file.").format(path=path)
        raise PictureError(text, fault=Fault.NOT_A_FILE)
    if status.st_size == 0:
        raise PictureError(_("{path} is empty (0 bytes).").format(path=path), fault=Fault.EMPTY)
    return status.st_size


def _unknown(path: Path, by_name: Format | None) -> PictureError:
    if by_name is None:
        text = _("{path} is not a picture in a format that Render Manager knows.").format(path=path)
        return PictureError(text, fault=Fault.UNKNOWN_FORMAT)
    text = _("{path} is damaged: it does not begin as a picture in the format {format} does.")
    return PictureError(text.format(path=path, format=by_name), fault=Fault.DAMAGED)


def _meaning_of(error: OSError, path: Path) -> PictureError:
    """Pillow says most of what it finds with an OSError that has no number; the system's have one."""
    if error.errno is None:
        if "truncated" in str(error).lower():
            return faults.truncated(path, str(error))
        return faults.damaged(path, str(error))
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        return PictureError(_("{path} does not exist.").format(path=path), fault=Fault.MISSING)
    text = _("{path} cannot be read: {reason}.").format(path=path, reason=error.strerror or error)
    return PictureError(text, fault=Fault.UNREADABLE)
