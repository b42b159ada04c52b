"""What would go wrong if a Blender rendered a scene, known before it is started."""

from render_manager.domain.frameset import FrameSet
from render_manager.domain.scene import Problem, SceneInfo, Severity
from render_manager.domain.texts import gettext as _
from render_manager.engines.blender.options import BlenderOptions, Mode
from render_manager.engines.protocols import Installation, InstallationKind

LAST_FRAME = 1_048_574
"""Blender's own limit (MAXFRAME)."""
FIRST_FRAME = -LAST_FRAME
LONGEST_PATH_BYTES = 1023
"""Blender cuts longer file paths off (FILE_MAX is 1024 with the closing zero)."""


def problems_with(
    scene: SceneInfo, installation: Installation, options: BlenderOptions, frames: FrameSet
) -> list[Problem]:
    """Return the scene's own problems as far as the options leave them, and those of the combination."""
    problems = [problem for problem in scene.problems if not _is_settled(problem, options, frames)]
    problems += _names_not_in_scene(scene, options)
    if options.mode is Mode.BATCH:
        problems += _not_in_batch_mode(installation, frames)
    if installation.version[:2] < scene.engine_version:
        problems.append(
            Problem(
                "newer-scene",
                Severity.ERROR,
                _("The scene was saved by Blender {theirs}; {ours} would lose parts of it or crash.").format(
                    theirs=scene.engine_version_text, ours=installation.version_text
                ),
                _("Install Blender {theirs} or newer.").format(theirs=scene.engine_version_text),
            )
        )
    numbers = frames.numbers
    if len(numbers) and (numbers[0] < FIRST_FRAME or numbers[-1] > LAST_FRAME):
        problems.append(
            Problem(
                "frame-limit",
                Severity.ERROR,
                _("Blender has no frame {frame}; its frames end at {limit:,}.").format(
                    frame=numbers[-1] if numbers[-1] > LAST_FRAME else numbers[0], limit=LAST_FRAME
                ),
                _("Choose frames inside that range."),
            )
        )
    if len(str(scene.path).encode()) > LONGEST_PATH_BYTES:
        problems.append(
            Problem(
                "long-path",
                Severity.ERROR,
                _("The path of the scene is {length} bytes long; Blender reads {limit}.").format(
                    length=len(str(scene.path).encode()), limit=LONGEST_PATH_BYTES
                ),
                _("Move the scene to a folder with a shorter path."),
            )
        )
    return problems


def _is_settled(problem: Problem, options: BlenderOptions, frames: FrameSet) -> bool:
    if problem.code == "no-camera":
        return bool(options.camera)
    if problem.code == "empty-range":
        return bool(len(frames))
    if problem.code == "embedded-scripts":
        return options.scripts
    if problem.code == "movie-output":
        return bool(options.file_format)
    return False


def _not_in_batch_mode(installation: Installation, frames: FrameSet) -> list[Problem]:
    advice = _("Use the resident mode, which can.")
    if installation.kind is InstallationKind.PYTHON_MODULE:
        text = _("The bpy wheel has no batch mode; only the Blender program has.")
        return [Problem("batch-bpy", Severity.ERROR, text, advice)]
    if any(number < 0 for number in frames.numbers[:1]):
        text = _("Blender's batch mode cannot render negative frames such as {frame}.").format(
            frame=frames.numbers[0]
        )
        return [Problem("batch-negative", Severity.ERROR, text, advice)]
    return []


def _names_not_in_scene(scene: SceneInfo, options: BlenderOptions) -> list[Problem]:
    problems = []
    if options.camera and scene.cameras and options.camera not in scene.cameras:
        problems.append(
            Problem(
                "camera-missing",
                Severity.ERROR,
                _("The scene has no camera “{name}”. It has: {known}.").format(
                    name=options.camera, known=", ".join(scene.cameras)
                ),
                _("Choose one of its cameras."),
            )
        )
    missing = [name for name in options.view_layers if scene.layers and name not in scene.layers]
    if missing:
        problems.append(
            Problem(
                "layer-missing",
                Severity.ERROR,
                _("The scene has no view layer “{name}” that is switched on. It has: {known}.").format(
                    name=missing[0], known=", ".join(scene.layers)
                ),
                _("Choose one of its view layers."),
            )
        )
    return problems
