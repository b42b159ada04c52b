"""Notices pictures of another size, or with other channels, than the job's others. Owner thread only.

The scene says beforehand how large pictures are to be, and may be wrong about it (a script, a region); what
the frames of a job have in common tells more. Nothing tells beforehand which channels there are.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from render_manager.domain.texts import gettext as _
from render_manager.scheduling.collecting import Stream

GREY = frozenset({"Y", "A"})
"""Channels of a picture without colours; some programs write a picture like that as soon as it has none."""
MOST_NAMES = 5
"""Missing channels that are named; a picture may lack very many."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What pictures of one layer, pass or AOV have in common."""

    width: int
    height: int
    channels: frozenset[str]

    def complaint(self, other: "Shape") -> str:
        """Return what is wrong with a picture that should have this shape, empty when nothing is."""
        if (self.width, self.height) != (other.width, other.height):
            return _("The picture is {width} x {height} pixels, where {wanted} were expected.").format(
                width=other.width, height=other.height, wanted=f"{self.width} x {self.height}"
            )
        missing = sorted(self.channels - other.channels)
        if not missing or self.channels <= GREY or other.channels <= GREY:
            return ""
        names = ", ".join(missing[:MOST_NAMES]) + (", …" if len(missing) > MOST_NAMES else "")
        return _("The picture lacks channels that the others of this job have: {names}.").format(names=names)


Shapes = Mapping[Stream, Shape]


class ShapeBook:
    """Knows for each job what its pictures look like, since its first finished frame in this run."""

    def __init__(self) -> None:
        self._shapes: dict[int, dict[Stream, Shape]] = {}
        self._odd: dict[int, tuple[int, Shapes]] = {}
        """The last frame of each job that was rejected for what its pictures are like."""

    def expected(self, job_id: int) -> Shapes:
        """Return the shapes that pictures of a job must have, empty for what is not known yet."""
        return dict(self._shapes.get(job_id, {}))

    def completed(self, job_id: int, shapes: Shapes) -> None:
        """Take in the pictures of a finished frame; the first of each kind says what the others are like."""
        self._odd.pop(job_id, None)
        known = self._shapes.setdefault(job_id, {})
        for stream, shape in shapes.items():
            known.setdefault(stream, shape)

    def rejected(self, job_id: int, frame: int, shapes: Shapes) -> int | None:
        """Take in what a frame was rejected for; pictures are to be like this if one before it was so, too.

        Then it was not they that are wrong: return the frame that was rejected before, else None.
        """
        before = self._odd.get(job_id)
        if before is not None and before[0] != frame and before[1] == shapes:
            self._shapes.setdefault(job_id, {}).update(shapes)
            del self._odd[job_id]
            return before[0]
        self._odd[job_id] = (frame, shapes)
        return None

    def forget(self, job_id: int) -> None:
        """Forget a job: its scene or its options are others now, and so may its pictures be."""
        self._shapes.pop(job_id, None)
        self._odd.pop(job_id, None)

    def clear(self) -> None:
        """Forget everything; for when the state is read anew."""
        self._shapes.clear()
        self._odd.clear()
