"""Asking one of the system's own programs for a short answer; waits, so on a thread."""

import logging
import subprocess
from collections.abc import Sequence

from render_manager.execution.computer import found_program
from render_manager.execution.environment import engine_environment

log = logging.getLogger(__name__)

PATIENCE_S = 10.0


def ask(command: Sequence[str]) -> str | None:
    """Return what a program prints, None when it is not there, fails, or does not answer in time."""
    program = found_program(command[0])
    if program is None:
        return None
    # Only Windows has it, and without it a console flashes up there.
    flags = getattr(subprocess, "CREATE_NO_WINDOW", 0)
    try:
        done = subprocess.run(
            [program, *command[1:]],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=engine_environment({}),
            timeout=PATIENCE_S,
            check=False,
            creationflags=flags,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        log.info("%s gave no answer: %s", program, error)
        return None
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else None
