"""Finds the best reason for a failed attempt of Blender: as for every engine, and what only it says."""

import re
from collections.abc import Sequence

from render_manager.domain.diagnosis import Diagnosis, Scope
from render_manager.domain.outcome import ProcessOutcome
from render_manager.domain.texts import gettext as _
from render_manager.engines.blender.rules import find
from render_manager.engines.events import Remark
from render_manager.engines.explaining import WRAPPED_SIGNALS, Explainer

_SCRIPT = {"python-error", "script-missing"}
"""Codes that say why a script failed."""
_WINDOWS_CRASH = 11
"""Exit code that Blender on Windows gives itself after it wrote its crash report."""
_CRASH_FILE = re.compile(r"Writing: (.+\.crash\.txt)")
_EXCEPTION = re.compile(r"^(?:RuntimeError: )?(?:Error: )?")


class _BlenderExplainer(Explainer):
    """Knows Blender's crash reports, and what takes Blender along."""

    def explain_vague(
        self, remark: Remark, outcome: ProcessOutcome | None, remarks: Sequence[Remark]
    ) -> Diagnosis:
        """Return the reason; for a script that failed and took Blender with it, the script's own error."""
        script = [one for one in remarks if one.code in _SCRIPT]
        if remark.code == "script-failed" and script:
            return Diagnosis(
                code="script-failed",
                text=script[-1].meaning,
                advice=_("Correct the script, then render again."),
                permanent=True,
                scope=Scope.JOB,
            )
        return super().explain_vague(remark, outcome, remarks)

    def explain_own_crash(self, outcome: ProcessOutcome | None, remarks: Sequence[Remark]) -> Diagnosis:
        """Return the reason, with the crash report's place or the newer Blender that saved the scene."""
        text = self.crash_text(outcome)
        newer = [remark for remark in remarks if remark.code == "newer-file"]
        reports = [match[1] for remark in remarks if (match := _CRASH_FILE.search(remark.line))]
        if newer:
            return Diagnosis("crashed", f"{text} {newer[0].meaning}", newer[0].advice, crashed=True)
        if reports:
            advice = _("Try the frame again; if it crashes again, Blender's report in {path} says more.")
            return Diagnosis("crashed", text, advice.format(path=reports[-1]), crashed=True)
        return super().explain_own_crash(outcome, remarks)

    def clean_error(self, line: str) -> str:
        """Return an error text without the name of the exception it came in."""
        return _EXCEPTION.sub("", line)


_EXPLAINER = _BlenderExplainer(
    name="Blender",
    find=find,
    vague=frozenset(
        {"script-failed", "crashed", "interrupted", "engine-error", "python-error", "render-script-error"}
    ),
    consequences=frozenset({"write-error", "missing-data"}),
    crash_codes=WRAPPED_SIGNALS | {_WINDOWS_CRASH},
)


def explain(outcome: ProcessOutcome | None, remarks: Sequence[Remark], error: str) -> Diagnosis:
    """Say why an attempt failed; see `Explainer.explain`."""
    return _EXPLAINER.explain(outcome, remarks, error)
