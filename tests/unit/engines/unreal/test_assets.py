"""Names of assets as people write and copy them."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from render_manager.engines.unreal.assets import file_of, has, name_of, object_path, package_of


@pytest.mark.parametrize(
    "text",
    [
        "/Game/Shots/Intro",
        "/Game/Shots/Intro.Intro",
        '"/Game/Shots/Intro.Intro"',
        " /Game/Shots/Intro/ ",
        "LevelSequence'/Game/Shots/Intro.Intro'",
        "LevelSequence'\"/Game/Shots/Intro.Intro\"'",
        "/Script/LevelSequence.LevelSequence'/Game/Shots/Intro.Intro'",
        "/Game/Shots/Intro.Intro:MovieScene_0",
    ],
)
def test_ways_to_write_one(text: str) -> None:
    assert package_of(text) == "/Game/Shots/Intro"
    assert object_path(text) == "/Game/Shots/Intro.Intro"
    assert name_of(text) == "Intro"


@pytest.mark.parametrize(
    "text",
    ["", "Intro", "/Game", "/", "//", "/Game//Intro", "Game/Shots/Intro", "C:/x/Intro.uasset", "/Ga\nme/X"],
)
def test_what_is_none(text: str) -> None:
    assert package_of(text) == object_path(text) == name_of(text) == ""


def test_other_letters_and_roots() -> None:
    assert object_path("/MyPlugin/影/Новый кадр") == "/MyPlugin/影/Новый кадр.Новый кадр"


def test_files_and_case(tmp_path: Path) -> None:
    mounts = {"game": tmp_path / "Content", "myplugin": tmp_path / "P"}
    assert file_of("/Game/A/B.B", mounts) == tmp_path / "Content" / "A" / "B"
    assert file_of("/MyPlugin/C", mounts) == tmp_path / "P" / "C"
    assert file_of("/Engine/Maps/Entry", mounts) is None
    assert file_of("nonsense", mounts) is None
    assert has(("/Game/A/B.B",), "/game/a/b")
    assert not has(("/Game/A/B.B",), "/Game/A/C")


@given(st.text(max_size=60))
def test_a_path_made_of_any_text_reads_back(text: str) -> None:
    path = object_path(text)
    assert not path or (path.startswith("/") and object_path(path) == path)
