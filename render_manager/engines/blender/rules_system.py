"""Rules for lines about the graphics card, memory, the denoiser, crashes and interruptions."""

import re

from render_manager.engines.rule import N_, error, fatal, hopeless, warning

_GPU_MEMORY = N_(
    "Close other programs that use the graphics card, use smaller textures or fewer subdivisions, "
    "or render this job on the CPU."
)
_GPU_ERROR = N_("Try the frame again; if it fails again, update the driver or render this job on the CPU.")
_GPU_DRIVER = N_("Install the newest driver of the graphics card, or render this job on the CPU.")
_MEMORY = N_("Run fewer renders at once, close other programs, or make the scene lighter.")
_DENOISER = N_(
    "Switch denoising off in the scene, or use Blender from blender.org, which has the denoiser built in."
)
_CRASH = N_("Try the frame again; if it crashes again, open it in Blender and look at what is special there.")

DEVICE_RULES = (
    hopeless(
        "denoiser-missing",
        "without openimagedenoise",
        N_("The scene asks for denoising, and this Blender was built without the denoiser."),
        _DENOISER,
    ),
    hopeless(
        "denoiser-missing",
        "openimagedenoiser is not supported",
        N_("The scene asks for denoising, and this computer's processor is not supported by the denoiser."),
        N_("Switch denoising off in the scene."),
    ),
    hopeless(
        "denoiser-missing",
        "no device available to denoise on",
        N_("The scene asks for denoising, and this Blender was built without the denoiser."),
        _DENOISER,
    ),
    fatal(
        "denoiser-failed",
        "denoiser",
        N_("The denoiser could not be started, most often for lack of memory on the graphics card."),
        N_("Try the frame again, or set the denoiser of the scene to the CPU."),
        pattern=re.compile(r"Failed to (?:create|allocate) (?:OptiX )?denoiser"),
    ),
    hopeless(
        "no-gpu",
        "found no cycles device",
        N_("Cycles finds no graphics card of the kind that was asked for on this computer."),
        N_("Choose another kind of device, install the driver of the card, or render on the CPU."),
    ),
    fatal(
        "gpu-out-of-memory",
        "out of ",
        N_("The graphics card ran out of memory."),
        _GPU_MEMORY,
        pattern=re.compile(
            r"out of GPU|out of device memory"
            r"|Out of memory in (?:CUDA|HIP|OptiX|Metal|oneAPI|cu[A-Z]|hip[A-Z])"
            r"|(?:CUDA|HIP|OptiX|oneAPI|Metal|Vulkan)\b.*out of memory",
            re.IGNORECASE,
        ),
    ),
    fatal(
        "gpu-out-of-memory",
        "out_of_",
        N_("The graphics card ran out of memory."),
        _GPU_MEMORY,
        pattern=re.compile(r"\w*OUT_OF_(?:DEVICE_|HOST_)?MEMORY"),
    ),
    fatal(
        "gpu-out-of-memory",
        "outofmemory",
        N_("The graphics card ran out of memory."),
        _GPU_MEMORY,
        pattern=re.compile(r"hipErrorOutOfMemory|ErrorOutOfMemory"),
    ),
    hopeless(
        "gpu-driver-old",
        "driver is too old",
        N_("The driver of the graphics card is too old for this version of Blender."),
        _GPU_DRIVER,
    ),
    hopeless(
        "gpu-driver-old",
        "unsupported",
        N_("The driver of the graphics card is too old for this version of Blender."),
        _GPU_DRIVER,
        pattern=re.compile(r"UNSUPPORTED_ABI_VERSION|Unsupported PTX version"),
    ),
    warning(
        "gpu-driver-old",
        "driver version too old",
        N_("The driver of the AMD graphics card is too old for this version of Blender."),
        _GPU_DRIVER,
    ),
    hopeless(
        "gpu-unsupported",
        "compute capability",
        N_("The graphics card is too old for this version of Blender."),
        N_("Render this job on the CPU, or with an older version of Blender."),
        pattern=re.compile(r"CUDA (?:backend|device) .*compute capability"),
    ),
    hopeless(
        "gpu-kernel",
        "kernel",
        N_("Cycles could not prepare the graphics card: its {kind} program could not be loaded."),
        N_("Update the driver of the graphics card, install Blender anew, or render this job on the CPU."),
        pattern=re.compile(
            r"(?:Failed to load |)(?P<kind>CUDA|OptiX|HIP|Metal|oneAPI)\b.* ?"
            r"(?:kernel from|kernel for|kernel \(|kernel compilation failed)"
        ),
    ),
    fatal(
        "gpu-error",
        "failed to ",
        N_("Cycles could not use the graphics card: {text}."),
        _GPU_ERROR,
        pattern=re.compile(
            r"(?P<text>Failed to (?:initialize|create|configure) (?:CUDA|HIP|OptiX|Metal|oneAPI)"
            r" (?:runtime|context|device)\b[^|]*?)\.?$"
        ),
    ),
    fatal(
        "gpu-error",
        " queue",
        N_("The graphics card stopped working in the middle of the frame: {text}."),
        _GPU_ERROR,
        pattern=re.compile(r"(?P<text>[A-Z][A-Za-z ]+ in (?:CUDA|OptiX|HIP|Metal|oneAPI) queue\b[^|]*?)\.?$"),
    ),
    fatal(
        "gpu-error",
        "error",
        N_("The graphics card stopped working in the middle of the frame: {text}."),
        _GPU_ERROR,
        pattern=re.compile(
            r"(?P<text>(?:(?:CUDA|HIP|OptiX|Metal) error\b|OPTIX_ERROR_\w+|oneAPI [\w ]*error)[^|]*?)\.?$"
        ),
    ),
    fatal(
        "gpu-error",
        " in cu",
        N_("The graphics card stopped working in the middle of the frame: {text}."),
        _GPU_ERROR,
        pattern=re.compile(r"(?P<text>(?:Illegal|Misaligned|Launch|Invalid|Unknown)[\w ]* in cu[A-Z]\w+)\("),
    ),
    hopeless(
        "no-graphics",
        "unable to open a display",
        N_("This renderer needs graphics output, and Blender found no display."),
        N_("Log in to a desktop on this computer, install its graphics driver, or render with Cycles."),
    ),
    hopeless(
        "no-graphics",
        "couldn't find current glx or egl context",
        N_("This renderer needs the graphics card, and Blender could not use it here."),
        N_("Install the graphics driver of this computer, or render with Cycles."),
    ),
    hopeless(
        "no-graphics",
        "gpu",
        N_("This renderer needs the graphics card, and Blender could not use it here."),
        N_("Install the graphics driver of this computer, or render with Cycles."),
        pattern=re.compile(r"Cannot initialize the GPU|Failed to create GPU context"),
    ),
    hopeless(
        "no-graphics",
        "or higher is required",
        N_("The graphics card or its driver is too old for this version of Blender."),
        N_("Install the newest driver of the graphics card, or render with Cycles."),
        pattern=re.compile(r"support for OpenGL [0-9.]+ or higher is required"),
    ),
    warning(
        "no-graphics",
        "no opengl vendor detected",
        N_("Blender finds no graphics driver; Eevee and Workbench cannot render without one."),
        N_("Install the graphics driver of this computer, or render with Cycles."),
    ),
)

MEMORY_RULES = (
    fatal(
        "out-of-memory",
        "alloc returns null",
        N_("The computer ran out of memory."),
        _MEMORY,
    ),
    fatal(
        "out-of-memory",
        "bad_alloc",
        N_("The computer ran out of memory."),
        _MEMORY,
    ),
    fatal(
        "out-of-memory",
        "memory",
        N_("The computer ran out of memory."),
        _MEMORY,
        pattern=re.compile(
            r"[Oo]ut of (?:system )?memory|Out Of Memory|[Cc]annot allocate memory|^\s*MemoryError"
            r"|not enough (?:free )?memory|\[Errno 12\]"
        ),
    ),
    fatal(
        "out-of-memory",
        "what():  resource temporarily unavailable",
        N_("The computer ran out of memory or of threads."),
        _MEMORY,
    ),
    error(
        "out-of-memory",
        "<jemalloc>:",
        N_("The computer is out of memory or of threads."),
        _MEMORY,
    ),
    fatal(
        "out-of-memory",
        "killed",
        N_("The system ended Blender, most likely because memory ran out."),
        _MEMORY,
        pattern=re.compile(
            r"(?:^|[\s:])(?:Killed(?: process [0-9]+.*blender.*)?|oom-kill.*)\s*$", re.IGNORECASE
        ),
    ),
)

CRASH_RULES = (
    fatal(
        "crashed",
        ".crash.txt",
        N_("Blender crashed and wrote a report to {path}."),
        _CRASH,
        pattern=re.compile(r"Writing: (?P<path>.+\.crash\.txt)"),
    ),
    fatal(
        "crashed",
        "exception_",
        N_("Blender crashed: {text}."),
        _CRASH,
        pattern=re.compile(r"(?P<text>EXCEPTION_[A-Z_]+)"),
    ),
    fatal(
        "crashed",
        "sigsegv",
        N_("Blender crashed: {text}."),
        _CRASH,
        pattern=re.compile(r"\b(?P<text>SIGSEGV)\b"),
    ),
    fatal(
        "crashed",
        "core dumped",
        N_("Blender crashed."),
        _CRASH,
    ),
    fatal(
        "crashed",
        "fault",
        N_("Blender crashed: {text}."),
        _CRASH,
        pattern=re.compile(r"(?P<text>Segmentation fault|segfault at|access violation)", re.IGNORECASE),
    ),
    fatal(
        "crashed",
        "address boundary error",
        N_("Blender crashed: it used memory that is not its own."),
        _CRASH,
    ),
    fatal(
        "crashed",
        "terminate called after throwing",
        N_("Blender crashed: {text}."),
        _CRASH,
        pattern=re.compile(r"throwing an instance of '(?P<text>.+?)'"),
    ),
    fatal(
        "crashed",
        "assertion",
        N_("Blender crashed: one of its own checks failed."),
        _CRASH,
        pattern=re.compile(r"Assertion [`'].*' failed|BLI_assert failed"),
    ),
    fatal(
        "interrupted",
        "sent an internal break event",
        N_("The render was interrupted; the frame that was rendering is not complete."),
        N_("Render the frame again."),
    ),
    fatal(
        "interrupted",
        "cancelled",
        N_("The render was interrupted; the frame that was rendering is not complete."),
        N_("Render the frame again."),
        pattern=re.compile(r"\| Cancelled\b|Blender cancelled the render"),
    ),
    fatal(
        "interrupted",
        "keyboardinterrupt",
        N_("The render was interrupted; the frame that was rendering is not complete."),
        N_("Render the frame again."),
    ),
)
