"""Finding Blender: in the usual places, by the settings, as a wheel; only what answers is believed."""

import importlib.util
import os
import sys
from pathlib import Path

import pytest
from support.stand_in import install

from render_manager.engines.blender import installations
from render_manager.engines.blender.installations import BlenderFinder
from render_manager.engines.probing import ProbeMemory
from render_manager.engines.protocols import FoundInstallations, Installation, InstallationKind

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the stand-in is a script with a shebang line")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A computer on which nothing is installed."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    return home


def find(setting: Path | None = None) -> FoundInstallations:
    return BlenderFinder(setting=setting, memory=ProbeMemory(None)).find()


def below(folder: Path, found: FoundInstallations) -> list[Installation]:
    """Return what was found in the test's own folders; the computer may have a Blender of its own."""
    return [one for one in found.installations if folder in one.executable.parents]


def test_on_the_path(home: Path, tmp_path: Path) -> None:
    program = install(tmp_path / "bin")
    found = find()
    (one,) = below(tmp_path, found)
    assert (one.executable, one.version, one.version_text) == (program, (4, 2, 0), "4.2.0")
    assert (one.kind, one.found_by, one.key) == (InstallationKind.PROGRAM, "PATH", f"blender:{program}")
    assert any(place.found and "PATH" in place.place for place in found.searched)


def test_in_the_home_folder_newest_first(home: Path) -> None:
    for name in ("blender-3.6", "blender-10.1-linux", "blender-4.2"):
        install(home / name)
    install(home / "blender-notes", "readme")
    names = [one.executable.parent.name for one in below(home, find())]
    assert names == ["blender-10.1-linux", "blender-4.2", "blender-3.6"]


def test_named_by_the_settings_it_comes_first(home: Path, tmp_path: Path) -> None:
    install(tmp_path / "bin")
    program = install(tmp_path / "somewhere ä")
    found = find(program)
    assert found.installations[0].executable == program
    assert "BLENDER_EXECUTABLE" in found.installations[0].found_by


def test_a_link_to_one_that_was_found_is_the_same(home: Path, tmp_path: Path) -> None:
    program = install(home / "blender-4.2")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "blender").symlink_to(program)
    found = find(program)
    assert len(below(tmp_path, found)) == 1
    assert any(place.note == "already found" for place in found.searched)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("#!/bin/sh\necho hello\n", "does not answer as Blender does"),
        ("#!/bin/sh\nexit 1\n", "does not answer as Blender does"),
        ("#!/nowhere/sh\n", "cannot be started"),
        ("\x7fELF rubbish", "cannot be started"),
    ],
)
def test_what_only_looks_like_blender_is_said(home: Path, tmp_path: Path, content: str, words: str) -> None:
    program = tmp_path / "blender"
    program.write_text(content)
    program.chmod(0o755)
    found = find(program)
    assert below(tmp_path, found) == []
    assert any(words in place.note for place in found.searched if "BLENDER_EXECUTABLE" in place.place)


def test_a_setting_that_names_nothing_is_said(home: Path, tmp_path: Path) -> None:
    found = find(tmp_path / "missing")
    (place,) = [place for place in found.searched if "BLENDER_EXECUTABLE" in place.place]
    assert (place.found, place.note) == (False, "There is no such file.")
    assert str(tmp_path / "missing") in place.place


@pytest.mark.parametrize("line", ["Blender 2.93.18", "  Blender 5.2 LTS", "noise\nBlender 4.5.1\nbuild"])
def test_versions_as_blender_says_them(home: Path, tmp_path: Path, line: str) -> None:
    program = tmp_path / "blender"
    program.write_text(f"#!/bin/sh\nprintf '{line}\\n'\n")
    program.chmod(0o755)
    (one,) = below(tmp_path, find(program))
    assert one.version[:2] in ((2, 93), (5, 2), (4, 5))
    assert one.version_text.count(".") == 2


def test_every_place_is_told_found_or_not(home: Path) -> None:
    places = find().searched
    assert len(places) > 8
    assert all(place.engine == "blender" and place.place for place in places)
    wheel = places[0]
    assert "bpy wheel" in wheel.place
    assert not wheel.found
    assert wheel.note


def test_the_wheel_of_this_python(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: object())
    monkeypatch.setattr(installations.importlib.metadata, "version", lambda _name: "5.2.3")
    wheel = find().installations[0]
    assert (wheel.kind, wheel.version, wheel.executable) == (
        InstallationKind.PYTHON_MODULE,
        (5, 2, 3),
        Path(sys.executable),
    )


def test_the_built_program_has_no_python_to_look_into(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.frozen", True, raising=False)
    places = find().searched
    assert places
    assert not [place for place in places if sys.executable in place.place]


def test_a_wheel_of_unknown_version_is_not_used(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: object())

    def unknown(_name: str) -> str:
        raise installations.importlib.metadata.PackageNotFoundError

    monkeypatch.setattr(installations.importlib.metadata, "version", unknown)
    found = find()
    assert not [one for one in found.installations if one.kind is InstallationKind.PYTHON_MODULE]
    assert found.searched[0].note == "Its version is unknown."


def test_a_python_with_the_wheel_named_by_the_settings(home: Path, tmp_path: Path) -> None:
    program = tmp_path / "python3.11"
    program.write_text("#!/bin/sh\necho Blender 5.0.1\n")
    program.chmod(0o755)
    (one,) = below(tmp_path, find(program))
    assert (one.kind, one.version) == (InstallationKind.PYTHON_MODULE, (5, 0, 1))


def test_a_python_without_the_wheel(home: Path, tmp_path: Path) -> None:
    program = tmp_path / "python3"
    program.write_text("#!/bin/sh\necho no module named bpy >&2; exit 1\n")
    program.chmod(0o755)
    found = find(program)
    assert any("cannot import bpy" in place.note for place in found.searched)


def test_launchers_and_bundles_lead_to_the_program(tmp_path: Path) -> None:
    launcher = tmp_path / "blender-launcher.exe"
    launcher.touch()
    assert installations._console_program(launcher) == tmp_path / "blender.exe"
    bundle = tmp_path / "Blender.app"
    bundle.mkdir()
    assert installations._console_program(bundle) == bundle / "Contents" / "MacOS" / "Blender"


def test_no_wheel_for_this_python_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 12, 1))
    assert "no bpy wheel for Python 3.12" in installations._bpy_advice()
    monkeypatch.setattr(sys, "version_info", (3, 13, 1))
    assert "[bpy]" in installations._bpy_advice()
