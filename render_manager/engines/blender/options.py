"""The options of a Blender job, checked when it is submitted."""

import json
from collections.abc import Mapping
from enum import StrEnum
from gettext import gettext as _
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from render_manager.domain.errors import UserError


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


def _split(value: Any) -> Any:
    """Let a list be written as one text with commas, as the command line has it, or as JSON."""
    if not isinstance(value, str):
        return value
    if value.startswith("["):
        return json.loads(value)
    return [part.strip() for part in value.split(",") if part.strip()]


def _upper(value: Any) -> Any:
    return value.upper() if isinstance(value, str) else value


def _device(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return value.lower() if value.lower() == Device.SCENE else value.upper()


_TextList = Annotated[tuple[str, ...], BeforeValidator(_split)]


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
    try:
        options = BlenderOptions.model_validate(dict(values))
    except ValidationError as error:
        raise UserError(_sentence(error)) from error
    except ValueError as error:
        raise UserError(_("The Blender options cannot be read: {why}.").format(why=error)) from error
    if options.file_format and options.file_format not in IMAGE_SUFFIXES:
        raise UserError(
            _("Blender has no image format “{name}”. It has: {known}.").format(
                name=options.file_format, known=", ".join(IMAGE_SUFFIXES)
            )
        )
    return options


def _sentence(error: ValidationError) -> str:
    first = error.errors()[0]
    name = str(first["loc"][0]) if first["loc"] else ""
    if first["type"] == "extra_forbidden":
        return _("Blender has no option “{name}”. It has: {known}.").format(
            name=name, known=", ".join(BlenderOptions.model_fields)
        )
    return _("The Blender option {name} cannot be “{value}”: {why}.").format(
        name=name, value=first.get("input"), why=first["msg"].rstrip(".").lower()
    )
