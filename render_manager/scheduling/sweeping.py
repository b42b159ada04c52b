"""Clearing away the staging folders of finished jobs, which may begin again at any moment.

The owner thread asks, media threads remove; neither waits for the other.
"""

from dataclasses import dataclass, field

from render_manager.domain.job import Job
from render_manager.domain.states import JobState
from render_manager.scheduling.claim import Claim
from render_manager.scheduling.finishing import FrameFinisher
from render_manager.scheduling.messages import StagingCleared
from render_manager.scheduling.ports import Post
from render_manager.scheduling.scene_files import remove_copy
from render_manager.scheduling.staging import remove_job_staging


@dataclass(slots=True)
class _Removal:
    """The removal of one job's folder; whoever takes the claim decides whether it happens."""

    claim: Claim = field(default_factory=Claim)
    is_over: bool = False


class Sweeper:
    """Removes staging folders on media threads, unless their job begins again before that."""

    def __init__(self, *, finisher: FrameFinisher, post: Post) -> None:
        self._finisher = finisher
        self._post = post
        self._removals: dict[int, _Removal] = {}

    def sweep(self, job: Job) -> None:
        """Have a job's staging folder removed soon."""
        if job.id in self._removals and not self._removals[job.id].is_over:
            return
        removal = self._removals[job.id] = _Removal()
        job_id, folder, uuid = job.id, job.spec.output_dir, job.record.uuid
        # With frames left to be tried again it is still needed.
        scene = job.spec.scene if job.spec.keeps_copy and job.state is JobState.COMPLETED else None

        def remove() -> None:
            if not removal.claim.take():
                return
            try:
                remove_job_staging(folder, uuid)
                if scene is not None:
                    remove_copy(scene, uuid)
            finally:
                removal.is_over = True
                self._post(StagingCleared(job_id))

        self._finisher.run(remove)

    def may_begin(self, job_id: int) -> bool:
        """Return whether a job may use its staging folder; a removal that has not begun is called off."""
        removal = self._removals.get(job_id)
        if removal is None:
            return True
        if removal.is_over or removal.claim.take():
            del self._removals[job_id]
            return True
        return False

    def cleared(self, message: StagingCleared) -> None:
        """Forget a removal that is over."""
        removal = self._removals.get(message.job_id)
        if removal is not None and removal.is_over:
            del self._removals[message.job_id]
