"""What the stand-in for Unreal is told to do wrong, and the pictures it writes; standard library only.

The wishes stand as JSON in STAND_IN_UNREAL; `tests/standins/unreal_editor.py` lists them.
"""

import base64
import json
import os
import signal
import struct
import sys
import time
import zlib

WISHES = json.loads(os.environ.get("STAND_IN_UNREAL", "{}"))
WIDTH, HEIGHT = 64, 36
JPEG = base64.b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABsSFBcUERsXFhceHBsgKEIrKCUlKFE6PTBCYFVlZF9VXVtqeJmBanGQc1tdhbWGkJ6jq62r"
    "Z4C8ybqmx5moq6T/2wBDARweHigjKE4rK06kbl1upKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSk"
    "pKT/wAARCAAkAEADASIAAhEBAxEB/8QAHwAAAQUBAQEBAQEAAAAAAAAAAAECAwQFBgcICQoL/8QAtRAAAgEDAwIEAwUFBAQAAAF9AQID"
    "AAQRBRIhMUEGE1FhByJxFDKBkaEII0KxwRVS0fAkM2JyggkKFhcYGRolJicoKSo0NTY3ODk6Q0RFRkdISUpTVFVWV1hZWmNkZWZnaGlq"
    "c3R1dnd4eXqDhIWGh4iJipKTlJWWl5iZmqKjpKWmp6ipqrKztLW2t7i5usLDxMXGx8jJytLT1NXW19jZ2uHi4+Tl5ufo6erx8vP09fb3"
    "+Pn6/8QAHwEAAwEBAQEBAQEBAQAAAAAAAAECAwQFBgcICQoL/8QAtREAAgECBAQDBAcFBAQAAQJ3AAECAxEEBSExBhJBUQdhcRMiMoEI"
    "FEKRobHBCSMzUvAVYnLRChYkNOEl8RcYGRomJygpKjU2Nzg5OkNERUZHSElKU1RVVldYWVpjZGVmZ2hpanN0dXZ3eHl6goOEhYaHiImK"
    "kpOUlZaXmJmaoqOkpaanqKmqsrO0tba3uLm6wsPExcbHyMnK0tPU1dbX2Nna4uPk5ebn6Onq8vP09fb3+Pn6/9oADAMBAAIRAxEAPwBt"
    "FFFdpiFFFFABRRRQAUUUUAFFFFABRRRQAUUUUAFFFFABRRRQAUUUUAFFFFABRRRQB//Z"
)


class Output:
    """Standard output, as the editor's: lines go out at once, or all at the end as through a Windows pipe."""

    def __init__(self):
        self.held = []
        self.is_held = bool(WISHES.get("silent"))
        self.tick = 0
        self.lines = []
        self.is_kept = False

    def write(self, text, prefix=True):
        """Print a line with the log's prefix."""
        if prefix:
            moment = time.gmtime()
            head = time.strftime("[%Y.%m.%d-%H.%M.%S:000]", moment)
            text = "%s[%3d]%s" % (head, self.tick % 1000, text)
        self.raw(text.encode("utf-8", "replace") + b"\n")

    def raw(self, data):
        """Print bytes."""
        if self.is_kept:
            self.lines.append(data.decode("utf-8", "replace").rstrip("\n"))
        elif self.is_held:
            self.held.append(data)
        else:
            _write(data)

    def flush(self):
        """Print what was held back."""
        held, self.held = self.held, []
        for data in held:
            _write(data)


def _write(data):
    while data:
        data = data[os.write(1, data) :]


OUTPUT = Output()


def log(text):
    """Print a line of the log."""
    OUTPUT.write(text)


def note(key, text):
    """Add a line to one of the files asked for."""
    if WISHES.get(key):
        descriptor = os.open(WISHES[key], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        os.write(descriptor, (text + "\n").encode())
        os.close(descriptor)


def goes_wrong(kind, frame=None):
    """Return whether something is to go wrong in this way now, once or always."""
    wish = WISHES.get(kind)
    if not wish or (frame is not None and frame not in wish):
        return False
    if not WISHES.get("once"):
        return True
    mark = os.path.join(WISHES["once"], "%s-%s" % (kind, frame))
    try:
        os.close(os.open(mark, os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return False
    return True


def wait_for_ever():
    """Hang."""
    OUTPUT.flush()
    while True:
        time.sleep(60)


def crash(*lines, code=None):
    """Print last words and go down: by a signal, or with an exit code."""
    for line in lines:
        OUTPUT.write(line) if line.startswith("Log") else OUTPUT.write(line, prefix=False)
    OUTPUT.flush()
    sys.stdout.flush()
    if code is not None:
        os._exit(code)
    signal.signal(signal.SIGSEGV, signal.SIG_DFL)
    os.kill(os.getpid(), signal.SIGSEGV)
    wait_for_ever()


def strike(frame):
    """Do what goes wrong while a frame renders."""
    if WISHES.get("flood"):
        line = b"LogFlood: " + b"x" * 90 + b"\n"
        for _count in range(WISHES["flood"] // len(line)):
            OUTPUT.raw(line)
    if WISHES.get("invalid_utf8"):
        OUTPUT.raw(b"LogTexture: Warning: \xff\xfe\x80 /Game/\xc3\x28 texture\n")
    time.sleep(WISHES.get("delay", 0))
    while WISHES.get("gate") and not os.path.exists(WISHES["gate"]):
        time.sleep(0.01)
    if goes_wrong("hang_at", frame):
        wait_for_ever()
    if goes_wrong("crash_at", frame):
        crash(
            "LogWindows: Error: appError called: Assertion failed: Index >= 0 [File:Array.h] [Line: 700]",
            "LogWindows: Error: === Critical error: ===",
            "Signal 11 caught.",
            "Engine crash handling finished; re-raising signal 11 for the default handler. Good bye.",
        )
    if goes_wrong("fatal_at", frame):
        crash(
            "Fatal error!", "", "Unhandled Exception: EXCEPTION_ACCESS_VIOLATION reading address 0x0", code=3
        )
    if goes_wrong("gpu_lost_at", frame):
        crash(
            "LogD3D12RHI: Error: CurrentQueue.Fence.D3DFence->GetCompletedValue() failed ",
            " at D3D12Submission.cpp:1 ",
            " with error DXGI_ERROR_DEVICE_REMOVED with Reason: DXGI_ERROR_DEVICE_HUNG",
            "LogWindows: Error: GPU Crash dump Triggered",
            code=3,
        )
    if goes_wrong("video_memory_at", frame):
        crash(
            "LogD3D12RHI: Error: Out of video memory trying to allocate a rendering resource. Make sure your "
            "video card has the minimum required memory, try lowering the resolution.",
            code=3,
        )


def write(frame, path):
    """Write one picture, or what is wished in its place."""
    if goes_wrong("no_file_at", frame):
        return
    data = picture(path, frame)
    if goes_wrong("empty_at", frame):
        data = b""
    if goes_wrong("truncate_at", frame):
        data = data[: len(data) // 2]
    os.makedirs(os.path.dirname(path), exist_ok=True)
    if goes_wrong("half_at", frame):
        with open(path, "wb") as file:
            file.write(data[: len(data) // 2])
        wait_for_ever()
    with open(path, "wb") as file:
        file.write(data)
    note("log", "%d %d %s" % (frame, os.getpid(), os.path.basename(path)))


def picture(path, frame):
    """Return a small picture whose colour tells the frame, of the kind its name asks for."""
    pixel = bytes([frame * 3 % 256, 90, 200])
    suffix = os.path.splitext(path)[1]
    if suffix == ".exr":
        return exr(pixel)
    if suffix == ".jpeg":
        return JPEG
    return bmp(pixel) if suffix == ".bmp" else png(pixel)


def png(pixel):
    """Return a PNG of one colour."""

    def chunk(kind, data):
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    rows = (b"\0" + pixel * WIDTH) * HEIGHT
    head = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows, 1))
        + chunk(b"IEND", b"")
    )


def bmp(pixel):
    """Return a BMP of one colour."""
    body = bytes(reversed(pixel)) * WIDTH * HEIGHT
    head = struct.pack("<IiiHHIIiiII", 40, WIDTH, HEIGHT, 1, 24, 0, len(body), 2835, 2835, 0, 0)
    return b"BM" + struct.pack("<IHHI", 54 + len(body), 0, 0, 54) + head + body


def exr(pixel):
    """Return an OpenEXR file of one colour: scan lines of half floats, not compressed."""

    def attribute(name, kind, data):
        return name + b"\0" + kind + b"\0" + struct.pack("<i", len(data)) + data

    box = struct.pack("<iiii", 0, 0, WIDTH - 1, HEIGHT - 1)
    channels = (
        b"".join(name + b"\0" + struct.pack("<iBxxxii", 1, 0, 1, 1) for name in (b"B", b"G", b"R")) + b"\0"
    )
    head = struct.pack("<ii", 20000630, 2)
    head += attribute(b"channels", b"chlist", channels) + attribute(b"compression", b"compression", b"\0")
    head += attribute(b"dataWindow", b"box2i", box) + attribute(b"displayWindow", b"box2i", box)
    head += attribute(b"lineOrder", b"lineOrder", b"\0")
    head += attribute(b"pixelAspectRatio", b"float", struct.pack("<f", 1.0))
    head += attribute(b"screenWindowCenter", b"v2f", struct.pack("<ff", 0.0, 0.0))
    head += attribute(b"screenWindowWidth", b"float", struct.pack("<f", 1.0)) + b"\0"
    values = [struct.pack("<e", part / 255.0) * WIDTH for part in reversed(pixel)]
    line = b"".join(values)
    size = 8 + len(line)
    start = len(head) + 8 * HEIGHT
    offsets = b"".join(struct.pack("<Q", start + size * row) for row in range(HEIGHT))
    rows = b"".join(struct.pack("<ii", row, len(line)) + line for row in range(HEIGHT))
    return head + offsets + rows
