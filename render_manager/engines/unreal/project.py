"""Reads a `.uproject`: which engine it belongs to, its plug-ins and its C++ modules.

Facts: `engines/unreal.md` section 1.
"""

import errno
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from render_manager.domain.errors import UserError
from render_manager.domain.texts import gettext as _
from render_manager.engines.unreal.textfiles import LFS_HEAD, TooLargeError, decode, read_bytes

MOVIE_RENDER_PLUGIN = "MovieRenderPipeline"
PYTHON_PLUGIN = "PythonScriptPlugin"

_VERSION = re.compile(r"^(?:UE_?)?(\d{1,2})\.(\d{1,2})(?:\.\d+)*$", re.IGNORECASE)


class AssociationKind(StrEnum):
    """What `EngineAssociation` stands for."""

    VERSION = "version"
    """An engine of the Epic Games Launcher, such as `5.3`."""
    BUILD = "build"
    """A source build, registered on the computer under this GUID or name."""
    FOLDER = "folder"
    """An engine folder, relative to the project's."""
    NONE = "none"
    """Nothing: the project lies inside the engine's own folders."""


@dataclass(frozen=True, slots=True)
class Association:
    """Which engine a project belongs to."""

    kind: AssociationKind
    text: str
    """As written in the file."""

    @property
    def version(self) -> tuple[int, ...]:
        """Return the version it names, such as (5, 3); empty when it names none."""
        match = _VERSION.match(self.text) if self.kind is AssociationKind.VERSION else None
        return () if match is None else (int(match[1]), int(match[2]))


@dataclass(frozen=True, slots=True)
class Project:
    """What a `.uproject` says."""

    path: Path
    association: Association
    plugins: Mapping[str, bool] = field(default_factory=dict)
    """Whether each plug-in it names is on, by name in lower case."""
    modules: tuple[str, ...] = ()
    """Names of its C++ modules."""
    plugin_folders: tuple[Path, ...] = ()
    """Folders below which its plug-ins lie; they may not exist."""

    @property
    def folder(self) -> Path:
        """Return the project's folder."""
        return self.path.parent

    @property
    def content(self) -> Path:
        """Return the folder behind `/Game`."""
        return self.folder / "Content"

    def plugin_state(self, name: str) -> bool | None:
        """Return whether a plug-in is on; None when the project leaves that to the engine."""
        return self.plugins.get(name.lower())

    def missing_binaries(self, platform_folder: str) -> tuple[str, ...]:
        """Return the C++ modules for which no built library is found.

        `platform_folder` is `Win64`, `Linux` or `Mac`.
        """
        folder = self.folder / "Binaries" / platform_folder
        try:
            names = [entry.name.lower() for entry in folder.iterdir()]
        except OSError:
            return self.modules
        return tuple(
            module
            for module in self.modules
            if not any(f"-{module.lower()}." in name or f"-{module.lower()}-" in name for name in names)
        )


def read_project(path: Path) -> Project:
    """Read a `.uproject`; raises UserError with a sentence when it is not a good one."""
    values = _load(path)
    text = values.get("EngineAssociation", "")
    return Project(
        path=path,
        association=association_of(text if isinstance(text, str) else "", path.parent),
        plugins=dict(_plugins(values)),
        modules=tuple(_names(values, "Modules")),
        plugin_folders=tuple(_plugin_folders(values, path.parent)),
    )


def association_of(text: str, folder: Path) -> Association:
    """Return what an `EngineAssociation` stands for; `folder` is the project's."""
    text = text.strip()
    if not text:
        return Association(AssociationKind.NONE, "")
    if _VERSION.match(text):
        return Association(AssociationKind.VERSION, text)
    if text.startswith(".") or "/" in text or "\\" in text or _is_engine(folder / text):
        return Association(AssociationKind.FOLDER, text)
    return Association(AssociationKind.BUILD, text)


def _is_engine(folder: Path) -> bool:
    try:
        return (folder / "Engine").is_dir()
    except (OSError, ValueError):
        return False


def _load(path: Path) -> Mapping[str, Any]:
    try:
        data = read_bytes(path)
    except FileNotFoundError as error:
        raise UserError(
            _("{path} does not exist. It may have been moved or renamed.").format(path=path)
        ) from error
    except TooLargeError as error:
        raise UserError(_("{path} is far too large for an Unreal project file.").format(path=path)) from error
    except OSError as error:
        if error.errno == errno.EISDIR or path.is_dir():
            text = _("{path} is a folder. Choose the .uproject file inside the project's folder.")
            raise UserError(text.format(path=path)) from error
        why = error.strerror or type(error).__name__
        raise UserError(_("{path} cannot be read: {why}.").format(path=path, why=why)) from error
    if data.startswith(LFS_HEAD):
        text = _("{path} was not downloaded yet: Git LFS left a pointer in its place. Run “git lfs pull”.")
        raise UserError(text.format(path=path))
    if not data.strip(b"\0 \t\r\n"):
        raise UserError(_("{path} is empty. Restore it from a backup.").format(path=path))
    return _parse(path, data)


def _parse(path: Path, data: bytes) -> Mapping[str, Any]:
    try:
        # Numbers stay as written: `5.10` must not become 5.1.
        values = json.loads(decode(data), parse_float=str, parse_int=str)
    except UnicodeDecodeError as error:
        raise UserError(_("{path} is not an Unreal project: it is no text.").format(path=path)) from error
    except json.JSONDecodeError as error:
        text = _(
            "{path} is not a good Unreal project. {why} Correct it in a text editor, or restore a backup."
        )
        raise UserError(text.format(path=path, why=_why_not_json(error))) from error
    except RecursionError as error:
        raise UserError(_("{path} is not a good Unreal project.").format(path=path)) from error
    if not isinstance(values, dict):
        text = _("{path} is not an Unreal project: it holds no JSON object.")
        raise UserError(text.format(path=path))
    return values


def _why_not_json(error: json.JSONDecodeError) -> str:
    """Return a sentence on where reading stopped; the parser's own words are for programmers."""
    rest = error.doc[error.pos :].lstrip()
    if rest.startswith(",") and rest[1:].lstrip()[:1] in ("}", "]"):
        # From Python 3.13 on reading stops at the comma that is too many, before at the bracket.
        rest = rest[1:].lstrip()
    if rest.startswith(("//", "/*", "#")):
        text = _("Line {line} holds a comment, and a project file must have none.")
    elif not rest:
        text = _("It ends in line {line}, before all its brackets are closed: a part of it is missing.")
    elif rest.startswith(("<<<<<<<", "=======", ">>>>>>>")):
        text = _("Line {line} holds the marks that version control leaves where two versions were merged.")
    elif rest[0] in "}]":
        text = _("Something is wrong before the closing bracket in line {line}, such as a comma too many.")
    else:
        text = _("Something is wrong in line {line} or just before it, such as a missing comma or quote.")
    line = error.doc.count("\n", 0, len(error.doc) - len(rest)) + 1
    return text.format(line=line)


def _entries(values: Mapping[str, Any], key: str) -> Iterator[Mapping[str, Any]]:
    entries = values.get(key, [])
    if isinstance(entries, list):
        yield from (entry for entry in entries if isinstance(entry, dict))


def _names(values: Mapping[str, Any], key: str) -> Iterator[str]:
    for entry in _entries(values, key):
        name = entry.get("Name")
        if isinstance(name, str) and name:
            yield name


def _plugins(values: Mapping[str, Any]) -> Iterator[tuple[str, bool]]:
    for entry in _entries(values, "Plugins"):
        name, is_on = entry.get("Name"), entry.get("Enabled")
        if isinstance(name, str) and isinstance(is_on, bool):
            yield name.lower(), is_on


def _plugin_folders(values: Mapping[str, Any], folder: Path) -> Iterator[Path]:
    yield folder / "Plugins"
    further = values.get("AdditionalPluginDirectories", [])
    if isinstance(further, list):
        for text in further:
            if isinstance(text, str) and text and "\0" not in text:
                yield folder / text.replace("\\", "/")
