"""What a frame's log can be compared with: good attempts of frames nearby; read on pool threads. No Qt."""

from bisect import bisect_left
from typing import TYPE_CHECKING

from render_manager.domain.changes import AttemptRecord
from render_manager.domain.states import FRAME_CODES, AttemptOutcome, FrameState

if TYPE_CHECKING:
    # Its module imports much that the first paint does not need.
    from render_manager.scheduling.ports import StateReader


def log_surroundings(reader: "StateReader", job_id: int, frame: int) -> tuple[str, list[AttemptRecord]]:
    """Return the id of a job's engine, and the good attempts of the nearest finished frames."""
    job = reader.job(job_id)
    if job is None:
        return "", []
    states, numbers = reader.frame_states(job_id), job.frames.numbers
    place = bisect_left(numbers, frame)
    done = FRAME_CODES[FrameState.COMPLETED]
    good = []
    for near in (states.rfind(done, 0, place), states.find(done, place + 1)):
        if 0 <= near < len(numbers):
            attempts = reader.attempts(job_id, numbers[near])
            good += [one for one in attempts if one.outcome is AttemptOutcome.COMPLETED][-1:]
    return job.engine, good
