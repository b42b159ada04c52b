"""Unreal Engine as an engine: what it takes to inspect, start, read and understand it."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from render_manager.domain.diagnosis import Diagnosis
from render_manager.domain.frameset import FrameSet
from render_manager.domain.jobspec import JobSpec
from render_manager.domain.outcome import ProcessOutcome
from render_manager.domain.scene import Problem, SceneInfo
from render_manager.domain.texts import gettext as _
from render_manager.engines.events import Remark
from render_manager.engines.probing import Probe
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
from render_manager.engines.unreal import diagnosis, naming
from render_manager.engines.unreal.checks import problems_with
from render_manager.engines.unreal.choosing import choose
from render_manager.engines.unreal.content import ContentMemory
from render_manager.engines.unreal.fields import option_fields
from render_manager.engines.unreal.installations import ENGINE_ID, UnrealFinder, installation_at
from render_manager.engines.unreal.invocation import make_invocation
from render_manager.engines.unreal.options import IMAGE_SUFFIXES, UnrealOptions, checked_options
from render_manager.engines.unreal.parser import UnrealParser
from render_manager.engines.unreal.project import read_project
from render_manager.engines.unreal.scene_reader import read_scene


class UnrealEngine:
    """Unreal Engine 4.27 and 5.0 to 5.8, through Movie Render Queue."""

    id = ENGINE_ID
    name = "Unreal Engine"
    suffixes = (".uproject",)

    def __init__(self, *, finder: UnrealFinder, is_closing: Callable[[], bool] = lambda: False) -> None:
        """Take what finds installations, and what tells that nobody waits for a search any more."""
        self._finder = finder
        self._is_closing = is_closing
        self._memory = ContentMemory()

    def inspect(self, path: Path, *, scene: str = "") -> SceneInfo:
        """Read a project and search its content; raises UserError when it is not a good one.

        The first search of a large project may take seconds, later ones only what has changed.
        """
        return read_scene(path, scene, is_cancelled=self._is_closing, memory=self._memory)

    def preview_of(self, path: Path) -> SavedPreview | Sequence[Path]:
        """Return where the project's picture is: its own, or what the editor shot of its viewport."""
        return path.with_suffix(".png"), path.parent / "Saved" / "AutoScreenshot.png"

    def output_of(self, scene: SceneInfo, options: Mapping[str, Any]) -> ScenePaths:
        """Return where a job's frames go: in a folder and under a name of its own."""
        return naming.output_of(scene, options)

    def output_suffix(self, scene: SceneInfo, options: Mapping[str, Any]) -> str:
        """Return the ending of the files a job writes; empty when its preset decides."""
        chosen = str(options.get("image_format") or "")
        if not chosen and not any(options.get(name) for name in ("preset", "queue", "graph")):
            chosen = "PNG"
        return "" if options.get("graph") else IMAGE_SUFFIXES.get(chosen, "")

    def image_size_px(self, scene: SceneInfo, options: Mapping[str, Any]) -> tuple[int, int]:
        """Return width and height when the job sets them; the preset's cannot be told from here."""
        if options.get("graph"):
            return 0, 0
        return int(options.get("width") or 0), int(options.get("height") or 0)

    def check_options(self, options: Mapping[str, Any]) -> dict[str, Any]:
        """Return the options checked, those at their defaults left out; raises UserError."""
        return checked_options(options).model_dump(mode="json", exclude_defaults=True)

    def option_help(self) -> Mapping[str, str]:
        """Return each option's name and one line about it."""
        return {name: field.description or "" for name, field in UnrealOptions.model_fields.items()}

    def fields(self, scene: SceneInfo | None) -> Sequence[OptionField]:
        """Return what a form offers for a project."""
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
        """Look for Unreal on this computer; starts no program."""
        return self._finder.find()

    def installation_at(self, program: Path) -> Installation | None:
        """Return the installation of a program or of an engine's folder; None when it is not there."""
        return installation_at(program)

    def set_program(self, program: Path | None) -> None:
        """Look first at this program from the next search on."""
        self._finder.setting = program

    def probe(self, installation: Installation) -> Probe:
        """Look whether the editor is there; it is not started, since that takes minutes."""
        there = installation_at(installation.executable)
        if there is None:
            text = _("{path} is not there any more.").format(path=installation.executable)
            return Probe("", text)
        return Probe(_("The editor is there. It was not started, since that takes minutes."))

    def choose_installation(
        self, scene: SceneInfo, installations: Sequence[Installation], options: Mapping[str, Any]
    ) -> Installation:
        """Return the engine the project belongs to, or the one that is wished; raises UserError."""
        return choose(scene.path, read_project(scene.path).association, installations, options)

    def run_mode(self, spec: JobSpec) -> RunMode:
        """Return that an editor is started with its frames."""
        return RunMode.BATCH

    def run_length(self, spec: JobSpec, frames: Sequence[int], share: int) -> int:
        """Return how many frames one editor takes: all, for a shot that is cut flickers where it is cut."""
        return min(len(frames), max(share, 1)) if checked_options(spec.options).cut_shots else len(frames)

    def patience(self, spec: JobSpec) -> Patience:
        """Return how long an editor may be silent, and how long it may take to close."""
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
        """Return how to start the editor, and write its manifest; raises UserError when it cannot be done."""
        return make_invocation(
            spec, installation, checked_options(spec.options), tasks, token=token, read=self.inspect
        )

    def frame_order(self, task: FrameTask) -> str:
        """Raise: frames are never handed over one by one."""
        raise NotImplementedError(task)

    def farewell(self) -> str:
        """Return nothing: the editor ends by itself."""
        return ""

    def parser(
        self,
        token: str,
        spec: JobSpec | None = None,
        frames: Sequence[int] = (),
    ) -> LineParser:
        """Return a parser of Unreal's output."""
        return UnrealParser(token)

    def explain(
        self, outcome: ProcessOutcome | None, remarks: Sequence[Remark], error: str, error_code: str = ""
    ) -> Diagnosis:
        """Say why an attempt failed."""
        return diagnosis.explain(outcome, remarks, error, error_code)

    def should_fall_back(self, installation: Installation, diagnosis: Diagnosis) -> bool:
        """Return no: there are no resident workers."""
        return False
