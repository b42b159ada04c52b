"""A scene that was dropped and is not queued yet: what the user wants of it, and what came of checking it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from render_manager.domain.errors import UserError
from render_manager.domain.jobspec import Existing, JobSpec
from render_manager.domain.scene import SceneInfo
from render_manager.domain.texts import gettext as _
from render_manager.domain.texts import ngettext
from render_manager.engines.outlook import Outlook
from render_manager.engines.preparing import JobRequest, Preparation
from render_manager.engines.protocols import OptionField
from render_manager.engines.scene_picture import SavedPreview

Prepared = Preparation | UserError
"""A job that can be queued or shown with its problems, or the reason why there is none."""

Prepare = Callable[[JobRequest, Callable[[Prepared | SceneInfo], None]], None]
"""Prepares a request away from the GUI thread and calls back on it.

The first call, as soon as the file is read, may bring the scene alone; the last one brings the result.
"""

FieldsOf = Callable[[Path, SceneInfo | None], Sequence[OptionField]]
"""Returns the options a form offers for a file, with and without knowing what is in it; GUI thread."""


@dataclass(frozen=True, slots=True)
class Lookout:
    """Ways to look at what is around a scene; called on pool threads, both may raise UserError or OSError."""

    output: Callable[[JobSpec, int], Outlook]
    """Looks through the output folder of a job; the number is that of its layers."""
    picture: Callable[[Path], SavedPreview | Sequence[Path]]
    """Returns the picture a scene brings along, or the files that may hold one."""


@dataclass(frozen=True, slots=True)
class Health:
    """How the files that exist already fared when they were decoded."""

    total: int
    whole: int = 0
    damaged: tuple[str, ...] = ()
    """Names of files that are not whole, or not of the right size."""

    @property
    def checked(self) -> int:
        """Return how many were decoded so far."""
        return self.whole + len(self.damaged)


@dataclass(slots=True, eq=False)
class Draft:
    """One scene in the submit panel."""

    request: JobRequest
    scene: SceneInfo | None = None
    """What the file says, as soon as it is read."""
    result: Prepared | None = None
    """None while it is being looked at."""
    version: int = 0
    """Counts changes of the request, so that an answer to an older one is dropped."""
    texts: dict[str, str] = field(default_factory=dict)
    """What the user typed into the form, by field name."""
    fields: Sequence[OptionField] = ()
    """The options that the form offers for this kind of file."""
    choices: dict[str, Any] = field(default_factory=dict)
    """The options chosen in the form's fields, apart from those typed as text."""
    outlook: Outlook | None = None
    """What is in the output folder, as soon as it was looked through."""
    health: Health | None = None
    """How whole the files in it are, as far as they were decoded."""
    remembered_at: float | None = None
    """When the choices filled in were made (seconds since the epoch); None when they are not from then."""
    doubted: tuple[Prepared, bool] | None = None
    """A result and whether anything about it is doubtful; kept by whoever paints it."""
    is_edited: bool = False
    """Whether the user changed something."""

    def anew(self) -> "Draft":
        """Return a draft of the same scene in which the same is chosen, and that is still to be looked at."""
        return Draft(
            self.request,
            texts=dict(self.texts),
            choices=dict(self.choices),
            remembered_at=self.remembered_at,
            is_edited=self.is_edited,
        )

    @property
    def is_sound(self) -> bool:
        """Return whether it can be queued."""
        return isinstance(self.result, Preparation) and not self.result.errors

    @property
    def preparation(self) -> Preparation | None:
        """Return the job it can become, perhaps with problems."""
        return self.result if isinstance(self.result, Preparation) else None

    @property
    def standing(self) -> str:
        """Return one line about it for the list."""
        if self.result is None:
            return _("reading…") if self.scene is None else _("looking for engines…")
        if isinstance(self.result, UserError):
            return str(self.result)
        if self.result.errors:
            return self.result.errors[0].text
        count = len(self.result.spec.frames)
        return ngettext("{count} frame, ready", "{count} frames, ready", count).format(count=count)


def existing_words() -> dict[Existing, str]:
    """Return what can be done about files that are there, in the present language."""
    return {
        Existing.SKIP: _("keep files that are whole"),
        Existing.OVERWRITE: _("replace files that are there"),
        Existing.VERSION: _("render into a new folder"),
    }
