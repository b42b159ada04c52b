"""Measures reading what a scene file says: small scenes, plain and compressed, and a large one.

The large file is the small plain one with half a gigabyte of mesh data put before its end, in blocks as
Blender writes them. The reference is reading the whole file from the system's cache.

    python benchmarks/scene_inspection.py [--json]
"""

import struct
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import zstandard
from common import Figure, Options, by_turns, run

from render_manager.engines.blender.scene_reader import read_scene
from render_manager.system.resources import resource

LARGE_BYTES = 512 * 2**20
BLOCKS = 40_000
ROUNDS = 20
_ZSTD = b"\x28\xb5\x2f\xfd"


def plain_copy(source: Path, target: Path) -> Path:
    """Write a scene uncompressed."""
    data = source.read_bytes()
    if data.startswith(_ZSTD):
        with source.open("rb") as file:
            data = zstandard.ZstdDecompressor().stream_reader(file, read_across_frames=True).read()
    target.write_bytes(data)
    return target


def compressed_copy(plain: Path, target: Path) -> Path:
    """Write a scene compressed as Blender does from 3.0 on."""
    target.write_bytes(zstandard.ZstdCompressor(level=3).compress(plain.read_bytes()))
    return target


def enlarged_copy(plain: Path, target: Path, size_bytes: int, blocks: int) -> Path:
    """Write a plain scene with many blocks of data before its end; the data itself takes no room on disk."""
    data = plain.read_bytes()
    end = data.rindex(b"ENDB")
    each = size_bytes // blocks // 4 * 4
    with target.open("wb") as file:
        file.write(data[:end])
        for number in range(blocks):
            file.write(_header(data, each, 0x7000_0000_0000 + 16 * number))
            file.seek(each, 1)
        file.write(data[end:])
    return target


def _header(data: bytes, size: int, address: int) -> bytes:
    """Return the head of a data block as this file's version writes it."""
    if data.startswith(b"BLENDER17-01"):
        return struct.pack("<4siQqq", b"DATA", 0, address, size, 1)
    return struct.pack("<4siQii", b"DATA", size, address, 0, 1)


def inspect_ms(path: Path, rounds: int) -> float:
    """Return the milliseconds of one inspection."""
    start = time.perf_counter()
    for _ in range(rounds):
        read_scene(path, None)
    return 1000.0 * (time.perf_counter() - start) / rounds


def read_ms(path: Path, rounds: int) -> float:
    """Return the milliseconds of reading the file."""
    start = time.perf_counter()
    for _ in range(rounds):
        with path.open("rb", buffering=0) as file:
            while file.read(4 * 2**20):
                pass
    return 1000.0 * (time.perf_counter() - start) / rounds


def measure(options: Options) -> Iterator[Figure]:
    """Read every kind of scene."""
    sample = resource("sample", "sample_scene.blend")
    with tempfile.TemporaryDirectory(prefix="scene-inspection-") as name:
        folder = Path(name)
        plain = plain_copy(sample, folder / "plain.blend")
        scenes = {
            "a small scene, plain": (plain, options.size(ROUNDS, 1)),
            "a small scene, zstd": (compressed_copy(plain, folder / "zstd.blend"), options.size(ROUNDS, 1)),
        }
        size, blocks = options.size(LARGE_BYTES, 2**20), options.size(BLOCKS, 100)
        large = enlarged_copy(plain, folder / "large.blend", size, blocks)
        scenes[f"a scene of {size // 2**20} MB, plain"] = (large, 1)
        for what, (path, rounds) in scenes.items():
            taken, reading = by_turns(
                options.repeat,
                lambda path=path, rounds=rounds: inspect_ms(path, rounds),  # type: ignore[misc]
                lambda path=path, rounds=rounds: read_ms(path, rounds),  # type: ignore[misc]
            )
            yield Figure(
                name=f"inspecting {what}",
                unit="ms",
                runs=taken,
                reference_name="reading the file",
                reference_runs=reading,
                note=f"{path.stat().st_size / 1000:,.0f} kB",
            )


if __name__ == "__main__":
    run(__doc__, measure, repeat=5)
