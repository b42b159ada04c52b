"""A renderer for the command line that nobody but a user's own definition knows; standard library only.

    toyrender --scene FILE --out FOLDER --name STEM --from A --to B [--step S] [--size WxH] [--frames A,B]
    toyrender --scene FILE --file PATH --frame N
    toyrender --version

The scene is a text file; lines `key = value` after `toy scene` are what to do wrong, where frames are a list
such as `2,5`:

digits = N, unnumbered = NAME     how the number is written, or a name without one
layers = a,b                      write each frame once more into these sub-folders
skip_layer_at, quit_at, crash_at, hang_at, error_at,
fatal_at, stop_at, half_at, no_file_at                  frames that go wrong
exit = N, at_once                 end with this code, before the first frame
silent                            print nothing
hang_at_end                       do not end
delay = S                         seconds a frame
flood = N                         characters of a line that is printed before each frame
"""

import argparse
import os
import signal
import struct
import sys
import time
import zlib


def png(width, height, shade):
    def chunk(kind, data):
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    rows = (b"\0" + bytes([shade * 7 % 256, 90, 200]) * width) * height
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    ends = chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows, 0)) + ends


def crash():
    if os.name == "nt":
        # What a process ends with that the system ends: a real crash would wait for a debugger under wine.
        os._exit(0xC0000005 - (1 << 32))
    os.kill(os.getpid(), signal.SIGSEGV)


def wishes_of(path):
    found = {}
    with open(path, encoding="utf-8") as file:
        for line in file:
            name, _equals, value = line.partition("=")
            found[name.strip()] = value.strip()
    return found


class Renderer:
    def __init__(self, given):
        self.given = given
        self.wishes = wishes_of(given.scene)
        self.width, self.height = (int(side) for side in given.size.split("x"))

    def say(self, text):
        if "silent" not in self.wishes:
            print(text, flush=True)

    def is_at(self, wish, frame):
        return str(frame) in self.wishes.get(wish, "").split(",")

    def path_of(self, frame):
        if self.given.file:
            return self.given.file
        if "unnumbered" in self.wishes:
            return os.path.join(self.given.out, self.wishes["unnumbered"])
        sign, digits = ("-" if frame < 0 else ""), int(self.wishes.get("digits", "4"))
        return os.path.join(self.given.out, "%s%s%0*d.png" % (self.given.name, sign, digits, abs(frame)))

    def write(self, path, frame):
        data = png(self.width, self.height, frame)
        if self.is_at("half_at", frame):
            data = data[: len(data) // 2]
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(data)
        self.say("wrote %s" % path)

    def render(self, frame):
        if "flood" in self.wishes:
            self.say("x" * int(self.wishes["flood"]))
        self.say("begin frame %d" % frame)
        self.say("progress 50 %")
        time.sleep(float(self.wishes.get("delay", "0")))
        if self.is_at("crash_at", frame):
            crash()
        if self.is_at("quit_at", frame):
            sys.exit(9)
        while self.is_at("hang_at", frame):
            time.sleep(60)
        if self.is_at("error_at", frame):
            self.say("ERROR: texture wood_%d.png is missing" % frame)
        if self.is_at("stop_at", frame) or self.is_at("fatal_at", frame):
            self.say("FATAL: frame %d has no camera" % frame)
            if self.is_at("stop_at", frame):
                sys.exit(3)
            return
        if not self.is_at("no_file_at", frame):
            path = self.path_of(frame)
            self.write(path, frame)
            for layer in filter(None, self.wishes.get("layers", "").split(",")):
                if not self.is_at("skip_layer_at", frame):
                    self.write(os.path.join(os.path.dirname(path), layer, os.path.basename(path)), frame)
        self.say("end frame %d" % frame)

    def run(self):
        if "at_once" in self.wishes:
            sys.exit(int(self.wishes.get("exit", "0")))
        for frame in frames_of(self.given):
            self.render(frame)
        self.say("all done")
        while "hang_at_end" in self.wishes:
            time.sleep(60)
        sys.exit(int(self.wishes.get("exit", "0")))


def frames_of(given):
    if given.frame is not None:
        return [given.frame]
    if given.frames:
        return [int(part) for part in given.frames.split(",")]
    return range(given.first, given.last + 1, given.step)


def main():
    if sys.argv[1:] == ["--version"]:
        print("ToyRender 2.5.1 (build 77)")
        return
    parser = argparse.ArgumentParser()
    for name in ("--scene", "--out", "--name", "--file", "--frames"):
        parser.add_argument(name, default="")
    for name, target in (("--from", "first"), ("--to", "last"), ("--frame", "frame")):
        parser.add_argument(name, dest=target, type=int)
    parser.add_argument("--step", type=int, default=1)
    parser.add_argument("--size", default="32x18")
    Renderer(parser.parse_args()).run()


main()
