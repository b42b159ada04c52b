"""After how long the system would go to sleep by itself, told from its own programs; waits, so on a thread.

Each reader takes what a program printed, so that it can be tried anywhere. What cannot be found out is None.
"""

import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

Ask = Callable[[Sequence[str]], str | None]
"""Runs one of the system's programs and returns what it prints, None for no answer."""

_HEXADECIMAL = re.compile(r"0x([0-9a-fA-F]{8})\s*$", re.MULTILINE)
_PMSET = re.compile(r"^\s*sleep\s+(\d+)", re.MULTILINE)
_GNOME = ("gsettings", "get", "org.gnome.settings-daemon.plugins.power")
_LOGIND = (
    "busctl",
    "get-property",
    "org.freedesktop.login1",
    "/org/freedesktop/login1",
    "org.freedesktop.login1.Manager",
)


@dataclass(frozen=True, slots=True)
class SleepPlan:
    """What the system does when nobody touches it."""

    after_s: float | None
    """Seconds until it goes to sleep, None for never."""


def read_powercfg(text: str, *, on_battery: bool) -> float | None:
    """Return the seconds of `powercfg /query`, 0 for never: its last two numbers, in any language of Windows.

    None when there are no such numbers.
    """
    numbers = [int(digits, 16) for digits in _HEXADECIMAL.findall(text)]
    if len(numbers) < 2:
        return None
    return float(numbers[-1] if on_battery else numbers[-2])


def read_pmset(text: str) -> float | None:
    """Return the seconds of `pmset -g`, which says minutes; 0 for never, None when it does not say."""
    found = _PMSET.search(text)
    return None if found is None else int(found[1]) * 60.0


def read_gnome(kind: str, timeout: str) -> float | None:
    """Return the seconds of GNOME's two settings; 0 for never, None when they do not say."""
    if kind.strip().strip("'") == "nothing":
        return 0.0
    digits = re.search(r"(\d+)\s*$", timeout)
    return None if digits is None else float(digits[1])


def read_logind(action: str, delay: str) -> float | None:
    """Return the seconds of logind's idle action; 0 where it is none that puts the system to sleep.

    None when it does not say.
    """
    word = re.search(r'"([^"]*)"', action)
    if word is None:
        return None
    if word[1] not in {"suspend", "hibernate", "hybrid-sleep", "suspend-then-hibernate", "poweroff", "halt"}:
        return 0.0
    microseconds = re.search(r"(\d+)\s*$", delay)
    return None if microseconds is None else int(microseconds[1]) / 1e6


def sleep_plan(ask: Ask, *, on_battery: bool, system: str = sys.platform) -> SleepPlan | None:
    """Return what this system would do, None when that cannot be found out."""
    if system == "win32":
        answers = [_windows(ask, on_battery=on_battery)]
    elif system == "darwin":
        text = ask(("pmset", "-g"))
        answers = [None if text is None else read_pmset(text)]
    else:
        answers = [_gnome(ask, on_battery=on_battery), _logind(ask)]
    known = [seconds for seconds in answers if seconds is not None]
    if not known:
        return None
    limits = [seconds for seconds in known if seconds]
    return SleepPlan(min(limits, default=None))


def _windows(ask: Ask, *, on_battery: bool) -> float | None:
    text = ask(("powercfg", "/query", "SCHEME_CURRENT", "SUB_SLEEP", "STANDBYIDLE"))
    return None if text is None else read_powercfg(text, on_battery=on_battery)


def _gnome(ask: Ask, *, on_battery: bool) -> float | None:
    power = "battery" if on_battery else "ac"
    kind = ask((*_GNOME, f"sleep-inactive-{power}-type"))
    timeout = ask((*_GNOME, f"sleep-inactive-{power}-timeout"))
    return None if kind is None or timeout is None else read_gnome(kind, timeout)


def _logind(ask: Ask) -> float | None:
    action, delay = ask((*_LOGIND, "IdleAction")), ask((*_LOGIND, "IdleActionUSec"))
    return None if action is None or delay is None else read_logind(action, delay)
