"""What speaks for and against leaving the computer to itself: findings, their order, the verdict. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from render_manager.domain.texts import gettext as _
from render_manager.domain.texts import ngettext


class Weight(StrEnum):
    """How much a finding counts; in the order they are shown."""

    STOPS = "stops"
    """It would stop the night, or a job of it."""
    WARNS = "warns"
    """It may."""
    UNKNOWN = "unknown"
    """It could not be found out."""
    FINE = "fine"
    """Nothing is wrong there."""


class Remedy(StrEnum):
    """What a button beside a finding does."""

    NONE = "none"
    GO_ON = "go_on"
    """Let the queue go on."""
    RESUME = "resume"
    """Take the hold off the job."""
    SETTINGS = "settings"
    """Open the settings."""
    SHOW_JOB = "show_job"
    """Show the job in the list."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    code: str
    """A stable word for programs."""
    weight: Weight
    text: str
    """One whole sentence."""
    advice: str = ""
    """What to do, one whole sentence."""
    job_id: int | None = None
    remedy: Remedy = Remedy.NONE


_ORDER = tuple(Weight)


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Return findings with what counts most first, each kind in the order it was found."""
    return sorted(findings, key=lambda finding: _ORDER.index(finding.weight))


def would_stop(findings: Iterable[Finding]) -> bool:
    """Return whether one of them would stop the night."""
    return any(finding.weight is Weight.STOPS for finding in findings)


def verdict(findings: Iterable[Finding]) -> str:
    """Return all of them in one sentence."""
    weights = [finding.weight for finding in findings]
    stops, warns = weights.count(Weight.STOPS), weights.count(Weight.WARNS)
    if stops:
        text = ngettext("{count} thing would stop the night.", "{count} things would stop the night.", stops)
        return text.format(count=stops)
    if warns:
        text = ngettext(
            "Nothing would stop the night; {count} thing deserves a look.",
            "Nothing would stop the night; {count} things deserve a look.",
            warns,
        )
        return text.format(count=warns)
    if Weight.UNKNOWN in weights:
        return _("Nothing speaks against leaving, as far as it could be found out.")
    return _("Nothing speaks against leaving.")
