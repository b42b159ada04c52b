"""Which of several states of a scene file a frame was rendered from."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class SceneVersion:
    """A scene file as it was at one time."""

    size_bytes: int
    changed_ns: int
    """Time of its last change, in nanoseconds since the epoch, as the file system says."""
    digest: str
    """Hash of its bytes; the same for the same scene, whatever its time."""

    def is_same_file(self, other: "SceneVersion") -> bool:
        """Return whether size and time are the same, so that the bytes need not be compared."""
        return (self.size_bytes, self.changed_ns) == (other.size_bytes, other.changed_ns)

    def as_values(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return asdict(self)
