"""What is being looked at: which frame, which layer, how, against what. Decides what the canvas shows."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from render_manager.domain.changes import FrameRow, JobSnapshot
from render_manager.domain.states import FrameState
from render_manager.domain.texts import gettext as _
from render_manager.media.look import Channels, ColourView, Look
from render_manager.ui.pools import Errands
from render_manager.ui.state_looks import frame_looks
from render_manager.ui.viewer.canvas import Canvas, Shown
from render_manager.ui.viewer.comparison import Against, label_of, missing_text
from render_manager.ui.viewer.darkroom import Darkroom, Print, Wish
from render_manager.ui.viewer.earlier import Earlier
from render_manager.ui.viewer.facts import file_of, gap_text
from render_manager.ui.viewer.flipbook import Flipbook
from render_manager.ui.viewer.frame_feed import FrameFeed
from render_manager.ui.viewer.layer_choices import LayerChoice, layer_choices
from render_manager.ui.viewer.levels import Levels
from render_manager.ui.viewer.shelf import PictureKey, Shelf

if TYPE_CHECKING:
    from render_manager.media.view_picture import ViewPicture

_WHOLE = frozenset({FrameState.COMPLETED, FrameState.SKIPPED})


class Session(QObject):
    """Keeps what is looked at and brings it to the canvas; GUI thread.

    Signals:
        changed: the frame, its picture, the look or the note is another.
    """

    changed = Signal()

    def __init__(self, *, errands: Errands, feed: FrameFeed, canvas: Canvas, cache_bytes: int) -> None:
        super().__init__()
        self._feed = feed
        self._canvas = canvas
        self._looks = frame_looks()
        self.shelf = Shelf(errands)
        self.darkroom = Darkroom(errands)
        self.flipbook = Flipbook(errands=errands, feed=feed, key_of=self._key_of, limit_bytes=cache_bytes)
        self.place = 0
        self.look = Look()
        self.against = Against.NOTHING
        self.is_difference = False
        self.holds = False
        """Whether the last picture is held over frames that have none."""
        self.note = ""
        self.picture: ViewPicture | None = None
        self._stream = ""
        self._layer: str | None = None
        self._is_distance = False
        """Whether the layer holds distances, as far as a picture of it has been seen."""
        self._stretch: bool | None = None
        """What the user wants of the range; None leaves it to the kind of layer."""
        self._wish: Wish | None = None
        self._print_note = ""
        self._is_scrubbing = False
        self._visits = 0
        """Counts the jobs that were looked at, so that an answer for an earlier one changes nothing."""
        self.earlier = Earlier(errands=errands, feed=feed)
        self.earlier.found.connect(self.refresh)
        self.shelf.arrived.connect(lambda _key: self.refresh())
        self.darkroom.printed.connect(self._on_printed)
        self.darkroom.failed.connect(self._on_failed)
        self.flipbook.turned.connect(self._on_turned)
        self.flipbook.pages_changed.connect(self._on_pages_changed)
        self.flipbook.playing_changed.connect(self._on_playing_changed)
        feed.rows_changed.connect(self._on_rows_changed)
        feed.states_changed.connect(self._on_states_changed)
        feed.unreadable.connect(self._on_unreadable)

    @property
    def number(self) -> int:
        """Return the number of the frame."""
        return self._feed.numbers[self.place]

    @property
    def row(self) -> FrameRow | None:
        """Return the frame's details; None while they are read."""
        return self._feed.row(self.place) if len(self._feed) else None

    @property
    def path(self) -> str:
        """Return the file that is shown, empty when there is none."""
        key = self._key_of(self.place) if len(self._feed) else None
        return "" if key is None else key.path

    @property
    def is_stretched(self) -> bool:
        """Return whether the values are stretched: distances are, unless the user does not want it."""
        if self._stretch is not None:
            return self._stretch
        return self._is_distance

    def begin(self, job: JobSnapshot, frame: int, view: ColourView) -> None:
        """Look at a frame of another job."""
        self._let_go()
        self.look = Look(view=view)
        self.against, self.is_difference = Against.NOTHING, False
        self._stream, self._layer, self._stretch = "", None, None
        self._is_distance = False
        self._canvas.forget_size()
        self._canvas.fit()
        self._canvas.show_words(_("Reading frame {number}…").format(number=frame))
        # Before the feed says that it has other frames: whoever listens looks at the place.
        self.place = job.frames.index(frame)
        self._feed.show_job(job, frame)
        self.show(self.place)

    def leave(self) -> None:
        """Look at nothing, and free the memory that looking took."""
        self._let_go()
        self._canvas.show_words("")
        self.shelf.clear()
        self.flipbook.clear()

    def show(self, place: int, *, is_scrubbing: bool = False) -> None:
        """Show another frame."""
        if not len(self._feed):
            return
        self.place = min(max(place, 0), len(self._feed) - 1)
        self._is_scrubbing = is_scrubbing
        if self.flipbook.is_playing or is_scrubbing:
            self.flipbook.seek(self.place)
        else:
            self.flipbook.rest()
        self.refresh()

    def step(self, by: int) -> None:
        """Go on by some frames, round the ends, and stand still."""
        self.flipbook.stop()
        if len(self._feed):
            self.show((self.place + by) % len(self._feed))

    def show_last(self) -> None:
        """Show the last frame of the job."""
        self.show(len(self._feed) - 1)

    def toggle_playing(self) -> None:
        """Play, or stop."""
        if self.flipbook.is_playing:
            self.flipbook.stop()
        else:
            self._make_pages()
            self.flipbook.play(self.place)

    def set_look(self, **values: object) -> None:
        """Change exposure, gamma, channels or view."""
        self.look = replace(self.look, **values)  # type: ignore[arg-type]  # fields by name
        self.refresh()

    def toggle_channels(self, channels: Channels) -> None:
        """Show one channel alone, or colour again."""
        is_on = self.look.channels is channels
        self.set_look(channels=Channels.COLOUR if is_on else channels)

    def set_stretched(self, *, is_on: bool) -> None:
        """Stretch the values from black to white, or not."""
        self._stretch = is_on
        self.refresh()

    def set_against(self, against: Against) -> None:
        """Compare with something else, or with nothing; only pictures that stand still are compared."""
        self.flipbook.stop()
        self.against = against
        self.refresh()

    def set_difference(self, *, is_on: bool) -> None:
        """Show the difference instead of a wipe."""
        self.flipbook.stop()
        self.is_difference = is_on
        if self.against is Against.NOTHING:
            self.compare_best(is_difference=is_on)
        else:
            self.refresh()

    def compare_best(self, *, is_difference: bool) -> None:
        """Compare with the earlier picture that is there: of an attempt, of a version, else the neighbour."""
        self.flipbook.stop()
        self.is_difference = is_difference
        path = self.path
        if path:
            visit = self._visits
            self.earlier.look(path, lambda: self._compare_found(path, visit))
        else:
            self.refresh()

    def _compare_found(self, path: str, visit: int) -> None:
        if visit == self._visits:
            self.set_against(self.earlier.best(path))

    def choices(self) -> tuple[list[LayerChoice], int]:
        """Return what the frame has to show, and which of it is shown."""
        row = self.row
        if row is None or not row.outputs:
            return [], 0
        return layer_choices(row.outputs, stream=self._stream, layer=self._layer, picture=self.picture)

    def choose(self, choice: LayerChoice) -> None:
        """Show another layer or file."""
        self._stream, self._layer, self._stretch = choice.stream, choice.layer, None
        self.refresh()

    def reload(self) -> None:
        """Decode everything anew; another program may have written the files."""
        self.shelf.clear()
        self.flipbook.clear()
        self.earlier.clear()
        self._wish = None
        self._feed.read_again()
        self.refresh()

    def is_ready(self, place: int) -> bool:
        """Return whether a frame would play without waiting."""
        key = self._key_of(place, reads=False)
        return self.flipbook.page(key) is not None

    def refresh(self) -> None:
        """Bring the frame to the canvas, or begin what is needed for that."""
        if not len(self._feed):
            return
        self.note = ""
        if self.flipbook.is_playing or self._is_scrubbing:
            self._make_pages()
            self._show_page()
        else:
            self._show_still()
        self.changed.emit()

    def resized(self) -> None:
        """Make the flipbook's pictures anew for the canvas as it is now."""
        if self.flipbook.is_playing:
            self._make_pages()

    def _let_go(self) -> None:
        """Stop, and forget what belongs to the job that was looked at."""
        # First, so that nothing of it is decoded once more because playing ended.
        self._feed.forget()
        self.flipbook.stop()
        self.flipbook.rest()
        self._visits += 1
        self._is_scrubbing = False
        self.earlier.clear()
        self.darkroom.forget()
        self.picture, self._wish = None, None

    def _key_of(self, place: int, *, reads: bool = True) -> PictureKey | None:
        row = self._feed.row(place) if reads else self._feed.known_row(place)
        if row is None or not row.outputs:
            return None
        stamp = f"{row.attempts}:{self._feed.state_of(place) in _WHOLE}"
        return PictureKey(file_of(row.outputs, self._stream), self._layer, stamp)

    def _show_still(self) -> None:
        key = self._key_of(self.place)
        if key is None:
            self._show_gap()
            return
        other = self._other_key(key.path)
        found = self.shelf.get(key)
        theirs = None if other is None else self.shelf.get(other)
        self.shelf.want([one for one in (key, other) if one is not None])
        if isinstance(found, str):
            self.picture = None
            self._canvas.show_words(found)
            return
        if isinstance(theirs, str):
            self.note = theirs
        if found is None:
            self._show_page_instead(key)
            return
        self.picture, self._is_distance = found, found.is_distance
        compared = None if theirs is None or isinstance(theirs, str) else theirs
        look = replace(self.look, is_normalised=self.is_stretched)
        wish = Wish(found, look, compared, self.is_difference and compared is not None)
        if wish == self._wish:
            self.note = self.note or self._print_note
            return
        self._wish, self._print_note = wish, ""
        self.darkroom.ask(wish)

    def _show_gap(self) -> None:
        row = self.row
        self.picture, self._wish = None, None
        if row is None:
            return
        text = gap_text(self.number, row, self._feed.state_of(self.place))
        shown = self._canvas.shown
        if self.holds and shown is not None:
            self._canvas.show_picture(replace(shown, badge=text, other=None))
        else:
            self._canvas.show_words(text)

    def _show_page(self) -> None:
        """Show the small picture of a frame if it is ready; while it is not, what is shown stays."""
        key = self._key_of(self.place)
        if key is None:
            self._show_gap()
            return
        self._show_page_instead(key)

    def _show_page_instead(self, key: PictureKey) -> None:
        page = self.flipbook.page(key)
        if page is None:
            return
        self.picture, self._wish = None, None
        if page.image is None:
            self._canvas.show_words(page.words)
            return
        self._canvas.show_picture(Shown(Levels((page.image,), page.size), page.aspect, badge=self._badge()))

    def _make_pages(self) -> None:
        look = replace(self.look, is_normalised=self.is_stretched)
        self.flipbook.set_look(look, self._canvas.size_px())

    def _badge(self) -> str:
        """Return what must be said over a picture that is not the frame's final one."""
        state = self._feed.state_of(self.place)
        if state in _WHOLE:
            return ""
        return _("frame {number}: {state}, this is its earlier picture").format(
            number=self.number, state=self._looks[state].word
        )

    def _other_key(self, path: str) -> PictureKey | None:
        """Return the picture to compare with; looks for it once, on a thread."""
        if self.against is Against.NOTHING:
            return None
        if self.against is Against.NEIGHBOUR:
            key = self._neighbour(-1)
            if key is None:
                self.note = missing_text(self.against, Path(path))
            return key
        found = self.earlier.find(path, self.against)
        if found.is_looked_for:
            return None
        if found.path is None:
            self.note = missing_text(self.against, Path(path))
            return None
        return PictureKey(found.path, self._layer)

    def _neighbour(self, step: int) -> PictureKey | None:
        place = self.place + step
        return self._key_of(place) if 0 <= place < len(self._feed) else None

    def _on_printed(self, made: Print) -> None:
        if made.wish is not self._wish:
            return
        aspect = made.wish.picture.info.pixel_aspect
        labels = (_("now"), label_of(self.against))
        self._canvas.show_picture(Shown(made.levels, aspect, made.other, self._badge(), labels))
        following = self._neighbour(1)
        if following is not None and not made.is_sketch:
            self.shelf.want([following])
        self._print_note = made.note
        self.note = made.note or self.note
        self.changed.emit()

    def _on_failed(self, wish: Wish) -> None:
        if wish is self._wish:
            text = _("{path} cannot be shown; the log of the program tells why.")
            self._canvas.show_words(text.format(path=wish.picture.path))

    def _on_turned(self, place: int) -> None:
        self.place = place
        self.refresh()

    def _on_pages_changed(self) -> None:
        if self._is_scrubbing:
            self.refresh()

    def _on_playing_changed(self, is_playing: bool) -> None:
        if not is_playing:
            self._is_scrubbing = False
        self.refresh()

    def _on_rows_changed(self, numbers: set[int]) -> None:
        if len(self._feed) and self.number in numbers:
            self.earlier.clear()
            if not self.flipbook.is_playing:
                self.refresh()

    def _on_unreadable(self) -> None:
        if self._feed.known_row(self.place) is None:
            text = _(
                "Frame {number} could not be read from the database; the log of the program tells why. "
                "F5 tries again."
            )
            self._canvas.show_words(text.format(number=self.number))

    def _on_states_changed(self) -> None:
        if len(self._feed) and not self.flipbook.is_playing and self.picture is None:
            self.refresh()
