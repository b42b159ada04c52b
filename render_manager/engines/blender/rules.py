"""All rules for lines of Blender's output, and the search through them, cheap for lines that say nothing.

A worker may print hundreds of thousands of lines, most of them of no interest; so a line is tested for
some telling pieces of words before any rule is tried, and each rule for its own needle before its pattern.
"""

import re

from render_manager.engines.blender.rules_output import OUTPUT_RULES, PYTHON_RULES
from render_manager.engines.blender.rules_scene import COMMAND_RULES, SCENE_FILE_RULES
from render_manager.engines.blender.rules_system import CRASH_RULES, DEVICE_RULES, MEMORY_RULES
from render_manager.engines.events import Remark
from render_manager.engines.rule import N_, Rule, error, warning

HARMLESS = (
    "egl error (",
    "managed to successfully fallback",
    "error: not freed memory blocks",
    "region type ",
    "regiondata free error",
    "alsa lib",
    "al lib: ",
    "multiprocessing module may not be functional",
    "could not get a list of mounted file-systems",
    "failed to create secure directory",
    "tbbmalloc: ",
    "openimageio exited with a pending error message",
    "retrieved via oiio::geterror",
    "oiio debug: ",
    "warning: no recent files known",
    "falling back to the standard locale",
    "not found in keymap item",
    "refer to the cycles gpu rendering documentation",
    "rendering/gpu_rendering.html",
)
"""Pieces of lines, in lower case, that look like trouble and are none: all come in runs that go well."""

UNKNOWN_CODES = frozenset({"engine-error", "engine-warning"})
"""Codes of lines that any program may print."""

GENERAL_RULES = (
    error(
        "engine-error",
        "error",
        N_("Blender reported an error: {text}."),
        N_("Render Manager does not know this error; look at the lines around it in the log."),
        pattern=re.compile(
            r"(?:(?<![A-Za-z.])(?:Error|ERROR)(?: \([\w.]+\))?:\s+|\| ERROR\s+)(?P<text>\S.{0,400}?)\.?\s*$"
        ),
    ),
    warning(
        "engine-warning",
        "warn",
        N_("Blender gave a warning: {text}."),
        pattern=re.compile(
            r"(?:(?<![A-Za-z.])(?:Warning|WARNING|WARN)(?: \([\w.]+\))?:\s+|\| WARNING\s+)"
            r"(?P<text>\S.{0,400}?)\.?\s*$"
        ),
    ),
)
"""What Blender itself calls an error or a warning, when no other rule knows the line."""

RULES: tuple[Rule, ...] = (
    *SCENE_FILE_RULES,
    *COMMAND_RULES,
    *DEVICE_RULES,
    *MEMORY_RULES,
    *OUTPUT_RULES,
    *PYTHON_RULES,
    *CRASH_RULES,
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
        or "annot" in lowered
        or "n't" in lowered
        or "unable" in lowered
        or "unknown" in lowered
        or "memory" in lowered
        or "null" in lowered
        or "alloc" in lowered
        or "out of" in lowered
        or "crash" in lowered
        or "exception" in lowered
        or "traceback" in lowered
        or "terminate" in lowered
        or "unavailable" in lowered
        or "kill" in lowered
        or "fault" in lowered
        or "dumped" in lowered
        or "break event" in lowered
        or "space left" in lowered
        or "disk" in lowered
        or "directory" in lowered
        or "denied" in lowered
        or "denois" in lowered
        or "required" in lowered
        or "disabled" in lowered
        or "restricted" in lowered
        or "cycle" in lowered
        or "missing" in lowered
        or "skipp" in lowered
        or "add-on" in lowered
        or "cancelled" in lowered
        or " queue" in lowered
        or "capability" in lowered
    )


def find(line: str) -> Remark | None:
    """Return what is known about a line, or None; call it for lines that `is_telling` lets through."""
    lowered = line.lower()
    for piece in HARMLESS:
        if piece in lowered:
            return None
    for rule in RULES:
        remark = rule.read(line, lowered)
        if remark is not None:
            return remark
    return None
