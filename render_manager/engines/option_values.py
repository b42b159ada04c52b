"""How options that are written as text become values, and what is said of bad ones; for every engine."""

import json
import shlex
from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from render_manager.domain.errors import UserError
from render_manager.domain.texts import gettext as _

_Model = TypeVar("_Model", bound=BaseModel)


def split_list(value: Any) -> Any:
    """Let a list be written as one text with commas, as the command line has it, or as JSON."""
    if not isinstance(value, str):
        return value
    if value.startswith("["):
        return json.loads(value)
    return [part.strip() for part in value.split(",") if part.strip()]


def split_words(value: Any) -> Any:
    """Let arguments be written as one text, in quotes where they hold blanks, or as JSON."""
    if not isinstance(value, str):
        return value
    if value.startswith("["):
        return json.loads(value)
    # Backslashes are left alone: Windows writes its paths with them.
    words = shlex.shlex(value, posix=True, punctuation_chars=False)
    words.whitespace_split = True
    words.commenters = ""
    words.escape = ""
    return list(words)


def read_options(model: type[_Model], values: Mapping[str, Any], engine: str) -> _Model:
    """Return the options as a model; raises UserError that names the bad one, and the engine."""
    try:
        return model.model_validate(dict(values))
    except ValidationError as error:
        raise UserError(_sentence(error, model, engine)) from error
    except ValueError as error:
        text = _("The {engine} options cannot be read: {why}.")
        raise UserError(text.format(engine=engine, why=error)) from error


def _sentence(error: ValidationError, model: type[BaseModel], engine: str) -> str:
    first = error.errors()[0]
    name = str(first["loc"][0]) if first["loc"] else ""
    if first["type"] == "extra_forbidden":
        return _("{engine} has no option “{name}”. It has: {known}.").format(
            engine=engine, name=name, known=", ".join(model.model_fields)
        )
    why = first["msg"].rstrip(".").removeprefix("Value error, ").lower()
    return _("The {engine} option {name} cannot be “{value}”: {why}.").format(
        engine=engine, name=name, value=first.get("input"), why=why
    )
