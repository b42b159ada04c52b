"""Maya by its registry keys, uninstallers and folders; what is left over from older ones is not offered."""

from pathlib import Path

import pytest
from support.windows import Planted

from render_manager.engines.maya.installations import MayaFinder
from render_manager.engines.protocols import FoundInstallations

KEY = r"SOFTWARE\Autodesk\Maya"
UNINSTALL = r"SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall"
YEARS = [2022, 2023, 2024, 2025, 2026, 2027]


def make_maya(folder: Path) -> Path:
    program = folder / "bin" / "Render.exe"
    program.parent.mkdir(parents=True)
    program.touch()
    return program


def find() -> FoundInstallations:
    return MayaFinder(None).find()


def programs(folder: Path, found: FoundInstallations) -> list[Path]:
    return [one.executable for one in found.installations if folder in one.executable.parents]


@pytest.mark.parametrize("view", [64, 32])
def test_by_the_keys_of_every_year_newest_first(
    home: Path, tmp_path: Path, planted: Planted, view: int
) -> None:
    made = [make_maya(tmp_path / "Autodesk" / f"Maya{year}") for year in YEARS]
    for year, program in zip(YEARS, made, strict=True):
        values = {"MAYA_INSTALL_LOCATION": f"{program.parent.parent}\\"}
        planted.plant("HKLM", rf"{KEY}\{year}\Setup\InstallPath", values, view=view)
    found = find()
    assert programs(tmp_path, found) == made[::-1]
    assert [one.version for one in found.installations if one.executable in made] == [
        (year,) for year in YEARS[::-1]
    ]


@pytest.mark.parametrize("name", ["Autodesk Maya 2026", "Autodesk Maya Creative 2026"])
def test_by_the_uninstaller_of_newer_ones(home: Path, tmp_path: Path, planted: Planted, name: str) -> None:
    program = make_maya(tmp_path / "Maya2026")
    values = {"DisplayName": name, "InstallLocation": f"{program.parent.parent}\\"}
    planted.plant("HKLM", rf"{UNINSTALL}\{{D5E7A1C0-0000-0000-0000-000000002026}}", values)
    assert programs(tmp_path, find()) == [program]


def test_by_the_uninstaller_of_older_ones(home: Path, tmp_path: Path, planted: Planted) -> None:
    program = make_maya(tmp_path / "Maya2016.5")
    planted.plant(
        "HKLM", rf"{UNINSTALL}\Autodesk Maya 2016", {"InstallLocation": f'"{program.parent.parent}"'}
    )
    found = find()
    assert programs(tmp_path, found) == [program]
    assert next(one.version for one in found.installations if one.executable == program) == (2016, 5)


def test_by_its_folder_on_another_drive(home: Path, drive: Path) -> None:
    usual = make_maya(drive / "Program Files" / "Autodesk" / "Maya2025")
    short = make_maya(drive / "Autodesk" / "Maya2022")
    deeper = make_maya(drive / "apps" / "Autodesk" / "maya2024")
    make_maya(drive / "Autodesk" / "MayaLT2020")
    assert programs(drive, find()) == [usual, deeper, short]


def test_what_is_left_of_one_is_told_and_not_offered(home: Path, tmp_path: Path, planted: Planted) -> None:
    gone = tmp_path / "Maya2023"
    planted.plant("HKLM", rf"{KEY}\2023\Setup\InstallPath", {"MAYA_INSTALL_LOCATION": str(gone)})
    found = find()
    assert programs(tmp_path, found) == []
    assert any(str(gone) in place.note and not place.found for place in found.searched)


def test_lt_has_no_batch_renderer(home: Path, tmp_path: Path, planted: Planted) -> None:
    make_maya(tmp_path / "MayaLT2020")
    values = {"MAYA_INSTALL_LOCATION": str(tmp_path / "MayaLT2020")}
    planted.plant("HKLM", rf"{KEY}\LT 2020\Setup\InstallPath", values)
    planted.plant(
        "HKLM", rf"{UNINSTALL}\Autodesk Maya LT 2020", {"InstallLocation": str(tmp_path / "MayaLT2020")}
    )
    assert programs(tmp_path, find()) == []


def test_one_found_in_several_ways_is_one(home: Path, drive: Path, planted: Planted) -> None:
    program = make_maya(drive / "Program Files" / "Autodesk" / "Maya2026")
    folder = str(program.parent.parent).upper()
    planted.plant("HKLM", rf"{KEY}\2026\Setup\InstallPath", {"MAYA_INSTALL_LOCATION": folder})
    planted.plant("HKLM", rf"{UNINSTALL}\Autodesk Maya 2026", {"InstallLocation": folder})
    assert len(programs(drive, find())) == 1
