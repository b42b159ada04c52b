"""Thumbnails for cells: read on a pool, kept as pixmaps within a limit of memory."""

import time
from collections import OrderedDict
from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage, QImageReader, QPixmap

from render_manager.ui.motion import FADE_MS
from render_manager.ui.pools import Errands

LIMIT_BYTES = 192 * 1024 * 1024
MOST_WAITING = 400
"""Thumbnails asked for and not read yet; older wishes are dropped, they scrolled away."""
FADES_WITHIN_S = 1.0
"""A picture that is shown later than this after it was made is not new to whoever sees it."""


class Thumbnails(QObject):
    """Gives pixmaps by path at once if they are there, and says when more have come; GUI thread.

    Signals:
        arrived: the path of a thumbnail that can be painted now.
    """

    arrived = Signal(str)

    def __init__(
        self,
        errands: Errands,
        parent: QObject | None = None,
        *,
        fades: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(parent)
        self._errands = errands
        self._fades = fades
        self._clock = clock
        self._new: OrderedDict[str, float] = OrderedDict()
        """When pictures were made, of those made within FADES_WITHIN_S."""
        self._appearing: dict[str, float] = {}
        self._pixmaps: OrderedDict[str, QPixmap] = OrderedDict()
        self._bytes = 0
        self._waiting: OrderedDict[str, None] = OrderedDict()
        self._reading: set[str] = set()
        self._missing: set[str] = set()

    def get(self, path: str) -> QPixmap | None:
        """Return a thumbnail, or None and read it soon."""
        pixmap = self._pixmaps.get(path)
        if pixmap is not None:
            self._pixmaps.move_to_end(path)
            return pixmap
        if path and path not in self._reading and path not in self._missing:
            self._waiting[path] = None
            self._waiting.move_to_end(path)
            while len(self._waiting) > MOST_WAITING:
                self._waiting.popitem(last=False)
            self._read_next()
        return None

    def fade_in(self, path: str) -> None:
        """Let a picture that was just made appear softly, if the system does not ask for stillness."""
        if not self._fades:
            return
        now = self._clock()
        self._new[path] = now
        self._new.move_to_end(path)
        while self._new and now - next(iter(self._new.values())) > FADES_WITHIN_S:
            self._new.popitem(last=False)
        while len(self._new) > MOST_WAITING:
            self._new.popitem(last=False)

    def opacity(self, path: str) -> float:
        """Return how much of a picture is to be seen by now, 0 to 1."""
        start = self._appearing.get(path)
        if start is None:
            return 1.0
        share = (self._clock() - start) * 1000.0 / FADE_MS
        if share >= 1.0:
            del self._appearing[path]
        return min(share, 1.0)

    @property
    def appearing(self) -> frozenset[str]:
        """Return the pictures that are not quite there yet."""
        now = self._clock()
        # Those that went out of sight are never painted whole.
        for path in [one for one, start in self._appearing.items() if (now - start) * 1000.0 >= FADE_MS]:
            del self._appearing[path]
        return frozenset(self._appearing)

    def forget(self, path: str) -> None:
        """Read a thumbnail again when it is next asked for."""
        self._missing.discard(path)
        self._drop(path)

    def _read_next(self) -> None:
        """Keep two reads under way; the newest wish first, it is what is looked at."""
        while self._waiting and len(self._reading) < 2:
            path, _nothing = self._waiting.popitem(last=True)
            self._reading.add(path)
            self._errands.run(lambda path=path: _read(path), lambda image, path=path: self._take(path, image))  # type: ignore[misc]

    def _take(self, path: str, image: QImage | None) -> None:
        self._reading.discard(path)
        if image is None or image.isNull():
            self._missing.add(path)
        else:
            self._pixmaps[path] = QPixmap.fromImage(image)
            now, made_at = self._clock(), self._new.pop(path, None)
            if made_at is not None and now - made_at <= FADES_WITHIN_S:
                self._appearing[path] = now
            self._bytes += image.sizeInBytes()
            while self._bytes > LIMIT_BYTES and len(self._pixmaps) > 1:
                self._drop(next(iter(self._pixmaps)))
            self.arrived.emit(path)
        self._read_next()

    def _drop(self, path: str) -> None:
        pixmap = self._pixmaps.pop(path, None)
        if pixmap is not None:
            self._bytes -= pixmap.width() * pixmap.height() * max(pixmap.depth() // 8, 1)


def _read(path: str) -> QImage:
    return QImageReader(path).read()
