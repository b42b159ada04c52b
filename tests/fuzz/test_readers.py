"""Every reader of what others wrote, tried a little: a result or a sentence and nothing else comes of it."""

import json
import random
import subprocess
import sys
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fuzz.damage import damage
from fuzz.reader import MOST_MEMORY_BYTES
from fuzz.readers import READERS

COSTLY = frozenset({"explain", "picture-exr", "picture-jp2"})
"""Readers that take long for each example."""
FUZZ = settings(
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture(autouse=True)
def _calm_surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # A `.env` of the current folder is a file that is read.
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("name", READERS)
def test_good_inputs_are_taken(tmp_path: Path, name: str) -> None:
    reader = READERS[name]
    assert any(reader.try_out(base, tmp_path) for base in reader.bases())


@pytest.mark.parametrize("name", READERS)
def test_damaged_inputs(tmp_path: Path, name: str) -> None:
    reader = READERS[name]
    bases = reader.bases()

    @settings(FUZZ, max_examples=15 if name in COSTLY else 60)
    @given(base=st.integers(0, len(bases) - 1), seed=st.integers(0, 1 << 62))
    def attempt(base: int, seed: int) -> None:
        reader.try_out(damage(bases[base], random.Random(seed), reader.words), tmp_path)

    attempt()


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\0" * 70_000, id="zeros"),
        pytest.param(b"\xff" * 70_000, id="ones"),
        pytest.param(b"\n" * 70_000, id="empty lines"),
        pytest.param(b"[" * 100_000, id="brackets"),
        pytest.param(b'{"a":' * 50_000, id="objects"),
        pytest.param(b"a = " + b"[" * 20_000, id="lists of TOML"),
        pytest.param(b"9" * 100_000, id="a long number"),
        pytest.param("\x1b[31m<b>\u202e%s$(x)`x`;&|\0\r\n".encode() * 500, id="odd characters"),
    ],
)
def test_odd_inputs_cost_little(tmp_path: Path, name: str, data: bytes) -> None:
    tracemalloc.start()
    try:
        READERS[name].try_out(data, tmp_path)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < MOST_MEMORY_BYTES


def test_the_long_runner_tells_what_it_found(tmp_path: Path) -> None:
    runner = Path(__file__).with_name("run.py")
    argv = [sys.executable, str(runner), "--minutes", "0.02", "--how", "hypothesis", "--seed", "1"]
    done = subprocess.run(
        [*argv, "--reader", "frame-list"], cwd=tmp_path, capture_output=True, check=False, timeout=100
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["findings"] == 0
    assert told["readers"][0]["executions"] == told["executions"] > 0
