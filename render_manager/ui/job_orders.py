"""What the window's job actions do: the selected jobs become commands."""

from gettext import gettext as _
from gettext import ngettext
from pathlib import Path

from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QMessageBox, QWidget

from render_manager.domain.changes import JobSnapshot
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
from render_manager.ui.actions import Actions
from render_manager.ui.bridge import Bridge
from render_manager.ui.files import open_file
from render_manager.ui.jobs_pane import JobsPane, job_ids
from render_manager.ui.pools import Errands


class JobOrders(QObject):
    """Connects the job actions; GUI thread."""

    def __init__(
        self, *, bridge: Bridge, actions: Actions, pane: JobsPane, errands: Errands, parent: QWidget
    ) -> None:
        super().__init__(parent)
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
        unfinished = any(job.state not in FINISHED_JOBS for job in jobs)
        rules = {
            "job_pause": any(job.state in (JobState.PENDING, JobState.RUNNING) for job in jobs),
            "job_resume": any(job.state is JobState.PAUSED for job in jobs),
            "job_cancel": unfinished,
            "job_retry": any(
                job.counts[FrameState.FAILED] or job.counts[FrameState.CANCELLED] for job in jobs
            ),
            "job_folder": len(jobs) == 1,
            "job_delete": bool(jobs),
        }
        for name, is_possible in rules.items():
            self._actions.enable(name, is_possible=is_possible)

    def open_menu(self, point: QPoint) -> None:
        """Open the menu of the selected jobs."""
        self.update_actions()
        menu = self.menu()
        menu.popup(point)

    def menu(self) -> QMenu:
        """Return a new menu of the selected jobs."""
        menu = QMenu(self._window)
        for name in ("job_pause", "job_resume", "job_cancel", "job_retry"):
            menu.addAction(self._actions[name])
        menu.addMenu(self._priority_menu(menu))
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
        self._bridge.post(CancelJobs(job_ids(self._pane.selected_jobs())))

    def retry_failed(self) -> None:
        """Render what failed or was cancelled of the selected jobs again."""
        for job in self._pane.selected_jobs():
            self._bridge.post(RetryFrames(job.id, failed_only=True))

    def set_priority(self, priority: int) -> None:
        """Give the selected jobs a priority."""
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
        """Forget the selected jobs; asks first, since it cannot be undone yet."""
        jobs = self._pane.selected_jobs()
        if not jobs:
            return
        text = ngettext("Delete “{name}”?", "Delete {count} jobs?", len(jobs)).format(
            count=len(jobs), name=jobs[0].name
        )
        box = QMessageBox(self._window)
        box.setIcon(QMessageBox.Icon.Question)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setText(text)
        box.setInformativeText(_details(jobs))
        delete = box.addButton(_("Delete"), QMessageBox.ButtonRole.DestructiveRole)
        box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
        ids = job_ids(jobs)

        def answered() -> None:
            if box.clickedButton() is delete:
                self._bridge.post(DeleteJobs(ids))

        box.finished.connect(answered)
        box.finished.connect(box.deleteLater)
        box.open()

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


def _details(jobs: list[JobSnapshot]) -> str:
    running = sum(job.state not in FINISHED_JOBS for job in jobs)
    kept = _("Rendered files stay where they are.")
    if not running:
        return kept
    if len(jobs) == 1:
        return _("It is not finished and will be cancelled.") + " " + kept
    stopped = ngettext(
        "{count} of them is not finished and will be cancelled.",
        "{count} of them are not finished and will be cancelled.",
        running,
    ).format(count=running)
    return f"{stopped} {kept}"


def _existing_folder(folder: Path) -> Path:
    """Return the folder, or the nearest one above it that exists; asks the disk, so on a pool thread."""
    return next((path for path in (folder, *folder.parents) if path.is_dir()), folder)
