"""Looks at the first bytes of an Unreal package (`.uasset`, `.umap`) and tells what kind of asset it holds.

Class names stand in a package's head as plain text (`engines/unreal.md` section 6). Packages of real projects
(4.26, 5.1 and 5.4) show two more things: the head's own length follows the list of custom versions, and in
those of 5.4 the head ends with the asset's class written in full, which proves what the names alone suggest.
"""

import struct
from enum import StrEnum

from render_manager.engines.unreal.textfiles import LFS_HEAD

HEAD_BYTES = 65_536
"""Bytes of a package that are looked at."""
MAGIC = b"\xc1\x83\x2a\x9e"


class AssetKind(StrEnum):
    """What a package is to a render."""

    SEQUENCE = "sequence"
    """A level sequence."""
    MAP = "map"
    """A level."""
    PRESET = "preset"
    """A configuration of Movie Render Queue, primary or, before 5.1, master."""
    QUEUE = "queue"
    """A saved queue of jobs."""
    GRAPH = "graph"
    """A Movie Render Graph, 5.4 and later."""
    OTHER = "other"
    """Anything else."""
    POINTER = "pointer"
    """Not a package but what Git LFS leaves in its place."""
    FOREIGN = "foreign"
    """Not a package at all."""


_CORE = b"/Script/MovieRenderPipelineCore."
_TESTS: tuple[tuple[bytes, bytes, AssetKind], ...] = (
    (b"MoviePipelineQueue", _CORE, AssetKind.QUEUE),
    (b"MovieGraphConfig", _CORE, AssetKind.GRAPH),
    (b"MoviePipelinePrimaryConfig", _CORE, AssetKind.PRESET),
    (b"MoviePipelineMasterConfig", _CORE, AssetKind.PRESET),
    (b"LevelSequence", b"/Script/LevelSequence.", AssetKind.SEQUENCE),
)
"""Class name, what stands before it where it is written in full, kind. In this order: a queue names the
presets and graphs of its jobs, and all of them may name sequences."""
_NEEDLES = (b"MoviePipeline", b"MovieGraphConfig", b"LevelSequence")
"""One of these is in whatever `_TESTS` finds; few and long, for most packages have none of them."""

_LONGEST_POINTER = 1024
_INT = struct.Struct("<i")
_VERSIONS = struct.Struct("<iiii")
_MOST_CUSTOM_VERSIONS = 500
_PROVEN_UE5_VERSION = 1012
"""Packages of this version (5.4) were seen to name their class in full."""
_SAVED_HASH = 1016
"""From this version on (5.6) a hash stands before the length, and the custom versions behind it."""


def length_to_read(start: bytes, size: int) -> int:
    """Return how many bytes of a package are worth looking at, told from its first ones.

    `size` is all of it. What does not look as in the versions known gives the most that is ever read.
    """
    length, _names_class = _head(start)
    return min(size, HEAD_BYTES, length if 0 < length <= size else HEAD_BYTES)


def kind_of(data: bytes, size: int) -> tuple[AssetKind, bool]:
    """Return the kind of the package that begins with `data`, and whether that is certain.

    `data` is as long as `length_to_read` says, `size` is the size of the whole.
    """
    if not data.startswith(MAGIC):
        is_pointer = size <= _LONGEST_POINTER and data.startswith(LFS_HEAD)
        return (AssetKind.POINTER if is_pointer else AssetKind.FOREIGN), True
    for needle in _NEEDLES:
        if needle in data:
            return _named_kind(data, size)
    return AssetKind.OTHER, True


def _named_kind(data: bytes, size: int) -> tuple[AssetKind, bool]:
    guess = AssetKind.OTHER
    for name, prefix, kind in _TESTS:
        if name in data:
            if prefix + name in data:
                return kind, True
            if guess is AssetKind.OTHER:
                guess = kind
    length, names_class = _head(data)
    if names_class and 0 < length <= min(size, len(data)):
        # It would say so itself if it were one; it only mentions the class, as blueprints do.
        return AssetKind.OTHER, True
    return guess, guess is AssetKind.OTHER


def _head(start: bytes) -> tuple[int, bool]:
    """Return the length of the head, 0 when it cannot be told, and whether it names the class in full.

    The order of fields is that of the engine's own package summary, from 4.13 to 5.8.
    """
    try:
        legacy, _ue3, _ue4, ue5 = _VERSIONS.unpack_from(start, 4)
        if legacy == -7:
            ue5, at = 0, 20
        elif legacy in (-8, -9):
            at = 24
        else:
            return 0, False
        if ue5 < _SAVED_HASH:
            count = _INT.unpack_from(start, at)[0]
            if not 0 <= count <= _MOST_CUSTOM_VERSIONS:
                return 0, False
            at += 4 + 20 * count
        else:
            at += 20
        length = _INT.unpack_from(start, at)[0]
    except struct.error:
        return 0, False
    return (length, ue5 == _PROVEN_UE5_VERSION) if length > at else (0, False)
