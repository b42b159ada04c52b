"""What would go wrong if a Maya rendered a scene, known before it is started."""

import re
from collections.abc import Iterator
from pathlib import Path

from render_manager.domain.frameset import FrameSet
from render_manager.domain.scene import Problem, SceneInfo, Severity
from render_manager.domain.texts import gettext as _
from render_manager.engines.maya.chosen import own_layer
from render_manager.engines.maya.installations import renderers_of
from render_manager.engines.maya.naming import output_of, unusable_folder
from render_manager.engines.maya.options import Device, MayaOptions
from render_manager.engines.maya.problems import some_of
from render_manager.engines.maya.renderers import (
    ARNOLD,
    REDSHIFT,
    RENDERMAN,
    Renderer,
    SizeFlags,
    renderer_of,
)
from render_manager.engines.protocols import Installation

_LAYER_RANGE = re.compile(r" (-?[0-9.]+)-(-?[0-9.]+)$")


def problems_with(
    scene: SceneInfo, installation: Installation, options: MayaOptions, frames: FrameSet
) -> list[Problem]:
    """Return the scene's own problems as far as the options leave them, and those of the combination."""
    renderer = renderer_of(options.renderer or scene.renderer)
    return [
        *(problem for problem in scene.problems if not _is_settled(problem, options, frames)),
        *_about_version(scene, installation),
        *_about_names(scene, options),
        *_about_renderer(installation, renderer),
        *_about_size(scene, options, renderer),
        *_about_lost_options(options, renderer),
        *_about_project(scene, options),
        *_about_folder(scene, options),
        *_about_frames(scene, frames),
        *_about_layer_ranges(scene, options, frames),
    ]


def _is_settled(problem: Problem, options: MayaOptions, frames: FrameSet) -> bool:
    match problem.code:
        case "no-camera" | "several-cameras":
            return bool(options.camera)
        case "no-layers":
            return bool(options.layers)
        case "empty-range":
            return bool(len(frames))
        case "movie-output":
            return bool(options.image_format)
        case _:
            return False


def _about_version(scene: SceneInfo, installation: Installation) -> Iterator[Problem]:
    theirs, ours = scene.engine_version, installation.version
    if not ours:
        text = _("The version of the Maya at {path} is not known; it may not fit the scene.")
        yield Problem(
            "version-unknown",
            Severity.WARNING,
            text.format(path=installation.executable),
            _("Check that it is the version that saved the scene, or a newer one."),
        )
    elif not theirs:
        text = _("The scene does not say which Maya saved it; it is rendered with {ours}.")
        yield Problem(
            "version-unknown",
            Severity.WARNING,
            text.format(ours=installation.version_text),
            _("Choose another installation if the scene is of another version."),
        )
    elif ours < theirs:
        text = _("The scene was saved by Maya {theirs}; {ours} would lose parts of it or not open it.")
        yield Problem(
            "newer-scene",
            Severity.ERROR,
            text.format(theirs=scene.engine_version_text, ours=installation.version_text),
            _("Install Maya {theirs} or newer.").format(theirs=scene.engine_version_text),
        )
    elif ours > theirs:
        text = _("The scene was saved by Maya {theirs} and is rendered with {ours}; pictures may differ.")
        yield Problem(
            "older-scene",
            Severity.WARNING,
            text.format(theirs=scene.engine_version_text, ours=installation.version_text),
            _("Install Maya {theirs} to render it as it was made.").format(theirs=scene.engine_version_text),
        )


def _about_names(scene: SceneInfo, options: MayaOptions) -> Iterator[Problem]:
    cameras = {*scene.cameras, *scene.choices.get("camera", ())}
    if options.camera and cameras and not _is_among(options.camera, cameras):
        yield Problem(
            "camera-missing",
            Severity.ERROR,
            _("The scene has no camera “{name}”. It has: {known}.").format(
                name=options.camera, known=", ".join(sorted(cameras))
            ),
            _("Choose one of its cameras."),
        )
    layers = {*scene.layers, *scene.choices.get("layers", ())}
    missing = [name for name in options.layers if layers and not _is_among(name, layers, "rs_")]
    if missing:
        yield Problem(
            "layer-missing",
            Severity.ERROR,
            _("The scene has no render layer “{name}”. It has: {known}.").format(
                name=missing[0], known=", ".join(sorted(layers))
            ),
            _("Choose one of its render layers."),
        )


def _is_among(name: str, names: set[str], prefix: str = "") -> bool:
    """Return whether a name is one of those known, by its path, its shape or with Maya's own prefix."""
    short = name.rpartition("|")[2]
    spellings = {name, short, short.removesuffix("Shape"), f"{prefix}{short}", short.removeprefix(prefix)}
    return not spellings.isdisjoint({*names, *(known.rpartition("|")[2] for known in names)})


def _about_renderer(installation: Installation, renderer: Renderer | None) -> Iterator[Problem]:
    if renderer is None:
        return
    if not renderer.takes_folder:
        text = _("{renderer} cannot be told where to write its pictures, so it cannot be rendered here.")
        advice = _("Choose another renderer.")
        yield Problem("renderer-unfit", Severity.ERROR, text.format(renderer=renderer.name), advice)
        return
    there = renderers_of(installation)
    if there is not None and renderer.flag.lower() not in there:
        text = _("{renderer} does not seem to be installed in Maya {version} ({path}).")
        yield Problem(
            "renderer-missing",
            Severity.WARNING,
            text.format(
                renderer=renderer.name, version=installation.version_text, path=installation.executable
            ),
            _("Install {renderer} for this Maya, or choose another installation.").format(
                renderer=renderer.name
            ),
        )
    if renderer is RENDERMAN:
        text = _("RenderMan names its files itself; frames that are there already are not recognised.")
        advice = _("Give each job of this scene an output folder of its own.")
        yield Problem("own-names", Severity.WARNING, text, advice)


def _about_size(scene: SceneInfo, options: MayaOptions, renderer: Renderer | None) -> Iterator[Problem]:
    if not (options.width or options.height or options.resolution_percent):
        return
    how = SizeFlags.NONE if renderer is None else renderer.size
    if how is SizeFlags.NONE:
        name = _("This scene's renderer") if renderer is None else renderer.name
        text = _("{renderer} cannot be told another size; the scene's own is rendered.").format(renderer=name)
        yield Problem("size-kept", Severity.WARNING, text, _("Set the size in the scene."))
    elif how is not SizeFlags.PERCENT and not _has_both_sides(scene, options):
        text = _("{renderer} needs the width and the height of the picture, and the scene does not say them.")
        name = "Maya" if renderer is None else renderer.name
        advice = _("Give width and height.")
        yield Problem("size-unknown", Severity.ERROR, text.format(renderer=name), advice)


def _has_both_sides(scene: SceneInfo, options: MayaOptions) -> bool:
    return bool((options.width or scene.width) and (options.height or scene.height))


def _about_lost_options(options: MayaOptions, renderer: Renderer | None) -> Iterator[Problem]:
    lost = []
    if options.device is not Device.SCENE and renderer is not ARNOLD:
        lost.append("device")
    if options.gpus and renderer is not REDSHIFT:
        lost.append("gpus")
    if options.threads and (renderer is None or not renderer.threads):
        lost.append("threads")
    if options.abort_without_licence and renderer is not ARNOLD:
        lost.append("abort_without_licence")
    if lost:
        name = _("This scene's renderer") if renderer is None else renderer.name
        text = _("{renderer} has no such setting: {options}. It is rendered without.")
        yield Problem("option-lost", Severity.WARNING, text.format(renderer=name, options=", ".join(lost)))


def _about_project(scene: SceneInfo, options: MayaOptions) -> Iterator[Problem]:
    if options.project and not Path(options.project).is_dir():
        text = _("The project folder {path} is not there.").format(path=options.project)
        yield Problem("project-missing", Severity.ERROR, text, _("Choose the folder of the Maya project."))
        return
    project = options.project or str(scene.extra.get("project", ""))
    if not project:
        text = _("{scene} lies in no Maya project; textures with relative paths may not be found.")
        yield Problem(
            "no-project",
            Severity.WARNING,
            text.format(scene=scene.path),
            _("Choose the project folder, the one with workspace.mel in it."),
        )
    elif not Path(project).is_dir():
        text = _("The project folder {path} is not there; textures may not be found.").format(path=project)
        yield Problem("project-missing", Severity.WARNING, text, _("Connect its drive, or choose another."))


def _about_folder(scene: SceneInfo, options: MayaOptions) -> Iterator[Problem]:
    wanted = unusable_folder(scene)
    if not wanted:
        return
    folder = output_of(scene, options.model_dump(mode="json")).folder
    used = _("a folder beside the scene") if folder is None else folder
    text = _(
        "The scene's file name prefix leads to {wanted}, which is not used here: its files go to {used}."
    )
    yield Problem(
        "folder-not-used",
        Severity.WARNING,
        text.format(wanted=wanted, used=used),
        _("If they belong elsewhere, choose that output folder for the job; one that is chosen is used."),
    )


def _about_frames(scene: SceneInfo, frames: FrameSet) -> Iterator[Problem]:
    if not scene.has_frame_range or not len(frames):
        return
    first, last = frames.numbers[0], frames.numbers[-1]
    if scene.frame_end >= scene.frame_start and (first < scene.frame_start or last > scene.frame_end):
        text = _("The scene's animation goes from {start} to {end}; frames beyond are rendered as well.")
        yield Problem(
            "outside-range", Severity.WARNING, text.format(start=scene.frame_start, end=scene.frame_end)
        )


def _about_layer_ranges(scene: SceneInfo, options: MayaOptions, frames: FrameSet) -> Iterator[Problem]:
    """Tell of layers with frame ranges of their own, unless the job keeps to that of just one layer.

    Whether Maya keeps to such a range when `Render` is told frames was not found out, so nothing is promised.
    """
    rendered = {own_layer(scene, name) for name in options.layers or scene.layers}
    each = [text for text in scene.extra.get("layer_frame_ranges", "").split(", ") if text]
    own = [text for text in each if text.rpartition(" ")[0] in rendered]
    if not own or not len(frames):
        return
    span = _LAYER_RANGE.search(own[0])
    if len(rendered) == 1 and span is not None:
        first, last = (float(number) for number in span.groups())
        if first <= frames.numbers[0] and frames.numbers[-1] <= last:
            return
    text = _(
        "These render layers have frame ranges of their own: {ranges}. The job asks for its frames,"
        " {first} to {last}, in every layer."
    )
    yield Problem(
        "layer-ranges",
        Severity.WARNING,
        text.format(ranges=some_of(own), first=frames.numbers[0], last=frames.numbers[-1]),
        _("Render such a layer as a job of its own: choose the layer, and type its frames."),
    )
