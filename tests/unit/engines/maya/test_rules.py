"""What single lines mean. Wordings are those of `engines/maya.md` section 4 and its logs where not said."""

import string

import pytest

from render_manager.domain.diagnosis import Scope
from render_manager.domain.scene import Severity
from render_manager.engines.maya.exit_codes import EXIT_CODES, explain_exit
from render_manager.engines.maya.rules import RULES, find, is_telling

LINES = [
    (
        "no-licence",
        "ERROR   | aborting render because this is a batch render and abort_on_license_fail is enabled",
    ),
    ("no-licence", "00:00:52 | aborting render because the abort_on_license_fail option was enabled"),
    ("no-licence", "[clm.v1] generic license checkout error (22)"),
    ("no-licence", "[clm.v1] LICENSE CHECKOUT ERROR (44)"),
    ("no-licence", "[clm.v1] error loading a library (4)"),
    ("no-licence", "[rlm] error initializing license system"),
    ("no-licence", "Error: [Redshift] License error: (RLM) All licenses in use (-22) //"),
    ("no-licence", "Redshift Error: Maxon licensing error: User not logged in (7)"),
    ("no-licence", "error: Could not obtain a license"),
    ("no-licence", "R50005 {SEVERE} License error"),
    ("no-licence", "FLEXlm error: -15,570"),
    ("no-licence", "Maya: License was not obtained"),
    ("no-licence", "Error: could not get a license for the renderer"),
    (
        "no-licence",
        "RuntimeError: Error encountered when initializing Maya - Please check for sufficient disk space and "
        "necessary write permissions of MAYA_APP_DIR.",
    ),
    ("watermark", "00:00:09   514MB WARNING | rendering with watermarks because of failed authorization:"),
    ("bad-flag", "Invalid flag: -fnc"),
    ("bad-flag", "Usage: Render [options] filename"),
    ("bad-flag", "0: STDOUT: Usage: ./Render [options] filename"),
    ("project-unusable", 'Error: Cannot open project "/proj/none".'),
    ("renderer-missing", 'Cannot open renderer description file "rendermanRenderer.xml"'),
    ("plugin-missing", 'Plug-in, "mtoa", was not found on MAYA_PLUG_IN_PATH'),
    ("plugin-missing", "Error: line 1: Unable to dynamically load : C:/x/redshift4maya.mll"),
    ("renderer-not-loaded", "Error: Unrecognized node type 'VRaySettingsNode'"),
    ("renderer-not-loaded", "Error: Unknown object type: RedshiftOptions"),
    ("renderer-not-loaded", 'Cannot find procedure "rsPreference"'),
    (
        "library-not-loaded",
        '# Error: file: C:/a.mel line 7: V-Ray : Error loading plugin library "C:/v.dll": [x] 127 #',
    ),
    ("camera-missing", "Error: makeCameraRenderable.mel line 34: Camera [None] does not exist."),
    ("no-camera", "No renderable cameras found."),
    ("no-camera", "Error: This scene does not have any renderable cameras."),
    ("layer-missing", "[Redshift] Unable to swtich to render layer: rs_fog"),
    ("layer-missing", "Error: line 1: No object matches name: rs_fog"),
    ("scene-unreadable", 'Error: Cannot load scene "/proj/a.ma". Please check the scene name.'),
    ("scene-unreadable", "Error: Scene was not loaded properly, please check the scene name"),
    ("scene-unreadable", "Error: Could not open file. : /proj/a.ma"),
    ("scene-unreadable", "Error: Error reading file. : /proj/a.ma"),
    ("missing-texture", "00:00:01  512MB ERROR   | [texturesys] could not open /tex/a.tx"),
    ("frame-exists", "Skipping frame 12"),
    (
        "gpu-out-of-memory",
        "There's less than 128MB of free VRAM once fixed data are considered. Aborting the render",
    ),
    ("gpu-out-of-memory", "CUDA_ERROR_OUT_OF_MEMORY: out of memory"),
    ("out-of-memory", "G32001\t{SEVERE}  Out of memory allocating tessellation cache."),
    ("out-of-memory", "Error: Not enough storage is available to process this command."),
    ("out-of-memory", "Memory allocation failure; 123 bytes"),
    ("out-of-memory", "terminate called after throwing an instance of 'std::bad_alloc'"),
    ("no-gpu", "[Redshift] No devices found. Aborting rendering."),
    ("no-gpu", "redshiftSelectCudaDevices.mel line 12: Invalid device id: 3"),
    ("no-gpu", "Failed to init the CUDA driver API"),
    ("no-gpu", "Error: Graphics card capabilities are insufficient for rendering."),
    ("gpu-error", "CUDA_ERROR_UNKNOWN"),
    ("disk-full", "write failed: No space left on device"),
    ("disk-full", "There is not enough space on the disk."),
    ("output-unwritable", "ERROR | [driver_exr] can't create file (No such file or directory)"),
    ("output-unwritable", "Warning: The post-processing failed while attempting to rename file"),
    ("crashed", "maya encountered a fatal error"),
    ("crashed", "Fatal Error. Attempting to save in /usr/tmp/artist.20131126.1253.ma"),
    ("crashed", "ERROR | signal caught: error C0000005"),
    ("render-aborted", "Frame rendering aborted."),
    ("render-aborted", "Rendering was internally aborted"),
    ("render-aborted", "Render interrupted"),
    ("render-aborted", "[mtoa] Failed batch render"),
    ("render-aborted", "There was a fatal error building the scene for V-Ray"),
    ("render-aborted", "DL inf loop detected"),
    ("render-aborted", "ASSERT FAILED: x > 0"),
    (
        "render-aborted",
        "Error: file: /var/tmp/ASTMP.51038QT6bdQ.mel line 36: Scene /proj/a.ma failed to render.",
    ),
    ("render-aborted", "Error: line 1: An exception has occurred, rendering aborted."),
    ("exit-code", "// Maya exited with status 210"),
    ("arnold-error", "00:00:01   512MB ERROR   | [ass] can't open /a.ass"),
    ("arnold-warning", "00:06:47  1965MB WARNING |  Writing Photon Cloud to: C:/a.bin"),
    ("engine-error", "# Error: file: C:/a b.mel line 7: something broke #"),
    ("engine-error", "# FileNotFoundError: [Errno 2] No such file or directory: 'x' #"),
    (
        "engine-warning",
        "Warning: file: some.mel line 1: filePathEditor: Attribute 'aiVolume.filename' is invalid.",
    ),
]


@pytest.mark.parametrize(("code", "line"), LINES)
def test_a_line_is_known_wherever_in_it_the_words_begin(code: str, line: str) -> None:
    for prefix in ("", "mel: ", "2023-02-03 09:11:51:  0: STDOUT: "):
        assert is_telling((prefix + line).lower())
        remark = find(prefix + line)
        assert remark is not None
        assert remark.code == code
        assert remark.meaning.endswith(".")
        assert not remark.advice or remark.advice.endswith(".")


HARMLESS = [
    "V-Ray: Closing log - 0 error(s), 0 warning(s)",
    "00:00:09   514MB         | number of errors, error type:",
    "00:00:09   514MB         | number of warnings, warning type:",
    "00:00:09   514MB         |     2:  [maketx] Couldn't convert the texture to TX %s",
    "// Maya exited with status 0",
    "libGL error: failed to load driver: swrast",
    "Result: /tmp/content/error.ma",
    "Starting Rendering /out/error_0001.iff.",
    "Scene /proj/fatal.ma completed.",
    "GPU Memory Limit : 8192 MB.",
    "  CPU Memory Limit: 31000 MB.",
    "Memory usage: 12 MB",
    "[Redshift] License acquired",
    "This plugin does not support createPlatformOpenGLContext!",
    "Usage: 12 of 13",
    "0 Page faults",
]


@pytest.mark.parametrize("line", HARMLESS)
def test_lines_of_good_runs_mean_no_trouble(line: str) -> None:
    assert find(line) is None


@pytest.mark.parametrize(("code", "line"), [pair for pair in LINES if pair[0] == "no-licence"])
def test_a_licence_is_missing_for_the_whole_job(code: str, line: str) -> None:
    remark = find(line)
    assert remark is not None
    assert (remark.permanent, remark.scope, remark.severity) == (True, Scope.JOB, Severity.ERROR)


def test_a_checkout_that_fails_stops_nothing_by_itself() -> None:
    """Arnold may go on with watermarks after it."""
    remark = find("[clm.v1] generic license checkout error (22)")
    assert remark is not None
    assert not remark.fatal


def test_a_watermark_is_its_own_outcome() -> None:
    remark = find("rendering with watermarks because of failed authorization:")
    assert remark is not None
    assert (remark.taints, remark.fatal, remark.severity) == (True, False, Severity.WARNING)


@pytest.mark.parametrize("code", ["camera-missing", "no-camera", "renderer-missing", "no-gpu"])
def test_what_no_other_try_will_change(code: str) -> None:
    for line in (line for known, line in LINES if known == code):
        remark = find(line)
        assert remark is not None
        assert (remark.fatal, remark.permanent, remark.scope) == (True, True, Scope.JOB)


@pytest.mark.parametrize(
    "code", ["out-of-memory", "gpu-out-of-memory", "crashed", "disk-full", "render-aborted"]
)
def test_what_another_try_may_change(code: str) -> None:
    for line in (line for known, line in LINES if known == code):
        remark = find(line)
        assert remark is not None
        assert (remark.fatal, remark.permanent, remark.scope) == (True, False, Scope.FRAME)


@pytest.mark.parametrize(
    "line",
    [
        "[Redshift] 10.2 GB of free VRAM on GPU 0",
        "[Redshift] The GPU may run out of memory with these settings",
        "Warning: Redshift goes out-of-core before running out of memory",
        "V-Ray warning: Displacement is out of memory, a coarser one is used",
        "00:00:04   514MB WARNING | [gpu] out of device memory for the denoiser, it is left out",
        "Warning: file: ui.mel line 3: Camera [shot] does not exist.",
        "# Error: RuntimeError: file <maya console> line 1: (kFailure): Unexpected Internal Failure #",
    ],
)
def test_notes_and_warnings_stop_no_render(line: str) -> None:
    remark = find(line)
    assert remark is None or not (remark.fatal or remark.permanent)


@pytest.mark.parametrize(
    "line",
    ["Redshift cannot operate with less than 128MB of free VRAM. Frame aborted.", "Maya ran out of memory."],
)
def test_memory_that_did_run_out(line: str) -> None:
    remark = find(line)
    assert remark is not None
    assert remark.fatal
    assert remark.code.endswith("out-of-memory")


def test_errors_of_scripts_stop_nothing() -> None:
    for line in (
        "Error: line 1: Invalid flag 'foo'.",
        "Error: line 1: No object matches name: rs_asset_grp",
        "Error: file: /a.ma line 9: The attribute '.x' is not there.",
    ):
        remark = find(line)
        assert remark is not None
        assert not remark.fatal


def test_every_sentence_gets_what_it_names() -> None:
    for rule in RULES:
        named = {
            field
            for _text, field, _spec, _how in string.Formatter().parse(rule.meaning + rule.advice)
            if field
        }
        groups = set() if rule.pattern is None else set(rule.pattern.groupindex)
        assert named <= groups, rule.meaning


@pytest.mark.parametrize("number", sorted(EXIT_CODES))
def test_known_exit_codes_have_a_sentence_and_an_advice(number: int) -> None:
    reason = EXIT_CODES[number].diagnosis()
    assert str(number) in reason.text
    assert reason.text.endswith(".")
    assert reason.advice.endswith(".")


def test_other_exit_codes() -> None:
    assert explain_exit(-1073741819).code == "crashed"
    assert "0xC0000005" in explain_exit(3221225477).text
    assert explain_exit(7).text == "Maya ended with exit code 7."
