"""Rendering with the stand-in: the whole chain, and what is said when a link of it is broken."""

import os
from pathlib import Path

import pytest
from support.log_watch import LogWatch

from render_manager.self_test import rendering, stand_in
from render_manager.self_test.results import Bench, FailedCheck
from render_manager.system.settings import Settings

pytestmark = pytest.mark.skipif(os.name != "posix", reason="spoils the stand-in by a script")


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(Settings(), tmp_path)


def test_it_renders_and_tries_again(bench: Bench) -> None:
    assert "4 frames rendered" in rendering.check_stand_in(bench)


def spoiled(tmp_path: Path, old: str, new: str) -> list[str]:
    """Return the command of a stand-in with a mistake in it."""
    import sys

    source = Path(stand_in.__file__).read_text("utf-8")
    assert old in source
    script = tmp_path / "spoiled.py"
    script.write_text(source.replace(old, new), "utf-8")
    return [sys.executable, "-I", "-S", str(script)]


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("path.write_bytes(png(frame))", "path.write_bytes(png(frame)[:90])", "Not all frames were rendered"),
        ("and not note.exists()", "and False", "Frame 3 should have failed once; it was tried 1 times"),
        ("and not note.exists()", "", "Not all frames were rendered"),
        ("fails once", "fails otherwise", "The first try ended with"),
    ],
)
def test_what_goes_wrong_is_said(
    bench: Bench,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    log_watch: LogWatch,
    old: str,
    new: str,
    sentence: str,
) -> None:
    log_watch.allow("")
    command = spoiled(tmp_path, old, new)
    monkeypatch.setattr(rendering, "stand_in_command", lambda: command)
    with pytest.raises(FailedCheck, match=sentence):
        rendering.check_stand_in(bench)
