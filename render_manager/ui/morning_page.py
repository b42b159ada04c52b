"""The morning page: what was done while nobody looked, job by job, what failed and what to do about it."""

import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication, QImage, QPixmap
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from render_manager.domain.errors import RenderManagerError
from render_manager.domain.morning import JobNight, Morning, Shown
from render_manager.domain.morning_text import (
    counts_line,
    detail_lines,
    events_line,
    picture_caption,
    report_text,
    span_line,
    summary_text,
)
from render_manager.domain.states import JobState
from render_manager.domain.texts import gettext as _
from render_manager.domain.texts import ngettext
from render_manager.ui.cover_page import CoverPage, plain_label
from render_manager.ui.elided_label import ElidedLabel
from render_manager.ui.files import open_file
from render_manager.ui.plain_label import PlainLabel, plain_tip
from render_manager.ui.pools import Errands
from render_manager.ui.theme import THUMBNAIL_GREY, Theme

PICTURE_PX = QSize(160, 90)
MOST_IN_ROW = 4
"""Pictures beside each other: so many fit into the smallest window."""
MOST_JOBS = 40
"""Jobs that are shown; the report has all."""
Collect = Callable[[float, float], Morning]
Save = Callable[[Morning, Path], None]

_ORDER = (JobState.FAILED, JobState.CANCELLED, JobState.PAUSED, JobState.PENDING, JobState.RUNNING)
"""Jobs that may need somebody come first; those that are completed last."""


class MorningPage(CoverPage):
    """Shows what was done since a moment; GUI thread.

    Signals:
        retry_wanted: the number of a job whose failed frames are to be rendered again.
        frame_wanted: job and frame whose log is to be shown.
        problem_met: a sentence about what could not be done.
    """

    retry_wanted = Signal(int)
    frame_wanted = Signal(int, int)
    problem_met = Signal(str)

    def __init__(self, *, theme: Theme, errands: Errands) -> None:
        super().__init__(_("What was done"))
        self._theme = theme
        self._errands = errands
        self._collect: Collect | None = None
        self._save: Save | None = None
        self._round = 0
        self.morning: Morning | None = None
        self.since = QComboBox()
        self.since.setToolTip(_("Since when"))
        self.since.activated.connect(self._on_since)
        self.copy_button = QPushButton(_("&Copy as text"))
        self.copy_button.clicked.connect(self._copy)
        self.save_button = QPushButton(_("&Save report…"))
        self.save_button.clicked.connect(self._ask_where)
        for widget in (self.since, self.copy_button, self.save_button):
            self.buttons.addWidget(widget, 0, Qt.AlignmentFlag.AlignTop)

    def serve(self, collect: Collect, save: Save) -> None:
        """Ask and save in these ways from now on; both are called on a reading thread."""
        self._collect, self._save = collect, save

    def show_since(self, last_seen: float, now: float) -> None:
        """Show what was done since the user was last there, and offer other stretches of time."""
        here = time.localtime(now)
        evening = time.mktime((*here[:2], here[2] - (here.tm_hour < 18), 18, 0, 0, 0, 0, -1))
        choices = [
            (_("since you last looked"), last_seen),
            (_("since the last evening, 18:00"), evening),
            (_("the last 24 hours"), now - 86400.0),
            (_("the last 7 days"), now - 7 * 86400.0),
        ]
        self.since.clear()
        for words, at in choices:
            self.since.addItem(words, at)
        self._look(last_seen)

    def _on_since(self) -> None:
        self._look(float(self.since.currentData()))

    def _look(self, since: float) -> None:
        collect = self._collect
        if collect is None:
            return
        self._round += 1
        number = self._round
        self.sentence.setText(_("Reading…"))
        until = time.time()
        self._errands.run(lambda: collect(since, until), lambda morning: self._show(number, morning))

    def _show(self, number: int, morning: Morning | None) -> None:
        if number != self._round:
            return
        self.morning = morning
        self.clear()
        for button in (self.copy_button, self.save_button):
            button.setEnabled(morning is not None)
        if morning is None:
            self.sentence.setText(_("It could not be read; the program's log tells more."))
            return
        self.sentence.setText(f"{span_line(morning)}\n{summary_text(morning)}")
        events = events_line(morning)
        if events:
            self.body.addWidget(plain_label(events, "dim"))
        if not morning.jobs:
            self.body.addWidget(plain_label(_("Nothing was rendered in this time."), "dim"))
        ordered = sorted(morning.jobs, key=_rank)
        for night in ordered[:MOST_JOBS]:
            self.body.addWidget(self._section(night))
        rest = len(ordered) - MOST_JOBS
        if rest > 0:
            more = ngettext(
                "{count} more job is in the report.", "{count} more jobs are in the report.", rest
            )
            self.body.addWidget(plain_label(more.format(count=rest), "dim"))

    def _section(self, night: JobNight) -> QWidget:
        section = QWidget()
        layout = QVBoxLayout(section)
        layout.setContentsMargins(0, 12, 0, 8)
        layout.setSpacing(4)
        layout.addLayout(self._head(night))
        layout.addWidget(plain_label(counts_line(night)))
        for kind, text in detail_lines(night):
            label = plain_label(text, "dim" if kind != "failed" else "")
            if kind == "failed":
                label.setStyleSheet(f"color: {self._theme.bad_text.name()};")
            if kind == "advice":
                label.setContentsMargins(16, 0, 0, 0)
            layout.addWidget(label)
        if night.pictures:
            layout.addLayout(self._pictures(night))
        return section

    def _head(self, night: JobNight) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        name = ElidedLabel(night.job.name)
        name.setObjectName("title")
        row.addWidget(name, 1)
        job = night.job
        if job.failed_frames:
            retry = QPushButton(_("Retry failed"))
            retry.setToolTip(
                _("Render what failed or was cancelled again, and show the log of the last failure")
            )
            retry.clicked.connect(lambda: self._retry(night))
            row.addWidget(retry)
        if night.failures:
            log = QPushButton(_("Show log"))
            log.setToolTip(_("Show the log of the first failed frame"))
            log.clicked.connect(lambda: self.frame_wanted.emit(job.id, night.failures[0].frames[0]))
            row.addWidget(log)
        if night.movie:
            movie = QPushButton(_("Open movie"))
            movie.setToolTip(plain_tip(night.movie))
            movie.clicked.connect(lambda: open_file(Path(night.movie)))
            row.addWidget(movie)
        folder = QPushButton(_("Open folder"))
        folder.setToolTip(plain_tip(str(job.output_dir)))
        folder.clicked.connect(lambda: open_file(job.output_dir))
        row.addWidget(folder)
        return row

    def _retry(self, night: JobNight) -> None:
        self.retry_wanted.emit(night.job.id)
        if night.failures:
            self.frame_wanted.emit(night.job.id, night.failures[0].frames[-1])

    def _pictures(self, night: JobNight) -> QGridLayout:
        rows = QGridLayout()
        rows.setSpacing(8)
        for place, shown in enumerate(night.pictures):
            rows.addWidget(self._picture(shown), *divmod(place, MOST_IN_ROW))
        rows.setColumnStretch(MOST_IN_ROW, 1)
        return rows

    def _picture(self, shown: Shown) -> QWidget:
        box = QWidget()
        layout = QVBoxLayout(box)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.setSpacing(2)
        picture = PlainLabel()
        picture.setFixedSize(PICTURE_PX)
        picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        picture.setStyleSheet(f"background: {THUMBNAIL_GREY.name()};")
        caption = plain_label(picture_caption(shown.frame, is_failed=shown.is_failed), "dim")
        caption.setFixedWidth(PICTURE_PX.width())
        layout.addWidget(picture)
        layout.addWidget(caption)
        number = self._round

        def show(image: QImage | None) -> None:
            # The page may have been filled anew meanwhile, and its labels be gone.
            if number == self._round and image is not None and not image.isNull():
                picture.setPixmap(QPixmap.fromImage(image))

        self._errands.run(lambda: _small(shown.thumbnail), show)
        return box

    def _copy(self) -> None:
        if self.morning is not None:
            QGuiApplication.clipboard().setText(report_text(self.morning))

    def _ask_where(self) -> None:
        dialog = QFileDialog(self, _("Save report"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters([_("Web page (*.html)"), _("Text (*.txt)")])
        dialog.setDefaultSuffix("html")
        dialog.selectFile(time.strftime("render-report-%Y-%m-%d.html"))
        dialog.filterSelected.connect(
            lambda chosen: dialog.setDefaultSuffix("txt" if "*.txt" in chosen else "html")
        )
        dialog.fileSelected.connect(lambda name: self.save_to(Path(name)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def save_to(self, path: Path) -> None:
        """Write the report into a file, on a reading thread."""
        morning, save = self.morning, self._save
        if morning is None or save is None:
            return

        def work() -> str:
            try:
                save(morning, path)
            except RenderManagerError as error:
                return str(error)
            return ""

        self._errands.run(work, lambda problem: self.problem_met.emit(problem or ""))


def _rank(night: JobNight) -> int:
    state = night.job.state
    return _ORDER.index(state) if state in _ORDER else len(_ORDER)


def _small(path: str) -> QImage:
    image = QImage(path)
    if image.isNull():
        return image
    return image.scaled(
        PICTURE_PX, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
    )
