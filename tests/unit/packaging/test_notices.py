import json
from dataclasses import replace
from pathlib import Path

import pytest
from steps import notices as module
from steps.components import compiled_in, components_for, read_table
from steps.notices import main, site_packages_of, write_all_notices, write_notices
from steps.report import StepFailedError
from steps.rulings import rule
from steps.shipped import SitePackages
from support.installed import install, site_packages_in

ROOT = Path(__file__).resolve().parents[3]
TABLE = read_table()
PYINSTALLER = f"License: {next(one.says for one in TABLE.rulings if one.name == 'pyinstaller')}"
PYSIDE = "License: LGPL-3.0-only OR GPL-2.0-only OR GPL-3.0-only"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    site_packages = site_packages_in(tmp_path)
    install(site_packages, "pyinstaller", metadata=PYINSTALLER)
    return site_packages


def findings(place: Path, *sources: Path) -> tuple[str, ...]:
    return write_notices(sources=sources, site_packages=place, target=place.parent / "N.txt").findings


def text(place: Path) -> str:
    return (place.parent / "N.txt").read_text("utf-8")


def touch(file: Path, content: bytes = b"") -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    return file


def test_what_is_shipped_is_listed_with_its_text(place: Path) -> None:
    good = install(
        place, "good", metadata="License-Expression: MIT\nProject-URL: Homepage, https://good.example"
    )
    install(place, "not_shipped")
    assert findings(place, good) == ()
    assert (
        "good 1.0\r\nLicence: MIT\r\nHome page: https://good.example"
        in (place.parent / "N.txt").read_bytes().decode()
    )
    assert "good: Permission is hereby granted" in text(place)
    assert "The licence of Python" in text(place)
    assert "not_shipped" not in text(place)


def test_the_boot_loader_is_always_named_with_its_exception(place: Path) -> None:
    assert findings(place, install(place, "good")) == ()
    assert "pyinstaller 1.0: GPL-2.0-or-later WITH Bootloader-exception" in text(place)


def test_a_package_under_the_gpl_stops_the_build(place: Path) -> None:
    bad = install(place, "bad", metadata="License-Expression: GPL-3.0-only")
    (found,) = findings(place, bad)
    assert "bad 1.0" in found and "GPL-3.0-only" in found
    notices = write_notices(sources=[bad], site_packages=place, target=place.parent / "N.txt")
    with pytest.raises(StepFailedError, match=r"031-licences.*\n.*bad 1\.0"):
        notices.must_be_clean()


def test_its_metadata_alone_is_a_finding_too(place: Path) -> None:
    install(
        place, "bad", metadata="Classifier: License :: OSI Approved :: GNU General Public License v3 (GPLv3)"
    )
    (found,) = findings(place, place / "bad-1.0.dist-info" / "METADATA")
    assert "bad 1.0" in found


@pytest.mark.parametrize("metadata", ["", "License: Custom", "License: UNKNOWN"])
def test_an_unknown_licence_stops_the_build(place: Path, metadata: str) -> None:
    (found,) = findings(place, install(place, "odd", metadata=metadata))
    assert "odd 1.0" in found


def test_a_licence_without_its_text_stops_the_build(place: Path) -> None:
    bare = install(place, "bare")
    (place / "bare-1.0.dist-info" / "licenses" / "LICENSE").unlink()
    (found,) = findings(place, bare)
    assert "bare 1.0 came without the text of its licence, MIT" in found


def test_a_text_that_is_the_same_for_all_is_added(place: Path) -> None:
    bare = install(place, "bare", metadata="License-Expression: Apache-2.0")
    (place / "bare-1.0.dist-info" / "licenses" / "LICENSE").unlink()
    assert findings(place, bare) == ()
    assert "Text of Apache-2.0" in text(place)


def test_the_lgpl_needs_written_terms(place: Path) -> None:
    (found,) = findings(place, install(place, "lesser", metadata="License-Expression: LGPL-3.0-only"))
    assert "lesser 1.0" in found and "conditions" in found


def test_a_ruling_ends_when_the_package_says_something_else(place: Path) -> None:
    qt = install(place, "pyside6_essentials", metadata=PYSIDE)
    assert findings(place, qt) == ()
    assert "Text of LGPL-3.0" in text(place) and "Text of GPL-3.0" in text(place)
    changed = install(place, "pyside6_essentials", metadata="License: GPL-3.0-only")
    assert len(findings(place, changed)) == 2


def test_a_file_of_nobody_stops_the_build(place: Path) -> None:
    stray = touch(place / "stray.dll")
    (found,) = findings(place, install(place, "good"), stray)
    assert str(stray) in found


def test_readline_stops_the_build(place: Path) -> None:
    (found,) = findings(place, install(place, "good"), Path("/lib/x86_64-linux-gnu/libreadline.so.8"))
    assert "libreadline" in found


def test_python_the_project_and_known_libraries_are_in_order(place: Path) -> None:
    python = place.parents[1]
    sources = [
        install(place, "good"),
        touch(python / "Lib" / "json" / "decoder.py"),
        touch(python / "DLLs" / "_bz2.pyd"),
        touch(python / "vcruntime140.dll"),
        ROOT / "resources" / "sounds" / "done.wav",
        ROOT / "render_manager" / "app.py",
        ROOT / "build" / "freeze-linux" / "render-manager" / "base_library.zip",
        Path("PySide6/Qt/lib/libQt6Core.so.6"),
    ]
    assert findings(place, *sources) == ()
    assert "bzip2: bzip2-1.0.6" in text(place)
    assert "Microsoft Visual C++ runtime: LicenseRef-Microsoft-Runtime" in text(place)


def test_windows_may_tell_paths_in_other_letters(place: Path) -> None:
    good = install(place, "Good")
    assert findings(place, good.with_name("GOOD.PY")) == ()
    assert "Good 1.0" in text(place)


def test_what_comtypes_writes_into_itself_belongs_to_it(place: Path) -> None:
    install(place, "comtypes")
    assert findings(place, touch(place / "comtypes" / "gen" / "__init__.py")) == ()
    assert "comtypes 1.0" in text(place)
    (found,) = findings(place, touch(place / "comtypes" / "gen" / "other.py"))
    assert "other.py" in found


def test_a_built_program_gets_its_notices(
    place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "shipped_sources", lambda _system: ["-", str(install(place, "good"))])
    monkeypatch.setattr(module, "program_folder", lambda _system: tmp_path / "built")
    figures: dict[str, object] = {}
    write_all_notices("linux", None, place.parents[1] / "python.exe", figures)
    assert figures["packages"] == 2
    assert "good 1.0" in (tmp_path / "built" / "THIRD-PARTY-NOTICES.txt").read_text("utf-8")


@pytest.mark.parametrize("has_installer", [True, False])
def test_what_installs_it_is_named_where_it_is_installed(place: Path, has_installer: bool) -> None:
    target = place.parent / "N.txt"
    notices = write_notices(
        sources=[install(place, "good")], site_packages=place, target=target, has_installer=has_installer
    )
    assert any(name.startswith("NSIS") for name in notices.components) == has_installer
    assert ("Igor Pavlov and Amir Szekely" in target.read_text("utf-8")) == has_installer


def test_a_font_needs_its_own_entry(place: Path) -> None:
    icons = install(place, "icons", files={"fonts/remixicon-2.5.0.ttf": "", "fonts/other.ttf": ""})
    fonts = place / "fonts"
    (found,) = findings(place, icons, fonts / "remixicon-2.5.0.ttf", fonts / "other.ttf")
    assert "other.ttf" in found
    assert "Remix Icon: Apache-2.0" in text(place)


def image_library(place: Path, built_with: str) -> Path:
    install(
        place, "openimageio", metadata="License: Apache-2.0", files={"OpenImageIO/bin/OpenImageIO.dll": ""}
    )
    return touch(
        place / "OpenImageIO" / "bin" / "OpenImageIO.dll", b"\0\1other\0" + built_with.encode() + b"\0more"
    )


def test_what_openimageio_was_built_with_is_listed(place: Path) -> None:
    library = image_library(place, "expat 2.6.3;FFmpeg NONE;LibRaw NONE;OpenGL;PNG 1.6.47")
    assert findings(place, library) == ()
    assert "libpng: libpng-2.0" in text(place) and "Expat: MIT" in text(place)


@pytest.mark.parametrize(
    ("built_with", "name"),
    [
        ("FFmpeg 7.1", "FFmpeg"),
        ("FFmpeg NONE;LibRaw 0.21", "LibRaw"),
        ("FFmpeg NONE;Libheif 1.19", "Libheif"),
    ],
)
def test_a_library_nobody_looked_at_inside_openimageio_stops_the_build(
    place: Path, built_with: str, name: str
) -> None:
    (found,) = findings(place, image_library(place, built_with))
    assert name in found


def test_an_openimageio_that_does_not_say_it_stops_the_build(place: Path) -> None:
    with pytest.raises(StepFailedError, match="compiled into it"):
        findings(place, image_library(place, "nothing"))


def test_a_python_without_its_licence_stops_the_build(place: Path) -> None:
    (place.parents[1] / "LICENSE.txt").unlink()
    (found,) = findings(place, install(place, "good"))
    assert "Python in" in found


def test_an_empty_list_is_no_program(place: Path) -> None:
    with pytest.raises(StepFailedError, match="empty"):
        findings(place)


def test_a_folder_without_packages_is_none(tmp_path: Path) -> None:
    with pytest.raises(StepFailedError, match="No Python package"):
        SitePackages(tmp_path)


def test_a_table_that_names_a_missing_text_is_refused(tmp_path: Path) -> None:
    table = tmp_path / "t.toml"
    table.write_text(
        '[[component]]\nname = "x"\nlicence = "MIT"\nhomepage = ""\ntexts = ["None-1.0"]\n', "utf-8"
    )
    with pytest.raises(StepFailedError, match=r"None-1\.0"):
        read_table(table)


def test_every_component_of_the_table_may_be_shipped() -> None:
    assert module.component_findings(TABLE.components) == []
    bad = replace(TABLE.components[0], licence="GPL-3.0-only")
    assert len(module.component_findings([bad])) == 1
    assert len(module.component_findings([replace(TABLE.components[0], reason="")])) == 1


def test_every_component_is_found_by_something() -> None:
    assert all(one.files or one.inside or one.dependency for one in TABLE.components)
    assert components_for(TABLE, files=[], packages=[], dependencies=[]) == []


def test_by_hand(place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shipped = tmp_path / "shipped.json"
    words = [str(shipped), str(place), str(tmp_path / "N.txt")]
    shipped.write_text(json.dumps([str(install(place, "good"))]), "utf-8")
    assert main(words) == 0
    shipped.write_text(json.dumps([str(install(place, "bad", metadata="License: GPL-3.0"))]), "utf-8")
    assert main(words) == 1
    assert "bad 1.0" in capsys.readouterr().err


class TestThisPython:
    """The packages that the tests run with are real ones."""

    packages = SitePackages(Path(pytest.__file__).parents[1])

    def owner(self, name: str) -> Path:
        return next(
            path
            for path in self.packages.folder.glob("*.dist-info")
            if path.name.lower().startswith(f"{name}-")
        )

    @pytest.mark.parametrize(
        "name",
        [
            "numpy",
            "pillow",
            "psutil",
            "pydantic",
            "pyside6_essentials",
            "qtawesome",
            "regex",
            "sqlalchemy",
            "wakepy",
        ],
    )
    def test_what_we_ship_is_in_order(self, name: str) -> None:
        found = self.packages.distribution(self.owner(name))
        assert found.licence and found.homepage.startswith("http")
        assert rule(found, TABLE).findings == ()

    def test_blender_must_not_be_shipped(self) -> None:
        found = list(self.packages.folder.glob("bpy-*.dist-info"))
        if not found:
            pytest.skip("bpy is not installed")
        (finding, *_more) = rule(self.packages.distribution(found[0]), TABLE).findings
        assert finding.startswith("bpy") and "GPL-3.0" in finding

    def test_the_image_library_says_what_openimageio_says(self) -> None:
        import OpenImageIO

        libraries = [
            file for file in self.packages.folder.glob("OpenImageIO/*/*") if module.is_image_library(file)
        ]
        said = str(OpenImageIO.get_string_attribute("build:dependencies"))
        entries = [entry.split() for entry in said.split(";")]
        built_with = {name for name, *version in entries if version != ["NONE"]} - {"OpenGL", "Python3"}
        assert libraries
        assert set(compiled_in(libraries[0])) == built_with
        assert built_with <= {one.dependency for one in TABLE.components}

    def test_its_folder_is_found(self) -> None:
        import sys

        if sys.prefix == sys.base_prefix:
            pytest.skip("these tests run without a virtual environment")
        assert site_packages_of(Path(sys.executable)) == self.packages.folder
