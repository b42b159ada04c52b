"""Writes thumbnails so that nobody ever sees half of one."""

import contextlib
import uuid
from pathlib import Path

from PIL import Image

from render_manager.system.private_files import make_private_folder, open_private

_JPEG_QUALITY = 85


def write_thumbnail(image: Image.Image, path: Path) -> None:
    """Write an RGB picture as JPEG, whatever the ending of the name, under another name first.

    Raises:
        OSError: the folder cannot be made or written to; nothing is left behind.
    """
    make_private_folder(path.parent)
    temporary = path.with_name(f".{uuid.uuid4().hex}.tmp")
    try:
        with open(temporary, "xb", opener=open_private) as file:
            image.save(file, format="JPEG", quality=_JPEG_QUALITY)
        temporary.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise
