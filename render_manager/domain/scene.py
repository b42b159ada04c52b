"""What a scene file says about itself, read without starting the engine that wrote it."""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

SCENE_SUFFIXES = (".blend", ".ma", ".mb", ".uproject")
"""Endings of scene files that are known before the engines are: what the first window asks for."""


class Severity(StrEnum):
    """How much a problem or a log line matters."""

    ERROR = "error"
    """The job cannot be rendered, or a frame is lost."""
    WARNING = "warning"
    """It renders, but perhaps not as the artist expects."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something found before rendering that the artist should know."""

    code: str
    """A stable word for programs, such as `no-camera`."""
    severity: Severity
    text: str
    """One whole sentence with the path, name or version in it."""
    advice: str = ""
    """What to do about it, one sentence."""


@dataclass(frozen=True, slots=True)
class SceneInfo:
    """The facts a scene file holds about its render."""

    path: Path
    engine: str
    """Engine id, such as `blender`."""
    engine_version: tuple[int, ...]
    """Version of the program that saved the file, such as (4, 5) or (2024,); empty when it is not known."""
    frame_start: int
    frame_end: int
    frame_step: int
    fps: float
    """Frames a second; 0 when not known."""
    width: int
    """Pixels of the finished image, resolution percentage applied; 0 when not known."""
    height: int
    """Pixels of the finished image, resolution percentage applied; 0 when not known."""
    scene: str
    """Name of the scene that renders unless another is chosen."""
    scenes: tuple[str, ...]
    camera: str
    """Name of the active camera, empty when there is none."""
    cameras: tuple[str, ...]
    layers: tuple[str, ...]
    """Names of the view or render layers that are switched on."""
    renderer: str
    """The renderer's own identifier, such as `CYCLES` or `arnold`."""
    output: str
    """Output path as written in the file, unexpanded."""
    file_format: str
    """Image format's own identifier, such as `PNG` or `OPEN_EXR_MULTILAYER`."""
    is_movie: bool = False
    """Whether the file is set to write one movie in place of frames."""
    problems: tuple[Problem, ...] = ()
    missing_files: tuple[str, ...] = ()
    """Textures and libraries the scene names and this computer does not have."""
    extra: dict[str, str] = field(default_factory=dict)
    """Further facts to show, name to value."""
    has_frame_range: bool = True
    """Whether the file says which frames to render; without, the user has to."""
    choices: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """What the file, or the project around it, offers to choose from, by the name of the engine's option."""

    @property
    def engine_version_text(self) -> str:
        """Return the version as written by the engine's makers, such as `4.5`."""
        return ".".join(str(part) for part in self.engine_version)
