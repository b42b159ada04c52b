import threading
from array import array
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QGuiApplication
from pytestqt.qtbot import QtBot

from render_manager.domain.changes import AttemptRecord
from render_manager.domain.states import AttemptOutcome
from render_manager.ui.log_index import LogIndex
from render_manager.ui.log_lines import LogLines
from render_manager.ui.log_pane import LogPane
from render_manager.ui.log_view import LogView
from render_manager.ui.pools import Errands
from render_manager.ui.theme import DARK, Theme


def index_of(path: Path, start: int = 0, end: int | None = None) -> LogIndex:
    index = LogIndex(path, start, end)
    while index.extend(index.look()):
        pass
    return index


def attempt(path: Path, number: int = 1, start: int = 0, end: int | None = None) -> AttemptRecord:
    outcome = AttemptOutcome.RUNNING if end is None else AttemptOutcome.FAILED
    return AttemptRecord(1, 7, number, outcome, 0.0, log_path=str(path), log_start=start, log_end=end)


def test_lines_are_found_whatever_ends_them(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_bytes(b"one\ntwo\r\nthree\rfour")
    index = index_of(path)
    assert index.lines(0, 10) == ["one", "two", "three", "four"]
    assert len(index) == 4
    assert index.lines(1, 3) == ["two", "three"]
    assert index.lines(3, 2) == []


def test_only_the_attempts_part_of_the_file_is_shown(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_bytes(b"before\nmine\nalso mine\nafter\n")
    index = index_of(path, 7, 7 + len(b"mine\nalso mine\n"))
    assert index.lines(0, 10) == ["mine", "also mine"]


def test_a_growing_log_is_continued_where_it_was(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_bytes(b"one\nhal")
    index = index_of(path)
    assert index.lines(0, 5) == ["one", "hal"]
    with path.open("ab") as file:
        file.write(b"f\nthree\n")
    assert index.extend(index.look())
    assert index.lines(0, 5) == ["one", "half", "three"]
    assert not index.extend(index.look())


def test_a_log_that_is_gone_or_never_was_shows_nothing(tmp_path: Path) -> None:
    index = index_of(tmp_path / "none.log")
    assert len(index) == 0
    assert index.lines(0, 5) == []


def test_nothing_hostile_reaches_the_screen(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_bytes(b"\x1b[31mred\x07\x00\tend\xff\n" + b"x" * 10_000_000 + b"\nlast\n")
    index = index_of(path)
    first, long, last = index.lines(0, 3)
    assert "\x1b" not in first
    assert "\x00" not in first
    assert "red" in first
    assert len(long) <= 4000
    assert last == "last"


@given(
    pieces=st.lists(
        st.sampled_from([b"a", b"@", b"@R", b"M", b"@RM-1", b"\n", b"\r\n", b"\r", "ö".encode()]), max_size=60
    ),
    cut=st.integers(0, 60),
)
@example(pieces=[b"aaaaaaa", b"\r", b"\n"], cut=2)
def test_reading_in_pieces_gives_the_same_lines(tmp_path_factory, pieces, cut) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path_factory.mktemp("log") / "a.log"
    path.write_bytes(b"".join(pieces[:cut]))
    index = index_of(path)
    with path.open("ab") as file:
        file.write(b"".join(pieces[cut:]) + b"end\n")
    while index.extend(index.look()):
        pass
    whole = path.read_bytes().replace(b"\r\n", b"\n").replace(b"\r", b"\n").decode().split("\n")[:-1]
    for shows_all in (False, True):
        index.shows_all = shows_all
        expected = [line for line in whole if shows_all or not line.startswith("@RM")]
        assert index.lines(0, 1000) == expected
        assert len(index) == len(expected)


def test_lines_of_our_own_script_are_hidden(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_bytes(b"@RM-12 {}\none\n@RM-12 {}\n@RM-12 {}\ntwo @RM\n@RM-12 {}\n@R")
    index = index_of(path)
    assert len(index) == 2
    assert index.lines(0, 9) == ["one", "two @RM"]
    assert index.lines(1, 2) == ["two @RM"]
    with path.open("ab") as file:
        file.write(b"M-12 {}\n@Rest\n")
    index.extend(index.look())
    assert index.lines(0, 9) == ["one", "two @RM", "@Rest"]
    index.shows_all = True
    assert len(index) == 8
    assert index.lines(0, 2) == ["@RM-12 {}", "one"]


def test_the_end_of_an_attempt_hides_what_is_anothers(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_bytes(b"one\n@RM-1 {}\n@RM-1 {}\ntwo\n@RM-1\n")
    index = index_of(path)
    for end, lines in ((26, ["one", "two"]), (22, ["one"]), (13, ["one"]), (4, ["one"])):
        index.close_at(end)
        assert (len(index), index.lines(0, 9)) == (len(lines), lines)


def test_a_million_lines_cost_eight_megabytes(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_bytes(b"Fra:1 Mem:1M | Sample 1/10\n" * 1_000_000)
    index = index_of(path)
    assert len(index) == 1_000_000
    assert isinstance(index._starts, array)
    assert index._starts.itemsize * len(index._starts) < 9_000_000
    assert index.lines(999_999, 1_000_001) == ["Fra:1 Mem:1M | Sample 1/10"]


@pytest.fixture
def view(qtbot: QtBot, theme: Theme, errands: Errands, tmp_path: Path) -> LogView:
    view = LogView(theme, errands)
    qtbot.addWidget(view)
    view.resize(400, 200)
    view.show()
    qtbot.waitExposed(view)
    path = tmp_path / "view.log"
    path.write_text("".join(f"line {number}\n" for number in range(1000)) + "Error: no camera\n")
    view.show_index(index_of(path))
    qtbot.waitUntil(lambda: None not in view._lines.get(990, 1001))
    return view


def test_the_view_keeps_to_the_end_until_the_user_scrolls_up(qtbot: QtBot, view: LogView) -> None:
    bar = view.verticalScrollBar()
    assert bar.value() == bar.maximum() > 0
    with qtbot.waitSignal(view.follow_changed):
        qtbot.keyClick(view, Qt.Key.Key_Home)
    assert bar.value() == 0
    assert not view.is_following
    view.lines_changed()
    assert bar.value() == 0
    qtbot.keyClick(view, Qt.Key.Key_End)
    assert view.is_following


def test_lines_can_be_selected_and_copied(qtbot: QtBot, view: LogView) -> None:
    qtbot.keyClick(view, Qt.Key.Key_Home)
    height = view.fontMetrics().lineSpacing()
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(4, 2))
    point = QPoint(4, 2 * height + 2)
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier, pos=point)
    with qtbot.waitSignal(view.copied) as signal:
        view.copy()
    assert signal.args == [3, 3]
    assert QGuiApplication.clipboard().text() == "line 0\nline 1\nline 2"
    qtbot.keyClick(view, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert len(view.selected_lines()) == 1001


def test_errors_stand_out(view: LogView) -> None:
    image = view.viewport().grab().toImage()
    height = view.fontMetrics().lineSpacing()
    last = view._lines_in_sight() - 1
    colors = {
        image.pixelColor(x, y).name()
        for x in range(8, 150)
        for y in range(last * height, (last + 1) * height)
    }
    assert QColor("#d55e00").name() in colors or any(_is_reddish(QColor(name)) for name in colors)
    assert DARK.pane.name() in colors


def test_painting_reads_no_file(qtbot: QtBot, view: LogView, monkeypatch: pytest.MonkeyPatch) -> None:
    readers: list[str] = []
    open_file = Path.open

    def watched(path: Path, *args: str) -> Any:
        readers.append(threading.current_thread().name)
        return open_file(path, *args)

    monkeypatch.setattr(Path, "open", watched)
    view.viewport().repaint()
    assert readers == [], "everything in sight is known"
    view.verticalScrollBar().setValue(0)
    view.viewport().repaint()
    qtbot.waitUntil(lambda: view._lines.get(0, 3) == ["line 0", "line 1", "line 2"])
    assert threading.main_thread().name not in readers


def test_a_long_line_can_be_scrolled_to(qtbot: QtBot, theme: Theme, errands: Errands, tmp_path: Path) -> None:
    path = tmp_path / "wide.log"
    path.write_text("x" * 500 + "\n")
    view = LogView(theme, errands)
    qtbot.addWidget(view)
    view.resize(400, 200)
    view.show()
    view.show_index(index_of(path))
    qtbot.waitUntil(lambda: view.horizontalScrollBar().maximum() > 400)


def test_a_growing_last_line_is_read_again(
    qtbot: QtBot, theme: Theme, errands: Errands, tmp_path: Path
) -> None:
    path = tmp_path / "a.log"
    path.write_text("one\nha")
    index = index_of(path)
    lines = LogLines(errands)
    lines.show_index(index)
    qtbot.waitUntil(lambda: lines.get(0, 2) == ["one", "ha"])
    with path.open("a") as file:
        file.write("lf\nthree\n")
    index.extend(index.look())
    qtbot.waitUntil(lambda: lines.get(0, 3) == ["one", "half", "three"])
    index.close_at(5)
    qtbot.waitUntil(lambda: lines.get(0, 3) == ["one", "h"])
    path.unlink()
    lines.show_index(index)
    qtbot.waitUntil(lambda: lines.get(0, 3) == ["", ""])


def test_our_scripts_lines_are_shown_and_copied_only_if_wished(
    qtbot: QtBot, theme: Theme, errands: Errands, tmp_path: Path
) -> None:
    path = tmp_path / "a.log"
    path.write_text("# head\n@RM-1 {}\nSample 1\n@RM-1 {}\n")
    pane = LogPane(theme=theme, errands=errands)
    qtbot.addWidget(pane)
    pane.show()
    pane.show_attempts([attempt(path, end=path.stat().st_size)])
    qtbot.waitUntil(lambda: pane.view._lines.get(0, 9) == ["# head", "Sample 1"])
    assert not pane.shows_everything

    def copied() -> str:
        qtbot.keyClick(pane.view, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        with qtbot.waitSignal(pane.view.copied) as signal:
            pane.view.copy()
        assert signal.args[0] == signal.args[1]
        return QGuiApplication.clipboard().text()

    assert copied() == "# head\nSample 1"
    pane.set_everything(True)
    qtbot.waitUntil(lambda: pane.view._lines.get(0, 9) == ["# head", "@RM-1 {}", "Sample 1", "@RM-1 {}"])
    assert copied() == "# head\n@RM-1 {}\nSample 1\n@RM-1 {}"
    pane.show_attempts([attempt(path, number=2, end=path.stat().st_size)])
    qtbot.waitUntil(lambda: len(pane.view._lines.get(0, 9)) == 4)


def test_too_much_for_the_clipboard_is_said(
    qtbot: QtBot, theme: Theme, errands: Errands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("render_manager.ui.log_copying.MOST_BYTES_COPIED", 20)
    path = tmp_path / "a.log"
    path.write_text("line one\nline two\nline three\n")
    pane = LogPane(theme=theme, errands=errands)
    qtbot.addWidget(pane)
    pane.show()
    pane.show_attempts([attempt(path, end=path.stat().st_size)])
    qtbot.waitUntil(lambda: pane.sheet.index is not None and len(pane.sheet.index) == 3)
    qtbot.keyClick(pane.view, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    with qtbot.waitSignal(pane.view.copied):
        pane.view.copy()
    assert QGuiApplication.clipboard().text() == "line one\nline two"
    assert "2 of 3" in pane.note.text()


def test_what_was_read_past_the_end_is_taken_back(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_text("mine\nalso mine\nanother's\nanother's\n")
    index = index_of(path)
    assert len(index) == 4
    index.close_at(15)
    assert index.lines(0, 10) == ["mine", "also mine"]
    late = LogIndex(path)
    extension = late.look()
    late.close_at(15)
    assert late.extend(extension)
    assert late.lines(0, 10) == ["mine", "also mine"]
    assert not late.extend(late.look())


def test_the_box_follows_when_another_log_is_followed(
    qtbot: QtBot, theme: Theme, errands: Errands, tmp_path: Path
) -> None:
    first, second = tmp_path / "1.log", tmp_path / "2.log"
    for path in (first, second):
        path.write_text("line\n" * 500)
    pane = LogPane(theme=theme, errands=errands)
    qtbot.addWidget(pane)
    pane.show()
    pane.show_attempts([attempt(first)])
    qtbot.waitUntil(lambda: pane.view.verticalScrollBar().maximum() > 0)
    qtbot.keyClick(pane.view, Qt.Key.Key_Home)
    assert not pane.view.is_following
    pane.show_attempts([replace(attempt(second), frame=8)])
    assert pane.view.is_following


def _is_reddish(color: QColor) -> bool:
    return color.red() > color.green() + 60


def test_the_pane_follows_a_live_log_and_stops_at_the_attempts_end(
    qtbot: QtBot, theme: Theme, errands: Errands, tmp_path: Path
) -> None:
    path = tmp_path / "live.log"
    path.write_text("start\n")
    pane = LogPane(theme=theme, errands=errands)
    qtbot.addWidget(pane)
    pane.show()
    pane.show_attempts([attempt(path)])
    qtbot.waitUntil(lambda: pane.sheet.index is not None and len(pane.sheet.index) == 1)
    with path.open("a") as file:
        file.write("more\n")
    qtbot.waitUntil(lambda: pane.sheet.index is not None and len(pane.sheet.index) == 2)
    size = path.stat().st_size
    with path.open("a") as file:
        file.write("another frame's\n")
    qtbot.waitUntil(lambda: pane.sheet.index is not None and len(pane.sheet.index) == 3)
    pane.show_attempts([attempt(path, end=size)])
    assert pane.sheet.index is not None
    assert len(pane.sheet.index) == 2
    qtbot.waitUntil(lambda: not pane.sheet.looking.isActive())


def test_the_last_attempt_is_shown_and_earlier_ones_can_be_chosen(
    qtbot: QtBot, theme: Theme, errands: Errands, tmp_path: Path
) -> None:
    first, second = tmp_path / "1.log", tmp_path / "2.log"
    first.write_text("first try\n")
    second.write_text("second try\n")
    pane = LogPane(theme=theme, errands=errands)
    qtbot.addWidget(pane)
    pane.show()
    tries = [attempt(first, 1, end=10), attempt(second, 2, end=11)]
    pane.show_attempts(tries)
    shown = lambda: [] if pane.sheet.index is None else pane.sheet.index.lines(0, 5)  # noqa: E731
    qtbot.waitUntil(lambda: shown() == ["second try"])
    pane.choose(1)
    qtbot.waitUntil(lambda: shown() == ["first try"])
    # News of the same attempts keep what the user chose; a further attempt takes over.
    pane.show_attempts([tries[0], replace(tries[1], reason="x")])
    assert pane.attempt is not None
    assert pane.attempt.number == 1
    pane.show_attempts([*tries, attempt(second, 3, end=11)])
    assert pane.attempt.number == 3
    pane.show_attempts([])
    assert pane.attempt is None


@pytest.mark.parametrize(
    "line", ["LogPython: ", "LogPython: Display: ", "[2026.03.23-02.10.11:201][ 41]LogPython: "]
)
def test_lines_of_our_script_in_unreal_are_hidden_too(tmp_path: Path, line: str) -> None:
    path = tmp_path / "a.log"
    ours = f'{line}@RM-12 {{"event": 1}}\n'.encode()
    theirs = f"{line}said @RM-12\n".encode()
    path.write_bytes(b"one\n" + ours + theirs + ours[:-8])
    index = index_of(path)
    assert index.lines(0, 9) == ["one", theirs.decode().strip()]
    with path.open("ab") as file:
        file.write(ours[-8:])
    index.extend(index.look())
    assert index.lines(0, 9) == ["one", theirs.decode().strip()]
    index.shows_all = True
    assert len(index) == 4


@given(cut=st.integers(0, 60))
def test_a_line_of_unreal_that_arrives_in_pieces_is_known(tmp_path_factory, cut) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path_factory.mktemp("log") / "a.log"
    lines = (
        b"[2026.03.23-02.10.11:201][ 41]LogPython: @RM-1 {}\n[2026.03.23-02.10.11:201][ 41]LogRender: one\n"
    )
    path.write_bytes(b"first\n" + lines[:cut])
    index = index_of(path)
    with path.open("ab") as file:
        file.write(lines[cut:])
    while index.extend(index.look()):
        pass
    assert index.lines(0, 9) == ["first", "[2026.03.23-02.10.11:201][ 41]LogRender: one"]


def test_offsets_and_lines_belong_together(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_bytes(b"@RM-1\none\n@RM-1\n@RM-1\ntwo\nthree\n@RM-1\n")
    index = index_of(path)
    assert [index.line_at(offset) for offset in (0, 6, 9, 10, 16, 22, 26, 34)] == [0, 0, 0, 0, 0, 1, 2, 2]
    assert [index.start_of(line) for line in range(4)] == [6, 22, 26, index.read_to]
    index.shows_all = True
    assert [index.line_at(offset) for offset in (0, 6, 10, 16, 22)] == [0, 1, 2, 3, 4]


def shown(qtbot: QtBot, theme: Theme, errands: Errands, path: Path) -> LogPane:
    pane = LogPane(theme=theme, errands=errands)
    qtbot.addWidget(pane)
    pane.show()
    pane.show_attempts([attempt(path)])
    return pane


def test_a_log_that_is_cut_short_is_shown_anew(
    qtbot: QtBot, theme: Theme, errands: Errands, tmp_path: Path
) -> None:
    path = tmp_path / "a.log"
    path.write_text("one\ntwo\nthree\n")
    pane = shown(qtbot, theme, errands, path)
    qtbot.waitUntil(lambda: pane.view._lines.get(0, 9) == ["one", "two", "three"])
    path.write_text("new\n")
    qtbot.waitUntil(lambda: pane.view._lines.get(0, 9) == ["new"])
    assert "cut short" in pane.trouble.text()
    assert str(path) in pane.trouble.text()


def test_a_log_that_is_replaced_or_gone_is_told(
    qtbot: QtBot, theme: Theme, errands: Errands, tmp_path: Path
) -> None:
    path, other = tmp_path / "a.log", tmp_path / "b.log"
    path.write_text("one\n")
    other.write_text("another one\nand more\n")
    pane = shown(qtbot, theme, errands, path)
    qtbot.waitUntil(lambda: pane.view._lines.get(0, 9) == ["one"])
    other.replace(path)
    qtbot.waitUntil(lambda: pane.view._lines.get(0, 9) == ["another one", "and more"])
    assert "replaced" in pane.trouble.text()
    path.unlink()
    qtbot.waitUntil(lambda: "not there any more" in pane.trouble.text())
    pane.show_attempts([])
    assert not pane.trouble.isVisible()


def test_a_log_that_does_not_exist_yet_is_no_trouble(
    qtbot: QtBot, theme: Theme, errands: Errands, tmp_path: Path
) -> None:
    path = tmp_path / "a.log"
    pane = shown(qtbot, theme, errands, path)
    qtbot.wait(0)
    path.write_text("there\n")
    qtbot.waitUntil(lambda: pane.view._lines.get(0, 9) == ["there"])
    assert not pane.trouble.isVisible()


def test_the_whole_log_of_the_worker_can_be_shown(
    qtbot: QtBot, theme: Theme, errands: Errands, tmp_path: Path
) -> None:
    path = tmp_path / "a.log"
    path.write_text("before\nmine\nafter\n")
    pane = LogPane(theme=theme, errands=errands)
    qtbot.addWidget(pane)
    pane.show()
    pane.show_attempts([attempt(path, start=7, end=12)])
    qtbot.waitUntil(lambda: pane.view._lines.get(0, 9) == ["mine"])
    pane.show_whole()
    qtbot.waitUntil(lambda: pane.view._lines.get(0, 9) == ["before", "mine", "after"])
    pane.show_attempts([attempt(path, start=7, end=12)])
    assert pane.shows_whole, "news of the same frame keep the choice"
    pane.show_attempts([replace(attempt(path, start=7, end=12), frame=9)])
    assert not pane.shows_whole


def test_long_lines_can_be_wrapped(qtbot: QtBot, theme: Theme, errands: Errands, tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_text("".join(f"{number} " + "x" * 200 + "\n" for number in range(200)))
    view = LogView(theme, errands)
    qtbot.addWidget(view)
    view.resize(400, 200)
    view.show()
    view.show_index(index_of(path))
    qtbot.waitUntil(lambda: view.is_whole)
    view.set_wrapped(True)
    assert view.horizontalScrollBar().maximum() == 0
    qtbot.waitUntil(lambda: 0 < len(view.lines_in_sight()) < 6)
    assert view.lines_in_sight().stop == 200, "the last line is in sight"
    bar = view.verticalScrollBar()
    assert bar.value() == bar.maximum()
    before = view.lines_in_sight()
    qtbot.keyClick(view, Qt.Key.Key_Up)
    qtbot.waitUntil(lambda: view.is_whole)
    assert view.lines_in_sight().start in (before.start, before.start - 1)
    assert not view.is_following
    bar.setValue(0)
    qtbot.waitUntil(lambda: view.is_whole)
    height = view.fontMetrics().lineSpacing()
    rows = len(view._placed()[0].rows)
    assert rows > 2
    point = QPoint(30, rows * height + 2)
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=point)
    assert view.cursor_line == 1
    view.set_wrapped(False)
    assert view.horizontalScrollBar().maximum() > 0


def test_rubbish_and_endless_lines_are_shown_as_what_they_are(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_bytes(bytes(range(128, 256)) * 20 + b"\n" + b"y" * 2_000_000 + b"\nlast")
    first, second, last = index_of(path).lines(0, 5)
    assert set(first) <= {"·"}
    assert len(second) == 4000
    assert last == "last"
