"""A clock that somebody sets while frames render, and while the program is closed."""

import random
import time

DAY_S = 86_400.0
JUMPS: dict[str, float] = {
    "an hour back": -3_600.0,
    "an hour on": 3_600.0,
    "a day back": -DAY_S,
    "a day on": DAY_S,
    "40 days back": -40 * DAY_S,
    "400 days on": 400 * DAY_S,
}
PLACES: dict[str, float] = {
    "to 1970": 0.0,
    "to 2038, past 31 bits": 2.0**31 + 60.0,
    "to 2106, past 32 bits": 2.0**32 + 60.0,
}


class SetClock:
    """The computer's clocks, of which the wall clock is set now and then."""

    def __init__(self) -> None:
        self._offset_s = 0.0

    def now(self) -> float:
        """Return seconds since the epoch; jumps."""
        return time.time() + self._offset_s

    def monotonic(self) -> float:
        """Return seconds that never go back."""
        return time.monotonic()

    def jump(self, dice: random.Random) -> str:
        """Set the wall clock somewhere; return what was done."""
        name = dice.choice([*JUMPS, *PLACES, "right again"])
        if name in JUMPS:
            # Nobody has lived through more than this.
            self._offset_s = max(self._offset_s + JUMPS[name], -time.time())
        elif name in PLACES:
            self._offset_s = PLACES[name] - time.time()
        else:
            self._offset_s = 0.0
        return name
