"""What a job meets in its output folder, and how much it will write."""

import os
from collections import namedtuple
from pathlib import Path

import pytest
from support.fake_world import FakeEngine
from support.jobs import make_spec

from render_manager.domain.jobspec import Existing, JobSpec
from render_manager.engines import outlook
from render_manager.engines.outlook import Outlook, outlook_of

Usage = namedtuple("Usage", ("total", "used", "free"))


def spec_in(folder: Path, frames: str = "1-10", **values: object) -> JobSpec:
    return make_spec(frames, output_dir=folder, output_name="f_####", width=1920, height=1080, **values)


def look(spec: JobSpec, layers: int = 1) -> Outlook:
    return outlook_of(spec, FakeEngine(), layers=layers)  # type: ignore[arg-type]


def write(folder: Path, *frames: int, size: int = 1000) -> None:
    folder.mkdir(exist_ok=True)
    for frame in frames:
        path = folder / f"f_{frame:04d}.png"
        path.write_bytes(b"x" * size)
        os.utime(path, (1000 + frame, 1000 + frame))


def test_an_empty_folder_gives_a_guess(tmp_path: Path) -> None:
    found = look(spec_in(tmp_path / "not" / "made"))
    assert (found.existing, found.newest, found.to_render) == ((), None, 10)
    assert found.free_bytes is not None
    forecast = found.forecast
    assert forecast is not None
    assert forecast.is_guess
    assert 0 < forecast.low_bytes < forecast.high_bytes
    assert not (tmp_path / "not").exists()


def test_frames_that_exist_tell_how_large_the_others_will_be(tmp_path: Path) -> None:
    write(tmp_path / "out", 1, 2, 5, size=1000)
    found = look(spec_in(tmp_path / "out"))
    assert [path.name for path in found.existing] == ["f_0001.png", "f_0002.png", "f_0005.png"]
    assert found.newest == tmp_path / "out" / "f_0005.png"
    assert found.to_render == 7
    forecast = found.forecast
    assert forecast is not None
    assert not forecast.is_guess
    assert forecast.low_bytes < 7000 < forecast.high_bytes


def test_what_is_overwritten_is_rendered_again(tmp_path: Path) -> None:
    write(tmp_path / "out", 1, 2)
    assert look(spec_in(tmp_path / "out", existing=Existing.OVERWRITE)).to_render == 10


def test_without_a_size_nothing_is_forecast(tmp_path: Path) -> None:
    assert look(make_spec("1-10", output_dir=tmp_path)).forecast is None


def test_layers_make_a_file_of_several_larger(tmp_path: Path) -> None:
    one = look(spec_in(tmp_path, output_suffix=".exr"))
    ten = look(spec_in(tmp_path, output_suffix=".exr"), layers=10)
    assert one.forecast is not None
    assert ten.forecast is not None
    assert ten.forecast.high_bytes == 10 * one.forecast.high_bytes


@pytest.mark.parametrize(
    ("free", "may_not", "does_not"), [(10**12, False, False), (20_000_000, True, False), (1000, True, True)]
)
def test_a_full_disk_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, may_not: bool, does_not: bool
) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _path: Usage(free, 0, free))
    found = look(spec_in(tmp_path))
    assert (found.may_not_fit, found.does_not_fit) == (may_not, does_not)


def test_thousands_of_files_are_not_all_asked_for_their_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outlook, "MOST_SIZED", 10)
    write(tmp_path / "out", *range(1, 101))
    found = look(spec_in(tmp_path / "out", "1-200"))
    assert len(found.existing) == 100
    assert found.newest == tmp_path / "out" / "f_0100.png", "the last is among those asked"
    assert found.forecast is not None


def test_it_is_of_the_same_job_while_the_same_files_are_written(tmp_path: Path) -> None:
    found = look(spec_in(tmp_path))
    assert found.is_of(spec_in(tmp_path, priority=9))
    assert not found.is_of(spec_in(tmp_path, "1-11"))
    assert not found.is_of(spec_in(tmp_path / "other"))


@pytest.mark.parametrize(
    ("existing", "does_not_fit"),
    [(Existing.OVERWRITE, False), (Existing.SKIP, True), (Existing.VERSION, True)],
)
def test_what_is_replaced_gives_its_room_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, existing: Existing, does_not_fit: bool
) -> None:
    """What nobody asked to replace is only moved aside (decision 010), and takes its room still."""
    monkeypatch.setattr("shutil.disk_usage", lambda _path: Usage(10_000, 9000, 1000))
    monkeypatch.setattr(outlook, "MOST_SIZED", 2)
    write(tmp_path / "out", *range(1, 9), size=1000)
    found = look(spec_in(tmp_path / "out", existing=existing))
    assert found.given_back_bytes == (0 if does_not_fit else 8000), "of all, though few were asked"
    many = look(spec_in(tmp_path / "out", "1-20", existing=existing))
    assert many.does_not_fit
    if existing is not Existing.SKIP:
        assert found.does_not_fit is does_not_fit
