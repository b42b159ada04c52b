"""Whether this is the system that the other tests of this folder are about."""

import sys

import pytest


@pytest.mark.skipif(
    sys.platform != "win32", reason="this folder is about Windows, and this is another system"
)
def test_it_is_a_windows_that_qt_runs_on() -> None:
    """Qt 6 wants Windows 10 of 2018 (version 1809, build 17763) or newer."""
    assert sys.platform == "win32"
    version = sys.getwindowsversion()
    assert (version.major, version.build) >= (10, 17763)
