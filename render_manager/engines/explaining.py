"""Finds the best reason for a failed attempt: what the engine printed, what our script says, how it ended.

Each engine has an `Explainer` with its own words; those whose crashes say more refine it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from render_manager.domain.diagnosis import Diagnosis, Scope
from render_manager.domain.outcome import ProcessOutcome
from render_manager.domain.scene import Severity
from render_manager.domain.texts import gettext as _
from render_manager.engines.events import Remark

WRAPPED_SIGNALS = frozenset(128 + number for number in (2, 4, 6, 7, 8, 9, 11, 15))
"""Exit codes with which a shell or a launcher reports that a program was ended by a signal."""
_SIGKILL = -9
_STOPPED = {-2, -15, 130, 143, 0xC000013A, 0xC000013A - (1 << 32)}
"""Ended from outside, as by the user or at log-off."""


@dataclass(frozen=True)
class Explainer:
    """Explains the failures of one engine."""

    name: str
    """The engine's name as its makers write it."""
    find: Callable[[str], Remark | None]
    """Returns what the engine's rules know about a line."""
    vague: frozenset[str]
    """Codes of remarks that say that something broke, but not what; any other says more."""
    consequences: frozenset[str] = frozenset()
    """Codes of remarks about what follows from another error."""
    crash_codes: frozenset[int] = WRAPPED_SIGNALS
    """Exit codes that mean a crash, besides signals and Windows exceptions."""
    exit_codes: Mapping[int, Callable[[], Diagnosis]] = field(default_factory=dict)
    """What the engine's own exit codes mean, for when no line says more."""

    def explain(self, outcome: ProcessOutcome | None, remarks: Sequence[Remark], error: str) -> Diagnosis:
        """Say why an attempt failed.

        `outcome` is None while the process still runs, `remarks` are those of this attempt in their order,
        `error` is what our script inside the engine reported, or empty.
        """
        reported = [remark for line in error.splitlines() if (remark := self.find(line[:2000])) is not None]
        lethal = [remark for remark in (*remarks, *reported) if remark.fatal]
        telling = [remark for remark in lethal if remark.code not in self.vague]
        if telling:
            # Several lines may say the same; one that says that trying again is pointless says most.
            same = [remark for remark in telling if remark.code == telling[0].code]
            best = next((remark for remark in same if remark.permanent), telling[0])
            return self.from_remark(best, outcome)
        if outcome is not None and outcome.failed_to_start:
            return self._not_started(outcome)
        if lethal:
            return self.explain_vague(lethal[0], outcome, remarks)
        if outcome is not None and outcome.was_killed:
            return Diagnosis("stopped", outcome.sentence)
        if outcome is not None and self.has_crashed(outcome):
            return self.explain_crash(outcome, remarks)
        return self._explain_rest(outcome, (*remarks, *reported), error)

    def from_remark(self, remark: Remark, outcome: ProcessOutcome | None) -> Diagnosis:
        """Return what a line said as the reason."""
        return Diagnosis(
            code=remark.code,
            text=remark.meaning,
            advice=remark.advice,
            permanent=remark.permanent,
            scope=remark.scope,
            crashed=outcome is not None and self.has_crashed(outcome),
        )

    def explain_vague(
        self, remark: Remark, outcome: ProcessOutcome | None, remarks: Sequence[Remark]
    ) -> Diagnosis:
        """Return the reason when the only deadly line does not say what broke."""
        if remark.code == "crashed":
            return self.explain_crash(outcome, remarks)
        return self.from_remark(remark, outcome)

    def has_crashed(self, outcome: ProcessOutcome) -> bool:
        """Return whether a process ended by a crash, and not by us."""
        return outcome.crashed or (not outcome.was_killed and outcome.exit_code in self.crash_codes)

    def explain_crash(self, outcome: ProcessOutcome | None, remarks: Sequence[Remark]) -> Diagnosis:
        """Return the reason for a crash: the system's doing, or the engine's own."""
        code = None if outcome is None else outcome.exit_code
        lighter = _("Run fewer renders at once, close other programs, or make the scene lighter.")
        if code in {_SIGKILL, 128 - _SIGKILL}:
            text = _(
                "The system ended {engine} without a word; most often it does so when memory runs out."
            ).format(engine=self.name)
            return Diagnosis("killed", text, lighter, crashed=True)
        if code in _STOPPED:
            text = _("{engine} was stopped by something other than Render Manager.").format(engine=self.name)
            return Diagnosis("stopped-outside", text, _("Render the frame again."), crashed=True)
        if code is not None and code & 0xFFFFFFFF == 0xC0000017:
            return Diagnosis("out-of-memory", _("The computer ran out of memory."), lighter, crashed=True)
        starved = [remark for remark in remarks if remark.code == "out-of-memory"]
        if starved:
            return replace(self.from_remark(starved[0], outcome), crashed=True)
        return self.explain_own_crash(outcome, remarks)

    def explain_own_crash(
        self,
        outcome: ProcessOutcome | None,
        remarks: Sequence[Remark],  # noqa: ARG002 - for engines whose lines say more
    ) -> Diagnosis:
        """Return the reason when the engine went down by itself."""
        advice = _("Try the frame again; if it crashes again, open the scene in {engine} at this frame.")
        return Diagnosis("crashed", self.crash_text(outcome), advice.format(engine=self.name), crashed=True)

    def crash_text(self, outcome: ProcessOutcome | None) -> str:
        """Return one or two sentences: that it crashed, and how."""
        text = _("{engine} crashed in the middle of its work.").format(engine=self.name)
        return f"{text} {outcome.sentence}" if outcome is not None and outcome.crashed else text

    def clean_error(self, line: str) -> str:
        """Return an error text of our script without what only programmers read."""
        return line

    def _not_started(self, outcome: ProcessOutcome) -> Diagnosis:
        text = _("{engine} could not be started. {reason}")
        return Diagnosis(
            code="not-started",
            text=text.format(engine=self.name, reason=outcome.start_error).strip(),
            advice=_("Check in the settings where {engine} is installed.").format(engine=self.name),
            scope=Scope.JOB,
        )

    def _explain_rest(
        self, outcome: ProcessOutcome | None, remarks: Sequence[Remark], error: str
    ) -> Diagnosis:
        """Return the reason when nothing that was said is a proof of it."""
        errors = [remark for remark in remarks if remark.severity is Severity.ERROR]
        errors = [remark for remark in errors if remark.code not in self.consequences] or errors
        code = None if outcome is None else outcome.exit_code
        known_code = None if code is None else self.exit_codes.get(code)
        telling = [remark for remark in errors if remark.code not in self.vague]
        if errors and (telling or known_code is None):
            return self.from_remark(telling[0] if telling else errors[-1], outcome)
        if known_code is not None:
            return known_code()
        said = error.strip().splitlines()[-1].strip() if error.strip() else ""
        if said:
            text = _("{engine} reported an error: {text}.")
            said = self.clean_error(said).rstrip(".")[:400]
            return Diagnosis("engine-error", text.format(engine=self.name, text=said))
        return self._explain_silence(outcome)

    def _explain_silence(self, outcome: ProcessOutcome | None) -> Diagnosis:
        if outcome is None:
            text = _("The frame failed, and {engine} did not say why.").format(engine=self.name)
            return Diagnosis("unknown", text, _("Look at the log of this attempt."))
        if outcome.exit_code == 0:
            text = _("{engine} ended without an error and without writing the frame.")
            advice = _(
                "Check that the scene renders in {engine} itself, and look at the log of this attempt."
            )
            return Diagnosis("no-frame", text.format(engine=self.name), advice.format(engine=self.name))
        text = _("{engine} ended with exit code {code} before it wrote the frame.")
        return Diagnosis(
            code="exit-code",
            text=text.format(engine=self.name, code=outcome.code_as_given),
            advice=_("Look at the last lines of the log of this attempt."),
        )
