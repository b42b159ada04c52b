"""Finds the best reason for a failed attempt: what Blender printed, what our script says, how it ended."""

import re
from collections.abc import Sequence
from dataclasses import replace
from gettext import gettext as _

from render_manager.domain.diagnosis import Diagnosis, Scope
from render_manager.domain.outcome import ProcessOutcome
from render_manager.domain.scene import Severity
from render_manager.engines.blender.rules import find
from render_manager.engines.events import Remark

_VAGUE = {"script-failed", "crashed", "interrupted", "engine-error", "python-error", "render-script-error"}
"""Codes that say that something broke, but not what; any other says more."""
_SCRIPT = {"python-error", "script-missing"}
"""Codes that say why a script failed."""
_CONSEQUENCES = {"write-error", "missing-data"}
_WRAPPED_SIGNALS = {128 + number for number in (2, 4, 6, 7, 8, 9, 11, 15)}
"""Exit codes with which a shell or a launcher reports that Blender was ended by a signal."""
_WINDOWS_CRASH = 11
"""Exit code that Blender on Windows gives itself after it wrote its crash report."""
_SIGKILL = -9
_STOPPED = {-2, -15, 130, 143, 0xC000013A, 0xC000013A - (1 << 32)}
"""Ended from outside, as by the user or at log-off."""
_CRASH_FILE = re.compile(r"Writing: (.+\.crash\.txt)")
_EXCEPTION = re.compile(r"^(?:RuntimeError: )?(?:Error: )?")


def explain(outcome: ProcessOutcome | None, remarks: Sequence[Remark], error: str) -> Diagnosis:
    """Say why an attempt failed.

    `outcome` is None while the process still runs, `remarks` are those of this attempt in their order,
    `error` is what our script inside Blender reported, or empty.
    """
    reported = _known_lines(error)
    lethal = [remark for remark in (*remarks, *reported) if remark.fatal]
    telling = [remark for remark in lethal if remark.code not in _VAGUE]
    if telling:
        # Several lines may say the same; one that says that trying again is pointless says most.
        same = [remark for remark in telling if remark.code == telling[0].code]
        return _from_remark(next((remark for remark in same if remark.permanent), telling[0]), outcome)
    if outcome is not None and outcome.failed_to_start:
        return _not_started(outcome)
    script = [remark for remark in remarks if remark.code in _SCRIPT]
    if lethal and not (lethal[0].code == "script-failed" and script):
        return _from_vague(lethal[0], outcome, remarks)
    if lethal:
        return _from_script(script[-1])
    if outcome is not None and outcome.was_killed:
        return Diagnosis("stopped", outcome.sentence)
    if outcome is not None and _has_crashed(outcome):
        return _crashed(outcome, remarks)
    return _from_rest(outcome, (*remarks, *reported), error)


def _known_lines(error: str) -> list[Remark]:
    """Return what the rules know about the lines of an error text."""
    return [remark for line in error.splitlines() if (remark := find(line[:2000])) is not None]


def _from_remark(remark: Remark, outcome: ProcessOutcome | None) -> Diagnosis:
    return Diagnosis(
        code=remark.code,
        text=remark.meaning,
        advice=remark.advice,
        permanent=remark.permanent,
        scope=remark.scope,
        crashed=outcome is not None and _has_crashed(outcome),
    )


def _from_vague(remark: Remark, outcome: ProcessOutcome | None, remarks: Sequence[Remark]) -> Diagnosis:
    if remark.code == "crashed":
        return _crashed(outcome, remarks)
    return _from_remark(remark, outcome)


def _from_script(remark: Remark) -> Diagnosis:
    """Return the reason for a script that failed and took Blender with it: the script's own error."""
    return Diagnosis(
        code="script-failed",
        text=remark.meaning,
        advice=_("Correct the script, then render again."),
        permanent=True,
        scope=Scope.JOB,
    )


def _not_started(outcome: ProcessOutcome) -> Diagnosis:
    return Diagnosis(
        code="not-started",
        text=_("Blender could not be started. {reason}").format(reason=outcome.start_error).strip(),
        advice=_("Check in the settings where Blender is installed."),
        scope=Scope.JOB,
    )


def _has_crashed(outcome: ProcessOutcome) -> bool:
    return outcome.crashed or (
        not outcome.was_killed
        and outcome.exit_code is not None
        and outcome.exit_code in {*_WRAPPED_SIGNALS, _WINDOWS_CRASH}
    )


def _crashed(outcome: ProcessOutcome | None, remarks: Sequence[Remark]) -> Diagnosis:
    code = None if outcome is None else outcome.exit_code
    if code in {_SIGKILL, 128 - _SIGKILL}:
        return Diagnosis(
            code="killed",
            text=_("The system ended Blender without a word; most often it does so when memory runs out."),
            advice=_("Run fewer renders at once, close other programs, or make the scene lighter."),
            crashed=True,
        )
    if code in _STOPPED:
        return Diagnosis(
            code="stopped-outside",
            text=_("Blender was stopped by something other than Render Manager."),
            advice=_("Render the frame again."),
            crashed=True,
        )
    if code is not None and code & 0xFFFFFFFF == 0xC0000017:
        return Diagnosis(
            code="out-of-memory",
            text=_("The computer ran out of memory."),
            advice=_("Run fewer renders at once, close other programs, or make the scene lighter."),
            crashed=True,
        )
    return _crashed_by_itself(outcome, remarks)


def _crashed_by_itself(outcome: ProcessOutcome | None, remarks: Sequence[Remark]) -> Diagnosis:
    starved = [remark for remark in remarks if remark.code == "out-of-memory"]
    if starved:
        return replace(_from_remark(starved[0], outcome), crashed=True)
    text = _("Blender crashed in the middle of its work.")
    if outcome is not None and outcome.crashed:
        text = f"{text} {outcome.sentence}"
    newer = [remark for remark in remarks if remark.code == "newer-file"]
    reports = [match[1] for remark in remarks if (match := _CRASH_FILE.search(remark.line))]
    if newer:
        text = f"{text} {newer[0].meaning}"
        advice = newer[0].advice
    elif reports:
        advice = _("Try the frame again; if it crashes again, Blender's report in {path} says more.").format(
            path=reports[-1]
        )
    else:
        advice = _("Try the frame again; if it crashes again, open the scene in Blender at this frame.")
    return Diagnosis("crashed", text, advice, crashed=True)


def _from_rest(outcome: ProcessOutcome | None, remarks: Sequence[Remark], error: str) -> Diagnosis:
    """Return the reason when nothing that was said is a proof of it."""
    errors = [remark for remark in remarks if remark.severity is Severity.ERROR]
    errors = [remark for remark in errors if remark.code not in _CONSEQUENCES] or errors
    if errors:
        best = next((remark for remark in errors if remark.code not in _VAGUE), errors[-1])
        return _from_remark(best, outcome)
    said = error.strip().splitlines()[-1].strip() if error.strip() else ""
    if said:
        said = _EXCEPTION.sub("", said).rstrip(".")[:400]
        return Diagnosis("engine-error", _("Blender reported an error: {text}.").format(text=said))
    if outcome is None:
        return Diagnosis(
            code="unknown",
            text=_("The frame failed, and Blender did not say why."),
            advice=_("Look at the log of this attempt."),
        )
    if outcome.exit_code == 0:
        return Diagnosis(
            code="no-frame",
            text=_("Blender ended without an error and without writing the frame."),
            advice=_("Check that the scene renders in Blender itself, and look at the log of this attempt."),
        )
    return Diagnosis(
        code="exit-code",
        text=_("Blender ended with exit code {code} before it wrote the frame.").format(
            code=outcome.exit_code
        ),
        advice=_("Look at the last lines of the log of this attempt."),
    )
