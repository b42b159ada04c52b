"""Reading the small text files of a project: UTF-8 or UTF-16, as Unreal itself writes them."""

import codecs
from pathlib import Path

LARGEST_BYTES = 32 * 1024 * 1024
LFS_HEAD = b"version https://git-lfs"
"""How a file begins that Git LFS has not downloaded."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


class TooLargeError(OSError):
    """The file is far larger than one of its kind can be."""


def read_bytes(path: Path) -> bytes:
    """Return a file's bytes; raises OSError, TooLargeError among them."""
    with path.open("rb") as file:
        data = file.read(LARGEST_BYTES + 1)
    if len(data) > LARGEST_BYTES:
        raise TooLargeError
    return data


def decode(data: bytes) -> str:
    """Return the text of a file.

    Unreal writes plain bytes while all is ASCII and UTF-16 with a mark otherwise; editors write UTF-8.
    Raises UnicodeDecodeError.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding)
    return data.decode("utf-8")
