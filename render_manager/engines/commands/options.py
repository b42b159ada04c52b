"""The options of a defined renderer: those of its definition, and those that every one has."""

import json
import shlex
from collections.abc import Mapping
from typing import Any

from render_manager.domain.errors import UserError
from render_manager.domain.texts import gettext as _
from render_manager.engines.commands.definition import Definition, OptionPart
from render_manager.engines.commands.patterns import LinePattern
from render_manager.engines.protocols import FieldKind, OptionField

_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off", ""}
_KINDS = {
    "text": FieldKind.TEXT,
    "number": FieldKind.NUMBER,
    "choice": FieldKind.CHOICE,
    "flag": FieldKind.FLAG,
}


def checked_options(definition: Definition, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options checked, those at their defaults left out; raises UserError naming the bad one."""
    checked: dict[str, Any] = {}
    for name, value in options.items():
        if value is None:
            continue
        if name in ("executable", "installation"):
            checked[name] = _text(definition, name, value).strip()
        elif name == "extra_arguments":
            checked[name] = _words(definition, value)
        elif name in definition.options:
            checked[name] = _checked(definition, name, value)
        else:
            known = ", ".join(option_help(definition))
            raise UserError(
                _("{engine} has no option “{name}”. Options are: {known}.").format(
                    engine=definition.name, name=name, known=known
                )
            )
    return {name: value for name, value in checked.items() if value != _default(definition, name)}


def option_help(definition: Definition) -> dict[str, str]:
    """Return each option's name and one line about it."""
    own = {name: part.description or f"{part.label}." for name, part in definition.options.items()}
    return {
        **own,
        "executable": _("The program to use, wherever it is."),
        "installation": _("The installation to use: its version or its path."),
        "extra_arguments": _("Further arguments for the program, in front of the others."),
    }


def option_fields(definition: Definition) -> tuple[OptionField, ...]:
    """Return the fields a form offers."""
    return tuple(_field(name, part) for name, part in definition.options.items())


def option_values(definition: Definition, options: Mapping[str, Any]) -> dict[str, str]:
    """Return what each option stands for in the arguments; empty for those without a value."""
    values = {}
    for name, part in definition.options.items():
        # A job keeps its options when the definition is changed under it.
        value = options.get(name, part.default)
        if part.kind == "flag":
            values[name] = part.on if value else ""
        else:
            values[name] = "" if value in ("", 0) else str(value)
    return values


def _field(name: str, part: OptionPart) -> OptionField:
    has_default = part.default not in ("", 0, False)
    unset = _("{default} (default)").format(default=part.default) if has_default else _("none")
    return OptionField(
        name,
        part.label,
        _KINDS[part.kind],
        tuple((choice, choice) for choice in part.choices),
        unset=unset,
        tip=part.description,
        maximum=part.largest,
    )


def _checked(definition: Definition, name: str, value: Any) -> Any:
    part = definition.options[name]
    if part.kind == "number":
        return _number(definition, name, part, value)
    if part.kind == "flag":
        text = str(value).strip().lower()
        if text not in _TRUE | _FALSE:
            raise _wrong(definition, name, value, _("yes or no"))
        return text in _TRUE
    text = _text(definition, name, value)
    if part.pattern and text and LinePattern(f"\\A(?:{part.pattern})\\Z").search(text) is None:
        raise _wrong(definition, name, value, _("text that fits {pattern}").format(pattern=part.pattern))
    if part.kind == "choice" and text and text not in part.choices:
        raise _wrong(definition, name, value, _("one of {choices}").format(choices=", ".join(part.choices)))
    return text


def _number(definition: Definition, name: str, part: OptionPart, value: Any) -> int:
    try:
        number = int(str(value).strip() or 0)
    except ValueError:
        number = -1
    if not 0 <= number <= part.largest:
        wanted = _("a whole number from 0 to {largest}").format(largest=part.largest)
        raise _wrong(definition, name, value, wanted)
    return number


def _text(definition: Definition, name: str, value: Any) -> str:
    text = str(value)
    if "\0" in text:
        raise _wrong(definition, name, text.replace("\0", "␀"), _("text without NUL bytes"))
    try:
        text.encode()
    except UnicodeEncodeError as error:
        shown = text.encode("utf-8", "backslashreplace").decode()
        raise _wrong(definition, name, shown, _("text in UTF-8")) from error
    return text


def _words(definition: Definition, value: Any) -> list[str]:
    """Return arguments, written with spaces and quotation marks between them, or as a JSON list."""
    if isinstance(value, str) and not value.lstrip().startswith("["):
        # A backslash is part of a path on Windows, and stands for nothing else here.
        reader = shlex.shlex(value, posix=True)
        reader.whitespace_split, reader.escape, reader.commenters = True, "", ""
        try:
            value = list(reader)
        except ValueError as error:
            text = _("The extra arguments “{value}” have an open quotation mark.").format(value=value)
            raise UserError(text) from error
    elif isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError as error:
            raise _wrong(definition, "extra_arguments", value, _("arguments, or a JSON list")) from error
    if not isinstance(value, list | tuple):
        raise _wrong(definition, "extra_arguments", value, _("arguments, or a JSON list"))
    return [_text(definition, "extra_arguments", word) for word in value]


def _default(definition: Definition, name: str) -> Any:
    part = definition.options.get(name)
    if part is None:
        return [] if name == "extra_arguments" else ""
    if part.default == "":
        return {"number": 0, "flag": False}.get(part.kind, "")
    return part.default


def _wrong(definition: Definition, name: str, value: Any, wanted: str) -> UserError:
    return UserError(
        _("The option {name} of {engine} is “{value}”; it has to be {wanted}.").format(
            name=name, engine=definition.name, value=value, wanted=wanted
        )
    )
