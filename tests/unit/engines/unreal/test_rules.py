"""What single lines mean; each rule has its line here, and many lines of a good run mean nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from render_manager.domain.diagnosis import Scope
from render_manager.domain.scene import Severity
from render_manager.engines.unreal.rules import RULES, find, is_telling

PREFIX = "[2026.03.23-02.20.24:110][  3]"
MRQ = "LogMovieRenderPipeline: "

LINES = [
    ("Resolution 200000x200000 exceeds maximum allowed by GPU (16384x16384)", "resolution-limit", "hopeless"),
    (MRQ + "Shot has 0 Passes. Total resolution: (64x36)", "no-passes", "hopeless"),
    (MRQ + "NumJobs: 0 ExecutorClass: MoviePipelineInProcessExecutor", "queue-empty", "hopeless"),
    (MRQ + "MoviePipelineLinearExecutorBase starting 0 jobs.", "queue-empty", "hopeless"),
    (MRQ + "Warning: [3] No shots detected to render. Either all outside", "no-shots", "error"),
    (MRQ + "Error: Playback Range was zero. End Frames are exclusive", "empty-range", "error"),
    (
        MRQ + "Fatal: Failed to find Movie Pipeline sequence asset to render. Please. Looked for: /Game/A.A",
        "sequence-missing",
        "hopeless",
    ),
    (MRQ + "Failed to find Movie Pipeline sequence asset to render", "sequence-missing", "hopeless"),
    (
        MRQ + "Fatal: Failed to find Pipeline Configuration asset to render. Looked for: /Game/B.B",
        "preset-missing",
        "hopeless",
    ),
    (MRQ + "Failed to find Pipeline Configuration asset to render", "preset-missing", "hopeless"),
    (MRQ + "Unknown Config Asset Path", "preset-missing", "hopeless"),
    (MRQ + "Fatal: Could not parse text asset package.", "preset-missing", "hopeless"),
    (
        "Ensure condition failed: Failed to load Sequence Asset from specified path, aborting movie render! "
        "Attempted to load Path: /Game/A.A",
        "sequence-missing",
        "hopeless",
    ),
    ("LogImageWriteQueue: Error: Failed to write image to 'D:/x.png'. The pixel", "write-failed", "fatal"),
    ("OSError: [Errno 28] No space left on device", "disk-full", "fatal"),
    ("There is not enough space on the disk.", "disk-full", "fatal"),
    ("Error exporting frame, canceling movie export.", "export-failed", "fatal"),
    (MRQ + "Error: Error caught in Executor. Error: It broke.", "executor-error", "fatal"),
    (
        MRQ
        + "[GFrameCounter: 7] Async Shutdown Requested, abandoning remaining work and moving to Finalize.",
        "interrupted",
        "fatal",
    ),
    (MRQ + "Error: Null setting found in config: Final - Did you disable", "setting-missing", "error"),
    (MRQ + "Warning: Sub-level 'Trees' is set to blueprint streaming and", "streamed-level", "warning"),
    (
        MRQ + "Warning: Multiple render passes exported but no {render_pass} format found.",
        "pass-names",
        "warning",
    ),
    ("No shot: the sequence has frames 0 to 23 only", "no-shots", "frame"),
    (MRQ + "Fatal: No class set in Python Host Executor. This does nothing", "script-missing", "hopeless"),
    (MRQ + "Fatal: Failed to load specified Local Executor class. Executor", "queue-plugin-off", "hopeless"),
    ("LogPython: Render Executor: Error: Exception in render", "script-error", "fatal"),
    (
        "Unreal said that it wrote D:/a b/I.0004.png, but the file is not there or empty",
        "file-missing",
        "fatal",
    ),
    ("Frame 4 lacks a file of one pass that other frames have", "pass-missing", "fatal"),
    ("No file of this frame was written", "nothing-written", "fatal"),
    ("Movie Render Queue says that it failed", "render-failed", "fatal"),
    (
        "LogD3D12RHI: Error: Out of video memory trying to allocate a rendering resource. Make sure",
        "gpu-out-of-memory",
        "fatal",
    ),
    ("LogVulkanRHI: Error: VK_ERROR_OUT_OF_DEVICE_MEMORY", "gpu-out-of-memory", "fatal"),
    ("Video memory has been exhausted (1516.746 MB over budget). Expect", "gpu-memory-full", "warning"),
    (
        "LogMemory: Fatal: Ran out of memory allocating 65536 bytes with alignment 16",
        "out-of-memory",
        "fatal",
    ),
    ("LogVulkanRHI: Error: VK_ERROR_OUT_OF_HOST_MEMORY", "out-of-memory", "fatal"),
    ("run.sh: line 3:  4242 Killed", "out-of-memory", "fatal"),
    ("CommandUtils.Run: Took 1641.56s to run UE4Editor, ExitCode=137", "out-of-memory", "fatal"),
    (" with error DXGI_ERROR_DEVICE_REMOVED with Reason: DXGI_ERROR_DEVICE_HUNG", "gpu-lost", "fatal"),
    ("Unreal Engine is exiting due to D3D device being lost. (Error: 0x887A0006)", "gpu-lost", "fatal"),
    ("result failed with error DXGI_ERROR_DEVICE_RESET", "gpu-lost", "fatal"),
    ("LogVulkanRHI: Error: Result failed, VkResult=-4, with error VK_ERROR_DEVICE_LOST", "gpu-lost", "fatal"),
    ("LogWindows: Error: GPU Crash dump Triggered", "gpu-lost", "fatal"),
    ("LogD3D12RHI: Error: GetDeviceRemovedReason", "gpu-lost", "fatal"),
    (
        "The map specified on the commandline '/Game/Maps/X' could not be found. Exiting.",
        "map-missing",
        "hopeless",
    ),
    (
        "LogLoad: Error: Failed to enter /Game/Maps/X: Package not found. Please check the log for errors.",
        "map-missing",
        "hopeless",
    ),
    ("The following modules are missing or built with a different engine version:", "not-built", "hopeless"),
    ("The game module 'Film' could not be loaded. There may be", "not-built", "hopeless"),
    (
        "Plugin 'Foo' failed to load because module 'FooCore' could not be found.",
        "plugin-missing",
        "hopeless",
    ),
    ("Unable to find plugin 'Foo' (referenced via Film.uproject).", "plugin-missing", "hopeless"),
    ("Unable to load plugin 'Foo'. Aborting.", "plugin-missing", "hopeless"),
    ("LogInit: Error: Failed to open descriptor file 'D:/a b/Film.uproject'.", "project-missing", "hopeless"),
    ("A D3D11-compatible GPU (Feature Level 11.0) is required to run the engine.", "no-graphics", "hopeless"),
    (
        "LogWindows: Error: appError called: Assertion failed: Index >= 0 [File:Array.h] [Line: 700]",
        "crashed",
        "fatal",
    ),
    ("Unhandled Exception: EXCEPTION_ACCESS_VIOLATION reading address 0x0000", "crashed", "fatal"),
    ("LogWindows: Error: === Critical error: ===", "crashed", "fatal"),
    ("Fatal error!", "crashed", "fatal"),
    ("LogOutputDevice: Error: Fatal error: [File:x.cpp] [Line: 3] It broke", "crashed", "fatal"),
    ("LowLevelFatalError [File:Unknown] [Line: 886] It broke", "crashed", "fatal"),
    ("Signal 11 caught.", "crashed", "fatal"),
    (
        "Engine crash handling finished; re-raising signal 11 for the default handler. Good bye.",
        "crashed",
        "fatal",
    ),
    ("LogUObjectGlobals: Fatal: It cannot be.", "crashed", "fatal"),
    ("Segmentation fault (core dumped)", "crashed", "fatal"),
    (
        "LogLinker: Warning: [AssetLog] /Game/T.uasset: Failed to load '/Game/Trees/Oak': Can't find file.",
        "missing-asset",
        "warning",
    ),
    (
        "LogStreaming: Error: Couldn't find file for package /Game/Trees/Oak requested by async loading",
        "missing-asset",
        "warning",
    ),
    (
        "LogMaterial: Error: Failed to compile Material /Game/M_Rock.M_Rock for platform PCD3D_SM6, Default",
        "material-failed",
        "warning",
    ),
    ("LogPython: Error: Traceback (most recent call last):", "python-error", "warning"),
    ("LogMovieRenderPipelineIO: Error: Something nobody knows", "render-error", "error"),
]


@pytest.mark.parametrize(("line", "code", "weight"), LINES)
@pytest.mark.parametrize("prefix", ["", PREFIX, "0: STDOUT: "])
def test_lines(line: str, code: str, weight: str, prefix: str) -> None:
    text = prefix + line
    assert is_telling(text.lower())
    found = find(text)
    assert found is not None and found.code == code
    expected = {
        "hopeless": (True, True, Scope.JOB),
        "frame": (True, True, Scope.FRAME),
        "fatal": (True, False, Scope.FRAME),
        "error": (False, False, Scope.FRAME),
        "warning": (False, False, Scope.FRAME),
    }[weight]
    assert (found.fatal, found.permanent, found.scope) == expected
    assert found.severity is (Severity.WARNING if weight == "warning" else Severity.ERROR)
    for sentence in (found.meaning, found.advice):
        assert not sentence or (sentence.endswith(".") and "  " not in sentence and "{" not in sentence)
    assert ": ." not in found.meaning


def test_each_code_has_a_line() -> None:
    assert {rule.code for rule in RULES} == {code for _line, code, _weight in LINES}


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (LINES[0][0], "200000x200000 is larger than this graphics card can render (16384x16384)"),
        ("LowLevelFatalError [File:Unknown] [Line: 886] It broke.", "Unreal crashed: It broke."),
        ("Signal 11 caught.", "Unreal crashed: Signal 11."),
        (
            "Looked for: x: Failed to enter /Game/X: gone. Please check the log",
            "/Game/X could not be opened: gone.",
        ),
        ("x Failed to load '/Game/Trees/Oak': Can't find file.", "The asset /Game/Trees/Oak is missing"),
    ],
)
def test_values_of_the_line_are_in_the_sentence(line: str, words: str) -> None:
    found = find(line)
    assert found is not None and words in found.meaning


@pytest.mark.parametrize(
    "line",
    [
        "LogStall: Shutdown...",
        "LogExit: Object subsystem successfully closed.",
        "LogShaderCompilers: Display: Shaders left to compile 0",
        "LogTexture: Error: something about a texture",
        "LogPlugin: Warning: plug-ins may be deprecated",
        "LogAudio: Error: No device, audio failed",
        "LogHttp: Error: Failed to connect",
        "LogInit: Display: Engine is initialized. Leaving FEngineLoop::Init()",
        MRQ + "Shot has 1 Passes. Total resolution: (1920x1080)",
        MRQ + "Shot has 10 Passes. Total resolution: (1920x1080)",
        MRQ + "MoviePipelineLinearExecutorBase starting 10 jobs.",
        MRQ + "NumJobs: 10 ExecutorClass: X",
        'LogMovieRenderPipeline: Applying CVar "x" PreviousValue: 0.000 NewValue: 1.000',
        "LogCrashReporter: Error: crash handling",
        "LogPython: Error: Render Manager: The level sequence /Game/No.No cannot be loaded",
        "LogD3D12RHI: Error: Active GPU breadcrumbs:",
        "0 errors, 0 warnings",
    ],
)
def test_errors_of_other_things_are_no_failures(line: str) -> None:
    assert find(line) is None


@given(st.text(max_size=300))
def test_any_text(text: str) -> None:
    find(text)


@given(st.sampled_from(LINES), st.text(max_size=30), st.text(max_size=30))
def test_known_lines_between_any_text(line: tuple[str, str, str], before: str, behind: str) -> None:
    find(before + line[0] + behind)


@pytest.mark.parametrize(
    "line",
    [
        "[2026.03.23-01.41.59:722][  3]LogGame: Display: Player Killed",
        "LogTemp: Error: Fatal error: the web socket is closed",
        "LogBlueprintUserMessages: [BP_Test_C_0] Assertion failed: two is three",
        "LogHttp: Warning: Unhandled Exception: Timeout",
        "LogDerivedDataCache: Warning: Write failed: No space left on device",
        "LogAudioMixer: Error: Out of video memory trying to allocate a buffer",
    ],
)
def test_other_categories_do_not_end_a_render(line: str) -> None:
    remark = find(line)
    assert remark is None or not remark.fatal
