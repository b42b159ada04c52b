"""Staging folders: where attempts render, and notes that survive a kill."""

import json
import os
from pathlib import Path

import pytest

from render_manager.scheduling.staging import (
    STAGING_NAME,
    Move,
    MoveNote,
    attempt_staging,
    forget_note,
    job_staging,
    make_job_staging,
    read_notes,
    remove_attempt_staging,
    remove_job_staging,
    run_staging,
    write_note,
)

UUID = "01234567-89ab-cdef-0123-456789abcdef"
DATA = os.urandom(100_000)


def file_at(path: Path, data: bytes = DATA) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def note_of(*moves: tuple[Path, Path], frame: int = 1, attempt: int = 1) -> MoveNote:
    return MoveNote(
        UUID,
        frame,
        attempt,
        tuple(Move(str(source), str(target), source.stat().st_size) for source, target in moves),
        "/thumbs/影.jpg",
        1.25,
    )


def test_folders_of_jobs_attempts_and_runs(tmp_path: Path) -> None:
    folder = make_job_staging(tmp_path / "out", UUID)
    assert folder == job_staging(tmp_path / "out", UUID) == tmp_path / "out" / STAGING_NAME / "01234567"
    assert folder.is_dir()
    assert attempt_staging(tmp_path / "out", UUID, -5, 2) == folder / "-5-2"
    assert run_staging(tmp_path / "out", UUID, "17-1") == folder / "run-17-1"
    assert make_job_staging(tmp_path / "out", UUID) == folder


def test_the_folder_above_goes_with_the_last_job(tmp_path: Path) -> None:
    other = UUID.replace("0", "f", 1)
    for uuid in (UUID, other):
        file_at(make_job_staging(tmp_path, uuid) / "1-1" / "half.png")
    remove_job_staging(tmp_path, UUID)
    assert [path.name for path in (tmp_path / STAGING_NAME).iterdir()] == [other[:8]]
    remove_job_staging(tmp_path, other)
    assert list(tmp_path.iterdir()) == []
    remove_job_staging(tmp_path, other)
    remove_attempt_staging(tmp_path / "never")


def test_notes_come_back(tmp_path: Path) -> None:
    folder = attempt_staging(tmp_path, UUID, 1, 1)
    source = file_at(folder / "a 影.png")
    note = note_of((source, tmp_path / "a 影.png"))
    write_note(folder, note)
    assert read_notes(tmp_path, UUID) == [note]
    assert not list(folder.glob("*.part"))
    forget_note(folder, 1, 1)
    forget_note(folder, 1, 1)
    assert read_notes(tmp_path, UUID) == []


def test_notes_of_one_run_stand_side_by_side(tmp_path: Path) -> None:
    folder = run_staging(tmp_path, UUID, "1-1")
    notes = [
        note_of((file_at(folder / f"{n}.png"), tmp_path / f"{n}.png"), frame=n, attempt=n + 1)
        for n in range(3)
    ]
    for note in notes:
        write_note(folder, note)
    forget_note(folder, 1, 2)
    assert read_notes(tmp_path, UUID) == [notes[0], notes[2]]


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '{"moves": []}', '{"moves": 3}', '{"moves": [{"x": 1}]}', "\0\xff"]
)
def test_a_note_that_cannot_be_read_is_passed_over(tmp_path: Path, text: str) -> None:
    folder = attempt_staging(tmp_path, UUID, 1, 1)
    file_at(folder / "moves-1-1.json", text.encode("latin-1"))
    good = note_of((file_at(folder / "a.png"), tmp_path / "a.png"), frame=2)
    write_note(folder, good)
    assert read_notes(tmp_path, UUID) == [good]


def test_a_note_of_an_older_version_is_read(tmp_path: Path) -> None:
    folder = attempt_staging(tmp_path, UUID, 1, 1)
    note = note_of((file_at(folder / "a.png"), tmp_path / "a.png"))
    write_note(folder, note)
    path = folder / "moves-1-1.json"
    values = json.loads(path.read_text("utf-8"))
    for move in values["moves"]:
        del move["kept_as"]
    path.write_text(json.dumps(values), "utf-8")
    assert read_notes(tmp_path, UUID) == [note]


@pytest.mark.parametrize(
    "change",
    [
        {"frame": "1"},
        {"frame": [1]},
        {"seconds": "x"},
        {"thumbnail": None},
        {"source": None},
        {"source": "/home/me/letter.odt"},
        {"target": "a\0b"},
    ],
)
def test_a_note_with_other_things_in_it_is_passed_over(tmp_path: Path, change: dict[str, object]) -> None:
    folder = attempt_staging(tmp_path, UUID, 1, 1)
    write_note(folder, note_of((file_at(folder / "a.png"), tmp_path / "a.png")))
    path = folder / "moves-1-1.json"
    values = json.loads(path.read_text("utf-8"))
    (values["moves"][0] if set(change) & {"source", "target"} else values).update(change)
    path.write_text(json.dumps(values), "utf-8")
    assert read_notes(tmp_path, UUID) == []


def test_a_note_that_climbs_out_of_the_staging_folder_is_passed_over(tmp_path: Path) -> None:
    folder = attempt_staging(tmp_path, UUID, 1, 1)
    outside = file_at(tmp_path / "letter.odt")
    climbing = folder.joinpath(*[".."] * 3, outside.name)
    assert climbing.samefile(file_at(folder / "a.png").parents[3] / outside.name)
    write_note(folder, note_of((climbing, tmp_path / "a.png")))
    assert read_notes(tmp_path, UUID) == []


def test_a_note_nested_deeper_than_any_reader_goes_is_passed_over(tmp_path: Path) -> None:
    folder = attempt_staging(tmp_path, UUID, 1, 1)
    file_at(folder / "moves-1-1.json", b"[" * 200_000)
    assert read_notes(tmp_path, UUID) == []
