"""What was done to the program, what was looked at and what was seen; and the table of it."""

import time
import traceback
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

BEGIN = "<!-- figures: begin (written by tests/soak/run.py --write) -->"
END = "<!-- figures: end -->"


@dataclass
class Tally:
    """One kind of fault."""

    fault: str
    injected: Counter[str] = field(default_factory=Counter)
    checked: Counter[str] = field(default_factory=Counter)
    seen: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    figures: dict[str, Any] = field(default_factory=dict)
    skipped: str = ""
    """Why nothing was done, empty when something was."""
    seconds: float = 0.0

    def inject(self, what: str, count: int = 1) -> None:
        """Count a fault."""
        self.injected[what] += count

    def check(self, what: str, count: int = 1) -> None:
        """Count something that was looked at and found good."""
        self.checked[what] += count

    def see(self, what: str, count: int = 1) -> None:
        """Count something that happened."""
        self.seen[what] += count

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """Turn whatever goes wrong into a problem, so that the other faults are still tried."""
        began = time.monotonic()
        try:
            yield
        except SkippedError as reason:
            self.skipped = str(reason)
        except Exception as error:  # noqa: BLE001 - it is told, and the other faults are tried
            *_outer, innermost = traceback.extract_tb(error.__traceback__)
            place = f"{Path(innermost.filename).name}:{innermost.lineno}, {innermost.line}"
            self.problems.append(f"{type(error).__name__}: {error} ({place})")
        self.seconds = round(self.seconds + time.monotonic() - began, 1)

    def as_object(self) -> dict[str, Any]:
        return {
            "fault": self.fault,
            "injected": dict(self.injected),
            "checked": dict(self.checked),
            "seen": dict(self.seen),
            "problems": self.problems,
            "figures": self.figures,
            "skipped": self.skipped,
            "seconds": self.seconds,
        }


class SkippedError(Exception):
    """This computer cannot have the fault; the text says why."""


def table(rows: Sequence[dict[str, Any]]) -> str:
    """Return the rows of JSON objects as a table for the documents."""
    lines = ["| fault | injected | checked | seen |", "| --- | --- | --- | --- |"]
    for row in rows:
        seen = _counted(row["seen"])
        if row["figures"]:
            seen = "<br>".join(
                filter(None, [seen, *(f"{name}: {text}" for name, text in row["figures"].items())])
            )
        if row["skipped"]:
            seen = f"not tried: {row['skipped']}"
        if row["problems"]:
            seen = f"{seen}<br>**wrong: {' '.join(row['problems'])[:300]}**"
        cells = (row["fault"], _counted(row["injected"]), _counted(row["checked"]), seen)
        lines.append("| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |")
    return "\n".join(lines)


def _counted(counts: dict[str, int]) -> str:
    return "<br>".join(f"{count:,} × {what}" for what, count in counts.items())


def write_table(path: Path, text: str) -> None:
    """Put a text between the two marks of a document; everything else in it stays."""
    document = path.read_text("utf-8")
    before, begin, rest = document.partition(BEGIN)
    _old, end, after = rest.partition(END)
    assert begin and end, f"{path} has no place for the figures"
    path.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}", "utf-8")
