"""Whether the computer runs from the wall or from a battery; any thread."""

from dataclasses import dataclass

import psutil


@dataclass(frozen=True, slots=True)
class PowerSource:
    """What the computer runs on."""

    is_plugged_in: bool | None
    """None when the system does not say."""
    percent: float
    """What is left in the battery."""


def power_source() -> PowerSource | None:
    """Return what the computer runs on, None where there is no battery."""
    battery = psutil.sensors_battery()
    return None if battery is None else PowerSource(battery.power_plugged, float(battery.percent))
