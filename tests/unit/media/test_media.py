"""The package as its users see it: every format, what is said of it, how it is shown."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from render_manager.media import Fault, PictureError, examine, is_picture_name, load_preview

ROOT = Path(__file__).resolve().parents[3]
RGB, RGBA, GREY = ("R", "G", "B"), ("R", "G", "B", "A"), ("Y",)

FACTS = {
    "rgb8.png": ("PNG", 8, False, RGB),
    "rgba8.png": ("PNG", 8, False, RGBA),
    "palette.png": ("PNG", 8, False, RGB),
    "bilevel.png": ("PNG", 8, False, GREY),
    "grey16.png": ("PNG", 16, False, GREY),
    "rgb16.png": ("PNG", 16, False, RGB),
    "rgba16.png": ("PNG", 16, False, RGBA),
    "rgb8.jpg": ("JPEG", 8, False, RGB),
    "grey8.jpg": ("JPEG", 8, False, GREY),
    "cmyk.jpg": ("JPEG", 8, False, RGB),
    "lossy.webp": ("WebP", 8, False, RGB),
    "rgb8.bmp": ("BMP", 8, False, RGB),
    "rle8.tga": ("Targa", 8, False, RGB),
    "rgb8.sgi": ("SGI", 8, False, RGB),
    "rgb8.ppm": ("Netpbm", 8, False, RGB),
    "rgb8.jp2": ("JPEG 2000", 8, False, RGB),
    "rgb8_lzw.tif": ("TIFF", 8, False, RGB),
    "grey16.tif": ("TIFF", 16, False, GREY),
    "rgb16.tif": ("TIFF", 16, False, RGB),
    "rgb32f.tif": ("TIFF", 32, True, RGB),
    "half_zip.exr": ("OpenEXR", 16, True, RGB),
    "float_zip.exr": ("OpenEXR", 32, True, RGB),
    "rgb8.dpx": ("DPX", 8, False, RGB),
    "rgb10.dpx": ("DPX", 10, False, RGB),
    "rgb12.dpx": ("DPX", 12, False, RGB),
    "rgb16.dpx": ("DPX", 16, False, RGB),
    "log10.cin": ("Cineon", 10, False, RGB),
    "rgb.hdr": ("Radiance HDR", 32, True, RGB),
    "rgb8.iff": ("Maya IFF", 8, False, RGB),
    "rgb16.iff": ("Maya IFF", 16, False, RGB),
}

SHOWS_CHART = {
    # Name of the file: steps of 8 bits that it may differ from the chart.
    **dict.fromkeys(("rgb8.png", "palette.png", "interlaced.png", "rgb16.png", "rgb8.bmp"), 1),
    **dict.fromkeys(("rgb8.tga", "rle8.tga", "rgb8.sgi", "rgb8.ppm", "rgb8.jp2"), 1),
    **dict.fromkeys(("rgb8_none.tif", "rgb8_lzw.tif", "rgb8_zip.tif", "rgb8_packbits.tif"), 1),
    **dict.fromkeys(("tiled8.tif", "planar8.tif", "rgb16.tif", "rgb32f.tif"), 1),
    **dict.fromkeys(("rgb8.dpx", "rgb10.dpx", "rgb12.dpx", "rgb16.dpx", "log10.cin"), 2),
    **dict.fromkeys(("rgb8.iff", "rle8.iff", "rgb16.iff"), 1),
    **dict.fromkeys(("half_none.exr", "half_rle.exr", "half_zips.exr", "half_zip.exr", "half_piz.exr"), 1),
    **dict.fromkeys(("half_pxr24.exr", "float_zip.exr", "tiled.exr", "overscan.exr"), 1),
    **dict.fromkeys(("alpha_unused.exr", "arnold_layers.exr", "aovs_only.exr", "multipart_sizes.exr"), 1),
    **dict.fromkeys(("half_b44.exr", "half_b44a.exr", "half_dwaa.exr", "half_dwab.exr"), 4),
    **dict.fromkeys(("rgb8.jpg", "progressive.jpg", "cmyk.jpg"), 8),
    "rgb.hdr": 4,
}

ON_GREY = ("rgba8.png", "rgba16.png", "rgba8.tga", "rgba8.tif", "lossless_rgba.webp")
LINEAR_ON_GREY = ("rgba_half.exr", "blender_multilayer.exr", "multipart.exr")
GREY_LEVEL = 0x77


def shown(path: Path, px: int = 64) -> NDArray[np.int32]:
    width, height, data = load_preview(path, px)
    return np.frombuffer(data, np.uint8).reshape(height, width, 3).astype(np.int32)


@pytest.mark.parametrize("name", FACTS)
def test_says_what_a_file_is(images: Path, name: str) -> None:
    picture = examine(images / name)
    assert (picture.format_name, picture.bit_depth, picture.is_float, picture.channels) == FACTS[name]
    assert (picture.width, picture.height) == (64, 36)
    assert not picture.health.is_black
    assert not picture.health.is_flat


@pytest.mark.parametrize("name", SHOWS_CHART)
def test_shows_the_same_picture_of_every_format(images: Path, chart: NDArray[np.uint8], name: str) -> None:
    assert np.abs(shown(images / name) - chart).max() <= SHOWS_CHART[name]


@pytest.mark.parametrize("name", SHOWS_CHART)
def test_judges_every_format_alike(images: Path, name: str) -> None:
    health = examine(images / name).health
    assert health.mean == pytest.approx(examine(images / "rgb8.png").health.mean, abs=0.004)
    assert (health.nan_pixels, health.inf_pixels) == (0, 0)
    if name != "log10.cin":
        assert health.minimum == pytest.approx(0, abs=0.01)
        assert health.maximum == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize("name", ["lossy.webp", "luminance_chroma.exr"])
def test_shows_half_size_colour(images: Path, chart: NDArray[np.uint8], name: str) -> None:
    """Colour is blurred between the bars, so only brightness, and colour inside the bars, can be compared."""
    difference = shown(images / name) - chart
    assert np.abs(difference[28:]).mean() <= 3
    assert np.abs(difference[4:20, 4::8]).mean() <= 24


@pytest.mark.parametrize("name", ["grey8.png", "grey8.tga", "grey8.bmp", "grey8.jpg"])
def test_shows_grey(images: Path, chart: NDArray[np.uint8], name: str) -> None:
    picture = shown(images / name)
    assert (picture[..., 0] == picture[..., 1]).all()
    assert (picture[..., 0] == picture[..., 2]).all()
    assert np.abs(picture[28:] - chart[28:]).max() <= 2


@pytest.mark.parametrize("name", ["grey16.png", "grey16.tif", "grey.exr"])
def test_shows_grey_of_more_bits(images: Path, chart: NDArray[np.uint8], name: str) -> None:
    assert np.abs(shown(images / name)[..., 1] - chart[..., 0].astype(np.int32)).max() <= 1


@pytest.mark.parametrize("name", ON_GREY)
def test_lays_transparency_on_grey(images: Path, chart: NDArray[np.uint8], name: str) -> None:
    picture = shown(images / name)
    assert np.abs(picture[:, :16] - GREY_LEVEL).max() <= 1
    assert np.abs(picture[:, 16:32] - (chart[:, 16:32] * (128 / 255) + GREY_LEVEL * (127 / 255))).max() <= 2
    assert np.abs(picture[:, 32:] - chart[:, 32:]).max() <= 1


@pytest.mark.parametrize("name", LINEAR_ON_GREY)
def test_lays_transparency_on_grey_in_linear_light(images: Path, chart: NDArray[np.uint8], name: str) -> None:
    picture = shown(images / name)
    assert np.abs(picture[:, :16] - GREY_LEVEL).max() <= 1
    half = ((_linear(chart[:, 16:32]) * 128 + _linear(np.array(GREY_LEVEL)) * 127) / 255) ** (1 / 2.4)
    assert np.abs(picture[:, 16:32] - (half * 1.055 - 0.055) * 255).max() <= 3
    assert np.abs(picture[:, 32:] - chart[:, 32:]).max() <= 1


def _linear(display: NDArray[np.uint8]) -> NDArray[np.float64]:
    value = display / 255
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def test_takes_alpha_that_is_0_everywhere_for_unused(tmp_path: Path) -> None:
    for name in ("a.png", "a.tga", "a.webp"):
        Image.new("RGBA", (8, 8), (200, 100, 50, 0)).save(tmp_path / name, lossless=True, exact=True)
        assert (shown(tmp_path / name) == (200, 100, 50)).all()
        assert not examine(tmp_path / name).health.is_black


def test_shows_the_display_window(images: Path, chart: NDArray[np.uint8]) -> None:
    crop = examine(images / "crop.exr")
    assert (crop.width, crop.height) == (64, 36)
    picture = shown(images / "crop.exr")
    assert np.abs(picture[8:28, 16:48] - chart[8:28, 16:48]).max() <= 1
    picture[8:28, 16:48] = 0
    assert not picture.any()
    assert not shown(images / "outside.exr").any()
    overscan = examine(images / "overscan.exr")
    assert (overscan.width, overscan.height) == (64, 36)


def test_keeps_the_shape_of_pixels(images: Path) -> None:
    assert shown(images / "anamorphic.exr", 1000).shape == (36, 128, 3)
    assert shown(images / "anamorphic.exr", 64).shape == (18, 64, 3)


def test_shows_what_is_no_number_in_a_signal_colour(images: Path, chart: NDArray[np.uint8]) -> None:
    health = examine(images / "nan.exr").health
    assert (health.nan_pixels, health.inf_pixels) == (16, 16)
    assert health.maximum == pytest.approx(1)
    picture = shown(images / "nan.exr")
    assert (picture[4:8, 4:8] == (255, 0, 255)).all()
    assert (picture[20:22, 40:48] == (255, 0, 255)).all()
    assert np.abs(picture[10:20] - chart[10:20]).max() <= 1


def test_knows_black_and_flat_pictures(images: Path) -> None:
    black, flat = examine(images / "black.png").health, examine(images / "flat.png").health
    assert (black.is_black, black.is_flat, black.mean) == (True, True, 0)
    assert (flat.is_black, flat.is_flat) == (False, True)
    assert (flat.minimum, flat.maximum) == (pytest.approx(30 / 255), pytest.approx(120 / 255))


def test_shows_depth_from_near_to_far(images: Path) -> None:
    assert examine(images / "depth.exr").shown_layer == "Z"
    picture = shown(images / "depth.exr")[..., 0]
    assert (picture[:6] == 0).all(), "what is nothing is black"
    assert picture[6, 0] == 255
    assert picture[35, 63] == pytest.approx(0.1 * 255, abs=1)
    assert (np.diff(picture[6:, 0]) < 0).all()


def test_finds_the_finished_picture_among_layers(images: Path) -> None:
    blender = examine(images / "blender_multilayer.exr")
    assert blender.layers == ("ViewLayer.Combined", "ViewLayer.Depth", "ViewLayer.Normal")
    assert blender.shown_layer == "ViewLayer.Combined"
    assert (blender.bit_depth, len(blender.channels)) == (16, 8)
    parts = examine(images / "multipart.exr")
    assert parts.layers == ("CryptoMaterial00", "Depth", "rgba", "N")
    assert parts.shown_layer == "rgba"
    assert {"CryptoMaterial00.R", "Depth.Z", "rgba.A", "N.X"} <= set(parts.channels)
    assert examine(images / "arnold_layers.exr").shown_layer == "beauty"
    assert examine(images / "aovs_only.exr").shown_layer == "diffuse_direct"


def test_passes_a_deep_picture_without_a_thumbnail(images: Path, tmp_path: Path) -> None:
    deep = examine(images / "deep.exr", thumbnail=tmp_path / "deep.jpg")
    assert (deep.width, deep.channels) == (64, ("R", "G", "B", "A", "Z"))
    assert not deep.health.is_measured
    assert deep.thumbnail == ""
    assert "Deep" in deep.thumbnail_error
    with pytest.raises(PictureError, match="deep"):
        load_preview(images / "deep.exr", 100)


def test_refuses_another_size(images: Path) -> None:
    path = images / "rgb8.png"
    assert examine(path, expected_size=(64, 36)).width == 64
    with pytest.raises(PictureError) as caught:
        examine(path, expected_size=(1280, 720))
    assert caught.value.fault is Fault.WRONG_SIZE
    assert f"{path} has the wrong size: 64x36, where 1280x720 was expected." == str(caught.value)


def test_writes_a_thumbnail(tmp_path: Path) -> None:
    source, thumbnail = tmp_path / "wide.png", tmp_path / "deeper" / "wide.jpg"
    Image.new("RGB", (2000, 1000), (200, 100, 50)).save(source)
    picture = examine(source, thumbnail=thumbnail)
    assert picture.thumbnail == str(thumbnail)
    assert picture.thumbnail_error == ""
    with Image.open(thumbnail) as image:
        assert (image.format, image.size) == ("JPEG", (320, 160))
        assert np.abs(np.asarray(image).astype(int) - (200, 100, 50)).max() <= 3
    assert [path.name for path in thumbnail.parent.iterdir()] == ["wide.jpg"]


@pytest.mark.parametrize(("size", "px", "wanted"), [((7, 1000), 100, (1, 100)), ((64, 36), 320, (64, 36))])
def test_thumbnail_is_never_larger_than_the_picture(
    tmp_path: Path, size: tuple[int, int], px: int, wanted: tuple[int, int]
) -> None:
    Image.new("RGB", size).save(tmp_path / "a.png")
    examine(tmp_path / "a.png", thumbnail=tmp_path / "a.jpg", thumbnail_px=px)
    with Image.open(tmp_path / "a.jpg") as image:
        assert image.size == wanted


def test_a_thumbnail_that_fails_does_not_fail_the_frame(images: Path, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    picture = examine(images / "rgb8.png", thumbnail=blocked / "a.jpg")
    assert picture.thumbnail == ""
    assert str(blocked / "a.jpg") in picture.thumbnail_error
    assert picture.health.mean > 0


def test_works_in_several_threads(images: Path) -> None:
    files = [path for path in sorted(images.iterdir()) if path.name != "deep.exr"] * 3
    alone = [(examine(path), load_preview(path, 50)) for path in files]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda path: (examine(path), load_preview(path, 50)), files))
    assert together == alone


def test_importing_it_imports_no_image_library() -> None:
    code = (
        "import sys, render_manager.media\nprint(sorted({'numpy', 'PIL', 'OpenImageIO'} & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


@pytest.mark.parametrize("name", ["a.png", "B.EXR", "x.0001.tiff", "shot.dpx", "a b.Jpg", "p.iff", "q.cin"])
def test_knows_names_of_pictures(name: str) -> None:
    assert is_picture_name(Path(name))


@pytest.mark.parametrize("name", ["a.mov", "a.png.tmp", "exr", "scene.blend", "a.mp4", ".png"])
def test_knows_names_of_other_files(name: str) -> None:
    assert not is_picture_name(Path(name))
