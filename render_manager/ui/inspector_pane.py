"""The selected frame: its picture, what is said about it, and the log of its attempts."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAction, QImage, QPixmap
from PySide6.QtWidgets import QSplitter, QToolButton, QVBoxLayout, QWidget

from render_manager.domain.changes import AttemptRecord, ChangeSet, FrameRow
from render_manager.domain.health import mark_sentences
from render_manager.domain.states import AttemptOutcome, FrameState
from render_manager.domain.texts import gettext as _
from render_manager.ui.elided_label import ElidedLabel
from render_manager.ui.estimates import duration_text
from render_manager.ui.log_pane import LogPane
from render_manager.ui.log_surroundings import log_surroundings
from render_manager.ui.picture_view import PictureView
from render_manager.ui.plain_label import PlainLabel
from render_manager.ui.pools import Errands
from render_manager.ui.state_looks import Icons, frame_looks, retry_look
from render_manager.ui.theme import Theme

if TYPE_CHECKING:
    # Its module imports much that the first paint does not need.
    from render_manager.scheduling.ports import StateReader

PREVIEW_PX = 1600


class InspectorPane(QWidget):
    """Shows one frame of one job; GUI thread.

    Signals:
        view_wanted: (job id, frame number) whose picture was double-clicked.
    """

    view_wanted = Signal(object)

    def __init__(
        self, *, theme: Theme, errands: Errands, icons: Icons | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._errands = errands
        self._reader: StateReader | None = None
        self._shown: tuple[int, int] | None = None
        self._picture_of = ""
        self._wanted_attempt: int | None = None
        self._looks = frame_looks()
        self.picture = PictureView(theme)
        self.picture.setToolTip(_("Double-click to look at it large"))
        self.picture.double_clicked.connect(self._on_picture_opened)
        self.caption = ElidedLabel()
        self.caption.setContentsMargins(8, 6, 8, 0)
        self.reason = PlainLabel()
        self.reason.setObjectName("dim")
        self.reason.setWordWrap(True)
        self.reason.setMinimumWidth(1)
        self.reason.setContentsMargins(8, 2, 8, 6)
        self.reason.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.fix = QToolButton()
        self.fix.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self.fix.hide()
        self.log = LogPane(theme=theme, errands=errands, icons=icons)
        upper = QWidget()
        upper_layout = QVBoxLayout(upper)
        upper_layout.setContentsMargins(0, 0, 0, 0)
        upper_layout.setSpacing(0)
        upper_layout.addWidget(self.picture, 1)
        upper_layout.addWidget(self.caption)
        upper_layout.addWidget(self.reason)
        upper_layout.addWidget(self.fix, 0, Qt.AlignmentFlag.AlignLeft)
        self.splitter = QSplitter(Qt.Orientation.Vertical)
        self.splitter.addWidget(upper)
        self.splitter.addWidget(self.log)
        self.splitter.setStretchFactor(0, 1)
        self.splitter.setStretchFactor(1, 1)
        self.splitter.setSizes([400, 400])
        self.splitter.setChildrenCollapsible(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.splitter)
        self._refresh_timer = QTimer(self)
        self._refresh_timer.setSingleShot(True)
        self._refresh_timer.setInterval(60)
        self._refresh_timer.timeout.connect(self._refresh)
        self.show_frame(None, None)

    def fix_with(self, action: QAction) -> None:
        """Offer this action beside a failed frame while it can be done."""
        self.fix.setDefaultAction(action)
        action.changed.connect(self._show_fix)

    def read_from(self, reader: "StateReader") -> None:
        """Read from this reader from now on."""
        self._reader = reader

    @property
    def shown(self) -> tuple[int, int] | None:
        """Return (job id, frame) of the frame shown."""
        return self._shown

    def show_frame(self, job_id: int | None, frame: int | None) -> None:
        """Show another frame, or none."""
        wanted = None if job_id is None or frame is None else (job_id, frame)
        if wanted is not None and wanted == self._shown:
            return
        self._shown = wanted
        self._picture_of = ""
        if wanted is None:
            self.picture.show_words(_("Select a frame to see its picture and its log."))
            self.caption.setText("")
            self.reason.setText("")
            self._has_failed = False
            self._show_fix()
            self.log.show_attempts(())
            return
        self._refresh()

    def show_attempt(self, job_id: int, frame: int, number: int | None = None) -> None:
        """Show a frame with the log of one of its attempts, the last one by default."""
        self._wanted_attempt = number
        self.show_frame(job_id, frame)
        if number is not None:
            self.log.choose(number)

    def apply(self, changes: ChangeSet) -> None:
        """Take in what changed; the frame shown is read again if it is concerned."""
        if self._shown is None:
            return
        job_id, frame = self._shown
        concerned = any(
            (attempt.job_id, attempt.frame) == self._shown for attempt in changes.attempts
        ) or any(
            change.job_id == job_id and any(first <= frame <= last for first, last in change.runs)
            for change in changes.frames
        )
        if job_id in changes.removed_jobs:
            self.show_frame(None, None)
        elif concerned and not self._refresh_timer.isActive():
            self._refresh_timer.start()

    def _on_picture_opened(self) -> None:
        if self._shown is not None:
            self.view_wanted.emit(self._shown)

    def _refresh(self) -> None:
        if self._reader is None or self._shown is None:
            return
        reader, shown = self._reader, self._shown
        job_id, frame = shown

        def read() -> _Read:
            rows = reader.frames(job_id, first=frame, last=frame)
            return _Read(rows, reader.attempts(job_id, frame), *log_surroundings(reader, job_id, frame))

        self._errands.run(read, lambda result: self._show(shown, result))

    def _show(self, shown: tuple[int, int], result: "_Read | None") -> None:
        if shown != self._shown or result is None or not result.rows:
            return
        row, attempts = result.rows[0], result.attempts
        self.caption.setText(self._caption(row, attempts))
        self.reason.setText(_reason(row, attempts))
        self.reason.setVisible(bool(self.reason.text()))
        self._has_failed = row.state is FrameState.FAILED
        self._show_fix()
        self.log.show_attempts(attempts, engine_id=result.engine_id, neighbours=result.neighbours)
        if self._wanted_attempt is not None:
            self.log.choose(self._wanted_attempt)
            self._wanted_attempt = None
        self._show_picture(shown, row)

    def _show_fix(self) -> None:
        action = self.fix.defaultAction()
        self.fix.setVisible(self._has_failed and action is not None and action.isEnabled())

    _has_failed = False

    def _caption(self, row: FrameRow, attempts: list[AttemptRecord]) -> str:
        look = retry_look() if _waits_for_retry(row) else self._looks[row.state]
        parts = [_("frame {number}").format(number=row.number), look.word]
        if attempts:
            last = attempts[-1]
            parts.append(_("attempt {number}").format(number=last.number))
            if last.peak_memory_bytes:
                parts.append(f"{last.peak_memory_bytes / 2**20:.0f} MB")
        if row.seconds:
            parts.append(duration_text(row.seconds) if row.seconds >= 60 else f"{row.seconds:.1f} s")
        if row.outputs:
            parts.append(Path(row.outputs[0]).name)
        return "  ·  ".join(parts)

    def _show_picture(self, shown: tuple[int, int], row: FrameRow) -> None:
        path = row.outputs[0] if row.outputs else ""
        if not path:
            words = _("No picture yet.") if row.state in _STILL_COMING else _("There is no picture.")
            self.picture.show_words(words)
            return
        stamp = f"{path}:{row.attempts}:{row.state}"
        if stamp == self._picture_of:
            return
        self._picture_of = stamp
        self._errands.run(lambda: _load(path), lambda image: self._show_image(shown, path, image))

    def _show_image(self, shown: tuple[int, int], path: str, image: QImage | None) -> None:
        if shown != self._shown:
            return
        if image is None:
            self.picture.show_words(_("{path} cannot be shown any more.").format(path=path))
        else:
            self.picture.show_pixmap(QPixmap.fromImage(image))


class _Read(NamedTuple):
    rows: list[FrameRow]
    attempts: list[AttemptRecord]
    engine_id: str
    neighbours: list[AttemptRecord]


_STILL_COMING = frozenset({FrameState.PENDING, FrameState.RENDERING})


def _load(path: str) -> QImage | None:
    """Read a picture for showing; on a pool thread."""
    if not Path(path).exists():
        return None
    from render_manager.media import load_preview  # image code that the first paint does not need

    width, height, rgb = load_preview(Path(path), PREVIEW_PX)
    return QImage(rgb, width, height, 3 * width, QImage.Format.Format_RGB888).copy()


def _waits_for_retry(row: FrameRow) -> bool:
    return row.state is FrameState.PENDING and row.retry_at is not None


def _reason(row: FrameRow, attempts: list[AttemptRecord]) -> str:
    if _waits_for_retry(row):
        # The clock's time, not what is left of it: this text stands still.
        clock = time.strftime("%H:%M:%S", time.localtime(row.retry_at))
        return _("{reason} Tries again at {clock}.").format(reason=row.reason, clock=clock).strip()
    if row.reason or row.marks:
        return " ".join([row.reason, *mark_sentences(row.marks)]).strip()
    if row.state is FrameState.RENDERING:
        failed = [one for one in attempts if one.outcome in (AttemptOutcome.FAILED, AttemptOutcome.CRASHED)]
        if failed:
            return _("The last attempt failed: {reason} {advice}").format(
                reason=failed[-1].reason, advice=failed[-1].advice
            )
    return ""
