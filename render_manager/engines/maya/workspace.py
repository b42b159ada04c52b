"""The Maya project a scene belongs to, from the `workspace.mel` above it; without it paths lead nowhere.

Waits on the disk. File rules as Maya writes them, `workspace -fr "images" "images";`, and for old projects
`-rt` (engines/maya.md section 2: a wrong project means missing textures).
"""

import os
from dataclasses import dataclass, field
from pathlib import Path, PureWindowsPath

from render_manager.engines.maya.codeset import Codeset
from render_manager.engines.maya.mel import words

_FILE = "workspace.mel"
_SCENES = "scenes"
_LARGEST = 1 << 20
_RULE_FLAGS = frozenset({"-fr", "-fileRule", "-rt", "-renderType"})
_DEFAULT_RULES = {"images": "images", "sourceImages": "sourceimages", "scene": "scenes"}


@dataclass(frozen=True, slots=True)
class Project:
    """A Maya project."""

    folder: Path
    rules: dict[str, str] = field(default_factory=dict)
    """Kind of file to folder, as `workspace.mel` has it."""

    def folder_of(self, kind: str) -> Path:
        """Return the folder for a kind of file, such as `images` or `sourceImages`."""
        rule = self.rules.get(kind) or _DEFAULT_RULES.get(kind, "")
        if os.name != "nt" and PureWindowsPath(rule).is_absolute():
            return self.folder / _DEFAULT_RULES.get(kind, "")
        return Path(os.path.normpath(self.folder / rule))


def find_project(scene: Path) -> Project | None:
    """Return the project a scene lies in: the nearest folder above it with a `workspace.mel`.

    Without one, the folder above the nearest `scenes` folder; None when there is neither.
    """
    folders = scene.absolute().parents
    for folder in folders:
        rules = _read_rules(folder / _FILE)
        if rules is not None:
            return Project(folder, rules)
    for folder in folders:
        if folder.name.lower() == _SCENES and folder.parent != folder:
            return Project(folder.parent)
    return None


def _read_rules(path: Path) -> dict[str, str] | None:
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST)
    except (OSError, ValueError):
        return None
    rules: dict[str, str] = {}
    for line in Codeset("UTF-8").decode(data).splitlines():
        found = words(line, limit=16)
        for place, word in enumerate(found[:-2]):
            if word.text in _RULE_FLAGS and not word.is_quoted:
                rules[found[place + 1].text] = found[place + 2].text
    return rules
