"""What an engine's output says, one value for each thing; parsers make them, the dispatcher reads them."""

from dataclasses import dataclass

from render_manager.domain.diagnosis import Scope
from render_manager.domain.scene import Severity


@dataclass(frozen=True, slots=True)
class EngineReady:
    """The engine is up with the scene loaded and takes frames."""

    version: str
    """Version as the engine says it, such as `5.0.1`."""


@dataclass(frozen=True, slots=True)
class PhaseEntered:
    """The engine does something that belongs to no frame: it starts, compiles shaders, finalises."""

    text: str
    """What it is doing, in a few words of ours."""


@dataclass(frozen=True, slots=True)
class FrameBegan:
    """The engine began a frame."""

    frame: int


@dataclass(frozen=True, slots=True)
class FrameAdvanced:
    """The engine says how far a frame is."""

    frame: int
    percent: float | None
    """0 to 100, never going back within a frame; None when only `text` is known."""
    text: str
    """What it is doing, in the engine's words."""
    remaining_s: float | None = None


@dataclass(frozen=True, slots=True)
class FileWritten:
    """The engine says that it wrote a file; not yet looked at by us."""

    frame: int | None
    path: str


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """A file of a finished frame and where it belongs."""

    path: str
    """Where the engine wrote it."""
    final_dir: str = ""
    """Folder it belongs in; empty for the job's output folder."""
    final_name: str = ""
    """Name it gets there; empty for the one it has."""


@dataclass(frozen=True, slots=True)
class FrameEnded:
    """The engine is done with a frame; its files can be looked at."""

    frame: int
    files: tuple[WrittenFile, ...] = ()
    """What the engine's script says it wrote; empty when only the log is known."""
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class FrameErred:
    """The engine's script says that a frame failed, and the engine can go on with another."""

    frame: int
    text: str
    """The engine's own error text."""


@dataclass(frozen=True, slots=True)
class EngineGaveUp:
    """The engine's script cannot go on at all; the process is about to end."""

    code: str
    """A stable word such as `load-failed`, `scene-missing`, `driver-error`."""
    text: str
    """The engine's own error text."""


@dataclass(frozen=True, slots=True)
class Remark:
    """A line of the log whose meaning is known."""

    code: str
    """A stable word such as `no-camera`, `out-of-memory`, `missing-texture`."""
    severity: Severity
    line: str
    """The line as printed, stripped."""
    meaning: str
    """One whole sentence."""
    advice: str
    """One whole sentence, or empty."""
    fatal: bool = False
    """Whether the frame, or the run, is lost by what this line says."""
    permanent: bool = False
    """Whether trying again without a change is pointless."""
    scope: Scope = Scope.FRAME
    taints: bool = False
    """Whether pictures of this run are finished, but not as they should be: with a watermark, say."""


EngineEvent = (
    EngineReady
    | PhaseEntered
    | FrameBegan
    | FrameAdvanced
    | FileWritten
    | FrameEnded
    | FrameErred
    | EngineGaveUp
    | Remark
)
