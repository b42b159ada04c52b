"""What the window's job actions do: the selected jobs become commands."""

from pathlib import Path

from PySide6.QtCore import QObject, QPoint
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from render_manager.domain.commands import (
    CancelJobs,
    DeleteJobs,
    PauseJobs,
    ResumeJobs,
    RetryFrames,
    SetPriority,
)
from render_manager.domain.jobspec import HIGHEST_PRIORITY, LOWEST_PRIORITY, priority_band
from render_manager.domain.states import FINISHED_JOBS, FrameState, JobState
from render_manager.domain.texts import gettext as _
from render_manager.domain.texts import ngettext
from render_manager.ui.actions import Actions
from render_manager.ui.bridge import Bridge
from render_manager.ui.files import open_file
from render_manager.ui.jobs_pane import JobsPane, job_ids
from render_manager.ui.pools import Errands
from render_manager.ui.undo import Undo, Undoable

_PAUSABLE = frozenset({JobState.PENDING, JobState.RUNNING})


class JobOrders(QObject):
    """Connects the job actions; GUI thread."""

    def __init__(
        self,
        *,
        bridge: Bridge,
        actions: Actions,
        pane: JobsPane,
        errands: Errands,
        undo: Undo,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._undo = undo
        self._hidden: frozenset[int] = frozenset()
        self._errands = errands
        self._bridge = bridge
        self._actions = actions
        self._pane = pane
        self._window = parent
        actions.connect("job_pause", self.pause)
        actions.connect("job_resume", self.resume)
        actions.connect("job_cancel", self.cancel)
        actions.connect("job_retry", self.retry_failed)
        actions.connect("job_folder", self.open_folder)
        actions.connect("job_delete", self.delete)
        pane.menu_wanted.connect(self.open_menu)

    def update_actions(self) -> None:
        """Allow what the selected jobs allow."""
        jobs = self._pane.selected_jobs()
        none = "" if jobs else _("Select a job first.")
        states = {job.state for job in jobs}
        has_failed = any(job.counts[FrameState.FAILED] or job.counts[FrameState.CANCELLED] for job in jobs)
        reasons = {
            "job_pause": "" if states & _PAUSABLE else _("Only jobs that run or wait can be paused."),
            "job_resume": "" if JobState.PAUSED in states else _("No selected job is paused."),
            "job_cancel": "" if states - FINISHED_JOBS else _("The selected jobs are finished."),
            "job_retry": "" if has_failed else _("No frame of the selected jobs failed or was cancelled."),
            "job_folder": "" if len(jobs) == 1 else _("Select a single job to open its folder."),
            "job_delete": "",
        }
        for name, why_not in reasons.items():
            self._actions.allow(name, none or why_not)

    def open_menu(self, point: QPoint) -> None:
        """Open the menu of the selected jobs."""
        self.update_actions()
        menu = self.menu()
        menu.popup(point)

    def menu(self) -> QMenu:
        """Return a new menu of the selected jobs."""
        menu = QMenu(self._window)
        for name in ("job_pause", "job_resume", "job_cancel", "job_retry", "job_fix", "job_older"):
            menu.addAction(self._actions[name])
        menu.addMenu(self._priority_menu(menu))
        for name in ("job_top", "job_up", "job_down", "job_bottom"):
            menu.addAction(self._actions[name])
        menu.addSeparator()
        menu.addAction(self._actions["job_folder"])
        menu.addSeparator()
        menu.addAction(self._actions["job_delete"])
        menu.aboutToHide.connect(menu.deleteLater)
        return menu

    def pause(self) -> None:
        """Hold the selected jobs."""
        self._bridge.post(PauseJobs(job_ids(self._pane.selected_jobs())))

    def resume(self) -> None:
        """Let the selected jobs go on."""
        self._bridge.post(ResumeJobs(job_ids(self._pane.selected_jobs())))

    def cancel(self) -> None:
        """Cancel what is left of the selected jobs."""
        jobs = [job for job in self._pane.selected_jobs() if job.state not in FINISHED_JOBS]
        if not jobs:
            return
        several = ngettext("{count} job is cancelled.", "{count} jobs are cancelled.", len(jobs))
        text = _("“{name}” is cancelled.") if len(jobs) == 1 else several
        order_id = self._undo.offer(Undoable(text.format(name=jobs[0].name, count=len(jobs))))
        self._bridge.post(CancelJobs(job_ids(jobs), order_id))

    def retry_failed(self) -> None:
        """Render what failed or was cancelled of the selected jobs again."""
        for job in self._pane.selected_jobs():
            self._bridge.post(RetryFrames(job.id, failed_only=True))

    def set_priority(self, priority: int) -> None:
        """Give the selected jobs a priority."""
        self._pane.expect_move(job_ids(self._pane.selected_jobs()))
        self._bridge.post(SetPriority(job_ids(self._pane.selected_jobs()), priority))

    def open_folder(self) -> None:
        """Open the output folder of the current job."""
        job = self._pane.current_job()
        if job is not None:
            folder = job.output_dir

            def take(found: Path | None) -> None:
                open_file(found or folder)

            self._errands.run(lambda: _existing_folder(folder), take)

    def delete(self) -> None:
        """Forget the selected jobs; they are out of sight at once, and gone when it was not undone."""
        jobs = self._pane.selected_jobs()
        if not jobs:
            return
        ids = job_ids(jobs)
        several = ngettext(
            "{count} job is deleted. Rendered files stay where they are.",
            "{count} jobs are deleted. Rendered files stay where they are.",
            len(jobs),
        )
        one = _("“{name}” is deleted. Rendered files stay where they are.")
        text = (one if len(jobs) == 1 else several).format(count=len(jobs), name=jobs[0].name)
        unfinished = [job for job in jobs if job.state not in FINISHED_JOBS]
        order_id = self._undo.offer(
            Undoable(text, after_undo=lambda: self._unhide(ids), at_the_end=lambda: self._forget(ids))
        )
        self._hidden |= frozenset(ids)
        self._pane.hide_jobs(self._hidden)
        self._bridge.post(CancelJobs(job_ids(unfinished), order_id))

    def _forget(self, ids: tuple[int, ...]) -> None:
        self._bridge.post(DeleteJobs(ids))

    def _unhide(self, ids: tuple[int, ...]) -> None:
        self._hidden -= frozenset(ids)
        self._pane.hide_jobs(self._hidden)
        self._pane.select_job(ids[0])

    def _priority_menu(self, parent: QMenu) -> QMenu:
        menu = QMenu(_("P&riority"), parent)
        current = {job.priority for job in self._pane.selected_jobs()}
        for priority in range(HIGHEST_PRIORITY, LOWEST_PRIORITY - 1, -1):
            action = QAction(f"{priority}  {_band_word(priority)}", menu)
            action.setCheckable(True)
            action.setChecked(current == {priority})
            action.triggered.connect(lambda _checked=False, chosen=priority: self.set_priority(chosen))
            menu.addAction(action)
        return menu


def _band_word(priority: int) -> str:
    return {"low": _("low"), "default": _("default"), "high": _("high")}[priority_band(priority).value]


def _existing_folder(folder: Path) -> Path:
    """Return the folder, or the nearest one above it that exists; asks the disk, so on a pool thread."""
    return next((path for path in (folder, *folder.parents) if path.is_dir()), folder)
