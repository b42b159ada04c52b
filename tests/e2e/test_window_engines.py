"""Maya and Unreal in the real window: dropped, chosen, queued, and every fault of the night told."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

QtCore = pytest.importorskip("PySide6.QtCore", reason="Qt is not installed here")

from PySide6.QtWidgets import QApplication, QComboBox  # noqa: E402 - after the skip
from support import maya, unreal  # noqa: E402 - as above
from support.processes import wait_gone  # noqa: E402 - as above
from support.window import cell_pixmap, count, drop, play, until  # noqa: E402 - as above

from render_manager.domain.states import FrameState, JobState  # noqa: E402 - as above
from render_manager.system.ownership import Ownership  # noqa: E402 - as above
from render_manager.system.paths import app_paths  # noqa: E402 - as above
from render_manager.window import open_painted, program_behind  # noqa: E402 - as above

if TYPE_CHECKING:
    from render_manager.program import WindowProgram

pytestmark = [
    pytest.mark.timeout(300),
    pytest.mark.qt_log_ignore("propagateSizeHints", extend=True),
    pytest.mark.skipif(os.name != "posix", reason="the stand-ins are scripts with a shebang line"),
]


@pytest.fixture
def program(qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> "Iterator[WindowProgram]":
    monkeypatch.setenv("MAYA_EXECUTABLE", str(maya.install(tmp_path / "autodesk")))
    monkeypatch.setenv("UE_EXECUTABLE", str(unreal.install(tmp_path / "Epic" / "UE_5.4")))
    monkeypatch.setenv("RETRY_DELAY", "0.2")
    (tmp_path / "once").mkdir()
    paths = app_paths(tmp_path / "base")
    paths.make()
    ownership = Ownership(paths.lock)
    assert ownership.take()
    yield program_behind(open_painted(paths.window_state), paths, ownership)
    ownership.release()


def test_48_frames_of_maya_with_three_faults(
    program: "WindowProgram", tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = tmp_path / "Küche 影"
    scene = maya.write_scene(project / "scenes" / "shot.ma", end=48, cameras=("persp", "close"))
    (project / "workspace.mel").write_text("// a project", "utf-8")
    faults = {"crash_at": [13], "missing_aov_at": [20], "hang_at": [30], "aovs": ["Z"]}
    wishes = maya.wishes(delay=0, once=tmp_path / "once", pids=tmp_path / "pids", **faults)
    monkeypatch.setenv("STAND_IN_MAYA", wishes["STAND_IN_MAYA"])

    async def night(running: "WindowProgram") -> None:
        window = running.window
        drop(running, scene)
        await until(lambda: window.submit.drafts and window.submit.drafts[0].is_sound, "the scene to be read")
        assert "Maya 2024" in window.submit.page.facts.text()
        assert "1-48" in window.submit.page.facts.text()
        camera = window.submit.form.options.widgets["camera"]
        assert isinstance(camera, QComboBox)
        assert [camera.itemData(place) for place in range(camera.count())] == ["", "persp", "close"]
        camera.setCurrentIndex(1)
        window.submit.form.further.setText("stall_timeout_s=3 leave_timeout_s=3")
        window.submit.form.edited.emit()
        window.submit.queue()
        await until(lambda: window.frames.model.rowCount() == 48, "the job to be shown")
        job = window.jobs.current_job
        await until(lambda: job() is not None and job().state is JobState.COMPLETED, "the job to end")
        assert count(running, FrameState.COMPLETED) == 48
        await until(lambda: all(cell_pixmap(running, frame) for frame in (1, 13, 20, 30, 48)), "pictures")
        reader = running._core.reader
        told = {(one.frame, one.code) for one in reader.attempts(1) if one.code}
        assert told == {(13, "crashed"), (30, "stalled")}
        attempts = {row.number: row.attempts for row in reader.frames(1)}
        assert [frame for frame, tries in attempts.items() if tries == 2] == [13, 20, 30]

    play(program, night)
    for folder in ("", "Z"):
        names = [f"shot_persp.{number:04d}.exr" for number in range(1, 49)]
        assert sorted(path.name for path in (project / "images" / folder).glob("*.exr")) == names
    wait_gone(int(pid) for pid in (tmp_path / "pids").read_text().split())


def test_two_shots_of_unreal_chosen_in_the_panel(
    program: "WindowProgram", tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = unreal.make_film(tmp_path / "Film")
    shots = [["Shot010", 0, 12], ["Shot020", 12, 24]]
    unreal.write_asset(project.parent, "/Game/Shots/Main", "sequence", start=0, end=24, shots=shots)
    marks = {"once": tmp_path / "once", "pids": tmp_path / "pids"}
    wishes = unreal.wishes(shaders=300, crash_at=[15], truncate_at=[5], delay=0.02, **marks)
    monkeypatch.setenv("STAND_IN_UNREAL", wishes["STAND_IN_UNREAL"])

    async def night(running: "WindowProgram") -> None:
        window = running.window
        drop(running, project)
        await until(lambda: window.submit.drafts and window.submit.drafts[0].scene, "the project to be read")
        widgets = window.submit.form.options.widgets
        sequence, preset = widgets["sequence"], widgets["preset"]
        assert isinstance(sequence, QComboBox)
        assert isinstance(preset, QComboBox)
        await until(lambda: "which frames" in window.submit.page.problems.text(), "the question for frames")
        sequence.setCurrentIndex(sequence.findData("/Game/Shots/Main.Main"))
        preset.setCurrentIndex(preset.findData("/Game/Presets/Final.Final"))
        window.submit.form.frames.setText("0-23")
        window.submit.form.edited.emit()
        await until(lambda: window.submit.drafts[0].is_sound, "the job to be sound")
        window.submit.queue()
        await until(lambda: window.frames.model.rowCount() == 24, "the job to be shown")
        job = window.jobs.current_job
        await until(lambda: job() is not None and job().state is JobState.COMPLETED, "the job to end")
        await until(lambda: all(cell_pixmap(running, frame) for frame in (0, 5, 15, 23)), "pictures")
        told = {one.frame: one for one in running._core.reader.attempts(1) if one.code}
        assert told[15].code == "crashed"
        assert "not whole" in told[5].reason

    play(program, night)
    images = project.parent / "Saved" / "MovieRenders" / "Main.Final"
    names = [f"Main.Final.{number:04d}.png" for number in range(24)]
    assert sorted(path.name for path in images.iterdir()) == names
    assert not list(project.parent.glob("**/init_unreal.py")), "nothing of ours is in the project"
    lines = (tmp_path / "pids").read_text().splitlines()
    wait_gone(int(line.split()[0]) for line in lines)
