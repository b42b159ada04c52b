"""The settings dialog: engines, rendering, folders, language and looks; every change counts at once."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QListWidget,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from render_manager.domain.texts import gettext as _
from render_manager.engines.protocols import Installation
from render_manager.ui.plain_label import PlainLabel
from render_manager.ui.settings.engines_page import MOST_SLOTS, EnginesPage
from render_manager.ui.settings.fields import Fields, dim_label, headings, new_form
from render_manager.ui.settings.view import SettingsView
from render_manager.ui.theme import Theme, apply_style

WIDTH_PX, HEIGHT_PX = 820, 600
SECTIONS_PX = 160


class SettingsDialog(QDialog):
    """Shows and changes settings; GUI thread.

    Signals:
        changed: the name of a setting, and its new value; None for its default.
        test_wanted: the Installation that is to be asked for a sign of life.
        look_wanted: engines are to be looked for again.
    """

    changed = Signal(str, object)
    test_wanted = Signal(object)
    look_wanted = Signal()

    def __init__(self, *, theme: Theme, view: SettingsView, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("Settings"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.fields = Fields(self)
        self.engines = EnginesPage(self.fields, view)
        self.sections = QListWidget()
        self.sections.setFixedWidth(SECTIONS_PX)
        self._pages = QStackedWidget()
        for title, page in (
            (_("Engines"), self.engines),
            (_("Rendering"), self._rendering()),
            (_("Folders"), self._folders()),
            (_("Language and looks"), self._looks(view)),
        ):
            self.sections.addItem(title)
            self._pages.addWidget(_scrolled(page))
        self.sections.currentRowChanged.connect(self._pages.setCurrentIndex)
        self.sections.setCurrentRow(0)
        self._problem = PlainLabel()
        self._problem.setObjectName("warning")
        self._problem.setWordWrap(True)
        self._problem.setContentsMargins(24, 8, 24, 8)
        self._problem.hide()
        file = dim_label(_("Kept in {path}").format(path=view.file))
        file.setContentsMargins(24, 4, 24, 8)
        file.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addWidget(self._pages, 1)
        right.addWidget(self._problem)
        right.addWidget(file)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.sections)
        layout.addLayout(right, 1)
        self.fields.changed.connect(self.changed)
        self.engines.test_wanted.connect(self.test_wanted)
        self.engines.look_wanted.connect(self.look_wanted)
        apply_style(self, theme)
        room = parent.size()
        self.resize(min(WIDTH_PX, room.width()), min(HEIGHT_PX, room.height()))
        self.show_view(view)

    def show_view(self, view: SettingsView) -> None:
        """Show the settings as they are now."""
        self.fields.show(view)
        self.engines.show_view(view)

    def show_answer(self, installation: Installation, text: str, *, is_good: bool) -> None:
        """Show what an installation answered when it was tested."""
        self.engines.show_answer(installation, text, is_good=is_good)

    def show_problem(self, text: str) -> None:
        """Say why a setting could not be changed; an empty text takes it away."""
        self._problem.setText(text)
        self._problem.setVisible(bool(text))

    def _rendering(self) -> QWidget:
        page = QWidget()
        form = new_form(page)
        headings(form, [_("Rendering")])
        add = self.fields.add_number
        add(
            form,
            "slots",
            _("&Slots"),
            (1, MOST_SLOTS),
            tip=_("How many engines may render at the same time"),
        )
        form.addRow(
            "",
            dim_label(
                _("One is right for most computers: a renderer uses all processors, or the whole GPU.")
            ),
        )
        add(
            form,
            "max_retries",
            _("&Retries"),
            (0, 100),
            tip=_("How often a failed frame is tried again before it is given up"),
        )
        add(
            form,
            "retry_delay",
            _("Retry &delay"),
            (0, 86400),
            unit=" s",
            tip=_("Seconds before a failed frame is tried again; doubled with each further failure"),
        )
        add(
            form,
            "default_priority",
            _("&Priority of new jobs"),
            (0, 10),
            tip=_("0-3 low, 4-7 default, 8-10 high; higher jobs always go first"),
        )
        form.addRow("", dim_label(_("Jobs that are queued already keep what they have.")))
        self._add_courtesy(form)
        self._add_starts(form)
        return page

    def _add_courtesy(self, form: QFormLayout) -> None:
        self.fields.add_choice(
            form,
            "engine_priority",
            _("Engines may &take"),
            {
                "normal": _("as much as any program"),
                "below_normal": _("less than what you work with"),
                "idle": _("only what nobody else wants"),
            },
            tip=_("How much of the processor engines get while you work; counts from their next start on"),
        )
        self.fields.add_text(
            form,
            "engine_processors",
            _("On &processors"),
            tip=_("Numbers of the processors engines may use, from 0, such as 0-11 or 0,2,4"),
            unset=_("all of them"),
        )
        self.fields.add_number(
            form,
            "min_free_disk_gb",
            _("Leave &free on disks"),
            (0, 100_000),
            tip=_("Jobs wait before a disk is fuller than that, and go on by themselves"),
            unit=" GB",
            unset=_("a little"),
        )

    def _add_starts(self, form: QFormLayout) -> None:
        headings(form, [_("After a restart")])
        self.fields.add_flag(
            form,
            "continue_after_start",
            _("&Go on by itself after an interruption"),
            tip=_("After a crash or a power cut, the window waits a minute for you and then renders on"),
        )
        self.fields.add_flag(
            form,
            "start_with_computer",
            _("&Start with the computer while jobs are unfinished"),
            tip=_("Render Manager opens when you are logged in again, as after a restart in the night"),
        )
        form.addRow("", dim_label(_("Somebody, or automatic log-in, has to log in for that.")))

    def _folders(self) -> QWidget:
        page = QWidget()
        form = new_form(page)
        headings(form, [_("Folders")])
        self.fields.add_path(
            form,
            "render_output_dir",
            _("&Output"),
            tip=_("Folder in which every job gets its own output folder"),
            unset=_("where the scene says, or beside it"),
            is_folder=True,
        )
        self.fields.add_path(
            form,
            "thumbnail_dir",
            _("&Thumbnails"),
            tip=_("Folder for thumbnails"),
            unset=_("in the cache folder"),
            is_folder=True,
        )
        form.addRow("", dim_label(_("Another folder for thumbnails is used from the next start on.")))
        return page

    def _looks(self, view: SettingsView) -> QWidget:
        page = QWidget()
        form = new_form(page)
        headings(form, [_("Language and looks")])
        self.fields.add_choice(
            form,
            "ui_language",
            _("&Language"),
            {"": _("as the system"), **view.languages},
            tip=_("The language of the program"),
        )
        appearances = {"system": _("as the system"), "dark": _("dark"), "light": _("light")}
        self.fields.add_choice(
            form, "appearance", _("&Appearance"), appearances, tip=_("Whether the window is dark or light")
        )
        return page


def _scrolled(page: QWidget) -> QScrollArea:
    scroll = QScrollArea()
    scroll.setWidget(page)
    scroll.setWidgetResizable(True)
    scroll.setFrameShape(QScrollArea.Shape.NoFrame)
    return scroll
