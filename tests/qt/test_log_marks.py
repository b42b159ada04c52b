from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from qt.log_support import NO_CAMERA, STATUS, attempt, blender, ended, index_of, shown_pane, write_lines
from render_manager.domain.scene import Severity
from render_manager.ui.log_marks import LogMarks, looks_like
from render_manager.ui.log_pane import LogPane
from render_manager.ui.pools import Errands
from render_manager.ui.state_looks import FAILED
from render_manager.ui.theme import DARK, LIGHT, Theme, contrast, mixed


@pytest.mark.parametrize(
    ("line", "severity"),
    [
        ("Error: something", Severity.ERROR),
        ("# Error: line 3: no such node", Severity.ERROR),
        ("Traceback (most recent call last):", Severity.ERROR),
        ("# Warning: odd", Severity.WARNING),
        ("# render --error", None),
        ("Finished with 0 errors and no warnings", None),
        ("Errors: 0", None),
        ("Fra:1 Sample 1/10", None),
        ('@RM-1 {"error": ""}', None),
    ],
)
def test_lines_that_look_bad(line: str, severity: Severity | None) -> None:
    assert looks_like(line) is severity


def test_known_lines_get_their_meaning_and_others_a_fainter_mark(
    qtbot: QtBot, errands: Errands, tmp_path: Path
) -> None:
    path = write_lines(
        tmp_path / "a.log", "Blender 5.0", NO_CAMERA, "my add-on: error 7", "Warning: odd", "end"
    )
    index, marks = index_of(path, 0, path.stat().st_size), LogMarks(errands)
    with qtbot.waitSignal(marks.finished):
        marks.begin(index, blender())
    qtbot.waitUntil(lambda: len(marks.marks) == 3)
    known, unknown, odd = marks.marks
    assert known.meaning is not None
    assert "camera" in known.meaning.text
    assert known.meaning.advice
    assert index.line_at(known.offset) == 1
    assert (unknown.meaning, unknown.severity) == (None, Severity.ERROR)
    assert odd.severity is Severity.WARNING
    assert marks.counts == {Severity.ERROR: 2, Severity.WARNING: 1}
    assert marks.next(known.offset, 1, Severity.ERROR) is unknown
    assert marks.next(known.offset, -1) is odd
    assert marks.next(odd.offset, 1) is known


def test_marks_grow_with_the_log_and_go_with_its_end(qtbot: QtBot, errands: Errands, tmp_path: Path) -> None:
    path = write_lines(tmp_path / "a.log", "Blender 5.0")
    index, marks = index_of(path), LogMarks(errands)
    marks.begin(index, blender())
    with path.open("a") as file:
        file.write(f"fine\n{NO_CAMERA}\n{NO_CAMERA}")
    index.extend(index.look())
    marks.go_on()
    qtbot.waitUntil(lambda: len(marks.marks) == 1)
    index.close_at(17)
    marks.go_on()
    assert list(marks.marks) == []
    assert marks.counts[Severity.ERROR] == 0


def test_a_failed_attempt_opens_at_the_line_that_explains_it(
    qtbot: QtBot, theme: Theme, errands: Errands, tmp_path: Path
) -> None:
    lines = [STATUS.format(number=number) for number in range(400)]
    lines[200] = NO_CAMERA
    path = write_lines(tmp_path / "a.log", *lines)
    pane = shown_pane(qtbot, theme, errands)
    pane.show_attempts([ended(path, code="no-camera")], engine_id="blender")
    qtbot.waitUntil(lambda: pane.view.cursor_line == 200)
    assert 200 in pane.view.lines_in_sight()
    assert not pane.view.is_following
    qtbot.waitUntil(lambda: "camera" in pane.meaning.line.text())
    assert "errors" in pane.header._numbers[Severity.ERROR][1].toolTip()
    qtbot.mouseClick(pane.meaning.button, Qt.MouseButton.LeftButton)
    assert "What it means: " in pane.meaning.whole.text()
    assert "What to do: " in pane.meaning.whole.text()
    assert pane.meaning.whole.textInteractionFlags() & Qt.TextInteractionFlag.TextSelectableByMouse


def test_the_end_of_a_long_log_is_explained_before_the_rest_is_read(
    qtbot: QtBot, errands: Errands, tmp_path: Path
) -> None:
    lines = [STATUS.format(number=number) for number in range(30_000)]
    path = write_lines(tmp_path / "a.log", *lines, NO_CAMERA)
    index, marks = index_of(path, 0, path.stat().st_size), LogMarks(errands)
    marks.begin(index, blender(), reads_end=True)
    with qtbot.waitSignal(marks.end_marked):
        marks.mark_end_first()
    assert marks.reason("no-camera", "", is_sure=False) is not None
    assert marks.reason("other", "", is_sure=False) is None
    qtbot.waitUntil(lambda: not marks.is_under_way)
    assert len(marks.marks) == 1


def test_an_attempt_that_no_line_explains_says_why_it_failed(
    qtbot: QtBot, theme: Theme, errands: Errands, tmp_path: Path
) -> None:
    pane = shown_pane(qtbot, theme, errands)
    path = write_lines(tmp_path / "a.log", "one")
    pane.show_attempts([ended(path, code="killed", reason="The system ended it.", advice="Close programs.")])
    qtbot.waitUntil(lambda: pane.meaning.line.text() == "The system ended it. Close programs.")
    assert pane.view.is_following


def test_errors_are_gone_through_by_keys_buttons_and_the_ruler(
    qtbot: QtBot, theme: Theme, errands: Errands, tmp_path: Path
) -> None:
    lines = [STATUS.format(number=number) for number in range(400)]
    lines[100] = NO_CAMERA
    lines[300] = "add-on error"
    pane = shown_pane(qtbot, theme, errands)
    pane.show_attempts([attempt(write_lines(tmp_path / "a.log", *lines))], engine_id="blender")
    qtbot.waitUntil(lambda: len(pane.sheet.marks.marks) == 2)
    pane.view.verticalScrollBar().setValue(0)
    pane.step_error(1)
    assert pane.view.cursor_line == 100
    pane.step_error(1)
    assert pane.view.cursor_line == 300
    qtbot.waitUntil(lambda: "looks like an error" in pane.meaning.line.text())
    pane.step_error(1)
    assert pane.view.cursor_line == 100
    ruler = pane.sheet.ruler
    image = ruler.grab().toImage()
    place = 300 * ruler.height() // 400
    found = [y for y in range(place - 6, place + 6) if _is_reddish(image.pixelColor(ruler.width() // 2, y))]
    assert found
    qtbot.mouseClick(ruler, Qt.MouseButton.LeftButton, pos=QPoint(5, found[0]))
    assert pane.view.cursor_line == 300
    qtbot.mouseClick(ruler, Qt.MouseButton.LeftButton, pos=QPoint(5, ruler.height() // 2))
    assert pane.view.lines_in_sight().start in range(150, 250)


def test_marks_stand_in_the_margin(qtbot: QtBot, theme: Theme, errands: Errands, tmp_path: Path) -> None:
    pane = shown_pane(qtbot, theme, errands)
    pane.show_attempts([attempt(write_lines(tmp_path / "a.log", "fine", NO_CAMERA))], engine_id="blender")
    qtbot.waitUntil(lambda: pane.sheet.mark_of(1) is not None and pane.view.is_whole)
    image = pane.view.viewport().grab().toImage()
    height = pane.view.fontMetrics().lineSpacing()
    margin = {image.pixelColor(x, y).name() for x in range(18) for y in range(height, 2 * height)}
    above = {image.pixelColor(x, y).name() for x in range(18) for y in range(height - 2)}
    assert FAILED.name() in margin
    assert len(above) == 1


def test_an_explanation_of_our_script_stands_at_the_line_before_it(
    qtbot: QtBot, theme: Theme, errands: Errands, tmp_path: Path
) -> None:
    failed = '@RM-1 {"event": "frame_failed", "frame": 7, "error": "Error: Cannot render, no camera"}'
    pane = shown_pane(qtbot, theme, errands)
    pane.show_attempts([attempt(write_lines(tmp_path / "a.log", "one", failed, "two"))], engine_id="blender")
    qtbot.waitUntil(lambda: pane.sheet.index is not None and len(pane.sheet.index) == 2)
    qtbot.waitUntil(lambda: not pane.sheet.marks.is_under_way)
    if pane.sheet.marks.marks:
        assert pane.sheet.mark_of(0) is not None
        assert pane.sheet.mark_of(1) is None


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=["dark", "light"])
def test_text_stands_out_from_what_is_tinted(theme: Theme) -> None:
    from render_manager.ui.log_painting import LogPainter
    from render_manager.ui.state_looks import Icons

    painter = LogPainter(theme, Icons(theme))
    for ground in (painter.found, painter.found_here):
        assert contrast(theme.text, ground) >= 4.5, ground.name()
    for text in (theme.text, theme.bad_text, theme.warning_text, theme.dim_text):
        assert contrast(text, painter.differing) >= 4.5, (text.name(), painter.differing.name())
    assert mixed(theme.pane, theme.accent, 0) == theme.pane


def _is_reddish(color: QColor) -> bool:
    return color.red() > color.green() + 40


def test_the_pane_says_when_nothing_looks_bad(
    qtbot: QtBot, theme: Theme, errands: Errands, tmp_path: Path
) -> None:
    pane: LogPane = shown_pane(qtbot, theme, errands)
    pane.show_attempts([attempt(write_lines(tmp_path / "a.log", "fine"))])
    pane.step_error(1)
    assert "No line" in pane.note.text()


def test_the_explained_line_stays_in_sight_when_the_explanation_takes_its_room(
    qtbot: QtBot, theme: Theme, errands: Errands, tmp_path: Path
) -> None:
    lines = ["fine"] * 40
    lines[20] = NO_CAMERA
    pane = shown_pane(qtbot, theme, errands, height=160)
    pane.show_attempts(
        [ended(write_lines(tmp_path / "a.log", *lines), code="no-camera")], engine_id="blender"
    )
    qtbot.waitUntil(lambda: pane.view.cursor_line == 20)
    pane.find_bar.open_bar()
    pane.meaning.button.setChecked(True)
    qtbot.waitUntil(pane.meaning.whole.isVisible)
    assert 20 in pane.view.lines_in_sight()
