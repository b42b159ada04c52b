"""Judges Python packages and other components; what is found here stops the build."""

from collections.abc import Iterable
from dataclasses import dataclass

from steps.components import Component, Ruling, Table, text_file
from steps.licences import is_copyleft, judge
from steps.shipped import Distribution


@dataclass(frozen=True, slots=True)
class Ruled:
    """A Python package, the terms that it is shipped under, and what is wrong with them."""

    distribution: Distribution
    licence: str
    reason: str
    own_texts: tuple[str, ...]
    texts: tuple[str, ...]
    """Standard texts to be added to its own."""
    findings: tuple[str, ...]


def rule(distribution: Distribution, table: Table) -> Ruled:
    """Judge a package by what it says, or by our ruling as long as it says what it said then."""
    ruling = next((one for one in table.rulings if one.name == distribution.key), None)
    who = f"{distribution.name} {distribution.version}"
    findings = []
    if ruling is not None and ruling.says != distribution.licence:
        findings.append(
            f"{who} says {distribution.licence!r} of its licence now; the decision was for {ruling.says!r}."
        )
        ruling = None
    licence = ruling.licence if ruling else distribution.licence
    reason = ruling.reason if ruling else ""
    findings += _findings(who, licence, reason)
    own_texts = distribution.texts if ruling is None or ruling.own_texts else ()
    texts = ruling.texts if ruling else ()
    if not own_texts and not texts:
        texts = _standard_text(licence)
        if not texts:
            findings.append(
                f"{who} came without the text of its licence, {licence or 'which it does not name'}."
            )
    return Ruled(distribution, licence, reason, own_texts, texts, tuple(findings))


def component_findings(components: Iterable[Component]) -> list[str]:
    """Return what is wrong with components."""
    return [
        finding
        for component in components
        for finding in _findings(component.name, component.licence, component.reason)
    ]


def _findings(who: str, licence: str, reason: str) -> list[str]:
    judgement = judge(licence)
    if not licence:
        return [f"{who} does not say what licence it is under."]
    if not judgement.allowed and is_copyleft(licence):
        return [f"{who} is under {licence}, which nothing shipped may be under without a written exception."]
    if not judgement.allowed:
        return [f"{who} is under {licence!r}, which is not among the licences that we know."]
    if judgement.conditions and not reason:
        return [f"{who} is under {licence}, but nothing says how its conditions are met."]
    return []


def _standard_text(licence: str) -> tuple[str, ...]:
    # The text of one licence by name; of several nobody can tell which copyright lines would be right.
    name = licence.strip()
    return (name,) if name in {"Apache-2.0", "MPL-2.0"} and text_file(name).is_file() else ()


__all__ = ["Ruled", "Ruling", "component_findings", "rule"]
