"""Reads a .mb: its head, the nodes that matter, and what the scene sets on Maya's own nodes, in one pass.

Groups are stepped over by their size, so only what is kept is read (engines/maya.md section 6). Codes of
Maya's own node types and the shape of FREF: as in the public maya-scenefile-parser, and checked, but for
FREF, on files of Maya 2009, 2016 and 2023. A time is stored as ticks in the place of a double: 4 bytes at
6000 a second, or, where the head has TDUR, 8 bytes at that many a second.
"""

import locale
import math
import re
import struct
import sys
from collections.abc import Iterator
from typing import BinaryIO

from render_manager.domain.texts import gettext as _
from render_manager.engines.maya.facts import DamagedError, Facts, Node, Reference, TruncatedError, Value
from render_manager.engines.maya.iff import Chunk, chunks
from render_manager.engines.maya.interests import CREATED, MOST_OF_A_TYPE, SELECTED, longest_text
from render_manager.engines.maya.time_unit import DEFAULT_FPS, fps_of
from render_manager.engines.maya.window import Window

MAGICS = (b"FOR4", b"FOR8")
_OWN_TYPES = {
    b"DCAM": "camera",
    b"DIPL": "imagePlane",
    b"PSDT": "psdFileTex",
    b"RMTX": "mentalrayTexture",
    b"RNDL": "renderLayer",
    b"RNLM": "renderLayerManager",
    b"RTFT": "file",
    b"RTMV": "movie",
    b"SCRP": "script",
    b"SRCA": "stereoRigCamera",
}
_UNITS = {
    "mm": "millimeter",
    "cm": "centimeter",
    "m": "meter",
    "in": "inch",
    "ft": "foot",
    "yd": "yard",
    "deg": "degree",
    "rad": "radian",
}
_PIECE = 64 << 10
_LONGEST_HEAD_CHUNK = 1 << 20
_LONGEST_NAME = 2 << 10
_OLD_TICKS = 6000
_NO_END = 1 << 65
_NARROW_HEAD, _WIDE_HEAD = 12, 20
_IS_DAG, _IS_IN_WORLD = 0x04, 0x08
_HAS_ELEMENTS = 0x08
_DOUBLE, _TICKS_8, _TICKS_4 = struct.Struct(">d"), struct.Struct(">q"), struct.Struct(">i")
_PARENTS = (".pls", ".rlid")
_NODE_TYPES = re.compile(rb'-nodeType "([^"]+)"')


def read_binary(file: BinaryIO, size: int) -> Facts:
    """Return what an open .mb says.

    Raises TruncatedError when it ends before its render settings, DamagedError when its sizes make no sense.
    """
    window = Window(file, size, piece=_PIECE)
    is_wide = window.slice(0, 4) == b"FOR8"
    if size < (_WIDE_HEAD if is_wide else _NARROW_HEAD):
        raise TruncatedError
    reader = _Reader(window, is_wide=is_wide)
    reader.read(next(chunks(window, 0, _NO_END, is_wide=is_wide)))
    return reader.facts


class _Reader:
    """One pass over a .mb."""

    def __init__(self, window: Window, *, is_wide: bool) -> None:
        self._window = window
        self._is_wide = is_wide
        self._types = dict(_OWN_TYPES)
        self._ticks = _OLD_TICKS
        self._fps = DEFAULT_FPS
        self._counts: dict[str, int] = {}
        self._connections: list[Chunk] = []
        self.facts = Facts("binary")

    def read(self, root: Chunk) -> None:
        """Read every group in the outermost one."""
        facts = self.facts
        facts.is_complete = root.end <= self._window.size
        try:
            for chunk in self._chunks(root.start, min(root.end, self._window.size)):
                self._group(chunk)
        except DamagedError:
            if facts.is_complete:
                raise
        if not facts.version and not facts.file_info:
            raise DamagedError(_("it lacks the head that says what saved it"))
        if not facts.is_complete and "defaultRenderGlobals" not in facts.selected:
            raise TruncatedError
        if facts.needs_parents:
            for group in self._connections:
                self._read_parents(group)

    def _chunks(self, start: int, end: int) -> Iterator[Chunk]:
        return chunks(self._window, start, end, is_wide=self._is_wide)

    def _group(self, group: Chunk) -> None:
        if group.type == b"HEAD":
            self._head(group)
        elif group.type == b"FREF":
            self._reference(group)
        elif group.type == b"SLCT":
            self._selected(group)
        elif group.type == b"CONS":
            self._connections.append(group)
        elif self._types.get(group.type) in CREATED:
            self._created(group, self._types[group.type])

    def _head(self, group: Chunk) -> None:
        facts = self.facts
        for chunk in self._chunks(group.start, group.end):
            data = self._window.slice(chunk.start, min(chunk.end, chunk.start + _LONGEST_HEAD_CHUNK))
            parts = data.split(b"\0", 2)
            text = _text(parts[0])
            if chunk.tag == b"VERS":
                facts.version = text
            elif chunk.tag == b"TUNI":
                facts.time_unit = text
                self._fps = fps_of(text) or DEFAULT_FPS
            elif chunk.tag == b"LUNI":
                facts.linear_unit = _UNITS.get(text, text)
            elif chunk.tag == b"AUNI":
                facts.angular_unit = _UNITS.get(text, text)
            elif chunk.tag == b"TDUR" and text.isdecimal() and int(text[:18]):
                self._ticks = int(text[:18])
            elif chunk.tag == b"FINF" and len(parts) > 1:
                facts.file_info[text] = _text(parts[1])
            elif chunk.tag == b"PLUG" and len(parts) > 1:
                facts.plugins[text] = _text(parts[1])
                self._learn_types(parts[2] if len(parts) > 2 else b"")

    def _learn_types(self, data: bytes) -> None:
        """Read what a plug-in's chunk says of its node types: flags, then each name with its code."""
        flags, _nul, rest = data.partition(b"\0")
        at = 0
        for name in _NODE_TYPES.findall(flags):
            found = rest.find(name + b"\0", at)
            if found < 0:
                continue
            at = found + len(name) + 5
            type_name = name.decode("ascii", "replace")
            if type_name in CREATED and at <= len(rest):
                self._types[rest[at - 4 : at]] = type_name

    def _reference(self, group: Chunk) -> None:
        """Read a reference; of its data only the path in front is understood."""
        for chunk in self._chunks(group.start, group.end):
            if chunk.tag == b"FREF" and len(self.facts.references) < MOST_OF_A_TYPE:
                data = self._window.slice(chunk.start, min(chunk.end, chunk.start + _LONGEST_NAME))
                path = _text(data.split(b"\0", 1)[0])
                self.facts.references.setdefault(path, Reference(path))

    def _selected(self, group: Chunk) -> None:
        node: Node | None = None
        for chunk in self._chunks(group.start, group.end):
            if chunk.tag == b"SLCT":
                name = self._name(chunk).lstrip(":")
                node = self.facts.selected.setdefault(name, Node("", name)) if name in SELECTED else None
            elif node is not None:
                self._attribute(chunk, node, SELECTED[node.name])

    def _created(self, group: Chunk, type_name: str) -> None:
        self._counts[type_name] = self._counts.get(type_name, 0) + 1
        if self._counts[type_name] > MOST_OF_A_TYPE:
            return
        node = Node(type_name, "")
        for chunk in self._chunks(group.start, group.end):
            if chunk.tag == b"CREA":
                node.name, node.parent = self._name_and_parent(chunk)
            else:
                self._attribute(chunk, node, CREATED[type_name])
        self.facts.nodes.append(node)

    def _name(self, chunk: Chunk) -> str:
        data = self._window.slice(chunk.start, min(chunk.end, chunk.start + _LONGEST_NAME))
        return _text(data.split(b"\0", 1)[0])

    def _name_and_parent(self, chunk: Chunk) -> tuple[str, str]:
        """Read a CREA: a byte of flags, the name, for what hangs below something its name, and an id."""
        data = self._window.slice(chunk.start, min(chunk.end, chunk.start + _LONGEST_NAME))
        flags, parts = (data[0] if data else 0), data[1:].split(b"\0", 2)
        has_parent = flags & _IS_DAG and not flags & _IS_IN_WORLD and len(parts) > 2
        return _text(parts[0]), _text(parts[1]) if has_parent else ""

    def _attribute(self, chunk: Chunk, node: Node, kept: frozenset[str]) -> None:
        """Keep a value: the attribute's name, a byte of flags, for an array its size, and the value."""
        if chunk.tag not in (b"DBLE", b"STR "):
            return
        start = self._window.slice(chunk.start, min(chunk.end, chunk.start + 64))
        name, _nul, rest = start.partition(b"\0")
        attribute = name.decode("ascii", "replace")
        if attribute not in kept or not rest:
            return
        begin = chunk.start + len(name) + 2 + (4 if rest[0] & _HAS_ELEMENTS else 0)
        value: Value | None
        if chunk.tag == b"STR ":
            data = self._window.slice(begin, min(chunk.end, begin + longest_text(node.type)))
            value = _text(data.split(b"\0", 1)[0])
        else:
            value = self._number(self._window.slice(begin, min(chunk.end, begin + 16)))
        if value is not None:
            node.values[attribute] = value

    def _number(self, data: bytes) -> float | None:
        """Return a number, a time in frames; ticks read as a double would be next to nothing, or none."""
        if len(data) == _TICKS_4.size:
            return float(_TICKS_4.unpack(data)[0] / _OLD_TICKS * self._fps)
        if len(data) != _DOUBLE.size:
            return None
        value: float = _DOUBLE.unpack(data)[0]
        if math.isnan(value) or 0 < abs(value) < sys.float_info.min:
            return float(_TICKS_8.unpack(data)[0] / self._ticks * self._fps)
        return value if math.isfinite(value) else None

    def _read_parents(self, group: Chunk) -> None:
        """Follow connections: a byte of flags, then from where and to where."""
        for inner in self._chunks(group.start, group.end):
            if inner.type != b"CONN":
                continue
            for chunk in self._chunks(inner.start, inner.end):
                if chunk.tag != b"CWFL" or len(self.facts.parents) >= MOST_OF_A_TYPE:
                    continue
                data = self._window.slice(chunk.start, min(chunk.end, chunk.start + _LONGEST_NAME))
                source, _dot, target = (_text(part) for part in data[1:].partition(b"\0"))
                target = target.partition("\0")[0]
                if target.endswith(_PARENTS):
                    self.facts.parents[target.rpartition(".")[0]] = source.rpartition(".")[0]


def _text(data: bytes) -> str:
    """Return a text; a .mb does not say its code set, so other than UTF-8 it is taken for this computer's."""
    for encoding in ("utf-8", locale.getencoding()):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1")
