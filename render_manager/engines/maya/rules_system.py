"""Rules for lines about memory, graphics cards, disks, and about what ends a render or Maya itself.

Wordings: `engines/maya.md` section 4 with the lists of other farms there, the fatal lines of the Deadline
plug-in, and Amazon's notes on Redshift.
"""

import re

from render_manager.engines.rule import N_, error, fatal, hopeless

_MEMORY = N_("Run fewer renders at once, close other programs, or make the scene lighter.")
_GPU_MEMORY = N_(
    "Close other programs that use the graphics card, use smaller textures or fewer subdivisions, or render "
    "on the processor where the renderer can."
)
_GPU = N_("Check that this session may use the graphics card, and that its driver is new enough.")
_DISK = N_("Free space on the drive of the output folder, then render the frame again.")
_FOLDER = N_("Check that the output folder exists, that you may write to it and that its drive is connected.")
_LOG = N_("Look at the lines before this one in the log.")
_CRASH = N_("Try the frame again; if it crashes again, open the scene in Maya at this frame.")

_OUT_OF_MEMORY = (
    r"(?<!may run )(?<!might run )(?<!could run )(?<!will run )"
    r"(?<!before running )(?<!avoid running )(?<!not )"
    r"[Oo]ut of memory"
)
"""That it happened, rather than that it may; renderers advise about it in runs that go well."""

MEMORY_RULES = (
    fatal(
        "gpu-out-of-memory",
        "memory",
        N_("The graphics card ran out of memory."),
        _GPU_MEMORY,
        pattern=re.compile(
            r"CUDA_ERROR_OUT_OF_MEMORY|OPTIX_ERROR_(?:DEVICE_)?OUT_OF_MEMORY"
            rf"|[Oo]ut of (?:GPU|device|video) memory|(?:GPU|CUDA|OptiX)\b.*\b{_OUT_OF_MEMORY}",
        ),
    ),
    fatal(
        "gpu-out-of-memory",
        "vram",
        N_("The graphics card ran out of memory."),
        _GPU_MEMORY,
        pattern=re.compile(r"[Oo]ut of VRAM|[Ll]ess than .{1,20} of free VRAM|[Nn]ot enough (?:free )?VRAM"),
    ),
    fatal(
        "out-of-memory",
        "memory",
        N_("The computer ran out of memory."),
        _MEMORY,
        pattern=re.compile(
            rf"{_OUT_OF_MEMORY}|[Mm]emory exception|[Mm]emory allocation fail|[Cc]annot allocate memory"
            r"|[Ff]ailed to allocate\b.*\bmemory"
        ),
    ),
    fatal("out-of-memory", "not enough storage is available", N_("The computer ran out of memory."), _MEMORY),
    fatal("out-of-memory", "bad_alloc", N_("The computer ran out of memory."), _MEMORY),
)

DEVICE_RULES = (
    hopeless(
        "no-gpu",
        "no devices found",
        N_("Redshift finds no graphics card it can use."),
        _GPU,
        pattern=re.compile(r"No devices found\b.*\b[Aa]borting|\[Redshift\].*No devices found"),
    ),
    hopeless(
        "no-gpu",
        "invalid device id",
        N_("The graphics card that Redshift was told to use is not there: {text}."),
        N_("Correct the numbers of the graphics cards in the job's options; they begin with 0."),
        pattern=re.compile(r"(?P<text>Invalid device id.{0,80}?)\.?\s*$"),
    ),
    hopeless(
        "no-gpu",
        "cuda",
        N_("The renderer cannot use the graphics card: {text}."),
        _GPU,
        pattern=re.compile(
            r"(?P<text>Failed to init the CUDA driver API|does not support the required CUDA compute "
            r"capabilities)"
        ),
    ),
    hopeless(
        "no-gpu",
        "capabilities are insufficient",
        N_("The graphics card, or this session without a screen, does not do for the hardware renderer."),
        N_("Log in to a desktop on this computer, install the card's driver, or choose another renderer."),
    ),
    fatal(
        "gpu-error",
        "cuda_error_",
        N_("The graphics card stopped working in the middle of the frame."),
        _GPU,
    ),
)

OUTPUT_RULES = (
    fatal(
        "disk-full",
        "space",
        N_("The disk is full, and the picture could not be written completely."),
        _DISK,
        pattern=re.compile(r"[Nn]o space left on device|not enough (?:disk )?space on the disk"),
    ),
    fatal(
        "disk-full",
        "disk",
        N_("The disk is full, and the picture could not be written completely."),
        _DISK,
        pattern=re.compile(r"[Dd]isk (?:is )?full|[Dd]isk quota exceeded"),
    ),
    fatal(
        "output-unwritable",
        "can't create file",
        N_("The renderer could not write its picture: {text}."),
        _FOLDER,
        pattern=re.compile(r"(?P<text>can't create file.{0,300}?)\.?\s*$"),
    ),
    fatal(
        "output-unwritable",
        "create director",
        N_("The renderer could not make its output folder: {text}."),
        _FOLDER,
        pattern=re.compile(
            r"(?P<text>(?:[Cc]ould not|[Ff]ailed to|[Cc]annot|[Uu]nable to) create director.{0,300}?)\.?\s*$"
        ),
    ),
    fatal(
        "output-unwritable",
        "attempting to rename file",
        N_("Maya could not finish its picture file."),
        _FOLDER,
        pattern=re.compile(r"post-processing failed while attempting to rename file"),
    ),
)

CRASH_RULES = (
    fatal("crashed", "encountered a fatal error", N_("Maya crashed."), _CRASH),
    fatal("crashed", "fatal error. attempting to save in", N_("Maya crashed."), _CRASH),
    # The same in Chinese; one language is asked for, but some installations keep to their own.
    fatal("crashed", "\u81f4\u547d\u9519\u8bef", N_("Maya crashed."), _CRASH),
    # And in Japanese.
    fatal("crashed", "\u81f4\u547d\u7684\u30a8\u30e9\u30fc", N_("Maya crashed."), _CRASH),
    fatal("crashed", "segmentation fault", N_("Maya crashed."), _CRASH),
    fatal("crashed", "signal caught", N_("The renderer crashed, and Maya with it."), _CRASH),
    fatal(
        "crashed",
        "*** error in",
        N_("Maya crashed: {text}."),
        _CRASH,
        pattern=re.compile(r"\*\*\* Error in .*?: (?P<text>[a-z_]+\(\): [^:]{1,100})"),
    ),
    fatal(
        "crashed",
        "stack trace:",
        N_("Maya crashed, and printed where."),
        _CRASH,
        pattern=re.compile(r"(?:^|[\s|>])Stack trace:\s*$"),
    ),
)

ABORT_RULES = (
    fatal(
        "render-aborted",
        "abort",
        N_("The renderer gave the frame up: {text}."),
        _LOG,
        pattern=re.compile(
            r"(?P<text>Frame rendering aborted|Frame aborted|Rendering was internally aborted"
            r"|An exception has occurred, rendering aborted|[Aa]borting (?:the )?render(?:ing)?\b.{0,200}?)"
            r"\.?\s*$"
        ),
    ),
    fatal("render-aborted", "render interrupted", N_("The render was interrupted."), _LOG),
    fatal("render-aborted", "[mtoa] failed batch render", N_("Arnold could not render."), _LOG),
    fatal(
        "render-aborted",
        "fatal error",
        N_("V-Ray could not build the scene."),
        _LOG,
        pattern=re.compile(r"There was a fatal error (?:building|rendering) the scene"),
    ),
    # Scripts that run while the scene loads print it as well, and do no harm.
    error("render-aborted", "(kfailure)", N_("A part of Maya failed."), _LOG),
    fatal("render-aborted", "dl inf loop detected", N_("The renderer went round in circles."), _LOG),
    fatal("render-aborted", "assert failed", N_("The renderer stopped at an error of its own."), _LOG),
    fatal(
        "render-aborted",
        "failed to render",
        N_("Maya could not render the scene."),
        _LOG,
        pattern=re.compile(r"\bScene .+ failed to render"),
    ),
    error(
        "vray-error",
        "v-ray",
        N_("V-Ray reported an error: {text}."),
        _LOG,
        pattern=re.compile(r"V-Ray (?:error|ERROR): *(?P<text>\S.{0,300}?)\.?\s*$"),
    ),
    error(
        "renderman-error",
        "{severe}",
        N_("RenderMan reported an error: {text}."),
        _LOG,
        pattern=re.compile(r"\{SEVERE\}\s+(?P<text>\S.{0,300}?)\.?\s*$"),
    ),
    fatal(
        "render-aborted",
        "rman ",
        N_("RenderMan could not render: {text}."),
        _LOG,
        pattern=re.compile(r"\brman (?:Fatal|Error): *(?P<text>\S.{0,300}?)\.?\s*$"),
    ),
    fatal(
        "render-aborted",
        "3dl error",
        N_("3Delight reported an error: {text}."),
        _LOG,
        pattern=re.compile(r"3DL ERROR *:? *(?P<text>\S.{0,300}?)\.?\s*$"),
    ),
)
