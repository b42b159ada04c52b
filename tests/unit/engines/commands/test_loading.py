"""Which definitions count: the user's own before those that come with the program."""

from pathlib import Path

import pytest
from support.own_engines import TOY, povray_definition, write_definition

from render_manager.assembly import build_catalog
from render_manager.engines.commands.loading import load_definitions
from render_manager.system.paths import app_paths
from render_manager.system.resources import resource
from render_manager.system.settings import Settings

SHIPPED = resource("commands")


def names(folders: list[Path], taken: tuple[str, ...] = ()) -> dict[str, str]:
    definitions, complaints = load_definitions(folders, taken=taken)
    assert complaints == ()
    return {one.id: one.name for one in definitions}


@pytest.fixture
def own(tmp_path: Path) -> Path:
    folder = tmp_path / "engines"
    write_definition(folder, tmp_path / "toyrender")
    return folder


def test_what_comes_with_the_program_is_right() -> None:
    assert names([SHIPPED]) == {"povray": "POV-Ray"}


def test_the_users_own_go_before(own: Path) -> None:
    assert list(names([own, SHIPPED])) == ["toy", "povray"]
    povray = (SHIPPED / "povray.toml").read_text("utf-8").replace('name = "POV-Ray"', 'name = "Mine"')
    (own / "ray.toml").write_text(povray, "utf-8")
    assert names([own, SHIPPED]) == {"povray": "Mine", "toy": "ToyRender"}


def test_a_wrong_one_leaves_the_others_as_they_are(own: Path) -> None:
    (own / "povray.toml").write_text("id = 'povray'\nsuffixes = []\n", "utf-8")
    definitions, complaints = load_definitions([own, SHIPPED], taken=["blender"])
    assert [one.id for one in definitions] == ["toy", "povray"]
    assert definitions[1] == povray_definition()
    assert len(complaints) == 1
    assert complaints[0].startswith(f"An engine of your own was left out. {own / 'povray.toml'}, line 2: ")


def test_ids_that_are_taken(own: Path) -> None:
    write_definition(own, own, TOY.replace('id = "toy"', 'id = "maya"'), name="a")
    write_definition(own, own, name="z")
    definitions, complaints = load_definitions([own, SHIPPED], taken=["blender", "maya"])
    assert [one.id for one in definitions] == ["toy", "povray"]
    assert complaints == (
        f"An engine of your own was left out. {own / 'a.toml'} defines “maya”, which is an engine already. "
        "Choose another id.",
        f"An engine of your own was left out. {own / 'z.toml'} defines “toy”, as toy.toml does already. "
        "Choose another id.",
    )


def test_files_that_are_no_definitions(own: Path) -> None:
    for name in (".hidden.toml", "._toy.toml", "notes.txt", "toy.toml.bak", "toy.toml~"):
        (own / name).write_text("wrong", "utf-8")
    (own / "folder.toml").mkdir()
    (own / "CAPITALS.TOML").write_text(TOY.format(program="/x").replace('id = "toy"', 'id = "big"'), "utf-8")
    assert list(names([own])) == ["big", "toy"]


def test_folders(tmp_path: Path, own: Path) -> None:
    assert names([tmp_path / "gone"]) == {}
    (tmp_path / "file").touch()
    definitions, complaints = load_definitions([tmp_path / "file", own], taken=())
    assert [one.id for one in definitions] == ["toy"]
    (complaint,) = complaints
    assert complaint.startswith(f"The folder of your own engines {tmp_path / 'file'} cannot be read: ")


def test_a_link_that_leads_nowhere(tmp_path: Path, own: Path) -> None:
    (own / "dangling.toml").symlink_to(tmp_path / "nowhere")
    _definitions, complaints = load_definitions([own], taken=())
    assert "dangling.toml cannot be used: No such file or directory." in complaints[0]


def test_the_catalog_of_the_program(tmp_path: Path, own: Path) -> None:
    """As the program builds it: its own engines have their ids, and their endings, for themselves."""
    paths = app_paths(tmp_path)
    assert paths.own_engines == own
    blend = TOY.replace('[".toy"]', '[".blend", ".toy", ".pov"]')
    write_definition(own, own, blend.replace('id = "toy"', 'id = "other"'), name="other")
    write_definition(own, own, TOY.replace('id = "toy"', 'id = "blender"'), name="wrong")
    catalog = build_catalog(paths, Settings())
    assert [engine.id for engine in catalog.engines][-3:] == ["other", "toy", "povray"]
    assert len(catalog.complaints()) == 1
    assert "defines “blender”, which is an engine already" in catalog.complaints()[0]
    assert catalog.engine_for(Path("a.blend")).id == "blender"
    assert catalog.engine_for(Path("a.TOY")).id == "other"
    assert catalog.engine_for(Path("a.pov")).id == "other", "own ones go before those that come with it"
    assert catalog.engine("povray").name == "POV-Ray"
    assert catalog.suffixes.count(".pov") == 1
