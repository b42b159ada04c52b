"""Finding Unreal engines: in the launcher's list, the registry, the usual folders, and where a user says.

Places are those of `engines/discovery.md` section 2. No program is started: an engine's version stands in a
file beside it, and starting one takes minutes.
"""

import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from render_manager.domain.texts import gettext as _
from render_manager.engines.drives import fixed_drives
from render_manager.engines.protocols import (
    FoundInstallations,
    Installation,
    InstallationKind,
    SearchedPlace,
)
from render_manager.engines.unreal import registered
from render_manager.engines.unreal.engine_folder import (
    EngineVersion,
    program_of,
    programs,
    root_of,
    version_in_path,
    version_of,
)

ENGINE_ID = "unreal"
SETTING = "UE_EXECUTABLE"
_EDITORS = ("UnrealEditor.exe", "UE4Editor.exe")
"""Programs of Windows that print nothing; the one to start lies beside them."""


def installation_at(program: Path, *, found_by: str = "") -> Installation | None:
    """Return the installation that a program, an engine's folder or an app belongs to.

    None when there is no such file. Any program is taken, for studios start Unreal through scripts of their
    own; its version is told from the files around it, or from its path.
    """
    path = _program(program)
    if path is None:
        return None
    root = root_of(path)
    version = version_in_path(path) if root is None else version_of(root)
    return _installation(path, version, found_by or str(program))


def _program(path: Path) -> Path | None:
    try:
        if path.is_dir():
            root = root_of(path)
            return None if root is None else program_of(root)
        if not path.is_file():
            return None
    except (OSError, ValueError):
        return None
    if path.name in _EDITORS:
        beside = path.with_name(path.name.replace("Editor.exe", "Editor-Cmd.exe"))
        return beside if beside.is_file() else path
    return path


def _installation(program: Path, version: EngineVersion, found_by: str) -> Installation:
    return Installation(
        engine=ENGINE_ID,
        key=f"{ENGINE_ID}:{program}",
        version=version.numbers,
        version_text=version.text,
        executable=program,
        kind=InstallationKind.PROGRAM,
        found_by=found_by,
    )


class UnrealFinder:
    """Looks for Unreal engines; reads lists and folders, so not for the GUI thread."""

    def __init__(self, *, setting: Path | None) -> None:
        self.setting = setting

    def find(self) -> FoundInstallations:
        """Return every usable installation, the user's own first, and every place that was looked at."""
        found: dict[str, Installation] = {}
        searched: list[SearchedPlace] = []
        if self.setting is not None:
            place = _("setting {name}").format(name=SETTING)
            self._add(self.setting, place, found, searched, is_setting=True)
        for place, folders in _places():
            is_hit = False
            for folder in folders:
                is_hit = True
                self._add(folder, place, found, searched)
            if not is_hit:
                searched.append(SearchedPlace(ENGINE_ID, place, found=False))
        return FoundInstallations(tuple(found.values()), tuple(searched))

    def _add(
        self,
        path: Path,
        place: str,
        found: dict[str, Installation],
        searched: list[SearchedPlace],
        *,
        is_setting: bool = False,
    ) -> None:
        shown = f"{place}: {path}"
        one = installation_at(path, found_by=place)
        if one is None:
            searched.append(SearchedPlace(ENGINE_ID, shown, False, _why_none(path), is_setting))
            return
        identity = os.path.normcase(os.path.realpath(one.executable))
        note = _("already found") if identity in found else one.version_text
        found.setdefault(identity, one)
        searched.append(SearchedPlace(ENGINE_ID, shown, True, note, is_setting))


def _why_none(path: Path) -> str:
    if not path.exists():
        return _("It is not there any more.")
    if path.is_dir() and root_of(path) is not None:
        return _("It has no {program}: the editor is not built there.").format(
            program=Path(programs()[0]).name
        )
    return _("It is no Unreal Engine.")


def _places() -> Iterator[tuple[str, Iterable[Path]]]:
    """Yield each usual place with the engine folders named or found there."""
    listed = registered.launcher_list()
    if listed is not None:
        yield str(listed), registered.launcher_folders(listed)
    if sys.platform == "win32":
        yield f"HKLM\\{registered.LAUNCHER_KEY}", registered.registry_folders()
        yield f"HKCU\\{registered.BUILDS_KEY}", registered.registered_builds().values()
        for drive in fixed_drives():
            for folder in (Path(f"{drive}/Program Files/Epic Games"), Path(f"{drive}/Epic Games")):
                yield f"{folder}\\UE_*", _matching(folder)
        return
    yield str(registered.builds_file()), registered.registered_builds().values()
    folders = _mac_folders() if sys.platform == "darwin" else _linux_folders()
    for folder in folders:
        yield f"{folder}/UE_*", _matching(folder)


def _mac_folders() -> tuple[Path, ...]:
    return (Path("/Users/Shared/Epic Games"), Path.home() / "Epic Games")


def _linux_folders() -> tuple[Path, ...]:
    home = Path.home()
    return (Path("/opt"), Path("/opt/Epic Games"), home, home / "Epic Games", home / "UnrealEngine")


def _matching(folder: Path) -> list[Path]:
    """Return the engines of a folder, the newest first."""
    try:
        found = [
            path
            for path in folder.iterdir()
            if path.name.lower().startswith(("ue_", "ue5", "unrealengine", "unreal_engine", "linux_unreal"))
            and root_of(path) == path
        ]
    except OSError:
        return []
    return sorted(found, key=lambda path: version_of(path).numbers, reverse=True)
