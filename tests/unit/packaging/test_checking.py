import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from steps.checking import check_itself
from steps.processes import Finished
from steps.report import StepFailedError


def line(check: str, *, passed: bool = True, skipped: bool = False) -> str:
    values = {"check": check, "passed": passed, "skipped": skipped, "detail": f"of {check}", "seconds": 1.5}
    return json.dumps(values)


END = json.dumps({"event": "self_test_finished", "passed": True, "failed": [], "seconds": 3.0})


def asked(lines: Sequence[str], tmp_path: Path, *, code: int = 0, saves: bool = True) -> dict[str, Any]:
    picture = tmp_path / "pictures" / "window.png"

    def program(words: Sequence[str | Path]) -> Finished:
        assert picture in words
        if saves:
            picture.write_bytes(b"a picture")
        return Finished(code, "\n".join(lines))

    figures: dict[str, Any] = {}
    check_itself(program, picture, figures)
    return figures


def test_a_whole_program_passes(tmp_path: Path) -> None:
    checks = ["noise", line("modules"), line("blender", passed=False, skipped=True), END]
    assert asked(checks, tmp_path) == {"checks": 2, "skipped_checks": ["blender"], "self_test_s": 3.0}


def test_a_failed_check_is_told_with_its_words(tmp_path: Path) -> None:
    with pytest.raises(StepFailedError, match="modules: of modules"):
        asked([line("modules", passed=False), END], tmp_path, code=1)


def test_only_a_missing_blender_excuses(tmp_path: Path) -> None:
    with pytest.raises(StepFailedError, match="window was skipped"):
        asked([line("window", passed=False, skipped=True), END], tmp_path)


def test_a_self_test_that_breaks_off_fails(tmp_path: Path) -> None:
    with pytest.raises(StepFailedError, match="did not come to its end"):
        asked([line("modules")], tmp_path)
    with pytest.raises(StepFailedError, match="did not come to its end"):
        asked([END], tmp_path)


def test_an_exit_code_alone_fails(tmp_path: Path) -> None:
    with pytest.raises(StepFailedError, match="ended with 5"):
        asked([line("modules"), END], tmp_path, code=5)


def test_a_picture_that_was_not_saved_fails(tmp_path: Path) -> None:
    with pytest.raises(StepFailedError, match="no picture"):
        asked([line("modules"), END], tmp_path, saves=False)
