"""The morning's figures as text and as one self-contained page of HTML; pure, pictures are handed in."""

import base64
from collections.abc import Iterator, Mapping
from html import escape

from render_manager.domain.moments import moment_text, size_text, span_text
from render_manager.domain.morning import JobNight, Morning, frames_text
from render_manager.domain.states import FrameState, JobState
from render_manager.domain.texts import gettext as _
from render_manager.domain.texts import ngettext


def state_word(state: JobState) -> str:
    """Return what a job's state is called."""
    return {
        JobState.PENDING: _("waiting"),
        JobState.RUNNING: _("running"),
        JobState.PAUSED: _("paused"),
        JobState.COMPLETED: _("completed"),
        JobState.FAILED: _("with failed frames"),
        JobState.CANCELLED: _("cancelled"),
    }[state]


def summary_text(morning: Morning) -> str:
    """Return all in one sentence: `212 frames done, 3 failed; 2 jobs completed.`"""
    parts = [ngettext("{count} frame done", "{count} frames done", morning.completed)]
    counts = [morning.completed]
    for count, one, many in (
        (morning.failed, _("{count} failed"), _("{count} failed")),
        (
            morning.in_state(JobState.COMPLETED),
            *(_("{count} job completed"), _("{count} jobs completed")),
        ),
    ):
        if count:
            parts.append(one if count == 1 else many)
            counts.append(count)
    said = [part.format(count=count) for part, count in zip(parts, counts, strict=True)]
    return _("{list}.").format(list=_(", ").join(said))


def span_line(morning: Morning) -> str:
    """Return the stretch of time, and what it cost."""
    line = _("From {since} to {until}").format(
        since=moment_text(morning.since, morning.until), until=moment_text(morning.until, morning.until)
    )
    return line + _(", ") + _("{time} of rendering.").format(time=span_text(morning.seconds))


def events_line(morning: Morning) -> str:
    """Return what happened to the program itself, empty for nothing."""
    parts = []
    if morning.starts:
        when = ", ".join(moment_text(at, morning.until) for at in morning.starts[-5:])
        text = ngettext(
            "Render Manager was started once, at {times}.",
            "Render Manager was started {count} times, last at {times}.",
            len(morning.starts),
        )
        parts.append(text.format(count=len(morning.starts), times=when))
    if morning.interrupted:
        text = ngettext(
            "{count} frame was interrupted and rendered again.",
            "{count} frames were interrupted and rendered again.",
            morning.interrupted,
        )
        parts.append(text.format(count=morning.interrupted))
    return " ".join(parts)


def counts_line(night: JobNight) -> str:
    """Return a job's state and figures in one line."""
    job = night.job
    parts = [state_word(job.state)]
    done = job.completed_frames
    parts.append(_("{done} of {total} frames done").format(done=done, total=job.total_frames))
    if night.completed < done:
        parts.append(_("{count} of them in this time").format(count=night.completed))
    elif night.completed > done:
        parts.append(_("{count} completed in this time").format(count=night.completed))
    if job.failed_frames:
        parts.append(_("{count} failed").format(count=job.failed_frames))
    skipped = job.counts[FrameState.SKIPPED]
    if skipped:
        parts.append(_("{count} skipped").format(count=skipped))
    if night.seconds:
        parts.append(_("{time} of rendering").format(time=span_text(night.seconds)))
    if night.peak_memory_bytes:
        parts.append(_("at most {size} of memory").format(size=size_text(night.peak_memory_bytes)))
    return _(", ").join(parts)


def detail_lines(night: JobNight) -> Iterator[tuple[str, str]]:
    """Yield what else there is to say of a job, each with its kind: failed, advice, slow, note or why."""
    if night.job.reason and night.job.state in (JobState.PENDING, JobState.PAUSED):
        yield "why", night.job.reason
    for group in night.failures:
        frames = ngettext("Frame {frames}: {reason}", "Frames {frames}: {reason}", group.count)
        yield (
            "failed",
            frames.format(frames=frames_text(group.frames, group.count), reason=group.reason),
        )
        if group.advice:
            yield "advice", group.advice
    if night.slowest:
        slow = _(", ").join(
            _("{frame} ({time}, {factor:.1f} times as long)").format(
                frame=one.frame, time=span_text(one.seconds), factor=one.factor
            )
            for one in night.slowest
        )
        yield (
            "slow",
            _("Slowest frames against the usual {median}: {frames}").format(
                median=span_text(night.median_s or 0.0), frames=slow
            ),
        )
    odd = night.job.marked_frames
    if odd:
        text = ngettext(
            "{count} picture looks odd: black, broken, frozen or unlike its neighbours.",
            "{count} pictures look odd: black, broken, frozen or unlike their neighbours.",
            odd,
        )
        yield "note", text.format(count=odd)
    for frame, note in night.notes[:5]:
        yield "note", _("Frame {frame}: {note}").format(frame=frame, note=note)
    if night.noted > 5:
        more = ngettext(
            "{count} more frame has a remark.", "{count} more frames have remarks.", night.noted - 5
        )
        yield "note", more.format(count=night.noted - 5)


def report_text(morning: Morning) -> str:
    """Return the whole report as plain text."""
    lines = [_("Render report"), span_line(morning), summary_text(morning)]
    events = events_line(morning)
    lines += [events] if events else []
    for night in morning.jobs:
        lines += ["", night.job.name, f"  {counts_line(night)}", f"  {night.job.output_dir}"]
        lines += [f"  {night.movie}"] if night.movie else []
        lines += [f"  {text}" for _kind, text in detail_lines(night)]
    return "\n".join(lines) + "\n"


def report_html(morning: Morning, pictures: Mapping[str, bytes]) -> str:
    """Return the whole report as one page that needs no other file; `pictures` are JPEGs by their paths."""
    title = _("Render report")
    parts = [
        f"<h1>{escape(title)}</h1>",
        f"<p>{escape(span_line(morning))}</p>",
        f"<p><strong>{escape(summary_text(morning))}</strong></p>",
    ]
    events = events_line(morning)
    parts += [f"<p>{escape(events)}</p>"] if events else []
    for night in morning.jobs:
        parts.append(_job_html(night, pictures))
    body = "\n".join(parts)
    return (
        f'<!DOCTYPE html>\n<html><head><meta charset="utf-8"><title>{escape(title)}</title>\n'
        f"<style>{_CSS}</style></head>\n<body>\n{body}\n</body></html>\n"
    )


def _job_html(night: JobNight, pictures: Mapping[str, bytes]) -> str:
    parts = [
        f"<h2>{escape(night.job.name)}</h2>",
        f"<p>{escape(counts_line(night))}</p>",
        f'<p class="dim">{escape(str(night.job.output_dir))}</p>',
    ]
    if night.movie:
        parts.append(f'<p class="dim">{escape(night.movie)}</p>')
    images = []
    for shown in night.pictures:
        data = pictures.get(shown.thumbnail)
        if data is not None:
            source = base64.b64encode(data).decode("ascii")
            caption = escape(picture_caption(shown.frame, is_failed=shown.is_failed))
            images.append(
                f'<figure><img src="data:image/jpeg;base64,{source}" alt=""><figcaption>{caption}'
                "</figcaption></figure>"
            )
    if images:
        parts.append(f'<div class="row">{"".join(images)}</div>')
    parts += [f'<p class="{kind}">{escape(text)}</p>' for kind, text in detail_lines(night)]
    return "\n".join(parts)


def picture_caption(frame: int, *, is_failed: bool) -> str:
    """Return what stands under a small picture."""
    if is_failed:
        return _("{frame}, before a failed one").format(frame=frame)
    return str(frame)


_CSS = (
    "body{font:14px/1.5 system-ui,sans-serif;max-width:60em;margin:2em auto;padding:0 1em;color:#222}"
    "h1{font-size:1.4em}h2{font-size:1.1em;margin:1.6em 0 0}p{margin:.2em 0}"
    ".dim,.advice,.slow,.note,.why{color:#555}.failed{color:#a33a00}.advice{padding-left:1em}"
    ".row{display:flex;flex-wrap:wrap;gap:8px}figure{margin:8px 0}img{max-width:200px;display:block}"
    "figcaption{font-size:12px;color:#555}"
)
