"""One look into a folder serves all frames that were done before it."""

from pathlib import Path

import pytest

from render_manager.scheduling import listings
from render_manager.scheduling.listings import MOST_LISTINGS, Listings

FRAMES = range(1, 2001)


class Looks:
    """Counts the walks through a folder."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.count = 0
        self._real = listings.staged_files
        monkeypatch.setattr(listings, "staged_files", self._look)

    def _look(self, *parts: object) -> object:
        self.count += 1
        return self._real(*parts)  # type: ignore[arg-type]


def names(found: Listings, folder: Path, frame: int, since_s: float) -> list[str]:
    files = found.files(folder, frame, frames=FRAMES, pattern="shot.####", since_s=since_s)
    return [file.path.name for file in files]


def test_frames_told_of_at_once_take_one_look(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looks, found = Looks(monkeypatch), Listings(now_s=lambda: 10.0)
    for frame in FRAMES:
        (tmp_path / f"shot.{frame:04d}.png").touch()
    for frame in FRAMES:
        assert names(found, tmp_path, frame, 9.0) == [f"shot.{frame:04d}.png"]
    assert looks.count == 1


def test_a_frame_that_was_done_later_is_looked_for_anew(tmp_path: Path) -> None:
    now = [10.0]
    found = Listings(now_s=lambda: now[0])
    assert names(found, tmp_path, 1, 9.0) == []
    (tmp_path / "shot.0001.png").touch()
    assert names(found, tmp_path, 1, 9.5) == [], "what was there at 9.5 was there at 10 as well"
    now[0] = 12.0
    assert names(found, tmp_path, 1, 11.0) == ["shot.0001.png"]


def test_few_folders_are_remembered_and_none_that_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks, found = Looks(monkeypatch), Listings(now_s=lambda: 10.0)
    with pytest.raises(FileNotFoundError):
        names(found, tmp_path / "gone", 1, 9.0)
    folders = [tmp_path / str(number) for number in range(MOST_LISTINGS + 1)]
    for folder in folders:
        folder.mkdir()
        names(found, folder, 1, 9.0)
    before = looks.count
    names(found, folders[-1], 1, 9.0)
    assert looks.count == before
    names(found, folders[0], 1, 9.0)
    assert looks.count == before + 1
