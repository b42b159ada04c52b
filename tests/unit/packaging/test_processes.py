"""Programs that the steps start, and those that sometimes do not start."""

import pytest
from steps.processes import ATTEMPTS, Finished, asked
from steps.report import StepFailedError


def test_a_question_is_asked_again_when_its_program_did_not_start() -> None:
    answers = [Finished(1, ""), Finished(0, "yes")]
    assert asked(lambda: answers.pop(0), "asking").output == "yes"


def test_a_program_that_never_starts_is_told() -> None:
    answers = [Finished(1, "no such program")] * ATTEMPTS
    with pytest.raises(StepFailedError, match="asking ended with 1:\nno such program"):
        asked(answers.pop, "asking")
    assert not answers
