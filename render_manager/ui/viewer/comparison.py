"""What a frame can be compared with: earlier pictures of it that are still there, or its neighbour."""

import re
from enum import StrEnum
from pathlib import Path

from render_manager.domain.naming import KEPT_PREFIX, PREVIOUS_PREFIX
from render_manager.domain.texts import gettext as _

_VERSION = re.compile(r"^(?P<head>.*?[._-]?v)(?P<number>\d+)$", re.IGNORECASE)


class Against(StrEnum):
    """What is on the other side of a wipe."""

    NOTHING = "nothing"
    PREVIOUS_ATTEMPT = "attempt"
    OLD_VERSION = "version"
    NEIGHBOUR = "neighbour"


def previous_attempt(path: Path, job_uuid: str) -> Path | None:
    """Return the file that was in a frame's place before; touches the disk."""
    folder = path.parent / f"{KEPT_PREFIX}{job_uuid[:8]}"
    numbered = re.compile(re.escape(path.stem) + r"(?:-(\d+))?" + re.escape(path.suffix))
    previous = folder / f"{PREVIOUS_PREFIX}{path.name}"
    if previous.is_file():
        return previous
    try:
        found = [
            (int(match[1] or 1), entry)
            for entry in folder.iterdir()
            if (match := numbered.fullmatch(entry.name))
        ]
    except OSError:
        return None
    return max(found)[1] if found else None


def old_version(path: Path, output_dir: Path) -> Path | None:
    """Return the same file in the newest older version of the output folder; touches the disk."""
    try:
        inner = path.relative_to(output_dir)
    except ValueError:
        return None
    match = _VERSION.match(output_dir.name)
    if match is None:
        return None
    mine, found = int(match["number"]), []
    try:
        for folder in output_dir.parent.iterdir():
            number = _number_of(folder.name, match["head"])
            if number is not None and number < mine and (folder / inner).is_file():
                found.append((number, folder / inner))
    except OSError:
        return None
    return max(found)[1] if found else None


def _number_of(name: str, head: str) -> int | None:
    """Return the version number of a folder's name; the folder that versions began with has none."""
    match = _VERSION.match(name)
    if match is not None and match["head"].lower() == head.lower():
        return int(match["number"])
    return 0 if name.lower() == head[:-1].rstrip("._-").lower() else None


def label_of(against: Against) -> str:
    """Return what is written over the other side of a wipe."""
    match against:
        case Against.PREVIOUS_ATTEMPT:
            return _("before")
        case Against.OLD_VERSION:
            return _("old version")
        case _:
            return _("frame before")


def missing_text(against: Against, path: Path) -> str:
    """Return why there is nothing to compare with, and what would change that."""
    match against:
        case Against.PREVIOUS_ATTEMPT:
            return _(
                "There is nothing to compare {name} with: no earlier picture of this frame was kept. "
                "The next time it is rendered again, this one is."
            ).format(name=path.name)
        case Against.OLD_VERSION:
            return _(
                "There is nothing to compare {name} with: {folder} has no older version with this frame. "
                "Older versions are folders beside it that end in v001, v002 and so on."
            ).format(name=path.name, folder=path.parent)
        case _:
            return _("There is nothing to compare {name} with: no frame before it is rendered.").format(
                name=path.name
            )
