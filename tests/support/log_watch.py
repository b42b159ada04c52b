"""Notices warnings and errors in the program's log that a test did not ask for."""

import logging
import re


class LogWatch(logging.Handler):
    """Collects what is logged at WARNING and above; the test says what it expects."""

    def __init__(self) -> None:
        super().__init__(level=logging.WARNING)
        self.records: list[logging.LogRecord] = []
        self._expected: list[str] = []
        self._allowed: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)

    def expect(self, pattern: str) -> None:
        """Let records through whose text matches, and fail the test if none does."""
        self._expected.append(pattern)

    def allow(self, pattern: str) -> None:
        """Let records through whose text matches, whether any come or not."""
        self._allowed.append(pattern)

    @property
    def messages(self) -> list[str]:
        return [record.getMessage() for record in self.records]

    def complaints(self) -> list[str]:
        """Return what was logged without being expected, and what was expected and not logged."""
        texts = self.messages
        surprises = [
            f"logged: {self.format(record)}"
            for record in self.records
            if not any(
                re.search(pattern, record.getMessage()) for pattern in (*self._expected, *self._allowed)
            )
        ]
        missing = [
            f"not logged: {pattern}"
            for pattern in self._expected
            if not any(re.search(pattern, text) for text in texts)
        ]
        return surprises + missing
