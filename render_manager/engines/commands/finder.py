"""Finding the program of a defined renderer."""

import glob
import os
import re
from pathlib import Path

from render_manager.domain.texts import gettext as _
from render_manager.engines.commands.definition import Definition
from render_manager.engines.commands.patterns import LinePattern
from render_manager.engines.probing import ProbeMemory, run_probe
from render_manager.engines.protocols import (
    FoundInstallations,
    Installation,
    InstallationKind,
    SearchedPlace,
)
from render_manager.system.programs import find_program

_NUMBERS = re.compile(r"[0-9]{1,9}")
_MOST_HITS = 50
"""Programs of one pattern that are looked at."""
_LONGEST_ANSWER = 20_000


class CommandFinder:
    """Looks where the definition says; starts programs only where it says how they tell their version."""

    def __init__(self, definition: Definition, memory: ProbeMemory) -> None:
        self._definition = definition
        self._memory = memory

    def find(self) -> FoundInstallations:
        """Return every installation, newest first, and every place that was looked at."""
        found: dict[str, Installation] = {}
        searched = []
        for place, paths in self._places():
            looks = [self._look_at(path, place) for path in paths]
            for one, _note in looks:
                if one is not None:
                    found.setdefault(os.path.normcase(os.path.realpath(one.executable)), one)
            note = next((note for _one, note in looks if note), "")
            is_found = any(one is not None for one, _note in looks)
            searched.append(SearchedPlace(self._definition.id, place, is_found, note))
        self._memory.save()
        newest = sorted(found.values(), key=lambda one: one.version, reverse=True)
        return FoundInstallations(tuple(newest), tuple(searched))

    def _places(self) -> list[tuple[str, list[Path]]]:
        program = self._definition.program
        places = []
        for name in program.names:
            found = find_program(name)
            paths = [] if found is None else [Path(os.path.abspath(found))]  # noqa: PTH100 - keeps links
            places.append((_("PATH: {name}").format(name=name), paths))
        for pattern in program.paths:
            whole = os.path.expandvars(os.path.expanduser(pattern))  # noqa: PTH111 - a pattern, no path
            hits = sorted(glob.glob(whole), key=_by_number, reverse=True)  # noqa: PTH207 - as above
            places.append((pattern, [Path(hit) for hit in hits[:_MOST_HITS] if Path(hit).is_file()]))
        return places

    def _look_at(self, path: Path, place: str) -> tuple[Installation | None, str]:
        """Return what a program is, and else why it is none."""
        program = self._definition.program
        if not os.access(path, os.X_OK):
            return None, _("{path} may not be run.").format(path=path)
        text = ""
        if program.version_arguments:
            probe = self._memory.ask(
                path,
                lambda: run_probe([str(path), *program.version_arguments]),
                question=" ".join(program.version_arguments),
            )
            if probe.problem:
                return None, probe.problem
            match = LinePattern(program.version_pattern).search(probe.output[:_LONGEST_ANSWER])
            if match is None:
                note = _("{path} does not tell its version as {name} does when asked with {arguments}.")
                return None, note.format(
                    path=path, name=self._definition.name, arguments=" ".join(program.version_arguments)
                )
            text = (match.groupdict().get("version") or match[0]).strip()
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


def _by_number(path: str) -> tuple[tuple[int, str], ...]:
    """Return a key that sorts `v3.10` behind `v3.7`."""
    parts = re.split(r"([0-9]{1,18})", path)
    return tuple((int(part), "") if place % 2 else (-1, part) for place, part in enumerate(parts))
