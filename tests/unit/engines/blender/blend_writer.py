"""Writes small .blend files with a tiny DNA of our own, in layouts no Blender at hand can write."""

import gzip
import re
import struct
from dataclasses import dataclass, field
from typing import Any

import zstandard

BASE_SIZES = {"char": 1, "short": 2, "int": 4, "float": 4, "void": 0}
BASE_CODES = {"char": "b", "short": "h", "int": "i", "float": "f"}

STRUCTS: dict[str, list[str]] = {
    "Link": ["void *next", "void *prev"],
    "ListBase": ["void *first", "void *last"],
    "rctf": ["float xmin", "float xmax", "float ymin", "float ymax"],
    "Library": ["ID id", "char name[64]", "void *packedfile"],
    "ID": ["void *next", "void *prev", "Library *lib", "char name[66]", "char _pad[6]"],
    "ImageFormatData": ["char imtype", "char depth", "char _pad[2]"],
    "RenderData": [
        "ImageFormatData im_format",
        "int sfra",
        "int efra",
        "int frame_step",
        "short size",
        "short frs_sec",
        "float frs_sec_base",
        "int xsch",
        "int ysch",
        "int mode",
        "int scemode",
        "rctf border",
        "char pic[64]",
        "char engine[32]",
        "ListBase layers",
    ],
    "Scene": [
        "ID id",
        "float matrix[2][3]",
        "int (*callback)()",
        "Object *camera",
        "char use_nodes",
        "char _pad[3]",
        "bNodeTree *nodetree",
        "Editing *ed",
        "RenderData r",
        "ListBase view_layers",
    ],
    "ViewLayer": ["void *next", "void *prev", "char name[64]", "short flag", "char _pad[6]"],
    "Object": ["ID id", "short type", "char _pad[6]"],
    "Editing": ["ListBase seqbase"],
    "FileGlobal": ["short subversion", "char _pad[6]", "Scene *curscene"],
    "Image": [
        "ID id",
        "char name[128]",
        "short source",
        "char _pad[6]",
        "void *packedfile",
        "ListBase packedfiles",
        "ListBase tiles",
    ],
    "ImageTile": ["void *next", "void *prev", "int tile_number", "char _pad[4]"],
    "MovieClip": ["ID id", "char name[128]", "int source", "char _pad[4]"],
    "bSound": ["ID id", "char name[128]", "void *packedfile"],
    "VFont": ["ID id", "char name[128]", "void *packedfile"],
    "Volume": ["ID id", "char filepath[128]", "void *packedfile", "char is_sequence", "char _pad[7]"],
    "CacheFile": ["ID id", "char filepath[128]", "char is_sequence", "char _pad[7]"],
    "Text": ["ID id", "int flags", "char _pad[4]"],
    "ChannelDriver": ["char expression[256]", "int type", "char _pad[4]"],
}


@dataclass
class Member:
    """Where a member lies and what it holds."""

    type: str
    offset: int
    size: int
    is_pointer: bool


@dataclass
class Writer:
    """Collects blocks and writes them in one of Blender's layouts."""

    version: int = 293
    byte_order: str = "<"
    pointer_size: int = 8
    structs: dict[str, list[str]] = field(default_factory=lambda: dict(STRUCTS))
    blocks: list[tuple[bytes, int, int, bytes]] = field(default_factory=list)

    @property
    def is_new(self) -> bool:
        return self.version >= 500

    def size(self, name: str) -> int:
        if name in BASE_SIZES:
            return BASE_SIZES[name]
        if name not in self.structs:
            return 0
        return sum(member.size for member in self.members(name).values())

    def members(self, name: str) -> dict[str, Member]:
        found: dict[str, Member] = {}
        offset = 0
        for line in self.structs[name]:
            type_name, declared = line.split(" ", 1)
            is_pointer = declared.startswith(("*", "(*"))
            size = self.pointer_size if is_pointer else self.size(type_name)
            for dimension in re.findall(r"\[(\d+)\]", declared):
                size *= int(dimension)
            bare = re.search(r"[A-Za-z_]\w*", declared)
            assert bare
            found.setdefault(bare[0], Member(type_name, offset, size, is_pointer))
            if found[bare[0]].offset != offset:
                found[f"{bare[0]}@{offset}"] = Member(type_name, offset, size, is_pointer)
            offset += size
        return found

    def data(self, name: str, values: dict[str, Any]) -> bytes:
        """Return a struct's bytes; members of inner structs are written as `r.sfra`."""
        data = bytearray(self.size(name))
        for key, value in values.items():
            offset, member = 0, Member(name, 0, len(data), is_pointer=False)
            for part in key.split("."):
                member = self.members(member.type)[part]
                offset += member.offset
            if isinstance(value, str):
                packed = value.encode() + b"\0"
            elif isinstance(value, bytes):
                packed = value
            else:
                code = (
                    ("Q" if self.pointer_size == 8 else "I") if member.is_pointer else BASE_CODES[member.type]
                )
                packed = struct.pack(self.byte_order + code, value)
            assert len(packed) <= member.size, key
            data[offset : offset + len(packed)] = packed
        return bytes(data)

    def add(self, code: str, name: str, address: int, /, **values: Any) -> None:
        """Add a block of one struct; a double underscore stands for the dot to an inner struct's member."""
        data = self.data(name, {key.replace("__", "."): value for key, value in values.items()})
        self.add_raw(code, data, list(self.structs).index(name), address)

    def add_raw(self, code: str, data: bytes, index: int = 0, address: int = 0) -> None:
        self.blocks.append((code.encode().ljust(4, b"\0"), index, address, data))

    def dna(self) -> bytes:
        types = list(BASE_SIZES)
        names: list[str] = []
        rows: list[list[int]] = []
        lines_of = self.structs.items()
        types += [name for name, _lines in lines_of]
        for name, lines in lines_of:
            row = [types.index(name), len(lines)]
            for line in lines:
                type_name, declared = line.split(" ", 1)
                for known, item in ((types, type_name), (names, declared)):
                    if item not in known:
                        known.append(item)
                row += [types.index(type_name), names.index(declared)]
            rows.append(row)
        order = self.byte_order

        def texts(tag: bytes, items: list[str]) -> bytes:
            return (
                tag + struct.pack(f"{order}I", len(items)) + b"".join(item.encode() + b"\0" for item in items)
            )

        data = pad(b"SDNA" + texts(b"NAME", names))
        data = pad(data + texts(b"TYPE", types))
        data = pad(
            data + b"TLEN" + struct.pack(f"{order}{len(types)}H", *(self.size(name) for name in types))
        )
        data += b"STRC" + struct.pack(f"{order}I", len(rows))
        return data + b"".join(struct.pack(f"{order}{len(row)}H", *row) for row in rows)

    def header(self) -> bytes:
        if self.is_new:
            return f"BLENDER17-01v{self.version:04}".encode()
        wide = "-" if self.pointer_size == 8 else "_"
        return f"BLENDER{wide}{'v' if self.byte_order == '<' else 'V'}{self.version}".encode()

    def block(self, code: bytes, index: int, address: int, data: bytes, size: int | None = None) -> bytes:
        """Return a block with its header; `size` lies about its length."""
        size = len(data) if size is None else size
        if self.is_new:
            return struct.pack("<4siQqq", code, index, address, size, 1) + data
        pointer = "Q" if self.pointer_size == 8 else "I"
        return struct.pack(f"{self.byte_order}4si{pointer}ii", code, size, address, index, 1) + data

    def file(self, *, dna: bytes | None = None, end: bytes | None = None) -> bytes:
        parts = [self.header(), *(self.block(*block) for block in self.blocks)]
        parts.append(self.block(b"DNA1", 0, 0, self.dna() if dna is None else dna))
        parts.append(self.block(b"ENDB", 0, 0, b"") if end is None else end)
        return b"".join(parts)


def pad(data: bytes) -> bytes:
    """Return data filled up to a multiple of four bytes."""
    return data + b"\0" * (-len(data) % 4)


def add_scene(writer: Writer, name: str = "Scene", address: int = 0x100, **values: Any) -> None:
    """Add a scene with sensible settings and one view layer that renders."""
    settings = {
        "id__name": f"SC{name}",
        "camera": 0x10,
        "r__sfra": 1,
        "r__efra": 10,
        "r__frame_step": 1,
        "r__size": 100,
        "r__frs_sec": 24,
        "r__frs_sec_base": 1.0,
        "r__xsch": 64,
        "r__ysch": 36,
        "r__pic": "//out/f_####",
        "r__engine": "CYCLES",
        "r__im_format__imtype": 17,
        "view_layers__first": address + 1,
    }
    writer.add("SC", "Scene", address, **{**settings, **values})
    writer.add("DATA", "ViewLayer", address + 1, name="ViewLayer", flag=1)


def small_scene(**writer_options: Any) -> Writer:
    """Return a writer that holds one scene with one camera."""
    writer = Writer(**writer_options)
    writer.add("GLOB", "FileGlobal", 0x1, subversion=6, curscene=0x100)
    add_scene(writer)
    writer.add("OB", "Object", 0x10, id__name="OBCamera", type=11)
    return writer


def zstd_frames(data: bytes, size: int = 1000, *, checksums: bool = False) -> bytes:
    """Return data as Blender packs it: in frames, and their table in a frame that unpackers skip."""
    pieces = [data[start : start + size] for start in range(0, len(data), size)]
    packed = [zstandard.compress(piece) for piece in pieces]
    filler = b"\0" * 4 if checksums else b""
    rows = [
        struct.pack("<II", len(small), len(piece)) + filler
        for small, piece in zip(packed, pieces, strict=True)
    ]
    table = b"".join(rows) + struct.pack("<IBI", len(pieces), 0x80 if checksums else 0, 0x8F92EAB1)
    return b"".join(packed) + struct.pack("<II", 0x184D2A5E, len(table)) + table


PACKINGS = {
    "plain": lambda data: data,
    "gzip": gzip.compress,
    "zstd stream": zstandard.compress,
    "zstd frames": zstd_frames,
    "zstd frames with checksums": lambda data: zstd_frames(data, checksums=True),
}
