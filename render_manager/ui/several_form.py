"""What can be set for several scenes at once."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from render_manager.domain.jobspec import Existing
from render_manager.domain.texts import gettext as _
from render_manager.domain.texts import ngettext
from render_manager.ui.field_grid import Cell, FieldGrid, order_tabs
from render_manager.ui.plain_label import PlainLabel
from render_manager.ui.submit_draft import Draft, existing_words

FORM_WIDTH_PX = 900
_UNCHANGED = -1


class SeveralForm(QWidget):
    """Fields for what scenes of any engine share; only what is changed is taken over. GUI thread.

    Signals:
        changed: name of the field and its new value.
    """

    changed = Signal(str, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_filling = False
        self.title = PlainLabel()
        self.title.setObjectName("title")
        self.hint = PlainLabel(_("What is changed here is changed for all of them; the rest stays as it is."))
        self.hint.setObjectName("dim")
        self.hint.setWordWrap(True)
        self.output = QLineEdit()
        self.output.setAcceptDrops(False)
        self.output.setToolTip(_("Each scene gets a folder of its own name in it"))
        self.browse = QPushButton(_("Choose…"))
        self.existing = QComboBox()
        self.priority, self.retries = _spin(10), _spin(100)
        self._grid = FieldGrid()
        self._lay_out()
        self._connect()

    def show_drafts(self, drafts: Sequence[Draft], default_priority: int, default_retries: int) -> None:
        """Show what these have in common."""
        self._is_filling = True
        self.show_count(drafts)
        requests = [draft.request for draft in drafts]
        _fill_spin(self.priority, {default_priority if r.priority is None else r.priority for r in requests})
        _fill_spin(self.retries, {default_retries if r.retries is None else r.retries for r in requests})
        existing = {request.existing or Existing.SKIP for request in requests}
        self.existing.clear()
        if len(existing) > 1:
            self.existing.addItem(_("as they are"), None)
        for policy, words in existing_words().items():
            self.existing.addItem(words, policy)
        if len(existing) == 1:
            self.existing.setCurrentIndex(self.existing.findData(existing.pop()))
        self.output.clear()
        self.output.setPlaceholderText(_("as they are; a folder here gets one for each scene"))
        self._is_filling = False

    def show_count(self, drafts: Sequence[Draft]) -> None:
        """Show how many scenes and frames these are, as far as they are read."""
        count = len(drafts)
        text = ngettext("{count} scene selected", "{count} scenes selected", count)
        frames = sum(len(draft.preparation.spec.frames) for draft in drafts if draft.preparation is not None)
        total = ngettext("{count:,} frame", "{count:,} frames", frames).format(count=frames)
        self.title.setText("  ·  ".join([text.format(count=count), total]))

    def _lay_out(self) -> None:
        self.existing.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.existing.setMinimumContentsLength(12)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 12, 16, 12)
        layout.setSpacing(8)
        for widget in (self.title, self.hint, self._grid):
            widget.setMaximumWidth(FORM_WIDTH_PX)
            layout.addWidget(widget)
        layout.addStretch(1)
        self._grid.show_cells(
            [
                Cell(_("&Output folder"), self.output, is_wide=True, beside=self.browse),
                Cell(_("E&xisting files"), self.existing, is_wide=True),
                Cell(_("&Priority"), self.priority),
                Cell(_("Re&tries"), self.retries),
            ]
        )
        order_tabs(self._grid.fields())

    def _connect(self) -> None:
        self.output.editingFinished.connect(self._on_output)
        self.existing.activated.connect(lambda _row: self._tell("existing", self.existing.currentData()))
        self.priority.valueChanged.connect(lambda value: self._tell("priority", value))
        self.retries.valueChanged.connect(lambda value: self._tell("retries", value))
        self.browse.clicked.connect(self._choose_folder)

    def _tell(self, name: str, value: object) -> None:
        if not self._is_filling and value is not None and value != _UNCHANGED:
            self.changed.emit(name, value)

    def _on_output(self) -> None:
        text = self.output.text().strip()
        if text:
            self._tell("output", Path(text))

    def _choose_folder(self) -> None:
        dialog = QFileDialog(self, _("Output folder"), self.output.text())
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly, True)
        take: Callable[[str], None] = self._take_folder
        dialog.fileSelected.connect(take)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _take_folder(self, folder: str) -> None:
        self.output.setText(folder)
        self._on_output()


def _spin(maximum: int) -> QSpinBox:
    spin = QSpinBox()
    spin.setRange(_UNCHANGED, maximum)
    spin.setSpecialValueText(_("as they are"))
    spin.lineEdit().setTextMargins(4, 0, 0, 0)
    spin.lineEdit().setAcceptDrops(False)
    return spin


def _fill_spin(spin: QSpinBox, values: set[int]) -> None:
    is_one = len(values) == 1
    spin.setMinimum(0 if is_one else _UNCHANGED)
    spin.setValue(values.pop() if is_one else _UNCHANGED)
