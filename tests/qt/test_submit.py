import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QPushButton, QSpinBox
from pytestqt.qtbot import QtBot

from render_manager.domain.errors import UserError
from render_manager.domain.frameset import FrameSet
from render_manager.domain.jobspec import Existing, JobSpec
from render_manager.domain.scene import Problem, SceneInfo, Severity
from render_manager.engines.blender.fields import option_fields
from render_manager.engines.preparing import JobRequest, Preparation
from render_manager.engines.protocols import Installation, InstallationKind
from render_manager.ui.dropped_files import MOST_SCENES_IN_FOLDER, scene_files
from render_manager.ui.pools import Errands
from render_manager.ui.submit_draft import Draft
from render_manager.ui.submit_panel import SubmitPanel
from render_manager.ui.theme import Theme


def make_scene(path: Path) -> SceneInfo:
    return SceneInfo(
        path=path,
        engine="blender",
        engine_version=(5, 0),
        frame_start=1,
        frame_end=24,
        frame_step=1,
        fps=24.0,
        width=1920,
        height=1080,
        scene="Shot",
        scenes=("Shot", "Other"),
        camera="Camera",
        cameras=("Camera", "Close"),
        layers=("Beauty",),
        renderer="CYCLES",
        output="//out/f_####",
        file_format="PNG",
    )


INSTALLATION = Installation(
    "blender", "blender:/b", (5, 0, 1), "5.0.1", Path("/b"), InstallationKind.PROGRAM, "PATH"
)


class Preparer:
    """Answers like the program, when the test says so; refuses frame lists with letters."""

    def __init__(self) -> None:
        self.waiting: list[tuple[JobRequest, Any]] = []
        self.problems: tuple[Problem, ...] = ()
        self.at_once = True
        self.cameras = ("Camera", "Close")
        self.existing_files = 0

    def __call__(self, request: JobRequest, then: Any) -> None:
        self.waiting.append((request, then))
        if self.at_once:
            self.answer()

    def answer(self) -> None:
        for request, then in self.waiting:
            then(self.result(request))
        self.waiting = []

    def result(self, request: JobRequest) -> Preparation | UserError:
        if "bad" in request.path.name:
            return UserError(f"{request.path} is not a Blender file.")
        try:
            frames = FrameSet.parse(request.frames or "1-24")
        except UserError as error:
            return error
        spec = JobSpec(
            name=request.path.stem,
            scene=request.path,
            engine="blender",
            installation="blender:/b",
            frames=frames,
            output_dir=request.output or Path("/show/out", request.path.stem),
            output_name="f_####",
            output_suffix=".png",
            existing=request.existing or Existing.SKIP,
            priority=5 if request.priority is None else request.priority,
            options=request.options,
        )
        scene = replace(make_scene(request.path), cameras=self.cameras)
        return Preparation(spec, scene, INSTALLATION, self.problems, self.existing_files)


def go_to(panel: SubmitPanel, row: int) -> None:
    panel.list.setCurrentIndex(panel.model.index(row))


def said(panel: SubmitPanel, row: int) -> str:
    return str(panel.model.index(row).data())


def box(panel: SubmitPanel, name: str) -> QComboBox:
    widget = panel.form.options.widgets[name]
    assert isinstance(widget, QComboBox)
    return widget


def number(panel: SubmitPanel, name: str) -> QSpinBox:
    widget = panel.form.options.widgets[name]
    assert isinstance(widget, QSpinBox)
    return widget


def flag(panel: SubmitPanel, name: str) -> QCheckBox:
    widget = panel.form.options.widgets[name]
    assert isinstance(widget, QCheckBox)
    return widget


@pytest.fixture
def preparer() -> Preparer:
    return Preparer()


@pytest.fixture
def panel(qtbot: QtBot, theme: Theme, errands: Errands, preparer: Preparer) -> SubmitPanel:
    panel = SubmitPanel(theme=theme, errands=errands)
    panel.prepare_with(preparer, lambda _path, scene: option_fields(scene))
    qtbot.addWidget(panel)
    panel.resize(900, 600)
    panel.show()
    return panel


def test_a_scene_shows_what_it_says_and_what_will_be_done(panel: SubmitPanel) -> None:
    panel.add([Path("/show/shot.blend")])
    for part in ("5.0", "Cycles", "1920", "24 fps", "Camera", "Beauty", "1-24"):
        assert part in panel.page.facts.text()
    assert "5.0.1" in panel.page.facts.text()
    for part in ("f_0001.png", "f_0024.png"):
        assert part in panel.form.files.text()
    assert panel.form.output.placeholderText() == str(Path("/show/out/shot"))
    assert panel.view.queue.isEnabled()


def test_queueing_gives_the_specs_and_closes_the_panel(qtbot: QtBot, panel: SubmitPanel) -> None:
    panel.add([Path("/a.blend"), Path("/b.blend")])
    queued: list[list[JobSpec]] = []
    panel.queued.connect(queued.append)
    with qtbot.waitSignal(panel.closed):
        qtbot.mouseClick(panel.view.queue, Qt.MouseButton.LeftButton)
    assert [[spec.name for spec in specs] for specs in queued] == [["a", "b"]]
    assert panel.drafts == []


def test_a_bad_scene_stays_with_its_reason_while_the_good_ones_go(qtbot: QtBot, panel: SubmitPanel) -> None:
    panel.add([Path("/bad.blend"), Path("/good.blend")])
    assert "is not a Blender file" in panel.page.problems.text()
    closed: list[bool] = []
    panel.closed.connect(lambda: closed.append(True))
    with qtbot.waitSignal(panel.queued) as signal:
        panel.queue()
    assert [spec.name for spec in signal.args[0]] == ["good"]
    assert [draft.request.path.name for draft in panel.drafts] == ["bad.blend"]
    assert not closed
    assert not panel.view.queue.isEnabled()


def test_a_problem_that_forbids_rendering_forbids_queueing(panel: SubmitPanel, preparer: Preparer) -> None:
    preparer.problems = (Problem("no-camera", Severity.ERROR, "No <camera>.", "Add one."),)
    panel.add([Path("/a.blend")])
    assert "No <camera>." in panel.page.problems.text()
    assert not panel.view.queue.isEnabled()
    preparer.problems = (Problem("missing-files", Severity.WARNING, "2 textures are missing.", ""),)
    panel.add([Path("/b.blend")])
    assert panel.view.queue.isEnabled()


def test_two_scenes_of_the_same_files_are_not_queued_together(qtbot: QtBot, panel: SubmitPanel) -> None:
    panel.add([Path("/show/a.blend"), Path("/show/b.blend")], output=Path("/show/out"))
    assert [draft.is_sound for draft in panel.drafts] == [True, False]
    assert "b.blend writes the same files as a.blend" in said(panel, 1)
    go_to(panel, 0)
    qtbot.mouseClick(panel.findChild(QPushButton, "leave_out"), Qt.MouseButton.LeftButton)
    assert [draft.is_sound for draft in panel.drafts] == [True]


def test_what_is_typed_counts_even_if_queued_at_once(qtbot: QtBot, panel: SubmitPanel) -> None:
    panel.add([Path("/a.blend")])
    qtbot.keyClicks(panel.form.frames, "1-9x2")
    with qtbot.waitSignal(panel.queued) as signal:
        qtbot.keyClick(panel.form.frames, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    (spec,) = signal.args[0]
    assert spec.frames.text() == "1-9x2"


def test_nonsense_frames_are_refused_in_place(qtbot: QtBot, panel: SubmitPanel) -> None:
    panel.add([Path("/a.blend")])
    qtbot.keyClicks(panel.form.frames, "abc")
    qtbot.waitUntil(lambda: "abc" in panel.page.problems.text())
    assert not panel.view.queue.isEnabled()
    panel.form.frames.clear()
    panel.form.frames.textEdited.emit("")
    qtbot.waitUntil(panel.view.queue.isEnabled)


def test_every_field_reaches_the_request(qtbot: QtBot, panel: SubmitPanel) -> None:
    panel.add([Path("/a.blend")])
    form = panel.form
    form.output.setText("/elsewhere")
    form.existing.setCurrentIndex(1)
    form.priority.setValue(9)
    form.retries.setValue(1)
    box(panel, "scene").setCurrentIndex(2)
    box(panel, "camera").setCurrentIndex(1)
    number(panel, "resolution_percent").setValue(50)
    number(panel, "samples").setValue(16)
    box(panel, "device").setCurrentIndex(1)
    flag(panel, "scripts").setChecked(True)
    form.further.setText("view_layers=Beauty,Fog file-format=OPEN_EXR")
    request = form.take(panel.drafts[0])
    assert request == replace(
        request,
        output=Path("/elsewhere"),
        existing=Existing.OVERWRITE,
        priority=9,
        retries=1,
        options={
            "scene": "Other",
            "camera": "Camera",
            "device": "CPU",
            "resolution_percent": 50,
            "samples": 16,
            "scripts": True,
            "view_layers": "Beauty,Fog",
            "file_format": "OPEN_EXR",
        },
    )
    assert isinstance(request.existing, Existing)


def test_an_answer_to_an_older_wish_is_dropped(qtbot: QtBot, panel: SubmitPanel, preparer: Preparer) -> None:
    panel.add([Path("/a.blend")])
    preparer.at_once = False
    panel.form.frames.setText("1-5")
    panel.form.edited.emit()
    qtbot.waitUntil(lambda: len(preparer.waiting) == 1)
    panel.form.frames.setText("1-7")
    panel.form.edited.emit()
    qtbot.waitUntil(lambda: len(preparer.waiting) == 2)
    older, newer = preparer.waiting
    newer[1](preparer.result(newer[0]))
    older[1](preparer.result(older[0]))
    result = panel.drafts[0].result
    assert isinstance(result, Preparation)
    assert result.spec.frames.text() == "1-7"


def test_an_edit_belongs_to_the_scene_it_was_made_for(qtbot: QtBot, panel: SubmitPanel) -> None:
    panel.add([Path("/a.blend"), Path("/b.blend")])
    qtbot.keyClicks(panel.form.frames, "3-4")
    go_to(panel, 1)
    assert panel.drafts[0].request.frames == "3-4"
    assert panel.drafts[1].request.frames == ""
    assert panel.form.frames.text() == ""
    go_to(panel, 0)
    assert panel.form.frames.text() == "3-4"


def test_an_older_answer_does_not_undo_a_choice(qtbot: QtBot, panel: SubmitPanel, preparer: Preparer) -> None:
    panel.add([Path("/a.blend")])
    preparer.at_once = False
    qtbot.keyClicks(panel.form.frames, "1-5")
    qtbot.waitUntil(lambda: len(preparer.waiting) == 1)
    box(panel, "scene").setCurrentIndex(2)
    preparer.answer()
    assert box(panel, "scene").currentData() == "Other"
    preparer.at_once = True
    qtbot.waitUntil(lambda: panel.drafts[0].request.options == {"scene": "Other"})
    assert box(panel, "scene").currentData() == "Other"


def test_news_of_another_scene_do_not_undo_a_choice(panel: SubmitPanel) -> None:
    panel.add([Path("/show/a.blend"), Path("/show/b.blend")], output=Path("/show/out"))
    go_to(panel, 1)
    box(panel, "scene").setCurrentIndex(2)
    panel._tell_apart()
    panel._refresh(panel.drafts[1])
    assert box(panel, "scene").currentData() == "Other"


def test_a_choice_outlives_bad_frames_and_a_look_at_another_scene(qtbot: QtBot, panel: SubmitPanel) -> None:
    panel.add([Path("/a.blend"), Path("/b.blend")])
    box(panel, "scene").setCurrentIndex(2)
    qtbot.keyClicks(panel.form.frames, "abc")
    go_to(panel, 1)
    assert isinstance(panel.drafts[0].result, UserError)
    go_to(panel, 0)
    assert box(panel, "scene").currentData() == "Other"
    panel.form.frames.clear()
    qtbot.keyClicks(panel.form.frames, "1-3")
    go_to(panel, 1)
    assert panel.drafts[0].request.options == {"scene": "Other"}
    assert panel.drafts[0].is_sound


def test_nonsense_in_further_options_does_not_deafen_the_form(qtbot: QtBot, panel: SubmitPanel) -> None:
    panel.add([Path("/a.blend"), Path("/b.blend")])
    qtbot.keyClicks(panel.form.further, "resolution_percent=abc")
    go_to(panel, 1)
    go_to(panel, 0)
    assert panel.form.further.text() == "resolution_percent=abc"
    assert number(panel, "resolution_percent").value() == 0
    number(panel, "resolution_percent").setValue(25)
    panel.form.further.clear()
    go_to(panel, 1)
    assert panel.drafts[0].request.options == {"resolution_percent": 25}


def test_fields_leave_drops_to_the_window(panel: SubmitPanel) -> None:
    fields = panel.findChildren(QLineEdit)
    assert fields
    assert not any(field.acceptDrops() for field in fields)


def test_one_frame_is_not_one_frames(qtbot: QtBot, panel: SubmitPanel) -> None:
    panel.add([Path("/a.blend")])
    qtbot.keyClicks(panel.form.frames, "7")
    panel._take_edit()
    assert "1 frame, ready" in said(panel, 0)
    assert "1 frame" in panel.page.facts.text()
    assert panel.form.files.text().startswith("f_0007.png")


def test_queueing_waits_for_scenes_that_are_still_read(
    qtbot: QtBot, panel: SubmitPanel, preparer: Preparer
) -> None:
    preparer.at_once = False
    panel.add([Path("/a.blend")])
    panel.queue()
    assert panel.drafts
    with qtbot.waitSignal(panel.queued):
        preparer.answer()


def test_that_queueing_waits_is_shown_and_ends_with_the_next_edit(
    qtbot: QtBot, panel: SubmitPanel, preparer: Preparer
) -> None:
    sign = "Queues when everything is read"
    preparer.at_once = False
    panel.add([Path("/a.blend"), Path("/hung.blend")])
    qtbot.keyClick(panel.list, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert sign in panel.view.standing.text()
    preparer.waiting.pop(0)[1](preparer.result(JobRequest(path=Path("/a.blend"))))
    assert sign in panel.view.standing.text()
    qtbot.keyClicks(panel.form.frames, "1")
    assert sign not in panel.view.standing.text()
    with qtbot.assertNotEmitted(panel.queued):
        panel._take_edit()
        preparer.answer()
    assert all(draft.is_sound for draft in panel.drafts)


@pytest.mark.parametrize("change", ["several", "preset", "further scene", "leaving out"])
def test_no_change_is_queued_by_itself(panel: SubmitPanel, preparer: Preparer, change: str) -> None:
    queued: list[object] = []
    panel.queued.connect(queued.append)
    preparer.at_once = False
    panel.add([Path("/a.blend"), Path("/hung.blend")])
    panel.queue()
    if change == "several":
        panel.view.several.changed.emit("priority", 9)
    elif change == "preset":
        panel.view.presets.wanted.emit("Night")
    elif change == "leaving out":
        go_to(panel, 1)
        panel.leave_out()
    else:
        panel.add([Path("/b.blend")])
    preparer.answer()
    assert "Queues" not in panel.view.standing.text()
    assert not queued


def test_another_window_s_panel_goes_on_with_everything_that_was_chosen(
    qtbot: QtBot, panel: SubmitPanel, theme: Theme, errands: Errands, preparer: Preparer
) -> None:
    panel.add([Path("/a.blend"), Path("/b.blend")])
    go_to(panel, 1)
    number(panel, "samples").setValue(64)
    box(panel, "camera").setCurrentIndex(2)
    qtbot.keyClicks(panel.form.further, "foo=bar")
    drafts = panel.hand_over()
    chosen = {"samples": 64, "camera": "Close", "foo": "bar"}
    assert drafts[1].request.options == chosen, "what was typed a moment ago, too"
    other = SubmitPanel(theme=theme, errands=errands)
    qtbot.addWidget(other)
    asked = Preparer()
    asked.at_once = False
    other.prepare_with(asked, lambda _path, scene: option_fields(scene))
    other.show()
    other.take_over(drafts, 1)
    assert other.current() is other.drafts[1]
    assert number(other, "samples").value() == 64
    assert other.form.further.text() == "foo=bar"
    qtbot.keyClicks(other.form.frames, "1-3")
    other._take_edit()
    assert other.drafts[1].request.options == chosen
    asked.answer()
    assert box(other, "camera").currentData() == "Close"
    qtbot.keyClicks(other.form.frames, ",5")
    other._take_edit()
    asked.answer()
    (job,) = [draft.preparation for draft in other.drafts if draft.request.frames]
    assert job is not None
    assert (job.spec.options, job.spec.frames.text()) == (chosen, "1-3,5")


def test_choices_outlive_an_edit_before_their_fields_are_known(
    qtbot: QtBot, theme: Theme, errands: Errands, preparer: Preparer
) -> None:
    panel = SubmitPanel(theme=theme, errands=errands)
    qtbot.addWidget(panel)
    panel.prepare_with(preparer, lambda _path, scene: () if scene is None else option_fields(scene))
    panel.show()
    preparer.at_once = False
    request = JobRequest(path=Path("/a.blend"), options={"samples": 64})
    panel.take_over([Draft(request, choices={"samples": 64})], 0)
    qtbot.keyClicks(panel.form.frames, "7")
    panel._take_edit()
    assert panel.drafts[0].request.options == {"samples": 64}
    preparer.answer()
    assert number(panel, "samples").value() == 64
    number(panel, "samples").setValue(0)
    panel._take_edit()
    assert panel.drafts[0].request.options == {}


def test_the_scene_is_shown_before_an_engine_is_known(panel: SubmitPanel, preparer: Preparer) -> None:
    preparer.at_once = False
    panel.add([Path("/a.blend")])
    ((request, then),) = preparer.waiting
    then(make_scene(request.path))
    assert "1920" in panel.page.facts.text()
    assert "f_0001" not in panel.form.files.text()
    assert not panel.view.queue.isEnabled()


def test_the_same_scene_is_not_doubled_and_can_be_left_out(panel: SubmitPanel) -> None:
    panel.add([Path("/a.blend"), Path("/a.blend")])
    panel.add([Path("/a.blend"), Path("/b.blend")])
    assert [draft.request.path.name for draft in panel.drafts] == ["a.blend", "b.blend"]
    panel.leave_out()
    assert [draft.request.path.name for draft in panel.drafts] == ["b.blend"]


def test_escape_closes_without_queueing(qtbot: QtBot, panel: SubmitPanel) -> None:
    panel.add([Path("/a.blend")])
    panel.list.setFocus()
    with qtbot.waitSignal(panel.closed), qtbot.assertNotEmitted(panel.queued):
        qtbot.keyClick(panel.list, Qt.Key.Key_Escape)
    assert panel.drafts == []


def test_dropped_files_and_folders_are_sorted_into_scenes_and_others(tmp_path: Path) -> None:
    for name in ("a.blend", "B.BLEND", "notes.txt", "deep/er/c.blend"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "empty").mkdir()
    found = scene_files(
        [tmp_path / "a.blend", tmp_path / "notes.txt", tmp_path / "deep", tmp_path / "empty"], (".blend",)
    )
    assert [path.name for path in found.scenes] == ["a.blend", "c.blend"]
    assert [path.name for path in found.others] == ["notes.txt", "empty"]
    assert not found.is_cut
    assert scene_files([tmp_path / "B.BLEND"], (".blend",)).scenes


def test_a_huge_folder_is_not_walked_to_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for folder in ("a", "b", "c"):
        (tmp_path / folder).mkdir()
        for number in range(MOST_SCENES_IN_FOLDER // 2):
            (tmp_path / folder / f"{number:03d}.blend").touch()
    looked_at: list[str] = []
    walk = os.walk

    def watched(top: Path, **_values: Any) -> Iterator[tuple[str, list[str], list[str]]]:
        for step in walk(top):
            looked_at.append(Path(step[0]).name)
            yield step

    monkeypatch.setattr("os.walk", watched)
    found = scene_files([tmp_path], (".blend",))
    assert len(found.scenes) == MOST_SCENES_IN_FOLDER
    assert found.is_cut
    assert looked_at == [tmp_path.name, "a", "b", "c"]
    assert not scene_files([tmp_path / "a"], (".blend",)).is_cut


@pytest.mark.parametrize("existing", list(Existing))
def test_what_is_done_about_existing_frames_is_chosen_in_place(
    qtbot: QtBot, panel: SubmitPanel, preparer: Preparer, existing: Existing
) -> None:
    preparer.problems = (Problem("existing-frames", Severity.WARNING, "3 frames are there.", "…"),)
    preparer.existing_files = 3
    panel.add([Path("/show/shot.blend")])
    assert "3 of 24 frames are in the output folder already" in panel.page.problems.text()
    skip, overwrite, version = panel.page.problems.buttons()[:3]
    assert "render 21" in skip.text()
    assert "3" in overwrite.text()
    button = {Existing.SKIP: skip, Existing.OVERWRITE: overwrite, Existing.VERSION: version}[existing]
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not panel._edit_timer.isActive())
    assert panel.form.existing.currentData() == existing
    is_doubted = panel.form.existing.property("doubt") == "warning"
    assert is_doubted is (existing is Existing.OVERWRITE)


def test_without_a_camera_one_can_be_chosen_if_there_is_one(
    qtbot: QtBot, panel: SubmitPanel, preparer: Preparer
) -> None:
    advice = "Set the scene's camera in Blender and save, or choose a camera for the job."
    preparer.problems = (Problem("no-camera", Severity.ERROR, "Scene 'Shot' has no active camera.", advice),)
    panel.add([Path("/show/shot.blend")])
    assert [button.text() for button in panel.page.problems.buttons()] == ["Use “Camera”", "Use “Close”"]
    assert box(panel, "camera").property("doubt") == "error"
    qtbot.mouseClick(panel.page.problems.buttons()[1], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: panel.drafts[0].request.options == {"camera": "Close"})
    panel.close_panel()
    preparer.cameras = ()
    panel.add([Path("/show/shot.blend")])
    assert "has no active camera" in panel.page.problems.text()
    assert "choose a camera" not in panel.page.problems.text()
    assert "Add a camera" in panel.page.problems.text()


def test_a_file_that_cannot_be_read_has_no_form(qtbot: QtBot, panel: SubmitPanel) -> None:
    panel.add([Path("/bad.blend"), Path("/good.blend")])
    assert not panel.form.isVisible()
    go_to(panel, 1)
    assert panel.form.isVisible()
    panel.form.frames.setText("nonsense")
    panel.form.edited.emit()
    panel._take_edit()
    assert "nonsense" in panel.page.problems.text()
    assert panel.form.isVisible(), "there it can be corrected"


def test_long_names_in_the_list_give_way(panel: SubmitPanel) -> None:
    panel.add([Path("/", f"{'x' * 200}.blend")])
    index = panel.model.index(0)
    assert panel.list.visualRect(index).width() <= panel.list.viewport().width()
    assert "x" * 200 in str(index.data(Qt.ItemDataRole.ToolTipRole))
    assert not panel.list.grab().isNull()


def test_paths_are_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "scenes").mkdir()
    for name in ("a.blend", "b.blend"):
        (tmp_path / "scenes" / name).touch()
    monkeypatch.chdir(tmp_path)
    found = scene_files([Path("scenes/a.blend"), Path("scenes")], (".blend",))
    assert found.scenes == [tmp_path / "scenes" / name for name in ("a.blend", "a.blend", "b.blend")]


def test_the_keyboard_goes_through_the_form_from_top_to_bottom(qtbot: QtBot, panel: SubmitPanel) -> None:
    panel.add([Path("/s/a.blend")])
    panel.show()
    form = panel.form
    form.set_more(is_shown=True)
    named = form.options.widgets
    usual = [named[name] for name in ("scene", "camera", "resolution_percent", "samples")]
    rare = [named[name] for name in ("device", "scripts")]
    qtbot.waitUntil(lambda: all(widget.isVisible() for widget in (*usual, *rare)))
    form.frames.setFocus()
    wanted = [form.output, form.browse, form.existing, form.priority, *usual]
    limits = form.limits
    wanted += [form.more, *rare, form.retries, limits.silence, limits.frame, limits.memory, limits.copy]
    wanted += [form.further]
    met = []
    for _step in wanted:
        panel.focusNextChild()
        met.append(panel.focusWidget())
    assert met == wanted
