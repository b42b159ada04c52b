"""The stand-in for Maya: it understands our flags, prints what we read, and writes what we decode.

Runs real processes, so only as many as it takes.
"""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from standins import maya_pictures
from support.jobs import make_spec
from support.maya import install, installation_of, scene_info, wishes, write_scene
from support.maya_lines import check_order, codes, of, steps
from support.processes import is_alive

from render_manager.domain.diagnosis import Diagnosis
from render_manager.domain.outcome import ProcessOutcome
from render_manager.domain.scene import SceneInfo
from render_manager.engines.events import EngineEvent, FileWritten, Remark
from render_manager.engines.maya.engine import MayaEngine
from render_manager.engines.maya.installations import MayaFinder, installation_at, renderers_of
from render_manager.engines.protocols import FrameTask, Installation, RunMode
from render_manager.media import examine

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the stand-in is a script with a shebang line")


@dataclass
class Result:
    code: int
    lines: list[str]
    events: list[EngineEvent]
    diagnosis: Diagnosis
    files: list[str]
    """Paths below the staging folder."""


class Studio:
    """A scene, a stand-in and an engine that renders the one with the other."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.scene = scene_info(extra={"project": str(folder)})
        self.installation: Installation = installation_of(install(folder))
        self.engine = MayaEngine(finder=MayaFinder(None, places=list), read_scene=self._read)
        self.path = write_scene(folder / "scenes" / "shot 影.ma", cameras=("persp", "shotCam"))
        self.staging = folder / "staging"
        self.staging.mkdir()

    def _read(self, path: Path, scene: str) -> SceneInfo:
        return self.scene

    def argv(
        self, frames: Sequence[int], token: str, **options: Any
    ) -> tuple[list[str], dict[str, str], Any]:
        spec = make_spec(
            "1-9",
            engine="maya",
            scene=self.path,
            output_name="shot.####",
            options=self.engine.check_options(options),
            width=64,
            height=36,
        )
        tasks = [FrameTask(1, frame, 1, self.staging, "x", owns_staging=False) for frame in frames]
        found = self.engine.invocation(spec, self.installation, tasks, mode=RunMode.BATCH, token=token)
        env = {**os.environ, **{name: value for name, value in found.env.items() if value is not None}}
        return list(found.argv), env, spec

    def render(self, *frames: int, wish: dict[str, Any] | None = None, **options: Any) -> Result:
        argv, env, spec = self.argv(frames, "t0ken", **options)
        done = subprocess.run(
            argv, env={**env, **wishes(**(wish or {}))}, stdout=subprocess.PIPE, check=False, timeout=60
        )
        lines = done.stdout.decode("utf-8", "replace").splitlines()
        parser = self.engine.parser("t0ken", spec, frames)
        outcome = ProcessOutcome(done.returncode)
        events = [event for line in lines for event in parser.feed(line)]
        events += parser.finish(outcome)
        check_order(events)
        files = sorted(
            path.relative_to(self.staging).as_posix() for path in self.staging.rglob("*") if path.is_file()
        )
        reason = self.engine.explain(outcome, of(Remark, events), "")
        return Result(done.returncode, lines, events, reason, files)


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    return Studio(tmp_path)


@pytest.mark.parametrize("size", [(64, 36), (70, 130), (1, 1), (5, 3)])
@pytest.mark.parametrize(
    ("suffix", "write"),
    [
        ("png", maya_pictures.png),
        ("iff", maya_pictures.iff),
        ("exr", maya_pictures.exr),
        ("exr", lambda *args: maya_pictures.exr(*args, is_zipped=False)),
    ],
)
def test_every_picture_decodes_and_a_cut_one_does_not(
    tmp_path: Path, suffix: str, write: Callable[..., bytes], size: tuple[int, int]
) -> None:
    path = tmp_path / f"x.{suffix}"
    data = write(7, *size)
    path.write_bytes(data)
    picture = examine(path, expected_size=size)
    assert (picture.width, picture.height) == size
    assert not picture.health.is_black
    path.write_bytes(data[: len(data) // 2])
    with pytest.raises(Exception, match="x"):
        examine(path)


def test_all_formats_show_the_same_picture(tmp_path: Path) -> None:
    means = []
    for suffix, write in maya_pictures.WRITERS.items():
        path = tmp_path / f"x.{suffix}"
        path.write_bytes(write(3, 64, 36))
        means.append(examine(path).health.mean)
    assert means[1] == pytest.approx(means[2], abs=0.02)


@pytest.mark.parametrize(
    ("renderer", "suffix", "advances"),
    [
        ("sw", "iff", False),
        ("hw2", "iff", False),
        ("arnold", "exr", True),
        ("redshift", "exr", True),
        ("vray", "exr", True),
        ("renderman", "exr", True),
    ],
)
def test_each_renderer_from_flags_to_files(
    studio: Studio, renderer: str, suffix: str, advances: bool
) -> None:
    found = studio.render(2, 4, renderer=renderer, camera="shotCam", threads=2)
    name = "shot 影" if renderer == "renderman" else "shot"
    assert (found.code, found.files) == (0, [f"{name}.0002.{suffix}", f"{name}.0004.{suffix}"])
    told = steps(found.events)
    assert [step for step in told if step[0] in "+-"] == ["+2", "-2", "+4", "-4"]
    assert any(":" in step for step in told) is advances
    assert codes(found.events) == []
    for file in found.files:
        examine(studio.staging / file, expected_size=(64, 36))


def test_progress_needs_the_verbosity_that_is_asked_for(studio: Studio) -> None:
    for renderer in ("arnold", "redshift", "vray"):
        assert not any(
            ":" in step for step in steps(studio.render(1, renderer=renderer, verbosity="scene").events)
        )


@pytest.mark.parametrize("renderer", ["sw", "hw2", "arnold", "redshift", "vray", "renderman"])
def test_flags_of_another_renderer_are_refused(studio: Studio, renderer: str) -> None:
    wrong = "-gpu {0}" if renderer != "redshift" else "-ai:lve 2"
    found = studio.render(1, renderer=renderer, extra_arguments=wrong)
    assert (found.code, found.files) == (204, [])
    assert (found.diagnosis.code, found.diagnosis.permanent) == ("bad-flag", True)


def test_layers_cameras_and_passes_have_files_of_their_own(studio: Studio) -> None:
    studio.scene = scene_info(layers=("rs_a", "rs_b"), extra={"project": "/proj"})
    studio.path = write_scene(studio.folder / "layers.ma", layers=("rs_a", "rs_b"))
    found = studio.render(1, 2, layers="rs_a,rs_b", wish={"aovs": ["Z"]})
    assert found.files == [
        f"{layer}/{file}"
        for layer in ("rs_a", "rs_b")
        for file in ("Z/shot.0001.exr", "Z/shot.0002.exr", "shot.0001.exr", "shot.0002.exr")
    ]
    assert [step for step in steps(found.events) if step[0] in "+-"] == ["+1", "+2", "-1", "-2"]
    assert len(of(FileWritten, found.events)) == 8


def test_all_layers_of_a_scene_are_rendered_unless_some_are_chosen(studio: Studio) -> None:
    layers = ("defaultRenderLayer", "rs_a")
    studio.scene = scene_info(layers=layers, renderer="redshift")
    studio.path = write_scene(studio.folder / "layers.ma", layers=layers)
    found = studio.render(1, 2)
    assert found.files == [
        *(
            "masterLayer/shot.0001.exr",
            "masterLayer/shot.0002.exr",
            "rs_a/shot.0001.exr",
            "rs_a/shot.0002.exr",
        )
    ]
    assert [step for step in steps(found.events) if step[0] in "+-"] == ["+1", "+2", "-1", "-2"]


def test_a_scenes_tokens_reach_maya(studio: Studio) -> None:
    studio.scene = scene_info(extra={"file_prefix": "<RenderPass>/x_<RenderPass>"})
    found = studio.render(1, wish={"aovs": ["N"]})
    assert found.files == ["N/shot.0001.exr", "beauty/shot.0001.exr"]


@pytest.mark.parametrize(
    ("options", "wish", "exit_code", "code"),
    [
        ({"camera": "nobody"}, {}, 210, "camera-missing"),
        ({}, {"unreadable": True}, 211, "scene-unreadable"),
        ({}, {"plugin_missing": True}, 211, "plugin-missing"),
        ({"renderer": "octane"}, {}, 204, "renderer-missing"),
        ({}, {"licence": True}, 0, "no-licence"),
        ({"renderer": "redshift"}, {"licence": True}, 0, "no-licence"),
        ({"renderer": "vray"}, {"licence": True}, 1, "no-licence"),
        ({"renderer": "sw"}, {"licence": True}, 1, "no-licence"),
        ({}, {"oom_at": [1]}, 210, "out-of-memory"),
        ({}, {"error_at": [1]}, 210, "render-aborted"),
        ({}, {"crash_at": [1]}, 1, "crashed"),
        ({}, {"silent_255": True}, 255, "not-working"),
    ],
)
def test_what_goes_wrong_is_explained(
    studio: Studio, options: dict[str, Any], wish: dict[str, Any], exit_code: int, code: str
) -> None:
    found = studio.render(1, wish={**wish, "noise": True}, **options)
    assert (found.code, found.diagnosis.code, found.files) == (exit_code, code, [])
    assert "-1" not in steps(found.events)


def test_a_layer_that_is_not_there(studio: Studio) -> None:
    studio.path = write_scene(studio.folder / "layers.ma", layers=("defaultRenderLayer", "rs_a"))
    assert studio.render(1, layers="rs_a").code == 0
    found = studio.render(1, layers="rs_b")
    assert (found.code, found.diagnosis.code, found.diagnosis.permanent) == (210, "layer-missing", True)


def test_watermarks_finish_the_frames_and_taint_them(studio: Studio) -> None:
    found = studio.render(1, wish={"watermark": True})
    assert steps(found.events)[-1] == "-1"
    assert any(remark.taints for remark in of(Remark, found.events))


def test_noise_while_loading_and_adaptive_passes_and_strange_bytes_do_no_harm(studio: Studio) -> None:
    wish = {"noise": True, "restart": 2, "prefix": "mel: ", "invalid_utf8": True, "no_newline": True}
    found = studio.render(1, wish=wish)
    assert (found.code, found.files) == (0, ["shot.0001.exr"])
    assert steps(found.events)[-1] == "-1"
    assert not any(remark.fatal for remark in of(Remark, found.events))


def test_files_that_are_not_what_they_should_be(studio: Studio) -> None:
    wish = {
        "aovs": ["Z"],
        "missing_aov_at": [1],
        "no_file_at": [2],
        "empty_at": [3],
        "truncate_at": [4],
        "padding": 2,
    }
    found = studio.render(1, 2, 3, 4, wish=wish)
    assert found.files == [
        *("Z/shot.02.exr", "Z/shot.03.exr", "Z/shot.04.exr"),
        *("shot.01.exr", "shot.03.exr", "shot.04.exr"),
    ]
    assert (studio.staging / "shot.03.exr").stat().st_size == 0
    with pytest.raises(Exception, match=r"shot\.04"):
        examine(studio.staging / "shot.04.exr")


def test_an_output_folder_that_nobody_asked_for(studio: Studio) -> None:
    assert studio.render(1, wish={"folder": "masterLayer"}).files == ["masterLayer/shot.0001.exr"]


def test_faults_that_come_once(studio: Studio, tmp_path: Path) -> None:
    wish = {"crash_at": [1], "once": str(tmp_path)}
    assert studio.render(1, wish=wish).diagnosis.code == "crashed"
    assert studio.render(1, wish=wish).code == 0


@pytest.mark.parametrize(
    ("wish", "last"), [({"hang_after": True}, "-2"), ({"hang_at": [2]}, "2:100"), ({"half_at": [2]}, "2:100")]
)
def test_hangs_are_seen_by_silence_and_the_child_outlives_its_parent(
    studio: Studio, tmp_path: Path, wish: dict[str, Any], last: str
) -> None:
    pids = tmp_path / "pids"
    argv, env, spec = studio.argv([1, 2], "t0ken")
    env.update(wishes(pids=pids, **wish))
    parser = studio.engine.parser("t0ken", spec, [1, 2])
    told: list[str] = []
    with subprocess.Popen(argv, env=env, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            told += steps(parser.feed(line.rstrip("\n")))
            if last in told:
                break
        parent, child = (int(line) for line in pids.read_text().split())
        assert process.poll() is None
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert parent == process.pid
        assert is_alive(child)
        os.kill(child, signal.SIGKILL)
    until = time.monotonic() + 10.0
    while is_alive(child) and time.monotonic() < until:
        time.sleep(0.01)


def test_output_without_end_is_read_while_it_comes(studio: Studio) -> None:
    argv, env, spec = studio.argv([1], "t0ken")
    env.update(wishes(endless=True))
    parser = studio.engine.parser("t0ken", spec, [1])
    with subprocess.Popen(
        argv, env=env, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        assert process.stdout is not None
        events = [
            event
            for _count, line in zip(range(500), process.stdout, strict=False)
            for event in parser.feed(line)
        ]
        os.killpg(process.pid, signal.SIGKILL)
    assert len(of(Remark, events)) == 20


def test_it_is_found_as_a_maya_with_its_renderers(studio: Studio) -> None:
    found = installation_at(studio.folder / "maya2024")
    assert found is not None
    assert (found.version, found.executable) == ((2024,), studio.installation.executable)
    assert renderers_of(found) == {"sw", "hw2", "arnold", "redshift", "vray", "renderman"}


def test_progress_that_overwrites_its_line_and_an_exit_code_after_good_frames(studio: Studio) -> None:
    found = studio.render(
        1, renderer="vray", wish={"carriage_returns": True, "exit_with": 211, "flood": 5000}
    )
    assert (found.code, found.files) == (211, ["shot.0001.exr"])
    assert steps(found.events) == ["+1", "1:0", "1:25", "1:50", "1:75", "1:100", "-1"]
