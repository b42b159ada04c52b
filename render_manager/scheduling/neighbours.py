"""Compares finished pictures with those beside them: one that stands still, one that falls out of line.

Owner thread only. Works on the few figures of `domain.health.Portrait`; a cut or a still shot bears no mark.
"""

from collections import OrderedDict

from render_manager.domain.health import Mark, Portrait
from render_manager.domain.job import Job
from render_manager.domain.states import FrameState
from render_manager.scheduling.ports import JobStore

MOST_PORTRAITS = 50_000
"""Portraits that are kept; the ones looked at longest ago are read again from the store."""
LEAST_DIFFERENCE = 10.0
"""Mean difference, of 255, to both neighbours from which on a picture may be out of line."""
TIMES_AS_FAR = 4.0
"""How much farther from both of them it must be than they are from each other."""


class Neighbours:
    """Finds the marks that frames get from the frames beside them."""

    def __init__(self, store: JobStore) -> None:
        self._store = store
        self._portraits: OrderedDict[tuple[int, int], Portrait] = OrderedDict()
        self._marks: dict[tuple[int, int], frozenset[Mark]] = {}
        """What was told of frames that bear a mark."""
        self._jobs: set[int] = set()
        """Those of which something is kept; thousands of others may be forgotten at once."""

    def clear(self) -> None:
        """Forget everything; for when the state is read anew."""
        self._portraits.clear()
        self._marks.clear()
        self._jobs.clear()

    def forget(self, job_id: int) -> None:
        """Forget a job."""
        if job_id not in self._jobs:
            return
        self._jobs.discard(job_id)
        for table in (self._portraits, self._marks):
            for key in [key for key in table if key[0] == job_id]:
                del table[key]

    def completed(self, job: Job, frame: int, portrait: Portrait) -> dict[int, frozenset[Mark]]:
        """Take in a finished frame; return all marks of each frame whose marks are others now."""
        self._keep((job.id, frame), portrait)
        self._set((job.id, frame), portrait.marks)
        place = job.frames.states.frames.index(frame)
        changed = {}
        for other in range(max(place - 2, 0), min(place + 4, len(job.spec.frames))):
            if job.frames.states.at(other) is not FrameState.COMPLETED:
                continue
            number = job.spec.frames.numbers[other]
            marks = self._marks_of(job, other)
            if marks != self._marks.get((job.id, number), frozenset()):
                self._set((job.id, number), marks)
                changed[number] = marks
        return changed

    def _marks_of(self, job: Job, place: int) -> frozenset[Mark]:
        own = self._portrait(job, place)
        assert own is not None
        before, after = self._portrait(job, place - 1), self._portrait(job, place + 1)
        marks = set(own.marks)
        if not own.grey or Mark.BLACK in marks:
            return frozenset(marks)
        if _is_same(own, before) and not _is_same(own, after) and self._moves_around(job, place):
            marks.add(Mark.FROZEN)
        if before is not None and after is not None and before.grey and after.grey:
            usual = difference(before.grey, after.grey)
            least = max(LEAST_DIFFERENCE, TIMES_AS_FAR * usual)
            if min(difference(own.grey, before.grey), difference(own.grey, after.grey)) > least:
                marks.add(Mark.OUTLIER)
        return frozenset(marks)

    def _moves_around(self, job: Job, place: int) -> bool:
        """Return whether every picture before and after two equal ones is another: one was written twice.

        What is animated on twos has pairs everywhere, and a still shot more than that.
        """
        three_back, two_back, before, after, two_on = (
            self._portrait(job, place + step) for step in (-3, -2, -1, 1, 2)
        )
        is_pair_before = two_back is not None and _is_same(two_back, three_back)
        is_pair_after = after is not None and _is_same(after, two_on)
        return _is_other(before, two_back) and not is_pair_before and not is_pair_after

    def _portrait(self, job: Job, place: int) -> Portrait | None:
        """Return the portrait of a finished frame, None for others and where there is no frame."""
        if not 0 <= place < len(job.spec.frames) or job.frames.states.at(place) is not FrameState.COMPLETED:
            return None
        key = (job.id, job.spec.frames.numbers[place])
        if key in self._portraits:
            self._portraits.move_to_end(key)
            return self._portraits[key]
        portrait, marks = self._store.frame_portrait(*key)
        self._keep(key, portrait)
        self._set(key, marks)
        return portrait

    def _keep(self, key: tuple[int, int], portrait: Portrait) -> None:
        self._jobs.add(key[0])
        self._portraits[key] = portrait
        self._portraits.move_to_end(key)
        while len(self._portraits) > MOST_PORTRAITS:
            oldest, _portrait = self._portraits.popitem(last=False)
            self._marks.pop(oldest, None)

    def _set(self, key: tuple[int, int], marks: frozenset[Mark]) -> None:
        if marks:
            self._marks[key] = marks
        else:
            self._marks.pop(key, None)


def difference(one: bytes, other: bytes) -> float:
    """Return the mean difference of two small grey pictures, 0 to 255."""
    return sum(abs(a - b) for a, b in zip(one, other, strict=False)) / max(len(one), 1)


def _is_same(one: Portrait, other: Portrait | None) -> bool:
    return other is not None and bool(other.grey) and one.checksum == other.checksum


def _is_other(one: Portrait | None, other: Portrait | None) -> bool:
    """Return whether both are known and differ."""
    return one is not None and other is not None and bool(other.grey) and one.checksum != other.checksum
