"""Damaged files give a SceneInfo or a UserError, never anything else."""

import io
import random
import struct
from collections.abc import Callable
from pathlib import Path

import zstandard
from blend_writer import PACKINGS, STRUCTS, small_scene
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from render_manager.domain.errors import UserError
from render_manager.domain.scene import SceneInfo
from render_manager.engines.blender.blendfile import BlendFile
from render_manager.engines.blender.containers import open_source
from render_manager.engines.blender.scene_reader import read_scene, read_thumbnail

SCENES = Path(__file__).resolve().parents[3] / "data" / "scenes"
EXTREMES = [
    b"\0" * 4,
    b"\xff" * 4,
    struct.pack("<i", (1 << 31) - 1),
    struct.pack("<q", (1 << 63) - 1),
    b"\1\0\0\0",
]


def make_bases() -> list[bytes]:
    """Return good files to damage: real ones packed and unpacked, and small ones of every layout."""
    bases = []
    for path in sorted(SCENES.glob("blender-*.blend")):
        packed = path.read_bytes()
        reader = zstandard.ZstdDecompressor().stream_reader(packed, read_across_frames=True)
        bases += [packed, reader.read()]
    for version, size, order in ((405, 8, "<"), (279, 4, ">"), (278, 8, ">"), (280, 4, "<"), (501, 8, "<")):
        data = small_scene(version=version, pointer_size=size, byte_order=order).file()
        bases += [pack(data) for pack in PACKINGS.values()]
    return bases


def damage(data: bytes, dice: random.Random) -> bytes:
    """Return data with a few random wounds; often in the places that steer the reading."""
    changed = bytearray(data)
    for _number in range(dice.choice([1, 1, 2, 3, 8, 40])):
        if not changed:
            break
        dice.choice([flip, overwrite, cut, remove, repeat, insert])(changed, find_place(changed, dice), dice)
    return bytes(changed)


def find_place(data: bytearray, dice: random.Random) -> int:
    """Return a place: any, near the start, near the end, or after a word that begins something."""
    kind = dice.randrange(5)
    if kind == 0:
        return dice.randrange(min(64, len(data)))
    if kind == 1:
        return len(data) - 1 - dice.randrange(min(400, len(data)))
    if kind == 2:
        word = dice.choice(WORDS)
        found = data.find(word, dice.randrange(len(data)))
        if found >= 0:
            return min(len(data) - 1, found + dice.randrange(48))
    return dice.randrange(len(data))


WORDS = [
    *(b"SDNA", b"NAME", b"TYPE", b"TLEN", b"STRC", b"DNA1", b"ENDB", b"DATA", b"GLOB", b"REND", b"TEST"),
    *(b"SC\0\0", b"OB\0\0", b"IM\0\0", b"LI\0\0", b"ID\0\0", b"[1024]", b"*camera", b"\x28\xb5\x2f\xfd"),
]


def damage_values(data: bytes, places: list[range], dice: random.Random) -> bytes:
    """Return data with a few wrong values in the blocks that are read, everything else whole."""
    changed = bytearray(data)
    for _number in range(dice.choice([1, 2, 5, 20, 100])):
        place = dice.choice(dice.choice(places))
        new = dice.choice([*EXTREMES, dice.randbytes(dice.choice([1, 2, 4, 8]))])[: len(data) - place]
        changed[place : place + len(new)] = new
    return dice.choice(list(PACKINGS.values()))(bytes(changed))


def flip(data: bytearray, place: int, dice: random.Random) -> None:
    data[place] ^= 1 << dice.randrange(8)


def overwrite(data: bytearray, place: int, dice: random.Random) -> None:
    new = dice.choice([*EXTREMES, dice.randbytes(dice.randrange(1, 12))])
    data[place : place + len(new)] = new


def cut(data: bytearray, place: int, _dice: random.Random) -> None:
    del data[place:]


def remove(data: bytearray, place: int, dice: random.Random) -> None:
    del data[place : place + dice.choice([1, 4, 24, 32, 1000, 50_000])]


def repeat(data: bytearray, place: int, dice: random.Random) -> None:
    data[place:place] = data[place : place + dice.choice([1, 24, 32, 500, 20_000])]


def insert(data: bytearray, place: int, dice: random.Random) -> None:
    data[place:place] = dice.choice([dice.randbytes(dice.randrange(1, 300)), b"\0" * dice.randrange(1, 5000)])


def check(path: Path) -> str:
    """Read a file in every way and return what came of it."""
    for read in READERS:
        try:
            found = read(path)
        except UserError as error:
            assert str(path) in str(error)
            return str(error)
        assert found is None or isinstance(found, SceneInfo | tuple)
    return ""


def make_places(data: bytes) -> list[range]:
    """Return where the blocks that are read lie in an unpacked file, and the description of structs."""
    blend = BlendFile(open_source(io.BytesIO(data), len(data)))
    structs = {blend.dna.index(name) for name in STRUCTS if name in blend.dna}
    found = blend.blocks(structs, {b"REND", b"TEST", b"DNA1"})
    return [range(block.offset - 24, block.offset + block.size) for block in found if block.size]


READERS: list[Callable[[Path], object]] = [read_thumbnail, read_scene]
FUZZ = settings(deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
BASES = make_bases()
VALUES = [(base, make_places(base)) for base in BASES if base.startswith(b"BLENDER")]


@settings(FUZZ, max_examples=300)
@given(base=st.integers(0, len(BASES) - 1), seed=st.integers(0, 1 << 32))
def test_damaged_files(tmp_path: Path, base: int, seed: int) -> None:
    path = tmp_path / "damaged.blend"
    path.write_bytes(damage(BASES[base], random.Random(seed)))

    check(path)


@settings(FUZZ, max_examples=200)
@given(base=st.integers(0, len(VALUES) - 1), seed=st.integers(0, 1 << 32))
def test_damaged_values(tmp_path: Path, base: int, seed: int) -> None:
    path = tmp_path / "damaged.blend"
    path.write_bytes(damage_values(*VALUES[base], random.Random(seed)))

    check(path)


@settings(FUZZ, max_examples=200)
@given(
    start=st.sampled_from(
        [b"", b"BLENDER", b"BLENDER-v405", b"BLENDER17-01v0500", b"\x1f\x8b", b"\x28\xb5\x2f\xfd"]
    ),
    rest=st.binary(max_size=2000),
)
def test_random_files(tmp_path: Path, start: bytes, rest: bytes) -> None:
    path = tmp_path / "random.blend"
    path.write_bytes(start + rest)

    assert check(path)


def test_undamaged_files_are_read(tmp_path: Path) -> None:
    path = tmp_path / "whole.blend"
    for base in BASES:
        path.write_bytes(base)

        assert check(path) == ""
