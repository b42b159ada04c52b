"""Finds the content folders of a project's own plug-ins, whose assets are named `/<plug-in>/…`."""

import os
from collections.abc import Iterator
from pathlib import Path

from render_manager.engines.unreal.content import GAME
from render_manager.engines.unreal.project import Project

_DEEPEST = 4
"""Plug-ins lie directly in `Plugins`, or in groups inside it."""
_WITHOUT_PLUGINS = frozenset({"source", "binaries", "intermediate", "content", "resources", "config"})


def content_folders(project: Project) -> list[tuple[str, Path]]:
    """Return each root and its folder: the project's own, then those of its plug-ins that are not off."""
    found = [(GAME, project.content)]
    for folder in project.plugin_folders:
        for name, content in _below(str(folder), 0):
            if project.plugin_state(name) is not False:
                found.append((name, content))
    return found


def mounts(project: Project) -> dict[str, Path]:
    """Return the folder behind each root, by its name in lower case."""
    return {name.lower(): folder for name, folder in content_folders(project)}


def _below(folder: str, depth: int) -> Iterator[tuple[str, Path]]:
    try:
        with os.scandir(folder) as entries:
            inside = sorted(entries, key=lambda entry: entry.name)
    except OSError:
        return
    names = [entry.name for entry in inside if entry.name.endswith(".uplugin")]
    if names:
        content = Path(folder, "Content")
        if content.is_dir():
            yield names[0].removesuffix(".uplugin"), content
        return
    for entry in inside:
        if depth < _DEEPEST and entry.is_dir() and entry.name.lower() not in _WITHOUT_PLUGINS:
            yield from _below(entry.path, depth + 1)
