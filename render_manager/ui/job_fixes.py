"""What can be mended about a job: a known fix for why frames failed, frames that are from an older scene."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from render_manager.domain.changes import JobSnapshot
from render_manager.domain.commands import ChangeJob, RetryFrames, SetSlots
from render_manager.domain.frameset import FrameSet
from render_manager.domain.states import FINISHED_FRAMES, FrameState
from render_manager.domain.texts import gettext as _
from render_manager.domain.texts import ngettext
from render_manager.engines.fixing import Fix, fix_for
from render_manager.ui.actions import Actions
from render_manager.ui.bridge import Bridge
from render_manager.ui.jobs_pane import JobsPane
from render_manager.ui.pools import Errands

if TYPE_CHECKING:
    # Its module imports much that the first paint does not need.
    from render_manager.scheduling.ports import StateReader

Slots = Callable[[str], int]
"""Returns how many of an engine may run at once now."""


class JobFixes(QObject):
    """Connects the actions that change a job and render some of its frames again; GUI thread."""

    def __init__(
        self,
        *,
        bridge: Bridge,
        actions: Actions,
        pane: JobsPane,
        errands: Errands,
        say: Callable[[str], None],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._actions = actions
        self._pane = pane
        self._errands = errands
        self._say = say
        self._reader: StateReader | None = None
        self._slots: Slots = lambda _engine: 1
        self._limit: Callable[[str, int], None] = self._limit_for_now
        self._fix_text = actions["job_fix"].text()
        actions.connect("job_fix", self.fix)
        actions.connect("job_older", self.retry_older)

    def read_from(self, reader: "StateReader") -> None:
        """Ask this reader which frames are from an older scene from now on."""
        self._reader = reader

    def count_slots_by(self, slots: Slots, limit: Callable[[str, int], None] | None = None) -> None:
        """Ask `slots` for how many of an engine may run at once from now on; `limit` sets that for good."""
        self._slots = slots
        self._limit = limit or self._limit_for_now

    def update_actions(self) -> None:
        """Allow what the selected job allows, and name the fix."""
        jobs = self._pane.selected_jobs()
        found = self.known_fix(jobs[0]) if len(jobs) == 1 else None
        self._actions.set_text("job_fix", self._fix_text if found is None else found[1].label)
        no_fix = _("No change is known that would help the selected job.")
        self._actions.allow("job_fix", "" if found is not None else no_fix)
        has_older = len(jobs) == 1 and len(jobs[0].scene_versions) > 1 and bool(_finished(jobs[0]))
        self._actions.allow("job_older", "" if has_older else _("The scene did not change meanwhile."))

    def known_fix(self, job: JobSnapshot) -> tuple[str, Fix] | None:
        """Return the code of the most frequent reason for which something can be done, and that."""
        if not job.counts[FrameState.FAILED]:
            return None
        reasons = sorted(job.failure_reasons.items(), key=lambda one: -one[1].count)
        for code, _reason in reasons:
            fix = fix_for(
                code,
                engine_id=job.engine,
                engine_name=self._pane.model.engine_name(job.engine),
                options=job.options,
                limits=job.limits,
                slots=self._slots(job.engine),
            )
            if fix is not None:
                return code, fix
        return None

    def fix(self) -> None:
        """Change the selected job as its failures call for, and render what failed again."""
        jobs = self._pane.selected_jobs()
        found = self.known_fix(jobs[0]) if len(jobs) == 1 else None
        if found is None:
            return
        job, fix = jobs[0], found[1]
        if fix.engine_slots is not None:
            self._limit(job.engine, fix.engine_slots)
        self._bridge.post(ChangeJob(job.id, fix.options_of(job.options), fix.limits_of(job.limits)))
        self._bridge.post(RetryFrames(job.id, failed_only=True))

    def _limit_for_now(self, engine_id: str, slots: int) -> None:
        self._bridge.post(SetSlots(slots, engine_id))

    def retry_older(self) -> None:
        """Render the finished frames of the selected job again that are from an older scene."""
        jobs, reader = self._pane.selected_jobs(), self._reader
        if len(jobs) != 1 or reader is None:
            return
        job_id, version = jobs[0].id, len(jobs[0].scene_versions)

        def take(found: FrameSet | None) -> None:
            if found:
                self._bridge.post(RetryFrames(job_id, found))
            text = ngettext(
                "{count} frame from an older scene is rendered again.",
                "{count} frames from an older scene are rendered again.",
                len(found or ()),
            )
            self._say(text.format(count=len(found or ())))

        self._errands.run(lambda: reader.older_frames(job_id, version), take)


def _finished(job: JobSnapshot) -> Sequence[FrameState]:
    return [state for state in FINISHED_FRAMES if job.counts[state]]
