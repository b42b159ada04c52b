"""From a rendered frame to a finished one: looked at, noted, moved; every frame gets its answer."""

import errno
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from support.fake_world import BAD, GOOD, FakePicture, ManualPool, fake_examine, fake_is_picture_name
from support.log_watch import LogWatch

from render_manager.domain.changes import FrameResult
from render_manager.domain.diagnosis import Diagnosis, Scope
from render_manager.domain.frameset import FrameSet
from render_manager.engines.events import WrittenFile
from render_manager.engines.protocols import FrameTask
from render_manager.scheduling import moving, refusals
from render_manager.scheduling.claim import Claim
from render_manager.scheduling.collecting import Stream
from render_manager.scheduling.finishing import FinishOrder, FrameFinisher
from render_manager.scheduling.messages import ExistingChecked, FrameAccepted, FrameRejected
from render_manager.scheduling.refusals import cannot_use_folder
from render_manager.scheduling.shapes import Shape
from render_manager.scheduling.staging import attempt_staging, read_notes, run_staging

UUID = "01234567-89ab-cdef-0123-456789abcdef"
Finish = Callable[..., object]


class Bench:
    """One attempt at frame 7, with its folders."""

    def __init__(self, folder: Path) -> None:
        self.output = folder / "out"
        self.staging = attempt_staging(self.output, UUID, 7, 2)
        self.staging.mkdir(parents=True)
        self.claim = Claim()
        self.posted: list[object] = []
        self.pool = ManualPool()
        self.examine: object = fake_examine
        self.keeps_older_than: float | None = None
        self.known_bad: Path | None = None
        self.waits: list[float] = []
        self.comes: Callable[[], object] | None = None
        """What happens while the finisher waits."""

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        if self.comes is not None and len(self.waits) == 2:
            self.comes()

    def file(self, name: str, content: bytes = GOOD, *, below: str = "", final: str = "") -> WrittenFile:
        folder = self.staging / below
        folder.mkdir(exist_ok=True)
        (folder / name).write_bytes(content)
        return WrittenFile(str(folder / name), final)

    def finish(self, *files: WrittenFile) -> object:
        finisher = FrameFinisher(
            examine=self.examine,  # type: ignore[arg-type]
            is_picture_name=fake_is_picture_name,
            pool=self.pool,
            sleep=self.sleep,
        )
        order = FinishOrder(
            task=FrameTask(3, 7, 2, self.staging, "shot_0007"),
            job_uuid=UUID,
            files=files,
            frames=FrameSet.parse("7"),
            output_name="shot_####",
            output_dir=self.output,
            thumbnail=self.output.parent / "thumb.jpg",
            seconds=2.5,
            claim=self.claim,
            keeps_older_than=self.keeps_older_than,
            known_bad=self.known_bad,
        )
        finisher.finish(order, self.posted.append)
        assert self.posted == [], "nothing happens on the owner's thread"
        self.pool.run_all()
        assert len(self.posted) <= 1
        return self.posted[0] if self.posted else None

    def names(self) -> list[str]:
        return sorted(path.name for path in self.output.iterdir() if path.is_file())


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def rejection(message: object) -> Diagnosis:
    assert isinstance(message, FrameRejected)
    assert (message.job_id, message.frame, message.attempt) == (3, 7, 2)
    return message.diagnosis


def test_a_whole_picture_is_moved_and_accepted(bench: Bench) -> None:
    message = bench.finish(bench.file("shot_0007.png"))
    target = bench.output / "shot_0007.png"
    thumbnail = str(bench.output.parent / "thumb.jpg")
    shape = Shape(64, 36, frozenset("RGB"))
    assert message == FrameAccepted(
        3,
        7,
        2,
        FrameResult((str(target),), thumbnail, 2.5),
        shapes={Stream("", "shot_", ".png"): shape},
        size_bytes=len(GOOD),
    )
    assert target.read_bytes() == GOOD
    assert not bench.claim.take(), "the media thread decided"
    (note,) = read_notes(bench.output, UUID)
    assert (note.frame, note.attempt, note.seconds, note.thumbnail) == (7, 2, 2.5, thumbnail)


def test_a_folder_that_becomes_a_file_while_it_is_looked_at(bench: Bench) -> None:
    """No mistake of ours: it is told as what it is, and not logged as an error."""
    file = bench.file("shot_0007.png")

    def look(path: Path, *, thumbnail: Path | None = None) -> FakePicture:
        picture = fake_examine(path, thumbnail=thumbnail)
        shutil.rmtree(bench.output)
        bench.output.write_text("in the way")
        return picture

    bench.examine = look
    # Windows does not tell a folder that is none from one that is gone, and the file with it.
    code = "bad-file" if sys.platform == "win32" else "unwritable"
    assert rejection(bench.finish(file)).code == code


def test_further_files_go_to_their_own_folders(bench: Bench, tmp_path: Path) -> None:
    files = [
        bench.file("depth_0007.exr", b"floats", below="node0", final=str(tmp_path / "aov" / "deep")),
        bench.file("shot_0007.png"),
        bench.file("mask_0007.png", below="node1", final=str(tmp_path / "masks")),
    ]
    message = bench.finish(*files)
    assert isinstance(message, FrameAccepted)
    assert message.result.outputs == (
        str(bench.output / "shot_0007.png"),
        str(tmp_path / "masks" / "mask_0007.png"),
        str(tmp_path / "aov" / "deep" / "depth_0007.exr"),
    )
    assert all(Path(path).is_file() for path in message.result.outputs)


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("shot_0007.png", BAD, "bad-file"),
        ("shot_0007.png", b"", "bad-file"),
        ("shot_0007.txt", b"words", "no-file"),
    ],
)
def test_what_is_no_whole_picture_is_rejected(bench: Bench, name: str, content: bytes, code: str) -> None:
    fault = rejection(bench.finish(bench.file(name, content)))
    assert (fault.code, fault.permanent, fault.scope) == (code, False, Scope.FRAME)
    assert fault.text
    assert fault.advice
    assert bench.names() == []
    assert bench.claim.take(), "a rejected frame can still be cancelled"


def test_one_bad_file_rejects_all(bench: Bench) -> None:
    files = [bench.file("shot_0007.png"), bench.file("mask_0007.png", BAD, below="node0")]
    assert rejection(bench.finish(*files)).code == "bad-file"
    assert bench.names() == []


def test_an_empty_further_file_rejects_the_frame(bench: Bench) -> None:
    fault = rejection(bench.finish(bench.file("shot_0007.png"), bench.file("depth.xyz", b"")))
    assert (fault.code, "depth.xyz is empty" in fault.text) == ("bad-file", True)


@pytest.mark.parametrize("name", ["shot_0007.png", "depth_0007.xyz"])
def test_a_file_that_the_engine_only_claims_to_have_written(bench: Bench, name: str) -> None:
    good, missing = bench.file("shot_0007.png"), bench.file(name)
    Path(missing.path).unlink()
    fault = rejection(bench.finish(good, missing))
    assert fault.code in ("bad-file", "no-file")
    assert bench.names() == []


def test_a_log_without_files_is_checked_by_the_name_of_the_frame(bench: Bench) -> None:
    bench.staging = run_staging(bench.output, UUID, "1-1")
    bench.staging.mkdir()
    for name in ("shot_0007.png", "shot_0008.png", "shot_00070.png", "moves-6-1.json"):
        bench.file(name)
    message = bench.finish()
    assert isinstance(message, FrameAccepted)
    assert bench.names() == ["shot_0007.png"]
    assert (bench.staging / "shot_0008.png").exists()


@pytest.mark.parametrize("folder", ["empty", "gone"])
def test_no_file_at_all(bench: Bench, folder: str) -> None:
    if folder == "gone":
        bench.staging.rmdir()
    fault = rejection(bench.finish())
    assert fault.code == "no-file"
    assert "wrote no picture" in fault.text


def test_a_frame_that_was_cancelled_meanwhile_is_left(bench: Bench) -> None:
    assert bench.claim.take()
    assert bench.finish(bench.file("shot_0007.png")) is None
    assert bench.names() == []


@pytest.mark.parametrize(
    ("code", "name", "lasts"),
    [
        (errno.ENOSPC, "disk-full", False),
        (errno.EDQUOT, "disk-full", False),
        (errno.EACCES, "unwritable", True),
        (errno.EROFS, "unwritable", True),
        (errno.EPERM, "unwritable", True),
        (errno.ENOTDIR, "unwritable", True),
        (errno.ENAMETOOLONG, "unwritable", True),
        (errno.EIO, "unwritable", False),
        (errno.ESTALE, "unwritable", False),
        (errno.EHOSTDOWN, "unwritable", False),
        (errno.ETIMEDOUT, "unwritable", False),
        (errno.EBUSY, "unwritable", False),
        (errno.ENOENT, "unwritable", False),
    ],
)
def test_a_folder_that_takes_no_file(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, code: int, name: str, lasts: bool
) -> None:
    """A share that is away for a minute must not cost the night; a folder without rights stays so."""
    if sys.platform == "win32" and code == errno.EACCES:
        pytest.skip("Windows says the same of a file that another program holds")

    def refuse(_source: Path, _target: Path) -> None:
        raise OSError(code, "refused")

    monkeypatch.setattr(moving, "_flush", lambda _path: None)
    replace = Path.replace
    monkeypatch.setattr(
        Path, "replace", lambda self, to: refuse(self, to) if self.suffix == ".png" else replace(self, to)
    )
    fault = rejection(bench.finish(bench.file("shot_0007.png")))
    assert (fault.code, fault.permanent) == (name, lasts)
    assert (fault.scope is Scope.JOB) == lasts
    assert str(bench.output) in fault.text
    assert cannot_use_folder(bench.output, OSError(code, "refused")) == fault


def hold_pictures(monkeypatch: pytest.MonkeyPatch, winerror: int) -> None:
    replace = Path.replace

    def refuse(source: Path, target: Path) -> Path:
        if source.suffix != ".png":
            return replace(source, target)
        problem = PermissionError(errno.EACCES, "in use")
        problem.winerror = winerror  # type: ignore[attr-defined]
        raise problem

    monkeypatch.setattr(Path, "replace", refuse)


@pytest.mark.parametrize("winerror", [5, 32, 33])
def test_a_picture_that_a_scanner_holds_for_long(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, winerror: int
) -> None:
    hold_pictures(monkeypatch, winerror)
    fault = rejection(bench.finish(bench.file("shot_0007.png")))
    assert (fault.code, fault.permanent, fault.scope) == ("file-in-use", False, Scope.FRAME)
    assert "holds the new file" in fault.text


def age(path: Path, *, written: float = 500.0) -> Path:
    os.utime(path, (written, written))
    return path


def test_old_files_are_kept_unless_the_job_may_replace_them(bench: Bench, tmp_path: Path) -> None:
    bench.keeps_older_than = 1000.0
    aov = tmp_path / "aov"
    aov.mkdir()
    for old in (bench.output / "shot_0007.png", aov / "depth_0007.exr"):
        old.write_bytes(b"old")
        age(old)
    files = [
        bench.file("shot_0007.png"),
        bench.file("depth_0007.exr", b"floats", below="node0", final=str(aov)),
    ]
    message = bench.finish(*files)
    assert isinstance(message, FrameAccepted)
    assert str(bench.output / "replaced-01234567") in message.warning
    assert (bench.output / "shot_0007.png").read_bytes() == GOOD
    assert (bench.output / "replaced-01234567" / "shot_0007.png").read_bytes() == b"old"
    assert (aov / "replaced-01234567" / "depth_0007.exr").read_bytes() == b"old"
    assert (aov / "depth_0007.exr").read_bytes() == b"floats"


@pytest.mark.parametrize("case", ["overwrite", "known bad", "its own"])
def test_files_that_may_be_replaced(bench: Bench, case: str) -> None:
    old = bench.output / "shot_0007.png"
    old.write_bytes(BAD)
    age(old, written=1500.0 if case == "its own" else 500.0)
    bench.keeps_older_than = None if case == "overwrite" else 1000.0
    bench.known_bad = old if case == "known bad" else None
    message = bench.finish(bench.file("shot_0007.png"))
    assert isinstance(message, FrameAccepted)
    assert message.warning == ""
    assert bench.names() == ["shot_0007.png"]


def test_the_folder_that_fails_is_the_one_that_is_named(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "aov").write_bytes(b"a file where a folder should be")
    files = [
        bench.file("shot_0007.png"),
        bench.file("mask_0007.png", below="node0", final=str(tmp_path / "aov" / "deep")),
    ]
    fault = rejection(bench.finish(*files))
    assert str(tmp_path / "aov" / "deep") in fault.text
    assert bench.names() == []


@pytest.mark.parametrize("winerror", [5, 32, 33])
def test_a_picture_that_a_viewer_holds_open_on_windows(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, winerror: int
) -> None:
    """Another program's lock on one old file is no reason to give the job up."""
    (bench.output / "shot_0007.png").write_bytes(b"old")

    hold_pictures(monkeypatch, winerror)
    fault = rejection(bench.finish(bench.file("shot_0007.png")))
    assert sum(bench.waits) > 3.0
    assert (fault.code, fault.permanent, fault.scope) == ("file-in-use", False, Scope.FRAME)
    assert "shot_0007.png" in fault.text


def test_a_mistake_of_ours_is_an_answer_too(bench: Bench, expected_logs: LogWatch) -> None:
    expected_logs.expect("finishing frame 7")

    def fail(path: Path, *, thumbnail: Path | None = None) -> FakePicture:
        raise RuntimeError("a bug")

    bench.examine = fail
    assert rejection(bench.finish(bench.file("shot_0007.png"))).code == "internal"


def test_existing_files_all_get_an_answer(bench: Bench, expected_logs: LogWatch) -> None:
    expected_logs.expect("checking .*4.png")

    def look(path: Path, *, thumbnail: Path | None = None) -> FakePicture:
        if path.name == "4.png":
            raise RuntimeError("a bug")
        return fake_examine(path, thumbnail=thumbnail)

    for number, content in ((1, GOOD), (2, BAD), (4, GOOD)):
        (bench.output / f"{number}.png").write_bytes(content)
    finisher = FrameFinisher(examine=look, is_picture_name=fake_is_picture_name, pool=bench.pool)
    thumbs = bench.output.parent / "thumbs"
    for number in (1, 2, 3, 4):
        file, thumbnail = bench.output / f"{number}.png", thumbs / f"{number}.jpg"
        finisher.check_existing(9, number, (file,), thumbnail, bench.posted.append)
    bench.pool.run_all()
    good = FrameResult((str(bench.output / "1.png"),), str(thumbs / "1.jpg"), 0.0)
    assert bench.posted == [
        ExistingChecked(9, 1, good),
        ExistingChecked(9, 2, None),
        ExistingChecked(9, 3, None),
        ExistingChecked(9, 4, None),
    ]


def test_a_claim_is_taken_once() -> None:
    claim = Claim()
    assert claim.take()
    assert not claim.take()


def test_a_folder_without_rights_on_windows_is_not_taken_for_a_held_file(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows says "access denied" of both."""
    hold_pictures(monkeypatch, 5)

    def refuse(**_values: object) -> None:
        raise PermissionError(errno.EACCES, "Access is denied")

    monkeypatch.setattr(refusals.tempfile, "TemporaryFile", refuse)
    fault = rejection(bench.finish(bench.file("shot_0007.png")))
    assert (fault.code, fault.permanent, fault.scope) == ("unwritable", True, Scope.JOB)


def test_a_folder_that_cannot_be_made_is_not_waited_for(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    mkdir = Path.mkdir

    def refuse(self: Path, *values: int, **options: bool) -> None:
        if self.name != "aov":
            mkdir(self, *values, **options)
            return
        problem = PermissionError(errno.EACCES, "Access is denied")
        problem.winerror = 5  # type: ignore[attr-defined]
        raise problem

    files = [bench.file("shot_0007.png", final=str(tmp_path / "aov"))]
    monkeypatch.setattr(Path, "mkdir", refuse)
    fault = rejection(bench.finish(*files))
    assert (fault.code, fault.permanent) == ("unwritable", True)
    assert str(tmp_path / "aov") in fault.text
    assert bench.waits == []


def test_a_file_that_a_network_folder_shows_late_is_waited_for(bench: Bench) -> None:
    late = bench.file("shot_0007.png")
    Path(late.path).rename(bench.output / "away")
    bench.comes = lambda: (bench.output / "away").rename(late.path)
    assert isinstance(bench.finish(late), FrameAccepted)
    assert len(bench.waits) == 2


def test_a_file_that_still_arrives_is_waited_for(bench: Bench) -> None:
    arriving = bench.file("shot_0007.png", GOOD[:4])
    sizes = iter([GOOD[:4], GOOD[:8]])

    def look(path: Path, *, thumbnail: Path | None = None) -> FakePicture:
        try:
            return fake_examine(path, thumbnail=thumbnail)
        finally:
            Path(arriving.path).write_bytes(next(sizes, GOOD))

    bench.examine = look
    assert isinstance(bench.finish(arriving), FrameAccepted)


def test_a_file_that_never_comes_is_given_up_after_some_seconds(bench: Bench) -> None:
    never = bench.file("shot_0007.png")
    Path(never.path).unlink()
    assert rejection(bench.finish(never)).code in ("no-file", "bad-file")
    assert 3 < sum(bench.waits) < 5


def test_a_bad_file_that_stands_still_is_bad_at_once(bench: Bench) -> None:
    assert rejection(bench.finish(bench.file("shot_0007.png", BAD))).code == "bad-file"
    assert bench.waits == []
