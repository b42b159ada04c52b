"""Commands as JSON values and back, for the control channel."""

from dataclasses import fields, is_dataclass
from enum import Enum
from pathlib import Path
from typing import Any, get_args

from render_manager.domain import commands
from render_manager.domain.commands import Command
from render_manager.domain.frameset import FrameSet
from render_manager.domain.jobspec import Existing, JobSpec
from render_manager.domain.limits import Limits

_COMMANDS = {command.__name__: command for command in get_args(Command)}
_PATHS = frozenset({"scene", "output_dir"})


def encode_command(command: Command) -> dict[str, Any]:
    """Return a command as JSON values."""
    return {"command": type(command).__name__, **_encoded(command)}


def decode_command(values: dict[str, Any]) -> Command:
    """Read a command; raises ValueError, KeyError or TypeError when it is not one."""
    arguments = dict(values)
    command = _COMMANDS[arguments.pop("command")]
    if command is commands.SubmitJob:
        return commands.SubmitJob(_spec(arguments["spec"]), str(arguments["token"]))
    if arguments.get("frames") is not None:
        arguments["frames"] = FrameSet.read_back(arguments["frames"])
    if "job_ids" in arguments:
        arguments["job_ids"] = tuple(int(job_id) for job_id in arguments["job_ids"])
    if arguments.get("limits") is not None:
        arguments["limits"] = Limits.from_values(arguments["limits"])
    decoded: Command = command(**arguments)
    return decoded


def _spec(values: dict[str, Any]) -> JobSpec:
    arguments: dict[str, Any] = {
        name: Path(value) if name in _PATHS else value for name, value in values.items()
    }
    arguments["frames"] = FrameSet.read_back(arguments["frames"])
    arguments["existing"] = Existing(arguments["existing"])
    arguments["limits"] = Limits.from_values(arguments.get("limits", {}))
    return JobSpec(**arguments)


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
