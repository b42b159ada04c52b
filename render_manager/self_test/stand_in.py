"""A renderer that is this program itself, for the self-test: prints progress and writes real PNG files.

Imports the standard library only: from source it is run as a script of its own, and the built program is
started with `--stand-in-engine` in front of the same arguments. `tree` starts a process below itself, and
both stay until they are ended.
"""

import argparse
import struct
import subprocess
import sys
import threading
import zlib
from pathlib import Path

WIDTH_PX, HEIGHT_PX = 64, 36


def main() -> None:
    """Do as the arguments say."""
    if sys.stdout is not None:
        # The names of files may have any letters, and a pipe of Windows does not take them all.
        sys.stdout.reconfigure(encoding="utf-8", errors="surrogateescape")  # type: ignore[union-attr]
    if sys.argv[1:] == ["tree"]:
        # Named, since Windows hands on no pipe by itself; its input stays open as long as this process.
        below = subprocess.Popen([*own_command(), "stay"], stdin=subprocess.PIPE, stdout=sys.stdout)
        stay()
        below.wait()
    elif sys.argv[1:] == ["stay"]:
        stay()
    else:
        render(parsed(sys.argv[1:]))


def own_command() -> list[str]:
    """Return the command that starts this once more."""
    if getattr(sys, "frozen", False):
        return [sys.executable, "--stand-in-engine"]
    return [sys.executable, "-I", "-S", __file__]


def stay() -> None:
    """Say that this process runs, and stay until it is ended."""
    say("ready")
    threading.Event().wait()


def parsed(arguments: list[str]) -> argparse.Namespace:
    """Return the wishes of a render."""
    parser = argparse.ArgumentParser()
    for name in ("--scene", "--out", "--stem"):
        parser.add_argument(name, required=True)
    for name in ("--first", "--last", "--fail-once"):
        parser.add_argument(name, type=int, required=True)
    return parser.parse_args(arguments)


def render(wishes: argparse.Namespace) -> None:
    """Render frames; one of them fails the first time, as a note beside the scene remembers."""
    say("stand-in begins")
    for frame in range(wishes.first, wishes.last + 1):
        say(f"frame {frame} begins")
        say("progress 50 %")
        note = Path(f"{wishes.scene}.{frame}-has-failed")
        if frame == wishes.fail_once and not note.exists():
            note.touch()
            say(f"ERROR: frame {frame} fails once")
            sys.exit(3)
        path = Path(wishes.out, f"{wishes.stem}{frame:04d}.png")
        path.write_bytes(png(frame))
        say(f"wrote {path}")
        say(f"frame {frame} ends")
    say("stand-in ends")


def say(text: str) -> None:
    """Print a line at once."""
    print(text, flush=True)  # noqa: T201 - it is a renderer's output


def png(frame: int) -> bytes:
    """Return a picture with a slope of colours that differs from frame to frame."""
    rows = bytearray()
    for y in range(HEIGHT_PX):
        rows.append(0)
        for x in range(WIDTH_PX):
            rows += bytes((x * 4 % 256, y * 7 % 256, frame * 40 % 256))
    head = struct.pack(">IIBBBBB", WIDTH_PX, HEIGHT_PX, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(bytes(rows))), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(kind, data) for kind, data in parts)


def chunk(kind: bytes, data: bytes) -> bytes:
    """Return a chunk of a PNG file."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


if __name__ == "__main__":
    main()
