"""What an artist should know about a scene before it is rendered. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from render_manager.domain.scene import Problem, Severity
from render_manager.domain.texts import gettext as _
from render_manager.domain.texts import ngettext
from render_manager.engines.maya.cameras import Cameras
from render_manager.engines.maya.external_files import MissingFiles
from render_manager.engines.maya.facts import Facts
from render_manager.engines.maya.render_settings import RenderSettings
from render_manager.engines.maya.script_nodes import Scripts
from render_manager.engines.rule import N_

_NAMED_IN_TEXT = 3
_LOOK_AT_SCRIPTS = N_(
    "Maya's Render cannot be told to leave them out. Look at them in Maya's Expression Editor if you do not "
    "know where this scene comes from."
)


@dataclass(frozen=True, slots=True)
class Findings:
    """Everything that was found out about a scene."""

    facts: Facts
    settings: RenderSettings
    cameras: Cameras
    layers: dict[str, bool]
    missing: MissingFiles
    scripts: Scripts


def problems_of(found: Findings) -> list[Problem]:
    """Return the problems of a scene, the ones that stop it first."""
    every = [
        _camera_problem(found.cameras),
        _range_problem(found.settings),
        _layers_problem(found.layers),
        _worm_problem(found.scripts.worms),
        _hidden_problem(found.scripts.hidden),
        _scripts_problem(found.scripts.nodes),
        _expressions_problem(found.scripts.expressions),
        _render_mel_problem(found.scripts.render_mel),
        _cameras_problem(found.cameras),
        _references_problem(found.missing.references),
        _files_problem(found.missing.others),
        _unloaded_problem(found.facts),
        _movie_problem(found.settings),
        _between_problem(found.settings),
        _incomplete_problem(found.facts),
    ]
    problems = [problem for problem in every if problem]
    return sorted(problems, key=lambda problem: problem.severity is not Severity.ERROR)


def some_of(names: Sequence[str]) -> str:
    """Return the first few of many names, and how many more there are."""
    text = ", ".join(names[:_NAMED_IN_TEXT])
    more = len(names) - _NAMED_IN_TEXT
    if more <= 0:
        return text
    return ngettext("{names} and {count} more", "{names} and {count} more", more).format(
        names=text, count=more
    )


def _camera_problem(cameras: Cameras) -> Problem | None:
    if cameras.renderable:
        return None
    advice = _("Make a camera renderable in Maya's Render Settings and save, or choose a camera for the job.")
    if cameras.may_be_elsewhere:
        text = _("None of the scene's own cameras is renderable; perhaps one in a referenced file is.")
        return Problem("no-camera", Severity.WARNING, text, advice)
    return Problem("no-camera", Severity.ERROR, _("None of the scene's cameras is renderable."), advice)


def _cameras_problem(cameras: Cameras) -> Problem | None:
    count = len(cameras.renderable)
    if count < 2:
        return None
    text = _("{count} cameras are renderable, and each of them renders every frame: {names}.")
    advice = _("Choose one camera for the job if you want no more than one picture a frame.")
    text = text.format(count=count, names=some_of(cameras.renderable))
    return Problem("several-cameras", Severity.WARNING, text, advice)


def _range_problem(settings: RenderSettings) -> Problem | None:
    first, last, _step = settings.frames
    if first <= last:
        return None
    text = _("The scene has no frames: it starts at {start}, after its end at {end}.")
    return Problem(
        "empty-range", Severity.ERROR, text.format(start=first, end=last), _("Give the job its frames.")
    )


def _between_problem(settings: RenderSettings) -> Problem | None:
    if not settings.is_between_frames:
        return None
    first, last, step = settings.frames
    text = _(
        "The scene renders between whole frames, from {start:g} by {step:g}; the job renders {first} to"
        " {last} by {whole_step}."
    ).format(start=settings.start, step=settings.step, first=first, last=last, whole_step=step)
    advice = _("Give the job its frames, or set whole frames in Maya's Render Settings and save.")
    return Problem("between-frames", Severity.WARNING, text, advice)


def _layers_problem(layers: dict[str, bool]) -> Problem | None:
    if any(layers.values()):
        return None
    text = _("No render layer of the scene is switched on, so nothing would be rendered.")
    advice = _("Switch on a layer in Maya's Render Setup and save, or choose the layers of the job.")
    return Problem("no-layers", Severity.ERROR, text, advice)


def _worm_problem(names: Sequence[str]) -> Problem | None:
    if not names:
        return None
    text = ngettext(
        "Script node {names} carries a known Maya worm, which infects this computer and all its scenes.",
        "Script nodes {names} carry a known Maya worm, which infects this computer and all its scenes.",
        len(names),
    )
    advice = _(
        "Do not open or render this scene. Have it cleaned with Autodesk's Security Tools for Maya first, and"
        " check where it came from; files it refers to have to be cleaned as well."
    )
    return Problem("worm", Severity.WARNING, text.format(names=some_of(names)), advice)


def _hidden_problem(names: Sequence[str]) -> Problem | None:
    if not names:
        return None
    text = ngettext(
        "Script node {names} runs code that is packed so that nobody can read it.",
        "Script nodes {names} run code that is packed so that nobody can read it.",
        len(names),
    )
    advice = _("Do not render this scene unless you know what this code does: worms look just like it.")
    return Problem("hidden-script", Severity.WARNING, text.format(names=some_of(names)), advice)


def _scripts_problem(names: Sequence[str]) -> Problem | None:
    if not names:
        return None
    text = ngettext(
        "The scene holds {count} script node that is not Maya's own and may run on opening it: {names}.",
        "The scene holds {count} script nodes that are not Maya's own and may run on opening it: {names}.",
        len(names),
    )
    advice = _(_LOOK_AT_SCRIPTS)
    text = text.format(count=len(names), names=some_of(names))
    return Problem("script-nodes", Severity.WARNING, text, advice)


def _expressions_problem(names: Sequence[str]) -> Problem | None:
    if not names:
        return None
    text = ngettext(
        "Expression {names} starts programs, runs Python or touches files at every frame.",
        "Expressions {names} start programs, run Python or touch files at every frame.",
        len(names),
    )
    advice = _(_LOOK_AT_SCRIPTS)
    return Problem("script-expressions", Severity.WARNING, text.format(names=some_of(names)), advice)


def _render_mel_problem(attributes: Sequence[str]) -> Problem | None:
    if not attributes:
        return None
    text = _("The scene runs MEL of its own before or after rendering: {names}.")
    advice = _(
        "Maya's Render cannot be told to leave it out. Look at it in Maya's Render Settings if you do not "
        "know where this scene comes from."
    )
    return Problem("render-scripts", Severity.WARNING, text.format(names=some_of(attributes)), advice)


def _references_problem(paths: Sequence[str]) -> Problem | None:
    if not paths:
        return None
    text = ngettext(
        "{count} referenced scene is missing on this computer: {names}.",
        "{count} referenced scenes are missing on this computer: {names}.",
        len(paths),
    )
    advice = _(
        "Put them back or find them in Maya's Reference Editor and save; what they hold is not rendered."
    )
    text = text.format(count=len(paths), names=some_of(paths))
    return Problem("missing-references", Severity.WARNING, text, advice)


def _files_problem(paths: Sequence[str]) -> Problem | None:
    if not paths:
        return None
    text = ngettext(
        "{count} file is missing on this computer: {names}.",
        "{count} files are missing on this computer: {names}.",
        len(paths),
    )
    advice = _("Put the files back or find them with Maya's File Path Editor, then save.")
    text = text.format(count=len(paths), names=some_of(paths))
    return Problem("missing-files", Severity.WARNING, text, advice)


def _unloaded_problem(facts: Facts) -> Problem | None:
    names = [each.path for each in facts.references.values() if not each.is_loaded and each.depth == 1]
    if not names:
        return None
    text = ngettext(
        "{count} referenced scene is not loaded, so it is not rendered: {names}.",
        "{count} referenced scenes are not loaded, so they are not rendered: {names}.",
        len(names),
    )
    advice = _("Load them in Maya's Reference Editor and save if they belong into the picture.")
    text = text.format(count=len(names), names=some_of(names))
    return Problem("unloaded-references", Severity.WARNING, text, advice)


def _movie_problem(settings: RenderSettings) -> Problem | None:
    if not settings.image_format.is_movie:
        return None
    text = _("The scene is set to write one movie ({format}), which cannot be rendered frame by frame.")
    advice = _("Choose an image format in Maya's Render Settings and save, or for the job.")
    return Problem("movie-output", Severity.WARNING, text.format(format=settings.image_format.name), advice)


def _incomplete_problem(facts: Facts) -> Problem | None:
    if facts.is_complete:
        return None
    text = _("The file ends before its end mark, so some of the scene is lost.")
    advice = _("Copy the file again, or open it in Maya, look whether all is there and save.")
    return Problem("incomplete-file", Severity.WARNING, text, advice)
