"""Which channels of a file belong together, and which of them an artist wants to see.

Channel names are `layer.component`; the names of layers are those that Blender, Maya's renderers and
Unreal write. Pure: no image library here.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum


class Meaning(IntEnum):
    """What the values of a layer are, which decides how they are shown; the best to show comes first."""

    COLOUR = 0
    """Light: red, green, blue."""
    LUMINANCE = 1
    """One channel of light."""
    VECTOR = 2
    """Directions or positions: shown from -1 to 1."""
    DEPTH = 3
    """Distances: shown from near to far."""
    IDENTITY = 4
    """Cryptomatte hashes: nothing to see."""


@dataclass(frozen=True, slots=True)
class Layer:
    """Channels of one part that belong together."""

    part: int
    """Number of the part, from 0."""
    name: str
    """Name of the layer, empty for the unnamed main one."""
    channels: tuple[int, ...]
    """Numbers of the channels in their part, in the order red, green, blue, alpha."""
    meaning: Meaning
    has_alpha: bool


_COMPONENTS = {"red": "r", "green": "g", "blue": "b", "alpha": "a", "luminance": "y"}
_MAIN = {"combined", "beauty", "rgba", "rgb", "final", "finalimage", "composite", "main", "default"}
"""Names of the finished picture, in lower case."""
_HELPERS = {
    *("n", "p", "uv", "st", "normal", "normals", "position", "vector", "motion", "motionvector", "velocity"),
    *("pref", "nref", "ao", "id", "mask", "matte", "shadow", "depth", "z", "albedo", "denoising"),
}
"""Names of layers that are colour by their channels only, in lower case."""
_DEPTH_NAMES = {"z", "depth", "zdepth", "deptha", "distance"}


def layers_of(parts: Iterable[tuple[str, Sequence[str]]]) -> list[Layer]:
    """Sort the channels of parts, given as (part name, channel names), into layers."""
    found = []
    for number, (part_name, channels) in enumerate(parts):
        groups: dict[str, dict[str, int]] = {}
        for index, channel in enumerate(channels):
            prefix, _, component = channel.rpartition(".")
            groups.setdefault(prefix, {}).setdefault(_component(component), index)
        for prefix, components in groups.items():
            found += _layers_of_group(number, _full_name(part_name, prefix), components)
    return found


def best_layer(layers: Sequence[Layer]) -> Layer:
    """Return the layer that is most like the finished picture, the first of those that are."""
    return min(layers, key=_rank)


def qualified(part_name: str, channel: str) -> str:
    """Return the name of a channel with the name of its part, unless it has a layer of its own."""
    return f"{part_name}.{channel}" if part_name and "." not in channel else channel


def _component(name: str) -> str:
    lower = name.lower()
    return _COMPONENTS.get(lower, lower)


def _full_name(part_name: str, prefix: str) -> str:
    return prefix or part_name


def _layers_of_group(part: int, name: str, components: dict[str, int]) -> list[Layer]:
    rest = dict(components)
    layers = []

    def take(keys: str, meaning: Meaning) -> None:
        indices = tuple(rest.pop(key) for key in keys)
        has_alpha = meaning in (Meaning.COLOUR, Meaning.LUMINANCE) and "a" in rest
        if has_alpha:
            indices += (rest.pop("a"),)
        layers.append(Layer(part, name, indices, _special(name, meaning), has_alpha))

    for keys, meaning in (("rgb", Meaning.COLOUR), ("xyz", Meaning.VECTOR), ("y", Meaning.LUMINANCE)):
        if all(key in rest for key in keys):
            take(keys, meaning)
    for key, index in rest.items():
        is_depth = key in _DEPTH_NAMES or _words(name) & _DEPTH_NAMES
        meaning = Meaning.DEPTH if is_depth else Meaning.LUMINANCE
        own_name = name
        if layers or len(rest) > 1 or (is_depth and not name):
            own_name = f"{name}.{key.upper()}".lstrip(".")
        layers.append(Layer(part, own_name, (index,), _special(name, meaning), has_alpha=False))
    return layers


def _special(name: str, meaning: Meaning) -> Meaning:
    return Meaning.IDENTITY if "crypto" in name.lower() else meaning


def _words(name: str) -> set[str]:
    return set(re.split(r"[._/:\s-]+", name.lower()))


def _rank(layer: Layer) -> tuple[int, int, int]:
    words = _words(layer.name)
    if words & _MAIN:
        quality = 0
    elif not layer.name:
        quality = 1
    elif words & _HELPERS:
        quality = 3
    else:
        quality = 2
    is_lone_component = len(layer.channels) == 1 and layer.meaning is Meaning.LUMINANCE
    return layer.meaning, quality, int(is_lone_component)
