"""Arguments with `{placeholders}` that are filled for each run."""

import re
from collections.abc import Mapping
from gettext import gettext as _

PLACEHOLDERS = frozenset(
    {
        "scene",
        "scene_name",
        "scene_folder",
        "staging",
        "stem",
        "padding",
        "suffix",
        "first",
        "last",
        "step",
        "count",
        "frames",
        "frame",
        "frame_name",
        "job_first",
        "job_last",
        "animation_last",
    }
)
"""What can be filled in besides options; `docs/own-commands.md` says what each is."""

_TOKEN = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


def placeholders_in(text: str) -> set[str]:
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
    return names


def fill(text: str, values: Mapping[str, str]) -> str:
    """Return the text with its placeholders filled; values are taken as they are."""

    def replacement(match: re.Match[str]) -> str:
        return match[0][0] if match[1] is None else values[match[1]]

    return _TOKEN.sub(replacement, text)


def fill_arguments(arguments: tuple[str, ...], values: Mapping[str, str]) -> list[str]:
    """Return the arguments filled; one is left out when a placeholder of it has no value."""
    return [fill(text, values) for text in arguments if all(values[name] for name in placeholders_in(text))]
