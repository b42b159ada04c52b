"""A renderer that a user defined, as an engine like any other."""

from collections.abc import Mapping, Sequence
from functools import partial
from gettext import gettext as _
from pathlib import Path
from typing import Any

from render_manager.domain.diagnosis import Diagnosis, Scope
from render_manager.domain.errors import UserError
from render_manager.domain.frameset import FrameSet
from render_manager.domain.jobspec import JobSpec
from render_manager.domain.outcome import ProcessOutcome
from render_manager.domain.scene import Problem, SceneInfo
from render_manager.engines.commands.definition import Definition, ExitCodePart
from render_manager.engines.commands.finder import CommandFinder, installation_of
from render_manager.engines.commands.options import (
    checked_options,
    option_fields,
    option_help,
    option_values,
)
from render_manager.engines.commands.parser import CommandParser
from render_manager.engines.commands.scene import read_scene
from render_manager.engines.commands.template import fill, fill_arguments
from render_manager.engines.events import Remark
from render_manager.engines.explaining import Explainer
from render_manager.engines.probing import ProbeMemory
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
                int(code): partial(_exit_diagnosis, part) for code, part in definition.exit_codes.items()
            },
        )

    def inspect(self, path: Path, *, scene: str = "") -> SceneInfo:  # noqa: ARG002 - files hold one scene
        """Read what the definition's patterns find in a scene file; raises UserError."""
        return read_scene(path, self._definition)

    def output_of(self, scene: SceneInfo, options: Mapping[str, Any]) -> ScenePaths:
        """Return the name of the definition; the folder is for the user or the settings to say."""
        values = {**_scene_values(scene.path), **self._values(options)}
        return ScenePaths(None, fill(self._definition.output.name, values))

    def output_suffix(self, scene: SceneInfo, options: Mapping[str, Any]) -> str:  # noqa: ARG002
        """Return the ending of the definition."""
        return self._definition.output.suffix

    def image_size_px(self, scene: SceneInfo, options: Mapping[str, Any]) -> tuple[int, int]:
        """Return width and height that the definition tells; (0, 0) when it does not."""
        output = self._definition.output
        values = {**_scene_values(scene.path), **self._values(options)}
        sides = [fill(text, values) for text in (output.width, output.height)]
        if all(side.isdecimal() for side in sides):
            return int(sides[0]), int(sides[1])
        return scene.width, scene.height

    def check_options(self, options: Mapping[str, Any]) -> dict[str, Any]:
        """Return the options checked; raises UserError."""
        return checked_options(self._definition, options)

    def option_help(self) -> Mapping[str, str]:
        """Return each option's name and one line about it."""
        return option_help(self._definition)

    def fields(self, scene: SceneInfo | None) -> Sequence[OptionField]:  # noqa: ARG002 - always the same
        """Return the options of the definition."""
        return option_fields(self._definition)

    def check(
        self,
        scene: SceneInfo,
        installation: Installation,  # noqa: ARG002 - the protocol's; nothing is known of versions
        options: Mapping[str, Any],  # noqa: ARG002
        frames: FrameSet,  # noqa: ARG002
    ) -> Sequence[Problem]:
        """Return what was found when the scene was read."""
        return scene.problems

    def find_installations(self) -> FoundInstallations:
        """Look where the definition says."""
        return self._finder.find()

    def installation_at(self, program: Path) -> Installation | None:
        """Take any program for the one that the definition means."""
        return installation_of(self.id, program, _("named by you"))

    def choose_installation(
        self,
        scene: SceneInfo,  # noqa: ARG002 - any version will do
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
        usable = [one for one in installations if not one.problem]
        if wish:
            usable = [one for one in usable if wish in (one.key, str(one.executable), one.version_text)]
        if not usable:
            places = ", ".join((*self._definition.program.names, *self._definition.program.paths))
            raise UserError(
                _(
                    "{engine} was not found on this computer ({places}). Install it, or name its program."
                ).format(engine=self.name, places=wish or places)
            )
        return usable[0]

    def run_mode(self, spec: JobSpec) -> RunMode:  # noqa: ARG002
        """Return the only mode there is."""
        return RunMode.BATCH

    def run_length(self, spec: JobSpec, frames: Sequence[int], share: int) -> int:  # noqa: ARG002
        """Return one frame, or as many as make an even run."""
        run = self._definition.run
        if run.mode == "frame":
            return 1
        most = min(len(frames), share, run.frames_per_run or len(frames))
        if "{frames}" in " ".join(run.arguments):
            return most
        length = min(most, 2)
        while 2 <= length < most and frames[length] - frames[length - 1] == frames[1] - frames[0]:
            length += 1
        return length

    def patience(self, spec: JobSpec) -> Patience:  # noqa: ARG002
        """Return the limits of the definition."""
        return Patience(self._definition.limits.stall_s, self._definition.limits.leave_s)

    def invocation(
        self,
        spec: JobSpec,
        installation: Installation,
        tasks: Sequence[FrameTask],
        *,
        mode: RunMode,  # noqa: ARG002 - batch is the only one
        token: str,  # noqa: ARG002 - no script of ours runs inside
    ) -> Invocation:
        """Return the command of the definition with everything filled in."""
        run = self._definition.run
        values = {**self._values(spec.options), **_run_values(spec, tasks)}
        extra = spec.options.get("extra_arguments", [])
        folder = fill(run.working_folder, values)
        return Invocation(
            (str(installation.executable), *extra, *fill_arguments(run.arguments, values)),
            env={name: fill(text, values) for name, text in run.environment.items()},
            cwd=Path(folder) if folder else None,
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
        token: str,  # noqa: ARG002 - no script of ours speaks
        spec: JobSpec | None = None,  # noqa: ARG002 - the frames are all it needs
        frames: Sequence[int] = (),
    ) -> LineParser:
        """Return a parser by the definition's patterns."""
        return CommandParser(self._definition, frames)

    def explain(
        self,
        outcome: ProcessOutcome | None,
        remarks: Sequence[Remark],
        error: str,
        error_code: str = "",  # noqa: ARG002 - no script of ours gives up
    ) -> Diagnosis:
        """Say why an attempt failed."""
        return self._explainer.explain(outcome, remarks, error)

    def should_fall_back(self, installation: Installation, diagnosis: Diagnosis) -> bool:  # noqa: ARG002
        """Return False: there is one way only."""
        return False

    def _values(self, options: Mapping[str, Any]) -> dict[str, str]:
        return option_values(self._definition, options)

    def _find(self, line: str) -> Remark | None:
        events = CommandParser(self._definition).feed(line)
        return next((event for event in events if isinstance(event, Remark)), None)


def _exit_diagnosis(part: ExitCodePart) -> Diagnosis:
    return Diagnosis(
        code="exit-code",
        text=part.meaning,
        advice=part.advice,
        permanent=part.permanent,
        scope=Scope.JOB if part.permanent else Scope.FRAME,
    )


def _scene_values(scene: Path) -> dict[str, str]:
    return {"scene": str(scene), "scene_name": scene.stem, "scene_folder": str(scene.parent)}


def _run_values(spec: JobSpec, tasks: Sequence[FrameTask]) -> dict[str, str]:
    frames = [task.frame for task in tasks]
    step = frames[1] - frames[0] if len(frames) > 1 else 1
    numbers = spec.frames.numbers
    first, last = min(numbers), max(numbers)
    return {
        **_scene_values(spec.scene),
        "staging": str(tasks[0].staging_dir),
        "stem": spec.output_name.replace("#", ""),
        "padding": str(spec.output_name.count("#") or 4),
        "suffix": spec.output_suffix,
        "first": str(frames[0]),
        "last": str(frames[-1]),
        "step": str(step),
        "count": str(len(frames)),
        "frames": ",".join(str(frame) for frame in frames),
        "frame": str(frames[0]),
        "frame_name": tasks[0].name,
        "job_first": str(first),
        "job_last": str(last),
        # Some programs make no animation of a single frame, and leave its number out of the name.
        "animation_last": str(max(last, first + 1)),
    }
