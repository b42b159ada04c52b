"""What every engine offers; the dispatcher, the window and the command line know engines only so."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

from render_manager.domain.diagnosis import Diagnosis
from render_manager.domain.frameset import FrameSet
from render_manager.domain.jobspec import JobSpec
from render_manager.domain.outcome import ProcessOutcome
from render_manager.domain.scene import Problem, SceneInfo
from render_manager.domain.texts import gettext as _
from render_manager.engines.events import EngineEvent, Remark
from render_manager.engines.probing import Probe


class InstallationKind(StrEnum):
    """How an installation is run."""

    PROGRAM = "program"
    """The engine's own executable."""
    PYTHON_MODULE = "python-module"
    """A Python interpreter that can import the engine."""


@dataclass(frozen=True, slots=True)
class Installation:
    """One installed version of an engine on this computer."""

    engine: str
    """Engine id."""
    key: str
    """Stable name of this installation, such as `blender:/usr/bin/blender`."""
    version: tuple[int, ...]
    version_text: str
    executable: Path
    kind: InstallationKind
    found_by: str
    """Where it was found: `PATH`, `setting BLENDER_EXECUTABLE`, a registry key, a folder."""
    problem: str = ""
    """Why it cannot be used, one sentence; empty when it can."""

    def is_named(self, wish: str) -> bool:
        """Return whether a user's word means this one: its version, its key, or its program.

        Windows takes paths in either case and with either slash.
        """
        path = os.path.normcase(wish.removeprefix(f"{self.engine}:"))
        return wish in (self.key, self.version_text) or path == os.path.normcase(self.executable)


@dataclass(frozen=True, slots=True)
class SearchedPlace:
    """A place that was looked at for installations."""

    engine: str
    place: str
    found: bool
    note: str = ""
    is_setting: bool = False
    """Whether the user named it in a setting."""

    @property
    def complaint(self) -> str:
        """Return a sentence if the user named it and it cannot be used, else an empty text."""
        if self.found or not self.is_setting:
            return ""
        text = _("The {place} cannot be used: {why} Another installation is taken.")
        return text.format(place=self.place, why=self.note)


@dataclass(frozen=True, slots=True)
class FoundInstallations:
    """The result of looking for an engine."""

    installations: tuple[Installation, ...] = ()
    searched: tuple[SearchedPlace, ...] = ()


@dataclass(frozen=True, slots=True)
class ScenePaths:
    """Where a scene would write its frames."""

    folder: Path | None
    """Absolute folder; None when the scene names none that makes sense on this computer."""
    name: str
    """Name of a frame's file without its ending, with `#` for the digits; empty when it names none."""


@dataclass(frozen=True, slots=True)
class FrameTask:
    """One frame handed to a worker."""

    job_id: int
    frame: int
    attempt: int
    staging_dir: Path
    """Folder to render into; its own for a resident worker's frame, shared by a batch worker's run."""
    name: str
    """File name of the frame without its ending."""
    owns_staging: bool = True
    """Whether `staging_dir` is this attempt's alone."""
    is_alone: bool = False
    """Whether it is the only frame of a batch worker's run."""


class RunMode(StrEnum):
    """The two ways to drive an engine."""

    RESIDENT = "resident"
    """The process stays and is handed one frame at a time over its standard input."""
    BATCH = "batch"
    """The process is started with its frames and ends by itself."""


@dataclass(frozen=True, slots=True)
class Invocation:
    """How to start a worker's process."""

    argv: tuple[str, ...]
    env: Mapping[str, str | None] = field(default_factory=dict)
    """Changes to the environment; None takes a variable away."""
    cwd: Path | None = None
    greeting: tuple[str, ...] = ()
    """Lines written to standard input right after the start."""
    events_file: Path | None = None
    """A file to which our script inside the engine also appends the lines meant for us; it is read while
    the process runs, since some engines hold back their output."""
    watches_files: bool = False
    """Whether finished frames are found by their files in the staging folder, since no line tells of them."""
    spares: tuple[str, ...] = ()
    """Names of programs, without ending, that it may start and that others use as well: not killed."""
    least_files: int = 1
    """Files a whole frame has at least, as one for each render layer: with fewer it is not done, however good
    they are."""


class FieldKind(StrEnum):
    """How an option is chosen in a form."""

    CHOICE = "choice"
    """One of several values."""
    NUMBER = "number"
    """A whole number; 0 stands for no choice."""
    FLAG = "flag"
    """Yes or no."""
    TEXT = "text"
    """Any text; empty stands for no choice."""


@dataclass(frozen=True, slots=True)
class OptionField:
    """An option of an engine that deserves a field of its own in a form."""

    name: str
    """The option's name."""
    label: str
    kind: FieldKind
    choices: tuple[tuple[str, str], ...] = ()
    """Value and text of each choice; the form itself adds "as the scene says" in front."""
    unset: str = ""
    """What the form shows for no choice; empty for "as the scene says"."""
    tip: str = ""
    maximum: int = 1_000_000
    unit: str = ""
    """Shown behind a number, such as ` %`."""
    is_editable: bool = False
    """Whether a value may be typed that is none of the choices."""
    is_rare: bool = False
    """Whether few scenes need it, so that a form may fold it away."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a worker may be silent, where its job does not say it."""

    stall_s: float | None = 900.0
    """Seconds without output, without a new byte in its staging folder and without work of the processor
    after which it is taken for stuck; None for never."""
    start_s: float | None = 1800.0
    """The same from its start to its first frame; where `stall_s` is longer, that counts."""
    frame_s: float | None = None
    """Seconds one frame may take, however busy it is; None for any time."""
    leave_s: float = 30.0
    """Seconds it may take to end after its last frame; then it is ended, and its frames are good."""


class LineParser(Protocol):
    """Turns lines of output into events; no clock, no files, no callbacks."""

    def feed(self, line: str) -> Sequence[EngineEvent]:
        """Read one line without its end."""
        ...

    def finish(self, outcome: ProcessOutcome | None) -> Sequence[EngineEvent]:
        """Say what the end of the output means; `outcome` is None when only a log is at hand."""
        ...


class Engine(Protocol):
    """One kind of renderer program."""

    @property
    def id(self) -> str:
        """Stable id, such as `blender`."""
        ...

    @property
    def name(self) -> str:
        """Name as its makers write it."""
        ...

    @property
    def suffixes(self) -> tuple[str, ...]:
        """Endings of its scene files, lower case, with the dot."""
        ...

    def inspect(self, path: Path, *, scene: str = "") -> SceneInfo:
        """Read a scene file without starting the engine.

        `scene` chooses one of several scenes in the file. Raises UserError when the file is not a good one.
        """
        ...

    def output_of(self, scene: SceneInfo, options: Mapping[str, Any]) -> ScenePaths:
        """Return where a scene would write its frames with these options."""
        ...

    def output_suffix(self, scene: SceneInfo, options: Mapping[str, Any]) -> str:
        """Return the ending of the files a job writes, with the dot; empty when it is not known."""
        ...

    def image_size_px(self, scene: SceneInfo, options: Mapping[str, Any]) -> tuple[int, int]:
        """Return width and height of the pictures a job writes; (0, 0) when they are not known."""
        ...

    def check_options(self, options: Mapping[str, Any]) -> dict[str, Any]:
        """Return the options checked and completed; raises UserError naming the bad one."""
        ...

    def option_help(self) -> Mapping[str, str]:
        """Return each option's name and one line about it."""
        ...

    def fields(self, scene: SceneInfo | None) -> Sequence[OptionField]:
        """Return the options a form offers; `scene` is None while it is not read yet.

        The fields are the same with and without a scene, only their choices are not.
        """
        ...

    def check(
        self,
        scene: SceneInfo,
        installation: Installation,
        options: Mapping[str, Any],
        frames: FrameSet,
    ) -> Sequence[Problem]:
        """Return what would go wrong if this installation rendered these frames with these options."""
        ...

    def find_installations(self) -> FoundInstallations:
        """Look for installed versions; starts programs to ask their version, so not for the GUI thread."""
        ...

    def installation_at(self, program: Path) -> Installation | None:
        """Return the installation that a program belongs to, told from its path and files beside it alone.

        None when this engine cannot tell, or does not take programs from anywhere.
        """
        ...

    def set_program(self, program: Path | None) -> None:
        """Look first at this program, which the user named, from the next search on; any thread."""
        ...

    def probe(self, installation: Installation) -> Probe:
        """Ask an installation for a sign of life; can take half a minute, so not for the GUI thread."""
        ...

    def choose_installation(
        self, scene: SceneInfo, installations: Sequence[Installation], options: Mapping[str, Any]
    ) -> Installation:
        """Return the installation that fits a scene best; raises UserError when none does."""
        ...

    def run_mode(self, spec: JobSpec) -> RunMode:
        """Return how workers of a job are driven."""
        ...

    def run_length(self, spec: JobSpec, frames: Sequence[int], share: int) -> int:
        """Return how many of these frames, from the first on, one batch worker takes; at least 1.

        `frames` are sorted; `share` is how many each slot would get if all of them took the same number.
        """
        ...

    def patience(self, spec: JobSpec) -> Patience:
        """Return how long a worker of a job may be silent."""
        ...

    def invocation(
        self,
        spec: JobSpec,
        installation: Installation,
        tasks: Sequence[FrameTask],
        *,
        mode: RunMode,
        token: str,
    ) -> Invocation:
        """Return how to start a worker; a batch worker gets its frames here. `token` marks our own lines."""
        ...

    def frame_order(self, task: FrameTask) -> str:
        """Return the line that hands a frame to a resident worker."""
        ...

    def farewell(self) -> str:
        """Return the line that asks a resident worker to end."""
        ...

    def parser(self, token: str, spec: JobSpec | None = None, frames: Sequence[int] = ()) -> LineParser:
        """Return a parser for one worker's output, or with an empty token for a log from anywhere.

        A batch worker's is told the frames of its run, in their order.
        """
        ...

    def explain(
        self, outcome: ProcessOutcome | None, remarks: Sequence[Remark], error: str, error_code: str = ""
    ) -> Diagnosis:
        """Say why an attempt failed: from how the process ended, known lines, and what the script said."""
        ...

    def should_fall_back(self, installation: Installation, diagnosis: Diagnosis) -> bool:
        """Return whether a resident worker that never got ready should be replaced by batch workers."""
        ...
