"""Where the whole queue stands: one number, one line, for the tray and the task bar."""

from collections.abc import Collection
from dataclasses import dataclass

from render_manager.domain.changes import JobSnapshot
from render_manager.domain.states import FINISHED_JOBS, FrameState, JobState
from render_manager.domain.texts import gettext as _
from render_manager.domain.texts import ngettext


@dataclass(frozen=True, slots=True)
class Overall:
    """Progress of everything that is not finished."""

    percent: int
    """0 to 100 of the frames of unfinished jobs; 100 when there are none."""
    running: int
    waiting: int
    failed: int
    """Frames of unfinished jobs that failed."""

    @property
    def is_idle(self) -> bool:
        """Return whether nothing is left to render."""
        return not (self.running or self.waiting)

    def text(self) -> str:
        """Return a line or two for a tool tip."""
        if self.is_idle:
            return _("Nothing to render.")
        jobs = self.running + self.waiting
        line = ngettext("{percent} % of {count} job is done.", "{percent} % of {count} jobs are done.", jobs)
        lines = [line.format(percent=self.percent, count=jobs)]
        if self.failed:
            failed = ngettext("{count} frame failed.", "{count} frames failed.", self.failed)
            lines.append(failed.format(count=self.failed))
        return "\n".join(lines)


def overall_of(jobs: Collection[JobSnapshot]) -> Overall:
    """Sum up all jobs."""
    open_jobs = [job for job in jobs if job.state not in FINISHED_JOBS]
    total = sum(job.total_frames for job in open_jobs)
    left = sum(job.counts[FrameState.PENDING] + job.counts[FrameState.RENDERING] for job in open_jobs)
    running = sum(job.state is JobState.RUNNING for job in open_jobs)
    return Overall(
        percent=100 if not total else (total - left) * 100 // total,
        running=running,
        waiting=len(open_jobs) - running,
        failed=sum(job.counts[FrameState.FAILED] for job in open_jobs),
    )
