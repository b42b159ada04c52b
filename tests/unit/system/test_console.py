"""A program without standard streams: nothing it says may end it."""

import os
import sys
from pathlib import Path

import pytest

from render_manager.system import console


def test_a_program_with_streams_keeps_them() -> None:
    before = sys.stdout, sys.stderr
    assert console.provide_streams(is_command=True)
    assert (sys.stdout, sys.stderr) == before


@pytest.mark.parametrize("is_command", [True, False])
def test_a_program_without_streams_gets_some(monkeypatch: pytest.MonkeyPatch, *, is_command: bool) -> None:
    for name in ("stdin", "stdout", "stderr"):
        monkeypatch.setattr(sys, name, None)
    assert not console.provide_streams(is_command=is_command)
    sys.stdout.write("程序\n")
    sys.stderr.write("nobody reads it\n")
    assert sys.stdin.read() == ""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        stream.close()


def test_a_stream_that_was_redirected_is_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with (tmp_path / "out").open("w") as out:
        monkeypatch.setattr(sys, "stdout", out)
        monkeypatch.setattr(sys, "stderr", None)
        console.provide_streams(is_command=True)
        assert sys.stdout is out
        sys.stderr.close()


def test_from_source_somebody_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    assert console.is_read_by_people()


def test_the_built_program_asks_what_standard_error_is(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "render-manager.exe"))
    reads, writes = os.pipe()
    with os.fdopen(reads), os.fdopen(writes, "w") as pipe, open(os.devnull, "w") as nowhere:
        monkeypatch.setattr(sys, "stderr", pipe)
        assert console.is_read_by_people()
        monkeypatch.setattr(sys, "stderr", nowhere)
        assert not console.is_read_by_people()
    with (tmp_path / "log").open("w") as file:
        monkeypatch.setattr(sys, "stderr", file)
        assert console.is_read_by_people()
    monkeypatch.setattr(sys, "stderr", None)
    assert not console.is_read_by_people()
    # Whoever starts this one is a person in a terminal, or a script that no box may hold up.
    monkeypatch.setattr(sys, "executable", str(tmp_path / "render-manager-cli.exe"))
    assert console.is_read_by_people()
