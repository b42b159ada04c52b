"""Measures reading what a large Maya scene says, in time and memory: a .ma of 1 GB and a .mb of 1 GB.

The .ma is made of meshes, animation curves, textures and scripts as Maya writes them, with the render
settings at its end; the .mb is made of groups of data. Each is read in a process of its own. References:
reading the file from the system's cache, and the memory for a scene of about 1 MB.

    python benchmarks/maya_scene.py [--json]
"""

import json
import random
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from common import CHILDREN, Figure, Options, by_turns, child_environment, run

LARGE_MB = 1024
BUDGET_S = 2.0
BUDGET_MEMORY = 1.5
_LAST_FRAME = 1234
_VERTICES_A_MESH = 3000
_CURVES_A_MESH = 60
_MESHES_A_BLOCK = 16

HEAD = """//Maya ASCII 2024 scene
//Name: large.ma
//Codeset: 1252
file -rdi 1 -ns "set" -rfn "setRN" -op "v=0;" -typ "mayaAscii" "sets/street.ma";
file -r -ns "set" -dr 1 -rfn "setRN" -op "v=0;" -typ "mayaAscii" "sets/street.ma";
requires maya "2024";
requires -nodeType "aiOptions" -nodeType "aiAOVDriver" "mtoa" "5.3.0";
currentUnit -l centimeter -a degree -t film;
fileInfo "application" "maya";
fileInfo "product" "Maya 2024";
createNode transform -s -n "persp";
createNode camera -s -n "perspShape" -p "persp";
	setAttr -k off ".v" no;
"""
TAIL = f"""select -ne :time1;
	setAttr ".o" 1;
select -ne :defaultRenderGlobals;
	setAttr ".ren" -type "string" "arnold";
	setAttr ".an" yes;
	setAttr ".ef" {_LAST_FRAME};
select -ne :defaultResolution;
	setAttr ".w" 1920;
	setAttr ".h" 1080;
"""
END = "// End of large.ma\n"
CONNECTION = 'connectAttr "mesh{0}_translateX.o" "mesh{0}.tx";\n'


def numbers(dice: random.Random, count: int) -> str:
    """Return numbers as Maya writes them, some on each line."""
    values = [f"{dice.uniform(-100, 100):.8g}" for _ in range(count)]
    return "\n\t\t".join(" ".join(values[at : at + 14]) for at in range(0, count, 14))


def mesh(dice: random.Random, number: int) -> str:
    """Return a mesh with its transform, curves, texture and script."""
    uid = f'\trename -uid "{dice.getrandbits(64):016X}";\n'
    parts = [f'createNode transform -n "mesh{number}";\n{uid}']
    parts.append(f'createNode mesh -n "meshShape{number}" -p "mesh{number}";\n')
    parts.extend(
        f'\tsetAttr ".vt[{at}:{at + 165}]"  {numbers(dice, 498)};\n' for at in range(0, _VERTICES_A_MESH, 166)
    )
    faces = "\n\t\t".join(
        f"f 4 {at} {at + 1} -{at + 2} {at + 3}\n\t\tmu 0 4 {at} 1 2 3" for at in range(1000)
    )
    parts.append(f'\tsetAttr -s 1000 -ch 4000 ".fc[0:999]" -type "polyFaces"\n\t\t{faces};\n')
    for curve in range(_CURVES_A_MESH):
        parts.append(f'createNode animCurveTL -n "mesh{number}_curve{curve}";\n{uid}\tsetAttr ".tan" 18;\n')
        parts.append(f'\tsetAttr -s 40 ".ktv[0:39]"  {numbers(dice, 80)};\n')
    text = "\n\t\t+ ".join(['"select -r mesh; createNode transform;\\n    string $name = \\"x\\";\\n"'] * 200)
    parts.append(
        f'createNode expression -n "expression{number}";\n\tsetAttr ".ixp" -type "string" (\n\t\t{text});\n'
    )
    parts.append(f'createNode file -n "file{number}";\n\tsetAttr ".ftn" -type "string" "tex/{number}.png";\n')
    return "".join(parts)


def write_ma(path: Path, size_mb: int) -> Path:
    """Write a .ma of about a size; the same meshes come again and again."""
    dice = random.Random(1)
    block = "".join(mesh(dice, number) for number in range(_MESHES_A_BLOCK)).encode()
    connections = "".join(CONNECTION.format(number) for number in range(1000)).encode()
    blocks = max(1, (size_mb << 20) // (len(block) + len(connections)))
    with path.open("wb") as file:
        file.write(HEAD.encode())
        for _number in range(blocks):
            file.write(block)
        file.write(TAIL.encode())
        for _number in range(blocks):
            file.write(connections)
        file.write(END.encode())
    return path


def write_mb(path: Path, size_mb: int) -> Path:
    """Write a .mb of about a size; the data of its meshes takes no room on disk."""
    meshes = 40 * size_mb
    each = (size_mb << 20) // meshes // 8 * 8
    head = _group(
        b"HEAD", _chunk(b"VERS", b"2024") + _chunk(b"TUNI", b"film") + _chunk(b"TDUR", b"141120000")
    )
    last = struct.pack(">q", _LAST_FRAME * 141_120_000 // 24)
    values = _chunk(b"SLCT", b":defaultRenderGlobals") + _chunk(b"DBLE", b"an\0 " + struct.pack(">d", 1.0))
    tail = _group(b"SLCT", values + _chunk(b"DBLE", b"ef\0 " + last))
    mesh_head = struct.pack(">4s4xQ4s", b"FOR8", 4 + 16 + each, b"DMSH") + struct.pack(
        ">4s4xQ", b"DATA", each
    )
    size = 4 + len(head) + meshes * (len(mesh_head) + each) + len(tail)
    with path.open("wb") as file:
        file.write(struct.pack(">4s4xQ4s", b"FOR8", size, b"Maya") + head)
        for _number in range(meshes):
            file.write(mesh_head)
            file.seek(each, 1)
        file.write(tail)
    return path


def _chunk(tag: bytes, data: bytes) -> bytes:
    return struct.pack(">4s4xQ", tag, len(data)) + data + b"\0" * (-len(data) % 8)


def _group(kind: bytes, chunks: bytes) -> bytes:
    return struct.pack(">4s4xQ4s", b"FOR8", 4 + len(chunks), kind) + chunks


def inspect(path: Path) -> tuple[float, float]:
    """Return the seconds and the MB of memory that reading a scene takes."""
    argv = [sys.executable, str(CHILDREN / "read_maya_scene.py"), str(path)]
    done = subprocess.run(argv, env=child_environment(), capture_output=True, check=True)
    found = json.loads(done.stdout)
    assert found["frame_end"] == _LAST_FRAME
    return found["seconds"], found["peak_mb"]


def read_s(path: Path) -> float:
    """Return the seconds of reading the file."""
    start = time.perf_counter()
    with path.open("rb", buffering=0) as file:
        while file.read(4 << 20):
            pass
    return time.perf_counter() - start


def measure(options: Options) -> Iterator[Figure]:
    """Read a large scene of each kind."""
    size_mb = options.size(LARGE_MB, 4)
    with tempfile.TemporaryDirectory(prefix="maya-scene-") as name:
        folder = Path(name)
        for kind, write in ((".ma", write_ma), (".mb", write_mb)):
            small = write(folder / f"small{kind}", 1)
            large = write(folder / f"large{kind}", size_mb)
            read_s(large)
            peaks: list[float] = []
            seconds, reading = by_turns(
                options.repeat,
                partial(_seconds, large, peaks),
                partial(read_s, large),
            )
            what = f"a {kind} of {size_mb:,} MB"
            yield Figure(
                name=f"inspecting {what}",
                unit="s",
                runs=seconds,
                reference_name="reading the file",
                reference_runs=reading,
                budget=BUDGET_S,
                budget_is="value",
                note=f"{large.stat().st_size / 1e6:,.0f} MB",
            )
            yield Figure(
                name=f"peak memory of inspecting {what}",
                unit="MB",
                runs=peaks,
                reference_name=f"a {kind} of {small.stat().st_size / 1e6:,.1f} MB",
                reference_runs=[inspect(small)[1] for _ in range(options.repeat)],
                budget=BUDGET_MEMORY,
                budget_is="ratio",
            )
            large.unlink()


def _seconds(path: Path, peaks: list[float]) -> float:
    seconds, peak = inspect(path)
    peaks.append(peak)
    return seconds


if __name__ == "__main__":
    run(__doc__, measure, repeat=3)
