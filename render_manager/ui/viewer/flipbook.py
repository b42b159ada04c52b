"""Plays the frames of a job at their speed: frames are left out rather than shown late.

Small pictures are decoded ahead of the place that is due, and kept within a limit of memory. What cannot be
decoded in time is passed over in this round and is there in the next.
"""

import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QImage

from render_manager.media.look import STANDARD, Channels, Look
from render_manager.ui.pools import Errands
from render_manager.ui.viewer.frame_feed import FrameFeed
from render_manager.ui.viewer.levels import image_of
from render_manager.ui.viewer.shelf import PictureKey

THREADS = 2
AHEAD, SCRUB_AHEAD = 48, 2
"""Frames looked at for one that is not decoded yet, while playing and while scrubbing."""
DEFAULT_FPS = 24.0


@dataclass(frozen=True, slots=True)
class Page:
    """A small picture of one frame."""

    image: QImage | None
    """None where there is no picture; `words` say why."""
    size: QSize
    """Size of the picture in its own pixels."""
    aspect: float
    words: str = ""


class Flipbook(QObject):
    """Plays, and keeps the pages; GUI thread.

    Signals:
        turned: the place of the frame that is due now.
        pages_changed: more pages are kept, or fewer.
        playing_changed: playing has begun (True) or ended.
    """

    turned = Signal(int)
    pages_changed = Signal()
    playing_changed = Signal(bool)

    def __init__(
        self,
        *,
        errands: Errands,
        feed: FrameFeed,
        key_of: Callable[[int], PictureKey | None],
        limit_bytes: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__()
        self._errands = errands
        self._feed = feed
        self._key_of = key_of
        self._limit_bytes = limit_bytes
        self._clock = clock
        self._pages: OrderedDict[PictureKey, Page] = OrderedDict()
        self._bytes = 0
        self._decoding: set[PictureKey] = set()
        self._look = Look()
        self._size = QSize(640, 360)
        self._round = 0
        """Counts changes of look and size, so that pages of an earlier one are not kept."""
        self._began_at = 0.0
        self._began_place = 0
        self._turns: deque[float] = deque(maxlen=48)
        self._is_seeking = False
        self.place = 0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)

    @property
    def is_playing(self) -> bool:
        """Return whether it plays."""
        return self._timer.isActive()

    @property
    def fps(self) -> float:
        """Return the frames a second the scene asks for."""
        job = self._feed.job
        return job.fps if job is not None and job.fps > 0 else DEFAULT_FPS

    def true_fps(self) -> float:
        """Return how many pictures a second were shown of late."""
        if len(self._turns) < 2:
            return 0.0
        return (len(self._turns) - 1) / max(self._turns[-1] - self._turns[0], 1e-6)

    def set_look(self, look: Look, size: QSize) -> None:
        """Make pages that look so and fit into a size in pixels of the screen; drops those that do not."""
        if (look, size) == (self._look, self._size):
            return
        self._look, self._size = look, size
        self.clear()

    def clear(self) -> None:
        """Drop all pages, those that are being made, too."""
        self._round += 1
        self._pages.clear()
        self._bytes = 0
        self.pages_changed.emit()
        if self.is_playing:
            self._decode_ahead()

    def page(self, key: PictureKey | None) -> Page | None:
        """Return a page that is there."""
        found = None if key is None else self._pages.get(key)
        if found is not None and key is not None:
            self._pages.move_to_end(key)
        return found

    def play(self, place: int) -> None:
        """Play from a place on."""
        if not len(self._feed) or self.is_playing:
            return
        self.place = place
        self._turns.clear()
        self._begin_at(place)
        self._timer.start(max(1, round(min(1000 / self.fps / 2, 16))))
        self.playing_changed.emit(True)
        self._decode_ahead()

    def stop(self) -> None:
        """Stand still."""
        if self.is_playing:
            self._timer.stop()
            self.playing_changed.emit(False)

    def seek(self, place: int) -> None:
        """Go on from another place; standing still, have its page made."""
        self.place = place
        self._is_seeking = True
        self._begin_at(place)
        self._decode_ahead()

    def rest(self) -> None:
        """Make no further pages while it stands still."""
        self._is_seeking = False

    def _begin_at(self, place: int) -> None:
        self._began_at, self._began_place = self._clock(), place

    def _tick(self) -> None:
        count = len(self._feed)
        if not count:
            self.stop()
            return
        due = self._began_place + int((self._clock() - self._began_at) * self.fps)
        if due >= count:
            due %= count
            self._begin_at(due)
        if due != self.place:
            self.place = due
            key = self._key_of(due)
            if key is None or key in self._pages:
                self._turns.append(self._clock())
            self.turned.emit(due)
            self._decode_ahead()

    def _decode_ahead(self) -> None:
        """Keep the threads busy with the next frames that have a picture and no page."""
        count = len(self._feed)
        for ahead in range(min(count, AHEAD if self.is_playing else SCRUB_AHEAD)):
            if len(self._decoding) >= THREADS:
                return
            key = self._key_of((self.place + ahead) % count)
            if key is not None and key not in self._pages and key not in self._decoding:
                self._decode(key)

    def _decode(self, key: PictureKey) -> None:
        self._decoding.add(key)
        look, size, round_ = self._look, self._size, self._round
        self._errands.run(lambda: _page(key, look, size), lambda page: self._take(key, page, round_))

    def _take(self, key: PictureKey, page: Page | None, round_: int) -> None:
        self._decoding.discard(key)
        if page is not None and round_ == self._round:
            self._pages[key] = page
            self._bytes += _size_bytes(page)
            # One page of a cache that is too small for two must not push itself out.
            while self._bytes > self._limit_bytes and len(self._pages) > 1:
                _oldest, dropped = self._pages.popitem(last=False)
                self._bytes -= _size_bytes(dropped)
            self.pages_changed.emit()
        if self.is_playing or self._is_seeking:
            self._decode_ahead()


def _size_bytes(page: Page) -> int:
    return 1024 if page.image is None else page.image.sizeInBytes()


def _page(key: PictureKey, look: Look, size: QSize) -> Page:
    """Decode a picture and make it small; on a viewing thread."""
    from render_manager.media import PictureError, develop, load_view  # image code, not for the GUI thread

    try:
        picture = load_view(Path(key.path), key.layer)
        own = QSize(picture.width, picture.height)
        aspect = picture.info.pixel_aspect
        fitted = QSize(max(1, round(own.width() * aspect)), own.height())
        fitted = fitted.scaled(size, Qt.AspectRatioMode.KeepAspectRatio)
        is_slow = look.view.key != STANDARD or look.channels is Channels.LUMINANCE
        step = max(1, own.height() // max(1, fitted.height())) if is_slow else 1
        image = image_of(develop(picture, look, step))
    except PictureError as error:
        return Page(None, QSize(16, 9), 1.0, str(error))
    except ValueError as error:
        return Page(None, QSize(16, 9), 1.0, str(error))
    if fitted.width() < image.width():
        ways = Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
        image = image.scaled(fitted, *ways)
    return Page(image, own, aspect)
