"""The whole core on real engines, or on the stand-in: built as the program builds it, told and watched."""

import queue
import shutil
import subprocess
import sys
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from render_manager.assembly import Core, build_core, plain_pools
from render_manager.domain import facts
from render_manager.domain.changes import (
    AttemptRecord,
    ChangeSet,
    FrameProgress,
    FrameRow,
    JobSnapshot,
    Notice,
)
from render_manager.domain.commands import Command, SubmitJob
from render_manager.domain.facts import Fact
from render_manager.domain.jobspec import JobSpec
from render_manager.domain.states import FINISHED_JOBS, FrameState
from render_manager.engines.blender.engine import BlenderEngine
from render_manager.engines.blender.installations import BlenderFinder
from render_manager.engines.catalog import Catalog
from render_manager.engines.preparing import JobRequest, prepare
from render_manager.engines.probing import ProbeMemory
from render_manager.engines.protocols import Engine, FoundInstallations, Installation
from render_manager.media import examine
from render_manager.scheduling.ports import Clock
from render_manager.scheduling.staging import STAGING_NAME
from render_manager.system.paths import app_paths
from render_manager.system.settings import Settings

MAKER = Path(__file__).with_name("make_scenes.py")


@dataclass(frozen=True)
class RealBlender:
    """A Blender of this computer and scenes that it made itself."""

    installation: Installation
    scenes: Path

    def scene(self, name: str, folder: Path) -> Path:
        """Copy a scene into a test's own folder, so that what lies beside it is the test's."""
        folder.mkdir(parents=True, exist_ok=True)
        return Path(shutil.copy(self.scenes / f"{name}.blend", folder / f"{name}.blend"))


def make_scenes(installation: Installation, folder: Path) -> RealBlender:
    """Have an installation make all scenes in one go."""
    program = str(installation.executable)
    if installation.kind.value == "program":
        command = [program, "--factory-startup", "-b", "-P", str(MAKER), "--", str(folder)]
    else:
        command = [program, str(MAKER), "--", str(folder)]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    made = list(folder.glob("*.blend"))
    assert len(made) >= 10, done.stdout.decode(errors="replace")[-2000:]
    return RealBlender(installation, folder)


def find_installation(program: Path) -> Installation:
    """Ask one program which Blender it is."""
    found = BlenderFinder(setting=program, memory=ProbeMemory(None)).find().installations
    return next(one for one in found if one.executable == program)


class OneInstallation:
    """A finder that knows what the test uses."""

    def __init__(self, *installations: Installation) -> None:
        self._found = FoundInstallations(installations)

    def find(self) -> FoundInstallations:
        return self._found


class Program:
    """One run of the program without a face."""

    def __init__(
        self,
        folder: Path,
        *installations: Installation,
        slots: int = 1,
        engines: Sequence[Engine] = (),
        clock: Clock | None = None,
        **settings: Any,
    ) -> None:
        """Take the Blenders there are, or in their place other engines that look for themselves."""
        self.paths = app_paths(folder / "base")
        self.paths.make()
        self.settings = Settings(**{"retry_delay": 0.2, "max_retries": 2, **settings})
        finder: Any = OneInstallation(*installations)
        self.catalog = Catalog(engines or [BlenderEngine(finder=finder)])
        self.catalog.refresh()
        self._changes: queue.SimpleQueue[ChangeSet] = queue.SimpleQueue()
        self.facts: list[Fact] = []
        self.progress: list[FrameProgress] = []
        self.notices: list[Notice] = []
        self.jobs: dict[str, JobSnapshot] = {}
        self.core: Core = build_core(
            paths=self.paths,
            settings=self.settings,
            catalog=self.catalog,
            subscribers=[self._changes.put],
            pools=plain_pools(),
            slots=slots,
            clock=clock,
        )
        self.core.start()

    def __enter__(self) -> "Program":
        return self

    def __exit__(self, *_error: object) -> None:
        self.core.stop()

    def spec(self, scene: Path, **wishes: Any) -> JobSpec:
        found = prepare(JobRequest(scene, **wishes), catalog=self.catalog, settings=self.settings)
        assert not found.errors, found.errors
        return found.spec

    def submit(self, scene: Path, **wishes: Any) -> str:
        return self.submit_spec(self.spec(scene, **wishes))

    def submit_spec(self, spec: JobSpec) -> str:
        token = str(uuid.uuid4())
        self.core.post(SubmitJob(spec, token))
        return token

    def post(self, command: Command) -> None:
        self.core.post(command)

    def take(self, timeout_s: float) -> bool:
        """Take in the next change; return False when none comes in time."""
        try:
            changes = self._changes.get(timeout=timeout_s)
        except queue.Empty:
            return False
        self.facts += changes.facts
        self.notices += changes.notices
        self.progress += [progress for progress in changes.progress.values() if progress is not None]
        for job in changes.jobs.values():
            self.jobs[job.uuid] = job
        return True

    def wait_for(self, condition: Any, what: str, *, timeout_s: float = 90.0) -> None:
        """Wait until something that changes tell is so."""
        until = time.monotonic() + timeout_s
        while not condition():
            if not self.take(max(until - time.monotonic(), 0.0)):
                raise AssertionError(f"did not happen: {what}; {[j.reason for j in self.jobs.values()]}")

    def wait_finished(self, *tokens: str) -> JobSnapshot:
        """Wait until jobs are finished and return the last one."""
        self.wait_for(
            lambda: all(token in self.jobs and self.jobs[token].state in FINISHED_JOBS for token in tokens),
            f"the end of {tokens}",
        )
        return self.jobs[tokens[-1]]

    def wait_fact(self, kind: type, count: int = 1) -> list[Any]:
        """Wait for facts of a kind and return them all."""
        self.wait_for(lambda: len(self.of(kind)) >= count, f"{count} {kind.__name__}")
        return self.of(kind)

    def of(self, kind: type) -> list[Any]:
        return [fact for fact in self.facts if isinstance(fact, kind)]

    def render(self, scene: Path, **wishes: Any) -> JobSnapshot:
        return self.wait_finished(self.submit(scene, **wishes))

    def rows(self, job: JobSnapshot) -> dict[int, FrameRow]:
        return {row.number: row for row in self.core.reader.frames(job.id)}

    def states(self, job: JobSnapshot) -> dict[int, FrameState]:
        return {number: row.state for number, row in self.rows(job).items()}

    def attempts(self, job: JobSnapshot) -> list[AttemptRecord]:
        return list(self.core.reader.attempts(job.id))

    def completed_in_order(self, job: JobSnapshot) -> list[int]:
        return [fact.frame for fact in self.of(facts.FrameCompleted) if fact.job_id == job.id]

    def log_of(self, attempt: AttemptRecord) -> str:
        """Return an attempt's part of its log."""
        data = Path(attempt.log_path).read_bytes()
        return data[attempt.log_start : attempt.log_end].decode("utf-8", "replace")


def pictures(folder: Path) -> list[str]:
    """Return the names in a folder but the hidden one of ours, after decoding every picture to its end."""
    names = sorted(path.name for path in folder.iterdir()) if folder.exists() else []
    names = [name for name in names if name != STAGING_NAME]
    for name in names:
        examine(folder / name)
    return names


def no_staging_left(*folders: Path) -> bool:
    return not any((folder / STAGING_NAME).exists() for folder in folders)


def frame_names(frames: Sequence[int], pattern: str = "frame_{:04d}.png") -> list[str]:
    return sorted(pattern.format(frame) for frame in frames)


def this_python() -> Path:
    return Path(sys.executable)
