"""A renderer defined in a TOML file: what may stand there, and what is said of a wrong one.

`docs/own-commands.md` explains each entry to users.
"""

import re
import tomllib
from gettext import gettext as _
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from render_manager.domain.errors import UserError
from render_manager.engines.commands.template import PLACEHOLDERS, placeholders_in
from render_manager.engines.commands.toml_lines import line_of

LARGEST_FILE_BYTES = 1 << 20


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        why = _("“{text}” is no regular expression: {why}").format(text=text, why=error)
        raise ValueError(why) from error
    return text


def _suffix(text: str) -> str:
    if not re.fullmatch(r"\.[A-Za-z0-9_]+", text):
        raise ValueError(_("“{text}” is no file ending such as .pov").format(text=text))
    return text.lower()


def _placeholders(text: str) -> str:
    placeholders_in(text)
    return text


Pattern = Annotated[str, AfterValidator(_pattern)]
Suffix = Annotated[str, AfterValidator(_suffix)]
Template = Annotated[str, AfterValidator(_placeholders)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ProgramPart(_Part):
    """Where the program may be."""

    names: tuple[str, ...] = ()
    """Names to look for on PATH."""
    paths: tuple[str, ...] = ()
    """Paths where it usually is, with `*`, `~` and environment variables."""
    version_arguments: tuple[str, ...] = ()
    """With which arguments it tells its version; empty when it does not."""
    version_pattern: Pattern = r"(?P<version>\d+(?:\.\d+)+)"


class RunPart(_Part):
    """How the program is started."""

    mode: Literal["batch", "frame"] = "batch"
    """Whether a process gets a run of frames, or one frame."""
    arguments: tuple[Template, ...]
    environment: dict[str, Template] = {}
    working_folder: Template = "{scene_folder}"
    frames_per_run: int = Field(default=0, ge=0)
    """Most frames for one process; 0 for an equal share for each slot."""


class OutputPart(_Part):
    """What it writes."""

    name: Template = "{scene_name}_####"
    suffix: Suffix = ".png"
    width: Template = ""
    height: Template = ""
    """Pixels of the pictures, mostly an option such as `{width}`; empty when not known beforehand."""


class PatternPart(_Part):
    """What its lines mean; each is searched for anywhere in a line."""

    frame_started: Pattern = ""
    """Needs a group `frame`."""
    progress: Pattern = ""
    """Needs a group `percent`, or `done` and `total`."""
    file_written: Pattern = ""
    """Needs a group `file`."""
    frame_done: Pattern = ""
    """Its files are whole then. Without a group `frame` it is the frame that was started last."""
    run_done: Pattern = ""
    """The run came to its end as it should, and with it the frame that was started last."""
    recognised: Pattern = ""
    """A line that only this program prints."""

    @model_validator(mode="after")
    def _has_groups(self) -> "PatternPart":
        wanted = {"frame_started": ("frame",), "file_written": ("file",)}
        for name, groups in wanted.items():
            _need(name, getattr(self, name), groups)
        names = set(re.compile(self.progress).groupindex)
        if self.progress and not ("percent" in names or {"done", "total"} <= names):
            raise ValueError(_("progress needs a group (?P<percent>…), or (?P<done>…) and (?P<total>…)"))
        return self


class MessagePart(_Part):
    """What one kind of line means to the artist."""

    pattern: Pattern
    meaning: str = Field(min_length=1)
    """One sentence; `{name}` takes the group of that name."""
    advice: str = ""
    kind: Literal["warning", "error", "fatal"] = "error"
    """Whether the frame is lost with it (fatal), perhaps (error), or not (warning)."""
    permanent: bool = False
    """Whether no frame of the job will do until something is changed."""
    code: str = "command-message"

    @model_validator(mode="after")
    def _is_filled_by_groups(self) -> "MessagePart":
        groups = set(re.compile(self.pattern).groupindex)
        for text in (self.meaning, self.advice):
            unknown = placeholders_in(text) - groups
            if unknown:
                raise ValueError(
                    _("{{{name}}} is filled by no group (?P<{name}>…) of the pattern").format(
                        name=sorted(unknown)[0]
                    )
                )
        return self


class ExitCodePart(_Part):
    """What an exit code means."""

    meaning: str = Field(min_length=1)
    advice: str = ""
    permanent: bool = False


class ScenePart(_Part):
    """Patterns with one group each for what a scene file of text says."""

    frame_start: Pattern = ""
    frame_end: Pattern = ""
    width: Pattern = ""
    height: Pattern = ""
    fps: Pattern = ""


class OptionPart(_Part):
    """A choice that the artist has for each job."""

    label: str
    kind: Literal["text", "number", "choice", "flag"] = "text"
    default: str | int | bool = ""
    choices: tuple[str, ...] = ()
    on: str = ""
    """What a flag stands for in the arguments when it is on."""
    description: str = ""
    largest: int = 1_000_000


class LimitPart(_Part):
    """How long it may be silent."""

    stall_s: float = Field(default=900.0, gt=0)
    leave_s: float = Field(default=30.0, gt=0)


class Definition(_Part):
    """A renderer as its file defines it."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_-]{0,39}$")
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
        known = PLACEHOLDERS | set(self.options)
        texts = (*self.run.arguments, *self.run.environment.values(), self.run.working_folder)
        for text in (*texts, self.output.name, self.output.width, self.output.height):
            unknown = placeholders_in(text) - known
            if unknown:
                raise ValueError(
                    _("{{{name}}} in “{text}” is neither an option nor one of {known}").format(
                        name=sorted(unknown)[0], text=text, known=", ".join(sorted(PLACEHOLDERS))
                    )
                )
        taken = sorted(set(self.options) & (PLACEHOLDERS | RESERVED_OPTIONS))
        if taken:
            raise ValueError(_("an option cannot be called “{name}”").format(name=taken[0]))
        if not (self.program.names or self.program.paths):
            raise ValueError(_("program needs names or paths"))
        for code in self.exit_codes:
            if not re.fullmatch(r"-?[0-9]{1,10}", code):
                raise ValueError(_("“{code}” is no exit code").format(code=code))
        return self


RESERVED_OPTIONS = frozenset({"executable", "installation", "extra_arguments"})
"""Options that every defined renderer has."""


def read_definition(path: Path) -> Definition:
    """Read one file; raises UserError with the path, the line and the reason when it is wrong."""
    try:
        if path.stat().st_size > LARGEST_FILE_BYTES:
            raise _wrong(path, 0, _("it is larger than 1 MB"))
        text = path.read_text("utf-8")
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"\(at line (\d+)", str(error))
        why = re.sub(r" \(at .*\)$", "", str(error)).rstrip(".").lower()
        raise _wrong(path, int(line[1]) if line else text.count("\n") + 1, why) from error
    except UnicodeDecodeError as error:
        raise _wrong(path, 0, _("it is not text in UTF-8")) from error
    except OSError as error:
        raise _wrong(path, 0, error.strerror or type(error).__name__) from error
    values.setdefault("id", path.stem.lower())
    values.setdefault("name", path.stem)
    try:
        return Definition.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        raise _wrong(path, line_of(text, first["loc"]), _reason(first)) from error


def _need(name: str, pattern: str, groups: tuple[str, ...]) -> None:
    missing = [group for group in groups if pattern and group not in re.compile(pattern).groupindex]
    if missing:
        raise ValueError(_("{name} needs a group (?P<{group}>…)").format(name=name, group=missing[0]))


def _reason(error: Any) -> str:
    place = ".".join(str(part) for part in error["loc"])
    why = error["msg"].removeprefix("Value error, ").rstrip(".")
    if error["type"] == "extra_forbidden":
        return _("“{name}” is not known here").format(name=place)
    if error["type"] == "missing":
        return _("“{name}” is missing").format(name=place)
    return f"{place}: {why}" if place else why


def _wrong(path: Path, line: int, why: str) -> UserError:
    if line:
        return UserError(_("{path}, line {line}: {why}.").format(path=path, line=line, why=why))
    return UserError(_("{path} cannot be used: {why}.").format(path=path, why=why))
