"""Where a defined renderer is looked for, with programs planted there."""

import os
import sys
from pathlib import Path

import pytest
from support.own_engines import EXE, TOY, install, make_program, write_definition

from render_manager.engines.commands.finder import CommandFinder, installation_of
from render_manager.engines.commands.reading import read_definition
from render_manager.engines.probing import ProbeMemory
from render_manager.engines.protocols import FoundInstallations

ASKED = "version_arguments = [\"--version\"]\nversion_pattern = 'ToyRender (?P<version>[\\d.]+)'\n"


def plant(path: Path, answer: str = "ToyRender 1.0") -> Path:
    return make_program(path, f"print({answer!r})\n")


def find(
    folder: Path, *places: str, asked: str = ASKED, memory: ProbeMemory | None = None
) -> FoundInstallations:
    text = TOY.replace("paths = ['{program}']\n", "\n".join(places) + "\n").replace(ASKED, asked)
    definition = read_definition(write_definition(folder / "definition", folder, text))
    return CommandFinder(definition, memory or ProbeMemory(None)).find()


def test_on_the_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = install(tmp_path / "bin")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    found = find(tmp_path, "names = ['no-such-renderer', 'toyrender']")
    (one,) = found.installations
    assert (one.engine, one.version, one.version_text) == ("toy", (2, 5, 1), "2.5.1")
    assert (one.executable, one.key, one.found_by) == (program, f"toy:{program}", "PATH: toyrender")
    assert [(place.place, place.found) for place in found.searched] == [
        ("PATH: no-such-renderer", False),
        ("PATH: toyrender", True),
    ]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows' own search does not look there, nor do we")
def test_a_path_that_is_relative(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(tmp_path / "bin" / "toyrender")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", f"bin{os.pathsep}{os.environ['PATH']}")
    (one,) = find(tmp_path, "names = ['toyrender']").installations
    assert one.executable == tmp_path / "bin" / f"toyrender{EXE}"


def test_usual_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.setenv("TOY_HOME", str(tmp_path / "studio"))
    for version in ("3.9", "3.10", "2.0"):
        plant(tmp_path / "apps" / f"Toy {version}" / "toy", f"ToyRender {version}")
    plant(tmp_path / "home" / "toy", "ToyRender 4")
    plant(tmp_path / "studio" / "toy", "ToyRender 5.0")
    found = find(
        tmp_path,
        f"paths = ['{tmp_path}/apps/Toy */toy{EXE}', '~/home/toy{EXE}', '$TOY_HOME/toy{EXE}', "
        "'$NO_SUCH/toy', '/no/toy']",
    )
    assert [one.version for one in found.installations] == [(5, 0), (4,), (3, 10), (3, 9), (2, 0)]
    assert [place.found for place in found.searched] == [True, True, True, False, False]


def test_without_a_version_the_newest_is_guessed_by_the_numbers_in_the_path(tmp_path: Path) -> None:
    for version in ("3.9", "3.10", "2.0"):
        plant(tmp_path / f"Toy {version}" / "toy")
    found = find(tmp_path, f"paths = ['{tmp_path}/Toy */toy{EXE}']", asked="")
    assert [one.executable.parent.name for one in found.installations] == ["Toy 3.10", "Toy 3.9", "Toy 2.0"]
    assert found.installations[0].version == ()


def test_one_program_in_two_places_is_one_installation(tmp_path: Path) -> None:
    program = plant(tmp_path / "toy")
    (tmp_path / "link").symlink_to(program)
    found = find(tmp_path, f"paths = ['{program}', '{tmp_path / 'link'}']")
    assert [one.executable for one in found.installations] == [program]
    assert [place.found for place in found.searched] == [True, True]


def test_programs_that_are_none(tmp_path: Path) -> None:
    other = plant(tmp_path / "a" / "toy", "SomethingElse 1.0")
    closed = plant(tmp_path / "b" / "toy")
    closed.chmod(0o644)
    why = "Exec format error"
    if sys.platform == "win32":
        # There any file may be run that is a program.
        closed, why = tmp_path / "b" / "other.exe", "it is not a program for this computer"
    broken = tmp_path / "c" / f"toy{EXE}"
    broken.parent.mkdir()
    broken.write_bytes(b"\0\1\2")
    broken.chmod(0o755)
    (tmp_path / "d" / "toy").mkdir(parents=True)
    found = find(tmp_path, f"paths = ['{other}', '{closed}', '{broken}', '{tmp_path / 'd' / 'toy'}']")
    assert found.installations == ()
    assert [place.note for place in found.searched] == [
        f"{other} does not tell its version as ToyRender does when asked with --version.",
        "" if sys.platform == "win32" else f"{closed} may not be run.",
        f"{broken} cannot be started: {why}.",
        "",
    ]
    assert not any(place.found for place in found.searched)


def test_a_good_one_beside_a_bad_one_counts(tmp_path: Path) -> None:
    plant(tmp_path / "Toy 1" / "toy", "SomethingElse 1.0")
    good = plant(tmp_path / "Toy 2" / "toy")
    (tmp_path / "Toy 3").mkdir()
    bad = tmp_path / "Toy 3" / f"toy{EXE}"
    bad.touch()
    found = find(tmp_path, f"paths = ['{tmp_path}/Toy */toy{EXE}']")
    assert [one.executable for one in found.installations] == [good]
    (place,) = found.searched
    assert place.found
    why = "cannot be started: it is not a program" if sys.platform == "win32" else "may not be run."
    assert f"{bad} {why}" in place.note


def test_the_answer_is_remembered_for_each_question(tmp_path: Path) -> None:
    """A user who corrects version_arguments must not get the answer to the wrong ones."""
    count = tmp_path / "count"
    code = f"import sys\nopen({str(count)!r}, 'a').write('x')\nprint(sys.argv[1], 'ToyRender 7.1')\n"
    program = make_program(tmp_path / "toy", code)
    for asked, version in ((ASKED, "7.1"), (ASKED, "7.1"), (ASKED.replace("--version", "-v"), "7.1")):
        memory = ProbeMemory(tmp_path / "memory.json")
        found = find(tmp_path, f"paths = ['{program}']", asked=asked, memory=memory)
        assert found.installations[0].version_text == version
    assert count.read_text("utf-8") == "xx"


def test_versions_in_other_forms(tmp_path: Path) -> None:
    program = plant(tmp_path / "toy", "Toy build 2024-05-01 r12")
    found = find(tmp_path, f"paths = ['{program}']", asked="version_arguments = []\n")
    assert found.installations[0].version_text == ""
    asked = "version_arguments = [\"-v\"]\nversion_pattern = 'build \\S+'\n"
    found = find(tmp_path, f"paths = ['{program}']", asked=asked)
    assert (found.installations[0].version_text, found.installations[0].version) == (
        "build 2024-05-01",
        (2024, 5, 1),
    )


def test_any_program_can_be_named() -> None:
    one = installation_of("toy", Path("/opt/toy"), "named by you")
    assert (one.key, one.version, one.problem) == (f"toy:{Path('/opt/toy')}", (), "")
