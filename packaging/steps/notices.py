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
from steps.notices_text import Entry, as_text, entry_of_component, entry_of_python
from steps.origins import is_ours, python_home, system_texts
from steps.product import ROOT
from steps.report import StepFailedError
from steps.rulings import Ruled, component_findings, rule
from steps.shipped import SitePackages

_ALWAYS = ("pyinstaller",)
"""Packages that are in every built program: its boot loader is the program's file itself."""
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


@dataclass(slots=True)
class _Sorted:
    """The shipped files, by where they come from."""

    owners: set[Path]
    components: list[Component]
    findings: list[str]
    loose: list[Path]


def write_notices(
    *,
    sources: Iterable[Path],
    site_packages: Path,
    target: Path,
    project: Path = ROOT,
    table: Table | None = None,
) -> Notices:
    """Write the notices for a built program; what must not be shipped is in the `findings` of the result.

    `sources` are the files that went into it, as this computer names them; links have relative ones and are
    left out, for what they point to is in the list itself. Raises StepFailedError when it cannot be told.
    """
    table = table or read_table()
    packages = SitePackages(site_packages)
    files = sorted({file for file in sources if file.is_absolute()})
    if not files:
        raise StepFailedError("The list of what is shipped is empty.")
    found = _sorted(files, packages, table, project)
    ruled = [rule(packages.distribution(owner), table) for owner in sorted(found.owners)]
    python = python_home(site_packages)
    entries = [entry_of_python(python.version, python.licence_text)]
    findings = [*found.findings, *component_findings(found.components)]
    if not python.licence_text:
        findings.append(f"Python in {python.root} came without its licence, LICENSE.txt.")
    findings += [finding for one in ruled for finding in one.findings]
    told = system_texts(found.loose)
    entries += sorted((_entry(one) for one in ruled), key=lambda entry: entry.title.lower())
    entries += [entry_of_component(component, told) for component in found.components]
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(as_text(entries), encoding="utf-8", newline="\r\n")
    return Notices(
        tuple(f"{one.distribution.name} {one.distribution.version}" for one in ruled),
        tuple(component.name for component in found.components),
        tuple(findings),
    )


def _sorted(files: Sequence[Path], packages: SitePackages, table: Table, project: Path) -> _Sorted:
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
    keys = {packages.distribution(owner).key for owner in owners} | {"python"}
    owners = {owner for owner in owners if packages.distribution(owner).key != "render-manager"}
    components = components_for(
        table, files=(file.name for file in files), packages=keys, dependencies=inside & spoken_for
    )
    return _Sorted(owners, components, findings, loose)


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
