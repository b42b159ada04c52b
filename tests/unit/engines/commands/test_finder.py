"""Where a defined renderer is looked for, with programs planted there."""

import os
import sys
from pathlib import Path

import pytest
from support.own_engines import TOY, install, write_definition

from render_manager.engines.commands.finder import CommandFinder, installation_of
from render_manager.engines.commands.reading import read_definition
from render_manager.engines.probing import ProbeMemory
from render_manager.engines.protocols import FoundInstallations

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the planted programs are scripts with #!")

ASKED = "version_arguments = [\"--version\"]\nversion_pattern = 'ToyRender (?P<version>[\\d.]+)'\n"


def plant(path: Path, answer: str = "ToyRender 1.0") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho '{answer}'\n", "utf-8")
    path.chmod(0o755)
    return path


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


def test_a_path_that_is_relative(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(tmp_path / "bin" / "toyrender")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", f"bin{os.pathsep}{os.environ['PATH']}")
    (one,) = find(tmp_path, "names = ['toyrender']").installations
    assert one.executable == tmp_path / "bin" / "toyrender"


def test_usual_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("TOY_HOME", str(tmp_path / "studio"))
    for version in ("3.9", "3.10", "2.0"):
        plant(tmp_path / "apps" / f"Toy {version}" / "toy", f"ToyRender {version}")
    plant(tmp_path / "home" / "toy", "ToyRender 4")
    plant(tmp_path / "studio" / "toy", "ToyRender 5.0")
    found = find(
        tmp_path,
        f"paths = ['{tmp_path}/apps/Toy */toy', '~/home/toy', '$TOY_HOME/toy', '$NO_SUCH/toy', '/no/toy']",
    )
    assert [one.version for one in found.installations] == [(5, 0), (4,), (3, 10), (3, 9), (2, 0)]
    assert [place.found for place in found.searched] == [True, True, True, False, False]


def test_without_a_version_the_newest_is_guessed_by_the_numbers_in_the_path(tmp_path: Path) -> None:
    for version in ("3.9", "3.10", "2.0"):
        plant(tmp_path / f"Toy {version}" / "toy")
    found = find(tmp_path, f"paths = ['{tmp_path}/Toy */toy']", asked="")
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
    broken = tmp_path / "c" / "toy"
    broken.parent.mkdir()
    broken.write_bytes(b"\0\1\2")
    broken.chmod(0o755)
    (tmp_path / "d" / "toy").mkdir(parents=True)
    found = find(tmp_path, f"paths = ['{other}', '{closed}', '{broken}', '{tmp_path / 'd' / 'toy'}']")
    assert found.installations == ()
    assert [place.note for place in found.searched] == [
        f"{other} does not tell its version as ToyRender does when asked with --version.",
        f"{closed} may not be run.",
        f"{broken} cannot be started: Exec format error.",
        "",
    ]
    assert not any(place.found for place in found.searched)


def test_a_good_one_beside_a_bad_one_counts(tmp_path: Path) -> None:
    plant(tmp_path / "Toy 1" / "toy", "SomethingElse 1.0")
    good = plant(tmp_path / "Toy 2" / "toy")
    (tmp_path / "Toy 3").mkdir()
    (tmp_path / "Toy 3" / "toy").touch()
    found = find(tmp_path, f"paths = ['{tmp_path}/Toy */toy']")
    assert [one.executable for one in found.installations] == [good]
    (place,) = found.searched
    assert place.found
    assert "Toy 3/toy may not be run." in place.note


def test_the_answer_is_remembered_for_each_question(tmp_path: Path) -> None:
    """A user who corrects version_arguments must not get the answer to the wrong ones."""
    count = tmp_path / "count"
    program = plant(tmp_path / "toy")
    program.write_text(f'#!/bin/sh\necho x >> "{count}"\necho "$1 ToyRender 7.1"\n', "utf-8")
    for asked, version in ((ASKED, "7.1"), (ASKED, "7.1"), (ASKED.replace("--version", "-v"), "7.1")):
        memory = ProbeMemory(tmp_path / "memory.json")
        found = find(tmp_path, f"paths = ['{program}']", asked=asked, memory=memory)
        assert found.installations[0].version_text == version
    assert count.read_text("utf-8") == "x\nx\n"


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
    assert (one.key, one.version, one.problem) == ("toy:/opt/toy", (), "")
