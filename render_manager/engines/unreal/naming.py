"""Where a job's frames go: names that no two different jobs of one project share.

The second of two jobs with the same names would take the first one's pictures for its own. So whatever
decides what is in the picture is in the name, behind a dot, which no asset's name can hold.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from render_manager.domain.scene import SceneInfo
from render_manager.engines.protocols import ScenePaths
from render_manager.engines.unreal.assets import name_of, package_of

_RENDERS_FOLDER = Path("Saved/MovieRenders")
"""Where Movie Render Queue writes unless told otherwise (`engines/unreal.md` section 6)."""
_CONFIGURATIONS = ("preset", "queue", "graph")
_FOLDER_SIGN = "~"
"""Between the folders of an asset's path in a file name; Unreal's names cannot hold this sign either."""


def output_of(scene: SceneInfo, options: Mapping[str, Any]) -> ScenePaths:
    """Return where a job's frames go: as Unreal itself would put them, told apart by what is chosen.

    `Intro` for the sequence alone, `Intro.Final` with a preset, `Intro.Final.Night` in another map than the
    project's own.
    """
    name = ".".join(_labels(scene, options))
    return ScenePaths(scene.path.parent / _RENDERS_FOLDER / name, f"{name}.####")


def _labels(scene: SceneInfo, options: Mapping[str, Any]) -> Iterable[str]:
    chosen = str(options.get("sequence") or "")
    if not chosen and not options.get("queue"):
        chosen = scene.scene
    yield _label(chosen, scene, ("sequence",)) or scene.path.stem
    others = (*_CONFIGURATIONS, "map")
    for name in others:
        path = str(options.get(name) or "")
        if path and not (name == "map" and _is_default(scene, path)):
            yield _label(path, scene, others)


def _is_default(scene: SceneInfo, path: str) -> bool:
    return package_of(path).lower() == package_of(scene.extra.get("default map", "")).lower()


def _label(path: str, scene: SceneInfo, kinds: Iterable[str]) -> str:
    """Return an asset's name, with the folders in front where others of these kinds bear the same name."""
    name, package = name_of(path), package_of(path)
    for kind in kinds:
        for other in scene.choices.get(kind, ()):
            if name_of(other).lower() == name.lower() and package_of(other).lower() != package.lower():
                return package.removeprefix("/").removeprefix("Game/").replace("/", _FOLDER_SIGN)
    return name
