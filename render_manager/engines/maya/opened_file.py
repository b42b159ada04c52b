"""Opens a Maya scene of either kind by what it holds, whatever its ending, and says what is wrong with it."""

import os
import re
from pathlib import Path
from typing import BinaryIO

from render_manager.domain.errors import UserError
from render_manager.domain.texts import gettext as _
from render_manager.engines.maya.ascii_file import read_ascii
from render_manager.engines.maya.binary_file import MAGICS, read_binary
from render_manager.engines.maya.facts import DamagedError, Facts, TruncatedError
from render_manager.engines.opening import open_regular

_HEAD = 64 << 10
_TYPE_PLACES = {b"FOR4": 8, b"FOR8": 16}
_ASCII = re.compile(rb"(?:\A|[\r\n])[ \t]*(?://[ \t]*Maya ASCII\b|requires[ \t]+maya\b)")
"""Each part stays in its line: what could run on over empty lines would search them all once for each."""
_LFS = b"version https://git-lfs.github.com/spec/"
_OTHERS: tuple[tuple[bytes, str], ...] = (
    (b"\x1f\x8b", "gzip"),
    (b"PK\x03\x04", "ZIP"),
    (b"7z\xbc\xaf\x27\x1c", "7-Zip"),
    (b"Rar!", "RAR"),
    (b"\xfd7zXZ", "xz"),
    (b"BZh", "bzip2"),
    (b"\x28\xb5\x2f\xfd", "Zstandard"),
    (b"Kaydara FBX Binary", "FBX"),
    (b"BLENDER", "Blender"),
    (b"PXR-USDC", "USD"),
    (b"#usda", "USD"),
    (b"Ogawa", "Alembic"),
    (b"%PDF", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x76\x2f\x31\x01", "OpenEXR"),
)
"""What other files begin with; not a full list, only what comes in place of a scene by mistake."""
_ARCHIVES = frozenset({"gzip", "ZIP", "7-Zip", "RAR", "xz", "bzip2", "Zstandard"})


def read_facts(path: Path) -> Facts:
    """Return what a scene file says; raises UserError, a whole sentence with the path, for any other file."""
    try:
        with open_regular(path, _("Maya scene")) as file:
            size = os.fstat(file.fileno()).st_size
            if not size:
                raise UserError(_("{path} is empty; save the scene again.").format(path=path))
            return _read(path, file, size)
    except TruncatedError:
        text = _("{path} is incomplete: it ends before its render settings. Copy it or save it again.")
        raise UserError(text.format(path=path)) from None
    except DamagedError as error:
        text = _("{path} is damaged: {detail}. Copy it or save it again.")
        raise UserError(text.format(path=path, detail=error)) from error
    except OSError as error:
        text = _("{path} cannot be read: {reason}.")
        raise UserError(text.format(path=path, reason=error.strerror or error)) from error


def _read(path: Path, file: BinaryIO, size: int) -> Facts:
    head = file.read(_HEAD)
    if head[:4] in MAGICS:
        place = _TYPE_PLACES[head[:4]]
        kind = head[place : place + 4]
        if kind and not b"Maya".startswith(kind):
            text = _(
                "{path} is an IFF file, but not a Maya scene: it holds {kind}. Choose a .ma or .mb file."
            )
            raise UserError(text.format(path=path, kind=ascii(kind.decode("latin-1"))))
        return read_binary(file, size)
    if _ASCII.search(head):
        return read_ascii(file, size)
    raise UserError(_what_it_is(path, head))


def _what_it_is(path: Path, head: bytes) -> str:
    if head.startswith(_LFS):
        text = _(
            '{path} is not downloaded: it only points to the scene in Git LFS. Run "git lfs pull" first.'
        )
        return text.format(path=path)
    for magic, name in _OTHERS:
        if head.startswith(magic):
            if name in _ARCHIVES:
                text = _("{path} is packed ({kind}); unpack it and choose the scene in it.")
            else:
                text = _("{path} is not a Maya scene but a {kind} file. Choose a .ma or .mb file.")
            return text.format(path=path, kind=name)
    if not head.strip(b"\0"):
        text = _("{path} holds nothing but zeros, as after a copy that failed. Copy it again.")
        return text.format(path=path)
    text = _("{path} is not a Maya scene: it does not begin as one. Choose a .ma or .mb file.")
    return text.format(path=path)
