"""Jobs that change their places in the queue: dragged with the mouse, or moved by keys."""

from collections.abc import Callable

from PySide6.QtCore import QObject

from render_manager.domain.changes import JobSnapshot
from render_manager.domain.commands import MoveJobs
from render_manager.domain.jobspec import priority_band
from render_manager.domain.states import FINISHED_JOBS
from render_manager.ui.actions import Actions
from render_manager.ui.bridge import Bridge
from render_manager.ui.job_moves import Move, plan_move
from render_manager.ui.jobs_pane import JobsPane


class JobQueueing(QObject):
    """Connects the actions that move jobs; GUI thread."""

    def __init__(
        self, *, bridge: Bridge, actions: Actions, pane: JobsPane, say: Callable[[str], None], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._actions = actions
        self._pane = pane
        self._say = say
        pane.moved.connect(self.carry_out)
        pane.refused.connect(say)
        actions.connect("queue_order", pane.show_queue)
        actions.connect("job_top", lambda: self._move(self._top))
        actions.connect("job_up", lambda: self._move(lambda rows: rows[0] - 1))
        actions.connect("job_down", lambda: self._move(lambda rows: rows[-1] + 2))
        actions.connect("job_bottom", lambda: self._move(self._bottom))

    def update_actions(self) -> None:
        """Allow what the selected jobs allow."""
        jobs = self._pane.selected_jobs()
        plan = plan_move(jobs, {job.id for job in jobs}, 0, self._pane.model.view)
        for name in ("job_top", "job_up", "job_down", "job_bottom"):
            self._actions.allow(name, plan if isinstance(plan, str) else "")

    def carry_out(self, move: Move) -> None:
        """Give the order."""
        self._pane.expect_move(move.job_ids)
        self._bridge.post(MoveJobs(move.job_ids, move.priority, move.before))

    def _move(self, place_of: Callable[[list[int]], int]) -> None:
        jobs = self._pane.selected_jobs()
        rows = [row for job in jobs if (row := self._pane.model.row_of(job.id)) is not None]
        if not rows:
            return
        model = self._pane.model
        place = min(max(place_of(rows), 0), model.rowCount())
        plan = plan_move(model.shown(), {job.id for job in jobs}, place, model.view)
        if isinstance(plan, Move):
            self.carry_out(plan)
        else:
            self._say(plan)

    def _top(self, rows: list[int]) -> int:
        return self._band_rows(rows[0])[0]

    def _bottom(self, rows: list[int]) -> int:
        return self._band_rows(rows[0])[-1] + 1

    def _band_rows(self, row: int) -> list[int]:
        """Return the rows of the unfinished jobs in the same band of priority."""
        shown = self._pane.model.shown()
        band = priority_band(shown[row].priority)
        return [place for place, job in enumerate(shown) if _is_in(job, band)] or [row]


def _is_in(job: JobSnapshot, band: object) -> bool:
    return job.state not in FINISHED_JOBS and priority_band(job.priority) is band
