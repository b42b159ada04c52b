"""Finding the program of a defined renderer."""

import glob
import os
import re
import shutil
from gettext import gettext as _
from pathlib import Path

from render_manager.engines.commands.definition import Definition
from render_manager.engines.probing import ProbeMemory, run_probe
from render_manager.engines.protocols import (
    FoundInstallations,
    Installation,
    InstallationKind,
    SearchedPlace,
)

_NUMBERS = re.compile(r"\d+")


class CommandFinder:
    """Looks where the definition says; starts programs only where it says how they tell their version."""

    def __init__(self, definition: Definition, memory: ProbeMemory) -> None:
        self._definition = definition
        self._memory = memory

    def find(self) -> FoundInstallations:
        """Return every installation, newest first, and every place that was looked at."""
        found: dict[str, Installation] = {}
        searched = []
        engine = self._definition.id
        for place, paths in self._places():
            note = ""
            for path in paths:
                identity = os.path.normcase(os.path.realpath(path))
                one, note = self._look_at(path, place)
                if one is not None:
                    found.setdefault(identity, one)
            searched.append(SearchedPlace(engine, place, bool(paths) and not note, note))
        self._memory.save()
        newest = sorted(found.values(), key=lambda one: one.version, reverse=True)
        return FoundInstallations(tuple(newest), tuple(searched))

    def _places(self) -> list[tuple[str, list[Path]]]:
        program = self._definition.program
        places = []
        for name in program.names:
            path = shutil.which(name)
            places.append((_("PATH: {name}").format(name=name), [] if path is None else [Path(path)]))
        for pattern in program.paths:
            whole = os.path.expandvars(os.path.expanduser(pattern))  # noqa: PTH111 - a pattern, no path
            hits = [Path(hit) for hit in sorted(glob.glob(whole), reverse=True)]  # noqa: PTH207 - as above
            places.append((pattern, [hit for hit in hits if hit.is_file()]))
        return places

    def _look_at(self, path: Path, place: str) -> tuple[Installation | None, str]:
        program = self._definition.program
        text = ""
        if program.version_arguments:
            probe = self._memory.ask(path, lambda: run_probe([str(path), *program.version_arguments]))
            match = re.search(program.version_pattern, probe.output)
            if probe.problem or match is None:
                text = _("It does not tell its version as {name} does: {path}.")
                return None, probe.problem or text.format(name=self._definition.name, path=path)
            text = match.groupdict().get("version") or match[0]
        return installation_of(self._definition.id, path, place, text), ""


def installation_of(engine: str, path: Path, place: str, version_text: str = "") -> Installation:
    """Return the installation that a program is."""
    return Installation(
        engine=engine,
        key=f"{engine}:{path}",
        version=tuple(int(number) for number in _NUMBERS.findall(version_text)[:4]),
        version_text=version_text,
        executable=path,
        kind=InstallationKind.PROGRAM,
        found_by=place,
    )
