"""Where jobs that are dragged may go in the queue, and why not elsewhere; no Qt."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from render_manager.domain.changes import JobSnapshot
from render_manager.domain.jobspec import PriorityBand, priority_band
from render_manager.domain.states import FINISHED_JOBS
from render_manager.domain.texts import gettext as _
from render_manager.ui.models.job_order import JobView

_RANKS = {PriorityBand.HIGH: 0, PriorityBand.DEFAULT: 1, PriorityBand.LOW: 2}


@dataclass(frozen=True, slots=True)
class Move:
    """A move that is possible: what `MoveJobs` is given."""

    job_ids: tuple[int, ...]
    priority: int
    before: int | None


def plan_move(shown: Sequence[JobSnapshot], moving: Collection[int], place: int, view: JobView) -> Move | str:
    """Return how to put jobs in front of row `place` of the table, or a sentence why that cannot be.

    The jobs keep their priority where it fits between their new neighbours, and else get the nearest one of
    their band that does.
    """
    chosen = [job for job in shown if job.id in moving]
    problem = _problem(chosen, view)
    if problem:
        return problem
    above = _nearest(reversed(shown[:place]), moving)
    below = _nearest(shown[place:], moving)
    rank = _rank(chosen[0])
    if (above is not None and _rank(above) > rank) or (below is not None and _rank(below) < rank):
        return _(
            "“{name}” has priority {priority} and stays among the jobs of its band. "
            "Change its priority to move it further."
        ).format(name=chosen[0].name, priority=chosen[0].priority)
    priority = chosen[0].priority
    if above is not None and _rank(above) == rank:
        priority = min(priority, above.priority)
    if below is not None and _rank(below) == rank:
        priority = max(priority, below.priority)
    before = below.id if below is not None and below.priority == priority else None
    return Move(tuple(job.id for job in chosen), priority, before)


def _problem(chosen: Sequence[JobSnapshot], view: JobView) -> str:
    if not view.is_queue:
        return _("The table is sorted by a column. Show the order of the queue to change it.")
    if not chosen:
        return _("Select a job to move it.")
    if any(job.state in FINISHED_JOBS for job in chosen):
        return _("A finished job has no place in the queue any more.")
    if len({priority_band(job.priority) for job in chosen}) > 1:
        return _("Jobs with high, default and low priority cannot be moved together.")
    return ""


def _nearest(jobs: Iterable[JobSnapshot], moving: Collection[int]) -> JobSnapshot | None:
    """Return the first of the jobs that is in the queue and stays where it is."""
    return next((job for job in jobs if job.id not in moving and job.state not in FINISHED_JOBS), None)


def _rank(job: JobSnapshot) -> int:
    return _RANKS[priority_band(job.priority)]
