"""Makes the small scenes that the integration tests render; runs inside Blender 3.4 to 5.2.

    blender --factory-startup -b -P make_scenes.py -- FOLDER
    python make_scenes.py -- FOLDER        (where Python has the bpy module)

All of them: 64 x 36 pixels, Cycles, 4 samples, no denoiser, frames 1 to 10, a cube that moves.
"""

import sys
from pathlib import Path

import bpy

CRASH = """
import bpy, os, signal
from bpy.app.handlers import persistent

@persistent
def crash(scene, *_more):
    mark = os.environ.get("CRASH_ONCE", "")
    if scene.frame_current == 3 and not (mark and os.path.exists(mark)):
        if mark:
            open(mark, "w").close()
        os.kill(os.getpid(), signal.SIGSEGV)

bpy.app.handlers.frame_change_pre.append(crash)
"""
PYTHON_ERROR = """
import bpy
from bpy.app.handlers import persistent

@persistent
def fail(scene, *_more):
    if scene.frame_current == 2:
        raise RuntimeError("the rig is broken")

bpy.app.handlers.frame_change_pre.append(fail)
"""


def main():
    folder = Path(sys.argv[-1])
    for name, build in SCENES.items():
        start()
        scene = bpy.context.scene
        # Relative paths need a place first.
        bpy.ops.wm.save_as_mainfile(filepath=str(folder / f"{name}.blend"))
        build(scene)
        bpy.ops.wm.save_as_mainfile(filepath=str(folder / f"{name}.blend"), compress=True)


def start():
    bpy.ops.wm.read_factory_settings(use_empty=False)
    bpy.context.preferences.filepaths.save_version = 0
    scene = bpy.context.scene
    scene.render.engine = "CYCLES"
    scene.render.resolution_x, scene.render.resolution_y = 64, 36
    scene.render.resolution_percentage = 100
    scene.cycles.samples = 4
    scene.cycles.use_denoising = False
    scene.cycles.use_adaptive_sampling = False
    scene.frame_start, scene.frame_end = 1, 10
    scene.render.filepath = "//out/frame_####"
    set_format(scene, "PNG", "IMAGE")
    cube = bpy.data.objects["Cube"]
    for frame, place in ((-10, -2.0), (1, 0.0), (10, 2.0)):
        cube.location.x = place
        cube.keyframe_insert("location", frame=frame)


def set_format(scene, name, media):
    """Set the image format; from 5.0 on the kind of media comes first."""
    settings = scene.render.image_settings
    if hasattr(settings, "media_type"):
        settings.media_type = media
    settings.file_format = name


def plain(scene):
    """Nothing special."""


def slow(scene):
    """A frame takes many seconds."""
    scene.render.resolution_x = scene.render.resolution_y = 1000
    scene.cycles.samples = 4096


def crash(scene):
    """Crashes at frame 3, if scripts may run; only once where CRASH_ONCE names a file."""
    add_startup_text(CRASH)


def python_error(scene):
    """A handler raises at frame 2, if scripts may run."""
    add_startup_text(PYTHON_ERROR)


def add_startup_text(code):
    text = bpy.data.texts.new("startup.py")
    text.use_module = True
    text.from_string(code)


def missing_texture(scene):
    """A picture on the cube is not there."""
    image = bpy.data.images.new("wood", 4, 4)
    image.source = "FILE"
    image.filepath = "//textures/wood.png"
    material = bpy.data.materials.new("wooden")
    material.use_nodes = True
    nodes = material.node_tree.nodes
    texture = nodes.new("ShaderNodeTexImage")
    texture.image = image
    material.node_tree.links.new(texture.outputs["Color"], nodes["Principled BSDF"].inputs["Base Color"])
    cube = bpy.data.objects["Cube"].data
    cube.materials.clear()
    cube.materials.append(material)


def movie(scene):
    """Set to write one movie."""
    set_format(scene, "FFMPEG", "VIDEO")


def multilayer(scene):
    """All passes in one file."""
    set_format(scene, "OPEN_EXR_MULTILAYER", "MULTI_LAYER_IMAGE")
    layer = bpy.context.view_layer
    layer.use_pass_z = True
    layer.use_pass_normal = True


def two_layers(scene):
    """Two view layers, the second one switched on too, and a second camera."""
    scene.view_layers.new("Vorn")
    camera = bpy.data.objects.new("Zweite", bpy.data.cameras.new("Zweite"))
    camera.location = (0, -12, 0)
    camera.rotation_euler = (1.5708, 0, 0)
    scene.collection.objects.link(camera)


def no_camera(scene):
    """Nothing to look through."""
    for item in [item for item in bpy.data.objects if item.type == "CAMERA"]:
        bpy.data.objects.remove(item)
    scene.camera = None


def file_output(scene):
    """The compositor writes a second picture into a folder of its own."""
    if hasattr(scene, "compositing_node_group"):
        group = bpy.data.node_groups.new("Compositing", "CompositorNodeTree")
        group.interface.new_socket("Image", in_out="OUTPUT", socket_type="NodeSocketColor")
        layers, out = group.nodes.new("CompositorNodeRLayers"), group.nodes.new("NodeGroupOutput")
        group.links.new(layers.outputs[0], out.inputs[0])
        node = group.nodes.new("CompositorNodeOutputFile")
        node.directory = "//masks/deep/"
        node.file_name = "mask_"
        node.format.media_type = "IMAGE"
        node.format.file_format = "PNG"
        node.file_output_items.new("RGBA", "mask")
        group.links.new(layers.outputs[0], node.inputs[0])
        scene.compositing_node_group = group
    else:
        scene.use_nodes = True
        nodes = scene.node_tree.nodes
        node = nodes.new("CompositorNodeOutputFile")
        node.base_path = "//masks/deep/"
        node.file_slots[0].path = "mask_"
        scene.node_tree.links.new(nodes["Render Layers"].outputs[0], node.inputs[0])


def compositor_only(scene):
    """No camera, and none needed: the compositor makes the picture from nothing."""
    no_camera(scene)
    if hasattr(scene, "compositing_node_group"):
        group = bpy.data.node_groups.new("Compositing", "CompositorNodeTree")
        group.interface.new_socket("Image", in_out="OUTPUT", socket_type="NodeSocketColor")
        color, out = group.nodes.new("CompositorNodeRGB"), group.nodes.new("NodeGroupOutput")
        group.links.new(color.outputs[0], out.inputs[0])
        scene.compositing_node_group = group
    else:
        scene.use_nodes = True
        nodes = scene.node_tree.nodes
        nodes.remove(nodes["Render Layers"])
        color = nodes.new("CompositorNodeRGB")
        scene.node_tree.links.new(color.outputs[0], nodes["Composite"].inputs[0])


def file_output_of_layers(scene):
    """The compositor writes a file of several layers into a folder, under no name but the number."""
    file_output(scene)
    if not hasattr(scene, "compositing_node_group"):
        node = next(node for node in scene.node_tree.nodes if node.type == "OUTPUT_FILE")
        node.format.file_format = "OPEN_EXR_MULTILAYER"
        node.base_path = "//multi/"


def stereo(scene):
    """A picture for each eye."""
    scene.render.use_multiview = True
    scene.render.image_settings.views_format = "INDIVIDUAL"


SCENES = {
    build.__name__: build
    for build in (
        plain,
        slow,
        crash,
        python_error,
        missing_texture,
        movie,
        multilayer,
        two_layers,
        no_camera,
        file_output,
        compositor_only,
        file_output_of_layers,
        stereo,
    )
}
main()
