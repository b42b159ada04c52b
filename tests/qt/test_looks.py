import itertools
import time
from dataclasses import replace

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPixmap
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem
from pytestqt.qtbot import QtBot

from qt.support import FakeReader, change, make_job, save_picture, with_counts
from render_manager.domain.changes import ChangeSet, FrameProgress, FrameResult
from render_manager.domain.facts import EngineWarned
from render_manager.domain.states import FrameState, JobState
from render_manager.ui.elided_label import ElidedLabel
from render_manager.ui.frame_bars import FrameBars
from render_manager.ui.frame_delegate import DIMMED, FrameDelegate
from render_manager.ui.job_delegate import JobDelegate, doing_text
from render_manager.ui.job_pictures import JobPictures
from render_manager.ui.models.frame_codes import RETRY_CODE
from render_manager.ui.models.frames_model import FramesModel
from render_manager.ui.models.job_order import JobColumn
from render_manager.ui.models.jobs_model import RETRIES_ROLE, JobsModel
from render_manager.ui.picture_view import PictureView
from render_manager.ui.pools import Errands
from render_manager.ui.state_looks import WARNING, Icons, frame_looks, job_looks
from render_manager.ui.theme import DARK, LIGHT, THUMBNAIL_GREY, Theme, contrast, mixed, scrim
from render_manager.ui.thumbnails import Thumbnails


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=["dark", "light"])
def test_text_stands_out_from_everything_it_is_written_on(theme: Theme) -> None:
    for text, ground in itertools.product(
        (theme.text, theme.dim_text), (theme.window, theme.pane, theme.raised)
    ):
        assert contrast(text, ground) >= 4.5, (text.name(), ground.name())
    # Selected rows, cells and lines are written in plain text alone.
    assert contrast(theme.text, theme.selection) >= 4.5
    for text, ground in itertools.product((theme.bad_text, theme.warning_text), (theme.window, theme.pane)):
        assert contrast(text, ground) >= 4.5, (text.name(), ground.name())
    assert contrast(theme.text, mixed(theme.window, WARNING, 0.25)) >= 4.5, "the banner"
    assert contrast(theme.on_accent, theme.accent) >= 4.5


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=["dark", "light"])
@pytest.mark.parametrize("picture", ["#000000", "#777777", "#ffffff"])
def test_what_is_done_stands_out_from_any_picture_under_it(theme: Theme, picture: str) -> None:
    ground = QImage(1, 1, QImage.Format.Format_RGB32)
    ground.fill(mixed(THUMBNAIL_GREY, QColor(picture), DIMMED))
    painter = QPainter(ground)
    painter.fillRect(ground.rect(), scrim(theme))
    painter.end()
    assert contrast(theme.text, ground.pixelColor(0, 0)) >= 4.5


def test_the_second_line_of_a_selected_job_is_not_dim(
    qtbot: QtBot, theme: Theme, icons: Icons, errands: Errands
) -> None:
    model = JobsModel()
    model.apply(ChangeSet(jobs={1: make_job(1, reason="MMMMMMMM")}))
    delegate = JobDelegate(theme=theme, icons=icons, pictures=JobPictures(model=model, errands=errands))
    index = model.index(0, JobColumn.NAME)

    def brightest(state: QStyle.StateFlag) -> int:
        image = painted(delegate, model, index, (220, 44), state)
        return max(image.pixelColor(x, y).green() for x in range(32, 220) for y in range(24, 44))

    plain = brightest(QStyle.StateFlag.State_Enabled)
    assert brightest(QStyle.StateFlag.State_Selected) > plain + 30


def test_a_job_that_was_warned_of_has_a_sign(
    qtbot: QtBot, theme: Theme, icons: Icons, errands: Errands
) -> None:
    model = JobsModel()
    model.apply(ChangeSet(jobs={1: make_job(1)}))
    delegate = JobDelegate(theme=theme, icons=icons, pictures=JobPictures(model=model, errands=errands))
    before = painted(delegate, model, model.index(0, JobColumn.NAME), (300, 44))
    model.apply(ChangeSet(facts=(EngineWarned(1, None, "No GPU.", ""),)))
    after = painted(delegate, model, model.index(0, JobColumn.NAME), (300, 44))
    colors = {after.pixelColor(x, y).name() for x in range(270, 300) for y in range(44)}
    assert theme.warning_text.name() in colors
    assert before != after


def test_contrast_is_the_wcag_ratio() -> None:
    assert contrast(QColor("black"), QColor("white")) == pytest.approx(21.0)
    assert contrast(QColor("#777777"), QColor("white")) == pytest.approx(4.48, abs=0.01)


def test_every_state_has_a_colour_an_icon_and_a_word_of_its_own() -> None:
    looks = frame_looks()
    assert set(looks) == set(FrameState)
    assert len({look.icon_name for look in looks.values()}) == len(looks)
    assert len({look.word for look in looks.values()}) == len(looks)
    assert set(job_looks()) == set(JobState)


def test_mixing_colours() -> None:
    assert mixed(QColor(0, 0, 0), QColor(200, 100, 50), 0.5) == QColor(100, 50, 25)


def painted(delegate, model, index, size=(132, 95), state=QStyle.StateFlag.State_Enabled):  # type: ignore[no-untyped-def]
    image = QImage(*size, QImage.Format.Format_RGB32)
    image.fill(QColor("black"))
    option = QStyleOptionViewItem()
    option.rect = QRect(0, 0, *size)
    option.state = state
    painter = QPainter(image)
    delegate.paint(painter, option, index)
    painter.end()
    return image


@pytest.fixture
def cells(qtbot: QtBot, theme: Theme, icons: Icons, errands: Errands, reader: FakeReader):  # type: ignore[no-untyped-def]
    model = FramesModel(errands)
    model.read_from(reader)
    job = make_job(1, "1-6")
    states = list(FrameState)
    reader.put(job, *states)
    with qtbot.waitSignal(model.states_changed):
        model.show_job(job)
    thumbnails = Thumbnails(errands)
    return model, FrameDelegate(theme=theme, icons=icons, thumbnails=thumbnails), thumbnails


def test_the_border_of_a_cell_has_its_states_colour(cells) -> None:  # type: ignore[no-untyped-def]
    model, delegate, _thumbnails = cells
    for place, state in enumerate(FrameState):
        image = painted(delegate, model, model.index(place))
        border = image.pixelColor(0, 40)
        if state is FrameState.PENDING:
            assert border == DARK.raised
        else:
            assert border == frame_looks()[state].color, state


def test_a_cell_shows_its_picture_unstretched_on_grey(qtbot: QtBot, cells, tmp_path) -> None:  # type: ignore[no-untyped-def]
    model, delegate, thumbnails = cells
    path = save_picture(tmp_path / "t.png", "#ff0000", (64, 64))
    result = FrameResult(("/out.png",), str(path), 1.0)
    model.apply(
        ChangeSet(
            frames=(
                change(1, FrameState.PENDING, FrameState.RENDERING),
                change(1, FrameState.RENDERING, FrameState.COMPLETED, result=result),
            )
        )
    )
    painted(delegate, model, model.index(0))
    qtbot.waitUntil(lambda: thumbnails.get(str(path)) is not None)
    image = painted(delegate, model, model.index(0))
    assert image.pixelColor(66, 38) == QColor("#ff0000")
    assert image.pixelColor(6, 38) == DARK.raised, "what a square picture leaves at its sides is no picture"


def test_what_can_be_seen_through_is_on_grey(qtbot: QtBot, cells, tmp_path) -> None:  # type: ignore[no-untyped-def]
    model, delegate, thumbnails = cells
    clear = QImage(64, 64, QImage.Format.Format_ARGB32)
    clear.fill(QColor(0, 0, 0, 0))
    path = tmp_path / "t.png"
    assert clear.save(str(path))
    result = FrameResult(("/out.png",), str(path), 1.0)
    model.apply(ChangeSet(frames=(change(3, FrameState.RENDERING, FrameState.COMPLETED, result=result),)))
    painted(delegate, model, model.index(2))
    qtbot.waitUntil(lambda: thumbnails.get(str(path)) is not None)
    image = painted(delegate, model, model.index(2))
    assert image.pixelColor(66, 38) == THUMBNAIL_GREY
    assert image.pixelColor(6, 38) == DARK.raised


def test_a_large_picture_is_on_grey_and_beside_it_is_the_pane(qtbot: QtBot, theme: Theme) -> None:
    view = PictureView(theme)
    qtbot.addWidget(view)
    view.resize(400, 100)
    clear = QPixmap(64, 64)
    clear.fill(QColor(0, 0, 0, 0))
    view.show_pixmap(clear)
    image = view.grab().toImage()
    assert image.pixelColor(200, 50) == THUMBNAIL_GREY
    assert image.pixelColor(20, 50) == DARK.pane


def retried(seconds: float, frame: int = 1) -> ChangeSet:
    failed = change(frame, FrameState.RENDERING, FrameState.PENDING, reason="Out of GPU memory.")
    return ChangeSet(frames=(replace(failed, attempts=2, failures=1, retry_at=time.time() + seconds),))


def test_a_frame_that_waits_for_its_retry_is_not_like_an_untouched_one(qtbot: QtBot, cells) -> None:  # type: ignore[no-untyped-def]
    model, delegate, _thumbnails = cells
    index = model.index(0)
    painted(delegate, model, index)
    qtbot.waitUntil(lambda: model.cell(0).row is not None)
    model.apply(retried(41.5))
    counting: list[bool] = []
    delegate.countdown_painted.connect(lambda: counting.append(True))
    image = painted(delegate, model, index)
    assert image.pixelColor(0, 40) == WARNING
    assert counting
    tip = index.data(Qt.ItemDataRole.ToolTipRole)
    for part in ("2 attempts", "Out of GPU memory.", "tries again in 42 s"):
        assert part in tip
    assert model.codes[0] == RETRY_CODE
    assert FrameBars(DARK).color(RETRY_CODE) == WARNING
    counting.clear()
    model.apply(retried(-1.0))
    painted(delegate, model, index)
    assert not counting, "nothing is counted down any more"
    assert "tries again soon" in index.data(Qt.ItemDataRole.ToolTipRole)


def test_a_cell_says_why_there_is_no_picture(qtbot: QtBot, cells) -> None:  # type: ignore[no-untyped-def]
    model, delegate, _thumbnails = cells
    index = model.index(3)
    painted(delegate, model, index)
    qtbot.waitUntil(lambda: model.cell(3).row is not None)
    assert model.cell(3).state is FrameState.FAILED
    silent = painted(delegate, model, index)
    rows = model.details.rows
    rows[4] = replace(rows[4], reason="The graphics card ran out of memory. " * 9)
    told = painted(delegate, model, index)
    assert told != silent
    caption = QRect(0, 76, 132, 19)
    assert told.copy(caption) == silent.copy(caption), "it is cut where the caption begins"


def test_a_job_counts_the_frames_to_be_tried_again(qtbot: QtBot) -> None:
    model = JobsModel()
    model.apply(ChangeSet(jobs={1: make_job(1)}))
    index = model.index(0, 0)
    with qtbot.waitSignal(model.dataChanged):
        model.apply(retried(40.0, 3))
    model.apply(retried(40.0, 4))
    assert index.data(RETRIES_ROLE) == 2
    assert "2 to be tried again" in doing_text(model.job(1), 2)
    assert "2 to be tried again" in index.data(Qt.ItemDataRole.ToolTipRole)
    model.apply(ChangeSet(frames=(change(4, FrameState.PENDING, FrameState.RENDERING),)))
    assert index.data(RETRIES_ROLE) == 1
    model.apply(ChangeSet(frames=(change(1, FrameState.PENDING, FrameState.CANCELLED, last=10),)))
    assert index.data(RETRIES_ROLE) == 0
    assert "tried again" not in doing_text(model.job(1), 0)


def test_progress_is_painted_as_far_as_it_is(cells) -> None:  # type: ignore[no-untyped-def]
    model, delegate, _thumbnails = cells
    model.apply(ChangeSet(progress={(1, 2): FrameProgress(1, 2, 50.0, "Sample 5/10", 0.0)}))
    image = painted(delegate, model, model.index(1))
    color = frame_looks()[FrameState.RENDERING].color
    row = next(y for y in range(94, 40, -1) if image.pixelColor(20, y) == color and y < 80)
    assert image.pixelColor(60, row) == color
    assert image.pixelColor(75, row) != color


def test_selected_cells_differ(cells) -> None:  # type: ignore[no-untyped-def]
    model, delegate, _thumbnails = cells
    plain = painted(delegate, model, model.index(0))
    chosen = painted(delegate, model, model.index(0), state=QStyle.StateFlag.State_Selected)
    assert plain != chosen


def test_a_jobs_bar_is_stacked_by_state(qtbot: QtBot, theme: Theme, icons: Icons, errands: Errands) -> None:
    model = JobsModel()
    job = with_counts(make_job(1, "1-100"), completed=50, failed=25)
    model.apply(ChangeSet(jobs={1: job}))
    delegate = JobDelegate(theme=theme, icons=icons, pictures=JobPictures(model=model, errands=errands))
    image = painted(delegate, model, model.index(0, JobColumn.PROGRESS), size=(216, 44))
    looks = frame_looks()
    assert image.pixelColor(8 + 50, 22) == looks[FrameState.COMPLETED].color
    assert image.pixelColor(8 + 125, 22) == looks[FrameState.FAILED].color
    assert image.pixelColor(8 + 180, 22) not in (
        looks[FrameState.COMPLETED].color,
        looks[FrameState.FAILED].color,
    )


def test_one_failed_frame_of_many_can_still_be_seen(
    qtbot: QtBot, theme: Theme, icons: Icons, errands: Errands
) -> None:
    model = JobsModel()
    model.apply(ChangeSet(jobs={1: with_counts(make_job(1, "1-100000"), failed=1)}))
    delegate = JobDelegate(theme=theme, icons=icons, pictures=JobPictures(model=model, errands=errands))
    image = painted(delegate, model, model.index(0, JobColumn.PROGRESS), size=(216, 44))
    assert image.pixelColor(8, 22) == frame_looks()[FrameState.FAILED].color


def test_every_cell_of_a_job_paints(qtbot: QtBot, theme: Theme, icons: Icons, errands: Errands) -> None:
    model = JobsModel()
    jobs = {number: make_job(number, state=state) for number, state in enumerate(JobState, start=1)}
    model.apply(ChangeSet(jobs=jobs))
    delegate = JobDelegate(theme=theme, icons=icons, pictures=JobPictures(model=model, errands=errands))
    for row in range(model.rowCount()):
        for column in JobColumn:
            index = model.index(row, column)
            blank = QImage(180, 44, QImage.Format.Format_RGB32)
            blank.fill(QColor("black"))
            has_text = bool(index.data()) or column in (JobColumn.NAME, JobColumn.PROGRESS)
            assert (painted(delegate, model, index, size=(180, 44)) != blank) == has_text


def test_thumbnails_keep_within_their_limit(
    qtbot: QtBot, errands: Errands, tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr("render_manager.ui.thumbnails.LIMIT_BYTES", 5 * 64 * 36 * 4)
    thumbnails = Thumbnails(errands)
    paths = [str(save_picture(tmp_path / f"{number}.png")) for number in range(12)]
    for path in paths:
        thumbnails.get(path)
        qtbot.waitUntil(lambda path=path: thumbnails.get(path) is not None)
    kept = [path for path in paths if path in thumbnails._pixmaps]
    assert paths[-1] in kept
    assert len(kept) <= 6


def test_a_thumbnail_that_is_not_there_is_asked_for_once(qtbot: QtBot, errands: Errands, tmp_path) -> None:  # type: ignore[no-untyped-def]
    thumbnails = Thumbnails(errands)
    path = str(tmp_path / "none.jpg")
    assert thumbnails.get(path) is None
    qtbot.waitUntil(lambda: path in thumbnails._missing)
    assert thumbnails.get(path) is None
    assert not thumbnails._reading
    save_picture(tmp_path / "none.jpg")
    thumbnails.forget(path)
    thumbnails.get(path)
    qtbot.waitUntil(lambda: thumbnails.get(path) is not None)


def test_a_long_text_gives_way_and_is_told_by_the_tool_tip(qtbot: QtBot, theme: Theme) -> None:
    label = ElidedLabel("/show/" + "x" * 3000)
    qtbot.addWidget(label)
    label.resize(200, 20)
    assert label.minimumSizeHint().width() == 0
    assert len(label.shown_text()) < 60
    assert "…" in label.shown_text()
    assert label.toolTip() == label.text()
    label.setText("<b>bold</b>")
    assert label.toolTip() == "<span>&lt;b&gt;bold&lt;/b&gt;</span>"
    assert label.shown_text() == "<b>bold</b>"
