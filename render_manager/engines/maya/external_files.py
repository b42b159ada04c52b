"""Which files a scene names are not on this computer: references, textures, caches.

Asks the file system, so it belongs on a thread that may wait. Paths are looked up the way Maya does: as
written, a relative one below the project, and what stands behind a double slash (`D:/show//tex/a.png`)
below the project too, which is where Maya goes when the rest is not there. A Windows drive on another system
is missing: that is where the scene would be rendered. What cannot be judged, such as an unknown variable or
a token in a folder's name, is not called missing.
"""

import os
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from render_manager.engines.disk import Disk
from render_manager.engines.maya.facts import Facts, Node
from render_manager.engines.maya.interests import FILE_ATTRIBUTES
from render_manager.engines.maya.workspace import Project

_VARIABLE = re.compile(r"\$\{(\w+)\}|\$(\w+)|%(\w+)%")
_TOKEN = re.compile(r"<[^<>/\\]*>|#+|%0?\d*d")
_TILE = "<udim>"
_COPY_NUMBER = re.compile(r"\{\d+\}$")
_URL = re.compile(r"\w{2,}://")
_UNKNOWN_LETTER = "\ufffd"
_MOST_TOKENS = 4
"""More tokens in one name are not looked for: nobody has them, and looking would take for ever."""


@dataclass(frozen=True, slots=True)
class MissingFiles:
    """Files that a scene names and this computer does not have, as the scene has them."""

    references: tuple[str, ...]
    others: tuple[str, ...]


def find_missing_files(facts: Facts, scene: Path, project: Project | None) -> MissingFiles:
    """Return what is missing, each file once, in the scene's order; references not loaded are left out."""
    search = _Search(scene, project)
    references = [each.path for each in facts.references.values() if each.is_loaded and each.depth == 1]
    missing = [path for path in dict.fromkeys(references) if search.lacks(path, "scene", is_sequence=False)]
    others = dict.fromkeys(_named_files(facts))
    lacking = [path for path, sequence in others if search.lacks(path, "sourceImages", is_sequence=sequence)]
    return MissingFiles(tuple(missing), tuple(dict.fromkeys(lacking)))


def _named_files(facts: Facts) -> Iterator[tuple[str, bool]]:
    """Yield paths, and whether other frames or tiles of the same name do as well."""
    for node in facts.nodes:
        for attribute in FILE_ATTRIBUTES.get(node.type, ()):
            path = node.text(attribute)
            if path and path.strip():
                yield path, _is_sequence(node)


def _is_sequence(node: Node) -> bool:
    tiling = node.number("uvt", "uvTilingMode")
    return node.flag("ufe", "useFrameExtension", default=False) or bool(tiling)


class _Search:
    """Looks for files from where a scene lies."""

    def __init__(self, scene: Path, project: Project | None) -> None:
        self._disk = Disk()
        self._scene_folder = scene.absolute().parent
        self._project = project

    def lacks(self, path: str, kind: str, *, is_sequence: bool) -> bool:
        """Return whether a file is surely not here; `kind` is the project's rule for relative paths."""
        expanded = _expanded(path)
        if expanded is None:
            return False
        return not any(self._has(each, is_sequence=is_sequence) for each in self._places(expanded, kind))

    def _has(self, path: str, *, is_sequence: bool) -> bool:
        if self._disk.has_file(path):
            return True
        place = Path(path)
        tokens = len(_TOKEN.findall(place.name))
        if tokens > _MOST_TOKENS or _TOKEN.search(str(place.parent)):
            return True
        if tokens:
            return self._disk.has_match(place.parent, _pattern(place.name))
        return is_sequence and self._disk.has_match(place.parent, _any_numbers(place.name))

    def _places(self, path: str, kind: str) -> Iterable[str]:
        head, double, rest = path[1:].partition("//")
        whole = path if not double else f"{path[:1]}{head}/{rest}"
        if _is_absolute(whole):
            yield whole
        folders = [self._scene_folder]
        if self._project is not None:
            folders = [self._project.folder, self._project.folder_of(kind), *folders]
        below = rest if double else "" if _is_absolute(whole) else whole
        if below:
            yield from (os.path.normpath(folder / below) for folder in folders)


def _expanded(path: str) -> str | None:
    """Return a path with its variables filled in and this system's slashes; None when it cannot be judged."""
    path = _COPY_NUMBER.sub("", path.strip())
    names = [next(part for part in groups if part) for groups in _VARIABLE.findall(path)]
    if not path or _UNKNOWN_LETTER in path or _URL.match(path) or any(n not in os.environ for n in names):
        return None
    filled = _VARIABLE.sub(lambda match: os.environ[match[1] or match[2] or match[3]], path)
    return os.path.expanduser(filled).replace("\\", "/")  # noqa: PTH111 - it may be no path of this system


def _is_absolute(path: str) -> bool:
    if sys.platform == "win32":
        return Path(path).is_absolute()
    return path.startswith("/") or path[1:3] == ":/"


def _pattern(name: str) -> re.Pattern[str]:
    """Return what the names of a file with tokens for tiles or frames look like."""
    parts: list[str] = []
    at = 0
    for match in _TOKEN.finditer(name):
        parts += [re.escape(name[at : match.start()]), _part(match[0])]
        at = match.end()
    return re.compile("".join([*parts, re.escape(name[at:])]), re.IGNORECASE)


def _part(token: str) -> str:
    if token.lower() == _TILE:
        return r"\d{4}"
    return r"-?\d+" if token[0] in "#%" else ".*?"


def _any_numbers(name: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\d+", r"\\d+", re.escape(name)), re.IGNORECASE)
