import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from qt.support import FakeReader, make_job
from render_manager.domain.changes import AttemptRecord, ChangeSet, FrameProgress
from render_manager.domain.states import AttemptOutcome, FrameState
from render_manager.ui.last_lines import LastLines
from render_manager.ui.life_sign import LifeSign, long_quiet_s
from render_manager.ui.life_signs import LifeSigns, sign_of
from render_manager.ui.log_tail import last_line
from render_manager.ui.models.frames_model import FramesModel
from render_manager.ui.pools import Errands

R = FrameState.RENDERING
HEAD = "# head of another\nOld words\n"


def write_log(path: Path, text: str, *, age_s: float = 0.0) -> Path:
    path.write_text(HEAD + text)
    then = time.time() - age_s
    os.utime(path, (then, then))
    return path


def progress(path: Path, frame: int = 1, *, age_s: float = 1000.0) -> FrameProgress:
    return FrameProgress(1, frame, None, "", time.time() - age_s, str(path), len(HEAD))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Sample 1/4\nSample 2/4\n", "Sample 2/4"),
        ("Sample 1/4\nSam", "Sam"),
        ("Sample 1/4\n\n  \n@RM-1 {}\n", "Sample 1/4"),
        ("@RM-1 {}\n", ""),
        ("", ""),
        ("x" * 9000 + "\nlast\n", "last"),
    ],
)
def test_the_last_line_is_the_engines_own(tmp_path: Path, text: str, line: str) -> None:
    path = write_log(tmp_path / "w.log", text)
    assert last_line(path, len(HEAD)) == line
    assert last_line(tmp_path / "missing.log") == ""


def test_an_ended_attempt_has_its_own_last_line(tmp_path: Path) -> None:
    path = write_log(tmp_path / "w.log", "mine\nthe next frame's\n")
    assert last_line(path, len(HEAD), len(HEAD) + 5) == "mine"


def test_only_silence_longer_than_a_usual_frame_is_suspicious() -> None:
    assert long_quiet_s(4.0) == 60.0
    assert long_quiet_s(600.0) == 900.0
    assert long_quiet_s(None) == 300.0
    sign = LifeSign(1, 1000.0, "", 60.0)
    assert not sign.is_suspicious(1059.0)
    assert sign.is_suspicious(1250.0)
    assert sign.quiet_text(1250.0) == "4:10"


def test_a_log_is_as_old_as_its_last_growth(tmp_path: Path) -> None:
    path = write_log(tmp_path / "w.log", "Sample 1/4\n", age_s=200.0)
    first = sign_of(progress(path), None, 60.0)
    assert first is not None
    assert 195 < first.quiet_s(time.time()) < 205
    assert first.is_suspicious(time.time())
    # Where the time of change stands still although the file grows.
    write_log(path, "Sample 1/4\nSample 2/4\n", age_s=200.0)
    second = sign_of(progress(path), first, 60.0)
    assert second is not None
    assert second.last_line == "Sample 2/4"
    assert second.quiet_s(time.time()) < 10
    assert sign_of(progress(path, age_s=30.0), None, 60.0).quiet_s(time.time()) < 31  # type: ignore[union-attr]
    assert sign_of(progress(tmp_path / "missing.log"), None, 60.0) is None


@pytest.fixture
def watched(
    qtbot: QtBot, errands: Errands, reader: FakeReader, tmp_path: Path
) -> tuple[FramesModel, Callable[[range], LifeSigns]]:
    model = FramesModel(errands)
    model.read_from(reader)
    reader.put(make_job(1, "1-4"), R, R)
    with qtbot.waitSignal(model.states_changed):
        model.show_job(make_job(1, "1-4"))
    path = write_log(tmp_path / "w.log", "Sample 3/4\n", age_s=250.0)
    model.apply(ChangeSet(progress={(1, frame): progress(path, frame) for frame in (1, 2)}))

    def watch(places: range) -> LifeSigns:
        return LifeSigns(model=model, errands=errands, in_sight=lambda: places, usual_s=lambda: 3.0)

    return model, watch


def test_frames_in_sight_are_looked_at(qtbot: QtBot, watched) -> None:  # type: ignore[no-untyped-def]
    model, watch = watched
    signs = watch(range(1))
    signs.watch(is_wanted=True)
    qtbot.waitUntil(lambda: model.cell(0).sign is not None)
    assert model.cell(0).sign.last_line == "Sample 3/4"
    assert model.cell(1).sign is None
    tip = model.index(0).data(3)
    assert "Nothing was written to its log for 4:1" in tip
    assert "Sample 3/4" in tip
    signs.watch(is_wanted=False)
    assert not signs.timer.isActive()
    model.apply(ChangeSet(progress={(1, 1): None, (1, 2): None}))
    assert model.cell(0).sign is None
    signs.look()


def test_last_lines_are_read_once_and_announced(qtbot: QtBot, errands: Errands, tmp_path: Path) -> None:
    path = write_log(tmp_path / "w.log", "Saved: '1.png'\n")
    end = len(HEAD) + 15
    lines = LastLines(errands)
    one = AttemptRecord(
        1, 1, 1, AttemptOutcome.COMPLETED, 1.0, log_path=str(path), log_start=len(HEAD), log_end=end
    )
    with qtbot.waitSignal(lines.arrived):
        assert lines.get(one) == ""
    assert lines.get(one) == "Saved: '1.png'"
    path.unlink()
    assert lines.get(one) == "Saved: '1.png'"
    running = AttemptRecord(1, 1, 2, AttemptOutcome.RUNNING, 1.0, log_path=str(path))
    assert lines.get(running) == ""
