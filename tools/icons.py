"""Makes the icon's PNGs, packaging/render-manager.ico and the installer's picture from resources/icons/*.svg.

`python -m tools.icons make` writes them, `python -m tools.icons check` says which are not what the drawings
show. Sizes below 32 have a drawing each, on their own pixels; all others share the large one.
"""

import argparse
import io
import struct
import sys
from collections.abc import Iterator
from pathlib import Path

from PIL import Image, ImageChops
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "resources" / "icons"
ICO = ROOT / "packaging" / "render-manager.ico"
SIDE = ROOT / "packaging" / "installer-side.bmp"
SIDE_SIZE_PX = (328, 628)
"""Twice what NSIS shows beside its last page, for screens with many points."""
SIDE_ICON_PX = 192
SIDE_TOP, SIDE_BOTTOM = (56, 60, 66), (24, 26, 30)
NAME = "render-manager"
OWN_DRAWINGS_PX = (16, 20, 24)
SIZES_PX = (16, 20, 24, 32, 40, 48, 64, 128, 256, 512)
ICO_SIZES_PX = (16, 20, 24, 32, 40, 48, 64, 128, 256)
PNG_IN_ICO_PX = 256
"""From this size on Windows reads PNG inside an .ico; smaller ones are bitmaps, which every reader knows."""
TOLERANCE = 24
"""How far a channel (0 to 255) may be off at edges: versions of Qt smooth them a little differently."""


def drawing(size_px: int, folder: Path = FOLDER) -> Path:
    """Return the drawing that a size is made from."""
    return folder / (f"{NAME}-{size_px}.svg" if size_px in OWN_DRAWINGS_PX else f"{NAME}.svg")


def png(size_px: int, folder: Path = FOLDER) -> Path:
    """Return where the picture of a size lies."""
    return folder / f"{NAME}-{size_px}.png"


def rendered(size_px: int, folder: Path = FOLDER) -> Image.Image:
    """Return the icon in a size; raises ValueError when its drawing cannot be read."""
    source = drawing(size_px, folder)
    renderer = QSvgRenderer(str(source))
    if not renderer.isValid():
        raise ValueError(f"{source} cannot be read as SVG")
    image = QImage(size_px, size_px, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    renderer.render(painter, QRectF(0, 0, size_px, size_px))
    painter.end()
    plain = image.convertToFormat(QImage.Format.Format_RGBA8888)
    return Image.frombytes("RGBA", (size_px, size_px), bytes(plain.constBits()), "raw", "RGBA")


def ico_bytes(pictures: list[Image.Image]) -> bytes:
    """Return an .ico with these pictures: a directory of 16 bytes each, then their data."""
    data = [_png_bytes(one) if one.width >= PNG_IN_ICO_PX else _bitmap_bytes(one) for one in pictures]
    head = struct.pack("<HHH", 0, 1, len(pictures))
    place = len(head) + 16 * len(pictures)
    for picture, body in zip(pictures, data, strict=True):
        side = picture.width % 256  # 0 stands for 256
        head += struct.pack("<BBBBHHII", side, side, 0, 0, 1, 32, len(body), place)
        place += len(body)
    return head + b"".join(data)


def ico_pictures(path: Path) -> dict[int, Image.Image]:
    """Return the pictures of an .ico by their width."""
    with Image.open(path) as icon:
        return {size[0]: icon.ico.getimage(size).convert("RGBA") for size in icon.info["sizes"]}


def side_picture(folder: Path = FOLDER) -> Image.Image:
    """Return the picture beside the installer's last page: the icon on a dark ground."""
    shades = Image.linear_gradient("L").resize(SIDE_SIZE_PX)
    ground = Image.composite(
        Image.new("RGB", SIDE_SIZE_PX, SIDE_BOTTOM), Image.new("RGB", SIDE_SIZE_PX, SIDE_TOP), shades
    ).convert("RGBA")
    icon = rendered(SIDE_ICON_PX, folder)
    ground.alpha_composite(icon, ((SIDE_SIZE_PX[0] - SIDE_ICON_PX) // 2, SIDE_SIZE_PX[1] // 6))
    return ground


def make(folder: Path = FOLDER, ico: Path = ICO, side: Path = SIDE) -> Iterator[Path]:
    """Write every file; yield each path once it is written."""
    pictures = {size: rendered(size, folder) for size in SIZES_PX}
    for size, picture in pictures.items():
        png(size, folder).write_bytes(_png_bytes(picture))
        yield png(size, folder)
    ico.parent.mkdir(parents=True, exist_ok=True)
    ico.write_bytes(ico_bytes([pictures[size] for size in ICO_SIZES_PX]))
    yield ico
    # A palette: a third of the size, and every Windows reads it.
    side_picture(folder).convert("RGB").quantize(256, Image.Quantize.MAXCOVERAGE).save(side, "BMP")
    yield side


def problems(folder: Path = FOLDER, ico: Path = ICO, side: Path = SIDE) -> Iterator[str]:
    """Yield a sentence for each picture that is missing or not what its drawing shows."""
    inside = ico_pictures(ico) if ico.is_file() else {}
    if not inside:
        yield f"{ico} is missing"
    for size in SIZES_PX:
        wanted, path = rendered(size, folder), png(size, folder)
        if not path.is_file():
            yield f"{path} is missing"
        elif not _alike(_read(path), wanted):
            yield f"{path} is not what {drawing(size, folder).name} shows"
        if inside and size in ICO_SIZES_PX and not (size in inside and _alike(inside[size], wanted)):
            yield f"{ico} has no picture of {size} px that {drawing(size, folder).name} shows"
    if not side.is_file():
        yield f"{side} is missing"
    elif not _alike(_read(side), side_picture(folder)):
        yield f"{side} is not what {drawing(SIDE_ICON_PX, folder).name} shows"


def _read(path: Path) -> Image.Image:
    with Image.open(path) as picture:
        return picture.convert("RGBA")


def _alike(one: Image.Image, other: Image.Image) -> bool:
    """Return whether two pictures look the same on a dark and on a light ground."""
    return one.size == other.size and all(
        highest <= TOLERANCE
        for ground in _grounds(one.size)
        for _lowest, highest in ImageChops.difference(
            Image.alpha_composite(ground, one), Image.alpha_composite(ground, other)
        ).getextrema()
    )


def _grounds(size: tuple[int, int]) -> list[Image.Image]:
    return [Image.new("RGBA", size, colour) for colour in ("black", "white")]


def _png_bytes(picture: Image.Image) -> bytes:
    file = io.BytesIO()
    picture.save(file, "PNG", optimize=True)
    return file.getvalue()


def _bitmap_bytes(picture: Image.Image) -> bytes:
    """Return a picture as a bitmap inside an .ico: from the lowest row up, with a mask of what is empty."""
    width, height = picture.size
    # The height counts the mask as well.
    head = struct.pack("<IiiHHIIiiII", 40, width, 2 * height, 1, 32, 0, 0, 0, 0, 0, 0)
    colours = picture.transpose(Image.Transpose.FLIP_TOP_BOTTOM).tobytes("raw", "BGRA")
    return head + colours + _mask_bytes(picture.getchannel("A"))


def _mask_bytes(alpha: Image.Image) -> bytes:
    """Return one bit for each pixel, set where nothing is drawn; rows are filled up to 32 bits."""
    empty = alpha.point(lambda value: 255 if value == 0 else 0).convert("1")
    upside_down = empty.transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    row_bytes = (alpha.width + 31) // 32 * 4
    whole = Image.new("1", (row_bytes * 8, alpha.height))
    whole.paste(upside_down, (0, 0))
    return whole.tobytes()


def main() -> int:
    """Do what was asked for; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("make", "check"))
    given = parser.parse_args()
    if given.what == "make":
        for path in make():
            print(path.relative_to(ROOT))
        return 0
    found = list(problems())
    for problem in found:
        print(problem)
    if found:
        print("run `python -m tools.icons make`")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
