"""Names chosen to do harm, from the scene to the picture: nothing is run, and all of it works."""

import json
import os
import re
import sqlite3
import sys
import unicodedata
from pathlib import Path

import pytest
from support import own_engines, stand_in
from support.command_line import CommandLine

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the stand-ins are scripts with a shebang line")

NAMES = {
    "shell": "a;touch canary1&`touch canary2`$(touch canary3)|touch canary4 >canary5",
    "quotes": """a'b"c\\d "e" 'f'""",
    "variables": "%PATH% $HOME ${HOME} ~ !x!",
    "escapes": "a\x1b[31mb\x1b]0;title\x07\x9b2J",
    "line ends": "a\nb\rc\td",
    "html": "<img src='canary:' onerror=x><b>bold<!--",
    "directions": "invoice\u202egpj\u2066\u200f",
    "hyphen": "-P -x --python-expr=1",
    "hyphens": "--base-dir",
    "format": "{frame} {0} %s %04d {} {{x}}",
    "wide": "影" * 40,
    "dots": "..a..",
}
STEERING = {"Cc", "Cs", "Zl", "Zp"}
TURNING = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


def assert_seen_only(text: str) -> None:
    """Fail where a text for a terminal does anything else than to be seen."""
    for letter in text.replace("\n", ""):
        assert unicodedata.category(letter) not in STEERING, repr(text)
        assert unicodedata.bidirectional(letter) not in TURNING, repr(text)


def assert_nothing_was_run(folder: Path) -> None:
    made = [name for _folder, folders, files in os.walk(folder) for name in (*folders, *files)]
    assert not [name for name in made if re.fullmatch(r"canary\d", name)]


def recorder(program: Path, record: Path) -> Path:
    """Put a program in another's place that writes down its arguments before it becomes that one."""
    real = program.with_name(f"{program.name}-itself")
    program.rename(real)
    program.write_text(
        f"#!{sys.executable} -ISu\nimport json, os, sys\n"
        f"with open({str(record)!r}, 'a') as file:\n    file.write(json.dumps(sys.argv) + '\\n')\n"
        f"os.execv({str(real)!r}, [{str(real)!r}, *sys.argv[1:]])\n",
        "utf-8",
    )
    program.chmod(0o755)
    return program


def worker_logs(desk: CommandLine) -> list[Path]:
    return sorted((desk.base / "logs" / "workers").rglob("*.log"))


def arguments_of(record: Path) -> list[list[str]]:
    return [json.loads(line) for line in record.read_text("utf-8").splitlines()]


@pytest.mark.timeout(300)
@pytest.mark.parametrize("mode", ["resident", "batch"])
def test_scenes_of_blender(tmp_path: Path, mode: str) -> None:
    desk = CommandLine(tmp_path)
    record = tmp_path / "record"
    desk.env = {"BLENDER_EXECUTABLE": str(recorder(stand_in.install(tmp_path / "bin"), record))}
    scenes = [
        stand_in.write_scene(tmp_path / "scenes" / name / f"{name}.blend", end=1) for name in NAMES.values()
    ]

    answer = desk.run("render", *scenes, "--set", f"mode={mode}", timeout_s=250)

    assert answer.code == 0, answer.out + answer.err
    assert_seen_only(answer.out + answer.err)
    assert len(list(tmp_path.rglob("*.png"))) == len(scenes)
    texts = [str(scene) for scene in scenes]
    for argv in arguments_of(record):
        for argument in argv:
            named = [name for name in NAMES.values() if f"/scenes/{name}/" in argument]
            assert not named or argument in texts or "/out/" in argument or ".render-manager" in argument
    if mode == "batch":
        given = [argument for argv in arguments_of(record) for argument in argv]
        assert [text for text in texts if given.count(text) != 1] == []
    logs = worker_logs(desk)
    assert len(logs) == len(scenes)
    for log in logs:
        head = log.read_bytes().split(b"\n")[:3]
        assert all(line.startswith(b"# ") for line in head), head
        assert_seen_only(b"".join(head).decode())
    for arguments in (["jobs"], ["frames", 4], ["inspect", scenes[3]]):
        looked = desk.run(*arguments)
        assert looked.code == 0
        assert_seen_only(looked.out + looked.err)
    database = sqlite3.connect(desk.database)
    for (name,) in database.execute("SELECT name FROM jobs"):
        assert_seen_only(name)
    database.close()
    assert_nothing_was_run(tmp_path)


@pytest.mark.timeout(300)
def test_scenes_and_options_of_an_own_engine(tmp_path: Path) -> None:
    desk = CommandLine(tmp_path)
    record = tmp_path / "record"
    program = recorder(own_engines.install(tmp_path / "bin"), record)
    own_engines.write_definition(desk.base / "engines", program)
    # Named after its scene, a frame's file would have a name that is refused.
    names = [name for name in NAMES.values() if "\n" not in name]
    scenes = [own_engines.write_scene(tmp_path / name, "start = 1", "end = 1", name=name) for name in names]
    size = NAMES["shell"]

    answer = desk.run("render", *scenes, "--retries", 0, "--set", f"size={size}", timeout_s=250)

    assert_seen_only(answer.out + answer.err)
    started = [argv for argv in arguments_of(record) if "--scene" in argv]
    assert sorted(argv[argv.index("--scene") + 1] for argv in started) == sorted(map(str, scenes))
    assert {argv[argv.index("--size") + 1] for argv in started} == {size}
    assert_nothing_was_run(tmp_path)


def test_a_file_named_like_an_option_is_a_file_behind_two_hyphens(tmp_path: Path) -> None:
    desk = CommandLine(tmp_path)
    stand_in.write_scene(tmp_path / "--json.blend", end=1)
    answer = desk.run("inspect", "--", "--json.blend", cwd=tmp_path)
    assert answer.code == 0, answer.err
    assert str(tmp_path / "--json.blend") in answer.out


def test_a_name_that_is_no_text_is_refused_with_a_sentence(tmp_path: Path) -> None:
    desk = CommandLine(tmp_path)
    desk.env = {"BLENDER_EXECUTABLE": str(stand_in.install(tmp_path / "bin"))}
    scene = tmp_path / os.fsdecode(b"und\xff\xfe\x1b[31m.blend")
    stand_in.write_scene(scene, end=2)
    answer = desk.run("render", os.fsencode(scene).decode("utf-8", "surrogateescape"))
    assert answer.code == 2
    assert "is not valid text (UTF-8)" in answer.words
    assert_seen_only(answer.out + answer.err)


def test_a_name_longer_than_any_is_refused_with_a_sentence(tmp_path: Path) -> None:
    desk = CommandLine(tmp_path)
    answer = desk.run("render", tmp_path / ("l" * 5000 + ".blend"))
    assert answer.code == 2
    assert answer.words


def test_a_log_full_of_escapes_is_explained_without_them(tmp_path: Path) -> None:
    desk = CommandLine(tmp_path)
    log = tmp_path / "some.log"
    lines = [
        "Blender 4.2.0 (hash 1 built 2)",
        "Error: Cannot read file \x1b[31m'/x/<b>\x1b]0;title\x07\u202e.blend'\x9b2J: No such file",
        "\x1b[2J\x00" * 1000,
        "x" * 200_000,
    ]
    log.write_text("\r\n".join(lines), "utf-8")
    answer = desk.run("explain", log, "--engine", "blender")
    assert_seen_only(answer.out + answer.err)
