"""Phases, told from the log's own lines and by our script."""

import pytest

from render_manager.engines.unreal.phases import SCRIPT_PHASES, PhaseWatch

PREFIX = "[2026.03.23-02.20.24:110][  3]"
MRQ = "LogMovieRenderPipeline: "


@pytest.mark.parametrize(
    ("line", "text"),
    [
        (MRQ + "Detected that the user intends to render a movie. Waiting", "starting Unreal"),
        ("LogInit: Display: Engine is initialized. Leaving FEngineLoop::Init()", "loading the map"),
        (MRQ + "Successfully detected. Rendering will begin once the map is loaded.", "loading the map"),
        (MRQ + "[3] Initializing overall Movie Pipeline", "preparing the render"),
        (MRQ + "[3] Initializing Camera Cut [1/3] in [Shot0010] CameraCut.", "preparing the shot"),
        (MRQ + "[4] Finished initializing Camera Cut [1/3].", "rendering"),
        (MRQ + "[41] Finished rendering last shot. Moving to Finalize to finish", "writing the last files"),
        ("Movie Graph Render completed. Duration: 00:01", "closing"),
        ("LogExit: Preparing to exit.", "closing"),
        (
            "LogShaderCompilers: Display: Worker (1/9): shaders left to compile 7944",
            "compiling shaders, 7,944 left",
        ),
        ("Waiting for static meshes to be ready 12/345", "waiting for static meshes, 12 of 345 ready"),
        ("LogPython: Render Executor: Progress: 12.5", "rendering, 12.5 %"),
        ("LogPython: Render Executor: Progress: 104.1", ""),
        ("LogShaderCompilers: Display: Shaders left to compile 0", ""),
        ("LogTexture: Display: Building textures: T_Skin_n", ""),
        (MRQ + "[41] Finished processing Camera Cut [1/1].", ""),
    ],
)
def test_lines(line: str, text: str) -> None:
    assert PhaseWatch().read(PREFIX + line) == text


def test_the_same_phase_is_entered_once() -> None:
    watch = PhaseWatch()
    assert watch.read(MRQ + "[3] Initializing overall Movie Pipeline")
    assert not watch.read(MRQ + "[3] Initializing overall Movie Pipeline")


def test_thousands_of_shaders_are_not_thousands_of_phases() -> None:
    watch = PhaseWatch()
    texts = [watch.read(f"Worker (1/9): shaders left to compile {left}") for left in range(8000, 0, -1)]
    shown = [text for text in texts if text]
    assert 80 < len(shown) < 120
    assert watch.shaders_left == 1
    assert watch.is_compiling
    assert watch.read("Shaders left to compile 0") == "shaders are compiled"
    assert not watch.is_compiling


def test_compiling_may_begin_again() -> None:
    watch = PhaseWatch()
    assert watch.read("shaders left to compile 10")
    assert watch.read(MRQ + "[3] Initializing overall Movie Pipeline")
    assert watch.read("shaders left to compile 10") == "compiling shaders, 10 left"


@pytest.mark.parametrize("name", SCRIPT_PHASES)
def test_what_our_script_says(name: str) -> None:
    watch = PhaseWatch()
    assert watch.enter(name)
    assert not watch.enter(name)


def test_warm_up_with_a_number_and_a_phase_of_a_newer_script() -> None:
    watch = PhaseWatch()
    assert watch.enter("warming-up", 40) == "warming up, 40 frames"
    assert watch.enter("polishing") == "polishing"
