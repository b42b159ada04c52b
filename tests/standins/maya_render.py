"""Looks like Maya's `Render` to Render Manager, and misbehaves on request; standard library only, POSIX.

It takes the flags that `engines/maya.md` section 2 documents, each renderer's own only when that renderer is
named, starts a child that does the work as `Render.exe` starts `mayabatch.exe`, prints what each renderer
prints (section 4) and writes real pictures: EXR, PNG, Maya IFF. The child outlives a killed parent.

Cameras and layers are those that a `.ma` names, and all its layers that are switched on are rendered unless
some are chosen; where none can be read, as in a `.mb`, any name will do. Progress is printed
only at the level of verbosity at which the renderer prints it. What to do wrong stands as JSON in the
environment variable STAND_IN_MAYA; frames are lists of numbers:

delay, start_delay    seconds a frame takes, the start takes
gate                  file without which no frame is finished
steps                 progress lines of a frame (default 4)
aovs                  names of further passes, each a file of its own
cameras, layers       names that are rendered when none is chosen
renderer              renderer of the scene, for `-r file` (default sw)
prefix                put before every line, as farms do
crash_at              Maya dies by a signal under the frame
error_at              the frame fails, and Maya ends with 210
hang_at               nothing happens any more once the frame is at 100 %
oom_at                the frame needs more memory than there is
half_at               half of the file is written, then nothing happens any more
truncate_at, empty_at, no_file_at, missing_aov_at    files that are cut, empty or not there
once                  folder for marks: each of these goes wrong only the first time
hang_after            do not end after the last frame
crash_after           die after the last frame
exit_with             exit code after the last frame
licence               true: Arnold aborts after waiting, Redshift too, both with code 0; V-Ray ends with 1
watermark             Arnold finishes, with watermarks
plugin_missing        the renderer's plug-in is not found; code 211
unreadable            the scene cannot be read; code 211
no_memory             end with 304 at once, without a line
silent_255            end with 255 at once, without a line
padding               digits of the frame number, whatever was asked for
folder                a sub-folder that was not asked for
restart               adaptive passes: progress starts again at 0 so often
noise                 harmless error and warning lines while the scene is read
flood                 bytes of output before each frame
endless               print for ever instead of the first frame
invalid_utf8          bytes that are no text in the middle of lines
no_newline            the last line has no end
carriage_returns      progress overwrites its line, as V-Ray's standalone program does
log, pids             files to which every finished frame, every process is added
"""

import os
import re
import signal
import subprocess
import sys
import time

from maya_pictures import WRITERS, png
from maya_voices import NOISE, PLUGINS, SPEAKERS, START_UP, WISHES, Software, note, say

CHILD_MARK = "--stand-in-mayabatch"
WIDTH, HEIGHT = 64, 36

COMMON = {
    "r": 1, "renderer": 1, "rd": 1, "s": 1, "e": 1, "b": 1, "cam": 1, "rl": 1, "proj": 1, "log": 1, "of": 1,
    "preRender": 1, "postRender": 1, "preLayer": 1, "postLayer": 1, "preFrame": 1, "postFrame": 1,
    "help": 0, "verb": 0, "test": 0, "keepMel": 0, "listRenderers": 0,
}  # fmt: skip
NAMED = {"im": 1, "pad": 1}
SCHEMED = {**NAMED, "fnc": 1, "skipExistingFrames": 1, "rgb": 1, "alpha": 1, "depth": 1, "iip": 0, "rp": 1}
SIZED = {"x": 1, "y": 1, "ard": 1, "reg": 4}
FLAGS = {
    "sw": {**COMMON, **SCHEMED, **SIZED, "percentRes": 1, "n": 1, "rep": 1, "mb": 1, "eaa": 1, "amt": 1},
    "hw2": {**COMMON, **SCHEMED, **SIZED, "percentRes": 1},
    "arnold": {
        **COMMON, **SCHEMED, **SIZED, "percentRes": 1, "seq": 1, "rt": 1, "lic": 1, "ai:lve": 1, "ai:ltc": 1,
        "ai:ltf": 1, "ai:lfn": 1, "ai:alf": 1, "ai:aerr": 1, "ai:slc": 1, "ai:device": 1, "ai:threads": 1,
        "insertPreRender": 1, "insertPostRender": 1,
    },
    "redshift": {**COMMON, **NAMED, **SIZED, "logLevel": 1, "gpu": 1},
    "vray": {**COMMON, **NAMED, **SIZED, "rep": 1, "threads": 1, "noRender": 0, "exportFileName": 1},
    "renderman": {**COMMON, "res": 2, "t": 1, "crop": 4, "imageFile": 1, "rib": 0, "checkpoint": 1},
}  # fmt: skip
FORMATS = {"sw": "iff", "hw2": "iff", "arnold": "exr", "redshift": "exr", "vray": "exr", "renderman": "exr"}
SCHEMES = {
    "name.#.ext": ("%s.", ".%s"), "3": ("%s.", ".%s"), "name#.ext": ("%s", ".%s"), "6": ("%s", ".%s"),
    "name_#.ext": ("%s_", ".%s"), "7": ("%s_", ".%s"),
}  # fmt: skip


DEFAULT_LAYER = "defaultRenderLayer"


def goes_wrong(kind, frame):
    """Return whether this frame is to go wrong in this way now."""
    if frame not in WISHES.get(kind, ()):
        return False
    if not WISHES.get("once"):
        return True
    try:
        os.close(os.open(os.path.join(WISHES["once"], "%s-%d" % (kind, frame)), os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return False
    return True


def wait_for_ever():
    while True:
        time.sleep(60)


# Arguments


class Arguments:
    """The command line of `Render`."""

    def __init__(self, argv):
        self.values, self.error, self.scene = {}, "", ""
        named = [argv[i + 1] for i, word in enumerate(argv[:-1]) if word in ("-r", "-renderer")]
        self.wanted = named[-1] if named else "file"
        self.renderer = WISHES.get("renderer", "sw") if self.wanted == "file" else self.wanted
        known = COMMON | NAMED if self.wanted == "file" else FLAGS.get(self.wanted)
        if known is None:
            self.error = 'Cannot open renderer description file "%sRenderer.xml"' % self.wanted
            return
        at = 0
        while at < len(argv):
            word = argv[at]
            if not word.startswith("-") or word[1:2].isdigit():
                if at != len(argv) - 1:
                    self.error = "Invalid argument: %s" % word
                    return
                self.scene = word
                break
            count = known.get(word[1:])
            if count is None or at + count >= len(argv):
                self.error = "Invalid flag: %s" % word
                return
            self.values[word[1:]] = argv[at + 1 : at + 1 + count]
            at += 1 + count
        if not self.scene:
            self.error = "No scene"

    def text(self, name, default=""):
        return self.values[name][0] if self.values.get(name) else default

    @property
    def frames(self):
        if "s" not in self.values:
            return [1]
        start, end, step = (
            float(self.text(name, default)) for name, default in (("s", "1"), ("e", "1"), ("b", "1"))
        )
        found = []
        while start <= end + 1e-6:
            found.append(int(start))
            start += step
        return found

    @property
    def size(self):
        width, height = int(self.text("x", str(WIDTH))), int(self.text("y", str(HEIGHT)))
        if "res" in self.values:
            width, height = (int(side) for side in self.values["res"])
        percent = float(self.text("percentRes", "100"))
        return max(int(width * percent / 100), 1), max(int(height * percent / 100), 1)

    @property
    def suffix(self):
        return {"jpeg": "jpg"}.get(self.text("of"), self.text("of")) or FORMATS.get(self.renderer, "iff")

    @property
    def is_talking(self):
        """Whether the renderer was told to print how far it is."""
        if self.renderer == "arnold":
            return int(self.text("ai:lve", "1")) >= 2
        if self.renderer == "redshift":
            return self.text("logLevel") == "2"
        if self.renderer == "vray":
            level = re.search(r"sys_message_level\"? (\d)", self.text("preRender"))
            return level is not None and int(level[1]) >= 3
        return True

    def names(self, key, flag):
        """Return the layers or cameras that are rendered."""
        chosen = self.text(flag)
        if chosen and chosen not in ("1", "on", "true", "yes"):
            return chosen.split()
        return WISHES.get(key) or [""]


class Scene:
    """As much of a scene as `Render` needs to know."""

    def __init__(self, path):
        self.cameras, self.layers, self.is_readable = set(), {DEFAULT_LAYER: True}, False
        self.is_text = False
        try:
            with open(path, "rb") as file:
                data = file.read(1 << 20)
        except OSError:
            return
        self.is_text = data.startswith(b"//Maya ASCII")
        self.is_readable = self.is_text or data.startswith((b"FOR4", b"FOR8"))
        text = data.decode("latin-1")
        for match in re.finditer(r'createNode camera [^;]*-n "([^"]+)"(?:[^;]*-p "([^"]+)")?', text):
            self.cameras |= {name for name in match.groups() if name}
        for block in text.split("createNode renderLayer ")[1:]:
            body = re.split(r"\n(?=\S)", block)[0]
            name = re.search(r'-n "([^"]+)"', body)
            if name:
                self.layers[name[1]] = re.search(r'setAttr[^;]* "\.rndr" (?:no|off|false|0);', body) is None

    def has_layer(self, name):
        spellings = {name, "rs_" + name}
        is_known = name in ("masterLayer", DEFAULT_LAYER) or not spellings.isdisjoint(self.layers)
        return is_known or not self.is_text

    @property
    def renderable_layers(self):
        """Return the layers that are switched on, the default one first."""
        return [name for name, is_on in self.layers.items() if is_on]


# The child: mayabatch


class Batch:
    """One run of mayabatch."""

    def __init__(self, arguments):
        self.arguments = arguments
        self.renderer = arguments.renderer
        self.layers = arguments.names("layers", "rl")
        self.cameras = arguments.names("cameras", "cam")
        self.seconds = 0

    def run(self):
        time.sleep(WISHES.get("start_delay", 0))
        scene_path = self.arguments.scene
        for line in START_UP:
            say(line)
        scene = Scene(scene_path)
        if WISHES.get("unreadable") or not scene.is_readable:
            say("Error: Could not open file. : %s" % scene_path)
            say('Error: Cannot load scene "%s". Please check the scene name.' % scene_path)
            return 211
        for line in NOISE if WISHES.get("noise") else ():
            say(line)
        if WISHES.get("plugin_missing"):
            say(
                'Error: file: %s line 12: Plug-in, "%s", was not found on MAYA_PLUG_IN_PATH.'
                % (scene_path, PLUGINS.get(self.renderer, "none"))
            )
            say("Error: Scene was not loaded properly, please check the scene name")
            return 211
        say("File read in  0.1 seconds.")
        say("Result: %s" % scene_path)
        if self.layers == [""] and len(scene.renderable_layers) > 1:
            self.layers = scene.renderable_layers
        failure = self.look_at(scene)
        if failure:
            say("Error: %s" % failure)
            return self.fail(210)
        return self.render()

    def look_at(self, scene):
        """Return what is wrong with the names asked for."""
        for name in self.cameras:
            if name and scene.cameras and name.rpartition("|")[2] not in scene.cameras:
                return "makeCameraRenderable.mel line 34: Camera %s does not exist." % name
        for name in self.layers:
            if name and not scene.has_layer(name):
                return "line 1: No object matches name: rs_%s" % name.removeprefix("rs_")
        return ""

    def fail(self, code):
        say("Error: file: /var/tmp/ASTMP.1234.mel line 36: Scene %s failed to render." % self.arguments.scene)
        return code

    def render(self):
        if WISHES.get("endless"):
            while True:
                say("Warning: line 1: the same line again and again.")
        if WISHES.get("licence"):
            return self.go_without_licence()
        speaker = SPEAKERS.get(self.renderer, Software)(self)
        for layer in self.layers:
            for frame in self.arguments.frames:
                for camera in self.cameras:
                    code = self.render_frame(speaker, frame, layer, camera)
                    if code:
                        return code
        speaker.end()
        if WISHES.get("crash_after"):
            self.crash()
        if WISHES.get("hang_after"):
            wait_for_ever()
        say("Scene %s completed." % self.arguments.scene)
        return WISHES.get("exit_with", 0)

    def go_without_licence(self):
        if self.renderer == "arnold":
            say("[clm.v1] generic license checkout error (22)")
            say(
                "00:00:52   445MB ERROR   | aborting render because this is a batch render and "
                "abort_on_license_fail option is enabled"
            )
            return 0
        if self.renderer == "redshift":
            say("[Redshift] Maxon licensing error: User not logged in (7)")
            return 0
        say(
            "V-Ray error: Could not obtain a license (1006)."
            if self.renderer == "vray"
            else "Maya: License was not obtained"
        )
        return 1

    def crash(self):
        say("maya encountered a fatal error")
        say("Signal: 11 (Unknown Signal)")
        say("Result: %s" % self.arguments.scene)
        say("Fatal Error. Attempting to save in /usr/tmp/artist.20240401.1200.ma")
        os.kill(os.getpid(), signal.SIGSEGV)

    def render_frame(self, speaker, frame, layer, camera):
        if WISHES.get("flood"):
            line = b"Info: " + b"x" * 90 + b"\n"
            for _count in range(WISHES["flood"] // len(line)):
                os.write(1, line)
        paths = self.paths(frame, layer, camera)
        speaker.begin(frame, layer, paths)
        steps = WISHES.get("steps", 4)
        for _round in range(1 + WISHES.get("restart", 0)):
            for step in range(steps + 1):
                if self.arguments.is_talking:
                    speaker.advance(step, steps)
                time.sleep(WISHES.get("delay", 0) / (steps + 1))
        while WISHES.get("gate") and not os.path.exists(WISHES["gate"]):
            time.sleep(0.01)
        if goes_wrong("crash_at", frame):
            self.crash()
        if goes_wrong("oom_at", frame):
            say("Error: Memory exception thrown: out of memory")
            return self.fail(210)
        if goes_wrong("error_at", frame):
            say("Error: line 7: An exception has occurred, rendering aborted.")
            return self.fail(210)
        if goes_wrong("hang_at", frame):
            wait_for_ever()
        self.write(frame, paths)
        speaker.finish(frame, layer, paths)
        note("log", "%d %d" % (frame, os.getpid()))
        return 0

    def paths(self, frame, layer, camera):
        """Return the files of one pass: that of the picture itself and one for each AOV."""
        arguments = self.arguments
        usual = "4" if self.renderer == "renderman" else "1"
        padding = WISHES.get("padding") or int(arguments.text("pad", usual))
        digits = "%s%0*d" % ("-" if frame < 0 else "", padding, abs(frame))
        stem = os.path.splitext(os.path.basename(arguments.scene))[0]
        prefix = arguments.text("im") or stem
        layer = "masterLayer" if layer in ("", DEFAULT_LAYER) else layer
        tokens = {
            "scene": stem,
            "renderlayer": layer,
            "layer": layer,
            "camera": camera or "persp",
        }
        has_layer = "layer>" in prefix.lower()
        if len(self.layers) > 1 and not has_layer:
            prefix = "<RenderLayer>/" + prefix
        if len(self.cameras) > 1 and "<camera>" not in prefix.lower():
            prefix = "<Camera>/" + prefix
        paths = []
        for aov in ["beauty", *WISHES.get("aovs", ())]:
            values = {**tokens, "renderpass": aov}
            name = re.sub(r"<(\w+)>", lambda m, values=values: values.get(m[1].lower(), m[0]), prefix)
            if "<renderpass>" not in prefix.lower() and aov != "beauty":
                folder, base = os.path.split(name)
                # Arnold makes a folder of it, the others put it into the name.
                name = (
                    os.path.join(folder, aov, base)
                    if self.renderer == "arnold"
                    else os.path.join(folder, "%s.%s" % (base, aov))
                )
            before, after = SCHEMES.get(arguments.text("fnc", "name.#.ext"), SCHEMES["3"])
            path = os.path.join(arguments.text("rd", "."), WISHES.get("folder", ""), before % name)
            paths.append(path + digits + after % arguments.suffix)
        return paths

    def write(self, frame, paths):
        """Write the files of one pass, or fail to."""
        for place, path in enumerate(paths):
            is_main = place == 0
            if (is_main and goes_wrong("no_file_at", frame)) or (
                place == len(paths) - 1 and not is_main and goes_wrong("missing_aov_at", frame)
            ):
                continue
            os.makedirs(os.path.dirname(path), exist_ok=True)
            data = WRITERS.get(self.arguments.suffix, png)(frame, *self.arguments.size)
            if is_main and goes_wrong("half_at", frame):
                with open(path, "wb") as file:
                    file.write(data[: len(data) // 2])
                    file.flush()
                    wait_for_ever()
            if is_main and goes_wrong("truncate_at", frame):
                data = data[: len(data) // 2]
            if is_main and goes_wrong("empty_at", frame):
                data = b""
            with open(path, "wb") as file:
                file.write(data)


def run_child(argv):
    note("pids", str(os.getpid()))
    return Batch(Arguments(argv)).run()


def main():
    argv = sys.argv[1:]
    if argv and argv[0] == CHILD_MARK:
        return run_child(argv[1:])
    note("pids", str(os.getpid()))
    if WISHES.get("no_memory") or WISHES.get("silent_255"):
        # POSIX keeps eight bits of an exit code; 304 is Windows's alone.
        return 255 if WISHES.get("silent_255") else 304 & 0xFF
    arguments = Arguments(argv)
    if arguments.error:
        say(arguments.error)
        say("Usage: Render [options] filename")
        say('       where "filename" is a Maya ASCII or a Maya binary file.')
        return 204
    batch = os.path.join(os.path.dirname(os.path.abspath(__file__)), "mayabatch")
    say('Starting "%s"' % batch)
    child = subprocess.Popen([sys.executable, "-ESu", os.path.abspath(__file__), CHILD_MARK, *argv])
    code = child.wait()
    say("// Maya exited with status %d" % (1 if code < 0 else code), "" if WISHES.get("no_newline") else "\n")
    return 1 if code < 0 else code


if __name__ == "__main__":
    sys.exit(main())
