"""Makes a small scene of one moving cube; runs inside Blender 2.93 to 5.x or where Python has bpy."""

import json
import sys

import bpy


def main():
    """Make the scene that the last argument, a JSON object, describes."""
    wish = json.loads(sys.argv[-1])
    bpy.ops.wm.read_factory_settings()
    scene = bpy.context.scene
    render = scene.render
    render.engine = "CYCLES"
    render.resolution_x = render.resolution_y = wish["size_px"]
    render.resolution_percentage = 100
    render.image_settings.file_format = "PNG"
    render.filepath = "//out/frame_####"
    scene.cycles.samples = wish["samples"]
    scene.cycles.use_denoising = False
    scene.cycles.use_adaptive_sampling = False
    scene.frame_start, scene.frame_end = 1, wish["frames"]
    cube = bpy.data.objects["Cube"]
    for frame, turn in ((1, 0.0), (wish["frames"], 3.0)):
        cube.rotation_euler[2] = turn
        cube.keyframe_insert("rotation_euler", frame=frame)
    bpy.ops.wm.save_as_mainfile(filepath=wish["path"], compress=wish["compress"])


main()
