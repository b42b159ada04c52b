"""The rows of an engine's options: what is chosen stays what the user chose."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QPushButton, QSpinBox, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from render_manager.engines.protocols import FieldKind, OptionField
from render_manager.ui.field_grid import Cell, FieldGrid, order_tabs
from render_manager.ui.option_rows import OptionRows


class Page(QWidget):
    """A form with a field above the options and one below, and a button after it."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.last = QLineEdit(), QLineEdit()
        self.grid = FieldGrid()
        self.button = QPushButton("Queue")
        layout = QVBoxLayout(self)
        layout.addWidget(self.grid)
        layout.addWidget(self.button)
        self.options = OptionRows(self.grid)
        self.options.rebuilt.connect(self.arrange)
        self.arrange()

    def arrange(self) -> None:
        cells = self.options.cells(rare=False)
        self.grid.show_cells([Cell("First", self.first), *cells, Cell("Last", self.last)])
        order_tabs([*self.grid.fields(), self.button])


@pytest.fixture
def page(qtbot: QtBot) -> Iterator[Page]:
    page = Page()
    qtbot.addWidget(page)
    page.show()
    yield page


def choice(name: str, *choices: tuple[str, str], is_editable: bool = True) -> OptionField:
    return OptionField(name, name.title(), FieldKind.CHOICE, choices, is_editable=is_editable)


def combo(page: Page, name: str) -> QComboBox:
    widget = page.options.widgets[name]
    assert isinstance(widget, QComboBox)
    return widget


def test_of_two_choices_with_one_name_the_one_that_was_picked_counts(page: Page) -> None:
    fields = [choice("sequence", ("/Game/A/Shot", "Shot"), ("/Game/B/Shot", "Shot"))]
    page.options.show_fields(fields)
    combo(page, "sequence").setCurrentIndex(2)
    assert page.options.values() == {"sequence": "/Game/B/Shot"}
    page.options.show_fields(fields)
    assert page.options.values() == {"sequence": "/Game/B/Shot"}


def test_what_is_typed_and_confirmed_with_return_is_kept(page: Page, qtbot: QtBot) -> None:
    page.options.show_fields([choice("camera", ("a", "a"))])
    box = combo(page, "camera")
    line = box.lineEdit()
    assert line is not None
    line.selectAll()
    qtbot.keyClicks(line, "renderCam")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert page.options.values() == {"camera": "renderCam"}
    assert box.count() == 2


def test_another_engine_s_option_of_the_same_name_gets_a_field_of_its_own(page: Page) -> None:
    page.options.show_fields([OptionField("size", "Size", FieldKind.NUMBER, maximum=1000, unit=" %")])
    page.options.show_fields([OptionField("size", "Width", FieldKind.NUMBER, maximum=65536, unit=" px")], {})
    spin = page.options.widgets["size"]
    assert isinstance(spin, QSpinBox)
    assert (spin.maximum(), spin.suffix()) == (65536, " px")
    page.options.show_fields([OptionField("size", "Size", FieldKind.TEXT)], {"size": "2k"})
    assert isinstance(page.options.widgets["size"], QLineEdit)
    assert page.options.values() == {"size": "2k"}


def test_the_keyboard_goes_through_the_options_where_they_stand(page: Page, qtbot: QtBot) -> None:
    page.options.show_fields([choice("camera", ("a", "a")), OptionField("size", "Size", FieldKind.NUMBER)])
    page.options.show_fields(
        [
            choice("layer", ("a", "a"), ("b", "b"), is_editable=False),
            OptionField("width", "Width", FieldKind.NUMBER),
        ]
    )
    layer, width = combo(page, "layer"), page.options.widgets["width"]
    qtbot.waitUntil(layer.isVisible)
    page.first.setFocus()
    wanted = [layer, width, page.last, page.button]
    met = []
    for _step in wanted:
        page.focusNextChild()
        met.append(page.focusWidget())
    assert met == wanted


def test_fields_are_called_what_their_labels_say(page: Page) -> None:
    page.options.show_fields([choice("camera", ("a", "a"))])
    camera = combo(page, "camera")
    labels = [label for label in page.grid.findChildren(QLabel) if label.buddy() is camera]
    assert [label.text() for label in labels] == ["Camera"]
