"""Makes the Blender scenes the tests read, each with what Blender itself says about it in JSON beside it.

Runs inside Blender, 3.4 to 5.2:

    blender --factory-startup -b -P tools/make_test_scenes.py -- tests/data/scenes
    python tools/make_test_scenes.py tests/data/scenes        (where Python has the bpy module)

Sizes of pictures in the JSON are those of pictures really rendered; files count as missing when Blender
could not load them.
"""

import json
import shutil
import sys
import tempfile
from pathlib import Path

import bpy

VERSION = "{}.{}".format(*bpy.app.version[:2])


def main():
    """Make both scenes of this Blender's version in the folder named last on the command line."""
    folder = Path(sys.argv[-1]).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    make_textures(folder)
    for name, build in (("scenes", build_scenes), ("missing", build_missing)):
        path = folder / f"blender-{VERSION}-{name}.blend"
        start_empty()
        bpy.ops.wm.save_as_mainfile(filepath=str(path))
        build(folder)
        bpy.ops.wm.save_as_mainfile(filepath=str(path), compress=True)
        path.with_suffix(".blend1").unlink(missing_ok=True)
        remove_helpers(folder)
        bpy.ops.wm.open_mainfile(filepath=str(path), load_ui=True)
        facts = describe(folder)
        path.with_suffix(".json").write_text(
            json.dumps(facts, indent=2, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8"
        )


def start_empty():
    """Open a file with one empty scene and nothing that only costs space."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    for brush in list(bpy.data.brushes):
        bpy.data.brushes.remove(brush)
    bpy.context.preferences.filepaths.save_version = 0


def make_textures(folder):
    """Write the few pictures that are not missing."""
    start_empty()
    image = bpy.data.images.new("picture", 4, 4)
    image.file_format = "PNG"
    for name in ("present.png", "skin.1001.png"):
        image.filepath_raw = str(folder / "textures" / name)
        image.save()


def remove_helpers(folder):
    """Take away what a scene was built from and is to miss."""
    for path in folder.glob("helper-*"):
        path.unlink()
    shutil.rmtree(folder / "library", ignore_errors=True)


def build_scenes(_folder):
    """Fill two scenes that differ in everything that can be read."""
    first = bpy.context.scene
    first.name = "Küche 影"
    first.frame_start, first.frame_end = 1, 10
    first.render.fps, first.render.fps_base = 24, 1.001
    first.render.filepath = "//ausgabe/bild_####"
    set_size(first, 101, 67, 100)
    first.render.use_border = first.render.use_crop_to_border = True
    first.render.border_min_x, first.render.border_max_x = 0.1, 0.33
    first.render.border_min_y, first.render.border_max_y = 0.2, 0.77
    set_format(first, "FFMPEG", "VIDEO")
    first.render.engine = "BLENDER_WORKBENCH"
    for name in ("Nah", "Weit"):
        add_camera(first, name)
    first.camera = bpy.data.objects["Weit"]

    second = bpy.data.scenes.new("Shot_020")
    second.frame_start, second.frame_end, second.frame_step = 101, 110, 2
    second.render.fps = 25
    second.render.filepath = "/tmp/shot_020/{}".format("beauty_")  # noqa: S108
    set_size(second, 203, 115, 33)
    set_format(second, "OPEN_EXR_MULTILAYER", "MULTI_LAYER_IMAGE")
    second.render.engine = "CYCLES"
    second.view_layers[0].name = "Vordergrund"
    second.view_layers.new("aus").use = False
    second.view_layers.new("Hintergrund")
    second.camera = add_camera(second, "Kamera")
    add_compositor(second)
    add_scripts(second)
    if bpy.context.window:
        bpy.context.window.scene = second


def build_missing(folder):
    """Fill a scene without camera that names files which exist and files which do not."""
    scene = bpy.context.scene
    paths = {
        "present": ("//textures/present.png", "FILE"),
        "present backslash": ("//textures\\present.png", "FILE"),
        "gone": ("//textures/gone.png", "FILE"),
        "gone backslash": ("//textures\\deep\\gone.png", "FILE"),
        "gone drive": ("C:\\textures\\wood.png", "FILE"),
        "gone absolute": ("/nowhere/at/all/stone.png", "FILE"),
        "gone movie": ("//textures/gone.mp4", "MOVIE"),
        "gone sequence": ("//textures/walk_0001.png", "SEQUENCE"),
        "generated": ("//textures/generated.png", "GENERATED"),
        "skin": ("//textures/skin.<UDIM>.png", "TILED"),
        "no skin": ("//textures/fur.<UVTILE>.png", "TILED"),
    }
    for name, (path, source) in paths.items():
        image = bpy.data.images.new(name, 1, 1)
        image.use_fake_user = True
        image.source = source
        image.filepath_raw = path
    bpy.data.images["skin"].tiles.new(1002)
    packed = bpy.data.images.load(str(folder / "textures" / "present.png"))
    packed.name = "packed"
    packed.use_fake_user = True
    packed.pack()
    packed.filepath_raw = "//textures/packed.png"
    scene.collection.objects.link(link_chair(folder / "helper-props.blend"))
    if bpy.app.version >= (5, 0, 0):
        scene.collection.objects.link(link_chair(folder / "library" / "helper-packed.blend", pack=True))


def link_chair(helper, **how):
    """Make a library with a textured object, and link that object from it."""
    helper.parent.mkdir(exist_ok=True)
    image = bpy.data.images.new("cloth", 1, 1)
    image.source = "FILE"
    image.filepath_raw = "//textures/cloth.png"
    chair = bpy.data.objects.new("Chair", None)
    chair.empty_display_type = "IMAGE"
    chair.data = image
    bpy.data.libraries.write(str(helper), {chair})
    bpy.data.objects.remove(chair)
    bpy.data.images.remove(image)
    with bpy.data.libraries.load(str(helper), link=True, relative=True, **how) as (_source, target):
        target.objects = ["Chair"]
    return target.objects[0]


def set_size(scene, width, height, percent):
    """Set the size of a scene's picture in pixels and percent."""
    scene.render.resolution_x, scene.render.resolution_y = width, height
    scene.render.resolution_percentage = percent


def set_format(scene, name, media):
    """Set a scene's image format; from 5.0 on the kind of media comes first."""
    settings = scene.render.image_settings
    if hasattr(settings, "media_type"):
        settings.media_type = media
    settings.file_format = name


def add_camera(scene, name):
    """Add a camera to a scene."""
    camera = bpy.data.objects.new(name, bpy.data.cameras.new(name))
    scene.collection.objects.link(camera)
    return camera


def add_compositor(scene):
    """Let a scene's picture go through the compositor."""
    if hasattr(scene, "compositing_node_group"):
        group = bpy.data.node_groups.new("Compositing", "CompositorNodeTree")
        group.interface.new_socket("Image", in_out="OUTPUT", socket_type="NodeSocketColor")
        layers, out = group.nodes.new("CompositorNodeRLayers"), group.nodes.new("NodeGroupOutput")
        group.links.new(layers.outputs[0], out.inputs[0])
        scene.compositing_node_group = group
    else:
        scene.use_nodes = True


def add_scripts(scene):
    """Add a text that runs when the file is opened, one that does not, and two kinds of driver."""
    bpy.data.texts.new("Startup.py").use_module = True
    bpy.data.texts.new("Notizen")
    for index, expression in enumerate(("frame * 0.5", "bpy.context.scene.frame_current")):
        scene.camera.driver_add("location", index).driver.expression = expression


def describe(folder):
    """Return what Blender says about the open file, paths inside the folder as relative ones."""

    def absolute(item):
        path = bpy.path.abspath(item.filepath, library=item.library)
        return path.replace(f"{folder}/", "//", 1)

    return {
        "version": list(bpy.data.version),
        "scene": bpy.context.scene.name,
        "scenes": {scene.name: describe_scene(scene) for scene in bpy.data.scenes},
        "cameras": sorted(item.name for item in bpy.data.objects if item.type == "CAMERA"),
        "scripts": sorted(text.name for text in bpy.data.texts if text.use_module),
        "python_drivers": sum(count_python_drivers(item) for item in bpy.data.objects),
        "missing_images": sorted(absolute(item) for item in bpy.data.images if cannot_load(item)),
        "missing_libraries": sorted(item.filepath for item in bpy.data.libraries if is_needed(item)),
    }


def describe_scene(scene):
    """Return what Blender says about one scene."""
    render = scene.render
    if hasattr(scene, "compositing_node_group"):
        nodes = scene.compositing_node_group is not None
    else:
        nodes = scene.use_nodes
    return {
        "frame_start": scene.frame_start,
        "frame_end": scene.frame_end,
        "frame_step": scene.frame_step,
        "fps": render.fps / render.fps_base,
        "camera": scene.camera.name if scene.camera else "",
        "layers": [layer.name for layer in scene.view_layers if layer.use],
        "renderer": render.engine,
        "output": render.filepath,
        "file_format": render.image_settings.file_format,
        "is_movie": render.is_movie_format,
        "compositor": nodes and render.use_compositing,
        "full_size_px": [render.resolution_x, render.resolution_y],
        "size_percent": render.resolution_percentage,
        "size_px": rendered_size_px(scene),
    }


def rendered_size_px(scene):
    """Render one picture and return its size, None when there is no camera."""
    if scene.camera is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "picture.png"
        before = scene.render.image_settings.file_format, scene.render.filepath, scene.render.engine
        scene.render.engine = "CYCLES"
        scene.cycles.samples = 1
        scene.cycles.use_denoising = False
        set_format(scene, "PNG", "IMAGE")
        scene.render.filepath = str(path)
        bpy.ops.render.render(scene=scene.name, write_still=True)
        image = bpy.data.images.load(str(path))
        size = list(image.size)
        bpy.data.images.remove(image)
    media = {"FFMPEG": "VIDEO", "OPEN_EXR_MULTILAYER": "MULTI_LAYER_IMAGE"}.get(before[0], "IMAGE")
    set_format(scene, before[0], media)
    scene.render.filepath, scene.render.engine = before[1:]
    return size


def count_python_drivers(item):
    """Return how many drivers of an object Blender cannot work out without Python."""
    drivers = item.animation_data.drivers if item.animation_data else ()
    return sum(not curve.driver.is_simple_expression for curve in drivers)


def is_needed(library):
    """Return whether something linked from a library could not be had without it; 3.4 always needs it."""
    return any(getattr(item, "is_missing", True) for item in library.users_id)


def cannot_load(image):
    """Return whether Blender finds no picture for an image; tiled ones always get a substitute."""
    if image.source in {"GENERATED", "VIEWER", "TILED"} or not image.filepath:
        return False
    image.reload()
    return image.size[0] == 0


main()
