"""Kinds of entries that a definition is made of, each with what is said of a wrong one."""

import re
from pathlib import PurePosixPath, PureWindowsPath
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator

from render_manager.domain.texts import gettext as _
from render_manager.engines.commands.patterns import checked_pattern
from render_manager.engines.commands.template import placeholders_in


class EntryError(ValueError):
    """An entry that is wrong as seen from its table: `place` leads from there to it."""

    def __init__(self, text: str, *place: str | int) -> None:
        super().__init__(text)
        self.place = place


def _suffix(text: str) -> str:
    if not re.fullmatch(r"\.[A-Za-z0-9_-]+", text):
        raise ValueError(_("“{text}” is no file ending such as .pov").format(text=text))
    return text.lower()


def _placeholders(text: str) -> str:
    placeholders_in(text)
    return text


def _listed(value: Any) -> Any:
    """Let one text or number stand for a list of one."""
    return value if isinstance(value, list | tuple) else [value]


def _as_text(value: Any) -> Any:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _id(text: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9_-]{0,39}", text):
        raise ValueError(
            _("“{text}” has to begin with a letter and hold only small letters, digits, - and _").format(
                text=text
            )
        )
    return text


def _program_path(text: str) -> str:
    known = PurePosixPath(text).is_absolute() or PureWindowsPath(text).is_absolute()
    if not known and not text.startswith(("~", "$", "%")):
        raise ValueError(
            _("“{text}” is no whole path; a name to look for on PATH goes to names").format(text=text)
        )
    return text


def _program_name(text: str) -> str:
    if not text.strip() or "/" in text or "\\" in text:
        raise ValueError(_("“{text}” is no name of a program; a path goes to paths").format(text=text))
    return text


Id = Annotated[str, AfterValidator(_id)]
ProgramName = Annotated[str, AfterValidator(_program_name)]
ProgramPath = Annotated[str, AfterValidator(_program_path)]
Pattern = Annotated[str, AfterValidator(checked_pattern)]
Suffix = Annotated[str, AfterValidator(_suffix)]
Template = Annotated[str, AfterValidator(_placeholders)]
Argument = Annotated[tuple[Template, ...], BeforeValidator(_listed)]
"""One argument, or several that belong together and are left out together."""
Side = Annotated[Template, BeforeValidator(_as_text)]
"""A number, or an option in braces."""
Limits = Annotated[tuple[Side, ...], BeforeValidator(_listed)]
"""Such numbers, or one."""
