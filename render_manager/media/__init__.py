"""Frame files: decoded to their end, judged, and made into thumbnails, all in one pass.

Importing this package imports no image library; the first picture does. Its functions may be called from
several threads at once.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from render_manager.media.formats import is_picture_name
from render_manager.media.look import Developed, Look, ViewSet
from render_manager.media.picture import Fault, Health, Picture, PictureError

if TYPE_CHECKING:
    from render_manager.media.view_picture import ViewPicture

__all__ = [
    "Fault",
    "Health",
    "Picture",
    "PictureError",
    "colour_views",
    "develop",
    "difference",
    "examine",
    "is_picture_name",
    "load_preview",
    "load_view",
]


def examine(
    path: Path,
    *,
    thumbnail: Path | None = None,
    thumbnail_px: int = 320,
    expected_size: tuple[int, int] | None = None,
) -> Picture:
    """Decode a picture file to its end, judge it, and write a thumbnail (JPEG) where one is asked for.

    `expected_size` is (width, height) in pixels; `thumbnail_px` the long side of the thumbnail at most.
    A thumbnail that fails is told in the result and never makes a good frame a bad one.

    Raises:
        PictureError: the file is not a whole, good picture of the expected size.
    """
    # Imported at first use: numpy, Pillow and OpenImageIO take 0.15 s that the first window does not need.
    from render_manager.media import decoding

    return decoding.examine(path, thumbnail=thumbnail, thumbnail_px=thumbnail_px, expected_size=expected_size)


def load_preview(path: Path, max_px: int) -> tuple[int, int, bytes]:
    """Return a picture for showing: (width, height, RGB of 8 bits each), its long side at most `max_px`.

    Raises:
        PictureError: the file is not a whole, good picture.
    """
    # Imported at first use, as above.
    from render_manager.media import decoding

    return decoding.load_preview(path, max_px)


def load_view(path: Path, layer: str | None = None) -> "ViewPicture":
    """Decode one layer of a picture at its full size, for looking at; without `layer`, the best one.

    Raises:
        PictureError: the file is not good, or too large to be looked at as a whole.
    """
    from render_manager.media import view_picture  # imported at first use, as above

    return view_picture.load_view(path, layer)


def develop(picture: "ViewPicture", look: Look, step: int = 1) -> Developed:
    """Make a decoded picture ready for a screen; with `step`, of every so many pixels only.

    Raises:
        ValueError: the view of the look cannot be applied.
    """
    from render_manager.media import developing  # imported at first use, as above

    return developing.develop(picture, look, step)


def difference(one: "ViewPicture", other: "ViewPicture", look: Look) -> tuple[Developed, float, float]:
    """Return the difference of two pictures of one size, its largest and its mean value.

    Raises:
        ValueError: the sizes differ, or the channels.
    """
    from render_manager.media import developing  # imported at first use, as above

    return developing.difference(one, other, look)


def colour_views(environment_config: str) -> ViewSet:
    """Return the views to choose from; `environment_config` is what the variable `OCIO` says, or nothing."""
    from render_manager.media import colour_config  # imported at first use, as above

    return colour_config.views_of(environment_config)
