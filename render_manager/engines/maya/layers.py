"""The render layers of a scene by the names `Render -rl` takes, and frame ranges of their own. Pure.

Layers are the `renderLayer` nodes, for Render Setup those named `rs_<layer>`; `defaultRenderLayer`, shown as
masterLayer, is always there (engines/maya.md sections 2 and 6). Layers of another manager than the scene's
come from imports and are dead. A Render Setup override hangs below its layer through lists (`.pls`), at
most a few deep; ranges of legacy layers (`.adjs`) are not read.
"""

from collections.abc import Iterator

from render_manager.engines.maya.facts import OVERRIDES, Facts, Node

DEFAULT_LAYER = "defaultRenderLayer"
_MANAGER = "renderLayerManager"
_SETUP_PREFIX = "rs_"
_DEEPEST = 32


def layers_of(facts: Facts) -> dict[str, bool]:
    """Return every layer and whether it is switched on."""
    nodes = [node for node in facts.of("renderLayer") if _is_alive(facts, node)]
    layers = {node.name: node.flag("rndr", "renderable", default=True) for node in nodes}
    return layers if DEFAULT_LAYER in layers else {DEFAULT_LAYER: True, **layers}


def _is_alive(facts: Facts, node: Node) -> bool:
    if node.name == DEFAULT_LAYER:
        return True
    if node.flag("g", "global", default=False):
        return False
    return facts.parents.get(node.name, _MANAGER) == _MANAGER


def overridden_ranges(facts: Facts, start: float, end: float) -> dict[str, tuple[float, float]]:
    """Return the frames of layers that have frames of their own; `start` and `end` are the scene's."""
    setup_layers = {node.name for node in facts.of("renderSetupLayer")}
    ranges: dict[str, tuple[float, float]] = {}
    for node in facts.of(*OVERRIDES):
        layer = _layer_above(facts, node.name, setup_layers)
        if layer is None or node.text("tgName", "targetNodeName") not in (None, "defaultRenderGlobals"):
            continue
        name = _SETUP_PREFIX + layer
        first, last = ranges.get(name, (start, end))
        attribute = node.text("atr", "attribute")
        if attribute == "startFrame":
            ranges[name] = (_overridden(node, start), last)
        elif attribute == "endFrame":
            ranges[name] = (first, _overridden(node, end))
    layers = layers_of(facts)
    return {name: each for name, each in ranges.items() if name in layers and each != (start, end)}


def _overridden(node: Node, value: float) -> float:
    if node.type == "relUniqueOverride":
        multiply, offset = node.number("mul", "multiply"), node.number("ofs", "offset")
        return value * (1.0 if multiply is None else multiply) + (offset or 0.0)
    absolute = node.number("atv", "attrValue")
    return value if absolute is None else absolute


def _layer_above(facts: Facts, name: str, layers: set[str]) -> str | None:
    for above in _above(facts, name):
        if above in layers:
            return above
    return None


def _above(facts: Facts, name: str) -> Iterator[str]:
    for _step in range(_DEEPEST):
        parent = facts.parents.get(name)
        if parent is None:
            return
        yield parent
        name = parent
