"""What the editor is doing while no frame is rendered, told from its log and by our script.

Facts: `engines/unreal.md` section 3. The number in brackets behind the time is the engine's tick, and no
frame.
"""

import re

from render_manager.domain.texts import gettext as _
from render_manager.engines.rule import N_

_SHADERS = re.compile(r"shaders left to compile (?P<left>[0-9]{1,9})", re.IGNORECASE)
_MESHES = re.compile(r"Waiting for (?P<what>[a-z ]{1,40}?) to be ready (?P<done>[0-9]+)/(?P<all>[0-9]+)")
_FOREIGN_PROGRESS = re.compile(r"Render Executor: Progress: (?P<percent>[0-9]{1,3}(?:\.[0-9]+)?)")

SCRIPT_PHASES = {
    "loading": N_("loading the sequence"),
    "preparing": N_("preparing the shot"),
    "warming-up": N_("warming up"),
    "rendering": N_("rendering"),
    "finalising": N_("writing the last files"),
    "exporting": N_("exporting"),
    "finished": N_("closing"),
}
"""Phases as our script names them."""

_PIECES: tuple[tuple[str, str], ...] = (
    ("LogInit: Display: Engine is initialized.", N_("loading the map")),
    ("Detected that the user intends to render a movie", N_("starting Unreal")),
    ("Rendering will begin once the map is loaded", N_("loading the map")),
    ("Initializing overall Movie Pipeline", N_("preparing the render")),
    ("Initializing Camera Cut", N_("preparing the shot")),
    ("Finished initializing Camera Cut", N_("rendering")),
    ("Moving to Finalize", N_("writing the last files")),
    ("Movie Graph Render completed", N_("closing")),
    ("LogExit:", N_("closing")),
)
_FEWEST_STEPS = 100
"""A count of shaders is shown again when it has gone down by such a part of the most there were."""


class PhaseWatch:
    """Follows the phases of one editor's output."""

    def __init__(self) -> None:
        self.text = ""
        self.shaders_left = 0
        self.is_compiling = False
        self._most_shaders = 0
        self._shown_shaders = -1

    def read(self, line: str) -> str:
        """Return the phase a line enters, in words, or nothing when it stays the same."""
        if "hader" in line:
            match = _SHADERS.search(line)
            if match is not None:
                return self._compile(int(match["left"]))
        for piece, text in _PIECES:
            if piece in line:
                return self._enter(_(text))
        if "Waiting for " in line:
            match = _MESHES.search(line)
            if match is not None:
                text = _("waiting for {what}, {done} of {all} ready")
                return self._enter(text.format(what=match["what"], done=match["done"], all=match["all"]))
        if "Render Executor: Progress" in line:
            match = _FOREIGN_PROGRESS.search(line)
            # It counts ticks, so it goes past 100.
            if match is not None and float(match["percent"]) <= 100.0:
                return self._enter(_("rendering, {percent} %").format(percent=match["percent"]))
        return ""

    def enter(self, name: str, total: int | None = None) -> str:
        """Return the words for a phase our script names, or nothing when it stays the same."""
        text = _(SCRIPT_PHASES[name]) if name in SCRIPT_PHASES else name
        if name == "warming-up" and total:
            text = _("warming up, {total} frames").format(total=total)
        return self._enter(text)

    def _compile(self, left: int) -> str:
        self.shaders_left = left
        if not left:
            # Comes at the end of every editor as well.
            was_compiling, self.is_compiling = self.is_compiling, False
            self._shown_shaders = -1
            return self._enter(_("shaders are compiled")) if was_compiling else ""
        self._most_shaders = max(self._most_shaders, left)
        self.is_compiling = True
        step = max(self._most_shaders // _FEWEST_STEPS, 1)
        if self._shown_shaders >= 0 and abs(self._shown_shaders - left) < step:
            return ""
        self._shown_shaders = left
        self.text = _("compiling shaders, {left:,} left").format(left=left)
        return self.text

    def _enter(self, text: str) -> str:
        self.is_compiling = False
        self._shown_shaders = -1
        if text == self.text:
            return ""
        self.text = text
        return text
