"""What was chosen for a scene, as it is stored: last time's choices, and named presets."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from render_manager.domain.jobspec import HIGHEST_PRIORITY, LOWEST_PRIORITY, Existing
from render_manager.domain.limits import Limits
from render_manager.ui.option_text import pairs
from render_manager.ui.submit_draft import Draft

MOST_RETRIES = 100
SCENES_OWN = frozenset({"scene", "camera", "layers", "view_layers", "sequence", "map", "queue", "project"})
"""Options that name something inside one scene; a preset for any scene leaves them out."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What a user chose; empty and None mean "as the scene or the settings say"."""

    engine: str = ""
    frames: str = ""
    output: str = ""
    existing: Existing | None = None
    priority: int | None = None
    retries: int | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    further: str = ""
    limits: Limits = field(default_factory=Limits)
    keeps_copy: bool = False
    at: float = 0.0
    """When it was chosen, seconds since the epoch."""

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON values, without what is not chosen."""
        values = {
            "engine": self.engine,
            "frames": self.frames,
            "output": self.output,
            "existing": str(self.existing or ""),
            "priority": self.priority,
            "retries": self.retries,
            "options": dict(self.options),
            "further": self.further,
            "limits": self.limits.as_values(),
            "copy": self.keeps_copy or None,
            "at": round(self.at, 3),
        }
        return {name: value for name, value in values.items() if value not in ("", None, {})}


def choices_from(values: object) -> Choices | None:
    """Return what a file says, as far as it makes sense; people edit these files by hand."""
    if not isinstance(values, Mapping):
        return None
    texts = {name: _text(values.get(name)) for name in ("engine", "frames", "output", "further")}
    options = values.get("options")
    existing = values.get("existing")
    at = values.get("at")
    return Choices(
        **texts,
        existing=Existing(existing) if existing in list(Existing) else None,
        priority=_whole(values.get("priority"), LOWEST_PRIORITY, HIGHEST_PRIORITY),
        retries=_whole(values.get("retries"), 0, MOST_RETRIES),
        options={
            str(name): value
            for name, value in (options.items() if isinstance(options, Mapping) else ())
            if isinstance(value, str | int | float | bool)
        },
        limits=_limits(values.get("limits")),
        keeps_copy=values.get("copy") is True,
        at=float(at) if isinstance(at, int | float) and 0 <= at < 1e11 else 0.0,
    )


def choices_of(draft: Draft, *, at: float) -> Choices:
    """Return what is chosen for a draft, to be filled in the next time.

    That files are to be replaced is not remembered: it must be asked for each time.
    """
    request = draft.request
    return Choices(
        engine="" if draft.scene is None else draft.scene.engine,
        frames=draft.texts.get("frames", request.frames),
        output=draft.texts.get("output", str(request.output or "")),
        existing=None if request.existing is Existing.OVERWRITE else request.existing,
        priority=request.priority,
        retries=request.retries,
        options=dict(draft.choices),
        further=draft.texts.get("further", ""),
        limits=request.limits,
        keeps_copy=request.keeps_copy,
        at=at,
    )


def preset_of(draft: Draft, *, at: float) -> Choices:
    """Return what of a draft's choices suits other scenes, too: neither its folder nor names in it."""
    options = {name: value for name, value in draft.choices.items() if name not in SCENES_OWN}
    return replace(choices_of(draft, at=at), output="", existing=draft.request.existing, options=options)


def fill_in(draft: Draft, choices: Choices, *, keeps_output: bool) -> None:
    """Put choices into a draft; options of another engine are left out."""
    is_same_engine = not choices.engine or draft.scene is None or draft.scene.engine == choices.engine
    options = dict(choices.options) if is_same_engine else {}
    further = choices.further if is_same_engine else ""
    if keeps_output:
        options = {name: draft.choices[name] for name in SCENES_OWN if name in draft.choices} | options
    output = draft.texts.get("output", str(draft.request.output or "")) if keeps_output else choices.output
    draft.texts = {"frames": choices.frames, "output": output, "further": further}
    draft.choices = options
    draft.request = replace(
        draft.request,
        frames=choices.frames.strip(),
        output=Path(output) if output else None,
        existing=choices.existing,
        priority=choices.priority,
        retries=choices.retries,
        options=options | pairs(further),
        limits=choices.limits,
        keeps_copy=choices.keeps_copy,
    )


def forget_choices(draft: Draft) -> None:
    """Let a draft be as its scene and the settings say."""
    fill_in(draft, Choices(), keeps_output=False)
    draft.remembered_at = None


def _limits(values: object) -> Limits:
    """Return limits as far as they are numbers that make sense."""
    if not isinstance(values, Mapping):
        return Limits()
    return Limits.from_values(
        {
            name: value
            for name, value in values.items()
            if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e15
        }
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _whole(value: object, low: int, high: int) -> int | None:
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    return value if is_whole and low <= value <= high else None  # type: ignore[operator, return-value]  # checked
