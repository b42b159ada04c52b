"""The whole chain in processes: command line, manifest, executor, stub, status file, result, pictures."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from support.jobs import make_spec
from support.unreal import install, make_film, wishes, write_asset

from render_manager.domain.outcome import ProcessOutcome
from render_manager.engines.events import (
    EngineEvent,
    EngineGaveUp,
    FrameBegan,
    FrameEnded,
    FrameErred,
    Remark,
)
from render_manager.engines.protocols import FrameTask, Installation, RunMode
from render_manager.engines.unreal.engine import UnrealEngine
from render_manager.engines.unreal.installations import UnrealFinder
from render_manager.engines.unreal.invocation import SCRIPTS
from render_manager.execution.environment import engine_environment
from render_manager.execution.lines import LineSplitter
from render_manager.media import examine

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the stand-in is a script with a shebang line")


class Chain:
    """Renders a job as a worker would, and keeps what it sees."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.engine = UnrealEngine(finder=UnrealFinder(setting=install(folder / "UE_5.4")))
        self.project = make_film(folder / "Film")
        self.staging = folder / "out" / "staging"
        self.staging.mkdir(parents=True)
        self.events: list[EngineEvent] = []
        self.output = b""
        self.env: dict[str, str | None] = {}
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def installation(self) -> Installation:
        found = self.engine.installation_at(self.folder / "UE_5.4")
        assert found is not None
        return found

    def start(
        self, *frames: int, options: dict[str, Any] | None = None, **wishes_of: Any
    ) -> "subprocess.Popen[bytes]":
        spec = make_spec(
            "1-9",
            engine="unreal",
            scene=self.project,
            options=self.engine.check_options(options or {}),
            output_name="Intro.####",
        )
        tasks = [FrameTask(1, frame, 1, self.staging, "x") for frame in frames]
        invocation = self.engine.invocation(spec, self.installation, tasks, mode=RunMode.BATCH, token="t0ken")
        self.events_file = invocation.events_file
        env = engine_environment({**invocation.env, **wishes(**wishes_of), **self.env})
        self.process = subprocess.Popen(
            invocation.argv,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        return self.process

    def run(self, *frames: int, options: dict[str, Any] | None = None, **wishes_of: Any) -> ProcessOutcome:
        process = self.start(*frames, options=options, **wishes_of)
        self.output, _none = process.communicate(timeout=60)
        outcome = ProcessOutcome(process.returncode)
        parser = self.engine.parser("t0ken")
        written = self.events_file.read_bytes() if self.events_file and self.events_file.exists() else b""
        for data in (written, self.output):
            splitter = LineSplitter()
            for line in (*splitter.feed(data), *splitter.finish()):
                self.events += parser.feed(line.text)
        self.events += parser.finish(outcome)
        return outcome

    def of(self, kind: type) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]

    @property
    def ended(self) -> list[int]:
        return [event.frame for event in self.of(FrameEnded)]

    @property
    def codes(self) -> list[str]:
        return [event.code for event in self.of(Remark)]

    @property
    def result(self) -> dict[str, Any]:
        path = self.staging / "render-manager-result.json"
        return json.loads(path.read_text("utf-8")) if path.exists() else {}

    @property
    def pictures(self) -> list[Path]:
        found = [path for path in self.staging.rglob("*") if path.is_file()]
        return sorted(path for path in found if not path.name.startswith("render-manager-"))

    def why(self, outcome: ProcessOutcome) -> str:
        gave_up = self.of(EngineGaveUp)
        error, code = (gave_up[-1].text, gave_up[-1].code) if gave_up else ("", "")
        return self.engine.explain(outcome, self.of(Remark), error, code).code


@pytest.fixture
def chain(tmp_path: Path) -> Iterator[Chain]:
    made = Chain(tmp_path)
    yield made
    if made.process is not None:
        made.process.kill()
        made.process.wait()
        if made.process.stdout is not None:
            made.process.stdout.close()


def test_two_ranges_of_whole_pictures(chain: Chain) -> None:
    outcome = chain.run(1, 2, 3, 7, 8)
    assert outcome.exit_code == 0
    assert chain.ended == [1, 2, 3, 7, 8]
    assert chain.result["success"]
    assert [path.name for path in chain.pictures] == [f"Intro.000{frame}.png" for frame in (1, 2, 3, 7, 8)]
    for path in chain.pictures:
        assert (examine(path).width, examine(path).height) == (64, 36)
    assert chain.codes == []


@pytest.mark.parametrize("image_format", ["EXR", "JPG", "BMP"])
def test_other_formats_decode_as_well(chain: Chain, image_format: str) -> None:
    chain.run(1, options={"image_format": image_format})
    (path,) = chain.pictures
    assert examine(path).width == 64


def test_a_silent_pipe_with_only_the_status_file_alive(chain: Chain) -> None:
    process = chain.start(1, 2, silent=True, gate=str(chain.folder / "gate"))
    path = chain.events_file
    assert path is not None
    deadline = time.monotonic() + 30
    while not (path.exists() and b'"ready"' in path.read_bytes()):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    (chain.folder / "gate").touch()
    output, _none = process.communicate(timeout=60)
    lines = [line for line in path.read_bytes().splitlines() if b'"event": "progress"' not in line]
    assert output.count(b"@RM-t0ken") == len(lines)


@pytest.mark.parametrize("said", ["1", ""])
def test_nothing_is_written_into_the_programs_own_folder(
    chain: Chain, monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    """Neither when the editor's Python reads the environment, nor when it does not."""
    scripts = chain.folder / "scripts"
    shutil.copytree(SCRIPTS, scripts, ignore=shutil.ignore_patterns("__pycache__"))
    before = sorted(scripts.rglob("*"))
    monkeypatch.setattr("render_manager.engines.unreal.invocation.SCRIPTS", scripts)
    chain.env = {"PYTHONDONTWRITEBYTECODE": said}
    chain.run(1)
    assert chain.ended == [1]
    assert sorted(scripts.rglob("*")) == before


@pytest.mark.parametrize(
    ("wish", "code", "crashed"),
    [
        ("crash_at", "crashed", True),
        ("fatal_at", "crashed", False),
        ("gpu_lost_at", "gpu-lost", False),
        ("video_memory_at", "gpu-out-of-memory", False),
    ],
)
def test_going_down_in_the_middle(chain: Chain, wish: str, code: str, crashed: bool) -> None:
    outcome = chain.run(1, 2, 3, 4, 5, 6, 7, 8, 9, delay=0.01, **{wish: [6]})
    assert outcome.exit_code != 0
    assert outcome.crashed is crashed
    assert chain.ended == [], "only at the end of the range is it sure which files are whole"
    assert 3 <= len(chain.pictures) < 6
    assert chain.result == {}
    assert chain.why(outcome) == code


def test_going_down_while_it_closes_is_a_warning(chain: Chain) -> None:
    outcome = chain.run(1, 2, crash_at_exit=True)
    assert outcome.crashed
    assert chain.ended == [1, 2]
    assert chain.codes == ["crashed-at-exit"]


@pytest.mark.parametrize(
    ("wish", "codes", "why"),
    [
        ({"zero_passes": True}, ["no-passes"], "no-passes"),
        ({"silent_initialize": True}, [], "not-initialized"),
        ({"no_script": True}, ["script-missing"], "script-missing"),
        ({"no_result": True}, ["no-result"], "no-result"),
    ],
)
def test_what_never_gets_anywhere(chain: Chain, wish: dict[str, Any], codes: list[str], why: str) -> None:
    options = {"preset": "/Game/Presets/Final"}
    outcome = chain.run(1, 2, options=options, **wish)
    assert chain.codes == codes
    assert chain.why(outcome) == why
    assert chain.ended == []


def test_no_shots(chain: Chain) -> None:
    write_asset(chain.project.parent, "/Game/Shots/Intro", "sequence", start=0, end=24, shots=[["A", 0, 24]])
    outcome = chain.run(1, 2, no_shots=True)
    assert chain.codes == ["no-shots"]
    assert [event.frame for event in chain.of(FrameErred)] == [1, 2]
    assert chain.why(outcome) == "no-shots"


def test_an_empty_queue(chain: Chain) -> None:
    write_asset(chain.project.parent, "/Game/Queues/All", "queue", jobs=[])
    outcome = chain.run(1, options={"queue": "/Game/Queues/All"})
    assert chain.why(outcome) == "queue-empty"


def test_a_map_that_is_not_there(chain: Chain) -> None:
    outcome = chain.run(1, options={"map": "/Game/Maps/Gone"})
    assert chain.why(outcome) == "map-missing"
    assert chain.codes[0] == "map-missing"


@pytest.mark.parametrize("plugins", [{}, {"PythonScriptPlugin": False, "MovieRenderPipeline": False}])
def test_a_project_with_the_plugins_off_is_rendered_and_stays_as_it_is(
    chain: Chain, plugins: dict[str, bool]
) -> None:
    chain.project = make_film(chain.folder / "Film", plugins=plugins)
    before = chain.project.read_bytes()
    chain.run(1, 2)
    assert chain.ended == [1, 2]
    assert chain.project.read_bytes() == before


def test_shaders_are_a_phase(chain: Chain) -> None:
    chain.run(1, shaders=812)
    assert any(getattr(event, "text", "") == "compiling shaders, 812 left" for event in chain.events)
    assert chain.ended == [1]


def test_a_flood_and_bytes_that_are_no_text(chain: Chain) -> None:
    chain.run(1, 2, flood=1_000_000, invalid_utf8=True)
    assert chain.ended == [1, 2]
    assert len(chain.output) > 2_000_000


def test_a_pass_that_is_missing(chain: Chain) -> None:
    write_asset(chain.project.parent, "/Game/Presets/Two", "preset", layers=["WorldDepth"])
    chain.run(1, 2, 3, options={"preset": "/Game/Presets/Two"}, missing_pass_at=[2])
    assert chain.ended == [1, 3]
    assert [event.frame for event in chain.of(FrameErred)] == [2]
    assert len(chain.pictures) == 5


def test_only_the_first_time(chain: Chain) -> None:
    marks = chain.folder / "marks"
    marks.mkdir()
    assert chain.run(1, 2, crash_at=[2], once=str(marks)).crashed
    (chain.staging / "render-manager-events.jsonl").unlink()
    chain.events.clear()
    assert chain.run(1, 2, crash_at=[2], once=str(marks)).exit_code == 0
    assert chain.ended == [1, 2]


def test_an_exit_code_says_nothing_when_the_frames_are_there(chain: Chain) -> None:
    assert chain.run(1, 2, exit_code=7).exit_code == 7
    assert chain.ended == [1, 2]


def test_pictures_cut_in_half_are_found_out_by_decoding(chain: Chain) -> None:
    chain.run(1, 2, truncate_at=[2])
    assert chain.ended == [1, 2]
    examine(chain.pictures[0])
    with pytest.raises(Exception, match=r"."):
        examine(chain.pictures[1])


@pytest.mark.parametrize("wish", [{"hang_at": [2]}, {"half_at": [1]}, {"ignore_exit": True}])
def test_hangs(chain: Chain, wish: dict[str, Any]) -> None:
    process = chain.start(1, 2, 3, **wish)
    deadline = time.monotonic() + 30
    wanted = 3 if "ignore_exit" in wish else 1 if "half_at" in wish else 0
    while len(chain.pictures) < wanted or not (chain.events_file and chain.events_file.exists()):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    time.sleep(0.2)
    assert process.poll() is None
    process.terminate()
    assert process.wait(timeout=10) == -signal.SIGTERM


def test_children_and_an_editor_that_does_not_hear(chain: Chain) -> None:
    pids = chain.folder / "pids"
    process = chain.start(1, 2, children=True, hang_at=[1], ignore_terminate=True, pids=str(pids))
    deadline = time.monotonic() + 30
    while not pids.exists() or len(pids.read_text().splitlines()) < 4:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    known = {name: int(pid) for pid, name in (line.split() for line in pids.read_text().splitlines())}
    assert set(known) == {"editor", "ShaderCompileWorker", "CrashReportClient", "zenserver"}
    try:
        while psutil.Process(known["zenserver"]).name() != "zenserver":
            assert time.monotonic() < deadline
            time.sleep(0.02)
        process.terminate()
        time.sleep(0.2)
        assert process.poll() is None
        process.kill()
        process.wait(timeout=10)
    finally:
        for name, pid in known.items():
            if name != "editor":
                os.kill(pid, signal.SIGKILL)


def test_frames_begin_before_they_end(chain: Chain) -> None:
    chain.run(1, 2, 3, delay=0.01)
    spoken = [event for event in chain.events if isinstance(event, FrameBegan | FrameEnded)]
    assert sorted(event.frame for event in spoken if isinstance(event, FrameBegan)) == [1, 2, 3]
    for frame in chain.ended:
        assert spoken.index(FrameBegan(frame)) < spoken.index(FrameEnded(frame))
    assert sys.platform != "win32"
