"""What was done in a stretch of time: the figures of the morning page and of the report; pure values."""

from dataclasses import dataclass

from render_manager.domain.changes import JobSnapshot
from render_manager.domain.frameset import FrameSet
from render_manager.domain.states import JobState


@dataclass(frozen=True, slots=True)
class FailureGroup:
    """Frames of a job that failed for one reason."""

    reason: str
    """One whole sentence, that of the first of them."""
    advice: str
    code: str
    count: int
    """How many there are."""
    frames: tuple[int, ...]
    """Their numbers, not all where there are very many."""


@dataclass(frozen=True, slots=True)
class SlowFrame:
    """A frame that took long."""

    frame: int
    seconds: float
    factor: float
    """Against the median of the job's frames."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A frame of which a small picture is shown."""

    frame: int
    thumbnail: str
    is_failed: bool = False
    """Whether it stands for a failed frame, whose neighbour it is."""


@dataclass(frozen=True, slots=True)
class JobNight:
    """What was done for one job."""

    job: JobSnapshot
    """As it stands now."""
    completed: int = 0
    """Frames completed in this time."""
    failed: int = 0
    """Frames that were given up, among those touched in this time."""
    tries: int = 0
    """Attempts that ended in this time."""
    interrupted: int = 0
    """Attempts that ended with the program, or its computer."""
    seconds: float = 0.0
    """Seconds of rendering, of all attempts."""
    peak_memory_bytes: int | None = None
    median_s: float | None = None
    failures: tuple[FailureGroup, ...] = ()
    slowest: tuple[SlowFrame, ...] = ()
    notes: tuple[tuple[int, str], ...] = ()
    """Frames that are completed and not quite as they should be, the first of them."""
    noted: int = 0
    """How many of those there are."""
    pictures: tuple[Shown, ...] = ()
    movie: str = ""
    """Path of the movie of its project, empty for none."""


@dataclass(frozen=True, slots=True)
class Morning:
    """What was done from `since` to `until`, in seconds since the epoch."""

    since: float
    until: float
    jobs: tuple[JobNight, ...] = ()
    starts: tuple[float, ...] = ()
    """When the program was started in this time."""

    @property
    def completed(self) -> int:
        """Return how many frames were completed."""
        return sum(one.completed for one in self.jobs)

    @property
    def failed(self) -> int:
        """Return how many frames were given up."""
        return sum(one.failed for one in self.jobs)

    @property
    def seconds(self) -> float:
        """Return how many seconds were rendered, of all jobs."""
        return sum(one.seconds for one in self.jobs)

    @property
    def interrupted(self) -> int:
        """Return how many attempts ended with the program."""
        return sum(one.interrupted for one in self.jobs)

    def in_state(self, state: JobState) -> int:
        """Return how many of the jobs are in a state."""
        return sum(one.job.state is state for one in self.jobs)


def grouped_failures(rows: "list[tuple[int, str, str, str]]", *, count: int) -> tuple[FailureGroup, ...]:
    """Return failed frames by their reason, the most frequent first.

    A row is frame, code, reason, advice; the reason may end with the advice. Reasons of one code and advice
    that differ only in numbers are one reason. Where there are more than the rows tell, the largest group is
    taken to have the rest.
    """
    # Frames given up without a try of their own bear the reason of the one that was tried, and nothing else.
    tried = {_without_numbers(reason): (code, advice) for _frame, code, reason, advice in rows if code}
    found: dict[tuple[str, str, str], list[tuple[int, str]]] = {}
    for frame, own_code, reason, own_advice in rows:
        plain = _without_numbers(reason)
        code, advice = (own_code, own_advice) if own_code else tried.get(plain, ("", own_advice))
        sentence = reason.removesuffix(advice).rstrip() or reason
        found.setdefault((code, plain, advice), []).append((frame, sentence))
    ordered = sorted(found.items(), key=lambda item: -len(item[1]))
    rest = max(count - len(rows), 0)
    groups = []
    for place, ((code, _plain, advice), members) in enumerate(ordered):
        frames = tuple(frame for frame, _reason in members)
        total = len(frames) + (rest if place == 0 else 0)
        groups.append(FailureGroup(members[0][1], advice, code, total, frames))
    return tuple(groups)


def _without_numbers(text: str) -> str:
    return "".join(sign for sign in text if not sign.isdigit())


def frames_text(frames: "tuple[int, ...]", count: int) -> str:
    """Return frame numbers in short, with an ellipsis where not all are told."""
    text = FrameSet.of(frames).text().replace(",", ", ")
    return text + (", …" if count > len(frames) else "")
