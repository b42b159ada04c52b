"""The viewer's window: the picture, its controls, the bar of frames and the facts, joined together."""

import os
from collections.abc import Callable
from gettext import gettext as _
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QPalette, QResizeEvent, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from render_manager.domain.changes import ChangeSet, JobSnapshot
from render_manager.media import colour_views
from render_manager.media.look import Channels, ColourView, ViewSet
from render_manager.system.memory import available_bytes
from render_manager.ui.elided_label import ElidedLabel
from render_manager.ui.pools import Errands, QtPool
from render_manager.ui.state_looks import Icons
from render_manager.ui.theme import DARK, Theme, apply_style
from render_manager.ui.viewer.canvas import ZOOM_STEP, Canvas
from render_manager.ui.viewer.comparison import Against
from render_manager.ui.viewer.facts import picture_text, pixel_text
from render_manager.ui.viewer.frame_feed import FrameFeed
from render_manager.ui.viewer.keys import KeySheet, key_specs
from render_manager.ui.viewer.look_bar import LARGEST_GAMMA, LARGEST_STOPS, SMALLEST_GAMMA, LookBar
from render_manager.ui.viewer.memory import ViewerMemory
from render_manager.ui.viewer.session import Session
from render_manager.ui.viewer.timeline import Timeline

if TYPE_CHECKING:
    # Its module imports much that the viewer does not need.
    from render_manager.scheduling.ports import StateReader

CACHE_SHARE, MOST_CACHE_BYTES = 0.25, 2 << 30
"""What the flipbook may keep: a share of the memory that is free, and no more than this."""
THREADS = 2
KEY_STOPS = 0.5
KEY_GAMMA = 0.1


class ViewerWindow(QWidget):
    """Looks at the frames of one job; GUI thread. Decodes and develops on two threads of its own.

    Signals:
        left: (job id, frame number) that was looked at when the window was closed.
    """

    left = Signal(object)

    def __init__(self, *, theme: Theme, icons: Icons, state_file: Path | None) -> None:
        super().__init__(None, Qt.WindowType.Window)
        self.setObjectName("viewer")
        self.setWindowTitle(_("Viewer"))
        self._theme = theme
        self._icons = icons
        self._pool = QtPool(name="viewing", max_threads=THREADS)
        self._errands = Errands(self._pool, self)
        self._memory = ViewerMemory(state_file)
        self._views: ViewSet | None = None
        self._pointed: tuple[int, int] | None = None
        self.feed = FrameFeed(self._errands)
        # Pictures are judged on dark neutral grey, whatever the window's own appearance.
        self.canvas = Canvas(DARK)
        cache_bytes = min(int(available_bytes() * CACHE_SHARE), MOST_CACHE_BYTES)
        self.session = Session(
            errands=self._errands, feed=self.feed, canvas=self.canvas, cache_bytes=cache_bytes
        )
        self.bar = LookBar()
        self.timeline = Timeline(theme=theme, feed=self.feed, is_ready=self.session.is_ready)
        self.title, self.facts = ElidedLabel(), ElidedLabel()
        self.title.setObjectName("title")
        self.facts.setObjectName("dim")
        right = Qt.TextElideMode.ElideRight
        self.note, self.pixel = ElidedLabel(mode=right), ElidedLabel(mode=right)
        self.speed, self.zoom_text = QLabel(), QLabel()
        self.speed.setObjectName("dim")
        self.zoom_text.setObjectName("dim")
        self._buttons: dict[str, QToolButton] = {}
        self._lay_out()
        self.sheet = KeySheet(theme, self)
        self._connect()
        self._bind_keys()
        self._resized = QTimer(self)
        self._resized.setSingleShot(True)
        self._resized.setInterval(250)
        self._resized.timeout.connect(self.session.resized)
        self.resize(QSize(1280, 800).boundedTo(self.screen().availableSize() - QSize(32, 96)))
        self._memory.restore(self)
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Window)
        apply_style(self, theme)
        self._ask_for_views()

    def read_from(self, reader: "StateReader") -> None:
        """Read from this reader from now on."""
        self.feed.read_from(reader)

    def look_at(self, job: JobSnapshot, frame: int) -> None:
        """Show a frame of a job, and come to the front."""
        is_other = self.feed.job is None or self.feed.job.id != job.id or not self.isVisible()
        if is_other:
            self.feed.show_job(job, frame)
        place = self.feed.place_of(frame)
        if place is None:
            return
        if is_other:
            self.session.begin(place, self._memory.view_of(job.uuid))
        else:
            self.session.show(place)
        self.show()
        self.raise_()
        self.activateWindow()
        self.canvas.setFocus()

    def apply(self, changes: ChangeSet) -> None:
        """Take in what changed."""
        if self.feed.job is not None and self.feed.job.id in changes.removed_jobs:
            self.close()
            return
        if self.isVisible():
            self.feed.apply(changes)

    def finish(self) -> None:
        """Close, and wait for what is being decoded."""
        self.close()
        self._pool.finish()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """Stand still, and remember the place."""
        self.session.flipbook.stop()
        self._memory.save(self)
        if self.feed.job is not None and len(self.feed):
            self.left.emit((self.feed.job.id, self.session.number))
        super().closeEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Have the flipbook's pictures made for the new size, once it stays."""
        super().resizeEvent(event)
        self._resized.start()

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setContentsMargins(16, 12, 16, 0)
        top.setSpacing(16)
        top.addWidget(self.title, 2)
        top.addWidget(self.facts, 3)
        bottom = QHBoxLayout()
        bottom.setContentsMargins(8, 4, 16, 8)
        bottom.setSpacing(4)
        for name, icon, tip in (
            ("first", "mdi6.skip-backward", _("First frame (Home)")),
            ("previous", "mdi6.chevron-left", _("Previous frame (Left)")),
            ("play", "mdi6.play", _("Play and stop (Space)")),
            ("next", "mdi6.chevron-right", _("Next frame (Right)")),
            ("last", "mdi6.skip-forward", _("Last frame (End)")),
        ):
            button = QToolButton()
            button.setAutoRaise(True)
            button.setIconSize(QSize(20, 20))
            button.setIcon(self._icons.plain(icon))
            button.setToolTip(tip)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            self._buttons[name] = button
            bottom.addWidget(button)
        bottom.addWidget(self.timeline, 1)
        bottom.addWidget(self.speed)
        status = QHBoxLayout()
        status.setContentsMargins(16, 4, 16, 4)
        status.setSpacing(16)
        status.addWidget(self.pixel, 1)
        status.addWidget(self.note, 1)
        status.addWidget(self.zoom_text)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(top)
        layout.addWidget(self.bar)
        layout.addWidget(self.canvas, 1)
        layout.addLayout(status)
        layout.addLayout(bottom)
        figures = self.fontMetrics()
        self.speed.setFixedWidth(figures.horizontalAdvance("000.0 of 000.0 fps") + 8)
        self.zoom_text.setFixedWidth(figures.horizontalAdvance("6400 %") + 8)
        for label in (self.speed, self.zoom_text):
            label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

    def _connect(self) -> None:
        bar, session = self.bar, self.session
        bar.exposure_wanted.connect(lambda value: session.set_look(exposure=value))
        bar.gamma_wanted.connect(lambda value: session.set_look(gamma=value))
        bar.channels_wanted.connect(lambda value: session.set_look(channels=value))
        bar.layer_wanted.connect(self._choose_layer)
        bar.view_wanted.connect(self._choose_view)
        bar.against_wanted.connect(session.set_against)
        bar.difference_wanted.connect(lambda on: session.set_difference(is_on=on))
        bar.normalise_wanted.connect(lambda on: session.set_stretched(is_on=on))
        bar.zoom_wanted.connect(lambda zoom: self.canvas.set_zoom(zoom) if zoom else self.canvas.fit())
        bar.keys_wanted.connect(self.sheet.toggle)
        self.timeline.sought.connect(lambda place: session.show(place, is_scrubbing=True))
        self.timeline.let_go.connect(lambda: session.show(session.place))
        self.canvas.pointed.connect(self._on_pointed)
        self.canvas.zoomed.connect(self._show_zoom)
        session.changed.connect(self._show_facts)
        session.flipbook.playing_changed.connect(self._on_playing_changed)
        session.flipbook.pages_changed.connect(self.timeline.update)
        self.feed.states_changed.connect(self.timeline.update)
        for name, button in self._buttons.items():
            button.clicked.connect(lambda _checked=False, name=name: self._deeds()[name]())

    def _bind_keys(self) -> None:
        deeds = self._deeds()
        for spec in key_specs():
            for key in spec.keys:
                shortcut = QShortcut(QKeySequence(key), self)
                shortcut.activated.connect(deeds[spec.name])

    def _deeds(self) -> dict[str, Callable[[], object]]:
        session, canvas, look = self.session, self.canvas, self.session.set_look
        return {
            "play": session.toggle_playing,
            "previous": lambda: self._step(-1),
            "next": lambda: self._step(1),
            "first": lambda: session.show(0),
            "last": lambda: session.show(len(self.feed) - 1),
            "hold": self._toggle_hold,
            "fit": canvas.fit,
            "zoom_1": lambda: canvas.set_zoom(1.0),
            "zoom_2": lambda: canvas.set_zoom(2.0),
            "zoom_in": lambda: canvas.zoom_by(ZOOM_STEP),
            "zoom_out": lambda: canvas.zoom_by(1 / ZOOM_STEP),
            "full_screen": self._toggle_full_screen,
            "rgb": lambda: look(channels=Channels.COLOUR),
            "r": lambda: session.toggle_channels(Channels.RED),
            "g": lambda: session.toggle_channels(Channels.GREEN),
            "b": lambda: session.toggle_channels(Channels.BLUE),
            "a": lambda: session.toggle_channels(Channels.ALPHA),
            "l": lambda: session.toggle_channels(Channels.LUMINANCE),
            "layer_next": lambda: self._step_layer(1),
            "layer_previous": lambda: self._step_layer(-1),
            "brighter": lambda: self._expose(KEY_STOPS),
            "darker": lambda: self._expose(-KEY_STOPS),
            "gamma_up": lambda: self._bend(KEY_GAMMA),
            "gamma_down": lambda: self._bend(-KEY_GAMMA),
            "normalise": lambda: session.set_stretched(is_on=not session.is_stretched),
            "view": self._next_view,
            "reset": lambda: look(exposure=0.0, gamma=1.0),
            "wipe": lambda: self._toggle_comparison(is_difference=False),
            "difference": lambda: self._toggle_comparison(is_difference=True),
            "reload": session.reload,
            "keys": self.sheet.toggle,
            "close": self._leave,
        }

    def _step(self, by: int) -> None:
        """Go on by a frame, round the ends."""
        self.session.flipbook.stop()
        if len(self.feed):
            self.session.show((self.session.place + by) % len(self.feed))

    def _step_layer(self, by: int) -> None:
        choices, current = self.session.choices()
        if choices:
            self.session.choose(choices[(current + by) % len(choices)])

    def _choose_layer(self, place: int) -> None:
        choices, _current = self.session.choices()
        if place < len(choices):
            self.session.choose(choices[place])

    def _expose(self, by: float) -> None:
        wanted = self.session.look.exposure + by
        self.session.set_look(exposure=min(max(wanted, -LARGEST_STOPS), LARGEST_STOPS))

    def _bend(self, by: float) -> None:
        wanted = round(self.session.look.gamma + by, 2)
        self.session.set_look(gamma=min(max(wanted, SMALLEST_GAMMA), LARGEST_GAMMA))

    def _choose_view(self, view: ColourView) -> None:
        if self.feed.job is not None:
            self._memory.set_view(self.feed.job.uuid, view)
        self.session.set_look(view=view)

    def _next_view(self) -> None:
        known = () if self._views is None else self._views.views
        if not known:
            return
        current = self.session.look.view
        keys = [(view.key, view.display) for _name, view in known]
        mine = (current.key, current.display)
        place = (keys.index(mine) + 1) % len(keys) if mine in keys else 0
        view = known[place][1]
        self._choose_view(ColourView(view.key, view.display, view.config, current.space))

    def _toggle_comparison(self, *, is_difference: bool) -> None:
        session = self.session
        if session.against is Against.NOTHING:
            session.compare_best(is_difference=is_difference)
        elif session.is_difference is is_difference:
            session.is_difference = False
            session.set_against(Against.NOTHING)
        else:
            session.set_difference(is_on=is_difference)

    def _toggle_hold(self) -> None:
        self.session.holds = not self.session.holds
        self.session.refresh()

    def _toggle_full_screen(self) -> None:
        self.showNormal() if self.isFullScreen() else self.showFullScreen()

    def _leave(self) -> None:
        if self.sheet.isVisible():
            self.sheet.hide()
        elif self.isFullScreen():
            self.showNormal()
        else:
            self.close()

    def _ask_for_views(self) -> None:
        environment = os.environ.get("OCIO", "")
        self._errands.run(lambda: colour_views(environment), self._take_views)

    def _take_views(self, views: ViewSet | None) -> None:
        self._views = views
        self._show_facts()

    def _on_pointed(self, pixel: tuple[int, int] | None) -> None:
        self._pointed = pixel
        picture = self.session.picture
        text = "" if pixel is None or picture is None else pixel_text(picture, *pixel)
        self.pixel.setText(text)

    def _on_playing_changed(self, is_playing: bool) -> None:
        self._buttons["play"].setIcon(self._icons.plain("mdi6.pause" if is_playing else "mdi6.play"))
        self._show_facts()

    def _show_zoom(self) -> None:
        self.zoom_text.setText(f"{self.canvas.zoom * 100:.0f} %" if self.canvas.shown is not None else "")
        self.bar.show_zoom(self.canvas.zoom, is_fitted=self.canvas.is_fitted)

    def _show_facts(self) -> None:
        """Show what is in force everywhere around the picture."""
        session, bar, job = self.session, self.bar, self.feed.job
        if job is None or not len(self.feed):
            return
        self.timeline.set_place(session.place)
        self.title.setText(
            _("{job}  ·  frame {number}  ({place} of {count})").format(
                job=job.name, number=session.number, place=session.place + 1, count=len(self.feed)
            )
        )
        self.setWindowTitle(_("{job}, frame {number}").format(job=job.name, number=session.number))
        row, path = session.row, session.path
        self.facts.setText(picture_text(row, path, session.picture) if row is not None and path else "")
        self.speed.setText(self._speed_text())
        self._show_zoom()
        self.note.setText(session.note or ("" if self._views is None else self._views.problem))
        if session.flipbook.is_playing:
            return
        choices, current = session.choices()
        bar.show_layers([choice.name for choice in choices], current)
        bar.show_values(session.look.exposure, session.look.gamma)
        bar.show_channels(session.look.channels)
        bar.show_normalised(is_on=session.is_stretched)
        bar.show_view(session.look.view, self._views)
        bar.show_comparison(session.against, is_difference=session.is_difference)
        self._on_pointed(self._pointed)

    def _speed_text(self) -> str:
        flipbook = self.session.flipbook
        if not flipbook.is_playing:
            return _("{fps:g} fps").format(fps=flipbook.fps)
        return _("{true:.1f} of {fps:g} fps").format(true=flipbook.true_fps(), fps=flipbook.fps)
