"""Everything the window can order; cancel and retry go to the frames that are selected, or to the jobs."""

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from render_manager.domain.states import FrameState
from render_manager.domain.texts import gettext as _
from render_manager.ui.actions import Actions
from render_manager.ui.bridge import Bridge
from render_manager.ui.frame_orders import FrameOrders
from render_manager.ui.frames_pane import FramesPane
from render_manager.ui.job_fixes import JobFixes
from render_manager.ui.job_orders import JobOrders
from render_manager.ui.job_queueing import JobQueueing
from render_manager.ui.jobs_pane import JobsPane
from render_manager.ui.pools import Errands
from render_manager.ui.theme import Theme
from render_manager.ui.undo import Undo
from render_manager.ui.undo_bar import UndoBar


class WindowOrders(QObject):
    """Makes the orders of jobs and frames, and allows what can be done; GUI thread."""

    def __init__(
        self,
        *,
        bridge: Bridge,
        actions: Actions,
        jobs: JobsPane,
        frames: FramesPane,
        errands: Errands,
        theme: Theme,
        over: QWidget,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._actions = actions
        self._frames = frames
        self.undo = Undo(bridge.post, self)
        self.undo_bar = UndoBar(theme=theme, undo=self.undo, over=over)
        self.jobs = JobOrders(
            bridge=bridge, actions=actions, pane=jobs, errands=errands, undo=self.undo, parent=parent
        )
        self.queueing = JobQueueing(
            bridge=bridge, actions=actions, pane=jobs, say=self.undo_bar.say, parent=parent
        )
        self.fixes = JobFixes(
            bridge=bridge,
            actions=actions,
            pane=jobs,
            errands=errands,
            say=self.undo_bar.say,
            parent=parent,
        )
        self.frames = FrameOrders(bridge=bridge, actions=actions, pane=frames, undo=self.undo, parent=parent)
        actions.connect("cancel", self.cancel)
        actions.connect("retry", self.retry)
        actions.connect("undo", self.undo.undo)
        for name in ("retry", "job_retry", "job_fix"):
            actions.connect(name, self.show_last_log)
        self.undo.changed.connect(self._update_undo)
        jobs.table.selectionModel().selectionChanged.connect(lambda *_what: self.update_jobs())
        frames.selection.changed.connect(self.update_frames)

    def cancel(self) -> None:
        """Cancel the selected frames, or with none that can be cancelled the selected jobs."""
        if self.frames.can_cancel():
            self.frames.cancel()
        else:
            self.jobs.cancel()

    def retry(self) -> None:
        """Retry what failed of the selected frames, or of the selected jobs."""
        if self.frames.can_retry_failed():
            self.frames.retry_failed()
        else:
            self.jobs.retry_failed()

    def show_last_log(self) -> None:
        """Show why the job's first failed frame failed, now that it is tried again."""
        model = self._frames.model
        failed = model.states.numbers_in(FrameState.FAILED)
        chosen = self._frames.current_frame()
        if model.job_id is not None and failed and (chosen is None or chosen[1] not in failed):
            self.frames.log_wanted.emit((model.job_id, failed[0]))

    def update(self) -> None:
        """Allow what can be done just now."""
        self._update_undo()
        self.jobs.update_actions()
        self.queueing.update_actions()
        self.fixes.update_actions()
        self.update_frames()

    def update_jobs(self) -> None:
        """Allow what the selected jobs allow."""
        self.jobs.update_actions()
        self.queueing.update_actions()
        self.fixes.update_actions()
        self.update_both()

    def update_frames(self) -> None:
        """Allow what the selected frames allow."""
        self.frames.update_actions()
        self.update_both()

    def update_both(self) -> None:
        """Allow what goes to frames or to jobs."""
        can_cancel = self.frames.can_cancel() or self._actions["job_cancel"].isEnabled()
        can_retry = self.frames.can_retry_failed() or self._actions["job_retry"].isEnabled()
        self._actions.allow("cancel", "" if can_cancel else _("Nothing that is selected runs or waits."))
        no_retry = _("Nothing that is selected failed or was cancelled.")
        self._actions.allow("retry", "" if can_retry else no_retry)

    def _update_undo(self) -> None:
        has_order = self.undo.newest is not None
        self._actions.allow("undo", "" if has_order else _("There is nothing to undo just now."))
