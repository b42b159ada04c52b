"""Run by Unreal's editor when it starts, since this folder is on its search path; brings our executor in."""

import render_manager_unreal_executor  # noqa: F401
