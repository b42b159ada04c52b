"""kill -9 of the whole program at any moment, again and again; in the end everything is there just once."""

import os
from pathlib import Path

import pytest
from soak.night import check_night, kill_the_program, kill_with_bpy, stand_in_night
from soak.tally import Tally
from support.real import RealBlender

pytestmark = [
    pytest.mark.skipif(os.name != "posix", reason="signals"),
    pytest.mark.timeout(300),
]


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("options", [[], ["--set", "mode=batch", "--set", "batch_size=7"]])
def test_a_killed_program_goes_on_where_it_was(tmp_path: Path, seed: int, options: list[str]) -> None:
    night, scene, log = stand_in_night(tmp_path, seed, 60)
    night.survive(4, scene, "--retries", 0, *options)
    check_night(night, log, tmp_path / "out", 60)


@pytest.mark.bpy
def test_a_killed_program_with_real_engines(bpy_wheel: RealBlender, tmp_path: Path) -> None:
    kill_with_bpy(tmp_path, Tally("bpy"), bpy_wheel, kills=3, seed=3)


@pytest.mark.soak
@pytest.mark.timeout(7200)
def test_two_hundred_kills(tmp_path: Path) -> None:
    kill_the_program(tmp_path, Tally("kills"), kills=200, seed=100)
