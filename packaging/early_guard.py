"""Run before anything else of the built program on Linux and macOS: a renderer's guard needs nothing more.

There is one for each renderer, and without this each would load all that the window needs.
"""

import sys

if sys.argv[1:2] == ["--guard"]:
    from render_manager.execution.frozen_guard import be_guard

    be_guard()
