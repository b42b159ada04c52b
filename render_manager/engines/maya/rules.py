"""All rules for lines of Maya's output, and the search through them, cheap for lines that say nothing."""

import re
from dataclasses import replace

from render_manager.domain.scene import Severity
from render_manager.engines.events import Remark
from render_manager.engines.maya.exit_codes import explain_exit
from render_manager.engines.maya.rules_licence import LICENCE_RULES
from render_manager.engines.maya.rules_scene import COMMAND_RULES, PLUGIN_RULES, SCENE_RULES
from render_manager.engines.maya.rules_system import (
    ABORT_RULES,
    CRASH_RULES,
    DEVICE_RULES,
    MEMORY_RULES,
    OUTPUT_RULES,
)
from render_manager.engines.rule import N_, Rule, error, warning

HARMLESS = (
    "0 error(s)",
    "number of errors, error type",
    "number of warnings, warning type",
    "libgl error",
)
"""Pieces of lines, in lower case, that look like trouble and are none: all come in runs that go well."""

VAGUE_CODES = frozenset(
    {
        "crashed",
        "render-aborted",
        "engine-error",
        "arnold-error",
        "exit-code",
        "vray-error",
        "renderman-error",
    }
)
"""Codes of remarks that say that something broke, but not what."""
UNKNOWN_CODES = frozenset(
    {
        "engine-error",
        "engine-warning",
        "out-of-memory",
        "gpu-out-of-memory",
        "gpu-error",
        "disk-full",
        "output-unwritable",
        "crashed",
        "render-aborted",
        "frame-exists",
    }
)
"""Codes of lines that any program may print."""
EXIT_CODE = "exit-code"
"""Code of the remark about Maya's own last line, which tells its exit code."""

_WARNED = re.compile(r"\b(?:WARNING|[Ww]arning)\b *[:|]")
_EXITED = re.compile(r"Maya exited with status (-?[0-9]{1,10})")

GENERAL_RULES = (
    error(
        "arnold-error",
        "error",
        N_("Arnold reported an error: {text}."),
        N_("Look at the lines around it in the log."),
        pattern=re.compile(r"\bERROR +\| +(?P<text>\S.{0,400}?)\.?\s*$"),
    ),
    warning(
        "arnold-warning",
        "warning",
        N_("Arnold gave a warning: {text}."),
        pattern=re.compile(r"\bWARNING +\| +(?P<text>\S.{0,400}?)[.:]?\s*$"),
    ),
    error(
        "engine-error",
        "error",
        N_("Maya reported an error: {text}."),
        N_("Render Manager does not know this error; look at the lines around it in the log."),
        pattern=re.compile(
            r"(?<![\w.])(?:Error|ERROR|error): +(?:(?:file: .{1,300}?|\S+\.mel)? ?line [0-9]+: )?"
            r"(?P<text>\S.{0,400}?)\.?(?: *#)?\s*$"
        ),
    ),
    error(
        "engine-error",
        "error: ",
        N_("A script reported an error: {text}."),
        N_("Look at the lines around it in the log."),
        pattern=re.compile(r"(?:^|[#\s])(?P<text>[A-Z]\w*Error: \S.{0,400}?)\.?(?: *#)?\s*$"),
    ),
    warning(
        "engine-warning",
        "warning",
        N_("Maya gave a warning: {text}."),
        pattern=re.compile(
            r"(?<![\w.])(?:Warning|WARNING|warning): +(?:(?:file: .{1,300}?|\S+\.mel)? ?line [0-9]+: )?"
            r"(?P<text>\S.{0,400}?)\.?(?: *#)?\s*$"
        ),
    ),
)
"""What Maya or a renderer itself calls an error or a warning, when no other rule knows the line."""

RULES: tuple[Rule, ...] = (
    *LICENCE_RULES,
    *COMMAND_RULES,
    *PLUGIN_RULES,
    *SCENE_RULES,
    *MEMORY_RULES,
    *DEVICE_RULES,
    *OUTPUT_RULES,
    *CRASH_RULES,
    *ABORT_RULES,
    *GENERAL_RULES,
)
"""In the order they are tried; the first that knows a line has it."""


def is_telling(lowered: str) -> bool:
    """Return whether a line, in lower case, could be known to a rule.

    One expression and no loop: it runs for every line, and a loop takes twice the time.
    """
    return (
        "err" in lowered
        or "warn" in lowered
        or "fail" in lowered
        or "licen" in lowered
        or "abort" in lowered
        or "fatal" in lowered
        or "flag" in lowered
        or "usage:" in lowered
        or "not found" in lowered
        or "does not exist" in lowered
        or "cannot" in lowered
        or "could not" in lowered
        or "can't" in lowered
        or "unable" in lowered
        or "memory" in lowered
        or "vram" in lowered
        or "alloc" in lowered
        or "storage" in lowered
        or "space" in lowered
        or "disk" in lowered
        or "no devices" in lowered
        or "invalid device" in lowered
        or "insufficient" in lowered
        or "compute cap" in lowered
        or "cameras" in lowered
        or "severe" in lowered
        or "watermark" in lowered
        or "fault" in lowered
        or "signal" in lowered
        or "stack trace" in lowered
        or "interrupted" in lowered
        or "kipping" in lowered
        or "already exists" in lowered
        or "no object matches" in lowered
        or "unrecognized" in lowered
        or "unknown" in lowered
        or "inf loop" in lowered
        or "exited with status" in lowered
        or "\u81f4\u547d" in lowered
    )


def find(line: str) -> Remark | None:
    """Return what is known about a line, or None; call it for lines that `is_telling` lets through."""
    lowered = line.lower()
    for piece in HARMLESS:
        if piece in lowered:
            return None
    if "exited with status" in lowered:
        return _exited(line)
    for rule in RULES:
        remark = rule.read(line, lowered)
        if remark is not None:
            return _weighed(remark, line)
    return None


def _weighed(remark: Remark, line: str) -> Remark:
    """Return a remark for what it is worth: what its own program calls a warning ends nothing."""
    if not (remark.fatal or remark.permanent) or _WARNED.search(line) is None:
        return remark
    return replace(remark, severity=Severity.WARNING, fatal=False, permanent=False)


def _exited(line: str) -> Remark | None:
    match = _EXITED.search(line)
    number = 0 if match is None else int(match[1])
    if not number:
        return None
    meaning = explain_exit(number).diagnosis()
    return Remark(EXIT_CODE, Severity.ERROR, line.strip(), meaning.text, meaning.advice)
