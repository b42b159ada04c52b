"""Short forms of what tests/soak does for long: every kind of fault, a few times each."""

import os
from pathlib import Path

import pytest
from soak import bad_engines, clocks, databases, engine_kills, full_disks, mixed
from soak.small_disks import small_disk
from soak.tally import BEGIN, END, SkippedError, Tally, table, write_table
from support.log_watch import LogWatch

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.skipif(os.name != "posix", reason="the stand-in is a script with a shebang line")


@pytest.mark.parametrize("mode", ["resident", "batch"])
def test_single_processes_of_an_engine_are_killed(tmp_path: Path, mode: str) -> None:
    tally = Tally("engines")
    engine_kills.kill_engines(tmp_path, tally, kills=5, seed=11, mode=mode)
    assert sum(tally.injected.values()) == 5


def test_the_clock_is_set(tmp_path: Path) -> None:
    tally = Tally("clock")
    clocks.set_the_clock(tmp_path, tally, jumps=8, seed=3)
    assert sum(tally.injected.values()) == 8 + 2


@pytest.mark.parametrize("what", full_disks.PARTS)
def test_a_disk_fills_up_and_empties_again(tmp_path: Path, expected_logs: LogWatch, what: str) -> None:
    expected_logs.allow("cannot be used: the disk is full")
    tally = Tally(what)
    try:
        with small_disk(tmp_path / "disk") as disk:
            full_disks.PARTS[what](tmp_path, tally, disk)
    except SkippedError as reason:
        pytest.skip(str(reason))
    assert any(text.startswith("said: ") for text in tally.seen)


@pytest.mark.parametrize(
    ("name", "moment"),
    [("deleted", "running"), ("overwritten with garbage", "running"), ("cut to half", "closed")],
)
def test_the_database_is_spoiled(tmp_path: Path, name: str, moment: str) -> None:
    (fault,) = [one for one in databases.FAULTS if one.name == name]
    tally = Tally(name)
    if moment == "running":
        databases.spoil_while_it_runs(tmp_path, tally, fault)
    else:
        databases.spoil_between_runs(tmp_path, tally, fault, killed=False)
    assert any(text.startswith("said: ") for text in tally.seen)


def test_engines_misbehave(tmp_path: Path) -> None:
    tally = Tally("engines")
    bad_engines.misbehave(tmp_path, tally, rounds=1)
    assert sum(tally.injected.values()) > 40


def test_everything_at_once(tmp_path: Path, expected_logs: LogWatch) -> None:
    expected_logs.allow("cannot be used")
    tally = Tally("mixed")
    mixed.mixed(tmp_path, tally, seconds=5.0, seed=5, delay_s=0.02, with_real=False, disk=None)
    assert tally.checked["no process left at the end"]


@pytest.fixture
def sample() -> dict[str, object]:
    return {
        "fault": "a | b",
        "injected": {"SIGKILL": 1200},
        "checked": {"whole": 3},
        "seen": {},
        "figures": {"memory, MB": "1 in the first fifth"},
        "problems": [],
        "skipped": "",
    }


def test_the_table_in_the_document(tmp_path: Path, sample: dict[str, object]) -> None:
    path = tmp_path / "page.md"
    path.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n", "utf-8")
    broken = {**sample, "problems": ["It broke."]}
    write_table(path, table([sample, broken]))
    text = path.read_text("utf-8")
    assert text.startswith("before\n")
    assert text.endswith("\nafter\n")
    assert "old" not in text
    assert "| a \\| b | 1,200 × SIGKILL | 3 × whole | memory, MB: 1 in the first fifth |" in text
    assert "**wrong: It broke.**" in text


def test_a_fault_that_cannot_be_had_and_one_that_breaks() -> None:
    tally = Tally("one")
    with tally.attempt():
        raise SkippedError("no disk")
    assert (tally.skipped, tally.problems) == ("no disk", [])
    with tally.attempt():
        raise ValueError("2")
    assert len(tally.problems) == 1
    assert tally.problems[0].startswith("ValueError: 2 (test_soak_short.py:")


def test_the_page_has_a_place_for_the_figures() -> None:
    text = (ROOT / "docs" / "reliability.md").read_text("utf-8")
    assert text.index(BEGIN) < text.index(END)
