"""A scene that was dropped and is not queued yet: what the user wants of it, and what came of checking it."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from gettext import gettext as _
from pathlib import Path

from render_manager.domain.errors import UserError
from render_manager.domain.naming import frame_name
from render_manager.domain.scene import SceneInfo
from render_manager.engines.preparing import JobRequest, Preparation

MOST_SCENES_IN_FOLDER = 200

Prepared = Preparation | UserError
"""A job that can be queued or shown with its problems, or the reason why there is none."""

Prepare = Callable[[JobRequest, Callable[[Prepared | SceneInfo], None]], None]
"""Prepares a request away from the GUI thread and calls back on it.

The first call, as soon as the file is read, may bring the scene alone; the last one brings the result.
"""


@dataclass(slots=True)
class Draft:
    """One scene in the submit panel."""

    request: JobRequest
    scene: SceneInfo | None = None
    """What the file says, as soon as it is read."""
    result: Prepared | None = None
    """None while it is being looked at."""
    version: int = 0
    """Counts changes of the request, so that an answer to an older one is dropped."""
    texts: dict[str, str] = field(default_factory=dict)
    """What the user typed into the form, by field name."""

    @property
    def is_sound(self) -> bool:
        """Return whether it can be queued."""
        return isinstance(self.result, Preparation) and not self.result.errors

    @property
    def standing(self) -> str:
        """Return one line about it for the list."""
        if self.result is None:
            return _("reading…") if self.scene is None else _("looking for engines…")
        if isinstance(self.result, UserError):
            return _("cannot be rendered")
        if self.result.errors:
            return self.result.errors[0].text
        count = len(self.result.spec.frames)
        return _("{count} frames, ready").format(count=count)


def facts_of(scene: SceneInfo) -> str:
    """Return what a scene says, in one line."""
    frames = f"{scene.frame_start}-{scene.frame_end}"
    if scene.frame_step != 1:
        frames += f"x{scene.frame_step}"
    parts = [
        f"{scene.engine.capitalize()} {scene.engine_version_text}",
        scene.renderer.replace("BLENDER_", "").replace("_", " ").capitalize(),
        _("frames {frames}").format(frames=frames),
        f"{scene.width} × {scene.height}",
        _("{fps:g} fps").format(fps=scene.fps),
        _("scene {name}").format(name=scene.scene),
        _("camera {name}").format(name=scene.camera) if scene.camera else _("no camera"),
        _("layers {names}").format(names=", ".join(scene.layers)),
    ]
    return "  ·  ".join(part for part in parts if part)


def plan_of(preparation: Preparation) -> str:
    """Return what will be done, in one or two sentences."""
    spec, numbers = preparation.spec, preparation.spec.frames.numbers
    suffix = spec.output_suffix or ".png"
    first = f"{frame_name(spec.output_name, numbers[0])}{suffix}"
    last = f"{frame_name(spec.output_name, numbers[-1])}{suffix}"
    names = first if len(numbers) == 1 else _("{first} to {last}").format(first=first, last=last)
    return _("{engine} renders {count} frames into {folder}: {names}.").format(
        engine=f"{preparation.scene.engine.capitalize()} {preparation.installation.version_text}",
        count=len(numbers),
        folder=spec.output_dir,
        names=names,
    )


def scene_files(paths: Iterable[Path], suffixes: tuple[str, ...]) -> tuple[list[Path], list[Path]]:
    """Return (scene files, files that are none) among dropped files and folders; reads folders."""
    scenes: list[Path] = []
    others: list[Path] = []
    for path in paths:
        if path.is_dir():
            found = list(_scenes_below(path, suffixes))
            scenes += found
            others += [] if found else [path]
        elif path.suffix.lower() in suffixes:
            scenes.append(path)
        else:
            others.append(path)
    return scenes, others


def _scenes_below(folder: Path, suffixes: tuple[str, ...]) -> Iterator[Path]:
    count = 0
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() in suffixes and path.is_file():
            yield path
            count += 1
            if count >= MOST_SCENES_IN_FOLDER:
                return
