"""The options of a Maya job, checked when it is submitted.

What `Render` can be told for all renderers has a field; anything else goes through `extra_arguments`.
Facts: `engines/maya.md` section 2.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from render_manager.domain.errors import UserError
from render_manager.domain.texts import gettext as _
from render_manager.engines.option_values import read_options, split_list, split_words


class Verbosity(StrEnum):
    """How much a renderer is told to print."""

    PROGRESS = "progress"
    """Enough to see how far a frame is."""
    DEBUG = "debug"
    """As much as it can."""
    SCENE = "scene"
    """As the scene says, which is often nothing at all until a frame is done."""


class Device(StrEnum):
    """Where Arnold computes."""

    SCENE = "scene"
    """As the scene says."""
    CPU = "CPU"
    """On the processor."""
    GPU = "GPU"
    """On the graphics card."""


IMAGE_SUFFIXES: dict[str, str] = {
    "exr": ".exr",
    "png": ".png",
    "iff": ".iff",
    "tga": ".tga",
    "bmp": ".bmp",
    "jpg": "",
    "tif": "",
    "deepexr": ".exr",
    "sgi": "",
    "psd": ".psd",
}
"""Image formats as `-of` takes them, and their endings where every renderer writes the same one."""
_SAME_FORMAT = {"jpeg": "jpg", "tiff": "tif", "openexr": "exr"}


def _format(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    lowered = value.strip().lower().lstrip(".")
    return _SAME_FORMAT.get(lowered, lowered)


def _device(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return value.lower() if value.lower() == Device.SCENE else value.upper()


def _lower(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


def _without_nul(value: Any) -> Any:
    if isinstance(value, str) and "\0" in value:
        raise ValueError(_("it holds a character that no argument can have"))
    return value


_Text = Annotated[str, BeforeValidator(_without_nul)]
_TextList = Annotated[tuple[_Text, ...], BeforeValidator(split_list)]
_Words = Annotated[tuple[_Text, ...], BeforeValidator(split_words)]


class MayaOptions(BaseModel):
    """What a job may ask of Maya beyond frames and output."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=True)

    executable: _Text = Field(default="", description="Path of the Render program to use.")
    installation: _Text = Field(
        default="", description="Installation to use: its version, such as 2024, or its path."
    )
    renderer: _Text = Field(
        default="", description="Renderer: arnold, vray, redshift, renderman, sw, hw2; the scene's if empty."
    )
    camera: _Text = Field(default="", description="Camera to render through, by name.")
    layers: _TextList = Field(default=(), description="Render layers to render, by name, with commas.")
    width: int | None = Field(default=None, ge=1, le=65_536, description="Pixels from left to right.")
    height: int | None = Field(default=None, ge=1, le=65_536, description="Pixels from top to bottom.")
    resolution_percent: int | None = Field(default=None, ge=1, le=1000, description="Percent of the size.")
    image_format: Annotated[str, BeforeValidator(_format)] = Field(
        default="", description="Image format: " + ", ".join(IMAGE_SUFFIXES) + "."
    )
    project: _Text = Field(
        default="", description="Folder of the Maya project, in which textures are looked for."
    )
    threads: int | None = Field(default=None, ge=1, le=1024, description="Processor threads to use.")
    device: Annotated[Device, BeforeValidator(_device)] = Field(
        default=Device.SCENE, description="Where Arnold computes: scene, CPU or GPU."
    )
    gpus: Annotated[tuple[int, ...], BeforeValidator(split_list)] = Field(
        default=(), description="Graphics cards Redshift uses, by number, with commas."
    )
    verbosity: Annotated[Verbosity, BeforeValidator(_lower)] = Field(
        default=Verbosity.PROGRESS, description="How much the renderer prints: progress, debug or scene."
    )
    abort_without_licence: bool = Field(
        default=False, description="Let Arnold stop instead of drawing watermarks when it has no licence."
    )
    skip_existing: bool = Field(
        default=False,
        description="Also tell Maya to skip files that are there; frames that are done are left out anyway.",
    )
    pre_render_mel: _Text = Field(default="", description="MEL code, or a .mel file, to run before all.")
    post_render_mel: _Text = Field(default="", description="MEL code, or a .mel file, to run after all.")
    pre_layer_mel: _Text = Field(
        default="", description="MEL code, or a .mel file, to run before each layer."
    )
    post_layer_mel: _Text = Field(
        default="", description="MEL code, or a .mel file, to run after each layer."
    )
    pre_frame_mel: _Text = Field(
        default="", description="MEL code, or a .mel file, to run before each frame."
    )
    post_frame_mel: _Text = Field(
        default="", description="MEL code, or a .mel file, to run after each frame."
    )
    extra_arguments: _Words = Field(default=(), description="Further arguments of the Render program.")
    batch_size: int = Field(default=1000, ge=1, le=100_000, description="Frames for one process at most.")
    stall_timeout_s: float = Field(
        default=900.0,
        ge=0.0,
        le=1_000_000.0,
        description="Seconds without output, files and work after which Maya is ended; 0 for never.",
    )
    leave_timeout_s: float = Field(
        default=60.0, ge=0.0, le=86_400.0, description="Seconds Maya may take to end after its last frame."
    )

    @property
    def percent(self) -> int:
        """Return the percentage of the size that is wanted, 100 when none is named."""
        return self.resolution_percent or 100


def checked_options(values: Mapping[str, Any]) -> MayaOptions:
    """Return the options; raises UserError that names the bad one and what it may be."""
    options = read_options(MayaOptions, values, "Maya")
    if options.image_format and options.image_format not in IMAGE_SUFFIXES:
        raise UserError(
            _("Maya has no image format “{name}” here. There are: {known}.").format(
                name=options.image_format, known=", ".join(IMAGE_SUFFIXES)
            )
        )
    return options
