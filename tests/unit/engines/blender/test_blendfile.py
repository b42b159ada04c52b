"""Containers, headers, the chain of blocks and the DNA, on files written here byte by byte."""

import os
import struct
import tracemalloc
from pathlib import Path

import pytest
from blend_writer import PACKINGS, Writer, add_scene, small_scene, zstd_frames

from render_manager.domain.errors import UserError
from render_manager.engines.blender import containers
from render_manager.engines.blender.blendfile import open_blend
from render_manager.engines.blender.scene_reader import read_scene, read_thumbnail

LAYOUTS = {
    "64-bit little-endian": {"pointer_size": 8, "byte_order": "<", "version": 405},
    "64-bit big-endian": {"pointer_size": 8, "byte_order": ">", "version": 279},
    "32-bit little-endian": {"pointer_size": 4, "byte_order": "<", "version": 280},
    "32-bit big-endian": {"pointer_size": 4, "byte_order": ">", "version": 278},
    "5.x": {"version": 501},
}


def save(tmp_path: Path, data: bytes) -> Path:
    path = tmp_path / "scene.blend"
    path.write_bytes(data)
    return path


def error_of(path: Path) -> str:
    with pytest.raises(UserError) as caught:
        read_scene(path)
    text = str(caught.value)
    assert str(path) in text
    assert text.endswith(".")
    return text


class TestLayouts:
    @pytest.mark.parametrize("packing", PACKINGS)
    @pytest.mark.parametrize("layout", LAYOUTS)
    def test_every_layout_in_every_container_reads_the_same(
        self, tmp_path: Path, layout: str, packing: str
    ) -> None:
        options = LAYOUTS[layout]
        writer = small_scene(**options)
        add_scene(
            writer, "Über", 0x200, r__sfra=-5, r__efra=70000, r__frs_sec=30, r__frs_sec_base=1.001, camera=0
        )
        path = save(tmp_path, PACKINGS[packing](writer.file()))

        info = read_scene(path)

        assert info.engine_version == divmod(options["version"], 100)
        assert (info.frame_start, info.frame_end, info.frame_step, info.fps) == (1, 10, 1, 24)
        assert (info.width, info.height) == (64, 36)
        assert (info.scene, info.scenes) == ("Scene", ("Scene", "Über"))
        assert (info.camera, info.cameras, info.layers) == ("Camera", ("Camera",), ("ViewLayer",))
        assert (info.renderer, info.output, info.file_format) == ("CYCLES", "//out/f_####", "PNG")
        assert info.extra["subversion"] == "6"
        assert info.extra["compression"] == packing.split(" ", maxsplit=1)[0].replace("plain", "none")
        other = read_scene(path, "Über")
        assert (other.frame_start, other.frame_end, other.camera) == (-5, 70000, "")
        assert other.fps == pytest.approx(29.97, abs=0.001)

    @pytest.mark.parametrize("layout", LAYOUTS)
    def test_thumbnail_comes_with_its_top_row_first(self, tmp_path: Path, layout: str) -> None:
        writer = Writer(**LAYOUTS[layout])
        bottom, top = b"\1\2\3\4" * 3, b"\5\6\7\x08" * 3
        size = struct.pack(f"{writer.byte_order}ii", 3, 2)
        writer.add_raw("REND", b"\0" * 72)
        writer.add_raw("TEST", size + bottom + top)
        path = save(tmp_path, writer.file())

        assert read_thumbnail(path) == (3, 2, top + bottom)

    @pytest.mark.parametrize("size", [(0, 2), (-3, 2), (3, 3), (1 << 30, 1 << 30)])
    def test_thumbnail_of_a_size_that_cannot_be_is_none(self, tmp_path: Path, size: tuple[int, int]) -> None:
        writer = small_scene()
        writer.blocks.insert(0, (b"TEST", 0, 0, struct.pack("<ii", *size) + b"\0" * 24))

        assert read_thumbnail(save(tmp_path, writer.file())) is None

    def test_file_without_thumbnail_has_none(self, tmp_path: Path) -> None:
        assert read_thumbnail(save(tmp_path, small_scene().file())) is None

    def test_whatever_follows_the_end_mark_does_not_matter(self, tmp_path: Path) -> None:
        path = save(tmp_path, small_scene().file() + b"DNA1" + b"rest" * 999)

        assert read_scene(path).scene == "Scene"

    def test_old_end_mark_of_four_bytes_is_an_end(self, tmp_path: Path) -> None:
        path = save(tmp_path, small_scene().file(end=b"ENDB"))

        assert read_scene(path).scene == "Scene"


class TestBadFiles:
    def test_no_such_file(self, tmp_path: Path) -> None:
        assert "does not exist" in error_of(tmp_path / "nothere.blend")
        assert "does not exist" in error_of(save(tmp_path, b"x") / "below.blend")

    def test_folder(self, tmp_path: Path) -> None:
        assert "is a folder" in error_of(tmp_path)

    @pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
    def test_pipe_is_refused_without_waiting_for_a_writer(self, tmp_path: Path) -> None:
        path = tmp_path / "pipe.blend"
        os.mkfifo(path)

        assert "is not a file" in error_of(path)

    @pytest.mark.skipif(
        not hasattr(os, "geteuid") or os.geteuid() == 0, reason="this user may read everything"
    )
    def test_unreadable_file(self, tmp_path: Path) -> None:
        path = save(tmp_path, small_scene().file())
        path.chmod(0)

        assert "may not be read" in error_of(path)

    def test_name_with_a_zero_byte(self) -> None:
        with pytest.raises(UserError, match="not a possible file name"):
            read_scene(Path("a\0b.blend"))

    def test_empty_file(self, tmp_path: Path) -> None:
        assert "is empty" in error_of(save(tmp_path, b""))

    @pytest.mark.parametrize("data", [b"x", b"BLEND me", b"\0" * 5000, b"PK\3\4" + b"\0" * 100])
    def test_other_files(self, tmp_path: Path, data: bytes) -> None:
        assert "not a Blender file" in error_of(save(tmp_path, data))

    @pytest.mark.parametrize("packing", ["gzip", "zstd stream", "zstd frames"])
    def test_other_packed_files(self, tmp_path: Path, packing: str) -> None:
        assert "not a Blender file" in error_of(save(tmp_path, PACKINGS[packing](b"something else" * 100)))

    def test_header_of_a_later_format(self, tmp_path: Path) -> None:
        assert "does not know yet" in error_of(save(tmp_path, b"BLENDER17-02v0700" + b"\0" * 100))

    def test_header_that_makes_no_sense(self, tmp_path: Path) -> None:
        assert "damaged" in error_of(save(tmp_path, b"BLENDER?v405" + b"\0" * 100))

    @pytest.mark.parametrize("version", [405, 501])
    def test_every_truncation_is_told_from_a_good_file(self, tmp_path: Path, version: int) -> None:
        data = small_scene(version=version).file()
        end_mark = 32 if version >= 500 else 24

        for length in range(1, len(data) - end_mark, 7):
            assert "incomplete" in error_of(save(tmp_path, data[:length])), length

    @pytest.mark.parametrize("packing", ["gzip", "zstd stream", "zstd frames"])
    def test_truncated_packed_files(self, tmp_path: Path, packing: str) -> None:
        data = PACKINGS[packing](small_scene().file())

        for length in range(20, len(data) - 20, 31):
            text = error_of(save(tmp_path, data[:length]))
            assert "incomplete" in text or "damaged" in text, length

    def test_packed_file_with_a_flipped_byte(self, tmp_path: Path) -> None:
        data = bytearray(PACKINGS["gzip"](small_scene().file()))
        data[-6] ^= 0xFF

        assert "damaged" in error_of(save(tmp_path, bytes(data)))

    def test_block_of_negative_size(self, tmp_path: Path) -> None:
        writer = small_scene()
        data = writer.header() + writer.block(b"DATA", 0, 0, b"", size=-24) + writer.file()[12:]

        assert "negative size" in error_of(save(tmp_path, data))

    @pytest.mark.parametrize("packing", PACKINGS)
    def test_block_that_claims_more_than_the_file_holds(self, tmp_path: Path, packing: str) -> None:
        writer = small_scene(version=501)
        data = writer.header() + writer.block(b"DATA", 0, 0, b"", size=1 << 50) + writer.file()[17:]

        assert "incomplete" in error_of(save(tmp_path, PACKINGS[packing](data)))

    def test_chain_of_blocks_that_leads_into_data(self, tmp_path: Path) -> None:
        writer = small_scene()
        data = writer.header() + writer.block(b"DATA", 0, 0, b"\xff" * 64, size=30) + writer.file()[12:]

        assert "leads nowhere" in error_of(save(tmp_path, data))

    def test_no_dna(self, tmp_path: Path) -> None:
        writer = small_scene()
        data = writer.header() + writer.block(b"DATA", 0, 0, b"") + writer.block(b"ENDB", 0, 0, b"")

        assert "DNA" in error_of(save(tmp_path, data))

    @pytest.mark.parametrize(
        "dna",
        [
            b"",
            b"SDNA",
            b"SDNANAME" + b"\xff" * 4,
            b"SDNANAME" + struct.pack("<I", 3) + b"a\0b\0",
            small_scene().dna()[:-200],
            small_scene().dna().replace(b"TYPE", b"TIPE"),
            small_scene().dna().replace(b"pic[64]", b"pic[63]"),
            small_scene().dna().replace(b"pic[64]", b"pic 64]"),
            small_scene().dna().replace(b"*camera", b"?camera"),
            small_scene().dna().replace(b"\0frame_step\0", b"\0frame_stop\0"),
        ],
    )
    def test_damaged_dna(self, tmp_path: Path, dna: bytes) -> None:
        assert "damaged" in error_of(save(tmp_path, small_scene().file(dna=dna)))

    def test_block_shorter_than_its_struct(self, tmp_path: Path) -> None:
        writer = small_scene()
        writer.add_raw("SC", b"\0" * 50, list(writer.structs).index("Scene"), 0x900)

        assert "less than one Scene" in error_of(save(tmp_path, writer.file()))


class TestMemory:
    @pytest.mark.parametrize("packing", PACKINGS)
    def test_large_blocks_do_not_end_up_in_memory(self, tmp_path: Path, packing: str) -> None:
        writer = small_scene()
        for _number in range(3):
            writer.add_raw("DATA", b"\0" * (16 << 20))
        data = writer.file()
        framed = packing.startswith("zstd frames")
        path = save(tmp_path, zstd_frames(data, 1 << 20) if framed else PACKINGS[packing](data))
        del data, writer

        tracemalloc.start()
        try:
            assert read_scene(path).scene == "Scene"
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert peak < (40 << 20 if packing in {"gzip", "zstd stream"} else 8 << 20)

    def test_going_back_in_a_long_stream_unpacks_it_again(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(containers, "_KEPT_HEAD", 1)
        monkeypatch.setattr(containers, "_PIECE", 100)

        assert read_scene(save(tmp_path, PACKINGS["gzip"](small_scene().file()))).camera == "Camera"

    @pytest.mark.parametrize("packing", ["gzip", "zstd stream", "zstd frames"])
    def test_file_that_unpacks_to_far_too_much(
        self, tmp_path: Path, packing: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(containers, "_ALWAYS_ALLOWED", 1 << 20)
        monkeypatch.setattr(containers, "_LARGEST_RATIO", 2)
        writer = small_scene()
        writer.add_raw("DATA", b"\0" * (3 << 20))
        path = save(tmp_path, PACKINGS[packing](writer.file()))

        assert "far more than a scene" in error_of(path)

    def test_absurdly_many_things(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("render_manager.engines.blender.scene_facts._MOST_THINGS", 20)
        writer = small_scene()
        for number in range(20):
            writer.add("OB", "Object", 0x1000 + number, id__name=f"OBCamera.{number:03}", type=11)

        assert "absurdly many" in error_of(save(tmp_path, writer.file()))

    def test_absurdly_many_blocks(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("render_manager.engines.blender.blendfile._MOST_BLOCKS", 20)
        writer = small_scene()
        writer.blocks += [(b"DATA", 0, 0, b"")] * 20

        assert "absurdly many blocks" in error_of(save(tmp_path, writer.file()))


def test_errors_inside_the_block_of_the_caller_keep_their_kind(tmp_path: Path) -> None:
    path = save(tmp_path, small_scene().file())

    with pytest.raises(UserError, match="a sentence"), open_blend(path):
        raise UserError("a sentence")
