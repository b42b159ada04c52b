"""How a picture is looked at: which channels, through which view, how bright. Cheap: no image library."""

from dataclasses import dataclass
from enum import StrEnum

STANDARD = "standard"
"""The view that shows scene-linear light by the sRGB curve, as thumbnails do; what is displayed stays."""
RAW = "raw"
"""The view that shows values as they are stored."""
REC_709 = "rec709"
"""Scene-linear light with the primaries of Rec. 709 and sRGB, as Blender and most renderers write it."""
ACES_CG = "acescg"
"""Scene-linear light with the primaries of ACEScg, as Maya and Unreal write it where set up for ACES."""


class Channels(StrEnum):
    """Which channels of a layer are shown."""

    COLOUR = "rgb"
    RED = "r"
    GREEN = "g"
    BLUE = "b"
    ALPHA = "a"
    LUMINANCE = "l"


@dataclass(frozen=True, slots=True)
class ColourView:
    """From the values of a file to those of a screen."""

    key: str = STANDARD
    """`standard`, `raw`, or the name of a view of a colour configuration."""
    display: str = ""
    """Display of the colour configuration the view belongs to; empty for the two of our own."""
    config: str = ""
    """File or name of the colour configuration; empty for the one built in."""
    space: str = REC_709
    """What scene-linear files are taken for: `rec709`, `acescg`."""


@dataclass(frozen=True, slots=True)
class Look:
    """Everything that decides how a decoded picture appears."""

    channels: Channels = Channels.COLOUR
    view: ColourView = ColourView()
    exposure: float = 0.0
    """Stops: each doubles the light."""
    gamma: float = 1.0
    is_normalised: bool = False
    """Whether the values between the smallest and the largest fill the range from black to white."""


@dataclass(frozen=True, slots=True)
class Developed:
    """A picture made ready for a screen."""

    width: int
    height: int
    rgb: bytes
    """8 bits each of red, green and blue, line after line, no padding."""


@dataclass(frozen=True, slots=True)
class ViewSet:
    """The views that can be chosen."""

    views: tuple[tuple[str, ColourView], ...]
    """(name for people, view), the usual one first."""
    config_name: str
    """Name of the colour configuration they are of."""
    problem: str = ""
    """Why the configuration of the environment is not used, a plain sentence; empty when all is well."""
