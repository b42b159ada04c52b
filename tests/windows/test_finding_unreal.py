"""Unreal by the launcher's list, both registry keys and folders; builds without an editor are not offered."""

import json
from pathlib import Path

import pytest
from support.windows import Planted

from render_manager.engines.protocols import FoundInstallations
from render_manager.engines.unreal.installations import UnrealFinder
from render_manager.engines.unreal.registered import BUILDS_KEY, LAUNCHER_KEY, registered_builds

GUID = "{5A1C0FFE-0000-4000-8000-123456789ABC}"


def make_unreal(root: Path, version: tuple[int, int, int] = (5, 4, 2), *, is_built: bool = True) -> Path:
    """Make an engine's folder and return where its editor is, or would be."""
    name = "UnrealEditor-Cmd.exe" if version[0] >= 5 else "UE4Editor-Cmd.exe"
    program = root / "Engine" / "Binaries" / "Win64" / name
    numbers = dict(zip(("MajorVersion", "MinorVersion", "PatchVersion"), version, strict=True))
    (root / "Engine" / "Build").mkdir(parents=True)
    (root / "Engine" / "Build" / "Build.version").write_text(json.dumps(numbers), "utf-8")
    if is_built:
        program.parent.mkdir(parents=True)
        program.touch()
    return program


@pytest.fixture(autouse=True)
def _launcher_data(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROGRAMDATA", str(tmp_path / "ProgramData"))


def find() -> FoundInstallations:
    return UnrealFinder(setting=None).find()


def programs(folder: Path, found: FoundInstallations) -> list[Path]:
    return [one.executable for one in found.installations if folder in one.executable.parents]


def test_by_the_launchers_list(tmp_path: Path) -> None:
    program = make_unreal(tmp_path / "UE_5.4")
    old = make_unreal(tmp_path / "UE_4.27", (4, 27, 2))
    entries = [
        {"InstallLocation": str(tmp_path / "UE_5.4"), "AppName": "UE_5.4", "AppVersion": "5.4.2-1"},
        {"InstallLocation": (tmp_path / "UE_4.27").as_posix(), "AppName": "UE_4.27", "AppVersion": "4.27"},
        {"InstallLocation": str(tmp_path / "gone"), "AppName": "UE_5.0", "AppVersion": "5.0"},
        {"InstallLocation": str(tmp_path / "UE_5.4"), "AppName": "QuixelBridge_5.4", "AppVersion": "1"},
    ]
    listed = tmp_path / "ProgramData" / "Epic" / "UnrealEngineLauncher" / "LauncherInstalled.dat"
    listed.parent.mkdir(parents=True)
    listed.write_text(json.dumps({"InstallationList": entries}), "utf-8-sig")
    found = find()
    assert sorted(programs(tmp_path, found)) == sorted([program, old])
    assert {one.version for one in found.installations if tmp_path in one.executable.parents} == {
        (5, 4, 2),
        (4, 27, 2),
    }
    assert any("gone" in place.place + place.note and not place.found for place in found.searched)


@pytest.mark.parametrize("view", [64, 32])
def test_by_the_launchers_keys(tmp_path: Path, planted: Planted, view: int) -> None:
    program = make_unreal(tmp_path / "UE_5.3", (5, 3, 0))
    planted.plant("HKLM", rf"{LAUNCHER_KEY}\5.3", {"InstalledDirectory": f"{tmp_path}\\UE_5.3"}, view=view)
    assert programs(tmp_path, find()) == [program]


@pytest.mark.parametrize("name", [GUID, "our build", "Studio 影"])
def test_a_build_of_ones_own(tmp_path: Path, planted: Planted, name: str) -> None:
    program = make_unreal(tmp_path / "source ä")
    planted.plant("HKCU", BUILDS_KEY, {name: (tmp_path / "source ä").as_posix() + "/"})
    assert programs(tmp_path, find()) == [program]
    assert registered_builds()[name.lower()] == tmp_path / "source ä"


def test_a_build_that_is_not_built(tmp_path: Path, planted: Planted) -> None:
    make_unreal(tmp_path / "source", is_built=False)
    planted.plant("HKCU", BUILDS_KEY, {GUID: str(tmp_path / "source")})
    found = find()
    assert programs(tmp_path, found) == []
    assert any("the editor is not built there" in place.note for place in found.searched)


def test_a_build_at_the_root_of_a_drive(drive: Path, planted: Planted) -> None:
    """Without its slash `W:` would be the folder that one happens to be in there."""
    program = make_unreal(drive)
    planted.plant("HKCU", BUILDS_KEY, {GUID: "W:\\"})
    assert programs(drive, find()) == [program]


def test_by_folders_newest_first(drive: Path) -> None:
    new = make_unreal(drive / "Program Files" / "Epic Games" / "UE_5.10", (5, 10, 0))
    old = make_unreal(drive / "Program Files" / "Epic Games" / "UE_5.2", (5, 2, 1))
    other = make_unreal(drive / "Epic Games" / "UE_4.27", (4, 27, 2))
    make_unreal(drive / "Epic Games" / "Launcher" / "UE_5.9")
    assert programs(drive, find()) == [new, old, other]


def test_one_found_in_several_ways_is_one(drive: Path, planted: Planted) -> None:
    make_unreal(drive / "Epic Games" / "UE_5.4")
    for view in (64, 32):
        values = {"InstalledDirectory": "w:/epic games/ue_5.4/"}
        planted.plant("HKLM", rf"{LAUNCHER_KEY}\5.4", values, view=view)
    assert len(programs(drive, find())) == 1
