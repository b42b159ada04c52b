"""The environment a renderer gets: the user's whole one, minus what is only ours."""

import os
import sys
from collections.abc import Mapping

_OUR_PREFIXES = ("QT_", "PYTHON", "PYSIDE", "SHIBOKEN", "_PYI", "_MEI", "RENDER_MANAGER_")
_BUNDLE_PATHS = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "DYLD_FRAMEWORK_PATH")


def engine_environment(
    changes: Mapping[str, str | None], base: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Return the environment for a renderer: `base` (ours by default) cleaned, then `changes` (None deletes).

    Variables of Qt, Python and the frozen bundle would make the renderer load our libraries. PyInstaller
    keeps the user's library path in `<NAME>_ORIG`; it is put back.
    """
    source = os.environ if base is None else base
    env = {name: value for name, value in source.items() if not name.upper().startswith(_OUR_PREFIXES)}
    if getattr(sys, "frozen", False):
        for name in _BUNDLE_PATHS:
            original = env.pop(f"{name}_ORIG", None)
            env.pop(name, None)
            if original:
                env[name] = original
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
