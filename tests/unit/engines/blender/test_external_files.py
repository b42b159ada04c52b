"""Files a scene names and this computer does not have."""

from pathlib import Path
from typing import Any

import pytest
from blend_writer import Writer, small_scene

from render_manager.domain.scene import SceneInfo, Severity
from render_manager.engines.blender.scene_reader import read_scene


def read(tmp_path: Path, writer: Writer) -> SceneInfo:
    path = tmp_path / "scene.blend"
    path.write_bytes(writer.file())
    return read_scene(path)


class TestMissingFiles:
    def test_text_names_the_first_few_and_the_count(self, tmp_path: Path) -> None:
        writer = small_scene()
        for number in range(30):
            writer.add(
                "IM", "Image", 0x500 + number, id__name="IMx", name=f"//gone_{number:02}.png", source=1
            )

        info = read(tmp_path, writer)

        (found,) = info.problems
        assert len(info.missing_files) == 30
        assert found.severity is Severity.WARNING
        assert found.text.startswith("30 files are missing, the first of them ")
        assert "gone_02.png" in found.text
        assert "gone_03.png" not in found.text

    def test_a_single_one(self, tmp_path: Path) -> None:
        writer = small_scene()
        writer.add("IM", "Image", 0x500, id__name="IMx", name="//a/../gone.png", source=1)

        info = read(tmp_path, writer)

        assert info.missing_files == (str(tmp_path / "gone.png"),)
        assert info.problems[0].text == f"1 file is missing: {tmp_path / 'gone.png'}."

    @pytest.mark.parametrize(
        ("source", "values"),
        [
            (1, {"packedfile": 0x9}),
            (1, {"packedfiles__first": 0x9}),
            (1, {"name": ""}),
            (4, {}),
            (5, {}),
        ],
    )
    def test_packed_generated_and_nameless_images_miss_nothing(
        self, tmp_path: Path, source: int, values: dict[str, Any]
    ) -> None:
        writer = small_scene()
        writer.add(
            "IM", "Image", 0x500, **{"id__name": "IMx", "name": "//gone.png", "source": source, **values}
        )

        assert read(tmp_path, writer).missing_files == ()

    def test_sequence_is_there_when_any_of_its_frames_is(self, tmp_path: Path) -> None:
        (tmp_path / "walk_0105.png").touch()
        writer = small_scene()
        for number, name in enumerate(("walk_0001.png", "run_0001.png", "still.png", "walk_0001.exr")):
            writer.add("IM", "Image", 0x500 + number, id__name="IMx", name=f"//{name}", source=2)
        writer.add("MC", "MovieClip", 0x600, id__name="MCx", name="//walk_0002.png", source=1)
        writer.add("VO", "Volume", 0x700, id__name="VOx", filepath="//walk_0003.png", is_sequence=1)

        missing = [Path(path).name for path in read(tmp_path, writer).missing_files]

        assert missing == ["run_0001.png", "still.png", "walk_0001.exr"]

    @pytest.mark.parametrize(
        ("name", "expected"),
        [
            ("skin.<UDIM>.png", ["skin.1002.png", "skin.1011.png"]),
            ("skin_<UVTILE>.png", ["skin_u1_v1.png", "skin_u2_v1.png", "skin_u1_v2.png"]),
            ("skin.1001.png", ["skin.1002.png", "skin.1011.png"]),
        ],
    )
    def test_each_udim_tile_is_looked_for(self, tmp_path: Path, name: str, expected: list[str]) -> None:
        (tmp_path / "skin.1001.png").touch()
        writer = small_scene()
        writer.add("IM", "Image", 0x500, id__name="IMx", name=f"//{name}", source=6, tiles__first=0x601)
        for tile, after in ((1001, 0x602), (1002, 0x60B), (1011, 0x60C), (5, 0x601)):
            address = {5: 0x60C}.get(tile, 0x600 + tile - 1000)
            writer.add("DATA", "ImageTile", address, tile_number=tile, next=after)

        missing = [Path(path).name for path in read(tmp_path, writer).missing_files]

        assert missing == expected

    def test_every_kind_of_file(self, tmp_path: Path) -> None:
        writer = small_scene()
        writer.add("SO", "bSound", 0x500, id__name="SOx", name="//sound.wav")
        writer.add("VF", "VFont", 0x501, id__name="VFx", name="//font.ttf")
        writer.add("VF", "VFont", 0x502, id__name="VFx", name="<builtin>")
        writer.add("VF", "VFont", 0x503, id__name="VFx", name="//packed.ttf", packedfile=0x9)
        writer.add("VO", "Volume", 0x504, id__name="VOx", filepath="//smoke.vdb")
        writer.add("CF", "CacheFile", 0x505, id__name="CFx", filepath="//cache.abc")
        writer.add("MC", "MovieClip", 0x506, id__name="MCx", name="//plate.mov", source=2)

        missing = [Path(path).name for path in read(tmp_path, writer).missing_files]

        assert missing == ["sound.wav", "font.ttf", "smoke.vdb", "cache.abc", "plate.mov"]

    def test_libraries_count_only_when_something_is_linked_from_them(self, tmp_path: Path) -> None:
        writer = small_scene()
        writer.add("LI", "Library", 0x500, id__name="LIa", name="//linked.blend")
        writer.add("ID", "ID", 0x501, name="OBChair")
        writer.add("ID", "ID", 0x502, name="OBTable")
        writer.add("LI", "Library", 0x510, id__name="LIb", name="//archive/packed.blend")
        writer.add("IM", "Image", 0x511, id__name="IMx", id__lib=0x510, name="//cloth.png", source=1)
        writer.add("LI", "Library", 0x520, id__name="LIc", name="//inside.blend", packedfile=0x9)
        writer.add("ID", "ID", 0x521, name="OBLamp")

        info = read(tmp_path, writer)

        assert info.missing_files == (str(tmp_path / "linked.blend"), str(tmp_path / "archive" / "cloth.png"))

    @pytest.mark.parametrize(
        "name", ["relative.png", "~/home.png", "C:\\a\\b.png", "\\\\host\\a\\b.png", "//\\..\\b.png"]
    )
    def test_paths_that_lead_nowhere_here(self, tmp_path: Path, name: str) -> None:
        writer = small_scene()
        writer.add("IM", "Image", 0x500, id__name="IMx", name=name, source=1)

        assert len(read(tmp_path, writer).missing_files) == 1

    def test_backslashes_are_slashes_in_relative_paths(self, tmp_path: Path) -> None:
        (tmp_path / "wood").mkdir()
        (tmp_path / "wood" / "oak.png").touch()
        writer = small_scene()
        writer.add("IM", "Image", 0x500, id__name="IMx", name="//wood\\oak.png", source=1)
        writer.add("IM", "Image", 0x501, id__name="IMy", name="//wood", source=1)

        assert read(tmp_path, writer).missing_files == (str(tmp_path / "wood"),)
