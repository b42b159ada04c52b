"""What wine 8 does otherwise than Windows: tests that are left out there, and why. Windows runs them all."""

import ctypes
import sys

import pytest

_PRIORITY = "wine starts every program with the normal priority, whatever is asked for"
_LENGTH = "wine takes command lines of any length"
_DEBUGGER = "wine waits for its own debugger at every crash"
_CONSOLE = "wine's console program holds the output of the renderer it belongs to"
_ROOT = "wine lets root write to files that are marked read-only"
_FOLDERS = "wine says of a file that is no folder that its name is wrong"
_LINKS = "wine's links are followed and not told from files"
DEFECTS = {
    "tests/unit/storage/test_database.py::test_a_read_only_file_is_said_to_be_one": _ROOT,
    "tests/unit/system/test_whole_files.py::test_the_folder_is_made_and_a_link_stays_one": _LINKS,
    "tests/unit/engines/commands/test_finder.py::test_one_program_in_two_places": _LINKS,
    "tests/unit/engines/commands/test_loading.py::test_a_link_that_leads_nowhere": _LINKS,
    "tests/unit/engines/maya/test_installations.py::test_a_link_tells_the_version": _LINKS,
    "tests/unit/engines/maya/test_installations.py::test_doubles_are_found_once": _LINKS,
    "tests/unit/engines/test_existing.py::test_a_folder_that_is_a_file_is_an_error": _FOLDERS,
    "tests/unit/execution/test_process.py::TestOutput::test_output_closed_early_does_not_end": _CONSOLE,
    "tests/windows/test_processes.py::test_a_real_crash_waits_in_no_box": _DEBUGGER,
    "tests/windows/test_processes.py::test_priority_goes_down_the_tree[below_normal": _PRIORITY,
    "tests/windows/test_processes.py::test_priority_goes_down_the_tree[idle": _PRIORITY,
    "tests/windows/test_processes.py::test_a_line_of_arguments_that_is_too_long": _LENGTH,
}
"""Beginnings of test ids, and what is different."""


def is_wine() -> bool:
    """Return whether this is Windows as wine plays it."""
    return sys.platform == "win32" and hasattr(ctypes.windll.ntdll, "wine_get_version")


def leave_out(items: list[pytest.Item]) -> None:
    """Skip the tests that fail for a reason of wine's."""
    for item in items:
        for beginning, reason in DEFECTS.items():
            if item.nodeid.startswith(beginning):
                item.add_marker(pytest.mark.skip(reason=f"wine: {reason}"))
