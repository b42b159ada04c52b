"""How the editor is started for a run: `-game`, our executor class, and a manifest beside the frames.

Command lines: `engines/unreal.md` section 2 B. Assets are named in the manifest only: one that is missing
behind Unreal's own switches ends the editor before our class exists
(`engines/unreal-python-api.md` section 1).
"""

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from render_manager.domain.errors import UserError
from render_manager.domain.jobspec import JobSpec
from render_manager.domain.scene import SceneInfo
from render_manager.domain.texts import gettext as _
from render_manager.engines.protocols import FrameTask, Installation, Invocation
from render_manager.engines.unreal.config import default_map
from render_manager.engines.unreal.driving import (
    CHOOSE_MAP,
    CHOOSE_SEQUENCE,
    NO_MAP,
    NOT_CHOSEN,
    map_of,
    plugins_to_enable,
    sequence_of,
    without_python,
)
from render_manager.engines.unreal.manifest import (
    EVENTS_NAME,
    MANIFEST_NAME,
    MANIFEST_SWITCH,
    MANIFEST_VARIABLE,
    make_manifest,
)
from render_manager.engines.unreal.options import UnrealOptions
from render_manager.engines.unreal.project import Project, read_project

SCRIPTS = Path(__file__).parents[1] / "drivers" / "unreal"
"""Folder of our scripts, whose `init_unreal.py` the editor runs when it starts."""
EXECUTOR_CLASS = "RenderManagerUnrealExecutor"
GAME_MODE = "/Script/MovieRenderPipelineCore.MoviePipelineGameMode"
"""Hides the player and the head-up display."""
HOST_EXECUTOR = "/Script/MovieRenderPipelineCore.MoviePipelinePythonHostExecutor"
SPARED = ("zenserver",)
"""Keeps derived data for every editor of the computer, so it may serve others as well."""
_SEARCH_PATH = "UE_PYTHONPATH"
_WINDOW_SIZE_PX = (1280, 720)


def make_invocation(
    spec: JobSpec,
    installation: Installation,
    options: UnrealOptions,
    tasks: Sequence[FrameTask],
    *,
    token: str,
    read: Callable[[Path], SceneInfo],
) -> Invocation:
    """Return how to start the editor, and write the manifest into the staging folder.

    `read` searches the project, for a job that leaves the sequence or the map to it. Raises UserError with
    a sentence when the job cannot be driven or the manifest not written.
    """
    project = read_project(spec.scene)
    why_not = without_python(project, installation, options)
    if why_not is not None:
        raise UserError(f"{why_not.text} {why_not.advice}")
    sequence, map_package = _sequence_and_map(spec, options, project, read)
    folder = tasks[0].staging_dir
    frames = [task.frame for task in tasks]
    manifest = make_manifest(
        spec, options, frames, folder, sequence=sequence, map_package=map_package, token=token
    )
    path = folder / MANIFEST_NAME
    _write(path, manifest.text())
    argv = [str(installation.executable), str(spec.scene), f"{map_package}?game={GAME_MODE}"]
    argv += _switches(options, plugins_to_enable(project, options))
    if " " not in str(path):
        argv.append(f"-{MANIFEST_SWITCH}={path}")
    argv += options.extra_arguments
    return Invocation(
        tuple(argv),
        env=_environment(path),
        events_file=folder / EVENTS_NAME,
        watches_files=True,
        spares=SPARED,
    )


def _sequence_and_map(
    spec: JobSpec, options: UnrealOptions, project: Project, read: Callable[[Path], SceneInfo]
) -> tuple[str, str]:
    """Return what is rendered and in which map; the project is searched only when it has to be."""
    sequence = options.sequence
    map_package = options.map or default_map(project.folder)
    if not map_package or not (sequence or options.queue):
        scene = read(spec.scene)
        sequence, map_package = sequence_of(scene, options), map_of(scene, options)
    if not sequence and not options.queue:
        text = _(NOT_CHOSEN).format(project=spec.scene.name)
        raise UserError(f"{text} {_(CHOOSE_SEQUENCE)}")
    if not map_package:
        text = _(NO_MAP).format(project=spec.scene.name)
        raise UserError(f"{text} {_(CHOOSE_MAP)}")
    return sequence, map_package


def _switches(options: UnrealOptions, plugins: tuple[str, ...]) -> list[str]:
    width, height = _WINDOW_SIZE_PX
    switches = [
        "-game",
        f"-MoviePipelineLocalExecutorClass={HOST_EXECUTOR}",
        f"-ExecutorPythonClass=/Engine/PythonTypes.{EXECUTOR_CLASS}",
        "-windowed",
        f"-ResX={width}",
        f"-ResY={height}",
        "-log",
        "-stdout",
        "-FullStdOutLogOutput",
        "-unattended",
        "-nocrashreports",
        "-NoSplash",
        "-NoLoadingScreen",
    ]
    if not options.show_window:
        switches.append("-RenderOffscreen")
    if plugins:
        switches.append(f"-EnablePlugins={','.join(plugins)}")
    return switches


def _environment(manifest: Path) -> dict[str, str | None]:
    """Return what changes: our scripts come before whatever a studio put on the editor's search path."""
    given = os.environ.get(_SEARCH_PATH, "")
    search_path = os.pathsep.join(part for part in (str(SCRIPTS), given) if part)
    return {
        _SEARCH_PATH: search_path,
        MANIFEST_VARIABLE: str(manifest),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONIOENCODING": "utf-8",
        "PYTHONHOME": None,
        "PYTHONPATH": None,
    }


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, "utf-8")
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise UserError(_("{path} cannot be written: {why}.").format(path=path, why=why)) from error
