"""What can be changed about a job so that the next try has a chance: *Fix and retry*.

A table from the reasons of failures to options; pure.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from render_manager.domain.limits import Limits
from render_manager.domain.texts import gettext as _
from render_manager.engines.rule import N_


@dataclass(frozen=True, slots=True)
class Fix:
    """A change to a job that a known reason calls for."""

    label: str
    """What the button says: `Render on the CPU and retry`."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """Options of the engine to be set."""
    engine_slots: int | None = None
    """How many of this engine may run at once from then on."""
    limit: str = ""
    """Name of the limit, of `domain.limits.Limits`, to be raised."""

    def options_of(self, options: Mapping[str, Any]) -> dict[str, Any]:
        """Return a job's options with the change."""
        return {**options, **self.options}

    def limits_of(self, limits: Limits) -> Limits:
        """Return a job's limits with the change: twice as much of what was too little."""
        value = getattr(limits, self.limit) if self.limit else None
        return limits if not value else replace(limits, **{self.limit: value * 2})


_ON_THE_CPU = N_("Render on the CPU and retry")
_ONE_AT_A_TIME = N_("Run one {engine} at a time and retry")
_TWICE = N_("Double the limit and retry")
_GPU_CODES = ("gpu-out-of-memory", "gpu-error", "gpu-kernel", "gpu-unsupported", "gpu-driver-old", "no-gpu")
_WITHOUT_ADD_ONS = N_("Start Blender without add-ons and retry")
_BY_LIMIT = {"frame-too-long": "frame_s", "memory-limit": "memory_bytes"}
_MEMORY_CODES = ("out-of-memory", "memory-full")
_BY_OPTION: dict[str, tuple[tuple[tuple[str, ...], str, Mapping[str, Any]], ...]] = {
    "blender": (
        (_GPU_CODES, _ON_THE_CPU, {"device": "CPU"}),
        (("addon-error", "addon-missing"), _WITHOUT_ADD_ONS, {"factory_startup": True}),
        (("driver-error", "script-failed"), N_("Use Blender's batch mode and retry"), {"mode": "batch"}),
        (("scripts-disabled",), N_("Let the scene's own scripts run and retry"), {"scripts": True}),
    ),
    "maya": (
        (_GPU_CODES, _ON_THE_CPU, {"device": "CPU"}),
        (("watermark",), N_("Stop where there is no licence, and retry"), {"abort_without_licence": True}),
    ),
}


def fix_for(
    code: str, *, engine_id: str, engine_name: str, options: Mapping[str, Any], limits: Limits, slots: int
) -> Fix | None:
    """Return what can be done about a reason, None where nothing is known or it was done already.

    `slots` is how many of the engine may run at once now.
    """
    if code in _BY_LIMIT:
        return Fix(_(_TWICE), limit=_BY_LIMIT[code]) if getattr(limits, _BY_LIMIT[code]) else None
    for codes, label, change in _BY_OPTION.get(engine_id, ()):
        if code in codes and any(options.get(name) != value for name, value in change.items()):
            return Fix(_(label), options=change)
    if code in (*_MEMORY_CODES, "gpu-out-of-memory") and slots > 1:
        return Fix(_(_ONE_AT_A_TIME).format(engine=engine_name), engine_slots=1)
    return None
