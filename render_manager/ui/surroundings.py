"""What is around the scene that is shown: its output folder, the room there, the frames in it."""

from PySide6.QtCore import QObject, Signal

from render_manager.domain.errors import UserError
from render_manager.domain.jobspec import JobSpec
from render_manager.engines.outlook import Outlook
from render_manager.ui.existing_health import ExistingHealth
from render_manager.ui.submit_draft import Draft, Lookout
from render_manager.ui.tied_errands import TiedErrands


class Surroundings(QObject):
    """Looks through the output folder of one draft, then at the frames in it; GUI thread.

    Signals:
        learned: the Draft of which more is known now.
    """

    learned = Signal(object)

    def __init__(self, errands: TiedErrands, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._errands = errands
        self._lookout: Lookout | None = None
        self._draft: Draft | None = None
        self._health = ExistingHealth(errands, self)
        self._health.progressed.connect(self.learned)

    def look_with(self, lookout: Lookout) -> None:
        """Look in this way from now on."""
        self._lookout = lookout
        self.look(self._draft)

    def look(self, draft: Draft | None) -> None:
        """Look at what is around this draft from now on, and around no other."""
        self._draft = draft
        if draft is None or draft.preparation is None or self._lookout is None:
            self._health.check(None)
        elif draft.outlook is not None:
            self._health.check(draft)
        else:
            self._health.check(None)
            self._look_through(draft, self._lookout)

    def _look_through(self, draft: Draft, lookout: Lookout) -> None:
        job, version = draft.preparation, draft.version
        if job is None:
            return

        def take(outlook: Outlook | None) -> None:
            if draft.version != version or outlook is None or draft.outlook is not None:
                return
            draft.outlook = outlook
            self.learned.emit(draft)
            if draft is self._draft:
                self._health.check(draft)

        self._errands.run(lambda: _looked(lookout, job.spec, len(job.scene.layers)), take)


def _looked(lookout: Lookout, spec: JobSpec, layers: int) -> Outlook | None:
    """Return what is in the folder; None when it is away, which preparing the job says; on a pool thread."""
    try:
        return lookout.output(spec, layers)
    except (OSError, UserError):
        return None
