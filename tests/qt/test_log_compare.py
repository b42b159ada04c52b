from pathlib import Path

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from qt.log_support import attempt, ended, shown_pane, write_lines
from render_manager.domain.states import AttemptOutcome
from render_manager.ui.log_compare import Comparison, Together, compare, read_side, time_of
from render_manager.ui.log_pane import LogPane
from render_manager.ui.pools import Errands
from render_manager.ui.theme import Theme


def compared(tmp_path: Path, left: list[str], right: list[str]) -> Comparison:
    sides = []
    for name, lines in (("left", left), ("right", right)):
        path = write_lines(tmp_path / f"{name}.log", *lines)
        sides.append(read_side(path, 0, path.stat().st_size, shows_all=False))
    return compare(*sides)


def test_lines_that_only_one_log_has_differ_and_numbers_do_not_count(tmp_path: Path) -> None:
    left = ["Memory 12.5 MB", "only here", "", "@RM-1 {}", "same", "0x7f13 at 3"]
    right = ["Memory 9 MB", "same", "", "only there", "0xffff at 4"]
    found = compared(tmp_path, left, right)
    assert list(found.left_differs) == [0, 1, 0, 0, 0]
    assert list(found.right_differs) == [0, 0, 0, 1, 0]
    assert found.joints == [(0, 0), (3, 1), (4, 4)]


def test_lines_are_beside_those_that_say_the_same(tmp_path: Path) -> None:
    left = ["begin", *["x"] * 10, "middle", *["x"] * 10, "end"]
    right = ["begin", *["x"] * 30, "middle", *["x"] * 5, "end", "more"]
    found = compared(tmp_path, left, right)
    beside = [found.partner(line, is_left=True, together=Together.MATCHES) for line in (0, 11, 22, 23)]
    assert beside == [0, 31, 37, 38]
    assert found.partner(31, is_left=False, together=Together.MATCHES) == 11
    assert found.partner(7, is_left=True, together=Together.NUMBERS) == 7


def test_lines_are_beside_those_of_the_same_time(tmp_path: Path) -> None:
    left = [f"[2026.03.23-02.10.{second:02}:000][  1]Log: left" for second in range(10, 20)]
    right = [f"[2026.03.23-05.40.{second // 2:02}:500][  1]Log: right" for second in range(20, 60)]
    found = compared(tmp_path, left, right)
    assert found.has_times
    assert found.partner(4, is_left=True, together=Together.TIME) == 8


def test_times_of_the_engines_are_read() -> None:
    assert time_of(b"00:00:09   514MB | 100% done") == 9
    assert time_of(b"00:01.500  cycles | x") == 61 - 60 + 0.5
    assert time_of(b"[2026.03.23-02.10.11:201][ 41]LogPython: x") == 2 * 3600 + 10 * 60 + 11.201
    assert time_of(b"Fra:1 Mem:10.06M (Peak 10.83M) | Time:00:02.17 | x") == 2.17
    assert time_of(b"no time at all 12") is None


def test_what_is_too_long_is_cut_and_told(tmp_path: Path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr("render_manager.ui.log_compare.MOST_BYTES", 8)
    path = write_lines(tmp_path / "a.log", "one", "two", "three")
    side = read_side(path, 0, path.stat().st_size, shows_all=True)
    assert (side.is_cut, len(side.keys)) == (True, 2)


def compared_pane(qtbot: QtBot, theme: Theme, errands: Errands, tmp_path: Path) -> LogPane:
    first = [f"step {'ab'[number % 2]}" for number in range(300)]
    second = ["head", *first[:150], "boom", *first[150:]]
    pane = shown_pane(qtbot, theme, errands, 700, 300)
    tries = [
        ended(write_lines(tmp_path / "1.log", *first), 1),
        ended(write_lines(tmp_path / "2.log", *second), 2),
    ]
    good = ended(write_lines(tmp_path / "3.log", *first), 1, frame=6, outcome=AttemptOutcome.COMPLETED)
    pane.show_attempts(tries, neighbours=[good])
    qtbot.waitUntil(lambda: pane.sheet.index is not None and len(pane.sheet.index) == 302)
    return pane


def test_two_attempts_stand_side_by_side(
    qtbot: QtBot, theme: Theme, errands: Errands, tmp_path: Path
) -> None:
    pane = compared_pane(qtbot, theme, errands, tmp_path)
    assert [words for words, _one in pane.others] == ["attempt 1: failed", "frame 6, attempt 1: completed"]
    pane.compare_with(pane.others[0][1])
    qtbot.waitUntil(lambda: pane.comparing.comparison is not None)
    assert pane.comparing.right.isVisible()
    assert "2 on the left, 0 on the right" in pane.comparing.result.text()
    assert [line for line in range(302) if pane.view.tints.differs(line)] == [0, 151]
    pane.view.verticalScrollBar().setValue(40)
    assert pane.comparing.right.view.verticalScrollBar().value() in range(38, 42)
    pane.comparing.together.setCurrentIndex(pane.comparing.together.findData(Together.NUMBERS))
    pane.comparing.right.view.verticalScrollBar().setValue(77)
    assert pane.view.verticalScrollBar().value() == 77
    qtbot.keyClick(pane.view, Qt.Key.Key_Escape)
    assert not pane.comparing.right.isVisible()
    assert not pane.view.tints.differs(0)


def test_a_narrow_pane_shows_one_log_above_the_other(
    qtbot: QtBot, theme: Theme, errands: Errands, tmp_path: Path
) -> None:
    pane = compared_pane(qtbot, theme, errands, tmp_path)
    pane.compare_with(pane.others[1][1])
    assert pane.sheets.orientation() is Qt.Orientation.Horizontal
    pane.resize(350, 300)
    assert pane.sheets.orientation() is Qt.Orientation.Vertical


def test_another_frame_ends_the_comparison_and_another_attempt_does_not(
    qtbot: QtBot, theme: Theme, errands: Errands, tmp_path: Path
) -> None:
    pane = compared_pane(qtbot, theme, errands, tmp_path)
    pane.compare_with(pane.others[1][1])
    qtbot.waitUntil(lambda: pane.comparing.comparison is not None)
    pane.choose(1)
    assert pane.comparing.comparison is None
    qtbot.waitUntil(lambda: pane.comparing.comparison is not None)
    assert "0 on the left, 0 on the right" in pane.comparing.result.text()
    pane.show_attempts([attempt(tmp_path / "1.log", frame=9)])
    assert not pane.comparing.isVisible()


def test_logs_are_compared_again_once_they_grow_or_go(
    qtbot: QtBot, theme: Theme, errands: Errands, tmp_path: Path
) -> None:
    path, other = write_lines(tmp_path / "1.log", "a"), write_lines(tmp_path / "2.log", "a")
    pane = shown_pane(qtbot, theme, errands, 700, 300)
    pane.show_attempts([ended(other, 1), attempt(path, 2)])
    qtbot.waitUntil(lambda: pane.sheet.index is not None and len(pane.sheet.index) == 1)
    pane.compare_with(pane.others[0][1])
    qtbot.waitUntil(lambda: pane.comparing.comparison is not None)
    with path.open("a") as file:
        file.write("new\n")
    qtbot.waitUntil(lambda: "1 on the left" in pane.comparing.result.text())
    other.unlink()
    pane.comparing.compare_again()
    qtbot.waitUntil(lambda: "cannot be read" in pane.comparing.result.text())
