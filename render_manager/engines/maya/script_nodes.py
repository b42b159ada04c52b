"""Scripts in a scene that run when it is opened or rendered (engines/maya.md section 7). Pure.

Maya keeps its window's layout and the playback range in two script nodes of its own, which are harmless; they
are known by their name, their kind and what they begin with, and are looked through like any other.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from render_manager.engines.maya.facts import Facts, Node
from render_manager.engines.maya.interests import LONGEST_SCRIPT

_WORMS = ("vaccine_gene", "breed_gene", "leukocyte")
_RUNS_PYTHON = re.compile(r"\bpython\s*\(")
_HIDES_CODE = re.compile(r"\b(?:exec|base64)\b")
_REACHES_OUT = re.compile(
    r"(?<![.\w$])(?:python|system|exec|popen|eval|evalDeferred|fopen|sysFile|source|loadPlugin)\s*[(\"`]"
)
"""What no expression needs to move something: other programs, Python, files, texts run as MEL."""
_OWN = (
    ("uiConfigurationScriptNode", (2.0, 3.0), "// Maya Mel UI Configuration File."),
    ("sceneConfigurationScriptNode", (6.0,), "playbackOptions "),
)
"""Endings of names, kinds, beginnings: an imported scene's copies have a prefix, batch mode writes kind 2."""
_RENDER_MEL = {
    "defaultRenderGlobals": (
        ("pram", "preMel"),
        ("poam", "postMel"),
        ("prlm", "preRenderLayerMel"),
        ("polm", "postRenderLayerMel"),
        ("prm", "preRenderMel"),
        ("pom", "postRenderMel"),
    ),
    "redshiftOptions": (
        ("preRenderMel",),
        ("postRenderMel",),
        ("preRenderLayerMel",),
        ("postRenderLayerMel",),
        ("preRenderFrameMel",),
        ("postRenderFrameMel",),
    ),
}


@dataclass(frozen=True, slots=True)
class Scripts:
    """What runs in a scene besides Maya's own."""

    nodes: tuple[str, ...]
    """Names of script nodes that are not Maya's own two."""
    worms: tuple[str, ...]
    """Of those, and of Maya's own, the ones that carry a known worm."""
    hidden: tuple[str, ...]
    """Those that run code nobody can read: packed, or too long to be looked through."""
    expressions: tuple[str, ...]
    """Names of expressions, which run at every frame, that start programs, run Python or touch files."""
    render_mel: tuple[str, ...]
    """Attributes with MEL that runs before or after rendering."""


def scripts_of(facts: Facts) -> Scripts:
    """Return what runs in a scene."""
    nodes = list(facts.of("script"))
    worms = [node.name for node in nodes if _has_worm(node)]
    hidden = [node.name for node in nodes if _hides_code(node) and node.name not in worms]
    others = [node.name for node in nodes if not _is_own(node)]
    reaching = [node.name for node in facts.of("expression") if any(map(_REACHES_OUT.search, _texts(node)))]
    return Scripts(tuple(others), tuple(worms), tuple(hidden), tuple(reaching), tuple(_render_mel(facts)))


def _texts(node: Node) -> list[str]:
    return [value for value in node.values.values() if isinstance(value, str)]


def _has_worm(node: Node) -> bool:
    return any(worm in text for worm in _WORMS for text in (node.name, *_texts(node)))


def _hides_code(node: Node) -> bool:
    """Return whether a script runs packed Python; a node whose source is Python needs no `python(` for it."""
    is_python = node.number("stp", "sourceType") == 1
    for text in _texts(node):
        if len(text) >= LONGEST_SCRIPT:
            return True
        if (is_python or _RUNS_PYTHON.search(text)) and _HIDES_CODE.search(text):
            return True
    return False


def _is_own(node: Node) -> bool:
    kind = node.number("st", "scriptType")
    body = (node.text("b", "before") or "").lstrip()
    return not node.text("a", "after") and any(
        node.name.endswith(name) and kind in kinds and body.startswith(begins) for name, kinds, begins in _OWN
    )


def _render_mel(facts: Facts) -> Iterator[str]:
    for name, attributes in _RENDER_MEL.items():
        node = facts.named(name)
        for names in attributes:
            if (node.text(*names) or "").strip():
                yield f"{name}.{names[-1]}"
