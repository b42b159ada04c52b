"""Files as Windows has them: held open by others, in long and odd paths, and one name in either case."""

import ctypes
import threading
from pathlib import Path

import pytest
import win32file
from support.jobs import make_spec
from support.stand_in import installation_of

from render_manager.domain.errors import UserError
from render_manager.scheduling.log_keeping import LogKeeper
from render_manager.scheduling.moving import MoveFailedError, is_held_open, move_all
from render_manager.scheduling.same_files import place_of
from render_manager.scheduling.staging import Move, make_job_staging
from render_manager.storage.database import open_database
from render_manager.storage.reader import StoreReader
from render_manager.storage.store import Store
from render_manager.system import whole_files
from render_manager.system.json_store import JsonStore
from render_manager.system.paths import app_paths
from render_manager.system.whole_files import write_whole

LONG = [f"{'langer Ordner ' * 6}{number}" for number in range(5)]
"""Folders that are too deep for programs which know no long paths."""


def frame(folder: Path, content: bytes = b"new") -> tuple[Path, Move]:
    source = folder / "staging" / "影_0001.png"
    source.parent.mkdir(parents=True, exist_ok=True)
    source.write_bytes(content)
    target = folder / "out" / "影_0001.png"
    return target, Move(str(source), str(target), len(content))


def test_the_usual_folders_are_those_of_this_user_alone() -> None:
    paths = app_paths()
    for folder in (paths.data_dir, paths.config_dir, paths.log_dir, paths.cache_dir):
        assert "Local" in folder.parts, "what roams is copied to the server at every log-off"
        assert "RenderManager" in folder.parts


def test_a_frame_waits_for_who_looks_at_its_old_picture(tmp_path: Path) -> None:
    target, move = frame(tmp_path)
    target.parent.mkdir()
    target.write_bytes(b"old")
    held = target.open("rb")
    waits: list[float] = []

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 2:
            held.close()

    move_all([move], sleep=sleep)
    assert len(waits) == 2
    assert target.read_bytes() == b"new"
    assert not Path(move.source).exists()


def test_a_new_frame_waits_for_the_virus_scanner(tmp_path: Path) -> None:
    """Which shares it with nobody; opening it then fails without a number of Windows' own."""
    target, move = frame(tmp_path)
    held = win32file.CreateFile(
        move.source, win32file.GENERIC_READ, 0, None, win32file.OPEN_EXISTING, 0, None
    )
    waits: list[float] = []

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 2:
            held.Close()

    move_all([move], sleep=sleep)
    assert len(waits) == 2
    assert target.read_bytes() == b"new"


def test_one_that_is_looked_at_for_ever_is_said_and_nothing_is_lost(tmp_path: Path) -> None:
    target, move = frame(tmp_path)
    target.parent.mkdir()
    target.write_bytes(b"old")
    with target.open("rb"), pytest.raises(MoveFailedError) as problem:
        move_all([move], sleep=lambda _seconds: None)
    assert problem.value.target == target
    assert is_held_open(problem.value.error)
    assert target.read_bytes() == b"old"
    assert Path(move.source).read_bytes() == b"new"


def test_a_file_is_written_while_somebody_reads_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "settings.toml"
    write_whole(path, "old")
    held = path.open("rb")
    monkeypatch.setattr(whole_files.time, "sleep", lambda _seconds: held.close())
    write_whole(path, "new")
    assert path.read_text("utf-8") == "new"


def test_one_that_is_held_for_long_stays_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whole_files.time, "sleep", lambda _seconds: None)
    path = tmp_path / "presets.json"
    write_whole(path, "{}")
    with path.open("rb"):
        with pytest.raises(OSError, match="presets"):
            write_whole(path, "new")
        with pytest.raises(UserError, match=r"presets\.json cannot be written: .* is lost\.$"):
            JsonStore(path).change(lambda values: values.update(a=1))
    assert path.read_text("utf-8") == "{}"
    assert {one.name for one in tmp_path.iterdir()} <= {"presets.json", "presets.lock"}


def test_a_reader_and_a_writer_of_one_json_file(tmp_path: Path) -> None:
    path = tmp_path / "scene-choices.json"
    problems: list[str] = []
    is_over = threading.Event()

    def read() -> None:
        while not is_over.wait(0.005):
            problems.append(JsonStore(path).read()[1])

    reader = threading.Thread(target=read)
    reader.start()
    try:
        for number in range(20):
            JsonStore(path).change(lambda values, number=number: values.update({f"影{number}": number}))  # type: ignore[misc]
    finally:
        is_over.set()
        reader.join()
    assert len(JsonStore(path).read()[0]) == 20
    assert set(problems) <= {""}


def test_a_log_that_is_open_stays_and_others_go(tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        (tmp_path / "1").mkdir(exist_ok=True)
        (tmp_path / "1" / f"{name}.log").write_bytes(b"x" * 1000)
    keeper = LogKeeper(tmp_path, last_of_failed=list, limit_bytes=1)
    with (tmp_path / "1" / "b.log").open("rb"):
        keeper.tidy(running=())
    assert [path.name for path in (tmp_path / "1").iterdir()] == ["b.log"]


@pytest.mark.parametrize("prefix", ["", "\\\\?\\"], ids=["plain", "extended"])
def test_long_paths_work_or_are_told(tmp_path: Path, prefix: str) -> None:
    """Whether they work is a setting of Windows; an extended path always does."""
    deep = Path(prefix + str(tmp_path.joinpath(*LONG)))
    assert len(str(deep)) > 400
    target, move = frame(tmp_path)
    move = Move(move.source, str(deep / target.name), 3)
    try:
        move_all([move], sleep=lambda _seconds: None)
    except MoveFailedError as error:
        assert not prefix
        assert Path(move.source).exists()
        assert str(deep) in str(error)
        with pytest.raises(UserError, match="cannot be made"):
            app_paths(deep).make()
        return
    assert (deep / target.name).read_bytes() == b"new"
    app_paths(deep / "base").make()
    store = Store(open_database(deep / "base" / "store.db"))
    store.add_job(make_spec(), "uuid", 1.0)
    reader = StoreReader(deep / "base" / "store.db")
    assert len(reader.jobs()) == 1
    reader.close()
    store.close()


def test_folders_in_either_case_are_one(tmp_path: Path) -> None:
    one, other = (make_spec(output_dir=tmp_path / name) for name in ("Frames", "FRAMES"))
    assert place_of(one) == place_of(other)
    assert place_of(one) != place_of(make_spec(output_dir=tmp_path / "Frames 2"))


@pytest.mark.parametrize("name", ["aux", "con", "nul"])
def test_a_base_folder_of_a_reserved_name_is_told(tmp_path: Path, name: str) -> None:
    """Windows 11 lets some of them be made; whichever it does, nothing else comes out of it."""
    try:
        app_paths(tmp_path / name).make()
    except UserError as problem:
        assert name in str(problem)
        assert "--base-dir" in str(problem)
    else:
        assert (tmp_path / name / "cache").is_dir()


def test_the_staging_folder_is_hidden(tmp_path: Path) -> None:
    folder = make_job_staging(tmp_path, "0123456789abcdef")
    assert ctypes.windll.kernel32.GetFileAttributesW(str(folder.parent)) & 0x2


def test_a_database_that_is_open_cannot_be_deleted_and_goes_on(tmp_path: Path) -> None:
    store = Store(open_database(tmp_path / "store.db"))
    with pytest.raises(PermissionError):
        (tmp_path / "store.db").unlink()
    store.add_job(make_spec(), "uuid", 1.0)
    store.close()
    (tmp_path / "store.db").unlink()


@pytest.mark.parametrize(
    "wish", ["4.2.0", "c:/program files/Blender/BLENDER.exe", "blender:C:/Program Files/Blender/blender.exe"]
)
def test_a_program_is_named_in_either_case_and_with_either_slash(wish: str) -> None:
    one = installation_of(Path("C:\\Program Files\\Blender\\blender.exe"))
    assert one.is_named(wish)
    assert not one.is_named(f"{wish}x")
