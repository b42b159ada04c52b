"""Run by Unreal's editor when it starts, since this folder is on its search path; brings our executor in."""

import sys

_writes_bytecode = not sys.dont_write_bytecode
# Our scripts lie in the program's own folder, which others may not write to; and the editor's Python may not
# read the environment, where the same is said.
sys.dont_write_bytecode = True
try:
    import render_manager_unreal_executor  # noqa: F401
finally:
    sys.dont_write_bytecode = not _writes_bytecode
