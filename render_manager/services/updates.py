"""What a follower of jobs is told: public events and the jobs' present standing, here or over the channel."""

from dataclasses import asdict, dataclass
from typing import Any

from render_manager.domain.changes import ChangeSet, JobSnapshot
from render_manager.domain.states import FrameState, JobState
from render_manager.services.public_events import Event, events_of


@dataclass(frozen=True, slots=True)
class JobBrief:
    """The standing of a job in a few words."""

    id: int
    uuid: str
    name: str
    state: JobState
    reason: str
    total: int
    completed: int
    failed: int
    cancelled: int
    skipped: int
    needs_help: bool = False
    """Whether it cannot go on before a person does something; `reason` says what."""

    @property
    def done(self) -> int:
        """Return how many frames need nothing more."""
        return self.completed + self.failed + self.cancelled + self.skipped

    @property
    def is_finished(self) -> bool:
        """Return whether nothing is left to render."""
        return self.state in (JobState.COMPLETED, JobState.FAILED, JobState.CANCELLED)

    @classmethod
    def of(cls, job: JobSnapshot) -> "JobBrief":
        """Return the standing of a job."""
        return cls(
            id=job.id,
            uuid=job.uuid,
            name=job.name,
            state=job.state,
            reason=job.reason,
            total=job.total_frames,
            completed=job.counts[FrameState.COMPLETED],
            failed=job.counts[FrameState.FAILED],
            cancelled=job.counts[FrameState.CANCELLED],
            skipped=job.counts[FrameState.SKIPPED],
            needs_help=job.needs_help,
        )


@dataclass(frozen=True, slots=True)
class Update:
    """What happened since the last update."""

    events: tuple[Event, ...] = ()
    jobs: tuple[JobBrief, ...] = ()
    removed: tuple[int, ...] = ()
    """Numbers of jobs that are forgotten."""

    @classmethod
    def of(cls, changes: ChangeSet) -> "Update":
        """Return what a change set means for followers."""
        jobs = tuple(JobBrief.of(job) for job in changes.jobs.values())
        return cls(tuple(events_of(changes)), jobs, changes.removed_jobs)

    def to_json(self) -> dict[str, Any]:
        """Return the update as JSON values."""
        return {
            "events": list(self.events),
            "jobs": [asdict(job) for job in self.jobs],
            "removed": list(self.removed),
        }

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "Update":
        """Read an update; raises KeyError, TypeError or ValueError when it is not one."""
        jobs = tuple(JobBrief(**{**job, "state": JobState(job["state"])}) for job in values["jobs"])
        return cls(tuple(values["events"]), jobs, tuple(values["removed"]))
