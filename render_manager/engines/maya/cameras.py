"""The cameras of a scene by the names `Render -cam` takes (engines/maya.md sections 2 and 6). Pure.

That is the name of the transform, which artists see in the outliner and which stands for `<Camera>` in file
names. A .ma and a .mb name it as the parent of the camera's shape, by the shortest path that is unique. A
camera that says nothing is renderable. Cameras inside references are known only where the scene changes
whether they are; which cameras a render layer switches on or off is not looked at.
"""

from dataclasses import dataclass

from render_manager.engines.maya.facts import Facts, Node
from render_manager.engines.maya.interests import CAMERAS


@dataclass(frozen=True, slots=True)
class Cameras:
    """Cameras of a scene."""

    names: tuple[str, ...]
    renderable: tuple[str, ...]
    may_be_elsewhere: bool
    """Whether a reference may bring cameras that are not known here."""


def cameras_of(facts: Facts) -> Cameras:
    """Return the cameras of a scene in its order."""
    found: dict[str, bool] = {}
    for node in facts.of(*CAMERAS):
        found[_name(node)] = node.flag("rnd", "renderable", default=True)
    for path, is_renderable in facts.camera_edits.items():
        found[_transform(path)] = is_renderable
    renderable = tuple(name for name, is_on in found.items() if is_on)
    return Cameras(tuple(found), renderable, any(each.is_loaded for each in facts.references.values()))


def _name(node: Node) -> str:
    return node.parent or node.name


def _transform(path: str) -> str:
    """Return the transform of a shape's path, such as `shot:cam` of `|shot:cam|shot:camShape`."""
    parts = path.strip("|").split("|")
    return parts[-2] if len(parts) > 1 else parts[0]
