"""Form rows of the settings dialog: one setting each, applied as soon as it is changed."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QSignalBlocker, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QWidget,
)

from render_manager.domain.texts import gettext as _
from render_manager.ui.mnemonics import plain_title
from render_manager.ui.plain_label import PlainLabel, plain_tip
from render_manager.ui.settings.view import SettingsView

FIELD_PX = 280


class Fields(QObject):
    """Adds rows to forms and keeps what they show in step with the settings; GUI thread.

    Signals:
        changed: the name of a setting, and its new value; None for its default.
    """

    changed = Signal(str, object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.editors: dict[str, QWidget] = {}
        self._hints: dict[str, QLabel] = {}
        self._tips: dict[str, str] = {}

    def add_number(
        self,
        form: QFormLayout,
        name: str,
        label: str,
        limits: tuple[int, int],
        *,
        tip: str,
        unit: str = "",
        unset: str = "",
    ) -> None:
        """Add a number; with `unset` the lowest value means that there is none, in these words."""
        box = QSpinBox()
        low, high = limits
        box.setRange(low - bool(unset), high)
        box.setSpecialValueText(unset)
        box.setSuffix(unit)
        box.setMinimumWidth(120)
        # While typing, "1" of "12" is no wish.
        box.setKeyboardTracking(False)
        box.valueChanged.connect(
            lambda value: self.changed.emit(name, None if unset and value < low else value)
        )
        self._add(form, name, label, box, tip)

    def add_choice(
        self, form: QFormLayout, name: str, label: str, choices: Mapping[str, str], *, tip: str
    ) -> None:
        """Add a choice between words by value; the empty one stands for the default."""
        box = QComboBox()
        for value, text in choices.items():
            box.addItem(text, value)
        box.activated.connect(lambda place: self.changed.emit(name, box.itemData(place) or None))
        self._add(form, name, label, box, tip)

    def add_text(self, form: QFormLayout, name: str, label: str, *, tip: str, unset: str) -> None:
        """Add a text; empty for none, which `unset` explains."""
        edit = QLineEdit()
        edit.setPlaceholderText(unset)
        edit.setMinimumWidth(FIELD_PX)
        edit.editingFinished.connect(
            lambda: self.changed.emit(name, edit.text().strip() or None) if edit.isModified() else None
        )
        self._add(form, name, label, edit, tip)

    def add_flag(self, form: QFormLayout, name: str, label: str, *, tip: str) -> None:
        """Add something that is so or not."""
        box = QCheckBox(label)
        box.toggled.connect(lambda is_on: self.changed.emit(name, is_on))
        self._add(form, name, "", box, tip)

    def add_path(
        self, form: QFormLayout, name: str, label: str, *, tip: str, unset: str, is_folder: bool
    ) -> None:
        """Add a folder or a program; empty for none, which `unset` explains."""
        edit = QLineEdit()
        edit.setPlaceholderText(unset)
        edit.setMinimumWidth(FIELD_PX)
        edit.setClearButtonEnabled(True)
        choose = QPushButton(_("Choose…"))
        choose.setAutoDefault(False)

        def take(text: str) -> None:
            edit.setText(text)
            self.changed.emit(name, text.strip() or None)

        def ask() -> None:
            dialog = QFileDialog(edit.window(), plain_title(label))
            mode = QFileDialog.FileMode.Directory if is_folder else QFileDialog.FileMode.ExistingFile
            dialog.setFileMode(mode)
            dialog.setDirectory(str(Path(edit.text()).parent) if edit.text() else str(Path.home()))
            dialog.fileSelected.connect(take)
            dialog.finished.connect(dialog.deleteLater)
            dialog.open()

        choose.clicked.connect(ask)
        edit.editingFinished.connect(lambda: take(edit.text()) if edit.isModified() else None)
        row = QWidget()
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(edit, 1)
        layout.addWidget(choose)
        self._add(form, name, label, edit, tip, row=row)

    def show(self, view: SettingsView) -> None:
        """Show the settings as they are; what cannot be changed here says where it can."""
        for name, editor in self.editors.items():
            with QSignalBlocker(editor):
                _put(editor, view.values.get(name))
            place = view.overridden.get(name, "")
            editor.setEnabled(not place)
            hint = _("Set by {place}, which counts more than what is chosen here.").format(place=place)
            editor.setToolTip(plain_tip(hint if place else self._tips[name]))
            self._hints[name].setText(hint if place else "")
            self._hints[name].setVisible(bool(place))

    def _add(
        self,
        form: QFormLayout,
        name: str,
        label: str,
        editor: QWidget,
        tip: str,
        *,
        row: QWidget | None = None,
    ) -> None:
        editor.setToolTip(plain_tip(tip))
        editor.setObjectName(f"setting_{name}")
        self.editors[name], self._tips[name] = editor, tip
        title = PlainLabel(label)
        title.setBuddy(editor)
        form.addRow(title, row or editor)
        hint = self._hints[name] = dim_label("")
        hint.hide()
        form.addRow("", hint)


def dim_label(text: str) -> QLabel:
    """Return a label for what is said in passing."""
    label = PlainLabel()
    label.setText(text)
    label.setObjectName("dim")
    label.setWordWrap(True)
    return label


def new_form(page: QWidget) -> QFormLayout:
    """Return a form with the spacing of all pages."""
    form = QFormLayout(page)
    form.setContentsMargins(24, 16, 24, 16)
    form.setHorizontalSpacing(16)
    form.setVerticalSpacing(8)
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.FieldsStayAtSizeHint)
    return form


def headings(form: QFormLayout, texts: Sequence[str]) -> None:
    """Add a title, and sentences under it in dim text."""
    title = PlainLabel(texts[0])
    title.setObjectName("title")
    form.addRow(title)
    for text in texts[1:]:
        form.addRow(dim_label(text))


def _put(editor: QWidget, value: object) -> None:
    if editor.hasFocus() and isinstance(editor, QSpinBox | QLineEdit):
        # Somebody is at it: an answer to an earlier change must not take away what was typed since.
        return
    if isinstance(editor, QSpinBox):
        has_value = isinstance(value, int | float)
        editor.setValue(int(value) if has_value else editor.minimum())  # type: ignore[call-overload]  # as asked
    elif isinstance(editor, QCheckBox):
        editor.setChecked(bool(value))
    elif isinstance(editor, QComboBox):
        editor.setCurrentIndex(max(editor.findData("" if value is None else value), 0))
    elif isinstance(editor, QLineEdit):
        editor.setText("" if value is None else str(value))
