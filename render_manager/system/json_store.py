"""A small JSON file that the program and the user share: read whole, changed in one step, never half written.

Every change reads the file anew under a lock beside it, so that two writers lose nothing of each other's.
For any thread but the GUI's.
"""

import json
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from render_manager.domain.errors import UserError
from render_manager.domain.texts import gettext as _
from render_manager.system.ownership import Ownership
from render_manager.system.whole_files import patiently, write_whole

LOCK_PATIENCE_S = 3.0
_LARGEST_BYTES = 32 << 20


class JsonStore:
    """One file holding one JSON object; from several threads and programs."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._here = threading.Lock()

    def read(self) -> tuple[dict[str, Any], str]:
        """Return what the file holds, empty when there is none, and a sentence if it had to be set aside."""
        try:
            return _parsed(self.path), ""
        except FileNotFoundError:
            return {}, ""
        except (ValueError, RecursionError) as error:
            try:
                return {}, self._set_aside(error)
            except UserError as problem:
                return {}, str(problem)
        except OSError as error:
            text = _("{path} cannot be read: {why}.")
            return {}, text.format(path=self.path, why=error.strerror or error)

    def change(self, change: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
        """Apply a change to what the file holds at this moment and return the result; raises UserError.

        A file that cannot be read, or is damaged and cannot be set aside, is left as it is.
        """
        with self._here:
            lock = self._lock()
            try:
                values = self._read_to_change()
                change(values)
                text = json.dumps(values, indent=2, ensure_ascii=False, sort_keys=True)
                write_whole(self.path, text)
            except OSError as error:
                text = _("{path} cannot be written: {why}. What was to be remembered is lost.")
                raise UserError(text.format(path=self.path, why=error.strerror or error)) from error
            finally:
                lock.release()
        return values

    def _read_to_change(self) -> dict[str, Any]:
        """Return what the file holds; raises UserError where writing would lose what cannot be read."""
        try:
            return _parsed(self.path)
        except FileNotFoundError:
            return {}
        except (ValueError, RecursionError) as error:
            self._set_aside(error)
            return {}
        except OSError as error:
            text = _("{path} cannot be read: {why}. It was left as it is; what was to be remembered is lost.")
            raise UserError(text.format(path=self.path, why=error.strerror or error)) from error

    def _lock(self) -> Ownership:
        lock = Ownership(self.path.with_suffix(".lock"))
        until = time.monotonic() + LOCK_PATIENCE_S
        while not lock.take():
            if time.monotonic() > until:
                text = _("{path} is being written by another program; try again.")
                raise UserError(text.format(path=self.path))
            time.sleep(0.02)  # another process's lock: there is nothing to be woken by
        return lock

    def _set_aside(self, error: Exception) -> str:
        """Move a damaged file out of the way and return a sentence about it; raises UserError if it stays."""
        aside = self.path.with_name(f"{self.path.stem}.damaged-{time.time_ns() // 1_000_000}.json")
        try:
            self.path.replace(aside)
        except OSError as problem:
            text = _(
                "{path} is damaged and cannot be set aside: {why}. Move it away to have a new one begun."
            )
            raise UserError(text.format(path=self.path, why=problem.strerror or problem)) from problem
        return _("{path} was damaged ({why}); it was set aside as {aside}, and a new one is begun.").format(
            path=self.path, why=error, aside=aside.name
        )


def _parsed(path: Path) -> dict[str, Any]:
    """Return what a file holds; raises ValueError with the reason for what cannot be one of ours."""
    if path.stat().st_size > _LARGEST_BYTES:
        raise ValueError(_("it is larger than {limit} MB").format(limit=_LARGEST_BYTES >> 20))
    values = json.loads(patiently(lambda: path.read_text("utf-8")))
    if isinstance(values, dict):
        return values
    raise ValueError(_("it is not a JSON object"))
