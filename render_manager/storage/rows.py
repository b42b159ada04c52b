"""Between table rows and the domain's values."""

from pathlib import Path
from typing import Any

from sqlalchemy import Row

from render_manager.domain.changes import AttemptRecord, FrameChange, FrameRow, JobSnapshot
from render_manager.domain.diagnosis import FailureReason
from render_manager.domain.frameset import FrameSet
from render_manager.domain.health import marks_of, marks_text
from render_manager.domain.job_parts import JobRecord
from render_manager.domain.jobspec import Existing, JobSpec
from render_manager.domain.limits import Limits
from render_manager.domain.scene_version import SceneVersion
from render_manager.domain.states import AttemptOutcome, FrameState, JobState

COUNT_COLUMNS: dict[FrameState, str] = {state: f"{state.value}_frames" for state in FrameState}


def job_values(job: JobSnapshot) -> dict[str, Any]:
    """Return the columns of a job that can change after submission."""
    return {
        "state": job.state.value,
        "reason": job.reason,
        "priority": job.priority,
        "position": job.position,
        "paused": job.paused,
        **{column: job.counts[state] for state, column in COUNT_COLUMNS.items()},
        "progress": job.progress,
        "retry_count": job.retry_count,
        "error_log": job.error_log,
        "render_seconds": job.render_seconds,
        "rendered_frames": job.rendered_frames,
        "updated_at": job.updated_at,
        "started_at": job.started_at,
        "finished_at": job.finished_at,
        "options": job.options,
        "limits": job.limits.as_values(),
        "failure_reasons": {code: [one.count, one.text] for code, one in job.failure_reasons.items()},
        "scene_versions": [version.as_values() for version in job.scene_versions],
        "marked_frames": job.marked_frames,
    }


def spec_values(spec: JobSpec) -> dict[str, Any]:
    """Return the columns of a job that are fixed at submission, but for its project."""
    return {
        "name": spec.name,
        "project_file": str(spec.scene),
        "engine": spec.engine,
        "installation": spec.installation,
        "frames": spec.frames.text(),
        "total_frames": len(spec.frames),
        "max_retries": spec.max_retries,
        "retry_delay_s": spec.retry_delay_s,
        "output_dir": str(spec.output_dir),
        "output_name": spec.output_name,
        "output_suffix": spec.output_suffix,
        "existing": spec.existing.value,
        "keeps_copy": spec.keeps_copy,
        "width": spec.width,
        "height": spec.height,
        "fps": spec.fps,
    }


def spec_of(row: Row[Any]) -> JobSpec:
    """Return the spec of a stored job; the row holds all job columns and `project`."""
    return JobSpec(
        name=row.name,
        scene=Path(row.project_file),
        engine=row.engine,
        installation=row.installation,
        frames=FrameSet.read_back(row.frames),
        output_dir=Path(row.output_dir),
        output_name=row.output_name,
        output_suffix=row.output_suffix,
        existing=Existing(row.existing),
        priority=row.priority,
        max_retries=row.max_retries,
        retry_delay_s=row.retry_delay_s,
        project=row.project or "",
        options=row.options,
        width=row.width,
        height=row.height,
        fps=row.fps,
        limits=Limits.from_values(row.limits),
        keeps_copy=row.keeps_copy,
    )


def record_of(row: Row[Any]) -> JobRecord:
    """Return the stored side of a job."""
    columns = row._mapping  # noqa: SLF001 - SQLAlchemy's public name for it
    return JobRecord(
        id=row.id,
        uuid=row.uuid,
        created_at=row.created_at,
        updated_at=row.updated_at,
        position=row.position,
        priority=row.priority,
        paused=row.paused,
        retry_count=row.retry_count,
        error_log=tuple(row.error_log.split("\n")) if row.error_log else (),
        render_seconds=row.render_seconds,
        rendered_frames=row.rendered_frames,
        started_at=row.started_at,
        finished_at=row.finished_at,
        reason=row.reason if row.state == JobState.PENDING else "",
        counts={state: columns[column] for state, column in COUNT_COLUMNS.items()},
        failure_reasons={code: FailureReason(*values) for code, values in row.failure_reasons.items()},
        marked_frames=row.marked_frames,
        scene_versions=tuple(SceneVersion(**values) for values in row.scene_versions),
    )


def change_values(change: FrameChange) -> list[dict[str, Any]]:
    """Return the parameters of the conditional update, one set for each run of frames."""
    result = change.result
    shared = {
        "b_job": change.job_id,
        "b_before": change.before.value,
        "state": change.after.value,
        "b_reason": None if change.is_about_marks else change.reason,
        "retry_at": change.retry_at,
        "b_attempts": change.attempts,
        "b_failures": change.failures,
        "b_forced": change.forced,
        "b_outputs": None if result is None else list(result.outputs),
        "b_thumbnail": None if result is None else result.thumbnail,
        "b_seconds": None if result is None else result.seconds,
        "b_marks": None if change.marks is None else marks_text(change.marks),
        "b_portrait": None if result is None else result.portrait.text(),
        "b_scene_version": None if result is None else result.scene_version,
    }
    return [{**shared, "b_first": first, "b_last": last} for first, last in change.runs]


def attempt_values(attempt: AttemptRecord) -> dict[str, Any]:
    """Return all columns of an attempt."""
    return {
        "job_id": attempt.job_id,
        "frame": attempt.frame,
        "number": attempt.number,
        "outcome": attempt.outcome.value,
        "started_at": attempt.started_at,
        "ended_at": attempt.ended_at,
        "code": attempt.code,
        "reason": attempt.reason,
        "advice": attempt.advice,
        "seconds": attempt.seconds,
        "peak_memory_bytes": attempt.peak_memory_bytes,
        "log_path": attempt.log_path,
        "log_start": attempt.log_start,
        "log_end": attempt.log_end,
        "installation": attempt.installation,
        "scene_version": attempt.scene_version,
    }


def attempt_of(row: Row[Any]) -> AttemptRecord:
    """Return a stored attempt."""
    columns = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public name for it
    return AttemptRecord(**{**columns, "outcome": AttemptOutcome(columns["outcome"])})


def frame_of(row: Row[Any]) -> FrameRow:
    """Return a stored frame."""
    return FrameRow(
        job_id=row.job_id,
        number=row.number,
        state=FrameState(row.state),
        reason=row.reason,
        attempts=row.attempts,
        failures=row.failures,
        retry_at=row.retry_at,
        outputs=tuple(row.outputs or ()),
        thumbnail=row.thumbnail,
        seconds=row.render_seconds,
        marks=marks_of(row.marks),
        scene_version=row.scene_version,
    )
