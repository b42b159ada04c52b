"""How a job stands, for viewers and for the database: its snapshot, and why it is not running."""

from render_manager.domain.changes import JobSnapshot
from render_manager.domain.job_parts import JobRecord
from render_manager.domain.jobspec import JobSpec
from render_manager.domain.states import FrameState, JobState
from render_manager.domain.texts import gettext as _
from render_manager.domain.texts import ngettext


def snapshot_of(spec: JobSpec, record: JobRecord, state: JobState, *, needs_help: bool) -> JobSnapshot:
    """Return everything a viewer or the database needs to know of a job."""
    counts = record.counts or {}
    done = counts[FrameState.COMPLETED] + counts[FrameState.SKIPPED]
    return JobSnapshot(
        id=record.id,
        uuid=record.uuid,
        name=spec.name,
        project=spec.project,
        project_file=spec.scene,
        engine=spec.engine,
        installation=spec.installation,
        state=state,
        reason=reason_of(record, state),
        priority=record.priority,
        position=record.position,
        paused=record.paused,
        frames=spec.frames,
        total_frames=len(spec.frames),
        counts=dict(counts),
        progress=100.0 * done / max(len(spec.frames), 1),
        retry_count=record.retry_count,
        max_retries=spec.max_retries,
        retry_delay_s=spec.retry_delay_s,
        error_log="\n".join(record.error_log),
        output_dir=spec.output_dir,
        output_name=spec.output_name,
        output_suffix=spec.output_suffix,
        existing=spec.existing,
        options=spec.options,
        width=spec.width,
        height=spec.height,
        fps=spec.fps,
        render_seconds=record.render_seconds,
        rendered_frames=record.rendered_frames,
        created_at=record.created_at,
        updated_at=record.updated_at,
        started_at=record.started_at,
        finished_at=record.finished_at,
        needs_help=needs_help,
        limits=spec.limits,
        keeps_copy=spec.keeps_copy,
        failure_reasons=dict(record.failure_reasons),
        scene_versions=record.scene_versions,
        marked_frames=record.marked_frames,
    )


def reason_of(record: JobRecord, state: JobState) -> str:
    """Return why a job is in a state that is neither running nor completed, one or two sentences."""
    counts = record.counts or {}
    if state is JobState.FAILED:
        last = record.error_log[-1] if record.error_log else ""
        count = counts[FrameState.FAILED]
        text = ngettext("{count} frame failed.", "{count} frames failed.", count).format(count=count)
        return f"{text} {last}".strip()
    if state is JobState.CANCELLED:
        count = counts[FrameState.CANCELLED]
        return ngettext("{count} frame was cancelled.", "{count} frames were cancelled.", count).format(
            count=count
        )
    if state is JobState.PAUSED:
        running = counts[FrameState.RENDERING]
        if running:
            return ngettext(
                "Paused; {count} frame is still finishing.",
                "Paused; {count} frames are still finishing.",
                running,
            ).format(count=running)
        return _("Paused by you.")
    if state is JobState.PENDING:
        return record.reason or _("Waits for a free slot.")
    return ""
