"""The page before one leaves, put over the queue: part of the composition root."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from render_manager.domain.changes import ChangeSet, JobSnapshot
from render_manager.domain.commands import ResumeJobs
from render_manager.domain.readiness import Finding, Remedy
from render_manager.domain.states import FrameState
from render_manager.domain.texts import gettext as _
from render_manager.system.paths import AppPaths
from render_manager.ui.bridge import Bridge
from render_manager.ui.main_window import MainWindow

if TYPE_CHECKING:
    from render_manager.engines.catalog import Catalog
    from render_manager.scheduling.ports import StateReader, Subscriber
    from render_manager.services.one_frame_test import OneFrameTest, TrialCore
    from render_manager.services.readiness import ReadinessDesk
    from render_manager.system.settings import Settings
    from render_manager.ui.leaving_page import Checkers, LeavingPage


class Departure(QObject):
    """Opens the page and serves it; GUI thread. One object for the program's life."""

    def __init__(self, *, window: Callable[[], MainWindow], bridge: Bridge, paths: AppPaths) -> None:
        super().__init__()
        self._window = window
        self._bridge = bridge
        self._paths = paths
        self.settings: Settings | None = None
        self._reader: StateReader | None = None
        self._catalog: Catalog | None = None
        self._checkers: Checkers | None = None
        self._page: LeavingPage | None = None
        self._test: OneFrameTest | None = None
        self._awaited: int | None = None

    def attach(self, window: MainWindow) -> None:
        """Serve another window."""
        self._stop_test()
        self._page = None
        window.actions_by_name.connect("leave", self.show)

    def read_from(self, reader: "StateReader", settings: "Settings", catalog: "Catalog") -> None:
        """Know what is stored, set and installed from now on."""
        self._reader, self.settings, self._catalog = reader, settings, catalog

    def show(self) -> None:
        """Show the page and make all checks."""
        if self._catalog is None or self.settings is None:
            return
        window = self._window()
        page = self._page
        if page is None:
            page = self._page = self._build(window)
        window.pages.show_page(page)
        page.setFocus()
        self._check()

    def allow_test(self) -> None:
        """Allow frames to be tried while none is rendered: a test would take memory, or a licence."""
        if self._page is not None:
            busy = any(job.counts[FrameState.RENDERING] for job in self._jobs())
            text = _("Frames are being rendered just now. Pause the queue, and test when they are done.")
            self._page.allow_test(text if busy else "")

    def take(self, changes: ChangeSet) -> None:
        """Look again when a job was mended from the page; called after the window has heard of it."""
        if self._awaited in changes.jobs:
            self._awaited = None
            self._check()

    def end(self) -> None:
        """Stop what is tried, and wait for it."""
        self._stop_test()
        if self._checkers is not None:
            self._checkers.finish()

    def _build(self, window: MainWindow) -> "LeavingPage":
        from render_manager.ui.leaving_page import Checkers, LeavingPage  # not before it is first wanted

        if self._checkers is None:
            self._checkers = Checkers(self)
        page = LeavingPage(theme=window.theme, checkers=self._checkers)
        page.closed.connect(window.pages.show_whole)
        page.check_wanted.connect(self._check)
        page.test_wanted.connect(self._try_frames)
        page.stop_wanted.connect(self._stop_test)
        page.remedy_wanted.connect(self._mend)
        return page

    def _jobs(self) -> Sequence[JobSnapshot]:
        return list(self._window().jobs.model.jobs())

    def _desk(self) -> "ReadinessDesk":
        from render_manager.execution.asking import ask  # first used when the page is wanted
        from render_manager.services.readiness import ReadinessDesk, this_computer  # as above

        assert self.settings is not None and self._catalog is not None
        return ReadinessDesk(
            catalog=self._catalog,
            slots=self.settings.slots,
            engine_slots=self.settings.engine_slots,
            thumbnail_dir=self.settings.thumbnail_dir or self._paths.thumbnails,
            computer=this_computer(ask),
            reserved_disk_bytes=self.settings.reserved_disk_bytes,
        )

    def _check(self) -> None:
        if self._page is not None:
            self._page.check(self._desk().checks(self._jobs(), is_held=self._window().hold.is_held))
            self.allow_test()

    def _try_frames(self) -> None:
        from render_manager.services.one_frame_test import OneFrameTest  # as above

        reader, page, jobs = self._reader, self._page, self._jobs()
        if reader is None or page is None:
            return
        test = self._test = OneFrameTest(self._build_trial)
        page.test(lambda report: test.run(jobs, reader, report))

    def _build_trial(self, folder: Path, subscribers: "Sequence[Subscriber]") -> "TrialCore":
        from render_manager.assembly import build_trial_core  # as above

        assert self.settings is not None and self._catalog is not None
        return build_trial_core(
            folder, settings=self.settings, catalog=self._catalog, subscribers=subscribers
        )

    def _stop_test(self) -> None:
        if self._test is not None:
            self._test.stop()

    def _mend(self, finding: Finding) -> None:
        """Do what the button beside a finding says."""
        window = self._window()
        if finding.remedy is Remedy.GO_ON and window.hold.is_held:
            window.hold.toggle()
        elif finding.remedy is Remedy.RESUME and finding.job_id is not None:
            # Looked at again when the owner has done it.
            self._awaited = finding.job_id
            self._bridge.post(ResumeJobs((finding.job_id,)))
            return
        elif finding.remedy is Remedy.SETTINGS:
            window.settings_wanted.emit()
        elif finding.remedy is Remedy.SHOW_JOB and finding.job_id is not None:
            window.pages.show_whole()
            window.jobs.select_job(finding.job_id)
            return
        self._check()
