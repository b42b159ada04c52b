"""The analysis page: many scenes, pictures, what is remembered, what can be undone."""

import errno
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QAbstractItemModel, QItemSelectionModel, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QFileDialog, QInputDialog, QLineEdit, QMenu
from pytestqt.qtbot import QtBot

from qt.drafts import prepared
from qt.support import save_picture
from render_manager.domain.jobspec import Existing
from render_manager.domain.scene import Problem, Severity
from render_manager.engines.blender.fields import option_fields
from render_manager.engines.outlook import Forecast, Outlook
from render_manager.engines.preparing import JobRequest
from render_manager.engines.scene_picture import SavedPreview
from render_manager.system.json_store import JsonStore
from render_manager.ui.draft_memory import set_field
from render_manager.ui.drafts_model import DraftsModel
from render_manager.ui.dropped_files import Found, Walk
from render_manager.ui.look_queue import MOST_UNDER_WAY
from render_manager.ui.pools import Errands
from render_manager.ui.submit_draft import Draft, Lookout
from render_manager.ui.submit_panel import SubmitPanel
from render_manager.ui.theme import Theme

PATIENCE_MS = 30_000
"""Image libraries are imported by the first picture, on a busy computer slowly."""


class Desk:
    """What is around the scenes: prepares requests, knows output folders and pictures."""

    def __init__(self) -> None:
        self.is_slow = False
        self.waiting: list[Callable[[], None]] = []
        self.values: dict[str, Any] = {}
        self.files: tuple[Path, ...] = ()
        self.picture: Any = ()

    def prepare(self, request: JobRequest, then: Any) -> None:
        def answer() -> None:
            then(prepared(request, **self.values))

        if self.is_slow:
            self.waiting.append(answer)
        else:
            answer()

    def answer_all(self) -> int:
        """Answer until nobody asks; return how many asked at once at most."""
        most = 0
        while self.waiting:
            most = max(most, len(self.waiting))
            self.waiting.pop(0)()
        return most

    def outlook(self, spec: Any, _layers: int) -> Outlook:
        newest = self.files[-1] if self.files else None
        return Outlook(spec, self.files, newest, 24, 10**12, Forecast(10**9, 2 * 10**9, is_guess=True))


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def make_panel(
    qtbot: QtBot, theme: Theme, errands: Errands, desk: Desk, tmp_path: Path
) -> Callable[[], SubmitPanel]:
    def make() -> SubmitPanel:
        panel = SubmitPanel(theme=theme, errands=errands)
        qtbot.addWidget(panel)
        panel.prepare_with(desk.prepare, lambda _path, scene: option_fields(scene))
        panel.learn_from(
            lambda _path, scene: option_fields(scene), Lookout(desk.outlook, lambda _path: desk.picture)
        )
        with qtbot.waitSignal(panel.remembered.loaded):
            panel.remember_in(
                presets=JsonStore(tmp_path / "presets.json"), scenes=JsonStore(tmp_path / "scenes.json")
            )
        panel.resize(1280, 640)
        panel.show()
        return panel

    return make


@pytest.fixture
def panel(make_panel: Callable[[], SubmitPanel]) -> SubmitPanel:
    return make_panel()


def scenes(count: int) -> list[Path]:
    return [Path(f"/show/shot_{number:03d}.blend") for number in range(count)]


def written(qtbot: QtBot, panel: SubmitPanel) -> None:
    qtbot.waitUntil(lambda: not panel.remembered._is_writing and not panel.remembered._changes)


def select(panel: SubmitPanel, *rows: int) -> None:
    flags = QItemSelectionModel.SelectionFlag
    panel.list.selectionModel().clearSelection()
    for row in rows:
        panel.list.selectionModel().setCurrentIndex(panel.model.index(row), flags.Select)


def test_the_list_is_a_good_model(qtbot: QtBot) -> None:
    model = DraftsModel()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning)
    drafts = [Draft(JobRequest(path=path)) for path in scenes(5)]
    model.add(drafts)
    placed = model.take_out([drafts[1], drafts[3]])
    assert [row for row, _draft in placed] == [1, 3]
    model.put_back(placed)
    assert model.drafts == drafts
    model.tell(drafts[2])
    model.put_back(model.take_out(drafts))
    assert model.drafts == drafts
    assert isinstance(tester.model(), QAbstractItemModel)


def test_a_usual_scene_needs_no_scrolling_in_a_small_window(qtbot: QtBot, panel: SubmitPanel) -> None:
    panel.resize(1280, 600)
    panel.add(scenes(1))
    qtbot.waitUntil(lambda: panel.form.room.text() != "…")
    assert "guess" in panel.form.room.text()
    qtbot.waitUntil(lambda: panel.page.verticalScrollBar().maximum() == 0)


def test_hundreds_of_scenes_are_looked_at_a_few_at_a_time(panel: SubmitPanel, desk: Desk) -> None:
    desk.is_slow = True
    panel.add(scenes(500))
    assert len(desk.waiting) == MOST_UNDER_WAY
    panel.list.setCurrentIndex(panel.model.index(400))
    assert desk.answer_all() <= MOST_UNDER_WAY
    assert all(draft.is_sound for draft in panel.drafts)


def test_the_scene_that_is_looked_at_is_read_first(panel: SubmitPanel, desk: Desk) -> None:
    desk.is_slow = True
    panel.add(scenes(50))
    panel.list.setCurrentIndex(panel.model.index(30))
    desk.waiting.pop(0)()
    desk.waiting.pop(MOST_UNDER_WAY - 1)()
    assert panel.drafts[30].is_sound
    assert not panel.drafts[31].is_sound


def test_what_is_left_out_can_be_brought_back(qtbot: QtBot, panel: SubmitPanel) -> None:
    panel.add(scenes(4))
    select(panel, 1, 2)
    panel.list.setFocus()
    qtbot.keyClick(panel.list, Qt.Key.Key_Delete)
    assert [draft.request.path.stem for draft in panel.drafts] == ["shot_000", "shot_003"]
    assert "2 scenes" in panel.view.notes.text("left-out")
    qtbot.keyClick(panel.list, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert [draft.request.path for draft in panel.drafts] == scenes(4)
    assert panel.view.notes.text("left-out") == ""
    assert not panel.view.notes.isVisible()


def test_the_last_one_left_out_leaves_a_page_that_teaches(qtbot: QtBot, panel: SubmitPanel) -> None:
    panel.add(scenes(1))
    panel.leave_out()
    assert panel.view.add.isVisible()
    assert not panel.list.isVisible()
    with qtbot.waitSignal(panel.add_wanted):
        qtbot.mouseClick(panel.view.add, Qt.MouseButton.LeftButton)
    button = panel.view.notes.button("left-out")
    assert button is not None
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert panel.form.isVisible()
    assert panel.current() is panel.drafts[0]


def test_several_scenes_are_changed_at_once(qtbot: QtBot, panel: SubmitPanel, tmp_path: Path) -> None:
    panel.add(scenes(3))
    select(panel, 0, 2)
    several = panel.view.several
    assert several.isVisible()
    assert several.title.text() == "2 scenes selected  ·  48 frames"
    several.priority.setValue(9)
    several.retries.setValue(1)
    several.existing.setCurrentIndex(several.existing.findData(Existing.VERSION))
    several.existing.activated.emit(several.existing.currentIndex())
    several.output.setFocus()
    qtbot.keyClicks(several.output, str(tmp_path))
    qtbot.keyClick(several.output, Qt.Key.Key_Return)
    for row in (0, 2):
        request = panel.drafts[row].request
        assert (request.priority, request.retries, request.existing) == (9, 1, Existing.VERSION)
        assert request.output == tmp_path / f"shot_{row:03d}"
        assert panel.drafts[row].is_sound
    assert panel.drafts[1].request == JobRequest(path=scenes(3)[1])
    set_field(panel.drafts[0], "frames", "1-3")
    panel._look_again(panel.drafts[0])
    qtbot.waitUntil(lambda: several.title.text() == "2 scenes selected  ·  27 frames")
    select(panel, 2)
    assert panel.form.output.text() == str(tmp_path / "shot_002")
    assert panel.form.priority.value() == 9


def test_what_scenes_have_not_in_common_is_left_as_it_is(panel: SubmitPanel) -> None:
    panel.add(scenes(2))
    panel.form.priority.setValue(8)
    select(panel, 0, 1)
    several = panel.view.several
    assert several.priority.text() == "as they are"
    assert several.retries.value() == 3
    select(panel, 0)
    assert panel.drafts[0].request.priority == 8
    assert panel.drafts[1].request.priority is None


def test_the_scene_s_own_picture_is_shown(qtbot: QtBot, panel: SubmitPanel, desk: Desk) -> None:
    desk.picture = SavedPreview(2, 2, bytes([200, 100, 50, 255] * 4))
    panel.add(scenes(1))
    qtbot.waitUntil(lambda: panel.page.picture.picture is not None, timeout=PATIENCE_MS)
    picture = panel.page.picture.picture
    assert picture is not None
    assert picture.pixmap.toImage().pixelColor(0, 0).red() == 200
    assert panel.page.picture.toolTip() == "as saved in the file"
    assert not panel.grab().isNull()


def test_else_the_newest_frame_is_shown(qtbot: QtBot, panel: SubmitPanel, desk: Desk, tmp_path: Path) -> None:
    desk.picture = (tmp_path / "none.png",)
    desk.files = (save_picture(tmp_path / "f_0001.png"), save_picture(tmp_path / "f_0002.png", "#ff0000"))
    panel.add(scenes(1))
    qtbot.waitUntil(lambda: panel.page.picture.picture is not None, timeout=PATIENCE_MS)
    assert "f_0002.png" in panel.page.picture.toolTip()


def test_without_a_picture_there_is_a_placeholder(qtbot: QtBot, panel: SubmitPanel) -> None:
    panel.add(scenes(1))
    qtbot.waitUntil(lambda: panel.page.picture.toolTip() == "The scene brings no picture")
    assert not panel.page.picture.grab().isNull()


def test_existing_frames_are_decoded(qtbot: QtBot, panel: SubmitPanel, desk: Desk, tmp_path: Path) -> None:
    good = [save_picture(tmp_path / f"f_{number:04d}.png", size=(1920, 1080)) for number in (1, 2)]
    bad = tmp_path / "f_0003.png"
    bad.write_bytes(good[0].read_bytes()[:200])
    desk.files = (*good, bad)
    desk.values = {
        "existing": 3,
        "problems": [Problem("existing-frames", Severity.WARNING, "3 are there.", "…")],
    }
    panel.add(scenes(1))
    qtbot.waitUntil(lambda: "2 whole, 1 damaged" in panel.page.problems.text(), timeout=PATIENCE_MS)
    assert "render 22" in panel.page.problems.buttons()[0].text()
    assert panel.drafts[0].health is not None
    assert panel.drafts[0].health.damaged == ("f_0003.png",)


def test_what_was_chosen_is_filled_in_again(
    qtbot: QtBot, make_panel: Callable[[], SubmitPanel], tmp_path: Path
) -> None:
    first = make_panel()
    first.add(scenes(2))
    qtbot.keyClicks(first.form.frames, "1-9x2")
    first.form.priority.setValue(8)
    first.form.existing.setCurrentIndex(first.form.existing.findData(Existing.OVERWRITE))
    first.queue()
    written(qtbot, first)
    stored = json.loads((tmp_path / "scenes.json").read_text("utf-8"))
    assert list(stored["scenes"]) == [str(scenes(1)[0])], "the other is as its scene says"
    second = make_panel()
    second.add(scenes(2))
    again, other = second.drafts
    assert (again.request.frames, again.request.priority) == ("1-9x2", 8)
    assert again.request.existing is None, "that files are replaced is asked for each time"
    assert second.form.frames.text() == "1-9x2"
    assert other.remembered_at is None
    assert second.page.own_values.isVisible()
    qtbot.mouseClick(second.page.own_values, Qt.MouseButton.LeftButton)
    assert second.drafts[0].request.frames == ""
    assert second.form.frames.text() == ""
    assert not second.page.own_values.isVisible()
    second.close_panel()
    written(qtbot, second)
    assert json.loads((tmp_path / "scenes.json").read_text("utf-8"))["scenes"] == {}


def test_what_was_edited_is_kept_even_if_the_page_is_closed(
    qtbot: QtBot, make_panel: Callable[[], SubmitPanel]
) -> None:
    panel = make_panel()
    panel.add(scenes(1))
    qtbot.keyClicks(panel.form.frames, "5-6")
    panel.close_panel()
    panel.add(scenes(1))
    assert panel.form.frames.text() == "5-6"
    written(qtbot, panel)


def menu_action(menu: QMenu, text: str) -> QAction:
    for action in menu.actions():
        if action.text().replace("&", "") == text:
            return action
    raise AssertionError([action.text() for action in menu.actions()])


def answer_dialog(qtbot: QtBot, panel: SubmitPanel, text: str) -> None:
    dialog = panel.findChild(QInputDialog)
    assert dialog is not None
    edit = dialog.findChild(QLineEdit)
    assert edit is not None
    edit.selectAll()
    qtbot.keyClicks(edit, text)
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: panel.findChild(QInputDialog) is None)


def test_presets_are_saved_used_renamed_and_deleted(
    qtbot: QtBot, make_panel: Callable[[], SubmitPanel], tmp_path: Path
) -> None:
    panel = make_panel()
    panel.add(scenes(3))
    presets = panel.view.presets
    presets.build()
    assert not presets.presets.actions()[0].isEnabled(), "there are none yet"
    panel.form._set("camera", "Close")
    panel.form._set("samples", 16)
    panel.form.output.setText("/elsewhere")
    panel.form.priority.setValue(2)
    menu_action(presets.presets, "Save as preset…").trigger()
    answer_dialog(qtbot, panel, "Night & fast")
    select(panel, 1, 2)
    presets.build()
    menu_action(presets.presets, "Night  fast").trigger()
    for draft in panel.drafts[1:]:
        assert draft.request.priority == 2
        assert draft.request.output is None
        assert draft.request.options == {"samples": 16}, "cameras are a scene's own"
        assert draft.is_sound
    assert "2 scenes" in panel.view.notes.text("done")
    presets.build()
    # Before 6.11 PySide6 takes a menu away with the action that it was asked of.
    renaming = menu_action(presets.presets, "Rename")
    rename = renaming.menu()
    assert isinstance(rename, QMenu)
    rename.actions()[0].trigger()
    answer_dialog(qtbot, panel, "Night")
    written(qtbot, panel)
    assert list(json.loads((tmp_path / "presets.json").read_text("utf-8"))["presets"]) == ["Night"]
    other = make_panel()
    assert list(other.remembered.presets) == ["Night"]
    other.view.presets.build()
    deleting = menu_action(other.view.presets.presets, "Delete")
    delete = deleting.menu()
    assert isinstance(delete, QMenu)
    delete.actions()[0].trigger()
    written(qtbot, other)
    assert json.loads((tmp_path / "presets.json").read_text("utf-8"))["presets"] == {}


def test_a_damaged_file_of_presets_is_said_to_be(
    make_panel: Callable[[], SubmitPanel], tmp_path: Path
) -> None:
    (tmp_path / "presets.json").write_text("{ this is no JSON")
    panel = make_panel()
    assert "presets.json" in panel.view.notes.text("memory")
    assert panel.remembered.presets == {}


def test_nonsense_in_a_file_of_choices_is_passed_over(
    make_panel: Callable[[], SubmitPanel], tmp_path: Path
) -> None:
    path = str(scenes(1)[0])
    values = {"frames": 5, "priority": 99, "retries": "x", "existing": "never", "options": [1], "at": "now"}
    (tmp_path / "scenes.json").write_text(json.dumps({"scenes": {path: values, "b": 3}, "page": 7}))
    panel = make_panel()
    panel.add(scenes(1))
    assert panel.drafts[0].request == JobRequest(path=scenes(1)[0])
    assert panel.drafts[0].is_sound


def test_folded_options_stay_as_they_were_left(qtbot: QtBot, make_panel: Callable[[], SubmitPanel]) -> None:
    first = make_panel()
    first.add(scenes(1))
    assert not first.form.retries.isVisible()
    qtbot.mouseClick(first.form.more, Qt.MouseButton.LeftButton)
    assert first.form.retries.isVisible()
    written(qtbot, first)
    second = make_panel()
    second.add(scenes(1))
    assert second.form.retries.isVisible()
    second.form._set("scripts", True)
    second.form.set_more(is_shown=False)
    assert "1 set" in second.form.more.text()
    written(qtbot, second)


def test_what_is_no_scene_is_named_in_one_line(qtbot: QtBot, panel: SubmitPanel) -> None:
    found = Found(others=[Path("/x/notes.txt")], copies=[Path("/x/a_autosave.blend")])
    panel.show_found(found, (".blend", ".ma"))
    assert panel.view.notes.text("others").startswith("notes.txt is not a scene and was left out.")
    assert "1 copy" in panel.view.notes.text("copies")
    panel.show_found(Found(others=[Path(f"/x/{number}.txt") for number in range(30)]), (".blend",))
    assert "0.txt and 29 more" in panel.view.notes.text("others")
    panel.show_found(Found(), (".blend",))
    assert not panel.view.notes.isVisible()


def test_a_search_through_folders_can_be_stopped(qtbot: QtBot, panel: SubmitPanel) -> None:
    walk = Walk(entries=1234, scenes=7)
    panel.show_walk(walk)
    qtbot.waitUntil(lambda: "1,234" in panel.view.notes.text("walk"))
    button = panel.view.notes.button("walk")
    assert button is not None
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert walk.is_stopped
    walk.is_over = True
    qtbot.waitUntil(lambda: panel.view.notes.text("walk") == "")


def test_a_scene_dropped_twice_is_led_to(panel: SubmitPanel) -> None:
    panel.add(scenes(5))
    panel.add([scenes(5)[3]])
    assert len(panel.drafts) == 5
    assert panel.current() is panel.drafts[3]


def test_a_button_keeps_the_focus_when_its_row_is_made_anew(
    qtbot: QtBot, panel: SubmitPanel, desk: Desk
) -> None:
    desk.values = {
        "existing": 3,
        "problems": [Problem("existing-frames", Severity.WARNING, "3 are there.", "…")],
    }
    panel.add(scenes(1))
    panel.activateWindow()
    panel.page.problems.buttons()[1].setFocus()
    qtbot.keyClick(panel.page.problems.buttons()[1], Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: panel.drafts[0].request.existing is Existing.OVERWRITE)
    assert panel.page.problems.buttons()[1].hasFocus()


def test_missing_files_are_listed_and_copied(qtbot: QtBot, panel: SubmitPanel, desk: Desk, qapp: Any) -> None:
    desk.values = {
        "problems": [Problem("missing-files", Severity.WARNING, "2 files are missing.", "Put them back.")],
        "missing_files": ("/a/wood.png", "/b/stone.png"),
    }
    panel.add(scenes(1))
    show, copy = panel.page.problems.buttons()
    assert not copy.isVisible()
    qtbot.mouseClick(show, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(copy, Qt.MouseButton.LeftButton)
    assert qapp.clipboard().text() == "/a/wood.png\n/b/stone.png"


def test_hundreds_are_left_out_and_brought_back_at_once(
    panel: SubmitPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel.add(scenes(300))
    shown: list[object] = []
    fill = panel.form.fill

    def counted(*given: Any) -> None:
        shown.append(given[0])
        fill(*given)

    monkeypatch.setattr(panel.form, "fill", counted)
    select(panel, *range(0, 300, 2))
    shown.clear()
    panel.leave_out()
    assert len(panel.drafts) == 150
    assert len(shown) <= 3, "not once for each of them"
    shown.clear()
    panel.undo()
    assert [draft.request.path for draft in panel.drafts] == scenes(300)
    assert len(shown) <= 3


def test_those_that_stay_when_others_are_queued_are_shown(panel: SubmitPanel, desk: Desk) -> None:
    panel.add(scenes(3))
    desk.values = {"problems": [Problem("no-layers", Severity.ERROR, "No layer.", "")]}
    panel.list.setCurrentIndex(panel.model.index(1))
    panel.form.frames.setText("1-3")
    panel.form.edited.emit()
    panel._take_edit()
    panel.list.setCurrentIndex(panel.model.index(2))
    panel.queue()
    assert [draft.request.path for draft in panel.drafts] == [scenes(3)[1]]
    assert panel.current() is panel.drafts[0]
    assert panel.form.frames.text() == "1-3"


def test_what_cannot_be_read_is_named_in_one_line(panel: SubmitPanel) -> None:
    away = (Path("/net/away"), "Host is down")
    panel.show_found(Found(unreadable=[away]), (".blend",))
    assert panel.view.notes.text("unreadable") == f"{away[0]} cannot be read: Host is down."
    panel.show_found(Found(unreadable=[away] * 3), (".blend",))
    assert "2 more files and folders" in panel.view.notes.text("unreadable")
    panel.show_found(Found(), (".blend",))
    assert not panel.view.notes.isVisible()


def test_presets_that_cannot_be_read_are_kept(
    qtbot: QtBot, panel: SubmitPanel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "presets.json"
    file.write_text('{"presets": {"Night": {"priority": 3}}}')
    before, read = file.read_bytes(), Path.read_text

    def denied(self: Path, *values: Any) -> str:
        if self == file:
            raise PermissionError(errno.EACCES, "Permission denied")
        return read(self, *values)

    monkeypatch.setattr(Path, "read_text", denied)
    panel.add(scenes(1))
    panel._save_preset("Day")
    qtbot.waitUntil(lambda: "Permission denied" in panel.view.notes.text("memory"))
    assert str(file) in panel.view.notes.text("memory")
    assert file.read_bytes() == before
    written(qtbot, panel)


def test_dialogs_for_folders_do_not_pile_up(qtbot: QtBot, panel: SubmitPanel, tmp_path: Path) -> None:
    def dialog() -> QFileDialog | None:
        return panel.findChild(QFileDialog)

    panel.add(scenes(2))
    qtbot.mouseClick(panel.form.browse, Qt.MouseButton.LeftButton)
    shown = dialog()
    assert shown is not None
    shown.fileSelected.emit(str(tmp_path))
    shown.reject()
    qtbot.waitUntil(lambda: dialog() is None)
    assert panel.form.output.text() == str(tmp_path)
    select(panel, 0, 1)
    qtbot.mouseClick(panel.view.several.browse, Qt.MouseButton.LeftButton)
    shown = dialog()
    assert shown is not None
    shown.reject()
    qtbot.waitUntil(lambda: dialog() is None)
