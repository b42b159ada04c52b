"""Keeps Blender open with one scene and renders the frames it is handed over standard input.

Runs inside Blender (`blender -b -P blender_driver.py`) or under a Python that has the `bpy` wheel; keeps to
Python 3.7 and to the standard library.

Standard input, one JSON object a line: first the settings ({"token", "scene_file", "options", ...}), then
{"do": "render", "frame", "folder", "name"} for each frame, and {"do": "quit"}, or its end, to leave.
Standard output: events, one JSON object a line behind "@RM-<token> ", among Blender's own lines.

Why frames go one by one through `render(write_still=True)`: the only way that renders negative frames,
and the dispatcher may still re-order, pause or cancel at each of them.
"""

import io
import json
import os
import re
import sys
import time
import traceback

import bpy

PROGRESS_EVERY_S = 0.2
SAMPLES = re.compile(r"(?:Sample|Rendering|Rendered)\s+(\d+)\s*/\s*(\d+)")
REMAINING = re.compile(r"Remaining:\s*(?:(\d+):)?(\d+):(\d+(?:\.\d+)?)")
NOTES = re.compile(r"moves-.*\.(?:json|part)$")
GPU_TYPES = ("OPTIX", "CUDA", "HIP", "METAL", "ONEAPI")


class Stop(Exception):
    """Rendering cannot go on at all; `code` is a stable word for the program that started us."""

    def __init__(self, code, text):
        super().__init__(text)
        self.code = code


class Reporter:
    """Writes events; one system call for each, so that no line of Blender's can fall into it."""

    def __init__(self, token):
        self.tag = "@RM-%s " % token if token else "@RM "

    def send(self, event, **values):
        values["event"] = event
        line = self.tag + json.dumps(values, ensure_ascii=True) + "\n"
        sys.stdout.flush()
        data = line.encode("ascii")
        while data:
            data = data[os.write(1, data) :]


class Progress:
    """Turns `render_stats` texts of Blender 5 into progress; older versions print it by themselves."""

    def __init__(self, reporter):
        self.reporter = reporter
        self.frame = 0
        self.layers = 1
        self.reset(0, 1)

    def reset(self, frame, layers):
        self.frame = frame
        self.layers = max(layers, 1)
        self.layer = 0
        self.last_sample = 0
        self.percent = 0.0
        self.next_at = time.monotonic() + PROGRESS_EVERY_S / 2

    def stats(self, text, _other=None):
        if not isinstance(text, str):
            return
        percent = self._percent(text)
        now = time.monotonic()
        if now < self.next_at:
            return
        self.next_at = now + PROGRESS_EVERY_S
        self.reporter.send(
            "progress",
            frame=self.frame,
            percent=percent,
            text=text.rsplit(" | ", 1)[-1][:200],
            remaining_s=_remaining_s(text),
        )

    def _percent(self, text):
        found = SAMPLES.search(text)
        if found is None:
            return self.percent or None
        done, total = int(found.group(1)), int(found.group(2))
        if done < self.last_sample and self.layer + 1 < self.layers:
            self.layer += 1
        self.last_sample = done
        share = (self.layer + min(done / total, 1.0)) / self.layers if total else 0.0
        self.percent = max(self.percent, round(100.0 * share, 1))
        return self.percent


def _remaining_s(text):
    found = REMAINING.search(text)
    if found is None:
        return None
    return int(found.group(1) or 0) * 3600 + int(found.group(2)) * 60 + float(found.group(3))


def open_scene(settings):
    """Open the file and return the scene to render, with the job's options set on it."""
    options = settings["options"]
    try:
        bpy.ops.wm.open_mainfile(
            filepath=settings["scene_file"], load_ui=False, use_scripts=bool(options.get("scripts"))
        )
    except RuntimeError as error:
        raise Stop("load-failed", str(error).strip())
    name = options.get("scene")
    if name:
        if name not in bpy.data.scenes:
            raise Stop(
                "scene-missing",
                "Scene '%s' is not in the file; it has: %s" % (name, ", ".join(bpy.data.scenes.keys())),
            )
        scene = bpy.data.scenes[name]
    else:
        scene = bpy.context.scene
    return scene


def set_options(scene, options, reporter):
    """Put the job's options on the scene."""
    render = scene.render
    render.use_file_extension = True
    render.use_placeholder = False
    render.use_overwrite = True
    # Meant for the viewport; in bpy 5.0 and 5.2 the second multilayer file of a process fails with it.
    render.use_single_layer = False
    _set_camera(scene, options.get("camera"))
    _set_layers(scene, options.get("view_layers"))
    if options.get("resolution_percent"):
        render.resolution_percentage = int(options["resolution_percent"])
    if options.get("threads"):
        render.threads_mode = "FIXED"
        render.threads = int(options["threads"])
    _set_format(scene, options.get("file_format"), reporter)
    if options.get("samples"):
        _set_samples(scene, int(options["samples"]))
    if render.engine == "CYCLES":
        _set_device(scene, options.get("device"), reporter)


def _set_camera(scene, name):
    if not name:
        # Sequencer and compositor may do without a camera: Blender knows, and says so at the first frame.
        return
    camera = scene.objects.get(name)
    if camera is None or camera.type != "CAMERA":
        cameras = [item.name for item in scene.objects if item.type == "CAMERA"]
        raise Stop(
            "camera-missing",
            "Camera '%s' is not in the scene; it has: %s" % (name, ", ".join(cameras) or "none"),
        )
    scene.camera = camera
    for marker in scene.timeline_markers:
        # A marker with a camera would switch it again when the frame is set.
        marker.camera = None


def _set_layers(scene, names):
    if not names:
        return
    missing = [name for name in names if name not in scene.view_layers]
    if missing:
        raise Stop(
            "layer-missing",
            "View layer '%s' is not in the scene; it has: %s"
            % (missing[0], ", ".join(layer.name for layer in scene.view_layers)),
        )
    for layer in scene.view_layers:
        layer.use = layer.name in names


def _set_format(scene, wanted, reporter):
    settings = scene.render.image_settings
    if not wanted and getattr(scene.render, "is_movie_format", False):
        wanted = "PNG"
        reporter.send(
            "warning",
            code="movie-output",
            text="The scene is set to write a movie (%s); its frames are written as PNG." % settings.file_format,
        )
    if not wanted:
        return
    if hasattr(settings, "media_type"):
        settings.media_type = "MULTI_LAYER_IMAGE" if wanted == "OPEN_EXR_MULTILAYER" else "IMAGE"
    try:
        settings.file_format = wanted
    except TypeError:
        raise Stop("format-unknown", "This Blender cannot write the file format %s" % wanted)


def _set_samples(scene, samples):
    if scene.render.engine == "CYCLES":
        scene.cycles.samples = samples
    elif hasattr(scene, "eevee"):
        scene.eevee.taa_render_samples = samples


def _set_device(scene, wanted, reporter):
    cycles = scene.cycles
    if wanted == "CPU":
        cycles.device = "CPU"
        return
    if wanted != "GPU" and cycles.device != "GPU":
        return
    cycles.device = "GPU"
    if _enable_gpu():
        return
    if wanted == "GPU":
        raise Stop("no-gpu", "Found no Cycles device of the specified type")
    cycles.device = "CPU"
    reporter.send(
        "warning",
        code="gpu-missing",
        text="The scene asks for the GPU, but Cycles finds none on this computer; it renders on the CPU.",
    )


def _enable_gpu():
    """Return whether a GPU is switched on for Cycles, switching on the first kind found if none is."""
    addon = bpy.context.preferences.addons.get("cycles")
    if addon is None:
        return False
    preferences = addon.preferences
    refresh = getattr(preferences, "refresh_devices", None) or preferences.get_devices
    present = preferences.compute_device_type
    for kind in ([present] if present != "NONE" else []) + list(GPU_TYPES):
        try:
            preferences.compute_device_type = kind
        except TypeError:
            continue
        refresh()
        devices = [device for device in preferences.devices if device.type == kind]
        if any(device.use for device in devices) and kind == present:
            return True
        if devices:
            for device in preferences.devices:
                device.use = device.type == kind
            return True
    preferences.compute_device_type = "NONE"
    return False


class FileOutputs:
    """Sends what the compositor's File Output nodes write into the attempt's folder as well.

    They have paths of their own; unredirected, a cancelled or broken frame would leave its files in the
    artist's folders.
    """

    def __init__(self, scene):
        self.nodes = []
        if hasattr(scene, "compositing_node_group"):
            tree = scene.compositing_node_group
        else:
            tree = scene.node_tree if scene.use_nodes else None
        self._collect(tree, set())
        self.targets = [self._target(scene, node) for node in self.nodes]

    def _collect(self, tree, seen):
        if tree is None or tree in seen:
            return
        seen.add(tree)
        for node in tree.nodes:
            if node.type == "OUTPUT_FILE" and not node.mute:
                self.nodes.append(node)
            elif node.type == "GROUP":
                self._collect(node.node_tree, seen)

    def _target(self, scene, node):
        """Return (final folder, file name inside it or empty) of a node."""
        if hasattr(node, "directory"):
            return expand(scene, node.directory), ""
        if node.format.file_format == "OPEN_EXR_MULTILAYER" and not node.base_path.endswith(("/", "\\")):
            return tuple(os.path.split(expand(scene, node.base_path)))
        return expand(scene, node.base_path), ""

    def add_numbers(self, finals, frame):
        """Put the frame's number into file names that Blender 5 leaves without one.

        It adds the number only when it renders an animation; frame by frame, each would overwrite the last.
        """
        for node, own in zip(self.nodes, finals):
            if hasattr(node, "directory") and not has_number(node) and os.path.isdir(own):
                for name in os.listdir(own):
                    stem, suffix = os.path.splitext(name)
                    number = "%s%04d" % ("-" if frame < 0 else "", abs(frame))
                    os.replace(os.path.join(own, name), os.path.join(own, stem + number + suffix))

    def redirect(self, folder):
        """Let the nodes write below `folder`; return {their folder there: final folder}."""
        finals = {}
        for number, (node, (final, name)) in enumerate(zip(self.nodes, self.targets)):
            own = os.path.join(folder, "node%d" % number)
            finals[own] = final
            if hasattr(node, "directory"):
                node.directory = escape(own)
            else:
                node.base_path = escape(os.path.join(own, name))
        return finals


def has_number(node):
    """Return whether a File Output node of Blender 5 has a place for the frame's number in its names."""
    return "#" in node.file_name or any("#" in item.name for item in node.file_output_items)


def expand(scene, path):
    """Return a path of the scene as an absolute one, templates of Blender 5 filled in."""
    render = scene.render
    kept = render.filepath
    try:
        render.filepath = os.path.join(path, "x")
        whole = render.frame_path(frame=scene.frame_current)
    finally:
        render.filepath = kept
    return os.path.normpath(os.path.dirname(bpy.path.abspath(whole)))


def escape(path):
    """Return a path in which braces are not taken for templates, which Blender fills in from 5.0 on."""
    if bpy.app.version >= (5, 0, 0):
        return path.replace("{", "{{").replace("}", "}}")
    return path


class FrameRenderer:
    """Renders single frames of the opened scene."""

    def __init__(self, scene, reporter):
        self.scene = scene
        self.reporter = reporter
        self.cancelled = False
        self.progress = Progress(reporter)
        self.outputs = FileOutputs(scene)
        # Opening another file would drop these, and none is opened after this one.
        if bpy.app.version >= (5, 0, 0):
            bpy.app.handlers.render_stats.append(self.progress.stats)
        bpy.app.handlers.render_cancel.append(self._on_cancel)

    def _on_cancel(self, *_args):
        # The operator still says FINISHED and the file exists; only this handler tells.
        self.cancelled = True

    def render(self, frame, folder, name):
        started = time.monotonic()
        layers = layers_of(self.scene)
        self.reporter.send("frame_started", frame=frame, layers=layers)
        try:
            make_folder(folder)
        except OSError as error:
            self.reporter.send("frame_failed", frame=frame, error="Cannot make folder: %s" % error)
            return
        self.cancelled = False
        self.progress.reset(frame, layers)
        finals = self.outputs.redirect(folder)
        try:
            self.scene.frame_set(frame)
            self.scene.render.filepath = escape(os.path.join(folder, name))
            bpy.ops.render.render(write_still=True, scene=self.scene.name)
        except RuntimeError as error:
            self.reporter.send("frame_failed", frame=frame, error=str(error).strip())
            return
        if self.cancelled:
            self.reporter.send("frame_failed", frame=frame, error="Blender cancelled the render")
            return
        self.outputs.add_numbers(finals, frame)
        self.reporter.send(
            "frame_rendered",
            frame=frame,
            files=found_files(folder, finals),
            seconds=round(time.monotonic() - started, 3),
        )


class BatchWatch:
    """Reports the frames of a command-line render (`-a`, `-f`), whose files all go below one folder."""

    def __init__(self, scene, reporter, folder):
        self.scene = scene
        self.reporter = reporter
        self.folder = folder
        self.finals = FileOutputs(scene).redirect(folder)
        self.progress = Progress(reporter)
        self.known = set()
        self.started = 0.0
        handlers = bpy.app.handlers
        if bpy.app.version >= (5, 0, 0):
            handlers.render_stats.append(self.progress.stats)
        handlers.render_pre.append(self._on_begin)
        # After the file is written, and not for a file that could not be; `render_post` comes before.
        handlers.render_write.append(self._on_written)

    def _on_begin(self, *_args):
        frame, layers = self.scene.frame_current, layers_of(self.scene)
        self.started = time.monotonic()
        self.progress.reset(frame, layers)
        self.reporter.send("frame_started", frame=frame, layers=layers)

    def _on_written(self, *_args):
        # The program keeps notes of its own in this folder while it moves the frames before this one.
        files = [
            entry
            for entry in found_files(self.folder, self.finals)
            if entry["path"] not in self.known and not NOTES.match(os.path.basename(entry["path"]))
        ]
        self.known.update(entry["path"] for entry in files)
        self.reporter.send(
            "frame_rendered",
            frame=self.scene.frame_current,
            files=files,
            seconds=round(time.monotonic() - self.started, 3),
        )


def layers_of(scene):
    """Return how many view layers of a scene are rendered."""
    return sum(1 for layer in scene.view_layers if layer.use)


def make_folder(folder):
    """Make the attempt's folder; tried again when a tidying job removes the empty parent meanwhile."""
    for left in (2, 1, 0):
        try:
            os.makedirs(folder, exist_ok=True)
            return
        except FileNotFoundError:
            if not left:
                raise


def found_files(folder, finals):
    """Return what lies below `folder`, the frame's own files first."""
    files = []
    for where, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = os.path.join(where, name)
            entry = {"path": path}
            for own, final in finals.items():
                if path.startswith(own + os.sep):
                    entry["final_dir"] = os.path.join(final, os.path.relpath(where, own))
                    entry["final_dir"] = os.path.normpath(entry["final_dir"])
            files.append(entry)
    files.sort(key=lambda entry: "final_dir" in entry)
    return files


def serve(commands, settings, reporter):
    """Open the scene, then render what is asked for until told to leave."""
    scene = open_scene(settings)
    set_options(scene, settings["options"], reporter)
    renderer = FrameRenderer(scene, reporter)
    reporter.send("ready", scene=scene.name, engine=scene.render.engine)
    for line in iter(commands.readline, b""):
        order = json.loads(line.decode("utf-8"))
        if order.get("do") == "quit":
            break
        renderer.render(int(order["frame"]), order["folder"], order["name"])
    reporter.send("bye")


def set_up(settings):
    """Put the job's options on the scene that the command line opened, and watch it; for batch mode."""
    reporter = Reporter(settings.get("token", ""))
    reporter.send("hello", blender=bpy.app.version_string, python=sys.version.split()[0])
    try:
        set_options(bpy.context.scene, settings["options"], reporter)
    except Stop as stop:
        reporter.send("failed", code=stop.code, error=str(stop))
        return 1
    BatchWatch(bpy.context.scene, reporter, settings["folder"])
    return 0


def main():
    if "--render-manager-setup" in sys.argv:
        return set_up(json.loads(sys.argv[sys.argv.index("--render-manager-setup") + 1]))
    commands = io.open(0, "rb", closefd=False)
    first = commands.readline()
    if not first:
        return 0
    settings = json.loads(first.decode("utf-8"))
    reporter = Reporter(settings.get("token", ""))
    reporter.send("hello", blender=bpy.app.version_string, python=sys.version.split()[0])
    try:
        serve(commands, settings, reporter)
    except Stop as stop:
        reporter.send("failed", code=stop.code, error=str(stop))
        return 1
    except Exception as error:  # whatever it is, it must reach the program that waits for us
        traceback.print_exc()
        reporter.send("failed", code="driver-error", error="%s: %s" % (type(error).__name__, error))
        return 1
    return 0


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    if code:
        sys.exit(code)
