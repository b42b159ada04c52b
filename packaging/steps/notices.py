"""Writes THIRD-PARTY-NOTICES.txt from the files that are really shipped, and finds what must not be shipped.

Called by `packaging/build.py`; by hand:
`python packaging/steps/notices.py SHIPPED.json SITE-PACKAGES TARGET`.
"""

import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from steps.components import (
    Component,
    Table,
    compiled_in,
    components_for,
    is_image_library,
    read_table,
)
from steps.freezing import program_folder, shipped_sources
from steps.machine import WindowsMachine
from steps.notices_text import Entry, as_text, entry_of_component, entry_of_python
from steps.origins import is_ours, python_home, system_texts
from steps.product import ROOT
from steps.report import Figures, StepFailedError
from steps.rulings import Ruled, component_findings, rule
from steps.shipped import Distribution, SitePackages
from steps.wine import Wine

NOTICES = "THIRD-PARTY-NOTICES.txt"
_ALWAYS = frozenset({"pyinstaller", "pyinstaller_hooks_contrib"})
"""Packages that are in every built program, as its boot loader and what that runs first."""
_NO_FILE = "-"
"""What PyInstaller gives as the source of a folder that is a package without being a file."""
_INSTALLER = "installer"
"""What carries the program that unpacks it, and the one that removes it; no file of the build."""
_FONTS = frozenset({".otf", ".ttf", ".woff", ".woff2"})
_DECISION = "docs/decisions/031-licences.md"


@dataclass(frozen=True, slots=True)
class Notices:
    """What is shipped, and what is wrong with it."""

    distributions: tuple[str, ...]
    """Python packages, as `name version`."""
    components: tuple[str, ...]
    """What else is shipped, or is inside of packages."""
    findings: tuple[str, ...]

    def must_be_clean(self) -> None:
        """Raise StepFailedError when anything was found."""
        if self.findings:
            raise StepFailedError(
                f"The licences are not in order (see {_DECISION}):\n" + "\n".join(self.findings)
            )


@dataclass(frozen=True, slots=True)
class _Sorted:
    """The shipped files, by where they come from."""

    distributions: tuple[Distribution, ...]
    components: tuple[Component, ...]
    findings: tuple[str, ...]
    loose: tuple[Path, ...]
    """Files that belong to no package, but to a component."""


def write_all_notices(system: str, machine: WindowsMachine | None, python: Path, figures: Figures) -> str:
    """Write the notices into what was built for `windows` or `linux`; raises StepFailedError for a finding.

    `machine` is the Windows that built it, and `python` the Python, as this computer names it.
    """
    here = machine.of_linux if isinstance(machine, Wine) else Path
    notices = write_notices(
        sources=[here(name) for name in shipped_sources(system) if name != _NO_FILE],
        site_packages=site_packages_of(python),
        target=program_folder(system) / NOTICES,
        has_installer=system == "windows",
    )
    figures["packages"] = len(notices.distributions)
    figures["components"] = len(notices.components)
    notices.must_be_clean()
    return (
        f"{len(notices.distributions)} packages and {len(notices.components)} other components, all in order"
    )


def site_packages_of(python: Path) -> Path:
    """Return where the packages of a Python are; raises StepFailedError."""
    roots = (python.parent, python.parent.parent)
    places = [root / "Lib" / "site-packages" for root in roots]
    places += [place for root in roots for place in sorted(root.glob("lib/python3*/site-packages"))]
    for place in places:
        if place.is_dir():
            return place
    raise StepFailedError(f"The packages of {python} were not found.")


def write_notices(
    *,
    sources: Iterable[Path],
    site_packages: Path,
    target: Path,
    project: Path = ROOT,
    table: Table | None = None,
    has_installer: bool = False,
) -> Notices:
    """Write the notices for a built program; what must not be shipped is in the `findings` of the result.

    `sources` are the files that went into it, as this computer names them; links have relative ones and are
    left out, for what they point to is in the list itself. Raises StepFailedError when it cannot be told.
    """
    table = table or read_table()
    files = sorted({file for file in sources if file.is_absolute()})
    if not files:
        raise StepFailedError("The list of what is shipped is empty.")
    carriers = ("python", _INSTALLER) if has_installer else ("python",)
    found = _sorted(files, SitePackages(site_packages), table, project, carriers)
    ruled = sorted(
        (rule(distribution, table) for distribution in found.distributions),
        key=lambda one: one.distribution.name.lower(),
    )
    python = python_home(site_packages)
    findings = [*found.findings, *component_findings(found.components)]
    if not python.licence_text:
        findings.append(f"Python in {python.root} came without its licence, LICENSE.txt.")
    findings += [finding for one in ruled for finding in one.findings]
    told = system_texts(found.loose)
    entries = [entry_of_python(python.version, python.licence_text)]
    entries += [_entry(one) for one in ruled]
    entries += [entry_of_component(component, told) for component in found.components]
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(as_text(entries), encoding="utf-8", newline="\r\n")
    return Notices(
        tuple(f"{one.distribution.name} {one.distribution.version}" for one in ruled),
        tuple(component.name for component in found.components),
        tuple(findings),
    )


def _sorted(
    files: Sequence[Path], packages: SitePackages, table: Table, project: Path, carriers: Sequence[str]
) -> _Sorted:
    python = python_home(packages.folder)
    owners = {path for path in packages.folder.glob("*.dist-info") if path.name.split("-")[0] in _ALWAYS}
    loose, findings = [], []
    for file in files:
        owner = packages.owner(file)
        known = any(component.matches(file.name) for component in table.components)
        if owner is not None:
            owners.add(owner)
            if file.suffix.lower() in _FONTS and not known:
                findings.append(
                    f"{file} is a font whose licence is not in packaging/licences/components.toml."
                )
        elif known:
            loose.append(file)
        elif not (python.has(file) or is_ours(file, project)):
            findings.append(
                f"{file} belongs to no Python package and is not in packaging/licences/components.toml."
            )
    inside = {name for file in files if is_image_library(file) for name in compiled_in(file)}
    spoken_for = {component.dependency for component in table.components}
    findings += [
        f"OpenImageIO has {name} compiled into it, which is not in packaging/licences/components.toml."
        for name in sorted(inside - spoken_for)
    ]
    distributions = [packages.distribution(owner) for owner in sorted(owners)]
    components = components_for(
        table,
        files=[file.name for file in files],
        packages=[*carriers, *(distribution.key for distribution in distributions)],
        dependencies=inside & spoken_for,
    )
    others = tuple(distribution for distribution in distributions if distribution.key != "render-manager")
    return _Sorted(others, tuple(components), tuple(findings), tuple(loose))


def _entry(ruled: Ruled) -> Entry:
    return Entry(
        title=f"{ruled.distribution.name} {ruled.distribution.version}",
        licence=ruled.licence,
        homepage=ruled.distribution.homepage,
        remarks=(ruled.reason,) if ruled.reason else (),
        own_texts=ruled.own_texts,
        texts=ruled.texts,
    )


def main(arguments: Sequence[str]) -> int:
    """Write the notices of a list of files; return 1 when something must not be shipped."""
    shipped, site_packages, target = (Path(word) for word in arguments)
    sources = [Path(word) for word in json.loads(shipped.read_text("utf-8"))]
    notices = write_notices(sources=sources, site_packages=site_packages, target=target)
    print(f"{len(notices.distributions)} packages and {len(notices.components)} other components: {target}")
    for finding in notices.findings:
        print(finding, file=sys.stderr)
    return 1 if notices.findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
