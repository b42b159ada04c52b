"""Which Python packages the shipped files come from, and what those packages say of their licences."""

import csv
import posixpath
import re
from collections.abc import Iterable
from dataclasses import dataclass
from email.message import Message
from email.parser import HeaderParser
from pathlib import Path

from steps.report import StepFailedError

_LICENCE_FILE = re.compile(r"(?:licen[sc]e|copying|notice|third.?party)[^/]*", re.IGNORECASE)
_WRITTEN_WHEN_USED = (("comtypes/gen/__init__.py", "comtypes"),)
"""Files that a package writes into itself when it is first imported, so that its list does not have them."""
_NOT_A_TEXT = re.compile(r"\.(?:pyc?|json|xml|html|h|c|so|pyd)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Distribution:
    """An installed Python package."""

    name: str
    version: str
    licence: str
    """As it says it: an expression, a name, or names of classifiers with `; ` between; empty for nothing."""
    homepage: str
    texts: tuple[str, ...]

    @property
    def key(self) -> str:
        """Return the name as it is compared: small letters, and one kind of dash."""
        return normal(self.name)


class SitePackages:
    """Looks up, for files of one Python, the packages that they were installed with."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._owner: dict[str, Path] = {}
        records = sorted(folder.glob("*.dist-info/RECORD"))
        if not records:
            raise StepFailedError(f"No Python package is installed in {folder}.")
        for record in records:
            for place in _files_of(record):
                self._owner[_key(folder / place)] = record.parent
        for place, package in _WRITTEN_WHEN_USED:
            for metadata in folder.glob(f"{package}-*.dist-info"):
                self._owner.setdefault(_key(folder / place), metadata)

    def owner(self, file: Path) -> Path | None:
        """Return the metadata folder of the package that a file belongs to, if it belongs to one."""
        found = self._owner.get(_key(file))
        if found is None and file.suffix == ".pyc":
            found = self._owner.get(_key(file.with_suffix(".py")))
        return found

    def distribution(self, metadata: Path) -> Distribution:
        """Return what a package says of itself."""
        message = HeaderParser().parsestr((metadata / "METADATA").read_text("utf-8"))
        return Distribution(
            name=message["Name"],
            version=message["Version"],
            licence=_licence(message),
            homepage=_homepage(message),
            texts=tuple(self._texts(metadata)),
        )

    def _texts(self, metadata: Path) -> Iterable[str]:
        seen = set()
        for place in sorted(_files_of(metadata / "RECORD")):
            name = place.rpartition("/")[2]
            if not _LICENCE_FILE.match(name) or _NOT_A_TEXT.search(name):
                continue
            file = self.folder / place
            text = file.read_text("utf-8", errors="replace").strip() if file.is_file() else ""
            if text and text not in seen:
                seen.add(text)
                yield text


def normal(name: str) -> str:
    """Return a package's name as it is compared."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _files_of(record: Path) -> list[str]:
    with record.open(encoding="utf-8", newline="") as lines:
        return [row[0].replace("\\", "/") for row in csv.reader(lines) if row]


def _key(path: Path) -> str:
    # Windows' Python tells its paths in whatever letters it was started with.
    return posixpath.normpath(path.as_posix()).casefold()


def _licence(message: Message) -> str:
    said = str(message["License-Expression"] or message["License"] or "").strip()
    if said and "\n" not in said:
        return said
    classifiers = [str(line) for line in message.get_all("Classifier", []) if line.startswith("License ::")]
    return "; ".join(line.rpartition("::")[2].strip() for line in classifiers)


def _homepage(message: Message) -> str:
    links = dict(re.split(r"\s*,\s*", str(line), maxsplit=1) for line in message.get_all("Project-URL", []))
    by_name = {name.lower(): link for name, link in links.items()}
    for name in ("homepage", "home", "source", "source code", "repository", "github", "documentation"):
        if name in by_name:
            return by_name[name]
    return str(message["Home-page"] or "")
