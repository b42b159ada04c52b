"""The viewer's window: the picture, its controls, the bar of frames and the facts, joined together."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeySequence, QPalette, QResizeEvent, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QVBoxLayout, QWidget

from render_manager.domain.changes import ChangeSet, JobSnapshot
from render_manager.domain.texts import gettext as _
from render_manager.media import colour_views
from render_manager.media.look import ColourView, ViewSet
from render_manager.system.memory import available_bytes
from render_manager.ui.elided_label import ElidedLabel
from render_manager.ui.files import open_file, show_in_folder
from render_manager.ui.plain_label import PlainLabel, plain_tip
from render_manager.ui.pools import Errands, QtPool
from render_manager.ui.state_looks import Icons
from render_manager.ui.theme import DARK, Theme, apply_style
from render_manager.ui.viewer.canvas import Canvas
from render_manager.ui.viewer.deeds import following_view, looking_deeds
from render_manager.ui.viewer.facts import picture_text, pixel_text
from render_manager.ui.viewer.frame_feed import FrameFeed
from render_manager.ui.viewer.keys import KeySheet, key_specs
from render_manager.ui.viewer.look_bar import LookBar
from render_manager.ui.viewer.memory import ViewerMemory
from render_manager.ui.viewer.session import Session
from render_manager.ui.viewer.timeline import Timeline

if TYPE_CHECKING:
    # Its module imports much that the viewer does not need.
    from render_manager.scheduling.ports import StateReader

CACHE_SHARE, MOST_CACHE_BYTES = 0.25, 2 << 30
"""What the flipbook may keep: a share of the memory that is free, and no more than this."""
THREADS = 2


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
        self.speed, self.zoom_text = PlainLabel(), PlainLabel()
        self.speed.setObjectName("dim")
        self.zoom_text.setObjectName("dim")
        self.hold = QToolButton()
        self.hold.setText(_("Hold"))
        self.hold.setToolTip(_("Hold the last picture over frames that have none (H)"))
        self.hold.setCheckable(True)
        self.hold.setAutoRaise(True)
        self._buttons: dict[str, QToolButton] = {}
        self.sheet = KeySheet(theme, self)
        self.deeds = looking_deeds(self.session, self.canvas) | self._own_deeds()
        self._lay_out()
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
        if frame not in job.frames:
            return
        if is_other:
            self.session.begin(job, frame, self._memory.view_of(job.uuid))
        else:
            self.session.show(job.frames.index(frame))
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
        """Remember the place, and free what looking took: renderers need the memory."""
        self._memory.save(self)
        if self.feed.job is not None and len(self.feed):
            self.left.emit((self.feed.job.id, self.session.number))
        self.session.leave()
        super().closeEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Have the flipbook's pictures made for the new size, once it stays."""
        super().resizeEvent(event)
        self._resized.start()

    def _lay_out(self) -> None:
        self._above, self._below = QWidget(), QWidget()
        above, below = QVBoxLayout(self._above), QVBoxLayout(self._below)
        above.addLayout(_row((16, 12, 16, 0), 16, (self.title, 2), (self.facts, 3)))
        above.addWidget(self.bar)
        below.addLayout(_row((16, 4, 16, 4), 16, (self.pixel, 2), (self.note, 1), (self.zoom_text, 0)))
        buttons = [(self._button(*button), 0) for button in _buttons()]
        below.addLayout(_row((8, 4, 16, 8), 4, *buttons, (self.timeline, 1), (self.hold, 0), (self.speed, 0)))
        layout = QVBoxLayout(self)
        for one in (layout, above, below):
            one.setContentsMargins(0, 0, 0, 0)
            one.setSpacing(0)
        layout.addWidget(self._above)
        layout.addWidget(self.canvas, 1)
        layout.addWidget(self._below)
        figures = self.fontMetrics()
        self.speed.setFixedWidth(figures.horizontalAdvance("000.0 of 000.0 fps") + 8)
        self.zoom_text.setFixedWidth(figures.horizontalAdvance("6400 %") + 8)
        for label in (self.speed, self.zoom_text):
            label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

    def _button(self, name: str, icon: str, tip: str) -> QToolButton:
        button = QToolButton()
        button.setAutoRaise(True)
        button.setIconSize(QSize(20, 20))
        button.setIcon(self._icons.plain(icon))
        button.setToolTip(plain_tip(tip))
        button.setAccessibleName(tip)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(lambda _checked=False: self.deeds[name]())
        self._buttons[name] = button
        return button

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
        self.hold.clicked.connect(lambda _checked=False: self._toggle_hold())
        self.canvas.menu_wanted.connect(self._open_menu)

    def _bind_keys(self) -> None:
        for spec in key_specs():
            for key in spec.keys:
                shortcut = QShortcut(QKeySequence(key), self)
                shortcut.activated.connect(self.deeds[spec.name])

    def _own_deeds(self) -> dict[str, Callable[[], object]]:
        return {
            "hold": self._toggle_hold,
            "full_screen": self._toggle_full_screen,
            "bare": self._toggle_controls,
            "view": self._next_view,
            "keys": self.sheet.toggle,
            "close": self._leave,
        }

    def _choose_layer(self, place: int) -> None:
        choices, _current = self.session.choices()
        if place < len(choices):
            self.session.choose(choices[place])

    def _choose_view(self, view: ColourView) -> None:
        if self.feed.job is not None:
            self._memory.set_view(self.feed.job.uuid, view)
        self.session.set_look(view=view)

    def _next_view(self) -> None:
        view = following_view(self.session.look.view, self._views)
        if view is not None:
            self._choose_view(view)

    def _toggle_hold(self) -> None:
        self.session.holds = not self.session.holds
        self.hold.setChecked(self.session.holds)
        self.session.refresh()

    def _toggle_full_screen(self) -> None:
        self.showNormal() if self.isFullScreen() else self.showFullScreen()

    def _toggle_controls(self) -> None:
        is_bare = self._above.isHidden()
        self._above.setVisible(is_bare)
        self._below.setVisible(is_bare)

    def _open_menu(self, at: QPoint) -> None:
        """Offer what can be done with the file that is shown."""
        if self.session.path:
            self.file_menu(self.session.path).popup(at)

    def file_menu(self, path: str) -> QMenu:
        """Return a new menu of what can be done with a file."""
        menu = QMenu(self)
        menu.addAction(_("&Open image"), lambda: open_file(Path(path)))
        menu.addAction(_("Show in &folder"), lambda: show_in_folder(Path(path)))
        menu.addAction(_("Copy &path"), lambda: QGuiApplication.clipboard().setText(path))
        menu.aboutToHide.connect(menu.deleteLater)
        return menu

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
        bar.show_values(session.look.exposure, session.look.gamma)
        bar.show_channels(session.look.channels)
        bar.show_normalised(is_on=session.is_stretched)
        if session.flipbook.is_playing:
            return
        choices, current = session.choices()
        bar.show_layers([choice.name for choice in choices], current)
        bar.show_view(session.look.view, self._views)
        bar.show_comparison(session.against, is_difference=session.is_difference)
        self._on_pointed(self._pointed)

    def _speed_text(self) -> str:
        flipbook = self.session.flipbook
        if not flipbook.is_playing:
            return _("{fps:g} fps").format(fps=flipbook.fps)
        return _("{true:.1f} of {fps:g} fps").format(true=flipbook.true_fps(), fps=flipbook.fps)


def _buttons() -> tuple[tuple[str, str, str], ...]:
    """Return name, icon and tool tip of the buttons beside the bar of frames."""
    return (
        ("first", "mdi6.skip-backward", _("First frame (Home)")),
        ("previous", "mdi6.chevron-left", _("Previous frame (Left)")),
        ("play", "mdi6.play", _("Play and stop (Space)")),
        ("next", "mdi6.chevron-right", _("Next frame (Right)")),
        ("last", "mdi6.skip-forward", _("Last frame (End)")),
    )


def _row(margins: tuple[int, int, int, int], spacing: int, *widgets: tuple[QWidget, int]) -> QHBoxLayout:
    """Return a row of widgets, each with its share of the room."""
    row = QHBoxLayout()
    row.setContentsMargins(*margins)
    row.setSpacing(spacing)
    for widget, stretch in widgets:
        row.addWidget(widget, stretch)
    return row
