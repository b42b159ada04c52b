"""Finding the files that ship with the program, from source, installed, or frozen."""

from pathlib import Path

from render_manager.system.frozen import bundle_folder, is_frozen


def resource_dir() -> Path:
    """Return the folder that holds icons, translations and the sample scene."""
    if is_frozen():
        return bundle_folder() / "resources"
    package = Path(__file__).resolve().parents[1]
    installed = package / "_resources"
    return installed if installed.is_dir() else package.parent / "resources"


def resource(*parts: str) -> Path:
    """Return the path of one resource."""
    return resource_dir().joinpath(*parts)
