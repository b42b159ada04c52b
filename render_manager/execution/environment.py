"""The environment a renderer gets: the user's whole one, minus what is only ours."""

import sys
from collections.abc import Mapping

from render_manager.system.environment import without_ours


def engine_environment(
    changes: Mapping[str, str | None], base: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Return a renderer's environment: `base` (ours by default) cleaned, then `changes` (None deletes)."""
    env = without_ours(base)
    for name, value in changes.items():
        known = _name_in(env, name)
        if value is None:
            env.pop(known, None)
        else:
            env[known] = value
    return env


def _name_in(env: Mapping[str, str], name: str) -> str:
    """Return how a variable is written in an environment: Windows takes `Path` and `PATH` for one."""
    if sys.platform == "win32" and name not in env:
        return next((known for known in env if known.upper() == name.upper()), name)
    return name
