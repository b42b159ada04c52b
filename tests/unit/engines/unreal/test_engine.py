"""The engine's own answers, and what its failures are called."""

from pathlib import Path
from typing import Any

import pytest
from support.jobs import make_spec
from support.unreal import installation_of, make_film, write_asset

from render_manager.domain.diagnosis import Scope
from render_manager.domain.errors import UserError
from render_manager.domain.outcome import ProcessOutcome
from render_manager.domain.scene import Severity
from render_manager.engines.events import Remark
from render_manager.engines.protocols import Engine, FrameTask, RunMode
from render_manager.engines.unreal.diagnosis import _LASTING_FAILURES, _PASSING_FAILURES
from render_manager.engines.unreal.engine import UnrealEngine
from render_manager.engines.unreal.installations import UnrealFinder
from render_manager.engines.unreal.invocation import SCRIPTS
from render_manager.engines.unreal.rules import find

PROGRAM = installation_of(Path("/opt/UE_5.4/Engine/Binaries/Linux/UnrealEditor-Cmd"))


@pytest.fixture
def engine() -> UnrealEngine:
    return UnrealEngine(finder=UnrealFinder(setting=None))


def test_it_is_an_engine(engine: UnrealEngine) -> None:
    known: Engine = engine
    assert (known.id, known.name, known.suffixes) == ("unreal", "Unreal Engine", (".uproject",))


def test_output(engine: UnrealEngine, tmp_path: Path) -> None:
    scene = engine.inspect(make_film(tmp_path))
    found = engine.output_of(scene, {})
    assert (found.folder, found.name) == (tmp_path / "Saved/MovieRenders/Intro", "Intro.####")
    assert engine.output_of(scene, {"sequence": "/Game/Shots/Second.Second"}).name == "Second.####"
    write_asset(tmp_path, "/Game/Shots/Third", "sequence")
    assert engine.output_of(engine.inspect(scene.path), {}).name == "Film.####"


@pytest.mark.parametrize(
    ("options", "suffix", "size"),
    [
        ({}, ".png", (0, 0)),
        ({"image_format": "EXR"}, ".exr", (0, 0)),
        ({"preset": "/Game/P.P"}, "", (0, 0)),
        ({"preset": "/Game/P.P", "image_format": "JPG", "width": 64, "height": 36}, ".jpeg", (64, 36)),
        ({"queue": "/Game/Q.Q"}, "", (0, 0)),
        ({"graph": "/Game/G.G", "width": 64, "height": 36}, "", (0, 0)),
    ],
)
def test_endings_and_sizes(
    engine: UnrealEngine, tmp_path: Path, options: dict[str, Any], suffix: str, size: tuple[int, int]
) -> None:
    scene = engine.inspect(make_film(tmp_path))
    assert engine.output_suffix(scene, options) == suffix
    assert engine.image_size_px(scene, options) == size


def test_options_are_kept_as_json_without_their_defaults(engine: UnrealEngine) -> None:
    assert engine.check_options({"sequence": "/Game/A/B", "python": "auto"}) == {"sequence": "/Game/A/B.B"}
    assert set(engine.option_help()) >= {"sequence", "map", "preset", "queue", "graph", "warm_up_frames"}
    assert all(engine.option_help().values())


def test_runs(engine: UnrealEngine) -> None:
    spec = make_spec()
    assert engine.run_mode(spec) is RunMode.BATCH
    assert engine.run_length(spec, range(1000), 100) == 1000, "a shot is not cut"
    cut = make_spec(options={"cut_shots": True})
    assert engine.run_length(cut, range(1000), 100) == 100
    assert engine.run_length(cut, range(3), 0) == 1
    patience = engine.patience(spec)
    assert (patience.stall_s, patience.leave_s) == (1800.0, 180.0)
    patience = engine.patience(make_spec(options={"stall_timeout_s": 0, "leave_timeout_s": 5}))
    assert (patience.stall_s, patience.leave_s) == (None, 5.0)


def test_it_has_no_resident_workers(engine: UnrealEngine) -> None:
    assert engine.farewell() == ""
    with pytest.raises(NotImplementedError):
        engine.frame_order(FrameTask(1, 1, 1, Path("/x"), "x"))
    assert not engine.should_fall_back(PROGRAM, engine.explain(None, [], ""))


def test_finding_and_choosing(engine: UnrealEngine, tmp_path: Path) -> None:
    scene = engine.inspect(make_film(tmp_path))
    assert engine.choose_installation(scene, [PROGRAM], {}) == PROGRAM
    with pytest.raises(UserError, match=r"belongs to Unreal Engine 5\.4"):
        engine.choose_installation(scene, [], {})
    assert engine.installation_at(tmp_path) is None
    assert engine.fields(scene) and engine.fields(None)
    assert list(engine.check(scene, PROGRAM, {"preset": "/Game/Presets/Final"}, make_spec().frames)) == []
    assert isinstance(engine.find_installations().installations, tuple)


def test_our_scripts_are_where_the_editor_is_told_to_look() -> None:
    assert (SCRIPTS / "init_unreal.py").is_file()
    assert (SCRIPTS / "render_manager_unreal_executor.py").is_file()


class TestReasons:
    """Why attempts failed."""

    def remarks(self, *lines: str) -> list[Remark]:
        found = [find(line) for line in lines]
        assert None not in found
        return [remark for remark in found if remark is not None]

    @pytest.mark.parametrize("code", sorted(_LASTING_FAILURES))
    def test_what_the_script_finds_wrong_with_the_job_stays_wrong(
        self, engine: UnrealEngine, code: str
    ) -> None:
        fault = engine.explain(ProcessOutcome(0), [], "The preset /Game/P.P cannot be loaded", code)
        assert (fault.code, fault.permanent, fault.scope) == (code, True, Scope.JOB)
        assert fault.text == "The preset /Game/P.P cannot be loaded."
        assert fault.advice.endswith(".")

    @pytest.mark.parametrize("code", sorted(_PASSING_FAILURES))
    def test_what_may_go_by(self, engine: UnrealEngine, code: str) -> None:
        fault = engine.explain(ProcessOutcome(0), [], "KeyError: 'x'", code)
        assert (fault.code, fault.permanent) == (code, False)
        assert fault.text == "KeyError: 'x'."

    def test_each_code_of_the_scripts_is_known(self) -> None:
        import re

        text = "".join(path.read_text("utf-8") for path in SCRIPTS.glob("*.py"))
        codes = set(re.findall(r'Stop\(\s*"([a-z-]+)"', text))
        codes |= {f"{kind}-{what}" for kind in ("preset", "queue", "graph") for what in ("missing", "wrong")}
        codes |= {"queue-ambiguous", "queue-without", "script-error"}
        assert codes == set(_LASTING_FAILURES) | set(_PASSING_FAILURES)

    @pytest.mark.parametrize(
        ("lines", "exit_code", "code", "words"),
        [
            (
                (" with Reason: DXGI_ERROR_DEVICE_HUNG", "Fatal error!"),
                3,
                "gpu-lost",
                "graphics card stopped",
            ),
            (
                ("Fatal error!", " with Reason: DXGI_ERROR_DEVICE_HUNG"),
                3,
                "gpu-lost",
                "graphics card stopped",
            ),
            (
                ("Out of video memory trying to allocate a texture!",),
                3,
                "gpu-out-of-memory",
                "ran out of memory",
            ),
            (("Fatal error!",), 3, "crashed", "crashed"),
            ((), -11, "crashed", "SIGSEGV"),
            ((), 0xC0000005, "crashed", "access violation"),
            ((), 137, "killed", "memory runs out"),
            ((), -9, "killed", "memory runs out"),
            ((), 3, "exit-code", "exit code 3"),
            ((), 2, "sequence-missing", "exit code 2"),
            ((), 0, "no-frame", "without an error and without writing the frame"),
            ((), 1, "exit-code", "exit code 1"),
        ],
    )
    def test_of_the_log_and_the_exit_code(
        self, engine: UnrealEngine, lines: tuple[str, ...], exit_code: int, code: str, words: str
    ) -> None:
        fault = engine.explain(ProcessOutcome(exit_code), self.remarks(*lines), "")
        assert fault.code == code
        assert words in fault.text

    def test_a_frame_that_no_shot_covers(self, engine: UnrealEngine) -> None:
        fault = engine.explain(None, [], "No shot: the sequence has frames 0 to 23 only")
        assert (fault.code, fault.permanent, fault.scope) == ("no-shots", True, Scope.FRAME)

    @pytest.mark.parametrize(
        ("error", "code"),
        [
            ("Unreal said that it wrote /o/I.0004.png, but the file is not there or empty", "file-missing"),
            ("Frame 4 lacks a file of one pass that other frames have", "pass-missing"),
            ("No file of this frame was written", "nothing-written"),
            ("Movie Render Queue says that it failed", "render-failed"),
            ("KeyError: 4", "engine-error"),
        ],
    )
    def test_what_to_do_about_a_frame_that_failed(self, engine: UnrealEngine, error: str, code: str) -> None:
        fault = engine.explain(None, [], error)
        assert (fault.code, fault.permanent, fault.scope) == (code, False, Scope.FRAME)
        assert fault.advice.endswith(".")

    def test_the_log_says_more_than_a_missing_file(self, engine: UnrealEngine) -> None:
        lost = self.remarks("LogMovieRenderPipelineIO: Error: No space left on device")
        text = "Unreal said that it wrote /o/I.png, but the file is not there or empty"
        assert engine.explain(None, lost, text).code == "disk-full"

    def test_a_missing_result_is_a_reason_of_last_resort(self, engine: UnrealEngine) -> None:
        parser = engine.parser("t")
        parser.feed('@RM-t {"event": "alive", "n": 1}')
        (remark,) = parser.finish(ProcessOutcome(0))
        assert isinstance(remark, Remark)
        assert engine.explain(ProcessOutcome(0), [remark], "").code == "no-result"
        lost = self.remarks(" with Reason: DXGI_ERROR_DEVICE_HUNG")
        assert engine.explain(ProcessOutcome(0), [*lost, remark], "").code == "gpu-lost"

    def test_known_words_in_what_the_script_says(self, engine: UnrealEngine) -> None:
        fault = engine.explain(
            ProcessOutcome(0), [], "OSError: [Errno 28] No space left on device", "script-error"
        )
        assert fault.code == "disk-full"

    def test_warnings_are_no_reasons(self, engine: UnrealEngine) -> None:
        remarks = self.remarks("x Failed to load '/Game/Trees/Oak': Can't find file.")
        assert remarks[0].severity is Severity.WARNING
        assert engine.explain(ProcessOutcome(1), remarks, "").code == "exit-code"
