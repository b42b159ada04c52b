"""The readers of what users type and edit, of our own files, and of what other programs say to us."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from fuzz.reader import Reader
from render_manager.domain.commands import RetryFrames, SetPriority, SubmitJob
from render_manager.domain.errors import UserError
from render_manager.domain.frameset import FrameSet
from render_manager.domain.jobspec import JobSpec
from render_manager.engines.probing import Probe, ProbeMemory
from render_manager.execution.lines import MAX_LINE_BYTES, LineSplitter
from render_manager.scheduling.staging import Move, MoveNote, job_staging, read_notes, write_note
from render_manager.services.codec import decode_command, decode_json, encode_command
from render_manager.services.updates import Update
from render_manager.system.json_store import JsonStore
from render_manager.system.language import early_setting
from render_manager.system.ownership import read_owner
from render_manager.system.paths import app_paths
from render_manager.system.settings import load_settings, unknown_settings
from render_manager.system.settings_file import change_settings, overridden
from render_manager.ui.draft_choices import choices_from

SETTINGS = b"""# mine
render_output_dir = "/srv/out"
max_retries = 3
RETRY_DELAY = 60.5
slots = 2
blender_executable = ""
appearance = "dark"
"""
ENV = b"""# mine
RENDER_OUTPUT_DIR=/srv/out
MAX_RETRIES="3"
export RETRY_DELAY='60.5'
THUMBNAIL_DIR=${HOME}/t
UI_LANGUAGE=zh_CN
"""
SPEC = JobSpec(
    name="shot",
    scene=Path("/s/shot.blend"),
    engine="blender",
    installation="blender:/b",
    frames=FrameSet.parse("1-10"),
    output_dir=Path("/o"),
    output_name="shot_####",
    options={"samples": 4},
)
COMMANDS = (SubmitJob(SPEC, "token"), RetryFrames(1, FrameSet.parse("1-5,9")), SetPriority((1, 2), 7))
BRIEF = {"id": 1, "uuid": "u", "name": "n", "state": "running", "reason": "", "total": 3, "completed": 1}
UPDATE = {
    "events": [{"event": "notice"}],
    "jobs": [{**BRIEF, "failed": 0, "cancelled": 0, "skipped": 0}],
    "removed": [4],
}
CHOICES = {
    "presets": {
        "final": {"frames": "1-9", "priority": 7, "existing": "skip", "options": {"samples": 9}, "at": 1.5}
    }
}
STAGING = b"STAGING"
OWNER = {"pid": 5, "address": "/tmp/x", "secret": "00ff", "kind": "window"}


def read_frames(data: bytes, _folder: Path) -> None:
    text = data.decode("utf-8", "surrogateescape")
    frames = FrameSet.parse(text)
    assert FrameSet.read_back(frames.text()) == frames


def read_settings(data: bytes, folder: Path) -> None:
    paths = app_paths(folder / "settings")
    paths.make()
    paths.settings.write_bytes(data)
    early_setting(paths.settings, "ui_language")
    unknown_settings(paths)
    load_settings(paths)
    change_settings(paths.settings, {"slots": 3, "max_retries": None})
    assert load_settings(paths).slots == 3


def read_env(data: bytes, folder: Path) -> None:
    paths = app_paths(folder / "env")
    paths.make()
    (paths.data_dir / ".env").write_bytes(data)
    overridden(paths, {"slots": 1, "ui_language": ""})
    load_settings(paths)


def read_json_store(data: bytes, folder: Path) -> None:
    store = JsonStore(folder / "store" / "presets.json")
    store.path.parent.mkdir(exist_ok=True)
    for old in store.path.parent.iterdir():
        old.unlink()
    store.path.write_bytes(data)
    values, _complaint = store.read()
    for part in values.values():
        for one in part.values() if isinstance(part, dict) else ():
            choices = choices_from(one)
            if choices is not None:
                json.dumps(choices.to_json())
    store.change(lambda changed: changed.update(mine=1))
    assert store.read()[0]["mine"] == 1


def read_probe_memory(data: bytes, folder: Path) -> None:
    path = folder / "installations.json"
    path.write_bytes(data)
    memory = ProbeMemory(path)
    probe = memory.ask(Path(sys.executable), lambda: Probe("Blender 4.2.0"))
    assert isinstance(probe.output, str)
    memory.save()


def read_lock(data: bytes, folder: Path) -> None:
    path = folder / "some.lock"
    path.write_bytes(data)
    owner = read_owner(path)
    if owner is not None:
        assert isinstance(owner.pid, int) and isinstance(owner.address, str) and isinstance(owner.secret, str)


def read_command(data: bytes, _folder: Path) -> None:
    command = decode_command(decode_json(data))
    assert decode_command(encode_command(command)) == command


def read_update(data: bytes, _folder: Path) -> None:
    update = Update.from_json(decode_json(data))
    for job in update.jobs:
        assert isinstance(job.name, str) and isinstance(job.done, int)


def read_move_note(data: bytes, folder: Path) -> None:
    path = job_staging(folder, "u") / "run-1" / "moves-1-1.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    # The note's own words for the folder, which differs from run to run.
    path.write_bytes(data.replace(STAGING, str(path.parent).encode()))
    for note in read_notes(folder, "u"):
        for move in note.moves:
            assert Path(move.source).is_relative_to(job_staging(folder, "u"))


def move_notes() -> Sequence[bytes]:
    note = MoveNote("u", 1, 1, (Move(f"{STAGING.decode()}/s.png", "/t", 5, "/k"),), "/thumb.jpg", 1.5)
    import tempfile

    with tempfile.TemporaryDirectory() as name:
        write_note(Path(name), note)
        return [path.read_bytes() for path in Path(name).iterdir()]


def split_lines(data: bytes, _folder: Path) -> None:
    splitter = LineSplitter()
    lines = [line for start in range(0, len(data), 700) for line in splitter.feed(data[start : start + 700])]
    lines += splitter.finish()
    assert all(len(line.text) <= MAX_LINE_BYTES for line in lines)
    ends = [line.end for line in lines]
    assert ends == sorted(ends) and all(end <= len(data) for end in ends)


JSON_WORDS = (b":", b"{", b"[", b"null", b"1e999", b"NaN", b"-1", b'"', b"true", b"\\u0000", b"\\ud800")
WRONG = (ValueError, KeyError, TypeError, UserError)
READERS = (
    Reader(
        "frame-list",
        lambda: [b"1-100x5,120,130-140", b"7", b"10-1x3, 5;6", b"-5--1"],
        read_frames,
        (b"-", b"x", b","),
    ),
    Reader(
        "settings",
        lambda: [SETTINGS],
        read_settings,
        (b"slots = ", b"[x]", b"[[y]]", b'"""', b"= ", b"= 1979-05-27\n"),
    ),
    Reader("env-file", lambda: [ENV], read_env, (b"SLOTS=", b"export ", b"${", b"'", b'"', b"#")),
    Reader("json-store", lambda: [json.dumps(CHOICES).encode()], read_json_store, JSON_WORDS),
    Reader(
        "probe-memory",
        lambda: [json.dumps({sys.executable: [1, 2, "Blender 4"]}).encode()],
        read_probe_memory,
        JSON_WORDS,
        (),
    ),
    Reader("lock-file", lambda: [json.dumps(OWNER).encode()], read_lock, JSON_WORDS, ()),
    Reader(
        "command",
        lambda: [json.dumps(encode_command(one)).encode() for one in COMMANDS],
        read_command,
        JSON_WORDS,
        WRONG,
    ),
    Reader("update", lambda: [json.dumps(UPDATE).encode()], read_update, JSON_WORDS, WRONG),
    Reader("move-note", move_notes, read_move_note, JSON_WORDS, ()),
    Reader("lines", lambda: [b"a\nb\r\nc\rd", b"x" * 200_000], split_lines, (b"\r", b"\n", b"\r\n"), ()),
)
