"""Commands over the wire: every one comes back as it was."""

import json
from pathlib import Path
from typing import get_args

import pytest
from support.jobs import make_spec

from render_manager.domain import commands
from render_manager.domain.errors import UserError
from render_manager.domain.frameset import FrameSet
from render_manager.domain.jobspec import Existing
from render_manager.domain.limits import Limits
from render_manager.services.codec import decode_command, encode_command

FRAMES = FrameSet.parse("10-1x3,-5,20-22")
COMMANDS = [
    commands.SubmitJob(
        make_spec(
            FRAMES,
            scene=Path("/scenes/Küche 影.blend"),
            output_dir=Path("/out/ä b"),
            existing=Existing.VERSION,
            options={"samples": 4, "view_layers": ["a", "b"], "nested": {"x": None}},
            project="Film",
            fps=23.976,
            limits=Limits(frame_s=3600.0, memory_bytes=8 << 30),
            keeps_copy=True,
        ),
        "token",
    ),
    commands.PauseJobs((1, 2)),
    commands.ResumeJobs((1,)),
    commands.CancelJobs(()),
    commands.DeleteJobs((3,)),
    commands.SetPriority((1, 2), 9),
    commands.RetryFrames(1),
    commands.RetryFrames(1, FRAMES, failed_only=True),
    commands.ChangeJob(1, {"device": "CPU"}, Limits(silence_s=60.0, failures=3)),
    commands.ChangeJob(1),
    commands.CancelFrames(1, FRAMES),
    commands.SkipFrames(2, None),
    commands.RenderNext(3, FRAMES),
    commands.UndoOrder("abc"),
    commands.SkipFrames(2, FRAMES, "abc"),
    commands.CancelJobs((1,), "abc"),
    commands.MoveJobs((4, 2), 7, before=9),
    commands.HoldQueue(held=True),
    commands.SetSlots(4),
    commands.SetSlots(None, "maya"),
    commands.Shutdown(),
]


def test_no_command_is_forgotten() -> None:
    assert {type(command) for command in COMMANDS} == set(get_args(commands.Command))


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: type(command).__name__)
def test_there_and_back(command: commands.Command) -> None:
    wire = json.dumps(encode_command(command))
    again = decode_command(json.loads(wire))
    assert again == command
    for field in ("frames", "spec"):
        if hasattr(command, field):
            assert repr(getattr(again, field)) == repr(getattr(command, field))


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"command": "Nonsense"},
        {"command": "SubmitJob"},
        {"command": "SubmitJob", "spec": {}, "token": ""},
        {"command": "SubmitJob", "spec": {"frames": "abc"}, "token": ""},
        {"command": "PauseJobs"},
        {"command": "PauseJobs", "job_ids": ["x"]},
        {"command": "PauseJobs", "job_ids": 3},
        {"command": "PauseJobs", "job_ids": [1], "more": 1},
        {"command": "__class__"},
        {"command": "PauseJobs", "job_ids": ["1"]},
        {"command": "PauseJobs", "job_ids": [1 << 70]},
        {"command": "SetPriority", "job_ids": [1], "priority": "high"},
        {"command": "SetPriority", "job_ids": [1], "priority": True},
        {"command": "HoldQueue", "held": "yes"},
        {"command": "RetryFrames", "job_id": None},
        {"command": "UndoOrder", "order_id": 5},
    ],
)
def test_nonsense_is_refused(values: dict[str, object]) -> None:
    with pytest.raises((KeyError, TypeError, ValueError, UserError)):
        decode_command(values)


@pytest.mark.parametrize("token", ["../../..", "a/b", "c:", " ", "a\n"])
def test_a_token_that_would_name_other_folders_is_refused(token: str) -> None:
    values = encode_command(commands.SubmitJob(make_spec(), token))
    with pytest.raises(ValueError, match="token"):
        decode_command(values)
