"""What is collected from a scene, the same for .ma and .mb: its head, and the nodes that matter. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, field

Value = str | float

OVERRIDES = ("absUniqueOverride", "relUniqueOverride")
"""Types of Render Setup nodes that change one attribute of one node, such as the first frame."""


class TruncatedError(Exception):
    """The file ends before its render settings."""


class DamagedError(Exception):
    """The file holds something that cannot be; the text says what."""


@dataclass(slots=True)
class Node:
    """One node with those of its attributes that matter; what is at its default is not in the file."""

    type: str
    name: str
    parent: str = ""
    """Transform above a shape, as the file names it: the shortest path Maya found to be unique."""
    values: dict[str, Value] = field(default_factory=dict)
    """By the attribute's name as written, short or long, without the dot."""

    def text(self, *names: str) -> str | None:
        """Return the first of these attributes that holds a text."""
        for name in names:
            value = self.values.get(name)
            if isinstance(value, str):
                return value
        return None

    def number(self, *names: str) -> float | None:
        """Return the first of these attributes that holds a number; yes is 1 and no is 0."""
        for name in names:
            value = self.values.get(name)
            if isinstance(value, float):
                return value
        return None

    def flag(self, *names: str, default: bool) -> bool:
        """Return whether the first of these attributes that is there is on."""
        value = self.number(*names)
        return default if value is None else value != 0


@dataclass(slots=True)
class Reference:
    """A scene that this one refers to."""

    path: str
    is_loaded: bool = True
    depth: int = 1
    """1 for those of the scene itself, more for those of its references."""


@dataclass(slots=True)
class Facts:
    """Everything one pass over a scene found."""

    kind: str
    """`ascii` or `binary`."""
    version: str = ""
    """What it says it requires, such as `2023` or `2018ff09`."""
    codeset: str = ""
    time_unit: str = "film"
    linear_unit: str = ""
    angular_unit: str = ""
    file_info: dict[str, str] = field(default_factory=dict)
    plugins: dict[str, str] = field(default_factory=dict)
    """Plug-ins it requires, name to version."""
    references: dict[str, Reference] = field(default_factory=dict)
    """By the name of the reference node."""
    nodes: list[Node] = field(default_factory=list)
    """Nodes the scene creates, of the types that matter."""
    selected: dict[str, Node] = field(default_factory=dict)
    """Nodes Maya makes itself, whose values the scene changes, by name without the colon."""
    camera_edits: dict[str, bool] = field(default_factory=dict)
    """Cameras in references whose `renderable` this scene sets, by the path of the shape."""
    parents: dict[str, str] = field(default_factory=dict)
    """Whose list a Render Setup node is in, and which manager a render layer belongs to."""
    is_complete: bool = True
    """Whether its end is there."""

    def of(self, *types: str) -> Iterator[Node]:
        """Yield the nodes of these types in the file's order."""
        return (node for node in self.nodes if node.type in types)

    def named(self, name: str) -> Node:
        """Return a node by name, one without values when it is not there."""
        found = self.selected.get(name)
        if found is None:
            found = next((node for node in self.nodes if node.name == name), None)
        return found or Node("", name)

    @property
    def needs_parents(self) -> bool:
        """Whether it takes `parents` to tell the layers apart."""
        managers = sum(1 for _node in self.of("renderLayerManager"))
        return managers > 1 or any(True for _node in self.of(*OVERRIDES))
