"""The small values: outcomes that say their sentence, diagnoses, priority bands, change sets."""

import dataclasses
import signal
from typing import get_args

import pytest

from render_manager.domain import changes, commands, diagnosis, events, facts, jobspec, outcome, scene
from render_manager.domain.changes import ChangeSet, Notice
from render_manager.domain.diagnosis import Diagnosis
from render_manager.domain.jobspec import PriorityBand, priority_band
from render_manager.domain.outcome import ProcessOutcome


@pytest.mark.parametrize("priority", range(11))
def test_priority_bands(priority: int) -> None:
    expected = (
        PriorityBand.LOW if priority < 4 else PriorityBand.DEFAULT if priority < 8 else PriorityBand.HIGH
    )
    assert priority_band(priority) is expected


@pytest.mark.parametrize(
    ("code", "killed", "crashed", "good", "words"),
    [
        (0, False, False, True, "exit code 0"),
        (3, False, False, False, "exit code 3"),
        (-signal.SIGSEGV, False, True, False, "SIGSEGV"),
        (-signal.SIGTERM, False, True, False, "SIGTERM"),
        (-9, True, False, False, "stopped by Render Manager"),
        (0, True, False, False, "stopped by Render Manager"),
        (0xC0000005, False, True, False, "access violation (0xC0000005)"),
        (0xC0000005 - (1 << 32), False, True, False, "access violation (0xC0000005)"),
        (0xC00000AA, False, True, False, "exception (0xC00000AA)"),
        (0xFFFFFFFF, False, False, False, "It ended with exit code -1."),
        (0xFFFFFF01, False, False, False, "It ended with exit code -255."),
        (-250, False, True, False, "signal 250"),
        (137, False, False, False, "exit code 137"),
    ],
)
def test_process_outcome(code: int, killed: bool, crashed: bool, good: bool, words: str) -> None:
    ended = ProcessOutcome(code, was_killed=killed)
    assert ended.crashed is crashed
    assert ended.was_successful is good
    assert not ended.failed_to_start
    assert words in ended.sentence
    assert ended.sentence.endswith(".")


def test_process_that_never_was() -> None:
    ended = ProcessOutcome(None, start_error="It does not exist.")
    assert ended.failed_to_start
    assert not ended.crashed
    assert not ended.was_successful
    assert ended.sentence == "It does not exist."
    assert ProcessOutcome(None).sentence


def test_diagnosis_sentence() -> None:
    assert Diagnosis("x", "It broke.").sentence == "It broke."
    assert Diagnosis("x", "It broke.", "Mend it.").sentence == "It broke. Mend it."


def test_change_set_is_empty_only_without_anything() -> None:
    assert ChangeSet().is_empty
    assert not ChangeSet(notices=(Notice("a", ""),)).is_empty
    assert not ChangeSet(removed_jobs=(1,)).is_empty
    assert not ChangeSet(progress={(1, 1): None}).is_empty


@pytest.mark.parametrize(
    "value_class",
    [
        *get_args(commands.Command),
        *get_args(events.JobEvent),
        *get_args(facts.Fact),
        *(
            one
            for module in (changes, diagnosis, jobspec, outcome, scene)
            for one in vars(module).values()
            if dataclasses.is_dataclass(one)
        ),
    ],
)
def test_values_cannot_be_changed(value_class: type) -> None:
    """They go between threads: frozen, and without a dictionary that would let things slip in."""
    assert value_class.__dataclass_params__.frozen  # type: ignore[attr-defined]
    assert hasattr(value_class, "__slots__")
