"""The row of controls over the picture: layer, channels, view, exposure, gamma, comparison, size."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QSlider,
    QToolButton,
    QWidget,
)

from render_manager.domain.texts import gettext as _
from render_manager.media.look import ACES_CG, REC_709, Channels, ColourView, ViewSet
from render_manager.ui.plain_label import PlainLabel, plain_tip
from render_manager.ui.viewer.comparison import Against

STOPS_PER_STEP = 0.25
LARGEST_STOPS = 10.0
SMALLEST_GAMMA, LARGEST_GAMMA = 0.2, 4.0
ONE_ROW_PX, SMALLEST_PX = 1240, 680
"""Width that one row of controls needs, and two."""


class LookBar(QWidget):
    """Controls; GUI thread. They only tell what is wanted.

    Signals:
        exposure_wanted, gamma_wanted: the new value.
        channels_wanted: the Channels to show.
        layer_wanted: the place in the list of layers.
        view_wanted: the ColourView to show through.
        against_wanted: what to compare with (Against).
        difference_wanted: whether the difference is shown instead of a wipe.
        normalise_wanted: whether the values are stretched.
        zoom_wanted: 0 to fit, else the zoom.
        keys_wanted: the list of keys.
    """

    exposure_wanted = Signal(float)
    gamma_wanted = Signal(float)
    channels_wanted = Signal(object)
    layer_wanted = Signal(int)
    view_wanted = Signal(object)
    against_wanted = Signal(object)
    difference_wanted = Signal(bool)
    normalise_wanted = Signal(bool)
    zoom_wanted = Signal(float)
    keys_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view = ColourView()
        self._views: ViewSet | None = None
        self.layers = QComboBox()
        self.layers.setToolTip(_("Layer or file of the frame (Page Up and Page Down)"))
        self.layers.setMinimumContentsLength(14)
        self.layers.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.layers.activated.connect(self.layer_wanted)
        self.channels = QComboBox()
        for channels, word in channel_words():
            self.channels.addItem(word, channels)
        self.channels.setToolTip(_("Channels (C, R, G, B, A, L)"))
        self.channels.activated.connect(self._on_channels_chosen)
        self.view = _menu_button(_("Colour view, remembered for this job (V)"))
        self.exposure = _slider(round(LARGEST_STOPS / STOPS_PER_STEP), _("Exposure in stops (E, Shift+E)"))
        self.exposure.valueChanged.connect(lambda value: self.exposure_wanted.emit(value * STOPS_PER_STEP))
        self.gamma = _slider(0, _("Gamma (Y, Shift+Y)"))
        self.gamma.setRange(round(SMALLEST_GAMMA * 20), round(LARGEST_GAMMA * 20))
        self.gamma.setValue(20)
        self.gamma.valueChanged.connect(lambda value: self.gamma_wanted.emit(value / 20))
        self.exposure_text, self.gamma_text = _value_label("−10.00"), _value_label("0.00")
        self.normalise = _check_button(_("Stretch"), _("Stretch the values from black to white (N)"))
        self.normalise.toggled.connect(self.normalise_wanted)
        self.compare = _menu_button(_("Compare with an earlier picture (W wipe, D difference)"))
        self.fit = _check_button(_("Fit"), _("Fit the window (F)"))
        self.fit.clicked.connect(lambda _checked=False: self.zoom_wanted.emit(0.0))
        self.actual = _check_button(_("100 %"), _("One pixel of the picture on one of the screen (1)"))
        self.actual.clicked.connect(lambda _checked=False: self.zoom_wanted.emit(1.0))
        self.help = _check_button("?", _("All keys (?)"))
        self.help.setCheckable(False)
        self.help.clicked.connect(lambda _checked=False: self.keys_wanted.emit())
        self._build_compare_menu()
        # What changes while one looks must not push the others about.
        _keep_wide(self.compare, [word for _against, word in against_words()])
        _keep_wide(self.view, ["ACES 1.0 - SDR Video"])
        self._lay_out()

    def show_values(self, exposure: float, gamma: float) -> None:
        """Show what is in force; tells nobody."""
        for slider, value in ((self.exposure, exposure / STOPS_PER_STEP), (self.gamma, gamma * 20)):
            slider.blockSignals(True)
            slider.setValue(round(value))
            slider.blockSignals(False)
        self.exposure_text.setText(f"{exposure:+.2f}".replace("-", "−"))
        self.gamma_text.setText(f"{gamma:.2f}")

    def show_channels(self, channels: Channels) -> None:
        """Show which channels are in force."""
        self.channels.setCurrentIndex(self.channels.findData(channels))

    def show_normalised(self, *, is_on: bool) -> None:
        """Show whether the values are stretched."""
        self.normalise.blockSignals(True)
        self.normalise.setChecked(is_on)
        self.normalise.blockSignals(False)

    def show_layers(self, names: Sequence[str], current: int) -> None:
        """List what the frame has to show."""
        if [self.layers.itemText(place) for place in range(self.layers.count())] != list(names):
            self.layers.clear()
            self.layers.addItems(list(names))
        self.layers.setCurrentIndex(current)
        self.layers.setEnabled(len(names) > 1)

    def show_zoom(self, zoom: float, *, is_fitted: bool) -> None:
        """Show how large the picture is."""
        self.fit.setChecked(is_fitted)
        self.actual.setChecked(not is_fitted and abs(zoom - 1) < 1e-3)

    def show_view(self, view: ColourView, views: ViewSet | None) -> None:
        """Show which view is in force, and which there are."""
        if (view, views) == (self._view, self._views) and self.view.text():
            return
        self._view, self._views = view, views
        known = () if views is None else views.views
        name = next(
            (name for name, one in known if one.key == view.key and one.display == view.display), "sRGB"
        )
        words = name if view.space == REC_709 else f"{name} · ACEScg"
        room = self.view.width() - 32
        self.view.setText(self.view.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, room))
        tip = _("Colour view {name}, remembered for this job (V)")
        self.view.setToolTip(plain_tip(tip.format(name=words)))
        self._build_view_menu()

    def show_comparison(self, against: Against, *, is_difference: bool) -> None:
        """Show what the picture is compared with."""
        for action in self._against.actions():
            action.setChecked(action.data() == against)
        for action in self._ways.actions():
            action.setChecked(action.data() is is_difference)
        words = dict(against_words())
        self.compare.setText(_("Compare") if against is Against.NOTHING else words[against])

    def _on_channels_chosen(self, place: int) -> None:
        # Qt gives back plain text for what was put in as a member of an enumeration.
        self.channels_wanted.emit(Channels(self.channels.itemData(place)))

    def _build_view_menu(self) -> None:
        menu = self.view.menu()
        menu.clear()
        group = QActionGroup(menu)
        menu.addSection(_("Show as"))
        for name, view in () if self._views is None else self._views.views:
            action = menu.addAction(name)
            is_current = (view.key, view.display) == (self._view.key, self._view.display)
            _make_choice(action, group, is_current=is_current)
            chosen = ColourView(view.key, view.display, view.config, self._view.space)
            action.triggered.connect(lambda _checked=False, view=chosen: self.view_wanted.emit(view))
        menu.addSection(_("Scene-linear files hold"))
        spaces = QActionGroup(menu)
        for name, space in ((_("Linear Rec. 709 (sRGB primaries)"), REC_709), (_("ACEScg"), ACES_CG)):
            action = menu.addAction(name)
            _make_choice(action, spaces, is_current=space == self._view.space)
            chosen = ColourView(self._view.key, self._view.display, self._view.config, space)
            action.triggered.connect(lambda _checked=False, view=chosen: self.view_wanted.emit(view))
        if self._views is not None:
            menu.addSection(_("Colour configuration: {name}").format(name=self._views.config_name))

    def _build_compare_menu(self) -> None:
        menu = self.compare.menu()
        self._against, self._ways = QActionGroup(menu), QActionGroup(menu)
        for against, word in against_words():
            action = menu.addAction(word)
            action.setData(against)
            _make_choice(action, self._against, is_current=against is Against.NOTHING)
            action.triggered.connect(lambda _checked=False, one=against: self.against_wanted.emit(one))
        menu.addSeparator()
        for word, is_difference in ((_("Wipe"), False), (_("Difference"), True)):
            action = menu.addAction(word)
            action.setData(is_difference)
            _make_choice(action, self._ways, is_current=not is_difference)
            action.triggered.connect(lambda _checked=False, on=is_difference: self.difference_wanted.emit(on))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Take two rows where one is too narrow."""
        super().resizeEvent(event)
        is_narrow = event.size().width() < ONE_ROW_PX
        ways = QBoxLayout.Direction
        self._rows.setDirection(ways.TopToBottom if is_narrow else ways.LeftToRight)

    def _lay_out(self) -> None:
        what, how = QHBoxLayout(), QHBoxLayout()
        for row in (what, how):
            row.setSpacing(8)
        for widget in (self.layers, self.channels, self.view, self.compare):
            what.addWidget(widget)
        what.addStretch(1)
        for word, slider, value in (
            (_("Exposure"), self.exposure, self.exposure_text),
            (_("Gamma"), self.gamma, self.gamma_text),
        ):
            label = PlainLabel(word)
            label.setObjectName("dim")
            how.addWidget(label)
            how.addWidget(slider, 1)
            how.addWidget(value)
        for button in (self.normalise, self.fit, self.actual, self.help):
            how.addWidget(button)
        self._rows = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._rows.setContentsMargins(12, 8, 12, 8)
        self._rows.setSpacing(8)
        self._rows.addLayout(what)
        self._rows.addLayout(how, 1)
        # Less than one row needs, so that the window can become narrow enough for two.
        self.setMinimumWidth(SMALLEST_PX)


def channel_words() -> tuple[tuple[Channels, str], ...]:
    """Return what channels can be shown, in the present language."""
    return (
        (Channels.COLOUR, _("Colour")),
        (Channels.RED, _("Red")),
        (Channels.GREEN, _("Green")),
        (Channels.BLUE, _("Blue")),
        (Channels.ALPHA, _("Alpha")),
        (Channels.LUMINANCE, _("Luminance")),
    )


def against_words() -> tuple[tuple[Against, str], ...]:
    """Return what a picture can be compared with, in the present language."""
    return (
        (Against.NOTHING, _("Nothing")),
        (Against.PREVIOUS_ATTEMPT, _("Previous attempt")),
        (Against.OLD_VERSION, _("Old version")),
        (Against.NEIGHBOUR, _("Frame before")),
    )


def _make_choice(action: QAction, group: QActionGroup, *, is_current: bool) -> None:
    action.setCheckable(True)
    action.setChecked(is_current)
    group.addAction(action)


def _slider(reach: int, tip: str) -> QSlider:
    slider = QSlider(Qt.Orientation.Horizontal)
    slider.setRange(-reach, reach)
    slider.setMinimumWidth(72)
    slider.setMaximumWidth(240)
    slider.setToolTip(plain_tip(tip))
    return slider


def _value_label(widest: str) -> QLabel:
    label = PlainLabel("")
    label.setMinimumSize(QSize(label.fontMetrics().horizontalAdvance(widest), 0))
    return label


def _keep_wide(button: QPushButton, words: Sequence[str]) -> None:
    """Make room for the widest of its words; longer ones are told by the tool tip."""
    widest = max(button.fontMetrics().horizontalAdvance(word) for word in words)
    button.setFixedWidth(widest + 36)


def _check_button(text: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setText(text)
    button.setToolTip(plain_tip(tip))
    button.setCheckable(True)
    button.setAutoRaise(True)
    return button


def _menu_button(tip: str) -> QPushButton:
    button = QPushButton()
    button.setObjectName("menu")
    button.setToolTip(plain_tip(tip))
    button.setMenu(QMenu(button))
    return button
