"""Finding Maya: its `Render` program wherever it usually is, with the version told from its path.

Places are those of `engines/discovery.md` section 1. No program is started: Maya takes half a minute to say
its version. Old registry entries are usual, so each hit counts only when the program is there.
"""

import os
import plistlib
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.parsers.expat import ExpatError

from render_manager.domain.texts import gettext as _
from render_manager.engines.drives import fixed_drives
from render_manager.engines.protocols import (
    FoundInstallations,
    Installation,
    InstallationKind,
    SearchedPlace,
)
from render_manager.engines.windows_registry import UNINSTALL, folder_in, subkeys
from render_manager.system.programs import find_program

ENGINE_ID = "maya"
SETTING = "MAYA_EXECUTABLE"
_KEY = r"SOFTWARE\Autodesk\Maya"
_PROGRAMS = ("Render.exe", "Render")
_OTHER_PROGRAMS = frozenset({"maya", "mayabatch", "mayapy", "maya.bin", "fcheck", "imgcvt"})
_VERSION = re.compile(r"maya[ _-]?(?:io|creative)?[ _-]?(20[0-9]{2})(?:\.(5))?(?![0-9])", re.IGNORECASE)
_LISTED = re.compile(r"autodesk maya (?:creative |io )?20\d\d", re.IGNORECASE)
"""How uninstallers name Maya; those of LT and of add-ons are named otherwise, or lie where no Maya is."""
_LIGHT = re.compile(r"maya[ _]?lt", re.IGNORECASE)
_API_VERSION = re.compile(rb"#define\s+MAYA_API_VERSION\s+(20[0-9]{2})([0-9])[0-9]")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A folder or program that may be Maya's."""

    path: Path
    is_sure: bool = False
    """Whether somebody wrote it down, so that it has to be told when nothing is there."""


Place = tuple[str, Iterable[Candidate]]
"""What a place is called, and what was found there."""


class MayaFinder:
    """Looks for Maya; starts no program, but looks at every drive."""

    def __init__(self, setting: Path | None, *, places: Callable[[], Iterable[Place]] | None = None) -> None:
        self.setting = setting
        self._places = places or usual_places

    def find(self) -> FoundInstallations:
        """Return every Maya, the named one first and then the newest, and every place looked at."""
        found: dict[str, Installation] = {}
        searched: list[SearchedPlace] = []
        if self.setting is not None:
            self._add_setting(self.setting, found, searched)
        named = tuple(found.values())
        for place, candidates in self._places():
            hits = 0
            for candidate in candidates:
                hits += self._add(candidate, place, found, searched)
            if not hits:
                searched.append(SearchedPlace(ENGINE_ID, place, found=False))
        others = [one for one in found.values() if one not in named]
        others.sort(key=lambda one: one.version, reverse=True)
        return FoundInstallations((*named, *others), tuple(searched))

    def _add_setting(self, path: Path, found: dict[str, Installation], searched: list[SearchedPlace]) -> None:
        place = _("setting {name}").format(name=SETTING)
        shown = f"{place}: {path}"
        installation = installation_at(path, place)
        if installation is None:
            note = (
                _("There is no Render program in this folder.")
                if path.is_dir()
                else _("There is no such file.")
            )
            searched.append(SearchedPlace(ENGINE_ID, shown, found=False, note=note, is_setting=True))
            return
        found[_identity(installation.executable)] = installation
        searched.append(
            SearchedPlace(ENGINE_ID, shown, found=True, note=installation.version_text, is_setting=True)
        )

    def _add(
        self,
        candidate: Candidate,
        place: str,
        found: dict[str, Installation],
        searched: list[SearchedPlace],
    ) -> bool:
        """Take a candidate in; return whether there was anything to tell about it."""
        if _LIGHT.search(str(candidate.path)):
            return False
        program = render_program(candidate.path)
        if program is None:
            if candidate.is_sure:
                note = _("It names {folder}, where there is no Maya.").format(folder=candidate.path)
                searched.append(SearchedPlace(ENGINE_ID, place, found=False, note=note))
            return candidate.is_sure
        installation = _installation(program, place)
        is_new = found.setdefault(_identity(program), installation) is installation
        note = installation.version_text if is_new else _("already found")
        searched.append(SearchedPlace(ENGINE_ID, f"{place}: {program}", found=True, note=note))
        return True


def installation_at(path: Path, place: str = "") -> Installation | None:
    """Return the installation a program, or a folder of Maya, belongs to; None when nothing is there.

    Any program is taken: studios start Maya by scripts of their own. For Maya's other programs, such as
    `maya.exe` or `mayabatch.exe`, its `Render` is taken.
    """
    path = path.expanduser()
    program = render_program(path)
    if program is None and path.is_file():
        program = path
    return None if program is None else _installation(program, place or _("named by the user"))


def render_program(path: Path) -> Path | None:
    """Return the `Render` that belongs to a program or a folder of Maya, None when there is none."""
    if path.name.lower() in ("render.exe", "render") and path.is_file():
        return path
    if path.is_file():
        is_mayas = path.name.lower().removesuffix(".exe") in _OTHER_PROGRAMS
        return _program_in(path.parent) if is_mayas else None
    for below in ("", "bin", "Contents/bin", "Maya.app/Contents/bin"):
        program = _program_in(path / below)
        if program is not None:
            return program
    return None


def _program_in(folder: Path) -> Path | None:
    return next((folder / name for name in _PROGRAMS if (folder / name).is_file()), None)


def version_of(program: Path) -> tuple[int, ...]:
    """Return the version of the Maya a program belongs to, such as (2024,) or (2016, 5); () if unknown."""
    for path in (program, program.resolve()):
        for part in reversed(path.parts[:-1]):
            match = _VERSION.search(part)
            if match is not None:
                return _numbers(match[1], match[2])
    return _version_of_files(program.parent.parent)


def renderers_of(installation: Installation) -> frozenset[str] | None:
    """Return the values of `-r` this Maya is known to understand, lower case; None when that cannot be told.

    Renderers installed as modules may come by other ways (`engines/discovery.md` section 1), so one that
    is missing here is no proof.
    """
    folders = [installation.executable.parent / "rendererDesc"]
    said = os.environ.get("MAYA_RENDER_DESC_PATH", "")
    folders += [Path(part) for part in said.split(os.pathsep) if part.strip()]
    if not folders[0].is_dir():
        return None
    names: set[str] = set()
    for folder in folders:
        try:
            names |= {entry.name.lower() for entry in folder.iterdir()}
        except OSError:
            # A folder that cannot be read tells nothing.
            continue
    ending = "renderer.xml"
    return frozenset(name.removesuffix(ending) for name in names if name.endswith(ending))


def _installation(program: Path, place: str) -> Installation:
    version = version_of(program)
    return Installation(
        engine=ENGINE_ID,
        key=f"{ENGINE_ID}:{program}",
        version=version,
        version_text=".".join(str(part) for part in version) or _("of unknown version"),
        executable=program,
        kind=InstallationKind.PROGRAM,
        found_by=place,
    )


def _identity(program: Path) -> str:
    return os.path.normcase(os.path.realpath(program))


def _numbers(year: str, half: str | None) -> tuple[int, ...]:
    return (int(year), int(half)) if half else (int(year),)


def _version_of_files(root: Path) -> tuple[int, ...]:
    """Return the version that files of Maya tell: the bundle's list on macOS, or its headers."""
    try:
        listed = plistlib.loads((root / "Info.plist").read_bytes())
        match = re.match(r"(20[0-9]{2})(?:\.(5))?", str(listed.get("CFBundleShortVersionString", "")))
        if match is not None:
            return _numbers(match[1], match[2])
    except (OSError, ValueError, AttributeError, ExpatError, plistlib.InvalidFileException):
        # No bundle; the headers may tell.
        pass
    try:
        header = (root / "include" / "maya" / "MTypes.h").read_bytes()
    except OSError:
        return ()
    found = _API_VERSION.search(header)
    return () if found is None else _numbers(found[1].decode(), "5" if found[2] == b"5" else None)


def usual_places() -> Iterator[Place]:
    """Yield each usual place with what is there."""
    location = os.environ.get("MAYA_LOCATION", "")
    yield "MAYA_LOCATION", [Candidate(Path(location), is_sure=True)] if location else []
    if sys.platform == "win32":
        yield from _registry_places()
        for drive in fixed_drives():
            yield from folder_places(Path(f"{drive}/"))
    elif sys.platform == "darwin":
        yield "/Applications/Autodesk/maya*", _matching(Path("/Applications/Autodesk"), "maya*")
        yield "/Applications/Maya *", _matching(Path("/Applications"), "Maya *")
    else:
        for root in (Path("/usr/autodesk"), Path("/opt/autodesk")):
            yield f"{root}/maya*", _matching(root, "maya*")
    yield "PATH", _on_path()


def folder_places(drive: Path) -> Iterator[Place]:
    """Yield the folders of a drive below which Maya is installed, with each Maya found."""
    for parent in ("Program Files/Autodesk", "Autodesk", "*/Autodesk"):
        shown = str(drive / parent / "Maya20*")
        folders = [drive / parent] if "*" not in parent else sorted(_glob(drive, parent))
        yield shown, [one for folder in folders for one in _matching(folder, "[Mm]aya*20*")]


def _registry_places() -> Iterator[Place]:
    for hive in ("HKLM", "HKCU"):
        yield f"{hive}\\{_KEY}", list(_from_install_keys(hive))
        yield f"{hive}\\{UNINSTALL}", list(_from_uninstall_keys(hive))


def _from_install_keys(hive: str) -> Iterator[Candidate]:
    for key in subkeys(hive, _KEY):
        name = key.path.rpartition("\\")[2]
        for child in subkeys(hive, rf"{_KEY}\{name}\Setup"):
            folder = folder_in(child.values.get("MAYA_INSTALL_LOCATION", ""))
            if folder is not None and not _LIGHT.search(name):
                yield Candidate(folder, is_sure=True)


def _from_uninstall_keys(hive: str) -> Iterator[Candidate]:
    for key in subkeys(hive, UNINSTALL):
        name = key.values.get("DisplayName", "") or key.path.rpartition("\\")[2]
        folder = folder_in(key.values.get("InstallLocation", ""))
        if folder is not None and _LISTED.match(name):
            yield Candidate(folder)


def _on_path() -> Iterator[Candidate]:
    """Yield the `Render` on the PATH; other programs have that name as well, so Maya has to be beside it."""
    found = find_program("Render")
    if found is not None:
        program = Path(found)
        beside = program.resolve().parent
        if version_of(program) or any((beside / name).exists() for name in ("mayapy", "mayapy.exe")):
            yield Candidate(program)


def _matching(folder: Path, pattern: str) -> list[Candidate]:
    return [Candidate(path) for path in sorted(_glob(folder, pattern))]


def _glob(folder: Path, pattern: str) -> list[Path]:
    try:
        return list(folder.glob(pattern))
    except OSError:
        return []
