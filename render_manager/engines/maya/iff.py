"""The chunks of a .mb: an IFF file with big-endian sizes, in its 4-byte or its 8-byte form.

Layout as found in files of Maya 2009, 2016 and 2023 (engines/maya.md section 6): a chunk is a tag, in the
wide form four bytes that mean nothing, a size, and its data; data chunks are padded to 4 or 8 bytes counted
from where their data begins, groups are not. A group's data begins with its type.
"""

import struct
from collections.abc import Iterator
from typing import NamedTuple

from render_manager.domain.texts import gettext as _
from render_manager.engines.maya.facts import DamagedError
from render_manager.engines.maya.window import Window

_NARROW = struct.Struct(">4sI")
_WIDE = struct.Struct(">4s4xQ")
GROUPS = frozenset(tag + width for tag in (b"FOR", b"LIS", b"CAT", b"PRO") for width in (b"4", b"8"))


class Chunk(NamedTuple):
    """One chunk; places are offsets in the file."""

    tag: bytes
    start: int
    """Where its data begins, for a group behind its type."""
    end: int
    type: bytes
    """Type of a group; empty for a data chunk."""


def chunks(window: Window, start: int, end: int, *, is_wide: bool) -> Iterator[Chunk]:
    """Yield the chunks between two places; raises DamagedError where one does not fit in there."""
    layout, alignment = (_WIDE, 8) if is_wide else (_NARROW, 4)
    head = layout.size
    while start < end:
        begin = start + head
        data = window.slice(start, begin + 4)
        if begin > end or len(data) < head:
            raise DamagedError(_("one of its chunks is cut off"))
        tag, size = layout.unpack_from(data)
        stop = begin + size
        if stop > end:
            raise DamagedError(_("the sizes of its chunks do not fit into each other"))
        if tag in GROUPS:
            if size < 4:
                raise DamagedError(_("one of its groups is too short to have a type"))
            yield Chunk(tag, begin + 4, stop, data[head:])
            start = stop
        else:
            yield Chunk(tag, begin, stop, b"")
            start = begin + -(-size // alignment) * alignment
