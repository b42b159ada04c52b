"""Which unfinished jobs write the same files, so that one waits for the other. Owner thread only."""

import os
from collections.abc import Collection, Iterable

from render_manager.domain.job import Job
from render_manager.domain.jobspec import JobSpec
from render_manager.domain.naming import DEFAULT_PADDING
from render_manager.domain.states import FINISHED_JOBS
from render_manager.domain.texts import gettext as _

Place = tuple[str, str]


def place_of(spec: JobSpec) -> Place:
    """Return what jobs have in common that may write the same files: folder and name."""
    name = spec.output_name if "#" in spec.output_name else spec.output_name + DEFAULT_PADDING
    return os.path.normcase(spec.output_dir), os.path.normcase(name)


def write_same_files(one: JobSpec, other: JobSpec) -> bool:
    """Return whether two jobs with the same folder and name write files that are called the same."""
    suffixes = (one.output_suffix.lower(), other.output_suffix.lower())
    return ("" in suffixes or suffixes[0] == suffixes[1]) and one.frames.overlaps(other.frames)


class SameFiles:
    """Unfinished jobs by the place they write to; only places with more than one job are kept."""

    def __init__(self) -> None:
        self._places: dict[int, Place] = {}
        """Place by job, computed once."""
        self._rivals: dict[int, list[Job]] = {}
        """By job: all the unfinished jobs of its place, oldest first."""
        self._before: dict[int, Job] = {}
        """By job: the earlier one it was last found to wait for."""
        self._sentences: dict[int, str] = {}

    def take_stock(self, unfinished: Iterable[Job]) -> None:
        """Group the unfinished jobs anew."""
        groups: dict[Place, list[Job]] = {}
        for job in unfinished:
            place = self._places.get(job.id)
            if place is None:
                place = self._places[job.id] = place_of(job.spec)
            groups.setdefault(place, []).append(job)
        self._rivals.clear()
        for group in groups.values():
            if len(group) > 1:
                group.sort(key=lambda job: job.id)
                self._rivals.update((job.id, group) for job in group)

    def clear(self) -> None:
        """Forget everything; for when all jobs are read anew."""
        self._places.clear()
        self._rivals.clear()
        self._before.clear()

    def forget(self, job_id: int) -> None:
        """Forget a job that is deleted."""
        self._places.pop(job_id, None)
        self._before = {
            waiting: first for waiting, first in self._before.items() if job_id not in (waiting, first.id)
        }

    def sentence_about(self, rival: Job) -> str:
        """Return why a job waits; put together once, since thousands may wait for the same one."""
        if rival.id not in self._sentences:
            text = _("Waits for job {job}, which writes the same files.").format(job=rival.id)
            self._sentences[rival.id] = text
        return self._sentences[rival.id]

    def rival_of(self, job: Job, busy: Collection[int]) -> Job | None:
        """Return the job that must be done first, or None.

        That is an earlier one that is not finished, or a later one among `busy`, which has frames under way.
        """
        group = self._rivals.get(job.id)
        if group is None:
            return None
        known = self._before.get(job.id)
        if known is not None and known.state not in FINISHED_JOBS:
            return known
        self._before.pop(job.id, None)
        for other in group:
            if other.id == job.id or other.state in FINISHED_JOBS:
                continue
            if other.id > job.id and other.id not in busy:
                continue
            if write_same_files(job.spec, other.spec):
                if other.id < job.id:
                    self._before[job.id] = other
                return other
        return None
