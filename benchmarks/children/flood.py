"""Stands in for Blender: prints as fast as it is read, and finishes a frame every so many lines.

Run as `flood.py LINES_A_FRAME`; obeys what the program's driver obeys.
"""

import json
import os
import struct
import sys
import zlib
from pathlib import Path

SIZE_PX = 64


def picture():
    """Return a small PNG."""
    rows = b"".join(b"\0" + bytes((x * 4 + y * 2) % 256 for x in range(SIZE_PX * 3)) for y in range(SIZE_PX))

    def chunk(kind, data):
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", SIZE_PX, SIZE_PX, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def status_lines(frame, count):
    """Return what Blender 3.4 prints while it renders a frame."""
    return "".join(
        f"Fra:{frame} Mem:10.06M (Peak 10.83M) | Time:00:00.{number % 100:02d} | Remaining:00:00.10 | "
        f"Mem:0.90M, Peak:0.90M | Scene, ViewLayer | Sample {number}/{count}\n"
        for number in range(1, count + 1)
    ).encode()


def write(data):
    """Print bytes, all of them."""
    while data:
        data = data[os.write(1, data) :]


def main():
    """Obey orders until told to leave."""
    lines = int(sys.argv[1])
    commands = sys.stdin.buffer
    tag = b"@RM-%s " % json.loads(commands.readline())["token"].encode()
    data = picture()

    def send(**values):
        write(tag + json.dumps(values).encode() + b"\n")

    send(event="hello", blender="3.4.1", python="3.11")
    send(event="ready", scene="Scene", engine="CYCLES")
    for line in iter(commands.readline, b""):
        order = json.loads(line)
        if order["do"] == "quit":
            break
        frame = order["frame"]
        send(event="frame_started", frame=frame)
        write(status_lines(frame, lines))
        path = Path(order["folder"], order["name"] + ".png")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        send(event="frame_rendered", frame=frame, files=[{"path": str(path)}], seconds=0.01)


main()
