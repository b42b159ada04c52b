"""The form of one scene in the submit panel: what can be chosen before it is queued."""

import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from gettext import gettext as _
from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
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
from render_manager.engines.preparing import JobRequest, Preparation
from render_manager.ui.submit_draft import Draft, existing_words

FORM_WIDTH_PX = 760
CHOICE_WIDTH_PX = 220
FIELD_HEIGHT_PX = 28


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
        self.scene = QComboBox()
        self.camera = QComboBox()
        self.percent = QSpinBox()
        self.percent.setRange(0, 1000)
        self.percent.setSpecialValueText(_("as the scene says"))
        self.percent.setSuffix(" %")
        self.samples = QSpinBox()
        self.samples.setRange(0, 1_000_000)
        self.samples.setSpecialValueText(_("as the scene says"))
        self.device = QComboBox()
        for value, text in (
            ("", _("as the scene says")),
            ("CPU", _("processor")),
            ("GPU", _("graphics card")),
        ):
            self.device.addItem(text, value)
        self.scripts = QCheckBox(_("Run the scene's Python scripts"))
        self.scripts.setToolTip(_("Run the Python scripts embedded in the scene; only if you trust it"))
        self.further = QLineEdit()
        self.further.setPlaceholderText("view_layers=Beauty,Fog  file_format=OPEN_EXR")
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
            self.percent.setValue(choices.get("resolution_percent", 0))
            self.samples.setValue(choices.get("samples", 0))
            self.device.setCurrentIndex(max(self.device.findData(choices.get("device", "")), 0))
            self.scripts.setChecked(choices.get("scripts", False))
            self.further.setText(texts.get("further", ""))
            _offer(self.scene, (), choices.get("scene", ""))
            _offer(self.camera, (), choices.get("camera", ""))
        self.show_result(draft)

    def show_result(self, draft: Draft) -> None:
        """Offer the scenes and cameras that were found, and show what the empty fields stand for.

        What is chosen at this moment stays chosen, even if the user chose it a moment ago.
        """
        with self._filling():
            if draft.scene is not None:
                _offer(self.scene, draft.scene.scenes, self.scene.currentData())
                _offer(self.camera, draft.scene.cameras, self.camera.currentData())
            if isinstance(draft.result, Preparation):
                self.frames.setPlaceholderText(draft.result.spec.frames.text()[:200])
                self.output.setPlaceholderText(str(draft.result.spec.output_dir))

    def take(self, draft: Draft) -> JobRequest:
        """Return the request as the form has it; keeps what was typed in the draft."""
        output = self.output.text().strip()
        draft.texts = {"frames": self.frames.text(), "output": output, "further": self.further.text()}
        draft.choices = self._choices()
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

    def _choices(self) -> dict[str, Any]:
        options: dict[str, Any] = {}
        for name, box in (("scene", self.scene), ("camera", self.camera), ("device", self.device)):
            if box.currentData():
                options[name] = box.currentData()
        for name, spin in (("resolution_percent", self.percent), ("samples", self.samples)):
            if spin.value():
                options[name] = spin.value()
        if self.scripts.isChecked():
            options["scripts"] = True
        return options

    def _lay_out(self) -> None:
        for box in (self.existing, self.scene, self.camera, self.device):
            box.setMinimumWidth(CHOICE_WIDTH_PX)
        for spin in (self.priority, self.retries, self.percent, self.samples):
            spin.setFixedWidth(CHOICE_WIDTH_PX)
        for field in (self.existing, self.scene, self.camera, self.device, self.frames, self.output):
            field.setMinimumHeight(FIELD_HEIGHT_PX)
        for spin in (self.priority, self.retries, self.percent, self.samples):
            spin.setMinimumHeight(FIELD_HEIGHT_PX)
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
        form.addRow(_("Scene"), self.scene)
        form.addRow(_("Camera"), self.camera)
        form.addRow(_("Size"), self.percent)
        form.addRow(_("Samples"), self.samples)
        form.addRow(_("Device"), self.device)
        form.addRow("", self.scripts)
        form.addRow(_("Further options"), self.further)
        for edit in self.findChildren(QLineEdit):
            # What is dropped on a field is for the window: files, not the text of their addresses.
            edit.setAcceptDrops(False)

    def _connect(self) -> None:
        for edit in (self.frames, self.output, self.further):
            edit.textEdited.connect(self._on_edited)
        for box in (self.existing, self.scene, self.camera, self.device):
            box.currentIndexChanged.connect(self._on_edited)
        for spin in (self.priority, self.retries, self.percent, self.samples):
            spin.valueChanged.connect(self._on_edited)
        self.scripts.toggled.connect(self._on_edited)
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


def _offer(box: QComboBox, names: tuple[str, ...], chosen: str) -> None:
    """Fill a box with names, the first meaning "as the scene says"; the choice stays even if it is none."""
    offered = names if not chosen or chosen in names else (*names, chosen)
    box.clear()
    box.addItem(_("as the scene says"), "")
    for name in offered:
        box.addItem(name, name)
    box.setCurrentIndex(max(box.findData(chosen), 0))
    box.setEnabled(len(names) > 1 or bool(chosen))


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
