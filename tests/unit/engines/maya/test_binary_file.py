"""What is special about .mb: its chunks, and how they may be broken."""

import struct
from pathlib import Path

import pytest
from scene_writers import as_mb, plain_scene

from render_manager.domain.errors import UserError
from render_manager.domain.scene import SceneInfo
from render_manager.engines.maya.scene_reader import read_scene

WIDTHS = [True, False]


def read(tmp_path: Path, data: bytes) -> SceneInfo:
    path = tmp_path / "shot.mb"
    path.write_bytes(data)
    return read_scene(path)


def with_size(data: bytes, tag: bytes, size: int, start: int = 0) -> bytes:
    """Return a file in which the first chunk with this tag says it is that long."""
    changed = bytearray(data)
    is_wide = data.startswith(b"FOR8")
    at = data.index(tag, start)
    if is_wide:
        struct.pack_into(">Q", changed, at + 8, size)
    else:
        struct.pack_into(">I", changed, at + 4, size & 0xFFFFFFFF)
    return bytes(changed)


@pytest.mark.parametrize("is_wide", WIDTHS)
class TestDamage:
    @pytest.mark.parametrize("tag", [b"VERS", b"CREA", b"DBLE"])
    @pytest.mark.parametrize(
        "size", [1 << 20, (1 << 31) + 5, (1 << 32) - 1, (1 << 63) + (1 << 31), (1 << 64) - 1]
    )
    def test_sizes_that_do_not_fit(self, tmp_path: Path, is_wide: bool, tag: bytes, size: int) -> None:
        data = as_mb(plain_scene(fs=3).add("transform", "last"), is_wide=is_wide)
        start = data.index(b"DCAM") if tag != b"VERS" else 0

        with pytest.raises(UserError, match=r"shot\.mb is damaged: .*\. Copy it or save it again\."):
            read(tmp_path, with_size(data, tag, size, start))

    @pytest.mark.parametrize("size", [1 << 62, (1 << 64) - 1])
    def test_groups_that_end_nowhere(self, tmp_path: Path, is_wide: bool, size: int) -> None:
        data = as_mb(plain_scene(), is_wide=is_wide)
        first_group = data.index(data[:4], 4)

        with pytest.raises(UserError, match=r"is damaged: "):
            read(tmp_path, with_size(data, data[:4], size | 1 << 31, first_group))

    def test_whole_file_is_a_chunk_of_no_size(self, tmp_path: Path, is_wide: bool) -> None:
        data = as_mb(plain_scene(), is_wide=is_wide)

        with pytest.raises(UserError, match="is damaged: one of its groups is too short"):
            read(tmp_path, with_size(data, data[:4], 0))

    def test_chunks_of_no_size_are_nothing(self, tmp_path: Path, is_wide: bool) -> None:
        data = as_mb(plain_scene(ren="arnold"), is_wide=is_wide)
        empty = struct.pack(">4s4xQ", b"XYZW", 0) if is_wide else struct.pack(">4sI", b"XYZW", 0)
        grown = with_size(data, data[:4], len(data) - (16 if is_wide else 8) + 500 * len(empty))

        assert read(tmp_path, grown + empty * 500).renderer == "arnold"

    def test_cut_before_the_settings(self, tmp_path: Path, is_wide: bool) -> None:
        data = as_mb(plain_scene(), is_wide=is_wide)

        for size in (5, 12, 20, 40, 400, len(data) // 2):
            with pytest.raises(UserError, match=r"is (incomplete|damaged): "):
                read(tmp_path, data[:size])

    def test_cut_behind_the_settings(self, tmp_path: Path, is_wide: bool) -> None:
        info = read(tmp_path, as_mb(plain_scene(ren="arnold"), is_wide=is_wide)[:-20])

        assert info.renderer == "arnold"
        assert [each.code for each in info.problems] == ["incomplete-file"]

    def test_rubbish_behind_the_end_does_no_harm(self, tmp_path: Path, is_wide: bool) -> None:
        assert read(tmp_path, as_mb(plain_scene(), is_wide=is_wide) + b"rubbish" * 99).problems == ()

    def test_groups_in_groups_are_stepped_over(self, tmp_path: Path, is_wide: bool) -> None:
        data = as_mb(plain_scene(ren="arnold"), is_wide=is_wide)
        deep = b""
        for _number in range(300):
            size = 4 + len(deep)
            head = struct.pack(">4s4xQ", b"FOR8", size) if is_wide else struct.pack(">4sI", b"FOR4", size)
            deep = head + b"DEEP" + deep
        grown = with_size(data, data[:4], len(data) - (16 if is_wide else 8) + len(deep))

        assert read(tmp_path, grown + deep).renderer == "arnold"

    def test_head_is_missing(self, tmp_path: Path, is_wide: bool) -> None:
        data = as_mb(plain_scene(), is_wide=is_wide).replace(b"HEAD", b"DAEH")

        with pytest.raises(UserError, match="is damaged: it lacks the head"):
            read(tmp_path, data)

    def test_other_iff_files(self, tmp_path: Path, is_wide: bool) -> None:
        data = as_mb(plain_scene(), is_wide=is_wide).replace(b"Maya", b"CIMG", 1)

        with pytest.raises(
            UserError, match=r"shot\.mb is an IFF file, but not a Maya scene: it holds 'CIMG'"
        ):
            read(tmp_path, data)

    def test_numbers_that_cannot_be(self, tmp_path: Path, is_wide: bool) -> None:
        data = as_mb(plain_scene(an=True, bfs=2.0, outf=32.0), is_wide=is_wide)
        for wrong in (struct.pack(">d", float("inf")), b"\xff" * 8, struct.pack(">d", 1e300)):
            info = read(tmp_path, data.replace(struct.pack(">d", 2.0), wrong))
            assert info.frame_step == 1
            read(tmp_path, data.replace(struct.pack(">d", 32.0), wrong))


def test_arrays_have_their_size_before_the_value(tmp_path: Path) -> None:
    data = as_mb(plain_scene().add("file", "file1", ftn="abcdgone.png"))
    place = data.index(b"ftn\0 ")

    changed = data[: place + 4] + b"\x28" + data[place + 5 :]

    assert read(tmp_path, changed).missing_files == ("gone.png",)


def test_codes_of_plugin_nodes_are_those_of_the_file(tmp_path: Path) -> None:
    scene = (
        plain_scene(ren="arnold")
        .add("aiOptions", "o")
        .add("aiAOVDriver", "defaultArnoldDriver", ai_translator="tif")
    )

    assert read(tmp_path, as_mb(scene)).file_format == "tif"
