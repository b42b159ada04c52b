"""Finds the best reason for a failed attempt of Maya: as for every engine, and what only it says."""

from collections.abc import Sequence
from dataclasses import replace

from render_manager.domain.diagnosis import Diagnosis
from render_manager.domain.outcome import ProcessOutcome
from render_manager.domain.scene import Severity
from render_manager.domain.texts import gettext as _
from render_manager.engines.events import Remark
from render_manager.engines.explaining import Explainer
from render_manager.engines.maya.exit_codes import EXIT_CODES
from render_manager.engines.maya.rules import EXIT_CODE, VAGUE_CODES, find

_SAID = frozenset({"engine-error", "arnold-error", "vray-error", "renderman-error"})
"""Codes of errors that only a renderer's own words describe."""
_HARMLESS = frozenset(
    {"missing-texture", "missing-reference", "library-not-loaded", "plugin-missing", "renderer-not-loaded"}
)
"""Codes of errors with which scenes render all the same; they are a reason only where there is no other."""
_NO_FRAME = "no-frame"
"""Code of the reason when Maya ended well and the frame is not whole."""
_PAGE_LOST = 0xC0000006
"""A file that is mapped into memory, as programs and textures are, could not be read any more."""


class _MayaExplainer(Explainer):
    """Knows Maya's exit codes, and what its last words are worth."""

    def explain(self, outcome: ProcessOutcome | None, remarks: Sequence[Remark], error: str) -> Diagnosis:
        """Say why an attempt failed; where only the exit code tells, with the last error of the log."""
        if outcome is not None:
            # It only repeats what the outcome tells, and the outcome is surer.
            remarks = [remark for remark in remarks if remark.code != EXIT_CODE]
        reason = super().explain(outcome, remarks, error)
        if reason.code == _NO_FRAME:
            return _incomplete(reason)
        is_bare = reason.code in {"render-failed", "exit-code", "render-aborted"} or (
            outcome is not None
            and outcome.exit_code in EXIT_CODES
            and reason == EXIT_CODES[outcome.exit_code].diagnosis()
        )
        said = [one for one in remarks if one.severity is Severity.ERROR and one.code in _SAID]
        if is_bare and said and said[-1].meaning != reason.text:
            return replace(reason, text=f"{reason.text} {said[-1].meaning}")
        return reason

    def explain_vague(
        self, remark: Remark, outcome: ProcessOutcome | None, remarks: Sequence[Remark]
    ) -> Diagnosis:
        """Return the reason: for a render that was given up, an error before it that would not go away."""
        lasting = [one for one in remarks if one.severity is Severity.ERROR and one.permanent]
        if remark.code != "crashed" and lasting:
            return self.from_remark(lasting[0], outcome)
        return super().explain_vague(remark, outcome, remarks)

    def explain_crash(self, outcome: ProcessOutcome | None, remarks: Sequence[Remark]) -> Diagnosis:
        """Return the reason for a crash: a drive that went away, memory, or Maya itself."""
        code = None if outcome is None else outcome.exit_code
        if code is not None and code & 0xFFFFFFFF == _PAGE_LOST:
            text = _("Maya crashed because a file it was using could not be read any more (0xC0000006).")
            advice = _("Check the drives of the scene, of the textures and of Maya, then render again.")
            return Diagnosis("crashed", text, advice, crashed=True)
        return super().explain_crash(outcome, remarks)


def _incomplete(reason: Diagnosis) -> Diagnosis:
    """Return the reason in words that also fit when some pictures of the frame are there, and others not."""
    text = _(
        "Maya ended without an error and without writing the frame, or without the pictures of one of its"
        " layers or cameras."
    )
    advice = _(
        "Look in the log of this attempt which files were written. If the scene has several render layers or"
        " renderable cameras, choose for the job those that you want; else check that the scene renders in"
        " Maya itself."
    )
    return replace(reason, text=text, advice=advice)


_EXPLAINER = _MayaExplainer(
    name="Maya",
    find=find,
    vague=VAGUE_CODES,
    consequences=_HARMLESS,
    exit_codes={number: known.diagnosis for number, known in EXIT_CODES.items()},
)


def explain(outcome: ProcessOutcome | None, remarks: Sequence[Remark], error: str) -> Diagnosis:
    """Say why an attempt failed; see `Explainer.explain`."""
    return _EXPLAINER.explain(outcome, remarks, error)
