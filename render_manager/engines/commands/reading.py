"""Reads a definition from its file, and says of a wrong one on which line it is wrong, and why."""

import difflib
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from render_manager.domain.errors import UserError
from render_manager.domain.texts import gettext as _
from render_manager.engines.commands.definition import Definition
from render_manager.engines.commands.entries import EntryError
from render_manager.engines.commands.toml_lines import line_of

LARGEST_FILE_BYTES = 1 << 18


def read_definition(path: Path) -> Definition:
    """Read one file; raises UserError with the path, the line and the reason when it is wrong."""
    text = _text_of(path)
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _wrong(path, *_place_and_reason(text, str(error))) from error
    except RecursionError as error:
        raise _wrong(path, 0, _("its lists or tables are nested too deeply")) from error
    nul = _place_of_nul(values)
    if nul:
        raise _wrong(path, line_of(text, nul), _("no text may hold a NUL byte"))
    own_id = re.sub(r"[^a-z0-9_]+", "-", path.stem.lower()).strip("-")
    if re.match("[a-z]", own_id):
        values.setdefault("id", own_id[:40])
    values.setdefault("name", path.stem[:60])
    try:
        return Definition.model_validate(values)
    except ValidationError as error:
        first = _most_telling(error.errors())
        place = _place(first)
        raise _wrong(path, line_of(text, place), _reason(first, place)) from error


def _text_of(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_FILE_BYTES + 1)
    except OSError as error:
        raise _wrong(path, 0, error.strerror or type(error).__name__) from error
    if len(data) > LARGEST_FILE_BYTES:
        raise _wrong(path, 0, _("it is larger than {n} KB").format(n=LARGEST_FILE_BYTES >> 10))
    try:
        # Editors of Windows put a mark in front of the text.
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _wrong(path, line, _("it is not text in UTF-8; save it anew as UTF-8")) from error


def _place_of_nul(value: Any, place: tuple[str | int, ...] = ()) -> tuple[str | int, ...]:
    """Return where the first text with a NUL byte is, which no program can be given; empty for nowhere."""
    if isinstance(value, str):
        return place if "\0" in value else ()
    inner: Iterable[tuple[Any, Any]] = ()
    if isinstance(value, Mapping):
        inner = value.items()
    elif isinstance(value, list):
        inner = enumerate(value)
    return next((found for name, one in inner if (found := _place_of_nul(one, (*place, name)))), ())


def _place_and_reason(text: str, error: str) -> tuple[int, str]:
    """Return the line and the reason of what TOML's reader says, `Expected '=' (at line 3, column 5)`."""
    found = re.search(r"\(at line (\d+)", error)
    line = int(found[1]) if found else max(len(text.rstrip().splitlines()), 1)
    why = re.sub(r"\s*\(at .*\)$", "", error).rstrip(".")
    why = why[:1].lower() + why[1:]
    reason = _("this is not TOML: {why}").format(why=why)
    if "\\" in why:
        advice = _("a text with \\ goes between single quotation marks, 'C:\\…'")
        reason = f"{reason}; {advice}"
    return line, reason


def _most_telling(errors: Sequence[Any]) -> Any:
    """Return the first error, but of an entry that is missing the one that is mistyped in its place."""
    first = errors[0]
    if first["type"] != "missing":
        return first
    mistyped = (
        error
        for error in errors
        if error["type"] == "extra_forbidden" and error["loc"][:-1] == first["loc"][:-1]
    )
    return next(mistyped, first)


def _place(error: Mapping[str, Any]) -> tuple[str | int, ...]:
    own = error.get("ctx", {}).get("error")
    return (*error["loc"], *(own.place if isinstance(own, EntryError) else ()))


def _reason(error: Mapping[str, Any], place: tuple[str | int, ...]) -> str:
    name = ".".join(part for part in place if isinstance(part, str))
    kind, context = error["type"], error.get("ctx", {})
    if kind == "extra_forbidden":
        return _unknown_entry(place, name)
    if kind == "missing":
        return _("“{name}” is missing").format(name=name)
    if kind in _REASONS:
        why = _REASONS[kind](context)
    else:
        why = error["msg"].removeprefix("Value error, ").rstrip(".")
    return f"{name}: {why}" if name else why


def _unknown_entry(place: tuple[str | int, ...], name: str) -> str:
    known = _entries_at(place[:-1])
    reason = _("“{name}” is not known here").format(name=name)
    near = difflib.get_close_matches(str(place[-1]), known, 1)
    if near:
        meant = _("perhaps “{near}” is meant").format(near=near[0])
        return f"{reason}; {meant}"
    if known:
        listed = _("known are {known}").format(known=", ".join(known))
        return f"{reason}; {listed}"
    return reason


def _entries_at(place: tuple[str | int, ...]) -> list[str]:
    """Return the names that may stand in the table at a place."""
    model: type[BaseModel] = Definition
    for part in place:
        field = model.model_fields.get(str(part))
        if field is None:
            continue  # a number in a list of tables, or a name of the user's own
        inner = _model_in(field.annotation)
        if inner is None:
            return []
        model = inner
    return list(model.model_fields)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    for one in (annotation, *getattr(annotation, "__args__", ())):
        if isinstance(one, type) and issubclass(one, BaseModel):
            return one
    return None


def _wrong(path: Path, line: int, why: str) -> UserError:
    if line:
        return UserError(_("{path}, line {line}: {why}.").format(path=path, line=line, why=why))
    return UserError(_("{path} cannot be used: {why}.").format(path=path, why=why))


def _is(text: Callable[[], str]) -> Callable[[Mapping[str, Any]], str]:
    return lambda _context: text()


_text = _is(lambda: _("it has to be text in quotation marks"))
_list = _is(lambda: _('it has to be a list such as ["a", "b"]'))
_table = _is(lambda: _("it has to be a table, with a name in brackets and entries below it"))
_whole = _is(lambda: _("it has to be a whole number"))
_number = _is(lambda: _("it has to be a number"))
_truth = _is(lambda: _("it has to be true or false"))
_empty = _is(lambda: _("it may not be empty"))
_word = _is(lambda: _("it may hold only small letters, digits, - and _"))

_REASONS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "string_type": _text,
    "tuple_type": _list,
    "dict_type": _table,
    "model_type": _table,
    "int_type": _whole,
    "int_parsing": _whole,
    "int_from_float": _whole,
    "float_type": _number,
    "float_parsing": _number,
    "finite_number": _number,
    "bool_type": _truth,
    "bool_parsing": _truth,
    "too_short": _empty,
    "string_too_short": _empty,
    "string_too_long": lambda context: _("it may have {n} letters").format(n=context["max_length"]),
    "string_pattern_mismatch": _word,
    "literal_error": lambda context: _("it has to be one of {known}").format(known=context["expected"]),
    "greater_than_equal": lambda context: _("it has to be {n:g} or more").format(n=context["ge"]),
    "less_than_equal": lambda context: _("it has to be {n:g} or less").format(n=context["le"]),
}
"""What is said of the errors that pydantic finds, by its names for them."""
