"""The exact libraries that are built into the program, each with the checksum of its file."""

import os
import shutil
import sys
from pathlib import Path

from steps.machine import build_folder
from steps.processes import must, run
from steps.product import ROOT
from steps.report import Figures, StepFailedError

PYTHON = (3, 11)
"""The Python that is built into the program."""
_PLATFORMS = {"windows": "x86_64-pc-windows-msvc", "linux": "x86_64-manylinux_2_34"}
_TAGS = {
    "windows": ("win_amd64",),
    "linux": (
        *(f"manylinux_2_{n}_x86_64" for n in (34, 28, 27, 26, 17, 12, 5)),
        *(f"manylinux{year}_x86_64" for year in (2014, 2010, 1)),
    ),
}
_NOT_BUILT_IN = ("mypy", "ruff", "vulture")


def lock_file(system: str) -> Path:
    """Return the list of libraries for `windows` or `linux`."""
    return ROOT / "packaging" / f"requirements-{system}.txt"


def write_locks(_figures: Figures) -> str:
    """Write both lists anew from pyproject.toml and constraints.txt; needs `uv`."""
    if shutil.which("uv") is None:
        raise StepFailedError("uv is missing: pip install uv")
    for system, platform in _PLATFORMS.items():
        command = ["uv", "pip", "compile", "--quiet", "pyproject.toml", "--constraints", "constraints.txt"]
        command += [
            "--extra",
            "packaging",
            "--extra",
            "test",
            "--generate-hashes",
            "--no-header",
            "--no-annotate",
        ]
        command += ["--python-platform", platform, "--python-version", ".".join(map(str, PYTHON))]
        command += [word for name in _NOT_BUILT_IN for word in ("--no-emit-package", name)]
        must(run([*command, "--output-file", lock_file(system)], timeout_s=300, cwd=ROOT), "uv")
    return "Both lists of libraries are written."


def download_wheels(system: str, figures: Figures) -> str:
    """Fetch every wheel of a list; fails when one is missing or is not the file that was listed."""
    folder = build_folder(f"wheels-{system}")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes"]
    command += [
        "--only-binary=:all:",
        "--implementation",
        "cp",
        "--python-version",
        ".".join(map(str, PYTHON)),
    ]
    command += [word for tag in (*_TAGS[system], "any") for word in ("--platform", tag)]
    command += ["--dest", str(folder), "--requirement", str(lock_file(system))]
    must(run(command, timeout_s=900, env=pip_environment()), "pip download")
    wheels = list(folder.glob("*.whl"))
    figures["wheels"] = len(wheels)
    figures["bytes"] = sum(wheel.stat().st_size for wheel in wheels)
    return f"{len(wheels)} wheels for {system}"


def pip_environment() -> dict[str, str]:
    """Return the environment for pip without constraints, which know no checksums."""
    return {name: value for name, value in os.environ.items() if name != "PIP_CONSTRAINT"}


def install_arguments(wheels: str, requirements: str) -> list[str]:
    """Return what pip of the Python to be built in is told, to take the wheels that were fetched."""
    return ["-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--require-hashes",
            "--no-warn-script-location", "--find-links", wheels, "--requirement", requirements]  # fmt: skip


def wheel_folder(system: str) -> Path:
    """Return where the wheels were fetched to."""
    return ROOT / "build" / f"wheels-{system}"
