"""What is known of a frame file once it has been decoded to its end, and what is said when it was not good.

Cheap to import: no image library here.
"""

from dataclasses import dataclass
from enum import StrEnum

from render_manager.domain.errors import RenderManagerError


class Fault(StrEnum):
    """Why a file is not a good picture, as a stable word for programs."""

    MISSING = "picture-missing"
    """There is no such file."""
    NOT_A_FILE = "picture-not-a-file"
    """It is a folder, a pipe or a device."""
    UNREADABLE = "picture-unreadable"
    """The system does not let us read it; the file itself may be good."""
    EMPTY = "picture-empty"
    """It has no bytes."""
    UNKNOWN_FORMAT = "picture-unknown-format"
    """It is no picture, or of a format that is not read here."""
    TRUNCATED = "picture-truncated"
    """It ends before its picture does."""
    DAMAGED = "picture-damaged"
    """Its bytes contradict each other."""
    WRONG_SIZE = "picture-wrong-size"
    """It is whole, but of another size than asked for."""
    TOO_LARGE = "picture-too-large"
    """Its header claims more pixels than will be decoded."""


class PictureError(RenderManagerError):
    """A file is not a whole, good picture; the text is one plain sentence with its path in it."""

    def __init__(self, message: str, *, fault: Fault, detail: str = "") -> None:
        super().__init__(message)
        self.fault = fault
        self.detail = detail
        """What the image library said, for the log; in no fixed language, may be empty."""


@dataclass(frozen=True, slots=True)
class Health:
    """Figures that tell a black, an empty or a broken frame from a good one.

    They are those of the layer that the thumbnail shows.
    """

    mean: float
    """Mean luminance as displayed, over black, 0 to 1; comparable between formats and bit depths."""
    minimum: float
    """Smallest finite colour value in the file's own terms; whole numbers are scaled to 0 to 1."""
    maximum: float
    """Largest finite colour value, in the same terms."""
    nan_pixels: int
    """Pixels with a channel that is not a number."""
    inf_pixels: int
    """Pixels with an infinite channel, and none that is not a number."""
    is_black: bool
    """Whether nothing in it is brighter than 2/255 as displayed."""
    is_flat: bool
    """Whether no channel varies by more than 2/255 as displayed."""
    grey: bytes = b""
    """Luminance as displayed, a byte a pixel, in `domain.health.PRINT_SIZE`; empty when not measured."""
    checksum: int = 0
    """Checksum of the picture at the size of its thumbnail."""
    is_measured: bool = True
    """False where pixels were decoded but could not be looked at (deep pictures); the rest is 0 then."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture file that was decoded to its end."""

    width: int
    """Width in pixels of the picture as meant, which is the display window of an EXR."""
    height: int
    """Height in pixels of the same."""
    channels: tuple[str, ...]
    """Names of all channels of all parts, such as `R` or `ViewLayer.Depth.Z`."""
    bit_depth: int
    """Bits of one value of the layer shown: 8, 10, 12, 16 or 32."""
    is_float: bool
    """Whether those values are floating point."""
    format_name: str
    """Name of the file format, such as `OpenEXR`."""
    layers: tuple[str, ...]
    """Names of parts and layers; empty for a plain picture."""
    shown_layer: str
    """Which of the layers the thumbnail and the health figures are of; empty for the unnamed one."""
    health: Health
    thumbnail: str = ""
    """Path of the thumbnail that was written, empty when none was asked for or it failed."""
    thumbnail_error: str = ""
    """Why there is no thumbnail, one plain sentence; empty when it is there or was not asked for."""
