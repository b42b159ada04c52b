"""Finding Unreal: in the launcher's list, by registered builds, in usual folders, and where a user says."""

import json
import sys
from pathlib import Path

import pytest
from support.unreal import install, write_version

from render_manager.engines import windows_registry
from render_manager.engines.protocols import FoundInstallations, Installation, InstallationKind
from render_manager.engines.unreal import engine_folder, installations, registered
from render_manager.engines.unreal.engine_folder import (
    lacks_plugin,
    program_of,
    programs,
    root_of,
    version_in_path,
    version_of,
)
from render_manager.engines.unreal.installations import UnrealFinder, installation_at

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the stand-in lies where Linux has it")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A computer on which nothing is installed."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / ".config"))
    monkeypatch.setattr(installations, "_linux_folders", lambda: (home, home / "Epic Games"))
    return home


def find(setting: Path | None = None) -> FoundInstallations:
    return UnrealFinder(setting=setting).find()


def of(found: FoundInstallations) -> list[Installation]:
    return list(found.installations)


def test_in_the_usual_folders_newest_first(home: Path) -> None:
    for name, version in (("UE_5.3", "5.3.2"), ("UE_5.10", "5.10.0"), ("Epic Games/UE_4.27", "4.27.2")):
        install(home / name, version)
    (home / "UE_notes").mkdir()
    found = of(find())
    assert [one.version_text for one in found] == ["5.10.0", "5.3.2", "4.27.2"]
    one = found[1]
    assert one.executable == home / "UE_5.3/Engine/Binaries/Linux/UnrealEditor-Cmd"
    assert (one.version, one.kind) == ((5, 3, 2), InstallationKind.PROGRAM)
    assert (one.engine, one.key) == ("unreal", f"unreal:{one.executable}")


def test_named_by_the_settings_it_comes_first(home: Path, tmp_path: Path) -> None:
    install(home / "UE_5.3", "5.3.2")
    program = install(tmp_path / "somewhere ä" / "UE_5.1", "5.1.1")
    found = find(program)
    assert found.installations[0].executable == program
    assert "UE_EXECUTABLE" in found.installations[0].found_by
    assert found.searched[0].is_setting


def test_a_setting_that_names_nothing_is_said(home: Path, tmp_path: Path) -> None:
    found = find(tmp_path / "missing")
    (place,) = [place for place in found.searched if place.is_setting]
    assert (place.found, place.note) == (False, "It is not there any more.")
    folder = tmp_path / "folder"
    folder.mkdir()
    assert find(folder).searched[0].note == "It is no Unreal Engine."


def test_found_in_two_places_it_is_one(home: Path) -> None:
    program = install(home / "UE_5.3", "5.3.2")
    found = find(home / "UE_5.3")
    assert [one.executable for one in of(found)] == [program]
    assert any(place.note == "already found" for place in found.searched)


def test_registered_builds(home: Path, tmp_path: Path) -> None:
    program = install(tmp_path / "src" / "UnrealEngine", "5.4.1")
    ini = home / ".config/Epic/UnrealEngine/Install.ini"
    ini.parent.mkdir(parents=True)
    gone = tmp_path / "gone"
    ini.write_text(f"[Installations]\n{{4B0A}}={tmp_path}/src/UnrealEngine/\nOurs={gone}\n", "utf-8")
    assert registered.registered_builds() == {"{4b0a}": tmp_path / "src/UnrealEngine", "ours": gone}
    found = find()
    assert [one.executable for one in of(found)] == [program]
    notes = {place.place: place.note for place in found.searched}
    assert notes[f"{ini}: {gone}"] == "It is not there any more."


def test_a_build_without_an_editor_is_said(home: Path) -> None:
    write_version(home / "UE_5.5", "5.5.0")
    found = find()
    assert of(found) == []
    (place,) = [place for place in found.searched if "UE_5.5" in place.place]
    assert "the editor is not built there" in place.note


class TestLauncher:
    """The launcher's list."""

    def write(self, path: Path, content: object, encoding: str = "utf-8-sig") -> Path:
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding)
        return path

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
    def test_engines_among_other_things(self, tmp_path: Path, encoding: str) -> None:
        entries = [
            {"InstallLocation": str(tmp_path / "UE_5.3"), "AppName": "UE_5.3", "AppVersion": "5.3.2-1"},
            {"InstallLocation": "D:\\Epic\\UE_5.4\\", "AppName": "UE_5.4"},
            {"InstallLocation": "/x", "AppName": "Fortnite"},
            {"InstallLocation": "", "AppName": "UE_5.5"},
            {"AppName": "UE_5.6"},
            "text",
            None,
        ]
        path = self.write(tmp_path / "LauncherInstalled.dat", {"InstallationList": entries}, encoding)
        assert registered.launcher_folders(path) == [tmp_path / "UE_5.3", Path("D:\\Epic\\UE_5.4")]

    @pytest.mark.parametrize("content", ["", "{", "[]", '{"InstallationList": 7}', "null", "[" * 50_000])
    def test_broken_ones(self, tmp_path: Path, content: str) -> None:
        assert registered.launcher_folders(self.write(tmp_path / "x.dat", content)) == []
        assert registered.launcher_folders(tmp_path / "no.dat") == []

    def test_it_is_asked_where_there_is_one(
        self, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        program = install(tmp_path / "D" / "UE_5.3", "5.3.2")
        entries = [{"InstallLocation": str(tmp_path / "D" / "UE_5.3"), "AppName": "UE_5.3"}]
        path = self.write(tmp_path / "LauncherInstalled.dat", {"InstallationList": entries})
        monkeypatch.setattr(registered, "launcher_list", lambda: path)
        assert [one.executable for one in of(find())] == [program]
        assert of(find())[0].found_by == str(path)


class TestOtherSystems:
    """Places of Windows and macOS."""

    def test_windows(self, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys, "platform", "win32")
        monkeypatch.setenv("PROGRAMDATA", str(tmp_path / "ProgramData"))
        key = windows_registry.RegistryKey("HKLM\\x\\5.3", {"InstalledDirectory": str(tmp_path / "A") + "\\"})
        monkeypatch.setattr(
            registered, "subkeys", lambda hive, path: iter([key] if "EpicGames" in path else [])
        )
        monkeypatch.setattr(
            registered,
            "values",
            lambda hive, path: {"{G}": f'"{tmp_path}/B"'} if "Epic Games" in path else {},
        )
        monkeypatch.setattr(installations, "fixed_drives", lambda: [f"{tmp_path}/C"])
        places = {place: list(folders) for place, folders in installations._places()}
        named = [str(folder) for folders in places.values() for folder in folders]
        assert named == [str(tmp_path / "A"), f"{tmp_path}/B"]
        assert f"HKLM\\{registered.LAUNCHER_KEY}" in places
        assert any("Program Files/Epic Games" in place for place in places)

    def test_mac(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys, "platform", "darwin")
        install(home / "Epic Games" / "UE_5.6", "5.6.0")
        places = {place: list(folders) for place, folders in installations._places()}
        assert any("UnrealEngineLauncher" in place for place in places)
        assert any("Install.ini" in place for place in places)
        assert any("/Users/Shared/Epic Games" in place for place in places)

    @pytest.mark.parametrize(
        ("platform", "first", "count"),
        [
            ("win32", "Engine/Binaries/Win64/UnrealEditor-Cmd.exe", 2),
            ("darwin", "Engine/Binaries/Mac/UnrealEditor-Cmd", 6),
            ("linux", "Engine/Binaries/Linux/UnrealEditor-Cmd", 4),
        ],
    )
    def test_programs(self, platform: str, first: str, count: int) -> None:
        found = programs(platform)
        assert (found[0], len(found)) == (first, count)
        assert any("UE4Editor-Cmd" in place for place in found)

    def test_registry_values_are_empty_elsewhere(self) -> None:
        assert windows_registry.values("HKCU", registered.BUILDS_KEY) == {}


class TestAPath:
    """What a path that a user names leads to."""

    def test_ways_to_name_an_engine(self, tmp_path: Path) -> None:
        program = install(tmp_path / "UE_5.3", "5.3.2")
        for path in (program, tmp_path / "UE_5.3", tmp_path / "UE_5.3/Engine", program.parent):
            found = installation_at(path)
            assert found is not None
            assert (found.executable, found.version) == (program, (5, 3, 2))

    def test_the_editor_of_windows_is_replaced_by_the_one_that_prints(self, tmp_path: Path) -> None:
        folder = tmp_path / "UE_5.3" / "Engine" / "Binaries" / "Win64"
        folder.mkdir(parents=True)
        (folder / "UnrealEditor.exe").touch()
        found = installation_at(folder / "UnrealEditor.exe")
        assert found is not None and found.executable == folder / "UnrealEditor.exe"
        (folder / "UnrealEditor-Cmd.exe").touch()
        found = installation_at(folder / "UnrealEditor.exe")
        assert found is not None and found.executable == folder / "UnrealEditor-Cmd.exe"
        assert found.version == (5, 3), "told from the path"

    def test_any_program_is_taken(self, tmp_path: Path) -> None:
        script = tmp_path / "render-unreal.sh"
        script.touch()
        found = installation_at(script)
        assert found is not None
        assert (found.executable, found.version, found.version_text) == (script, (), "?")

    def test_what_is_not_there(self, tmp_path: Path) -> None:
        assert installation_at(tmp_path / "no") is None
        assert installation_at(tmp_path) is None
        assert installation_at(Path("\0")) is None

    @pytest.mark.parametrize(
        ("content", "expected"),
        [
            ('{"MajorVersion": 5, "MinorVersion": 3, "PatchVersion": 2}', (5, 3, 2)),
            ('\ufeff{"MajorVersion": 5, "MinorVersion": 3, "PatchVersion": 2}', (5, 3, 2)),
            ('{"MajorVersion": 0, "MinorVersion": 3, "PatchVersion": 2}', (5, 1)),
            ('{"MajorVersion": "5"}', (5, 1)),
            ('{"MajorVersion": true, "MinorVersion": 1, "PatchVersion": 1}', (5, 1)),
            ("[]", (5, 1)),
            ("{", (5, 1)),
            ("", (5, 1)),
        ],
    )
    def test_versions(self, tmp_path: Path, content: str, expected: tuple[int, ...]) -> None:
        path = tmp_path / "UE_5.1" / "Engine/Build/Build.version"
        path.parent.mkdir(parents=True)
        path.write_text(content, "utf-8")
        assert version_of(tmp_path / "UE_5.1").numbers == expected

    @pytest.mark.parametrize(
        ("path", "text"),
        [
            ("/opt/UE_5.3/x", "5.3"),
            ("/opt/UnrealEngine-5.4.2/x", "5.4.2"),
            ("D:/Epic Games/ue5.1/x", "5.1"),
            ("/opt/blender-4.2/x", "?"),
        ],
    )
    def test_versions_in_paths(self, path: str, text: str) -> None:
        assert version_in_path(Path(path)).text == text

    def test_a_root_from_deep_inside(self, tmp_path: Path) -> None:
        program = install(tmp_path / "UE_5.3")
        assert root_of(program) == tmp_path / "UE_5.3"
        assert root_of(tmp_path) is None
        assert program_of(tmp_path) is None

    def test_plugins_that_an_engine_lacks(self, tmp_path: Path) -> None:
        assert not lacks_plugin(tmp_path, "PythonScriptPlugin"), "it is not known what it has"
        plugins = tmp_path / "Engine" / "Plugins"
        plugins.mkdir(parents=True)
        assert lacks_plugin(tmp_path, "PythonScriptPlugin")
        deep = plugins / "Studio" / "Group" / "PythonScriptPlugin"
        deep.mkdir(parents=True)
        (deep / "PythonScriptPlugin.uplugin").touch()
        assert not lacks_plugin(tmp_path, "PythonScriptPlugin")
        assert engine_folder.PLATFORM_FOLDER == "Linux"
