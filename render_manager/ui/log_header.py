"""The line above the log: which log, how many errors and warnings, and the buttons."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QMenu, QSizePolicy, QToolButton, QWidget

from render_manager.domain.scene import Severity
from render_manager.domain.texts import gettext as _
from render_manager.ui.log_painting import mark_look
from render_manager.ui.plain_label import PlainLabel, plain_tip
from render_manager.ui.state_looks import Icons

ICON_PX = 16
NARROWEST_CHOICE_PX = 96
NARROW_PX = 400
"""Below this width the switches are in the menu alone."""
WIDE_PX = 640
"""From this width on, the numbers of errors and warnings have words."""


class LogHeader(QWidget):
    """The log pane's controls in one compact row; GUI thread."""

    def __init__(self, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icons = icons
        self._are_icons_loaded = False
        self._counts = dict.fromkeys(Severity, 0)
        self.setMinimumWidth(1)
        self.choice = QComboBox()
        self.choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.choice.setMinimumWidth(NARROWEST_CHOICE_PX)
        self.choice.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.choice.setToolTip(_("Attempt whose log is shown"))
        self.choice.setAccessibleName(self.choice.toolTip())
        self._numbers: dict[Severity, tuple[QLabel, QLabel]] = {}
        self._rarer: list[QToolButton] = []
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(8, 4, 4, 4)
        self._layout.setSpacing(4)
        self._layout.addWidget(self.choice)
        self._layout.addStretch(1)
        for severity in (Severity.ERROR, Severity.WARNING):
            self._add_number(severity)

    def offer(self, actions: Sequence[QAction], menus: Mapping[str, QMenu]) -> None:
        """Show buttons for these actions, and for the menus with these words as tool tips."""
        for action in actions:
            button = self._button()
            button.setDefaultAction(action)
            if action.isCheckable():
                self._rarer.append(button)
        for tip, menu in menus.items():
            button = self._button()
            button.setToolTip(plain_tip(tip))
            button.setAccessibleName(tip)
            button.setMenu(menu)
            button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
            button.setObjectName("log_menu")
            button.setProperty("icon_name", menu.property("icon_name"))

    def load_icons(self) -> None:
        """Load what the first paint did not need."""
        self._are_icons_loaded = True
        for button in self.findChildren(QToolButton, "log_menu"):
            button.setIcon(self._icons.plain(button.property("icon_name")))
        self.show_counts(self._counts)

    def show_counts(self, counts: Mapping[Severity, int]) -> None:
        """Show how many errors and warnings the log has."""
        self._counts = dict(counts)
        words = {
            Severity.ERROR: _("errors {count:,}"),
            Severity.WARNING: _("warnings {count:,}"),
        }
        for severity, (picture, number) in self._numbers.items():
            text = words[severity].format(count=counts[severity])
            number.setText(text if self.width() >= WIDE_PX else f"{counts[severity]:,}")
            for label in (picture, number):
                label.setVisible(counts[severity] > 0)
                label.setToolTip(plain_tip(text))
            if self._are_icons_loaded and counts[severity] and picture.pixmap().isNull():
                icon = self._icons.colored(*mark_look(severity, is_known=True))
                picture.setPixmap(icon.pixmap(QSize(14, 14), self.devicePixelRatioF()))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Leave words out where there is no room for them."""
        super().resizeEvent(event)
        self.show_counts(self._counts)
        for button in self._rarer:
            button.setVisible(self.width() >= NARROW_PX)

    def _add_number(self, severity: Severity) -> None:
        picture, number = PlainLabel(), PlainLabel()
        picture.setFixedWidth(14)
        self._numbers[severity] = picture, number
        self._layout.addWidget(picture)
        self._layout.addWidget(number)
        picture.hide()
        number.hide()

    def _button(self) -> QToolButton:
        button = QToolButton()
        button.setAutoRaise(True)
        button.setIconSize(QSize(ICON_PX, ICON_PX))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._layout.addWidget(button)
        return button
