"""Render settings, formats and units of time, from what was collected."""

import pytest

from render_manager.engines.maya.facts import Facts, Node, Value
from render_manager.engines.maya.render_settings import RenderSettings, render_settings_of, version_of
from render_manager.engines.maya.time_unit import fps_of


def settings_of(
    version: str = "2023",
    time_unit: str = "film",
    *,
    others: dict[str, dict[str, Value]] | None = None,
    **values: Value,
) -> RenderSettings:
    facts = Facts("ascii", version=version, time_unit=time_unit)
    for name, given in {"defaultRenderGlobals": values, **(others or {})}.items():
        facts.selected[name] = Node("", name, values=given)
    return render_settings_of(facts)


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("2023", (2023,)),
        ("2018ff09", (2018,)),
        ("2016.5", (2016, 5)),
        ("2022.3", (2022,)),
        ("2020.4.1", (2020,)),
        ("8.5", (8, 5)),
        ("2016 Extension 2 SP1", (2016,)),
        ("2022.", (2022,)),
        ("", ()),
        ("PR128", ()),
        ("99999999999", (9999,)),
    ],
)
def test_version_is_the_leading_numbers(text: str, version: tuple[int, ...]) -> None:
    assert version_of(text) == version


@pytest.mark.parametrize(
    ("unit", "fps"),
    [
        ("film", 24),
        ("pal", 25),
        ("ntsc", 30),
        ("game", 15),
        ("show", 48),
        ("palf", 50),
        ("ntscf", 60),
        ("23.976fps", 23.976),
        ("29.97fps", 29.97),
        ("29.97df", 29.97),
        ("47.952fps", 47.952),
        ("59.94fps", 59.94),
        ("2fps", 2),
        ("12.5fps", 12.5),
        ("48000fps", 48000),
        ("sec", 1),
        ("millisec", 1000),
        ("min", 1 / 60),
        ("hour", 1 / 3600),
    ],
)
def test_units_of_time(unit: str, fps: float) -> None:
    assert fps_of(unit) == pytest.approx(fps, rel=1e-4)


@pytest.mark.parametrize("unit", ["", "fps", "0fps", "-1fps", "1e5fps", "9999999fps", "film ", "unknown"])
def test_units_of_time_that_are_not_known(unit: str) -> None:
    assert fps_of(unit) is None
    assert settings_of(time_unit=unit).fps == 0


class TestValuesThatCannotBe:
    def test_absurd_frames_are_at_their_default(self) -> None:
        assert settings_of(an=1.0, fs=1e300, ef=-1e9, bfs=0.0).frames == (1, 10, 1)
        assert settings_of(an=1.0, bfs=-5.0).frames == (1, 10, 1)

    def test_texts_for_numbers_and_numbers_for_texts(self) -> None:
        settings = settings_of(an="yes", fs="x", ep="4", ren=3.0, ifp=1.0, outf="51")

        assert (settings.frames, settings.digits, settings.renderer) == ((0, 0, 1), 4, "mayaSoftware")
        assert (settings.prefix, settings.image_format.name) == ("", "iff")

    @pytest.mark.parametrize("side", [0.0, -5.0, 1e12])
    def test_absurd_sizes(self, side: float) -> None:
        assert settings_of(others={"defaultResolution": {"w": side, "h": 100.0}}).size_px in (
            (960, 540),
            (960, 100),
        )

    @pytest.mark.parametrize("digits", [0.0, -1.0, 1e9])
    def test_absurd_padding(self, digits: float) -> None:
        assert settings_of(ep=digits).digits == 4


class TestNames:
    @pytest.mark.parametrize(
        ("values", "scheme"),
        [
            ({}, "name.ext"),
            ({"ofc": 1.0}, "name"),
            ({"an": 1.0}, "name.ext.#"),
            ({"an": 1.0, "pff": 1.0}, "name.#.ext"),
            ({"an": 1.0, "pff": 1.0, "peie": 0.0}, "name#.ext"),
            ({"an": 1.0, "pff": 1.0, "peie": 2.0}, "name_#.ext"),
            ({"an": 1.0, "pff": 1.0, "peie": 9.0}, "name.#.ext"),
            ({"an": 1.0, "ofc": 1.0, "pff": 1.0}, "name.#"),
            ({"animation": 1.0, "putFrameBeforeExt": 1.0, "periodInExt": 2.0}, "name_#.ext"),
        ],
    )
    def test_scheme(self, values: dict[str, Value], scheme: str) -> None:
        assert settings_of(**values).name_scheme == scheme

    def test_padding(self) -> None:
        assert settings_of(ep=3.0).digits == 3
        assert settings_of("2013").digits == 4
        assert settings_of("8.5").digits == 1


class TestFormats:
    @pytest.mark.parametrize(
        ("values", "name", "suffix"),
        [
            ({}, "iff", "iff"),
            ({"outf": 0.0}, "gif", "gif"),
            ({"outf": 3.0}, "tiff", "tif"),
            ({"outf": 8.0}, "jpeg", "jpg"),
            ({"outf": 19.0}, "targa", "tga"),
            ({"outf": 31.0}, "psd", "psd"),
            ({"outf": 32.0}, "png", "png"),
            ({"outf": 40.0}, "exr", "exr"),
            ({"outf": 51.0, "imfkey": "EXR"}, "exr", "exr"),
            ({"outf": 50.0, "imfkey": "mystery"}, "mystery", ""),
            ({"outf": 51.0}, "", ""),
            ({"outf": 1.0}, "softimage", ""),
            ({"outf": 99.0}, "format-99", ""),
            ({"ren": "mayaHardware2", "outf": 32.0}, "png", "png"),
            ({"ren": "renderman", "outf": 32.0}, "png", ""),
            ({"ren": "arnold", "outf": 32.0}, "", ""),
            ({"ren": "redshift"}, "", ""),
            ({"ren": "vray"}, "", ""),
        ],
    )
    def test_of_maya(self, values: dict[str, Value], name: str, suffix: str) -> None:
        found = settings_of(**values).image_format

        assert (found.name, found.suffix, found.is_movie) == (name, suffix, False)

    @pytest.mark.parametrize("number", [21.0, 22.0, 23.0])
    def test_movies(self, number: float) -> None:
        assert settings_of(outf=number).image_format.is_movie
        assert not settings_of(ren="arnold", outf=number).image_format.is_movie

    @pytest.mark.parametrize(
        ("renderer", "node", "values", "name", "suffix"),
        [
            ("arnold", "defaultArnoldDriver", {"ai_translator": "tif"}, "tif", "tif"),
            ("arnold", "defaultArnoldDriver", {"aiTranslator": "deepexr"}, "deepexr", "exr"),
            ("arnold", "defaultArnoldDriver", {"ai_translator": "jpeg"}, "jpeg", ""),
            ("vray", "vraySettings", {"imgfs": "exr (multichannel)"}, "exr (multichannel)", "exr"),
            ("vray", "vraySettings", {"imageFormatStr": "png"}, "png", "png"),
            ("vray", "vraySettings", {"imgfs": "strange"}, "strange", ""),
            ("redshift", "redshiftOptions", {"imageFormat": 1.0}, "exr", "exr"),
            ("redshift", "redshiftOptions", {"imageFormat": 2.0}, "redshift-2", ""),
        ],
    )
    def test_of_other_renderers(
        self, renderer: str, node: str, values: dict[str, Value], name: str, suffix: str
    ) -> None:
        found = settings_of(ren=renderer, others={node: values}).image_format

        assert (found.name, found.suffix) == (name, suffix)

    def test_vray_has_a_size_and_a_prefix_of_its_own(self) -> None:
        others: dict[str, dict[str, Value]] = {
            "defaultResolution": {"w": 10.0, "h": 20.0},
            "vraySettings": {"wi": 800.0, "he": 600.0, "fnprx": "<Layer>/shot"},
        }

        assert settings_of(ren="vray", others=others).size_px == (800, 600)
        assert settings_of(ren="vray", others=others, ifp="x").prefix == "<Layer>/shot"
        assert settings_of(ren="arnold", others=others).size_px == (10, 20)
