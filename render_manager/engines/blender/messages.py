"""Reads the events that our own script inside Blender prints, one JSON object behind `@RM-<token> `.

A scene may print such lines too, by a script of its own; with a token only lines that carry it are
believed. What is broken or of a wrong type is no event and stays a plain line.
"""

import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from render_manager.domain.scene import Severity
from render_manager.engines.events import (
    EngineEvent,
    EngineGaveUp,
    EngineReady,
    FrameAdvanced,
    FrameBegan,
    FrameEnded,
    FrameErred,
    Remark,
    WrittenFile,
)

_ANY_TAG = re.compile(r"@RM(?:-[\w-]{1,64})? (?=\{)")
_LAST_FRAME = 1 << 31
_DECODER = json.JSONDecoder()

CONTRACT = {"hello", "frame_started", "frame_rendered", "frame_failed"}
"""Events that only today's script prints; after one of them it alone says where a frame begins and ends."""


class _WrongTypeError(Exception):
    """A value is missing or is not what the contract says."""


@dataclass(slots=True)
class Message:
    """One JSON object of the script, and what it means."""

    name: str
    events: Sequence[EngineEvent]
    end: int
    """Where the text behind the object goes on."""


@dataclass(slots=True)
class MessageReader:
    """Finds and reads the script's events in lines."""

    token: str
    version: str = field(default="", init=False)
    renderer: str = field(default="", init=False)
    """The renderer's identifier in Blender, such as `CYCLES`; empty until the script says it."""
    layers: int = field(default=0, init=False)
    """View layers of the frame that began last, 0 when the script does not say."""

    def find(self, text: str, start: int) -> tuple[int, int]:
        """Return where the next tag begins and where its object begins, or (-1, -1)."""
        if self.token:
            tag = f"@RM-{self.token} "
            at = text.find(tag + "{", start)
            return (at, at + len(tag)) if at >= 0 else (-1, -1)
        match = _ANY_TAG.search(text, start)
        return (match.start(), match.end()) if match else (-1, -1)

    def read(self, text: str, start: int) -> Message | None:
        """Return the event whose object begins at `start`, or None when it is not a good one."""
        try:
            found, end = _DECODER.raw_decode(text, start)
        except (ValueError, RecursionError):
            return None
        name = found.get("event")
        if not isinstance(name, str):
            return None
        try:
            return Message(name, self._events(name, found), end)
        except _WrongTypeError:
            return None

    def _events(self, name: str, values: dict[str, Any]) -> Sequence[EngineEvent]:
        if name == "hello":
            self.version = _text(values, "blender")
            return ()
        if name == "ready":
            self.version = self.version or _text(values, "blender", "")
            self.renderer = _text(values, "engine", "")
            return (EngineReady(self.version),)
        if name == "frame_started":
            self.layers = _count(values, "layers")
        event = _event(name, values)
        return () if event is None else (event,)


def _event(name: str, values: dict[str, Any]) -> EngineEvent | None:
    if name == "frame_started":
        return FrameBegan(_frame(values))
    if name == "progress":
        return FrameAdvanced(
            frame=_frame(values),
            percent=_number(values, "percent"),
            text=_text(values, "text", ""),
            remaining_s=_number(values, "remaining_s"),
        )
    if name == "frame_rendered":
        return FrameEnded(_frame(values), _files(values), _number(values, "seconds"))
    if name == "frame_failed":
        return FrameErred(_frame(values), _text(values, "error"))
    if name == "failed":
        return EngineGaveUp(_text(values, "code"), _text(values, "error"))
    if name == "warning":
        text = _text(values, "text")
        return Remark(_text(values, "code"), Severity.WARNING, line=text, meaning=text, advice="")
    return None


def _frame(values: dict[str, Any]) -> int:
    value = values.get("frame")
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) >= _LAST_FRAME:
        raise _WrongTypeError
    return value


def _count(values: dict[str, Any], key: str) -> int:
    value = values.get(key, 0)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < _LAST_FRAME:
        raise _WrongTypeError
    return value


def _number(values: dict[str, Any], key: str) -> float | None:
    value = values.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _WrongTypeError
    try:
        number = float(value)
    except OverflowError as overflow:
        raise _WrongTypeError from overflow
    if not math.isfinite(number) or number < 0.0:
        raise _WrongTypeError
    return number


def _text(values: dict[str, Any], key: str, default: str | None = None) -> str:
    value = values.get(key)
    if value is None and default is not None:
        return default
    if not isinstance(value, str):
        raise _WrongTypeError
    return value


def _files(values: dict[str, Any]) -> tuple[WrittenFile, ...]:
    files = values.get("files", [])
    if not isinstance(files, list) or not all(isinstance(entry, dict) for entry in files):
        raise _WrongTypeError
    return tuple(WrittenFile(_text(entry, "path"), _text(entry, "final_dir", "")) for entry in files)
