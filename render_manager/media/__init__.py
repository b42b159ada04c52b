"""Frame files: decoded to their end, judged, and made into thumbnails, all in one pass.

Importing this package imports no image library; the first picture does. Its functions may be called from
several threads at once.
"""

from pathlib import Path

from render_manager.media.formats import is_picture_name
from render_manager.media.picture import Fault, Health, Picture, PictureError

__all__ = ["Fault", "Health", "Picture", "PictureError", "examine", "is_picture_name", "load_preview"]


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
