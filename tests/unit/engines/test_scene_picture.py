"""Where engines find a picture of a scene."""

from pathlib import Path

import pytest
from support.source_tree import ROOT

from render_manager.assembly import build_catalog
from render_manager.engines.scene_picture import SavedPreview
from render_manager.services.scene_desk import SceneDesk
from render_manager.system.paths import app_paths
from render_manager.system.settings import Settings

SCENES = ROOT / "tests" / "data" / "scenes"


@pytest.fixture
def desk(tmp_path: Path) -> SceneDesk:
    paths = app_paths(tmp_path)
    paths.make()
    return SceneDesk(build_catalog(paths, Settings()))


def test_blender_saves_one_in_the_file(desk: SceneDesk) -> None:
    found = desk.preview(SCENES / "blender-3.4-scenes.blend")
    assert isinstance(found, SavedPreview)
    assert len(found.rgba) == 4 * found.width * found.height
    assert min(found.width, found.height) > 0


def test_maya_and_unreal_keep_theirs_beside_the_scene(desk: SceneDesk, tmp_path: Path) -> None:
    maya = desk.preview(tmp_path / "shot.ma")
    assert not isinstance(maya, SavedPreview)
    assert maya[0] == tmp_path / ".mayaSwatches" / "shot.ma.swatch"
    unreal = desk.preview(tmp_path / "Game.uproject")
    assert not isinstance(unreal, SavedPreview)
    assert list(unreal) == [tmp_path / "Game.png", tmp_path / "Saved" / "AutoScreenshot.png"]


def test_an_installation_can_be_chosen_among_those_found(desk: SceneDesk) -> None:
    for name in ("shot.blend", "shot.ma", "Game.uproject"):
        fields = desk.fields_of(Path(name), None)
        assert fields[-1].name == "installation"
        assert fields[-1].is_rare
        assert len({field.name for field in fields}) == len(fields)
    assert desk.fields_of(Path("notes.txt"), None) == ()
