"""How often Maya renders each frame of a job: once for every layer, and there for every camera.

A frame is done only when its last pass is; see `engines/maya.md` section 4 ("do not end the frame at the
first").
"""

from collections.abc import Mapping
from typing import Any

from render_manager.domain.scene import SceneInfo


def layers_of(scene: SceneInfo | None, options: Mapping[str, Any]) -> int:
    """Return how many render layers a job renders, at least 1."""
    chosen = options.get("layers") or ()
    if isinstance(chosen, str):
        chosen = [chosen]
    if chosen:
        return len(chosen)
    return max(1 if scene is None else len(scene.layers), 1)


def cameras_of(scene: SceneInfo | None, options: Mapping[str, Any]) -> int:
    """Return how many cameras a job renders through, at least 1."""
    if options.get("camera") or scene is None:
        return 1
    said = str(scene.extra.get("renderable_cameras", "")).strip()
    if said.isdecimal():
        return max(int(said), 1)
    return max(len([name for name in said.split(",") if name.strip()]), 1)
