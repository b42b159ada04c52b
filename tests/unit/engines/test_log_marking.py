"""What is said of single lines agrees with the report on the whole log."""

from pathlib import Path

import pytest

from render_manager.domain.scene import Severity
from render_manager.engines.blender.engine import BlenderEngine
from render_manager.engines.blender.installations import BlenderFinder
from render_manager.engines.log_marking import LogMarker, Meaning
from render_manager.engines.log_report import explain_log
from render_manager.engines.probing import ProbeMemory

LOGS = sorted((Path(__file__).parents[2] / "data" / "logs" / "blender").glob("*.log"))
ENGINE = BlenderEngine(finder=BlenderFinder(setting=None, memory=ProbeMemory(None)))
OF_THE_WHOLE = ("The log ends", "No frame was rendered", "This does not look", "The log is empty")
"""How meanings begin that no single line has."""


def marked(lines: list[str]) -> list[tuple[int, Meaning]]:
    marker, found = LogMarker(ENGINE), []
    for number, line in enumerate(lines, 1):
        behind, meanings = marker.read(line)
        found += [(number - behind, meaning) for meaning in meanings]
    return found + [(len(lines), meaning) for meaning in marker.finish()]


@pytest.mark.parametrize("path", LOGS, ids=lambda path: path.stem)
def test_lines_mean_what_the_report_says(path: Path) -> None:
    text = path.read_text("utf-8", "replace")
    lines = [piece for line in text.split("\n") for piece in line.rstrip("\r").split("\r")]
    said = {meaning.text for _number, meaning in marked(lines)}
    report = explain_log(ENGINE, lines)
    for entry in (*report.errors, *report.warnings):
        if not entry.meaning.startswith(OF_THE_WHOLE):
            assert any(entry.meaning.startswith(text[:40]) for text in said), entry


def test_what_our_script_reports_is_said_once() -> None:
    failed = '@RM-1 {"event": "frame_failed", "frame": 7, "error": "Error: Cannot render, no camera"}'
    ready = '@RM-1 {"event": "frame_started", "frame": 7}'
    found = marked(["Blender 5.0.1", ready, "Error: Cannot render, no camera", failed, "", "fine"])
    codes = [meaning.code for _number, meaning in found]
    assert codes.count("no-camera") <= 1
    assert [number for number, meaning in found if meaning.code == "no-camera"] == [3]
    assert found[0][1].severity is Severity.ERROR
