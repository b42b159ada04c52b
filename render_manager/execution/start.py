"""Starting a renderer in the way of this system.

A guard process on Linux and macOS (`guard.py`), a Job Object on Windows. Either way nothing of the tree
outlives `kill`, or this program.
"""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from render_manager.execution.process import RunningProcess


def start_process(
    argv: Sequence[str], *, env: Mapping[str, str], cwd: Path | None = None, spares: Sequence[str] = ()
) -> RunningProcess:
    """Start a renderer; raises StartError with a sentence when that fails.

    `spares` are names of programs, without ending, that are left alone at the end of the tree.
    """
    if sys.platform == "win32":
        from render_manager.execution.windows import start  # a module of the other system

        return start(argv, env=env, cwd=cwd, spares=spares)
    from render_manager.execution.posix import start  # a module of the other system

    return start(argv, env=env, cwd=cwd, spares=spares)
