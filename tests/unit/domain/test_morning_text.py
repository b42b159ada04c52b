"""The report as text and as HTML: complete, grouped, and escaped."""

from dataclasses import replace

import pytest
from support.jobs import make_job

from render_manager.domain.moments import moment_text, size_text, span_text
from render_manager.domain.morning import FailureGroup, JobNight, Morning, Shown, SlowFrame, grouped_failures
from render_manager.domain.morning_text import (
    counts_line,
    detail_lines,
    events_line,
    report_html,
    report_text,
    summary_text,
)
from render_manager.domain.states import FrameState, JobState

EVIL = '<script>alert("x")</script>'


def a_morning() -> Morning:
    job = make_job("1-10")
    counts = dict.fromkeys(FrameState, 0) | {FrameState.COMPLETED: 7, FrameState.FAILED: 3}
    snapshot = replace(job.snapshot(), name=EVIL, counts=counts, state=JobState.FAILED)
    night = JobNight(
        snapshot,
        completed=7,
        failed=3,
        tries=10,
        interrupted=1,
        seconds=3700.0,
        peak_memory_bytes=3_400_000_000,
        median_s=10.0,
        failures=(FailureGroup(f"No camera {EVIL}.", "Add one.", "no-camera", 3, (3, 4, 9)),),
        slowest=(SlowFrame(5, 40.0, 4.0),),
        notes=tuple((frame, "A watermark.") for frame in range(1, 6)),
        noted=7,
        pictures=(Shown(1, "/thumbs/1.jpg"), Shown(2, "/thumbs/2.jpg", is_failed=True)),
        movie="/out/shot.mp4",
    )
    return Morning(1000.0, 90000.0, (night,), starts=(2000.0,))


def test_the_text_says_everything() -> None:
    text = report_text(a_morning())
    for words in (
        "7 frames done, 3 failed.",
        "7 of 10 frames done",
        "1:01 h of rendering",
        "at most 3.4 GB of memory",
        "Frames 3-4, 9: No camera",
        "Add one.",
        "5 (40 s, 4.0 times as long)",
        "Frame 1: A watermark.",
        "2 more frames have remarks.",
        "/out/shot.mp4",
        "Render Manager was started once, at ",
        "1 frame was interrupted and rendered again.",
    ):
        assert words in text


@pytest.mark.parametrize(
    ("rendered", "words"),
    [
        (7, "7 of 10 frames done, 3 failed"),
        (1, "7 of 10 frames done, 1 of them in this time, 3 failed"),
        # Some of those that were completed are to be rendered again.
        (9, "7 of 10 frames done, 9 completed in this time, 3 failed"),
    ],
)
def test_frames_of_this_time_are_counted_apart(rendered: int, words: str) -> None:
    (night,) = a_morning().jobs
    assert words in counts_line(replace(night, completed=rendered))


def test_the_page_is_escaped_and_needs_nothing_else() -> None:
    page = report_html(a_morning(), {"/thumbs/1.jpg": b"jpeg"})
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert page.count("<img ") == 1, "a picture that is not there is left out"
    assert "data:image/jpeg;base64,anBlZw==" in page
    assert "http" not in page


def test_pictures_that_look_odd_are_told_before_other_remarks() -> None:
    (night,) = a_morning().jobs
    odd = replace(night, job=replace(night.job, marked_frames=3))
    lines = [text for kind, text in detail_lines(odd) if kind == "note"]
    assert lines[0] == "3 pictures look odd: black, broken, frozen or unlike their neighbours."
    assert "look odd" not in report_text(a_morning())


def test_an_empty_night_has_a_short_report() -> None:
    morning = Morning(0.0, 10.0)
    assert summary_text(morning) == "0 frames done."
    assert events_line(morning) == ""


def test_reasons_that_differ_in_numbers_are_one_reason() -> None:
    rows = [(n, "crashed", f"It crashed on frame {n}.", "Look.") for n in (5, 6, 9)]
    rows.append((7, "no-camera", "There is no camera.", ""))
    groups = grouped_failures(rows, count=104)
    assert [(group.frames, group.count) for group in groups] == [((5, 6, 9), 103), ((7,), 1)]


def test_advice_is_told_once_also_for_frames_that_were_not_tried() -> None:
    said = "There is no graphics card. Render on the CPU."
    rows = [(1, "no-gpu", said, "Render on the CPU."), (2, "", said, ""), (3, "", said, "")]
    (group,) = grouped_failures(rows, count=3)
    assert (group.reason, group.advice) == ("There is no graphics card.", "Render on the CPU.")
    assert (group.code, group.frames) == ("no-gpu", (1, 2, 3))


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (59.4, "59 s"), (61, "1:01 min"), (3700, "1:01 h"), (400000, "111:06 h")],
)
def test_spans_in_words(seconds: float, words: str) -> None:
    assert span_text(seconds) == words


def test_moments_name_the_day_where_it_is_another() -> None:
    assert len(moment_text(1000.0, 1000.0)) == len("02:14")
    assert len(moment_text(1000.0, 1000.0 + 3 * 86400)) == len("2026-03-07 02:14")
    assert size_text(90_000_000) == "90 MB"
