"""The form of one scene in the submit panel: what can be chosen before it is queued."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from render_manager.domain.jobspec import Existing
from render_manager.domain.scene import Severity
from render_manager.domain.texts import gettext as _
from render_manager.domain.texts import ngettext
from render_manager.engines.preparing import JobRequest, Preparation
from render_manager.ui.concerns import Choice, Concern
from render_manager.ui.elided_label import ElidedLabel
from render_manager.ui.field_grid import Cell, FieldGrid, order_tabs
from render_manager.ui.limit_fields import LimitFields
from render_manager.ui.option_rows import OptionRows
from render_manager.ui.option_text import pairs
from render_manager.ui.plain_label import plain_tip
from render_manager.ui.submit_draft import Draft, existing_words

FORM_WIDTH_PX = 1400


class SubmitForm(QWidget):
    """Edits the request of one draft; GUI thread.

    Signals:
        edited: the user changed something.
        more_toggled: whether the options few scenes need are shown now.
    """

    edited = Signal()
    more_toggled = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_filling = False
        self._doubted: dict[str, tuple[str, str]] = {}
        self.frames = QLineEdit()
        self.output = QLineEdit()
        self.browse = QPushButton(_("Choose…"))
        self.browse.setToolTip(_("Choose the folder the frames are written to"))
        self.files = ElidedLabel()
        self.room = ElidedLabel(mode=Qt.TextElideMode.ElideRight)
        self.existing = existing_box()
        self.priority = priority_spin()
        self.retries = retries_spin()
        self.further = QLineEdit()
        self.further.setPlaceholderText(_("option=value  other_option=value"))
        self.further.setToolTip(
            _("Options without a field of their own; an unknown one is answered with the list of all")
        )
        self.more = QToolButton()
        self.more.setObjectName("more")
        self.more.setCheckable(True)
        self.more.setAutoRaise(True)
        self.more.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.options = OptionRows(self)
        self.limits = LimitFields(self)
        self._usual, self._rare = FieldGrid(), FieldGrid()
        self._lay_out()
        self._connect()

    def fill(self, draft: Draft, default_priority: int, default_retries: int) -> None:
        """Show a draft."""
        request, texts, choices = draft.request, draft.texts, draft.choices
        with self._filling():
            self.frames.setPlaceholderText(_("as the scene says, or 1-100x5,120,130-140"))
            self.output.setPlaceholderText(_("as the scene says"))
            self.frames.setText(texts.get("frames", request.frames))
            self.output.setText(texts.get("output", str(request.output or "")))
            self.existing.setCurrentIndex(self.existing.findData(request.existing or Existing.SKIP))
            self.priority.setValue(default_priority if request.priority is None else request.priority)
            self.retries.setValue(default_retries if request.retries is None else request.retries)
            self.further.setText(texts.get("further", ""))
            self.limits.show(request.limits, keeps_copy=request.keeps_copy)
            self.options.show_fields(draft.fields, choices)
        self.show_result(draft)

    def show_result(self, draft: Draft) -> None:
        """Offer what was found to choose from, and show what the empty fields stand for.

        What is chosen at this moment stays chosen, even if the user chose it a moment ago.
        """
        with self._filling():
            self.options.show_fields(draft.fields, self._without_field(draft) | self.options.values())
            if draft.scene is not None and not draft.scene.has_frame_range:
                self.frames.setPlaceholderText(_("the file does not say; 1-100x5,120,130-140"))
            if isinstance(draft.result, Preparation):
                self.frames.setPlaceholderText(draft.result.spec.frames.text()[:200])
                self.output.setPlaceholderText(str(draft.result.spec.output_dir))
        self._name_more()

    def take(self, draft: Draft) -> JobRequest:
        """Return the request as the form has it; keeps what was typed in the draft."""
        output = self.output.text().strip()
        draft.texts = {"frames": self.frames.text(), "output": output, "further": self.further.text()}
        # Of a file that is not read yet the form does not offer everything that may have been chosen.
        is_known = draft.scene is not None and bool(self.options.widgets)
        draft.choices = ({} if is_known else self._without_field(draft)) | self.options.values()
        return replace(
            draft.request,
            frames=self.frames.text().strip(),
            output=Path(output) if output else None,
            existing=Existing(self.existing.currentData()),
            priority=self.priority.value(),
            retries=self.retries.value(),
            limits=self.limits.limits(draft.request.limits),
            keeps_copy=self.limits.copy.isChecked(),
            options=draft.choices | pairs(self.further.text()),
        )

    def apply(self, choice: Choice) -> None:
        """Do what a button beside a problem offers: set a field, or lead to it."""
        if choice.field == "browse":
            self.choose_folder()
            return
        if choice.value is not None:
            self._set(choice.field, choice.value)
            return
        field = self.named().get(choice.field)
        if field is None:
            return
        if not field.isVisibleTo(self):
            self.more.setChecked(True)
        field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if isinstance(field, QComboBox):
            field.showPopup()
        elif isinstance(field, QLineEdit) and not field.text():
            # What stands there in grey is what will be rendered: a start for what is typed.
            field.setText(field.placeholderText() if field is self.frames else "")
            field.selectAll()

    def show_doubts(self, concerns: Sequence[Concern]) -> None:
        """Colour the fields whose values are wrong or unlikely, and say why in their tool tips."""
        wanted: dict[str, tuple[str, str]] = {}
        for concern in concerns:
            if concern.field and (concern.field not in wanted):
                level = "error" if concern.severity is Severity.ERROR else "warning"
                wanted[concern.field] = (level, concern.text)
        for name, field in self.named().items():
            mark(field, *wanted.get(name, ("", "")))

    def named(self) -> Mapping[str, QWidget]:
        """Return every field by its name."""
        own = {
            "frames": self.frames,
            "output": self.output,
            "existing": self.existing,
            "priority": self.priority,
            "retries": self.retries,
            "further": self.further,
        }
        return own | dict(self.limits.named()) | self.options.widgets

    def set_more(self, *, is_shown: bool) -> None:
        """Show or fold the options that few scenes need."""
        self.more.setChecked(is_shown)

    def tab_order(self) -> list[QWidget]:
        """Return all fields in the order Tab goes through them."""
        return [*self._usual.fields(), self.more, *self._rare.fields()]

    def choose_folder(self) -> None:
        """Ask for the output folder."""
        start = self.output.text() or self.output.placeholderText()
        dialog = QFileDialog(self, _("Output folder"), start)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly, True)
        dialog.fileSelected.connect(lambda folder: self._set("output", folder))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _without_field(self, draft: Draft) -> dict[str, Any]:
        """Return what was chosen for a draft and has no field to be shown in."""
        return {name: value for name, value in draft.choices.items() if name not in self.options.widgets}

    def _set(self, name: str, value: Any) -> None:
        field = self.named().get(name)
        if name == "existing":
            self.existing.setCurrentIndex(self.existing.findData(value))
        elif field in (self.frames, self.output, self.further) and isinstance(field, QLineEdit):
            field.setText(str(value))
            self.edited.emit()
        elif field in (self.priority, self.retries) and isinstance(field, QSpinBox):
            field.setValue(int(value))
        else:
            self.options.choose(name, value)

    @contextmanager
    def _filling(self) -> Iterator[None]:
        """Change fields without taking that for the user's doing."""
        was_filling, self._is_filling = self._is_filling, True
        try:
            yield
        finally:
            self._is_filling = was_filling

    def _lay_out(self) -> None:
        self.setMaximumWidth(FORM_WIDTH_PX)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self._usual)
        layout.addWidget(self.more, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(self._rare)
        self._rare.hide()
        for field in (
            self.existing,
            self.priority,
            self.retries,
            self.further,
            *self.limits.named().values(),
        ):
            field.setParent(self)
        self._show_cells()
        self._name_more()
        for edit in self.findChildren(QLineEdit):
            # What is dropped on a field is for the window: files, not the text of their addresses.
            edit.setAcceptDrops(False)

    def _show_cells(self) -> None:
        self._usual.show_cells(
            [
                Cell(_("Frame&s"), self.frames, is_wide=True),
                Cell(_("&Output folder"), self.output, is_wide=True, beside=self.browse),
                Cell(_("Files"), self.files, is_wide=True),
                Cell(_("Disk"), self.room, is_wide=True),
                Cell(_("E&xisting files"), self.existing),
                Cell(_("&Priority"), self.priority),
                *self.options.cells(rare=False),
            ]
        )
        self._rare.show_cells(
            [
                *self.options.cells(rare=True),
                Cell(_("Re&tries"), self.retries),
                *self.limits.cells(),
                Cell(_("Further optio&ns"), self.further, is_wide=True),
            ]
        )
        order_tabs(self.tab_order())

    def _connect(self) -> None:
        for edit in (self.frames, self.output, self.further):
            edit.textEdited.connect(self._on_edited)
        self.existing.currentIndexChanged.connect(self._on_edited)
        for spin in (self.priority, self.retries):
            spin.valueChanged.connect(self._on_edited)
        self.options.edited.connect(self._on_edited)
        self.limits.edited.connect(self._on_edited)
        self.options.rebuilt.connect(self._show_cells)
        self.browse.clicked.connect(self.choose_folder)
        self.more.toggled.connect(self._on_more)

    def _on_edited(self, *_value: object) -> None:
        if not self._is_filling:
            self.edited.emit()

    def _on_more(self, is_shown: bool) -> None:
        self._rare.setVisible(is_shown)
        self._name_more()
        self.more_toggled.emit(is_shown)

    def _name_more(self) -> None:
        """Say on the folded part how many of its options are set, so that none is forgotten."""
        rare = {cell.field.objectName() for cell in self.options.cells(rare=True)}
        count = len(rare & set(self.options.values())) + bool(self.further.text().strip())
        count += self.limits.count()
        is_shown = self.more.isChecked()
        self.more.setArrowType(Qt.ArrowType.DownArrow if is_shown else Qt.ArrowType.RightArrow)
        text = ngettext("&More options ({count} set)", "&More options ({count} set)", count)
        self.more.setText(text.format(count=count) if count and not is_shown else _("&More options"))


def existing_box() -> QComboBox:
    """Return a box of what can be done about files that are there."""
    box = QComboBox()
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setMinimumContentsLength(12)
    for policy, text in existing_words().items():
        box.addItem(text, policy)
    return box


def priority_spin() -> QSpinBox:
    """Return a field for a priority."""
    spin = _spin(10)
    spin.setToolTip(_("0-3 low, 4-7 default, 8-10 high; higher jobs always go first"))
    return spin


def retries_spin() -> QSpinBox:
    """Return a field for how often a failed frame is tried again."""
    spin = _spin(100)
    spin.setToolTip(_("How often a failed frame is tried again before it is given up"))
    return spin


def _spin(maximum: int) -> QSpinBox:
    spin = QSpinBox()
    spin.setRange(0, maximum)
    spin.setMinimumWidth(80)
    # As far from the frame as the other fields' text; style sheets do not reach it.
    spin.lineEdit().setTextMargins(4, 0, 0, 0)
    return spin


def mark(field: QWidget, level: str, why: str = "") -> None:
    """Colour a field (`warning`, `error`, or not at all); a reason takes its tool tip's place meanwhile."""
    if (field.property("doubt") or "") != level:
        if not field.property("doubt"):
            field.setProperty("own_tip", field.toolTip())
        field.setProperty("doubt", level)
        field.style().unpolish(field)
        field.style().polish(field)
        if not level:
            field.setToolTip(str(field.property("own_tip") or ""))
    if level and why:
        field.setToolTip(plain_tip(why))
