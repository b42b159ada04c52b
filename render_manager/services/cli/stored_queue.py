"""The commands that look at and steer the stored queue: `jobs`, `frames`, `retry`, `cancel`."""

from dataclasses import dataclass
from typing import Any

from render_manager.domain.changes import FrameRow, JobSnapshot
from render_manager.domain.commands import CancelFrames, CancelJobs, Command, RetryFrames
from render_manager.domain.errors import StorageUnavailableError, UserError
from render_manager.domain.frameset import FrameSet
from render_manager.domain.framestates import FrameStates
from render_manager.domain.states import FINISHED_FRAMES, FrameState, JobState
from render_manager.domain.texts import gettext as _
from render_manager.domain.texts import ngettext
from render_manager.scheduling.ports import StateReader
from render_manager.services.cli.session import Composition, Speaker
from render_manager.services.cli.terminal import print_table
from render_manager.services.control import RemoteOwner, be_or_use_owner
from render_manager.system.ownership import Ownership
from render_manager.system.paths import AppPaths
from render_manager.system.settings import Settings

_OPEN = frozenset({FrameState.PENDING, FrameState.RENDERING})
_LOST = frozenset({FrameState.FAILED, FrameState.CANCELLED})


@dataclass(frozen=True, slots=True)
class _Affected:
    """Which frames an order changes: those of a job that are in one of these states."""

    job_id: int
    frames: FrameSet | None
    states: frozenset[FrameState]

    def count(self, reader: StateReader) -> int:
        """Return how many there are now."""
        job = reader.job(self.job_id)
        if job is None:
            return 0
        found = FrameStates(job.frames, reader.frame_states(job.id))
        return sum(
            last - first + 1 for state in self.states for first, last in found.runs(state, self.frames)
        )


@dataclass(frozen=True, slots=True)
class StoredQueue:
    """The queue of one set of data, looked at from outside."""

    composition: Composition
    paths: AppPaths
    settings: Settings
    speaker: Speaker

    def list_jobs(self) -> None:
        """Show all jobs."""
        jobs = self._reader().jobs() if self.paths.database.exists() else []
        if self.speaker.is_json:
            for job in jobs:
                self.speaker.object(job_object(job))
            return
        if not jobs:
            self.speaker.line(self._why_no_jobs())
            return
        titles = (_("Job"), _("Name"), _("State"), _("Done"), _("Failed"), _("Priority"), _("Why"))
        is_owned = Ownership(self.paths.lock).is_taken()
        print_table(titles, [_job_row(job, is_owned=is_owned) for job in jobs])

    def _why_no_jobs(self) -> str:
        from render_manager.storage.backups import backup_path  # brings a library that help can do without

        copy = backup_path(self.paths.database)
        if self.paths.database.exists() or not copy.exists():
            return _("There are no jobs.")
        text = _(
            "There is no database at {path} any more. Its copy {copy} is put in its place when Render "
            "Manager is started the next time, or by “render-manager resume”."
        )
        return text.format(path=self.paths.database, copy=copy)

    def list_frames(self, job_id: int) -> None:
        """Show the frames of a job."""
        reader = self._reader()
        self._job(reader, job_id)
        frames = reader.frames(job_id)
        if self.speaker.is_json:
            for frame in frames:
                self.speaker.object(frame_object(frame))
            return
        titles = (_("Frame"), _("State"), _("Attempts"), _("Seconds"), _("File or reason"))
        print_table(titles, map(_frame_row, frames))

    def retry(self, job_id: int, frames: str, *, failed_only: bool) -> None:
        """Have frames rendered again, by the program that runs or by the next `resume`."""
        chosen = FrameSet.parse(frames) if frames else None
        failed_only = failed_only or chosen is None
        self._order(
            RetryFrames(job_id, chosen, failed_only=failed_only),
            _Affected(job_id, chosen, _LOST if failed_only else FINISHED_FRAMES),
            event="frames_retried",
        )

    def cancel(self, job_id: int, frames: str) -> None:
        """Cancel a job, or some of its frames."""
        chosen = FrameSet.parse(frames) if frames else None
        self._order(
            CancelJobs((job_id,)) if chosen is None else CancelFrames(job_id, chosen),
            _Affected(job_id, chosen, _OPEN),
            event="frames_cancelled",
        )

    def _order(self, command: Command, affected: "_Affected", *, event: str) -> None:
        """Give an order to the owner of the data, or be the owner for a moment; say what it changes."""
        reader = self._reader()
        self._check(reader, affected)
        ownership = Ownership(self.paths.lock)
        count = affected.count(reader)

        def post(owner: RemoteOwner) -> bool:
            owner.post(command)
            return True

        if not be_or_use_owner(ownership, self.paths.lock, post):
            try:
                self._carry_out(command)
            finally:
                ownership.release()
            if affected.count(reader):
                raise StorageUnavailableError(
                    _("The order for job {job} could not be stored; {path} tells why.").format(
                        job=affected.job_id, path=self.paths.program_log
                    )
                )
        self._tell(event, affected.job_id, count)

    def _carry_out(self, command: Command) -> None:
        core = self.composition.build_core(
            paths=self.paths,
            settings=self.settings,
            catalog=self.composition.build_catalog(self.paths, self.settings),
            subscribers=[],
            slots=0,
            serves_stored_jobs=False,
        )
        core.start()
        core.post(command)
        core.stop()

    def _tell(self, event: str, job_id: int, count: int) -> None:
        if self.speaker.is_json:
            self.speaker.object({"event": event, "job": job_id, "count": count})
        elif not count:
            self.speaker.line(_("Job {job}: no frame is concerned.").format(job=job_id))
        else:
            text = (
                ngettext("{count} frame was cancelled.", "{count} frames were cancelled.", count)
                if event == "frames_cancelled"
                else ngettext("{count} frame is queued again.", "{count} frames are queued again.", count)
            )
            self.speaker.line(_("Job {job}: {what}").format(job=job_id, what=text.format(count=count)))

    def _check(self, reader: StateReader, affected: "_Affected") -> None:
        job, frames = self._job(reader, affected.job_id), affected.frames
        if frames is not None and not any(frame in job.frames for frame in frames):
            raise UserError(
                _("Job {job} has none of the frames {frames}; it has {known}.").format(
                    job=job.id, frames=frames.text(), known=job.frames.text()
                )
            )

    def _job(self, reader: StateReader, job_id: int) -> JobSnapshot:
        job = reader.job(job_id)
        if job is None:
            raise UserError(_("There is no job {job}. “jobs” lists them.").format(job=job_id))
        return job

    def _reader(self) -> StateReader:
        return self.composition.open_reader(self.paths.database)


def _job_row(job: JobSnapshot, *, is_owned: bool) -> tuple[str, ...]:
    is_cut_off = job.state is JobState.RUNNING and not is_owned
    done = job.counts[FrameState.COMPLETED] + job.counts[FrameState.SKIPPED]
    return (
        str(job.id),
        job.name,
        _("interrupted") if is_cut_off else job.state.value,
        f"{done}/{job.total_frames}",
        str(job.failed_frames),
        str(job.priority),
        _("The program ended; “resume” goes on.") if is_cut_off else job.reason,
    )


def _frame_row(frame: FrameRow) -> tuple[str, ...]:
    return (
        str(frame.number),
        frame.state.value,
        str(frame.attempts),
        "" if frame.seconds is None else f"{frame.seconds:.1f}",
        frame.reason or (frame.outputs[0] if frame.outputs else ""),
    )


def job_object(job: JobSnapshot) -> dict[str, Any]:
    """Return a job as JSON values, under the names of the database's columns."""
    return {
        "job": job.id,
        "uuid": job.uuid,
        "name": job.name,
        "project": job.project,
        "project_file": str(job.project_file),
        "engine": job.engine,
        "installation": job.installation,
        "state": job.state.value,
        "reason": job.reason,
        "priority": job.priority,
        "frames": job.frames.text(),
        "total_frames": job.total_frames,
        **{f"{state.value}_frames": count for state, count in job.counts.items()},
        "progress": job.progress,
        "retry_count": job.retry_count,
        "max_retries": job.max_retries,
        "retry_delay_s": job.retry_delay_s,
        "error_log": job.error_log,
        "output_dir": str(job.output_dir),
        "output_name": job.output_name,
        "existing": job.existing.value,
        "options": job.options,
        "created_at": job.created_at,
        "updated_at": job.updated_at,
        "started_at": job.started_at,
        "finished_at": job.finished_at,
    }


def frame_object(frame: FrameRow) -> dict[str, Any]:
    """Return a frame as JSON values."""
    return {
        "job": frame.job_id,
        "frame": frame.number,
        "state": frame.state.value,
        "reason": frame.reason,
        "attempts": frame.attempts,
        "retry_at": frame.retry_at,
        "outputs": list(frame.outputs),
        "thumbnail": frame.thumbnail,
        "seconds": frame.seconds,
        "marks": sorted(mark.value for mark in frame.marks),
        "scene_version": frame.scene_version,
    }
