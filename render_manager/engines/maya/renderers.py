"""What each renderer of Maya is called and which flags of `Render` it understands.

Facts: `engines/maya.md` section 2, the usage texts `Render -r sw|arnold|renderman -help` in public code, and
Amazon's job bundles, which found that V-Ray and Redshift refuse `-fnc` ("Invalid flag"). A flag that a
renderer does not know ends `Render` with code 204 before anything is rendered, so none is passed on trust.
"""

from dataclasses import dataclass
from enum import Enum


class SizeFlags(Enum):
    """How a renderer is told the size of the picture."""

    PERCENT = "percent"
    """`-x`, `-y` and `-percentRes`."""
    PIXELS = "pixels"
    """`-x` and `-y` only."""
    RES = "res"
    """`-res WIDTH HEIGHT`."""
    NONE = "none"
    """Not known."""


@dataclass(frozen=True, slots=True)
class Renderer:
    """One renderer."""

    flag: str
    """What `-r` takes."""
    name: str
    """Name as its makers write it."""
    ids: tuple[str, ...]
    """Values of Maya's `defaultRenderGlobals.currentRenderer`, lower case."""
    plugin: str = ""
    """Name of its plug-in; empty for what Maya has built in."""
    names_files: bool = True
    """Whether `-im` and `-pad` are understood."""
    has_name_scheme: bool = False
    """Whether `-fnc` is understood."""
    size: SizeFlags = SizeFlags.NONE
    threads: str = ""
    """Flag for the number of processor threads, without its minus; empty when there is none."""
    talks: bool = False
    """Whether its lines tell, at the level we set, when a frame is done."""
    takes_folder: bool = True
    """Whether `-rd` is understood; one that writes where it likes cannot be watched over."""
    layer_token: str = "<RenderLayer>"  # noqa: S105 - a piece of a file name
    """What stands for the render layer in a file name."""


SOFTWARE = Renderer(
    "sw",
    "Maya Software",
    ("mayasoftware", "sw"),
    has_name_scheme=True,
    size=SizeFlags.PERCENT,
    threads="n",
    talks=True,
)
HARDWARE2 = Renderer(
    "hw2",
    "Maya Hardware 2.0",
    ("mayahardware2", "hw2"),
    has_name_scheme=True,
    size=SizeFlags.PERCENT,
)
ARNOLD = Renderer(
    "arnold",
    "Arnold",
    ("arnold", "mtoa"),
    plugin="mtoa",
    has_name_scheme=True,
    size=SizeFlags.PERCENT,
    threads="ai:threads",
    talks=True,
)
REDSHIFT = Renderer(
    "redshift",
    "Redshift",
    ("redshift",),
    plugin="redshift4maya",
    size=SizeFlags.PIXELS,
    talks=True,
)
VRAY = Renderer(
    "vray",
    "V-Ray",
    ("vray",),
    plugin="vrayformaya",
    size=SizeFlags.PIXELS,
    threads="threads",
    talks=True,
    layer_token="<Layer>",  # noqa: S106 - a piece of a file name
)
RENDERMAN = Renderer(
    "renderman",
    "RenderMan",
    ("renderman", "rendermanris", "rman"),
    plugin="RenderMan_for_Maya",
    names_files=False,
    size=SizeFlags.RES,
    threads="t",
)
HARDWARE = Renderer(
    "hw", "Maya Hardware", ("mayahardware", "hw"), has_name_scheme=True, size=SizeFlags.PERCENT
)
VECTOR = Renderer("vr", "Maya Vector", ("mayavector", "vr"), has_name_scheme=True, size=SizeFlags.PERCENT)
MENTAL_RAY = Renderer(
    "mr",
    "mental ray",
    ("mentalray", "mr"),
    plugin="Mayatomr",
    has_name_scheme=True,
    size=SizeFlags.PERCENT,
    threads="rt",
)
DELIGHT = Renderer(
    "3delight",
    "3Delight",
    ("3delight", "_3delight"),
    plugin="3delight_for_maya",
    names_files=False,
    takes_folder=False,
)

RENDERERS = (
    SOFTWARE,
    HARDWARE2,
    ARNOLD,
    REDSHIFT,
    VRAY,
    RENDERMAN,
    HARDWARE,
    VECTOR,
    MENTAL_RAY,
    DELIGHT,
)
"""All that are known, those that are offered first."""
OFFERED = RENDERERS[:6]
"""Those that a form offers; the others are old or rare, and can be typed."""


def renderer_of(identifier: str) -> Renderer | None:
    """Return the renderer with one of Maya's ids or a value of `-r`; None when the scene names none.

    One that is not in the table is passed on as it is, with no flag that it might not know.
    """
    if not identifier.strip():
        return None
    lowered = identifier.strip().lower()
    for renderer in RENDERERS:
        if lowered == renderer.flag or lowered in renderer.ids:
            return renderer
    return Renderer(identifier.strip(), identifier.strip(), (lowered,), names_files=False)


def renderer_of_plugin(plugin: str) -> Renderer | None:
    """Return the renderer that a plug-in brings, None for any other plug-in."""
    lowered = plugin.lower()
    return next((one for one in RENDERERS if one.plugin and one.plugin.lower() == lowered), None)
