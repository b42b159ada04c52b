"""The command `check`: what would stop the night, and on request one frame of each job."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from render_manager.domain.changes import JobSnapshot
from render_manager.domain.errors import UserError
from render_manager.domain.readiness import Finding, Weight, in_order, verdict, would_stop
from render_manager.domain.states import FrameState
from render_manager.domain.texts import gettext as _
from render_manager.scheduling.ports import StateReader, Subscriber
from render_manager.services.cli.session import EXIT_FRAMES_FAILED, EXIT_GOOD, Composition, Speaker
from render_manager.services.one_frame_test import OneFrameTest, TrialCore
from render_manager.services.readiness import ReadinessDesk, this_computer
from render_manager.system.ownership import Ownership
from render_manager.system.paths import AppPaths
from render_manager.system.settings import Settings


@dataclass(frozen=True, slots=True)
class Checking:
    """Checks one set of data, from outside."""

    composition: Composition
    paths: AppPaths
    settings: Settings
    speaker: Speaker

    def check(self, *, tests_frames: bool) -> int:
        """Say what speaks against leaving; return the exit code. Raises UserError."""
        catalog = self.composition.build_catalog(self.paths, self.settings)
        catalog.refresh()
        desk = ReadinessDesk(
            catalog=catalog,
            slots=self.settings.slots,
            engine_slots=self.settings.engine_slots,
            thumbnail_dir=self.settings.thumbnail_dir or self.paths.thumbnails,
            computer=this_computer(self.composition.ask),
            reserved_disk_bytes=self.settings.reserved_disk_bytes,
        )
        reader = self.composition.open_reader(self.paths.database) if self.paths.database.exists() else None
        jobs = [] if reader is None else reader.jobs()
        if tests_frames:
            self._check_idle(jobs)
        findings = [finding for check in desk.checks(jobs, is_held=False) for finding in check()]
        if tests_frames and reader is not None:
            findings += self._try_frames(jobs, reader, desk)
        self._tell(findings)
        return EXIT_FRAMES_FAILED if would_stop(findings) else EXIT_GOOD

    def _check_idle(self, jobs: list[JobSnapshot]) -> None:
        """Raise UserError while something renders: the test would take its memory, or its licence."""
        is_rendering = any(job.counts[FrameState.RENDERING] for job in jobs)
        if is_rendering and Ownership(self.paths.lock).is_taken():
            raise UserError(_("Frames are being rendered just now. Pause the queue to test frames."))

    def _try_frames(self, jobs: list[JobSnapshot], reader: StateReader, desk: ReadinessDesk) -> list[Finding]:
        def build(folder: Path, subscribers: Sequence[Subscriber]) -> TrialCore:
            return self.composition.build_trial(folder, self.settings, desk.catalog, subscribers)

        found: list[Finding] = []
        OneFrameTest(build).run(jobs, reader, found.append)
        return found

    def _tell(self, findings: list[Finding]) -> None:
        words = {
            Weight.STOPS: _("STOPS"),
            Weight.WARNS: _("look"),
            Weight.UNKNOWN: _("unknown"),
            Weight.FINE: _("good"),
        }
        for finding in in_order(findings):
            if self.speaker.is_json:
                self.speaker.object(
                    {
                        "check": finding.code,
                        "weight": finding.weight.value,
                        "text": finding.text,
                        "advice": finding.advice,
                        "job": finding.job_id,
                    }
                )
            else:
                self.speaker.line(f"{words[finding.weight]:<8} {finding.text} {finding.advice}".rstrip())
        if not self.speaker.is_json:
            self.speaker.line(verdict(findings))
