"""What a program leaves on a Windows: files of this user, and registry entries that name it."""

import os
import re
import tempfile
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from steps.machine import WindowsMachine
from steps.processes import ATTEMPTS, asked
from steps.report import StepFailedError

_OURS = re.compile(r"render[ -]?manager", re.IGNORECASE)
_KEYS = (r"HKCU\Software",)
_NOTES_OF_WINDOWS = re.compile(
    r"\\(?:MuiCache|AppCompatFlags|FeatureUsage|UserAssist|RecentDocs)(?:\\|$)", re.I
)
"""Keys in which Windows notes by itself what was started; no installer takes that away."""
_KEY_LINE = re.compile(r"^\[.*\]$", re.MULTILINE)
_NO_VALUE = "hex(0):"
"""How a value of the type REG_NONE is written that has nothing in it."""
_ROOTS = ("LOCALAPPDATA", "APPDATA")


@dataclass(frozen=True, slots=True)
class Footprint:
    """Paths of files and folders, and lines of the registry."""

    files: frozenset[Path]
    entries: frozenset[str]

    def left_since(self, before: "Footprint", *, but_for: Path | None = None) -> list[str]:
        """Return what is here and was not `before`, without what is below the folder `but_for`."""
        files = [
            str(path)
            for path in sorted(self.files - before.files)
            if but_for is None or not (path == but_for or but_for in path.parents)
        ]
        return files + sorted(self.entries - before.entries)


def footprint(machine: WindowsMachine, *more: Path) -> Footprint:
    """Return what there is of ours in this user's folders, in the folders `more`, and in the registry.

    What lies in the folder for temporary files is left out: the self-test looks after its own, and tests
    leave theirs.
    """
    desktop = machine.folder("USERPROFILE") / "Desktop"
    temporary = machine.folder("TEMP")
    found: set[Path] = set()
    for root in (*(machine.folder(name) for name in _ROOTS), desktop, *more):
        for folder, names, files in os.walk(root):
            if Path(folder) == temporary:
                names.clear()
                continue
            below = [Path(folder, name) for name in (*names, *files)]
            # The folders above may have any name.
            found.update(path for path in below if _OURS.search(str(path.relative_to(root))))
    entries: set[str] = set()
    for key in _KEYS:
        answer = asked(partial(machine.run, ["reg", "query", key, "/s"], timeout_s=300), "reg query")
        entries.update(_entries(answer.output))
    return Footprint(frozenset(found), frozenset(entries))


def _entries(listing: str) -> set[str]:
    """Return the keys and values of a listing that name us, each value with its key."""
    key, found = "", set()
    for line in listing.splitlines():
        if line.startswith("HKEY_"):
            key = line.strip()
            if _OURS.search(key) and not _NOTES_OF_WINDOWS.search(key):
                found.add(key)
        elif _NOTES_OF_WINDOWS.search(key):
            continue
        elif line.strip() and (_OURS.search(line) or _OURS.search(key)):
            found.add(f"{key} {line.strip()}")
    return found


def registry_value(machine: WindowsMachine, key: str, name: str) -> str | None:
    """Return a value as text, that without a name for an empty one; None when it is not there.

    `reg query` prints in the letters of the console, which are not all there are; what it exports is UTF-16.
    Raises StepFailedError when a key that is there cannot be read: a busy wine may fail to start a program.
    """
    with tempfile.TemporaryDirectory(prefix="registry-") as folder:
        exported = Path(folder) / "key.reg"
        for _attempt in range(ATTEMPTS):
            finished = machine.run(["reg", "export", key, exported, "/y"], timeout_s=60)
            if not finished.code and exported.is_file():
                break
            if machine.run(["reg", "query", key], timeout_s=60).code:
                return None
        else:
            raise StepFailedError(f"{key} is there and cannot be read: {finished.last_lines}")
        content = exported.read_text("utf-16")
    # The values of the key itself come first, then the keys below it.
    values = _KEY_LINE.split(content)[1]
    wanted = re.escape('"' + name.replace("\\", "\\\\") + '"') if name else "@"
    found = re.search(rf'^{wanted}=(?:"(.*)"|(.*))$', values, re.MULTILINE)
    if found is None:
        return None
    return found[2].removeprefix(_NO_VALUE) if found[1] is None else re.sub(r"\\(.)", r"\1", found[1])
