"""Starts batch workers: which frames one gets, and where they render. Owner thread only."""

from collections.abc import Container

from render_manager.domain.job import Job
from render_manager.domain.naming import frame_name
from render_manager.engines.protocols import Engine, FrameTask, Installation, RunMode
from render_manager.scheduling.attempts import Attempts
from render_manager.scheduling.job_book import JobBook
from render_manager.scheduling.policy import MAX_FRAMES_IN_RUN
from render_manager.scheduling.ports import Clock
from render_manager.scheduling.staging import run_staging
from render_manager.scheduling.workforce import Workforce


class Runs:
    """Takes frames out of a job's queue for one process after the other."""

    def __init__(self, *, jobs: JobBook, attempts: Attempts, workforce: Workforce, clock: Clock) -> None:
        self._jobs = jobs
        self._attempts = attempts
        self._workforce = workforce
        self._clock = clock
        self._count = 0

    def start(self, job: Job, installation: Installation, engine: Engine, phase: str) -> None:
        """Start a worker with as many frames as the engine wants at once."""
        self._count += 1
        run = f"{int(self._clock.now())}-{self._count}"
        folder = run_staging(job.spec.output_dir, job.record.uuid, run)
        frames = self._take(job, engine)
        tasks = [
            FrameTask(
                job.id,
                frame,
                job.frames.attempts_of(frame) + 1,
                folder,
                frame_name(job.spec.output_name, frame),
                owns_staging=False,
                is_alone=len(frames) == 1,
            )
            for frame in frames
        ]
        patience = engine.patience(job.spec)
        worker = self._workforce.start(job, RunMode.BATCH, installation, tasks, patience=patience)
        # Somebody must bear it if the engine does not even start, and shows meanwhile what it is doing.
        self._attempts.begin_in_run(job, worker, tasks[0].frame)
        self._attempts.advance(job.id, tasks[0].frame, None, phase)

    def _take(self, job: Job, engine: Engine) -> list[int]:
        """Take the frames of one run out of the queue."""
        queue, now = self._jobs.frames_of(job), self._clock.now()
        offered: list[int] = []
        while len(offered) < MAX_FRAMES_IN_RUN and (frame := queue.next_frame(now)) is not None:
            queue.taken.add(frame)
            offered.append(frame)
        # Engines render a run upwards, from the lowest frame on, or from the one that is wanted next.
        first = offered[0] if offered[0] in queue.wished else min(offered)
        run = _alone_or_sound(sorted(frame for frame in offered if frame >= first), job.frames.failures)
        share = -(-len(offered) // self._workforce.free_slots_for(job.spec.engine))
        chosen = run[: max(engine.run_length(job.spec, run, share), 1)]
        is_chosen = set(chosen)
        left = [frame for frame in offered if frame not in is_chosen]
        queue.taken.difference_update(left)
        queue.put_first(left)
        queue.wished.difference_update(chosen)
        return chosen


def _alone_or_sound(run: list[int], failures: Container[int]) -> list[int]:
    """Return the first frame alone if it failed before, else those that did not.

    What ends a process may cost the frames beside the one that is to blame; tried alone, they are not.
    """
    if run[0] in failures:
        return run[:1]
    return [frame for frame in run if frame not in failures]
