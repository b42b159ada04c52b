"""Decides how a job is driven: by our script inside the editor, or not at all, with the reason.

Unreal's own executor (`-LevelSequence= -MoviePipelineConfig=`) is no fallback that could be used: it takes
neither frames nor an output folder (`engines/unreal.md` section 2). What is done instead: the engine switches
plug-ins on for one run by `-EnablePlugins=`, before it reads the project's own list; so a project with Python
off is rendered all the same, and stays as it is (decision 012).
"""

from dataclasses import dataclass

from render_manager.domain.scene import SceneInfo
from render_manager.domain.texts import gettext as _
from render_manager.engines.protocols import Installation
from render_manager.engines.rule import N_
from render_manager.engines.unreal.assets import package_of
from render_manager.engines.unreal.engine_folder import lacks_plugin, root_of
from render_manager.engines.unreal.options import Python, UnrealOptions
from render_manager.engines.unreal.project import MOVIE_RENDER_PLUGIN, PYTHON_PLUGIN, Project

NEEDED_PLUGINS = (MOVIE_RENDER_PLUGIN, PYTHON_PLUGIN)
NOT_CHOSEN = N_("It is not chosen which level sequence of {project} is rendered.")
NO_MAP = N_("{project} names no default map, and none is chosen.")
CHOOSE_SEQUENCE = N_(
    "Choose it in the field “Level sequence”, or on the command line with --set sequence=/Game/Shots/Intro."
)
CHOOSE_MAP = N_(
    "Choose the map that the sequence was made for; on the command line with --set map=/Game/Maps/Main."
)


@dataclass(frozen=True, slots=True)
class WhyNot:
    """Why a job cannot be driven."""

    text: str
    """One or two whole sentences."""
    advice: str
    """One whole sentence."""


def without_python(project: Project, installation: Installation, options: UnrealOptions) -> WhyNot | None:
    """Return why our script cannot drive the editor for a project; None when it can."""
    if options.python is Python.OFF:
        text = _(
            "The option python is off. Unreal's own executor takes neither frames nor an output folder, so "
            "its pictures could not be told from older ones."
        )
        advice = _("Set python to auto: the plug-in is switched on for the render alone.")
        return WhyNot(text, advice)
    if options.python is Python.ON and project.plugin_state(PYTHON_PLUGIN) is False:
        text = _("{project} has the plug-in Python Editor Script Plugin off, which drives the render.")
        advice = _("Switch it on in the project, or set the option python to auto.")
        return WhyNot(text.format(project=project.path.name), advice)
    root = root_of(installation.executable)
    if root is not None:
        for name in NEEDED_PLUGINS:
            if lacks_plugin(root, name):
                text = _("The engine in {folder} does not bring the plug-in {name}, which drives the render.")
                advice = _("Build the engine with it, or render with another installation.")
                return WhyNot(text.format(folder=root, name=name), advice)
    return None


def plugins_to_enable(project: Project, options: UnrealOptions) -> tuple[str, ...]:
    """Return the plug-ins to switch on for the run: those that the project does not say are on."""
    if options.python is not Python.AUTO:
        return ()
    return tuple(name for name in NEEDED_PLUGINS if project.plugin_state(name) is not True)


def sequence_of(scene: SceneInfo, options: UnrealOptions) -> str:
    """Return the level sequence a job renders; empty when none is chosen, or when its queue says so."""
    if options.sequence or options.queue:
        return options.sequence
    return scene.scene


def map_of(scene: SceneInfo, options: UnrealOptions) -> str:
    """Return the package of the map a job renders in; empty when there is none to be told."""
    if options.map:
        return package_of(options.map)
    start_map = scene.extra.get("default map", "")
    if start_map:
        return start_map
    maps = scene.choices.get("map", ())
    return package_of(maps[0]) if len(maps) == 1 else ""
