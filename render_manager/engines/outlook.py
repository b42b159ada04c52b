"""What a job meets in its output folder and will leave there: frames that exist, room, a forecast.

Reads folders and asks file systems, which on a network drive can take long: not for the GUI thread.
"""

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from render_manager.domain.jobspec import Existing, JobSpec
from render_manager.engines.existing import existing_of
from render_manager.engines.protocols import Engine

MOST_SIZED = 400
"""Files whose sizes are asked for; more tell little and cost time on a share."""
MARGIN = 0.15
"""Frames of the same scene differ by about this much; a forecast from their sizes is this wide."""

_GUESSED_BYTES_PER_PIXEL: dict[str, tuple[float, float]] = {
    ".png": (0.4, 4.0),
    ".jpg": (0.05, 0.5),
    ".jpeg": (0.05, 0.5),
    ".webp": (0.03, 0.4),
    ".jp2": (0.2, 2.0),
    ".tga": (1.0, 4.0),
    ".bmp": (3.0, 4.0),
    ".tif": (1.5, 8.0),
    ".tiff": (1.5, 8.0),
    ".hdr": (1.5, 4.0),
    ".dpx": (4.0, 8.0),
    ".cin": (4.0, 4.0),
    ".rgb": (1.0, 4.0),
    ".iff": (1.0, 4.0),
    ".exr": (2.0, 10.0),
}
_GUESSED_FOR_OTHERS = (0.3, 8.0)
_LAYERED = frozenset({".exr"})
"""Formats whose files grow with the number of layers in them."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """How many bytes the frames that are still to be rendered may take."""

    low_bytes: int
    high_bytes: int
    is_guess: bool
    """Whether it comes from size and format alone; else from frames of the same job that exist."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is in a job's output folder, and whether what comes will fit."""

    spec: JobSpec
    """The job it was looked up for."""
    existing: tuple[Path, ...]
    """Files of the job's frames that are there, in the order of the frames."""
    newest: Path | None
    """The one of them that was written last."""
    to_render: int
    """Frames that will be rendered if the existing ones are whole."""
    free_bytes: int | None
    """Room on the disk of the folder; None when the system does not say."""
    forecast: Forecast | None
    """None when size or format are not known and there are no frames to go by."""
    given_back_bytes: int = 0
    """Room that files give back when new ones take their places."""

    @property
    def folder(self) -> Path:
        """Return the folder that was looked through."""
        return self.spec.output_dir

    def is_of(self, spec: JobSpec) -> bool:
        """Return whether it still tells of a job that may have other options or another priority now."""
        return _what_is_written(spec) == _what_is_written(self.spec)

    @property
    def does_not_fit(self) -> bool:
        """Return whether even the low end of the forecast is more than there is room for."""
        return self.forecast is not None and self._is_too_much(self.forecast.low_bytes)

    @property
    def may_not_fit(self) -> bool:
        """Return whether the high end of the forecast is more than there is room for."""
        return self.forecast is not None and self._is_too_much(self.forecast.high_bytes)

    def _is_too_much(self, wanted_bytes: int) -> bool:
        return self.free_bytes is not None and wanted_bytes > self.free_bytes + self.given_back_bytes


def _what_is_written(spec: JobSpec) -> tuple[object, ...]:
    place = (spec.output_dir, spec.output_name, spec.output_suffix)
    return (*place, spec.frames.text(), spec.existing, spec.width, spec.height)


def outlook_of(spec: JobSpec, engine: Engine, *, layers: int = 1) -> Outlook:
    """Look through a job's output folder; `layers` is how many a file of several holds. Raises OSError."""
    found = existing_of(spec, engine)
    files = tuple(found[frame] for frame in sorted(found))
    sized = _sized(files)
    sizes = [size for _path, size, _changed in sized]
    to_render = len(spec.frames) - (len(files) if spec.existing is Existing.SKIP else 0)
    return Outlook(
        spec=spec,
        existing=files,
        newest=max(sized, key=lambda one: one[2])[0] if sized else None,
        to_render=to_render,
        free_bytes=free_bytes(spec.output_dir),
        forecast=_forecast(spec, sizes, to_render, layers),
        given_back_bytes=_given_back(spec, sizes, len(files)),
    )


def free_bytes(folder: Path) -> int | None:
    """Return the room on the disk of a folder, or of the nearest one above it that exists."""
    for path in (folder, *folder.parents):
        try:
            return shutil.disk_usage(path).free
        except OSError:
            continue
    return None


def _sized(files: Sequence[Path]) -> list[tuple[Path, int, int]]:
    """Return path, size and time of change of some of the files, evenly chosen, the last one among them."""
    step = max(1, -(-len(files) // MOST_SIZED))
    sized = []
    for path in files[::-step]:
        try:
            status = os.stat(path)  # noqa: PTH116 - hundreds of them; the path object is not needed
        except OSError:
            continue
        sized.append((path, status.st_size, status.st_mtime_ns))
    return sized


def _given_back(spec: JobSpec, sizes: list[int], count: int) -> int:
    """Return the room of the old files, where each goes when its new one is whole.

    Only with *overwrite*: otherwise what is in the way is kept under another name and takes its room still.
    """
    if spec.existing is not Existing.OVERWRITE or not sizes:
        return 0
    return sum(sizes) * count // len(sizes)


def _forecast(spec: JobSpec, sizes: list[int], to_render: int, layers: int) -> Forecast | None:
    whole = [size for size in sizes if size]
    if whole:
        mean = sum(whole) / len(whole) * to_render
        return Forecast(int(mean * (1 - MARGIN)), int(mean * (1 + MARGIN)), is_guess=False)
    if not (spec.width and spec.height):
        return None
    suffix = spec.output_suffix.lower()
    low, high = _GUESSED_BYTES_PER_PIXEL.get(suffix, _GUESSED_FOR_OTHERS)
    if suffix in _LAYERED:
        high *= max(layers, 1)
    pixels = spec.width * spec.height * to_render
    return Forecast(int(pixels * low), int(pixels * high), is_guess=True)
