"""Tests of what only Windows has; everything in this folder but one module is left out elsewhere.

They run on Windows itself and on its Python under wine, and leave nothing behind in the registry.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from support.windows import Planted

# These modules cannot even be imported without Windows' own ones.
collect_ignore_glob = [] if sys.platform == "win32" else ["test_[!a]*.py"]


@pytest.fixture
def planted() -> "Iterator[Planted]":
    """Keys of the real registry, taken away at the end."""
    from support.windows import Planted

    keys = Planted()
    try:
        yield keys
    finally:
        keys.remove()


@pytest.fixture
def drive(tmp_path: Path) -> Iterator[Path]:
    """A drive with nothing on it."""
    from support.windows import other_drive

    folder = tmp_path / "drive"
    folder.mkdir()
    with other_drive(folder) as root:
        yield root


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a user who has nothing yet, whose folders lie where they usually do."""
    home = tmp_path / "home 影"
    (home / "AppData" / "Local").mkdir(parents=True)
    monkeypatch.setenv("USERPROFILE", str(home))
    monkeypatch.setenv("LOCALAPPDATA", str(home / "AppData" / "Local"))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.delenv("SCOOP", raising=False)
    monkeypatch.delenv("MAYA_LOCATION", raising=False)
    return home
