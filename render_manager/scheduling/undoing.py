"""What the user's last orders did, so that they can be undone exactly. Owner thread only."""

from collections import OrderedDict, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from render_manager.domain.changes import FrameChange
from render_manager.domain.events import StepTakenBack
from render_manager.domain.frameset import FrameSet
from render_manager.domain.job import Job
from render_manager.domain.states import FrameState
from render_manager.domain.texts import gettext as _
from render_manager.scheduling.ports import JobStore

MOST_ORDERS = 20
"""Orders that can be undone; the window offers it for seconds only."""
_KEEPS_REASON = frozenset({FrameState.FAILED, FrameState.CANCELLED})


@dataclass(frozen=True, slots=True)
class Deed:
    """What one order did to one job."""

    job_id: int
    ordered: FrameSet | None
    """The frames the order was about, None for all; those that were just being moved are in no change."""
    changes: tuple[FrameChange, ...]
    waits: Mapping[int, float]
    """When frames were to be tried again (seconds since the epoch)."""
    reasons: Mapping[int, str]
    """Why frames had failed or been cancelled."""
    was_paused: bool


class Undoing:
    """Remembers orders by the id their sender gave them."""

    def __init__(self, store: JobStore) -> None:
        self._store = store
        self._orders: OrderedDict[str, list[Deed]] = OrderedDict()

    def note(
        self,
        order_id: str,
        job: Job,
        ordered: FrameSet | None,
        changes: Sequence[FrameChange],
        *,
        waits: Mapping[int, float],
        was_paused: bool,
    ) -> None:
        """Remember what an order just did; before it is stored, since reasons are read from the store."""
        if not order_id:
            return
        reasons: dict[int, str] = {}
        for change in changes:
            if change.before in _KEEPS_REASON:
                first, last = change.runs[0][0], change.runs[-1][1]
                reasons |= self._store.frame_reasons(job.id, change.before, first, last)
        deed = Deed(job.id, ordered, tuple(changes), dict(waits), reasons, was_paused)
        self._orders.setdefault(order_id, []).append(deed)
        while len(self._orders) > MOST_ORDERS:
            self._orders.popitem(last=False)

    def take(self, order_id: str) -> list[Deed]:
        """Return what an order did, and forget it; empty when that is not known (any more)."""
        return self._orders.pop(order_id, [])


def undoing_events(deed: Deed) -> Iterator[StepTakenBack]:
    """Yield the events that bring a job's frames back to what they were."""
    for change in deed.changes:
        back_to = FrameState.PENDING if change.before is FrameState.RENDERING else change.before
        runs = [range(first, last + 1) for first, last in change.runs]
        if back_to in _KEEPS_REASON:
            for reason, frames in _by_reason(runs, deed.reasons):
                yield StepTakenBack(frames, change.after, back_to, reason)
        else:
            yield StepTakenBack(FrameSet(runs), change.after, back_to, _("Undone by you."), deed.waits)


def _by_reason(runs: Sequence[range], reasons: Mapping[int, str]) -> Iterator[tuple[str, FrameSet]]:
    groups: defaultdict[str, list[int]] = defaultdict(list)
    for run in runs:
        for frame in run:
            if frame in reasons:
                groups[reasons[frame]].append(frame)
    for reason, numbers in groups.items():
        yield reason, FrameSet.of(numbers)
