"""What the window learned of jobs besides their snapshots: warnings, waits, last pictures."""

from collections import deque
from collections.abc import Sequence

from render_manager.domain.changes import ChangeSet, FrameChange
from render_manager.domain.facts import EngineWarned, FrameCompleted, SceneChanged
from render_manager.domain.texts import ngettext
from render_manager.ui.estimates import RECENT_FRAMES

MOST_WARNINGS = 30
"""Different warnings that are kept of one job; the first ones."""


class JobNotes:
    """Keeps notes by job number; GUI thread."""

    def __init__(self) -> None:
        self._warnings: dict[int, dict[str, None]] = {}
        self._recent_s: dict[int, deque[float]] = {}
        self._waiting: dict[int, set[int]] = {}
        self._pictures: dict[int, str] = {}

    def take(self, changes: ChangeSet) -> set[int]:
        """Read what changed; return the jobs of which something else is to be seen."""
        touched: set[int] = set()
        for fact in changes.facts:
            if isinstance(fact, EngineWarned):
                if self._warn(fact.job_id, f"{fact.text} {fact.advice}".strip()):
                    touched.add(fact.job_id)
            elif isinstance(fact, SceneChanged):
                if self._warn(fact.job_id, older_text(fact.older_frames)):
                    touched.add(fact.job_id)
            elif isinstance(fact, FrameCompleted):
                self._recent_s.setdefault(fact.job_id, deque(maxlen=RECENT_FRAMES)).append(fact.seconds)
        for change in changes.frames:
            if self._count_waits(change):
                touched.add(change.job_id)
            if change.result is not None and change.result.thumbnail:
                self._pictures[change.job_id] = change.result.thumbnail
                touched.add(change.job_id)
        for job_id in changes.removed_jobs:
            self._forget(job_id)
        return touched

    def warnings(self, job_id: int) -> tuple[str, ...]:
        """Return what the engine warned of in a job, in the order it was first said."""
        return tuple(self._warnings.get(job_id, ()))

    def recent_s(self, job_id: int) -> Sequence[float]:
        """Return the seconds of the last frames of a job."""
        return self._recent_s.get(job_id, ())

    def retries(self, job_id: int) -> int:
        """Return how many frames of a job wait to be tried again."""
        return len(self._waiting.get(job_id, ()))

    def picture(self, job_id: int) -> str | None:
        """Return the thumbnail of a job's last finished frame, empty for none, None if nobody has looked."""
        return self._pictures.get(job_id)

    def note_picture(self, job_id: int, thumbnail: str) -> None:
        """Note what was read of a job's last picture, unless a newer one has come since."""
        self._pictures.setdefault(job_id, thumbnail)

    def _warn(self, job_id: int, text: str) -> bool:
        known = self._warnings.setdefault(job_id, {})
        if text in known or len(known) >= MOST_WARNINGS:
            return False
        known[text] = None
        return True

    def _count_waits(self, change: FrameChange) -> bool:
        waiting = self._waiting.get(change.job_id, set())
        before = len(waiting)
        for first, last in change.runs:
            if first == last:
                waiting.discard(first)
            else:
                waiting -= {frame for frame in waiting if first <= frame <= last}
        if change.retry_at is not None:
            waiting |= {first for first, _last in change.runs}
        self._waiting[change.job_id] = waiting
        return len(waiting) != before

    def _forget(self, job_id: int) -> None:
        for notes in (self._warnings, self._recent_s, self._waiting, self._pictures):
            notes.pop(job_id, None)


def older_text(count: int) -> str:
    """Return what is said when the scene of a job is another one than that of its finished frames."""
    return ngettext(
        "The scene was changed: {count} frame is from the older one. “Render frames of an older scene again” "
        "in the menu of the job makes it anew.",
        "The scene was changed: {count} frames are from the older one. “Render frames of an older scene "
        "again” in the menu of the job makes them anew.",
        count,
    ).format(count=count)
