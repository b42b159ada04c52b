"""Looks like the blender program to Render Manager, and misbehaves on request; standard library only.

Speaks the language of the driver on standard input and output, or takes `-a` and `-f` as the real one. What
to do wrong stands as JSON in the environment variable STAND_IN:

delay, start_delay          seconds a frame, the start takes
gate                        file without which no frame is finished
crash_at, error_at, hang_at, spin_at, eat_at, truncate_at, empty_at, no_file_at, half_at
                            frames that go wrong
once                        folder for marks: each frame goes wrong only the first time
flood                       bytes of output before each frame
exit_zero, no_driver        end right away: with 0, as when Python scripts do not work
ignore_quit                 do not leave when told to
child                       start a process of its own session that stays
log, pids                   files to which every rendered frame, every process is added
extra                       folder: also write a second file that belongs there
"""

import json
import os
import signal
import struct
import sys
import time
import zlib

WISHES = json.loads(os.environ.get("STAND_IN", "{}"))
WIDTH, HEIGHT = 64, 36


def note(key, text):
    """Add a line to one of the files asked for."""
    if WISHES.get(key):
        descriptor = os.open(WISHES[key], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        os.write(descriptor, (text + "\n").encode())
        os.close(descriptor)


def png(frame):
    """Return a small picture whose colour tells the frame."""

    def chunk(kind, data):
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    pixel = bytes([frame * 3 % 256, 90, 200])
    rows = (b"\0" + pixel * WIDTH) * HEIGHT
    head = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    ends = chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows, 0)) + ends


def goes_wrong(kind, frame):
    """Return whether this frame is to go wrong in this way now."""
    if frame not in WISHES.get(kind, ()):
        return False
    if not WISHES.get("once"):
        return True
    mark = os.path.join(WISHES["once"], "%s-%d" % (kind, frame))
    try:
        os.close(os.open(mark, os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return False
    return True


def wait_for_ever():
    while True:
        time.sleep(60)


def strain(frame):
    """Use up what the computer has: its processor or its memory."""
    while goes_wrong("spin_at", frame):
        pass
    if goes_wrong("eat_at", frame):
        eaten = bytearray(os.urandom(1 << 20) * WISHES["eat_mb"])
        wait_for_ever()
        del eaten


def render(frame, path):
    """Write one frame, or fail to; return an error text or nothing."""
    if WISHES.get("flood"):
        line = b"Info: " + b"x" * 90 + b"\n"
        for _count in range(WISHES["flood"] // len(line)):
            os.write(1, line)
    time.sleep(WISHES.get("delay", 0))
    while WISHES.get("gate") and not os.path.exists(WISHES["gate"]):
        time.sleep(0.01)
    if goes_wrong("crash_at", frame):
        print("Writing: /tmp/stand-in.crash.txt", flush=True)
        os.kill(os.getpid(), signal.SIGSEGV)
    if goes_wrong("error_at", frame):
        return "The stand-in does not like frame %d" % frame
    data = png(frame)
    if goes_wrong("hang_at", frame):
        wait_for_ever()
    strain(frame)
    if goes_wrong("half_at", frame):
        with open(path, "wb") as file:
            file.write(data[: len(data) // 2])
            file.flush()
            wait_for_ever()
    if goes_wrong("truncate_at", frame):
        data = data[: len(data) // 2]
    if goes_wrong("empty_at", frame):
        data = b""
    if not goes_wrong("no_file_at", frame):
        with open(path, "wb") as file:
            file.write(data)
        note("log", "%d %d" % (frame, os.getpid()))
    return ""


def serve():
    """Take frames from standard input, as the driver does."""
    settings = json.loads(sys.stdin.readline() or "{}")

    def send(event, **values):
        values["event"] = event
        print("@RM-%s %s" % (settings["token"], json.dumps(values)), flush=True)

    send("hello", blender="4.2.0", python="3.11.0")
    time.sleep(WISHES.get("start_delay", 0))
    send("ready", scene="Scene", engine="CYCLES")
    for line in iter(sys.stdin.readline, ""):
        order = json.loads(line)
        if order["do"] == "quit":
            break
        frame, folder = order["frame"], order["folder"]
        send("frame_started", frame=frame)
        send("progress", frame=frame, percent=50.0, text="Sample 2/4", remaining_s=1.0)
        os.makedirs(folder, exist_ok=True)
        path = os.path.join(folder, order["name"] + ".png")
        started = time.monotonic()
        error = render(frame, path)
        if error:
            send("frame_failed", frame=frame, error=error)
            continue
        files = [{"path": path}] if os.path.exists(path) else []
        if WISHES.get("extra"):
            os.makedirs(os.path.join(folder, "node0"), exist_ok=True)
            extra = os.path.join(folder, "node0", "mask_%04d.png" % frame)
            with open(extra, "wb") as file:
                file.write(png(frame))
            files.append({"path": extra, "final_dir": WISHES["extra"]})
        send("frame_rendered", frame=frame, files=files, seconds=round(time.monotonic() - started, 3))
    if WISHES.get("ignore_quit"):
        wait_for_ever()
    send("bye")


def frames_of(arguments):
    if "-f" in arguments:
        return [int(part) for part in arguments[arguments.index("-f") + 1].split(",")]
    start, end, step = (int(arguments[arguments.index(name) + 1]) for name in ("-s", "-e", "-j"))
    return list(range(start, end + 1, step))


def run_batch(arguments):
    """Render as `-a` and `-f` do, with the lines of Blender 4."""
    pattern = arguments[arguments.index("-o") + 1]
    print("Read blend: /scene.blend")
    for frame in frames_of(arguments):
        hashes = pattern[pattern.rindex("#") + 1 :], len(pattern) - len(pattern.rstrip("#"))
        path = "%s%0*d%s.png" % (pattern.rstrip("#"), hashes[1], frame, hashes[0])
        print(
            "Fra:%d Mem:9.05M (Peak 10.83M) | Time:00:00.10 | Scene, ViewLayer | Sample 2/4" % frame,
            flush=True,
        )
        error = render(frame, path)
        if error:
            print("Error: %s" % error, flush=True)
            return 1
        print("Saved: '%s'" % path)
        print(" Time: 00:00.56 (Saving: 00:00.38)\n", flush=True)
    print("\nBlender quit", flush=True)
    return 0


def main():
    arguments = sys.argv[1:]
    if "--version" in arguments:
        print("Blender 4.2.0\n\tbuild date: 2024-07-16")
        return 0
    note("pids", str(os.getpid()))
    if WISHES.get("child") and os.fork() == 0:
        os.setsid()
        note("pids", str(os.getpid()))
        wait_for_ever()
    print("Blender 4.2.0", flush=True)
    is_batch = "-a" in arguments or "-f" in arguments
    if WISHES.get("exit_zero"):
        sys.stdin.readline()
        print("Blender quit", flush=True)
        return 0
    if WISHES.get("no_driver") and not is_batch:
        print("Error: Python: Traceback (most recent call last):")
        print('  File "blender_driver.py", line 20, in <module>')
        print("ModuleNotFoundError: No module named 'json'")
        print("Error: script failed, file: 'blender_driver.py', exiting.", flush=True)
        return 47
    return run_batch(arguments) if is_batch else serve()


if __name__ == "__main__":
    sys.exit(main())
