"""Reads Cineon files without a library: the reader of OpenImageIO crashes on damaged ones (3.2.2).

Of the renderers driven here only Blender writes Cineon, with its view transform under the film curve.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from render_manager.media import faults
from render_manager.media.film_header import read_cineon_header
from render_manager.media.formats import Format
from render_manager.media.source import Box, Encoding, Pixels, SourceInfo

_STRIP_BYTES = 4 << 20
_NAMES = ("R", "G", "B")


class CineonSource:
    """An open Cineon file."""

    def __init__(self, path: Path) -> None:
        """Read the header.

        Raises:
            PictureError: the file is cut off, damaged or of a kind that is not in use.
        """
        self._path = path
        self._header = read_cineon_header(path)
        box = Box(0, 0, self._header.width, self._header.height)
        self.info = SourceInfo(
            format=Format.CINEON,
            display=box,
            data=box,
            channel_names=_NAMES,
            bit_depth=10,
            is_float=False,
            encoding=Encoding.LOG_OF_DISPLAY,
            shown_channels=len(_NAMES),
            has_alpha=False,
        )

    def strips(self) -> Iterator[Pixels]:
        """Yield the pixels from top to bottom, 10 bits spread over 16."""
        header = self._header
        strip_lines = max(1, _STRIP_BYTES // header.line_bytes)
        with self._path.open("rb") as file:
            file.seek(header.offset)
            for top in range(0, header.height, strip_lines):
                lines = min(strip_lines, header.height - top)
                data = file.read(lines * header.line_bytes)
                if len(data) < lines * header.line_bytes:
                    raise faults.truncated(self._path)
                stored = np.frombuffer(data, np.uint8).reshape(lines, header.line_bytes)[
                    :, : header.width * 4
                ]
                words = np.ascontiguousarray(stored).view(f"{header.byte_order}u4").astype(np.uint32)
                values = np.stack([words >> 22, words >> 12, words >> 2], axis=-1) & 0x3FF
                yield (values << 6 | values >> 4).astype(np.uint16)

    def close(self) -> None:
        """Nothing stays open."""
