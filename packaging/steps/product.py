"""What the built program and its files are called; the one place for these names."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
"""The project's folder."""
NAME = "Render Manager"
PROGRAM = "render-manager"
"""The program with a window, and the folder both programs are in."""
TERMINAL_PROGRAM = "render-manager-cli"
PUBLISHER = "Render Manager"
ICON = "packaging/render-manager.ico"


def version() -> str:
    """Return the version that the package says of itself, such as `0.1.0`."""
    text = (ROOT / "render_manager" / "__init__.py").read_text("utf-8")
    found = re.search(r'^__version__ = "([^"]+)"', text, re.MULTILINE)
    if found is None:
        raise ValueError("render_manager/__init__.py says no __version__")
    return found[1]


def version_numbers() -> tuple[int, int, int, int]:
    """Return the version as the four numbers that Windows wants."""
    numbers = [int(part) for part in re.findall(r"\d+", version())][:4]
    first, second, third, fourth = (*numbers, 0, 0, 0, 0)[:4]
    return first, second, third, fourth


def installer_name() -> str:
    """Return the name of the installer's file."""
    return f"RenderManager-Setup-{version()}.exe"
