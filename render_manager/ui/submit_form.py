"""The form of one scene in the submit panel: what can be chosen before it is queued."""

import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QWidget,
)

from render_manager.domain.jobspec import Existing
from render_manager.domain.texts import gettext as _
from render_manager.engines.preparing import JobRequest, Preparation
from render_manager.ui.option_rows import CHOICE_WIDTH_PX, FIELD_HEIGHT_PX, OptionRows
from render_manager.ui.submit_draft import Draft, existing_words

FORM_WIDTH_PX = 760


class SubmitForm(QWidget):
    """Edits the request of one draft; GUI thread.

    Signals:
        edited: the user changed something.
    """

    edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_filling = False
        self.frames = QLineEdit()
        self.output = QLineEdit()
        self.browse = QPushButton(_("Choose…"))
        self.existing = QComboBox()
        for policy, text in existing_words().items():
            self.existing.addItem(text, policy)
        self.priority = QSpinBox()
        self.priority.setRange(0, 10)
        self.priority.setToolTip(_("0-3 low, 4-7 default, 8-10 high; higher jobs always go first"))
        self.retries = QSpinBox()
        self.retries.setRange(0, 100)
        self.further = QLineEdit()
        self.further.setPlaceholderText(_("option=value  other_option=value"))
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
            self.options.show_fields(draft.fields, choices)
        self.show_result(draft)

    def show_result(self, draft: Draft) -> None:
        """Offer what was found to choose from, and show what the empty fields stand for.

        What is chosen at this moment stays chosen, even if the user chose it a moment ago.
        """
        with self._filling():
            self.options.show_fields(draft.fields)
            if draft.scene is not None and not draft.scene.has_frame_range:
                self.frames.setPlaceholderText(_("the file does not say; 1-100x5,120,130-140"))
            if isinstance(draft.result, Preparation):
                self.frames.setPlaceholderText(draft.result.spec.frames.text()[:200])
                self.output.setPlaceholderText(str(draft.result.spec.output_dir))

    def take(self, draft: Draft) -> JobRequest:
        """Return the request as the form has it; keeps what was typed in the draft."""
        output = self.output.text().strip()
        draft.texts = {"frames": self.frames.text(), "output": output, "further": self.further.text()}
        draft.choices = self.options.values()
        return replace(
            draft.request,
            frames=self.frames.text().strip(),
            output=Path(output) if output else None,
            existing=Existing(self.existing.currentData()),
            priority=self.priority.value(),
            retries=self.retries.value(),
            options=draft.choices | _pairs(self.further.text()),
        )

    @contextmanager
    def _filling(self) -> Iterator[None]:
        """Change fields without taking that for the user's doing."""
        was_filling, self._is_filling = self._is_filling, True
        try:
            yield
        finally:
            self._is_filling = was_filling

    def _lay_out(self) -> None:
        self.existing.setMinimumWidth(CHOICE_WIDTH_PX)
        for field in (self.existing, self.frames, self.output, self.priority, self.retries):
            field.setMinimumHeight(FIELD_HEIGHT_PX)
        for spin in (self.priority, self.retries):
            spin.setFixedWidth(CHOICE_WIDTH_PX)
            # As far from the frame as the other fields' text; style sheets do not reach it.
            spin.lineEdit().setTextMargins(4, 0, 0, 0)
        output = QHBoxLayout()
        output.setSpacing(8)
        output.addWidget(self.output, 1)
        output.addWidget(self.browse)
        self.setMaximumWidth(FORM_WIDTH_PX)
        form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        form.setVerticalSpacing(8)
        form.setHorizontalSpacing(16)
        form.addRow(_("Frames"), self.frames)
        form.addRow(_("Output folder"), output)
        form.addRow(_("Existing files"), self.existing)
        form.addRow(_("Priority"), self.priority)
        form.addRow(_("Retries"), self.retries)
        form.addRow(_("Further options"), self.further)
        self.options = OptionRows(form, above=self.existing)
        for edit in self.findChildren(QLineEdit):
            # What is dropped on a field is for the window: files, not the text of their addresses.
            edit.setAcceptDrops(False)

    def _connect(self) -> None:
        for edit in (self.frames, self.output, self.further):
            edit.textEdited.connect(self._on_edited)
        self.existing.currentIndexChanged.connect(self._on_edited)
        for spin in (self.priority, self.retries):
            spin.valueChanged.connect(self._on_edited)
        self.options.edited.connect(self._on_edited)
        self.browse.clicked.connect(self._choose_folder)

    def _on_edited(self, *_value: object) -> None:
        if not self._is_filling:
            self.edited.emit()

    def _choose_folder(self) -> None:
        start = self.output.text() or self.output.placeholderText()
        dialog = QFileDialog(self, _("Output folder"), start)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly, True)
        dialog.fileSelected.connect(self._on_folder_chosen)
        dialog.open()

    def _on_folder_chosen(self, folder: str) -> None:
        self.output.setText(folder)
        self.edited.emit()


def _pairs(text: str) -> dict[str, str]:
    """Return KEY=VALUE pairs of a line; what is none is kept under its own name, to be refused by name."""
    try:
        words = shlex.split(text)
    except ValueError:
        words = text.split()
    pairs = {}
    for word in words:
        name, _equals, value = word.partition("=")
        pairs[name.replace("-", "_")] = value
    return pairs
