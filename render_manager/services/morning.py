"""Putting together what was done since a moment: from the database, the disk and the file of visits."""

import re
import time
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from render_manager.domain.errors import UserError
from render_manager.domain.morning import Morning
from render_manager.domain.morning_text import report_html, report_text
from render_manager.domain.texts import gettext as _
from render_manager.media.movies import movie_in
from render_manager.scheduling.ports import StateReader
from render_manager.system.visits import Visits
from render_manager.system.whole_files import write_whole

LARGEST_PICTURE_BYTES = 1 << 20
_COUNT = re.compile("[0-9]{1,6}")
"""Hours or days before now, of which calendars know what day it was."""
LONGEST_DEFAULT_S = 7 * 86400.0
"""The report goes back no further where nobody says since when."""


class MorningDesk:
    """Answers what was done; reads disks, so not for the GUI's thread. Any other thread."""

    def __init__(self, reader: StateReader, visits: Visits) -> None:
        self._reader = reader
        self._visits = visits

    def collect(self, since: float, until: float) -> Morning:
        """Return what was done from one moment to another, in seconds since the epoch."""
        found = self._reader.morning(since, until)
        nights = tuple(
            night if night.movie else replace(night, movie=movie_in(night.job.output_dir))
            for night in found.jobs
        )
        return replace(found, jobs=nights, starts=self._visits.starts(since, until))

    def save(self, morning: Morning, path: Path) -> None:
        """Write a report, as a page of HTML or by its ending `.txt` as text; raises UserError."""
        if path.suffix.lower() == ".txt":
            text = report_text(morning)
        else:
            names = (shown.thumbnail for night in morning.jobs for shown in night.pictures)
            text = report_html(morning, pictures_of(names))
        try:
            write_whole(path, text)
        except OSError as error:
            said = _("The report {path} cannot be written: {why}.")
            raise UserError(said.format(path=path, why=error.strerror or error)) from error


def pictures_of(paths: Iterable[str]) -> dict[str, bytes]:
    """Return what small pictures hold, without those that are not there."""
    found: dict[str, bytes] = {}
    for path in dict.fromkeys(path for path in paths if path):
        try:
            with Path(path).open("rb") as file:
                data = file.read(LARGEST_PICTURE_BYTES + 1)
        except OSError:
            continue
        if len(data) <= LARGEST_PICTURE_BYTES:
            found[path] = data
    return found


def moment_of(text: str, now: float) -> float:
    """Return the moment a user names: `2026-03-07 18:00`, `18:00` (the last one), `12h`, `3d`.

    Raises UserError.
    """
    text = text.strip()
    unit = {"h": 3600.0, "d": 86400.0}.get(text[-1:].lower())
    if unit is not None and _COUNT.fullmatch(text[:-1]):
        return now - int(text[:-1]) * unit
    for form in ("%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%Y-%m-%d"):
        try:
            return time.mktime(time.strptime(text, form))
        except (ValueError, OverflowError):
            continue
    try:
        clock = time.strptime(text, "%H:%M")
    except ValueError:
        said = _("“{text}” is no time. Write it as 2026-03-07 18:00, 18:00, 12h or 3d.")
        raise UserError(said.format(text=text)) from None
    here = time.localtime(now)
    at = time.mktime((*here[:3], clock.tm_hour, clock.tm_min, 0, 0, 0, -1))
    return (
        at if at <= now else time.mktime((*here[:2], here[2] - 1, clock.tm_hour, clock.tm_min, 0, 0, 0, -1))
    )


def default_since(visits: Visits, now: float) -> float:
    """Return since when to report where nobody says it: since the user was last there, at most a week."""
    seen = visits.last_seen()
    return max(now - LONGEST_DEFAULT_S, min(seen, now)) if seen is not None else now - 86400.0
