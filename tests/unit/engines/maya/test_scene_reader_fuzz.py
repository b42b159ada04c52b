"""Damaged scenes give a SceneInfo or a UserError, never anything else, in little time and memory."""

import random
import struct
import time
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scene_writers import as_ma, as_mb, full_scene, plain_scene

from render_manager.domain.errors import UserError
from render_manager.domain.scene import SceneInfo
from render_manager.engines.maya import ascii_file, binary_file
from render_manager.engines.maya.scene_reader import read_scene

EXTREMES = [
    b"\0" * 4,
    b"\xff" * 4,
    b"\xff" * 8,
    struct.pack(">I", 1 << 31),
    struct.pack(">Q", 1 << 63),
    struct.pack(">Q", 17),
    *(b'"', b";", b"\\", b"\n", b"\r", b"//", b"(", b"{", b"\0", b"1e999", b"-", b"nan"),
    *(b"createNode ", b"select -ne :", b"\tsetAttr ", b"FOR4", b"FOR8", b"LIS8", b"CONS", b"HEAD"),
]
FUZZ = settings(deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
MOST_SECONDS = 20
MOST_MEMORY = 64 << 20


def make_bases() -> list[bytes]:
    scene = full_scene()
    bases = [as_ma(scene, newline=newline) for newline in ("\n", "\r\n", "\r")]
    bases += [
        as_mb(scene, is_wide=is_wide, is_old=is_old) for is_wide in (True, False) for is_old in (True, False)
    ]
    scene.codeset = "932"
    return [*bases, as_ma(scene)]


BASES = make_bases()


def check(path: Path) -> SceneInfo | None:
    try:
        found = read_scene(path)
    except UserError as error:
        assert str(path) in str(error)
        return None
    assert found.engine == "maya"
    return found


def damage(data: bytes, dice: random.Random) -> bytes:
    changed = bytearray(data)
    for _number in range(dice.choice([1, 1, 2, 3, 8, 40])):
        if not changed:
            break
        place = dice.randrange(len(changed))
        kind = dice.randrange(6)
        if kind == 0:
            changed[place] ^= 1 << dice.randrange(8)
        elif kind == 1:
            new = dice.choice([*EXTREMES, dice.randbytes(dice.randrange(1, 12))])
            changed[place : place + len(new)] = new
        elif kind == 2:
            del changed[place:]
        elif kind == 3:
            del changed[place : place + dice.choice([1, 4, 8, 60, 1000])]
        elif kind == 4:
            changed[place:place] = changed[place : place + dice.choice([1, 16, 300, 3000])]
        else:
            changed[place:place] = dice.choice([*EXTREMES, dice.randbytes(dice.randrange(1, 300))])
    return bytes(changed)


def test_undamaged_scenes_are_read(tmp_path: Path) -> None:
    path = tmp_path / "whole.ma"
    for base in BASES:
        path.write_bytes(base)

        found = check(path)

        assert found is not None
        assert (found.frame_start, found.frame_end, found.width) == (3, 20, 100)
        assert found.extra["layer_frame_ranges"] == "rs_l 3-43"


@settings(FUZZ, max_examples=600)
@given(base=st.integers(0, len(BASES) - 1), seed=st.integers(0, 1 << 32))
def test_damaged_scenes(tmp_path: Path, base: int, seed: int) -> None:
    path = tmp_path / "damaged.ma"
    path.write_bytes(damage(BASES[base], random.Random(seed)))

    check(path)


@pytest.mark.parametrize("base", range(len(BASES)))
def test_cut_at_every_place(tmp_path: Path, base: int) -> None:
    path = tmp_path / "cut.ma"
    data = BASES[base]
    for size in range(base % 5, len(data), 5):
        path.write_bytes(data[:size])
        found = check(path)
        assert found is None or size > 100


@settings(FUZZ, max_examples=200)
@given(
    start=st.sampled_from(
        [
            *(b"", b"FOR4", b"FOR8", b"FOR4\0\0\1\0Maya", b"FOR8\0\0\0\0" + struct.pack(">Q", 500) + b"Maya"),
            *(b"//Maya ASCII 2023 scene\n", b'//Maya ASCII x scene\r//Codeset: 932\rcreateNode camera -n "'),
        ]
    ),
    rest=st.binary(max_size=800),
)
def test_random_files(tmp_path: Path, start: bytes, rest: bytes) -> None:
    path = tmp_path / "random.mb"
    path.write_bytes(start + rest)

    check(path)


@settings(FUZZ, max_examples=200)
@given(
    parts=st.lists(
        st.sampled_from(
            [
                *(
                    b"createNode camera ",
                    b"createNode script",
                    b"select -ne :time1",
                    b"setAttr ",
                    b'".rnd"',
                    b'".b"',
                ),
                *(
                    b"-type ",
                    b'"string" ',
                    b'"',
                    b"\\",
                    b";",
                    b"\n",
                    b"\r",
                    b" ",
                    b"//",
                    b"(",
                    b")",
                    b"+",
                    b"no",
                    b"-k",
                ),
                *(
                    b'-n "x"',
                    b"-p",
                    b"\x95\x5c",
                    b"\xff",
                    b"\0",
                    b"file -rdi 1 ",
                    b"requires maya ",
                    b"1e308",
                    b"9" * 50,
                ),
                *(b"// End of", b'2 "|a|b" "renderable" " 1"', b'connectAttr "a.b" "c.pls";', b"fileInfo "),
            ]
        ),
        max_size=40,
    ),
    codeset=st.sampled_from([b"", b"932", b"936", b"UTF-8", b"\xff", b"hex", b"-1"]),
)
def test_statements_in_any_order(tmp_path: Path, parts: list[bytes], codeset: bytes) -> None:
    path = tmp_path / "mixed.ma"
    path.write_bytes(b"//Maya ASCII 2023 scene\n//Codeset: " + codeset + b"\n" + b"".join(parts))

    check(path)


MEGABYTE = 1 << 20
HEAD = b'//Maya ASCII 2023 scene\nrequires maya "2023";\nfileInfo "application" "maya";\n'
GLOBALS = b'select -ne :defaultRenderGlobals;\n\tsetAttr ".ef" 7;\n// End of x.ma\n'
PIECES: dict[str, tuple[bytes, bytes, int, bytes]] = {
    "one line": (b'createNode mesh -n "m";\n\tsetAttr ".x" ', b"1.5 ", 4 * MEGABYTE, b";\n"),
    "a line of a file": (b'createNode file -n "m";\n\tsetAttr ".ftn" ', b"1.5 ", 4 * MEGABYTE, b";\n"),
    "a script": (
        b'createNode script -n "s";\n\tsetAttr ".b" -type "string" "',
        b"\\n x",
        4 * MEGABYTE,
        b'";\n',
    ),
    "a script without end": (b'createNode script -n "s";\n\tsetAttr ".b" "', b"\\n x", 4 * MEGABYTE, b""),
    "quotes": (b'createNode file -n "f";\n', b'"', 4 * MEGABYTE, b";\n"),
    "backslashes": (b'createNode file -n "f";\n"', b"\\", 4 * MEGABYTE, b"\n;\n"),
    "texts": (b'createNode file -n "f";\n\tsetAttr ".ftn" (', b'"a" + ', 2 * MEGABYTE, b");\n"),
    "brackets": (b'createNode file -n "f";\n', b"(", 8 * MEGABYTE, b";\n"),
    "zeros": (b"", b"\0", 16 * MEGABYTE, b"\n"),
    "blanks": (b"", b" ", 16 * MEGABYTE, b"\n"),
    "comments": (b"", b"// createNode camera\n", MEGABYTE // 2, b""),
    "one comment": (b"//", b"x;", 8 * MEGABYTE, b"\n"),
    "semicolons": (b"", b";", 16 * MEGABYTE, b""),
    "nodes without end": (b"", b'createNode camera -n "c"\n', MEGABYTE // 4, b";\n"),
    "cameras": (b"", b'createNode camera -n "c";\n', MEGABYTE // 128, b""),
    "selections": (b"", b"select -ne :defaultRenderGlobals;\n", MEGABYTE // 128, b""),
    "references": (b"", b'file -rdi 1 "x.ma";\n', MEGABYTE // 128, b""),
    "edits": (b'file -rdi 1 "x.ma";\n', b'2 "|a|b" "renderable" " 1"\n', MEGABYTE // 16, b""),
}
"""What comes before, what is repeated how often, and what comes behind."""


@pytest.mark.parametrize("what", PIECES)
def test_huge_things_cost_little(tmp_path: Path, what: str) -> None:
    before, repeated, count, behind = PIECES[what]
    path = tmp_path / "huge.ma"
    path.write_bytes(HEAD + before + repeated * count + behind + GLOBALS)
    tracemalloc.start()
    start = time.process_time()
    try:
        check(path)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert time.process_time() - start < MOST_SECONDS
    assert peak < MOST_MEMORY


def test_no_more_nodes_of_a_type_are_kept_than_any_scene_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ascii_file, "MOST_OF_A_TYPE", 50)
    monkeypatch.setattr(binary_file, "MOST_OF_A_TYPE", 50)
    scene = plain_scene(ren="arnold")
    for number in range(200):
        scene.add("camera", f"camShape{number}", f"cam{number}")
    for data in (as_ma(scene), as_mb(scene)):
        path = tmp_path / "many.ma"
        path.write_bytes(data)

        found = check(path)

        assert found is not None
        assert (len(found.cameras), found.renderer) == (50, "arnold")
