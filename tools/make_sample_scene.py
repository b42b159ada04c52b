"""Makes `resources/sample/sample_scene.blend`: a small animation that looks good and renders in seconds.

Run it with the oldest Blender that the sample should open in, since newer ones read older files:

    blender -b --factory-startup -P tools/make_sample_scene.py -- resources/sample/sample_scene.blend

A field of rounded blocks rises and falls in a ring-shaped wave while the camera drifts round it. All motion
comes from generator curves, so the file stays far below 1 MB, and the first frame follows on the last.
"""

import math
import sys

import bpy

BLOCKS = 11
SPACING = 1.06
FRAMES = 36
SIZE_PX = (400, 225)
SAMPLES = 28
PALETTE = (
    (0.012, 0.045, 0.16),
    (0.02, 0.22, 0.45),
    (0.05, 0.55, 0.62),
    (0.95, 0.62, 0.22),
    (0.86, 0.18, 0.06),
)


def mixed(position):
    """Return the colour at a position from 0 to 1 along the palette."""
    place = min(max(position, 0.0), 1.0) * (len(PALETTE) - 1)
    index = min(int(place), len(PALETTE) - 2)
    share = place - index
    lower, upper = PALETTE[index], PALETTE[index + 1]
    # An old Blender's Python has no `strict`.
    return tuple(a + (b - a) * share for a, b in zip(lower, upper))  # noqa: B905


def block_mesh():
    """Return a cube with rounded edges, shared by all blocks."""
    bpy.ops.mesh.primitive_cube_add(size=1.0)
    cube = bpy.context.object
    bevel = cube.modifiers.new("Bevel", "BEVEL")
    bevel.width, bevel.segments = 0.09, 3
    bpy.ops.object.modifier_apply(modifier=bevel.name)
    for polygon in cube.data.polygons:
        polygon.use_smooth = True
    cube.data.use_auto_smooth = True
    mesh = cube.data
    mesh.name = "Block"
    bpy.data.objects.remove(cube)
    return mesh


def block_material():
    """Return a lacquer whose colour is each object's own."""
    material = bpy.data.materials.new("Lacquer")
    material.use_nodes = True
    nodes, links = material.node_tree.nodes, material.node_tree.links
    shader = nodes["Principled BSDF"]
    info = nodes.new("ShaderNodeObjectInfo")
    links.new(info.outputs["Color"], shader.inputs["Base Color"])
    shader.inputs["Roughness"].default_value = 0.32
    shader.inputs["Clearcoat"].default_value = 0.4
    return material


def wave(target, path, index, amplitude, phase, offset):
    """Move a property in a sine that repeats after FRAMES frames."""
    curve = target.animation_data_create().action.fcurves.new(path, index=index)
    sine = curve.modifiers.new("FNGENERATOR")
    sine.function_type = "SIN"
    sine.amplitude = amplitude
    sine.phase_multiplier = 2.0 * math.pi / FRAMES
    sine.phase_offset = phase
    sine.value_offset = offset


def add_blocks(collection):
    """Add the field of blocks, each with its own phase of the wave."""
    mesh = block_mesh()
    mesh.materials.append(block_material())
    half = (BLOCKS - 1) / 2
    for row in range(BLOCKS):
        for column in range(BLOCKS):
            x, y = column - half, row - half
            distance = math.hypot(x, y)
            block = bpy.data.objects.new("Block", mesh)
            block.location = (x * SPACING, y * SPACING, 0.0)
            block.color = (*mixed(distance / (half * 1.25)), 1.0)
            collection.objects.link(block)
            block.animation_data_create().action = bpy.data.actions.new("Wave")
            wave(block, "location", 2, 0.55, -1.05 * distance, 0.0)


def add_camera(scene):
    """Add a camera that sways round the field."""
    pivot = bpy.data.objects.new("Pivot", None)
    scene.collection.objects.link(pivot)
    pivot.animation_data_create().action = bpy.data.actions.new("Sway")
    wave(pivot, "rotation_euler", 2, math.radians(11), 0.0, math.radians(38))
    camera = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
    camera.parent = pivot
    camera.location = (0.0, -13.4, 8.6)
    camera.rotation_euler = (math.radians(57.5), 0.0, 0.0)
    camera.data.lens = 39
    scene.collection.objects.link(camera)
    scene.camera = camera


def add_light(scene, name, location, rotation, size, energy, color):
    """Add a soft area light."""
    data = bpy.data.lights.new(name, "AREA")
    data.shape, data.size, data.energy, data.color = "DISK", size, energy, color
    light = bpy.data.objects.new(name, data)
    light.location = location
    light.rotation_euler = tuple(math.radians(angle) for angle in rotation)
    scene.collection.objects.link(light)


def add_surroundings(scene):
    """Add floor, one large soft light and a dim blue sky; few lights keep the noise down."""
    bpy.ops.mesh.primitive_plane_add(size=80, location=(0, 0, -1.15))
    floor = bpy.context.object
    floor.name = "Floor"
    material = bpy.data.materials.new("Floor")
    material.use_nodes = True
    shader = material.node_tree.nodes["Principled BSDF"]
    shader.inputs["Base Color"].default_value = (0.018, 0.022, 0.03, 1)
    shader.inputs["Roughness"].default_value = 0.5
    floor.data.materials.append(material)
    add_light(scene, "Key", (-7, -5, 10), (38, 0, -52), 6.0, 1700, (1.0, 0.9, 0.78))
    background = scene.world.node_tree.nodes["Background"]
    background.inputs["Color"].default_value = (0.09, 0.13, 0.22, 1)
    background.inputs["Strength"].default_value = 1.0


def set_render(scene):
    """Set range, size, quality and output."""
    scene.frame_start, scene.frame_end = 1, FRAMES
    render = scene.render
    render.engine = "CYCLES"
    render.resolution_x, render.resolution_y = SIZE_PX
    render.resolution_percentage = 100
    render.fps = 24
    render.filepath = "//frames/sample_####"
    render.image_settings.file_format = "PNG"
    scene.cycles.samples = SAMPLES
    # Debian's Blender has no denoiser, and the sample must render everywhere.
    scene.cycles.use_denoising = False
    scene.cycles.use_adaptive_sampling = True
    scene.cycles.adaptive_threshold = 0.03
    scene.cycles.max_bounces = 3
    scene.cycles.sample_clamp_indirect = 4.0
    scene.view_settings.view_transform = "Filmic"
    scene.view_settings.look = "Medium High Contrast"


def main():
    """Make the scene and save it."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    scene = bpy.context.scene
    scene.name = "Sample"
    scene.world = bpy.data.worlds.new("Sky")
    scene.world.use_nodes = True
    add_blocks(scene.collection)
    add_camera(scene)
    add_surroundings(scene)
    set_render(scene)
    bpy.ops.wm.save_as_mainfile(filepath=sys.argv[-1], compress=True)


main()
