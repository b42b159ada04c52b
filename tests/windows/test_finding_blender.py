"""Blender wherever Windows may have it: the registry, its folders, Steam, the Store, and unpacked zips."""

from pathlib import Path

import pytest
from support.windows import Planted, make_blender, make_exe

from render_manager.engines.blender import windows_places
from render_manager.engines.blender.installations import BlenderFinder
from render_manager.engines.probing import ProbeMemory
from render_manager.engines.protocols import FoundInstallations
from render_manager.engines.steam import listed_libraries

UNINSTALL = r"SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall"
GUID = "{06D12596-FE75-45E7-9B34-8246143C257A}"
LAUNCHED = "import sys; sys.exit('the launcher was started')"


def find(setting: Path | None = None) -> FoundInstallations:
    return BlenderFinder(setting=setting, memory=ProbeMemory(None)).find()


def programs(folder: Path, found: FoundInstallations) -> list[Path]:
    """Return what was found below a folder; the computer may have a Blender of its own."""
    return [one.executable for one in found.installations if folder in one.executable.parents]


@pytest.mark.parametrize(
    ("hive", "view"), [("HKLM", 64), ("HKLM", 32), ("HKCU", 64)], ids=["machine", "32-bit", "user"]
)
def test_by_the_installers_entry(home: Path, tmp_path: Path, planted: Planted, hive: str, view: int) -> None:
    program = make_blender(tmp_path / "Blender 4.2" / "blender.exe")
    values = {"DisplayName": "Blender", "DisplayVersion": "4.2.1", "InstallLocation": f"{program.parent}\\"}
    planted.plant(hive, rf"{UNINSTALL}\{GUID}", values, view=view)
    (one,) = [one for one in find().installations if one.executable == program]
    assert (one.version, one.version_text, one.key) == ((4, 2, 1), "4.2.1", f"blender:{program}")
    assert one.found_by == rf"{hive}\{UNINSTALL}\*"


def test_the_same_entry_of_a_version_that_is_gone_hides_nothing(
    home: Path, tmp_path: Path, planted: Planted
) -> None:
    program = make_blender(tmp_path / "new" / "blender.exe")
    for view, folder in ((64, tmp_path / "gone"), (32, program.parent)):
        values = {"DisplayName": "Blender", "InstallLocation": f'"{folder}"'}
        planted.plant("HKLM", rf"{UNINSTALL}\Blender", values, view=view)
    found = find()
    assert programs(tmp_path, found) == [program]
    assert any(
        str(tmp_path / "gone") in place.place and place.note == "There is no such file."
        for place in found.searched
    )


@pytest.mark.parametrize("view", [64, 32])
def test_by_the_entry_of_the_old_installer(home: Path, tmp_path: Path, planted: Planted, view: int) -> None:
    program = make_blender(tmp_path / "Blender" / "blender.exe", "2.79.0")
    planted.plant("HKLM", r"SOFTWARE\BlenderFoundation", {"Install_Dir": str(program.parent)}, view=view)
    assert programs(tmp_path, find()) == [program]


@pytest.mark.parametrize(
    ("hive", "kind", "command"),
    [
        ("HKCU", "blendfile", '"{folder}\\blender.exe" "%1"'),
        ("HKLM", "blendfile", '"{folder}\\blender-launcher.exe" "%1"'),
        ("HKCU", "blender.4.2", "{folder}\\blender.exe %1"),
    ],
)
def test_by_the_files_it_opens(
    home: Path, tmp_path: Path, planted: Planted, hive: str, kind: str, command: str
) -> None:
    """As `blender -r` registers a portable one; its launcher is not what renders."""
    program = make_blender(tmp_path / "my blender" / "blender.exe")
    make_exe(program.with_name("blender-launcher.exe"), LAUNCHED)
    text = command.format(folder=program.parent)
    planted.plant(hive, rf"SOFTWARE\Classes\{kind}\shell\open\command", {"": text})
    assert programs(tmp_path, find()) == [program]


def test_in_the_folders_of_a_drive_newest_first(home: Path, drive: Path) -> None:
    for name in ("Blender 3.6", "Blender 4.10", "Blender 4.2"):
        make_blender(drive / "Program Files" / "Blender Foundation" / name / "blender.exe")
    make_blender(drive / "blender-2.93.0-windows-x64" / "blender.exe")
    make_blender(drive / "Tools" / "blender-5.0.0" / "blender-5.0.0" / "blender.exe")
    make_blender(drive / "Program Files (x86)" / "Blender Foundation" / "Blender" / "blender.exe")
    make_blender(drive / "Other" / "blender.exe")
    names = [path.parent.name for path in programs(drive, find())]
    assert names == [
        "blender-2.93.0-windows-x64",
        "Blender 4.10",
        "Blender 4.2",
        "Blender 3.6",
        "Blender",
        "blender-5.0.0",
    ]


@pytest.mark.parametrize(
    "place",
    [
        "blender-4.2.0-windows-x64",
        "Desktop/blender-4.2.0-windows-x64",
        "Desktop/blender-4.2.0-windows-x64/blender-4.2.0-windows-x64",
        "Downloads/Blender 4.2 (1)",
        "Documents/blender",
        "AppData/Local/Programs/Blender 4.2",
        "scoop/apps/blender/current",
        "scoop/apps/blender-lts/current",
    ],
)
def test_where_a_user_unpacks_it(home: Path, place: str) -> None:
    program = make_blender(home / place / "blender.exe")
    assert programs(home, find()) == [program]


def test_in_folders_that_onedrive_moved(home: Path, tmp_path: Path, planted: Planted) -> None:
    program = make_blender(tmp_path / "OneDrive" / "桌面" / "blender-4.2" / "blender.exe")
    shell = r"SOFTWARE\Microsoft\Windows\CurrentVersion\Explorer\User Shell Folders"
    planted.plant("HKCU", shell, {"Desktop": r"%USERPROFILE%\..\OneDrive\桌面"})
    (one,) = [one for one in find().installations if one.executable.samefile(program)]
    assert one.version == (4, 2, 1)


@pytest.mark.parametrize(("hive", "name", "view"), [("HKCU", "SteamPath", 64), ("HKLM", "InstallPath", 32)])
def test_in_every_library_of_steam(
    home: Path, tmp_path: Path, planted: Planted, hive: str, name: str, view: int
) -> None:
    steam, library = tmp_path / "steam", tmp_path / "Spiele ä" / "library"
    (steam / "steamapps").mkdir(parents=True)
    planted.plant(hive, r"SOFTWARE\Valve\Steam", {name: steam.as_posix()}, view=view)
    written = str(library).replace("\\", "\\\\")
    lines = ['"libraryfolders"', "{", '\t"1"', "\t{", f'\t\t"path"\t\t"{written}"', '\t\t"apps"', "\t\t{"]
    text = "\n".join([*lines, '\t\t\t"365670"\t\t"9"', "\t\t}", "\t}", "}", ""])
    (steam / "steamapps" / "libraryfolders.vdf").write_text(text, "utf-8")
    assert programs(tmp_path, find()) == []
    program = make_blender(library / "steamapps" / "common" / "Blender" / "blender.exe")
    assert programs(tmp_path, find()) == [program]


def test_a_list_of_steams_as_it_was_before_2021(tmp_path: Path) -> None:
    (tmp_path / "steamapps").mkdir()
    text = '"LibraryFolders"\n{\n\t"TimeNextStatsReport"\t\t"1600000000"\n\t"1"\t\t"D:\\\\SteamLibrary"\n}\n'
    (tmp_path / "steamapps" / "libraryfolders.vdf").write_text(text, "utf-8")
    assert listed_libraries(tmp_path) == [Path("D:\\SteamLibrary")]
    (tmp_path / "steamapps" / "libraryfolders.vdf").write_bytes(b"\xff\0" * 3_000_000)
    assert listed_libraries(tmp_path) == []


def test_builds_of_blender_launcher(home: Path, tmp_path: Path) -> None:
    library = tmp_path / "Blender 影"
    programs_made = [
        make_blender(library / kind / f"blender-4.{minor}.0" / "blender.exe")
        for minor, kind in enumerate(("stable", "daily", "custom"))
    ]
    settings = home / "AppData" / "Local" / "Blender Launcher" / "Blender Launcher.ini"
    settings.parent.mkdir()
    written = str(library).replace("\\", "/").replace("影", "\\x5f71")
    settings.write_text(f"[General]\nlaunch=true\nlibrary_folder={written}\n", "utf-8")
    assert sorted(programs(library, find())) == sorted(programs_made)


@pytest.mark.parametrize(
    "alias",
    [
        "Microsoft/WindowsApps/blender-launcher.exe",
        "Microsoft/WindowsApps/blender.exe",
        "Microsoft/WindowsApps/BlenderFoundation.Blender_ppwjx1n5r4v9t/blender-launcher.exe",
        "Packages/BlenderFoundation.Blender_ppwjx1n5r4v9t/",
    ],
)
@pytest.mark.parametrize("is_on_path", [False, True], ids=["", "on-path"])
def test_the_stores_is_told_and_never_started(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, alias: str, is_on_path: bool
) -> None:
    place = home / "AppData" / "Local" / alias
    if alias.endswith("/"):
        place.mkdir(parents=True)
    else:
        make_exe_that_tells(place, tmp_path / "started")
    if is_on_path:
        monkeypatch.setenv("PATH", str(place.parent))
    found = find()
    assert programs(tmp_path, found) == []
    told = [one for one in found.searched if "cannot be controlled" in one.note]
    assert told
    assert all(not one.found and "blender.org" in one.note for one in told)
    assert not (tmp_path / "started").exists()


def test_the_stores_named_by_the_settings(home: Path, tmp_path: Path) -> None:
    place = home / "AppData" / "Local" / "Microsoft" / "WindowsApps" / "blender-launcher.exe"
    make_exe_that_tells(place, tmp_path / "started")
    (told,) = [one for one in find(place).searched if one.is_setting]
    assert "cannot be controlled" in told.note
    assert not (tmp_path / "started").exists()


def make_exe_that_tells(place: Path, mark: Path) -> None:
    make_exe(place, f"open({str(mark)!r}, 'w').close(); print('Blender 4.2.1')")


def test_one_found_in_several_ways_is_one(home: Path, tmp_path: Path, planted: Planted) -> None:
    program = make_blender(home / "Desktop" / "blender-4.2" / "blender.exe")
    planted.plant(
        "HKCU", r"SOFTWARE\Classes\blendfile\shell\open\command", {"": f'"{str(program).upper()}" "%1"'}
    )
    assert len(programs(home, find())) == 1


def test_programs_of_other_makers_are_left_alone(home: Path, tmp_path: Path, planted: Planted) -> None:
    values = {"DisplayName": "BlenderKit Client", "InstallLocation": str(tmp_path)}
    planted.plant("HKCU", rf"{UNINSTALL}\BlenderKit", values)
    planted.plant("HKCU", r"SOFTWARE\Classes\blendfile\shell\open\command", {"": "rundll32 shell32,Open"})
    assert programs(tmp_path, find()) == []


def test_the_settings_of_the_launcher_that_say_nothing(home: Path) -> None:
    settings = home / "AppData" / "Local" / "Blender Launcher" / "Blender Launcher.ini"
    assert windows_places._library_in(settings) is None
    settings.parent.mkdir()
    settings.write_text("[General]\nlibrary_folder=\n", "utf-8")
    assert windows_places._library_in(settings) is None
