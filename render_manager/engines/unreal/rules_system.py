"""What lines mean that tell of the graphics card, of memory, and of the editor going down.

Wording: `engines/unreal.md` section 3. The editor's crash reports come in many lines; only the first of a
message has the log's prefix, so pieces are looked for and not whole lines.
"""

import re

from render_manager.engines.rule import N_, fatal, warning

_GPU_MEMORY = N_(
    "Close other programs that use the graphics card, render fewer jobs at once, or render at a smaller size."
)
_GPU_LOST = N_(
    "Render the frames again; if it comes again, update the graphics driver, and render without overclocking."
)
_MEMORY = N_("Run fewer renders at once, close other programs, or make the scene lighter.")
_CRASH = N_("Render the frames again; if it crashes again, render the sequence in the editor at this frame.")

MEMORY_RULES = (
    fatal(
        "gpu-out-of-memory",
        "out of video memory trying to allocate",
        N_("The graphics card ran out of memory; the computer's own memory may be full as well."),
        _GPU_MEMORY,
    ),
    fatal(
        "gpu-out-of-memory",
        "out_of_device_memory",
        N_("The graphics card ran out of memory."),
        _GPU_MEMORY,
    ),
    warning(
        "gpu-memory-full",
        "video memory has been exhausted",
        N_("The graphics card's memory is full ({over} over); the render becomes very slow."),
        _GPU_MEMORY,
        pattern=re.compile(
            r"Video memory has been exhausted \((?P<over>[0-9.]+ MB) over budget\)", re.IGNORECASE
        ),
    ),
    fatal(
        "out-of-memory",
        "ran out of memory allocating",
        N_("The computer ran out of memory."),
        _MEMORY,
    ),
    fatal(
        "out-of-memory",
        "out_of_host_memory",
        N_("The computer ran out of memory."),
        _MEMORY,
    ),
    fatal(
        "out-of-memory",
        "killed",
        N_("The system ended Unreal, most likely because memory ran out."),
        _MEMORY,
        pattern=re.compile(r"(?:^|[\s:])Killed(?: process [0-9]+.*)?\s*$|oom-kill"),
    ),
    fatal(
        "out-of-memory",
        "exitcode=137",
        N_("The system ended Unreal, most likely because memory ran out."),
        _MEMORY,
    ),
)

DEVICE_RULES = (
    fatal(
        "gpu-lost",
        "dxgi_error_device_",
        N_("The graphics card stopped working or its driver was reset ({text})."),
        _GPU_LOST,
        pattern=re.compile(r"Reason: (?P<text>DXGI_ERROR_DEVICE_\w+)"),
    ),
    fatal(
        "gpu-lost",
        "dxgi_error_device_",
        N_("The graphics card stopped working or its driver was reset ({text})."),
        _GPU_LOST,
        pattern=re.compile(r"(?P<text>DXGI_ERROR_DEVICE_(?:REMOVED|HUNG|RESET))"),
    ),
    fatal(
        "gpu-lost",
        "vk_error_device_lost",
        N_("The graphics card stopped working or its driver was reset ({text})."),
        _GPU_LOST,
        pattern=re.compile(r"(?P<text>VK_ERROR_DEVICE_LOST)"),
    ),
    fatal(
        "gpu-lost",
        "gpu crash",
        N_("The graphics card stopped working or its driver was reset."),
        _GPU_LOST,
        pattern=re.compile(r"GPU Crash(?:ed| dump Triggered)|GPU has crashed", re.IGNORECASE),
    ),
    fatal(
        "gpu-lost",
        "getdeviceremovedreason",
        N_("The graphics card stopped working or its driver was reset."),
        _GPU_LOST,
    ),
    fatal(
        "gpu-lost",
        "d3d device being lost",
        N_("The graphics card stopped working or its driver was reset."),
        _GPU_LOST,
    ),
)

CRASH_RULES = (
    fatal(
        "crashed",
        "assertion failed:",
        N_("Unreal crashed: one of its own checks failed ({text})."),
        _CRASH,
        pattern=re.compile(r"Assertion failed: (?P<text>.{1,200}?)(?: \[File:.*)?\s*$"),
    ),
    fatal(
        "crashed",
        "unhandled exception:",
        N_("Unreal crashed: {text}."),
        _CRASH,
        pattern=re.compile(r"Unhandled Exception: (?P<text>\w+(?: (?:reading|writing) address)?)"),
    ),
    fatal(
        "crashed",
        "=== critical error: ===",
        N_("Unreal crashed."),
        _CRASH,
    ),
    fatal("crashed", "fatal error!", N_("Unreal crashed."), _CRASH),
    fatal(
        "crashed",
        "fatal error:",
        N_("Unreal crashed: {text}."),
        _CRASH,
        pattern=re.compile(r"(?:LowLevel)?Fatal ?[Ee]rror: (?P<text>.{1,200}?)(?: \[File:.*)?\.?\s*$"),
    ),
    fatal(
        "crashed",
        "lowlevelfatalerror",
        N_("Unreal crashed: {text}."),
        _CRASH,
        pattern=re.compile(
            r"LowLevelFatalError(?: \[File:[^\]]*\])?(?: \[Line: ?\d+\])? *(?P<text>.{0,200}?)\.?\s*$"
        ),
    ),
    fatal(
        "crashed",
        "signal ",
        N_("Unreal crashed: {text}."),
        _CRASH,
        pattern=re.compile(r"(?:(?=Signal [0-9]+ caught)|re-raising )(?P<text>signal [0-9]+)", re.IGNORECASE),
    ),
    fatal(
        "crashed",
        "fatal:",
        N_("Unreal stopped: {text}."),
        _CRASH,
        pattern=re.compile(r"\bLog\w+: Fatal: (?P<text>.{1,300}?)\.?\s*$"),
    ),
    fatal(
        "crashed",
        "segmentation fault",
        N_("Unreal crashed."),
        _CRASH,
    ),
)
