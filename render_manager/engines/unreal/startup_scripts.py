"""Python scripts of a project that run with the editor: a project from elsewhere may bring some along.

Facts: `engines/unreal.md` section 6, last point.
"""

from collections.abc import Iterable
from pathlib import Path

from render_manager.engines.unreal.config import startup_scripts

INIT_SCRIPT = Path("Python") / "init_unreal.py"


def find_startup_scripts(project_folder: Path, content_folders: Iterable[Path]) -> tuple[str, ...]:
    """Return the scripts, relative to the project where they lie in it; never raises.

    `content_folders` are those of the project and of its plug-ins.
    """
    found = [_shown(folder / INIT_SCRIPT, project_folder) for folder in content_folders if _has_one(folder)]
    return (*found, *startup_scripts(project_folder))


def _has_one(folder: Path) -> bool:
    try:
        return (folder / INIT_SCRIPT).is_file()
    except OSError:
        return False


def _shown(path: Path, project_folder: Path) -> str:
    try:
        return path.relative_to(project_folder).as_posix()
    except ValueError:
        return str(path)
