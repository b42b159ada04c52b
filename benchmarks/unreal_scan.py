"""Measures finding the maps, sequences and presets of an Unreal project of 100,000 files, and stopping it.

The files are links to a thousand different ones, with heads as Unreal writes them and bodies that take no
room on disk: small ones for the most part, a tenth of them several megabytes. The reference is walking the
same folders and asking each file for its size.

    python benchmarks/unreal_scan.py [--json] [--quick]
"""

import os
import random
import struct
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from common import Figure, Options, by_turns, run

from render_manager.engines.unreal.content import ContentList, ContentMemory, scan_content
from render_manager.engines.unreal.package_head import MAGIC

FILES = 100_000
DIFFERENT = 1_000
FILES_IN_FOLDER = 250
BUDGET_S = 3.0
CANCEL_BUDGET_MS = 100.0
SUMMARIES = (
    struct.pack("<iiiii", -7, 864, 522, 0, 0),
    struct.pack("<iiiiii", -8, 864, 522, 1012, 0, 0),
    struct.pack("<iiiii", -9, 864, 522, 1018, 0) + bytes(20),
)
"""What stands before the length of the head in 4.27, 5.4 and 5.8."""
_WORDS = (b"StaticMesh", b"Material", b"Texture2D", b"BlueprintGeneratedClass", b"/Script/Engine", b"None")
_KINDS = {
    "SQ": (b"/Script/LevelSequence", b"LevelSequence"),
    "MP": (b"/Script/MovieRenderPipelineCore", b"MoviePipelinePrimaryConfig"),
}


def package(chance: random.Random, module: bytes, name: bytes, *, is_known: bool) -> tuple[bytes, int]:
    """Return the head of a package and the size of the whole.

    With `is_known` the head says how long it is, as Unreal 4.27 to 5.8 write it; else all that is read has
    to be searched.
    """
    length = chance.choice((2_000, 4_000, 9_000, 20_000))
    names = b"\0".join(chance.choice(_WORDS) + b"_%d" % chance.randrange(1000) for _ in range(length // 16))
    tail = b"\0" + module + b"." + name + b"\0"
    start = MAGIC + (chance.choice(SUMMARIES) if is_known else struct.pack("<i", -6))
    body = names[: length - len(start) - 4 - len(tail)]
    head = start + struct.pack("<i", len(start) + 4 + len(body) + len(tail)) + body + tail
    return head, max(chance.choice((6_000, 30_000, 90_000, 90_000, 4_000_000)), len(head))


def write_sources(folder: Path, count: int, *, is_known: bool) -> list[Path]:
    """Write different packages, one in a hundred of them a sequence or a preset."""
    chance = random.Random(1)
    folder.mkdir(parents=True)
    paths = []
    for number in range(count):
        sort = {0: "SQ", 50: "MP"}.get(number % 100, "T")
        module, name = _KINDS.get(sort, (b"/Script/Engine", b"Texture2D"))
        head, size = package(chance, module, name, is_known=is_known)
        path = folder / f"{sort}_{number}.uasset"
        with path.open("wb") as file:
            file.write(head)
            file.truncate(size)
        paths.append(path)
    return paths


def write_project(folder: Path, count: int, *, is_known: bool) -> Path:
    """Fill a content folder; return it."""
    sources = write_sources(folder / "sources", min(count, DIFFERENT), is_known=is_known)
    content = folder / "Content"
    for number in range(count):
        inside = content / f"Area{number // 5000}" / f"Set{number // FILES_IN_FOLDER}"
        if number % FILES_IN_FOLDER == 0:
            inside.mkdir(parents=True)
        source = sources[number % len(sources)]
        os.link(source, inside / f"{source.stem}_{number}.uasset")
    return content


def scan_s(content: Path, memory: ContentMemory | None = None) -> float:
    """Return the seconds of one search."""
    start = time.perf_counter()
    found = scan_content(content, memory=memory)
    taken = time.perf_counter() - start
    _check(found, content)
    return taken


def _check(found: ContentList, content: Path) -> None:
    assert found.is_complete and not found.unreadable
    assert found.assets, f"nothing was found in {content}"


def walk_s(content: Path) -> float:
    """Return the seconds of walking the folders and asking each file for its size."""
    start = time.perf_counter()
    size = 0
    for folder, _folders, names in os.walk(content):
        for name in names:
            size += os.stat(f"{folder}/{name}").st_size  # noqa: PTH116 - the quickest way is the reference
    assert size
    return time.perf_counter() - start


def cancel_ms(content: Path, after_s: float) -> float:
    """Return the milliseconds from cancelling a search to its end."""
    stop = threading.Event()
    told: list[float] = []

    def cancel() -> None:
        told.append(time.perf_counter())
        stop.set()

    timer = threading.Timer(after_s, cancel)
    timer.start()
    found = scan_content(content, is_cancelled=stop.is_set)
    end = time.perf_counter()
    timer.join()
    return 0.0 if found.is_complete else 1000.0 * (end - told[0])


def measure(options: Options) -> Iterator[Figure]:
    """Search projects of each kind."""
    count = options.size(FILES, 500)
    with tempfile.TemporaryDirectory(prefix="unreal-scan-") as name:
        content = write_project(Path(name, "known"), count, is_known=True)
        other = write_project(Path(name, "other"), count, is_known=False)
        memory = ContentMemory()
        taken, walking = by_turns(options.repeat, lambda: scan_s(content), lambda: walk_s(content))
        shown = f"{count:,} files"
        reference = "walking the folders"
        yield Figure(
            name=f"finding what {shown} of Unreal hold",
            unit="s",
            runs=taken,
            reference_name=reference,
            reference_runs=walking,
            budget=BUDGET_S,
            budget_is="value",
        )
        (taken,) = by_turns(options.repeat, lambda: scan_s(other))
        yield Figure(name=f"the same, {shown} of which 64 KB have to be searched", unit="s", runs=taken)
        scan_s(content, memory)
        (taken,) = by_turns(options.repeat, lambda: scan_s(content, memory))
        yield Figure(name="the same again, nothing changed", unit="s", runs=taken)
        (waits,) = by_turns(options.repeat, lambda: cancel_ms(content, options.size(200, 1) / 1000.0))
        yield Figure(
            name="stopping the search",
            unit="ms",
            runs=waits,
            budget=CANCEL_BUDGET_MS,
            budget_is="value",
        )


if __name__ == "__main__":
    run(__doc__, measure, repeat=3)
