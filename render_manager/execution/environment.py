"""The environment a renderer gets: the user's whole one, minus what is only ours."""

from collections.abc import Mapping

from render_manager.system.environment import without_ours


def engine_environment(
    changes: Mapping[str, str | None], base: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Return a renderer's environment: `base` (ours by default) cleaned, then `changes` (None deletes)."""
    env = without_ours(base)
    for name, value in changes.items():
        if value is None:
            env.pop(name, None)
        else:
            env[name] = value
    return env
