"""Staging folders: notes that survive a kill, moves that leave no half file."""

import errno
import os
import shutil
from pathlib import Path

import pytest
from support.disks import fill

from render_manager.scheduling import staging
from render_manager.scheduling.staging import (
    STAGING_NAME,
    Move,
    MoveNote,
    attempt_staging,
    finish_moves,
    forget_note,
    job_staging,
    make_job_staging,
    move_file,
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


@pytest.mark.parametrize("moved", [0, 1, 2])
def test_moves_are_finished_from_wherever_they_stopped(tmp_path: Path, moved: int) -> None:
    folder = attempt_staging(tmp_path / "out", UUID, 1, 1)
    pairs = [
        (file_at(folder / "a.png"), tmp_path / "out" / "a.png"),
        (file_at(folder / "node0" / "b.exr", DATA[:500]), tmp_path / "else" / "deep" / "b.exr"),
    ]
    note = note_of(*pairs)
    write_note(folder, note)
    for source, target in pairs[:moved]:
        move_file(source, target)
    (again,) = read_notes(tmp_path / "out", UUID)
    assert finish_moves(again)
    assert finish_moves(again)
    assert [target.read_bytes() for _source, target in pairs] == [DATA, DATA[:500]]


@pytest.mark.parametrize("present", [None, b"an older picture"])
def test_a_lost_file_is_not_taken_for_a_moved_one(tmp_path: Path, present: bytes | None) -> None:
    source = file_at(attempt_staging(tmp_path, UUID, 1, 1) / "a.png")
    target = tmp_path / "a.png"
    note = note_of((source, target))
    source.unlink()
    if present is not None:
        target.write_bytes(present)
    assert not finish_moves(note)
    assert (target.read_bytes() if present is not None else None) == present


def test_a_move_replaces_what_was_there(tmp_path: Path) -> None:
    target = file_at(tmp_path / "a.png", b"old")
    move_file(file_at(tmp_path / "s" / "a.png"), target)
    assert target.read_bytes() == DATA
    assert not (tmp_path / "s" / "a.png").exists()


def other_drive(monkeypatch: pytest.MonkeyPatch, source: Path) -> None:
    replace = Path.replace

    def refuse(self: Path, target: Path) -> Path:
        if self == source:
            raise OSError(errno.EXDEV, "Invalid cross-device link")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", refuse)


def test_a_move_to_another_drive_copies_and_renames(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = file_at(tmp_path / "s" / "a.png")
    other_drive(monkeypatch, source)
    move_file(source, tmp_path / "t" / "a.png")
    assert (tmp_path / "t" / "a.png").read_bytes() == DATA
    assert [path.name for path in (tmp_path / "t").iterdir()] == ["a.png"]
    assert not source.exists()


def test_a_move_to_another_drive_for_real(tmp_path: Path, small_disk: Path) -> None:
    source = file_at(tmp_path / "s" / "a.png")
    move_file(source, small_disk / "deep" / "a.png")
    assert (small_disk / "deep" / "a.png").read_bytes() == DATA
    assert not source.exists()


def test_a_move_to_a_full_drive_leaves_no_half_file(tmp_path: Path, small_disk: Path) -> None:
    source = file_at(tmp_path / "s" / "a.png")
    fill(small_disk, leave_bytes=8192)
    with pytest.raises(OSError, match="No space left") as problem:
        move_file(source, small_disk / "a.png")
    assert problem.value.errno == errno.ENOSPC
    assert [path.name for path in small_disk.iterdir()] == ["plug"]
    assert source.read_bytes() == DATA


def test_a_copy_that_breaks_off_leaves_no_half_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = file_at(tmp_path / "s" / "a.png")
    target = file_at(tmp_path / "t" / "a.png", b"old")
    other_drive(monkeypatch, source)

    def break_off(_source: Path, part: Path) -> None:
        Path(part).write_bytes(DATA[:10])
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(shutil, "copy2", break_off)
    with pytest.raises(OSError, match="Input/output"):
        move_file(source, target)
    assert target.read_bytes() == b"old"
    assert [path.name for path in (tmp_path / "t").iterdir()] == ["a.png"]


def test_files_are_on_the_disk_before_they_get_their_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = []
    replace = Path.replace
    monkeypatch.setattr(staging.os, "fsync", lambda _descriptor: steps.append("fsync"))
    monkeypatch.setattr(
        Path, "replace", lambda self, target: (steps.append("rename"), replace(self, target))[1]
    )
    move_file(file_at(tmp_path / "s" / "a.png"), tmp_path / "a.png")
    assert steps == ["fsync", "rename"]
