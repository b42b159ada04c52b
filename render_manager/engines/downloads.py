"""Where to get the engines, by their ids: the pages of their makers."""

from typing import Final

DOWNLOADS: Final = {
    "blender": "https://www.blender.org/download/",
    "maya": "https://www.autodesk.com/products/maya/overview",
    "unreal": "https://www.unrealengine.com/download",
}
