from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from render_manager.domain.errors import UserError
from render_manager.engines.maya.hooks import hook, mel_path, mel_string, pre_render
from render_manager.engines.maya.options import MayaOptions, Verbosity, checked_options
from render_manager.engines.maya.renderers import ARNOLD, REDSHIFT, SOFTWARE, VRAY, renderer_of


def test_options_come_as_text_or_as_values() -> None:
    options = checked_options(
        {
            "layers": "rs_beauty, rs_fog",
            "gpus": "0,2",
            "threads": "8",
            "device": "gpu",
            "image_format": ".TIFF",
            "verbosity": "Debug",
            "resolution_percent": "50",
            "skip_existing": "1",
        }
    )
    assert options.layers == ("rs_beauty", "rs_fog")
    assert (options.gpus, options.threads, options.device) == ((0, 2), 8, "GPU")
    assert (options.image_format, options.verbosity, options.percent) == ("tif", Verbosity.DEBUG, 50)
    assert options.skip_existing
    assert checked_options({"layers": '["a b", "c"]'}).layers == ("a b", "c")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("-mb on -sa 180", ("-mb", "on", "-sa", "180")),
        ("-reg 0 10 0 10", ("-reg", "0", "10", "0", "10")),
        ('-ai:uopt "a b"', ("-ai:uopt", "a b")),
        (r"-ai:sptx C:\tex\new", ("-ai:sptx", r"C:\tex\new")),
        ('["-im", "a, b"]', ("-im", "a, b")),
        (["-x", "#1"], ("-x", "#1")),
        ("-im #1", ("-im", "#1")),
        ("", ()),
    ],
)
def test_further_arguments_are_split_as_a_shell_does(text: Any, words: tuple[str, ...]) -> None:
    assert checked_options({"extra_arguments": text}).extra_arguments == words


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"samples": 4}, "Maya has no option “samples”. It has: executable, installation, renderer"),
        ({"threads": "many"}, "The Maya option threads cannot be “many”"),
        ({"width": 0}, "The Maya option width cannot be “0”"),
        ({"image_format": "gif"}, "Maya has no image format “gif” here. There are: exr, png"),
        ({"extra_arguments": '-im "a'}, 'The Maya option extra_arguments cannot be “-im "a”: no closing'),
        ({"camera": "a\0b"}, "it holds a character that no argument can have"),
        ({"layers": "[1"}, "The Maya option layers cannot be"),
        ({"gpus": "a"}, "The Maya option gpus cannot be"),
        ({"batch_size": 0}, "The Maya option batch_size cannot be"),
    ],
)
def test_a_bad_option_is_refused_with_a_sentence(options: dict[str, Any], sentence: str) -> None:
    with pytest.raises(UserError) as caught:
        checked_options(options)
    assert sentence in str(caught.value)
    assert str(caught.value).endswith(".")


def test_every_option_is_described() -> None:
    assert all(field.description for field in MayaOptions.model_fields.values())


@pytest.mark.parametrize(
    ("identifier", "flag"),
    [
        ("mayaSoftware", "sw"),
        ("mayaHardware2", "hw2"),
        ("mayaVector", "vr"),
        ("arnold", "arnold"),
        ("mentalRay", "mr"),
        ("renderman", "renderman"),
        ("renderManRIS", "renderman"),
        ("_3delight", "3delight"),
        ("octane", "octane"),
        ("sw", "sw"),
    ],
)
def test_maya_ids_become_what_r_takes(identifier: str, flag: str) -> None:
    found = renderer_of(identifier)
    assert found is not None
    assert found.flag == flag


def test_no_renderer_is_none() -> None:
    assert renderer_of("") is None
    assert renderer_of(" ") is None


@pytest.mark.parametrize(
    ("text", "mel"),
    [
        ("plain", '"plain"'),
        ('a "quoted" name', '"a \\"quoted\\" name"'),
        ("back\\slash", '"back\\\\slash"'),
        ("$HOME `ls`", '"$HOME `ls`"'),
        ("one\ntwo\r\n\tthree", '"one\\ntwo\\r\\n\\tthree"'),
        ("影 ä", '"影 ä"'),
        ('\\"', '"\\\\\\""'),
    ],
)
def test_hostile_text_is_quoted_for_mel(text: str, mel: str) -> None:
    assert mel_string(text) == mel


def read_mel(mel: str) -> str:
    """Read a MEL string back, as Maya does."""
    assert mel[0] == mel[-1] == '"'
    inner, found, at = mel[1:-1], "", 0
    while at < len(inner):
        if inner[at] == "\\":
            at += 1
            found += {"n": "\n", "r": "\r", "t": "\t"}.get(inner[at], inner[at])
        else:
            assert inner[at] not in '"\n\r', "the string would end here"
            found += inner[at]
        at += 1
    return found


@given(st.text())
def test_any_text_survives_mel(text: str) -> None:
    assert read_mel(mel_string(text)) == text


@pytest.mark.parametrize(
    ("path", "mel"),
    [
        (r"C:\proj\a b", '"C:/proj/a b"'),
        (r"\\server\share\x", '"//server/share/x"'),
        ("/proj/back\\slash", '"/proj/back\\\\slash"'),
    ],
)
def test_paths_have_forward_slashes_in_mel(path: str, mel: str) -> None:
    assert mel_path(path) == mel


@pytest.mark.parametrize(
    ("code", "mel"),
    [
        ('print("hi");', 'print("hi");'),
        (r"C:\scripts\before.mel", 'source "C:/scripts/before.mel";'),
        ('/s/a b "c.MEL', '/s/a b "c.MEL'),
        ("/s/it's $mine.mel", 'source "/s/it\'s $mine.mel";'),
        ("source x.mel; print 1", "source x.mel; print 1"),
        ("  ", ""),
    ],
)
def test_a_hook_is_code_or_a_file(code: str, mel: str) -> None:
    assert hook(code) == mel


def test_v_ray_is_told_its_level_and_the_scene_keeps_its_own_code() -> None:
    attribute = '"vraySettings.sys_message_level"'
    level = f"if (objExists({attribute})) setAttr {attribute} 3;"
    assert pre_render(MayaOptions(), VRAY, 1, "") == level
    assert pre_render(MayaOptions(), VRAY, 1, "yeti();") == f"{level} yeti();"
    own = MayaOptions(pre_render_mel="mine();")
    assert pre_render(own, VRAY, 1, "yeti();") == f"{level} mine();"
    assert pre_render(MayaOptions(verbosity=Verbosity.SCENE), VRAY, 1, "yeti();") == ""


def test_redshift_is_told_how_to_number_its_files() -> None:
    mel = pre_render(MayaOptions(), REDSHIFT, 2, "")
    assert 'setAttr "defaultRenderGlobals.periodInExt" 2;' in mel
    assert 'setAttr "defaultRenderGlobals.putFrameBeforeExt" 1;' in mel


def test_other_renderers_need_no_code_so_the_scene_keeps_its_own() -> None:
    for renderer in (ARNOLD, SOFTWARE, None):
        assert pre_render(MayaOptions(), renderer, 1, "yeti();") == ""


def test_paths_of_files_may_be_hostile(tmp_path: Path) -> None:
    path = tmp_path / "a\\b $x.mel"
    read = read_mel(hook(str(path)).removeprefix("source ").removesuffix(";"))
    # On Windows it is a folder, and Maya gets it with slashes.
    assert Path(read) == path
