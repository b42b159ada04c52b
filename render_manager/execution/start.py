"""Starting a renderer in the way of this system.

A guard process on Linux and macOS (`guard.py`), a Job Object on Windows. Either way nothing of the tree
outlives `kill`, or this program.
"""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from render_manager.execution.process import Courtesy, RunningProcess


def start_process(
    argv: Sequence[str],
    *,
    env: Mapping[str, str],
    cwd: Path | None = None,
    spares: Sequence[str] = (),
    courtesy: Courtesy | None = None,
) -> RunningProcess:
    """Start a renderer; raises StartError with a sentence when that fails.

    `spares` are names of programs, without ending, that are left alone at the end of the tree. Without
    `courtesy` it gets as much of the computer as any program.
    """
    courtesy = courtesy or Courtesy()
    if sys.platform == "win32":
        from render_manager.execution.windows import start  # a module of the other system

        return start(argv, env=env, cwd=cwd, spares=spares, courtesy=courtesy)
    from render_manager.execution.posix import start  # a module of the other system

    return start(argv, env=env, cwd=cwd, spares=spares, courtesy=courtesy)
