"""Make the small pictures that tests of the media package read.

All of them show one chart: eight colour bars over a grey ramp, 64 x 36 pixels, so that a test can say
what a thumbnail must look like whatever the file's format. Run it with the folder to write to; what
it writes does not depend on when or where it runs.

    python tools/make_test_images.py tests/data/images
"""

import struct
import sys
import zlib
from collections.abc import Callable
from contextlib import chdir
from pathlib import Path
from typing import Any

import numpy as np
import OpenImageIO as oiio  # noqa: N813 - the name its own documentation gives it
from numpy.typing import NDArray
from PIL import Image

WIDTH, HEIGHT = 64, 36
Pixels = NDArray[Any]


def chart_8bit(width: int = WIDTH, height: int = HEIGHT) -> Pixels:
    """Return the chart as display-referred RGB of 8 bits: bars over a ramp."""
    bars = np.array(
        [
            [191, 191, 191],
            [191, 191, 0],
            [0, 191, 191],
            [0, 191, 0],
            [191, 0, 191],
            [191, 0, 0],
            [0, 0, 191],
            [20, 20, 20],
        ],
        np.uint8,
    )
    picture = np.zeros((height, width, 3), np.uint8)
    picture[:] = bars[np.arange(width) * 8 // width]
    ramp = np.arange(width) * 255 // (width - 1)
    picture[height * 2 // 3 :] = ramp[:, None]
    return picture


def chart_16bit() -> Pixels:
    """Return the chart in 16 bits, with values that no 8-bit picture can hold."""
    picture = chart_8bit().astype(np.uint16) * 257
    picture[HEIGHT * 2 // 3 :] = (np.arange(WIDTH) * 65535 // (WIDTH - 1))[:, None]
    return picture


def chart_linear() -> Pixels:
    """Return the chart in scene-linear light, as a renderer writes it."""
    display = chart_8bit().astype(np.float32) / 255
    low = display / 12.92
    high = ((display + 0.055) / 1.055) ** 2.4
    return np.where(display <= 0.04045, low, high).astype(np.float32)


def alpha_8bit() -> Pixels:
    """Return an alpha channel: clear at the left quarter, half in the second, opaque from the middle on."""
    alpha = np.full((HEIGHT, WIDTH), 255, np.uint8)
    alpha[:, : WIDTH // 2] = 128
    alpha[:, : WIDTH // 4] = 0
    return alpha


def with_alpha(picture: Pixels, alpha: Pixels) -> Pixels:
    """Return the picture with one more channel."""
    return np.concatenate([picture, alpha[..., None].astype(picture.dtype)], axis=-1)


def linear_rgba() -> Pixels:
    """Return the linear chart with its alpha, multiplied as renderers do."""
    alpha = alpha_8bit().astype(np.float32) / 255
    return with_alpha(chart_linear() * alpha[..., None], alpha)


# One picture through OpenImageIO


def make_spec(pixels: Pixels, kind: str, attributes: dict[str, Any] | None = None) -> Any:
    """Return a description of the pixels; the keys tile, full, at, names, kinds are not attributes."""
    spec = oiio.ImageSpec(pixels.shape[1], pixels.shape[0], pixels.shape[2], kind)
    spec.attribute("DateTime", "2025:01:01 00:00:00")
    for name, value in (attributes or {}).items():
        match name:
            case "tile":
                spec.tile_width = spec.tile_height = value
            case "full":
                spec.full_x, spec.full_y, spec.full_width, spec.full_height = value
            case "at":
                spec.x, spec.y = value
            case "names":
                spec.channelnames = value
            case "kinds":
                spec.channelformats = value
            case _:
                spec.attribute(name, value)
    return spec


def write_oiio(path: Path, parts: list[tuple[Pixels, Any]]) -> None:
    """Write one picture of one or more parts."""
    output = oiio.ImageOutput.create(str(path))
    specs = tuple(spec for _, spec in parts)
    opened = output.open(str(path), specs if len(specs) > 1 else specs[0])
    if not opened:
        raise RuntimeError(f"{path}: {output.geterror()}")
    for index, (pixels, spec) in enumerate(parts):
        if index and not output.open(str(path), spec, "AppendSubimage"):
            raise RuntimeError(f"{path}: {output.geterror()}")
        if not output.write_image(np.ascontiguousarray(pixels)):
            raise RuntimeError(f"{path}: {output.geterror()}")
    output.close()


def simple(path: Path, pixels: Pixels, kind: str, **attributes: Any) -> None:
    """Write one picture of one part."""
    write_oiio(path, [(pixels, make_spec(pixels, kind, attributes))])


# What OpenImageIO and Pillow cannot write


def exr_attribute(name: str, kind: str, value: bytes) -> bytes:
    """Return one attribute of an EXR header."""
    return name.encode() + b"\0" + kind.encode() + b"\0" + struct.pack("<i", len(value)) + value


def write_luminance_chroma_exr(path: Path) -> None:
    """Write an uncompressed EXR of luminance and half-size chroma, as some cameras and players do."""
    rgb = chart_linear()
    luminance = (rgb @ np.array([0.2126, 0.7152, 0.0722], np.float32)).astype(np.float32)
    safe = np.maximum(luminance, 1e-6)
    red = ((rgb[..., 0] - luminance) / safe)[::2, ::2].astype("<f2")
    blue = ((rgb[..., 2] - luminance) / safe)[::2, ::2].astype("<f2")
    rows = []
    for y in range(HEIGHT):
        chroma = y % 2 == 0
        row = (blue[y // 2].tobytes() + red[y // 2].tobytes()) if chroma else b""
        row += luminance[y].astype("<f2").tobytes()
        rows.append(struct.pack("<ii", y, len(row)) + row)
    channels = b"".join(
        name + b"\0" + struct.pack("<iBxxxii", 1, 0, step, step)
        for name, step in ((b"BY", 2), (b"RY", 2), (b"Y", 1))
    )
    box = struct.pack("<4i", 0, 0, WIDTH - 1, HEIGHT - 1)
    header = struct.pack("<ii", 20000630, 2) + b"".join(
        [
            exr_attribute("channels", "chlist", channels + b"\0"),
            exr_attribute("compression", "compression", b"\0"),
            exr_attribute("dataWindow", "box2i", box),
            exr_attribute("displayWindow", "box2i", box),
            exr_attribute("lineOrder", "lineOrder", b"\0"),
            exr_attribute("pixelAspectRatio", "float", struct.pack("<f", 1)),
            exr_attribute("screenWindowCenter", "v2f", struct.pack("<ff", 0, 0)),
            exr_attribute("screenWindowWidth", "float", struct.pack("<f", 1)),
            b"\0",
        ]
    )
    offset = len(header) + 8 * len(rows)
    table = b""
    for row in rows:
        table += struct.pack("<Q", offset)
        offset += len(row)
    path.write_bytes(header + table + b"".join(rows))


def write_deep_exr(path: Path) -> None:
    """Write a deep EXR: one sample in each pixel of the right half."""
    spec = oiio.ImageSpec(WIDTH, HEIGHT, 5, "float")
    spec.channelnames = ("R", "G", "B", "A", "Z")
    spec.deep = True
    spec.attribute("DateTime", "2025:01:01 00:00:00")
    deep = oiio.DeepData()
    deep.init(spec.image_pixels(), 5, (oiio.TypeFloat,) * 5, spec.channelnames)
    rgb = chart_linear().reshape(-1, 3)
    for pixel in range(WIDTH * HEIGHT):
        if pixel % WIDTH < WIDTH // 2:
            continue
        deep.set_samples(pixel, 1)
        for channel, value in enumerate([*rgb[pixel].tolist(), 1.0, 5.0]):
            deep.set_deep_value(pixel, channel, 0, value)
    output = oiio.ImageOutput.create(str(path))
    if not output.open(str(path), spec) or not output.write_deep_image(deep):
        raise RuntimeError(f"{path}: {output.geterror()}")
    output.close()


def write_cineon(path: Path) -> None:
    """Write a 10-bit Cineon file as Blender does: displayed values as log film density, three in a word."""
    display = chart_8bit().astype(np.float64) / 255
    offset = 10 ** ((95 - 685) * 0.002 / 0.6)
    code = 685 + np.log10(display * (1 - offset) + offset) * 0.6 / 0.002
    values = np.clip(np.round(code), 0, 1023).astype(np.uint32)
    words = values[..., 0] << 22 | values[..., 1] << 12 | values[..., 2] << 2
    pixels = words.astype(">u4").tobytes()
    undefined = 0xFFFFFFFF
    header = bytearray(b"\xff" * 1024)
    struct.pack_into(">5I", header, 0, 0x802A5FD7, 1024, 1024, 0, 0)
    struct.pack_into(">I", header, 20, 1024 + len(pixels))
    header[24:32] = b"V4.5".ljust(8, b"\0")
    header[32:192] = bytes(160)
    header[192] = 0
    header[193] = 3
    for channel in range(3):
        at = 196 + channel * 28
        header[at : at + 4] = bytes([0, channel + 1, 10, 0])
        struct.pack_into(">2I4f", header, at + 4, WIDTH, HEIGHT, 0.0, 0.0, 1023.0, 2.046)
    header[680:688] = bytes([0, 5, 0, 0, 0, 0, 0, 0])
    struct.pack_into(">2I", header, 684, 0, 0)
    struct.pack_into(">2I", header, 692, undefined, undefined)
    path.write_bytes(bytes(header) + pixels)


def write_interlaced_png(path: Path) -> None:
    """Write an RGB PNG in seven passes (Adam7), which neither library writes."""
    picture = chart_8bit()
    passes = (
        (0, 8, 0, 8),
        (4, 8, 0, 8),
        (0, 4, 4, 8),
        (2, 4, 0, 4),
        (0, 2, 2, 4),
        (1, 2, 0, 2),
        (0, 1, 1, 2),
    )
    raw = b"".join(
        b"\0" + picture[y, x0::dx].tobytes() for x0, dx, y0, dy in passes for y in range(y0, HEIGHT, dy)
    )
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 1)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(raw)), (b"IEND", b""))
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + b"".join(
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
            for name, data in chunks
        )
    )


# The sets


def make_common(folder: Path) -> None:
    """Write PNG, JPEG, WebP, BMP, TGA and the other formats that Pillow writes."""
    rgb = Image.fromarray(chart_8bit())
    rgba = Image.fromarray(with_alpha(chart_8bit(), alpha_8bit()))
    grey = rgb.convert("L")
    rgb.save(folder / "rgb8.png")
    rgba.save(folder / "rgba8.png")
    grey.save(folder / "grey8.png")
    rgba.convert("LA").save(folder / "grey_alpha8.png")
    rgb.convert("P", palette=Image.Palette.ADAPTIVE).save(folder / "palette.png")
    grey.convert("1").save(folder / "bilevel.png")
    Image.fromarray(chart_16bit()[..., 0]).save(folder / "grey16.png")
    write_interlaced_png(folder / "interlaced.png")
    Image.new("RGB", (WIDTH, HEIGHT)).save(folder / "black.png")
    Image.new("RGB", (WIDTH, HEIGHT), (90, 120, 30)).save(folder / "flat.png")
    rgb.save(folder / "rgb8.jpg", quality=95, subsampling=0)
    rgb.save(folder / "progressive.jpg", quality=95, subsampling=0, progressive=True)
    grey.save(folder / "grey8.jpg", quality=95)
    rgb.convert("CMYK").save(folder / "cmyk.jpg", quality=95)
    rgb.save(folder / "lossy.webp", quality=95)
    rgba.save(folder / "lossless_rgba.webp", lossless=True, exact=True)
    rgb.save(folder / "rgb8.bmp")
    rgba.save(folder / "rgba8.bmp")
    grey.save(folder / "grey8.bmp")
    rgb.save(folder / "rgb8.tga")
    rgb.save(folder / "rle8.tga", compression="tga_rle")
    rgba.save(folder / "rgba8.tga", compression="tga_rle")
    grey.save(folder / "grey8.tga")
    rgb.save(folder / "rgb8.sgi")
    rgb.save(folder / "rgb8.ppm")
    rgb.save(folder / "rgb8.jp2", quality_layers=[1])


def make_tiff(folder: Path) -> None:
    """Write TIFF files of every depth and of the usual compressions."""
    rgb, rgb16, linear = chart_8bit(), chart_16bit(), chart_linear()
    for compression in ("none", "lzw", "zip", "packbits"):
        simple(folder / f"rgb8_{compression}.tif", rgb, "uint8", compression=compression)
    simple(folder / "rgba8.tif", with_alpha(rgb, alpha_8bit()), "uint8", **{"oiio:UnassociatedAlpha": 1})
    simple(folder / "rgb16.tif", rgb16, "uint16", compression="lzw")
    simple(folder / "rgb32f.tif", linear, "float", compression="zip")
    simple(folder / "tiled8.tif", rgb, "uint8", compression="lzw", tile=16)
    simple(folder / "planar8.tif", rgb, "uint8", compression="lzw", planarconfig="separate")
    simple(folder / "grey16.tif", rgb16[..., :1], "uint16", compression="zip")


def make_film(folder: Path) -> None:
    """Write 16-bit PNG, DPX, Cineon, Radiance HDR and Maya IFF."""
    rgb, rgb16, linear = chart_8bit(), chart_16bit(), chart_linear()
    simple(folder / "rgb16.png", rgb16, "uint16")
    alpha = alpha_8bit().astype(np.uint16) * 257
    simple(folder / "rgba16.png", with_alpha(rgb16, alpha), "uint16", **{"oiio:UnassociatedAlpha": 1})
    simple(folder / "rgb8.dpx", rgb, "uint8")
    simple(folder / "rgb10.dpx", rgb16, "uint16", **{"oiio:BitsPerSample": 10})
    simple(folder / "rgb12.dpx", rgb16, "uint16", **{"oiio:BitsPerSample": 12})
    simple(folder / "rgb16.dpx", rgb16, "uint16")
    write_cineon(folder / "log10.cin")
    simple(folder / "rgb.hdr", linear, "float")
    simple(folder / "rgb8.iff", rgb, "uint8")
    simple(folder / "rle8.iff", rgb, "uint8", compression="rle")
    simple(folder / "rgba8.iff", with_alpha(rgb, alpha_8bit()), "uint8", compression="rle")
    simple(folder / "rgb16.iff", rgb16, "uint16", compression="rle")


def make_exr(folder: Path) -> None:
    """Write EXR files of one part."""
    linear, rgba = chart_linear(), linear_rgba()
    for compression in ("none", "rle", "zips", "zip", "piz", "pxr24", "b44", "b44a", "dwaa", "dwab"):
        simple(folder / f"half_{compression}.exr", linear, "half", compression=compression)
    simple(folder / "float_zip.exr", linear, "float", compression="zip")
    simple(folder / "rgba_half.exr", rgba, "half", compression="zip")
    simple(folder / "tiled.exr", linear, "half", compression="zip", tile=16)
    simple(folder / "grey.exr", linear[..., :1], "half", names=("Y",))
    unused = with_alpha(linear, np.zeros((HEIGHT, WIDTH)))
    simple(folder / "alpha_unused.exr", unused, "half")
    simple(folder / "anamorphic.exr", linear, "half", PixelAspectRatio=2.0)
    inner = linear[8:28, 16:48]
    simple(folder / "crop.exr", inner, "half", at=(16, 8), full=(0, 0, WIDTH, HEIGHT))
    around = np.pad(linear, ((6, 6), (10, 10), (0, 0)), mode="edge")
    simple(folder / "overscan.exr", around, "half", at=(-10, -6), full=(0, 0, WIDTH, HEIGHT))
    simple(folder / "outside.exr", inner, "half", at=(100, 100), full=(0, 0, WIDTH, HEIGHT))
    broken = linear.copy()
    broken[4:8, 4:8] = np.nan
    broken[20:22, 40:48, 1] = np.inf
    simple(folder / "nan.exr", broken, "half", compression="zip")
    depth = np.linspace(3, 50, WIDTH * HEIGHT, dtype=np.float32).reshape(HEIGHT, WIDTH, 1)
    depth[:6] = 1e10
    simple(folder / "depth.exr", depth, "float", names=("Z",))
    write_luminance_chroma_exr(folder / "luminance_chroma.exr")
    write_deep_exr(folder / "deep.exr")


def make_layered_exr(folder: Path) -> None:
    """Write EXR files with layers and parts, named as Blender, Arnold, V-Ray and Cryptomatte name them."""
    rgba, linear = linear_rgba(), chart_linear()
    depth = np.full((HEIGHT, WIDTH, 1), 7, np.float32)
    normal = np.zeros((HEIGHT, WIDTH, 3), np.float32)
    crypto = np.full((HEIGHT, WIDTH, 4), 3e20, np.float32)
    combined = tuple(f"ViewLayer.Combined.{c}" for c in "RGBA")
    normals = tuple(f"ViewLayer.Normal.{c}" for c in "XYZ")
    names = (*combined, "ViewLayer.Depth.Z", *normals)
    layers = np.concatenate([rgba, depth, normal], axis=-1)
    kinds = tuple([oiio.TypeHalf] * 4 + [oiio.TypeFloat] * 4)
    simple(folder / "blender_multilayer.exr", layers, "float", names=names, kinds=kinds, compression="zip")
    cryptos = tuple(f"CryptoObject00.{c}" for c in ("red", "green", "blue", "alpha"))
    aovs = np.concatenate([crypto, linear * 0.5, linear, depth], axis=-1)
    names = (*cryptos, *(f"albedo.{c}" for c in "RGB"), *(f"beauty.{c}" for c in "RGB"), "depth.Z")
    simple(folder / "arnold_layers.exr", aovs, "float", names=names, compression="zip")
    only = np.concatenate([crypto, linear, depth], axis=-1)
    names = (*cryptos, *(f"diffuse_direct.{c}" for c in "RGB"), "Z")
    simple(folder / "aovs_only.exr", only, "float", names=names, compression="zips")
    parts = [
        (crypto, make_spec(crypto, "float", {"oiio:subimagename": "CryptoMaterial00"})),
        (depth, make_spec(depth, "float", {"oiio:subimagename": "Depth", "names": ("Z",)})),
        (rgba, make_spec(rgba, "half", {"oiio:subimagename": "rgba", "compression": "zip"})),
        (normal, make_spec(normal, "half", {"oiio:subimagename": "N", "names": ("N.X", "N.Y", "N.Z")})),
    ]
    write_oiio(folder / "multipart.exr", parts)
    small, full = linear[::2, ::2], (0, 0, WIDTH, HEIGHT)
    mixed = [
        (linear, make_spec(linear, "half", {"oiio:subimagename": "left", "view": "left"})),
        (small, make_spec(small, "half", {"oiio:subimagename": "proxy", "full": full})),
    ]
    write_oiio(folder / "multipart_sizes.exr", mixed)


def main() -> None:
    """Write every picture into the folder given on the command line."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    makers: tuple[Callable[[Path], None], ...] = (
        make_common,
        make_tiff,
        make_film,
        make_exr,
        make_layered_exr,
    )
    # DPX files hold their own name, as it was given.
    with chdir(folder):
        for make in makers:
            make(Path())
    files = sorted(folder.iterdir())
    print(f"{len(files)} pictures, {sum(f.stat().st_size for f in files) / 1000:.0f} kB in {folder}")


if __name__ == "__main__":
    main()
