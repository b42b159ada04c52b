"""The guard of the built program on Linux and macOS: the program itself, started with `--guard`.

A run-time hook of the build comes here before the hooks that load Qt, which would take a second and 40 MB for
each renderer; without that hook `app` does. Must not import more than it does.
"""

import os
import sys

from render_manager.execution import guard
from render_manager.system.environment import without_bundle


def be_guard() -> None:
    """Be a renderer's guard as the arguments after `--guard` say; does not return."""
    # The renderer inherits this process's environment, to which the bootloader added its own.
    wanted = without_bundle(os.environ)
    os.environ.clear()
    os.environ.update(wanted)
    sys.argv = ["guard", *sys.argv[2:]]
    guard.main()
