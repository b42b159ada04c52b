"""What is shipped that no Python package speaks for: a table, and what was compiled into a library."""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from steps.product import ROOT
from steps.report import StepFailedError

TEXTS = ROOT / "packaging" / "licences"
"""Where the table and the standard texts are."""
_IMAGE_LIBRARY = re.compile(
    r"(?:lib)?openimageio(?:-[0-9a-f]+)?(?:\.dll|\.so[.\d]*|[.\d]*\.dylib)", re.IGNORECASE
)
_NO_CODE = frozenset({"OpenGL", "Python3"})
"""Parts of the system that OpenImageIO names with what is compiled into it."""


@dataclass(frozen=True, slots=True)
class Component:
    """Something that is shipped, and its terms."""

    name: str
    licence: str
    homepage: str
    files: tuple[str, ...] = ()
    inside: str = ""
    dependency: str = ""
    texts: tuple[str, ...] = ()
    copyright: tuple[str, ...] = ()
    note: str = ""
    reason: str = ""

    def matches(self, file_name: str) -> bool:
        """Return whether a file is, or carries, this."""
        return any(re.fullmatch(pattern, file_name.lower()) for pattern in self.files)


@dataclass(frozen=True, slots=True)
class Ruling:
    """What we found out about a Python package whose own words are unclear, and why it may be shipped."""

    name: str
    says: str
    """The licence in its metadata; the ruling ends when that changes."""
    licence: str
    reason: str
    texts: tuple[str, ...] = ()
    own_texts: bool = True


@dataclass(frozen=True, slots=True)
class Table:
    """All components and rulings."""

    components: tuple[Component, ...]
    rulings: tuple[Ruling, ...]


def read_table(file: Path = TEXTS / "components.toml") -> Table:
    """Read the table; raises StepFailedError where a text it names is missing."""
    content = tomllib.loads(file.read_text("utf-8"))
    table = Table(
        tuple(Component(**_frozen(entry)) for entry in content.get("component", [])),
        tuple(Ruling(**_frozen(entry)) for entry in content.get("distribution", [])),
    )
    entries: list[Component | Ruling] = [*table.components, *table.rulings]
    for text in sorted({text for entry in entries for text in entry.texts}):
        if not text_file(text).is_file():
            raise StepFailedError(f"{file} names the text {text}, but there is no {text_file(text)}.")
    return table


def text_file(name: str) -> Path:
    """Return where a standard text is kept."""
    return TEXTS / f"{name}.txt"


def is_image_library(file: Path) -> bool:
    """Return whether a file is the library of OpenImageIO itself, which has many others compiled into it."""
    return _IMAGE_LIBRARY.fullmatch(file.name) is not None


def compiled_in(library: Path) -> list[str]:
    """Return the names of the libraries that OpenImageIO's own list says were compiled into it.

    The list is what `OpenImageIO.get_string_attribute("build:dependencies")` returns; it is
    read from the file, since the Python that asks cannot load the libraries of another system. Raises
    StepFailedError where a library holds no such list.
    """
    content = library.read_bytes()
    place = content.find(b"FFmpeg ")
    if place < 0:
        raise StepFailedError(f"{library} does not say what was compiled into it.")
    begin, end = content.rfind(b"\0", 0, place) + 1, content.find(b"\0", place)
    words = [
        entry.split() for entry in content[begin:end].decode("ascii", "replace").split(";") if entry.strip()
    ]
    return sorted({name for name, *version in words if version != ["NONE"] and name not in _NO_CODE})


def components_for(
    table: Table, *, files: Iterable[str], packages: Iterable[str], dependencies: Iterable[str]
) -> list[Component]:
    """Return what of the table is shipped, in its order."""
    names, keys, inside = set(files), set(packages), set(dependencies)
    return [
        component
        for component in table.components
        if component.inside in keys
        or component.dependency in inside
        or any(component.matches(name) for name in names)
    ]


def _frozen(entry: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in entry.items()}
