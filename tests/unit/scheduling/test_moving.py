"""Moving files to their final places: all or none, no half file, and never over somebody's old one."""

import errno
import os
import shutil
import sys
from pathlib import Path

import pytest
from support.disks import fill

from render_manager.scheduling import moving
from render_manager.scheduling.moving import (
    MoveFailedError,
    finish_moves,
    is_held_open,
    move_all,
    patiently,
    place_for_old,
    place_for_previous,
)
from render_manager.scheduling.staging import Move, MoveNote, attempt_staging, read_notes, write_note

UUID = "01234567-89ab-cdef-0123-456789abcdef"
DATA = os.urandom(100_000)


def file_at(path: Path, data: bytes = DATA) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def note_of(*moves: tuple[Path, Path], kept: Path | None = None) -> MoveNote:
    return MoveNote(
        UUID,
        1,
        1,
        tuple(Move(str(s), str(t), s.stat().st_size, str(kept) if kept else "") for s, t in moves),
        "/thumbs/影.jpg",
        1.25,
    )


def move_file(source: Path, target: Path) -> None:
    move_all([Move(str(source), str(target), source.stat().st_size)])


def held(code: int = 32) -> PermissionError:
    problem = PermissionError(errno.EACCES, "in use")
    problem.winerror = code  # type: ignore[attr-defined]
    return problem


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
    with pytest.raises(MoveFailedError, match="No space left") as problem:
        move_file(source, small_disk / "a.png")
    assert problem.value.error.errno == errno.ENOSPC
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
    with pytest.raises(MoveFailedError, match="Input/output"):
        move_file(source, target)
    assert target.read_bytes() == b"old"
    assert [path.name for path in (tmp_path / "t").iterdir()] == ["a.png"]


def test_files_are_on_the_disk_before_they_get_their_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = []
    replace = Path.replace
    monkeypatch.setattr(moving.os, "fsync", lambda _descriptor: steps.append("fsync"))
    monkeypatch.setattr(
        Path, "replace", lambda self, target: (steps.append("rename"), replace(self, target))[1]
    )
    move_file(file_at(tmp_path / "s" / "a.png"), tmp_path / "a.png")
    assert steps == ["fsync", "rename"]


def test_all_files_or_none(tmp_path: Path) -> None:
    """A frame that failed leaves nothing in the final place, whichever of its files could not be moved."""
    first, second = file_at(tmp_path / "s" / "a.png"), file_at(tmp_path / "s" / "b.png")
    (tmp_path / "t" / "b.png" / "in the way").mkdir(parents=True)
    moves = [Move(str(path), str(tmp_path / "t" / path.name), len(DATA)) for path in (first, second)]
    with pytest.raises(MoveFailedError) as problem:
        move_all(moves)
    assert problem.value.target == tmp_path / "t" / "b.png"
    assert [path.name for path in (tmp_path / "t").iterdir()] == ["b.png"]
    assert (first.read_bytes(), second.read_bytes()) == (DATA, DATA)


def test_every_folder_is_made_before_the_first_file_is_moved(tmp_path: Path) -> None:
    first, second = file_at(tmp_path / "s" / "a.png"), file_at(tmp_path / "s" / "b.png")
    file_at(tmp_path / "no folder")
    targets = (tmp_path / "t" / "a.png", tmp_path / "no folder" / "b.png")
    with pytest.raises(MoveFailedError) as problem:
        move_all([Move(str(s), str(t), 1) for s, t in zip((first, second), targets, strict=True)])
    assert (problem.value.target, problem.value.is_folder) == (targets[1].parent, True)
    assert list((tmp_path / "t").iterdir()) == []
    assert first.exists()
    assert second.exists()


def test_copies_to_other_drives_are_made_before_the_first_rename(tmp_path: Path, small_disk: Path) -> None:
    first, second = file_at(tmp_path / "s" / "a.png"), file_at(tmp_path / "s" / "b.png")
    fill(small_disk, leave_bytes=8192)
    moves = [
        Move(str(first), str(tmp_path / "t" / "a.png"), 1),
        Move(str(second), str(small_disk / "b.png"), 1),
    ]
    with pytest.raises(MoveFailedError) as problem:
        move_all(moves)
    assert problem.value.error.errno == errno.ENOSPC
    assert list((tmp_path / "t").iterdir()) == []
    assert [path.name for path in small_disk.iterdir()] == ["plug"]
    assert first.exists()
    assert second.exists()


def test_a_copied_file_goes_back_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = file_at(tmp_path / "s" / "a.png"), file_at(tmp_path / "s" / "b.png")
    other_drive(monkeypatch, first)
    (tmp_path / "t" / "b.png").mkdir(parents=True)
    with pytest.raises(MoveFailedError):
        move_all([Move(str(path), str(tmp_path / "t" / path.name), 1) for path in (first, second)])
    assert [path.name for path in (tmp_path / "t").iterdir()] == ["b.png"]
    assert (first.read_bytes(), second.read_bytes()) == (DATA, DATA)


def test_an_old_file_is_kept_under_another_name(tmp_path: Path) -> None:
    target = file_at(tmp_path / "t" / "a.png", b"old")
    place = place_for_old(target, UUID)
    assert place == tmp_path / "t" / "replaced-01234567" / "a.png"
    move_all([Move(str(file_at(tmp_path / "s" / "a.png")), str(target), len(DATA), str(place))])
    assert (target.read_bytes(), place.read_bytes()) == (DATA, b"old")
    assert place_for_old(target, UUID) == place.with_name("a-2.png")


def test_an_old_file_comes_back_when_the_move_fails(tmp_path: Path) -> None:
    first, second = file_at(tmp_path / "s" / "a.png"), file_at(tmp_path / "s" / "b.png")
    old = file_at(tmp_path / "t" / "a.png", b"old")
    (tmp_path / "t" / "b.png").mkdir()
    kept = str(place_for_old(old, UUID))
    with pytest.raises(MoveFailedError):
        move_all([Move(str(first), str(old), 1, kept), Move(str(second), str(tmp_path / "t" / "b.png"), 1)])
    assert old.read_bytes() == b"old"
    assert first.read_bytes() == DATA


@pytest.mark.parametrize("steps", [0, 1, 2])
def test_a_kill_between_the_steps_keeps_the_old_file(tmp_path: Path, steps: int) -> None:
    folder = attempt_staging(tmp_path, UUID, 1, 1)
    source, target = file_at(folder / "a.png"), file_at(tmp_path / "a.png", b"old")
    place = place_for_old(target, UUID)
    write_note(folder, note_of((source, target), kept=place))
    if steps > 0:
        place.parent.mkdir()
        target.rename(place)
    if steps > 1:
        source.replace(target)
    (again,) = read_notes(tmp_path, UUID)
    assert finish_moves(again)
    assert finish_moves(again)
    assert (target.read_bytes(), place.read_bytes()) == (DATA, b"old")


@pytest.mark.parametrize("code", [5, 32, 33])
def test_a_file_that_a_scanner_holds_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    source, target = file_at(tmp_path / "s" / "a.png"), tmp_path / "a.png"
    waits: list[float] = []
    replace = Path.replace

    def busy(self: Path, to: Path) -> Path:
        if len(waits) < 3:
            raise held(code)
        return replace(self, to)

    monkeypatch.setattr(Path, "replace", busy)
    move_all([Move(str(source), str(target), 1)], sleep=waits.append)
    assert target.read_bytes() == DATA
    assert waits == sorted(waits)


def test_patience_ends(tmp_path: Path) -> None:
    waits: list[float] = []
    tries = []

    def busy() -> None:
        tries.append(1)
        raise held()

    with pytest.raises(PermissionError):
        patiently(busy, waits.append)
    assert len(tries) == len(waits) + 1
    assert 3.0 < sum(waits) < 10.0


@pytest.mark.skipif(sys.platform == "win32", reason="there it is what opening a held file says")
def test_only_a_held_file_is_waited_for() -> None:
    def refuse() -> None:
        raise PermissionError(errno.EACCES, "no rights")

    with pytest.raises(PermissionError):
        patiently(refuse, never)
    assert not is_held_open(OSError(errno.EACCES, "no rights"))


def never(_seconds: float) -> None:
    raise AssertionError("waits for nothing")


def test_a_scanner_that_holds_the_file_while_it_is_written_to_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, target = file_at(tmp_path / "s" / "a.png"), tmp_path / "a.png"
    waits: list[float] = []
    flush = moving._flush

    def busy(path: Path) -> None:
        if len(waits) < 2:
            raise held()
        flush(path)

    monkeypatch.setattr(moving, "_flush", busy)
    move_all([Move(str(source), str(target), 1)], sleep=waits.append)
    assert target.read_bytes() == DATA
    assert len(waits) == 2


def previous_move(source: Path, target: Path) -> Move:
    place = place_for_previous(target, UUID)
    return Move(str(source), str(target), source.stat().st_size, str(place), is_previous=True)


@pytest.mark.parametrize("obstacle", ["a file in the folder's place", "a folder in the file's place"])
def test_a_new_picture_does_not_wait_for_keeping_the_previous_one(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, obstacle: str
) -> None:
    source, target = file_at(tmp_path / "s" / "a.png"), file_at(tmp_path / "t" / "a.png", b"old")
    place = place_for_previous(target, UUID)
    in_the_way = place.parent if obstacle.startswith("a file") else place / "held"
    file_at(in_the_way, b"theirs")
    with caplog.at_level("INFO"):
        move_all([previous_move(source, target)])
    assert target.read_bytes() == DATA
    assert in_the_way.read_bytes() == b"theirs"
    assert sorted(path.name for path in target.parent.iterdir()) == ["a.png", place.parent.name]
    assert f"the previous picture is not kept as {place}" in caplog.text


def test_a_single_new_picture_takes_the_place_of_one_that_is_not_kept_at_once(tmp_path: Path) -> None:
    source, target = file_at(tmp_path / "s" / "a.png"), file_at(tmp_path / "t" / "a.png", b"old")
    file_at(place_for_previous(target, UUID).parent)
    # Nothing needs to be put aside where no later file can fail.
    file_at(target.with_name(".a.png.before") / "in the way")
    move_all([previous_move(source, target)])
    assert target.read_bytes() == DATA


def test_a_previous_picture_that_is_not_kept_comes_back_when_a_later_file_fails(tmp_path: Path) -> None:
    first, second = file_at(tmp_path / "s" / "a.png"), file_at(tmp_path / "s" / "b.png")
    old = file_at(tmp_path / "t" / "a.png", b"old")
    file_at(place_for_previous(old, UUID).parent)
    (tmp_path / "t" / "b.png").mkdir()
    with pytest.raises(MoveFailedError):
        move_all([previous_move(first, old), Move(str(second), str(tmp_path / "t" / "b.png"), 1)])
    assert (old.read_bytes(), first.read_bytes()) == (b"old", DATA)


def test_nothing_is_left_beside_pictures_whose_previous_ones_were_not_kept(tmp_path: Path) -> None:
    names = ("a.png", "b.png")
    targets = [file_at(tmp_path / "t" / name, b"old") for name in names]
    sources = [file_at(tmp_path / "s" / name) for name in names]
    in_the_way = file_at(place_for_previous(targets[0], UUID).parent)
    move_all([previous_move(source, target) for source, target in zip(sources, targets, strict=True)])
    assert [target.read_bytes() for target in targets] == [DATA, DATA]
    assert {path.name for path in (tmp_path / "t").iterdir()} == {*names, in_the_way.name}


def test_an_old_file_of_somebody_else_is_never_replaced_without_being_kept(tmp_path: Path) -> None:
    source, old = file_at(tmp_path / "s" / "a.png"), file_at(tmp_path / "t" / "a.png", b"old")
    place = place_for_old(old, UUID)
    file_at(place.parent)
    with pytest.raises(MoveFailedError):
        move_all([Move(str(source), str(old), 1, str(place))])
    assert (old.read_bytes(), source.read_bytes()) == (b"old", DATA)
