"""How this program starts itself in another part; the built one has no Python that could be started."""

import sys
from pathlib import Path

from render_manager.self_test import stand_in
from render_manager.system.frozen import console_program, is_frozen

_FROM_SOURCE = (
    "import sys; sys.path.insert(0, sys.argv.pop(1)); from render_manager.app import main; sys.exit(main())"
)


def stand_in_command() -> list[str]:
    """Return the command of the stand-in renderer, without its arguments."""
    if is_frozen():
        return [str(console_program()), "--stand-in-engine"]
    return [sys.executable, "-I", "-S", str(Path(stand_in.__file__))]


def second_start_command() -> list[str]:
    """Return the command of a second program of the same user, without its arguments."""
    if is_frozen():
        return [str(console_program()), "--second-start"]
    root = Path(__file__).resolve().parents[2]
    return [sys.executable, "-c", _FROM_SOURCE, str(root), "--second-start"]
