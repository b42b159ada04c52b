"""Renders a range of frames in one process with the bpy wheel, as `blender -b FILE -a` does."""

import json
import sys

import bpy


def main():
    """Render what the last argument, a JSON object, asks for."""
    wish = json.loads(sys.argv[-1])
    bpy.ops.wm.open_mainfile(filepath=wish["scene"], load_ui=False)
    scene = bpy.context.scene
    scene.frame_start, scene.frame_end = wish["first"], wish["last"]
    scene.render.filepath = wish["output"]
    bpy.ops.render.render(animation=True)


main()
