"""In what image format a scene renders, and the ending of its files where that is certain. Pure.

Maya's numbers: the names of the enum `imageFormat` as a Render Setup override in a scene of Maya 2023 spells
it out. An ending is only given where renderer and format leave no doubt; what is [O] has none.
Arnold writes what its driver node translates to; V-Ray and Redshift have an attribute of their own, whose
numbers changed between Redshift's versions except for OpenEXR.
"""

from dataclasses import dataclass

from render_manager.engines.maya.facts import Facts

_MAYA_NAMES = {
    0: "gif",
    1: "softimage",
    2: "rla",
    3: "tiff",
    4: "tiff16",
    5: "sgi",
    6: "pix",
    7: "iff",
    8: "jpeg",
    9: "eps",
    10: "iff16",
    12: "quantel",
    13: "sgi16",
    19: "targa",
    20: "bmp",
    21: "sgi-movie",
    22: "quicktime",
    23: "avi",
    30: "macpaint",
    31: "psd",
    32: "png",
    33: "quickdraw",
    34: "quicktime-image",
    35: "dds",
    36: "psd-layered",
    40: "exr",
}
_MAYA_DEFAULT = 7
_BY_KEY = frozenset({50, 51})
"""Numbers that mean: see the key of the plug-in (`imfkey`)."""
_MOVIES = frozenset({"sgi-movie", "quicktime", "avi"})
_SUFFIXES = {
    "gif": "gif",
    "rla": "rla",
    "tiff": "tif",
    "tiff16": "tif",
    "sgi": "sgi",
    "iff": "iff",
    "jpeg": "jpg",
    "iff16": "iff",
    "sgi16": "sgi",
    "targa": "tga",
    "bmp": "bmp",
    "psd": "psd",
    "png": "png",
    "dds": "dds",
    "psd-layered": "psd",
    "exr": "exr",
    "tif": "tif",
    "tga": "tga",
    "jpg": "jpg",
}
_MAYA_RENDERERS = frozenset({"mayaSoftware", "mayaHardware", "mayaHardware2", "mayaVector", "mentalRay"})
_ARNOLD_SUFFIXES = {"exr": "exr", "deepexr": "exr", "png": "png", "tif": "tif"}
_VRAY_SUFFIXES = frozenset({"png", "jpg", "vrimg", "hdr", "exr", "tga", "bmp", "sgi", "tif"})
_REDSHIFT_EXR = 1


@dataclass(frozen=True, slots=True)
class ImageFormat:
    """An image format."""

    name: str
    """In lower case, as its renderer says it; empty when the scene does not tell."""
    suffix: str = ""
    """Ending of the files without the dot; empty when it is not certain."""

    @property
    def is_movie(self) -> bool:
        """Whether all frames go into one file."""
        return self.name in _MOVIES


def image_format_of(facts: Facts, renderer: str) -> ImageFormat:
    """Return the format a scene renders in with its renderer."""
    if renderer == "arnold":
        return _arnold(facts)
    if renderer == "vray":
        return _vray(facts)
    if renderer == "redshift":
        return _redshift(facts)
    name = _maya_name(facts)
    return ImageFormat(name, _SUFFIXES.get(name, "") if renderer in _MAYA_RENDERERS else "")


def _maya_name(facts: Facts) -> str:
    render_globals = facts.named("defaultRenderGlobals")
    number = render_globals.number("outf", "imageFormat")
    key = _MAYA_DEFAULT if number is None else int(number)
    if key in _BY_KEY:
        return (render_globals.text("imfkey", "imfPluginKey") or "").lower()
    return _MAYA_NAMES.get(key, f"format-{key}")


def _arnold(facts: Facts) -> ImageFormat:
    name = facts.named("defaultArnoldDriver").text("ai_translator", "aiTranslator")
    if name is None:
        return ImageFormat("")
    return ImageFormat(name.lower(), _ARNOLD_SUFFIXES.get(name.lower(), ""))


def _vray(facts: Facts) -> ImageFormat:
    name = facts.named("vraySettings").text("imgfs", "imageFormatStr")
    if not name:
        return ImageFormat("")
    first = name.lower().split()[0]
    return ImageFormat(name.lower(), first if first in _VRAY_SUFFIXES else "")


def _redshift(facts: Facts) -> ImageFormat:
    number = facts.named("redshiftOptions").number("imageFormat")
    if number is None:
        return ImageFormat("")
    return ImageFormat("exr", "exr") if number == _REDSHIFT_EXR else ImageFormat(f"redshift-{int(number)}")
