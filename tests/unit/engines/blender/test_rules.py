"""Each rule has a line it was made for, and each line says where it comes from.

`log NAME`: a kept log holds the line, and the test looks. `text`: the program or the wheel holds this
wording, but no run here printed it. `report`: people published such a line. `script`: our own script inside
Blender says it. `system`: the operating system or the shell says it.
"""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from render_manager.domain.diagnosis import Scope
from render_manager.domain.scene import Severity
from render_manager.engines.blender.rules import HARMLESS, RULES, find, is_telling
from render_manager.engines.events import Remark
from render_manager.engines.rule import Rule

LOGS = Path(__file__).resolve().parents[3] / "data" / "logs" / "blender"

LOADING = "WARN (bke.data_transfer): ./source/blender/blenkernel/intern/vfont.c:292 vfont_get_data: "
CUSTOM_DATA = (
    "WARN (bke.customdata): ./source/blender/blenkernel/intern/customdata.cc:4544 "
    "CustomData_layer_ensure_data_exists: CustomDataLayer->data is NULL for type 46."
)
NO_EGL = (
    "blender: ../src/dispatch_common.c:872: epoxy_get_proc_address: "
    "Assertion `0 && \"Couldn't find current GLX or EGL context.\\n\"' failed."
)
UNAVAILABLE = (
    "Engine 'LUXCORE' not available for scene 'Scene' (an add-on may need to be installed or enabled)"
)
MISSING_BLOCKS = (
    "Warning: 1 libraries and 1 linked data-blocks are missing (including 0 ObjectData), "
    "please check the Info and Outliner editors for details"
)
NO_ENUM = (
    'TypeError: bpy_struct: item.attr = val: enum "REDSHIFT" not found in '
    "('BLENDER_EEVEE', 'BLENDER_WORKBENCH', 'CYCLES')"
)
OLD_OPTIX = (
    "OptiX initialization failed because the installed NVIDIA driver is too old. "
    "Please update to the latest driver first!"
)
COPY_FAILED = (
    "Illegal address in CUDA queue copy_from_device (integrator_shade_surface integrator_sorted_paths_array)"
)

CASES = [
    ("unknown-argument", "log blender-3.4-arg-unknown", "unknown argument, loading as file: --nope"),
    (
        "file-missing",
        "log blender-3.4-missing-file",
        "Error: Cannot read file '/proj/scenes/nothere.blend': No such file or directory",
    ),
    (
        "file-missing",
        "log bpy-5.0-missing-file",
        'Error: Cannot read file "/proj/scenes/nothere.blend": No such file or directory',
    ),
    (
        "file-unreadable",
        "log blender-3.4-scene-permission",
        "Error: Cannot read file '/proj/scenes/ok.blend': Permission denied",
    ),
    ("file-unreadable", "text", "Error: Cannot read file '/proj/scenes/ok.blend'"),
    (
        "not-a-scene",
        "log blender-3.4-corrupt-random",
        "Error: File format is not supported in file '/proj/scenes/random.blend'",
    ),
    (
        "not-a-scene",
        "log bpy-5.0-corrupt-random",
        'Error: File format is not supported in file "/proj/scenes/random.blend"',
    ),
    (
        "newer-format",
        "log blender-3.4-newer-file-5.0",
        "Error: Failed to read blend file '/proj/scenes/b5.blend', not a blend file",
    ),
    (
        "newer-format",
        "text",
        "00:00.4  reports          | ERROR Cannot read blend file '/p/a.blend', incomplete header, "
        "may be from a newer version of Blender",
    ),
    (
        "newer-format",
        "report",
        "Error: The file was saved by a newer version, open it with Blender 5.0 or later",
    ),
    (
        "file-damaged",
        "log blender-3.4-corrupt-truncated",
        "Error: Failed to read blend file '/proj/scenes/truncated.blend': Missing DNA block",
    ),
    (
        "file-damaged",
        "log bpy-5.0-corrupt-truncated",
        'Error: Loading "/proj/scenes/b5trunc.blend" failed: Failed to read blend file '
        "'/proj/scenes/b5trunc.blend': Missing DNA block",
    ),
    ("file-damaged", "text", "Missing DNA block"),
    (
        "newer-file",
        "log bpy-5.0-newer-file-5.2",
        "Warning: File written by newer Blender binary (502.45), expect loss of data!",
    ),
    (
        "newer-file",
        "text",
        "Warning: Blendfile '/p/a.blend' was created by a future version of Blender and contains ID names "
        "longer than currently supported. These have been truncated.",
    ),
    ("newer-file", "log blender-3.4-newer-file-4.5", CUSTOM_DATA),
    (
        "missing-library",
        "log blender-3.4-missing-library",
        "Warning: Unable to open '/proj/scenes/props_lib.blend': No such file or directory",
    ),
    (
        "missing-library",
        "log blender-3.4-missing-library",
        "Info: Cannot find lib '/proj/scenes/props_lib.blend'",
    ),
    (
        "missing-library",
        "log bpy-5.0-missing-library",
        "Info: LIB: Object: 'Cube' missing from '/proj/scenes/props_lib.blend', parent '<direct>'",
    ),
    ("missing-data", "log bpy-5.0-missing-library", MISSING_BLOCKS),
    (
        "missing-texture",
        "log bpy-5.0-missingtex",
        "cycles           | ERROR Image file '/proj/scenes/textures/wood_diffuse.png' does not exist.",
    ),
    (
        "missing-texture",
        "text",
        "00:00.284  cycles           | WARNING Image file /proj/textures/wood.png does not exist.",
    ),
    (
        "broken-texture",
        "log bpy-5.2-broken-texture",
        "00:00.449  cycles           | WARNING Image file /proj/scenes/bad.png failed to load.",
    ),
    (
        "missing-texture",
        "log bpy-5.2-broken-texture",
        "00:00.451  cycles           | ERROR Failed to load 1 image files",
    ),
    ("missing-texture", "text", "Cannot load image file: '/proj/textures/wood.png'"),
    ("broken-texture", "report", "IMB_ibImageFromMemory: unknown fileformat (/proj/textures/wood.xyz)"),
    ("missing-font", "log blender-3.4-missing-font", LOADING + "Font file doesn't exist: //y.ttf"),
    ("missing-font", "text", "Can't find font: /proj/fonts/title.ttf"),
    (
        "missing-file",
        "log blender-3.4-missing-font",
        "Error: Unable to pack file, source path '/proj/scenes/y.ttf' not found",
    ),
    (
        "scripts-disabled",
        "log blender-3.4-scripts-disabled",
        "scripts disabled for \"/proj/scenes/autorun.blend\", skipping 'boot.py'",
    ),
    (
        "scripts-disabled",
        "log blender-3.4-driver-expression",
        "BPY_driver_exec: restricted access disallows name '__import__', enable auto-execution to support",
    ),
    (
        "driver-expression",
        "log blender-3.4-driver-expression",
        'Error in PyDriver: expression failed: __import__("os").getpid()',
    ),
    ("dependency-cycle", "log blender-3.4-dependency-cycle", "Dependency cycle detected:"),
    (
        "dependency-cycle",
        "log bpy-5.0-dependency-cycle",
        "00:00.282  depsgraph        | WARNING Detected 2 dependency cycles",
    ),
    ("no-camera", "log blender-3.4-no-camera", "Error: Cannot render, no camera"),
    (
        "no-camera",
        "log modelled-5.0-program-no-camera",
        "00:00.891  reports          | ERROR Cannot render, no camera",
    ),
    ("no-camera", "text", 'Error: No camera found in scene "Scene"'),
    ("camera-missing", "script", "Camera 'cam_b' is not in the scene; it has: cam_a, cam_c"),
    ("layer-missing", "script", "View layer 'fog' is not in the scene; it has: ViewLayer"),
    ("layer-missing", "report", "Error: cannot render selected viewlayer."),
    ("scene-missing", "script", "Scene 'Shot_999' is not in the file; it has: Scene, Shot_020"),
    (
        "scene-missing",
        "log blender-3.4-scene-missing",
        "Can't find scene: 'Shot_999' in file: '/proj/scenes/twoscenes.blend'",
    ),
    ("engine-missing", "log blender-3.4-engine-unknown", "Error: engine not found 'REDSHIFT'"),
    ("engine-missing", "log bpy-5.0-engine", NO_ENUM),
    ("engine-unavailable", "log blender-3.4-engine-unavailable", f"Error: {UNAVAILABLE}"),
    (
        "engine-unavailable",
        "log bpy-5.0-engine-unavailable",
        f"00:00.285  reports          | ERROR {UNAVAILABLE}",
    ),
    ("not-a-number", "log blender-3.4-range-notnumber", "Error: not a number '-f / --render-frame abc'."),
    (
        "range-reversed",
        "log blender-3.4-range-f-reversed",
        "Warning: negative range ignored '-f / --render-frame 5..1'.",
    ),
    ("range-reversed", "log bpy-5.0-reversed_arg", "Error: Start frame is larger than end frame"),
    (
        "format-unknown",
        "log blender-3.4-format-unknown",
        "Error: Format from '-F / --render-format' not known or not compiled in this release.",
    ),
    ("format-unknown", "script", "This Blender cannot write the file format JPEG_XL"),
    (
        "bad-argument",
        "text",
        "Error: exceeds range '-t / --threads 9999', expected number in [0..1024].",
    ),
    (
        "bad-argument",
        "log blender-3.4-frame-argument-missing",
        "Error: frame number must follow '-f / --render-frame'.",
    ),
    ("nothing-to-render", "log blender-3.4-border-empty", "Error: Image too small"),
    ("nothing-to-render", "text", "Error: No border area selected"),
    ("nothing-to-render", "report", "Error: No render output node in scene"),
    (
        "frame-exists",
        "log blender-3.4-skip-existing",
        'skipping existing frame "/proj/scenes/out/frame_0001.png"',
    ),
    (
        "frame-exists",
        "text",
        '00:01.0  render           | Skipping existing frame "/proj/out/frame_0001.png"',
    ),
    ("frame-exists", "report", "Info: No frames rendered, skipped to not overwrite"),
    ("denoiser-missing", "log blender-3.4-denoiser-missing", "Error: Build without OpenImageDenoiser"),
    ("denoiser-missing", "log blender-3.4-denoiser-missing", "No device available to denoise on"),
    ("denoiser-missing", "report", "Error: OpenImageDenoiser is not supported on this CPU"),
    ("denoiser-failed", "text", "Error: Failed to create OptiX denoiser"),
    ("no-gpu", "log blender-3.4-gpu-cuda-arg", "Error: Found no Cycles device of the specified type"),
    ("gpu-out-of-memory", "report", "Error: System is out of GPU memory"),
    ("gpu-out-of-memory", "report", "System is out of GPU and shared host memory"),
    ("gpu-out-of-memory", "report", "Out of memory in CUDA queue enqueue (integrator_init_from_camera)"),
    ("gpu-out-of-memory", "report", "CUDA error at cuCtxCreate: Out of memory"),
    ("gpu-out-of-memory", "report", "Out of memory in cuStreamCreate(&cuda_stream_, CU_STREAM_NON_BLOCKING)"),
    ("gpu-out-of-memory", "text", "Error: Could not allocate shadow atlas. Most likely out of GPU memory."),
    ("gpu-out-of-memory", "text", "Failed to create denoising context (OPTIX_ERROR_DEVICE_OUT_OF_MEMORY)"),
    ("gpu-out-of-memory", "text", "Error: hipErrorOutOfMemory in HIP queue"),
    ("gpu-out-of-memory", "report", "Error: Metal command buffer failed: Insufficient memory, out of memory"),
    ("gpu-driver-old", "text", OLD_OPTIX),
    (
        "gpu-driver-old",
        "report",
        "Failed to load CUDA kernel from '/proj/cycles/lib/kernel_compute_75.ptx' (Unsupported PTX version)",
    ),
    (
        "gpu-driver-old",
        "text",
        "HIPEW initialization failed: Driver version too old, requires AMD Radeon Pro 21.Q4 driver or newer",
    ),
    ("gpu-unsupported", "text", "CUDA backend requires compute capability 5.0 or up, but found 3.5."),
    (
        "gpu-kernel",
        "report",
        "Failed to load CUDA kernel from '/proj/kernel_sm_75.cubin.zst' (Invalid kernel image)",
    ),
    ("gpu-kernel", "report", "Error: CUDA kernel compilation failed, see console for details."),
    ("gpu-error", "text", "Error: Failed to configure CUDA context (Invalid context)"),
    ("gpu-error", "report", COPY_FAILED),
    ("gpu-error", "report", "CUDA error: Launch exceeded timeout in cuCtxSynchronize()"),
    ("gpu-error", "text", 'oneAPI memory operation error: got runtime exception "device lost"'),
    ("gpu-error", "report", "Error: Invalid value in cuCtxPushCurrent(device->cuContext)"),
    ("no-graphics", "log modelled-2.82-container-no-display", "Unable to open a display"),
    ("no-graphics", "log blender-3.4-no-egl-eevee", NO_EGL),
    ("no-graphics", "text", "00:00.9  gpu              | ERROR Cannot initialize the GPU"),
    (
        "no-graphics",
        "text",
        "A graphics card and driver with support for OpenGL 4.3 or higher is required.",
    ),
    ("no-graphics", "log blender-3.4-no-egl-eevee", "Warning: No OpenGL vendor detected."),
    (
        "out-of-memory",
        "log blender-3.4-calloc-null",
        "Calloc returns null: len=1207959552 in CDMLoopUV, total 1091632376",
    ),
    ("out-of-memory", "report", "Malloc returns null: len=67108864 in Cycles Aligned Alloc, total 566651864"),
    ("out-of-memory", "report", "terminate called after throwing an instance of 'std::bad_alloc'"),
    ("out-of-memory", "log blender-3.4-script-memory", "MemoryError"),
    ("out-of-memory", "text", "Error: Out of memory"),
    ("out-of-memory", "system", "OSError: [Errno 12] Cannot allocate memory"),
    ("out-of-memory", "log blender-3.4-out-of-memory", "what():  Resource temporarily unavailable"),
    ("out-of-memory", "report", "<jemalloc>: background thread creation failed (11)"),
    ("out-of-memory", "system", "Killed"),
    (
        "disk-full",
        "log blender-3.4-disk-full",
        "Error: Render error (No space left on device) cannot save: '/proj/full/x_0002.png'",
    ),
    ("disk-full", "log blender-3.4-disk-full", "/proj/full/x_0002.png: No space left on device"),
    ("disk-full", "system", "There is not enough space on the disk."),
    (
        "disk-full",
        "bpy 5.0 on a full disk",
        "Write error at position 683574, could only write 458/2560 bytes",
    ),
    (
        "output-unwritable",
        "log blender-3.4-output-readonly-anim",
        "Error: Render error (Invalid argument) cannot save: '/proc/render/x_0001.png'",
    ),
    (
        "output-unwritable",
        "log blender-3.4-output-readonly-anim",
        "imb_savepng: Cannot open file for writing: '/proc/render/x_0001.png'",
    ),
    ("output-unwritable", "log blender-3.4-movie-unwritable", "Error: Could not open file for writing"),
    (
        "output-unwritable",
        "log bpy-5.0-unwritable",
        "00:00.374  image            | ERROR Couldn't create directory for file /proj/mkvar.py/x_0001.png: "
        "File exists",
    ),
    ("output-unwritable", "text", "Error: Could not write image: Permission denied"),
    ("output-unwritable", "script", "Cannot make folder: [Errno 13] Permission denied: '/proj/out/stage'"),
    ("output-unwritable", "script", "Cannot make folder: [Errno 116] Stale file handle: '/proj/out/stage'"),
    (
        "output-unwritable",
        "log bpy-5.0-unwritable",
        "Error: Render error (File exists) cannot save: '/proj/mkvar.py/x_0001.png'",
    ),
    (
        "output-unwritable",
        "log blender-3.4-output-permission",
        "/proj/readonly/f_0001.png: Permission denied",
    ),
    ("write-error", "log blender-3.4-disk-full", "libpng error: Write Error"),
    ("movie-failed", "text", "Error: Error encoding frame: Invalid argument"),
    (
        "script-failed",
        "log blender-3.4-python-error-exitcode",
        "Error: script failed, file: 'raise.py', exiting.",
    ),
    (
        "script-missing",
        "log blender-3.4-python-missing-script",
        'Error: Python: OSError: Python file "/proj/nope.py" could not be opened: No such file or directory',
    ),
    ("script-missing", "text", "Error: text block not found setup.py."),
    (
        "render-script-error",
        "log bpy-5.0-driver-cancel",
        "00:07.917  bpy.rna          | ERROR Python script error in CYCLES.render",
    ),
    ("python-error", "report", "Error: Python: TypeError: object of type 'int' has no len()"),
    (
        "addon-error",
        "log blender-3.4-addon-errors",
        "Exception in module register(): /proj/scripts/addons/broken_tool.py",
    ),
    (
        "addon-missing",
        "report",
        "Add-on not loaded: \"scatter_tool\", cause: No module named 'scatter_tool'",
    ),
    ("crashed", "log blender-3.4-crash-segfault", "Writing: /tmp/cyc64.crash.txt"),
    ("crashed", "log modelled-2.93-farm-crash", "Error   : EXCEPTION_ACCESS_VIOLATION"),
    ("crashed", "system", "'blender -b a.blend' terminated by signal SIGSEGV (Address boundary error)"),
    ("crashed", "report", "Aborted (core dumped)"),
    ("crashed", "log blender-3.4-calloc-null", "Segmentation fault"),
    ("crashed", "system", "Job 1, 'blender' has ended: Address boundary error"),
    (
        "crashed",
        "log blender-3.4-out-of-memory",
        "terminate called after throwing an instance of 'std::system_error'",
    ),
    ("crashed", "report", "blender: render.cc:12: void f(): Assertion `ptr != nullptr' failed."),
    (
        "interrupted",
        "log blender-3.4-kill-sigint",
        "Sent an internal break event. Press ^C again to kill Blender",
    ),
    ("interrupted", "script", "Blender cancelled the render"),
    ("interrupted", "log bpy-5.0-driver-cancel", "KeyboardInterrupt"),
    ("engine-error", "system", "2024-05-01 12:00:09:  Error: Renderer returned non-zero error code, 11."),
    ("engine-error", "text", "00:00.9  sequencer        | ERROR Something new went wrong"),
    ("engine-warning", "text", "Warning: the camera is far away"),
    ("engine-warning", "text", "WARN (bke.lib): somewhere.cc:12 load: an old thing"),
]


def rule_for(line: str) -> Rule | None:
    return next((rule for rule in RULES if rule.read(line, line.lower()) is not None), None)


def known(line: str) -> Remark:
    remark = find(line)
    assert remark is not None
    return remark


@pytest.mark.parametrize(
    ("code", "source", "line"), CASES, ids=[f"{case[0]}-{case[2][:30]}" for case in CASES]
)
def test_line_is_known(code: str, source: str, line: str) -> None:
    remark = known(line)
    assert remark.code == code
    assert remark.line == line.strip()
    if source.startswith("log "):
        assert line in (LOGS / f"{source[4:]}.log").read_text("utf-8")


@pytest.mark.parametrize(
    ("code", "source", "line"), CASES, ids=[f"{case[0]}-{case[2][:30]}" for case in CASES]
)
def test_line_passes_the_cheap_test_before_the_rules(code: str, source: str, line: str) -> None:
    # Texts of our script and the ends of tracebacks go to the rules without that test.
    ends_traceback = re.match(r"\w*Error\b|KeyboardInterrupt", line)
    assert source == "script" or ends_traceback or is_telling(line.lower())


def test_every_rule_has_a_line() -> None:
    used = {id(rule_for(line)) for _code, _source, line in CASES}
    assert [rule for rule in RULES if id(rule) not in used] == []


@pytest.mark.parametrize("line", sorted({case[2] for case in CASES}))
def test_sentences_are_whole(line: str) -> None:
    remark = known(line)
    for sentence in filter(None, (remark.meaning, remark.advice)):
        assert sentence.endswith(".")
        assert ".." not in sentence.replace("5..1", "")
        assert "{" not in sentence
        assert "  " not in sentence
        assert sentence[0].isupper() or sentence[0] in "/'"
    assert remark.meaning


def test_permanent_rules_are_fatal_for_the_whole_job() -> None:
    for rule in RULES:
        if rule.permanent:
            assert rule.fatal, rule.code
            assert rule.scope is Scope.JOB, rule.code
        if rule.severity is Severity.WARNING:
            assert not rule.fatal, rule.code


@pytest.mark.parametrize(
    "code",
    [
        "no-camera",
        "scene-missing",
        "newer-format",
        "not-a-scene",
        "file-damaged",
        "file-missing",
        "engine-missing",
        "denoiser-missing",
        "unknown-argument",
    ],
)
def test_what_no_second_try_can_mend_is_permanent(code: str) -> None:
    assert all(rule.permanent for rule in RULES if rule.code == code)


@pytest.mark.parametrize(
    ("line", "is_permanent"),
    [
        ("Error: Render error (Permission denied) cannot save: '/n/x_0001.png'", True),
        ("Error: Render error (Stale file handle) cannot save: '/n/x_0001.png'", False),
        ("Error: Render error (Input/output error) cannot save: '/n/x_0001.png'", False),
        ("/n/x_0001.png: Read-only file system", True),
        ("Cannot make folder: [Errno 112] Host is down: '/n/x'", False),
    ],
)
def test_a_drive_that_is_away_for_a_moment_is_tried_again(line: str, is_permanent: bool) -> None:
    remark = known(line)
    assert (remark.code, remark.fatal, remark.permanent) == ("output-unwritable", True, is_permanent)


def test_a_missing_texture_is_no_output_error() -> None:
    rule = rule_for("/p/textures/hdri.exr: No such file or directory")
    assert rule is None or not rule.fatal


@pytest.mark.parametrize(
    "code", ["disk-full", "out-of-memory", "gpu-out-of-memory", "crashed", "interrupted"]
)
def test_what_another_try_may_mend_is_not_permanent(code: str) -> None:
    rules = [rule for rule in RULES if rule.code == code]
    assert rules
    assert not any(rule.permanent for rule in rules)
    assert all(rule.scope is Scope.FRAME for rule in rules)


def test_names_and_paths_stand_in_the_sentences() -> None:
    assert (
        "/proj/scenes/b5.blend"
        in known("Failed to read blend file '/proj/scenes/b5.blend', not a blend file").meaning
    )
    assert "502.45" in known("Warning: File written by newer Blender binary (502.45), expect loss").meaning
    scene = known("Can't find scene: 'Shot_999' in file: '/proj/a.blend'")
    assert "Shot_999" in scene.meaning
    assert "/proj/a.blend" in scene.meaning
    assert "cam_a, cam_c" in known("Camera 'b' is not in the scene; it has: cam_a, cam_c").advice
    odd = known("Error: Render error (Invalid argument) cannot save: '/proj/{name}/artist's/x_0001.png'")
    assert "/proj/{name}/artist's/x_0001.png" in odd.meaning


@pytest.mark.parametrize(
    "line",
    [
        "EGL Error (0x3009): EGL_BAD_MATCH: Arguments are inconsistent (for example, a valid context).",
        "EGL Error (0x3001): EGL_NOT_INITIALIZED: EGL is not initialized, or could not be initialized.",
        "Managed to successfully fallback to surfaceless EGL rendering!",
        "Error: Not freed memory blocks: 30, total unfreed memory 0.036598 MB",
        'Warning: region type 11 missing in space type "Action" (id: 12) - removing region',
        "regiondata free error",
        'Warning: Falling back to the standard locale ("C")',
        "Warning: property 'release_confirm' not found in keymap item 'OperatorProperties'",
        "OpenImageIO exited with a pending error message that was never",
        "/proj/fail.py:14: DeprecationWarning: 'Material.use_nodes' is expected to be removed in Blender 6.0",
        "Unable to find the Python binary, the multiprocessing module may not be functional!",
        'AL lib: (WW) alc_initconfig: Failed to initialize backend "pulse"',
        "Blender quit",
        "Read blend: /proj/scenes/error_terrain.blend",
        "Info: Read library:  '/proj/scenes/props_lib.blend', '//props_lib.blend', parent '<direct>'",
        " Time: 00:00.56 (Saving: 00:00.38)",
        "baking the failsafe cache",
        "Not a PNG file",
        "",
    ],
)
def test_harmless_lines_are_no_trouble(line: str) -> None:
    assert find(line) is None


def test_harmless_pieces_are_in_lower_case_and_needles_too() -> None:
    for text in (*HARMLESS, *(rule.needle for rule in RULES)):
        assert text == text.lower()


@given(st.text(max_size=30), st.sampled_from([case[2] for case in CASES]), st.text(max_size=30))
def test_no_text_around_a_known_line_raises(before: str, line: str, behind: str) -> None:
    remark = find(before + line[: len(line) // 2] + behind + line[len(line) // 2 :])
    assert remark is None or remark.meaning


@given(st.text(max_size=30), st.sampled_from(sorted({rule.needle for rule in RULES})), st.text(max_size=30))
def test_no_text_around_a_needle_raises(before: str, needle: str, behind: str) -> None:
    remark = find(before + needle + behind)
    assert remark is None or remark.meaning
