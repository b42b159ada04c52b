"""What every command of the command line works with, and how it talks to people and to scripts."""

import json
import logging
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TextIO

from render_manager.domain.commands import Command
from render_manager.domain.printable import one_line
from render_manager.engines.catalog import Catalog
from render_manager.scheduling.ports import StateReader, Subscriber
from render_manager.services.one_frame_test import TrialCore
from render_manager.system.paths import AppPaths
from render_manager.system.settings import Settings
from render_manager.system.sleep_plan import Ask

log = logging.getLogger(__name__)

EXIT_GOOD = 0
EXIT_FRAMES_FAILED = 1
EXIT_BAD_INPUT = 2
EXIT_INTERRUPTED = 130


class RunningCore(Protocol):
    """The scheduler as the command line sees it."""

    @property
    def reader(self) -> StateReader:
        """Return a reader of what is stored."""
        ...

    @property
    def notices(self) -> Sequence[str]:
        """Return what opening the database had to do."""
        ...

    def start(self) -> None:
        """Start working."""
        ...

    def post(self, command: Command) -> None:
        """Give an order."""
        ...

    def stop(self) -> None:
        """Stop engines and threads; returns when all is stored."""
        ...


class BuildCore(Protocol):
    """Builds the scheduler; given by the composition root."""

    def __call__(
        self,
        *,
        paths: AppPaths,
        settings: Settings,
        catalog: Catalog,
        subscribers: Sequence[Subscriber],
        slots: int | None,
        serves_stored_jobs: bool,
    ) -> RunningCore:
        """Return a core that is not started yet."""
        ...


@dataclass(frozen=True, slots=True)
class Composition:
    """What the composition root gives to the command line."""

    build_core: BuildCore
    build_catalog: Callable[[AppPaths, Settings], Catalog]
    open_reader: Callable[[Path], StateReader]
    open_window: Callable[[Path | None, Sequence[Path], bool], int]
    """Opens the window: base folder, files to show, whether to run the demo; returns the exit code."""
    build_trial: Callable[[Path, Settings, Catalog, Sequence[Subscriber]], TrialCore]
    """Builds a scheduler of its own below a folder, for trying a frame."""
    ask: Ask
    """Runs one of the system's programs for a short answer."""
    self_test: Callable[["Speaker", Settings, Path | None], bool]
    """Checks the installation and says what it finds; returns whether all is good.

    A picture of the window is saved in the file that is named.
    """


class Speaker:
    """Says things on standard output, as text or as one JSON object a line, and errors on standard error."""

    def __init__(self, *, is_json: bool, out: TextIO | None = None, err: TextIO | None = None) -> None:
        self.is_json = is_json
        self._out = PatientStream(out or sys.stdout)
        self._err = PatientStream(err or sys.stderr)

    def object(self, value: dict[str, Any]) -> None:
        """Write one JSON object on a line of its own, at once."""
        self._write(self._out, json.dumps(value, default=str))

    def line(self, text: str) -> None:
        """Write a line of text for people; nothing in it can steer the terminal."""
        self._write(self._out, one_line(text))

    def error(self, text: str) -> None:
        """Write a sentence about what went wrong."""
        self._write(self._err, one_line(text))

    def _write(self, stream: "PatientStream", text: str) -> None:
        stream.write(text + "\n")
        stream.flush()


class PatientStream:
    """A text stream that goes on quietly when nobody reads it any more or its disk is full.

    A render is not given up because its progress cannot be told.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write text, or lose it."""
        with self._patiently():
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        """Hand over what was written, or lose it."""
        with self._patiently():
            self._stream.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    @contextmanager
    def _patiently(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            log.info("output is lost from here on: %s", error)
            try:
                # What waits in the stream's buffer must not fail again when the program ends.
                nowhere = os.open(os.devnull, os.O_WRONLY)
                os.dup2(nowhere, self._stream.fileno())
                os.close(nowhere)
            except (OSError, ValueError) as problem:
                log.info("the stream cannot be redirected: %s", problem)
