"""The skeleton of a .blend: its header, its chain of blocks and the description of its structs.

Data blocks are stepped over, not read; only what a caller asks for is copied. One open file belongs to one
thread. Everything wrong with a file leaves this module's `open_blend` as a UserError with the path in it.
Facts: headers of Blender 2.78 to 4.5 (12 bytes) and 5.0 to 5.2 (17 bytes) as found in files they saved.
"""

import os
import re
import struct
from collections.abc import Iterator, Set
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from render_manager.domain.errors import UserError
from render_manager.domain.texts import gettext as _
from render_manager.engines.blender.containers import (
    PACKING_ERRORS,
    DamagedError,
    Source,
    TruncatedError,
    open_source,
)
from render_manager.engines.blender.dna import ByteOrder, Dna, Field, Record
from render_manager.engines.opening import open_regular

_MAGIC = b"BLENDER"
_OLD_HEADER = re.compile(rb"BLENDER([_-])([vV])(\d{3})")
_NEW_HEADER = re.compile(rb"BLENDER(\d\d)-(\d\d)v(\d{4})")
_BLOCK_CODE = re.compile(rb"[A-Z0-9]{2}(\0\0|[A-Z0-9_]{2})")
_DNA_TAIL = 512 << 10
_LARGEST_DNA = 4 << 20
_MOST_BLOCKS = 32_000_000
_MOST_CODES = 500


class NotBlendError(Exception):
    """The file does not begin as a .blend does."""


class NewerFormatError(Exception):
    """The file is in a format this program does not know yet; the text is its version."""


@dataclass(frozen=True, slots=True)
class Header:
    """What the first bytes say."""

    version: tuple[int, int]
    """Blender's version, (major, minor)."""
    size: int
    """Bytes before the first block."""
    pointer_size: int
    byte_order: ByteOrder
    block: struct.Struct
    """Layout of a block header."""
    order: tuple[int, int, int]
    """Where length, struct index and address are in it."""


class Block(NamedTuple):
    """One block of a file."""

    code: bytes
    """Four bytes: `DATA`, `DNA1`, or two letters and two zeros."""
    struct_index: int
    address: int
    """Where the data lay in the memory of the writing Blender; pointers in the file refer to it."""
    offset: int
    """Where the data lies in the unpacked file."""
    size: int


class BlendFile:
    """An open .blend."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._recent = (0, b"")
        self.compression = source.compression
        self.header = _parse_header(self._window(0, 17)[1])

    @cached_property
    def dna(self) -> Dna:
        """The description of the file's structs."""
        block = self._dna_at_the_end() or next(self.blocks(codes={b"DNA1"}), None)
        if block is None:
            raise DamagedError(_("it lacks the description of its structs (DNA)"))
        if block.size > _LARGEST_DNA:
            raise DamagedError(_("its description of structs (DNA) is absurdly large"))
        return Dna(self.read(block.offset, block.size), self.header.byte_order, self.header.pointer_size)

    def blocks(self, structs: Set[int] = frozenset(), codes: Set[bytes] = frozenset()) -> Iterator[Block]:
        """Walk the whole chain of blocks and yield those of the given structs or codes.

        Raises TruncatedError where the chain stops before its end mark, DamagedError where it leads nowhere.
        """
        header = self.header
        unpack, head = header.block.unpack_from, header.block.size
        at_length, at_struct, at_address = header.order
        seen: set[bytes] = set()
        end = self._source.size
        start, data, limit, offset = 0, b"", -head, header.size
        for _number in range(_MOST_BLOCKS):
            place = offset - start
            if place > limit:
                start, data = self._window(offset, head)
                place, limit = offset - start, len(data) - head
                if place > limit:
                    if data[place : place + 4] == b"ENDB":
                        return
                    raise TruncatedError
            values = unpack(data, place)
            code: bytes = values[0]
            if code not in seen:
                if code == b"ENDB":
                    return
                _check_code(code, seen)
            size: int = values[at_length]
            offset += head
            if size < 0:
                raise DamagedError(_("one of its blocks has a negative size"))
            if end is not None and offset + size > end:
                raise TruncatedError
            if values[at_struct] in structs or code in codes:
                yield Block(code, values[at_struct], values[at_address], offset, size)
            offset += size
        raise DamagedError(_("it has absurdly many blocks"))

    def read(self, offset: int, size: int) -> bytes:
        """Return `size` bytes of the unpacked file; raises TruncatedError when there are fewer."""
        start, data = self._window(offset, size)
        part = data[offset - start : offset - start + size]
        if len(part) < size:
            raise TruncatedError
        return part

    def record(self, block: Block, struct_name: str) -> Record:
        """Return the first struct of a block."""
        layout = self.dna.struct(struct_name)
        return Record(self.dna, layout, self.read(block.offset, min(block.size, layout.size)))

    def field(self, block: Block, field: Field) -> bytes:
        """Return the bytes of one field of a block's first struct, without copying the rest."""
        if field.offset + field.size > block.size:
            raise DamagedError(_("one of its blocks is shorter than the struct it holds"))
        return self.read(block.offset + field.offset, field.size)

    def _window(self, offset: int, size: int) -> tuple[int, bytes]:
        """Return a stretch that holds `size` bytes from `offset` on, or all there are."""
        start, data = self._recent
        if not start <= offset <= offset + size <= start + len(data):
            self._recent = self._gather(offset, size)
        return self._recent

    def _gather(self, offset: int, size: int) -> tuple[int, bytes]:
        start, data = self._source.stretch(offset)
        missing = offset + size - start - len(data)
        if missing <= 0 or not data:
            return start, data
        parts = [data[offset - start :]]
        at = start + len(data)
        while missing > 0:
            start, data = self._source.stretch(at)
            if not data:
                break
            parts.append(data[at - start :])
            at = start + len(data)
            missing = offset + size - at
        return offset, b"".join(parts)

    def _dna_at_the_end(self) -> Block | None:
        """Find the DNA1 block from behind: it lies before the end mark, and knowing it first saves a walk."""
        size, head = self._source.size, self.header.block.size
        if size is None:
            return None
        start = max(self.header.size, size - _DNA_TAIL)
        tail = self.read(start, max(0, size - start))
        place = tail.rfind(b"DNA1")
        if place < 0 or place + head > len(tail):
            return None
        values = self.header.block.unpack_from(tail, place)
        at_length, at_struct, at_address = self.header.order
        length: int = values[at_length]
        end = place + head + length
        if length < 0 or tail[end : end + 4] != b"ENDB" or not tail.startswith(b"SDNA", place + head):
            return None
        where = start + place + head
        return Block(b"DNA1", values[at_struct], values[at_address], where, length)


@contextmanager
def open_blend(path: Path) -> Iterator[BlendFile]:
    """Open a .blend for the time of a `with` block; raises UserError for whatever is wrong with it there."""
    try:
        with open_regular(path, _(".blend file")) as file:
            size = os.fstat(file.fileno()).st_size
            if not size:
                raise UserError(_("{path} is empty; save the scene again.").format(path=path))
            yield BlendFile(open_source(file, size))
    except NotBlendError:
        text = _("{path} is not a Blender file: it does not begin as one. Choose a .blend file.")
        raise UserError(text.format(path=path)) from None
    except NewerFormatError as error:
        text = _("{path} was saved by Blender in a format ({version}) this program does not know yet.")
        raise UserError(text.format(path=path, version=error)) from None
    except TruncatedError:
        text = _("{path} is incomplete: it ends in the middle. Copy it or save it again.")
        raise UserError(text.format(path=path)) from None
    except DamagedError as error:
        text = _("{path} is damaged: {detail}. Copy it or save it again.")
        raise UserError(text.format(path=path, detail=error)) from error
    except PACKING_ERRORS as error:
        text = _("{path} is damaged: it cannot be unpacked. Copy it or save it again.")
        raise UserError(text.format(path=path)) from error
    except OSError as error:
        text = _("{path} cannot be read: {reason}.")
        raise UserError(text.format(path=path, reason=error.strerror or error)) from error


def _parse_header(start: bytes) -> Header:
    if not start.startswith(_MAGIC):
        if len(start) < len(_MAGIC) and _MAGIC.startswith(start):
            raise TruncatedError
        raise NotBlendError
    if new := _NEW_HEADER.match(start):
        size, file_format, version = (int(part) for part in new.groups())
        if file_format != 1 or size < 17:
            raise NewerFormatError(str(file_format))
        return Header(divmod(version, 100), size, 8, "<", struct.Struct("<4siQqq"), (3, 1, 2))
    if old := _OLD_HEADER.match(start):
        byte_order: ByteOrder = "<" if old[2] == b"v" else ">"
        wide = old[1] == b"-"
        layout = struct.Struct(byte_order + ("4siQii" if wide else "4siIii"))
        return Header(divmod(int(old[3]), 100), 12, 8 if wide else 4, byte_order, layout, (1, 3, 2))
    if len(start) < 12 or (start[7:8].isdigit() and len(start) < 17):
        raise TruncatedError
    raise DamagedError(_("its first bytes make no sense"))


def _check_code(code: bytes, seen: set[bytes]) -> None:
    if not _BLOCK_CODE.fullmatch(code) or len(seen) >= _MOST_CODES:
        raise DamagedError(_("its chain of blocks leads nowhere"))
    seen.add(code)
