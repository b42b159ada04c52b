"""Break the program, count, look, and print what was seen as one JSON object.

    python tests/soak/run.py [--short] [--minutes N] [--kills N] [--only NAME ...] [--json FILE] [--write]

The long form takes `--minutes` plus about a quarter of an hour; `--write` puts the table into
docs/reliability.md. `--from FILE ...` injects nothing and takes the rows of earlier runs (`--json`); of one
fault the last counts.
"""

import argparse
import importlib.util
import json
import platform
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [
    str(ROOT),
    str(ROOT / "tests"),
    *(str(ROOT / "tests/unit/engines" / one) for one in ("blender", "maya")),
]

from support.real import find_installation, make_scenes  # noqa: E402

from soak import (  # noqa: E402 - the path comes first
    bad_engines,
    clocks,
    databases,
    engine_kills,
    full_disks,
    mixed,
    night,
)
from soak.small_disks import enter_own_namespace, small_disk  # noqa: E402
from soak.tally import SkippedError, Tally, table, write_table  # noqa: E402

DOCUMENT = ROOT / "docs" / "reliability.md"


@dataclass(frozen=True)
class Size:
    """How much of everything."""

    minutes: float
    kills: int
    engine_kills: int
    is_short: bool


Part = Callable[[Path, Tally, Size, int], None]


def _kills(folder: Path, tally: Tally, size: Size, seed: int) -> None:
    with_bpy = 0 if size.is_short or importlib.util.find_spec("bpy") is None else max(size.kills // 20, 1)
    night.kill_the_program(folder, tally, kills=size.kills - with_bpy, seed=seed)
    if with_bpy:
        (folder / "scenes").mkdir()
        blender = make_scenes(find_installation(Path(sys.executable)), folder / "scenes")
        for number in range(-(-with_bpy // 5)):
            place = folder / f"bpy-{number}"
            place.mkdir()
            kills = min(5, with_bpy - 5 * number)
            night.kill_with_bpy(place, tally, blender, kills=kills, seed=seed + number)


def _engine_kills(folder: Path, tally: Tally, size: Size, seed: int) -> None:
    for mode in ("resident", "batch"):
        place = folder / mode
        place.mkdir()
        engine_kills.kill_engines(place, tally, kills=size.engine_kills // 2, seed=seed, mode=mode)


def _clocks(folder: Path, tally: Tally, size: Size, seed: int) -> None:
    clocks.set_the_clock(folder, tally, jumps=12 if size.is_short else 500, seed=seed)


def _disk(part: Callable[[Path, Tally, Path], None]) -> Part:
    def run(folder: Path, tally: Tally, size: Size, _seed: int) -> None:
        for number in range(1 if size.is_short else 10):
            place = folder / str(number)
            with small_disk(place / "disk") as disk:
                part(place, tally, disk)

    return run


def _databases(folder: Path, tally: Tally, size: Size, _seed: int) -> None:
    faults = databases.FAULTS[:3] if size.is_short else databases.FAULTS
    databases.spoil_everything(folder, tally, rounds=1 if size.is_short else 3, faults=faults)


def _bad_engines(folder: Path, tally: Tally, size: Size, _seed: int) -> None:
    bad_engines.misbehave(folder, tally, rounds=1 if size.is_short else 5)


def _mixed(folder: Path, tally: Tally, size: Size, seed: int) -> None:
    def run(disk: Path | None) -> None:
        mixed.mixed(
            folder,
            tally,
            seconds=size.minutes * 60.0,
            seed=seed,
            delay_s=0.05 if size.is_short else 0.4,
            with_real=not size.is_short,
            disk=disk,
        )

    try:
        with small_disk(folder / "disk") as disk:
            run(disk)
    except SkippedError as reason:
        tally.see(f"no full disk: {reason}")
        run(None)


PARTS: dict[str, tuple[str, Part]] = {
    "kills": ("`kill -9` of the program while it renders", _kills),
    "engines": ("SIGKILL of engine processes", _engine_kills),
    "clocks": ("the clock set, while frames render and between runs", _clocks),
    "disk-database": ("disk full: the database", _disk(full_disks.database_full)),
    "disk-logs": ("disk full: the logs of the engines", _disk(full_disks.log_full)),
    "disk-thumbnails": ("disk full: the thumbnails", _disk(full_disks.thumbnails_full)),
    "disk-frames": ("disk full: the output folder", _disk(full_disks.output_full)),
    "databases": ("the database file spoiled", _databases),
    "bad-engines": ("engines that misbehave", _bad_engines),
    "mixed": ("everything at once, for long", _mixed),
}


def main() -> int:
    """Run what is asked for; return 1 when something was wrong."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--short", action="store_true", help="a few of each, in a minute or two")
    parser.add_argument("--minutes", type=float, default=30.0, help="of everything at once")
    parser.add_argument("--kills", type=int, default=200, help="of the program, and as many of engines")
    parser.add_argument("--seed", type=int, default=int(time.time()), help="of all that is random")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--json", type=Path, help="file for the JSON object, besides standard output")
    parser.add_argument("--from", nargs="+", type=Path, dest="earlier", help="files of earlier runs")
    parser.add_argument("--write", action="store_true", help=f"put the table into {DOCUMENT.name}")
    given = parser.parse_args()
    rows = _earlier(given.earlier) if given.earlier else _run(given)
    text = json.dumps(
        {"python": platform.python_version(), "system": platform.platform(), "rows": rows}, indent=1
    )
    sys.stdout.write(text + "\n")
    if given.json is not None:
        given.json.write_text(text + "\n", "utf-8")
    if given.write:
        write_table(DOCUMENT, table(rows))
    return 1 if any(row["problems"] for row in rows) else 0


def _earlier(files: list[Path]) -> list[dict[str, Any]]:
    """Return the rows of these files; of one fault the last counts."""
    rows = {row["fault"]: row for file in files for row in json.loads(file.read_text("utf-8"))["rows"]}
    return [rows[fault] for fault, _part in PARTS.values() if fault in rows]


def _run(given: argparse.Namespace) -> list[dict[str, Any]]:
    enter_own_namespace()
    size = Size(
        minutes=0.5 if given.short else given.minutes,
        kills=6 if given.short else given.kills,
        engine_kills=12 if given.short else given.kills,
        is_short=given.short,
    )
    rows = []
    for name in given.only:
        fault, part = PARTS[name]
        tally, folder = Tally(fault), Path(tempfile.mkdtemp(prefix=f"soak-{name}-"))
        sys.stderr.write(f"{name}, seed {given.seed}, in {folder}\n")
        with tally.attempt():
            part(folder, tally, size, random.Random(f"{name} {given.seed}").randrange(1 << 30))
        rows.append(tally.as_object())
        if tally.problems:
            sys.stderr.write(f"{name}: {tally.problems}\n")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    return rows


if __name__ == "__main__":
    sys.exit(main())
