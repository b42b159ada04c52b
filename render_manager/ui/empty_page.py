"""What the window shows before there is anything to do: what can be dropped, and what can render it."""

import html
from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from render_manager.domain.texts import gettext as _
from render_manager.ui.plain_label import LinkLabel, PlainLabel

WIDTH_PX = 560


class EmptyPage(QWidget):
    """Teaches how to begin; GUI thread.

    Signals:
        open_wanted: scenes are to be chosen.
        sample_wanted: the sample scene is to be rendered.
        settings_wanted: the settings are to be opened.
    """

    open_wanted = Signal()
    sample_wanted = Signal()
    settings_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        title = PlainLabel(_("Drop Maya, Unreal or Blender scenes here"))
        title.setObjectName("title")
        self._engines = LinkLabel(_("Looking for engines…"))
        self._engines.setObjectName("dim")
        self.open = QPushButton(_("&Add scenes…"))
        self.sample = QPushButton(_("Render the &sample"))
        self.sample.setToolTip(_("Render 36 small frames of a scene that comes with the program"))
        self.settings = QPushButton(_("S&ettings…"))
        for button, signal in (
            (self.open, self.open_wanted),
            (self.sample, self.sample_wanted),
            (self.settings, self.settings_wanted),
        ):
            button.clicked.connect(signal)
        self.sample.hide()
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        for button in (self.open, self.sample, self.settings):
            buttons.addWidget(button)
        buttons.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setSpacing(16)
        layout.addStretch(1)
        for label in (title, self._engines):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            label.setWordWrap(True)
            label.setMaximumWidth(WIDTH_PX)
            row = QHBoxLayout()
            row.addWidget(label)
            layout.addLayout(row)
        layout.addLayout(buttons)
        layout.addStretch(1)

    def show_engines(
        self, found: Sequence[str], missing: Sequence[tuple[str, str]], *, has_sample: bool
    ) -> None:
        """Show which engines were found, and of the others, when there is none, where to get them.

        `missing` are names and addresses.
        """
        self.sample.setVisible(has_sample)
        if found:
            names = ", ".join(html.escape(name) for name in found)
            self._engines.setText(_("Found: {engines}").format(engines=names))
            return
        links = ", ".join(
            f'<a href="{html.escape(address)}">{html.escape(name)}</a>' for name, address in missing
        )
        self._engines.setText(
            _("No engine was found. Install one ({links}), or name its program in the settings.").format(
                links=links
            )
        )
