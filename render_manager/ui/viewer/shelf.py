"""Decoded pictures, a few of them, within a limit of memory; what is wanted now is decoded first."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from render_manager.domain.texts import gettext as _
from render_manager.ui.pools import Errands

if TYPE_CHECKING:
    from render_manager.media.view_picture import ViewPicture

LIMIT_BYTES = 768 << 20
FEWEST = 3
"""Pictures that are kept whatever their size: the one shown, what it is compared with, and the next."""


@dataclass(frozen=True, slots=True)
class PictureKey:
    """One layer of one file, as it was at one time."""

    path: str
    layer: str | None = None
    """None for the layer that is most like the finished picture."""
    stamp: str = ""
    """Changes when the file is written anew."""


class Shelf(QObject):
    """Keeps decoded pictures; GUI thread.

    Signals:
        arrived: the key of a picture that is there now, of which it is known why not, or that was forgotten
            while it was decoded.
    """

    arrived = Signal(object)

    def __init__(self, errands: Errands, *, limit_bytes: int = LIMIT_BYTES) -> None:
        super().__init__()
        self._errands = errands
        self._limit_bytes = limit_bytes
        self._found: OrderedDict[PictureKey, ViewPicture | str] = OrderedDict()
        self._wanted: list[PictureKey] = []
        self._decoding: set[PictureKey] = set()
        self._round = 0
        """Counts how often all was forgotten, so that what was being decoded then is not kept."""

    def get(self, key: PictureKey) -> "ViewPicture | str | None":
        """Return a picture, a sentence why there is none, or None while that is not known."""
        found = self._found.get(key)
        if found is not None:
            self._found.move_to_end(key)
        return found

    @property
    def is_idle(self) -> bool:
        """Return whether nothing is being decoded."""
        return not self._decoding

    def clear(self) -> None:
        """Forget all pictures, those that are wanted or being decoded, too."""
        self._round += 1
        self._found.clear()
        self._wanted.clear()

    def want(self, keys: Sequence[PictureKey]) -> None:
        """Decode these, the first first, and nothing that was wanted before and has not begun."""
        self._wanted = [key for key in keys if key not in self._found and key not in self._decoding]
        self._decode_next()

    def _decode_next(self) -> None:
        """One at a time: the library spreads one picture over all cores by itself."""
        if not self._wanted or self._decoding:
            return
        key = self._wanted.pop(0)
        self._decoding.add(key)
        round_ = self._round
        self._errands.run(lambda: _decode(key), lambda found: self._take(key, found, round_))

    def _take(self, key: PictureKey, found: "ViewPicture | str | None", round_: int) -> None:
        self._decoding.discard(key)
        if round_ != self._round:
            # Whoever wants it again could not say so while it was under way.
            self.arrived.emit(key)
            self._decode_next()
            return
        if found is None:
            found = _("{path} cannot be shown; the log of the program tells why.").format(path=key.path)
        self._found[key] = found
        while self._total_bytes() > self._limit_bytes and len(self._found) > FEWEST:
            self._found.popitem(last=False)
        self.arrived.emit(key)
        self._decode_next()

    def _total_bytes(self) -> int:
        return sum(0 if isinstance(one, str) else one.size_bytes for one in self._found.values())


def _decode(key: PictureKey) -> "ViewPicture | str":
    """Decode a picture; on a viewing thread."""
    from render_manager.media import PictureError, load_view  # loads image libraries, not for the GUI thread

    try:
        return load_view(Path(key.path), key.layer)
    except PictureError as error:
        return str(error)
