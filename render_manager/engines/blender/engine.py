"""Blender as an engine: what it takes to inspect, start, feed, read and understand it."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from render_manager.domain.diagnosis import Diagnosis, Scope
from render_manager.domain.errors import UserError
from render_manager.domain.frameset import FrameSet
from render_manager.domain.jobspec import JobSpec
from render_manager.domain.outcome import ProcessOutcome
from render_manager.domain.scene import Problem, SceneInfo
from render_manager.domain.texts import gettext as _
from render_manager.engines.blender import diagnosis
from render_manager.engines.blender.checks import problems_with
from render_manager.engines.blender.fields import option_fields
from render_manager.engines.blender.installations import ENGINE_ID, BlenderFinder, ask
from render_manager.engines.blender.options import (
    IMAGE_SUFFIXES,
    BlenderOptions,
    Mode,
    checked_options,
)
from render_manager.engines.blender.output import output_of
from render_manager.engines.blender.parser import BlenderParser
from render_manager.engines.blender.rules import find
from render_manager.engines.blender.scene_reader import read_scene, read_thumbnail
from render_manager.engines.events import Remark
from render_manager.engines.probing import Probe
from render_manager.engines.protocols import (
    FoundInstallations,
    FrameTask,
    Installation,
    InstallationKind,
    Invocation,
    LineParser,
    OptionField,
    Patience,
    RunMode,
    ScenePaths,
)
from render_manager.engines.rule import N_
from render_manager.engines.scene_picture import SavedPreview

_DRIVER = Path(__file__).parents[1] / "drivers" / "blender_driver.py"
SCRIPT_FAILED_EXIT_CODE = 47
"""Exit code Blender is told to end with when a script of ours fails; it never uses it by itself."""
_SCENE_OPTIONS = {"camera", "view_layers", "resolution_percent", "samples", "device"}
"""Options that only our script can set."""
_CHOOSE = N_("Choose one that the scene has, then retry.")
_DRIVER_FAILURES = {
    "camera-missing": _CHOOSE,
    "layer-missing": _CHOOSE,
    "scene-missing": _CHOOSE,
    "format-unknown": N_("Choose another file format, or a newer Blender, then retry."),
    "no-gpu": N_("Render on the CPU, or set up the graphics card in Blender's preferences, then retry."),
}
"""What our driver finds wrong with the job itself, with what to do; trying again is pointless."""


class BlenderEngine:
    """Blender 2.93 to 5.x, as the program or as the bpy wheel."""

    id = ENGINE_ID
    name = "Blender"
    suffixes = (".blend",)

    def __init__(self, *, finder: BlenderFinder) -> None:
        self._finder = finder

    def inspect(self, path: Path, *, scene: str = "") -> SceneInfo:
        """Read a .blend file in milliseconds; raises UserError when it is not a good one."""
        return read_scene(path, scene or None)

    def preview_of(self, path: Path) -> SavedPreview | Sequence[Path]:
        """Return the picture that Blender saved in the file; nothing when it saved none."""
        found = read_thumbnail(path)
        return () if found is None else SavedPreview(*found)

    def output_of(self, scene: SceneInfo, options: Mapping[str, Any]) -> ScenePaths:
        """Return where a scene would write its frames."""
        return output_of(scene)

    def output_suffix(self, scene: SceneInfo, options: Mapping[str, Any]) -> str:
        """Return the ending of the files a job writes."""
        chosen = options.get("file_format") or ("PNG" if scene.is_movie else scene.file_format)
        return IMAGE_SUFFIXES.get(str(chosen), "")

    def image_size_px(self, scene: SceneInfo, options: Mapping[str, Any]) -> tuple[int, int]:
        """Return width and height of the pictures a job writes; (0, 0) when they are not known."""
        percent = int(options.get("resolution_percent") or 0)
        if not percent:
            return scene.width, scene.height
        if scene.extra.get("render_region") == "cropped":
            return 0, 0
        width, height = (int(side) for side in scene.extra["resolution"].split("x"))
        # Blender truncates.
        return width * percent // 100, height * percent // 100

    def check_options(self, options: Mapping[str, Any]) -> dict[str, Any]:
        """Return the options checked, those at their defaults left out; raises UserError."""
        return checked_options(options).model_dump(mode="json", exclude_defaults=True)

    def option_help(self) -> Mapping[str, str]:
        """Return each option's name and one line about it."""
        return {name: field.description or "" for name, field in BlenderOptions.model_fields.items()}

    def check(
        self,
        scene: SceneInfo,
        installation: Installation,
        options: Mapping[str, Any],
        frames: FrameSet,
    ) -> Sequence[Problem]:
        """Return what would go wrong."""
        return problems_with(scene, installation, checked_options(options), frames)

    def fields(self, scene: SceneInfo | None) -> Sequence[OptionField]:
        """Return what a form offers for a .blend file."""
        return option_fields(scene)

    def find_installations(self) -> FoundInstallations:
        """Look for Blender on this computer."""
        return self._finder.find()

    def installation_at(self, program: Path) -> None:
        """Return None: what a program is can only be told by starting it; Blenders are found beforehand."""

    def set_program(self, program: Path | None) -> None:
        """Look first at this program from the next search on."""
        self._finder.setting = program

    def probe(self, installation: Installation) -> Probe:
        """Ask a Blender for its version."""
        return ask(installation.executable)

    def choose_installation(
        self, scene: SceneInfo, installations: Sequence[Installation], options: Mapping[str, Any]
    ) -> Installation:
        """Return the wished installation, or the one nearest to the scene's version and not older.

        Raises UserError when there is none: an older Blender drops what it does not know, or crashes.
        """
        usable = [one for one in installations if not one.problem]
        wish = str(options.get("installation", ""))
        if wish:
            return _wished(wish, usable)
        if not usable:
            raise UserError(
                _(
                    "No Blender was found on this computer. Install Blender {version} or newer from "
                    "blender.org, or name it in the setting BLENDER_EXECUTABLE."
                ).format(version=scene.engine_version_text)
            )
        fitting = [one for one in usable if one.version[:2] >= scene.engine_version]
        if not fitting:
            newest = max(usable, key=lambda one: one.version)
            raise UserError(
                _(
                    "{scene} was saved by Blender {theirs}, and the newest one here is {ours} ({path}). "
                    "Install Blender {theirs} or newer."
                ).format(
                    scene=scene.path,
                    theirs=scene.engine_version_text,
                    ours=newest.version_text,
                    path=newest.executable,
                )
            )
        named = [one for one in fitting if "BLENDER_EXECUTABLE" in one.found_by]
        return min(named or fitting, key=lambda one: (one.version, one.kind is not InstallationKind.PROGRAM))

    def run_mode(self, spec: JobSpec) -> RunMode:
        """Return how Blender is driven for a job."""
        is_batch = spec.options.get("mode") == Mode.BATCH
        return RunMode.BATCH if is_batch else RunMode.RESIDENT

    def run_length(self, spec: JobSpec, frames: Sequence[int], share: int) -> int:
        """Return how many of these frames one `blender -a` takes."""
        return min(len(frames), checked_options(spec.options).batch_size)

    def patience(self, spec: JobSpec) -> Patience:
        """Return how long `blender -a` may be silent: a heavy frame prints nothing for long, but works."""
        return Patience()

    def invocation(
        self,
        spec: JobSpec,
        installation: Installation,
        tasks: Sequence[FrameTask],
        *,
        mode: RunMode,
        token: str,
    ) -> Invocation:
        """Return how to start Blender; raises UserError when this installation cannot do it."""
        options = checked_options(spec.options)
        if mode is RunMode.RESIDENT:
            return self._resident(spec, installation, options, token)
        return self._batch(spec, installation, options, tasks, token)

    def frame_order(self, task: FrameTask) -> str:
        """Return the line that hands a frame to the driver."""
        return json.dumps(
            {"do": "render", "frame": task.frame, "folder": str(task.staging_dir), "name": task.name}
        )

    def farewell(self) -> str:
        """Return the line that asks the driver to end."""
        return json.dumps({"do": "quit"})

    def parser(
        self,
        token: str,
        spec: JobSpec | None = None,
        frames: Sequence[int] = (),
    ) -> LineParser:
        """Return a parser of Blender's output."""
        return BlenderParser(token)

    def explain(
        self, outcome: ProcessOutcome | None, remarks: Sequence[Remark], error: str, error_code: str = ""
    ) -> Diagnosis:
        """Say why an attempt failed."""
        if error_code in _DRIVER_FAILURES:
            known = find(error)
            text, advice = (
                (f"{error}.", _(_DRIVER_FAILURES[error_code]))
                if known is None
                else (known.meaning, known.advice)
            )
            return Diagnosis(error_code, text, advice, permanent=True, scope=Scope.JOB)
        return diagnosis.explain(outcome, remarks, error)

    def should_fall_back(self, installation: Installation, diagnosis: Diagnosis) -> bool:
        """Return whether `blender -a` may do what the driver could not."""
        return installation.kind is InstallationKind.PROGRAM and diagnosis.code in (
            "script-failed",
            "driver-error",
        )

    def _resident(
        self, spec: JobSpec, installation: Installation, options: BlenderOptions, token: str
    ) -> Invocation:
        program = str(installation.executable)
        if installation.kind is InstallationKind.PYTHON_MODULE:
            argv = [program, "-u", str(_DRIVER)]
        else:
            argv = [*_program_head(program, options), "-P", str(_DRIVER)]
        settings = {
            "token": token,
            "scene_file": str(spec.scene),
            "options": options.model_dump(mode="json"),
        }
        return Invocation(tuple(argv), env=_environment(), greeting=(json.dumps(settings),))

    def _batch(
        self,
        spec: JobSpec,
        installation: Installation,
        options: BlenderOptions,
        tasks: Sequence[FrameTask],
        token: str,
    ) -> Invocation:
        """Return `blender -b FILE … -f LIST`; options act in order, so the frames come last."""
        if installation.kind is InstallationKind.PYTHON_MODULE:
            raise UserError(_("The bpy wheel has no batch mode; choose a Blender program for it."))
        if any(task.frame < 0 for task in tasks):
            raise UserError(_("Blender's batch mode cannot render negative frames; use the resident mode."))
        argv = [*_program_head(str(installation.executable), options), str(spec.scene)]
        if options.scene:
            argv += ["-S", options.scene]
        if options.threads:
            argv += ["-t", str(options.threads)]
        # A scene that is set to write a movie has to be told that frames are wanted.
        file_format = options.file_format or ("PNG" if spec.output_suffix == ".png" else "")
        if file_format:
            argv += ["-F", file_format]
        # The fallback does without our script: it is there because that script did not work.
        has_script = options.mode is Mode.BATCH
        lost = options.model_dump(include=_SCENE_OPTIONS, exclude_defaults=True)
        if lost and not has_script:
            raise UserError(
                _(
                    "{options} cannot be set, since Blender {version} does not run the script that sets it."
                ).format(options=", ".join(sorted(lost)), version=installation.version_text)
            )
        folder = tasks[0].staging_dir
        if has_script:
            argv += ["-P", str(_DRIVER)]
        argv += ["-o", str(folder / _pattern(spec))]
        argv += _frame_arguments([task.frame for task in tasks])
        if has_script:
            settings = {"token": token, "options": options.model_dump(mode="json"), "folder": str(folder)}
            argv += ["--", "--render-manager-setup", json.dumps(settings)]
        return Invocation(tuple(argv), env=_environment())


def _program_head(program: str, options: BlenderOptions) -> list[str]:
    argv = [program, "-b"]
    if options.factory_startup:
        argv.append("--factory-startup")
    argv += ["-y" if options.scripts else "-Y", "--python-exit-code", str(SCRIPT_FAILED_EXIT_CODE)]
    return [*argv, *options.extra_arguments]


def _environment() -> dict[str, str | None]:
    return {"PYTHONUTF8": "1", "PYTHONIOENCODING": "utf-8"}


def _pattern(spec: JobSpec) -> str:
    return spec.output_name if "#" in spec.output_name else f"{spec.output_name}####"


def _frame_arguments(frames: Sequence[int]) -> list[str]:
    """Return `-s A -e B -j STEP -a` for an even run, else `-f` with a list."""
    step = frames[1] - frames[0] if len(frames) > 1 else 1
    if list(frames) == list(range(frames[0], frames[-1] + 1, step)):
        return ["-s", str(frames[0]), "-e", str(frames[-1]), "-j", str(step), "-a"]
    return ["-f", ",".join(str(frame) for frame in frames)]


def _wished(wish: str, usable: Sequence[Installation]) -> Installation:
    for one in usable:
        if one.is_named(wish):
            return one
    for one in usable:
        if one.version_text.startswith(f"{wish}."):
            return one
    known = ", ".join(f"{one.version_text} ({one.executable})" for one in usable) or _("none")
    raise UserError(
        _("There is no Blender “{wish}” on this computer. Found: {known}.").format(wish=wish, known=known)
    )
