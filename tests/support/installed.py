"""Python packages as pip would have installed them, for tests of what may be shipped."""

from collections.abc import Mapping
from pathlib import Path

MIT_TEXT = "Permission is hereby granted, free of charge, to any person …"


def site_packages_in(folder: Path) -> Path:
    """Return the packages folder of a made-up Python of Windows, which has its licence and a module."""
    python = folder / "python"
    (python / "Lib" / "site-packages").mkdir(parents=True)
    (python / "LICENSE.txt").write_text("The licence of Python", "utf-8")
    (python / "Lib" / "os.py").write_text("", "utf-8")
    return python / "Lib" / "site-packages"


def install(
    site_packages: Path,
    name: str,
    *,
    metadata: str = "License-Expression: MIT",
    files: Mapping[str, str] | None = None,
) -> Path:
    """Install a package of one module and return that; `files` are others, by their place."""
    info = f"{name}-1.0.dist-info"
    contents = {
        f"{name}.py": "",
        f"{info}/METADATA": f"Metadata-Version: 2.4\nName: {name}\nVersion: 1.0\n{metadata}\n\nAbout it.\n",
        f"{info}/licenses/LICENSE": f"{name}: {MIT_TEXT}",
        **(files or {}),
    }
    for place, text in contents.items():
        file = site_packages / place
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    record = "".join(f"{place},,\n" for place in (*contents, f"{info}/RECORD"))
    (site_packages / info / "RECORD").write_text(record, "utf-8")
    return site_packages / f"{name}.py"
