"""Blender's DNA: the description of every struct that each .blend carries in its DNA1 block.

Fields are found by name, so one reader serves every version. All sizes and offsets are checked against the
block and against the struct's own size; whatever does not fit raises DamagedError. Pure, any thread.
"""

import re
import struct
from array import array
from dataclasses import dataclass
from typing import Literal

from render_manager.domain.texts import gettext as _
from render_manager.engines.blender.containers import DamagedError

ByteOrder = Literal["<", ">"]

_FORMATS = {
    "char": "b",
    "uchar": "B",
    "int8_t": "b",
    "uint8_t": "B",
    "bool": "B",
    "short": "h",
    "ushort": "H",
    "int16_t": "h",
    "uint16_t": "H",
    "int": "i",
    "uint": "I",
    "int32_t": "i",
    "uint32_t": "I",
    "long": "i",
    "ulong": "I",
    "int64_t": "q",
    "uint64_t": "Q",
    "float": "f",
    "double": "d",
}
_NAME = re.compile(r"\(?(\**)([A-Za-z_]\w*)(\)\(.*\))?((?:\[\d{1,9}\])*)")


@dataclass(frozen=True, slots=True)
class Field:
    """One member of a struct."""

    type: str
    offset: int
    """Bytes from the start of the struct."""
    size: int
    """Bytes of the whole member, all elements of an array counted."""
    is_pointer: bool


@dataclass(frozen=True, slots=True)
class Struct:
    """One struct: its index in the file, size in bytes and members by bare name."""

    name: str
    index: int
    size: int
    fields: dict[str, Field]

    def field(self, name: str) -> Field:
        """Return a member; raises DamagedError when this file's struct has none of that name."""
        try:
            return self.fields[name]
        except KeyError:
            raise DamagedError(
                _("its description of {struct} has no {name}").format(struct=self.name, name=name)
            ) from None


class Dna:
    """The structs of one file, decoded when asked for."""

    def __init__(self, data: bytes, byte_order: ByteOrder, pointer_size: int) -> None:
        self.byte_order: ByteOrder = byte_order
        self.pointer_size = pointer_size
        self._decoded: dict[str, Struct] = {}
        try:
            self._parse(data)
        except (struct.error, IndexError, ValueError) as error:
            raise DamagedError(_("its description of structs (DNA) cannot be read")) from error

    def _parse(self, data: bytes) -> None:
        sections = _Sections(data, self.byte_order)
        sections.tag(b"SDNA")
        self._names = sections.strings(b"NAME")
        self._types = sections.strings(b"TYPE")
        sections.tag(b"TLEN")
        self._sizes = sections.words(len(self._types))
        sections.tag(b"STRC")
        count = sections.count()
        self._words = words = sections.words(None)
        self._places: dict[str, tuple[int, int]] = {}
        at = 0
        for index in range(count):
            self._places[self._types[words[at]].decode("ascii", "replace")] = (index, at)
            at += 2 + 2 * words[at + 1]

    def __contains__(self, name: str) -> bool:
        return name in self._places

    def index(self, name: str) -> int:
        """Return the index blocks name a struct by, -1 when this file has no such struct."""
        return self._places.get(name, (-1, 0))[0]

    def struct(self, name: str) -> Struct:
        """Return a struct by name; raises DamagedError when the file does not describe it well."""
        known = self._decoded.get(name)
        if known is None:
            if name not in self._places:
                raise DamagedError(_("it does not describe the struct {name}").format(name=name))
            try:
                known = self._decode(name)
            except (IndexError, ValueError) as error:
                raise DamagedError(_("its description of {name} cannot be read").format(name=name)) from error
            self._decoded[name] = known
        return known

    def _decode(self, name: str) -> Struct:
        index, at = self._places[name]
        size = self._sizes[self._words[at]]
        fields: dict[str, Field] = {}
        offset = 0
        for place in range(at + 2, at + 2 + 2 * self._words[at + 1], 2):
            bare, field = self._field(self._words[place], self._words[place + 1], offset)
            fields.setdefault(bare, field)
            offset += field.size
        if offset != size:
            raise DamagedError(_("its description of {name} does not add up").format(name=name))
        return Struct(name, index, size, fields)

    def _field(self, type_index: int, name_index: int, offset: int) -> tuple[str, Field]:
        match = _NAME.fullmatch(self._names[name_index].decode("ascii", "replace"))
        if match is None:
            raise ValueError(name_index)
        stars, bare, call, dimensions = match.groups()
        is_pointer = bool(stars) or call is not None
        size = self.pointer_size if is_pointer else self._sizes[type_index]
        for dimension in re.findall(r"\d+", dimensions):
            size *= int(dimension)
        type_name = self._types[type_index].decode("ascii", "replace")
        return bare, Field(type_name, offset, size, is_pointer)


class _Sections:
    """Reads the parts of a DNA1 block one after the other; each part starts at a multiple of four bytes."""

    def __init__(self, data: bytes, byte_order: ByteOrder) -> None:
        self._data = data
        self._byte_order = byte_order
        self._at = 0

    def tag(self, expected: bytes) -> None:
        self._at = (self._at + 3) & ~3
        if self._data[self._at : self._at + 4] != expected:
            raise ValueError(expected)
        self._at += 4

    def count(self) -> int:
        (count,) = struct.unpack_from(f"{self._byte_order}I", self._data, self._at)
        self._at += 4
        if count > len(self._data):
            raise ValueError(count)
        return int(count)

    def strings(self, tag: bytes) -> list[bytes]:
        self.tag(tag)
        count = self.count()
        parts = self._data[self._at :].split(b"\0", count)
        if len(parts) != count + 1:
            raise ValueError(tag)
        self._at = len(self._data) - len(parts.pop())
        return parts

    def words(self, count: int | None) -> "array[int]":
        left = len(self._data) - self._at
        size = left & ~1 if count is None else 2 * count
        if size > left:
            raise ValueError(count)
        words = array("H", self._data[self._at : self._at + size])
        if self._byte_order != ("<" if struct.pack("=H", 1) == b"\1\0" else ">"):
            words.byteswap()
        self._at += size
        return words


class Record:
    """One struct's bytes, read by field name."""

    __slots__ = ("_base", "_data", "_dna", "_struct")

    def __init__(self, dna: Dna, struct_: Struct, data: bytes, base: int = 0) -> None:
        if len(data) < base + struct_.size:
            raise DamagedError(_("a block holds less than one {struct}").format(struct=struct_.name))
        self._dna = dna
        self._struct = struct_
        self._data = data
        self._base = base

    def has(self, name: str) -> bool:
        """Return whether this version's struct has such a field."""
        return name in self._struct.fields

    def raw(self, name: str) -> bytes:
        """Return the bytes of a field."""
        field = self._struct.field(name)
        start = self._base + field.offset
        return self._data[start : start + field.size]

    def integer(self, name: str) -> int:
        """Return a whole number, or the first one of an array."""
        return int(self._number(name))

    def real(self, name: str) -> float:
        """Return a floating point number."""
        return float(self._number(name))

    def pointer(self, name: str) -> int:
        """Return an address as the writing Blender had it, 0 for none."""
        field = self._struct.field(name)
        if not field.is_pointer:
            raise DamagedError(
                _("{struct}.{name} is not a pointer").format(struct=self._struct.name, name=name)
            )
        return self._unpack("I" if self._dna.pointer_size == 4 else "Q", field)

    def text(self, name: str) -> str:
        """Return a text; bytes that are no UTF-8 become the replacement character."""
        return self.raw(name).split(b"\0", 1)[0].decode("utf-8", "replace")

    def inner(self, name: str) -> "Record":
        """Return a struct that lies inside this one."""
        field = self._struct.field(name)
        if field.is_pointer:
            raise DamagedError(_("{struct}.{name} is a pointer").format(struct=self._struct.name, name=name))
        return Record(self._dna, self._dna.struct(field.type), self._data, self._base + field.offset)

    def first(self, name: str) -> int:
        """Return the address of the first member of a list, 0 when it is empty."""
        return self.inner(name).pointer("first")

    def _number(self, name: str) -> int | float:
        field = self._struct.field(name)
        code = _FORMATS.get(field.type)
        if code is None or field.is_pointer:
            raise DamagedError(
                _("{struct}.{name} is not a number").format(struct=self._struct.name, name=name)
            )
        return self._unpack(code, field)

    def _unpack(self, code: str, field: Field) -> int:
        try:
            value: int = struct.unpack_from(
                self._dna.byte_order + code, self._data, self._base + field.offset
            )[0]
        except struct.error as error:
            raise DamagedError(_("{struct} is cut short").format(struct=self._struct.name)) from error
        return value
