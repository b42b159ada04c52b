"""Leaves out the libraries that nothing shipped needs any more.

PyInstaller collects what every plug-in of Qt needs before we leave plug-ins out; without this the Linux
build would carry GTK and its libraries, and the Windows build Qt's network library.
"""

import re
from collections.abc import Callable, Iterable
from pathlib import PurePath

Entry = tuple[str, str, str]
"""A file as PyInstaller lists it: its place in the program, where it comes from, and of what type it is."""
Imports = Callable[[str], Iterable[str]]
"""Returns the names of the libraries that a file is linked to."""

_LIBRARY = re.compile(
    r"(?:[^/]+|PySide6/[^/]+|PySide6/Qt/lib/[^/]+|shiboken6/[^/]+)\.(?:dll|dylib|so(?:\.[0-9.]+)?)", re.I
)
"""Places where libraries lie that are there for others only; modules and plug-ins lie elsewhere."""
_STARTED_BY_ITSELF = re.compile(r"(?:lib)?python3|.*\.abi3\.so|.*\.cpython-", re.I)


def reachable(entries: Iterable[Entry], imports: Imports) -> list[Entry]:
    """Return the files without the libraries that no module, plug-in or other needed library is linked to."""
    everything = list(entries)
    by_name: dict[str, list[Entry]] = {}
    for entry in everything:
        by_name.setdefault(_name(entry[0]), []).append(entry)
    wanted = [entry for entry in everything if not _is_mere_library(entry)]
    seen = {_name(entry[0]) for entry in wanted}
    while wanted:
        entry = wanted.pop()
        names = [entry[1]] if entry[2] == "SYMLINK" else imports(entry[1])
        linked = {_name(name) for name in names}
        for name in linked - seen:
            seen.add(name)
            wanted += by_name.get(name, [])
    return [entry for entry in everything if _name(entry[0]) in seen]


def _is_mere_library(entry: Entry) -> bool:
    place = entry[0].replace("\\", "/")
    return bool(_LIBRARY.fullmatch(place)) and not _STARTED_BY_ITSELF.match(_name(place))


def _name(path: str) -> str:
    return PurePath(path.replace("\\", "/")).name.lower()
