"""The user's own environment: what other programs get, without that by which ours finds its libraries."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from render_manager.system.frozen import LIBRARY_PATHS, bundle_folder, is_frozen

_OURS = ("QT_", "QML", "PYTHON", "PYSIDE", "SHIBOKEN", "RENDER_MANAGER_")
_BOOTLOADERS = ("_PYI", "_MEI", "PYSIDE6_OPTION_")
"""What the bootloader sets, and PySide6 when the bootloader's hook imports it."""
_LISTS = ("PATH", *LIBRARY_PATHS)


def without_ours(base: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return an environment (this program's by default) without what is only for us.

    Variables of Qt and Python would make a program with its own load ours.
    """
    env = without_bundle(os.environ if base is None else base)
    return {name: value for name, value in env.items() if not name.upper().startswith(_OURS)}


def without_bundle(base: Mapping[str, str]) -> dict[str, str]:
    """Return an environment without what leads into the folder of our libraries.

    The bootloader puts it there, PySide6 and OpenImageIO do so while they are imported. What the library
    paths were before the bootloader is put back.
    """
    env = {name: value for name, value in base.items() if not name.upper().startswith(_BOOTLOADERS)}
    if is_frozen():
        for name in LIBRARY_PATHS:
            original = env.pop(f"{name}_ORIG", None)
            if original is not None:
                env[name] = original
            # An empty one would mean the folder one happens to be in.
            if not env.get(name):
                env.pop(name, None)
    inside = os.path.normcase(bundle_folder())
    kept = {}
    for name, value in env.items():
        if name.upper() in _LISTS:
            parts = value.split(os.pathsep)
            left = [part for part in parts if not _is_in(part, inside)]
            if left != parts and not any(left):
                continue
            kept[name] = os.pathsep.join(left)
        elif not _is_in(value, inside):
            kept[name] = value
    return kept


@contextmanager
def users_environment() -> Iterator[None]:
    """Make this process's environment the user's own while the system starts another program; GUI thread.

    What the system hands on is changed, and `os.environ` is not: other threads may be going through it.
    """
    theirs = without_ours()
    taken = {name: value for name, value in os.environ.items() if theirs.get(name) != value}
    for name in taken:
        if name in theirs:
            os.putenv(name, theirs[name])
        else:
            os.unsetenv(name)
    try:
        yield
    finally:
        for name, value in taken.items():
            os.putenv(name, value)


def _is_in(text: str, folder: str) -> bool:
    """Return whether a text is a path in a folder; nothing is looked up on the disk."""
    place = os.path.normcase(text.strip('"'))
    return place == folder or (place.startswith(folder) and Path(folder) in Path(place).parents)
