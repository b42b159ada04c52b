"""Files that are no whole, good pictures: each is refused with a sentence, and none passes in silence."""

import os
import random
import stat
import struct
import zlib
from pathlib import Path

import numpy as np
import OpenImageIO as oiio  # noqa: N813 - the name its own documentation gives it
import pytest
from PIL import Image

from render_manager.media import Fault, Picture, PictureError, examine, load_preview, tiff_check
from render_manager.media.exr_structure import read_structure

TAIL_WITHOUT_PICTURE = {
    # The footer of a Targa file: its last 26 bytes, which name the format and say no more.
    **dict.fromkeys(("rgb8.tga", "rle8.tga", "rgba8.tga", "grey8.tga"), 26),
    # Padding of the last block of a Maya IFF to four bytes.
    **dict.fromkeys(("rgb8.iff", "rle8.iff", "rgba8.iff", "rgb16.iff"), 3),
}
CUTS = 10


def fault_of(path: Path, expected_size: tuple[int, int] | None = None) -> PictureError:
    with pytest.raises(PictureError) as caught:
        examine(path, expected_size=expected_size)
    assert str(path) in str(caught.value)
    assert str(caught.value).endswith(".")
    assert "\n" not in str(caught.value)
    return caught.value


def everything_of(path: Path) -> tuple[Picture, tuple[int, int, bytes]] | None:
    """Return all that is known of a file, None where it is refused."""
    try:
        return examine(path), load_preview(path, 64)
    except PictureError:
        return None


def test_finds_a_cut_anywhere(picture_file: Path, tmp_path: Path) -> None:
    data = picture_file.read_bytes()
    cuts = random.Random(picture_file.name).sample(range(1, len(data) - 1), CUTS)
    short = tmp_path / picture_file.name
    for length in (*cuts, len(data) - 1):
        short.write_bytes(data[:length])
        if len(data) - length <= TAIL_WITHOUT_PICTURE.get(picture_file.name, 0):
            assert everything_of(short) in (None, everything_of(picture_file)), f"cut to {length}"
        else:
            assert fault_of(short).fault in (Fault.TRUNCATED, Fault.DAMAGED), f"cut to {length}"


def test_finds_a_file_of_zeros_of_the_right_length(picture_file: Path, tmp_path: Path) -> None:
    zeros = tmp_path / picture_file.name
    zeros.write_bytes(bytes(picture_file.stat().st_size))
    assert fault_of(zeros).fault is Fault.DAMAGED


def test_finds_a_second_half_of_zeros(picture_file: Path, tmp_path: Path) -> None:
    """What a power cut leaves. Formats without checksums cannot tell it from black, but must survive it."""
    data = picture_file.read_bytes()
    half = tmp_path / picture_file.name
    half.write_bytes(data[: len(data) // 2] + bytes(len(data) - len(data) // 2))
    found = everything_of(half)
    if picture_file.suffix in (".png", ".jpg") or "zip" in picture_file.name:
        assert found is None


def test_finds_an_empty_file(picture_file: Path, tmp_path: Path) -> None:
    empty = tmp_path / picture_file.name
    empty.touch()
    error = fault_of(empty)
    assert error.fault is Fault.EMPTY
    assert str(error) == f"{empty} is empty (0 bytes)."


@pytest.mark.parametrize("name", ["rgb8.png", "rgba16.png", "palette.png", "interlaced.png", "grey16.png"])
def test_finds_every_flipped_bit_of_a_png(images: Path, tmp_path: Path, name: str) -> None:
    data, damaged = (images / name).read_bytes(), tmp_path / name
    for at in range(len(data)):
        damaged.write_bytes(_flipped(data, at))
        assert fault_of(damaged).fault in (Fault.DAMAGED, Fault.TRUNCATED), f"byte {at}"


@pytest.mark.parametrize("compression", ["zip", "zips", "pxr24"])
@pytest.mark.parametrize("tile", [0, 16])
def test_finds_flipped_bits_in_layers_that_are_not_shown(tmp_path: Path, compression: str, tile: int) -> None:
    """No channel of them is unpacked, yet their blocks are decoded.

    A few flips in a hundred are not to be found: they unpack to the same pixels, or the format's checksum
    (Adler-32) happens to be the same.
    """
    path, damaged = tmp_path / "noise.exr", tmp_path / "damaged.exr"
    names = ("Combined.R", "Combined.G", "Combined.B", "Diffuse.R", "Diffuse.G", "Diffuse.B", "Depth.Z")
    spec = oiio.ImageSpec(32, 24, len(names), "float")
    spec.channelnames = names
    spec.attribute("compression", compression)
    spec.tile_width = spec.tile_height = tile
    output = oiio.ImageOutput.create(str(path))
    output.open(str(path), spec)
    # Noise that still packs: blocks that do not are stored as they are, without a checksum.
    noise = np.random.default_rng(1).integers(0, 64, (24, 32, len(names)))
    output.write_image((noise / 64).astype(np.float32))
    output.close()
    data, found = path.read_bytes(), 0
    for at in random.Random(1).sample(range(_first_block(path), len(data)), 150):
        damaged.write_bytes(_flipped(data, at))
        found += everything_of(damaged) is None
    assert found >= 140


def test_finds_flipped_bits_in_parts_that_are_not_shown(tmp_path: Path) -> None:
    path, damaged = tmp_path / "parts.exr", tmp_path / "damaged.exr"
    specs = []
    for name in ("beauty", "extra"):
        spec = oiio.ImageSpec(32, 24, 3, "half")
        spec.attribute("compression", "zips")
        spec.attribute("oiio:subimagename", name)
        specs.append(spec)
    noise = (np.random.default_rng(1).integers(0, 64, (24, 32, 3)) / 64).astype(np.float32)
    output = oiio.ImageOutput.create(str(path))
    output.open(str(path), tuple(specs))
    output.write_image(np.zeros_like(noise))
    output.open(str(path), specs[1], "AppendSubimage")
    output.write_image(noise)
    output.close()
    data, found = path.read_bytes(), 0
    assert examine(path).shown_layer == "beauty"
    # Blocks are stored in the order of parts, and those of the black one take next to nothing.
    for at in range(len(data) - 1000, len(data), 10):
        damaged.write_bytes(_flipped(data, at))
        found += everything_of(damaged) is None
    assert found >= 95


def test_flipped_bits_in_an_exr_never_change_its_picture_in_silence(images: Path, tmp_path: Path) -> None:
    for name in ("half_zip.exr", "half_zips.exr", "half_pxr24.exr", "tiled.exr", "multipart_sizes.exr"):
        data, damaged = (images / name).read_bytes(), tmp_path / name
        good = everything_of(images / name)
        for at in random.Random(name).sample(range(_first_block(images / name), len(data)), 60):
            damaged.write_bytes(_flipped(data, at))
            assert everything_of(damaged) in (None, good), f"{name} byte {at}"


@pytest.mark.parametrize("name", ["rgb8_zip.tif", "rgba8.tif", "grey16.tif", "rgb32f.tif"])
def test_flipped_bits_in_a_tiff_never_change_its_picture_in_silence(
    images: Path, tmp_path: Path, name: str
) -> None:
    path, damaged = images / name, tmp_path / name
    data, good = path.read_bytes(), everything_of(path)
    strips = places_in_tiff(path)
    found = 0
    for offset, length in strips:
        for at in range(offset, offset + length):
            damaged.write_bytes(_flipped(data, at))
            got = everything_of(damaged)
            found += got is None
            assert got in (None, good), f"byte {at}"
    assert found > sum(length for _, length in strips) * 0.8


@pytest.mark.parametrize("name", ["rgb8.jpg", "progressive.jpg", "cmyk.jpg"])
def test_finds_a_hole_in_a_jpeg(images: Path, tmp_path: Path, name: str) -> None:
    data = (images / name).read_bytes()
    damaged = tmp_path / name
    middle = data.index(b"\xff\xda") + 60
    damaged.write_bytes(data[:middle] + data[-2:])
    assert fault_of(damaged).fault is Fault.DAMAGED


def test_finds_an_exr_that_was_never_closed(images: Path, tmp_path: Path) -> None:
    """The table of blocks is written last; libraries mend it without a word."""
    for name in ("half_zip.exr", "tiled.exr", "multipart.exr"):
        path, open_file = images / name, tmp_path / name
        data, part_count = path.read_bytes(), len(read_structure(path))
        total = sum(part.blocks or 0 for part in read_structure(path))
        table = _first_block(path) - 8 * total
        open_file.write_bytes(data[:table] + bytes(8 * total) + data[table + 8 * total :])
        error = fault_of(open_file)
        assert error.fault is Fault.TRUNCATED
        assert f"{total} of {total} blocks" in str(error)
        open_file.write_bytes(data[:table] + bytes(8) + data[table + 8 :])
        assert f"1 of {total} blocks" in str(fault_of(open_file))
        assert part_count >= 1


def test_refuses_what_is_no_file(tmp_path: Path) -> None:
    folder = tmp_path / "folder.png"
    folder.mkdir()
    assert fault_of(folder).fault is Fault.NOT_A_FILE
    assert fault_of(tmp_path / "missing.png").fault is Fault.MISSING
    assert fault_of(tmp_path / "missing" / "a.png").fault is Fault.MISSING


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_does_not_wait_for_a_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    assert fault_of(tmp_path / "pipe.png").fault is Fault.NOT_A_FILE


def test_says_when_the_system_does_not_let_it_read(images: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.png"
    secret.write_bytes((images / "rgb8.png").read_bytes())
    secret.chmod(stat.S_IWUSR)
    if os.access(secret, os.R_OK):
        pytest.skip("this user may read every file")
    assert fault_of(secret).fault is Fault.UNREADABLE


def test_says_when_it_is_no_picture(tmp_path: Path) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("no picture at all")
    assert fault_of(text).fault is Fault.UNKNOWN_FORMAT
    named = tmp_path / "notes.exr"
    named.write_text("no picture at all")
    error = fault_of(named)
    assert error.fault is Fault.DAMAGED
    assert "OpenEXR" in str(error)


def test_knows_a_picture_under_another_name(picture_file: Path, tmp_path: Path) -> None:
    has_no_signature = picture_file.name == "grey8.tga"
    for ending in ("", ".tmp", ".png", ".exr", ".tif"):
        renamed = tmp_path / f"frame_0001{ending}"
        renamed.write_bytes(picture_file.read_bytes())
        assert examine(renamed) == examine(picture_file) or has_no_signature


@pytest.mark.parametrize(
    "name", ["what?.exr", "a=b?c=d.tif", "50%.exr", "tab\t.jpg", "日本 é.exr", "#1 <x>.dpx"]
)
def test_reads_files_of_any_name(images: Path, tmp_path: Path, name: str) -> None:
    like = {".exr": "half_zip.exr", ".tif": "rgb8_zip.tif", ".jpg": "rgb8.jpg", ".dpx": "rgb10.dpx"}
    original = images / like[Path(name).suffix]
    copy = tmp_path / name
    try:
        copy.write_bytes(original.read_bytes())
    except OSError:
        pytest.skip("this system has no such names")
    assert examine(copy) == examine(original)


@pytest.mark.skipif(os.name == "nt", reason="names are always Unicode on Windows")
def test_reads_files_whose_name_is_no_text(images: Path, tmp_path: Path) -> None:
    copy = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.exr"))
    copy.write_bytes((images / "half_zip.exr").read_bytes())
    assert examine(copy).width == 64


def test_reads_layers_whose_name_is_no_text(images: Path, tmp_path: Path) -> None:
    data = (images / "arnold_layers.exr").read_bytes()
    copy = tmp_path / "latin.exr"
    copy.write_bytes(data.replace(b"albedo.", b"alb\xe9do."))
    picture = examine(copy)
    assert picture.shown_layer == "beauty"
    assert "alb\ufffddo.R" in picture.channels


def _png_of_size(width: int, height: int) -> bytes:
    def block(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", width, height, 16, 6, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + block(b"IHDR", header)
        + block(b"IDAT", zlib.compress(b"x"))
        + block(b"IEND", b"")
    )


def test_refuses_a_png_that_claims_too_much(tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.png"
    bomb.write_bytes(_png_of_size(100_000, 100_000))
    assert fault_of(bomb).fault is Fault.TOO_LARGE
    bomb.write_bytes(_png_of_size(30_000, 30_000))
    error = fault_of(bomb)
    assert error.fault is Fault.TRUNCATED
    assert "bytes of data" in error.detail, "told from the header alone"
    bomb.write_bytes(_png_of_size(0, 5))
    assert fault_of(bomb).fault is Fault.DAMAGED


@pytest.mark.parametrize(
    ("name", "at", "size"),
    [
        ("rgb8.bmp", 18, struct.pack("<ii", 40_000, 40_000)),
        ("rgb8.tga", 12, struct.pack("<HH", 60_000, 60_000)),
        ("rgb8.tga", 12, struct.pack("<HH", 20_000, 20_000)),
        ("rgb8.dpx", 772, struct.pack("<II", 100_000, 100_000)),
        ("log10.cin", 200, struct.pack(">II", 100_000, 100_000)),
        ("rgb8.iff", 20, struct.pack(">II", 60_000, 60_000)),
        ("rgb8.sgi", 6, struct.pack(">HH", 60_000, 60_000)),
    ],
)
def test_refuses_a_header_that_claims_too_much(
    images: Path, tmp_path: Path, name: str, at: int, size: bytes
) -> None:
    data, bomb = bytearray((images / name).read_bytes()), tmp_path / name
    data[at : at + len(size)] = size
    bomb.write_bytes(data)
    error = fault_of(bomb)
    assert error.fault in (Fault.TOO_LARGE, Fault.TRUNCATED)
    assert "not processed" not in error.detail, "told from the header alone"


@pytest.mark.parametrize("name", ["rgb8.jpg", "progressive.jpg"])
def test_refuses_a_jpeg_that_claims_too_much(images: Path, tmp_path: Path, name: str) -> None:
    data, bomb = bytearray((images / name).read_bytes()), tmp_path / name
    at = max(data.find(b"\xff\xc0"), data.find(b"\xff\xc2"))
    for side in (65_000, 20_000):
        data[at + 5 : at + 9] = struct.pack(">HH", side, side)
        bomb.write_bytes(data)
        assert fault_of(bomb).fault in (Fault.TOO_LARGE, Fault.TRUNCATED)


@pytest.mark.parametrize("right", [63 + (1 << 20), 2_000_000_000, -5])
def test_refuses_an_exr_that_claims_too_much(images: Path, tmp_path: Path, right: int) -> None:
    data, bomb = bytearray((images / "half_dwaa.exr").read_bytes()), tmp_path / "bomb.exr"
    at = data.index(b"dataWindow\0box2i\0") + len(b"dataWindow\0box2i\0") + 4
    data[at + 8 : at + 12] = struct.pack("<i", right)
    bomb.write_bytes(data)
    assert fault_of(bomb).fault in (Fault.TOO_LARGE, Fault.DAMAGED)


def test_says_when_there_is_no_memory(images: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def run_out(*arguments: object) -> None:
        raise MemoryError

    monkeypatch.setattr("render_manager.media.meter.Meter.judge", run_out)
    error = fault_of(images / "rgb8.png")
    assert error.fault is Fault.TOO_LARGE
    assert "memory" in str(error)


def test_does_not_warn_of_large_pictures(tmp_path: Path) -> None:
    """Pillow warns from 89 million pixels on; warnings are errors here."""
    large = tmp_path / "large.png"
    Image.new("1", (12_000, 8_000)).save(large)
    assert examine(large).width == 12_000


def test_nothing_is_printed(images: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """The one exception is named: only OpenEXR's older reader reads subsampled files, and it prints."""
    for path in sorted(images.iterdir()):
        if path.name == "luminance_chroma.exr":
            continue
        data, damaged = path.read_bytes(), tmp_path / path.name
        chance = random.Random(path.name)
        for _ in range(8):
            damaged.write_bytes(_flipped(data, chance.randrange(len(data)))[: chance.randrange(len(data))])
            everything_of(damaged)
            damaged.write_bytes(_flipped(data, chance.randrange(len(data))))
            everything_of(damaged)
    assert capfd.readouterr() == ("", "")


def places_in_tiff(path: Path) -> list[tuple[int, int]]:
    with path.open("rb") as file:
        return [
            place for fields in tiff_check._directories(file, path) for place in tiff_check._places(fields)
        ]


def _flipped(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1 << at % 8]) + data[at + 1 :]


def _first_block(path: Path) -> int:
    """Return the byte of an EXR at which its table of blocks ends and its first block starts."""
    data, parts = path.read_bytes(), read_structure(path)
    wanted = sum(part.blocks or 0 for part in parts)
    at = len(data)
    for start in range(len(data) - 8 * wanted):
        if struct.unpack_from("<Q", data, start)[0] == start + 8 * wanted:
            at = start + 8 * wanted
            break
    assert at < len(data)
    return at
