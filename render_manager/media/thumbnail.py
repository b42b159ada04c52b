"""Writes thumbnails so that nobody ever sees half of one."""

import contextlib
import uuid
from pathlib import Path

from PIL import Image

_JPEG_QUALITY = 85


def write_thumbnail(image: Image.Image, path: Path) -> None:
    """Write an RGB picture as JPEG, whatever the ending of the name, under another name first.

    Raises:
        OSError: the folder cannot be made or written to; nothing is left behind.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{uuid.uuid4().hex}.tmp")
    try:
        with temporary.open("xb") as file:
            image.save(file, format="JPEG", quality=_JPEG_QUALITY)
        temporary.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise
