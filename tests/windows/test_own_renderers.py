"""Renderers of a user's own on Windows: its paths in definitions and in what programs print."""

from pathlib import Path

import pytest
from support.jobs import make_spec
from support.own_engines import TOY, install, write_definition

from render_manager.domain.outcome import ProcessOutcome
from render_manager.engines.commands.finder import CommandFinder
from render_manager.engines.commands.parser import CommandParser
from render_manager.engines.commands.reading import read_definition
from render_manager.engines.events import FileWritten, FrameEnded, WrittenFile
from render_manager.engines.probing import ProbeMemory


@pytest.mark.parametrize(
    "printed",
    [
        r"D:\renders\shot\.render-manager\ab\run-1\out.png",
        "D:/renders/shot/.render-manager/ab/run-1/out.png",
        r"D:\renders\shot\.render-manager\ab\run-1/out.png",
        r"d:\Renders\SHOT\.render-manager\ab\run-1\out.png",
    ],
)
def test_a_file_that_a_program_names_in_its_own_way(tmp_path: Path, printed: str) -> None:
    """C programs print what they were given, others write slashes or another case."""
    definition = read_definition(write_definition(tmp_path, tmp_path / "toy.exe"))
    spec = make_spec(output_dir=Path(r"D:\renders\shot"), output_name="shot_####")
    parser = CommandParser(definition, [7], spec)
    events = [*parser.feed(f"wrote {printed}"), *parser.finish(ProcessOutcome(0))]
    file = WrittenFile(str(Path(printed)), "", "shot_0007.png")
    assert events == [FileWritten(7, printed), FrameEnded(7, (file,))]


def test_a_file_in_a_folder_beside_the_output_is_not_taken(tmp_path: Path) -> None:
    definition = read_definition(write_definition(tmp_path, tmp_path / "toy.exe"))
    spec = make_spec(output_dir=Path(r"D:\renders\shot"), output_name="shot_####")
    for printed in (r"E:\renders\shot\out.png", r"\renders\shot\out.png", r"D:\renders\shot2\out.png"):
        parser = CommandParser(definition, [7], spec)
        assert parser.feed(f"wrote {printed}") == [FileWritten(7, printed)]
        assert parser.finish(ProcessOutcome(0)) == []


def test_one_program_in_two_spellings_and_by_a_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = install(tmp_path / "Toy Röhre 2")
    monkeypatch.setenv("TOY_HOME", str(tmp_path))
    line = "paths = ['{program}']"
    places = f"paths = ['{str(program).upper()}', '%TOY_HOME%/Toy */toyrender.exe']"
    definition = read_definition(write_definition(tmp_path, program, TOY.replace(line, places)))
    found = CommandFinder(definition, ProbeMemory(None)).find()
    assert [(one.version, str(one.executable).lower()) for one in found.installations] == [
        ((2, 5, 1), str(program).lower())
    ]
    assert [place.found for place in found.searched] == [True, True]
