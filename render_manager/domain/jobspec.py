"""What an artist asks for: the settings of a job, copied at submission and never changed by reference."""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from render_manager.domain.frameset import FrameSet
from render_manager.domain.limits import Limits


class Existing(StrEnum):
    """What to do about frame files that are there already."""

    SKIP = "skip"
    """Keep files that decode to the end and render the rest."""
    OVERWRITE = "overwrite"
    """Render every frame; each new file takes the old one's place when it is whole."""
    VERSION = "version"
    """Render into a new folder with the next version number."""


class PriorityBand(StrEnum):
    """The three bands of priority."""

    LOW = "low"
    """0 to 3."""
    DEFAULT = "default"
    """4 to 7."""
    HIGH = "high"
    """8 to 10."""


LOWEST_PRIORITY = 0
HIGHEST_PRIORITY = 10


def priority_band(priority: int) -> PriorityBand:
    """Return the band a priority from 0 to 10 belongs to."""
    if priority <= 3:
        return PriorityBand.LOW
    return PriorityBand.DEFAULT if priority <= 7 else PriorityBand.HIGH


@dataclass(frozen=True, slots=True)
class JobSpec:
    """Everything needed to render a job; a value, complete at submission."""

    name: str
    scene: Path
    engine: str
    """Engine id, such as `blender`."""
    installation: str
    """Key of the installation that renders it."""
    frames: FrameSet
    output_dir: Path
    output_name: str
    """Name of a frame's file without its ending, with `#` for the digits."""
    output_suffix: str = ""
    """Ending of a frame's file with the dot, empty when it is not known before rendering."""
    existing: Existing = Existing.SKIP
    priority: int = 5
    max_retries: int = 3
    retry_delay_s: float = 60.0
    project: str = ""
    """Name of the project the job belongs to, empty for none."""
    options: dict[str, Any] = field(default_factory=dict)
    """Options of the engine, already checked by it; JSON values only."""
    width: int = 0
    """Pixels of the finished pictures; 0 when unknown."""
    height: int = 0
    """Pixels of the finished pictures; 0 when unknown."""
    fps: float = 0.0
    limits: Limits = field(default_factory=Limits)
    keeps_copy: bool = False
    """Whether it is rendered from a copy of the scene, made when its first engine starts."""
