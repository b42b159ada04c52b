"""What speaks against a scene as it is, or only looks odd: a sentence, the field it is about, and choices."""

import os
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from render_manager.domain.errors import UserError
from render_manager.domain.frameset import FrameSet
from render_manager.domain.jobspec import Existing
from render_manager.domain.scene import Problem, SceneInfo, Severity
from render_manager.domain.texts import gettext as _
from render_manager.domain.texts import ngettext
from render_manager.engines.preparing import Preparation
from render_manager.ui.submit_draft import Draft, Health

MANY_FRAMES = 10_000
SMALLEST_USUAL_PX = 128
FEW_SAMPLES = 4
LARGEST_USUAL_PX = 16_384
MOST_CAMERAS_OFFERED = 3
MOST_NAMED = 3
DEFAULT_RANGE = (1, 250)
"""What Blender gives every new scene; one nobody set, perhaps."""
TEMPORARY_FOLDERS = ("/tmp", "/var/tmp", "/private/tmp")  # noqa: S108 - to be recognised, not written to


@dataclass(frozen=True, slots=True)
class Choice:
    """A button: sets a field to a value, or only leads to it."""

    text: str
    field: str
    value: Any = None
    """None leads to the field without changing it."""
    tip: str = ""
    is_current: bool = False


@dataclass(frozen=True, slots=True)
class Concern:
    """One thing the user should know or decide."""

    code: str
    severity: Severity
    text: str
    field: str = ""
    """Name of the field whose value it is about; it is coloured."""
    choices: tuple[Choice, ...] = ()
    details: tuple[str, ...] = ()
    """Lines that can be unfolded and copied, such as the names of missing files."""


_FIELDS = {
    "no-camera": "camera",
    "camera-missing": "camera",
    "several-cameras": "camera",
    "empty-range": "frames",
    "frame-limit": "frames",
    "outside-range": "frames",
    "layer-ranges": "frames",
    "batch-negative": "frames",
    "same-files": "output",
    "folder-not-used": "output",
    "newer-scene": "installation",
    "older-scene": "installation",
    "newer-project": "installation",
    "older-project": "installation",
    "image-too-small": "resolution_percent",
    "embedded-scripts": "scripts",
    "layer-missing": "layers",
    "renderer-missing": "renderer",
    "renderer-unfit": "renderer",
    "project-missing": "project",
    "no-project": "project",
    "sequence-not-chosen": "sequence",
    "no-sequence-found": "sequence",
    "map-not-chosen": "map",
    "no-preset": "preset",
    "cut-shots": "cut_shots",
}
"""The field that an engine's problem is about, by the problem's code."""
_ABOUT_VERSIONS = frozenset(
    {"newer-scene", "older-scene", "newer-project", "older-project", "version-unknown"}
)


def concerns_of(draft: Draft) -> tuple[Concern, ...]:
    """Return everything about a draft, what forbids rendering first."""
    if draft.result is None:
        return ()
    if isinstance(draft.result, UserError):
        return (_refusal(draft, draft.result),)
    found = [_of_problem(problem, draft, draft.result) for problem in draft.result.problems]
    found += _oddities(draft, draft.result)
    return tuple(sorted(found, key=lambda one: one.severity is not Severity.ERROR))


def _refusal(draft: Draft, error: UserError) -> Concern:
    field = ""
    if draft.scene is not None:
        field = _refused_field(draft, str(error))
    choices: tuple[Choice, ...] = ()
    if field == "output":
        choices = (Choice(_("Choose folder…"), "browse"),)
    elif field == "installation" and any(one.name == field and one.choices for one in draft.fields):
        choices = (Choice(_("Choose installation"), "installation"),)
    elif field == "frames":
        choices = (Choice(_("Edit frames"), "frames"),)
        has_sequences = any(one.name == "sequence" and one.choices for one in draft.fields)
        if has_sequences and not draft.request.options.get("sequence"):
            # What says which frames there are, and is asked for first.
            choices = (Choice(_("Choose level sequence…"), "sequence"), *choices)
    return Concern("refused", Severity.ERROR, str(error), field, choices)


def _refused_field(draft: Draft, text: str) -> str:
    try:
        FrameSet.parse(draft.request.frames or "1")
    except UserError:
        return "frames"
    if draft.scene is not None and not draft.request.frames and not draft.scene.has_frame_range:
        return "frames"
    output = draft.request.output
    if output is not None and str(output) in text:
        return "output"
    version = "" if draft.scene is None else draft.scene.engine_version_text
    if version and version in text and not draft.request.frames:
        return "installation"
    return ""


def _of_problem(problem: Problem, draft: Draft, job: Preparation) -> Concern:
    field = _FIELDS.get(problem.code, "")
    text = f"{problem.text} {problem.advice}".strip()
    plain = Concern(problem.code, problem.severity, text, field)
    if problem.code in ("no-camera", "several-cameras"):
        return _of_cameras(problem, plain, job.scene)
    if problem.code == "existing-frames":
        return _existing(draft, job)
    if problem.code == "missing-files":
        return replace(plain, text=_missing_text(problem, job.scene), details=job.scene.missing_files)
    if problem.code == "embedded-scripts" and problem.severity is Severity.WARNING:
        run = Choice(_("Run them"), "scripts", True, _("Only if you trust where the scene comes from"))
        return replace(plain, text=problem.text, field="", choices=(run,))
    if problem.code == "same-files":
        own = job.spec.output_dir.with_name(f"{job.spec.output_dir.name}_{job.spec.name}")
        use = Choice(_("Use {name}").format(name=own.name), "output", str(own), str(own))
        return replace(plain, text=problem.text, choices=(use, Choice(_("Choose folder…"), "browse")))
    return replace(plain, choices=_way_to(field, draft))


def _way_to(field: str, draft: Draft) -> tuple[Choice, ...]:
    """Return a button that leads to a field, if the form has it."""
    if field == "frames":
        return (Choice(_("Edit frames"), "frames"),)
    if field == "output":
        return (Choice(_("Choose folder…"), "browse"),)
    if field == "installation":
        return (Choice(_("Choose installation"), "installation"),)
    label = next((one.label for one in draft.fields if one.name == field), "")
    return (Choice(_("Edit “{field}”").format(field=label), field),) if label else ()


def _missing_text(problem: Problem, scene: SceneInfo) -> str:
    """Name the first missing files without their folders; the list has them whole."""
    count = len(scene.missing_files)
    if not count:
        return f"{problem.text} {problem.advice}".strip()
    names = [re.split(r"[/\\\\]", path)[-1] for path in scene.missing_files[:MOST_NAMED]]
    if count > MOST_NAMED:
        text = _("{count:,} files are missing, such as {names}. {advice}")
    else:
        text = ngettext(
            "{count} file is missing: {names}. {advice}",
            "{count} files are missing: {names}. {advice}",
            count,
        )
    return text.format(count=count, names=", ".join(names), advice=problem.advice)


def _of_cameras(problem: Problem, plain: Concern, scene: SceneInfo) -> Concern:
    if not scene.cameras and problem.code == "no-camera" and scene.engine == "blender":
        advice = _("Add a camera to the scene in Blender, make it the active one, and save.")
        return replace(plain, text=f"{problem.text} {advice}")
    offered = scene.cameras[:MOST_CAMERAS_OFFERED]
    choices = tuple(Choice(_("Use “{name}”").format(name=name), "camera", name) for name in offered)
    if len(scene.cameras) > len(offered):
        choices = (*choices, Choice(_("Choose camera…"), "camera"))
    return replace(plain, choices=choices)


def _existing(draft: Draft, job: Preparation) -> Concern:
    """Tell how many frames are there, how whole they are, and what each choice would do, in numbers."""
    there, total = job.existing_files, len(job.spec.frames)
    health = draft.health
    damaged = len(health.damaged) if health is not None else 0
    now = job.spec.existing
    skip = _("Keep whole ones, render {count:,}").format(count=total - there + damaged)
    overwrite = _("Replace all {count:,}").format(count=there)
    choices = (
        Choice(skip, "existing", Existing.SKIP, _("What is whole stays"), now is Existing.SKIP),
        Choice(
            overwrite,
            "existing",
            Existing.OVERWRITE,
            _("Each new frame takes the place of the old one when it is whole"),
            now is Existing.OVERWRITE,
        ),
        Choice(
            _("New version"),
            "existing",
            Existing.VERSION,
            _("All {count:,} frames into a new folder beside this one").format(count=total),
            now is Existing.VERSION,
        ),
    )
    details = health.damaged if health is not None else ()
    field = "existing" if now is Existing.OVERWRITE else ""
    text = _existing_text(there, total, health)
    return Concern("existing-frames", Severity.WARNING, text, field, choices, details)


def _existing_text(there: int, total: int, health: Health | None) -> str:
    if health is None or not health.checked:
        return ngettext(
            "{there:,} of {total:,} frames is in the output folder already.",
            "{there:,} of {total:,} frames are in the output folder already.",
            there,
        ).format(there=there, total=total)
    if health.checked < health.total:
        text = ngettext(
            "{there:,} of {total:,} frames is in the output folder already; "
            "{checked:,} looked at so far: {whole:,} whole, {damaged:,} damaged.",
            "{there:,} of {total:,} frames are in the output folder already; "
            "{checked:,} looked at so far: {whole:,} whole, {damaged:,} damaged.",
            there,
        )
    else:
        text = ngettext(
            "{there:,} of {total:,} frames is in the output folder already: "
            "{whole:,} whole, {damaged:,} damaged.",
            "{there:,} of {total:,} frames are in the output folder already: "
            "{whole:,} whole, {damaged:,} damaged.",
            there,
        )
    damaged = len(health.damaged)
    return text.format(there=there, total=total, checked=health.checked, whole=health.whole, damaged=damaged)


def _oddities(draft: Draft, job: Preparation) -> Iterator[Concern]:
    """Yield what can be rendered and yet is perhaps not meant."""
    yield from _odd_frames(draft, job)
    yield from _odd_size(job)
    yield from _odd_output(job)
    yield from _odd_version(job)
    yield from _room(draft)
    samples = _whole(job, "samples")
    if 0 < samples < FEW_SAMPLES:
        text = ngettext(
            "{count} sample a pixel is only good for a try.",
            "{count} samples a pixel are only good for a try.",
            samples,
        )
        yield _odd("few-samples", text.format(count=samples), "samples", Choice(_("Edit"), "samples"))


def _whole(job: Preparation, option: str) -> int:
    """Return an option that is a whole number, 0 when it is not set."""
    value = job.spec.options.get(option)
    return value if isinstance(value, int) else 0


def _odd(code: str, text: str, field: str, *choices: Choice) -> Concern:
    return Concern(code, Severity.WARNING, text, field, choices)


def _odd_frames(draft: Draft, job: Preparation) -> Iterator[Concern]:
    count, edit = len(job.spec.frames), Choice(_("Edit frames"), "frames")
    scene = job.scene
    if count > MANY_FRAMES:
        text = _("{count:,} frames are more than most films have.").format(count=count)
        yield _odd("many-frames", text, "frames", edit)
    elif count == 1 and not draft.request.frames:
        text = _("Only frame {frame} is set to render.").format(frame=scene.frame_start)
        yield _odd("one-frame", text, "frames", edit)
    is_default = (scene.frame_start, scene.frame_end) == DEFAULT_RANGE and scene.engine == "blender"
    if is_default and not draft.request.frames:
        text = _("The range 1-250 is what Blender gives every new scene; perhaps nobody set it.")
        yield _odd("default-range", text, "frames", edit)


def _odd_size(job: Preparation) -> Iterator[Concern]:
    width, height = job.spec.width, job.spec.height
    percent = _whole(job, "resolution_percent")
    saved = job.scene.extra.get("resolution_percentage", "")
    full = Choice(_("Use 100 %"), "resolution_percent", 100)
    if percent and percent < 100:
        text = _("Renders at {percent} % of the scene's size.").format(percent=percent)
        yield _odd("percentage", text, "resolution_percent", full)
    elif not percent and saved.isdigit() and int(saved) != 100:
        text = _("The scene is set to {percent} % of its size.").format(percent=saved)
        yield _odd("percentage", text, "resolution_percent", full)
    elif width and height and min(width, height) < SMALLEST_USUAL_PX:
        text = _("{width} × {height} pixels are few.").format(width=width, height=height)
        yield _odd("small-picture", text, "resolution_percent", Choice(_("Edit"), "resolution_percent"))
    if max(width, height) > LARGEST_USUAL_PX:
        text = _("{width} × {height} pixels are more than most computers can render.").format(
            width=width, height=height
        )
        yield _odd("large-picture", text, "resolution_percent", Choice(_("Edit"), "resolution_percent"))


def _odd_output(job: Preparation) -> Iterator[Concern]:
    folder = job.spec.output_dir
    if _is_temporary(folder) and not _is_temporary(job.scene.path):
        text = _("The frames would go to {folder}, which the system may empty.").format(folder=folder)
        yield _odd("temporary-output", text, "output", Choice(_("Choose folder…"), "browse"))


def _is_temporary(path: Path) -> bool:
    text = os.path.normcase(path)
    places = [os.path.normcase(one) for one in (tempfile.gettempdir(), *TEMPORARY_FOLDERS)]
    return any(text == place or text.startswith(place + os.sep) for place in places)


def _odd_version(job: Preparation) -> Iterator[Concern]:
    theirs, ours = job.scene.engine_version, job.installation.version
    if any(problem.code in _ABOUT_VERSIONS for problem in job.problems):
        return
    if theirs and ours[: len(theirs)] > theirs:
        text = _("The scene was saved by {engine} {theirs} and renders with {ours}; it may look different.")
        yield _odd(
            "other-version",
            text.format(
                engine=job.scene.engine.capitalize(),
                theirs=job.scene.engine_version_text,
                ours=job.installation.version_text,
            ),
            "installation",
            Choice(_("Choose installation"), "installation"),
        )


def _room(draft: Draft) -> Iterator[Concern]:
    outlook = draft.outlook
    if outlook is not None and outlook.does_not_fit:
        text = _("The frames will not fit on the disk of {folder}.").format(folder=outlook.folder)
        yield _odd("no-room", text, "output", Choice(_("Choose folder…"), "browse"))
