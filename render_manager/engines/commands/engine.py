"""A renderer that a user defined, as an engine like any other."""

import os
import re
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from render_manager.domain.diagnosis import Diagnosis, Scope
from render_manager.domain.errors import UserError
from render_manager.domain.frameset import FrameSet
from render_manager.domain.jobspec import JobSpec
from render_manager.domain.outcome import ProcessOutcome
from render_manager.domain.scene import Problem, SceneInfo
from render_manager.domain.texts import gettext as _
from render_manager.engines.command_prompt import check_arguments_of_script
from render_manager.engines.commands.checks import frame_problems, path_problems
from render_manager.engines.commands.definition import Definition, ExitCodePart
from render_manager.engines.commands.finder import CommandFinder, installation_of
from render_manager.engines.commands.options import (
    checked_options,
    option_fields,
    option_help,
    option_values,
)
from render_manager.engines.commands.parser import SLOW_PATTERN, CommandParser
from render_manager.engines.commands.scene import read_scene
from render_manager.engines.commands.template import fill, fill_arguments
from render_manager.engines.commands.values import relative_to, run_values, scene_values
from render_manager.engines.events import Remark
from render_manager.engines.explaining import Explainer
from render_manager.engines.probing import Probe, ProbeMemory, run_probe
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

MOST_LISTED_FRAMES = 1_000
"""Frames of a run whose numbers are all among the arguments; Windows takes 32,767 characters of them."""
_EXIT_CODE = 0xFFFFFFFF
"""Windows has no exit codes below 0: -1 becomes the largest of 32 bits."""
_FORBIDDEN_IN_NAMES = re.compile(r'[/\\:*?"<>|\0\n\r]')


class CommandEngine:
    """One defined renderer; driven by batch workers only."""

    def __init__(self, definition: Definition, *, memory: ProbeMemory) -> None:
        self._definition = definition
        self._finder = CommandFinder(definition, memory)
        self.id = definition.id
        self.name = definition.name
        self.suffixes = definition.suffixes
        self._explainer = Explainer(
            name=definition.name,
            find=self._find,
            vague=frozenset(),
            exit_codes={
                number: partial(_exit_diagnosis, part)
                for code, part in definition.exit_codes.items()
                for number in (int(code), int(code) & _EXIT_CODE)
            },
        )

    def inspect(self, path: Path, *, scene: str = "") -> SceneInfo:
        """Read what the definition's patterns find in a scene file; raises UserError."""
        return read_scene(path, self._definition)

    def output_of(self, scene: SceneInfo, options: Mapping[str, Any]) -> ScenePaths:
        """Return the name of the definition; the folder is for the user or the settings to say."""
        values = {name: _FORBIDDEN_IN_NAMES.sub("_", value) for name, value in self._values(options).items()}
        return ScenePaths(None, fill(self._definition.output.name, {**scene_values(scene.path), **values}))

    def output_suffix(self, scene: SceneInfo, options: Mapping[str, Any]) -> str:
        """Return the ending of the definition."""
        return self._definition.output.suffix

    def image_size_px(self, scene: SceneInfo, options: Mapping[str, Any]) -> tuple[int, int]:
        """Return width and height that the definition or the scene tells; (0, 0) when none does."""
        output, values = self._definition.output, self._values(options)
        sides = [fill(text, values) for text in (output.width, output.height)]
        if all(re.fullmatch("[0-9]{1,9}", side) for side in sides):
            return int(sides[0]), int(sides[1])
        return scene.width, scene.height

    def check_options(self, options: Mapping[str, Any]) -> dict[str, Any]:
        """Return the options checked; raises UserError."""
        return checked_options(self._definition, options)

    def option_help(self) -> Mapping[str, str]:
        """Return each option's name and one line about it."""
        return option_help(self._definition)

    def fields(self, scene: SceneInfo | None) -> Sequence[OptionField]:
        """Return the options of the definition."""
        return option_fields(self._definition)

    def check(
        self,
        scene: SceneInfo,
        installation: Installation,
        options: Mapping[str, Any],
        frames: FrameSet,
    ) -> Sequence[Problem]:
        """Return what was found when the scene was read, and what the definition says cannot be."""
        return (
            *scene.problems,
            *path_problems(self._definition, scene.path),
            *frame_problems(self._definition, frames, self._values(options)),
        )

    def find_installations(self) -> FoundInstallations:
        """Look where the definition says."""
        return self._finder.find()

    def installation_at(self, program: Path) -> Installation | None:
        """Take any program for the one that the definition means."""
        return installation_of(self.id, program, _("named by you"))

    def set_program(self, program: Path | None) -> None:
        """Do nothing: a definition says where its program is."""

    def probe(self, installation: Installation) -> Probe:
        """Ask for the version where the definition says how; else look whether the program is there."""
        arguments = self._definition.program.version_arguments
        if arguments:
            return run_probe([str(installation.executable), *arguments])
        if not os.access(installation.executable, os.X_OK):
            text = _("{path} may not be run.").format(path=installation.executable)
            return Probe("", text)
        return Probe(_("The program is there. It was not started, since it tells no version."))

    def choose_installation(
        self,
        scene: SceneInfo,
        installations: Sequence[Installation],
        options: Mapping[str, Any],
    ) -> Installation:
        """Return the wished installation, or the newest one; raises UserError when there is none."""
        executable = str(options.get("executable", ""))
        if executable:
            path = Path(executable).expanduser()
            if not path.is_file():
                raise UserError(
                    _("{path} is no program. Correct the option executable.").format(path=executable)
                )
            return installation_of(self.id, path.absolute(), _("option executable"))
        wish = str(options.get("installation", ""))
        if not wish and installations:
            return installations[0]
        for one in installations:
            if one.is_named(wish):
                return one
        if installations:
            there = ", ".join(f"{one.version_text} {one.executable}".strip() for one in installations)
            raise UserError(
                _("{engine} {wish} was not found on this computer. There is: {there}.").format(
                    engine=self.name, wish=wish, there=there
                )
            )
        places = ", ".join((*self._definition.program.names, *self._definition.program.paths))
        raise UserError(
            _(
                "{engine} was not found on this computer (looked for: {places}). Install it, or name its "
                "program with the option executable."
            ).format(engine=self.name, places=places)
        )

    def run_mode(self, spec: JobSpec) -> RunMode:
        """Return the only mode there is."""
        return RunMode.BATCH

    def run_length(self, spec: JobSpec, frames: Sequence[int], share: int) -> int:
        """Return one frame, or as many as the program can be told at once."""
        run = self._definition.run
        if run.mode == "frame":
            return 1
        most = min(len(frames), share, run.frames_per_run or len(frames))
        if "frames" in run.placeholders:
            return min(most, MOST_LISTED_FRAMES)
        if most < 2:
            return 1
        step = frames[1] - frames[0]
        if step != 1 and "step" not in run.placeholders:
            return 1
        length = 2
        while length < most and frames[length] - frames[length - 1] == step:
            length += 1
        return length

    def patience(self, spec: JobSpec) -> Patience:
        """Return the limits of the definition."""
        limits = self._definition.limits
        return Patience(stall_s=limits.stall_s or None, leave_s=limits.leave_s)

    def invocation(
        self,
        spec: JobSpec,
        installation: Installation,
        tasks: Sequence[FrameTask],
        *,
        mode: RunMode,
        token: str,
    ) -> Invocation:
        """Return the command of the definition with everything filled in."""
        run = self._definition.run
        values = {**self._values(spec.options), **run_values(spec, tasks)}
        folder = spec.scene.parent / fill(run.working_folder, values)
        values["staging_relative"] = relative_to(tasks[0].staging_dir, folder)
        extra = spec.options.get("extra_arguments", [])
        argv = (str(installation.executable), *extra, *fill_arguments(run.arguments, values))
        instead = _("Name the program that the script starts, or rename what it is given.")
        check_arguments_of_script(argv, instead)
        return Invocation(
            argv,
            env={name: fill(text, values) for name, text in run.environment.items()},
            cwd=folder,
            watches_files=True,
        )

    def frame_order(self, task: FrameTask) -> str:
        """Return nothing: no process of a defined renderer takes frames one by one."""
        return str(task.frame)

    def farewell(self) -> str:
        """Return nothing, for the same reason."""
        return ""

    def parser(
        self,
        token: str,
        spec: JobSpec | None = None,
        frames: Sequence[int] = (),
    ) -> LineParser:
        """Return a parser by the definition's patterns."""
        return CommandParser(self._definition, frames, spec)

    def explain(
        self,
        outcome: ProcessOutcome | None,
        remarks: Sequence[Remark],
        error: str,
        error_code: str = "",
    ) -> Diagnosis:
        """Say why an attempt failed."""
        return self._explainer.explain(outcome, remarks, error)

    def should_fall_back(self, installation: Installation, diagnosis: Diagnosis) -> bool:
        """Return False: there is one way only."""
        return False

    def _values(self, options: Mapping[str, Any]) -> dict[str, str]:
        return option_values(self._definition, options)

    def _find(self, line: str) -> Remark | None:
        parser = CommandParser(self._definition)
        events = (*parser.feed(line), *parser.finish(None))
        found = [event for event in events if isinstance(event, Remark)]
        return next((remark for remark in found if remark.code != SLOW_PATTERN), None)


def _exit_diagnosis(part: ExitCodePart) -> Diagnosis:
    return Diagnosis(
        code="exit-code",
        text=part.meaning,
        advice=part.advice,
        permanent=part.permanent,
        scope=Scope(part.scope),
    )
