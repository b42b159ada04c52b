"""The engines that were found: version, place, and a button that asks whether one answers."""

import html

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFormLayout, QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from render_manager.domain.texts import gettext as _
from render_manager.domain.texts import ngettext
from render_manager.engines.protocols import Installation
from render_manager.ui.elided_label import ElidedLabel
from render_manager.ui.plain_label import LinkLabel, PlainLabel, plain_tip
from render_manager.ui.settings.fields import Fields, dim_label
from render_manager.ui.settings.view import EngineView, SettingsView

MOST_SLOTS = 64


class EnginesPage(QWidget):
    """Lists engines and their installations; GUI thread.

    Signals:
        test_wanted: the Installation that is to be asked for a sign of life.
        look_wanted: engines are to be looked for again.
    """

    test_wanted = Signal(object)
    look_wanted = Signal()

    def __init__(self, fields: Fields, view: SettingsView) -> None:
        super().__init__()
        self._fields = fields
        self.answers: dict[str, QLabel] = {}
        self.tests: dict[str, QPushButton] = {}
        self._shown: dict[str, tuple[Installation, ...]] = {}
        self._found: dict[str, tuple[QGridLayout, QLabel]] = {}
        self.refusals: dict[str, QLabel] = {}
        """Why the program that was named for an engine is not used."""
        self._look = QPushButton(_("&Look again"))
        self._look.setToolTip(_("Look for engines on this computer again"))
        self._look.setAutoDefault(False)
        self._look.clicked.connect(self.look_wanted)
        top = QHBoxLayout()
        top.setContentsMargins(24, 16, 24, 0)
        title = PlainLabel(_("Engines"))
        title.setObjectName("title")
        top.addWidget(title, 1)
        top.addWidget(self._look)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(16)
        layout.addLayout(top)
        for engine in view.engines:
            layout.addWidget(self._section(engine))
        layout.addStretch(1)

    def show_view(self, view: SettingsView) -> None:
        """Show what was found."""
        self._look.setEnabled(not view.is_searching)
        self._look.setText(_("Looking…") if view.is_searching else _("&Look again"))
        for engine in view.engines:
            grid, nothing = self._found[engine.id]
            # Rows that stay keep their answers.
            if self._shown.get(engine.id) != tuple(engine.installations):
                self._shown[engine.id] = tuple(engine.installations)
                self._fill(grid, engine)
            nothing.setText(_nothing_found(engine, is_searching=view.is_searching))
            nothing.setVisible(not engine.installations)
            refusal = " ".join(place.complaint for place in engine.searched if place.complaint)
            self.refusals[engine.id].setText(refusal)
            self.refusals[engine.id].setVisible(bool(refusal))

    def show_answer(self, installation: Installation, text: str, *, is_good: bool) -> None:
        """Show what an installation answered."""
        answer, test = self.answers.get(installation.key), self.tests.get(installation.key)
        if answer is None or test is None:
            return
        answer.setObjectName("dim" if is_good else "warning")
        answer.style().polish(answer)
        answer.setText(text)
        answer.show()
        test.setEnabled(True)

    def _section(self, engine: EngineView) -> QWidget:
        section = QWidget()
        layout = QVBoxLayout(section)
        layout.setContentsMargins(24, 0, 24, 0)
        layout.setSpacing(4)
        name = PlainLabel()
        name.setText(engine.name)
        font = name.font()
        font.setBold(True)
        name.setFont(font)
        layout.addWidget(name)
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        layout.addLayout(grid)
        nothing = LinkLabel()
        nothing.setObjectName("dim")
        nothing.setWordWrap(True)
        layout.addWidget(nothing)
        self._found[engine.id] = grid, nothing
        form = QFormLayout()
        form.setContentsMargins(0, 4, 0, 0)
        form.setVerticalSpacing(4)
        form.setHorizontalSpacing(16)
        if engine.program_setting:
            self._fields.add_path(
                form,
                engine.program_setting,
                _("Program"),
                tip=_("Use this program instead of the ones that were found"),
                unset=_("the best of those that were found"),
                is_folder=False,
            )
        if engine.slots_setting:
            self._fields.add_number(
                form,
                engine.slots_setting,
                _("At the same time"),
                (0, MOST_SLOTS),
                tip=_("How many may run at the same time; 0 lets none start"),
                unset=_("as many as there are slots"),
            )
        layout.addLayout(form)
        refusal = self.refusals[engine.id] = dim_label("")
        refusal.setObjectName("warning")
        refusal.hide()
        layout.addWidget(refusal)
        return section

    def _fill(self, grid: QGridLayout, engine: EngineView) -> None:
        for key in [key for key in self.tests if key.partition(":")[0] == engine.id]:
            del self.tests[key], self.answers[key]
        while grid.count():
            item = grid.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.deleteLater()
        for number, one in enumerate(engine.installations):
            version = PlainLabel()
            version.setText(one.version_text or _("version unknown"))
            path = ElidedLabel()
            path.setText(str(one.executable))
            found_by = _("Found by: {place}").format(place=one.found_by)
            path.setToolTip(plain_tip(f"{one.executable}\n{found_by}"))
            path.setObjectName("dim")
            test = QPushButton(_("&Test"))
            test.setToolTip(plain_tip(_("Ask {path} whether it answers").format(path=one.executable)))
            test.setAutoDefault(False)
            test.clicked.connect(lambda _checked=False, one=one: self._ask(one))
            answer = dim_label(one.problem)
            answer.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            answer.setVisible(bool(one.problem))
            for column, widget in enumerate((version, path, test)):
                grid.addWidget(widget, 2 * number, column)
            grid.addWidget(answer, 2 * number + 1, 1, 1, 2)
            self.answers[one.key], self.tests[one.key] = answer, test

    def _ask(self, installation: Installation) -> None:
        self.tests[installation.key].setEnabled(False)
        self.show_answer(installation, _("Asking…"), is_good=True)
        self.tests[installation.key].setEnabled(False)
        self.test_wanted.emit(installation)


def _nothing_found(engine: EngineView, *, is_searching: bool) -> str:
    if is_searching and not engine.searched:
        return _("Looking for it…")
    places = ngettext(
        "Not found; {count} place was looked at.",
        "Not found; {count} places were looked at.",
        len(engine.searched),
    ).format(count=len(engine.searched))
    if not engine.download:
        return places
    address = html.escape(engine.download)
    link = f'<a href="{address}">{address}</a>'
    return places + " " + _("Get it from {link}, or choose its program below.").format(link=link)
