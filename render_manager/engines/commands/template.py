"""Texts with `{placeholders}` that are filled for each run."""

import re
from collections.abc import Mapping, Sequence

from render_manager.domain.texts import gettext as _

SCENE_PLACEHOLDERS = frozenset({"scene", "scene_file", "scene_name", "scene_folder"})
"""What is known of a job before it runs."""

FRAME_PLACEHOLDERS = frozenset({"first", "last", "step", "count", "frames", "frame", "frame_name"})
"""What differs from run to run."""

PLACEHOLDERS = (
    SCENE_PLACEHOLDERS
    | FRAME_PLACEHOLDERS
    | {
        "staging",
        "staging_relative",
        "stem",
        "padding",
        "suffix",
        "job_first",
        "job_last",
        "animation_last",
    }
)
"""What can be filled in besides options; `docs/own-commands.md` says what each is."""

_TOKEN = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


def placeholders_in(text: str) -> frozenset[str]:
    """Return the names of the placeholders; raises ValueError for a brace that stands alone."""
    names = set()
    for match in _TOKEN.finditer(text):
        name = match[1]
        if match[0] in ("{{", "}}"):
            continue
        if name is None or not _NAME.fullmatch(name):
            raise ValueError(
                _("“{text}” has a brace that stands alone; write {{{{ or }}}} for one").format(text=text)
            )
        names.add(name)
    return frozenset(names)


def fill(text: str, values: Mapping[str, str]) -> str:
    """Return the text with its placeholders filled; values are taken as they are."""

    def replacement(match: re.Match[str]) -> str:
        return match[0][0] if match[1] is None else values[match[1]]

    return _TOKEN.sub(replacement, text)


def fill_arguments(arguments: Sequence[Sequence[str]], values: Mapping[str, str]) -> list[str]:
    """Return the arguments filled; a group is left out when a placeholder of it has no value."""
    filled = []
    for group in arguments:
        if all(values[name] for text in group for name in placeholders_in(text)):
            filled += [fill(text, values) for text in group]
    return filled
