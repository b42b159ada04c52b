"""Reading `.uproject` files: every kind of engine association, and a sentence for every broken one."""

import json
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.unreal import LFS_POINTER

from render_manager.domain.errors import UserError
from render_manager.engines.unreal.project import (
    AssociationKind,
    Project,
    association_of,
    read_project,
)


def write(folder: Path, content: "str | bytes | dict[str, object]") -> Path:
    path = folder / "Film 影.uproject"
    if isinstance(content, dict):
        content = json.dumps(content)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def read(folder: Path, content: "str | bytes | dict[str, object]") -> Project:
    return read_project(write(folder, content))


@pytest.mark.parametrize(
    ("text", "kind", "version"),
    [
        ("5.3", AssociationKind.VERSION, (5, 3)),
        ("5.10", AssociationKind.VERSION, (5, 10)),
        ("4.27", AssociationKind.VERSION, (4, 27)),
        ("UE_5.4", AssociationKind.VERSION, (5, 4)),
        (" 5.4.1 ", AssociationKind.VERSION, (5, 4)),
        ("{4B0A8F2E-4D0A-4B7C-9D4E-000000000001}", AssociationKind.BUILD, ()),
        ("Studio-Build-42", AssociationKind.BUILD, ()),
        ("4.10.0-HomeBuilt-20190101", AssociationKind.BUILD, ()),
        ("../../UnrealEngine", AssociationKind.FOLDER, ()),
        ("..\\Engine", AssociationKind.FOLDER, ()),
        ("", AssociationKind.NONE, ()),
        ("  ", AssociationKind.NONE, ()),
    ],
)
def test_associations(tmp_path: Path, text: str, kind: AssociationKind, version: tuple[int, ...]) -> None:
    found = read(tmp_path, {"EngineAssociation": text}).association
    assert (found.kind, found.version, found.text) == (kind, version, text.strip())


def test_a_name_that_is_an_engines_folder_beside_the_project(tmp_path: Path) -> None:
    (tmp_path / "OurEngine" / "Engine").mkdir(parents=True)
    assert association_of("OurEngine", tmp_path).kind is AssociationKind.FOLDER


def test_numbers_are_taken_as_written(tmp_path: Path) -> None:
    assert read(tmp_path, '{"EngineAssociation": 5.10}').association.version == (5, 10)


def test_plugins_and_modules(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        {
            "FileVersion": 3,
            "Modules": [{"Name": "Film"}, {"Type": "Runtime"}, "text"],
            "Plugins": [
                {"Name": "MovieRenderPipeline", "Enabled": True},
                {"Name": "PythonScriptPlugin", "Enabled": False},
                {"Name": "Odd", "Enabled": "yes"},
                None,
            ],
            "AdditionalPluginDirectories": ["../Shared", None, "Else\\Where"],
        },
    )
    assert found.modules == ("Film",)
    assert [found.plugin_state(name) for name in ("movieRENDERpipeline", "PythonScriptPlugin", "Odd")] == [
        True,
        False,
        None,
    ]
    assert found.plugin_folders == (tmp_path / "Plugins", tmp_path / "../Shared", tmp_path / "Else/Where")
    assert found.content == tmp_path / "Content"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    text = json.dumps({"EngineAssociation": "5.4", "Description": "Пробa 影"}, ensure_ascii=False)
    data = text.encode(encoding)
    if encoding == "utf-16-be":
        data = b"\xfe\xff" + data
    assert read(tmp_path, data).association.version == (5, 4)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "is empty"),
        ("\0\0\0", "is empty"),
        ("  \n", "is empty"),
        (b"\xff\xfe\xd8\x00\xd8", "it is no text"),
        (b"\x89PNG\r\n\x1a\n\x00\xff", "it is no text"),
        ("[1, 2]", "it holds no JSON object"),
        ("7", "it holds no JSON object"),
        ('{\n"EngineAssociation": "5.3",\n}', "such as a comma too many"),
        ('{\n"EngineAssociation" "5.3"\n}', "Something is wrong in line 2 or just before it"),
        ('{"EngineAssociation": "5.3"', "It ends in line 1, before all its brackets are closed"),
        ('// of the film\n{"EngineAssociation": "5.3"}', "Line 1 holds a comment, and a project file"),
        ('{\n  /* old */\n"EngineAssociation": "5.3"}', "Line 2 holds a comment"),
        ('{\n"EngineAssociation": "5.3", // ours\n"Plugins": []}', "Line 2 holds a comment"),
        ('{\n<<<<<<< ours\n"EngineAssociation": "5.3"}', "Line 2 holds the marks that version control"),
        ("{" * 100_000, "is not a good Unreal project"),
        ("[" * 100_000, "is not a good Unreal project"),
        (LFS_POINTER, "was not downloaded yet: Git LFS left a pointer"),
    ],
    ids=range(17),
)
def test_broken_ones_are_named(tmp_path: Path, content: "str | bytes", words: str) -> None:
    path = write(tmp_path, content)
    with pytest.raises(UserError) as caught:
        read_project(path)
    text = str(caught.value)
    assert words in text
    assert str(path) in text
    assert text.endswith((".", "”."))


def test_one_that_is_not_there_a_folder_or_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UserError, match="does not exist"):
        read_project(tmp_path / "no.uproject")
    folder = tmp_path / "folder.uproject"
    folder.mkdir()
    with pytest.raises(UserError, match=r"is a folder|cannot be read"):
        read_project(folder)
    monkeypatch.setattr("render_manager.engines.unreal.textfiles.LARGEST_BYTES", 10)
    with pytest.raises(UserError, match="far too large"):
        read(tmp_path, '{"EngineAssociation": "5.3"}')


@pytest.mark.skipif(sys.platform == "win32", reason="rights of POSIX")
def test_one_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_path: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("render_manager.engines.unreal.project.read_bytes", refuse)
    with pytest.raises(UserError, match="cannot be read: Permission denied"):
        read(tmp_path, "{}")


@pytest.mark.parametrize(
    ("names", "missing"),
    [
        ([], ("Film", "Tools")),
        (["UnrealEditor-Film.dll", "UnrealEditor-Tools.dll"], ()),
        (["libUnrealEditor-Film.so"], ("Tools",)),
        (["UnrealEditor-Film-Win64-DebugGame.dll", "UnrealEditor-FilmOther.dll"], ("Tools",)),
    ],
)
def test_binaries_of_modules(tmp_path: Path, names: list[str], missing: tuple[str, ...]) -> None:
    project = read(tmp_path, {"Modules": [{"Name": "Film"}, {"Name": "Tools"}]})
    folder = tmp_path / "Binaries" / "Win64"
    if names:
        folder.mkdir(parents=True)
    for name in names:
        (folder / name).touch()
    assert project.missing_binaries("Win64") == missing


def test_a_project_without_code_lacks_nothing(tmp_path: Path) -> None:
    assert read(tmp_path, {}).missing_binaries("Linux") == ()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
KEYS = st.sampled_from(
    ["EngineAssociation", "Plugins", "Modules", "AdditionalPluginDirectories", "Name", "Enabled"]
)


@settings(max_examples=40)
@given(st.dictionaries(KEYS, JSON | st.lists(st.dictionaries(KEYS, JSON), max_size=3)))
def test_any_json_is_read_or_refused_with_a_sentence(tmp_path: Path, values: dict[str, object]) -> None:
    found = read(tmp_path, values)
    assert isinstance(found.association.version, tuple)
    found.missing_binaries("Linux")


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused_with_a_sentence(tmp_path: Path, data: bytes) -> None:
    path = write(tmp_path, data)
    try:
        read_project(path)
    except UserError as error:
        assert str(path) in str(error)
