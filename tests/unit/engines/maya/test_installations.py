"""Finding Maya: in the usual places, by settings and registry; only where its Render program really is."""

import os
import plistlib
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from render_manager.engines.maya import installations
from render_manager.engines.maya.installations import (
    Candidate,
    MayaFinder,
    Place,
    folder_places,
    installation_at,
    render_program,
    renderers_of,
    usual_places,
    version_of,
)
from render_manager.engines.protocols import FoundInstallations, SearchedPlace
from render_manager.engines.windows_registry import RegistryKey


def program(folder: Path, name: str = "Render") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("")
    return path


def find(*places: Place, setting: Path | None = None) -> FoundInstallations:
    return MayaFinder(setting, places=lambda: places).find()


def told(found: FoundInstallations, piece: str) -> list[SearchedPlace]:
    return [place for place in found.searched if piece in place.place]


@pytest.mark.parametrize(
    ("path", "version"),
    [
        ("C/Program Files/Autodesk/Maya2024/bin/Render.exe", (2024,)),
        ("usr/autodesk/maya2019/bin/Render", (2019,)),
        ("usr/autodesk/mayaIO2019/bin/Render", (2019,)),
        ("programs/Autodesk/Maya2016.5/bin/Render.exe", (2016, 5)),
        ("Applications/Autodesk/maya2025/Maya.app/Contents/bin/Render", (2025,)),
        ("Applications/Maya 2010/Maya.app/Contents/bin/Render", (2010,)),
        ("opt/maya2023.3/bin/Render", (2023,)),
        ("jobs/maya2022/tools/maya2027/bin/Render", (2027,)),
        ("opt/autodesk/bin/Render", ()),
        ("opt/maya20245/bin/Render", ()),
    ],
)
def test_the_version_is_in_the_path(tmp_path: Path, path: str, version: tuple[int, ...]) -> None:
    assert version_of(program(tmp_path / Path(path).parent, Path(path).name)) == version


def test_a_link_tells_the_version_of_what_it_points_to(tmp_path: Path) -> None:
    real = program(tmp_path / "maya2027" / "bin")
    (tmp_path / "autodesk").symlink_to(real.parent.parent)
    assert version_of(tmp_path / "autodesk" / "bin" / "Render") == (2027,)


@pytest.mark.parametrize(
    ("number", "version"), [("20240000", (2024,)), ("20165000", (2016, 5)), ("201700", (2017,))]
)
def test_headers_tell_the_version_where_the_path_does_not(
    tmp_path: Path, number: str, version: tuple[int, ...]
) -> None:
    path = program(tmp_path / "autodesk" / "bin")
    header = tmp_path / "autodesk" / "include" / "maya" / "MTypes.h"
    header.parent.mkdir(parents=True)
    header.write_text(f"// Maya\n#define MAYA_API_VERSION {number}\n")
    assert version_of(path) == version


@pytest.mark.parametrize(("said", "version"), [("2024.2", (2024,)), ("2016.5", (2016, 5)), ("beta", ())])
def test_the_bundle_tells_the_version(tmp_path: Path, said: str, version: tuple[int, ...]) -> None:
    path = program(tmp_path / "My.app" / "Contents" / "bin")
    info = path.parent.parent / "Info.plist"
    info.write_bytes(plistlib.dumps({"CFBundleShortVersionString": said}))
    assert version_of(path) == version
    info.write_bytes(b"<plist rubbish")
    assert version_of(path) == ()


@pytest.mark.parametrize("named", ["bin/mayabatch.exe", "bin/maya.exe", "bin/mayapy.exe", "bin", ""])
def test_whatever_of_maya_is_named_its_render_is_taken(tmp_path: Path, named: str) -> None:
    root = tmp_path / "Maya2024"
    for name in ("mayabatch.exe", "maya.exe", "mayapy.exe"):
        program(root / "bin", name)
    render = program(root / "bin", "Render.exe")
    found = installation_at(root / named)
    assert found is not None
    assert (found.executable, found.version, found.key) == (render, (2024,), f"maya:{render}")


def test_a_bundle_leads_to_its_render(tmp_path: Path) -> None:
    render = program(tmp_path / "maya2025" / "Maya.app" / "Contents" / "bin")
    for folder in (tmp_path / "maya2025", tmp_path / "maya2025" / "Maya.app", render.parent.parent):
        assert render_program(folder) == render


def test_a_script_of_a_studio_is_taken_as_it_is(tmp_path: Path) -> None:
    script = program(tmp_path / "tools", "Render-2027.bat")
    found = installation_at(script)
    assert found is not None
    assert (found.executable, found.version, found.version_text) == (script, (), "of unknown version")
    assert installation_at(tmp_path / "missing") is None
    assert installation_at(tmp_path / "tools") is None


def test_newest_first_by_number_and_the_named_one_before_all(tmp_path: Path) -> None:
    for name in ("maya2024", "maya2016.5", "maya2016", "maya2027"):
        program(tmp_path / name / "bin")
    named = program(tmp_path / "maya2018" / "bin")
    places: list[Place] = [("here", [Candidate(path) for path in sorted(tmp_path.iterdir())])]
    found = find(*places, setting=named.parent)
    assert [one.version for one in found.installations] == [(2018,), (2027,), (2024,), (2016, 5), (2016,)]
    assert found.installations[0].found_by == "setting MAYA_EXECUTABLE"


def test_doubles_are_found_once(tmp_path: Path) -> None:
    real = program(tmp_path / "maya2024" / "bin")
    (tmp_path / "link").symlink_to(tmp_path / "maya2024")
    found = find(("one", [Candidate(real.parent)]), ("two", [Candidate(tmp_path / "link")]))
    assert len(found.installations) == 1
    assert told(found, "two")[0].note == "already found"


def test_maya_lt_is_left_out(tmp_path: Path) -> None:
    program(tmp_path / "MayaLT2019" / "bin", "Render.exe")
    found = find(("here", [Candidate(tmp_path / "MayaLT2019")]))
    assert found.installations == ()


def test_stale_entries_are_told(tmp_path: Path) -> None:
    found = find(("registry", [Candidate(tmp_path / "Maya2020", is_sure=True)]))
    (place,) = found.searched
    assert not place.found
    assert place.note == f"It names {tmp_path / 'Maya2020'}, where there is no Maya."


def test_a_setting_that_is_of_no_use_is_told(tmp_path: Path) -> None:
    (place,) = find(setting=tmp_path / "missing").searched
    assert (place.found, place.is_setting, place.note) == (False, True, "There is no such file.")
    (tmp_path / "empty").mkdir()
    (place,) = find(setting=tmp_path / "empty").searched
    assert place.note == "There is no Render program in this folder."


def test_the_registry_is_asked_for_years_and_uninstallers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("Maya2022", "Maya2024", "Maya2025"):
        program(tmp_path / name / "bin", "Render.exe")
    keys = {
        ("HKLM", r"SOFTWARE\Autodesk\Maya"): [("2022", {}), ("2016.5", {}), ("Maya LT", {})],
        ("HKLM", r"SOFTWARE\Autodesk\Maya\2022\Setup"): [
            ("InstallPath", {"MAYA_INSTALL_LOCATION": str(tmp_path / "Maya2022")})
        ],
        ("HKLM", r"SOFTWARE\Autodesk\Maya\2016.5\Setup"): [
            ("InstallPath", {"MAYA_INSTALL_LOCATION": str(tmp_path / "Maya2016.5")})
        ],
        ("HKLM", r"SOFTWARE\Autodesk\Maya\Maya LT\Setup"): [
            ("InstallPath", {"MAYA_INSTALL_LOCATION": str(tmp_path / "Maya2024")})
        ],
        ("HKCU", r"SOFTWARE\Autodesk\Maya"): [("2025", {})],
        ("HKCU", r"SOFTWARE\Autodesk\Maya\2025\Setup"): [
            ("InstallPath", {"MAYA_INSTALL_LOCATION": str(tmp_path / "Maya2025")})
        ],
        ("HKLM", installations.UNINSTALL): [
            (
                "{GUID}",
                {"DisplayName": "Autodesk Maya 2024", "InstallLocation": str(tmp_path / "Maya2024")},
            ),
            ("Other", {"DisplayName": "MayaBonus", "InstallLocation": str(tmp_path)}),
        ],
    }

    def subkeys(hive: str, path: str) -> Iterator[RegistryKey]:
        for name, values in keys.get((hive, path), []):
            yield RegistryKey(f"{hive}\\{path}\\{name}", values)

    monkeypatch.setattr(installations, "subkeys", subkeys)
    found = MayaFinder(None, places=installations._registry_places).find()
    assert [one.version for one in found.installations] == [(2025,), (2024,), (2022,)]
    assert any("Maya2016.5" in place.note for place in found.searched)


def test_folders_of_each_drive(tmp_path: Path) -> None:
    for folder in ("Program Files/Autodesk/Maya2024", "programs/Autodesk/Maya2027", "Autodesk/Maya2020"):
        program(tmp_path / folder / "bin", "Render.exe")
    program(tmp_path / "programs" / "Autodesk" / "Mudbox2024" / "bin", "Render.exe")
    found = MayaFinder(None, places=lambda: folder_places(tmp_path)).find()
    assert [one.version for one in found.installations] == [(2027,), (2024,), (2020,)]


def test_the_environment_and_the_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    located = program(tmp_path / "maya2023" / "bin")
    monkeypatch.setenv("MAYA_LOCATION", str(tmp_path / "maya2023"))
    other = program(tmp_path / "bin", "Render.exe" if sys.platform == "win32" else "Render")
    other.chmod(0o755)
    monkeypatch.setenv("PATH", str(other.parent))

    def ours(places: Iterable[Place]) -> list[Path]:
        found = MayaFinder(None, places=lambda: places).find()
        return [one.executable for one in found.installations if tmp_path in one.executable.parents]

    # Nothing says that the Render on the PATH is Maya's.
    assert ours(list(usual_places())) == [located]
    program(other.parent, "mayapy")
    assert sorted(ours(list(usual_places()))) == sorted([located, other])
    monkeypatch.setenv("MAYA_LOCATION", str(tmp_path / "gone"))
    told_places = MayaFinder(None).find().searched
    assert any(str(tmp_path / "gone") in place.note for place in told_places)


def test_renderers_are_told_by_their_descriptions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MAYA_RENDER_DESC_PATH", raising=False)
    found = installation_at(program(tmp_path / "maya2024" / "bin"))
    assert found is not None
    assert renderers_of(found) is None
    for name in ("swRenderer.xml", "arnoldRenderer.xml", "readme.txt"):
        program(found.executable.parent / "rendererDesc", name)
    assert renderers_of(found) == {"sw", "arnold"}
    program(tmp_path / "rfm" / "etc", "rendermanRenderer.xml")
    paths = os.pathsep.join([str(tmp_path / "rfm" / "etc"), str(tmp_path / "missing")])
    monkeypatch.setenv("MAYA_RENDER_DESC_PATH", paths)
    assert renderers_of(found) == {"sw", "arnold", "renderman"}
