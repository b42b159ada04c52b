"""The options of a Blender job, checked when it is submitted."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from render_manager.domain.errors import UserError
from render_manager.domain.texts import gettext as _
from render_manager.engines.option_values import read_options, split_list


class Device(StrEnum):
    """Where Cycles computes."""

    SCENE = "scene"
    """As the scene says."""
    CPU = "CPU"
    """On the processor."""
    GPU = "GPU"
    """On the graphics card; fails where there is none."""


class Mode(StrEnum):
    """How Blender is driven."""

    RESIDENT = "resident"
    """One Blender stays open and is handed frame after frame."""
    BATCH = "batch"
    """`blender -a` for runs of frames; for Blenders whose Python does not work."""


IMAGE_SUFFIXES: dict[str, str] = {
    "PNG": ".png",
    "JPEG": ".jpg",
    "JPEG2000": ".jp2",
    "BMP": ".bmp",
    "IRIS": ".rgb",
    "TARGA": ".tga",
    "TARGA_RAW": ".tga",
    "CINEON": ".cin",
    "DPX": ".dpx",
    "OPEN_EXR": ".exr",
    "OPEN_EXR_MULTILAYER": ".exr",
    "HDR": ".hdr",
    "TIFF": ".tif",
    "WEBP": ".webp",
}
"""Blender's image formats and the ending it gives their files."""


def _upper(value: Any) -> Any:
    return value.upper() if isinstance(value, str) else value


def _device(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return value.lower() if value.lower() == Device.SCENE else value.upper()


_TextList = Annotated[tuple[str, ...], BeforeValidator(split_list)]


class BlenderOptions(BaseModel):
    """What a job may ask of Blender beyond frames and output."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=True)

    scene: str = Field(default="", description="Scene to render, by name; the file's current one if empty.")
    camera: str = Field(default="", description="Camera to render through, by name.")
    view_layers: _TextList = Field(default=(), description="View layers to render, by name, with commas.")
    resolution_percent: int | None = Field(default=None, ge=1, le=1000, description="Percent of the size.")
    samples: int | None = Field(default=None, ge=1, le=1_000_000, description="Samples per pixel.")
    file_format: Annotated[str, BeforeValidator(_upper)] = Field(
        default="", description="Image format: " + ", ".join(IMAGE_SUFFIXES) + "."
    )
    device: Annotated[Device, BeforeValidator(_device)] = Field(
        default=Device.SCENE, description="scene, CPU or GPU."
    )
    threads: int | None = Field(default=None, ge=1, le=1024, description="Processor threads to use.")
    factory_startup: bool = Field(
        default=False, description="Start Blender without the user's settings and add-ons."
    )
    scripts: bool = Field(default=False, description="Run Python scripts that are embedded in the scene.")
    mode: Mode = Field(default=Mode.RESIDENT, description="resident or batch.")
    batch_size: int = Field(default=50, ge=1, le=100_000, description="Frames for one process in batch mode.")
    extra_arguments: _TextList = Field(default=(), description="Further arguments of the blender program.")
    installation: str = Field(
        default="", description="Installation to use: its version, such as 4.5, or its path."
    )


def checked_options(values: Mapping[str, Any]) -> BlenderOptions:
    """Return the options; raises UserError that names the bad one and what it may be."""
    options = read_options(BlenderOptions, values, "Blender")
    if options.file_format and options.file_format not in IMAGE_SUFFIXES:
        raise UserError(
            _("Blender has no image format “{name}”. It has: {known}.").format(
                name=options.file_format, known=", ".join(IMAGE_SUFFIXES)
            )
        )
    return options
