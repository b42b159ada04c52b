"""Hand-made jobs and changes, and a reader that answers from memory."""

from array import array
from bisect import bisect_right
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtGui import QColor, QImage

from render_manager.domain.changes import AttemptRecord, FrameChange, FrameResult, FrameRow, JobSnapshot
from render_manager.domain.figures import OUTCOMES, AttemptFigures, FrameOrder
from render_manager.domain.frameset import FrameSet
from render_manager.domain.jobspec import Existing
from render_manager.domain.morning import JobNight, Morning
from render_manager.domain.states import FRAME_CODES, FRAME_STATES, FrameState, JobState
from render_manager.ui.theme import DARK, Theme


def make_theme() -> Theme:
    return DARK


def make_job(job_id: int = 1, frames: str = "1-10", **values: Any) -> JobSnapshot:
    chosen = FrameSet.parse(frames)
    counts = dict.fromkeys(FrameState, 0) | {FrameState.PENDING: len(chosen)}
    job = JobSnapshot(
        id=job_id,
        uuid=f"uuid-{job_id}",
        name=f"shot_{job_id:03d}",
        project="",
        project_file=Path(f"/show/shot_{job_id:03d}.blend"),
        engine="blender",
        installation="blender:/usr/bin/blender",
        state=JobState.PENDING,
        reason="Waits for a free slot.",
        priority=5,
        position=float(job_id),
        paused=False,
        frames=chosen,
        total_frames=len(chosen),
        counts=counts,
        progress=0.0,
        retry_count=0,
        max_retries=3,
        retry_delay_s=60.0,
        error_log="",
        output_dir=Path("/show/out"),
        output_name="frame_####",
        output_suffix=".png",
        existing=Existing.SKIP,
        options={},
        width=64,
        height=36,
        fps=24.0,
        render_seconds=0.0,
        rendered_frames=0,
        created_at=1.0,
        updated_at=1.0,
        started_at=None,
        finished_at=None,
    )
    return replace(job, **values)


def with_counts(job: JobSnapshot, **counts: int) -> JobSnapshot:
    """Return the job with these frames in these states, the rest pending."""
    given = {FrameState(name): count for name, count in counts.items()}
    rest = job.total_frames - sum(given.values())
    return replace(job, counts=dict.fromkeys(FrameState, 0) | {FrameState.PENDING: rest} | given)


def change(
    frame: int,
    before: FrameState,
    after: FrameState,
    *,
    job_id: int = 1,
    last: int | None = None,
    result: FrameResult | None = None,
    reason: str = "",
) -> FrameChange:
    end = frame if last is None else last
    return FrameChange(job_id, ((frame, end),), end - frame + 1, before, after, reason=reason, result=result)


def save_picture(path: Path, color: str = "#3366cc", size: tuple[int, int] = (64, 36)) -> Path:
    image = QImage(*size, QImage.Format.Format_RGB888)
    image.fill(QColor(color))
    path.parent.mkdir(parents=True, exist_ok=True)
    assert image.save(str(path))
    return path


class FakeReader:
    """Answers like the database's reader; `rows` and `tries` are filled by the tests."""

    def __init__(self) -> None:
        self.snapshots: dict[int, JobSnapshot] = {}
        self.codes: dict[int, bytearray] = {}
        self.rows: dict[tuple[int, int], FrameRow] = {}
        self.tries: dict[tuple[int, int], list[AttemptRecord]] = {}
        self.nights: list[JobNight] = []
        self.asked: list[tuple[int, int | None, int | None]] = []

    def put(self, job: JobSnapshot, *states: FrameState) -> None:
        """Know a job whose first frames are in these states and the rest pending."""
        self.snapshots[job.id] = job
        codes = bytearray(len(job.frames))
        for place, state in enumerate(states):
            codes[place] = FRAME_CODES[state]
        self.codes[job.id] = codes

    def jobs(self) -> list[JobSnapshot]:
        return list(self.snapshots.values())

    def job(self, job_id: int) -> JobSnapshot | None:
        return self.snapshots.get(job_id)

    def frame_states(self, job_id: int, *, up_to: int | None = None) -> bytes:
        numbers = self.snapshots[job_id].frames.numbers
        count = len(numbers) if up_to is None else bisect_right(numbers, up_to)
        return bytes(self.codes[job_id][:count])

    def noted_frames(self, job_id: int) -> tuple[list[int], list[int]]:
        mine = [row for (job, _number), row in sorted(self.rows.items()) if job == job_id]
        waiting = [row.number for row in mine if row.state is FrameState.PENDING and row.retry_at]
        return waiting, [row.number for row in mine if row.state is FrameState.COMPLETED and row.reason]

    def attempt_figures(self, job_id: int) -> AttemptFigures:
        found = AttemptFigures()
        for one in self.attempts(job_id):
            found.frames.append(one.frame)
            found.numbers.append(one.number)
            found.outcomes.append(OUTCOMES.index(one.outcome))
            found.started.append(one.started_at)
            found.ended.append(one.ended_at or 0.0)
            found.seconds.append(one.seconds or 0.0)
            found.memory_bytes.append(one.peak_memory_bytes or 0)
        return found

    def ordered_frames(self, job_id: int, order: FrameOrder, *, descending: bool = False) -> "array[int]":
        def value(row: FrameRow) -> float | None:
            tries = self.tries.get((job_id, row.number), [])
            return {
                FrameOrder.ATTEMPTS: row.attempts,
                FrameOrder.SECONDS: row.seconds,
                FrameOrder.MEMORY: tries[-1].peak_memory_bytes if tries else None,
                FrameOrder.STARTED: tries[-1].started_at if tries else None,
                FrameOrder.FINISHED: tries[-1].ended_at if tries else None,
            }[order]

        rows = self.frames(job_id)
        known = [row for row in rows if value(row) is not None]
        known.sort(key=lambda row: value(row) or 0.0, reverse=descending)
        return array("q", [row.number for row in [*known, *(row for row in rows if value(row) is None)]])

    def frames(
        self,
        job_id: int,
        *,
        first: int | None = None,
        last: int | None = None,
        state: FrameState | None = None,
    ) -> list[FrameRow]:
        self.asked.append((job_id, first, last))
        found = []
        for place, number in enumerate(self.snapshots[job_id].frames):
            if (first is None or number >= first) and (last is None or number <= last):
                plain = FrameRow(job_id, number, FRAME_STATES[self.codes[job_id][place]])
                row = self.rows.get((job_id, number), plain)
                if state is None or row.state is state:
                    found.append(row)
        return found

    def morning(self, since: float, until: float) -> Morning:
        return Morning(since, until, tuple(self.nights))

    def newest_thumbnail(self, job_id: int) -> str:
        paths = [row.thumbnail for (job, _number), row in sorted(self.rows.items()) if job == job_id]
        return next((path for path in reversed(paths) if path), "")

    def attempts(
        self, job_id: int, frame: int | None = None, *, last: int | None = None
    ) -> list[AttemptRecord]:
        return [
            one
            for (job, number), several in sorted(self.tries.items())
            for one in several
            if job == job_id and (frame is None or frame <= number <= (frame if last is None else last))
        ]


class Posts:
    """Collects the commands a widget gives."""

    def __init__(self) -> None:
        self.given: list[Any] = []

    def __call__(self, command: Any) -> None:
        self.given.append(command)

    @property
    def plain(self) -> list[Any]:
        """The commands without the ids under which they can be undone."""
        return [replace(one, order_id="") if hasattr(one, "order_id") else one for one in self.given]
