"""What a reader that is to be tried consists of."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from render_manager.domain.errors import UserError

MOST_MEMORY_BYTES = 256 << 20
"""What a reader may take for an example of at most `damage.LARGEST_BYTES`."""


@dataclass(frozen=True)
class Reader:
    """Reads something that others wrote."""

    name: str
    bases: Callable[[], Sequence[bytes]]
    """Good inputs."""
    read: Callable[[bytes, Path], object]
    """Reads an input; may use the folder, which stays the same. Checks the result as far as it can."""
    words: Sequence[bytes] = ()
    """What begins something in such an input."""
    errors: tuple[type[Exception], ...] = (UserError,)
    """What may be raised for a bad input; anything else is a bug."""

    def try_out(self, data: bytes, folder: Path) -> bool:
        """Read an input; return whether it was taken. Raises what must not happen."""
        try:
            self.read(data, folder)
        except self.errors as error:
            text = str(error)
            assert text.strip(), f"{type(error).__name__} without a word"
            return False
        return True
