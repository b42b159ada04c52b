"""Files that are there whole, or as they were."""

import os
from pathlib import Path

import pytest

from render_manager.system import whole_files
from render_manager.system.whole_files import write_whole


def test_the_folder_is_made_and_a_link_stays_one(tmp_path: Path) -> None:
    kept = tmp_path / "kept elsewhere" / "设置.toml"
    write_whole(kept, "one\n")
    link = tmp_path / "link.toml"
    try:
        link.symlink_to(kept)
    except OSError as error:
        pytest.skip(f"no links here: {error}")
    write_whole(link, "two\n")
    assert link.is_symlink()
    assert kept.read_bytes() == b"two\n"


def test_what_cannot_be_written_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.json"
    write_whole(path, "old")

    def fill_the_disk(_descriptor: int) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(whole_files.os, "fsync", fill_the_disk)
    with pytest.raises(OSError, match="space"):
        write_whole(path, "new")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]
