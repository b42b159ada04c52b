"""Finding the files that ship with the program, from source, installed, or frozen."""

import sys
from pathlib import Path


def resource_dir() -> Path:
    """Return the folder that holds icons, translations and the sample scene."""
    if getattr(sys, "frozen", False):
        return Path(getattr(sys, "_MEIPASS", Path(sys.executable).parent)) / "resources"
    package = Path(__file__).resolve().parents[1]
    installed = package / "_resources"
    return installed if installed.is_dir() else package.parent / "resources"


def resource(*parts: str) -> Path:
    """Return the path of one resource."""
    return resource_dir().joinpath(*parts)
