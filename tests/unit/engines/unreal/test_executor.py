"""Our script inside the editor, against the stub with the documented names and traps, in several versions."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from support.unreal import make_film, make_project, write_asset
from support.unreal_run import Run, run_executor, stub

VERSIONS = ("4.27.2", "5.0.3", "5.1.1", "5.2.1", "5.3.2", "5.4.4", "5.6.1", "5.8.0")


@pytest.fixture
def film(tmp_path: Path) -> Path:
    return make_film(tmp_path / "Film")


class Rendering:
    """Renders into the test's own folder."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, project: Path, folder: Path) -> None:
        self.monkeypatch, self.project, self.folder = monkeypatch, project, folder

    def __call__(self, *ranges: tuple[int, ...], wishes: dict[str, Any] | None = None, **values: Any) -> Run:
        options = {
            name: values.pop(name) for name in ("most_ticks", "command_line", "opened") if name in values
        }
        return run_executor(
            self.monkeypatch, self.project, self.folder, *ranges, wishes=wishes, manifest=values, **options
        )

    def asset(self, package: str, kind: str, **facts: Any) -> None:
        write_asset(self.project.parent, package, kind, **facts)


@pytest.fixture
def render(monkeypatch: pytest.MonkeyPatch, film: Path, tmp_path: Path) -> Rendering:
    return Rendering(monkeypatch, film, tmp_path / "out")


def test_a_range_ends_with_frames_files_and_a_result(render: Rendering) -> None:
    run = render((3, 6))
    assert run.files == ["Intro.0003.png", "Intro.0004.png", "Intro.0005.png"]
    assert run.frames("frame_ended") == [3, 4, 5]
    assert run.result == {"success": True, "code": "", "error": "", "frames": [3, 4, 5], "files": 3}
    assert run.is_exit_requested
    assert [one["n"] for one in run.events] == list(range(1, len(run.events) + 1))
    assert run.named("sequence")[0] == {
        "event": "sequence",
        "n": 3,
        "path": "/Game/Shots/Intro.Intro",
        "start": 0,
        "end": 24,
        "fps": 24.0,
        "shots": [],
    }


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("preset", ["", "/Game/Presets/Final.Final"])
def test_every_version(render: Rendering, version: str, preset: str) -> None:
    run = render((3, 6), (9, 11), wishes={"version": version}, preset=preset)
    assert run.result["success"], run.lines
    assert run.result["frames"] == [3, 4, 5, 9, 10]
    assert run.rejected == [], "each property that is set is there in this version"
    assert run.unreal.STATE["ensures"] == []
    assert run.unreal.STATE["is_exit_requested"] == 1
    assert not [line for line in run.lines if "Traceback" in line]


@pytest.mark.parametrize(
    "lacks",
    [
        "no_target_class",
        "no_scripting",
        "no_sequence_methods",
        "only_percentage",
        "no_step",
        "old_pass_names",
    ],
)
def test_what_an_engine_may_lack(render: Rendering, lacks: str) -> None:
    run = render((3, 6), (8, 13, 2), wishes={lacks: True}, preset="/Game/Presets/Final.Final")
    assert run.result["success"], run.lines
    assert run.result["frames"] == [3, 4, 5, 8, 10, 12]
    assert run.frames("progress")


def test_frames_of_a_step_are_told_by_their_count_alone(render: Rendering) -> None:
    """Where the engine only says how many are done, the fifth of 1, 5, 9, 13, 17 is no frame 5."""
    with stub(render.monkeypatch):
        from render_manager_unreal_progress import Progress

        progress = Progress(None, range(1, 18, 4), {1, 5, 9, 13, 17}, False)
        assert [progress._frame(None, count) for count in range(6)] == [1, 5, 9, 13, 17, None]


def test_the_end_is_told_exactly_once_and_the_editor_is_left_alone_then(render: Rendering) -> None:
    run = render((3, 6))
    assert run.unreal.STATE == {**run.unreal.STATE, "is_exit_requested": 1, "quits": 0}
    assert len(run.named("result")) == 1


def logged(run: Run) -> list[str]:
    return [line.partition("LogPython: ")[2] for line in run.lines if "@RM-t0ken " in line]


def test_all_but_what_comes_all_the_time_is_in_the_log_as_well(
    render: Rendering, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter(range(0, 10_000_000, 25))
    monkeypatch.setattr("time.monotonic", lambda: float(next(clock)))
    settings = {"MoviePipelineAntiAliasingSetting": {"engine_warm_up_count": 9}}
    render.asset("/Game/Presets/Slow", "preset", settings=settings)
    run = render((3, 6), preset="/Game/Presets/Slow.Slow")
    written = (run.folder / "render-manager-events.jsonl").read_text("ascii").splitlines()
    frequent = [line for line in written if '"event": "progress"' in line or '"event": "alive"' in line]
    assert {one["event"] for one in run.events} >= {"progress", "alive", "phase", "frame_ended", "result"}
    assert logged(run) == [line for line in written if line not in frequent]


@pytest.mark.parametrize("events_file", ["", "/no/such/folder/events"])
def test_without_a_file_everything_is_in_the_log(render: Rendering, events_file: str) -> None:
    run = render((3, 6), events_file=events_file)
    numbers = [json.loads(line.partition(" ")[2])["n"] for line in logged(run)]
    assert numbers == list(range(1, len(numbers) + 1))
    assert any('"event": "progress"' in line for line in logged(run))


def test_progress_names_the_movies_frames_and_never_ticks(render: Rendering) -> None:
    render.asset(
        "/Game/Presets/Slow",
        "preset",
        settings={
            "MoviePipelineAntiAliasingSetting": {"temporal_sample_count": 8, "engine_warm_up_count": 40}
        },
    )
    run = render((10, 14), preset="/Game/Presets/Slow.Slow")
    assert run.ticks > 70
    assert list(dict.fromkeys(run.frames("progress"))) == [10, 11, 12, 13]
    phases = [one["phase"] for one in run.named("phase")]
    assert phases == ["loading", "preparing", "warming-up", "rendering", "finalising", "exporting"]
    warming = next(one for one in run.named("phase") if one["phase"] == "warming-up")
    assert warming["total"] == 40


def test_several_shots_with_a_gap_between_them(render: Rendering) -> None:
    render.asset("/Game/Shots/Intro", "sequence", start=0, end=40, shots=[["A", 0, 10], ["B", 20, 40]])
    run = render((7, 23))
    assert run.result["frames"] == [7, 8, 9, 20, 21, 22]
    assert run.frames("frame_failed") == list(range(10, 20))
    assert run.result["code"] == "frames-missing"
    progress = [one["frame"] for one in run.named("progress")]
    assert progress == sorted(progress)
    assert set(progress) <= {7, 8, 9, 20, 21, 22}
    assert run.named("sequence")[0]["shots"] == ["A CameraCut", "B CameraCut"]


def test_a_range_without_shots_ends_inside_initialize_and_the_next_is_rendered(render: Rendering) -> None:
    render.asset("/Game/Shots/Intro", "sequence", start=0, end=40, shots=[["A", 0, 10], ["B", 20, 40]])
    run = render((12, 14), (20, 22), (15, 16))
    assert run.result["frames"] == [20, 21]
    failed = {one["frame"]: one["error"] for one in run.named("frame_failed")}
    assert set(failed) == {12, 13, 15}
    assert all(error.startswith("No shot: ") for error in failed.values())
    assert run.unreal.STATE["is_exit_requested"] == 1


def test_frames_outside_of_the_sequence_are_told_before_they_are_missing(render: Rendering) -> None:
    render.asset("/Game/Shots/Intro", "sequence", start=0, end=24, shots=[["A", 0, 24]])
    run = render((20, 30))
    (warning,) = run.named("warning")
    assert warning["code"] == "frames-outside"
    assert warning["text"] == "Frames 24 to 29 are outside of the sequence, which has frames 0 to 23"
    assert run.result["frames"] == [20, 21, 22, 23]
    assert "the sequence has frames 0 to 23 only" in run.named("frame_failed")[0]["error"]


def test_negative_frames(render: Rendering) -> None:
    render.asset("/Game/Shots/Intro", "sequence", start=-10, end=10)
    run = render((-3, 2))
    assert run.result["frames"] == [-3, -2, -1, 0, 1]
    assert "Intro.-003.png" in run.files


def test_steps(render: Rendering) -> None:
    run = render((2, 9, 3))
    assert run.files == ["Intro.0002.png", "Intro.0005.png", "Intro.0008.png"]
    assert list(dict.fromkeys(run.frames("progress"))) == [5, 8], "frame 2 is gone before the first tick"


def test_an_engine_without_steps_renders_frame_by_frame(render: Rendering) -> None:
    run = render((2, 9, 3), (11, 12), wishes={"no_step": True})
    assert run.files == ["Intro.0002.png", "Intro.0005.png", "Intro.0008.png", "Intro.0011.png"]
    assert run.result["success"]


class TestSettings:
    """What is changed on the artist's preset, and what is left."""

    def job_config(self, run: Run) -> Any:
        (job,) = run.executor.rm_queue.get_jobs()
        return job.get_configuration()

    def output(self, run: Run) -> Any:
        return self.job_config(run).find_setting_by_class(run.unreal.MoviePipelineOutputSetting)

    def test_where_and_what(self, render: Rendering) -> None:
        run = render((3, 6), width=640, height=360, padding=6, file_name="a b.{frame_number}")
        output = self.output(run)
        assert output.output_directory.path == str(run.folder).replace("\\", "/")
        assert (output.use_custom_playback_range, output.custom_start_frame, output.custom_end_frame) == (
            True,
            3,
            6,
        )
        assert (output.output_resolution.x, output.output_resolution.y) == (640, 360)
        assert (output.zero_pad_frame_numbers, output.override_existing_output) == (6, True)
        assert output.flush_disk_writes_per_shot
        assert run.files[0] == "a b.000003.png"

    def test_without_a_preset_there_is_the_plain_pass_and_png(self, render: Rendering) -> None:
        run = render((3, 4))
        kinds = {type(one).__name__ for one in self.job_config(run).get_all_settings()}
        assert kinds == {
            "MoviePipelineOutputSetting",
            "MoviePipelineDeferredPassBase",
            "MoviePipelineImageSequenceOutput_PNG",
            "MoviePipelineGameOverrideSetting",
        }

    def test_a_preset_is_copied_and_stays_as_it_is(self, render: Rendering) -> None:
        render.asset(
            "/Game/Presets/Final",
            "preset",
            passes=["MoviePipelineDeferredPass_PathTracer"],
            outputs=["MoviePipelineImageSequenceOutput_EXR"],
            settings={"MoviePipelineOutputSetting": {"frame_number_offset": 1000}},
        )
        run = render((3, 5), preset="/Game/Presets/Final.Final", warm_up_frames=12)
        assert run.files == ["Intro.0003.exr", "Intro.0004.exr"]
        config = self.job_config(run)
        passes = [
            one
            for one in config.get_all_settings()
            if isinstance(one, run.unreal.MoviePipelineDeferredPassBase)
        ]
        assert len(passes) == 1, "the path tracer is a pass of its own"
        samples = config.find_setting_by_class(run.unreal.MoviePipelineAntiAliasingSetting)
        assert (samples.engine_warm_up_count, samples.render_warm_up_count) == (12, 12)
        assert self.output(run).frame_number_offset == 0
        (job,) = run.executor.rm_queue.get_jobs()
        assert job.get_preset_origin() is None, "or the pipeline would copy the preset over all of this"

    @pytest.mark.parametrize("wanted", ["PNG", "JPG", "BMP", "EXR"])
    def test_another_image_format(self, render: Rendering, wanted: str) -> None:
        run = render((3, 4), preset="/Game/Presets/Final.Final", image_format=wanted)
        suffix = {"PNG": "png", "JPG": "jpeg", "BMP": "bmp", "EXR": "exr"}[wanted]
        assert run.files == [f"Intro.0003.{suffix}"]

    def test_movies_and_sound_are_left_out(self, render: Rendering) -> None:
        outputs = ["MoviePipelineAppleProResOutput", "MoviePipelineWaveOutput"]
        render.asset("/Game/Presets/Movie", "preset", outputs=outputs)
        run = render((3, 5), preset="/Game/Presets/Movie.Movie")
        assert run.files == ["Intro.0003.png", "Intro.0004.png"]
        assert [one["code"] for one in run.named("warning")] == ["no-movie", "no-movie", "no-picture-output"]

    def test_handles_and_another_frame_rate_are_left_out_with_a_word(self, render: Rendering) -> None:
        values = {"handle_frame_count": 5, "use_custom_frame_rate": True, "output_frame_rate": [30, 1]}
        render.asset("/Game/Presets/Odd", "preset", settings={"MoviePipelineOutputSetting": values})
        run = render((3, 5), (7, 8), preset="/Game/Presets/Odd.Odd")
        assert [one["code"] for one in run.named("warning")] == ["frame-rate", "no-handles"]
        output = self.output(run)
        assert (output.handle_frame_count, output.use_custom_frame_rate) == (0, False)

    def test_the_sequences_own_frame_rate_may_be_named(self, render: Rendering) -> None:
        values = {"use_custom_frame_rate": True, "output_frame_rate": [24, 1]}
        render.asset("/Game/Presets/Same", "preset", settings={"MoviePipelineOutputSetting": values})
        assert render((3, 5), preset="/Game/Presets/Same.Same").named("warning") == []

    @pytest.mark.parametrize("wishes", [{}, {"old_pass_names": True}])
    @pytest.mark.parametrize(
        "facts",
        [
            {"passes": ["MoviePipelineDeferredPassBase", "MoviePipelineObjectIdRenderPass"]},
            {"layers": ["WorldDepth"]},
        ],
    )
    def test_passes_do_not_overwrite_each_other(
        self, render: Rendering, facts: dict[str, Any], wishes: dict[str, Any]
    ) -> None:
        render.asset("/Game/Presets/Passes", "preset", **facts)
        run = render((3, 5), preset="/Game/Presets/Passes.Passes", wishes=wishes)
        other = "WorldDepth" if "layers" in facts else "ObjectId"
        assert run.files == [
            f"{name}/Intro.000{frame}.png" for name in ("FinalImage", other) for frame in (3, 4)
        ]
        assert run.result["files"] == 4

    def test_cameras_do_not_overwrite_each_other(self, render: Rendering) -> None:
        render.asset("/Game/Shots/Intro", "sequence", start=0, end=24, cameras=["Left", "Right"])
        settings = {"MoviePipelineCameraSetting": {"render_all_cameras": True}}
        render.asset("/Game/Presets/Two", "preset", settings=settings)
        run = render((3, 4), preset="/Game/Presets/Two.Two")
        assert run.files == ["Left/Intro.0003.png", "Right/Intro.0003.png"]

    def test_what_the_preset_tells_apart_stays_apart(self, render: Rendering) -> None:
        values = {"file_name_format": "{sequence_name}/{shot_name}/{render_pass}.{frame_number}"}
        render.asset("/Game/Presets/Apart", "preset", settings={"MoviePipelineOutputSetting": values})
        render.asset("/Game/Shots/Intro", "sequence", start=0, end=24, shots=[["A", 0, 4], ["B", 4, 24]])
        run = render((3, 5), preset="/Game/Presets/Apart.Apart")
        assert run.files == ["A/FinalImage/Intro.0003.png", "B/FinalImage/Intro.0004.png"]


class TestQueues:
    """Jobs of saved queues."""

    def test_its_only_job_with_its_preset_and_its_shots(self, render: Rendering) -> None:
        render.asset("/Game/Shots/Two", "sequence", start=0, end=20, shots=[["A", 0, 10], ["B", 10, 20]])
        job = {"sequence": "/Game/Shots/Two.Two", "preset": "/Game/Presets/Final.Final", "off": ["A"]}
        render.asset("/Game/Queues/All", "queue", jobs=[job])
        run = render((8, 12), queue="/Game/Queues/All.All", sequence="")
        assert run.result["frames"] == [10, 11], "shots that are off stay off"
        assert run.files == ["Intro.0010.png", "Intro.0011.png"], "the preset's folder is not used"

    def test_the_job_of_the_sequence(self, render: Rendering) -> None:
        render.asset("/Game/Shots/Two", "sequence", start=0, end=20)
        jobs = [{"sequence": "/Game/Shots/Intro.Intro"}, {"sequence": "/Game/Shots/Two.Two"}]
        render.asset("/Game/Queues/All", "queue", jobs=jobs)
        run = render((3, 4), queue="/Game/Queues/All.All", sequence="/Game/shots/two.two")
        assert run.named("sequence")[0]["path"] == "/Game/Shots/Two.Two"

    @pytest.mark.parametrize(
        ("jobs", "sequence", "code", "words"),
        [
            ([], "", "queue-empty", "holds no jobs"),
            (["Intro", "Intro"], "", "queue-ambiguous", "several jobs"),
            (["Intro"], "/Game/Shots/Other.Other", "queue-without", "has no job for /Game/Shots/Other.Other"),
        ],
    )
    def test_when_no_job_can_be_told(
        self, render: Rendering, jobs: list[str], sequence: str, code: str, words: str
    ) -> None:
        listed = [{"sequence": f"/Game/Shots/{name}.{name}"} for name in jobs]
        render.asset("/Game/Queues/All", "queue", jobs=listed)
        run = render((3, 4), queue="/Game/Queues/All.All", sequence=sequence)
        assert run.result["code"] == code
        assert words in run.result["error"]

    def test_a_job_that_is_off_is_not_meant(self, render: Rendering) -> None:
        jobs = [
            {"sequence": "/Game/Shots/Intro.Intro", "enabled": False, "passes": []},
            {"sequence": "/Game/Shots/Intro.Intro"},
        ]
        render.asset("/Game/Queues/All", "queue", jobs=jobs)
        assert render((3, 4), queue="/Game/Queues/All.All").result["success"]

    def test_a_job_for_another_map_is_refused(self, render: Rendering) -> None:
        jobs = [{"sequence": "/Game/Shots/Intro.Intro", "map": "/Game/Maps/Night.Night"}]
        render.asset("/Game/Queues/All", "queue", jobs=jobs)
        run = render((3, 4), queue="/Game/Queues/All.All")
        assert run.result["code"] == "map-differs"
        assert "for the map /Game/Maps/Night, and /Game/Maps/Main is open" in run.result["error"]
        assert render((3, 4), queue="/Game/Queues/All.All", opened="/Game/Maps/Night").result["success"]


class TestGraphs:
    """Movie Render Graphs."""

    EXPOSED = {
        "OutputDirectory": "struct",
        "FileNameFormat": "string",
        "StartFrame": "int",
        "EndFrame": "int",
    }

    @pytest.mark.parametrize("version", ["5.4.4", "5.8.0"])
    def test_what_a_graph_exposes_is_set(self, render: Rendering, version: str) -> None:
        render.asset("/Game/Graphs/Main", "graph", variables=self.EXPOSED)
        run = render((3, 6), (8, 9), graph="/Game/Graphs/Main.Main", wishes={"version": version})
        assert run.files == [f"Intro.000{frame}.exr" for frame in (3, 4, 5, 8)]
        assert run.result["success"]

    @pytest.mark.parametrize("kind", ["struct", "string"])
    def test_other_kinds_of_variables(self, render: Rendering, kind: str) -> None:
        variables = {"OutputDirectory": kind, "StartFrame": "struct", "EndFrame": "struct"}
        render.asset("/Game/Graphs/Main", "graph", variables=variables)
        run = render((3, 5), graph="/Game/Graphs/Main.Main")
        assert run.files == ["Seq.0003.exr", "Seq.0004.exr"], "named as the graph says"
        assert run.result["success"]

    def test_without_a_range_all_is_rendered_once(self, render: Rendering) -> None:
        render.asset("/Game/Graphs/Main", "graph", variables={"OutputDirectory": "struct"})
        run = render((3, 5), (20, 22), graph="/Game/Graphs/Main.Main", width=64, height=36, warm_up_frames=3)
        assert len(run.files) == 24
        assert run.result["frames"] == [3, 4, 20, 21]
        codes = [one["code"] for one in run.named("warning")]
        assert codes == ["graph-range", "graph-size", "graph-warm-up"]
        assert run.frames("progress") == [3, 4, 20, 21]

    def test_a_graph_that_exposes_nothing_is_refused(self, render: Rendering) -> None:
        render.asset("/Game/Graphs/Main", "graph")
        run = render((3, 5), graph="/Game/Graphs/Main.Main")
        assert run.result["code"] == "graph-closed"
        assert run.files == []

    @pytest.mark.parametrize(("version", "code"), [("5.1.0", "graph-wrong"), ("5.3.2", "graph-unknown")])
    def test_an_engine_without_graphs(self, render: Rendering, version: str, code: str) -> None:
        render.asset("/Game/Graphs/Main", "graph", variables=self.EXPOSED)
        run = render((3, 5), graph="/Game/Graphs/Main.Main", wishes={"version": version})
        assert run.result["code"] == code


@pytest.mark.parametrize(
    ("values", "code", "words"),
    [
        ({"sequence": "/Game/Shots/No.No"}, "sequence-missing", "/Game/Shots/No.No cannot be loaded"),
        (
            {"preset": "/Game/Presets/No.No"},
            "preset-missing",
            "The preset /Game/Presets/No.No cannot be loaded",
        ),
        ({"preset": "/Game/Shots/Intro.Intro"}, "preset-wrong", "is no preset but a LevelSequence"),
        ({"queue": "/Game/Presets/Final.Final"}, "queue-wrong", "is no queue but a"),
        ({"graph": "/Game/Presets/Final.Final"}, "graph-wrong", "is no graph but a"),
    ],
)
def test_what_is_not_there(render: Rendering, values: dict[str, Any], code: str, words: str) -> None:
    run = render((3, 5), **values)
    assert (run.result["success"], run.result["code"]) == (False, code)
    assert words in run.result["error"]
    assert run.named("failed") == [{"event": "failed", "n": 3, "code": code, "error": run.result["error"]}]
    assert run.unreal.STATE["is_exit_requested"] == 1


def test_a_preset_without_a_pass_is_refused(render: Rendering) -> None:
    render.asset("/Game/Presets/Bare", "preset", passes=[])
    run = render((3, 5), preset="/Game/Presets/Bare.Bare")
    assert run.result["code"] == "no-passes"


def test_a_pipeline_that_refuses_without_a_word_is_noticed(render: Rendering) -> None:
    run = render((3, 5), wishes={"silent_initialize": True})
    assert run.result["code"] == "not-initialized"
    assert run.unreal.STATE["is_exit_requested"] == 1


def test_without_a_world(render: Rendering) -> None:
    assert render((3, 5), wishes={"no_world": True}).result["code"] == "no-world"


@pytest.mark.parametrize(
    ("wish", "failed", "words"),
    [
        ("no_file_at", [4], "is not there or empty"),
        ("empty_at", [4], "is not there or empty"),
    ],
)
def test_files_are_looked_up_on_disk(render: Rendering, wish: str, failed: list[int], words: str) -> None:
    run = render((3, 6), wishes={wish: [4]})
    assert run.frames("frame_failed") == failed
    assert words in run.named("frame_failed")[0]["error"]
    assert run.frames("frame_ended") == [3, 5]
    assert not run.result["success"]


def test_a_pass_that_is_missing_in_one_frame(render: Rendering) -> None:
    render.asset("/Game/Presets/Passes", "preset", layers=["WorldDepth"])
    run = render((3, 6), preset="/Game/Presets/Passes.Passes", wishes={"missing_pass_at": [4]})
    assert run.frames("frame_failed") == [4]
    assert run.named("frame_failed")[0]["error"] == "Frame 4 lacks a file of one pass that other frames have"


def test_movie_render_queue_says_that_it_failed(render: Rendering) -> None:
    run = render((3, 6), wishes={"not_successful": True, "no_file_at": [5]})
    assert run.frames("frame_ended") == [3, 4], "what is on disk is good all the same"
    assert not run.result["success"]


def test_ticking_without_getting_on_ends_the_run(render: Rendering, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(range(0, 10_000_000, 2))
    monkeypatch.setattr("time.monotonic", lambda: float(next(clock)))
    run = render((3, 6), wishes={"stall_at": [4]}, stall_s=60)
    assert run.result["code"] == "stalled"
    assert run.named("alive"), "a sign of life comes all the time"


def test_a_gap_between_ticks_is_no_stall(render: Rendering, monkeypatch: pytest.MonkeyPatch) -> None:
    """Shaders are compiled between two ticks, for an hour if need be."""
    clock = iter(range(0, 10_000_000_000, 3600))
    monkeypatch.setattr("time.monotonic", lambda: float(next(clock)))
    assert render((3, 6), stall_s=60).result["success"]


def test_an_editor_that_stays_open_is_asked_once_more(
    render: Rendering, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter(range(0, 10_000_000, 20))
    monkeypatch.setattr("time.monotonic", lambda: float(next(clock)))
    run = render((3, 6))
    assert run.unreal.STATE["quits"] == 1


def test_a_mistake_of_ours_is_reported_and_the_editor_ends(
    render: Rendering, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = render((3, 6), file_name=None)
    assert run.result["code"] == "script-error"
    assert run.result["error"].startswith("TypeError: ")
    assert any("Traceback" in line for line in run.lines)
    assert run.unreal.STATE["is_exit_requested"] == 1


@pytest.mark.parametrize("content", [None, "{", "[]", '{"ranges": []}', "\0"])
def test_a_manifest_that_cannot_be_read_does_not_keep_the_editor_open(
    monkeypatch: pytest.MonkeyPatch, film: Path, tmp_path: Path, content: str | None
) -> None:
    path = tmp_path / "other.json"
    if content is not None:
        path.write_text(content, "utf-8")
    monkeypatch.delenv("RENDER_MANAGER_UNREAL_MANIFEST", raising=False)
    line = f"Film.uproject -game -RenderManagerManifest={path}"
    run = run_executor(monkeypatch, film, tmp_path / "out", (3, 4), command_line=line)
    assert run.unreal.STATE["is_exit_requested"] == 1
    assert any("LogPython: Error: Render Manager: " in text for text in run.lines)


def test_the_switch_does_as_well_as_the_variable(
    monkeypatch: pytest.MonkeyPatch, film: Path, tmp_path: Path
) -> None:
    monkeypatch.delenv("RENDER_MANAGER_UNREAL_MANIFEST", raising=False)
    path = tmp_path / "out" / "render-manager-manifest.json"
    line = f'Film.uproject -game -rendermanagermanifest="{path}"'
    assert run_executor(monkeypatch, film, tmp_path / "out", (3, 4), command_line=line).result["success"]


def test_a_status_file_that_cannot_be_written_does_not_stop_the_render(
    render: Rendering, tmp_path: Path
) -> None:
    nowhere = str(tmp_path / "no" / "such" / "folder")
    run = render((3, 6), events_file=f"{nowhere}/events", result_file=f"{nowhere}/result")
    assert run.files == [f"Intro.000{frame}.png" for frame in (3, 4, 5)]
    assert len([line for line in run.lines if "cannot write its status" in line]) == 1


def test_a_status_path_that_python_cannot_spell_does_not_stop_the_render(render: Rendering) -> None:
    """In an editor that runs in ASCII it is no OSError; a NUL gives the same error here."""
    run = render((3, 6), events_file="/no\0/events", result_file="/no\0/result")
    assert run.files == [f"Intro.000{frame}.png" for frame in (3, 4, 5)]
    assert run.is_exit_requested


def test_a_picture_whose_path_python_cannot_spell_is_left_to_the_program(render: Rendering) -> None:
    with stub(render.monkeypatch):
        from render_manager_unreal_outputs import is_good

        assert is_good("/out/\0.png")


def test_the_editor_closes_even_when_its_end_cannot_be_reported(render: Rendering) -> None:
    run = render((3, 6), result_file=5)
    assert run.unreal.STATE == {**run.unreal.STATE, "is_exit_requested": 1, "quits": 0}


def test_a_hyphen_before_the_number_is_no_sign(render: Rendering) -> None:
    render.asset("/Game/Shots/Intro", "sequence", start=-10, end=24)
    run = render((-3, 4), file_name="shot-{frame_number}")
    assert run.result["success"]
    assert run.frames("frame_ended") == [-3, -2, -1, 0, 1, 2, 3]


def test_long_runs_keep_their_lines_short(render: Rendering) -> None:
    render.asset("/Game/Shots/Intro", "sequence", start=0, end=600)
    run = render((0, 600))
    written = (run.folder / "render-manager-events.jsonl").read_text("ascii").splitlines()
    assert max(map(len, written)) < 60_000
    assert len(run.result["frames"]) == 600


@pytest.mark.parametrize("is_off", [False, True])
def test_the_editors_own_choice_about_bytecode_stays(monkeypatch: pytest.MonkeyPatch, is_off: bool) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", is_off)
    with stub(monkeypatch):
        __import__("init_unreal")
    assert sys.dont_write_bytecode is is_off


def test_our_module_names_are_our_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other tools' scripts share the editor's one interpreter."""
    with stub(monkeypatch):
        before = set(sys.modules)
        __import__("init_unreal")
        ours = {
            name for name in set(sys.modules) - before if "render_manager" in name or name == "init_unreal"
        }
    assert all(name == "init_unreal" or name.startswith("render_manager_unreal_") for name in ours)
    assert len(ours) >= 9


def test_the_stubs_traps_work(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A stub that forgives would prove nothing."""
    project = make_project(tmp_path / "Film")
    with stub(monkeypatch) as unreal:
        import stub_objects  # type: ignore[import-not-found]

        @unreal.uclass()
        class Forgetful(unreal.MoviePipelinePythonHostExecutor):
            kept = unreal.uproperty(int)

            @unreal.ufunction(override=True)
            def execute_delayed(self, queue: Any) -> None:
                self.plain, self.kept = 1, 2

            @unreal.ufunction(override=True)
            def is_rendering(self) -> Any:
                return getattr(self, "plain", None), self.kept

        unreal.STATE["project"] = str(project.parent)
        one = Forgetful()
        stub_objects.call_python(one, "execute_delayed", None)
        assert stub_objects.call_python(one, "is_rendering") == (None, 2)
        with pytest.raises(Exception, match="cannot override a property"):
            unreal.uclass()(
                type(
                    "Bad",
                    (unreal.MoviePipelinePythonHostExecutor,),
                    {"pipeline_queue": unreal.uproperty(int)},
                )
            )
        with pytest.raises(AttributeError):
            unreal.MoviePipelineOutputSetting().no_such_thing = 1
        with pytest.raises(TypeError):
            one.kept = "text"
        assert unreal.load_asset("/Game/Nothing.Nothing") is None
        assert not hasattr(unreal, "on_executor_errored")
