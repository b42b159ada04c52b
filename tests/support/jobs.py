"""Specs and jobs with sensible values for everything a test does not care about."""

from pathlib import Path
from typing import Any

from render_manager.domain.frameset import FrameSet
from render_manager.domain.job import Job
from render_manager.domain.job_parts import FrameMemory, JobRecord
from render_manager.domain.jobspec import JobSpec


def make_spec(frames: str | FrameSet = "1-10", **values: Any) -> JobSpec:
    """Return a spec; every field can be given."""
    defaults: dict[str, Any] = {
        "name": "shot",
        "scene": Path("/scenes/shot.blend"),
        "engine": "fake",
        "installation": "fake:/opt/fake",
        "frames": FrameSet.parse(frames) if isinstance(frames, str) else frames,
        "output_dir": Path("/out/shot"),
        "output_name": "shot_####",
        "output_suffix": ".png",
    }
    return JobSpec(**{**defaults, **values})


def make_job(frames: str | FrameSet = "1-10", *, job_id: int = 1, now: float = 1000.0, **values: Any) -> Job:
    """Return a job in memory of which nothing was done yet."""
    spec = make_spec(frames, **values)
    record = JobRecord(
        id=job_id,
        uuid=f"{job_id:08d}-0000-4000-8000-000000000000",
        created_at=now,
        updated_at=now,
        position=float(job_id),
        priority=spec.priority,
    )
    return Job(spec, record, FrameMemory.fresh(spec.frames))
