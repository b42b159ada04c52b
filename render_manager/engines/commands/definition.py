"""A renderer defined in a TOML file: what may stand there, and how its entries must fit together.

`docs/own-commands.md` explains each entry to users; `reading.py` reads the file and words the errors.
"""

import re
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from render_manager.domain.texts import gettext as _
from render_manager.engines.commands.entries import (
    Argument,
    EntryError,
    Id,
    Limits,
    Pattern,
    ProgramName,
    ProgramPath,
    Side,
    Suffix,
    Template,
)
from render_manager.engines.commands.patterns import group_count, groups_of
from render_manager.engines.commands.template import (
    PLACEHOLDERS,
    SCENE_PLACEHOLDERS,
    placeholders_in,
)

RESERVED_OPTIONS = frozenset({"executable", "installation", "extra_arguments"})
"""Options that every defined renderer has."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class ProgramPart(_Part):
    """Where the program may be."""

    names: tuple[ProgramName, ...] = ()
    """Names to look for on PATH."""
    paths: tuple[ProgramPath, ...] = ()
    """Paths where it usually is, with `*`, `~` and environment variables."""
    version_arguments: tuple[str, ...] = ()
    """With which arguments it tells its version; empty when it does not."""
    version_pattern: Pattern = r"(?P<version>\d+(?:\.\d+)+)"

    @model_validator(mode="after")
    def _is_somewhere(self) -> "ProgramPart":
        if not (self.names or self.paths):
            raise EntryError(_("program needs names or paths"))
        return self


class RunPart(_Part):
    """How the program is started."""

    mode: Literal["batch", "frame"] = "batch"
    """Whether a process gets a run of frames, or one frame."""
    arguments: tuple[Argument, ...] = Field(min_length=1)
    environment: dict[str, Template] = {}
    working_folder: Template = "{scene_folder}"
    frames_per_run: int = Field(default=0, ge=0)
    """Most frames for one process; 0 for an equal share for each slot."""
    lowest_frame: Limits = ()
    """Numbers, mostly one, or options in braces, below which no frame may be."""
    highest_frame: Limits = ()
    """The same, above which no frame may be."""
    refused_in_paths: Pattern = ""
    """What the program does not take in the path of a scene."""

    @property
    def placeholders(self) -> frozenset[str]:
        """Return what is filled in for a process."""
        texts = (*(text for group in self.arguments for text in group), *self.environment.values())
        return frozenset().union(*map(placeholders_in, (*texts, self.working_folder)))

    @property
    def scene_placeholders(self) -> frozenset[str]:
        """Return what the arguments say of the scene."""
        texts = [text for group in self.arguments for text in group]
        return frozenset().union(*map(placeholders_in, texts)) & SCENE_PLACEHOLDERS

    @model_validator(mode="after")
    def _tells_its_frames(self) -> "RunPart":
        for name in self.environment:
            if not name or "=" in name or "\0" in name:
                text = _("“{name}” is no name of an environment variable").format(name=name)
                raise EntryError(text, "environment", name)
        if self.mode == "batch" and not self.placeholders & {"last", "count", "frames"}:
            raise EntryError(
                _(
                    "nothing tells the program where its run ends: use {{last}}, {{count}} or {{frames}}, "
                    'or mode = "frame" for a program that renders one frame'
                ).format(),
                "arguments",
            )
        return self


class OutputPart(_Part):
    """What it writes."""

    name: Template = "{scene_name}_####"
    suffix: Suffix = ".png"
    width: Side = ""
    height: Side = ""
    """Pixels of the pictures, mostly an option such as `{width}`; empty when not known beforehand."""

    @model_validator(mode="after")
    def _is_a_file_name(self) -> "OutputPart":
        if not self.name.endswith("#"):
            raise EntryError(_("it has to end in #, which stand for the frame's number"), "name")
        if any(character in self.name for character in '/\\:*?"<>|\0\n\r'):
            raise EntryError(_("“{name}” is no file name").format(name=self.name), "name")
        return self


class PatternPart(_Part):
    """What its lines mean; each is searched for anywhere in a line."""

    frame_started: Pattern = ""
    """Needs a group `frame`, or `nth` for its place in the run, from 1."""
    progress: Pattern = ""
    """Needs a group `percent`, or `done` and `total`."""
    file_written: Pattern = ""
    """Needs a group `file`."""
    frame_done: Pattern = ""
    """Its files are whole then. Without a group `frame` or `nth` it is the frame that was started last."""
    run_done: Pattern = ""
    """The run came to its end as it should, and with it the frame that was started last."""
    recognised: Pattern = ""
    """A line that only this program prints."""
    continued: Pattern = ""
    """A line that goes on with the one before, since the program breaks long ones."""
    unfinished: Pattern = ""
    """A line that the next one goes on with."""

    @model_validator(mode="after")
    def _has_groups(self) -> "PatternPart":
        self._need("frame_started", {"frame"}, {"nth"})
        self._need("progress", {"percent"}, {"done", "total"})
        self._need("file_written", {"file"})
        return self

    def _need(self, name: str, *choices: set[str]) -> None:
        pattern = getattr(self, name)
        if not pattern or any(groups <= groups_of(pattern) for groups in choices):
            return
        wanted = [" ".join(f"(?P<{group}>…)" for group in sorted(groups)) for groups in choices]
        text = _("it needs {groups}").format(groups=_(" or ").join(wanted))
        raise EntryError(text, name)


class _Verdict(_Part):
    """What something means to the artist."""

    meaning: str = Field(min_length=1)
    """One sentence."""
    advice: str = ""
    permanent: bool = False
    """Whether it is no use to try again before something is changed."""
    scope: Literal["frame", "job"] = "frame"
    """Whether every frame of the job would fail in the same way."""


class MessagePart(_Verdict):
    """What one kind of line means to the artist; `{name}` in its texts takes the group of that name."""

    pattern: Pattern = Field(min_length=1)
    kind: Literal["warning", "error", "fatal"] = "error"
    """Whether the frame is lost with it (fatal), perhaps (error), or not (warning)."""
    code: str = Field(default="", pattern=r"^[a-z0-9_-]{0,40}$")
    """A word for programs, the same for lines that say the same."""

    @model_validator(mode="after")
    def _is_filled_by_groups(self) -> "MessagePart":
        groups = groups_of(self.pattern)
        for entry, text in (("meaning", self.meaning), ("advice", self.advice)):
            try:
                unknown = sorted(placeholders_in(text) - groups)
            except ValueError as error:
                raise EntryError(str(error), entry) from error
            if unknown:
                raise EntryError(
                    _("{{{name}}} is filled by no group (?P<{name}>…) of the pattern").format(
                        name=unknown[0]
                    ),
                    entry,
                )
        if self.kind == "warning" and (self.permanent or self.scope == "job"):
            raise EntryError(_("a warning costs no frame, and so it has neither permanent nor scope"), "kind")
        return self


class ExitCodePart(_Verdict):
    """What an exit code means."""


class ScenePart(_Part):
    """Patterns with one group each for what a scene file of text says."""

    frame_start: Pattern = ""
    frame_end: Pattern = ""
    frame_step: Pattern = ""
    width: Pattern = ""
    height: Pattern = ""
    fps: Pattern = ""

    @model_validator(mode="after")
    def _have_a_group(self) -> "ScenePart":
        for name in type(self).model_fields:
            pattern = getattr(self, name)
            if pattern and group_count(pattern) != 1:
                raise EntryError(_("it needs one group (…) around the number"), name)
        return self


class OptionPart(_Part):
    """A choice that the artist has for each job."""

    label: str = Field(min_length=1, max_length=60)
    kind: Literal["text", "number", "choice", "flag"] = "text"
    default: Any = ""
    choices: tuple[str, ...] = ()
    on: str = ""
    """What a flag stands for in the arguments when it is on."""
    pattern: Pattern = ""
    """What the whole of a text has to look like."""
    description: str = ""
    largest: int = Field(default=1_000_000, ge=1, le=2_000_000_000)

    @model_validator(mode="after")
    def _fits_its_kind(self) -> "OptionPart":
        if self.kind == "choice" and not self.choices:
            raise EntryError(_("a choice needs choices"))
        if self.kind == "flag" and not self.on:
            raise EntryError(_("a flag needs on: what it stands for in the arguments"))
        for entry, kind in (("choices", "choice"), ("on", "flag"), ("pattern", "text")):
            if getattr(self, entry) and self.kind != kind:
                raise EntryError(_("only an option of kind “{kind}” has it").format(kind=kind), entry)
        why = self._why_no_default()
        if why:
            raise EntryError(why, "default")
        return self

    def _why_no_default(self) -> str:
        value = self.default
        if value == "" and isinstance(value, str):
            return ""
        if self.kind == "flag":
            return "" if value is False else _("a flag is off until the artist turns it on")
        if self.kind == "number":
            is_good = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= self.largest
            return "" if is_good else _("it has to be a whole number from 0 to {n}").format(n=self.largest)
        if not isinstance(value, str):
            return _("it has to be text in quotation marks")
        if self.kind == "choice" and value not in self.choices:
            return _("“{value}” is none of the choices").format(value=value)
        return ""


class LimitPart(_Part):
    """How long it may be silent."""

    stall_s: float = Field(default=900.0, ge=0)
    """0 for as long as it likes."""
    leave_s: float = Field(default=30.0, ge=0)


class Definition(_Part):
    """A renderer as its file defines it."""

    id: Id
    name: str = Field(min_length=1, max_length=60)
    suffixes: tuple[Suffix, ...] = Field(min_length=1)
    program: ProgramPart
    run: RunPart
    output: OutputPart = Field(default_factory=OutputPart)
    patterns: PatternPart = Field(default_factory=PatternPart)
    messages: tuple[MessagePart, ...] = ()
    exit_codes: dict[str, ExitCodePart] = {}
    scene: ScenePart = Field(default_factory=ScenePart)
    options: dict[str, OptionPart] = {}
    limits: LimitPart = Field(default_factory=LimitPart)

    @model_validator(mode="after")
    def _is_consistent(self) -> "Definition":
        for name in self.options:
            if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
                text = _("the name of an option has small letters, digits and _, not “{name}”")
                raise EntryError(text.format(name=name), "options", name)
            if name in PLACEHOLDERS | RESERVED_OPTIONS:
                text = _("an option cannot be called “{name}”, which has a meaning already")
                raise EntryError(text.format(name=name), "options", name)
        for code in self.exit_codes:
            if not re.fullmatch(r"-?[0-9]{1,10}", code):
                raise EntryError(_("“{code}” is no exit code").format(code=code), "exit_codes", code)
        self._check_placeholders()
        return self

    def _check_placeholders(self) -> None:
        options = frozenset(self.options)
        for number, group in enumerate(self.run.arguments):
            for text in group:
                _check(text, PLACEHOLDERS | options, "run", "arguments", number)
        for name, text in self.run.environment.items():
            _check(text, PLACEHOLDERS | options, "run", "environment", name)
        folders = PLACEHOLDERS - {"staging_relative"} | options
        _check(self.run.working_folder, folders, "run", "working_folder")
        _check(self.output.name, options | {"scene_name"}, "output", "name")
        for limit in ("lowest_frame", "highest_frame"):
            for text in getattr(self.run, limit):
                _check(text, options, "run", limit)
        for side in ("width", "height"):
            _check(getattr(self.output, side), options, "output", side)


def _check(text: str, known: frozenset[str], *place: str | int) -> None:
    unknown = sorted(placeholders_in(text) - known)
    if unknown:
        raise EntryError(
            _("{{{name}}} in “{text}” is none of what can be filled in here: {known}").format(
                name=unknown[0], text=text, known=", ".join(sorted(known)) or _("an option of this file")
            ),
            *place,
        )
