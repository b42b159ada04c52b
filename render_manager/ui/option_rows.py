"""Fields of a form for the options of one engine, made from what the engine says of them."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QSpinBox, QWidget

from render_manager.domain.texts import gettext as _
from render_manager.engines.protocols import FieldKind, OptionField
from render_manager.ui.field_grid import FIELD_HEIGHT_PX, Cell
from render_manager.ui.plain_label import plain_tip

CHOICE_WIDTH_PX = 120
"""A choice is at least so wide."""

OptionWidget = QComboBox | QSpinBox | QCheckBox | QLineEdit


class OptionRows(QObject):
    """Makes the widgets of an engine's options, and keeps what is chosen in them; GUI thread.

    Signals:
        edited: the user changed something.
        rebuilt: there are other widgets now; somebody has to lay them out.
    """

    edited = Signal()
    rebuilt = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._parent = parent
        self._fields: tuple[OptionField, ...] = ()
        self._is_filling = False
        self.widgets: dict[str, OptionWidget] = {}

    def cells(self, *, rare: bool) -> list[Cell]:
        """Return the fields that most scenes need, or those that few do."""
        return [
            Cell(field.label, self.widgets[field.name]) for field in self._fields if field.is_rare is rare
        ]

    def choose(self, name: str, value: Any) -> None:
        """Choose a value as if the user had; a name that is not offered changes nothing."""
        field = next((field for field in self._fields if field.name == name), None)
        if field is not None:
            self._show(field, value)
            self._on_edited()

    def show_fields(self, fields: Sequence[OptionField], choices: dict[str, Any] | None = None) -> None:
        """Show these options, with `choices` chosen, or with what is chosen just now."""
        was_filling, self._is_filling = self._is_filling, True
        try:
            values = self.values() if choices is None else choices
            is_other = [_kind_of(field) for field in fields] != [_kind_of(field) for field in self._fields]
            if is_other:
                self._rebuild(fields)
            self._fields = tuple(fields)
            for field in fields:
                self._show(field, values.get(field.name))
        finally:
            self._is_filling = was_filling
        if is_other:
            self.rebuilt.emit()

    def values(self) -> dict[str, Any]:
        """Return what is chosen, by the option's name; what is not chosen is left out."""
        values = {name: _value_of(widget) for name, widget in self.widgets.items()}
        return {name: value for name, value in values.items() if value}

    def _rebuild(self, fields: Sequence[OptionField]) -> None:
        for widget in self.widgets.values():
            widget.hide()
            widget.deleteLater()
        self.widgets = {field.name: self._make(field) for field in fields}

    def _make(self, field: OptionField) -> OptionWidget:
        widget: OptionWidget = _MAKERS[field.kind](field)
        widget.setParent(self._parent)
        widget.setObjectName(field.name)
        widget.setToolTip(plain_tip(field.tip))
        widget.setMinimumHeight(FIELD_HEIGHT_PX)
        if isinstance(widget, QComboBox):
            widget.currentIndexChanged.connect(self._on_edited)
            if widget.isEditable():
                widget.editTextChanged.connect(self._on_edited)
        elif isinstance(widget, QSpinBox):
            widget.valueChanged.connect(self._on_edited)
        elif isinstance(widget, QCheckBox):
            widget.toggled.connect(self._on_edited)
        else:
            widget.textEdited.connect(self._on_edited)
        return widget

    def _show(self, field: OptionField, value: Any) -> None:
        widget = self.widgets[field.name]
        if isinstance(widget, QComboBox):
            _offer(widget, field, str(value or ""))
        elif isinstance(widget, QSpinBox):
            widget.setValue(int(value or 0))
        elif isinstance(widget, QCheckBox):
            widget.setChecked(bool(value))
        elif widget.text() != str(value or ""):
            widget.setText(str(value or ""))

    def _on_edited(self, *_value: object) -> None:
        if not self._is_filling:
            self.edited.emit()


def _kind_of(field: OptionField) -> OptionField:
    """Return what a field's widget is made for; the rest is told to it anew."""
    return replace(field, choices=(), unset="" if field.kind is FieldKind.CHOICE else field.unset)


def _choice_box(field: OptionField) -> QComboBox:
    box = QComboBox()
    box.setMinimumWidth(CHOICE_WIDTH_PX)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setMinimumContentsLength(8)
    box.setEditable(field.is_editable)
    # What is typed is the value; an item made of it would have none.
    box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
    line = box.lineEdit()
    if line is not None:
        # What is dropped on a field is for the window: files, not the text of their addresses.
        line.setAcceptDrops(False)
    return box


def _number_box(field: OptionField) -> QSpinBox:
    spin = QSpinBox()
    spin.setRange(0, field.maximum)
    spin.setSpecialValueText(field.unset or _("as the scene says"))
    spin.setSuffix(field.unit)
    spin.setMinimumWidth(CHOICE_WIDTH_PX)
    # As far from the frame as the other fields' text; style sheets do not reach it.
    spin.lineEdit().setTextMargins(4, 0, 0, 0)
    spin.lineEdit().setAcceptDrops(False)
    return spin


def _flag_box(field: OptionField) -> QCheckBox:
    return QCheckBox(field.label)


def _text_box(field: OptionField) -> QLineEdit:
    line = QLineEdit()
    line.setPlaceholderText(field.unset or _("as the scene says"))
    line.setAcceptDrops(False)
    return line


_MAKERS: dict[FieldKind, Callable[[OptionField], OptionWidget]] = {
    FieldKind.CHOICE: _choice_box,
    FieldKind.NUMBER: _number_box,
    FieldKind.FLAG: _flag_box,
    FieldKind.TEXT: _text_box,
}


def _offer(box: QComboBox, field: OptionField, chosen: str) -> None:
    """Fill a box, the first choice meaning none; what is chosen stays even if it is not offered."""
    offered = list(field.choices)
    if chosen and chosen not in [value for value, _text in offered]:
        offered.append((chosen, chosen))
    texts = [(box.itemData(place), box.itemText(place)) for place in range(box.count())]
    wanted = [("", field.unset or _("as the scene says")), *offered]
    if texts != wanted:
        box.clear()
        for value, text in wanted:
            box.addItem(text, value)
    if _value_of(box) != chosen:
        box.setCurrentIndex(max(box.findData(chosen), 0))
    box.setEnabled(len(field.choices) > 1 or bool(chosen) or field.is_editable)


def _value_of(widget: OptionWidget) -> Any:
    if isinstance(widget, QCheckBox):
        return widget.isChecked()
    if isinstance(widget, QSpinBox):
        return widget.value()
    if isinstance(widget, QLineEdit):
        return widget.text().strip()
    place = widget.currentIndex()
    if widget.itemText(place) != widget.currentText():
        place = widget.findText(widget.currentText())
    if widget.isEditable() and place < 0:
        return widget.currentText().strip()
    return widget.itemData(place) if widget.isEditable() else widget.currentData()
