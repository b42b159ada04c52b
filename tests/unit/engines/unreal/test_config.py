"""Reading `.ini` files: Unreal's own syntax, and whatever else stands in such files."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from render_manager.engines.unreal.config import default_map, read_values, startup_scripts
from render_manager.engines.unreal.startup_scripts import find_startup_scripts


def write(folder: Path, text: "str | bytes", name: str = "DefaultEngine.ini") -> Path:
    path = folder / "Config" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


MAPS = "[/Script/EngineSettings.GameMapsSettings]\n"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (MAPS + "GameDefaultMap=/Game/Maps/Main.Main", "/Game/Maps/Main"),
        (MAPS + "GameDefaultMap=/Game/Maps/Main", "/Game/Maps/Main"),
        (MAPS + 'GameDefaultMap="/Game/Maps/Main.Main"', "/Game/Maps/Main"),
        (MAPS + "  gamedefaultmap = /Game/Maps/Main.Main  ; the one", "/Game/Maps/Main"),
        (MAPS + "GameDefaultMap=/Script/Engine.World'/Game/Maps/Main.Main'", "/Game/Maps/Main"),
        (MAPS + "EditorStartupMap=/Game/Maps/Work.Work", "/Game/Maps/Work"),
        (MAPS + "EditorStartupMap=/Game/A/W.W\nGameDefaultMap=/Game/A/G.G", "/Game/A/G"),
        (MAPS + "GameDefaultMap=None\nEditorStartupMap=/Game/A/W.W", "/Game/A/W"),
        (MAPS + "GameDefaultMap=/Game/A/Old.Old\nGameDefaultMap=/Game/A/New.New", "/Game/A/New"),
        (MAPS + "GameDefaultMap=/Game/A/B.B\n" + MAPS + "GameDefaultMap=/Game/A/C.C", "/Game/A/C"),
        (MAPS + "GameDefaultMap=/Engine/Maps/Templates/OpenWorld", "/Engine/Maps/Templates/OpenWorld"),
        (MAPS + "GameDefaultMap=", ""),
        (MAPS + ";GameDefaultMap=/Game/A/B.B", ""),
        ("[/Script/Other]\nGameDefaultMap=/Game/A/B.B", ""),
        ("GameDefaultMap=/Game/A/B.B", ""),
        ("", ""),
        (("\ufeff" + MAPS + "GameDefaultMap=/Game/Maps/影.影").encode("utf-16-le"), "/Game/Maps/影"),
        (b"\xff\xfe\xd8", ""),
        (b"\x00" * 50, ""),
    ],
)
def test_default_maps(tmp_path: Path, text: "str | bytes", found: str) -> None:
    write(tmp_path, text)
    assert default_map(tmp_path) == found


def test_a_note_in_the_code_set_of_some_computer(tmp_path: Path) -> None:
    (tmp_path / "Config").mkdir()
    text = "; für den Film\n[/Script/EngineSettings.GameMapsSettings]\nGameDefaultMap=/Game/Maps/Main.Main\n"
    (tmp_path / "Config" / "DefaultEngine.ini").write_text(text, "cp1252")
    assert default_map(tmp_path) == "/Game/Maps/Main"


def test_without_a_config_folder(tmp_path: Path) -> None:
    assert default_map(tmp_path) == ""
    assert startup_scripts(tmp_path) == ()


def test_values_that_come_many_times(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "[S]\n+Paths=a\n+Paths=b\n.Paths=b\n-Paths=a\nOther=1\n+Other=2\n!Gone=x\n+Gone=c\n!Gone=\nLast=(A=1,B=2)\n",
    )
    assert read_values(path, "s") == {"paths": ["b", "b"], "other": ["1", "2"], "last": ["(A=1,B=2)"]}


def test_scripts_that_start_with_the_editor(tmp_path: Path) -> None:
    section = "[/Script/PythonScriptPlugin.PythonScriptPluginSettings]\n"
    write(tmp_path, section + "+StartupScripts=tools.py\n+StartupScripts=C:/x/more.py\n")
    write(tmp_path, section + "+StartupScripts=tools.py\n", "DefaultEditor.ini")
    content, plugin = tmp_path / "Content", tmp_path / "Plugins" / "P" / "Content"
    for folder in (content, plugin):
        (folder / "Python").mkdir(parents=True)
        (folder / "Python" / "init_unreal.py").touch()
    elsewhere = tmp_path.parent / "elsewhere"
    found = find_startup_scripts(tmp_path, [content, plugin, elsewhere])
    assert found == (
        "Content/Python/init_unreal.py",
        "Plugins/P/Content/Python/init_unreal.py",
        "tools.py",
        "C:/x/more.py",
    )


def test_scripts_of_a_plugin_outside_of_the_project(tmp_path: Path) -> None:
    content = tmp_path / "Shared" / "Content"
    (content / "Python").mkdir(parents=True)
    (content / "Python" / "init_unreal.py").touch()
    (found,) = find_startup_scripts(tmp_path / "Film", [content])
    assert found == str(content / "Python" / "init_unreal.py")


@settings(max_examples=40)
@given(st.text(max_size=400) | st.text(alphabet="[]=+-!.;\"'/ \nSk", max_size=200))
def test_any_text_is_read(tmp_path: Path, text: str) -> None:
    path = write(tmp_path, text.encode("utf-8", "surrogatepass"))
    for values in read_values(path, "S").values():
        assert all(isinstance(value, str) for value in values)
    default_map(tmp_path)
