"""Makes the pictures of the window that README shows: `python -m tools.screenshots`.

Renders the sample scene for real (with the bpy wheel or Blender, about a minute), opens the real window over
it without a display, and writes one PNG for each state, language and appearance. Jobs beside the sample are
made up and only in the table.
"""

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PIL import Image

from render_manager.domain.changes import ChangeSet, JobSnapshot
from render_manager.domain.frameset import FrameSet
from render_manager.domain.states import FrameState, JobState
from render_manager.domain.texts import gettext as _
from render_manager.system.language import speak_language
from render_manager.system.ownership import Ownership
from render_manager.system.paths import app_paths

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from render_manager.program import WindowProgram

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "screenshots"
SIZE_PX = (1280, 720)
PATIENCE_S = 60.0
Take = Callable[[str, "QWidget"], None]


def render_sample(base: Path) -> None:
    """Render the sample scene into a folder of its own."""
    command = [sys.executable, str(ROOT / "main.py"), "--base-dir", str(base), "demo", "--headless"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def made_up_jobs(like: JobSnapshot, now: float) -> dict[int, JobSnapshot]:
    """Return jobs in every state, to stand beside the sample's in the table."""
    facts = (
        (901, "sh010_lighting_v012", "maya", JobState.RUNNING, 5, 120, {"completed": 41, "rendering": 1}),
        (902, "intro_v12", "unreal", JobState.PENDING, 8, 240, {}),
        (903, "forest_fx_v003", "blender", JobState.FAILED, 5, 250, {"completed": 247, "failed": 3}),
        (904, "kitchen_turntable", "maya", JobState.PAUSED, 2, 96, {"completed": 12, "skipped": 20}),
    )
    reasons = {
        JobState.PENDING: _("Waits for a free slot."),
        JobState.FAILED: _("{count} frames failed.").format(count=3),
    }
    jobs = {}
    for number, name, engine, state, priority, total, counted in facts:
        counts = dict.fromkeys(FrameState, 0) | {FrameState(word): count for word, count in counted.items()}
        counts[FrameState.PENDING] = total - sum(counts.values())
        done = counts[FrameState.COMPLETED]
        jobs[number] = replace(
            like,
            id=number,
            uuid=f"made-up-{number}",
            name=name,
            engine=engine,
            project_file=Path(f"D:/show/{name}.{'ma' if engine == 'maya' else engine}"),
            state=state,
            reason=reasons.get(state, ""),
            priority=priority,
            position=float(number),
            paused=state is JobState.PAUSED,
            frames=FrameSet.span(1, total),
            total_frames=total,
            counts=counts,
            progress=100.0 * done / total,
            rendered_frames=done,
            render_seconds=done * 18.4,
            started_at=None if state is JobState.PENDING else now - done * 18.4,
            finished_at=now - 4000 if state is JobState.FAILED else None,
        )
    return jobs


async def until(condition: Callable[[], object]) -> None:
    """Wait for something that is to be seen."""
    give_up_at = time.monotonic() + PATIENCE_S
    while not condition():
        if time.monotonic() > give_up_at:
            raise TimeoutError
        await asyncio.sleep(0.02)


async def calm(seconds: float = 0.8) -> None:
    """Let pictures arrive and fade in."""
    await asyncio.sleep(seconds)


async def take_all(program: "WindowProgram", take: Take) -> None:
    """Go through the states of the window and take a picture of each."""
    from render_manager.ui.settings.dialog import SettingsDialog  # after Qt knows its platform

    window = program.window
    window.resize(*SIZE_PX)
    await program.intake.engines_known.wait()
    await until(window.jobs.model.rowCount)
    (sample,) = window.jobs.model.jobs()
    window.apply(ChangeSet(jobs=made_up_jobs(sample, time.time())))
    window.jobs.select_job(sample.id)
    await until(lambda: window.frames.model.rowCount() == sample.total_frames)
    await calm(1.5)
    window.jobs.table.scrollTo(window.jobs.table.currentIndex())
    await calm()
    take("jobs", window)
    window.actions_by_name["frames_times"].trigger()
    window.actions_by_name["frames_table"].trigger()
    await calm(2.0)
    take("frames-table", window)
    window.actions_by_name["frames_times"].trigger()
    window.actions_by_name["frames_grid"].trigger()
    window.viewer.look_at((sample.id, 12))
    await until(lambda: window.viewer.window is not None)
    viewer = window.viewer.window
    assert viewer is not None
    viewer.resize(*SIZE_PX)
    await calm(1.5)
    take("viewer", viewer)
    window.viewer.finish()
    program.intake.take([sample.project_file])
    await until(lambda: window.submit.drafts and window.submit.drafts[0].result is not None)
    await calm(1.5)
    take("analysis", window)
    window.submit.close_panel()
    window.actions_by_name["morning"].trigger()
    await calm(1.5)
    take("morning", window)
    window.actions_by_name["leave"].trigger()
    await calm(3.0)
    take("leave", window)
    window.pages.show_whole()
    window.actions_by_name["settings"].trigger()
    await until(lambda: window.findChild(SettingsDialog))
    dialog = window.findChild(SettingsDialog)
    assert dialog is not None
    await calm()
    take("settings", dialog)
    dialog.close()


def run(base: Path, language: str, appearance: str, take: Take) -> None:
    """Open the window in a language and an appearance, and take every picture."""
    from render_manager.window import open_painted, program_behind

    speak_language(language)
    paths = app_paths(base)
    paths.make()
    ownership = Ownership(paths.lock)
    if not ownership.take():
        raise SystemExit(f"{paths.lock} is held by another program")
    program = program_behind(open_painted(None, appearance=appearance, language=language), paths, ownership)
    problems: list[BaseException] = []

    async def scenario(work: Awaitable[None]) -> None:
        try:
            await work
        except Exception as problem:  # noqa: BLE001 - raised again outside the loop
            problems.append(problem)
        program.stop()

    program.spawn(scenario(take_all(program, take)))
    program.run([], is_demo=False)
    ownership.release()
    if problems:
        raise problems[0]


def make_small(path: Path) -> None:
    """Keep 256 colours of a picture: these stand in the repository."""
    with Image.open(path) as image:
        small = image.convert("RGB").quantize(
            256, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.FLOYDSTEINBERG
        )
    small.save(path, optimize=True)


def main() -> None:
    """Take every picture that was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=FOLDER)
    parser.add_argument("--base-dir", type=Path, help="a folder in which the sample was rendered before")
    parser.add_argument("--language", action="append", choices=("en", "zh_CN"))
    parser.add_argument("--appearance", action="append", choices=("dark", "light"))
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        base = given.base_dir or Path(folder) / "data"
        if not (base / "sample").is_dir():
            render_sample(base)
        for language in given.language or ("en", "zh_CN"):
            for appearance in given.appearance or ("dark", "light"):

                def take(name: str, widget: "QWidget", suffix: str = f"{language}-{appearance}") -> None:
                    path = given.out / f"{name}-{suffix}.png"
                    if not widget.grab().save(str(path)):
                        raise OSError(f"{path} could not be written")
                    make_small(path)
                    print(path)

                # A process for each: a language and an application object belong to a process.
                if len(given.language or "..") > 1 or len(given.appearance or "..") > 1:
                    argv = [sys.executable, "-m", "tools.screenshots", "--out", str(given.out)]
                    argv += ["--base-dir", str(base), "--language", language, "--appearance", appearance]
                    subprocess.run(argv, check=True, cwd=ROOT)
                else:
                    run(base, language, appearance, take)


if __name__ == "__main__":
    main()
