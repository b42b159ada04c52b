"""What Maya and its renderers print, line by line, as `engines/maya.md` section 4 has it.

Standard library only, a part of the stand-in for Maya; its wishes are explained there.
"""

import json
import os

WISHES = json.loads(os.environ.get("STAND_IN_MAYA", "{}"))


def say(text, end="\n"):
    """Print a line as it comes, with what farms put before it."""
    line = WISHES.get("prefix", "") + text + end
    data = line.encode()
    if WISHES.get("invalid_utf8"):
        middle = len(data) // 2
        data = data[:middle] + b"\xff\xfe\x80" + data[middle:] if text.startswith("Warning") else data
    os.write(1, data)


def note(key, text):
    """Add a line to one of the files asked for."""
    if WISHES.get(key):
        descriptor = os.open(WISHES[key], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        os.write(descriptor, (text + "\n").encode())
        os.close(descriptor)


class Software:
    def __init__(self, batch):
        self.batch = batch

    def begin(self, frame, layer, paths):
        say("Starting Rendering %s." % paths[0])
        say("Constructing shading groups.")
        say("Rendering current frame.")

    def advance(self, step, steps):
        pass

    def finish(self, frame, layer, paths):
        say("Time For Frame Render (hh:mm:ss): 00:00:00")
        say("Finished Rendering %s." % paths[0])

    def end(self):
        pass


class Hardware2(Software):
    def begin(self, frame, layer, paths):
        say("Starting Rendering %s." % paths[0])


class Arnold(Software):
    def line(self, text, mark=""):
        self.batch.seconds += 1
        say(
            "%02d:%02d:%02d   512MB %-8s|%s"
            % (self.batch.seconds // 3600, self.batch.seconds // 60 % 60, self.batch.seconds % 60, mark, text)
        )

    def begin(self, frame, layer, paths):
        if not self.batch.arguments.is_talking:
            return
        self.line(" starting 4 bucket workers of size 64x64 ...")
        if WISHES.get("watermark"):
            self.line(" rendering with watermarks because of failed authorization:", "WARNING ")

    def advance(self, step, steps):
        self.line(" %5d%% done - %d rays/pixel" % (100 * step // steps, 64 - step))

    def finish(self, frame, layer, paths):
        if not self.batch.arguments.is_talking:
            return
        self.line("  render done in 0:01.090")
        for path in paths:
            self.line("  [driver_exr] writing file `%s'" % path)
        self.line(" render done")
        self.line(" Rendering utilization was only 15%.  Your render may be bound by I/O.")
        self.line("   Tile: 120384 main cache misses (1.34482%)")

    def end(self):
        if self.batch.arguments.is_talking:
            self.line(" number of errors, error type:")
            self.line(" number of warnings, warning type:")
            self.line(" releasing resources")
            self.line(" Arnold shutdown")


class Redshift(Software):
    def begin(self, frame, layer, paths):
        frames = self.batch.arguments.frames
        self.place = "(%d/%d)" % (frames.index(frame) + 1, len(frames))
        say("[Redshift] Rendering layer '%s', frame %d %s" % (layer or "masterLayer", frame, self.place))

    def advance(self, step, steps):
        if step:
            # Blocks end out of order: 2, 1, 4, 3.
            number = min(step + 1, steps) if step % 2 else step - 1
            say("[Redshift] Block %d/%d (%d,0) rendered by GPU 0 in 2ms" % (number, steps, step))

    def finish(self, frame, layer, paths):
        for path in paths:
            say("[Redshift] Saved file '%s'" % path)
        say(
            "[Redshift] Frame done - total time for layer '%s', frame %d %s: 0.4s"
            % (layer or "masterLayer", frame, self.place)
        )

    def end(self):
        say(
            "[Redshift] Rendering layer 'masterLayer' done - total time for %d frames: 1.2s"
            % len(self.batch.arguments.frames)
        )


class VRay(Software):
    def begin(self, frame, layer, paths):
        if self.batch.arguments.is_talking:
            say("V-Ray: Updating frame at time %d" % frame)
            say("V-Ray: Building light cache")
            say("V-Ray: 60%")
            say("V-Ray: Rendering image")

    def advance(self, step, steps):
        end = "\r" if WISHES.get("carriage_returns") else "\n"
        say("V-Ray: %d%%" % (100 * step // steps), end)

    def finish(self, frame, layer, paths):
        if self.batch.arguments.is_talking:
            for path in paths:
                say('V-Ray: Successfully written image file "%s"' % path)
            say("V-Ray: Total frame time  0h  0m  0.4s")

    def end(self):
        say("V-Ray: Render complete")
        say("V-Ray: Closing log - 0 error(s), 0 warning(s)")


class RenderMan(Software):
    def begin(self, frame, layer, paths):
        say("rfm Notice: Rendering perspShape at %d" % frame)

    def advance(self, step, steps):
        say("R90000   %d%%" % (100 * step // steps))

    def finish(self, frame, layer, paths):
        for path in paths:
            say('"%s" (mode = rgba)' % path)


SPEAKERS = {"arnold": Arnold, "redshift": Redshift, "vray": VRay, "renderman": RenderMan, "hw2": Hardware2}
PLUGINS = {
    "arnold": "mtoa", "redshift": "redshift4maya", "vray": "vrayformaya", "renderman": "RenderMan_for_Maya",
}  # fmt: skip
START_UP = (
    "Initialized VP2.0 renderer {",
    "  Version : 2016.3.74.0. Feature Level 5.",
    "  GPU Memory Limit : 8192 MB.",
    "}",
)
NOISE = (
    "Error: file: /scenes/shot.ma line 40: The attribute '.nope' is not there.",
    "# Error: RuntimeError: file <maya console> line 1: No object matches name: myPanel #",
    'Error: line 1: Plug-in, "maxwell", was not found on MAYA_PLUG_IN_PATH.',
    "Warning: file: somefile.mel line 1: filePathEditor: Attribute 'aiVolume.filename' is invalid or is not "
    "designated 'usedAsFilename'.",
)
