"""Files a scene names and this computer does not have."""

import os
from pathlib import Path

import pytest

from render_manager.engines.maya.external_files import MissingFiles, find_missing_files
from render_manager.engines.maya.facts import Facts, Node, Reference, Value
from render_manager.engines.maya.workspace import Project


def missing(tmp_path: Path, *paths: str, project: bool = True, **values: Value) -> tuple[str, ...]:
    facts = Facts("ascii", nodes=[Node("file", "f", values={"ftn": path, **values}) for path in paths])
    found = Project(tmp_path) if project else None
    return find_missing_files(facts, tmp_path / "scenes" / "a.ma", found).others


def touch(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()


class TestPlaces:
    @pytest.mark.parametrize("place", ["tex/a.png", "sourceimages/tex/a.png", "scenes/tex/a.png"])
    def test_relative_to_the_project_its_source_images_or_the_scene(self, tmp_path: Path, place: str) -> None:
        touch(tmp_path, place)

        assert missing(tmp_path, "tex/a.png", "tex\\a.png") == ()

    def test_relative_without_a_project(self, tmp_path: Path) -> None:
        touch(tmp_path, "sourceimages/a.png", "scenes/b.png")

        assert missing(tmp_path, "a.png", "b.png", project=False) == ("a.png",)

    def test_absolute(self, tmp_path: Path) -> None:
        touch(tmp_path, "a.png")

        assert missing(tmp_path, str(tmp_path / "a.png"), str(tmp_path / "b.png")) == (
            str(tmp_path / "b.png"),
        )

    @pytest.mark.parametrize("start", ["D:/old/project", "/old/project", "//server/share/project"])
    def test_behind_a_double_slash_it_is_the_project(self, tmp_path: Path, start: str) -> None:
        touch(tmp_path, "sourceimages/a.png")

        assert missing(tmp_path, f"{start}//sourceimages/a.png") == ()
        assert missing(tmp_path, f"{start}//sourceimages/b.png") == (f"{start}//sourceimages/b.png",)

    @pytest.mark.skipif(os.name == "nt", reason="drives are of Windows")
    @pytest.mark.parametrize("path", ["C:/tex/a.png", "C:\\tex\\a.png", "\\\\server\\share\\a.png"])
    def test_paths_of_windows_are_missing_elsewhere(self, tmp_path: Path, path: str) -> None:
        touch(tmp_path, "a.png", "tex/a.png")

        assert missing(tmp_path, path) == (path,)

    def test_variables(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("MADE_UP_FOLDER", str(tmp_path))
        monkeypatch.delenv("MADE_UP_NOTHING", raising=False)
        touch(tmp_path, "a.png")
        variables = ("$MADE_UP_FOLDER", "${MADE_UP_FOLDER}", "%MADE_UP_FOLDER%")
        paths = [f"{variable}/{name}.png" for variable in variables for name in "ab"]

        assert missing(tmp_path, *paths) == tuple(paths[1::2])
        assert missing(tmp_path, "$MADE_UP_NOTHING/a.png", "${MADE_UP_NOTHING}/b.png") == ()

    @pytest.mark.parametrize(
        "path", ["https://host/a.png", "na\ufffdve.png", " ", "<MAYA_RESOURCES>/a.png", "t<f>/a.png"]
    )
    def test_what_cannot_be_judged_is_not_missing(self, tmp_path: Path, path: str) -> None:
        assert missing(tmp_path, path) == ()

    @pytest.mark.parametrize(
        "path", ["a" * 9000, "a/" * 4000 + "b", "x\0y.png", "/" * 5000, "~", "..", "%", "$", "{1}"]
    )
    def test_paths_that_cannot_be(self, tmp_path: Path, path: str) -> None:
        assert missing(tmp_path, path) in ((), (path,))

    def test_a_folder_is_no_file(self, tmp_path: Path) -> None:
        (tmp_path / "tex").mkdir()

        assert missing(tmp_path, "tex") == ("tex",)

    def test_each_once(self, tmp_path: Path) -> None:
        assert missing(tmp_path, "a.png", "b.png", "a.png") == ("a.png", "b.png")


class TestTokens:
    @pytest.mark.parametrize(
        ("path", "there"),
        [
            ("skin.<UDIM>.png", "skin.1001.png"),
            ("skin.<udim>.png", "skin.1043.PNG"),
            ("skin_<UVTILE>.tif", "skin_u1_v1.tif"),
            ("smoke.<f>.exr", "smoke.0101.exr"),
            ("smoke.####.exr", "smoke.0101.exr"),
            ("smoke.%04d.exr", "smoke.0101.exr"),
            ("smoke.<frame0>.vdb", "smoke.0101.vdb"),
            ("no#1.png", "no#1.png"),
        ],
    )
    def test_any_tile_or_frame_will_do(self, tmp_path: Path, path: str, there: str) -> None:
        assert missing(tmp_path, path) == (path,)

        touch(tmp_path, there)

        assert missing(tmp_path, path) == ()

    def test_others_do_not_count(self, tmp_path: Path) -> None:
        touch(tmp_path, "skin.101.png", "skin.1001.exr", "xskin.1001.png")

        assert missing(tmp_path, "skin.<UDIM>.png") == ("skin.<UDIM>.png",)

    @pytest.mark.parametrize("attribute", ["ufe", "uvt", "useFrameExtension"])
    def test_nodes_that_read_sequences_or_tiles(self, tmp_path: Path, attribute: str) -> None:
        touch(tmp_path, "plate.0007.png")

        assert missing(tmp_path, "plate.0001.png", **{attribute: 3.0}) == ()
        assert missing(tmp_path, "plate.0001.png", **{attribute: 0.0}) == ("plate.0001.png",)
        assert missing(tmp_path, "other.0001.png", **{attribute: 3.0}) == ("other.0001.png",)

    def test_name_of_nothing_but_tokens_takes_no_time(self, tmp_path: Path) -> None:
        touch(tmp_path, "a" * 200 + ".png")

        assert missing(tmp_path, "<a>" * 60 + "b.exr") == ()


class TestReferences:
    def find(self, tmp_path: Path, *references: Reference) -> MissingFiles:
        facts = Facts("ascii", references={str(number): each for number, each in enumerate(references)})
        return find_missing_files(facts, tmp_path / "scenes" / "a.ma", Project(tmp_path))

    def test_in_the_project_its_scenes_or_beside_the_scene(self, tmp_path: Path) -> None:
        touch(tmp_path, "scenes/sets/house.ma", "assets/chair.mb")
        paths = [
            "scenes/sets/house.ma",
            "sets/house.ma",
            "assets/chair.mb{2}",
            "../assets/chair.mb",
            "gone.ma",
        ]

        found = self.find(tmp_path, *map(Reference, paths))

        assert found.references == ("gone.ma",)

    def test_unloaded_and_nested_ones_are_left_out(self, tmp_path: Path) -> None:
        found = self.find(tmp_path, Reference("a.ma", is_loaded=False), Reference("b.ma", depth=2))

        assert found == MissingFiles((), ())
