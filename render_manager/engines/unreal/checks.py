"""What would go wrong if an Unreal rendered a project's sequence, known before the editor is started."""

from collections.abc import Iterator
from pathlib import Path

from render_manager.domain.errors import UserError
from render_manager.domain.frameset import FrameSet
from render_manager.domain.scene import Problem, SceneInfo, Severity
from render_manager.domain.texts import gettext as _
from render_manager.engines.protocols import Installation
from render_manager.engines.unreal.assets import file_of, has, package_of
from render_manager.engines.unreal.content import asset_kind
from render_manager.engines.unreal.driving import (
    CHOOSE_MAP,
    NO_MAP,
    NOT_CHOSEN,
    map_of,
    sequence_of,
    without_python,
)
from render_manager.engines.unreal.options import ASSET_OPTIONS, Python, UnrealOptions
from render_manager.engines.unreal.plugin_content import mounts
from render_manager.engines.unreal.project import (
    MOVIE_RENDER_PLUGIN,
    PYTHON_PLUGIN,
    Project,
    read_project,
)

FIRST_WITH_EXECUTOR = (4, 26)
"""Movie Render Queue has the class that runs Python executors since about then."""
FIRST_WITH_GRAPHS = (5, 4)
_KINDS = ("sequence", "map", "preset", "queue", "graph")
_EMPTY_MAPS = "/Engine/"


def problems_with(
    scene: SceneInfo, installation: Installation, options: UnrealOptions, frames: FrameSet
) -> list[Problem]:
    """Return the project's own problems as far as the options leave them, and those of the combination."""
    project = _project(scene)
    problems = [problem for problem in scene.problems if not _is_settled(problem, options)]
    problems += _about_sequence(scene, options)
    problems += _about_map(scene, options)
    problems += _not_there(scene, options, project)
    problems += _about_configuration(installation, options)
    problems += _about_version(scene, installation)
    if project is not None:
        problems += _about_plugins(project, installation, options)
    if not len(frames):
        text = _("There are no frames to render.")
        problems.append(Problem("no-frames", Severity.ERROR, text, _("Type frames, such as 1-100.")))
    return problems


def _project(scene: SceneInfo) -> Project | None:
    try:
        return read_project(scene.path)
    except UserError:
        return None


def _is_settled(problem: Problem, options: UnrealOptions) -> bool:
    return problem.code == "no-sequence-found" and bool(options.sequence)


def _about_sequence(scene: SceneInfo, options: UnrealOptions) -> Iterator[Problem]:
    if sequence_of(scene, options) or options.queue:
        return
    text = _(NOT_CHOSEN).format(project=scene.path.name)
    paths = scene.choices.get("sequence", ())
    found = ", ".join(package_of(path) for path in paths[:5]) + (", …" if paths[5:] else "")
    if paths:
        advice = _(
            "Choose which level sequence to render: {names}. On the command line that is "
            "--set sequence={first}."
        ).format(names=found, first=package_of(paths[0]))
    else:
        advice = _(
            "Type the path of the level sequence to render, such as /Game/Shots/Intro; on the command line "
            "with --set sequence=/Game/Shots/Intro."
        )
    yield Problem("sequence-not-chosen", Severity.ERROR, text, advice)


def _about_map(scene: SceneInfo, options: UnrealOptions) -> Iterator[Problem]:
    chosen = map_of(scene, options)
    if not chosen:
        text = _(NO_MAP).format(project=scene.path.name)
        advice = _(CHOOSE_MAP)
        yield Problem("map-not-chosen", Severity.ERROR, text, advice)
    elif not options.map and chosen.startswith(_EMPTY_MAPS):
        text = _(
            "The default map of {project} is {map}, one of the engine's own, which hold next to nothing."
        )
        advice = _(CHOOSE_MAP)
        yield Problem(
            "engine-map", Severity.WARNING, text.format(project=scene.path.name, map=chosen), advice
        )


def _not_there(scene: SceneInfo, options: UnrealOptions, project: Project | None) -> Iterator[Problem]:
    """Name chosen assets that are not in the project; those of the engine cannot be looked for."""
    roots = {} if project is None else mounts(project)
    named = {name: str(getattr(options, name)) for name in ASSET_OPTIONS}
    named["map"] = map_of(scene, options)
    for name, path in named.items():
        if not path or has(scene.choices.get(name, ()), path):
            continue
        if has(scene.missing_files, path):
            text = _("{path} was not downloaded: Git LFS left a pointer in its place.")
            advice = _("Run “git lfs pull” in the project's folder.")
            yield Problem("not-downloaded", Severity.ERROR, text.format(path=path), advice)
            continue
        file = file_of(path, roots)
        if file is not None:
            yield from _about_file(scene, name, path, file)


def _about_file(scene: SceneInfo, name: str, path: str, file: Path) -> Iterator[Problem]:
    """Say that a chosen asset is not there, or another kind of thing; `file` lacks its ending."""
    found = _kind_in(file)
    advice = _("Choose one that the project has; names in the content browser begin with /Game.")
    wanted = _kind_name(name)
    if found is None:
        text = _("{project} has no {kind} {path}.")
        values = {"project": scene.path.name, "kind": wanted, "path": package_of(path)}
        yield Problem(f"{name}-missing", Severity.ERROR, text.format(**values), advice)
        return
    kind, is_sure = found
    if kind not in _KINDS or kind == name:
        return
    values = {"path": package_of(path), "found": _kind_name(kind), "wanted": wanted}
    if is_sure:
        text = _("{path} is a {found}, not a {wanted}.").format(**values)
        yield Problem(f"{name}-wrong", Severity.ERROR, text, advice)
    else:
        text = _("{path} looks like a {found}, not like a {wanted}.").format(**values)
        yield Problem(f"{name}-doubtful", Severity.WARNING, text, advice)


def _kind_in(file: Path) -> tuple[str, bool] | None:
    """Return what is in an asset's file and whether that is certain; None when there is no such file."""
    asset = file.with_name(f"{file.name}.uasset")
    if not asset.is_file():
        return ("map", True) if file.with_name(f"{file.name}.umap").is_file() else None
    try:
        return asset_kind(asset)
    except OSError:
        # The search names files that cannot be read.
        return "", False


def _kind_name(option: str) -> str:
    return {
        "sequence": _("level sequence"),
        "map": _("map"),
        "preset": _("preset"),
        "queue": _("queue"),
        "graph": _("render graph"),
    }[option]


def _about_configuration(installation: Installation, options: UnrealOptions) -> Iterator[Problem]:
    if options.graph:
        if installation.version and installation.version < FIRST_WITH_GRAPHS:
            text = _("Unreal Engine {version} cannot render Movie Render Graphs; 5.4 and later can.")
            yield Problem(
                "graph-too-new",
                Severity.ERROR,
                text.format(version=installation.version_text),
                _("Choose a preset instead, or render with a newer engine."),
            )
        text = _("Of a render graph only what it exposes as variables can be set; {graph} decides the rest.")
        advice = _("It has to expose at least OutputDirectory, or its pictures cannot be collected.")
        yield Problem(
            "graph-as-saved", Severity.WARNING, text.format(graph=package_of(options.graph)), advice
        )
    elif not options.preset and not options.queue:
        text = _("No preset is chosen: the plain picture is rendered, as {format} files.")
        advice = _("Choose a preset to get its passes and quality settings.")
        yield Problem(
            "no-preset", Severity.WARNING, text.format(format=options.image_format or "PNG"), advice
        )
    if options.cut_shots:
        text = _("Shots may be cut between several editors; the picture may jump where they meet.")
        advice = _("Set warm_up_frames, or leave cut_shots off.")
        yield Problem("cut-shots", Severity.WARNING, text, advice)


def _about_version(scene: SceneInfo, installation: Installation) -> Iterator[Problem]:
    ours, theirs = installation.version[:2], scene.engine_version
    if ours and ours < FIRST_WITH_EXECUTOR:
        text = _("Unreal Engine {version} is too old to be driven; 4.27 and later are known to work.")
        yield Problem(
            "engine-too-old",
            Severity.ERROR,
            text.format(version=installation.version_text),
            _("Render with a newer engine."),
        )
    if not ours or not theirs or ours == theirs:
        return
    values = {
        "project": scene.path.name,
        "theirs": scene.engine_version_text,
        "ours": installation.version_text,
    }
    if ours < theirs:
        text = _("{project} belongs to Unreal Engine {theirs}; {ours} cannot open what that one saved.")
        advice = _("Install Unreal Engine {theirs}.").format(**values)
        yield Problem("newer-project", Severity.ERROR, text.format(**values), advice)
    else:
        text = _("{project} belongs to Unreal Engine {theirs} and is rendered by {ours}, which converts it.")
        advice = _(
            "The picture may differ, and shaders are compiled anew; nothing in the project is changed."
        )
        yield Problem("older-project", Severity.WARNING, text.format(**values), advice)


def _about_plugins(project: Project, installation: Installation, options: UnrealOptions) -> Iterator[Problem]:
    why_not = without_python(project, installation, options)
    if why_not is not None:
        yield Problem("without-python", Severity.ERROR, why_not.text, why_not.advice)
        return
    off = [name for name in (MOVIE_RENDER_PLUGIN, PYTHON_PLUGIN) if project.plugin_state(name) is False]
    if off and options.python is Python.AUTO:
        text = _("{project} has the plug-in {names} off; it is switched on for this render alone.")
        yield Problem(
            "plugins-off", Severity.WARNING, text.format(project=project.path.name, names=" and ".join(off))
        )
    elif MOVIE_RENDER_PLUGIN in off:
        text = _("{project} has the plug-in Movie Render Queue off, without which nothing can be rendered.")
        advice = _("Switch it on in the project, or set the option python to auto.")
        yield Problem("plugins-off", Severity.ERROR, text.format(project=project.path.name), advice)
