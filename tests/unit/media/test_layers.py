"""Which layer of a file is the picture."""

import pytest

from render_manager.media.layers import Meaning, best_layer, layers_of, qualified


def rgba(name: str) -> tuple[str, ...]:
    return tuple(f"{name}.{c}" if name else c for c in "RGBA")


@pytest.mark.parametrize(
    ("parts", "wanted"),
    [
        ([("", ("R", "G", "B"))], ""),
        ([("", ("Y",))], ""),
        ([("", ("V",))], ""),
        ([("", ("A", "B", "G", "R", "Z"))], ""),
        ([("", (*rgba("ViewLayer.DiffCol"), *rgba("ViewLayer.Combined")))], "ViewLayer.Combined"),
        ([("", (*rgba("fg.Combined"), *rgba("bg.Combined")))], "fg.Combined"),
        ([("", (*rgba("albedo"), *rgba("beauty")))], "beauty"),
        ([("", (*rgba("N"), *rgba("diffuse")))], "diffuse"),
        ([("", (*rgba("diffuse"), *rgba("")))], ""),
        ([("", (*rgba("CryptoObject00"), *rgba("specular")))], "specular"),
        ([("", (*rgba("CryptoMaterial00"), "depth.Z"))], "depth"),
        ([("", ("N.X", "N.Y", "N.Z", "depth.Z"))], "N"),
        ([("", ("FinalImage.R", "FinalImage.G", "FinalImage.B", *rgba("ObjectId")))], "FinalImage"),
        ([("", ("ao.red", "ao.green", "ao.blue", "gi.red", "gi.green", "gi.blue"))], "gi"),
        ([("CryptoObject00", ("R", "G", "B", "A")), ("rgba", ("R", "G", "B", "A"))], "rgba"),
        ([("left", ("R", "G", "B")), ("right", ("R", "G", "B"))], "left"),
        ([("rgba_left", ("R", "G", "B")), ("z", ("Z",))], "rgba_left"),
        ([("ViewLayer.Depth", ("ViewLayer.Depth.Z",)), ("VL.Combined", rgba("VL.Combined"))], "VL.Combined"),
        ([("", rgba("CryptoAsset00"))], "CryptoAsset00"),
        ([("", ("mask.A", "depth.Z"))], "mask"),
        ([("", ("U", "V"))], "U"),
    ],
)
def test_finds_the_finished_picture(parts: list[tuple[str, tuple[str, ...]]], wanted: str) -> None:
    assert best_layer(layers_of(parts)).name == wanted


def test_puts_channels_in_order() -> None:
    (layer,) = layers_of([("", ("A", "B", "G", "R"))])
    assert layer.channels == (3, 2, 1, 0)
    assert layer.has_alpha


def test_every_channel_is_in_one_layer() -> None:
    names = (*rgba(""), "Z", *rgba("spec"), "N.X", "N.Y", "N.Z", "uv.U", "uv.V", "id", "Crypto00.red")
    layers = layers_of([("", names)])
    assert sorted(index for layer in layers for index in layer.channels) == list(range(len(names)))


@pytest.mark.parametrize(
    ("names", "meaning"),
    [
        (("R", "G", "B"), Meaning.COLOUR),
        (("Y", "A"), Meaning.LUMINANCE),
        (("Z",), Meaning.DEPTH),
        (("a.Depth.V",), Meaning.DEPTH),
        (("N.X", "N.Y", "N.Z"), Meaning.VECTOR),
        (("uCryptoAsset.r", "uCryptoAsset.g", "uCryptoAsset.b"), Meaning.IDENTITY),
    ],
)
def test_knows_what_values_mean(names: tuple[str, ...], meaning: Meaning) -> None:
    assert layers_of([("", names)])[0].meaning is meaning


def test_names_channels_by_their_part() -> None:
    assert qualified("depth", "Z") == "depth.Z"
    assert qualified("depth", "depth.Z") == "depth.Z"
    assert qualified("", "R") == "R"
