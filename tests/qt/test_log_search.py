from array import array
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from qt.log_support import ended, index_of, shown_pane, write_lines
from render_manager.domain.errors import UserError
from render_manager.ui.log_finder import LogFinder
from render_manager.ui.log_pane import LogPane
from render_manager.ui.log_search import Query, matcher
from render_manager.ui.pools import Errands
from render_manager.ui.theme import Theme

HOSTILE = "(a+)+$"


@given(
    lines=st.lists(st.text(alphabet="abAB ö@RM.", max_size=12), max_size=30),
    words=st.text(alphabet="abAö.", min_size=1, max_size=3),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
)
def test_text_is_found_in_the_lines_that_hold_it(lines: list[str], words: str, end: str) -> None:
    data = "".join(line + end for line in lines).encode()
    begins, at = [], 100
    for line in lines:
        if words.lower() in line.lower() and not line.startswith("@RM"):
            begins.append(at)
        at += len((line + end).encode())
    for is_pattern in (False, True):
        text = words.replace(".", r"\.") if is_pattern else words
        assert list(matcher(Query(text, is_pattern)).find(data, 100, shows_all=False).lines) == begins


def test_hidden_lines_are_found_only_where_they_are_shown() -> None:
    data = b'@RM-1 {"a": 1}\n[2026.03.23-02.10.11:201][ 41]LogPython: @RM-1 {"a": 1}\nplain a\n'
    find = matcher(Query("a"))
    assert len(find.find(data, 0, shows_all=False).lines) == 1
    assert len(find.find(data, 0, shows_all=True).lines) == 3


def test_a_bad_pattern_is_told_and_a_slow_one_is_given_up() -> None:
    with pytest.raises(UserError, match="not a regular expression"):
        matcher(Query("(", is_pattern=True))
    slow = matcher(Query(HOSTILE, is_pattern=True))
    assert slow.find(b"a" * 3000 + b"b\n", 0, shows_all=True).is_given_up
    assert slow.spans("a" * 3000 + "b") == []


def test_matches_are_counted_while_the_log_grows(qtbot: QtBot, errands: Errands, tmp_path: Path) -> None:
    path = write_lines(tmp_path / "a.log", *["one", "two"] * 20_000)
    index, finder = index_of(path), LogFinder(errands)
    finder.show_index(index)
    finder.search(Query("TWO"))
    qtbot.waitUntil(lambda: len(finder.lines) == 20_000 and not finder.is_under_way)
    assert isinstance(finder.lines, array)
    assert finder.place == 1
    with path.open("a") as file:
        file.write("two\ntwo")
    index.extend(index.look())
    finder.go_on()
    qtbot.waitUntil(lambda: len(finder.lines) == 20_001)
    finder.search(Query("three"))
    qtbot.waitUntil(lambda: not finder.is_under_way)
    assert len(finder.lines) == 0
    finder.search(None)
    assert finder.matcher is None


@pytest.fixture
def pane(qtbot: QtBot, theme: Theme, errands: Errands, tmp_path: Path) -> LogPane:
    lines = [f"line {number}" for number in range(500)]
    lines[100] = lines[300] = "a needle"
    lines[400] = "a NEEDLE"
    pane = shown_pane(qtbot, theme, errands)
    pane.show_attempts([ended(write_lines(tmp_path / "a.log", *lines))])
    qtbot.waitUntil(lambda: pane.sheet.index is not None and len(pane.sheet.index) == 500)
    pane.view.verticalScrollBar().setValue(0)
    return pane


def test_typing_goes_to_the_first_match_and_return_to_the_next(qtbot: QtBot, pane: LogPane) -> None:
    bar = pane.find_bar
    bar.open_bar()
    qtbot.keyClicks(bar.field, "needle")
    qtbot.waitUntil(lambda: bar.count.text() == "1 of 3")
    assert pane.view.cursor_line == 100
    assert 100 in pane.view.lines_in_sight()
    for expected in (300, 400):
        qtbot.keyClick(bar.field, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda line=expected: pane.view.cursor_line == line)
    assert pane.note.text() == ""
    qtbot.keyClick(bar.field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: pane.view.cursor_line == 100)
    assert "other end" in pane.note.text()
    qtbot.keyClick(bar.field, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: bar.count.text() == "3 of 3")
    qtbot.keyClick(bar.field, Qt.Key.Key_Escape)
    assert not bar.isVisible()
    assert pane.view.tints.matcher is None


def test_matches_are_painted(qtbot: QtBot, pane: LogPane) -> None:
    bar = pane.find_bar
    bar.open_bar()
    qtbot.keyClicks(bar.field, "needle")
    qtbot.waitUntil(lambda: pane.view.cursor_line == 100 and pane.view.is_whole)
    image = pane.view.viewport().grab().toImage()
    colors = {
        image.pixelColor(x, y).name() for x in range(image.width()) for y in range(0, image.height(), 3)
    }
    assert pane.view._painter.found_here.name() in colors


def test_a_pattern_can_be_looked_for(qtbot: QtBot, pane: LogPane) -> None:
    bar = pane.find_bar
    bar.open_bar()
    qtbot.mouseClick(bar.pattern, Qt.MouseButton.LeftButton)
    qtbot.keyClicks(bar.field, "line 4[0-9]$")
    qtbot.waitUntil(lambda: bar.count.text() == "1 of 10")
    bar.field.setText("(")
    qtbot.waitUntil(lambda: bar.count.text() == "no pattern")
    assert "not a regular expression" in bar.count.toolTip()
    bar.field.setText("nothing of the kind")
    qtbot.waitUntil(lambda: bar.count.text() == "not found")


def test_a_pattern_that_takes_too_long_is_given_up(
    qtbot: QtBot, theme: Theme, errands: Errands, tmp_path: Path
) -> None:
    pane = shown_pane(qtbot, theme, errands)
    pane.show_attempts([ended(write_lines(tmp_path / "a.log", "a" * 3000 + "b"))])
    qtbot.waitUntil(lambda: pane.sheet.index is not None and len(pane.sheet.index) == 1)
    pane.find_bar.open_bar()
    pane.find_bar.pattern.setChecked(True)
    pane.find_bar.field.setText(HOSTILE)
    qtbot.waitUntil(lambda: pane.find_bar.count.text() == "takes too long")


def test_a_match_far_to_the_right_is_brought_into_sight(
    qtbot: QtBot, theme: Theme, errands: Errands, tmp_path: Path
) -> None:
    lines = [f"line {number}" for number in range(2000)]
    lines[1500] = "x" * 1000 + " needle"
    pane = shown_pane(qtbot, theme, errands)
    pane.show_attempts([ended(write_lines(tmp_path / "a.log", *lines))])
    qtbot.waitUntil(lambda: pane.sheet.index is not None and len(pane.sheet.index) == 2000)
    pane.view.verticalScrollBar().setValue(0)
    pane.find_bar.open_bar()
    qtbot.keyClicks(pane.find_bar.field, "needle")
    qtbot.waitUntil(lambda: pane.view.horizontalScrollBar().value() > 1000)
