"""Makes decoded pictures ready for the screen, the newest wish first, with a sketch where it takes long."""

import math
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSize, Signal

from render_manager.domain.texts import gettext as _
from render_manager.media.look import ColourView, Look
from render_manager.ui.pools import Errands
from render_manager.ui.viewer.levels import Levels, image_of, levels_of

if TYPE_CHECKING:
    from render_manager.media.view_picture import ViewPicture

SKETCH_S = 0.06
"""What a sketch may take; a picture that takes twice as long is preceded by one."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be shown."""

    picture: "ViewPicture"
    look: Look
    other: "ViewPicture | None" = None
    """What it is compared with."""
    is_difference: bool = False


@dataclass(frozen=True, slots=True)
class Print:
    """What is shown."""

    wish: Wish
    levels: Levels
    other: Levels | None
    is_sketch: bool
    note: str
    """A sentence about it, mostly empty."""
    seconds: float


class Darkroom(QObject):
    """Develops one wish after the other; GUI thread.

    Signals:
        printed: a Print; of a wish that takes long, first a sketch.
        failed: a Wish of which nothing could be made; the program's log tells why.
    """

    printed = Signal(object)
    failed = Signal(object)

    def __init__(self, errands: Errands) -> None:
        super().__init__()
        self._errands = errands
        self._wish: Wish | None = None
        self._is_busy = False
        self._cost: dict[tuple[object, ...], float] = {}
        """Seconds for a pixel, by what is done to it."""

    @property
    def is_idle(self) -> bool:
        """Return whether nothing is being developed."""
        return not self._is_busy

    def ask(self, wish: Wish) -> None:
        """Develop this, instead of what was asked for before and has not begun."""
        self._wish = wish
        if not self._is_busy:
            self._begin(wish, is_refining=False)

    def forget(self) -> None:
        """Let go of what was asked for; what is under way is the last of it."""
        self._wish = None

    def _begin(self, wish: Wish, *, is_refining: bool) -> None:
        self._is_busy = True
        expected_s = self._cost.get(_kind(wish), 0.0) * wish.picture.width * wish.picture.height
        is_sketch = not is_refining and not wish.is_difference and expected_s > 2 * SKETCH_S
        step = math.ceil(math.sqrt(expected_s / SKETCH_S)) if is_sketch else 1
        self._errands.run(lambda: develop(wish, step), lambda found: self._take(wish, found))

    def _take(self, wish: Wish, found: Print | None) -> None:
        self._is_busy = False
        if found is not None:
            if not found.is_sketch:
                pixels = max(1, wish.picture.width * wish.picture.height)
                self._cost[_kind(wish)] = found.seconds / pixels
            self.printed.emit(found)
        else:
            self.failed.emit(wish)
        if self._wish is not wish and self._wish is not None:
            self._begin(self._wish, is_refining=False)
        elif self._wish is wish and found is not None and found.is_sketch:
            self._begin(wish, is_refining=True)


def _kind(wish: Wish) -> tuple[object, ...]:
    return (wish.look.view, wish.look.channels, wish.other is not None, wish.is_difference)


def develop(wish: Wish, step: int) -> Print:
    """Develop a wish; on a viewing thread."""
    from render_manager.media import develop as developed  # image code, not for the GUI thread
    from render_manager.media import difference

    begun = time.perf_counter()
    size = QSize(wish.picture.width, wish.picture.height)
    note, other = "", None
    if wish.is_difference and wish.other is not None:
        try:
            apart, largest, mean = difference(wish.picture, wish.other, wish.look)
            image = image_of(apart)
            note = _("Difference: {mean:.4g} on average, {largest:.4g} at most.").format(
                mean=mean, largest=largest
            )
            return Print(wish, levels_of(image, size), None, step > 1, note, time.perf_counter() - begun)
        except ValueError:
            note = _("The two pictures differ in size or channels, so their difference cannot be shown.")
    look = wish.look
    try:
        image = image_of(developed(wish.picture, look, step))
    except ValueError:
        note = _("The view {view} cannot be applied; the picture is shown in plain sRGB.").format(
            view=look.view.key
        )
        look = replace(look, view=ColourView())
        image = image_of(developed(wish.picture, look, step))
    if wish.other is not None and not wish.is_difference:
        theirs = image_of(developed(wish.other, look, step))
        other = levels_of(theirs, QSize(wish.other.width, wish.other.height))
    seconds = time.perf_counter() - begun
    return Print(wish, levels_of(image, size), other, step > 1, note, seconds)
