"""The real clocks."""

import time


class SystemClock:
    """Reads the computer's clocks."""

    def now(self) -> float:
        """Return seconds since the epoch; may jump."""
        return time.time()

    def monotonic(self) -> float:
        """Return seconds that never go back."""
        return time.monotonic()
