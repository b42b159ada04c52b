"""Asking programs for their version, once."""

import json
import os
import sys
from pathlib import Path

import pytest

from render_manager.engines import probing
from render_manager.engines.probing import Probe, ProbeMemory, run_probe
from render_manager.engines.windows_registry import subkeys

PYTHON = [sys.executable, "-I", "-S"]


def test_output_and_errors_are_read() -> None:
    code = "import sys; print('Blender 4.5.1'); print('warning', file=sys.stderr); sys.exit(3)"
    probe = run_probe([*PYTHON, "-c", code])
    assert probe.problem == ""
    assert "Blender 4.5.1" in probe.output
    assert "warning" in probe.output


def test_nothing_waits_for_input() -> None:
    assert run_probe([*PYTHON, "-c", "print(len(input()))"]).problem == ""


def test_bytes_that_are_no_text_do_no_harm() -> None:
    code = "import os; os.write(1, b'Blender \\xff 4.2.0')"
    assert "4.2.0" in run_probe([*PYTHON, "-c", code]).output


def test_our_variables_are_kept_from_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONSTARTUP", "/ours")
    monkeypatch.setenv("QT_PLUGIN_PATH", "/ours")
    monkeypatch.setenv("STUDIO", "theirs")
    code = "import os; print(sorted(set(os.environ) & {'PYTHONSTARTUP', 'QT_PLUGIN_PATH', 'STUDIO'}))"
    assert run_probe([*PYTHON, "-c", code]).output.strip() == "['STUDIO']"


def test_a_program_that_is_not_there(tmp_path: Path) -> None:
    probe = run_probe([str(tmp_path / "missing")])
    why = "it does not exist" if sys.platform == "win32" else "No such file or directory"
    assert f"missing cannot be started: {why}." in probe.problem


@pytest.mark.timeout(20)
def test_a_program_that_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probing, "PROBE_TIMEOUT_S", 0.2)
    probe = run_probe([*PYTHON, "-c", "import time; time.sleep(600)"])
    assert "did not answer within 0 s" in probe.problem


class Asker:
    """Counts how often a program was asked."""

    def __init__(self, answer: Probe) -> None:
        self.answer = answer
        self.times = 0

    def __call__(self) -> Probe:
        self.times += 1
        return self.answer


@pytest.fixture
def program(tmp_path: Path) -> Path:
    path = tmp_path / "blender"
    path.write_text("v1")
    return path


def test_an_answer_is_remembered_while_the_program_stays(tmp_path: Path, program: Path) -> None:
    path, ask = tmp_path / "memory.json", Asker(Probe("Blender 4.5"))
    memory = ProbeMemory(path)
    for _time in range(2):
        assert memory.ask(program, ask).output == "Blender 4.5"
    memory.save()
    assert ProbeMemory(path).ask(program, ask).output == "Blender 4.5"
    assert ask.times == 1
    program.write_text("version 2")
    assert ProbeMemory(path).ask(program, ask).output == "Blender 4.5"
    assert ask.times == 2


def test_a_program_changed_to_one_of_the_same_size_is_asked_again(program: Path) -> None:
    memory, ask = ProbeMemory(None), Asker(Probe("Blender 4.5"))
    memory.ask(program, ask)
    os.utime(program, ns=(1, 1))
    memory.ask(program, ask)
    assert ask.times == 2


def test_problems_are_not_remembered(program: Path) -> None:
    memory, ask = ProbeMemory(None), Asker(Probe("", "It did not answer."))
    for _time in range(2):
        assert memory.ask(program, ask).problem
    assert ask.times == 2


def test_a_program_that_vanished(tmp_path: Path) -> None:
    ask = Asker(Probe("x"))
    assert "is not there" in ProbeMemory(None).ask(tmp_path / "gone", ask).problem
    assert ask.times == 0


@pytest.mark.parametrize(
    "data",
    [b"", b"[]", b"nonsense", b"\xff", b'{"PROGRAM": 3}', b'{"PROGRAM": [1]}', b'{"PROGRAM": [1,2,3]}'],
)
def test_a_broken_memory_is_forgotten(tmp_path: Path, program: Path, data: bytes) -> None:
    path = tmp_path / "memory.json"
    path.write_bytes(data.replace(b"PROGRAM", str(program).encode()))
    ask = Asker(Probe("Blender 4.5"))
    memory = ProbeMemory(path)
    assert memory.ask(program, ask).output == "Blender 4.5"
    memory.save()
    assert json.loads(path.read_text("utf-8"))[str(program)][2] == "Blender 4.5"


def test_a_memory_that_cannot_be_written_is_no_problem(tmp_path: Path, program: Path) -> None:
    memory = ProbeMemory(tmp_path / "missing" / "memory.json")
    memory.ask(program, Asker(Probe("Blender 4.5")))
    memory.save()
    ProbeMemory(None).save()


@pytest.mark.skipif(sys.platform == "win32", reason="there is a registry")
def test_there_is_no_registry_here() -> None:
    assert list(subkeys("HKLM", "SOFTWARE")) == []
