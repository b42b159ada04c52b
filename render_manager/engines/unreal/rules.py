"""All rules for lines of Unreal's output, and the search through them, cheap for lines that say nothing.

Of the many `Error:` lines that every editor prints while it loads, only those known here say anything about
a render (`engines/unreal.md` section 3).
"""

import re

from render_manager.engines.events import Remark
from render_manager.engines.rule import Rule
from render_manager.engines.unreal.rules_render import RENDER_RULES, SCRIPT_RULES
from render_manager.engines.unreal.rules_start import CONTENT_RULES, START_RULES
from render_manager.engines.unreal.rules_system import CRASH_RULES, DEVICE_RULES, MEMORY_RULES

HARMLESS = (
    "logcrashreporter",
    "crashreportclient",
    "shaders left to compile",
    "d3d12 async compute",
    "logaudio",
    "logpython: error: render manager: ",
)
"""Pieces of lines, in lower case, that look like trouble and are none."""

OWN_CODES = frozenset(
    {"resolution-limit", "no-passes", "no-shots", "empty-range", "queue-empty", "preset-missing"}
    | {"script-missing", "queue-plugin-off", "gpu-memory-full", "pass-names", "streamed-level"}
)
"""Codes of lines that no other program prints."""

RULES: tuple[Rule, ...] = (
    *SCRIPT_RULES,
    *RENDER_RULES,
    *MEMORY_RULES,
    *DEVICE_RULES,
    *START_RULES,
    *CRASH_RULES,
    *CONTENT_RULES,
)
"""In the order they are tried; the first that knows a line has it."""


_CATEGORY = re.compile(r"\bLog(\w{1,60}): (Fatal:)?")
_OF_THE_ENGINE = (
    *("windows", "mac", "linux", "unix", "core", "init", "exit", "outputdevice", "thread", "memory", "crash"),
    *("d3d", "vulkan", "metal", "rhi", "render", "movie", "moviepipeline", "imagewrite"),
)
"""How categories begin, in lower case, that speak of the whole editor, its graphics or its render."""
_DOWNFALLS = frozenset({"crashed", "gpu-lost", "gpu-out-of-memory", "out-of-memory", "disk-full"})
"""Codes of what other categories may speak of as well: a game in which somebody is killed, a failed download,
a cache on another disk. Error lines of those are no failures (`engines/unreal.md` section 3)."""


def is_telling(lowered: str) -> bool:
    """Return whether a line, in lower case, could be known to a rule; one expression, for speed."""
    return (
        "err" in lowered
        or "fatal" in lowered
        or "fail" in lowered
        or "assert" in lowered
        or "exception" in lowered
        or "signal" in lowered
        or "memory" in lowered
        or "crash" in lowered
        or "device" in lowered
        or "exceeds maximum" in lowered
        or "no shot" in lowered
        or "0 passes" in lowered
        or "jobs: 0" in lowered
        or " 0 jobs" in lowered
        or "exhausted" in lowered
        or "null setting" in lowered
        or "blueprint streaming" in lowered
        or "not be found" in lowered
        or "could not" in lowered
        or "can't find" in lowered
        or "cannot" in lowered
        or "couldn't" in lowered
        or "required to run" in lowered
        or "unable to" in lowered
        or "fault" in lowered
        or "exitcode=" in lowered
        or "no space left" in lowered
        or "not enough space" in lowered
        or "unknown config" in lowered
        or "no class set" in lowered
        or "playback range" in lowered
        or "abandoning" in lowered
        or "killed" in lowered
        or "render passes" in lowered
        or "missing" in lowered
        or "no file of" in lowered
        or "not there or empty" in lowered
        or "lacks a file" in lowered
    )


def find(line: str) -> Remark | None:
    """Return what is known about a line, or None; call it for lines that `is_telling` lets through."""
    lowered = line.lower()
    for piece in HARMLESS:
        if piece in lowered:
            return None
    is_of_engine = _is_of_engine(line)
    for rule in RULES:
        remark = rule.read(line, lowered)
        if remark is not None and (is_of_engine or remark.code not in _DOWNFALLS):
            return remark
    return None


def _is_of_engine(line: str) -> bool:
    """Return whether a line speaks of the whole editor: without a category, with one that does, or fatal."""
    match = _CATEGORY.search(line)
    return match is None or match[2] is not None or match[1].lower().startswith(_OF_THE_ENGINE)
