"""The command `report`: what was done since a moment, as text, JSON or a page of HTML."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from render_manager.domain.morning import JobNight, Morning
from render_manager.domain.morning_text import report_text
from render_manager.domain.texts import gettext as _
from render_manager.services.cli.session import Composition, Speaker
from render_manager.services.morning import MorningDesk, default_since, moment_of
from render_manager.system.json_store import JsonStore
from render_manager.system.paths import AppPaths
from render_manager.system.visits import Visits


@dataclass(frozen=True, slots=True)
class Reporting:
    """Reports on one set of data, from outside."""

    composition: Composition
    paths: AppPaths
    speaker: Speaker

    def report(self, since: str, html: Path | None) -> None:
        """Say what was done, or write it into a file; raises UserError."""
        now = time.time()
        visits = Visits(JsonStore(self.paths.visits))
        begin = moment_of(since, now) if since else default_since(visits, now)
        if not self.paths.database.exists():
            self._say(Morning(begin, now))
            return
        desk = MorningDesk(self.composition.open_reader(self.paths.database), visits)
        morning = desk.collect(begin, now)
        if html is None:
            self._say(morning)
            return
        desk.save(morning, html.absolute())
        if not self.speaker.is_json:
            self.speaker.line(_("The report is in {path}.").format(path=html.absolute()))
            return
        self._say(morning)

    def _say(self, morning: Morning) -> None:
        if not self.speaker.is_json:
            for line in report_text(morning).rstrip().split("\n"):
                self.speaker.line(line)
            return
        self.speaker.object(
            {
                "since": morning.since,
                "until": morning.until,
                "completed": morning.completed,
                "failed": morning.failed,
                "interrupted": morning.interrupted,
                "seconds": round(morning.seconds, 3),
                "starts": list(morning.starts),
            }
        )
        for night in morning.jobs:
            self.speaker.object(night_object(night))


def night_object(night: JobNight) -> dict[str, Any]:
    """Return what was done for a job as JSON values; the names are public and stay."""
    job = night.job
    return {
        "job": job.id,
        "name": job.name,
        "state": job.state.value,
        "output_dir": str(job.output_dir),
        "completed": night.completed,
        "failed": night.failed,
        "interrupted": night.interrupted,
        "seconds": round(night.seconds, 3),
        "marked_frames": job.marked_frames,
        "median_seconds": night.median_s,
        "peak_memory_bytes": night.peak_memory_bytes,
        "failures": [
            {
                "reason": group.reason,
                "advice": group.advice,
                "code": group.code,
                "count": group.count,
                "frames": list(group.frames),
            }
            for group in night.failures
        ],
        "slowest": [
            {"frame": one.frame, "seconds": one.seconds, "factor": round(one.factor, 3)}
            for one in night.slowest
        ],
        "notes": [{"frame": frame, "note": note} for frame, note in night.notes],
        "movie": night.movie,
    }
