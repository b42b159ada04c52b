"""Whether the system waits for a restart that it may make by itself; waits for the disk, so on a thread."""

import sys
from dataclasses import dataclass
from pathlib import Path

from render_manager.system.windows_keys import MACHINE, RegistryValues

_UPDATE = r"SOFTWARE\Microsoft\Windows\CurrentVersion\WindowsUpdate\Auto Update\RebootRequired"
_SERVICING = r"SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing\RebootPending"
_SESSION = r"SYSTEM\CurrentControlSet\Control\Session Manager"
_HOURS = r"SOFTWARE\Microsoft\WindowsUpdate\UX\Settings"
LINUX_MARK = Path("/run/reboot-required")


@dataclass(frozen=True, slots=True)
class RestartPlan:
    """What is known of a restart of the computer."""

    is_pending: bool
    """Whether updates wait for one."""
    has_renames: bool = False
    """Whether only files wait to be replaced at the next start, which forces nothing."""
    active_hours: tuple[int, int] | None = None
    """From which to which hour Windows does not restart by itself; None where that is not known."""


def windows_restart(registry: RegistryValues) -> RestartPlan:
    """Return what Windows' registry says; raises OSError when it cannot be read."""
    is_pending = registry.has_key(MACHINE, _UPDATE) or registry.has_key(MACHINE, _SERVICING)
    renames = registry.value(MACHINE, _SESSION, "PendingFileRenameOperations")
    start = registry.value(MACHINE, _HOURS, "ActiveHoursStart")
    end = registry.value(MACHINE, _HOURS, "ActiveHoursEnd")
    hours = (start, end) if isinstance(start, int) and isinstance(end, int) else None
    return RestartPlan(is_pending, bool(renames), hours)


def linux_restart(mark: Path = LINUX_MARK) -> RestartPlan:
    """Return what Debian's and Ubuntu's package system says; others say nothing."""
    return RestartPlan(mark.exists())


def restart_plan(registry: RegistryValues) -> RestartPlan | None:
    """Return what this system says, None where there is nothing to ask; raises OSError."""
    if sys.platform == "win32":
        return windows_restart(registry)
    return linux_restart() if sys.platform.startswith("linux") else None


def leaves_out(hours: tuple[int, int], hour: int) -> bool:
    """Return whether an hour of the day is outside of active hours, which may go over midnight."""
    start, end = hours
    return not (start <= hour < end if start <= end else hour >= start or hour < end)
