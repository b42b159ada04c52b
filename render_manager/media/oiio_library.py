"""The few things of OpenImageIO whose ways have to be known: its global switches, messages and file names.

Verified with 3.0.21 and 3.2.2.
"""

import importlib
import os
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

# The library remembers the Python state of the thread that imports it first, and goes back to that whenever
# the thread lets go of the interpreter. A thread of a QThreadPool has another state at each call: it crashed.
_importing = threading.Thread(target=importlib.import_module, args=("OpenImageIO",), name="import")
_importing.start()
_importing.join()

import OpenImageIO as oiio  # noqa: E402, N813 - as above; the name its own documentation gives it

_exr_switch = threading.Lock()
"""Guards the library's own global choice between its two EXR readers while a file is opened."""


def open_input(name: str, *, is_subsampled_exr: bool = False) -> Any:
    """Open a file; returns an `ImageInput`, or the library's message where it does not open.

    Of the two EXR readers the newer is silent on damaged files, where the older prints to stderr; only
    the older reads channels with fewer pixels than the picture has.
    """
    with _exr_switch:
        oiio.attribute("openexr:core", 0 if is_subsampled_exr else 1)
        opened = oiio.ImageInput.open(name)
    return opened if opened is not None else message_of(oiio)


def message_of(speaker: Any) -> str:
    """Return and forget the last error of the library or of one input."""
    return text_of(speaker.geterror)


def text_of(ask: Callable[[], Any]) -> str:
    """Return the text that a call gives, also where it is no UTF-8, in which names of layers should be.

    3.0.21 hands over what it cannot read in pieces of UTF-16, 3.2.2 raises.
    """
    try:
        raw = str(ask()).encode("utf-8", "surrogateescape")
    except UnicodeDecodeError as error:
        raw = bytes(error.object)
    return raw.decode("utf-8", "replace")


def channel_names(spec: Any) -> tuple[str, ...]:
    """Return the names of all channels of a part."""
    return tuple(text_of(partial(spec.channel_name, number)) for number in range(spec.nchannels))


@contextmanager
def usable_name(path: Path) -> Iterator[str]:
    """Yield a name the library can open: it takes `?` for the start of options, and wants UTF-8."""
    name = str(path)
    if os.name == "nt" or ("?" not in name and name.isprintable()):
        yield name
        return
    with tempfile.TemporaryDirectory(prefix="render-manager-") as folder:
        link = Path(folder, "picture" + (path.suffix if path.suffix[1:].isalnum() else ""))
        link.symlink_to(path.resolve())
        yield str(link)
