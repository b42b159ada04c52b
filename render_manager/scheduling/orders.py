"""Carrying out commands. Owner thread only."""

import logging
import shutil
import uuid
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from render_manager.domain import commands, events
from render_manager.domain.changes import HELD_NOTICE, Notice
from render_manager.domain.errors import DamagedDatabaseError, StorageUnavailableError
from render_manager.domain.facts import JobSubmitted
from render_manager.domain.frameset import FrameSet
from render_manager.domain.job import Job
from render_manager.domain.states import FINISHED_JOBS, FrameState
from render_manager.domain.texts import gettext as _
from render_manager.scheduling.attempts import Attempts
from render_manager.scheduling.finishing import FrameFinisher
from render_manager.scheduling.job_book import JobBook
from render_manager.scheduling.ledger import Ledger
from render_manager.scheduling.policy import places_between
from render_manager.scheduling.ports import Clock, JobStore
from render_manager.scheduling.scene_files import remove_copy
from render_manager.scheduling.staging import remove_job_staging
from render_manager.scheduling.undoing import Undoing, undoing_events
from render_manager.scheduling.workforce import ActiveWorker, Workforce

log = logging.getLogger(__name__)

SUBMIT_NOTICE = "submit"


class Orders:
    """Knows how each command changes jobs, attempts and workers."""

    def __init__(
        self,
        *,
        store: JobStore,
        jobs: JobBook,
        ledger: Ledger,
        attempts: Attempts,
        workforce: Workforce,
        finisher: FrameFinisher,
        clock: Clock,
        log_dir: Path,
        thumbnail_dir: Path,
    ) -> None:
        self._store = store
        self._jobs = jobs
        self._ledger = ledger
        self._attempts = attempts
        self._workforce = workforce
        self._finisher = finisher
        self._clock = clock
        self._log_dir = log_dir
        self._thumbnail_dir = thumbnail_dir
        self._deleted: list[Job] = []
        self._undoing = Undoing(store)
        self.is_held = False
        self._is_told_held = False

    def tell_held(self) -> None:
        """Have jobs that wait say that the queue is held, or that it is not any more."""
        if not self.is_held and not self._is_told_held:
            return
        held, free = _("Nothing starts: all is paused."), _("Waits for a free slot.")
        for job in self._jobs.queue_order():
            is_waiting = not job.record.paused and not job.counts[FrameState.RENDERING]
            is_told = job.record.reason == held
            if is_waiting and is_told != self.is_held and job.wait_for(held if self.is_held else free):
                self._ledger.touch(job)
        self._is_told_held = self.is_held

    def carry_out(self, command: commands.Command) -> None:
        """Carry out one command; jobs that are not known (any more) are passed over."""
        self._HANDLERS[type(command)](self, command)

    def reconcile(self, job: Job, reason: str) -> None:
        """End the attempts, and the workers, of frames that are no longer in the rendering state."""
        for attempt in self._attempts.of(job.id):
            frame = attempt.task.frame
            if job.frame_state(frame) is FrameState.RENDERING:
                continue
            worker = self._workforce.worker_with(job.id, frame)
            self._attempts.abandon(job, frame, reason)
            if worker is not None:
                # It lives on for a moment, and the frame may be somebody else's by then.
                del worker.tasks[frame]
                if not self._is_at_others(job, worker):
                    self._workforce.kill(worker)
        for worker in self._workforce.workers_of(job.id):
            wanted = [frame for frame in worker.tasks if job.frame_state(frame) in _STILL_WANTED]
            if worker.tasks and not wanted:
                self._workforce.kill(worker)

    def _is_at_others(self, job: Job, worker: ActiveWorker) -> bool:
        """Return whether a worker is in the middle of other frames, as one that renders layer after layer."""
        return any(self._attempts.is_rendering(job, frame) for frame in worker.tasks)

    def _submit(self, command: commands.SubmitJob) -> None:
        try:
            job = self._store.add_job(command.spec, command.token or str(uuid.uuid4()), self._clock.now())
        except Exception as error:
            # Whoever sent it waits for an answer. Nothing of it was stored, so all else goes on.
            text = _("{name} was not queued. {why}").format(name=command.spec.name, why=error)
            self._ledger.notify(Notice(SUBMIT_NOTICE, text, command.token))
            if isinstance(error, DamagedDatabaseError):
                raise
            if not isinstance(error, StorageUnavailableError):
                log.exception("storing job %s", command.spec.name)
            return
        self._jobs.add(job)
        self._ledger.touch(job)
        self._ledger.add_fact(JobSubmitted(job.id, len(job.spec.frames)))

    def _pause(self, command: commands.PauseJobs) -> None:
        self._apply_to_all(command.job_ids, events.JobHeld())

    def _resume(self, command: commands.ResumeJobs) -> None:
        self._apply_to_all(command.job_ids, events.JobReleased())

    def _set_priority(self, command: commands.SetPriority) -> None:
        self._apply_to_all(command.job_ids, events.PriorityChanged(command.priority))
        self._jobs.reorder()

    def _move_jobs(self, command: commands.MoveJobs) -> None:
        moved = self._known(command.job_ids)
        others = sorted(
            (job for job in self._jobs if job.record.priority == command.priority and job not in moved),
            key=lambda job: job.record.position,
        )
        place = next((n for n, job in enumerate(others) if job.id == command.before), len(others))
        low = others[place - 1].record.position if place else None
        high = others[place].record.position if place < len(others) else None
        positions = places_between(low, high, len(moved))
        if positions is None:
            # No number lies between the two any more: all of them get new ones.
            moved = [*others[:place], *moved, *others[place:]]
            positions = [float(number) for number in range(1, len(moved) + 1)]
        for job, position in zip(moved, positions, strict=True):
            event = events.JobMoved(command.priority, position)
            self._ledger.add(job, job.apply(event, self._clock.now()))
        self._jobs.reorder()

    def _cancel_jobs(self, command: commands.CancelJobs) -> None:
        for job in self._known(command.job_ids):
            if job.state not in FINISHED_JOBS:
                reason = _("Cancelled by you.")
                self._stop_frames(job, None, events.FramesCancelled, reason, command.order_id)

    def _cancel_frames(self, command: commands.CancelFrames) -> None:
        for job in self._known((command.job_id,)):
            reason = _("Cancelled by you.")
            self._stop_frames(job, command.frames, events.FramesCancelled, reason, command.order_id)

    def _skip_frames(self, command: commands.SkipFrames) -> None:
        for job in self._known((command.job_id,)):
            reason = _("Left out by you.")
            self._stop_frames(job, command.frames, events.FramesSkipped, reason, command.order_id)

    def _undo(self, command: commands.UndoOrder) -> None:
        for deed in self._undoing.take(command.order_id):
            for job in self._known((deed.job_id,)):
                queue = self._jobs.frames_of(job)
                for event in undoing_events(deed):
                    self._ledger.add(job, job.apply(event, self._clock.now()))
                if deed.was_paused:
                    self._ledger.add(job, job.apply(events.JobHeld(), self._clock.now()))
                queue.restart()
                for frame in deed.waits:
                    if frame in job.frames.retry_at:
                        queue.put_back(frame)
                self._free_under_way(job, job.spec.frames if deed.ordered is None else deed.ordered)
                self._jobs.reorder()

    def _free_under_way(self, job: Job, wanted: FrameSet) -> None:
        """Let attempts that an order would have stopped, had they failed to be moved, end as they may."""
        under_way = [attempt.task.frame for attempt in self._attempts.of(job.id)]
        self._attempts.stop_if_rejected(job.id, [frame for frame in under_way if frame in wanted], None)

    def _stop_frames(
        self,
        job: Job,
        frames: FrameSet | None,
        event: Callable[[FrameSet | None, str, frozenset[int]], events.JobEvent],
        reason: str,
        order_id: str = "",
    ) -> None:
        self._jobs.with_frames(job)
        waits, was_paused = dict(job.frames.retry_at), job.record.paused
        running = [attempt.task.frame for attempt in self._attempts.of(job.id)]
        spared = frozenset(
            frame
            for frame in running
            if (frames is None or frame in frames) and not self._attempts.can_still_be_stopped(job.id, frame)
        )
        step = job.apply(event(frames, reason, spared), self._clock.now())
        self._undoing.note(order_id, job, frames, step.frames, waits=waits, was_paused=was_paused)
        self._ledger.add(job, step)
        self._attempts.stop_if_rejected(job.id, spared, lambda one: event(one, reason, frozenset()))
        self.reconcile(job, reason)
        self._jobs.reorder()

    def _delete(self, command: commands.DeleteJobs) -> None:
        for job in self._known(command.job_ids):
            self._stop_frames(job, None, events.FramesCancelled, _("The job was deleted."))
            for attempt in self._attempts.of(job.id):
                self._attempts.abandon(job, attempt.task.frame, _("The job was deleted."))
            for worker in self._workforce.workers_of(job.id):
                self._workforce.kill(worker)
            self._ledger.remove(job)
            self._jobs.remove(job.id)
            self._deleted.append(job)

    def clear_deleted(self) -> None:
        """Remove what was kept of deleted jobs once their last process is gone; only after a commit."""
        for job in list(self._deleted):
            if not self._workforce.workers_of(job.id):
                self._deleted.remove(job)
                self._finisher.run(partial(self._clear_files, job))

    def _clear_files(self, job: Job) -> None:
        """Remove what the program itself kept of a job; on a media thread."""
        remove_job_staging(job.spec.output_dir, job.record.uuid)
        if job.spec.keeps_copy:
            remove_copy(job.spec.scene, job.record.uuid)
        for folder in (self._log_dir, self._thumbnail_dir):
            shutil.rmtree(folder / job.record.uuid[:8], ignore_errors=True)

    def _retry(self, command: commands.RetryFrames) -> None:
        for job in self._known((command.job_id,)):
            event = events.FramesRetried(command.frames, command.failed_only, _("To be rendered again."))
            queue = self._jobs.frames_of(job)
            self._ledger.add(job, job.apply(event, self._clock.now()))
            queue.restart()
            queue.held_until = None
            wanted = job.spec.frames if command.frames is None else command.frames
            self._free_under_way(job, wanted)
            self._jobs.reorder()

    def _change(self, command: commands.ChangeJob) -> None:
        for job in self._known((command.job_id,)):
            event = events.JobChanged(command.options, command.limits)
            self._ledger.add(job, job.apply(event, self._clock.now()))
            self._jobs.shapes.forget(job.id)
            self._workforce.outdate(job.id)

    def _render_next(self, command: commands.RenderNext) -> None:
        for job in self._known((command.job_id,)):
            queue = self._jobs.frames_of(job)
            event = events.WaitsDropped(command.frames, _("To be rendered next."))
            self._ledger.add(job, job.apply(event, self._clock.now()))
            queue.held_until = None
            queue.put_next(job.frames.states.numbers_in(FrameState.PENDING, command.frames))

    def _hold(self, command: commands.HoldQueue) -> None:
        self.is_held = command.held
        if command.held:
            self._ledger.notify(Notice(HELD_NOTICE, ""))

    def _set_slots(self, command: commands.SetSlots) -> None:
        self._workforce.set_slots(command.slots, command.engine)

    def _apply_to_all(self, job_ids: tuple[int, ...], event: events.JobEvent) -> None:
        for job in self._known(job_ids):
            self._ledger.add(job, job.apply(event, self._clock.now()))

    def _known(self, job_ids: tuple[int, ...]) -> list[Job]:
        found = [self._jobs.get(job_id) for job_id in job_ids]
        return [job for job in found if job is not None]

    _HANDLERS: dict[type, Callable[["Orders", Any], None]] = {
        commands.SubmitJob: _submit,
        commands.PauseJobs: _pause,
        commands.ResumeJobs: _resume,
        commands.SetPriority: _set_priority,
        commands.MoveJobs: _move_jobs,
        commands.CancelJobs: _cancel_jobs,
        commands.CancelFrames: _cancel_frames,
        commands.SkipFrames: _skip_frames,
        commands.UndoOrder: _undo,
        commands.DeleteJobs: _delete,
        commands.RetryFrames: _retry,
        commands.ChangeJob: _change,
        commands.RenderNext: _render_next,
        commands.HoldQueue: _hold,
        commands.SetSlots: _set_slots,
    }


_STILL_WANTED = frozenset({FrameState.PENDING, FrameState.RENDERING})
