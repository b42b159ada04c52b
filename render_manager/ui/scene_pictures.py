"""Pictures of scenes: saved in them, kept beside them, or the newest frame; read on a pool thread."""

from collections import OrderedDict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage, QPixmap

from render_manager.domain.errors import RenderManagerError
from render_manager.domain.texts import gettext as _
from render_manager.engines.scene_picture import SavedPreview
from render_manager.ui.submit_draft import Draft, Lookout
from render_manager.ui.tied_errands import TiedErrands

MOST_KEPT = 300
MOST_WAITING = 60
"""Scenes whose pictures are asked for and not read yet; older wishes are dropped, they scrolled away."""
LONG_SIDE_PX = 960
"""Large enough for the page on a screen of double density."""
_UNDER_WAY = 2


@dataclass(frozen=True, slots=True)
class ScenePicture:
    """A picture and where it comes from."""

    pixmap: QPixmap
    origin: str
    """A few words for people."""


class ScenePictures(QObject):
    """Gives pictures at once if they are there, and says when more have come; GUI thread.

    Signals:
        arrived: the path of a scene whose picture can be painted now.
    """

    arrived = Signal(object)

    def __init__(self, errands: TiedErrands, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._errands = errands
        self._lookout: Lookout | None = None
        self._kept: OrderedDict[Path, ScenePicture | None] = OrderedDict()
        self._waiting: OrderedDict[Path, Path | None] = OrderedDict()
        self._reading: dict[Path, Path | None] = {}
        self._tried: dict[Path, Path | None] = {}
        """Scene to the newest frame there was when it was last looked for in vain."""

    def read_with(self, lookout: Lookout) -> None:
        """Look for pictures in this way from now on."""
        self._lookout = lookout
        self._read_next()

    def get(self, draft: Draft) -> ScenePicture | None:
        """Return a scene's picture, or None and look for it soon."""
        path = draft.request.path
        newest = None if draft.outlook is None else draft.outlook.newest
        found = self._kept.get(path)
        if found is not None:
            self._kept.move_to_end(path)
            return found
        if path in self._reading or self._tried.get(path, path) == newest:
            return None
        self._waiting[path] = newest
        self._waiting.move_to_end(path)
        while len(self._waiting) > MOST_WAITING:
            self._waiting.popitem(last=False)
        self._read_next()
        return None

    def is_known_to_have_none(self, draft: Draft) -> bool:
        """Return whether a picture was looked for in vain."""
        return draft.request.path in self._tried

    def _read_next(self) -> None:
        """Keep two reads under way; the newest wish first, it is what is looked at."""
        lookout = self._lookout
        while lookout is not None and self._waiting and len(self._reading) < _UNDER_WAY:
            path, newest = self._waiting.popitem(last=True)
            self._reading[path] = newest
            self._errands.run(
                lambda path=path, newest=newest: _read(lookout, path, newest),  # type: ignore[misc]  # mypy cannot infer lambdas with defaults
                lambda found, path=path: self._take(path, found),  # type: ignore[misc]  # as above
            )

    def _take(self, path: Path, found: tuple[QImage, str] | None) -> None:
        newest = self._reading.pop(path, None)
        if found is None:
            self._tried[path] = newest
        else:
            self._tried.pop(path, None)
            self._kept[path] = ScenePicture(QPixmap.fromImage(found[0]), found[1])
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        self.arrived.emit(path)
        self._read_next()


def _read(lookout: Lookout, path: Path, newest: Path | None) -> tuple[QImage, str] | None:
    """Return the picture of a scene and where it is from; on a pool thread."""
    brought: SavedPreview | Sequence[Path] = ()
    with suppress(RenderManagerError, OSError):
        brought = lookout.picture(path)
    if isinstance(brought, SavedPreview):
        image = QImage(
            brought.rgba, brought.width, brought.height, 4 * brought.width, QImage.Format.Format_RGBA8888
        )
        return image.copy(), _("as saved in the file")
    for file in brought:
        beside = _loaded(file)
        if beside is not None:
            return beside, _("from {name}").format(name=file.name)
    frame = None if newest is None else _loaded(newest)
    if frame is None or newest is None:
        return None
    return frame, _("the newest frame, {name}").format(name=newest.name)


def _loaded(file: Path) -> QImage | None:
    if not file.is_file():
        return None
    from render_manager.media import PictureError, load_preview  # image code the first paint does not need

    try:
        width, height, rgb = load_preview(file, LONG_SIDE_PX)
    except PictureError:
        return None
    return QImage(rgb, width, height, 3 * width, QImage.Format.Format_RGB888).copy()
