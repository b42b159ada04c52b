"""What people see in a terminal and in a pipe, and that the terminal is left as it was."""

import io

import pytest
from rich.console import Console
from support.jobs import make_job

from render_manager.domain import events, facts
from render_manager.domain.changes import ChangeSet, FrameProgress, FrameResult
from render_manager.domain.job import Job
from render_manager.domain.states import JobState
from render_manager.services.cli.session import Speaker
from render_manager.services.cli.terminal import TerminalView
from render_manager.services.updates import Update

HIDE, SHOW = "\x1b[?25l", "\x1b[?25h"


def make_view(*, is_terminal: bool, width: int = 200) -> tuple[TerminalView, io.StringIO]:
    stream = io.StringIO()
    console = Console(
        file=stream, force_terminal=is_terminal, width=width, highlight=False, soft_wrap=True, emoji=False
    )
    return TerminalView(console), stream


def shown(view: TerminalView, job: Job, *fact_list: facts.Fact, percent: float | None = None) -> None:
    progress = {}
    if percent is not None:
        progress = {(job.id, 1): FrameProgress(job.id, 1, percent, "sample 2 of 4", 0.0)}
    view.show(Update.of(ChangeSet(jobs={job.id: job.snapshot()}, facts=fact_list, progress=progress)))


@pytest.mark.parametrize("name", ["shot", "Küche 影", "a [bold]b[/bold]", ":fire:", "{frame} %s"])
def test_every_step_is_a_line_in_a_pipe(name: str) -> None:
    view, stream = make_view(is_terminal=False)
    job = make_job("1-2", name=name)
    shown(
        view,
        job,
        facts.JobSubmitted(1, 2),
        facts.FrameStarted(1, 1, 1),
        facts.FrameCompleted(1, 1, 1, (f"/out/{name}_0001.png",), 1.25),
        facts.FrameFailed(1, 2, 1, "No camera {x}.", "Set one.", "no-camera", True, 60.0),
        facts.FrameFailed(1, 2, 2, "No camera.", "", "no-camera", False),
        facts.EngineWarned(1, None, "Texture [red] missing.", "Find it."),
        facts.FramesSkipped(1, 1, "There already."),
        facts.FramesCancelled(1, 3),
        facts.FramesBlocked(1, 2, "Not installed."),
        facts.JobFinished(1, JobState.FAILED, 1, 1, 0, 0),
        percent=50.0,
    )
    view.close()
    assert stream.getvalue().splitlines() == [
        f"{name}: 2 frames queued as job 1.",
        f"{name}: frame 1 completed in 1.2 s: /out/{name}_0001.png",
        f"{name}: frame 2, attempt 1 failed: No camera {{x}}. Set one. It is tried again in 60 s.",
        f"{name}: frame 2, attempt 2 failed: No camera.",
        f"{name}: warning: Texture [red] missing. Find it.",
        f"{name}: 1 frame: There already.",
        f"{name}: 3 frames cancelled.",
        f"{name}: 2 frames: Not installed.",
        f"{name}: failed. 1 completed, 1 failed, 0 cancelled, 0 skipped.",
    ]


def test_a_long_path_is_not_broken_in_a_pipe() -> None:
    view, stream = make_view(is_terminal=False, width=40)
    path = "/out/" + "a long folder name/" * 10 + "shot_0001.png"
    shown(view, make_job("1"), facts.FrameCompleted(1, 1, 1, (path,), 1.0))
    assert path in stream.getvalue()


def test_a_bar_in_a_terminal() -> None:
    view, stream = make_view(is_terminal=True)
    job = make_job("1-4", name="Küche 影")
    shown(view, job, facts.FrameStarted(1, 1, 1), percent=42.0)
    job.apply(events.AttemptStarted(1), 1.0)
    job.apply(events.AttemptCompleted(1, FrameResult(("/a.png",), "", 1.0)), 2.0)
    shown(view, job, facts.FrameCompleted(1, 1, 1, ("/a.png",), 1.0))
    view.close()
    text = stream.getvalue()
    assert "Küche 影" in text
    assert "1/4" in text
    assert text.rindex(SHOW) > text.rindex(HIDE), "the cursor is there again"


def test_a_terminal_in_which_nothing_was_shown_is_untouched() -> None:
    """A command that ends with a sentence about bad input has made a view and shows nothing."""
    view, stream = make_view(is_terminal=True)
    assert stream.getvalue() == ""
    view.close()
    assert HIDE not in stream.getvalue()


def test_a_finished_job_that_is_only_told_gets_no_bar() -> None:
    view, stream = make_view(is_terminal=True)
    job = make_job("1", name="old")
    job.apply(events.FramesSkipped(None, "Left out."), 1.0)
    shown(view, job)
    view.close()
    assert "old" not in stream.getvalue()


def test_speaking_into_a_pipe_that_was_closed() -> None:
    class Closed(io.StringIO):
        def write(self, _text: str) -> int:
            raise BrokenPipeError

    speaker = Speaker(is_json=True, out=Closed(), err=Closed())
    speaker.object({"a": 1})
    speaker.line("b")
    speaker.error("c")
