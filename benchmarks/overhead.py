"""Measures what rendering through this program costs, against the engine rendering the same frames alone.

All times are from submission, or from the start of the engine's process, to the last frame's file in its
place: start-up of the engine is in all of them.

    python benchmarks/overhead.py [--json] [--renderer bpy|blender]
"""

import argparse
import shutil
import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path

from common import Figure, Options, by_turns, run
from headless import render_once
from renderers import Renderer, renderers

from render_manager.system.resources import resource

LIGHT_FRAMES = 200
SHORT_FRAMES = 30
MEDIUM_FRAMES = 6


def through_program(renderer: Renderer, folder: Path, scene: Path, frames: int, slots: int) -> float:
    """Return the seconds a job takes from submission to its end."""
    spec = renderer.spec(scene, folder / "ours", f"1-{frames}")
    return render_once(folder / "data", renderer.engine(), spec, slots=slots)


def alone(renderer: Renderer, folder: Path, scene: Path, frames: int, *, in_one: bool) -> float:
    """Return the seconds the engine takes by itself, in one process or in one a frame."""
    output = folder / "theirs"
    shutil.rmtree(output, ignore_errors=True)
    render = renderer.render_range if in_one else renderer.render_each
    return render(scene, output, 1, frames)


def whole_range(
    renderer: Renderer, folder: Path, scene: Path, frames: int, what: str, options: Options
) -> Iterator[Figure]:
    """Compare one and two slots with one process that renders everything."""
    reference, one_slot, two_slots = by_turns(
        options.repeat,
        lambda: alone(renderer, folder, scene, frames, in_one=True),
        lambda: through_program(renderer, folder, scene, frames, 1),
        lambda: through_program(renderer, folder, scene, frames, 2),
    )
    how = "bpy, render(animation=True)" if renderer.is_wheel else "blender -b FILE -a"
    for slots, runs, budget in (("one slot", one_slot, 1.05), ("two slots", two_slots, 1.0)):
        yield Figure(
            name=f"{frames} {what} frames, {slots}, {renderer.name}",
            unit="s",
            runs=runs,
            reference_name=how,
            reference_runs=reference,
            budget=budget,
            budget_is="ratio",
        )
    yield Figure(
        name=f"added to each of {frames} {what} frames, one slot, {renderer.name}",
        unit="ms",
        runs=[1000.0 * (ours - own) / frames for ours, own in zip(one_slot, reference, strict=True)],
        note=f"A frame takes the engine alone {1000.0 * statistics.median(reference) / frames:.1f} ms, "
        "its start included",
    )


def each_frame(renderer: Renderer, folder: Path, scene: Path, frames: int, options: Options) -> Figure:
    """Compare one slot with one process a frame."""
    reference, ours = by_turns(
        options.repeat,
        lambda: alone(renderer, folder, scene, frames, in_one=False),
        lambda: through_program(renderer, folder, scene, frames, 1),
    )
    return Figure(
        name=f"{frames} light frames against a process each, {renderer.name}",
        unit="s",
        runs=ours,
        reference_name=f"{frames} processes",
        reference_runs=reference,
        budget=0.15,
        budget_is="ratio",
    )


def measure(options: Options) -> Iterator[Figure]:
    """Measure every renderer of this computer."""
    wanted: str | None = options.extra.renderer
    found = [one for one in renderers() if wanted is None or one.name.lower().startswith(wanted)]
    for renderer in found[:1] if options.quick else found:
        with tempfile.TemporaryDirectory(prefix="overhead-") as name:
            folder = Path(name)
            frames = options.size(LIGHT_FRAMES, 3)
            light = renderer.make_scene(folder / "light.blend", frames=frames)
            yield from whole_range(renderer, folder, light, frames, "light", options)
            yield each_frame(renderer, folder, light, options.size(SHORT_FRAMES, 2), options)
            if not options.quick:
                sample = resource("sample", "sample_scene.blend")
                yield from whole_range(renderer, folder, sample, MEDIUM_FRAMES, "medium", options)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add this benchmark's own arguments."""
    parser.add_argument("--renderer", choices=["bpy", "blender"], help="measure only this kind")


if __name__ == "__main__":
    run(__doc__, measure, add_arguments=add_arguments)
