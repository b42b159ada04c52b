"""The page of one scene: its picture, what it says, what speaks against it, and what can be chosen."""

from collections.abc import Sequence

from PySide6.QtCore import QDateTime, QLocale, QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from render_manager.domain.errors import UserError
from render_manager.domain.texts import gettext as _
from render_manager.ui.concerns import Concern, concerns_of
from render_manager.ui.elided_label import ElidedLabel
from render_manager.ui.output_words import names_text, room_text
from render_manager.ui.plain_label import PlainLabel, plain_tip
from render_manager.ui.problem_rows import ProblemRows
from render_manager.ui.scene_facts import Fact, facts_of, text_of
from render_manager.ui.scene_pictures import ScenePicture, ScenePictures
from render_manager.ui.state_looks import Icons
from render_manager.ui.submit_draft import Draft
from render_manager.ui.submit_form import FORM_WIDTH_PX, SubmitForm, mark
from render_manager.ui.theme import THUMBNAIL_GREY, Theme

NARROW_PX = 560
"""In a narrower page the picture stands above the facts."""
TWO_FACT_COLUMNS_FROM_PX = 480
BUTTONS_BESIDE_FROM_PX = 800
FIELDS_HEIGHT_PX = 412


class PictureBox(QWidget):
    """Paints the picture of a scene, or a calm placeholder."""

    def __init__(self, *, theme: Theme, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icons = icons
        self.picture: ScenePicture | None = None

    def show_picture(self, picture: ScenePicture | None, *, is_sought: bool) -> None:
        """Show a picture, or that there is none."""
        self.picture = picture
        none = _("Looking for a picture…") if is_sought else _("The scene brings no picture")
        self.setToolTip(plain_tip(picture.origin if picture is not None else none))
        self.setAccessibleName(self.toolTip())
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Paint it as large as fits, never stretched."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.raised)
        if self.picture is None:
            icon = QRect(0, 0, 32, 32)
            icon.moveCenter(self.rect().center())
            self._icons.colored("mdi6.image-outline", self._theme.dim_text).paint(painter, icon)
            return
        size = self.picture.pixmap.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        target = QRect(0, 0, size.width(), size.height())
        target.moveCenter(self.rect().center())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.fillRect(target, THUMBNAIL_GREY)
        painter.drawPixmap(target, self.picture.pixmap)


class FactTable(QWidget):
    """Facts with their names, in one column or two; GUI thread."""

    def __init__(self, *, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._facts: tuple[Fact, ...] = ()
        self._labels: list[QLabel] = []
        self._columns = 0
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(4)

    def show_facts(self, facts: Sequence[Fact]) -> None:
        """Show these."""
        if tuple(facts) != self._facts:
            self._facts = tuple(facts)
            self._arrange(self._fitting())

    def text(self) -> str:
        """Return what is shown, a fact a line."""
        return text_of(self._facts)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Use the width there is."""
        super().resizeEvent(event)
        if self._fitting() != self._columns:
            self._arrange(self._fitting())

    def _fitting(self) -> int:
        return 2 if self.width() >= TWO_FACT_COLUMNS_FROM_PX else 1

    def _arrange(self, columns: int) -> None:
        self._columns = columns
        for label in self._labels:
            self._grid.removeWidget(label)
            label.hide()
            label.deleteLater()
        self._labels = []
        rows = -(-len(self._facts) // columns)
        for place, fact in enumerate(self._facts):
            column, row = divmod(place, max(rows, 1))
            name = PlainLabel(fact.label)
            name.setObjectName("dim")
            value = ElidedLabel(fact.value, mode=Qt.TextElideMode.ElideRight)
            value.setToolTip(plain_tip(fact.tip or fact.value))
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            if fact.is_doubtful:
                value.setObjectName("warning")
            self._labels += [name, value]
            self._grid.addWidget(name, row, 2 * column)
            self._grid.addWidget(value, row, 2 * column + 1)
        for column in range(2):
            self._grid.setColumnStretch(2 * column + 1, 1 if column < columns else 0)


class ScenePage(QScrollArea):
    """Shows one draft and lets it be edited; GUI thread.

    Signals:
        forget_wanted: the user wants the scene's own values in place of the remembered ones.
    """

    forget_wanted = Signal()

    def __init__(self, *, theme: Theme, pictures: ScenePictures, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pictures = pictures
        self._draft: Draft | None = None
        self._had_result = False
        icons = Icons(theme)
        self.form = SubmitForm()
        self.problems = ProblemRows(theme=theme, icons=icons)
        self.picture = PictureBox(theme=theme, icons=icons)
        self.facts = FactTable(theme=theme)
        self.title = ElidedLabel()
        self.title.setObjectName("title")
        self.path = ElidedLabel()
        self.path.setObjectName("dim")
        self._memory = QWidget()
        self._memory_words = PlainLabel()
        self._memory_words.setObjectName("dim")
        self.own_values = QPushButton(_("Use the scene's own"))
        self.own_values.setToolTip(_("Forget what was chosen the last time, and take what the scene says"))
        self._lay_out()
        self.problems.chosen.connect(self.form.apply)
        self.own_values.clicked.connect(self.forget_wanted)
        pictures.arrived.connect(self._on_picture)

    def show_draft(self, draft: Draft | None) -> None:
        """Show what is known of a draft now; the form is filled by whoever knows when to."""
        is_looked_at_again = draft is not None and draft is self._draft and draft.result is None
        if is_looked_at_again and self._had_result:
            # What is shown is a moment old; taking it away for that moment would make the page jump.
            return
        self._draft = draft
        self._had_result = draft is not None and draft.result is not None
        self.title.setText("" if draft is None else draft.request.path.name)
        self.path.setText("" if draft is None else str(draft.request.path.parent))
        self.facts.show_facts(() if draft is None else facts_of(draft))
        concerns: tuple[Concern, ...] = () if draft is None else concerns_of(draft)
        self.problems.show_concerns(concerns)
        self.form.show_doubts(concerns)
        cannot_be_read = draft is not None and draft.scene is None and isinstance(draft.result, UserError)
        self.form.setVisible(draft is not None and not cannot_be_read)
        self._show_output(draft)
        self._show_memory(draft)
        self._show_picture()

    def _show_output(self, draft: Draft | None) -> None:
        outlook = None if draft is None else draft.outlook
        self.form.files.setText("…" if draft is None else names_text(draft) or "…")
        self.form.room.setText(room_text(draft) or "…")
        level = ""
        if outlook is not None and outlook.may_not_fit:
            level = "error" if outlook.does_not_fit else "warning"
        mark(self.form.room, level)

    def _show_memory(self, draft: Draft | None) -> None:
        when = None if draft is None else draft.remembered_at
        self._memory.setVisible(when is not None)
        if when is not None:
            date = QDateTime.fromSecsSinceEpoch(round(when)).date()
            day = QLocale().toString(date, QLocale.FormatType.LongFormat)
            self._memory_words.setText(_("Filled in as last time ({day}).").format(day=day))

    def _show_picture(self) -> None:
        draft = self._draft
        found = None if draft is None else self._pictures.get(draft)
        is_sought = draft is not None and not self._pictures.is_known_to_have_none(draft)
        self.picture.show_picture(found, is_sought=is_sought)

    def _on_picture(self, path: object) -> None:
        if self._draft is not None and self._draft.request.path == path:
            self._show_picture()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Give the picture its share: beside the facts, or above them."""
        super().resizeEvent(event)
        width = self.viewport().width()
        is_narrow = width < NARROW_PX
        # What the usual fields leave of the height, so that they need no scrolling.
        spare_px = (self.height() - FIELDS_HEIGHT_PX) * 16 // 9
        side = 160 if is_narrow else max(208, min(width // 4, spare_px, 640))
        self.problems.set_narrow(is_narrow=width < BUTTONS_BESIDE_FROM_PX)
        self.picture.setFixedSize(QSize(side, side * 9 // 16))
        if is_narrow is not (self._head.direction() is QHBoxLayout.Direction.TopToBottom):
            way = QHBoxLayout.Direction
            self._head.setDirection(way.TopToBottom if is_narrow else way.LeftToRight)

    def _lay_out(self) -> None:
        body = QWidget()
        body.setObjectName("scene_body")
        column = QVBoxLayout(body)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(12)
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(self.title)
        words.addWidget(self.path)
        words.addSpacing(4)
        words.addWidget(self.facts)
        words.addStretch(1)
        head = QWidget()
        head.setMaximumWidth(FORM_WIDTH_PX)
        self._head = QHBoxLayout(head)
        self._head.setContentsMargins(0, 0, 0, 0)
        self._head.setSpacing(16)
        self._head.addWidget(self.picture, 0, Qt.AlignmentFlag.AlignTop)
        self._head.addLayout(words, 1)
        column.addWidget(head)
        memory = QHBoxLayout(self._memory)
        memory.setContentsMargins(0, 0, 0, 0)
        memory.addWidget(self._memory_words)
        memory.addWidget(self.own_values)
        memory.addStretch(1)
        for widget in (self.problems, self._memory, self.form):
            widget.setMaximumWidth(FORM_WIDTH_PX)
            column.addWidget(widget)
        column.addStretch(1)
        self.setWidget(body)
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
