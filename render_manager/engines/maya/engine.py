"""Maya as an engine: what it takes to inspect, start, read and understand it."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from render_manager.domain.diagnosis import Diagnosis
from render_manager.domain.frameset import FrameSet
from render_manager.domain.jobspec import JobSpec
from render_manager.domain.outcome import ProcessOutcome
from render_manager.domain.scene import Problem, SceneInfo
from render_manager.engines.events import Remark
from render_manager.engines.maya import choosing, diagnosis, naming
from render_manager.engines.maya.arguments import check_arguments
from render_manager.engines.maya.checks import problems_with
from render_manager.engines.maya.fields import option_fields
from render_manager.engines.maya.installations import ENGINE_ID, MayaFinder, installation_at
from render_manager.engines.maya.invocation import invocation, run_length
from render_manager.engines.maya.options import IMAGE_SUFFIXES, MayaOptions, checked_options
from render_manager.engines.maya.parser import MayaParser, Run
from render_manager.engines.maya.passes import cameras_of, layers_of
from render_manager.engines.maya.renderers import renderer_of
from render_manager.engines.maya.scene_memory import SceneMemory
from render_manager.engines.probing import Probe, run_probe
from render_manager.engines.protocols import (
    FoundInstallations,
    FrameTask,
    Installation,
    Invocation,
    LineParser,
    OptionField,
    Patience,
    RunMode,
    ScenePaths,
)
from render_manager.engines.scene_picture import SavedPreview

PICTURES_BESIDE = (".png", ".jpg", ".jpeg")
"""Endings of pictures that people and asset browsers keep beside a scene, under its name."""


class MayaEngine:
    """Maya 2016 and later through its `Render` program, with whatever renderer the scene is set to."""

    id = ENGINE_ID
    name = "Maya"
    suffixes = (".ma", ".mb")

    def __init__(self, *, finder: MayaFinder, read_scene: Callable[[Path, str], SceneInfo]) -> None:
        """Take what finds installations, and what reads a scene file (path, name of a scene)."""
        self._finder = finder
        self._scenes = SceneMemory(read_scene)

    def inspect(self, path: Path, *, scene: str = "") -> SceneInfo:
        """Read a scene file without starting Maya; raises UserError when it is not a good one."""
        return self._scenes.read(path, scene)

    def preview_of(self, path: Path) -> SavedPreview | Sequence[Path]:
        """Return where Maya and its file browser keep pictures of a scene."""
        swatches = path.parent / ".mayaSwatches"
        return (
            swatches / f"{path.name}.swatch",
            swatches / f"{path.name}.preview",
            *(path.with_suffix(suffix) for suffix in PICTURES_BESIDE),
        )

    def output_of(self, scene: SceneInfo, options: Mapping[str, Any]) -> ScenePaths:
        """Return where a scene would write its frames."""
        return naming.output_of(scene, options)

    def output_suffix(self, scene: SceneInfo, options: Mapping[str, Any]) -> str:
        """Return the ending of the files a job writes; empty when it is not certain."""
        chosen = str(options.get("image_format") or "")
        if chosen:
            return IMAGE_SUFFIXES.get(chosen, "")
        if renderer_of(str(options.get("renderer") or scene.renderer)) != renderer_of(scene.renderer):
            # The scene's format was set for its own renderer.
            return ""
        said = str(scene.extra.get("image_suffix", "")).lstrip(".")
        return f".{said}" if said else ""

    def image_size_px(self, scene: SceneInfo, options: Mapping[str, Any]) -> tuple[int, int]:
        """Return width and height of the pictures a job writes; (0, 0) when they are not known."""
        return choosing.image_size_px(scene, options)

    def check_options(self, options: Mapping[str, Any]) -> dict[str, Any]:
        """Return the options checked, those at their defaults left out; raises UserError."""
        checked = checked_options(options)
        check_arguments(checked.extra_arguments)
        return checked.model_dump(mode="json", exclude_defaults=True)

    def option_help(self) -> Mapping[str, str]:
        """Return each option's name and one line about it."""
        return {name: field.description or "" for name, field in MayaOptions.model_fields.items()}

    def fields(self, scene: SceneInfo | None) -> Sequence[OptionField]:
        """Return what a form offers for a Maya scene."""
        return option_fields(scene)

    def check(
        self,
        scene: SceneInfo,
        installation: Installation,
        options: Mapping[str, Any],
        frames: FrameSet,
    ) -> Sequence[Problem]:
        """Return what would go wrong."""
        return problems_with(scene, installation, checked_options(options), frames)

    def find_installations(self) -> FoundInstallations:
        """Look for Maya on this computer."""
        return self._finder.find()

    def installation_at(self, program: Path) -> Installation | None:
        """Return the Maya that a program or a folder belongs to; None when nothing is there."""
        return installation_at(program)

    def set_program(self, program: Path | None) -> None:
        """Look first at this program from the next search on."""
        self._finder.setting = program

    def probe(self, installation: Installation) -> Probe:
        """Have `Render` print its help, which needs Maya's libraries and no licence."""
        argument = "-help" if installation.executable.stem.lower() == "render" else "-v"
        return run_probe([str(installation.executable), argument])

    def choose_installation(
        self, scene: SceneInfo, installations: Sequence[Installation], options: Mapping[str, Any]
    ) -> Installation:
        """Return the wished Maya, the scene's own or the next newer; raises UserError when there is none."""
        return choosing.choose_installation(scene, installations, options)

    def run_mode(self, spec: JobSpec) -> RunMode:
        """Return how Maya is driven: one process for a run of frames."""
        return RunMode.BATCH

    def run_length(self, spec: JobSpec, frames: Sequence[int], share: int) -> int:
        """Return how many of these frames one `Render` takes: an even run, and no more than a fair share."""
        return run_length(frames, min(share, checked_options(spec.options).batch_size))

    def patience(self, spec: JobSpec) -> Patience:
        """Return how long Maya may be silent, and how long it may take to leave."""
        options = checked_options(spec.options)
        return Patience(stall_s=options.stall_timeout_s or None, leave_s=options.leave_timeout_s)

    def invocation(
        self,
        spec: JobSpec,
        installation: Installation,
        tasks: Sequence[FrameTask],
        *,
        mode: RunMode,
        token: str,
    ) -> Invocation:
        """Return how to start Maya; reads the scene if it changed, so not for the GUI or the owner thread.

        Raises UserError when Maya cannot be told to do what is wanted.
        """
        return invocation(spec, installation, tasks, self._scenes.recall(spec.scene))

    def frame_order(self, task: FrameTask) -> str:
        """Return nothing: the frames of a run are in its arguments."""
        return ""

    def farewell(self) -> str:
        """Return nothing: Maya ends by itself after its last frame."""
        return ""

    def parser(self, token: str, spec: JobSpec | None = None, frames: Sequence[int] = ()) -> LineParser:
        """Return a parser of Maya's output; for a worker it knows the frames, layers and renderer."""
        if not token or spec is None:
            return MayaParser(token)
        scene = self._scenes.recall(spec.scene)
        renderer = spec.options.get("renderer") or ("" if scene is None else scene.renderer)
        run = Run(
            frames=tuple(frames),
            layers=layers_of(scene, spec.options),
            cameras=cameras_of(scene, spec.options),
            renderer=renderer_of(str(renderer)),
        )
        return MayaParser(token, run)

    def explain(
        self,
        outcome: ProcessOutcome | None,
        remarks: Sequence[Remark],
        error: str,
        error_code: str = "",
    ) -> Diagnosis:
        """Say why an attempt failed."""
        return diagnosis.explain(outcome, remarks, error)

    def should_fall_back(self, installation: Installation, diagnosis: Diagnosis) -> bool:
        """Return False: there is no other way to drive Maya."""
        return False
