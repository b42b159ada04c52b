"""The head of a worker's log: what was run, one line each, to be run again by hand."""

import os
import shutil
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from render_manager.scheduling.log_file import shell_word

HOSTILE = [
    "a\nb",
    "\x1b[2J",
    "'",
    "\\",
    "$(touch x)",
    "`x`",
    "a;b&c|d",
    "-",
    "",
    "\u202e",
    "%PATH%",
    "\udcff",
    "é\n'\\",
]


@pytest.mark.parametrize("argument", HOSTILE)
def test_a_word_is_one_printable_line(argument: str) -> None:
    assert shell_word(argument).isprintable()


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_word_is_one_printable_line(argument: str) -> None:
    assert shell_word(argument).isprintable()


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such shell")
def test_a_shell_gives_back_what_was_meant() -> None:
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("there is no bash")
    line = f"printf '%s\\0' {' '.join(map(shell_word, HOSTILE))}"
    told = subprocess.run([bash, "-c", line], capture_output=True, check=True).stdout
    assert told.split(b"\0")[:-1] == [os.fsencode(argument) for argument in HOSTILE]
