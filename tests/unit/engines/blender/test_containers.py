"""The sources of bytes: plain files, zstd frames and packed streams."""

import io
import os
import struct
from pathlib import Path

import pytest
import zstandard
from blend_writer import PACKINGS, small_scene, zstd_frames

from render_manager.engines.blender import containers
from render_manager.engines.blender.blendfile import BlendFile
from render_manager.engines.blender.containers import DamagedError, PlainSource, open_source
from render_manager.engines.blender.scene_reader import read_scene


def with_table(frames: list[tuple[bytes, int]]) -> bytes:
    """Return zstd frames followed by a table that gives them the sizes said."""
    table = b"".join(struct.pack("<II", len(packed), size) for packed, size in frames)
    table += struct.pack("<IBI", len(frames), 0, 0x8F92EAB1)
    return b"".join(packed for packed, _size in frames) + struct.pack("<II", 0x184D2A5E, len(table)) + table


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

    @pytest.mark.parametrize("checksums", [False, True])
    def test_frame_table_is_used(self, checksums: bool) -> None:
        data = small_scene().file()
        packed = zstd_frames(data, checksums=checksums)

        assert open_source(io.BytesIO(packed), len(packed)).size == len(data)

    @pytest.mark.parametrize("where", [-1, -5, -9, -14])
    def test_damaged_frame_table_is_not_trusted(self, tmp_path: Path, where: int) -> None:
        packed = bytearray(zstd_frames(small_scene().file()))
        packed[where] ^= 0x7C

        path = tmp_path / "scene.blend"
        path.write_bytes(packed)

        assert open_source(io.BytesIO(packed), len(packed)).size is None
        assert read_scene(path).scene == "Scene"

    def test_frame_table_with_wrong_sizes_is_damage(self) -> None:
        packed = bytearray(zstd_frames(b"a" * 2_000))
        first_size = len(packed) - 9 - 2 * 8 + 4
        packed[first_size : first_size + 4] = struct.pack("<I", 999)
        source = open_source(io.BytesIO(packed), len(packed))

        with pytest.raises(DamagedError):
            source.stretch(0)

    @pytest.mark.parametrize("claimed", [500, 400, 600])
    def test_frame_that_hides_its_size_must_have_that_of_the_table(self, claimed: int) -> None:
        pack = zstandard.ZstdCompressor(write_content_size=False).compress
        packed = with_table([(pack(b"a" * 500), 500), (pack(b"b" * 500), claimed)])
        source = open_source(io.BytesIO(packed), len(packed))

        assert source.stretch(499) == (0, b"a" * 500)
        if claimed == 500:
            assert source.stretch(700) == (500, b"b" * 500)
        else:
            with pytest.raises((DamagedError, *containers.PACKING_ERRORS)):
                source.stretch(700)

    def test_frame_that_claims_a_terabyte_is_not_believed(self) -> None:
        frame = b"\x28\xb5\x2f\xfd\xe0" + struct.pack("<Q", 1 << 40) + b"\1\0\0"
        packed = with_table([(frame, 500)])

        with pytest.raises(DamagedError):
            open_source(io.BytesIO(packed), len(packed)).stretch(0)
