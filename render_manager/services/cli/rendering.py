"""The commands that render: `render`, `resume`, and the demo without a window."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from render_manager.domain.changes import JobSnapshot
from render_manager.domain.commands import Command, SubmitJob
from render_manager.domain.errors import UserError
from render_manager.domain.states import FINISHED_JOBS, FrameState
from render_manager.domain.texts import gettext as _
from render_manager.domain.texts import ngettext
from render_manager.engines.catalog import Catalog
from render_manager.engines.preparing import JobRequest, Preparation, prepare, told_apart
from render_manager.scheduling.ports import StateReader
from render_manager.services.cli.following import Follower, View, interruptible
from render_manager.services.cli.session import EXIT_GOOD, Composition, RunningCore, Speaker
from render_manager.services.cli.terminal import local_time
from render_manager.services.control import (
    ControlServer,
    OwnerIsLeavingError,
    RemoteOwner,
    be_or_use_owner,
    take_or_reach,
)
from render_manager.system.ownership import WINDOW, Ownership
from render_manager.system.paths import AppPaths
from render_manager.system.settings import Settings, unknown_settings


@dataclass(frozen=True, slots=True)
class RenderSession:
    """One run of the command line on one set of data."""

    composition: Composition
    paths: AppPaths
    settings: Settings
    speaker: Speaker
    view: View | None

    def render(self, requests: Sequence[JobRequest], *, slots: int | None) -> int:
        """Render scenes here, or hand them to the program that owns the data; return the exit code.

        Raises UserError before anything is stored when one of the scenes cannot be rendered.
        """
        catalog = self._catalog()
        prepared = told_apart(
            [prepare(request, catalog=catalog, settings=self.settings) for request in requests]
        )
        self._check(prepared)
        submissions = [SubmitJob(one.spec, str(uuid.uuid4())) for one in prepared]
        ownership = Ownership(self.paths.lock)
        code = be_or_use_owner(ownership, self.paths.lock, lambda owner: self._hand_over(owner, submissions))
        if code is not None:
            return code
        try:
            return self._run(catalog, submissions, ownership=ownership, slots=slots, serves_stored_jobs=False)
        finally:
            ownership.release()

    def resume(self, *, slots: int | None) -> int:
        """Go on with whatever is unfinished; return the exit code."""
        ownership = Ownership(self.paths.lock)
        owner = take_or_reach(ownership, self.paths.lock)
        if owner is not None:
            owner.close()
            text = (
                _("Render Manager is running already with {path}, and goes on by itself.")
                if owner.kind == WINDOW
                else _("Another command (process {pid}) uses {path}. Try again when it is done.")
            )
            raise UserError(text.format(path=self.paths.data_dir, pid=owner.pid))
        try:
            return self._run(self._catalog(), [], ownership=ownership, slots=slots, serves_stored_jobs=True)
        finally:
            ownership.release()

    def _catalog(self) -> Catalog:
        catalog = self.composition.build_catalog(self.paths, self.settings)
        catalog.refresh()
        for complaint in (*catalog.complaints(), *unknown_settings(self.paths)):
            self.speaker.error(complaint)
        return catalog

    def _check(self, prepared: Sequence[Preparation]) -> None:
        """Say what speaks against jobs; raises UserError when one of them cannot be rendered."""
        errors = [problem for one in prepared for problem in one.errors]
        if errors:
            raise UserError(" ".join(f"{problem.text} {problem.advice}".strip() for problem in errors))
        for one in prepared:
            for problem in one.problems:
                self.speaker.error(f"{one.spec.scene}: {problem.text} {problem.advice}".strip())

    def _run(
        self,
        catalog: Catalog,
        submissions: Sequence[SubmitJob],
        *,
        ownership: Ownership,
        slots: int | None,
        serves_stored_jobs: bool,
    ) -> int:
        follower = Follower(speaker=self.speaker, view=self.view)
        channel = ControlServer()
        core = self.composition.build_core(
            paths=self.paths,
            settings=self.settings,
            catalog=catalog,
            # Guests first: the follower may end this program at what it hears.
            subscribers=[channel.publish, follower.receive_changes],
            slots=slots,
            serves_stored_jobs=serves_stored_jobs,
        )
        for notice in core.notices:
            self.speaker.error(notice)
        wanted = {submission.token for submission in submissions}
        if serves_stored_jobs:
            wanted |= self._unfinished(core)
        follower.watch(wanted)

        def take(command: Command) -> None:
            if isinstance(command, SubmitJob) and not follower.watch_guest(command.token):
                raise OwnerIsLeavingError
            core.post(command)

        with interruptible(follower):
            try:
                core.start()
                channel.start(ownership, post=take, leave=follower.interrupt)
                for submission in submissions:
                    core.post(submission)
                return follower.follow() if wanted else EXIT_GOOD
            finally:
                channel.refuse()
                core.stop()
                channel.stop()

    def _unfinished(self, core: RunningCore) -> set[str]:
        """Return the jobs to wait for; those that somebody paused stay paused."""
        unfinished = [job for job in core.reader.jobs() if job.state not in FINISHED_JOBS]
        if not self.speaker.is_json:
            for line in _standing(unfinished, core.reader):
                self.speaker.line(line)
        for job in unfinished:
            if job.paused:
                self.speaker.error(
                    _("Job {job} ({name}) is paused and stays so.").format(job=job.id, name=job.name)
                )
        return {job.uuid for job in unfinished if not job.paused}

    def _hand_over(self, owner: RemoteOwner, submissions: Sequence[SubmitJob]) -> int:
        follower = Follower(speaker=self.speaker, view=self.view)
        follower.watch({submission.token for submission in submissions})
        with interruptible(follower):
            gone = _("The Render Manager that renders (process {pid}) was closed; “resume” goes on.")
            owner.follow(follower.receive, on_end=lambda: follower.interrupt(gone.format(pid=owner.pid)))
            for submission in submissions:
                owner.post(submission)
            if not self.speaker.is_json:
                self.speaker.line(
                    _("Render Manager is running already (process {pid}); the jobs go to it.").format(
                        pid=owner.pid
                    )
                )
            return follower.follow()


def _standing(unfinished: Sequence[JobSnapshot], reader: StateReader) -> Iterator[str]:
    """Yield what there is to go on with, one line a job."""
    if not unfinished:
        yield _("There is nothing to go on with.")
    for job in unfinished:
        left = job.counts[FrameState.PENDING] + job.counts[FrameState.RENDERING]
        text = ngettext(
            "Job {job} ({name}): {left} of {total} frames is left.",
            "Job {job} ({name}): {left} of {total} frames are left.",
            left,
        ).format(job=job.id, name=job.name, left=left, total=job.total_frames)
        waiting = (
            [
                (frame.retry_at, frame.number)
                for frame in reader.frames(job.id, state=FrameState.PENDING)
                if frame.retry_at is not None
            ]
            if job.retry_count
            else []
        )
        if waiting:
            at, frame_number = min(waiting)
            again = _("Frame {frame} is tried again at {time}.")
            text += " " + again.format(frame=frame_number, time=local_time(at))
        yield text
