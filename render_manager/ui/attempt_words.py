"""Words for the attempts of a frame, in the present language."""

from render_manager.domain.changes import AttemptRecord
from render_manager.domain.states import AttemptOutcome
from render_manager.domain.texts import gettext as _


def outcome_word(outcome: AttemptOutcome) -> str:
    """Return an outcome in the present language."""
    return {
        AttemptOutcome.RUNNING: _("running"),
        AttemptOutcome.COMPLETED: _("completed"),
        AttemptOutcome.FAILED: _("failed"),
        AttemptOutcome.CRASHED: _("crashed"),
        AttemptOutcome.CANCELLED: _("cancelled"),
        AttemptOutcome.INTERRUPTED: _("interrupted"),
    }[outcome]


def attempt_words(attempt: AttemptRecord) -> str:
    """Return which attempt it is and how it ended."""
    return _("attempt {number}: {outcome}").format(
        number=attempt.number, outcome=outcome_word(attempt.outcome)
    )


def neighbour_words(attempt: AttemptRecord) -> str:
    """Return which attempt of another frame it is and how it ended."""
    return _("frame {frame}, attempt {number}: {outcome}").format(
        frame=attempt.frame, number=attempt.number, outcome=outcome_word(attempt.outcome)
    )
