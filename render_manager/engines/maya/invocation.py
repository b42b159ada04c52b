"""How Maya's `Render` is started for a run of frames.

`Render -r RENDERER -s A -e B -b STEP -rd STAGING … scene`: the renderer is always named, since the flags of
a renderer are understood only then, and each renderer gets only the flags it is known to have
(`engines/maya.md` section 2). Frames that Maya cannot take in one go are the business of `run_length`.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from render_manager.domain.errors import UserError
from render_manager.domain.jobspec import JobSpec
from render_manager.domain.scene import SceneInfo
from render_manager.domain.texts import gettext as _
from render_manager.engines.command_prompt import check_arguments_of_script
from render_manager.engines.maya.arguments import check_arguments
from render_manager.engines.maya.hooks import hook, pre_render
from render_manager.engines.maya.naming import FileNames, file_names
from render_manager.engines.maya.options import Device, MayaOptions, Verbosity, checked_options
from render_manager.engines.maya.passes import cameras_of, layers_of
from render_manager.engines.maya.renderers import (
    ARNOLD,
    MENTAL_RAY,
    REDSHIFT,
    VRAY,
    Renderer,
    SizeFlags,
    renderer_of,
)
from render_manager.engines.protocols import FrameTask, Installation, Invocation

ENVIRONMENT: Mapping[str, str | None] = {
    "MAYA_DISABLE_CER": "1",
    "MAYA_DISABLE_CIP": "1",
    "MAYA_DISABLE_CLIC_IPM": "1",
    "MAYA_DISABLE_ADP": "1",
    "MAYA_DEBUG_ENABLE_CRASH_REPORTING": "0",
    "MAYA_UI_LANGUAGE": "en_US",
    "MAYA_LOCATION": None,
}
"""What Maya gets besides the user's whole environment: no questions after a crash, no reports over the net,
English messages; and not the folder of another version, which `MAYA_LOCATION` may name
(`engines/maya.md` section 1)."""
_REDSHIFT_ENVIRONMENT = {"REDSHIFT_FORCEQUITONINTERNALERROR": "1"}
"""Lets Redshift end Maya after an error of its own, where it would hang; farms set it."""
_LEVELS = {Verbosity.PROGRESS: "2", Verbosity.DEBUG: "3"}
"""Arnold's `-ai:lve`; with 1, its default, no percentage is printed."""
_HOOKS = {
    "postRender": "post_render_mel",
    "preLayer": "pre_layer_mel",
    "postLayer": "post_layer_mel",
    "preFrame": "pre_frame_mel",
    "postFrame": "post_frame_mel",
}
_LICENCE_FLAGS = ("-ai:alf", "true")


def run_length(frames: Sequence[int], most: int) -> int:
    """Return how many of these sorted frames make one even run, from the first on; at least 1.

    Maya takes a first frame, a last one and a step. Two frames alone are no run when the second begins a
    denser one: of 1, 5, 6, 7 the first goes by itself.
    """
    limit = max(min(most, len(frames)), 1)
    if limit < 2:
        return 1
    step = frames[1] - frames[0]
    length = 2
    while length < limit and frames[length] - frames[length - 1] == step:
        length += 1
    if length == 2 and len(frames) > 2 and step > 1 and frames[2] - frames[1] != step:
        return 1
    return length


def invocation(
    spec: JobSpec, installation: Installation, tasks: Sequence[FrameTask], scene: SceneInfo | None
) -> Invocation:
    """Return how to start Maya; `scene` is None when the file could not be read just now.

    Raises UserError when the frames are no even run, the renderer cannot be told where to write, or further
    arguments would tell Maya something else.
    """
    options = checked_options(spec.options)
    check_arguments(options.extra_arguments)
    renderer = renderer_of(options.renderer or ("" if scene is None else scene.renderer))
    if renderer is not None and not renderer.takes_folder:
        raise UserError(
            _("{renderer} cannot be told where to write its pictures, so it cannot be rendered here.").format(
                renderer=renderer.name
            )
        )
    names = file_names(spec.output_name, scene, spec.options, renderer)
    argv = [str(installation.executable), "-r", "file" if renderer is None else renderer.flag]
    argv += _frame_flags([task.frame for task in tasks])
    argv += ["-rd", tasks[0].staging_dir.as_posix()]
    argv += _name_flags(names, options, renderer)
    argv += _scene_flags(options, scene)
    argv += _size_flags(spec, options, renderer)
    argv += _renderer_flags(options, renderer)
    argv += _hook_flags(options, renderer, names, scene)
    argv += options.extra_arguments
    argv.append(spec.scene.as_posix())
    env = dict(ENVIRONMENT)
    if renderer is REDSHIFT:
        env.update(_REDSHIFT_ENVIRONMENT)
    check_arguments_of_script(argv, _("Name Maya's own Render.exe instead."))
    return Invocation(
        tuple(argv),
        env=env,
        watches_files=_is_watched(spec, options, renderer, scene),
        least_files=layers_of(scene, spec.options) * cameras_of(scene, spec.options),
    )


def _frame_flags(frames: Sequence[int]) -> list[str]:
    step = frames[1] - frames[0] if len(frames) > 1 else 1
    if list(frames) != list(range(frames[0], frames[-1] + 1, step)):
        raise UserError(
            _("Maya cannot render frames {first} to {last} at once: they are not evenly apart.").format(
                first=frames[0], last=frames[-1]
            )
        )
    return ["-s", str(frames[0]), "-e", str(frames[-1]), "-b", str(step)]


def _name_flags(names: FileNames, options: MayaOptions, renderer: Renderer | None) -> list[str]:
    flags: list[str] = []
    if renderer is not None and renderer.names_files:
        flags += ["-im", names.image, "-pad", str(names.padding)]
    if renderer is not None and renderer.has_name_scheme:
        flags += ["-fnc", names.scheme.fnc]
    if options.image_format:
        # MtoA calls it by its long name.
        is_arnolds = renderer is ARNOLD and options.image_format == "jpg"
        flags += ["-of", "jpeg" if is_arnolds else options.image_format]
    return flags


def _scene_flags(options: MayaOptions, scene: SceneInfo | None) -> list[str]:
    flags: list[str] = []
    project = options.project or ("" if scene is None else str(scene.extra.get("project", "")))
    if project:
        flags += ["-proj", Path(project).as_posix()]
    if options.camera:
        flags += ["-cam", options.camera]
    if options.layers:
        flags += ["-rl", " ".join(options.layers)]
    return flags


def _size_flags(spec: JobSpec, options: MayaOptions, renderer: Renderer | None) -> list[str]:
    how = SizeFlags.NONE if renderer is None else renderer.size
    if not (options.width or options.height or options.resolution_percent) or how is SizeFlags.NONE:
        return []
    if how is SizeFlags.PERCENT:
        flags = ["-x", str(options.width)] if options.width else []
        flags += ["-y", str(options.height)] if options.height else []
        return [*flags, *(["-percentRes", str(options.percent)] if options.resolution_percent else [])]
    width, height = spec.width or options.width, spec.height or options.height
    if not width or not height:
        raise UserError(
            _("{renderer} needs the width and the height of the picture; give both.").format(
                renderer=renderer.name if renderer is not None else "Maya"
            )
        )
    if how is SizeFlags.RES:
        return ["-res", str(width), str(height)]
    return ["-x", str(width), "-y", str(height)]


def _renderer_flags(options: MayaOptions, renderer: Renderer | None) -> list[str]:
    """Return the flags that only this renderer has."""
    flags: list[str] = []
    if renderer is None:
        return flags
    if options.threads and renderer.threads:
        flags += [f"-{renderer.threads}", str(options.threads)]
    level = _LEVELS.get(options.verbosity)
    if renderer is ARNOLD:
        flags += ["-ai:lve", level, "-ai:ltc", "1"] if level else []
        flags += _LICENCE_FLAGS if options.abort_without_licence else ()
        if options.device is not Device.SCENE:
            flags += ["-ai:device", "1" if options.device is Device.GPU else "0"]
    elif renderer is REDSHIFT:
        flags += ["-logLevel", "2"] if level else []
        flags += ["-gpu", "{" + ",".join(str(card) for card in options.gpus) + "}"] if options.gpus else []
    elif renderer is MENTAL_RAY:
        flags += ["-v", "5"] if level else []
    if options.skip_existing and renderer is VRAY:
        flags += ["-rep", "0"]
    elif options.skip_existing and renderer.size is SizeFlags.PERCENT:
        flags += ["-skipExistingFrames", "true"]
    return flags


def _hook_flags(
    options: MayaOptions, renderer: Renderer | None, names: FileNames, scene: SceneInfo | None
) -> list[str]:
    scenes_own = "" if scene is None else str(scene.extra.get("pre_render_mel", ""))
    first = pre_render(options, renderer, names.scheme.period, scenes_own)
    flags = ["-preRender", first] if first else []
    for flag, option in _HOOKS.items():
        code = hook(getattr(options, option))
        flags += [f"-{flag}", code] if code else []
    return flags


def _is_watched(
    spec: JobSpec, options: MayaOptions, renderer: Renderer | None, scene: SceneInfo | None
) -> bool:
    """Return whether frames have to be found by their files, since no line tells that they are done.

    With several layers or cameras the files of one are no sign that the others are there.
    """
    if layers_of(scene, spec.options) > 1 or cameras_of(scene, spec.options) > 1:
        return False
    talks = renderer is not None and renderer.talks and options.verbosity is not Verbosity.SCENE
    return not talks
