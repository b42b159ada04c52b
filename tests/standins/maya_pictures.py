"""Writes small pictures in the formats Maya writes: a part of the stand-in, standard library only."""

import struct
import zlib


def pixels(frame, width, height):
    """Return rows of (red, green, blue, alpha), whose colour tells the frame; not of one colour only."""
    return [
        [((frame * 37 + x * 3) % 256, (y * 5) % 256, 200, 255) for x in range(width)] for y in range(height)
    ]


def png(frame, width, height):
    """Return a PNG of 8 bits."""

    def chunk(kind, data):
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    rows = b"".join(b"\0" + bytes(v for p in row for v in p[:3]) for row in pixels(frame, width, height))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def iff(frame, width, height):
    """Return a Maya IFF of 8 bits with alpha: tiles of at most 64 x 64, not packed."""

    def block(tag, data):
        return tag + struct.pack(">I", len(data)) + data + b"\0" * (-len(data) % 4)

    rows, tiles = pixels(frame, width, height)[::-1], []
    for bottom in range(0, height, 64):
        for left in range(0, width, 64):
            top, right = min(bottom + 64, height) - 1, min(left + 64, width) - 1
            body = b"".join(
                bytes((p[3], p[2], p[1], p[0]))
                for row in rows[bottom : top + 1]
                for p in row[left : right + 1]
            )
            tiles.append(block(b"RGBA", struct.pack(">4H", left, bottom, right, top) + body))
    head = struct.pack(">IIHHIHHI", width, height, 1, 1, 3, 0, len(tiles), 0)
    inner = b"TBMP" + b"".join(tiles)
    body = b"CIMG" + block(b"TBHD", head) + b"FOR4" + struct.pack(">I", len(inner)) + inner
    return b"FOR4" + struct.pack(">I", len(body)) + body


def exr(frame, width, height, *, is_zipped=True):
    """Return a scanline EXR of half floats, packed line by line (ZIPS) or not at all."""

    def attribute(name, kind, data):
        return name + b"\0" + kind + b"\0" + struct.pack("<i", len(data)) + data

    names = (b"A", b"B", b"G", b"R")
    channels = b"".join(name + b"\0" + struct.pack("<iBxxxii", 1, 0, 1, 1) for name in names) + b"\0"
    window = struct.pack("<4i", 0, 0, width - 1, height - 1)
    header = b"".join(
        (
            struct.pack("<ii", 20000630, 2),
            attribute(b"channels", b"chlist", channels),
            attribute(b"compression", b"compression", bytes((2 if is_zipped else 0,))),
            attribute(b"dataWindow", b"box2i", window),
            attribute(b"displayWindow", b"box2i", window),
            attribute(b"lineOrder", b"lineOrder", b"\0"),
            attribute(b"pixelAspectRatio", b"float", struct.pack("<f", 1.0)),
            attribute(b"screenWindowCenter", b"v2f", struct.pack("<2f", 0.0, 0.0)),
            attribute(b"screenWindowWidth", b"float", struct.pack("<f", 1.0)),
            b"\0",
        )
    )
    lines = []
    for y, row in enumerate(pixels(frame, width, height)):
        data = b"".join(struct.pack("<%de" % width, *(p[i] / 255.0 for p in row)) for i in (3, 2, 1, 0))
        packed = zipped(data) if is_zipped else data
        lines.append(struct.pack("<ii", y, len(packed)) + packed)
    offsets, at = [], len(header) + 8 * height
    for line in lines:
        offsets.append(at)
        at += len(line)
    return header + struct.pack("<%dQ" % height, *offsets) + b"".join(lines)


def zipped(data):
    """Return data as OpenEXR packs it: halves apart, differences, zlib; as it is when that is no gain."""
    apart = data[0::2] + data[1::2]
    changes = bytes(apart[i] if i == 0 else (apart[i] - apart[i - 1] + 128) % 256 for i in range(len(apart)))
    packed = zlib.compress(changes)
    return packed if len(packed) < len(data) else data


WRITERS = {"exr": exr, "png": png, "iff": iff}
