"""Commands as JSON values and back, for the control channel."""

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from render_manager.domain import commands
from render_manager.domain.commands import Command
from render_manager.domain.frameset import FrameSet
from render_manager.domain.jobspec import Existing, JobSpec
from render_manager.domain.limits import Limits

_COMMANDS = {command.__name__: command for command in get_args(Command)}
_PATHS = frozenset({"scene", "output_dir"})
LARGEST = 1 << 63
"""Numbers below it can be stored."""


def encode_command(command: Command) -> dict[str, Any]:
    """Return a command as JSON values."""
    return {"command": type(command).__name__, **_encoded(command)}


def decode_command(values: dict[str, Any]) -> Command:
    """Read a command; raises ValueError, KeyError, TypeError or UserError when it is not one."""
    arguments = dict(values)
    command = _COMMANDS[arguments.pop("command")]
    if command is commands.SubmitJob:
        arguments["spec"] = _spec(arguments["spec"])
    if arguments.get("frames") is not None:
        arguments["frames"] = FrameSet.read_back(arguments["frames"])
    if "job_ids" in arguments:
        arguments["job_ids"] = tuple(arguments["job_ids"])
    if arguments.get("limits") is not None:
        arguments["limits"] = Limits.from_values(arguments["limits"])
    decoded: Command = command(**arguments)
    _check(decoded)
    if isinstance(decoded, commands.SubmitJob) and not (decoded.token or "0").replace("-", "0").isalnum():
        # Folders are named after it.
        raise ValueError(f"{decoded.token!r:.100} is no token")
    return decoded


def decode_json(data: bytes) -> Any:
    """Read a message; raises ValueError for what is no JSON, or nested deeper than any message of ours."""
    try:
        return json.loads(data)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def _spec(values: dict[str, Any]) -> JobSpec:
    arguments: dict[str, Any] = {
        name: Path(value) if name in _PATHS else value for name, value in values.items()
    }
    arguments["frames"] = FrameSet.read_back(arguments["frames"])
    arguments["existing"] = Existing(arguments["existing"])
    arguments["limits"] = Limits.from_values(arguments.get("limits", {}))
    spec = JobSpec(**arguments)
    _check(spec)
    return spec


def _check(value: Any) -> None:
    """Raise TypeError when a field holds another kind of value: the owner thread relies on what they say."""
    for name, kind in get_type_hints(type(value)).items():
        if not _fits(getattr(value, name), kind):
            raise TypeError(f"{type(value).__name__}.{name} cannot be {getattr(value, name)!r:.100}")


def _fits(value: Any, kind: Any) -> bool:
    origin = get_origin(kind)
    if origin is UnionType:
        return any(_fits(value, one) for one in get_args(kind))
    if origin is tuple:
        return isinstance(value, tuple) and all(_fits(one, get_args(kind)[0]) for one in value)
    if origin in (dict, Mapping):
        return isinstance(value, dict)
    if kind is Limits:
        _check(value)
    if kind is float:
        return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < LARGEST
    if kind is int:
        return isinstance(value, int) and not isinstance(value, bool) and abs(value) < LARGEST
    if kind is str:
        return isinstance(value, str) and "\0" not in value
    return value is None if kind is NoneType else isinstance(value, kind)


def _encoded(value: Any) -> Any:
    if isinstance(value, FrameSet):
        return value.text()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Path):
        return str(value)
    if is_dataclass(value):
        return {field.name: _encoded(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [_encoded(item) for item in value]
    return value
