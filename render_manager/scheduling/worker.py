"""One worker: an engine process, its log file, and the thread that reads what it prints.

`EngineWorker.run` lives on a pool thread from the start of the process to the end of its tree; the other
methods are called by the owner thread and return at once. What the output means goes to the owner as
messages: progress at most every 100 ms, everything else as it comes. The pipe itself slows an engine that
prints faster than its lines are read.
"""

import logging
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Protocol

from render_manager.domain.diagnosis import Diagnosis
from render_manager.domain.errors import UserError
from render_manager.domain.jobspec import JobSpec
from render_manager.domain.outcome import ProcessOutcome
from render_manager.domain.scene import Severity
from render_manager.domain.texts import gettext as _
from render_manager.engines.events import (
    EngineEvent,
    EngineReady,
    FileWritten,
    FrameAdvanced,
    FrameBegan,
    FrameEnded,
    FrameErred,
    Remark,
)
from render_manager.engines.protocols import Engine, FrameTask, LineParser, RunMode
from render_manager.execution.environment import engine_environment
from render_manager.execution.lines import Line, LineSplitter
from render_manager.execution.process import Courtesy, RunningProcess, StartError
from render_manager.execution.start import start_process
from render_manager.scheduling.log_file import LogFile
from render_manager.scheduling.memory_watch import MemoryWatch
from render_manager.scheduling.messages import SceneRead, SceneTouched, WorkerEnded, WorkerSaid
from render_manager.scheduling.policy import DISK_FULL
from render_manager.scheduling.ports import Pool, WorkerOrder
from render_manager.scheduling.refusals import cannot_use_folder
from render_manager.scheduling.scene_files import make_copy, version_of
from render_manager.scheduling.staging import make_job_staging
from render_manager.scheduling.vigil import Intervention, Pace
from render_manager.scheduling.watcher import Watcher

log = logging.getLogger(__name__)

PROGRESS_EVERY_S = 0.1


class EngineOf(Protocol):
    """Finds an engine by its id."""

    def __call__(self, engine_id: str) -> Engine:
        """Return the engine."""
        ...


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is the same for all workers that are started."""

    env: Mapping[str, str | None]
    """Changes to the environment of engines."""
    memory: MemoryWatch
    courtesy: Courtesy
    copying: threading.Lock = field(default_factory=threading.Lock)
    """Held while a scene is copied: workers of one job start together, and must read the same scene."""


class EngineWorkerFactory:
    """Starts workers on a pool of threads."""

    def __init__(
        self,
        *,
        engine_of: EngineOf,
        pool: Pool,
        env: Mapping[str, str | None],
        memory: MemoryWatch,
        courtesy: Courtesy | None = None,
    ) -> None:
        self._engine_of = engine_of
        self._pool = pool
        self._surroundings = Surroundings(env, memory, courtesy or Courtesy())

    def set_courtesy(self, courtesy: Courtesy) -> None:
        """Let workers that are started from now on make room for others in this way; any thread."""
        self._surroundings = replace(self._surroundings, courtesy=courtesy)

    def start(self, order: WorkerOrder, post: Callable[[object], None]) -> "EngineWorker":
        """Start a worker without waiting for it."""
        worker = EngineWorker(order, self._engine_of(order.spec.engine), self._surroundings, post)
        self._pool.submit(worker.run)
        return worker


class EngineWorker:
    """One run of an engine's process."""

    def __init__(
        self,
        order: WorkerOrder,
        engine: Engine,
        surroundings: Surroundings,
        post: Callable[[object], None],
    ) -> None:
        self._order = order
        self._engine = engine
        self._surroundings = surroundings
        self._post = post
        self._lock = threading.Lock()
        self._parser_lock = threading.Lock()
        """Held while a line is read and while what it means is told, by whichever thread has the line."""
        self._process: RunningProcess | None = None
        self._found: tuple[int, ...] = ()
        self._intervention: Intervention | None = None
        self._pace = Pace(time.monotonic(), is_waiting=not order.tasks)
        self._staging_dir = order.tasks[0].staging_dir if order.tasks else None
        """Of the frame that a resident worker is at."""
        self._waiting: deque[str] = deque()
        self._dismissed = False
        self._killed = False
        self._next_progress_at = 0.0
        self._held: WorkerSaid | None = None
        """Progress that came too soon after other progress."""

    def assign(self, task: FrameTask) -> None:
        """Hand over the next frame; before the process is up it waits."""
        self._staging_dir = task.staging_dir
        self._pace.handed(time.monotonic())
        self._send(self._engine.frame_order(task))

    def dismiss(self) -> None:
        """Ask the process to end when it is idle."""
        self._send(self._engine.farewell())
        with self._lock:
            self._dismissed = True
            if self._process is not None:
                self._process.close_input()

    def kill(self) -> None:
        """End the process tree, now or as soon as it is started."""
        with self._lock:
            self._killed = True
            if self._process is not None:
                self._process.kill()

    def run(self) -> None:
        """Start the process, read it to its end, and say how it ended; on a pool thread."""
        offset = 0
        diagnosis = None
        try:
            self._make_staging()
            outcome, offset = self._run()
        except _CannotBeginError as error:
            outcome = ProcessOutcome(exit_code=None, start_error=error.diagnosis.text)
            diagnosis = error.diagnosis
        except StartError as error:
            outcome = ProcessOutcome(exit_code=None, start_error=str(error), was_killed=self._killed)
        except UserError as error:
            outcome = ProcessOutcome(exit_code=None, start_error=str(error))
        except Exception as error:  # a worker thread must always say how it ended, or its slot is lost
            log.exception("worker %s", self._order.worker_id)
            outcome = ProcessOutcome(
                exit_code=None, start_error=_("Internal error: {error}.").format(error=error)
            )
        self._post(
            WorkerEnded(
                self._order.worker_id,
                outcome,
                offset,
                diagnosis,
                self._found,
                intervention=self._intervention,
            )
        )

    def _make_staging(self) -> None:
        order = self._order
        try:
            make_job_staging(order.spec.output_dir, order.job_uuid)
            if order.mode is RunMode.BATCH:
                for folder in {task.staging_dir for task in order.tasks}:
                    folder.mkdir(exist_ok=True)
        except OSError as error:
            raise _CannotBeginError(cannot_use_folder(order.spec.output_dir, error)) from error

    def _run(self) -> tuple[ProcessOutcome, int]:
        order = self._order
        token = os.urandom(4).hex()
        spec = self._spec_to_read()
        invocation = self._engine.invocation(
            spec, order.installation, order.tasks, mode=order.mode, token=token
        )
        frames = [task.frame for task in order.tasks] if order.mode is RunMode.BATCH else []
        parser = self._engine.parser(token, spec, frames)
        with LogFile(order) as log_file:
            log_file.head(invocation.argv)
            process = start_process(
                invocation.argv,
                env=engine_environment({**self._surroundings.env, **invocation.env}),
                cwd=invocation.cwd,
                spares=invocation.spares,
                courtesy=self._surroundings.courtesy,
            )
            watcher = Watcher(
                order=order,
                invocation=invocation,
                process=process,
                pace=self._pace,
                memory=self._surroundings.memory,
                scene=spec.scene,
                log_bytes=lambda: log_file.size + log_file.lost,
                heard=partial(self._hear, parser, log_file),
                found=partial(self._find, log_file),
                ended=self._intervene,
                touched=lambda: self._post(SceneTouched(order.worker_id)),
                staging_dir=lambda: self._staging_dir,
            )
            try:
                self._greet(process, invocation.greeting)
                watcher.start()
                outcome = self._read(process, parser, log_file)
            except BaseException:
                # Nothing may run on, nor stay open, once the end of this worker is told.
                process.kill()
                process.wait()
                raise
            finally:
                watcher.stop()
            for event in parser.finish(outcome):
                self._say(event, log_file.size)
            if not self._killed:
                self._found = watcher.left()
            return outcome, log_file.size

    def _greet(self, process: RunningProcess, greeting: tuple[str, ...]) -> None:
        with self._lock:
            self._process = process
            if self._killed:
                process.kill()
                return
            resident = self._order.mode is RunMode.RESIDENT
            first = [self._engine.frame_order(task) for task in self._order.tasks] if resident else []
            for line in (*greeting, *first, *self._waiting):
                process.write_line(line)
            self._waiting.clear()
            if self._dismissed or not resident:
                process.close_input()

    def _read(self, process: RunningProcess, parser: LineParser, log_file: LogFile) -> ProcessOutcome:
        splitter = LineSplitter()
        head = log_file.given
        is_told = False
        while chunk := process.read():
            log_file.write(chunk)
            if log_file.trouble and not is_told:
                is_told = True
                with self._parser_lock:
                    self._say(_log_has_gaps(self._order.log_path, log_file.trouble), log_file.size)
            for line in splitter.feed(chunk):
                self._feed(parser, line, head, log_file)
        for line in splitter.finish():
            self._feed(parser, line, head, log_file)
        return process.wait()

    def _feed(self, parser: LineParser, line: Line, head: int, log_file: LogFile) -> None:
        with self._parser_lock:
            for event in parser.feed(line.text):
                # A log that stopped growing has no place for what is said after that.
                self._say(event, log_file.place_of(head + line.end))

    def _say(self, event: EngineEvent, offset: int) -> None:
        if isinstance(event, FileWritten):
            return
        self._keep_pace(event)
        held, self._held = self._held, None
        if isinstance(event, FrameAdvanced):
            now = time.monotonic()
            if now < self._next_progress_at:
                self._held = WorkerSaid(self._order.worker_id, event, offset, None)
            if held is not None and _frame_of(held) != event.frame:
                # The last word of a frame that goes on elsewhere, as one on its way to the disk.
                self._post(held)
            if self._held is not None:
                return
            self._next_progress_at = now + PROGRESS_EVERY_S
        elif held is not None and isinstance(event, FrameBegan):
            self._post(held)
        peak = None
        if isinstance(event, FrameEnded) and self._process is not None:
            peak = self._process.peak_memory_bytes()
        self._post(WorkerSaid(self._order.worker_id, event, offset, peak))

    def _send(self, line: str) -> None:
        with self._lock:
            if self._process is None:
                self._waiting.append(line)
            else:
                self._process.write_line(line)

    def _hear(self, parser: LineParser, log_file: LogFile, lines: Sequence[str]) -> None:
        """Read lines that came by another way than the output."""
        with self._parser_lock:
            for line in lines:
                for event in parser.feed(line):
                    self._say(event, log_file.size)

    def _find(self, log_file: LogFile, frames: Sequence[int]) -> None:
        """Tell of frames whose files are all there."""
        with self._parser_lock:
            for frame in frames:
                self._say(FrameEnded(frame), log_file.size)

    def _spec_to_read(self) -> JobSpec:
        """Return the spec with the scene that is read now, and tell what state that is in."""
        order = self._order
        spec = order.spec
        try:
            if spec.keeps_copy:
                with self._surroundings.copying:
                    spec = replace(spec, scene=make_copy(spec.scene, order.job_uuid))
            self._post(SceneRead(order.worker_id, version_of(spec.scene, order.scene)))
        except OSError as error:
            if spec.keeps_copy:
                raise _not_copied(spec.scene, error) from error
            # The engine says what is wrong with it, in words that are known.
            log.info("%s cannot be looked at: %s", spec.scene, error)
        return spec

    def _keep_pace(self, event: EngineEvent) -> None:
        if isinstance(event, EngineReady | FrameBegan):
            self._pace.began(time.monotonic())
        elif isinstance(event, FrameEnded | FrameErred):
            self._pace.ended(time.monotonic(), waits=self._order.mode is RunMode.RESIDENT)

    def _intervene(self, intervention: Intervention) -> None:
        """End a process that is stuck, too slow, too hungry, or waits for somebody."""
        self._intervention = intervention
        with self._lock:
            if self._process is not None:
                self._process.kill()


class _CannotBeginError(Exception):
    """The staging folder or the copy of the scene could not be made; carries the diagnosis."""

    def __init__(self, diagnosis: Diagnosis) -> None:
        super().__init__(diagnosis.text)
        self.diagnosis = diagnosis


def _not_copied(scene: Path, error: OSError) -> Exception:
    """Return what is said of a scene that could not be copied; its disk may have room, or be back, later."""
    text = _("{scene} could not be copied to render from the copy: {why}.")
    said = text.format(scene=scene, why=error.strerror or error)
    diagnosis = cannot_use_folder(scene.parent, error)
    if diagnosis.permanent or isinstance(error, FileNotFoundError):
        return UserError(said)
    advice = diagnosis.advice if diagnosis.code == DISK_FULL else _("Put it back, or connect its drive.")
    return _CannotBeginError(replace(diagnosis, text=said, advice=advice))


def _log_has_gaps(path: Path, why: str) -> Remark:
    return Remark(
        code="log-gaps",
        severity=Severity.WARNING,
        line="",
        meaning=_("The log {path} has gaps, since it could not be written: {why}.").format(
            path=path, why=why
        ),
        advice=_("Make room on that disk; the frames are not concerned."),
    )


def _frame_of(message: WorkerSaid) -> int | None:
    return message.event.frame if isinstance(message.event, FrameAdvanced) else None
