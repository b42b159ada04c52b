"""The real renderers of this computer: scenes made for them, and rendering without this program."""

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from common import CHILDREN, UnavailableError

from render_manager.domain.jobspec import Existing, JobSpec
from render_manager.engines.blender.engine import BlenderEngine
from render_manager.engines.blender.installations import BlenderFinder
from render_manager.engines.catalog import Catalog
from render_manager.engines.preparing import JobRequest, prepare
from render_manager.engines.probing import ProbeMemory
from render_manager.engines.protocols import Installation, InstallationKind
from render_manager.execution.environment import engine_environment
from render_manager.system.settings import Settings

MAKE_SCENE = CHILDREN / "make_scene.py"
RENDER_RANGE = CHILDREN / "render_range.py"


@dataclass(frozen=True, slots=True)
class Renderer:
    """One installed Blender, as a program or as the bpy wheel."""

    installation: Installation

    @property
    def is_wheel(self) -> bool:
        """Return whether it is a Python that imports bpy."""
        return self.installation.kind is InstallationKind.PYTHON_MODULE

    @property
    def name(self) -> str:
        """Return what figures call it."""
        return f"{'bpy' if self.is_wheel else 'Blender'} {self.installation.version_text}"

    def make_scene(
        self, path: Path, *, size_px: int = 64, samples: int = 4, frames: int = 10, compress: bool = True
    ) -> Path:
        """Have a scene of one moving cube made by this very renderer: Cycles, no denoiser."""
        wish = {"path": str(path), "size_px": size_px, "samples": samples, "frames": frames}
        _run(self._script(MAKE_SCENE, json.dumps({**wish, "compress": compress})))
        return path

    def render_range(self, scene: Path, output: Path, first: int, last: int) -> float:
        """Render frames in one process without this program; return the seconds from its start to its end."""
        output.mkdir(parents=True, exist_ok=True)
        if self.is_wheel:
            wish = {"scene": str(scene), "output": str(output / "frame_"), "first": first, "last": last}
            return self._timed(self._script(RENDER_RANGE, json.dumps(wish)), output, last - first + 1)
        argv = [str(self.installation.executable), "-b", str(scene), "-o", str(output / "frame_####")]
        return self._timed([*argv, "-s", str(first), "-e", str(last), "-a"], output, last - first + 1)

    def render_each(self, scene: Path, output: Path, first: int, last: int) -> float:
        """Render each frame in a process of its own; return the seconds they took together."""
        start = time.perf_counter()
        for frame in range(first, last + 1):
            if self.is_wheel:
                self.render_range(scene, output / str(frame), frame, frame)
                continue
            argv = [str(self.installation.executable), "-b", str(scene)]
            _run([*argv, "-o", str(output / "frame_####"), "-f", str(frame)])
        return time.perf_counter() - start

    def spec(self, scene: Path, output: Path, frames: str) -> JobSpec:
        """Return the job that renders frames of a scene by this renderer through this program."""
        catalog = Catalog([self.engine()])
        catalog.refresh()
        request = JobRequest(
            path=scene,
            frames=frames,
            output=output,
            existing=Existing.OVERWRITE,
            retries=0,
            options={"installation": self.installation.key},
        )
        return prepare(request, catalog=catalog, settings=Settings()).spec

    def engine(self) -> BlenderEngine:
        """Return the engine that knows this installation only."""
        from headless import KnownInstallations  # it imports the whole core

        return BlenderEngine(finder=KnownInstallations(self.installation))  # type: ignore[arg-type]

    def _script(self, script: Path, wish: str) -> list[str]:
        program = str(self.installation.executable)
        if self.is_wheel:
            return [program, str(script), wish]
        return [program, "-b", "--factory-startup", "--python-exit-code", "47", "-P", str(script), "--", wish]

    def _timed(self, argv: Sequence[str], output: Path, frames: int) -> float:
        start = time.perf_counter()
        _run(argv)
        seconds = time.perf_counter() - start
        found = len(list(output.glob("*.png")))
        if found < frames:
            raise RuntimeError(f"{self.name} wrote {found} of {frames} frames")
        return seconds


def renderers() -> list[Renderer]:
    """Return the Blenders of this computer, the wheel of this Python first; raises UnavailableError."""
    found = BlenderFinder(setting=None, memory=ProbeMemory(None)).find().installations
    usable = [Renderer(one) for one in found if not one.problem]
    if not usable:
        raise UnavailableError(
            f"This benchmark needs a blender program on the PATH or the bpy wheel in {sys.executable}."
        )
    return sorted(usable, key=lambda one: not one.is_wheel)


def _run(argv: Sequence[str]) -> None:
    """Run a renderer in the environment this program would give it; raises RuntimeError when it fails."""
    done = subprocess.run(
        argv,
        env=engine_environment({}),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    if done.returncode:
        last = done.stdout.decode("utf-8", "replace").splitlines()[-5:]
        raise RuntimeError(f"{argv[0]} ended with {done.returncode}: {' / '.join(last)}")
