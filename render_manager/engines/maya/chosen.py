"""What the files of a job are called for its choices, so that jobs of one scene do not take each other's.

The part stands in the file name, not in a folder: an output folder that the user names takes the place of
every folder of the scene's. A job that chooses what the scene would render anyway keeps the scene's name.
"""

import re
import zlib
from collections.abc import Mapping
from typing import Any

from render_manager.domain.scene import SceneInfo
from render_manager.engines.maya.layers import DEFAULT_LAYER
from render_manager.engines.maya.passes import cameras_of
from render_manager.engines.maya.renderers import renderer_of

MASTER_LAYER = "masterLayer"
"""What Maya calls its default layer in file names."""
_SETUP_PREFIX = "rs_"
_BETWEEN = "-"
"""Between the layers of a name; no layer's name can hold it."""
_UNFIT = re.compile(r"[^\w.\-]+")
_LONGEST_BYTES = 96


def short_layer(name: str) -> str:
    """Return what stands for a layer in file names."""
    return MASTER_LAYER if name in (MASTER_LAYER, DEFAULT_LAYER) else name


def short_camera(name: str) -> str:
    """Return what stands for a camera in file names."""
    return name.rpartition("|")[2].replace(":", "_")


def chosen_part(
    scene: SceneInfo, options: Mapping[str, Any], *, tells_layer: bool, tells_camera: bool
) -> str:
    """Return what is added to a job's file name for the layers, camera and renderer it chooses.

    `tells_layer` and `tells_camera` say that the scene's own name has them in it. Empty where the choice is
    what the scene renders anyway.
    """
    layers = _layers(scene, options)
    parts = []
    if layers and not (tells_layer and len(layers) == 1):
        parts.append(_BETWEEN.join(layers))
    if not tells_camera:
        parts.append(_camera(scene, options))
    parts.append(_renderer(scene, options))
    return "".join(f"_{_fit(part)}" for part in parts if part)


def own_layer(scene: SceneInfo, name: str) -> str:
    """Return a layer as the scene spells it: those of Render Setup have `rs_` before them."""
    if name in (MASTER_LAYER, DEFAULT_LAYER):
        return DEFAULT_LAYER
    known = {*scene.layers, *scene.choices.get("layers", ())}
    prefixed = f"{_SETUP_PREFIX}{name}"
    return prefixed if name not in known and prefixed in known else name


def _layers(scene: SceneInfo, options: Mapping[str, Any]) -> list[str]:
    wished = options.get("layers") or ()
    wished = {own_layer(scene, str(name)) for name in ([wished] if isinstance(wished, str) else wished)}
    if wished == {own_layer(scene, name) for name in scene.layers}:
        return []
    return sorted(short_layer(name) for name in wished)


def _camera(scene: SceneInfo, options: Mapping[str, Any]) -> str:
    wished = _own_camera(scene, str(options.get("camera") or ""))
    is_only_one = cameras_of(scene, {}) == 1
    if not wished or (is_only_one and wished.strip("|") == scene.camera.strip("|")):
        return ""
    short = wished.rpartition("|")[2]
    alike = [name for name in scene.cameras if name.rpartition("|")[2] == short]
    return short if len(alike) < 2 else wished.strip("|")


def _own_camera(scene: SceneInfo, name: str) -> str:
    """Return a camera as the scene spells it; a shape or a longer path names the same one."""
    if name in scene.cameras:
        return name
    short = name.rpartition("|")[2]
    return next((each for each in (short, short.removesuffix("Shape")) if each in scene.cameras), name)


def _renderer(scene: SceneInfo, options: Mapping[str, Any]) -> str:
    wished = renderer_of(str(options.get("renderer") or ""))
    return "" if wished is None or wished == renderer_of(scene.renderer) else wished.flag


def _fit(part: str) -> str:
    """Return a part as it can stand in any file name; a long one is cut, and kept apart by a checksum."""
    plain = _UNFIT.sub("_", part)
    if len(plain.encode()) <= _LONGEST_BYTES:
        return plain
    cut = plain.encode()[: _LONGEST_BYTES - 9].decode("utf-8", "ignore")
    return f"{cut}_{zlib.crc32(part.encode('utf-8', 'replace')):08x}"
