"""Containers, headers, the chain of blocks and the DNA, on files written here byte by byte."""

import io
import os
import struct
import tracemalloc
from pathlib import Path

import pytest
import zstandard
from blend_writer import PACKINGS, Writer, add_scene, small_scene, zstd_frames

from render_manager.domain.errors import UserError
from render_manager.engines.blender import containers
from render_manager.engines.blender.blendfile import BlendFile, open_blend
from render_manager.engines.blender.containers import DamagedError, PlainSource, open_source
from render_manager.engines.blender.dna import Dna, Record
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


class TestSources:
    def test_plain_file_reads_little_after_a_jump_and_more_while_reading_on(self) -> None:
        data = bytes(range(256)) * 8192
        source = PlainSource(io.BytesIO(data), len(data))

        lengths = []
        offset = 0
        for _number in range(4):
            start, part = source.stretch(offset)
            assert part == data[start : start + len(part)]
            lengths.append(len(part))
            offset += len(part)
        jumped = source.stretch(1_000_000)[1]

        assert lengths == sorted(lengths)
        assert lengths[0] < lengths[-1]
        assert len(jumped) == lengths[0]
        assert source.stretch(len(data))[1] == b""

    @pytest.mark.parametrize("packing", PACKINGS)
    def test_any_place_can_be_read_in_any_order(self, packing: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(containers, "_PIECE", 777)
        writer = small_scene()
        writer.add_raw("DATA", bytes(range(256)) * 40)
        data = writer.file()
        packed = PACKINGS[packing](data)
        blend = BlendFile(open_source(io.BytesIO(packed), len(packed)))

        for offset, size in [(0, 10), (3000, 2500), (0, len(data)), (990, 20), (len(data) - 5, 5), (12, 0)]:
            assert blend.read(offset, size) == data[offset : offset + size]

    def test_only_frames_that_are_asked_for_are_unpacked(self) -> None:
        data = os.urandom(10_000)
        packed = bytearray(zstd_frames(data))
        packed[5_000] ^= 0xFF
        source = open_source(io.BytesIO(packed), len(packed))

        assert source.stretch(9_500) == (9_000, data[9_000:])
        assert source.stretch(0) == (0, data[:1_000])

    @pytest.mark.parametrize("where", [-1, -5, -9])
    def test_damaged_frame_table_is_not_trusted(self, tmp_path: Path, where: int) -> None:
        packed = bytearray(zstd_frames(small_scene().file()))
        packed[where] ^= 0x7C

        assert read_scene(save(tmp_path, bytes(packed))).scene == "Scene"

    def test_frame_table_with_wrong_sizes_is_damage(self) -> None:
        packed = bytearray(zstd_frames(b"a" * 2_000))
        first_size = len(packed) - 9 - 2 * 8 + 4
        packed[first_size : first_size + 4] = struct.pack("<I", 999)
        source = open_source(io.BytesIO(packed), len(packed))

        with pytest.raises(DamagedError):
            source.stretch(0)

    def test_frame_that_hides_its_size_is_read_within_the_table_s_bounds(self) -> None:
        pieces = [
            zstandard.ZstdCompressor(write_content_size=False).compress(b"b" * 500) for _number in range(2)
        ]
        table = b"".join(struct.pack("<II", len(piece), 500) for piece in pieces)
        table += struct.pack("<IBI", 2, 0, 0x8F92EAB1)
        packed = b"".join(pieces) + struct.pack("<II", 0x184D2A5E, len(table)) + table

        assert open_source(io.BytesIO(packed), len(packed)).stretch(700) == (500, b"b" * 500)


class TestDna:
    def dna(self, **options: int | str) -> tuple[Writer, Dna]:
        writer = Writer(**options)  # type: ignore[arg-type]
        return writer, Dna(writer.dna(), writer.byte_order, writer.pointer_size)  # type: ignore[arg-type]

    @pytest.mark.parametrize("pointer_size", [4, 8])
    def test_offsets_of_arrays_pointers_and_functions(self, pointer_size: int) -> None:
        writer, dna = self.dna(pointer_size=pointer_size)

        scene = dna.struct("Scene")

        id_size = 3 * pointer_size + 72
        assert scene.size == writer.size("Scene")
        assert scene.field("matrix").offset == id_size
        assert scene.field("matrix").size == 24
        assert scene.field("callback").size == pointer_size
        assert scene.field("callback").is_pointer
        assert scene.field("camera").offset == id_size + 24 + pointer_size

    def test_unknown_names(self) -> None:
        dna = self.dna()[1]

        assert dna.index("Nothing") == -1
        with pytest.raises(DamagedError, match="Nothing"):
            dna.struct("Nothing")
        with pytest.raises(DamagedError, match="nothing"):
            dna.struct("Scene").field("nothing")

    def test_record_reads_by_type(self) -> None:
        writer, dna = self.dna(byte_order=">", pointer_size=4)
        data = writer.data(
            "Scene", {"id.name": "SCÄ", "camera": 0xDEADBEEF, "r.frs_sec_base": 1.5, "r.sfra": -3}
        )
        record = Record(dna, dna.struct("Scene"), data)

        assert record.pointer("camera") == 0xDEADBEEF
        assert record.inner("id").text("name") == "SCÄ"
        assert record.inner("r").real("frs_sec_base") == 1.5
        assert record.inner("r").integer("sfra") == -3
        assert not record.has("nothing")

    @pytest.mark.parametrize(
        ("method", "name"),
        [
            ("integer", "camera"),
            ("integer", "id"),
            ("pointer", "use_nodes"),
            ("inner", "camera"),
            ("inner", "matrix"),
        ],
    )
    def test_record_refuses_a_field_of_another_type(self, method: str, name: str) -> None:
        writer, dna = self.dna()
        record = Record(dna, dna.struct("Scene"), writer.data("Scene", {}))

        with pytest.raises(DamagedError):
            getattr(record, method)(name)

    def test_text_that_is_no_utf8_is_shown_all_the_same(self) -> None:
        writer, dna = self.dna()
        record = Record(dna, dna.struct("ID"), writer.data("ID", {"name": b"SC\xff\xfeab\0junk"}))

        assert record.text("name") == "SC��ab"


def test_errors_inside_the_block_of_the_caller_keep_their_kind(tmp_path: Path) -> None:
    path = save(tmp_path, small_scene().file())

    with pytest.raises(UserError, match="a sentence"), open_blend(path):
        raise UserError("a sentence")
