"""Headers of DPX and Cineon files."""

from pathlib import Path

import pytest

from render_manager.media import Fault, PictureError, examine, load_preview
from render_manager.media.film_header import check_dpx, read_cineon_header
from render_manager.media.source import Encoding

TRANSFER_AT, CREATOR_AT = 801, 160


@pytest.mark.parametrize(
    ("transfer", "creator", "encoding"),
    [
        (0, b"", Encoding.DISPLAY),
        (6, b"Nuke", Encoding.DISPLAY),
        (1, b"Nuke", Encoding.LOG),
        (3, b"", Encoding.LOG),
        (2, b"Nuke", Encoding.LINEAR),
        (2, b"Blender", Encoding.DISPLAY),
        (1, b"Blender", Encoding.LOG_OF_DISPLAY),
        (2, b"OpenImageIO 3.0.9.1", Encoding.LINEAR),
        (1, b"OpenImageIO 3.0.9.1", Encoding.LINEAR),
    ],
)
def test_knows_what_values_of_a_dpx_are(
    images: Path, tmp_path: Path, transfer: int, creator: bytes, encoding: Encoding
) -> None:
    data = bytearray((images / "rgb10.dpx").read_bytes())
    data[TRANSFER_AT] = transfer
    data[CREATOR_AT : CREATOR_AT + 100] = creator.ljust(100, b"\0")
    path = tmp_path / "a.dpx"
    path.write_bytes(data)
    assert check_dpx(path) is encoding
    assert examine(path).width == 64


@pytest.mark.parametrize(
    ("name", "bytes_of_picture"), [("rgb8.dpx", 6912), ("rgb10.dpx", 9216), ("rgb12.dpx", 10368)]
)
def test_asks_for_all_lines_of_a_dpx(images: Path, tmp_path: Path, name: str, bytes_of_picture: int) -> None:
    data = (images / name).read_bytes()
    start = int.from_bytes(data[4:8], "big" if data[:4] == b"SDPX" else "little")
    path = tmp_path / name
    path.write_bytes(data[: start + bytes_of_picture])
    assert check_dpx(path) is Encoding.DISPLAY
    path.write_bytes(data[: start + bytes_of_picture - 1])
    with pytest.raises(PictureError) as caught:
        check_dpx(path)
    assert caught.value.fault is Fault.TRUNCATED


def test_reads_cineon_of_both_byte_orders(images: Path, tmp_path: Path) -> None:
    path, data = images / "log10.cin", (images / "log10.cin").read_bytes()
    header = read_cineon_header(path)
    assert (header.width, header.height, header.offset, header.line_bytes) == (64, 36, 1024, 256)
    turned = bytearray(data)
    for at in (0, 4, 8, 200, 204, 684, *range(1024, len(data), 4)):
        turned[at : at + 4] = data[at : at + 4][::-1]
    other = tmp_path / "other.cin"
    other.write_bytes(turned)
    assert load_preview(other, 64) == load_preview(path, 64)


@pytest.mark.parametrize("at", [193, 198, 681])
def test_refuses_other_kinds_of_cineon(images: Path, tmp_path: Path, at: int) -> None:
    data = bytearray((images / "log10.cin").read_bytes())
    data[at] = 1
    path = tmp_path / "odd.cin"
    path.write_bytes(data)
    with pytest.raises(PictureError) as caught:
        examine(path)
    assert caught.value.fault is Fault.UNKNOWN_FORMAT
