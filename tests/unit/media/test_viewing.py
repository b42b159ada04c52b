"""Whole layers for looking at, and how exposure, views and channels show them."""

import itertools
from pathlib import Path

import numpy as np
import OpenImageIO as oiio  # noqa: N813 - the name its own documentation gives it
import pytest
from numpy.typing import NDArray

from render_manager.media import PictureError, colour_views, develop, difference, load_preview, load_view
from render_manager.media.look import ACES_CG, RAW, Channels, ColourView, Developed, Look
from render_manager.media.view_picture import ViewPicture

SHOWS_CHART = (
    *("rgb8.png", "rgb16.png", "palette.png", "rgb8.bmp", "rgb8.tga", "rle8.tga", "rgb8.sgi", "rgb8.ppm"),
    *("rgb8_lzw.tif", "tiled8.tif", "planar8.tif", "rgb16.tif", "rgb32f.tif", "rgb8.iff", "rgb16.iff"),
    *("rgb8.dpx", "rgb10.dpx", "rgb12.dpx", "rgb16.dpx", "log10.cin"),
    *("half_zip.exr", "half_piz.exr", "float_zip.exr", "tiled.exr", "overscan.exr", "arnold_layers.exr"),
)


def pixels(developed: Developed) -> NDArray[np.int32]:
    shape = (developed.height, developed.width, 3)
    return np.frombuffer(developed.rgb, np.uint8).reshape(shape).astype(np.int32)


def write(path: Path, values: NDArray[np.float32], kind: str = "half", **attributes: object) -> Path:
    """Write a picture; the names of its channels may be given as `channels`."""
    height, width, count = values.shape
    spec = oiio.ImageSpec(width, height, count, kind)
    names = attributes.pop("channels", None)
    if names is not None:
        spec.channelnames = names
    for name, value in attributes.items():
        spec.attribute(name, value)
    output = oiio.ImageOutput.create(str(path))
    assert output.open(str(path), spec)
    assert output.write_image(values)
    output.close()
    return path


def grey(path: Path, value: float = 0.18, kind: str = "half") -> ViewPicture:
    return load_view(write(path, np.full((4, 6, 3), value, np.float32), kind))


@pytest.mark.parametrize("name", SHOWS_CHART)
def test_shows_the_same_picture_of_every_format(images: Path, chart: NDArray[np.uint8], name: str) -> None:
    assert np.abs(pixels(develop(load_view(images / name), Look())) - chart).max() <= 2


def test_everything_that_has_a_thumbnail_can_be_looked_at(images: Path) -> None:
    for path in sorted(images.iterdir()):
        if path.name == "deep.exr":
            continue
        width, height, _data = load_preview(path, 4096)
        picture = load_view(path)
        shown = develop(picture, Look(is_normalised=picture.is_distance))
        assert shown.height == height, path.name
        assert round(shown.width * picture.info.pixel_aspect) == width, path.name


@pytest.mark.parametrize("kind", ["half", "float"])
def test_middle_grey_is_118_in_viewer_and_thumbnail(tmp_path: Path, kind: str) -> None:
    """0.18 of light is 0.4614 by the sRGB curve."""
    picture = grey(tmp_path / "grey.exr", kind=kind)
    assert set(np.unique(pixels(develop(picture, Look())))) == {118}
    assert set(load_preview(picture.path, 64)[2]) == {118}


def test_a_stop_doubles_the_light(tmp_path: Path) -> None:
    picture = grey(tmp_path / "grey.exr")
    brighter = grey(tmp_path / "brighter.exr", 0.36)
    assert develop(picture, Look(exposure=1.0)).rgb == develop(brighter, Look()).rgb


@pytest.mark.parametrize("name", ["rgb8.png", "rgb16.tif", "rgb8.jpg"])
def test_exposure_of_displayed_pictures_is_in_light_too(images: Path, tmp_path: Path, name: str) -> None:
    shown = pixels(develop(load_view(images / name), Look(exposure=-1.0)))
    plain = pixels(develop(load_view(images / name), Look())) / 255
    light = np.where(plain <= 0.04045, plain / 12.92, ((plain + 0.055) / 1.055) ** 2.4) / 2
    wanted = np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055) * 255
    assert np.abs(shown - wanted).max() <= 1


def test_gamma_bends_what_is_shown(tmp_path: Path) -> None:
    shown = pixels(develop(grey(tmp_path / "grey.exr"), Look(gamma=2.0)))
    assert shown[0, 0, 0] == pytest.approx((118 / 255) ** 0.5 * 255, abs=1)


def test_raw_shows_values_as_they_are(tmp_path: Path) -> None:
    picture = grey(tmp_path / "grey.exr", 0.5)
    assert pixels(develop(picture, Look(view=ColourView(RAW))))[0, 0, 0] == 128


def test_channels_are_shown_alone(tmp_path: Path) -> None:
    values = np.zeros((2, 2, 4), np.float32)
    values[..., :] = (0.0, 1.0, 0.18, 0.5)
    picture = load_view(write(tmp_path / "a.exr", values))
    shown = {one: pixels(develop(picture, Look(channels=one)))[0, 0].tolist() for one in Channels}
    assert shown[Channels.RED] == [0, 0, 0]
    assert shown[Channels.GREEN] == [255, 255, 255]
    assert shown[Channels.BLUE] == [118, 118, 118]
    assert shown[Channels.ALPHA] == [128, 128, 128]
    light = 0.7152 + 0.0722 * 0.18
    wanted = round((1.055 * light ** (1 / 2.4) - 0.055) * 255)
    assert shown[Channels.LUMINANCE] == [wanted] * 3


def test_a_channel_that_is_not_there_is_black(images: Path) -> None:
    shown = develop(load_view(images / "rgb8.png"), Look(channels=Channels.ALPHA))
    assert not pixels(shown).any()


def test_values_are_those_of_the_file(tmp_path: Path) -> None:
    values = np.zeros((3, 5, 3), np.float32)
    values[1, 2] = (0.25, -1.5, 12345.678)
    picture = load_view(write(tmp_path / "a.exr", values, "float"))
    assert picture.values_at(2, 1) == pytest.approx((0.25, -1.5, 12345.678))
    assert picture.values_at(5, 0) is None
    assert picture.channel_letters() == ("R", "G", "B")


def test_all_bits_of_a_16_bit_png_are_there(images: Path) -> None:
    assert load_view(images / "rgb16.png").values_at(3, 3) == load_view(images / "rgb16.tif").values_at(3, 3)
    assert load_view(images / "rgba16.png").info.has_alpha


def test_layers_of_one_file_can_be_chosen(images: Path) -> None:
    path = images / "blender_multilayer.exr"
    picture = load_view(path)
    assert picture.info.choices == ("ViewLayer.Combined", "ViewLayer.Depth", "ViewLayer.Normal")
    assert picture.info.shown_layer == "ViewLayer.Combined"
    depth = load_view(path, "ViewLayer.Depth")
    assert depth.is_distance
    assert depth.channel_letters() == ("Z",)
    normal = load_view(path, "ViewLayer.Normal")
    assert normal.channel_letters() == ("X", "Y", "Z")


def test_a_layer_that_is_not_there_gives_the_best_one(images: Path) -> None:
    assert load_view(images / "blender_multilayer.exr", "nothing").info.shown_layer == "ViewLayer.Combined"


def test_parts_of_a_file_can_be_chosen(images: Path) -> None:
    path = images / "multipart.exr"
    for name in load_view(path).info.choices:
        assert load_view(path, name).info.shown_layer == name


def test_depth_is_stretched_from_near_to_far(tmp_path: Path) -> None:
    values = np.linspace(1000.0, 1001.0, 64, dtype=np.float32).reshape(1, 64, 1)
    values[0, -1] = 1e10
    picture = load_view(write(tmp_path / "z.exr", values, "float", channels=("Z",)))
    shown = pixels(develop(picture, Look(is_normalised=True)))[0, :, 0]
    assert shown[0] == 255
    assert shown[-1] == 0, "nothing was hit there"
    assert len(set(shown.tolist())) == 64, "halves would not tell these apart"
    assert picture.low == 1000.0
    assert picture.high == pytest.approx(1001.0 - 1 / 63, abs=1e-3)


def test_stretching_fills_black_to_white(tmp_path: Path) -> None:
    values = np.zeros((2, 3, 3), np.float32)
    values[0, 0], values[1, 2] = -5.0, 20.0
    shown = pixels(develop(load_view(write(tmp_path / "p.exr", values)), Look(is_normalised=True)))
    assert shown[0, 0].tolist() == [0, 0, 0]
    assert shown[1, 2].tolist() == [255, 255, 255]


def test_what_is_no_number_is_shown_in_the_signal_colour(images: Path) -> None:
    picture = load_view(images / "nan.exr")
    assert picture.bad is not None
    shown = pixels(develop(picture, Look()))
    assert (shown[picture.bad] == (255, 0, 255)).all()
    assert not np.isfinite([picture.values_at(int(x), int(y)) for y, x in np.argwhere(picture.bad)]).all()


def test_only_the_display_window_is_shown(images: Path, chart: NDArray[np.uint8]) -> None:
    shown = pixels(develop(load_view(images / "crop.exr"), Look()))
    assert shown.shape == chart.shape
    assert not shown[0].any()


def test_the_built_in_configuration_offers_a_film_view() -> None:
    found = colour_views("")
    assert found.problem == ""
    names = [name for name, _view in found.views]
    assert names[0] == "sRGB"
    assert any(name.startswith("ACES") for name in names)


def test_a_film_view_rolls_highlights_off(tmp_path: Path) -> None:
    film = next(view for name, view in colour_views("").views if name.startswith("ACES"))
    levels = [grey(tmp_path / f"{value}.exr", value) for value in (0.18, 1.0, 4.0)]
    shown = [int(pixels(develop(one, Look(view=film)))[0, 0, 0]) for one in levels]
    assert shown == sorted(set(shown))
    assert shown[1] < 255, "plain sRGB would have been white by then"


def test_displayed_pictures_go_through_no_film_view(images: Path, chart: NDArray[np.uint8]) -> None:
    film = next(view for name, view in colour_views("").views if name.startswith("ACES"))
    assert (pixels(develop(load_view(images / "rgb8.png"), Look(view=film))) == chart).all()


def test_acescg_light_is_more_colourful(tmp_path: Path) -> None:
    values = np.zeros((2, 2, 3), np.float32)
    values[...] = (0.1, 0.4, 0.1)
    picture = load_view(write(tmp_path / "g.exr", values))
    plain = pixels(develop(picture, Look()))[0, 0]
    wide = pixels(develop(picture, Look(view=ColourView(space=ACES_CG))))[0, 0]
    assert wide[0] < plain[0]
    assert wide[1] > plain[1]
    white = grey(tmp_path / "w.exr", 0.18)
    assert np.abs(pixels(develop(white, Look(view=ColourView(space=ACES_CG)))) - 118).max() <= 1


CONFIG = """ocio_profile_version: 1
search_path: ""
strictparsing: false
roles: {scene_linear: lin, default: raw}
displays:
  Studio: [!<View> {name: Dark, colorspace: dark}, !<View> {name: Raw, colorspace: raw}]
active_displays: [Studio]
active_views: [Dark, Raw]
colorspaces:
  - !<ColorSpace> {name: lin, bitdepth: 32f, isdata: false}
  - !<ColorSpace> {name: raw, bitdepth: 32f, isdata: true}
  - !<ColorSpace>
    name: dark
    bitdepth: 32f
    from_reference: !<MatrixTransform> {matrix: [0.5, 0, 0, 0, 0, 0.5, 0, 0, 0, 0, 0.5, 0, 0, 0, 0, 1]}
"""


def test_a_studio_configuration_is_offered_and_used(tmp_path: Path) -> None:
    config = tmp_path / "studio.ocio"
    config.write_text(CONFIG, "utf-8")
    found = colour_views(str(config))
    assert (found.config_name, found.problem) == ("studio", "")
    assert [name for name, _view in found.views] == ["sRGB", "Dark (Studio)", "Raw values"]
    dark = found.views[1][1]
    assert pixels(develop(grey(tmp_path / "a.exr", 0.5), Look(view=dark)))[0, 0, 0] == 64


@pytest.mark.parametrize("content", [None, "no configuration"])
def test_a_configuration_that_cannot_be_loaded_is_told_of(tmp_path: Path, content: str | None) -> None:
    config = tmp_path / "studio.ocio"
    if content is not None:
        config.write_text(content, "utf-8")
    found = colour_views(str(config))
    assert str(config) in found.problem
    assert any(name.startswith("ACES") for name, _view in found.views)


def test_a_view_that_is_gone_is_an_error_that_says_so(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"gone\.ocio"):
        develop(grey(tmp_path / "a.exr"), Look(view=ColourView("Dark", "Studio", "gone.ocio")))


def test_a_sketch_has_every_so_many_pixels(images: Path) -> None:
    picture = load_view(images / "half_zip.exr")
    whole, sketch = pixels(develop(picture, Look())), pixels(develop(picture, Look(), 3))
    assert (whole[::3, ::3] == sketch).all()


def test_the_difference_of_two_pictures(tmp_path: Path) -> None:
    values = np.full((4, 6, 3), 0.5, np.float32)
    one = load_view(write(tmp_path / "1.exr", values))
    values[1, 2, 0] = 0.75
    other = load_view(write(tmp_path / "2.exr", values))
    shown, largest, mean = difference(one, other, Look())
    assert np.argwhere(pixels(shown).any(axis=-1)).tolist() == [[1, 2]]
    assert largest == 0.25
    assert mean == pytest.approx(0.25 / 72)


def test_pictures_of_two_sizes_have_no_difference(images: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="sizes"):
        difference(load_view(images / "half_zip.exr"), grey(tmp_path / "a.exr"), Look())


def test_every_look_at_every_kind_of_picture(images: Path) -> None:
    """Nothing an artist can choose may end in an error."""
    names = (
        "rgb8.png",
        "grey_alpha8.png",
        "grey.exr",
        "depth.exr",
        "log10.cin",
        "rgba_half.exr",
        "rgb10.dpx",
    )
    film = next(view for name, view in colour_views("").views if name.startswith("ACES"))
    views = (ColourView(), film, ColourView(RAW), ColourView(space=ACES_CG))
    for name in names:
        picture = load_view(images / name)
        for channels, view, stretched in itertools.product(Channels, views, (False, True)):
            shown = develop(picture, Look(channels, view, 0.5, 1.2, stretched))
            assert len(shown.rgb) == shown.width * shown.height * 3


@pytest.mark.parametrize("name", ["deep.exr"])
def test_what_cannot_be_looked_at_is_said(images: Path, name: str) -> None:
    with pytest.raises(PictureError, match="deep picture"):
        load_view(images / name)


def test_a_damaged_file_is_said(images: Path, tmp_path: Path) -> None:
    broken = tmp_path / "a.exr"
    broken.write_bytes((images / "half_zip.exr").read_bytes()[:-100])
    with pytest.raises(PictureError, match="cut off"):
        load_view(broken)
