"""Render Manager: drives Blender, Maya and Unreal on one workstation, frame by frame."""

__version__ = "0.1.0"
