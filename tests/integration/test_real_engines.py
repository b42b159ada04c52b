"""Whole jobs on the bpy wheel and the blender program of this computer, through the core as it is built."""

import itertools
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest
from PIL import Image
from support.processes import is_alive, wait_gone
from support.real import Program, RealBlender, frame_names, no_staging_left, pictures

from render_manager.domain import commands, facts
from render_manager.domain.changes import FrameProgress, JobSnapshot
from render_manager.domain.commands import CancelJobs
from render_manager.domain.frameset import FrameSet
from render_manager.domain.jobspec import Existing
from render_manager.domain.states import AttemptOutcome, FrameState, JobState
from render_manager.media import examine

COMPLETED, FAILED, SKIPPED = FrameState.COMPLETED, FrameState.FAILED, FrameState.SKIPPED


def test_a_job_and_its_pictures(real_blender: RealBlender, tmp_path: Path) -> None:
    scene = real_blender.scene("plain", tmp_path / "Küche 影 {a} 'b' #1")
    with Program(tmp_path, real_blender.installation) as program:
        job = program.render(scene)
        assert (job.state, job.counts[COMPLETED], job.progress) == (JobState.COMPLETED, 10, 100.0)
        out = scene.parent / "out"
        assert pictures(out) == frame_names(range(1, 11))
        with Image.open(out / "frame_0001.png") as first, Image.open(out / "frame_0010.png") as last:
            assert first.size == last.size == (64, 36)
            assert first.tobytes() != last.tobytes(), "the cube moves"
        for number, row in program.rows(job).items():
            assert row.outputs == (str(out / f"frame_{number:04d}.png"),)
            assert examine(Path(row.thumbnail)).width == 64
            assert row.seconds is not None
            assert row.attempts == 1
        attempts = program.attempts(job)
        assert {one.outcome for one in attempts} == {AttemptOutcome.COMPLETED}
        assert len({one.log_path for one in attempts}) == 1, "one process rendered all of them"
        assert all(one.peak_memory_bytes and one.peak_memory_bytes > 20_000_000 for one in attempts)
        for one in attempts:
            assert f"frame_{one.frame:04d}" in program.log_of(one)
        assert program.completed_in_order(job) == list(range(1, 11))
    assert no_staging_left(out)


def test_progress_inside_a_frame(real_blender: RealBlender, tmp_path: Path) -> None:
    """Cycles without a window speaks rarely; what it says must go forward and end at 100."""
    scene = real_blender.scene("slow", tmp_path)
    options = {"resolution_percent": "30", "samples": "32"}
    with Program(tmp_path, real_blender.installation) as program:
        program.render(scene, frames="1", options=options)
        said = [(one.percent, one.phase) for one in program.progress if one.percent is not None]
        percents = [percent for percent, _phase in said]
        assert percents == sorted(percents)
        assert percents[-1] == 100.0
        assert any("ample" in phase for _percent, phase in said)


def test_the_last_frame_first(real_blender: RealBlender, tmp_path: Path) -> None:
    with Program(tmp_path, real_blender.installation) as program:
        job = program.render(real_blender.scene("plain", tmp_path), frames="4-1,9")
        assert program.completed_in_order(job) == [4, 3, 2, 1, 9]


def test_negative_frames(real_blender: RealBlender, tmp_path: Path) -> None:
    scene = real_blender.scene("plain", tmp_path)
    with Program(tmp_path, real_blender.installation) as program:
        job = program.render(scene, frames="-3--1,1")
        assert job.state is JobState.COMPLETED
    out = tmp_path / "out"
    assert pictures(out) == ["frame_-0001.png", "frame_-0002.png", "frame_-0003.png", "frame_0001.png"]
    assert (out / "frame_-0001.png").read_bytes() != (out / "frame_0001.png").read_bytes()


def test_options_change_the_picture(real_blender: RealBlender, tmp_path: Path) -> None:
    scene = real_blender.scene("two_layers", tmp_path)
    options = {"resolution_percent": "50", "samples": "1", "file_format": "jpeg", "camera": "Zweite"}
    with Program(tmp_path, real_blender.installation) as program:
        job = program.render(scene, frames="1", options=options)
        assert job.state is JobState.COMPLETED
        plain = program.render(scene, frames="1", output=tmp_path / "plain")
        assert plain.state is JobState.COMPLETED
    assert pictures(tmp_path / "out") == ["frame_0001.jpg"]
    with Image.open(tmp_path / "out" / "frame_0001.jpg") as small:
        assert (small.format, small.size) == ("JPEG", (32, 18))
        with Image.open(tmp_path / "plain" / "frame_0001.png") as large:
            difference = sum(
                abs(a - b)
                for a, b in zip(
                    small.convert("L").resize((8, 8)).tobytes(),
                    large.convert("L").resize((8, 8)).tobytes(),
                    strict=True,
                )
            )
            assert difference > 100, "another camera sees something else"


@pytest.mark.parametrize("kind", ["gone", "truncated"])
def test_a_scene_that_is_lost_before_the_engine_opens_it(
    real_blender: RealBlender, tmp_path: Path, kind: str
) -> None:
    scene = real_blender.scene("plain", tmp_path)
    with Program(tmp_path, real_blender.installation) as program:
        spec = program.spec(scene)
        if kind == "gone":
            scene.unlink()
        else:
            scene.write_bytes(scene.read_bytes()[:30_000])
        job = program.wait_finished(program.submit_spec(spec))
        assert (job.state, job.counts[FAILED]) == (JobState.FAILED, 10)
        assert scene.name in job.reason or str(scene) in job.error_log
        assert sum(row.attempts for row in program.rows(job).values()) == 1, "the others are not even tried"
        failures = program.of(facts.FrameFailed)
        assert not failures[-1].will_retry
        assert failures[-1].advice
    assert pictures(tmp_path / "out") == []
    assert no_staging_left(tmp_path / "out")


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"camera": "Fern"}, "Fern"),
        ({"view_layers": ["aus"]}, "aus"),
        ({"scene": "Shot_999"}, "Shot_999"),
    ],
)
def test_names_that_the_scene_does_not_have(
    real_blender: RealBlender, tmp_path: Path, options: dict[str, Any], word: str
) -> None:
    """Known before rendering; here as if the scene had changed since."""
    with Program(tmp_path, real_blender.installation) as program:
        spec = replace(program.spec(real_blender.scene("plain", tmp_path), frames="1-3"), options=options)
        job = program.wait_finished(program.submit_spec(spec))
        assert job.state is JobState.FAILED
        assert word in job.reason
        assert sum(row.attempts for row in program.rows(job).values()) == 1
    assert pictures(tmp_path / "out") == []


def test_a_scene_without_a_camera(real_blender: RealBlender, tmp_path: Path) -> None:
    good, bad = real_blender.scene("plain", tmp_path), real_blender.scene("no_camera", tmp_path)
    with Program(tmp_path, real_blender.installation) as program:
        spec = replace(program.spec(good, frames="1-3"), scene=bad)
        job = program.wait_finished(program.submit_spec(spec))
        assert job.state is JobState.FAILED
        assert "camera" in job.reason
        assert sum(row.attempts for row in program.rows(job).values()) == 1


def test_a_scene_that_needs_no_camera(real_blender: RealBlender, tmp_path: Path) -> None:
    scene = real_blender.scene("compositor_only", tmp_path)
    with Program(tmp_path, real_blender.installation) as program:
        job = program.render(scene, frames="1-2")
        assert (job.state, job.reason) == (JobState.COMPLETED, "")


@pytest.mark.parametrize("mode", ["resident", "batch"])
def test_a_picture_for_each_eye(blender_34: RealBlender, tmp_path: Path, mode: str) -> None:
    scene = blender_34.scene("stereo", tmp_path)
    with Program(tmp_path, blender_34.installation) as program:
        job = program.render(scene, frames="1-2", options={"mode": mode})
        assert (job.state, job.reason) == (JobState.COMPLETED, "")
        eyes = ["frame_0001_L.png", "frame_0001_R.png", "frame_0002_L.png", "frame_0002_R.png"]
        assert pictures(tmp_path / "out") == eyes
        assert [Path(name).name for name in program.rows(job)[1].outputs] == eyes[:2]


def test_an_output_folder_that_becomes_a_file(real_blender: RealBlender, tmp_path: Path) -> None:
    scene = real_blender.scene("plain", tmp_path)
    with Program(tmp_path, real_blender.installation) as program:
        spec = program.spec(scene, frames="1-3")
        (tmp_path / "out").write_text("in the way")
        job = program.wait_finished(program.submit_spec(spec))
        assert (job.state, job.counts[FAILED]) == (JobState.FAILED, 3)
        assert f"{tmp_path / 'out'} cannot be written to" in job.reason
        assert sum(row.attempts for row in program.rows(job).values()) == 1
    assert (tmp_path / "out").read_text() == "in the way"


def put_in_the_way(folder: Path) -> None:
    """Replace a folder by a file; the program may make the folder anew in between."""
    file = folder.with_name("file")
    file.write_text("in the way")
    for turn in itertools.count():
        folder.rename(folder.with_name(f"moved-{turn}"))
        try:
            os.link(file, folder)
        except FileExistsError:
            continue
        return


def test_an_output_folder_that_becomes_a_file_in_mid_job(bpy_wheel: RealBlender, tmp_path: Path) -> None:
    scene = bpy_wheel.scene("plain", tmp_path)
    with Program(tmp_path, bpy_wheel.installation) as program:
        token = program.submit(scene, frames="1-2000")
        program.wait_fact(facts.FrameCompleted, 2)
        put_in_the_way(tmp_path / "out")
        job = program.wait_finished(token)
        assert job.state is JobState.FAILED
        assert job.counts[COMPLETED] >= 2
        assert str(tmp_path / "out") in job.reason
    assert (tmp_path / "out").read_text() == "in the way"


def _waits_for_room(job: JobSnapshot | None) -> bool:
    words = ("has only", "is full")
    return job is not None and job.state is JobState.PENDING and any(one in job.reason for one in words)


def test_a_disk_that_is_full(bpy_wheel: RealBlender, tmp_path: Path, small_disk: Path) -> None:
    """The job waits for room; no frame bears a mark, and what is in the folder is whole."""
    scene = bpy_wheel.scene("plain", tmp_path)
    with Program(tmp_path, bpy_wheel.installation) as program:
        spec = program.spec(scene, frames="1-6", options={"file_format": "BMP"})
        spec = replace(
            spec, output_dir=small_disk / "out", options={**spec.options, "resolution_percent": 1000}
        )
        token = program.submit_spec(spec)
        program.wait_for(lambda: _waits_for_room(program.jobs.get(token)), "a job that waits for room")
        job = program.jobs[token]
        assert job.counts[COMPLETED] >= 1
        assert not job.counts[FAILED]
        program.post(CancelJobs((job.id,)))
        job = program.wait_finished(token)
        assert job.state is JobState.CANCELLED
    names = pictures(small_disk / "out")
    assert len(names) == job.counts[COMPLETED]
    assert no_staging_left(small_disk / "out")


def test_a_crash_at_frame_3_costs_one_attempt(
    real_blender: RealBlender, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CRASH_ONCE", str(tmp_path / "crashed"))
    scene = real_blender.scene("crash", tmp_path)
    with Program(tmp_path, real_blender.installation) as program:
        job = program.render(scene, frames="1-6", options={"scripts": True})
        assert job.state is JobState.COMPLETED
        outcomes = {(one.frame, one.number): one.outcome for one in program.attempts(job)}
        assert outcomes.pop((3, 1)) is AttemptOutcome.CRASHED
        assert set(outcomes.values()) == {AttemptOutcome.COMPLETED}
        assert set(outcomes) == {(1, 1), (2, 1), (3, 2), (4, 1), (5, 1), (6, 1)}
        (failure,) = program.of(facts.FrameFailed)
        assert (failure.frame, failure.will_retry, failure.code) == (3, True, "crashed")
        assert "crash" in failure.reason.lower()
    assert pictures(tmp_path / "out") == frame_names(range(1, 7))


def test_a_frame_that_always_crashes_is_parked(real_blender: RealBlender, tmp_path: Path) -> None:
    scene = real_blender.scene("crash", tmp_path)
    with Program(tmp_path, real_blender.installation) as program:
        job = program.render(scene, frames="1-5", options={"scripts": True}, retries=1)
        assert job.state is JobState.FAILED
        states = program.states(job)
        assert states.pop(3) is FAILED
        assert set(states.values()) == {COMPLETED}
        assert program.rows(job)[3].attempts == 2
        assert "Frame 3, attempt 2" in job.reason
    assert pictures(tmp_path / "out") == frame_names([1, 2, 4, 5])


def test_scripts_of_the_scene_stay_off(real_blender: RealBlender, tmp_path: Path) -> None:
    scene = real_blender.scene("crash", tmp_path)
    with Program(tmp_path, real_blender.installation) as program:
        assert program.render(scene, frames="3").state is JobState.COMPLETED


def test_a_python_error_in_the_scene_is_told(real_blender: RealBlender, tmp_path: Path) -> None:
    """Blender renders on after an error in a handler; the artist must hear of it."""
    scene = real_blender.scene("python_error", tmp_path)
    with Program(tmp_path, real_blender.installation) as program:
        job = program.render(scene, frames="1-3", options={"scripts": True})
        assert job.state is JobState.COMPLETED
        logs = "".join(program.log_of(one) for one in program.attempts(job))
        assert "the rig is broken" in logs
        warnings = program.of(facts.EngineWarned)
        assert any("rig is broken" in fact.text for fact in warnings), warnings


def test_a_missing_texture_is_a_warning(bpy_wheel: RealBlender, tmp_path: Path) -> None:
    scene = bpy_wheel.scene("missing_texture", tmp_path)
    with Program(tmp_path, bpy_wheel.installation) as program:
        job = program.render(scene, frames="1-2")
        assert job.state is JobState.COMPLETED
        warnings = program.of(facts.EngineWarned)
        assert warnings
        assert "wood.png" in warnings[0].text
        assert len(warnings) == 1, "said once, not for every frame"


def is_up(progress: FrameProgress) -> bool:
    return not progress.phase.startswith("starting")


@pytest.mark.parametrize("what", ["frame", "job", "everything"])
def test_cancel_leaves_no_process_and_no_half_file(
    real_blender: RealBlender, tmp_path: Path, what: str
) -> None:
    scene = real_blender.scene("slow", tmp_path)
    wishes = {"everything": ("1", "1")}.get(what, ("1-4",))
    with Program(tmp_path, real_blender.installation, slots=2) as program:
        tokens = [
            program.submit(scene, frames=frames, output=tmp_path / f"out{number}")
            for number, frames in enumerate(wishes)
        ]
        program.wait_fact(facts.FrameStarted, 2)
        program.wait_for(
            lambda: len({one.frame + 100 * one.job_id for one in program.progress if is_up(one)}) == 2,
            "both engines to be up",
        )
        engines = [child for child in psutil.Process().children(recursive=True) if is_alive(child.pid)]
        assert len(engines) >= 2
        first = program.jobs[tokens[0]].id
        if what == "frame":
            program.post(commands.CancelFrames(first, FrameSet.parse("1")))
            assert program.wait_fact(facts.FrameStarted, 3)[2].frame == 3
            assert program.jobs[tokens[0]].counts[FrameState.CANCELLED] == 1
            assert program.jobs[tokens[0]].counts[FrameState.RENDERING] == 2
        program.post(commands.CancelJobs(tuple(program.jobs[token].id for token in tokens)))
        last = program.wait_finished(*tokens)
        assert last.state is JobState.CANCELLED
        assert "cancelled" in last.reason
        wait_gone([child.pid for child in engines])
    for number in range(len(wishes)):
        assert pictures(tmp_path / f"out{number}") == []
        assert no_staging_left(tmp_path / f"out{number}")


def test_batch_mode(blender_34: RealBlender, tmp_path: Path) -> None:
    scene = blender_34.scene("plain", tmp_path / "a b#c")
    options = {"mode": "batch", "batch_size": 4, "samples": "2"}
    with Program(tmp_path, blender_34.installation) as program:
        job = program.render(scene, frames="1-10x3,2,9", options=options)
        assert job.state is JobState.COMPLETED
        attempts = program.attempts(job)
        assert {one.outcome for one in attempts} == {AttemptOutcome.COMPLETED}
        assert len({one.log_path for one in attempts}) == 2
        assert any(one.percent for one in program.progress)
    assert pictures(scene.parent / "out") == frame_names([1, 2, 4, 7, 9, 10])
    assert no_staging_left(scene.parent / "out")


def test_batch_mode_with_a_crash(
    blender_34: RealBlender, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CRASH_ONCE", str(tmp_path / "crashed"))
    scene = blender_34.scene("crash", tmp_path)
    with Program(tmp_path, blender_34.installation) as program:
        job = program.render(scene, frames="1-5", options={"mode": "batch", "scripts": True})
        assert job.state is JobState.COMPLETED
        assert {number: row.attempts for number, row in program.rows(job).items()} == {
            1: 1,
            2: 1,
            3: 2,
            4: 1,
            5: 1,
        }


def test_batch_mode_with_a_missing_camera(blender_34: RealBlender, tmp_path: Path) -> None:
    good, bad = blender_34.scene("plain", tmp_path), blender_34.scene("no_camera", tmp_path)
    with Program(tmp_path, blender_34.installation) as program:
        spec = replace(program.spec(good, frames="1-3", options={"mode": "batch"}), scene=bad)
        job = program.wait_finished(program.submit_spec(spec))
        assert job.state is JobState.FAILED
        assert "camera" in job.reason
        assert sum(row.attempts for row in program.rows(job).values()) == 1


def test_batch_mode_with_a_missing_scene_of_the_file(blender_34: RealBlender, tmp_path: Path) -> None:
    """Blender 3.4 then renders another scene and ends with 0."""
    with Program(tmp_path, blender_34.installation) as program:
        spec = program.spec(blender_34.scene("plain", tmp_path), frames="1-3", options={"mode": "batch"})
        spec = replace(spec, options={**spec.options, "scene": "Shot_999"})
        job = program.wait_finished(program.submit_spec(spec))
        assert job.state is JobState.FAILED
        assert "Shot_999" in job.reason
    assert pictures(tmp_path / "out") == []


@pytest.mark.parametrize("mode", ["resident", "batch"])
def test_a_scene_that_makes_a_movie_gives_pictures(
    blender_34: RealBlender, tmp_path: Path, mode: str
) -> None:
    scene = blender_34.scene("movie", tmp_path)
    with Program(tmp_path, blender_34.installation) as program:
        assert program.render(scene, frames="1-3", options={"mode": mode}).state is JobState.COMPLETED
    assert pictures(tmp_path / "out") == frame_names([1, 2, 3])


def test_a_movie_scene_on_the_wheel(bpy_wheel: RealBlender, tmp_path: Path) -> None:
    scene = bpy_wheel.scene("movie", tmp_path)
    with Program(tmp_path, bpy_wheel.installation) as program:
        assert program.render(scene, frames="1-2").state is JobState.COMPLETED
        assert any("movie" in fact.text for fact in program.of(facts.EngineWarned))
    assert pictures(tmp_path / "out") == frame_names([1, 2])


def test_all_passes_in_one_file(real_blender: RealBlender, tmp_path: Path) -> None:
    scene = real_blender.scene("multilayer", tmp_path)
    with Program(tmp_path, real_blender.installation) as program:
        job = program.render(scene, frames="1-2")
        assert job.state is JobState.COMPLETED
        assert examine(Path(program.rows(job)[1].thumbnail)).width == 64
    assert pictures(tmp_path / "out") == ["frame_0001.exr", "frame_0002.exr"]


def test_file_output_nodes_write_to_staging_and_end_in_their_folder(
    real_blender: RealBlender, tmp_path: Path
) -> None:
    scene = real_blender.scene("file_output", tmp_path)
    masks = tmp_path / "masks" / "deep"
    with Program(tmp_path, real_blender.installation) as program:
        job = program.render(scene, frames="1-3")
        assert job.state is JobState.COMPLETED
        for row in program.rows(job).values():
            assert len(row.outputs) == 2
            assert Path(row.outputs[0]).parent == tmp_path / "out"
            assert Path(row.outputs[1]).parent == masks
    assert len(pictures(masks)) == 3
    assert all(name.endswith(f"000{frame}.png") for frame, name in enumerate(pictures(masks), 1))
    assert pictures(tmp_path / "out") == frame_names([1, 2, 3])
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_dir()) == ["base", "masks", "out"]


def test_file_output_nodes_in_batch_mode(blender_34: RealBlender, tmp_path: Path) -> None:
    scene = blender_34.scene("file_output", tmp_path)
    with Program(tmp_path, blender_34.installation) as program:
        job = program.render(scene, frames="1-3", options={"mode": "batch"})
        assert (job.state, job.reason) == (JobState.COMPLETED, "")
        outputs = [[Path(name) for name in row.outputs] for row in program.rows(job).values()]
    assert [[path.parent for path in paths] for paths in outputs] == 3 * [
        [tmp_path / "out", tmp_path / "masks" / "deep"]
    ]
    assert len(pictures(tmp_path / "masks" / "deep")) == 3
    assert no_staging_left(tmp_path)


def test_a_file_of_layers_without_a_name(blender_34: RealBlender, tmp_path: Path) -> None:
    """Where the base path ends in a slash, Blender writes into that folder."""
    scene = blender_34.scene("file_output_of_layers", tmp_path)
    with Program(tmp_path, blender_34.installation) as program:
        job = program.render(scene, frames="1-2")
        assert (job.state, job.reason) == (JobState.COMPLETED, "")
    assert pictures(tmp_path / "multi") == ["0001.exr", "0002.exr"]


def test_existing_files(real_blender: RealBlender, tmp_path: Path) -> None:
    scene = real_blender.scene("plain", tmp_path)
    out = tmp_path / "out"
    with Program(tmp_path, real_blender.installation) as program:
        program.render(scene, frames="1-3")
        whole = (out / "frame_0001.png").read_bytes()
        (out / "frame_0002.png").write_bytes(whole[: len(whole) // 2])
        (out / "frame_0003.png").write_bytes(b"")
        first_time = (out / "frame_0001.png").stat().st_mtime_ns
        job = program.render(scene, frames="1-4")
        assert job.state is JobState.COMPLETED
        assert program.states(job) == {1: SKIPPED, 2: COMPLETED, 3: COMPLETED, 4: COMPLETED}
        assert (out / "frame_0001.png").stat().st_mtime_ns == first_time
        assert Path(program.rows(job)[1].thumbnail).is_file()
        job = program.render(scene, frames="1", existing=Existing.OVERWRITE)
        assert program.states(job) == {1: COMPLETED}
        assert (out / "frame_0001.png").stat().st_mtime_ns != first_time
        job = program.render(scene, frames="1-2", existing=Existing.VERSION)
        assert job.output_dir == tmp_path / "out_v002"
    assert pictures(out) == frame_names([1, 2, 3, 4])
    assert pictures(tmp_path / "out_v002") == frame_names([1, 2])


def test_existing_files_of_another_size_are_kept_aside(bpy_wheel: RealBlender, tmp_path: Path) -> None:
    """They are whole, but a sequence of two sizes is what nobody wants in the morning."""
    scene = bpy_wheel.scene("plain", tmp_path)
    with Program(tmp_path, bpy_wheel.installation) as program:
        program.render(scene, frames="1-2", options={"resolution_percent": 50})
        job = program.render(scene, frames="1-3")
        assert job.counts[COMPLETED] == 3
        sizes = [examine(tmp_path / "out" / name).width for name in frame_names([1, 2, 3])]
        assert sizes == [64, 64, 64]
    (aside,) = [path for path in (tmp_path / "out").iterdir() if path.is_dir()]
    assert pictures(aside) == frame_names([1, 2])
    assert examine(aside / "frame_0001.png").width == 32


def test_a_higher_priority_goes_first_at_the_next_frame(real_blender: RealBlender, tmp_path: Path) -> None:
    scene = real_blender.scene("plain", tmp_path)
    options = {"resolution_percent": "300", "samples": "32"}
    with Program(tmp_path, real_blender.installation) as program:
        low = program.submit(scene, frames="1-8", output=tmp_path / "low", priority=2, options=options)
        program.wait_fact(facts.FrameStarted, 1)
        high = program.submit(scene, frames="1-3", output=tmp_path / "high", priority=9)
        program.wait_finished(high, low)
        ids = {program.jobs[low].id: "low", program.jobs[high].id: "high"}
        order = [ids[fact.job_id] for fact in program.of(facts.FrameStarted)]
        first = order.index("high")
        assert order[first : first + 3] == ["high"] * 3
        assert first < 4, order
        assert order.count("low") == 8, "no running frame was killed for it"
        assert program.jobs[low].state is JobState.COMPLETED


def test_two_slots_share_one_job(bpy_wheel: RealBlender, tmp_path: Path) -> None:
    scene = bpy_wheel.scene("plain", tmp_path)
    options = {"resolution_percent": "300", "samples": "16"}
    with Program(tmp_path, bpy_wheel.installation, slots=2) as program:
        job = program.render(scene, options=options)
        assert job.state is JobState.COMPLETED
        assert len({one.log_path for one in program.attempts(job)}) == 2
        assert {row.attempts for row in program.rows(job).values()} == {1}
    assert pictures(tmp_path / "out") == frame_names(range(1, 11))


def test_closing_in_mid_job_and_going_on(bpy_wheel: RealBlender, tmp_path: Path) -> None:
    scene = bpy_wheel.scene("plain", tmp_path)
    options = {"resolution_percent": "300", "samples": "32"}
    with Program(tmp_path, bpy_wheel.installation) as program:
        token = program.submit(scene, frames="1-8", options=options)
        program.wait_fact(facts.FrameCompleted, 2)
    assert len(pictures(tmp_path / "out")) < 8
    with Program(tmp_path, bpy_wheel.installation) as program:
        program.wait_for(lambda: token in program.jobs, "the stored job")
        assert program.jobs[token].counts[COMPLETED] >= 2
        job = program.wait_finished(token)
        assert job.state is JobState.COMPLETED
        rows = program.rows(job)
        assert all(row.failures == 0 for row in rows.values())
        assert sum(row.attempts for row in rows.values()) <= 9, "one frame was interrupted at most"
    assert pictures(tmp_path / "out") == frame_names(range(1, 9))


def test_a_retried_frame_is_really_rendered_again(bpy_wheel: RealBlender, tmp_path: Path) -> None:
    scene = bpy_wheel.scene("plain", tmp_path)
    with Program(tmp_path, bpy_wheel.installation) as program:
        job = program.render(scene, frames="1-3")
        path = tmp_path / "out" / "frame_0002.png"
        before = path.stat().st_mtime_ns
        program.post(commands.RetryFrames(job.id, FrameSet.parse("2")))
        program.wait_fact(facts.JobFinished, 2)
        assert path.stat().st_mtime_ns != before
        assert program.rows(job)[2].attempts == 2
        assert program.states(job)[2] is COMPLETED
