"""Writes the names of all modules of the program, so that the built one can tell which it lacks.

    python -m tools.module_list FILE

The build puts the file to the resources, as `selftest/modules.txt`.
"""

import sys
from pathlib import Path

from render_manager.self_test.installation import module_names


def write_list(path: Path) -> None:
    """Write the names, one a line."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(module_names()) + "\n", "utf-8")


if __name__ == "__main__":
    write_list(Path(sys.argv[1]))
