"""The checks before the night: of the computer, of the queue, and of every unfinished job.

Each check is a function that returns findings; they ask disks and programs, so not for the GUI's thread. One
that hangs, as on a share that does not answer, holds up none of the others where they run on several threads.
"""

import logging
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from render_manager.domain.changes import JobSnapshot
from render_manager.domain.errors import UserError
from render_manager.domain.jobspec import JobSpec
from render_manager.domain.moments import size_text, span_text
from render_manager.domain.readiness import Finding, Remedy, Weight
from render_manager.domain.states import FINISHED_JOBS, FrameState
from render_manager.domain.texts import gettext as _
from render_manager.domain.texts import ngettext
from render_manager.engines.catalog import Catalog
from render_manager.engines.outlook import free_bytes, outlook_of
from render_manager.system.power_source import PowerSource, power_source
from render_manager.system.restart_plan import RestartPlan, leaves_out, restart_plan
from render_manager.system.sleep_plan import Ask, SleepPlan, sleep_plan
from render_manager.system.wakefulness import can_keep_awake
from render_manager.system.windows_keys import WindowsRegistry

log = logging.getLogger(__name__)

MOST_FORECAST_JOBS = 200
"""Folders of so many jobs are looked through for the forecast of the disk."""
LEAST_FREE_BYTES = 2_000_000_000
"""With less than this free a disk is as good as full, where the settings do not say what is to stay free."""
K = TypeVar("K")
Findings = Sequence[Finding]
Check = Callable[[], Findings]


@dataclass(frozen=True, slots=True)
class Computer:
    """What is asked of the computer; tests put others in."""

    sleep: Callable[[], SleepPlan | None]
    can_keep_awake: Callable[[], bool]
    restart: Callable[[], RestartPlan | None]
    """Raises OSError."""
    power: Callable[[], PowerSource | None]
    hour: Callable[[], int] = lambda: time.localtime().tm_hour


def this_computer(ask: Ask) -> Computer:
    """Return the questions to this computer; `ask` runs one of the system's programs."""

    def on_battery() -> bool:
        source = power_source()
        return source is not None and source.is_plugged_in is False

    return Computer(
        sleep=lambda: sleep_plan(ask, on_battery=on_battery()),
        can_keep_awake=can_keep_awake,
        restart=lambda: restart_plan(WindowsRegistry()),
        power=power_source,
    )


@dataclass(frozen=True, slots=True)
class ReadinessDesk:
    """Looks at everything that could stop a night; any thread but the GUI's."""

    catalog: Catalog
    slots: int
    engine_slots: dict[str, int]
    thumbnail_dir: Path
    computer: Computer
    reserved_disk_bytes: int | None = None
    """What is to stay free of every disk, for which jobs wait; None where the settings do not say it."""

    def checks(self, jobs: Sequence[JobSnapshot], *, is_held: bool) -> list[Check]:
        """Return the checks to be made, for jobs as they are now; each may run on a thread of its own."""
        unfinished = [job for job in jobs if job.state not in FINISHED_JOBS]
        return [
            _guarded(check)
            for check in (
                lambda: self._queue(unfinished, is_held=is_held),
                lambda: self._engines(unfinished),
                lambda: self._scenes(unfinished),
                lambda: self._outputs(unfinished),
                lambda: self._disks(unfinished),
                self._sleep,
                self._restart,
                self._power,
                self._thumbnails,
            )
        ]

    def _queue(self, jobs: Sequence[JobSnapshot], *, is_held: bool) -> Iterator[Finding]:
        if is_held:
            yield Finding(
                "held",
                Weight.STOPS,
                _("The queue is paused: no further frames are started."),
                _("Let it go on."),
                remedy=Remedy.GO_ON,
            )
        if not jobs:
            yield Finding("empty", Weight.WARNS, _("There is nothing to render."), _("Add scenes."))
            return
        for job in jobs:
            if job.paused:
                text = _("{job} is paused: none of its frames is started.").format(job=job.name)
                yield Finding("paused", Weight.WARNS, text, _("Resume it."), job.id, Remedy.RESUME)
            elif job.needs_help:
                text = _("{job} waits for somebody: {why}").format(job=job.name, why=job.reason)
                yield Finding("needs-help", Weight.STOPS, text, "", job.id, Remedy.SHOW_JOB)
        frames = sum(job.counts[FrameState.PENDING] + job.counts[FrameState.RENDERING] for job in jobs)
        text = ngettext("{count} frame is to be rendered.", "{count} frames are to be rendered.", frames)
        slots = ngettext("{count} engine at a time.", "{count} engines at a time.", self.slots)
        said = f"{text.format(count=frames)} {slots.format(count=self.slots)}"
        yield Finding("queue", Weight.FINE, said)

    def _engines(self, jobs: Sequence[JobSnapshot]) -> Iterator[Finding]:
        wrong = 0
        for key, members in _grouped(jobs, lambda job: (job.engine, job.installation)).items():
            engine_id, installation = key
            finding = self._engine(engine_id, installation, members)
            if finding is not None:
                wrong += 1
                yield finding
        if jobs and not wrong:
            yield Finding("engines", Weight.FINE, _("The programs of all jobs are there."))

    def _engine(self, engine_id: str, key: str, jobs: Sequence[JobSnapshot]) -> Finding | None:
        names = _names(jobs)
        try:
            found = self.catalog.installation(key)
            engine = self.catalog.engine(engine_id)
        except UserError as error:
            text = _("{jobs} cannot be rendered: {why}").format(jobs=names, why=error)
            advice = _("Install it again, or queue the scene for another version.")
            return Finding("engine", Weight.STOPS, text, advice, jobs[0].id, Remedy.SETTINGS)
        if found is None:
            text = _("Programs are still looked for; whether {jobs} can be rendered is not known yet.")
            return Finding("engine", Weight.UNKNOWN, text.format(jobs=names), _("Check again in a moment."))
        if found.problem:
            text = _("{jobs} cannot be rendered: {why}").format(jobs=names, why=found.problem)
            return Finding("engine", Weight.STOPS, text, "", jobs[0].id, Remedy.SETTINGS)
        if not self.engine_slots.get(engine_id, self.slots):
            text = _("{jobs} cannot be rendered: no {engine} may run, its slots are set to 0.")
            said = text.format(jobs=names, engine=engine.name)
            return Finding("slots", Weight.STOPS, said, _("Give it a slot."), jobs[0].id, Remedy.SETTINGS)
        return None

    def _scenes(self, jobs: Sequence[JobSnapshot]) -> Iterator[Finding]:
        wrong = 0
        for path, members in _grouped(jobs, lambda job: job.project_file).items():
            try:
                with path.open("rb") as file:
                    file.read(1)
            except OSError as error:
                wrong += 1
                text = _("The scene {path} cannot be read: {why}.").format(path=path, why=_why(error))
                advice = _("Put it back, or connect its drive.")
                yield Finding("scene", Weight.STOPS, text, advice, members[0].id, Remedy.SHOW_JOB)
        if jobs and not wrong:
            yield Finding("scenes", Weight.FINE, _("The scenes of all jobs can be read."))

    def _outputs(self, jobs: Sequence[JobSnapshot]) -> Iterator[Finding]:
        wrong = 0
        for folder, members in _grouped(jobs, lambda job: job.output_dir).items():
            problem = write_problem(folder)
            if problem:
                wrong += 1
                text = _("The output folder {path} cannot be written to: {why}.")
                said = text.format(path=folder, why=problem)
                advice = _("Connect its drive, or give yourself the right to write there.")
                yield Finding("output", Weight.STOPS, said, advice, members[0].id, Remedy.SHOW_JOB)
        if jobs and not wrong:
            yield Finding("outputs", Weight.FINE, _("The output folders of all jobs can be written to."))

    def _thumbnails(self) -> Iterator[Finding]:
        problem = write_problem(self.thumbnail_dir)
        if problem:
            text = _("The folder for thumbnails, {path}, cannot be written to: {why}.")
            said = text.format(path=self.thumbnail_dir, why=problem)
            advice = _("Frames are rendered all the same; choose another folder to see pictures of them.")
            yield Finding("thumbnails", Weight.WARNS, said, advice, remedy=Remedy.SETTINGS)

    def _disks(self, jobs: Sequence[JobSnapshot]) -> Iterator[Finding]:
        for members in _grouped(jobs[:MOST_FORECAST_JOBS], lambda job: _volume(job.output_dir)).values():
            place = members[0].output_dir
            free = free_bytes(place)
            if free is None:
                text = _("How much room is left for {path} could not be found out.").format(path=place)
                yield Finding("disk", Weight.UNKNOWN, text)
                continue
            low, high, unknown = self._forecast(members)
            yield _disk_finding(place, free, low, high, unknown, reserved=self.reserved_disk_bytes)

    def _forecast(self, jobs: Sequence[JobSnapshot]) -> tuple[int, int, int]:
        """Return the least and the most bytes that are to come, and of how many jobs nothing is known."""
        low = high = unknown = 0
        for job in jobs:
            left = job.counts[FrameState.PENDING] + job.counts[FrameState.RENDERING]
            try:
                outlook = outlook_of(spec_of(job), self.catalog.engine(job.engine))
            except (OSError, UserError) as error:
                log.info("no forecast for job %s: %s", job.id, error)
                unknown += 1
                continue
            if outlook.forecast is None or not outlook.to_render:
                unknown += bool(left and outlook.to_render)
                continue
            share = min(left / outlook.to_render, 1.0)
            low += int(outlook.forecast.low_bytes * share)
            high += int(outlook.forecast.high_bytes * share)
        return low, high, unknown

    def _sleep(self) -> Iterator[Finding]:
        plan = self.computer.sleep()
        if plan is not None and plan.after_s is None:
            yield Finding("sleep", Weight.FINE, _("This computer does not go to sleep by itself."))
            return
        is_kept_awake = self.computer.can_keep_awake()
        after = "" if plan is None or plan.after_s is None else span_text(plan.after_s)
        if is_kept_awake:
            text = _("Render Manager keeps the computer awake while frames are rendered.")
            if after:
                text += " " + _("Otherwise it sleeps after {time}.").format(time=after)
            yield Finding("sleep", Weight.FINE, text)
        elif after:
            text = _("This computer goes to sleep after {time}, and offers no way to keep it awake.")
            advice = _("Switch that off in the energy settings of the system for the night.")
            yield Finding("sleep", Weight.STOPS, text.format(time=after), advice)
        else:
            text = _("Whether this computer goes to sleep by itself could not be found out.")
            advice = _("Look into the energy settings of the system.")
            yield Finding("sleep", Weight.UNKNOWN, text, advice)

    def _restart(self) -> Iterator[Finding]:
        try:
            plan = self.computer.restart()
        except OSError as error:
            text = _("Whether the system waits for a restart could not be found out: {why}.")
            yield Finding("restart", Weight.UNKNOWN, text.format(why=_why(error)))
            return
        if plan is not None:
            yield _restart_finding(plan, self.computer.hour())

    def _power(self) -> Iterator[Finding]:
        source = self.computer.power()
        if source is None:
            return
        if source.is_plugged_in is None:
            yield Finding("power", Weight.UNKNOWN, _("Whether this computer is plugged in is not known."))
        elif source.is_plugged_in:
            yield Finding("power", Weight.FINE, _("The computer is plugged in."))
        else:
            text = _("The computer runs on its battery, which has {percent:.0f} % left.")
            yield Finding("power", Weight.STOPS, text.format(percent=source.percent), _("Plug it in."))


def write_problem(folder: Path) -> str:
    """Return why nothing can be written below a folder, empty when it can; a folder not there is not made."""
    place = next((one for one in (folder, *folder.parents) if one.exists()), folder)
    try:
        with tempfile.NamedTemporaryFile(prefix=".render-manager-", dir=place) as file:
            file.write(b"test")
            file.flush()
    except OSError as error:
        return _why(error)
    return ""


def spec_of(job: JobSnapshot) -> JobSpec:
    """Return what a stored job asks for."""
    return JobSpec(
        name=job.name,
        scene=job.project_file,
        engine=job.engine,
        installation=job.installation,
        frames=job.frames,
        output_dir=job.output_dir,
        output_name=job.output_name,
        output_suffix=job.output_suffix,
        existing=job.existing,
        priority=job.priority,
        max_retries=job.max_retries,
        retry_delay_s=job.retry_delay_s,
        project=job.project,
        options=dict(job.options),
        width=job.width,
        height=job.height,
        fps=job.fps,
        limits=job.limits,
    )


def _disk_finding(
    place: Path, free: int, low: int, high: int, unknown: int, *, reserved: int | None
) -> Finding:
    room = size_text(free)
    usable = free - (reserved or 0)
    least_usable = LEAST_FREE_BYTES if reserved is None else 0
    least, most = size_text(low), size_text(high)
    wanted = most if least == most else f"{least} – {most}"
    advice = _("Make room, or render elsewhere.")
    if reserved:
        kept = _("{size} are to stay free by the settings.").format(size=size_text(reserved))
        advice = f"{kept} {advice}"
    if low > usable or usable < least_usable:
        text = _("The disk of {path} is too full: {free} are free, and {wanted} are to come.")
        return Finding("disk", Weight.STOPS, text.format(path=place, free=room, wanted=wanted), advice)
    if high > usable:
        text = _("The disk of {path} may become full: {free} are free, and {wanted} are to come.")
        return Finding("disk", Weight.WARNS, text.format(path=place, free=room, wanted=wanted), advice)
    if unknown:
        text = _("{free} are free on the disk of {path}; how much is to come is not known of every job.")
        return Finding("disk", Weight.UNKNOWN, text.format(path=place, free=room))
    text = _("{free} are free on the disk of {path}, and {wanted} are to come.")
    return Finding("disk", Weight.FINE, text.format(path=place, free=room, wanted=wanted))


def _restart_finding(plan: RestartPlan, hour: int) -> Finding:
    if not plan.is_pending:
        return Finding("restart", Weight.FINE, _("No restart of the system is due."))
    text = _("Updates wait for a restart of the computer.")
    if plan.active_hours is None:
        advice = _("Restart now, or the system may do it in the night.")
        return Finding("restart", Weight.WARNS, text, advice)
    start, end = plan.active_hours
    hours = _("Windows does not restart by itself from {start}:00 to {end}:00.").format(start=start, end=end)
    night = [one % 24 for one in range(hour, hour + 12)]
    if any(leaves_out(plan.active_hours, one) for one in night):
        advice = _("Restart now, or put the restart off in the settings of Windows.")
        return Finding("restart", Weight.STOPS, f"{text} {hours}", advice)
    return Finding("restart", Weight.WARNS, f"{text} {hours}", _("Better restart now."))


def _guarded(check: Callable[[], Iterable[Finding]]) -> Check:
    """Return a check that does not fail: a mistake in one must not hide what the others found."""

    def run() -> Findings:
        try:
            return tuple(check())
        except Exception as error:
            log.exception("a check before the night")
            text = _("A check could not be made: {error}.").format(error=error)
            return (Finding("internal", Weight.UNKNOWN, text),)

    return run


def _grouped(jobs: Iterable[JobSnapshot], key: Callable[[JobSnapshot], K]) -> dict[K, list[JobSnapshot]]:
    groups: dict[K, list[JobSnapshot]] = {}
    for job in jobs:
        groups.setdefault(key(job), []).append(job)
    return groups


def _names(jobs: Sequence[JobSnapshot]) -> str:
    if len(jobs) == 1:
        return jobs[0].name
    rest = len(jobs) - 1
    text = ngettext("{name} and {count} other job", "{name} and {count} other jobs", rest)
    return text.format(name=jobs[0].name, count=rest)


def _volume(folder: Path) -> int | None:
    """Return the number of a folder's disk, or of the nearest one above it that exists."""
    for place in (folder, *folder.parents):
        try:
            return place.stat().st_dev
        except OSError:
            continue
    return None


def _why(error: OSError) -> str:
    return error.strerror or type(error).__name__
