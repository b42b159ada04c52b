"""Finds the best reason for a failed attempt of Unreal: as for every engine, and what our script reports.

Exit codes say next to nothing: Movie Render Queue asks for 0 whatever happened (`engines/unreal.md`
section 4).
"""

from collections.abc import Sequence
from dataclasses import replace

from render_manager.domain.diagnosis import Diagnosis, Scope
from render_manager.domain.outcome import ProcessOutcome
from render_manager.domain.texts import gettext as _
from render_manager.engines.events import Remark
from render_manager.engines.explaining import WRAPPED_SIGNALS, Explainer
from render_manager.engines.rule import N_
from render_manager.engines.unreal.rules import find

_CHOOSE = N_("Choose one that the project has, then retry.")
_LASTING_FAILURES = {
    "sequence-missing": _CHOOSE,
    "preset-missing": _CHOOSE,
    "preset-wrong": _CHOOSE,
    "queue-missing": _CHOOSE,
    "queue-wrong": _CHOOSE,
    "graph-missing": _CHOOSE,
    "graph-wrong": _CHOOSE,
    "queue-empty": N_("Add a job to the queue in the editor and save it, or choose a sequence and a preset."),
    "queue-without": N_("Choose a sequence that the queue has a job for."),
    "queue-ambiguous": N_("Choose the sequence of the job that is meant."),
    "queue-basic": N_("Save the job's settings as a preset, and choose that."),
    "map-differs": N_("Set the option map to the one the queue's job is for."),
    "no-passes": N_("Add a pass such as Deferred Rendering to the preset, or switch it on."),
    "format-unknown": N_("Choose another image format, then retry."),
    "graph-unknown": N_("Choose a preset instead, or render with 5.4 or later."),
    "graph-closed": N_("Expose it in the graph, or render with a preset."),
    "no-world": N_("Choose the map that the sequence was made for."),
}
"""What our script finds wrong with the job itself, with what to do; trying again is pointless."""
_PASSING_FAILURES = {
    "no-manifest": N_("Render again; if it comes again, check that the output folder can be written to."),
    "not-initialized": N_("Open the sequence in the editor and render it there to see more."),
    "stalled": N_("Render again; if it comes again, look in the log for what it waits for."),
    "script-error": N_("Look at the log of this attempt; the script may not know this version of Unreal."),
}
"""What our script reports and that may go by."""
_DOWNFALLS = frozenset({"gpu-lost", "gpu-out-of-memory", "out-of-memory"})
"""What the editor does not survive."""
_DAMAGED_EXIT = 3
"""Seen after assertions, and Movie Render Queue's own code for a missing configuration."""


def _no_asset() -> Diagnosis:
    text = _("Unreal could not find the level sequence (exit code 2).")
    return Diagnosis("sequence-missing", text, _(_CHOOSE), permanent=True, scope=Scope.JOB)


def _damaged() -> Diagnosis:
    text = _("Unreal stopped with exit code 3: it failed a check of its own, or found no preset.")
    return Diagnosis("exit-code", text, _("Look at the last lines of the log of this attempt."), crashed=True)


_EXPLAINER = Explainer(
    name="Unreal Engine",
    find=find,
    vague=frozenset(
        {
            *("crashed", "render-error", "executor-error", "script-error", "no-result", "interrupted"),
            *("file-missing", "pass-missing", "nothing-written", "render-failed"),
        }
    ),
    consequences=frozenset({"no-result", "script-silent"}),
    crash_codes=WRAPPED_SIGNALS,
    exit_codes={2: _no_asset, _DAMAGED_EXIT: _damaged},
)


def explain(
    outcome: ProcessOutcome | None, remarks: Sequence[Remark], error: str, error_code: str = ""
) -> Diagnosis:
    """Say why an attempt failed; see `Explainer.explain`. `error` and its code are those of our script."""
    if error_code in _LASTING_FAILURES:
        advice = _(_LASTING_FAILURES[error_code])
        return Diagnosis(error_code, _sentence(error), advice, permanent=True, scope=Scope.JOB)
    found = _EXPLAINER.explain(outcome, remarks, error)
    if found.code in _DOWNFALLS and outcome is not None:
        # Whatever its exit code says, it went down at one frame; those that were being written are spared.
        found = replace(found, crashed=True)
    if error_code in _PASSING_FAILURES and found.code in ("engine-error", "no-frame", "unknown", "exit-code"):
        return Diagnosis(error_code, _sentence(error), _(_PASSING_FAILURES[error_code]))
    if not found.advice and found.code != "stopped":
        return replace(found, advice=_("Look at the log of this attempt."))
    return found


def _sentence(error: str) -> str:
    return f"{error.strip().rstrip('.')[:600]}."
