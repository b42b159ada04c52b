"""Fills in what was chosen before, from last time or from a preset, and keeps what is chosen now."""

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from render_manager.domain.texts import gettext as _
from render_manager.domain.texts import ngettext
from render_manager.engines.preparing import JobRequest
from render_manager.ui.draft_choices import choices_of, fill_in, forget_choices, preset_of
from render_manager.ui.remembered import Remembered
from render_manager.ui.submit_draft import Draft


class DraftMemory:
    """Joins drafts to what is remembered; GUI thread."""

    def __init__(self, remembered: Remembered) -> None:
        self._remembered = remembered

    def fill_in_last(self, draft: Draft) -> bool:
        """Fill in what was chosen for the scene the last time; return whether that changed the draft.

        What came with the scene, or was typed meanwhile, stays.
        """
        last = self._remembered.scene(draft.request.path)
        if last is None or draft.is_edited or draft.request != JobRequest(path=draft.request.path):
            return False
        fill_in(draft, last, keeps_output=False)
        draft.remembered_at = last.at
        return True

    def forget_last(self, draft: Draft) -> None:
        """Let a draft be as its scene says, now and the next time."""
        self._remembered.forget(draft.request.path)
        forget_choices(draft)
        draft.is_edited = False

    def remember(self, drafts: Sequence[Draft]) -> None:
        """Keep what the user chose for these; what is as the scene says needs no memory."""
        now = time.time()
        self._remembered.remember(
            [
                (draft.request.path, choices_of(draft, at=now))
                for draft in drafts
                if draft.is_edited and draft.scene is not None
            ]
        )

    def save_preset(self, name: str, draft: Draft) -> str:
        """Keep a draft's choices under a name; return what to say about it."""
        self._remembered.save_preset(name, preset_of(draft, at=time.time()))
        return _("The present choices are kept as the preset “{name}”.").format(name=name)

    def use_preset(self, name: str, drafts: Sequence[Draft]) -> str:
        """Put a preset into drafts; return what to say about it."""
        preset = self._remembered.presets.get(name)
        if preset is None:
            return ""
        for draft in drafts:
            fill_in(draft, preset, keeps_output=True)
            draft.is_edited = True
        text = ngettext(
            "The preset “{name}” is used for {count} scene.",
            "The preset “{name}” is used for {count} scenes.",
            len(drafts),
        )
        return text.format(name=name, count=len(drafts))


def set_field(draft: Draft, name: str, value: object) -> None:
    """Set a field of a request; a folder becomes one of the scene's own name in it."""
    if name == "output" and isinstance(value, Path):
        value = value / draft.request.path.stem
        draft.texts["output"] = str(value)
    changes: dict[str, object] = {name: value}
    draft.request = replace(draft.request, **changes)  # type: ignore[arg-type]  # the form names real fields
    draft.is_edited = True
