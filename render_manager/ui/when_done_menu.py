"""The menu for what happens when everything is rendered, and the bar that counts down to it."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAction, QActionGroup, QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QInputDialog,
    QMenu,
    QPushButton,
    QToolButton,
    QWidget,
)

from render_manager.domain.texts import gettext as _
from render_manager.ui.plain_label import PlainLabel
from render_manager.ui.state_looks import WARNING
from render_manager.ui.theme import Theme, mixed
from render_manager.ui.when_done import Afterwards, WhenDone, Wish, afterwards_words, countdown_text


class WhenDoneMenu(QMenu):
    """Offers what can be done at the end of this run; it is asked anew for every run. GUI thread."""

    def __init__(self, when_done: WhenDone, parent: QWidget) -> None:
        super().__init__(_("&When done"), parent)
        self._when_done = when_done
        self._group = QActionGroup(self)
        self.choices: dict[Afterwards, QAction] = {}
        for what, text in afterwards_words().items():
            action = self.addAction(text)
            action.setCheckable(True)
            self._group.addAction(action)
            action.triggered.connect(lambda _checked=False, what=what: self._choose(what))
            self.choices[what] = action
        self.addSeparator()
        self.sound = self.addAction(_("Play a &sound"))
        self.sound.setCheckable(True)
        self.sound.setChecked(True)
        when_done.due.connect(lambda _wish: self._show())
        self._show()

    def button(self) -> QToolButton:
        """Return a button for the tool bar that opens this menu and says what is chosen."""
        button = QToolButton()
        button.setObjectName("when_done")
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setMenu(self)
        button.setToolTip(_("What happens when everything is rendered"))
        self._button: QToolButton | None = button
        self._show()
        return button

    _button: QToolButton | None = None

    def _choose(self, what: Afterwards) -> None:
        if what is Afterwards.COMMAND:
            self._ask_command()
        else:
            self.wish(Wish(what))

    def _ask_command(self) -> None:
        dialog = QInputDialog(self.parentWidget())
        dialog.setWindowTitle(_("When done"))
        dialog.setLabelText(_("The command that is run when everything is rendered, without a shell:"))
        dialog.setTextValue(self._when_done.wish.command)
        dialog.textValueSelected.connect(
            lambda text: self.wish(Wish(Afterwards.COMMAND, text.strip()) if text.strip() else Wish())
        )
        dialog.rejected.connect(self._show)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def wish(self, wish: Wish) -> None:
        """Have this done at the end of this run, and show it."""
        self._when_done.stop()
        self._when_done.wish = wish
        self._show()

    def _show(self) -> None:
        wish = self._when_done.wish
        self.choices[wish.what].setChecked(True)
        if self._button is not None:
            word = afterwards_words()[wish.what].removesuffix("…")
            self._button.setText(_("When done: {what}").format(what=word))


class CountdownBar(QWidget):
    """Tells what is about to happen, with a button and a key that stop it; GUI thread."""

    def __init__(self, *, theme: Theme, when_done: WhenDone) -> None:
        super().__init__()
        self._when_done = when_done
        self.setObjectName("countdown")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        ground = mixed(theme.window, WARNING, 0.35)
        self.setStyleSheet(
            f"#countdown {{ background: {ground.name()}; }} QLabel {{ color: {theme.text.name()}; }}"
        )
        self.text = PlainLabel()
        self.stop_button = QPushButton(_("&Stop (any key)"))
        self.stop_button.clicked.connect(when_done.stop)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.addWidget(self.text, 1)
        layout.addWidget(self.stop_button)
        when_done.counting.connect(self._show)
        self.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Stop the countdown at any key, wherever it is pressed."""
        if event.type() is QEvent.Type.ShortcutOverride:
            # Or the key would do what it is a shortcut for, and never come as a key.
            event.accept()
            return True
        if event.type() is QEvent.Type.KeyPress:
            self._when_done.stop()
            return True
        return super().eventFilter(watched, event)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Listen to every key from now on."""
        super().showEvent(event)
        app = QApplication.instance()
        if app is not None:
            app.installEventFilter(self)

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802 - Qt's name
        """Leave the keys alone: nobody presses one for a bar, or in a window, that is not shown."""
        super().hideEvent(event)
        app = QApplication.instance()
        if app is not None:
            app.removeEventFilter(self)

    def _show(self, seconds: int) -> None:
        self.text.setText(countdown_text(self._when_done.wish, seconds))
        self.setVisible(seconds > 0)
