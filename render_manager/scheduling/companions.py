"""Notices frames that lack a file which the frames beside them have: a layer, pass or AOV that is missing.

Owner thread only. Nothing tells beforehand how many files a frame of a batch engine has, so frames are
compared with their neighbours in the job: what both neighbours have, the frame between them must have.
"""

from dataclasses import dataclass, field

from render_manager.domain.job import Job
from render_manager.domain.states import FrameState
from render_manager.scheduling.collecting import Stream, streams_of
from render_manager.scheduling.ports import JobStore

Streams = frozenset[Stream]


@dataclass(slots=True)
class _Known:
    """What is known of one job."""

    streams: dict[int, Streams] = field(default_factory=dict)
    """Streams of completed frames."""
    alike: dict[Streams, Streams] = field(default_factory=dict)
    """Each set of streams once; nearly all frames have the same."""
    expected: dict[int, Streams] = field(default_factory=dict)
    """What frames that were sent back must have."""
    sent_back: set[int] = field(default_factory=set)

    def learn(self, job: Job, frame: int, outputs: tuple[str, ...]) -> None:
        """Take in the files of a completed frame."""
        spec = job.spec
        streams = streams_of(outputs, frame, spec.output_dir, spec.output_name, spec.frames)
        self.streams[frame] = self.alike.setdefault(streams, streams)


class Companions:
    """Compares the files of completed frames, job by job."""

    def __init__(self, store: JobStore) -> None:
        self._store = store
        self._jobs: dict[int, _Known] = {}

    def forget(self, job_id: int) -> None:
        """Forget a job."""
        self._jobs.pop(job_id, None)

    def clear(self) -> None:
        """Forget everything; for when the state is read anew."""
        self._jobs.clear()

    def expected(self, job_id: int, frame: int) -> Streams:
        """Return what a frame must have besides its own files, empty when nothing is known."""
        known = self._jobs.get(job_id)
        return frozenset() if known is None else known.expected.get(frame, frozenset())

    def completed(self, job: Job, frame: int, outputs: tuple[str, ...]) -> dict[int, Streams]:
        """Take in a completed frame; return the frames that lack files now, with what they lack.

        Each frame is returned once. Only one between two others is then held to have the files; the first
        or last frame of a job may rightly lack some, as where a layer begins later.
        """
        known = self._jobs.setdefault(job.id, _Known())
        known.learn(job, frame, outputs)
        states, numbers = job.frames.states, job.spec.frames.numbers
        place = states.frames.index(frame)
        lacking = {}
        for other in range(max(place - 2, 0), min(place + 3, len(numbers))):
            number = numbers[other]
            if number in known.sent_back or states.at(other) is not FrameState.COMPLETED:
                continue
            lacks = self._lacks(job, known, other)
            if lacks:
                known.sent_back.add(number)
                lacking[number] = lacks
        return lacking

    def _lacks(self, job: Job, known: _Known, place: int) -> Streams:
        numbers = job.spec.frames.numbers
        last = len(numbers) - 1
        beside = (place - 1, place + 1)
        if place == 0:
            beside = (1, 2)
        elif place == last:
            beside = (last - 1, last - 2)
        if last < 2:
            return frozenset()
        theirs = [self._streams(job, known, other) for other in beside]
        own = self._streams(job, known, place)
        if own is None or theirs[0] is None or theirs[1] is None:
            return frozenset()
        lacks = (theirs[0] & theirs[1]) - own
        if lacks and place not in (0, last):
            known.expected[numbers[place]] = lacks
        return lacks

    def _streams(self, job: Job, known: _Known, place: int) -> Streams | None:
        """Return the streams of a frame, None while it is not completed: an older file counts no more."""
        if job.frames.states.at(place) is not FrameState.COMPLETED:
            return None
        number = job.spec.frames.numbers[place]
        if number not in known.streams:
            # Completed before this start of the program; a job may have very many of these.
            outputs = self._store.frame_outputs(job.id, (number,)).get(number, ())
            known.learn(job, number, outputs)
        return known.streams[number]
