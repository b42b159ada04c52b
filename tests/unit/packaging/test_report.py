import json

import pytest
from steps.report import Figures, Report, StepFailedError, StepSkippedError


def good(figures: Figures) -> str:
    figures["bytes"] = 3
    return "done"


def bad(_figures: Figures) -> str:
    raise StepFailedError("broken")


def impossible(_figures: Figures) -> str:
    raise StepSkippedError("no wine")


def test_all_passed() -> None:
    report = Report()
    assert report.run("first", good)
    assert report.exit_code == 0
    told = json.loads(report.as_json(version="1.0"))
    assert told["passed"] is True and told["version"] == "1.0"
    assert told["steps"][0] | {"seconds": 0} == {
        "step": "first", "passed": True, "skipped": False,
        "detail": "done", "seconds": 0, "figures": {"bytes": 3},
    }  # fmt: skip


def test_a_skipped_step_is_no_pass() -> None:
    report = Report()
    report.run("first", good)
    assert not report.run("second", impossible)
    assert report.exit_code == 3
    told = json.loads(report.as_json())
    assert told["passed"] is False and told["skipped"] == ["second"]


def test_a_failure_outweighs_what_was_skipped() -> None:
    report = Report()
    report.run("first", impossible)
    report.run("second", bad)
    assert report.exit_code == 1
    assert json.loads(report.as_json())["steps"][1]["detail"] == "broken"


@pytest.mark.parametrize("ground", [bad, impossible])
def test_what_stands_on_a_step_that_did_not_pass_is_skipped(ground: object) -> None:
    report = Report()
    report.run("ground", ground)  # type: ignore[arg-type]
    assert not report.run("house", good, needs=("ground",))
    assert report.results[1].skipped and "ground" in report.results[1].detail
    assert not report.run("roof", good, needs=("house",))


def test_what_needs_a_step_of_an_earlier_run_goes_on() -> None:
    report = Report()
    assert report.run("house", good, needs=("ground",))


def test_a_disk_that_fails_is_told_like_everything_else() -> None:
    def full(_figures: Figures) -> str:
        raise OSError(28, "No space left on device", "build")

    report = Report()
    assert not report.run("first", full)
    assert report.exit_code == 1
    assert "No space left on device" in json.loads(report.as_json())["steps"][0]["detail"]


def test_other_mistakes_are_not_swallowed() -> None:
    with pytest.raises(ZeroDivisionError):
        Report().run("first", lambda _figures: str(1 / 0))
