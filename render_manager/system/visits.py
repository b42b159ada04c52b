"""When the user was last there and when the program was started, from run to run; waits for the disk."""

from typing import Any

from render_manager.system.json_store import JsonStore

MOST_STARTS = 50


class Visits:
    """Reads and writes one small file; raises UserError where it cannot be written."""

    def __init__(self, store: JsonStore) -> None:
        self._store = store

    def begin(self, now: float) -> float | None:
        """Take down a start of the program; return when the user was last there, None for never."""
        values = self._store.change(lambda values: _add_start(values, now))
        return _number(values.get("seen_at"))

    def seen(self, now: float) -> None:
        """Take down that the user is there."""
        self._store.change(lambda values: values.update(seen_at=now))

    def last_seen(self) -> float | None:
        """Return when the user was last there, None if that is not known."""
        return _number(self._store.read()[0].get("seen_at"))

    def starts(self, since: float, until: float) -> tuple[float, ...]:
        """Return when the program was started from one moment to another."""
        return tuple(at for at in _starts(self._store.read()[0]) if since <= at < until)


def _add_start(values: dict[str, Any], now: float) -> None:
    values["starts"] = [*_starts(values), now][-MOST_STARTS:]


def _starts(values: dict[str, Any]) -> list[float]:
    found = values.get("starts")
    numbers = [_number(one) for one in found] if isinstance(found, list) else []
    return [number for number in numbers if number is not None]


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
