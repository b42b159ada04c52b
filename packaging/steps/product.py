"""What the built program and its files are called; the one place for these names."""

import re
from pathlib import Path

from render_manager import __version__
from render_manager.system.identity import PROGRAM_NAME

ROOT = Path(__file__).resolve().parents[2]
"""The project's folder."""
NAME = PROGRAM_NAME
PROGRAM = "render-manager"
"""The program with a window, and the folder both programs are in."""
TERMINAL_PROGRAM = "render-manager-cli"
PUBLISHER = PROGRAM_NAME
ICON = "packaging/render-manager.ico"


def version() -> str:
    """Return the version that the package says of itself, such as `0.1.0`."""
    return __version__


def version_numbers() -> tuple[int, int, int, int]:
    """Return the version as the four numbers that Windows wants."""
    numbers = [int(part) for part in re.findall(r"\d+", version())][:4]
    first, second, third, fourth = (*numbers, 0, 0, 0, 0)[:4]
    return first, second, third, fourth


def installer_name() -> str:
    """Return the name of the installer's file."""
    return f"RenderManager-Setup-{version()}.exe"
