"""A scene that was dropped and is not queued yet: what the user wants of it, and what came of checking it."""

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from render_manager.domain.errors import UserError
from render_manager.domain.jobspec import Existing
from render_manager.domain.naming import frame_name
from render_manager.domain.scene import Problem, SceneInfo
from render_manager.domain.texts import gettext as _
from render_manager.domain.texts import ngettext
from render_manager.engines.preparing import JobRequest, Preparation, absolute
from render_manager.engines.protocols import OptionField

MOST_SCENES_IN_FOLDER = 200
MOST_ENTRIES_IN_FOLDER = 200_000
"""A folder with more files and folders below it, a whole disk perhaps, is not walked to its end."""

Prepared = Preparation | UserError
"""A job that can be queued or shown with its problems, or the reason why there is none."""

Prepare = Callable[[JobRequest, Callable[[Prepared | SceneInfo], None]], None]
"""Prepares a request away from the GUI thread and calls back on it.

The first call, as soon as the file is read, may bring the scene alone; the last one brings the result.
"""


FieldsOf = Callable[[Path, SceneInfo | None], Sequence[OptionField]]
"""Returns the options a form offers for a file, with and without knowing what is in it; GUI thread."""


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
    fields: Sequence[OptionField] = ()
    """The options that the form offers for this kind of file."""
    choices: dict[str, Any] = field(default_factory=dict)
    """The options chosen in the form's fields, apart from those typed as text."""

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
            return _("cannot be rendered") if self.scene is None else _("something is missing")
        if self.result.errors:
            return self.result.errors[0].text
        count = len(self.result.spec.frames)
        return ngettext("{count} frame, ready", "{count} frames, ready", count).format(count=count)


def facts_of(scene: SceneInfo) -> str:
    """Return what a scene says, in one line; what it does not say is left out."""
    camera = _("camera {name}").format(name=scene.camera) if scene.camera else ""
    if any(problem.code == "no-camera" for problem in scene.problems):
        camera = _("no camera")
    parts = [
        f"{scene.engine.capitalize()} {scene.engine_version_text}".strip(),
        scene.renderer.replace("BLENDER_", "").replace("_", " ").capitalize(),
        _("frames {frames}").format(frames=_range_of(scene)) if scene.has_frame_range else "",
        f"{scene.width} × {scene.height}" if scene.width and scene.height else "",
        _("{fps:g} fps").format(fps=scene.fps) if scene.fps else "",
        _("scene {name}").format(name=scene.scene) if scene.scene else "",
        camera,
        _("layers {names}").format(names=", ".join(scene.layers)) if scene.layers else "",
    ]
    return "  ·  ".join(part for part in parts if part)


def _range_of(scene: SceneInfo) -> str:
    step = "" if scene.frame_step == 1 else f"x{scene.frame_step}"
    return f"{scene.frame_start}-{scene.frame_end}{step}"


def plan_of(preparation: Preparation) -> str:
    """Return what will be done, in one or two sentences."""
    spec, numbers = preparation.spec, preparation.spec.frames.numbers
    suffix = spec.output_suffix
    first = f"{frame_name(spec.output_name, numbers[0])}{suffix}"
    last = f"{frame_name(spec.output_name, numbers[-1])}{suffix}"
    names = first if len(numbers) == 1 else _("{first} to {last}").format(first=first, last=last)
    return ngettext(
        "{engine} renders {count} frame into {folder}: {names}.",
        "{engine} renders {count} frames into {folder}: {names}.",
        len(numbers),
    ).format(
        engine=f"{preparation.scene.engine.capitalize()} {preparation.installation.version_text}",
        count=len(numbers),
        folder=spec.output_dir,
        names=names,
    )


def existing_words() -> dict[Existing, str]:
    """Return what can be done about files that are there, in the present language."""
    return {
        Existing.SKIP: _("keep files that are whole"),
        Existing.OVERWRITE: _("replace files that are there"),
        Existing.VERSION: _("render into a new folder"),
    }


def advice_on(problem: Problem, preparation: Preparation) -> str:
    """Return what can be done about a problem here; engines' advice is for the command line, too."""
    if problem.code == "existing-frames":
        others = [
            f"“{text}”" for one, text in existing_words().items() if one is not preparation.spec.existing
        ]
        return _("Under “Existing files” you can also choose {one} or {other}.").format(
            one=others[0], other=others[1]
        )
    if problem.code == "no-camera" and not preparation.scene.cameras:
        return _("Add a camera to the scene in Blender, make it the active one, and save.")
    return problem.advice


@dataclass(slots=True)
class Found:
    """What was found among dropped files and folders."""

    scenes: list[Path] = field(default_factory=list)
    others: list[Path] = field(default_factory=list)
    """Files that are no scenes, folders that hold none."""
    is_cut: bool = False
    """Whether a folder held more than was looked at."""


def scene_files(paths: Iterable[Path], suffixes: tuple[str, ...]) -> Found:
    """Sort dropped files and folders into scenes and others; reads folders, so not for the GUI thread."""
    found = Found()
    for path in map(absolute, paths):
        if path.is_dir():
            before = len(found.scenes)
            found.is_cut |= _walk(path, suffixes, found.scenes)
            found.others += [] if len(found.scenes) > before else [path]
        elif path.suffix.lower() in suffixes:
            found.scenes.append(path)
        else:
            found.others.append(path)
    return found


def _walk(folder: Path, suffixes: tuple[str, ...], scenes: list[Path]) -> bool:
    """Add the scenes below a folder, in the order of their names; return whether some were left out."""
    found = entries = 0
    for here, folders, names in os.walk(folder):
        folders.sort()
        entries += len(folders) + len(names)
        for name in sorted(names):
            if not name.lower().endswith(suffixes):
                continue
            if found == MOST_SCENES_IN_FOLDER:
                return True
            scenes.append(Path(here, name))
            found += 1
        if entries > MOST_ENTRIES_IN_FOLDER:
            return True
    return False
